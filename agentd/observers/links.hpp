/// @file
/// What runs, what boots and what the flake's head builds: whether they are one.
#pragma once

#include "agentd/machine/machine.hpp"
#include "agentd/observers/observer.hpp"

#include <string>

namespace agentd::observers {

/// The head of the owner's branch and what it builds, as far as that is known.
struct HeadSystem {
    std::string branch{};
    std::string commit{};
    std::optional<core::StorePath> toplevel{}; ///< nullopt: not evaluated, or it does not evaluate
    std::string trouble{};                     ///< why it does not evaluate
};

/// Kinds `running_not_head`, `running_not_profile`, `head_broken`.
std::vector<Condition> look_at_links(const machine::SystemLinks& links, const HeadSystem& head);

} // namespace agentd::observers
