#include "store/projection.hpp"

#include "tests/support/catch.hpp"
#include "tests/support/temp_dir.hpp"
#include "tests/unit/store/log_lines.hpp"

using namespace agentd;
using namespace agentd::store;
using namespace agentd::test;
using proposals::State;

namespace {

struct Desk {
    TempDir dir;
    Projection projection{dir / "p.db"};
    LogLines log;
    std::string id = proposal_id(1);

    Desk() { add_decided(log, id, 1); }
    Queries fold() {
        projection.catch_up([&](Index from, std::size_t limit) { return log.from(from, limit); });
        return projection.queries();
    }
    void grant(const std::string& statement, const std::string& name, core::Json missing) {
        auto body = granted_body(statement);
        body["approver"] = name;
        body["missing"] = std::move(missing);
        log.add("approval.granted", id, body);
    }
};

const core::Json one_admin = core::Json::array({{{"n", 1}, {"role", "admin"}}});

} // namespace

TEST_CASE("while somebody is missing it stays decided, and with the last of them it is approved") {
    Desk desk;
    desk.grant("s", "alice", one_admin);
    auto rows = desk.fold();
    CHECK(rows.proposal(desk.id)->state == State::decided);
    CHECK(rows.approvals(desk.id).size() == 1);
    CHECK(core::Json::parse(rows.approvals(desk.id).front().missing) == one_admin);
    desk.grant("s", "bob", core::Json::array());
    rows = desk.fold();
    CHECK(rows.proposal(desk.id)->state == State::approved);
    REQUIRE(rows.approvals(desk.id).size() == 2);
    CHECK(rows.approvals(desk.id)[0].approver == "alice");
    CHECK(rows.approvals(desk.id)[1].approver == "bob");
}

TEST_CASE("a fresh statement begins anew, and what was signed in an earlier round is known") {
    Desk desk;
    desk.grant("s", "alice", one_admin);
    desk.grant("t", "bob", one_admin);
    auto rows = desk.fold();
    REQUIRE(rows.approvals(desk.id).size() == 1);
    CHECK(rows.approvals(desk.id).front().statement == "t");
    desk.log.add("proposal.state", desk.id, state_body("decided", "stale"));
    desk.log.add("proposal.state", desk.id, state_body("stale", "checking"));
    rows = desk.fold();
    CHECK(rows.approvals(desk.id).empty());
    CHECK(rows.was_signed_before("s", rows.proposal(desk.id)->round));
    CHECK_FALSE(rows.was_signed_before("u", rows.proposal(desk.id)->round));
}

TEST_CASE("what nobody signed is approved by policy, and has no key") {
    Desk desk;
    auto body = granted_body("s");
    body["presence"] = nullptr;
    body["approver"] = "policy";
    desk.log.add("approval.granted", desk.id, body);
    const auto rows = desk.fold();
    CHECK(rows.proposal(desk.id)->state == State::approved);
    CHECK(rows.approvals(desk.id).at(0).presence.method == proposals::PresenceMethod::none);
}

TEST_CASE("what root was told of is known after a restart, and an objection denies it") {
    Desk desk;
    desk.log.add("apply.announced", desk.id,
                 {{"statement", "s"}, {"statement_sha256", hex_of("s")}});
    auto rows = desk.fold();
    REQUIRE(rows.announced(desk.id).has_value());
    CHECK(rows.announced(desk.id)->statement == "s");
    CHECK(rows.proposal(desk.id)->state == State::decided);
    desk.log.add("apply.objected", desk.id, {{"by", "bob"}, {"reason", "no"}, {"peer_uid", 0}});
    rows = desk.fold();
    CHECK(rows.proposal(desk.id)->state == State::denied);
}
