/// @file
/// Which line of a group is the bad one. A seal covers a whole group; the leaf hashes in the tiles
/// say more.
#pragma once

#include "audit/tiles.hpp"
#include "audit/verify.hpp"
#include "audit/walk.hpp"

namespace agentd::audit {

/// What is wrong where `walked` stopped. `known_size` is the most that checkpoint, anchor or tiles
/// speak of. nullopt: the log ends here as it should.
/// @param live a tail that nothing speaks of yet is a write in progress.
std::optional<Finding> pinpoint(const Walked& walked, TileReader& tiles, std::uint64_t known_size,
                                bool live);

} // namespace agentd::audit
