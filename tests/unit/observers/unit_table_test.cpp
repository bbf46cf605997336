#include "agentd/observers/unit_table.hpp"
#include "tests/support/catch.hpp"

#include "agentd/core/failure.hpp"

using namespace agentd;
using machine::UnitChange;
using machine::UnitEvents;
using observers::UnitTable;

namespace {

/// A manager that counts how often it is asked, and tells what a test wants told.
class Manager final : public machine::UnitManager {
public:
    class Watch final : public machine::UnitWatch {
    public:
        explicit Watch(Manager& manager) : manager_(manager) {}
        const std::set<std::uint64_t>& standing_jobs() const noexcept override { return none_; }
        int descriptor() const noexcept override { return 7; }
        UnitEvents take() override { return std::exchange(manager_.next, {}); }

    private:
        Manager& manager_;
        std::set<std::uint64_t> none_;
    };
    std::vector<machine::UnitState> list() override {
        ++asked;
        return {{.name = "a.service", .active = "active", .sub = "running"},
                {.name = "b.service", .active = "active", .sub = "running"}};
    }
    std::unique_ptr<machine::UnitWatch> watch() override {
        if (away) {
            throw core::Failure(core::FailureKind::unavailable, "away");
        }
        return std::make_unique<Watch>(*this);
    }
    UnitEvents next{};
    int asked = 0;
    bool away = false;
};

} // namespace

TEST_CASE("what is told is taken in without asking anew") {
    Manager manager;
    UnitTable table(manager);
    table.take();
    table.units();
    manager.next.changes = {
        {.unit = "b.service", .active = "failed", .sub = "failed", .result = "exit-code", .restarts = 2}};
    table.take();
    const auto& units = table.units();
    CHECK(manager.asked == 1);
    CHECK(units[1].failed());
    CHECK(units[1].result == "exit-code");
    CHECK(units[1].restarts == 2);
    CHECK(table.descriptor() == 7);
}

TEST_CASE("a unit that was not known, events that were lost and unit files read anew are reason to ask") {
    Manager manager;
    UnitTable table(manager);
    table.take();
    table.units();
    for (int i = 0; i < 3; ++i) {
        if (i == 0) {
            manager.next.changes = {UnitChange{.unit = "c.service", .active = "active"}};
        }
        manager.next.lost = i == 1;
        manager.next.reloaded = i == 2;
        table.take();
        table.units();
        CHECK(manager.asked == 2 + i);
    }
    table.take();
    table.units();
    CHECK(manager.asked == 4);
}

TEST_CASE("how often a unit failed is counted by what is told, also of one that comes and goes") {
    Manager manager;
    UnitTable table(manager);
    table.take();
    const UnitChange failed{.unit = "b.service", .active = "failed", .sub = "failed", .result = "exit-code"};
    const UnitChange more{.unit = "b.service", .result = "exit-code"};
    const UnitChange still{.unit = "b.service", .active = "failed"};
    const UnitChange dead{.unit = "b.service", .active = "inactive", .sub = "dead"};
    const UnitChange gone{.unit = "b.service"};
    manager.next.changes = {failed, still, more, still, dead, failed, gone, gone, failed};
    table.take();
    CHECK(table.falls() == observers::Falls{.times = {{"b.service", 3}}});
    manager.next.changes = {still, dead};
    table.take();
    CHECK(table.falls() == observers::Falls{.times = {{"b.service", 3}}});
}

TEST_CASE("units that fail under ever new names are not counted without end") {
    Manager manager;
    UnitTable table(manager);
    for (int i = 0; i < 5000; ++i) {
        manager.next.changes = {UnitChange{.unit = "u" + std::to_string(i) + ".service", .active = "failed"}};
        table.take();
    }
    CHECK(table.falls().times.size() <= 1024);
    CHECK(table.falls().begun_anew == 4);
}

TEST_CASE("who takes in what happened hears whether there was anything") {
    Manager manager;
    UnitTable table(manager);
    table.take();
    CHECK_FALSE(table.take());
    manager.next.changes = {UnitChange{.unit = "a.service", .active = "failed"}};
    CHECK(table.take());
    CHECK_FALSE(table.take());
    manager.next.lost = true;
    CHECK(table.take());
    CHECK(table.falls() == observers::Falls{.begun_anew = 1}); // what was told before may be missing
}

TEST_CASE("while nobody tells anything every look asks") {
    Manager manager;
    manager.away = true;
    UnitTable table(manager);
    for (int i = 1; i <= 3; ++i) {
        table.take();
        table.units();
        CHECK(manager.asked == i);
    }
    CHECK(table.descriptor() == -1);
    manager.away = false;
    table.take();
    table.units();
    table.take();
    table.units();
    CHECK(manager.asked == 4);
}
