#include "agentd/machine/generations.hpp"

#include "agentd/core/fd.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/temp_dir.hpp"

#include <filesystem>

using namespace agentd;
using machine::GarbagePlan;
using machine::Generation;
using machine::SystemLinks;
using std::chrono::hours;

namespace {

core::StorePath system_of(char c) {
    return *core::StorePath::parse("/nix/store/" + std::string(32, c) + "-nixos-system-web");
}

const core::Instant now{std::chrono::seconds(1'767'000'000)};

/// (Nix's base 32 has no e, o, t and u.) Generations 1, 2, … of these systems, each ten days younger than the one before; the last is of
/// today.
std::vector<Generation> history(const std::string& systems) {
    std::vector<Generation> all;
    for (std::size_t i = 0; i < systems.size(); ++i) {
        all.push_back({.number = static_cast<std::int64_t>(i + 1),
                       .path = system_of(systems[i]),
                       .made = now - hours(240 * (systems.size() - 1 - i))});
    }
    return all;
}

std::vector<std::int64_t> numbers(const std::vector<Generation>& generations) {
    std::vector<std::int64_t> out;
    for (const auto& each : generations) {
        out.push_back(each.number);
    }
    return out;
}

std::vector<std::int64_t> removed(const std::vector<Generation>& all, const SystemLinks& links,
                                  std::int64_t days, const std::vector<core::StorePath>& good = {},
                                  const std::vector<core::StorePath>& in_flight = {}) {
    return numbers(
        machine::plan_garbage(all, machine::kept_systems(links, good, in_flight), now, days)
            .removed);
}

} // namespace

TEST_CASE("what runs, was booted, or is booted next is never garbage, however old it is") {
    const auto all = history("abcdf");
    CHECK(removed(all, {}, 1) == std::vector<std::int64_t>{1, 2, 3, 4});
    CHECK(removed(all, {.running = system_of('a')}, 1) == std::vector<std::int64_t>{2, 3, 4});
    CHECK(removed(all, {.booted = system_of('b')}, 1) == std::vector<std::int64_t>{1, 3, 4});
    CHECK(removed(all, {.profile = system_of('c')}, 1) == std::vector<std::int64_t>{1, 2, 4});
}

TEST_CASE("the last two healthy systems and both ends of what is in flight are never garbage") {
    const auto all = history("abcdfg");
    CHECK(removed(all, {}, 1, {system_of('c'), system_of('a'), system_of('b')}) ==
          std::vector<std::int64_t>{2, 4, 5});
    CHECK(removed(all, {}, 1, {}, {system_of('d'), system_of('f')}) ==
          std::vector<std::int64_t>{1, 2, 3});
}

TEST_CASE("only what is older than asked goes, and never the newest generation") {
    const auto all = history("abcdf"); // 40, 30, 20, 10, 0 days old
    CHECK(removed(all, {}, 30) == std::vector<std::int64_t>{1});
    CHECK(removed(all, {}, 40).empty()); // to the second: not older than that
    CHECK(removed(all, {}, 39) == std::vector<std::int64_t>{1});
    CHECK(removed(history("a"), {}, 1).empty());
    CHECK(removed({}, {}, 1).empty());
}

TEST_CASE("a kept system keeps all its generations, and each says why") {
    const auto all = history("abacd");
    const auto kept = machine::kept_systems({.running = system_of('a')}, {system_of('a')}, {});
    REQUIRE(kept.size() == 1);
    const GarbagePlan plan = machine::plan_garbage(all, kept, now, 1);
    CHECK(numbers(plan.removed) == std::vector<std::int64_t>{2, 4});
    REQUIRE(plan.kept.size() == 3);
    CHECK(plan.kept[0].second == "it runs");
    CHECK(plan.kept[2].second == "it is the newest");
}

TEST_CASE("generations are the numbered links of the profile that lead into the store") {
    const test::TempDir dir;
    core::make_directories(dir / "root/profiles");
    const auto link = [&](const std::string& name, const std::string& target) {
        std::filesystem::create_symlink(target, dir / ("root/profiles/" + name));
    };
    link("system-10-link", system_of('b').str());
    link("system-9-link", system_of('a').str());
    link("system-11-link", "/etc");
    link("system-x-link", system_of('c').str());
    link("system-0-link", system_of('c').str());
    link("systemd-3-link", system_of('c').str());
    link("system-4-link-2", system_of('c').str());
    link("system", "system-10-link");
    core::write_file_durably(dir / "root/profiles/system-12-link", "no link");
    const machine::Machine machine({.kind = machine::MachineOptions::Kind::demo,
                                    .folder = dir.path(),
                                    .profile = "/profiles/system"});
    const auto all = machine::list_generations(machine);
    CHECK(numbers(all) == std::vector<std::int64_t>{9, 10});
    CHECK(all[1].path == system_of('b'));
    const machine::Machine without({.kind = machine::MachineOptions::Kind::demo,
                                    .folder = dir / "nowhere",
                                    .profile = "/profiles/system"});
    CHECK(machine::list_generations(without).empty());
}
