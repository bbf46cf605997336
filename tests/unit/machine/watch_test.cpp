#include "agentd/machine/systemd_watch.hpp"
#include "agentd/machine/unit_watch.hpp"
#include "bus_peer.hpp"

#include "agentd/core/failure.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/temp_dir.hpp"

#include <poll.h>
#include <sys/eventfd.h>

using namespace agentd;
using namespace agentd::machine;
using agentd::test::manager;
using agentd::test::manager_interface;
using namespace std::chrono_literals;

namespace {

constexpr const char* unit_path = "/org/freedesktop/systemd1/unit/a_2dweb_2eservice";

void job_removed(sd_bus* bus, unsigned id, const char* unit, const char* result) {
    sd_bus_emit_signal(bus, manager, manager_interface, "JobRemoved", "uoss", id, "/job", unit,
                       result);
}

void unit_failed(sd_bus* bus) {
    sd_bus_emit_signal(bus, unit_path, "org.freedesktop.DBus.Properties", "PropertiesChanged",
                       "sa{sv}as", "org.freedesktop.systemd1.Service", 3, "MainPID", "u", 0,
                       "Result", "s", "exit-code", "NRestarts", "u", 3, 0);
    sd_bus_emit_signal(bus, unit_path, "org.freedesktop.DBus.Properties", "PropertiesChanged",
                       "sa{sv}as", "org.freedesktop.systemd1.Unit", 2, "ActiveState", "s", "failed",
                       "SubState", "s", "failed", 0);
}

/// Everything until the connection ends (`lost`).
UnitEvents until_lost(UnitWatch& watch) {
    UnitEvents all;
    while (!all.lost) {
        auto some = wait(watch, 10s, {});
        REQUIRE_FALSE(some.nothing());
        all.begun.insert(all.begun.end(), some.begun.begin(), some.begun.end());
        all.ended.insert(all.ended.end(), some.ended.begin(), some.ended.end());
        all.changes.insert(all.changes.end(), some.changes.begin(), some.changes.end());
        all.reloaded = all.reloaded || some.reloaded;
        all.lost = some.lost;
    }
    return all;
}

class Silent final : public UnitWatch {
  public:
    const std::set<std::uint64_t>& standing_jobs() const noexcept override { return none_; }
    int descriptor() const noexcept override { return fd_.get(); }
    UnitEvents take() override { return {}; }

  private:
    core::Fd fd_{::eventfd(0, EFD_CLOEXEC)};
    std::set<std::uint64_t> none_;
};

} // namespace

TEST_CASE("jobs, states and reloads of systemd are told in its own words") {
    const test::TempDir dir;
    test::BusPeer peer(dir.path() + "/private");
    const auto serving = peer.serve([](sd_bus* bus) {
        sd_bus_emit_signal(bus, manager, manager_interface, "JobNew", "uos", 8, "/job",
                           "a-web.service");
        job_removed(bus, 8, "a-web.service", "failed");
        unit_failed(bus);
        sd_bus_emit_signal(bus, manager, manager_interface, "UnitNew", "so", "b.service", "/b");
        sd_bus_emit_signal(bus, manager, manager_interface, "Reloading", "b", 1);
        sd_bus_emit_signal(bus, manager, manager_interface, "Reloading", "b", 0);
    });
    const auto watch = watch_systemd({peer.address()});
    CHECK(watch->standing_jobs() == std::set<std::uint64_t>{7});
    const auto told = until_lost(*watch);
    CHECK(told.begun == std::vector<UnitJob>{{.id = 8, .unit = "a-web.service"}});
    CHECK(told.ended ==
          std::vector<UnitJob>{{.id = 8, .unit = "a-web.service", .result = "failed"}});
    CHECK(told.changes ==
          std::vector<UnitChange>{{.unit = "a-web.service", .result = "exit-code", .restarts = 3},
                                  {.unit = "a-web.service", .active = "failed", .sub = "failed"},
                                  {.unit = "b.service"}});
    CHECK(told.reloaded);
}

TEST_CASE("a signal of another shape, or of something else, is no event") {
    const test::TempDir dir;
    test::BusPeer peer(dir.path() + "/private");
    const auto serving = peer.serve([](sd_bus* bus) {
        sd_bus_emit_signal(bus, manager, manager_interface, "JobRemoved", "s", "8");
        sd_bus_emit_signal(bus, manager, "org.example.Other", "JobRemoved", "uoss", 8, "/job",
                           "a.service", "failed");
        sd_bus_emit_signal(bus, "/elsewhere", "org.freedesktop.DBus.Properties",
                           "PropertiesChanged", "sa{sv}as", "x", 0, 0);
        sd_bus_emit_signal(bus, manager, manager_interface, "Reloading", "b", 1);
    });
    const auto told = until_lost(*watch_systemd({peer.address()}));
    CHECK(told.begun.empty());
    CHECK(told.ended.empty());
    CHECK(told.changes.empty());
    CHECK_FALSE(told.reloaded);
}

TEST_CASE("a watch whose connection broke says so, goes on by itself, and says so again") {
    const test::TempDir dir;
    test::BusPeer peer(dir.path() + "/private");
    auto serving = peer.serve([](sd_bus*) {});
    const auto watch = watch_systemd({peer.address()});
    const int descriptor = watch->descriptor();
    CHECK(until_lost(*watch).ended.empty());
    serving =
        peer.serve([](sd_bus* bus) { job_removed(bus, 9, "c.service", "done"); }, "Subscribe");
    CHECK(wait(*watch, 10s, {}).lost);
    CHECK(until_lost(*watch).ended.size() == 1);
    CHECK(watch->descriptor() == descriptor);
}

TEST_CASE("however much is said at once, what is taken at once is bounded") {
    const test::TempDir dir;
    test::BusPeer peer(dir.path() + "/private");
    const auto serving = peer.serve([](sd_bus* bus) {
        for (unsigned i = 0; i < 3 * UnitEvents::most; ++i) {
            job_removed(bus, i, "a.service", "done");
        }
    });
    const auto watch = watch_systemd({peer.address()});
    for (bool lost = false; !lost;) {
        const auto some = wait(*watch, 10s, {});
        REQUIRE_FALSE(some.nothing());
        CHECK(some.ended.size() <= UnitEvents::most);
        lost = some.lost;
    }
}

TEST_CASE("nobody at any address is a failure at once") {
    const test::TempDir dir;
    CHECK_THROWS_AS(watch_systemd({"unix:path=" + dir.path() + "/nobody"}), core::Failure);
}

TEST_CASE("whoever waits for units is woken by a stop request, and by time") {
    Silent watch;
    std::stop_source stop;
    stop.request_stop();
    CHECK(wait(watch, -1ms, stop.get_token()).nothing());
    CHECK(wait(watch, 1ms, {}).nothing());
}
