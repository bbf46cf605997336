/// @file
/// Policies and facts for tests of the policy room.
#pragma once

#include "policy/decide.hpp"
#include "policy/load.hpp"

#include "tests/support/catch.hpp"

#include <string>

namespace agentd::test {

inline constexpr std::chrono::sys_days today{std::chrono::year(2026) / 1 / 2};

inline policy::Loaded load(const std::string& text) {
    return policy::load_policy(text, {.file = "p.toml", .today = today});
}

/// A file with these rules under the usual head; it has to be good.
inline policy::Policy policy_of(const std::string& rules, const std::string& level = "approve",
                                const std::string& presence = "ssh") {
    const auto loaded = load("schema = \"agentd.policy/1\"\nrevision = 1\n[defaults]\nlevel = \"" +
                             level + "\"\npresence = \"" + presence + "\"\n" + rules);
    for (const auto& problem : loaded.problems) {
        UNSCOPED_INFO(problem.where << " " << problem.message << " " << problem.hint);
    }
    REQUIRE(loaded.policy.has_value());
    return *loaded.policy;
}

inline std::string rule(const std::string& id, const std::string& effect, const std::string& fields,
                        const std::string& when) {
    return "[[rule]]\nid = \"" + id + "\"\neffect = \"" + effect + "\"\n" + fields +
           "\nwhy = \"because\"\nowner = \"ops\"\nwhen = {" + when + "}\n";
}

/// Facts of a harmless, built change by a person: no invariant is in the way.
inline policy::Facts harmless() {
    policy::Facts facts;
    facts.set("proposer.kind", std::string("human"))
        .set("proposer.trust", std::string("ask"))
        .set("change.source", std::string("words"))
        .set("change.revision", std::string("change"))
        .set("change.kinds", policy::Texts{"package_added"})
        .set("change.areas", policy::Texts{"packages"})
        .set("change.max_risk", std::string("low"))
        .set("change.unclassified", std::int64_t{0})
        .set("change.truncated", false)
        .set("change.packages_added", policy::Texts{"ripgrep-14.1.0"})
        .set("change.ports_opened", policy::Texts{})
        .set("evidence.build", std::string("passed"))
        .set("evidence.checks", std::string("none"))
        .set("evidence.options_disagree", false);
    return facts;
}

} // namespace agentd::test
