#include "tests/unit/applyd/desk.hpp"

#include "agentd/applyd/intent.hpp"
#include "agentd/core/failure.hpp"
#include "tests/support/catch.hpp"

using namespace agentd;
using applyd::Apply;
using test::Desk;
using test::Writer;

namespace {

std::string refusal(const std::string& code) {
    return R"({"ok":false,"error":{"code":")" + code + R"(","message":"no"}})";
}

} // namespace

TEST_CASE("an intent that the log refused never was: the statement is good for another try") {
    Desk desk;
    const Writer writer(desk.config.audit.socket, refusal("disk_full"));
    CHECK_THROWS_AS(desk.intend(), core::Failure);
    CHECK_FALSE(desk.journal.in_flight());
    CHECK_FALSE(desk.journal.spent(desk.in_flight.nonce));
}

TEST_CASE("an intent that the log's disk broke under may be found in it: it is settled, and its "
          "statement used") {
    Desk desk;
    const Writer writer(desk.config.audit.socket, refusal("unavailable"));
    CHECK_THROWS_AS(desk.intend(), core::Failure);
    REQUIRE(desk.journal.in_flight());
    CHECK(desk.journal.in_flight()->intent == desk.in_flight.intent);
    CHECK(desk.journal.spent(desk.in_flight.nonce));
}

TEST_CASE("the way back is armed for no longer than was meant, whatever the clock was set to") {
    using namespace std::chrono_literals;
    const test::FixedClock clock;
    const Config::Apply settings{.way_back = 300s, .confirm_wait = 120s};
    applyd::InFlight in_flight{.deadline = clock.now() + 300s};
    CHECK(applyd::time_left(in_flight, settings, clock.now() + 40s) == 260s);
    CHECK(applyd::time_left(in_flight, settings, clock.now() - std::chrono::hours(240)) == 300s);
    CHECK(applyd::time_left(in_flight, settings, clock.now() + std::chrono::hours(240)) == 1s);
    in_flight.confirm = "the firewall";
    CHECK(applyd::time_left(in_flight, settings, clock.now() - std::chrono::hours(240)) == 420s);
}
