#include "policy/decide.hpp"

#include "policy/explain.hpp"
#include "policy/invariants.hpp"
#include "policy/join.hpp"
#include "policy/load.hpp"
#include "policy_support.hpp"
#include "proposals/act.hpp"

#include <nlohmann/json.hpp>

using namespace agentd;
using namespace agentd::test;
using policy::decide;
using policy::Texts;
using policy::Unknown;
using proposals::Level;
using proposals::PresenceMethod;

namespace {

const std::string grant_packages = rule("packages", "grant", "level = \"auto\"",
                                        R"("change.kinds" = { subset_of = ["package_added"] })");
const std::string cap_ports =
    rule("ports", "cap", "level = \"propose\"", R"("change.ports_opened" = { count_ge = 1 })");

bool has_reason(const proposals::Verdict& verdict, std::string_view name) {
    return std::any_of(verdict.reasons.begin(), verdict.reasons.end(),
                       [&](const auto& reason) { return reason.rule == name; });
}

} // namespace

TEST_CASE("without rules a person decides, with the default presence") {
    const auto verdict = decide(policy_of(""), harmless());
    CHECK(verdict.level == Level::approve);
    CHECK(verdict.presence == PresenceMethod::ssh);
    REQUIRE(verdict.reasons.size() == 1);
    CHECK(verdict.reasons[0].effect == proposals::ReasonEffect::fallback);
    CHECK(verdict.would_change == std::vector<std::string>{"no rule grants more than approve"});
}

TEST_CASE("a grant raises the level and then nobody has to be there") {
    const auto verdict = decide(policy_of(grant_packages), harmless());
    CHECK(verdict.level == Level::automatic);
    CHECK(verdict.presence == PresenceMethod::none);
    CHECK(verdict.would_change.empty());
}

TEST_CASE("a cap beats every grant, in either order") {
    auto facts = harmless();
    facts.set("change.ports_opened", Texts{"8080/tcp"});
    CHECK(decide(policy_of(grant_packages + cap_ports), facts).level == Level::propose);
    CHECK(decide(policy_of(cap_ports + grant_packages), facts).level == Level::propose);
}

TEST_CASE("an unknown fact does not grant") {
    auto facts = harmless();
    facts.set("change.kinds", Unknown{});
    CHECK(decide(policy_of(grant_packages), facts).level == Level::approve);
}

TEST_CASE("an unknown fact caps") {
    auto facts = harmless();
    facts.set("change.ports_opened", Unknown{});
    const auto verdict = decide(policy_of(cap_ports), facts);
    CHECK(verdict.level == Level::propose);
    CHECK(verdict.reasons[0].because.find("unknown never helps") != std::string::npos);
}

TEST_CASE("an unknown fact requires presence") {
    const auto strict =
        rule("keys", "require", "presence = \"passkey\"", R"("change.lines" = { gt = 100 })");
    CHECK(decide(policy_of(strict), harmless()).presence == PresenceMethod::passkey);
}

TEST_CASE("a condition known to be false beats one that is unknown") {
    auto facts = harmless();
    const auto both =
        rule("both", "cap", "level = \"forbid\"",
             R"("change.lines" = { gt = 1 }, "change.ports_opened" = { count_ge = 1 })");
    CHECK(decide(policy_of(both), facts).level == Level::approve);
}

TEST_CASE("a rule that requires presence keeps a person in the loop") {
    const auto keys = rule("keys", "require", "presence = \"ssh\"", "");
    const auto verdict = decide(policy_of(grant_packages + keys), harmless());
    CHECK(verdict.level == Level::approve);
    CHECK(verdict.presence == PresenceMethod::ssh);
}

TEST_CASE("the strongest required presence wins over the default") {
    const auto a = rule("a", "require", "presence = \"ssh\"", "");
    const auto b = rule("b", "require", "presence = \"browser\"", "");
    CHECK(decide(policy_of(a + b, "approve", "browser"), harmless()).presence ==
          PresenceMethod::ssh);
}

TEST_CASE("a grant may let a weaker presence do, and a require takes that back") {
    const auto easy = rule("easy", "grant", "level = \"approve\"\npresence = \"browser\"",
                           R"("change.max_risk" = { le = "low" })");
    const auto keys = rule("keys", "require", "presence = \"passkey\"", "");
    CHECK(decide(policy_of(easy), harmless()).presence == PresenceMethod::browser);
    CHECK(decide(policy_of(easy + keys), harmless()).presence == PresenceMethod::passkey);
}

TEST_CASE("no file lifts an invariant") {
    const auto all = policy_of(rule("all", "grant", "level = \"auto\"", ""));
    REQUIRE(decide(all, harmless()).level == Level::automatic);
    for (const char* kind :
         {"agentd_changed", "nix_trust", "nix_setting", "admin_granted", "sudo_changed",
          "pam_changed", "user_is_root", "sshd_root_login", "sshd_password_login", "ssh_key_added",
          "activation_changed", "unit_root_exec", "firewall_removed", "firewall_changed"}) {
        auto facts = harmless();
        facts.set("change.kinds", Texts{kind, "package_added"});
        INFO(kind);
        CHECK(decide(all, facts).level == Level::approve);
    }
    for (const char* kind : {"port_opened", "user_added", "user_changed"}) {
        auto facts = harmless();
        facts.set("change.kinds", Texts{kind});
        INFO(kind);
        CHECK(decide(all, facts).level == Level::veto);
    }
}

TEST_CASE(
    "critical, unclassified, truncated, boot, agents, models and unbuilt changes go to a person") {
    const auto all = policy_of(rule("all", "grant", "level = \"auto\"", ""));
    const auto level = [&](const char* name, policy::FactValue value) {
        auto facts = harmless();
        facts.set(name, std::move(value));
        return decide(all, facts).level;
    };
    CHECK(level("proposer.trust", std::string("revoked")) == Level::approve);
    CHECK(level("proposer.trust", std::string("ask")) == Level::automatic);
    CHECK(level("change.max_risk", std::string("critical")) == Level::approve);
    CHECK(level("change.max_risk", std::string("high")) == Level::automatic);
    CHECK(level("change.unclassified", std::int64_t{1}) == Level::approve);
    CHECK(level("change.truncated", true) == Level::approve);
    CHECK(level("change.areas", Texts{"boot"}) == Level::approve);
    CHECK(level("proposer.kind", std::string("agent")) == Level::approve);
    CHECK(level("change.source", std::string("model")) == Level::approve);
    CHECK(level("evidence.build", std::string("failed")) == Level::approve);
    CHECK(level("proposer.kind", Unknown{}) == Level::approve);
    CHECK(level("evidence.build", Unknown{}) == Level::approve);
}

TEST_CASE("with no fact known nothing happens by itself") {
    const auto all = policy_of(rule("all", "grant", "level = \"auto\"", ""));
    const auto decision = policy::judge(all, policy::Facts{});
    CHECK(decision.verdict.level == Level::forbid); // it may be an act that is never done
    policy::Facts change;
    change.set("change.revision", std::string("change"));
    CHECK(decide(all, change).level == Level::approve);
    CHECK(std::all_of(decision.invariants.begin(), decision.invariants.end(),
                      [](const auto& trace) { return trace.counts; }));
}

TEST_CASE("an act that is never done is forbidden, whatever the owner's rules grant") {
    const auto all = policy_of(rule("all", "grant", "level = \"auto\"", ""));
    const auto running =
        *core::StorePath::parse("/nix/store/00000000000000000000000000000000-nixos-system-web");
    const auto level_of = [&](const char* unit) {
        const proposals::Act act = proposals::RestartUnit{*core::UnitName::parse(unit)};
        return decide(all,
                      policy::facts_from(
                          proposals::effects_of(act, running),
                          {.proposer_kind = "human", .source = "operations", .revision = "act"}))
            .level;
    };
    CHECK(level_of("agentd-auditd.service") == Level::forbid);
    CHECK(level_of("dbus.service") == Level::forbid);
    CHECK(level_of("nginx.service") == Level::approve); // nothing that was not built goes by itself
}

TEST_CASE(
    "where a build could come out of its sandbox the default rule leaves no change to itself") {
    auto policy = *policy::load_policy(policy::default_policy_text(), {.file = "d"}).policy;
    policy.level = Level::automatic; // the owner of this file trusts everybody
    const auto level_of = [&](std::optional<bool> escapable, const char* revision) {
        return decide(policy, policy::facts_from({}, {.proposer_kind = "human",
                                                      .source = "operations",
                                                      .evidence_build = "passed",
                                                      .evidence_checks = "none",
                                                      .build_escapable = escapable,
                                                      .options_disagree = false,
                                                      .revision = revision,
                                                      .confirmed_before = true,
                                                      .proposer_trust = "ask"}))
            .level;
    };
    CHECK(level_of(false, "change") == Level::automatic);
    CHECK(level_of(true, "change") == Level::approve);
    CHECK(level_of(std::nullopt, "change") == Level::approve);
}

TEST_CASE("while options and built system disagree nothing happens by itself") {
    policy::Policy trusting{.level = Level::automatic};
    const auto level_of = [&](const policy::Policy& policy, std::optional<bool> disagree) {
        return decide(policy, policy::facts_from({}, {.proposer_kind = "human",
                                                      .source = "operations",
                                                      .evidence_build = "passed",
                                                      .evidence_checks = "none",
                                                      .build_escapable = false,
                                                      .options_disagree = disagree,
                                                      .revision = "change",
                                                      .proposer_trust = "ask"}))
            .level;
    };
    CHECK(level_of(trusting, false) == Level::automatic);
    CHECK(level_of(trusting, true) == Level::approve);
    CHECK(level_of(trusting, std::nullopt) ==
          Level::approve); // root's helper, which knows no options
    policy::Policy strict{.level = Level::propose};
    for (const auto disagree : {std::optional(false), std::optional(true), std::optional<bool>()}) {
        CHECK(level_of(strict, disagree) == Level::propose);
    }
}

TEST_CASE("only going back to what was healthy here passes the default cap on agentd's change") {
    const auto usual = *policy::load_policy(policy::default_policy_text(), {.file = "d"}).policy;
    const auto level_with = [&](std::optional<bool> confirmed, const char* revision) {
        return decide(usual, policy::facts_from({.effects = {{.area = "system",
                                                              .kind = "agentd_changed",
                                                              .subject = "agentd"}}},
                                                {.proposer_kind = "human",
                                                 .source = "operations",
                                                 .revision = revision,
                                                 .confirmed_before = confirmed}))
            .level;
    };
    CHECK(level_with(true, "rollback") == Level::approve);
    CHECK(level_with(false, "rollback") == Level::propose);
    CHECK(level_with(std::nullopt, "rollback") == Level::propose);
    CHECK(level_with(std::nullopt, "change") == Level::propose);
}

TEST_CASE("a verdict says what counted and what would have to be different") {
    auto facts = harmless();
    facts.set("change.ports_opened", Texts{"8080/tcp", "9090/tcp"});
    const auto verdict = decide(policy_of(grant_packages + cap_ports), facts);
    CHECK(has_reason(verdict, "packages"));
    CHECK(has_reason(verdict, "ports"));
    CHECK(has_reason(verdict, "defaults"));
    REQUIRE(verdict.would_change.size() == 1);
    CHECK(verdict.would_change[0] ==
          "while `ports` counts, it stays at propose: change.ports_opened is "
          "[\"8080/tcp\", \"9090/tcp\"]");
}

TEST_CASE("the nearest grant says which fact is in its way") {
    auto facts = harmless();
    facts.set("change.kinds", Texts{"package_added", "unit_added"});
    const auto verdict = decide(policy_of(grant_packages), facts);
    REQUIRE(verdict.would_change.size() == 1);
    CHECK(verdict.would_change[0] ==
          "`packages` would give auto, but change.kinds subset_of [\"package_added\"] is wanted, "
          "and it is [\"package_added\", \"unit_added\"]");
}

TEST_CASE("a verdict survives its codec") {
    auto facts = harmless();
    facts.set("change.kinds", Texts{"port_opened"});
    const auto verdict = decide(policy_of(grant_packages + cap_ports), facts);
    const auto again = proposals::verdict_from_json(to_json(verdict));
    REQUIRE(again);
    CHECK(*again == verdict);
}

TEST_CASE("the explanation is bounded and safe to print") {
    std::string rules;
    for (int i = 0; i < 300; ++i) {
        rules += rule("r" + std::to_string(i), "cap", "level = \"approve\"",
                      R"("host.name" = { in = ["web"] })");
    }
    auto facts = harmless();
    facts.set("host.name", std::string("web"));
    facts.set("change.ports_opened", Texts{"\x1b[31mred"});
    const auto policy = policy_of(rules + cap_ports);
    const auto text = policy::explain(policy, facts, policy::judge(policy, facts));
    CHECK(text.size() <= 8192);
    CHECK(text.starts_with("verdict: propose, presence ssh\n"));
    CHECK(text.find('\x1b') == std::string::npos);
    CHECK(text.find("what would have to be different") != std::string::npos);
}

TEST_CASE("the explanation tells each rule with the fact that decided") {
    const auto policy = policy_of(grant_packages + cap_ports);
    auto facts = harmless();
    facts.set("change.ports_opened", Unknown{});
    const auto text = policy::explain(policy, facts, policy::judge(policy, facts));
    CHECK(text.find("? cap propose `ports`: counts") != std::string::npos);
    CHECK(text.find("* grant auto `packages`: counts") != std::string::npos);
}

TEST_CASE("every invariant is a cap with a reason") {
    for (const auto& rule : policy::invariants()) {
        CHECK(rule.effect == policy::RuleEffect::cap);
        CHECK(rule.level.has_value());
        CHECK_FALSE(rule.why.empty());
        CHECK_FALSE(rule.when.empty());
    }
}

TEST_CASE("a check of the owner's flake that fails, or of which nothing is known, is never granted "
          "away") {
    const auto policy = policy_of(
        rule("all", "grant", "level = \"auto\"", R"("change.max_risk" = { le = "high" })"));
    auto facts = harmless();
    facts.set("evidence.checks", std::string("failed"));
    CHECK(decide(policy, facts).level == Level::approve);
    CHECK(has_reason(decide(policy, facts), "checks"));
    facts.set("evidence.checks", Unknown{});
    CHECK(decide(policy, facts).level == Level::approve);
    for (const std::string fine : {"passed", "none"}) {
        facts.set("evidence.checks", fine);
        CHECK(decide(policy, facts).level == Level::automatic);
    }
}

TEST_CASE("settings of the manager and of the logs are never granted by a rule alone") {
    const auto policy = policy_of(
        rule("all", "grant", "level = \"auto\"", R"("change.max_risk" = { le = "high" })"));
    for (const std::string kind : {"manager_setting", "logging_changed"}) {
        CAPTURE(kind);
        auto facts = harmless();
        facts.set("change.kinds", Texts{kind});
        const auto verdict = decide(policy, facts);
        CHECK(verdict.level == Level::approve);
        CHECK(has_reason(verdict, "root-code"));
    }
    CHECK(decide(policy, harmless()).level == Level::automatic);
}
