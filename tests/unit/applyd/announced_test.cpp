#include "agentd/applyd/announced.hpp"

#include "agentd/core/failure.hpp"
#include "agentd/core/fd.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/temp_dir.hpp"

using namespace agentd;
using applyd::Announcements;
using proposals::Statement;
using std::chrono::hours;
using std::chrono::minutes;

namespace {

/// A clock that can be set, beside one that only runs.
class TwoClocks final : public core::Clock {
  public:
    core::Instant now() const override { return shown; }
    std::int64_t monotonic_us() const override { return counted.count(); }
    void pass(std::chrono::microseconds time) {
        shown += time;
        counted += time;
    }
    core::Instant shown{std::chrono::seconds(1'767'000'000)};
    std::chrono::microseconds counted{minutes(5)};
};

struct Desk {
    test::TempDir dir;
    TwoClocks clock;
    std::string boot = "one";
    int told = 0;

    Announcements announcements() const { return {dir.path(), clock, boot}; }
    Statement statement(char system = 'a') const {
        return {.proposal = "01ARZ3NDEKTSV4RRFFQ69G5FAV",
                .toplevel = "/nix/store/" + std::string(32, system) + "-nixos-system-web",
                .expires = clock.shown + hours(24)};
    }
    std::string announce(const Statement& statement, const std::string& sha256) {
        const auto done = announcements().announce(statement, sha256, [&] { ++told; });
        return done ? "" : done.problem().code;
    }
    std::string waited(const Statement& statement, const std::string& sha256) const {
        const auto done = announcements().waited(statement, sha256, hours(2));
        return done ? "" : done.problem().code;
    }
};

const std::string one(64, '1');
const std::string other(64, '2');

} // namespace

TEST_CASE("what nobody was told of does not happen by itself, and what was told of waits") {
    Desk desk;
    const auto statement = desk.statement();
    CHECK(desk.waited(statement, one) == "not_announced");
    CHECK(desk.announce(statement, one).empty());
    CHECK(desk.waited(statement, other) == "not_announced");
    desk.clock.pass(hours(2) - std::chrono::microseconds(1));
    CHECK(desk.waited(statement, one) == "too_early");
    desk.clock.pass(std::chrono::microseconds(1));
    CHECK(desk.waited(statement, one).empty());
}

TEST_CASE("told again it waits no longer, and nobody hears of it twice") {
    Desk desk;
    const auto statement = desk.statement();
    CHECK(desk.announce(statement, one).empty());
    desk.clock.pass(hours(1));
    CHECK(desk.announce(statement, one).empty());
    CHECK(desk.told == 1);
    desk.clock.pass(hours(1));
    CHECK(desk.waited(statement, one).empty());
}

TEST_CASE("a clock that is set forward makes nothing happen sooner") {
    Desk desk;
    const auto statement = desk.statement();
    CHECK(desk.announce(statement, one).empty());
    desk.clock.shown += hours(5);
    CHECK(desk.waited(statement, one) == "too_early");
    desk.clock.shown -= hours(8); // and back, before it was told
    desk.clock.counted += hours(3);
    CHECK(desk.waited(statement, one) == "too_early");
}

TEST_CASE("after a power cut it waits anew, whatever the clock says then") {
    Desk desk;
    const auto statement = desk.statement();
    CHECK(desk.announce(statement, one).empty());
    desk.boot = "two";
    desk.clock.counted = minutes(1);
    desk.clock.shown += hours(5);
    CHECK(desk.waited(statement, one) == "too_early");
    desk.clock.pass(hours(2));
    CHECK(desk.waited(statement, one).empty());
}

TEST_CASE(
    "what somebody objected to does not happen by itself, under whatever name it comes back") {
    Desk desk;
    auto statement = desk.statement();
    CHECK(desk.announcements().object(statement.proposal, "alice").problem().code ==
          "not_announced");
    CHECK(desk.announce(statement, one).empty());
    CHECK(desk.announcements().object(statement.proposal, "alice").has_value());
    desk.clock.pass(hours(3));
    CHECK(desk.waited(statement, one) == "objected");
    CHECK(desk.announce(statement, one) == "objected");
    statement.proposal = "01ARZ3NDEKTSV4RRFFQ69G5FAW"; // the same system as another's proposal
    CHECK(desk.announce(statement, other) == "objected");
    CHECK(desk.announce(desk.statement('b'), other).empty());
    desk.boot = "two";
    CHECK(desk.waited(statement, one) == "objected");
}

TEST_CASE("nobody objects to what has begun, and nothing begins that somebody objected to before") {
    Desk desk;
    const auto statement = desk.statement();
    CHECK(desk.announce(statement, one).empty());
    CHECK(desk.announcements().begin(statement, one).has_value());
    CHECK(desk.announcements().object(statement.proposal, "alice").problem().code ==
          "not_announced");
    CHECK(desk.announce(statement, other).empty());
    CHECK(desk.announcements().object(statement.proposal, "alice").has_value());
    CHECK(desk.announcements().begin(statement, other).problem().code == "objected");
}

TEST_CASE("the brake ends what waits, not what was objected to") {
    Desk desk;
    const auto statement = desk.statement();
    const auto wild = desk.statement('b');
    CHECK(desk.announce(statement, one).empty());
    CHECK(desk.announcements().object(statement.proposal, "alice").has_value());
    CHECK(desk.announce(wild, other).empty());
    desk.announcements().forget_waiting();
    desk.clock.pass(hours(3));
    CHECK(desk.waited(wild, other) == "not_announced");
    CHECK(desk.waited(statement, one) == "objected");
}

TEST_CASE("so much may wait and no more, and what has run out makes room") {
    Desk desk;
    const auto statement = desk.statement();
    for (std::size_t n = 0; n < Announcements::most; ++n) {
        CHECK(desk.announce(statement, std::string(60, 'a') + std::to_string(1000 + n)).empty());
    }
    CHECK(desk.announce(statement, one) == "too_many");
    desk.clock.pass(hours(25));
    CHECK(desk.announce(statement, one) == "expired");
    CHECK(desk.announce(desk.statement(), one).empty());
}

TEST_CASE("with a file that cannot be read nothing happens by itself") {
    Desk desk;
    core::write_file_durably(desk.dir / "announced.json", "[{\"what\":1}]");
    CHECK_THROWS_AS(desk.waited(desk.statement(), one), core::Failure);
    core::write_file_durably(desk.dir / "announced.json", "");
    CHECK_THROWS_AS(desk.announce(desk.statement(), one), core::Failure);
    core::write_file_durably(desk.dir / "announced.json", "{}");
    CHECK_THROWS_AS(desk.waited(desk.statement(), one), core::Failure);
}

TEST_CASE("when the log hears nothing of it, no time runs") {
    Desk desk;
    const auto statement = desk.statement();
    CHECK_THROWS(
        desk.announcements().announce(statement, one, [] { throw std::runtime_error("no log"); }));
    CHECK(desk.waited(statement, one) == "not_announced");
}
