#include "web/login.hpp"

#include "agentd/core/crypto.hpp"

#include <charconv>

namespace agentd::web {

namespace {

using namespace std::chrono_literals;

constexpr auto lifetime = 2min;
constexpr std::size_t most_spent = 4096;
constexpr std::size_t nonce_digits = 64;
constexpr std::size_t end_digits = 8;
constexpr std::size_t mark_digits = 64;

std::string end_text(core::Instant end) {
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(end.time_since_epoch());
    std::string bytes;
    for (int shift = 24; shift >= 0; shift -= 8) {
        bytes += static_cast<char>((seconds.count() >> shift) & 0xff);
    }
    return core::hex_encode(bytes);
}

core::Instant end_of(std::string_view digits) {
    std::uint32_t seconds = 0;
    std::from_chars(digits.data(), digits.data() + digits.size(), seconds, 16);
    return core::Instant(std::chrono::seconds(seconds));
}

} // namespace

Logins::Logins(const core::Clock& clock) : clock_(clock), secret_(core::random_bytes(32)) {}

std::string Logins::mark_of(std::string_view nonce_and_end) const {
    // Secret and message have fixed lengths, so nothing can be appended to what was hashed.
    return core::sha256(secret_ + std::string(nonce_and_end)).hex();
}

std::string Logins::challenge() const {
    const std::string text =
        core::hex_encode(core::random_bytes(nonce_digits / 2)) + end_text(clock_.now() + lifetime);
    return text + mark_of(text);
}

bool Logins::is_fresh(std::string_view challenge) {
    if (challenge.size() != nonce_digits + end_digits + mark_digits) {
        return false;
    }
    const auto text = challenge.substr(0, nonce_digits + end_digits);
    const auto now = clock_.now();
    const auto end = end_of(text.substr(nonce_digits));
    return core::equal_in_constant_time(mark_of(text), challenge.substr(text.size())) &&
           now < end && end <= now + lifetime;
}

bool Logins::is_good(std::string_view challenge) {
    const std::lock_guard lock(mutex_);
    return is_fresh(challenge) && !spent_.contains(challenge);
}

bool Logins::spend(std::string_view challenge) {
    const std::lock_guard lock(mutex_);
    forget(clock_.now());
    if (!is_fresh(challenge) || spent_.size() >= most_spent) {
        return false;
    }
    return spent_.emplace(challenge, clock_.now() + lifetime).second;
}

void Logins::forget(core::Instant now) {
    std::erase_if(spent_, [&](const auto& item) { return item.second < now; });
}

} // namespace agentd::web
