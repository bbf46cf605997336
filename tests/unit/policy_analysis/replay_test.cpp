// Decisions of the past put to another policy.
#include "policy/analysis/replay.hpp"

#include "policy/analysis/check.hpp"
#include "policy/analysis/compare.hpp"
#include "policy/decide.hpp"
#include "tests/unit/policy/policy_support.hpp"

using namespace agentd;
using namespace agentd::test;
using proposals::Level;
using proposals::PresenceMethod;
using proposals::Verdict;

namespace {

policy::PastDecision past(const policy::Policy& policy, policy::Facts facts) {
    auto verdict = decide(policy, facts);
    return {.entry = 1,
            .proposal = "p",
            .at = "t",
            .verdict = std::move(verdict),
            .facts = std::move(facts)};
}

const std::string small = rule("small", "grant", "level = \"auto\"",
                               "\"change.kinds\" = { subset_of = [\"package_added\"] }");
const std::string never =
    rule("never", "cap", "level = \"propose\"", "\"change.lines\" = { gt = 1000 }");

} // namespace

TEST_CASE("the same policy decides as it did") {
    const auto policy = policy_of(small + never);
    policy::Replay replay(policy);
    auto facts = harmless();
    facts.set("change.lines", std::int64_t{3});
    replay.take(past(policy, facts));
    CHECK(replay.decisions() == 1);
    CHECK(replay.changes() == 0);
    CHECK(replay.never_matched() == std::vector<std::string>{"never"});
}

TEST_CASE("what comes out otherwise is told, and whether it is looser") {
    const auto before = policy_of("");
    const auto now = policy_of(small);
    policy::Replay looser(now);
    looser.take(past(before, harmless()));
    REQUIRE(looser.changed().size() == 1);
    CHECK(looser.changed()[0].looser);
    CHECK(looser.changed()[0].now.level == Level::automatic);
    policy::Replay stricter(before);
    stricter.take(past(now, harmless()));
    REQUIRE(stricter.changed().size() == 1);
    CHECK_FALSE(stricter.changed()[0].looser);
}

TEST_CASE("a rule that only counts because nothing is known was never met") {
    const auto policy = policy_of(never);
    policy::Replay replay(policy);
    replay.take(past(policy, harmless())); // the lines are unknown, and so it caps
    CHECK(replay.never_matched() == std::vector<std::string>{"never"});
    CHECK(policy::Replay(policy).never_matched().empty()); // nothing was asked
}

TEST_CASE("fewer people, a shorter delay or a weaker presence is looser, more of them is not") {
    Verdict one{.level = Level::approve, .presence = PresenceMethod::ssh};
    one.obligations = {.approvers = {{.n = 2}}, .windows = {"night"}};
    Verdict other = one;
    CHECK_FALSE(policy::is_looser(one, other));
    other.obligations.approvers = {{.n = 1}};
    CHECK(policy::is_looser(one, other));
    CHECK_FALSE(policy::is_looser(other, one));
    other = one;
    other.obligations.windows.clear();
    CHECK(policy::is_looser(one, other));
    other = one;
    other.presence = PresenceMethod::browser;
    CHECK(policy::is_looser(one, other));
    CHECK_FALSE(policy::is_looser(other, one));
    other.level = Level::propose;
    CHECK_FALSE(policy::is_looser(one, other));
    Verdict wait{.level = Level::veto, .obligations = {.delay = std::chrono::hours(2)}};
    Verdict shorter{.level = Level::veto, .obligations = {.delay = std::chrono::hours(1)}};
    CHECK(policy::is_looser(wait, shorter));
    CHECK_FALSE(policy::is_looser(shorter, wait));
}

TEST_CASE("a policy that asks for less is looser, though it lets no more happen") {
    const std::string windows = "[window.night]\nfrom = \"02:00\"\nto = \"05:00\"\ntz = \"UTC\"\n";
    const auto require = [](const std::string& owed) {
        return rule("r", "require", "obligations = {" + owed + "}",
                    "\"change.lines\" = { gt = 3 }");
    };
    const auto two = policy_of(windows + require("approvers = { n = 2 }"));
    const auto one = policy_of(windows + require("approvers = { n = 1 }"));
    const auto none = policy_of(windows);
    CHECK(policy::compare(two, one).looser.size() == 1);
    CHECK(policy::compare(two, none).looser.size() == 1);
    CHECK(policy::compare(one, two).looser.empty());
    CHECK(policy::compare(two, two).looser.empty());
    CHECK(policy::compare(none, two).looser.empty());
    const auto waits = [&](const std::string& delay) {
        return policy_of(windows +
                         rule("g", "grant",
                              "level = \"veto\"\nobligations = { delay = \"" + delay + "\" }",
                              "\"change.lines\" = { lt = 9 }"));
    };
    CHECK(policy::compare(waits("6h"), waits("1h")).looser.size() == 1);
    const auto longer = policy::compare(waits("1h"), waits("6h"));
    CHECK(longer.looser.empty());
    CHECK_FALSE(longer.decided); // nothing was found, and that proves nothing
    CHECK(policy::compare(waits("1h"), waits("1h")).decided);
}

TEST_CASE("other hours, another role and approving one's own are told beside the rules") {
    const auto policy = [](const std::string& to, const std::string& role,
                           const std::string& self) {
        return policy_of("self_approval = \"" + self + "\"\n[roles]\n" + role +
                         " = [\"bob\"]\n[window.night]\nfrom = \"02:00\"\nto = \"" + to +
                         "\"\ntz = \"UTC\"\n");
    };
    const auto before = policy("05:00", "viewer", "never");
    CHECK(policy::compare(before, before).beside.empty());
    CHECK(policy::compare(before, policy("09:00", "viewer", "never")).beside.size() == 1);
    CHECK(policy::compare(before, policy("05:00", "admin", "never")).beside.size() == 1);
    CHECK(policy::compare(before, policy("05:00", "viewer", "person")).beside.size() == 1);
    CHECK(policy::compare(before, policy_of("")).beside.size() >= 1);
}

TEST_CASE("a grant that rests on what only the daemon knows is told, for nothing comes of it") {
    const auto found = policy::check_policy(policy_of(
        rule("g", "grant", "level = \"auto\"", "\"proposer.kind\" = { eq = \"human\" }")));
    REQUIRE(found.size() == 1);
    CHECK(found[0].code == "daemon_says");
}
