// What a policy says without effect, and where one is looser than another.
#include "policy/analysis/check.hpp"

#include "policy/analysis/compare.hpp"
#include "policy/analysis/search.hpp"
#include "tests/unit/policy/policy_support.hpp"

#include <algorithm>
#include <random>

using namespace agentd;
using namespace agentd::test;
using policy::Finding;
using proposals::Level;

namespace {

const std::string small =
    rule("small", "grant", "level = \"auto\"",
         "\"change.kinds\" = { subset_of = [\"package_added\", \"unit_added\"] }");

std::vector<Finding> findings_of(const std::string& rules, const std::string& level = "approve") {
    return policy::check_policy(policy_of(rules, level));
}

std::vector<Finding> warnings_of(const std::string& rules) {
    auto out = findings_of(rules);
    std::erase_if(out, [](const Finding& finding) { return finding.note; });
    return out;
}

void check_only(const std::vector<Finding>& findings, const std::string& rule,
                const std::string& code) {
    for (const Finding& finding : findings) {
        UNSCOPED_INFO(finding.rule << ": " << finding.code << ": " << finding.message);
    }
    REQUIRE(findings.size() == 1);
    CHECK(findings[0].rule == rule);
    CHECK(findings[0].code == code);
}

} // namespace

TEST_CASE("a policy that means what it says has no findings") {
    CHECK(findings_of(small + rule("few", "cap", "level = \"approve\"",
                                   "\"change.units_added\" = { count_ge = 3 }"))
              .empty());
    const auto ours = load(std::string(policy::default_policy_text()));
    REQUIRE(ours.policy);
    for (const auto& finding : policy::check_policy(*ours.policy)) {
        CHECK(finding.note); // what holds back the grants that an owner may add
    }
}

TEST_CASE("conditions that contradict each other are found") {
    const auto findings = findings_of(
        rule("never", "grant", "level = \"auto\"",
             "\"change.kinds\" = { subset_of = [\"package_added\"], any_in = [\"unit_added\"] }"));
    check_only(findings, "never", "unsatisfiable");
    CHECK(findings[0].where.starts_with("p.toml:6:"));
    CHECK_FALSE(findings[0].witness);
}

TEST_CASE("areas and kinds are the same effects seen twice") {
    check_only(findings_of(rule("never", "grant", "level = \"auto\"",
                                "\"change.kinds\" = { any_in = [\"port_opened\"] }, "
                                "\"change.areas\" = { none_in = [\"network\"] }")),
               "never", "unsatisfiable");
}

TEST_CASE("a grant that another one contains is found, with facts that show it") {
    const auto findings =
        findings_of(small + rule("smaller", "grant", "level = \"veto\"",
                                 "\"change.kinds\" = { subset_of = [\"package_added\"] }, "
                                 "\"change.lines\" = { le = 20 }"));
    check_only(findings, "smaller", "shadowed");
    CHECK(findings[0].others == std::vector<std::string>{"small"});
    REQUIRE(findings[0].witness);
    CHECK(std::get<std::int64_t>(findings[0].witness->get("change.lines")) <= 20);
}

TEST_CASE("two rules that say the same are not both useless") {
    check_only(findings_of(small + rule("again", "grant", "level = \"auto\"",
                                        "\"change.kinds\" = { subset_of = [\"package_added\", "
                                        "\"unit_added\"] }")),
               "small", "shadowed");
}

TEST_CASE("a grant is shadowed by several rules together") {
    check_only(
        findings_of(
            rule("under", "grant", "level = \"auto\"", "\"change.closure_delta\" = { lt = 10 }") +
            rule("over", "grant", "level = \"auto\"", "\"change.closure_delta\" = { ge = 10 }") +
            rule("some", "grant", "level = \"auto\"", "\"change.closure_delta\" = { ge = 5, le = 15 }")),
        "some", "shadowed");
}

TEST_CASE("a grant of what everybody has is found") {
    check_only(findings_of(rule("same", "grant", "level = \"approve\"", "")), "same", "shadowed");
}

TEST_CASE("a grant that caps always hold is found, and one that they sometimes hold is not") {
    const std::string ports =
        rule("ports", "cap", "level = \"approve\"", "\"change.ports_opened\" = { count_ge = 1 }");
    check_only(warnings_of(rule("web", "grant", "level = \"veto\"",
                                "\"change.ports_opened\" = { any_in = [\"80/tcp\"] }") +
                           ports),
               "web", "always_capped");
    CHECK(findings_of(rule("web", "grant", "level = \"veto\"",
                           "\"change.ports_opened\" = { subset_of = [\"80/tcp\"] }") +
                      ports)
              .empty());
}

TEST_CASE("a grant above a limit in code is found") {
    const auto findings =
        findings_of(rule("boot", "grant", "level = \"auto\"",
                         "\"change.kinds\" = { any_in = [\"ssh_key_added\", \"sudo_changed\"] }"));
    check_only(findings, "boot", "above_invariant");
    CHECK_FALSE(findings[0].others.empty());
    CHECK(findings_of(rule("ports", "grant", "level = \"veto\"",
                           "\"change.kinds\" = { any_in = [\"port_opened\"] }"))
              .empty());
    check_only(findings_of(rule("ports", "grant", "level = \"auto\"",
                                "\"change.kinds\" = { any_in = [\"port_opened\"] }")),
               "ports", "above_invariant");
}

TEST_CASE("a cap that nothing rises above is found") {
    check_only(
        findings_of(rule("calm", "cap", "level = \"veto\"", "\"change.lines\" = { ge = 9 }")),
        "calm", "idle");
    CHECK(findings_of(rule("calm", "cap", "level = \"propose\"", "\"change.lines\" = { ge = 9 }"))
              .empty());
}

TEST_CASE("what one policy allows more than another is found with facts for each level") {
    const auto before = policy_of(small);
    const auto now =
        policy_of(small + rule("ports", "grant", "level = \"veto\"",
                               "\"change.ports_opened\" = { subset_of = [\"80/tcp\"] }"));
    const auto looser = policy::compare(before, now);
    CHECK(looser.decided);
    REQUIRE(looser.looser.size() == 1);
    CHECK(looser.looser[0].before.level == Level::approve);
    CHECK(looser.looser[0].now.level == Level::veto);
    const auto back = policy::compare(now, before);
    CHECK(back.looser.empty());
    CHECK(back.decided);
}

TEST_CASE("a weaker presence is looser") {
    const auto before = policy_of("", "approve", "ssh");
    const auto now = policy_of(rule("phone", "grant", "level = \"approve\"\npresence = \"browser\"",
                                    "\"change.lines\" = { le = 3 }"));
    const auto looser = policy::compare(before, now);
    REQUIRE(looser.looser.size() == 1);
    CHECK(looser.looser[0].now.presence == proposals::PresenceMethod::browser);
    CHECK(looser.looser[0].before.presence == proposals::PresenceMethod::ssh);
    CHECK(policy::compare(now, before).looser.empty());
}

TEST_CASE("a policy that counts longer is looser") {
    const auto until = [](const std::string& day) {
        return policy_of(rule("some", "grant", "level = \"veto\"\nexpires = " + day,
                              "\"change.lines\" = { le = 3 }"));
    };
    CHECK(policy::compare(until("2030-01-01"), until("2030-01-02")).lasts_longer);
    CHECK(policy::compare(until("2030-01-01"), policy_of("")).lasts_longer);
    CHECK_FALSE(policy::compare(until("2030-01-02"), until("2030-01-01")).lasts_longer);
    CHECK_FALSE(policy::compare(policy_of(""), until("2030-01-01")).lasts_longer);
}

TEST_CASE("two policies that are too much to compare are said to be, in bounded time") {
    std::string rules;
    for (int i = 0; i < 120; ++i) {
        const std::string line = std::to_string(i);
        rules += rule("g" + line, "grant", "level = \"approve\"\npresence = \"browser\"",
                      "\"change.lines\" = { eq = " + line + " }") +
                 rule("r" + line, "require", "presence = \"ssh\"",
                      "\"change.paths\" = { any_match = [\"a" + line + "/**\"] }");
    }
    const auto big = policy_of(rules, "propose");
    const auto answer = policy::compare(big, big);
    CHECK(answer.looser.empty());
}

TEST_CASE("patterns that name every letter hide no word") {
    std::string every;
    for (char c = 'a'; c <= 'z'; ++c) {
        every += std::string(1, c) + ",";
    }
    const auto before = policy_of(
        rule("free", "grant", "level = \"auto\"", "") +
        rule("all", "cap", "level = \"approve\"", "\"act.units\" = { any_match = [\"*\"] }"));
    const auto now =
        policy_of(rule("free", "grant", "level = \"auto\"", "") +
                  rule("some", "cap", "level = \"approve\"",
                       "\"act.units\" = { any_match = [\"{" + every + "X,Y,Z,_,~}*\"] }"));
    const auto answer = policy::compare(before, now);
    CHECK((!answer.looser.empty() || !answer.decided));
}

namespace {

// Rules over three facts with few values each, so that everything can be tried.
const std::array<const char*, 3> small_facts{"change.lines", "change.reboot_required",
                                             "change.packages_added"};

policy::Condition random_condition(std::mt19937& random) {
    using policy::Test;
    const auto fact = *policy::find_fact(small_facts[random() % 3]);
    if (fact == *policy::find_fact("change.lines")) {
        const std::array tests{Test::eq, Test::lt, Test::ge};
        return {.fact = fact,
                .test = tests[random() % 3],
                .wanted = static_cast<std::int64_t>(random() % 3)};
    }
    if (fact == *policy::find_fact("change.reboot_required")) {
        return {.fact = fact, .test = Test::is, .wanted = random() % 2 == 0};
    }
    const std::array tests{Test::subset_of, Test::superset_of, Test::any_in, Test::none_in};
    return {.fact = fact,
            .test = tests[random() % 4],
            .wanted = random() % 2 == 0 ? std::vector<std::string>{"a"}
                                        : std::vector<std::string>{"a", "b"}};
}

policy::Rule random_rule(std::mt19937& random) {
    policy::Rule out{.id = "r" + std::to_string(random() % 1000),
                     .effect = static_cast<policy::RuleEffect>(random() % 2),
                     .level = static_cast<Level>(random() % 5)};
    for (auto left = 1 + random() % 2; left > 0; --left) {
        out.when.push_back(random_condition(random));
    }
    return out;
}

std::vector<policy::Facts> every_facts() {
    std::vector<policy::Facts> out;
    using policy::Texts;
    using policy::Unknown;
    const std::vector<policy::FactValue> lines{Unknown{},       std::int64_t{-1}, std::int64_t{0},
                                               std::int64_t{1}, std::int64_t{2},  std::int64_t{3}};
    const std::vector<policy::FactValue> reboots{Unknown{}, false, true};
    const std::vector<policy::FactValue> packages{
        Unknown{},  Texts{},         Texts{"a"},      Texts{"b"},          Texts{"a", "b"},
        Texts{"c"}, Texts{"a", "c"}, Texts{"b", "c"}, Texts{"a", "b", "c"}};
    for (const auto& line : lines) {
        for (const auto& reboot : reboots) {
            for (const auto& package : packages) {
                out.push_back(harmless()
                                  .set("change.lines", line)
                                  .set("change.reboot_required", reboot)
                                  .set("change.packages_added", package));
            }
        }
    }
    return out;
}

} // namespace

TEST_CASE("facts are found exactly where trying all of them finds some") {
    std::mt19937 random(3);
    const auto all = every_facts();
    int there = 0;
    for (int round = 0; round < 3000; ++round) {
        std::vector<policy::Rule> rules;
        for (auto left = 2 + random() % 5; left > 0; --left) {
            rules.push_back(random_rule(random));
        }
        std::vector<policy::Demand> demands;
        for (const auto& one : rules) {
            demands.push_back({.rule = &one, .counts = random() % 3 == 0});
        }
        const bool exists = std::any_of(all.begin(), all.end(), [&](const policy::Facts& facts) {
            return std::all_of(demands.begin(), demands.end(), [&](const policy::Demand& demand) {
                return policy::counts(*demand.rule, facts) == demand.counts;
            });
        });
        const auto found = policy::find_facts(demands);
        REQUIRE(found.decided);
        REQUIRE(found.facts.has_value() == exists);
        there += exists ? 1 : 0;
    }
    CHECK(there > 300);
    CHECK(there < 2700);
}

TEST_CASE("one policy is found looser exactly where trying all facts shows it") {
    std::mt19937 random(5);
    const auto all = every_facts();
    int looser = 0;
    for (int round = 0; round < 1000; ++round) {
        policy::Policy before{.level = static_cast<Level>(1 + random() % 3)};
        policy::Policy now{.level = static_cast<Level>(1 + random() % 3)};
        for (auto left = random() % 4; left > 0; --left) {
            before.rules.push_back(random_rule(random));
        }
        now.rules = random() % 2 == 0 ? before.rules : std::vector<policy::Rule>{};
        now.rules.push_back(random_rule(random));
        std::set<Level> reached;
        for (const auto& facts : all) {
            const Level was = policy::decide(before, facts).level;
            const Level is = policy::decide(now, facts).level;
            for (int level = static_cast<int>(was) + 1; level <= static_cast<int>(is); ++level) {
                reached.insert(static_cast<Level>(level));
            }
        }
        const auto answer = policy::compare(before, now);
        REQUIRE(answer.decided);
        std::set<Level> shown;
        for (const auto& one : answer.looser) {
            for (int level = static_cast<int>(one.before.level) + 1;
                 level <= static_cast<int>(one.now.level); ++level) {
                shown.insert(static_cast<Level>(level));
            }
        }
        REQUIRE(shown == reached);
        looser += reached.empty() ? 0 : 1;
    }
    CHECK(looser > 100);
    CHECK(looser < 950);
}
