// What nobody signed is judged without the daemon's word too.
#include "policy/unsigned.hpp"

#include "policy_support.hpp"

using namespace agentd;
using namespace agentd::test;
using policy::decide;
using policy::decide_unsigned;
using policy::Unknown;
using proposals::Level;

TEST_CASE(
    "what nobody signed is judged with what the daemon says and without it: the lower counts") {
    const auto all = policy_of(rule("all", "grant", "level = \"auto\"", ""));
    const auto known = harmless();
    CHECK(decide_unsigned(all, known).level == Level::automatic);
    auto agent = known;
    agent.set("proposer.kind", std::string("agent"));
    CHECK(decide_unsigned(all, agent).level == Level::approve);
    const auto claimed = policy_of(
        rule("all", "grant", "level = \"auto\"", R"("proposer.kind" = { eq = "human" })"));
    CHECK(decide(claimed, known).level == Level::automatic);
    CHECK(decide_unsigned(claimed, known).level == Level::approve);
    const auto careful = policy_of(
        rule("all", "grant", "level = \"auto\"", "") +
        rule("mine", "cap", "level = \"approve\"", R"("proposer.id" = { eq = "timer" })"));
    CHECK(decide_unsigned(careful, known).level == Level::approve);
    for (const char* name : {"change.kinds", "change.areas", "change.max_risk", "change.truncated",
                             "change.unclassified", "proposer.trust"}) {
        auto less = known;
        less.set(name, Unknown{});
        INFO(name);
        CHECK(decide_unsigned(all, less).level < Level::automatic);
    }
}

TEST_CASE("what is asked for with or without the daemon's word is asked for") {
    const auto waits = policy_of(rule("all", "grant", "level = \"veto\"", "") +
                                 rule("alice", "require", "obligations = { delay = \"6h\" }",
                                      R"("proposer.id" = { eq = "alice" })"));
    auto facts = harmless();
    facts.set("proposer.id", std::string("bob"));
    CHECK(decide(waits, facts).obligations.delay == std::chrono::hours(2));
    CHECK(decide_unsigned(waits, facts).obligations.delay == std::chrono::hours(6));
}
