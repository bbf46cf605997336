/// @file
/// What would change on a machine that goes from one built system to another.
#pragma once

#include "evaluator/effects/side.hpp"

#include "agentd/core/result.hpp"
#include "proposals/effects.hpp"

#include <string>

namespace agentd::evaluator::effects {

/// At most so many effects; what is beyond is one `unclassified_changed`, and `truncated` is true.
inline constexpr std::size_t most_effects = 2'000;

/// A built system and everything it needs.
struct Toplevel {
    std::string path{};
    Closure closure{};
};

/// Pure: a function of the two trees, what they refer to in `store`, and the two closures. Never
/// looks at options, the clock or the network. Refused only when a toplevel is not a directory of
/// the store; what cannot be read or understood inside one is an effect.
core::Result<proposals::Effects> analyze(const StoreReader& store, const Toplevel& before,
                                         const Toplevel& after);

} // namespace agentd::evaluator::effects
