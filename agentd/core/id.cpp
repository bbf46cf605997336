#include "agentd/core/id.hpp"

#include "agentd/core/crypto.hpp"

#include <algorithm>

namespace agentd::core {

namespace {
constexpr std::string_view alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
}

std::string make_ulid(Instant now) {
    auto ms = static_cast<std::uint64_t>(now.time_since_epoch().count() / 1000);
    std::string out(26, '0');
    for (std::size_t i = 10; i-- > 0; ms >>= 5) {
        out[i] = alphabet[ms & 31];
    }
    const std::string random = random_bytes(16);
    for (std::size_t i = 0; i < 16; ++i) {
        out[10 + i] = alphabet[static_cast<unsigned char>(random[i]) & 31];
    }
    return out;
}

bool is_ulid(std::string_view text) noexcept {
    return text.size() == 26 && text[0] <= '7' &&
           std::all_of(text.begin(), text.end(),
                       [](char c) { return alphabet.find(c) != std::string_view::npos; });
}

} // namespace agentd::core
