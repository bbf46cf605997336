/// @file
/// What a writer finds when it opens a log, and how a tail that nobody was promised is set aside.
#pragma once

#include "agentd/core/clock.hpp"
#include "audit/ids.hpp"
#include "audit/layout.hpp"
#include "audit/seal.hpp"
#include "audit/tiles.hpp"
#include "audit/walk.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace agentd::audit {

/// The log up to its last good seal.
struct Recovered {
    Walked walked{};
    IdIndex ids{};
    std::uint64_t known_size = 0; ///< the most that anything signed speaks of, here or in the tail
    bool forked = false;          ///< the checkpoint or the tail is signed for another log
    bool lost() const noexcept { return forked || known_size > walked.tree.size(); }
};

/// Reads everything once. `tiles` gets every sealed leaf; full tiles are written on the way.
Recovered recover(const Layout& layout, const VerifierKey& key, TileWriter& tiles);

struct Discarded {
    std::uint64_t bytes = 0;
    core::Digest sha256{core::Digest::Bytes{}};
};
/// Moves all bytes behind `end` to `quarantine/`, durably, and cuts them off. nullopt: there were
/// none.
std::optional<Discarded> discard_tail(const Layout& layout, Place end, core::Instant now);

/// The key in the first entry of a log, if there is one.
std::optional<std::string> vkey_of_log(const Layout& layout);

} // namespace agentd::audit
