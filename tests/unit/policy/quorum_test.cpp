#include "policy/quorum.hpp"

#include "tests/support/catch.hpp"

using namespace agentd;
using policy::SelfApproval;
using proposals::ApproversNeeded;
using proposals::Obligations;
using proposals::Proposer;
using proposals::Role;
using proposals::Via;

namespace {

struct Desk {
    policy::Policy policy;
    Proposer author{.id = "alice", .kind = "human", .via = Via::terminal};
    Obligations obligations{};

    Desk() {
        policy.roles = {{"alice", Role::admin},
                        {"bob", Role::approver},
                        {"carol", Role::approver},
                        {"eve", Role::viewer}};
    }
    policy::Vote vote() const {
        return {.policy = policy, .author = author, .obligations = obligations};
    }
    std::string may(const std::string& name) const {
        const auto done = policy::may_agree(vote(), name);
        return done ? "" : done.problem().code;
    }
    std::string missing(const std::vector<std::string>& names) const {
        return policy::describe(policy::still_needed(vote(), names));
    }
};

} // namespace

TEST_CASE("nobody approves what is his own, whatever way it came in, unless policy lets him") {
    Desk desk;
    for (const auto via : {Via::unknown, Via::terminal, Via::socket, Via::page, Via::program}) {
        desk.author.via = via;
        CHECK(desk.may("alice") == "own_proposal");
        CHECK(desk.may("bob").empty());
        CHECK(desk.missing({"alice"}) == "one more approver has to approve");
    }
    desk.policy.self_approval = SelfApproval::terminal;
    for (const auto via : {Via::unknown, Via::socket, Via::page, Via::program}) {
        desk.author.via = via;
        CHECK(desk.may("alice") == "own_proposal");
    }
    desk.author.via = Via::terminal;
    CHECK(desk.may("alice").empty());
    desk.policy.self_approval = SelfApproval::person;
    for (const auto via : {Via::terminal, Via::socket, Via::page}) {
        desk.author.via = via;
        CHECK(desk.may("alice").empty());
    }
}

TEST_CASE("an agent, a model and the daemon itself never approve what is theirs") {
    Desk desk;
    desk.policy.self_approval = SelfApproval::person;
    for (const char* kind : {"agent", "planner", "system"}) {
        desk.author.kind = kind;
        CHECK(desk.may("alice") == "own_proposal");
    }
}

TEST_CASE("who only looks approves nothing, nor does who stands in no role where there are roles") {
    Desk desk;
    CHECK(desk.may("eve") == "viewer");
    CHECK(desk.missing({"eve"}) == "one more approver has to approve");
    CHECK(desk.may("dora") == "viewer");
    CHECK(desk.missing({"dora"}) == "one more approver has to approve");
    desk.policy.roles.clear();
    CHECK(desk.may("dora").empty());
    CHECK(desk.missing({"dora"}).empty());
}

TEST_CASE("as many different people as policy wants, each of the role it wants") {
    Desk desk;
    desk.author.id = "agent";
    desk.obligations.approvers = {{.n = 2, .role = Role::approver}, {.n = 1, .role = Role::admin}};
    CHECK(desk.missing({}) == "one more approver and one more admin have to approve");
    CHECK(desk.missing({"bob"}) == "one more admin has to approve");
    CHECK(desk.missing({"alice"}) == "one more approver has to approve");
    CHECK(desk.missing({"bob", "carol"}) == "one more admin has to approve");
    CHECK(desk.missing({"alice", "bob"}).empty());
    desk.obligations.approvers = {{.n = 2, .role = Role::admin}};
    CHECK(desk.missing({}) == "2 more admins have to approve");
    CHECK(desk.missing({"alice", "bob", "carol"}) == "one more admin has to approve");
}

TEST_CASE(
    "who lets happen now what would happen by itself is asked for no less than had he been asked") {
    policy::Policy by_itself;
    by_itself.level = proposals::Level::veto;
    by_itself.rules = {{.id = "grant",
                        .effect = policy::RuleEffect::grant,
                        .level = proposals::Level::automatic,
                        .presence = proposals::PresenceMethod::browser,
                        .obligations = {.delay = std::chrono::hours(2), .windows = {"night"}}},
                       {.id = "require",
                        .effect = policy::RuleEffect::require,
                        .obligations = {.delay = std::chrono::hours(24)}}};
    const auto asked = policy::asking(by_itself);
    CHECK(asked.level == proposals::Level::approve);
    CHECK(asked.rules[0].level == proposals::Level::approve);
    CHECK_FALSE(asked.rules[0].presence.has_value());
    CHECK(asked.rules[0].obligations.delay.count() == 0);
    CHECK(asked.rules[0].obligations.windows == by_itself.rules[0].obligations.windows);
    CHECK(asked.rules[1].obligations == by_itself.rules[1].obligations);
}

TEST_CASE("one person with several keys counts once") {
    Desk desk;
    desk.author.id = "agent";
    desk.obligations.approvers = {{.n = 2, .role = Role::approver}};
    CHECK(desk.missing({"alice", "alice", "alice"}) == "one more approver has to approve");
    CHECK(desk.missing({"carol", "Carol"}) == "one more approver has to approve");
    desk.author.id = "Carol";
    CHECK(desk.may("carol") == "own_proposal");
    desk.author.id = "agent";
    CHECK(policy::needs_several(desk.obligations));
    CHECK_FALSE(policy::needs_several(Obligations{}));
}

TEST_CASE("without an obligation one approver is enough, and nobody is not") {
    Desk desk;
    desk.author.id = "agent";
    CHECK(desk.missing({}) == "one more approver has to approve");
    CHECK(desk.missing({"bob"}).empty());
}
