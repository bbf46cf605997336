#include "agentd/applyd/health_vigil.hpp"
#include "agentd/core/failure.hpp"
#include "agentd/core/fd.hpp"

#include "tests/support/catch.hpp"

#include <deque>
#include <sys/eventfd.h>
#include <unistd.h>

using namespace agentd;
using namespace agentd::machine;
using applyd::Vigil;
using namespace std::chrono_literals;

namespace {

UnitState service(std::string active, std::string sub, std::int64_t pid = 10) {
    return {.name = "a.service",
            .load = "loaded",
            .active = std::move(active),
            .sub = std::move(sub),
            .main_pid = pid};
}

/// One answer after another; the last one for ever. None at all: the manager is away.
class Units final : public UnitManager {
  public:
    std::vector<UnitState> list() override {
        if (answers.empty()) {
            throw core::Failure(core::FailureKind::unavailable, "nobody answers");
        }
        auto answer = answers.front();
        if (answers.size() > 1) {
            answers.pop_front();
        }
        return {answer};
    }
    std::unique_ptr<UnitWatch> watch() override { return nullptr; }
    std::deque<UnitState> answers{};
};

/// Tells each batch once, and is ready as long as there is one.
class Told final : public UnitWatch {
  public:
    explicit Told(std::deque<UnitEvents> batches) : batches_(std::move(batches)) {
        const std::uint64_t one = 1;
        REQUIRE(::write(ready_.get(), &one, sizeof one) == sizeof one);
    }
    const std::set<std::uint64_t>& standing_jobs() const noexcept override { return standing_; }
    int descriptor() const noexcept override { return ready_.get(); }
    UnitEvents take() override {
        UnitEvents next;
        if (!batches_.empty()) {
            next = std::move(batches_.front());
            batches_.pop_front();
        }
        return next;
    }

  private:
    core::Fd ready_{::eventfd(0, EFD_CLOEXEC)};
    std::set<std::uint64_t> standing_{7};
    std::deque<UnitEvents> batches_;
};

proposals::Effects changed() {
    proposals::Effects effects;
    effects.effects.push_back({.area = "units", .kind = "unit_changed", .subject = "a.service"});
    return effects;
}

const UnitEvents moved{.changes = {{.unit = "a.service"}}};
Vigil::Span in(std::chrono::hours time) {
    const auto when = std::chrono::steady_clock::now() + time;
    return {when, when};
}

} // namespace

TEST_CASE("a unit of the change that falls ends the wait at once") {
    Units units;
    units.answers = {service("active", "running", 11), service("active", "running", 11),
                     service("failed", "failed", 0)};
    Told watch({moved, moved, moved, moved});
    const std::vector<UnitState> before{service("active", "running")};
    const auto effects = changed();
    const auto troubles = Vigil(units, watch, before, effects).until(in(1h), {});
    REQUIRE(troubles.size() == 1);
    CHECK(troubles[0].certain);
}

TEST_CASE("a job that ended badly ends the wait at once, though the unit comes up meanwhile") {
    Units units;
    units.answers = {service("active", "running", 11)};
    Told watch({UnitEvents{.ended = {{.id = 8, .unit = "a.service", .result = "failed"}}}});
    const std::vector<UnitState> before{service("active", "running")};
    const auto effects = changed();
    CHECK(Vigil(units, watch, before, effects).until(in(1h), {}).size() == 1);
}

TEST_CASE("what has come to rest is waited for no longer than the window") {
    Units units;
    units.answers = {service("active", "running", 11)};
    Told watch({});
    const std::vector<UnitState> before{service("active", "running")};
    const auto effects = changed();
    Vigil vigil(units, watch, before, effects);
    const auto now = std::chrono::steady_clock::now();
    CHECK(vigil.until({now, now + 1h}, {}).empty());
    CHECK(vigil.started() == std::vector<std::string>{"a.service"});
}

TEST_CASE("a manager that does not answer until the end is not well") {
    Units units;
    Told watch({});
    const std::vector<UnitState> before{service("active", "running")};
    const auto effects = changed();
    CHECK(Vigil(units, watch, before, effects).until(in(0h), {}).size() == 1);
}

TEST_CASE("a manager that was away for a moment takes nothing back") {
    Units units;
    Told watch({UnitEvents{.lost = true}});
    const std::vector<UnitState> before{service("active", "running")};
    const auto effects = changed();
    Vigil vigil(units, watch, before, effects);
    CHECK_FALSE(vigil.until(in(0h), {}).empty());
    units.answers = {service("active", "running", 11)};
    CHECK(vigil.until(in(0h), {}).empty());
}

TEST_CASE("a stop request ends the wait") {
    Units units;
    units.answers = {service("active", "running", 11)};
    Told watch({});
    const std::vector<UnitState> before{service("active", "running")};
    const auto effects = changed();
    std::stop_source stop;
    stop.request_stop();
    CHECK(Vigil(units, watch, before, effects).until(in(1h), stop.get_token()).empty());
}
