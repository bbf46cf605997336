#include "agentd/core/failure.hpp"
#include "store/projection.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/temp_dir.hpp"
#include "tests/unit/store/log_lines.hpp"

#include <algorithm>

using namespace agentd;
using namespace agentd::store;
using namespace agentd::test;

namespace {

/// What folding `line` as the next entry throws; the rows must be as before.
std::string refusal(Projection& projection, Index index, const std::string& line) {
    const auto before = projection.queries().row_digest();
    std::string said = "nothing";
    try {
        projection.apply(index, line);
    } catch (const core::Failure& failure) {
        CHECK(failure.kind() == core::FailureKind::corrupt);
        said = failure.what();
    }
    CHECK(projection.queries().row_digest() == before);
    return said;
}

bool has(const std::string& text, std::string_view part) {
    return text.find(part) != std::string::npos;
}

} // namespace

TEST_CASE("an entry out of order is refused: a gap, a repeat") {
    const TempDir dir;
    Projection projection(dir / "p.db");
    const LogLines log = long_log(1);
    projection.apply(0, log.lines()[0]);
    CHECK(has(refusal(projection, 2, log.lines()[2]), "out of order"));
    CHECK(has(refusal(projection, 0, log.lines()[0]), "next entry to fold is 1"));
    projection.apply(1, log.lines()[1]);
    CHECK(projection.next_index() == 2);
}

TEST_CASE("a malformed entry is named by its number and never skipped") {
    const TempDir dir;
    Projection projection(dir / "p.db");
    LogLines log;
    log.add("proposal.drafted", proposal_id(1), draft_body(1));
    projection.apply(0, log.lines()[0]);

    Json unknown_field = state_body("drafted", "checking");
    unknown_field["more"] = 1;
    Json bad_digest = granted_body("s");
    bad_digest["statement_sha256"] = hex_of("other");
    Json bad_checks = outcome_body("failed");
    bad_checks["checks"] = Json::array({1});
    const std::vector<std::tuple<std::string, std::string, Json>> bad{
        {"proposal.state", proposal_id(1), unknown_field},
        {"proposal.state", proposal_id(1), {{"from", "drafted"}, {"to", "happy"}, {"reason", ""}}},
        {"proposal.state", proposal_id(1), state_body("decided", "checking")},
        {"proposal.state", proposal_id(1), state_body("drafted", "confirmed")},
        {"proposal.state", proposal_id(2), state_body("drafted", "checking")},
        {"proposal.state", proposal_id(1), nullptr},
        {"proposal.state", proposal_id(1), Json::array()},
        {"proposal.drafted", proposal_id(1), draft_body(2)},
        {"proposal.drafted", "not an id", draft_body(2)},
        {"proposal.drafted", proposal_id(2), draft_body(0)},
        {"proposal.verified", proposal_id(1), verified_body()},
        {"decision.made", proposal_id(1), decision_body("maybe")},
        {"decision.made", proposal_id(1), decision_body()},
        {"approval.granted", proposal_id(1), bad_digest},
        {"approval.granted", proposal_id(1), granted_body("s")},
        {"evidence.recorded", proposal_id(1), evidence_body("guess")},
        {"apply.step", proposal_id(1), {{"step", "activated"}, {"detail", ""}}},
        {"apply.outcome", proposal_id(1), bad_checks},
        {"observation.changed", "nobody", {{"detail", ""}, {"severity", "info"}}},
        {"observation.resolved", "nobody", {{"detail", ""}}},
        {"log.opened", "log", {{"origin", "x"}}},
    };
    for (const auto& [type, subject, body] : bad) {
        LogLines one;
        one.add(type, subject, body);
        const std::string said = refusal(projection, 1, one.lines()[0]);
        CAPTURE(type, body.dump(), said);
        CHECK(has(said, "log entry 1"));
        CHECK(has(said, type));
    }
}

TEST_CASE("an envelope that is not one is refused") {
    const TempDir dir;
    Projection projection(dir / "p.db");
    LogLines log;
    log.add("daemon.started", "host:box", {{"program", "agentd"}, {"version", "1"}});
    const Json good = Json::parse(log.lines()[0]);
    for (const char* key :
         {"schema", "type", "id", "subject", "time", "boot_id", "mono_us", "actor", "body"}) {
        Json without = good;
        without.erase(key);
        CAPTURE(key);
        CHECK(has(refusal(projection, 0, without.dump()), "log entry 0"));
    }
    Json extra = good;
    extra["seal"] = "x";
    CHECK(has(refusal(projection, 0, extra.dump()), "seal"));
    Json schema = good;
    schema["schema"] = "agentd.audit/2";
    CHECK(has(refusal(projection, 0, schema.dump()), "schema"));
    CHECK(has(refusal(projection, 0, ""), "log entry 0"));
    CHECK(has(refusal(projection, 0, log.lines()[0] + "x"), "log entry 0"));
    CHECK(has(refusal(projection, 0, std::string(2U << 20, ' ')), "log entry 0"));
    projection.apply(0, log.lines()[0]);
}

TEST_CASE("one bad entry undoes its whole batch") {
    const TempDir dir;
    Projection projection(dir / "p.db");
    LogLines log;
    add_decided(log, proposal_id(1), 1);
    log.add("proposal.state", proposal_id(1), state_body("drafted", "checking"));
    const auto before = projection.queries().row_digest();
    CHECK_THROWS_AS(projection.apply_batch(0, log.lines()), core::Failure);
    CHECK(projection.next_index() == 0);
    CHECK(projection.queries().row_digest() == before);
}

TEST_CASE("what is in the log and fits nowhere is in the history with why, and stops nobody") {
    const TempDir dir;
    Projection projection(dir / "p.db");
    LogLines log;
    add_decided(log, proposal_id(1), 1);
    // The helper's word about a proposal that nobody knows; two programs that wrote at once; the
    // same statement used by another; a text that is longer than any row takes.
    log.add("apply.intent", proposal_id(7), intent_body("t"));
    log.add("apply.step", proposal_id(7), {{"step", "activated"}, {"detail", ""}});
    log.add("approval.granted", proposal_id(1), granted_body("s"));
    log.add("apply.intent", proposal_id(1), intent_body("s"));
    const auto late =
        log.add("proposal.state", proposal_id(1), state_body("approved", "withdrawn"));
    log.add("apply.intent", proposal_id(1), intent_body("s"));
    log.add("statement.refused", "host:box",
            {{"code", std::string(67, 'c')}, {"message", ""}, {"peer_uid", 7}});
    log.add("proposal.drafted", proposal_id(2), draft_body(1)); // the number of an open one
    log.add("apply.outcome", proposal_id(1), outcome_body("confirmed"));
    const auto source = [&](Index from, std::size_t limit) { return log.from(from, limit); };
    CHECK(projection.catch_up(source) == log.lines().size());
    CHECK(projection.queries().proposal(proposal_id(1))->state == proposals::State::confirmed);
    CHECK_FALSE(projection.queries().proposal(proposal_id(2)));
    const auto history = projection.queries().history(proposal_id(1));
    const auto odd = std::find_if(history.begin(), history.end(),
                                  [&](const auto& row) { return row.index == late; });
    REQUIRE(odd != history.end());
    CHECK(has(odd->text, "does not fit"));
    CHECK(has(odd->text, "it is applying"));
    const auto report = projection.rebuild(source);
    CHECK(report.rows_before == report.rows_after);
    CHECK_THROWS_AS(projection.rehearse(log.lines()[late]), core::Failure); // asked, it is refused
}

TEST_CASE("a rehearsal says what the fold would say and changes nothing") {
    const TempDir dir;
    Projection projection(dir / "p.db");
    LogLines log;
    log.add("proposal.drafted", proposal_id(1), draft_body(1));
    log.add("proposal.state", proposal_id(1), state_body("drafted", "checking"));
    const auto before = projection.queries().row_digest();
    projection.rehearse(log.lines()[0]);
    CHECK(projection.queries().row_digest() == before);
    CHECK_THROWS_AS(projection.rehearse(log.lines()[1]), core::Failure);
    projection.apply(0, log.lines()[0]);
    projection.rehearse(log.lines()[1]);
    CHECK(projection.next_index() == 1);
}
