#include "agentd/applyd/passkey_counters.hpp"

#include "agentd/core/crypto.hpp"
#include "agentd/core/failure.hpp"
#include "agentd/core/fd.hpp"
#include "agentd/core/text.hpp"
#include "proposals/webauthn.hpp"

#include <algorithm>
#include <charconv>
#include <deque>

namespace agentd::applyd {

namespace {

using core::Done;
using core::Problem;
using core::Result;

constexpr std::size_t most_seen = 256; ///< an approval is good for two days at most
constexpr std::size_t longest_file = 64U << 10;

struct Seen {
    std::uint32_t counter = 0;
    std::string digest{}; ///< of what was signed, not of the signature: that has two forms
    friend bool operator==(const Seen&, const Seen&) = default;
};

/// The file: one `<counter> <digest>` a line, as they came.
struct Count {
    std::uint32_t highest = 0;
    std::deque<Seen> seen{};
};

std::optional<std::uint32_t> number_of(std::string_view text) {
    std::uint32_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    return error == std::errc() && end == text.data() + text.size() ? std::optional(number)
                                                                    : std::nullopt;
}

Count read(const std::string& file) {
    Count count;
    const std::string text = core::read_file_if_exists(file, longest_file).value_or("");
    for (const auto line : core::lines(text)) {
        const auto words = core::split(line, ' ');
        const auto number = words.size() == 2 ? number_of(words[0]) : std::nullopt;
        if (!number) {
            throw core::Failure(core::FailureKind::corrupt,
                                "how often a passkey has signed cannot be read; enrol it again",
                                file);
        }
        count.highest = std::max(count.highest, *number);
        count.seen.push_back({.counter = *number, .digest = std::string(words[1])});
    }
    return count;
}

void write(const std::string& file, const Count& count) {
    std::string text;
    for (const Seen& seen : count.seen) {
        text += std::to_string(seen.counter) + " " + seen.digest + "\n";
    }
    core::write_file_durably(file, text);
}

} // namespace

std::string PasskeyCounters::file_of(const std::string& key_id) const {
    return directory_ + "/passkeys/" + core::sha256(key_id).hex();
}

Result<Done> PasskeyCounters::look(const proposals::Presence& presence) {
    return see(presence, false);
}

Result<Done> PasskeyCounters::take(const proposals::Presence& presence) {
    return see(presence, true);
}

void PasskeyCounters::begin(const std::string& key_id, std::uint32_t counter) {
    const std::lock_guard lock(mutex_);
    core::make_directories(directory_ + "/passkeys", 0700);
    write(file_of(key_id), {.seen = {{.counter = counter, .digest = "enrolled"}}});
}

Result<Done> PasskeyCounters::see(const proposals::Presence& presence, bool keep) {
    if (presence.method != proposals::PresenceMethod::passkey) {
        return Done{};
    }
    const auto assertion = proposals::parse_assertion(presence.signature);
    const auto counter =
        assertion ? proposals::counter_of(*assertion) : Result<std::uint32_t>(assertion.problem());
    if (!counter) {
        return counter.problem();
    }
    const Seen now{.counter = *counter,
                   .digest = core::sha256(core::sha256(assertion->authenticator_data).hex() +
                                          core::sha256(assertion->client_data).hex())
                                 .hex()};
    const std::lock_guard lock(mutex_);
    const std::string file = file_of(presence.key_id);
    Count count = read(file);
    if ((now.counter == 0 && count.highest == 0) ||
        std::find(count.seen.begin(), count.seen.end(), now) != count.seen.end()) {
        return Done{};
    }
    if (now.counter <= count.highest) {
        return Problem{.code = "cloned_key",
                       .message = "this passkey has signed " + std::to_string(count.highest) +
                                  " times already and says " + std::to_string(now.counter) +
                                  ": somebody may have a copy of it",
                       .where = presence.key_id,
                       .hint = "take its line out of the approvers file, then enrol it again: sudo "
                               "agentctl web login"};
    }
    if (keep) {
        count.seen.push_back(now);
        while (count.seen.size() > most_seen) {
            count.seen.pop_front();
        }
        core::make_directories(directory_ + "/passkeys", 0700);
        write(file, count);
    }
    return Done{};
}

} // namespace agentd::applyd
