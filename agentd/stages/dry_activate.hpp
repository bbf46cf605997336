/// @file
/// Dry activation: NixOS's own words about a switch, said in the rehearsal of what runs, held
/// against what was worked out from the two systems.
#pragma once

#include "agentd/rehearsal/rehearsal.hpp"
#include "agentd/stages/rehearse.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace agentd::stages {

/// What `switch-to-configuration dry-activate` says that it would do to units; each list sorted. A
/// unit that it would stop and start stands in `restart`, as it does in a plan. Targets are left
/// out.
struct DryWords {
    std::vector<std::string> stop{};
    std::vector<std::string> restart{};
    std::vector<std::string> reload{};
    std::vector<std::string> start{};
    std::vector<std::string> keep{};
    friend bool operator==(const DryWords&, const DryWords&) = default;
};
DryWords dry_words(std::string_view said);

/// Where the two are not of one mind, a sentence for each unit; at most 50.
std::vector<std::string> differences(const DryWords& said, const proposals::SwitchPlan& plan);

/// The evidence of it.
/// @param asked what became of asking it, in a container of what runs: held against what ran in
///              there just before, which another boot may have otherwise
proposals::EvidenceStatus record_dry_activation(const core::Result<rehearsal::Rehearsal>& asked,
                                                const Explained& explained,
                                                const RehearseTools& tools, const Reporter& report);

} // namespace agentd::stages
