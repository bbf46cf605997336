/// @file
/// What somebody's trust comes to at a moment, with its reasons.
#pragma once

#include "policy/trust/grant.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace agentd::policy::trust {

/// What there is to be known beside the events. What is not told is the worst.
struct Moment {
    core::Instant at{};
    std::string policy_sha256{};
    std::string agentd_version{};
    bool verified = false;           ///< the log is what its seals say
    std::uint64_t least_entries = 0; ///< it had so many once: with fewer it was cut off
};

/// What is needed for a step up, all of it.
struct Wanted {
    static constexpr std::int64_t applies = 10; ///< that a person approved
    static constexpr std::int64_t days = 7;
    static constexpr std::int64_t span_days = 14;
    static constexpr std::int64_t targets = 5;
    static constexpr std::int64_t vetoed = 5; ///< for `auto`: that nobody objected to
};

/// What counts: applied well, soaked for a day, the first of its day, since the last fault.
struct Evidence {
    std::int64_t applies = 0; ///< approved by a person
    std::int64_t days = 0;
    std::int64_t span_days = 0; ///< from the first to the moment
    std::int64_t targets = 0;   ///< different units and packages
    std::int64_t vetoed = 0;    ///< happened after their time to object, each on a day of its own
    std::optional<core::Instant> newest{};
    friend bool operator==(const Evidence&, const Evidence&) = default;
};

struct Standing {
    Key key{};
    TrustLevel level = TrustLevel::revoked;
    std::optional<core::Instant> until{};  ///< when the level ends by itself
    std::vector<std::string> reasons{};    ///< why it is this one
    std::vector<std::string> missing{};    ///< for the next one; empty where there is none
    std::optional<TrustLevel> suggested{}; ///< earned: what a person may sign for
    Evidence evidence{};
    std::optional<Grant> grant{}; ///< the one that holds
};

/// `0 faults in 10: at most 30 % at 95 % confidence`; 3/n, and nothing is claimed of none.
std::string bound_of(const Evidence& evidence);
core::Json to_json(const Standing& standing);
/// Lines for people.
std::vector<std::string> words_of(const Standing& standing);

} // namespace agentd::policy::trust
