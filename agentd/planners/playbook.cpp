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
    Known{"unit_missing", "",
          "the flake declares the unit, so a change of the flake would not bring it",
          "whether the running system is the one that the head builds"},
    Known{"unit_failed", "", "why a unit failed is in its journal, not in its declaration",
          "journalctl -u "},
    Known{"disk_full", "", "what may be deleted is for a person to say",
          "df -h and the garbage roots"},
    Known{"reboot_pending", "", "a reboot is not a change of the configuration", ""},
    Known{"clock_unsynchronised", "", "the clock depends on the network, not only on the flake",
          "timedatectl"},
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
