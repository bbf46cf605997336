#include "policy/invariants.hpp"

#include "agentd/core/check.hpp"

#include <algorithm>

namespace agentd::policy {

namespace {

using proposals::Level;

Condition condition(std::string_view fact, Test test, Wanted wanted) {
    const auto index = find_fact(fact);
    AGENTD_CHECK(index.has_value());
    return {.fact = *index, .test = test, .wanted = std::move(wanted)};
}

Rule hold(std::string id, Level level, std::string why, Condition when) {
    return {.id = std::move(id),
            .effect = RuleEffect::cap,
            .level = level,
            .why = std::move(why),
            .owner = "agentd",
            .when = {std::move(when)}};
}

Rule hold_kinds(std::string id, Level level, std::string why, std::vector<std::string> kinds) {
    std::sort(kinds.begin(), kinds.end());
    for (const std::string& kind : kinds) {
        AGENTD_CHECK(fits(known_facts()[*find_fact("change.kinds")], Texts{kind}));
    }
    return hold(std::move(id), level, std::move(why),
                condition("change.kinds", Test::any_in, std::move(kinds)));
}

/// Of a change or a rollback whose effects are not all known nothing is said here.
Rule act_bounds() {
    Rule rule = hold_kinds("act-bounds", Level::forbid, "this act is never done, whoever agrees",
                           {"act_forbidden"});
    rule.when.push_back(
        condition("change.revision", Test::not_in, std::vector<std::string>{"change", "rollback"}));
    return rule;
}

std::vector<Rule> make_table() {
    const Level person = Level::approve;
    return {
        act_bounds(),
        hold_kinds("self-protection", person, "a change of agentd itself is for a person to judge",
                   {"agentd_changed"}),
        hold("critical-risk", person, "what is critical is for a person to judge",
             condition("change.max_risk", Test::ge, std::int64_t{4})),
        hold("unclassified", person, "what no classifier knows is for a person to judge",
             condition("change.unclassified", Test::ge, std::int64_t{1})),
        hold("truncated", person, "effects that are not listed cannot be judged by rules",
             condition("change.truncated", Test::is, true)),
        hold_kinds("nix-trust", person, "whoever Nix trusts decides what runs here",
                   {"nix_trust", "nix_setting"}),
        hold_kinds("administrators", person, "who is root is for a person to say",
                   {"admin_granted", "admin_revoked", "user_is_root", "sudo_changed", "pam_changed",
                    "wrapper_added", "wrapper_changed", "login_settings", "directory_changed",
                    "confinement_changed"}),
        hold("trust", person, "whom the machine believes is for a person to say",
             condition("change.areas", Test::any_in, std::vector<std::string>{"trust"})),
        hold_kinds("secrets", person, "who may read a secret is for a person to say",
                   {"secret_added", "secret_access", "secret_changed"}),
        hold_kinds("data", person, "what may hide or lose data is for a person to judge",
                   {"mount_added", "mount_removed", "mount_changed", "format_at_boot",
                    "disk_encryption", "disk_settings", "data_migration"}),
        hold_kinds("network-path", person, "what may cut the machine off is for a person to judge",
                   {"network_path", "share_changed"}),
        hold_kinds("access", person, "who gets in over SSH is for a person to say",
                   {"sshd_root_login", "sshd_password_login", "sshd_setting", "sshd_unreadable",
                    "ssh_key_added", "ssh_key_removed", "ssh_client", "ssh_locked_out"}),
        hold("boot", person, "what boots is for a person to judge",
             condition("change.areas", Test::any_in, std::vector<std::string>{"boot"})),
        hold_kinds("root-code", person, "new code that runs as root is for a person to judge",
                   {"activation_changed", "unit_root_exec", "unit_unreadable", "clock_changed",
                    "root_program", "tmpfiles_rule", "shell_startup", "variable_trusted",
                    "device_rules", "message_bus", "manager_setting", "logging_changed"}),
        hold_kinds("firewall", person, "a firewall that goes or changes is for a person to judge",
                   {"firewall_removed", "firewall_changed"}),
        hold_kinds("way-in", Level::veto, "a new way in never opens without time to object",
                   {"port_opened", "user_added", "user_changed"}),
        hold("agents-ask", person, "what an agent proposes is approved by somebody else",
             condition("proposer.kind", Test::eq, std::string("agent"))),
        hold("models-ask", person, "what a model wrote is approved by a person",
             condition("change.source", Test::eq, std::string("model"))),
        hold("trust-revoked", person, "whoever's trust was taken back is approved by a person",
             condition("proposer.trust", Test::le, std::int64_t{0})),
        hold("agreement", person, "what options and built system tell differently is for a person",
             condition("evidence.options_disagree", Test::is, true)),
        hold("checks", person,
             "a check of the owner's own flake that fails is for a person to judge",
             condition("evidence.checks", Test::eq, std::string("failed"))),
        hold("built", person, "nothing that was not built happens by itself",
             condition("evidence.build", Test::not_in, std::vector<std::string>{"passed"})),
    };
}

} // namespace

std::span<const Rule> invariants() {
    static const std::vector<Rule> table = make_table();
    return table;
}

} // namespace agentd::policy
