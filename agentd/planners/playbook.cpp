#include "agentd/planners/playbook.hpp"

#include "agentd/core/match.hpp"

#include <algorithm>
#include <array>

namespace agentd::planners {

namespace {

struct Known {
    std::string_view kind{};
    std::string_view apply_head{}; ///< why applying the head helps, or empty
    std::string_view why{};        ///< why nothing else is known
    std::string_view look{};
};

constexpr std::array table{
    Known{"running_not_head", "the running system is not what the flake's head builds", "", ""},
    Known{"running_not_profile", "", "which of the two systems is wanted is for a person to say",
          "nix-env --list-generations -p /nix/var/nix/profiles/system"},
    Known{"head_broken", "", "the head does not evaluate, so nothing can be planned against it",
          "the message of the evaluation"},
    Known{"unit_missing", "", "whether the flake has an option for the unit has to be looked up",
          "the options of the flake for "},
    Known{"unit_failed", "", "why a unit failed is in its journal, not in its declaration",
          "journalctl -u "},
    Known{"unit_inactive", "", "to start a unit is not a change of the configuration",
          "systemctl status "},
};

} // namespace

Remedy remedy_for(const Symptom& symptom) {
    const auto* const known = std::find_if(
        table.begin(), table.end(), [&](const Known& row) { return row.kind == symptom.kind; });
    if (known == table.end()) {
        return NoRemedy{.why = "no remedy is known for this"};
    }
    if (!known->apply_head.empty()) {
        return ApplyHead{.why = std::string(known->apply_head)};
    }
    NoRemedy none{.why = std::string(known->why), .look = std::string(known->look)};
    if (none.look.ends_with(' ')) {
        none.look += symptom.subject;
    }
    return none;
}

std::string_view name_of(const Remedy& remedy) noexcept {
    return core::match(
        remedy, [](const NoRemedy&) { return ""; }, [](const ApplyHead&) { return "apply_head"; },
        [](const Plan&) { return "plan"; });
}

} // namespace agentd::planners
