/// @file
/// Two policies side by side: where the second lets more happen than the first.
#pragma once

#include "policy/rule.hpp"
#include "proposals/verdict.hpp"

#include <string>
#include <vector>

namespace agentd::policy {

/// Facts for which `now` is looser than `before`.
struct Loosening {
    Facts facts{};
    proposals::Verdict before{};
    proposals::Verdict now{};
};

struct Comparison {
    /// For each level that `now` reaches somewhere where `before` does not, one that shows it
    /// (least first; one may show several), then one for each presence that `now` is content with
    /// and `before` is not (weakest first), then for rules whose obligations are asked for no
    /// longer.
    std::vector<Loosening> looser{};
    /// What stands beside the rules and may let more happen: hours, roles, who may approve his own.
    std::vector<std::string> beside{};
    /// It goes on counting after the last day of `before` (last_good_day()).
    bool lasts_longer = false;
    /// False: it was too much to work out, and there may be more. Never taken for "not looser".
    bool decided = true;
};

Comparison compare(const Policy& before, const Policy& now);

} // namespace agentd::policy
