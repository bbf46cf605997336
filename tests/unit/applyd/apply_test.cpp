#include "tests/unit/applyd/desk.hpp"

#include "agentd/applyd/intent.hpp"
#include "agentd/core/failure.hpp"
#include "tests/support/catch.hpp"

#include <csignal>
#include <filesystem>
#include <sys/resource.h>

using namespace agentd;
using applyd::Apply;
using test::Desk;
using test::Writer;

namespace {

std::string refusal(const std::string& code) {
    return R"({"ok":false,"error":{"code":")" + code + R"(","message":"no"}})";
}

std::string taken() {
    return R"({"ok":true,"first":0,"size":1,"root":")" + std::string(64, '0') + R"("})";
}

std::string system_named(char c) {
    return "/nix/store/" + std::string(32, c) + "-nixos-system-web";
}

/// While it lives nobody in this process can write a byte into a file.
class Full {
  public:
    Full() {
        ::signal(SIGXFSZ, SIG_IGN);
        ::getrlimit(RLIMIT_FSIZE, &before_);
        const rlimit none{.rlim_cur = 0, .rlim_max = before_.rlim_max};
        ::setrlimit(RLIMIT_FSIZE, &none);
    }
    ~Full() { ::setrlimit(RLIMIT_FSIZE, &before_); }
    Full(const Full&) = delete;
    Full& operator=(const Full&) = delete;

  private:
    rlimit before_{};
};

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

TEST_CASE("on a full disk a rollback quarantines, and the second one freezes") {
    Desk desk;
    const Writer writer(desk.config.audit.socket, taken());
    desk.in_flight.from = system_named('f');
    for (const char c : {'a', 'b'}) {
        desk.in_flight.to = system_named(c);
        Apply apply(desk.in_flight, desk.tools, {});
        apply.prepare_brake();
        const Full disk;
        apply.end("rolled_back", "not healthy", {}, false);
    }
    CHECK(desk.brake.quarantined(*core::StorePath::parse(system_named('a'))));
    CHECK(desk.brake.quarantined(*core::StorePath::parse(system_named('b'))));
    CHECK(desk.brake.frozen());
}

TEST_CASE("what was only to boot next is taken back without a switch: nothing was switched") {
    Desk desk;
    const Writer writer(desk.config.audit.socket, taken());
    desk.in_flight.from = system_named('f'); // has no switch of its own that could be run here
    desk.in_flight.to = system_named('a');
    std::filesystem::create_directories(desk.dir / "root/run");
    std::filesystem::create_symlink(desk.in_flight.from, desk.dir / "root/run/current-system");
    REQUIRE(desk.machine.links().running == core::StorePath::parse(desk.in_flight.from));
    desk.in_flight.mode = "boot";
    const auto kept = Apply(desk.in_flight, desk.tools, {}).take_back("no boot entry", {}, false);
    CHECK(kept.outcome == "rolled_back");
    desk.in_flight.mode = "switch";
    CHECK_THROWS_AS(Apply(desk.in_flight, desk.tools, {}).take_back("unwell", {}, false),
                    core::Failure); // here there is no machine to run one on
}

TEST_CASE("what was unwell stays in quarantine also where it could not be taken back") {
    Desk desk;
    const Writer writer(desk.config.audit.socket, taken());
    desk.in_flight.from = system_named('f');
    desk.in_flight.to = system_named('a');
    std::filesystem::create_directories(desk.dir / "root/run");
    std::filesystem::create_symlink(system_named('c'), desk.dir / "root/run/current-system");
    Apply apply(desk.in_flight, desk.tools, {});
    apply.prepare_brake();
    CHECK(apply.take_back("not healthy", {}, false).outcome == "failed"); // somebody switched
    CHECK(desk.brake.quarantined(*core::StorePath::parse(system_named('a'))));
}

TEST_CASE("what is confirmed, cancelled or not begun is in no quarantine") {
    Desk desk;
    const Writer writer(desk.config.audit.socket, taken());
    desk.in_flight.from = system_named('f');
    desk.in_flight.to = system_named('a');
    for (const char* outcome : {"confirmed", "failed", "rolled_back"}) {
        Apply apply(desk.in_flight, desk.tools, {});
        apply.prepare_brake();
        apply.cancelled();
        apply.end(outcome, "", {}, false);
        CHECK(desk.brake.list().empty());
    }
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
