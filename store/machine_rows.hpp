/// @file
/// The rows that are about the machine and the log, not about one proposal.
#pragma once

#include "agentd/core/clock.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace agentd::store {

using Index = std::uint64_t;

/// One life of an observation: from opened to resolved.
struct ObservationRow {
    std::string key{}, kind{}, title{}, detail{}, severity{};
    bool trusted = false;
    std::optional<std::string> remedy{};
    core::Instant opened{}, changed{};
    std::optional<core::Instant> resolved{};
};

/// A system that began to run without an apply of ours.
struct AdoptedRow {
    Index entry = 0;
    std::optional<std::string> from{};
    std::string to{};
    std::optional<std::string> effects_blob{};
    std::string headline{}, by{};
    core::Instant at{};
};

struct ApproverRow {
    std::string key_id{}, method{}, label{};
    core::Instant enrolled{};
};

struct HistoryRow {
    Index index = 0;
    std::string type{}, subject{}, actor_kind{}, actor_id{}, text{};
    core::Instant time{};
};

/// The brake, while it holds.
struct FrozenRow {
    core::Instant since{};
    std::string because{};
};

/// What ran when the log was last told, and which entry told it.
struct RanRow {
    Index entry = 0;
    std::string system{};
};

} // namespace agentd::store
