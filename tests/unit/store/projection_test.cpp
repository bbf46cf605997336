#include "store/projection.hpp"

#include "agentd/core/failure.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/temp_dir.hpp"
#include "tests/unit/store/log_lines.hpp"

#include <algorithm>

using namespace agentd;
using namespace agentd::store;
using namespace agentd::test;
using proposals::State;

namespace {

void fold(Projection& projection, const LogLines& log) {
    projection.catch_up([&](Index from, std::size_t limit) { return log.from(from, limit); });
}

core::Failure failure_of(const std::function<void()>& act) {
    try {
        act();
    } catch (const core::Failure& failure) {
        return failure;
    }
    FAIL("no Failure");
    return {core::FailureKind::internal, ""};
}

bool says(const core::Failure& failure, std::string_view text) {
    return std::string_view(failure.what()).find(text) != std::string_view::npos;
}

} // namespace

TEST_CASE("a proposal's whole life can be read back from the rows") {
    const TempDir dir;
    Projection projection(dir / "p.db");
    LogLines log;
    const std::string id = proposal_id(7);
    add_life(log, id, 1);
    fold(projection, log);

    const Queries q = projection.queries();
    const auto row = q.proposal(id);
    REQUIRE(row);
    CHECK(row->state == State::confirmed);
    CHECK(row->number == 1);
    CHECK(row->title == "open port 8080");
    CHECK(row->headline == "opens TCP 8080");
    CHECK(row->risk == "notice");
    CHECK(row->level == proposals::Level::approve);
    CHECK(row->presence == proposals::PresenceMethod::ssh);
    CHECK(row->landed);
    CHECK(row->outcome == "confirmed");
    CHECK(row->round == 1);
    CHECK_FALSE(row->refusal);
    CHECK(row->updated > row->created);
    CHECK(q.draft(id)->goal == "open 8080");
    CHECK(q.evidence(id).size() == 2);
    CHECK(q.revision(id)->warnings == std::vector<std::string>{"old option"});
    CHECK(q.decision(id)->page_sha256 == hex_of("page"));
    CHECK(q.approvals(id).at(0).approver == "alice");
    CHECK(q.approvals(id).at(0).used_by == Index{7});
    CHECK_FALSE(q.unused_statement(hex_of("statement of " + id)));
    CHECK(q.unused_statement(hex_of("another")));
    const auto apply = q.last_apply(id);
    REQUIRE(apply);
    CHECK(apply->steps.size() == 2);
    CHECK(apply->steps[1].step == "activated");
    CHECK(apply->outcome->outcome == "confirmed");
    CHECK(q.landing(id)->how == "fast-forward");
    CHECK(q.history(id).size() == log.lines().size());
    CHECK(q.history(id).front().type == "proposal.drafted");
    CHECK(q.next_index() == log.lines().size());
    CHECK(q.counts().applied == 1);
    CHECK(q.counts().open == 0);
    CHECK(q.irregular_transitions() == 0);
    CHECK(q.live_blobs().contains(*core::Digest::parse(hex_of("diff"))));
    CHECK(q.live_blobs().contains(*core::Digest::parse(hex_of("log"))));
    projection.check_integrity();
}

TEST_CASE("what waits and what is under way is told apart") {
    const TempDir dir;
    Projection projection(dir / "p.db");
    LogLines log;
    add_decided(log, proposal_id(1), 1);
    add_decided(log, proposal_id(2), 2);
    log.add("approval.granted", proposal_id(2), granted_body("s2"));
    log.add("apply.intent", proposal_id(2), intent_body("s2"));
    log.add("proposal.drafted", proposal_id(3), draft_body(3));
    fold(projection, log);
    const Queries q = projection.queries();
    REQUIRE(q.waiting().size() == 1);
    CHECK(q.waiting()[0].id == proposal_id(1));
    REQUIRE(q.in_flight().size() == 1);
    CHECK(q.in_flight()[0].id == proposal_id(2));
    CHECK(q.proposals(Which::open).size() == 3);
    CHECK(q.proposals(Which::open)[0].id == proposal_id(3));
}

TEST_CASE("a proposal is found by number, id or a prefix that fits only one") {
    const TempDir dir;
    Projection projection(dir / "p.db");
    LogLines log;
    log.add("proposal.drafted", "01KDY0AAAAAAAAAAAAAAAAAAAA", draft_body(1));
    log.add("proposal.drafted", "01KDY0BBBBBBBBBBBBBBBBBBBB", draft_body(2));
    fold(projection, log);
    const Queries q = projection.queries();
    CHECK(q.find("2")->id == "01KDY0BBBBBBBBBBBBBBBBBBBB");
    CHECK(q.find("01KDY0AAAAAAAAAAAAAAAAAAAA")->number == 1);
    CHECK(q.find("01kdy0b")->number == 2);
    CHECK_FALSE(q.find("01KDY0"));
    CHECK_FALSE(q.find("01KDY"));
    CHECK_FALSE(q.find("3"));
    CHECK_FALSE(q.find(""));
    CHECK_FALSE(q.find("01KDY0%"));
    CHECK_FALSE(q.find(std::string(100, '0')));
}

TEST_CASE("a number is free again once its proposal is closed") {
    const TempDir dir;
    Projection projection(dir / "p.db");
    LogLines log;
    for (int i = 1; i <= 3; ++i) {
        log.add("proposal.drafted", proposal_id(i), draft_body(i));
    }
    fold(projection, log);
    CHECK(projection.queries().next_free_number() == 4);
    log.add("proposal.state", proposal_id(2), state_body("drafted", "withdrawn"));
    fold(projection, log);
    CHECK(projection.queries().next_free_number() == 2);
    log.add("proposal.drafted", proposal_id(4), draft_body(2));
    fold(projection, log);
    CHECK(projection.queries().by_number(2)->id == proposal_id(4));
    CHECK(projection.queries().next_free_number() == 4);
}

TEST_CASE("a number rests a while after its proposal is closed") {
    const TempDir dir;
    Projection projection(dir / "p.db");
    LogLines log;
    for (int i = 1; i <= 2; ++i) {
        log.add("proposal.drafted", proposal_id(i), draft_body(i));
    }
    log.add("proposal.state", proposal_id(1), state_body("drafted", "withdrawn"));
    fold(projection, log);
    const auto queries = projection.queries();
    const auto closed = queries.find(proposal_id(1))->updated;
    CHECK(queries.next_free_number(closed) == 1);
    CHECK(queries.next_free_number(closed - std::chrono::microseconds(1)) == 3);
}

TEST_CASE("two open proposals cannot have one number") {
    const TempDir dir;
    Projection projection(dir / "p.db");
    LogLines log;
    log.add("proposal.drafted", proposal_id(1), draft_body(1));
    log.add("proposal.drafted", proposal_id(2), draft_body(1));
    const auto failure = failure_of([&] { projection.apply_batch(0, log.lines()); });
    CHECK(says(failure, "log entry 1"));
    CHECK(says(failure, proposal_id(1)));
}

TEST_CASE("what an earlier round found no longer counts when a proposal is verified again") {
    const TempDir dir;
    Projection projection(dir / "p.db");
    LogLines log;
    const std::string id = proposal_id(1);
    add_decided(log, id, 1);
    log.add("proposal.state", id, state_body("decided", "stale"));
    log.add("proposal.state", id, state_body("stale", "checking"));
    fold(projection, log);
    const Queries q = projection.queries();
    CHECK(q.proposal(id)->round == 2);
    CHECK_FALSE(q.proposal(id)->level);
    CHECK_FALSE(q.proposal(id)->risk);
    CHECK(q.evidence(id).empty());
    CHECK(q.evidence(id, Which::all).size() == 2);
    CHECK_FALSE(q.revision(id));
    CHECK_FALSE(q.decision(id));
}

TEST_CASE("a verdict below approve denies") {
    const TempDir dir;
    Projection projection(dir / "p.db");
    LogLines log;
    const std::string level = GENERATE("forbid", "observe", "propose", "approve", "veto", "auto");
    log.add("proposal.drafted", proposal_id(1), draft_body(1));
    log.add("proposal.state", proposal_id(1), state_body("drafted", "checking"));
    log.add("proposal.verified", proposal_id(1), verified_body());
    log.add("decision.made", proposal_id(1), decision_body(level));
    fold(projection, log);
    const bool denied = level == "forbid" || level == "observe" || level == "propose";
    CHECK(projection.queries().proposal(proposal_id(1))->state ==
          (denied ? State::denied : State::decided));
}

TEST_CASE("every outcome leads to the state it means") {
    const TempDir dir;
    Projection projection(dir / "p.db");
    LogLines log;
    const auto [outcome, state] = GENERATE(table<std::string, State>({
        {"confirmed", State::confirmed},
        {"rolled_back", State::rolled_back},
        {"failed", State::failed},
        {"refused", State::refused},
    }));
    add_decided(log, proposal_id(1), 1);
    log.add("approval.granted", proposal_id(1), granted_body("s"));
    log.add("apply.intent", proposal_id(1), intent_body("s"));
    log.add("apply.outcome", proposal_id(1), outcome_body(outcome));
    fold(projection, log);
    CHECK(projection.queries().proposal(proposal_id(1))->state == state);
    CHECK(projection.queries().irregular_transitions() == 0);
}

TEST_CASE("an intent may say whose it is, and trust that changes is no row") {
    const TempDir dir;
    Projection projection(dir / "p.db");
    LogLines log;
    add_decided(log, proposal_id(1), 1);
    log.add("approval.granted", proposal_id(1), granted_body("s"));
    auto intent = intent_body("s");
    intent["trust"] = {{"class", "package"}, {"agreed", "person"}};
    log.add("apply.intent", proposal_id(1), intent);
    log.add("trust.changed", "host:web",
            {{"what", "revoked"},
             {"proposer", nullptr},
             {"class", nullptr},
             {"host_class", "web"},
             {"because", "it broke"},
             {"proposal", nullptr},
             {"grant", nullptr},
             {"presence", nullptr},
             {"by", "agentd-applyd"}});
    fold(projection, log);
    CHECK(projection.queries().proposal(proposal_id(1))->state == State::applying);
    CHECK(projection.queries().irregular_transitions() == 0);
}

TEST_CASE("an outcome the table does not expect is kept as a fact and marked") {
    const TempDir dir;
    Projection projection(dir / "p.db");
    LogLines log;
    add_decided(log, proposal_id(1), 1);
    log.add("apply.intent", proposal_id(1), intent_body("nobody approved this"));
    fold(projection, log);
    CHECK(projection.queries().proposal(proposal_id(1))->state == State::applying);
    CHECK(projection.queries().irregular_transitions() == 1);
}

TEST_CASE("a refusal before any intent leaves the proposal where it stood") {
    const TempDir dir;
    Projection projection(dir / "p.db");
    LogLines log;
    add_decided(log, proposal_id(1), 1);
    log.add("approval.granted", proposal_id(1), granted_body("s"));
    log.add("apply.outcome", proposal_id(1), outcome_body("refused"));
    fold(projection, log);
    CHECK(projection.queries().proposal(proposal_id(1))->state == State::approved);
}

TEST_CASE("a statement is used once") {
    const TempDir dir;
    Projection projection(dir / "p.db");
    LogLines log;
    add_life(log, proposal_id(1), 1);
    add_decided(log, proposal_id(2), 1);
    log.add("apply.intent", proposal_id(2), intent_body("statement of " + proposal_id(1)));
    const auto failure = failure_of([&] { projection.apply_batch(0, log.lines()); });
    CHECK(failure.kind() == core::FailureKind::corrupt);
    CHECK(says(failure, "used up by log entry 7"));
}

TEST_CASE("a statement is approved once") {
    const TempDir dir;
    Projection projection(dir / "p.db");
    LogLines log;
    add_decided(log, proposal_id(1), 1);
    add_decided(log, proposal_id(2), 2);
    log.add("approval.granted", proposal_id(1), granted_body("s"));
    log.add("approval.granted", proposal_id(2), granted_body("s"));
    const auto failure = failure_of([&] { projection.apply_batch(0, log.lines()); });
    CHECK(failure.kind() == core::FailureKind::corrupt);
    CHECK(says(failure, "log entry 13 (approval.granted)"));
}

TEST_CASE("observations have a life and may have another") {
    const TempDir dir;
    Projection projection(dir / "p.db");
    LogLines log = long_log(0);
    fold(projection, log);
    const Queries q = projection.queries();
    CHECK(q.observations(Which::open).empty());
    REQUIRE(q.observations(Which::all).size() == 1);
    CHECK(q.observations(Which::all)[0].severity == "critical");
    CHECK(q.observations(Which::all)[0].resolved);
    CHECK(q.unknown_entries() == 1);
    CHECK(q.approvers().size() == 1);
    log.add("observation.opened", "unit:nginx",
            {{"key", "unit:nginx"},
             {"kind", "unit_failed"},
             {"title", "nginx failed"},
             {"detail", "exit 2"},
             {"severity", "info"},
             {"trusted", false},
             {"remedy", "r"}});
    fold(projection, log);
    CHECK(q.observations(Which::all).size() == 2);
    CHECK(q.observation("unit:nginx")->detail == "exit 2");
}

TEST_CASE("a refused statement for an unknown proposal is on record and breaks nothing") {
    const TempDir dir;
    Projection projection(dir / "p.db");
    LogLines log;
    log.add("statement.refused", proposal_id(9),
            {{"code", "bad_signature"}, {"message", "no"}, {"peer_uid", 1000}});
    fold(projection, log);
    CHECK(projection.queries().history(proposal_id(9)).size() == 1);
}

TEST_CASE("a confirmed change is due to land until the branch has taken or refused it") {
    const TempDir dir;
    Projection projection(dir / "p.db");
    LogLines log;
    add_life(log, proposal_id(7), 1);
    for (std::size_t n = 0; n < log.lines().size(); ++n) {
        CHECK_FALSE(projection.queries().last_landed());
        projection.apply(n, log.lines()[n]);
        const bool confirmed = n + 2 == log.lines().size();
        CHECK(projection.queries().landing_due() == confirmed);
    }
    CHECK(projection.queries().last_landed() == log.lines().size() - 1);

    add_decided(log, proposal_id(8), 2);
    log.add("approval.granted", proposal_id(8), granted_body("another"));
    log.add("apply.intent", proposal_id(8), intent_body("another"));
    log.add("apply.outcome", proposal_id(8), outcome_body("confirmed"));
    const auto refused = log.add("landing.refused", proposal_id(8),
                                 {{"branch", "main"}, {"reason", "moved"}, {"hint", ""}});
    fold(projection, log);
    CHECK_FALSE(projection.queries().landing_due());
    CHECK(projection.queries().last_landed() < refused);
}
