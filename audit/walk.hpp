/// @file
/// Goes through a log line by line and seal by seal, as far as it holds. Recovery and verification
/// are both made of this.
#pragma once

#include "agentd/core/digest.hpp"
#include "audit/layout.hpp"
#include "audit/seal.hpp"
#include "audit/tree.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace agentd::audit {

struct Place {
    std::uint64_t segment = 0;
    std::uint64_t offset = 0;
};

/// A line that is not a seal.
struct Leaf {
    core::Digest hash;
    Place place{};
    bool like_entry = true; ///< begins as entries do; else it may be a damaged seal
};

enum class Stop {
    end,      ///< nothing is left
    torn,     ///< a last line without LF
    bad_seal, ///< a seal that does not verify
    mismatch, ///< a seal that verifies and signs another size or root
    unsealed, ///< the log ends, or more lines follow than one seal covers, without a seal
    misplaced ///< more or fewer entries in a segment than belong there
};

struct Walked {
    Tree tree{};             ///< of everything behind which a good seal stands
    Place end{};             ///< right behind the last good seal
    std::uint64_t seals = 0; ///< good ones
    Stop stop = Stop::end;
    Place stopped_at{};                  ///< begin of the line concerned
    std::vector<Leaf> open{};            ///< lines since the last good seal
    std::optional<Checkpoint> claimed{}; ///< for mismatch: what was signed
    std::string detail{};                ///< for bad_seal: why
};

struct Visits {
    /// Each line that is not a seal, before its seal was looked at.
    std::function<void(std::uint64_t number, std::string_view line, Place place)> line{};
    /// Each good seal: the tree before, and the leaves it added.
    std::function<void(const Tree& before, const std::vector<Leaf>& leaves)> sealed{};
};

/// Failure when a segment cannot be read.
Walked walk(const Layout& layout, const VerifierKey& key, const Visits& visits);

} // namespace agentd::audit
