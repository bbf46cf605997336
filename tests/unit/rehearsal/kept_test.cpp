// Which answers of a rehearsal may be given again.
#include "agentd/rehearsal/kept.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/temp_dir.hpp"

#include <filesystem>
#include <fstream>

using namespace agentd;
using namespace agentd::rehearsal;

namespace {

namespace fs = std::filesystem;

core::StorePath system_of(char letter) {
    return *core::StorePath::parse("/nix/store/" + std::string(32, letter) + "-nixos-system-box");
}

Rehearsal seen_of(char letter) {
    return {.system = system_of(letter).str(),
            .state = "running",
            .up = true,
            .units = {{.name = "a.service", .active = "active"}},
            .log = "its words"};
}

std::size_t files_in(const std::string& folder) {
    return static_cast<std::size_t>(
        std::distance(fs::directory_iterator(folder), fs::directory_iterator()));
}

} // namespace

TEST_CASE("what runs now is given again, for an hour, to the same question in the same place") {
    const test::TempDir folder;
    const Kept kept(folder.path(), {.system = system_of('a')}, {}, "Linux 6.1, program 1");
    CHECK_FALSE(kept.find());
    kept.keep(seen_of('a'));
    const auto again = kept.find();
    REQUIRE(again);
    CHECK(again->units == seen_of('a').units);
    CHECK(again->log == "-- seen 0 s ago, and not booted again --\nits words");

    const auto of = [&](const Question& question, const Bounds& bounds, const char* place) {
        return Kept(folder.path(), question, bounds, place).find();
    };
    CHECK(of({.system = system_of('a'), .kept = true}, {}, "Linux 6.1, program 1"));
    CHECK_FALSE(of({.system = system_of('b')}, {}, "Linux 6.1, program 1"));
    CHECK_FALSE(of({.system = system_of('a'), .seconds = std::chrono::seconds(5)}, {},
                   "Linux 6.1, program 1"));
    CHECK_FALSE(of({.system = system_of('a')}, {.lent = {"/usr"}}, "Linux 6.1, program 1"));
    CHECK_FALSE(of({.system = system_of('a')}, {}, "Linux 6.2, program 1"));
    CHECK_FALSE(of({.system = system_of('a')}, {}, "Linux 6.1, program 2"));

    const auto file = fs::directory_iterator(folder.path())->path();
    fs::last_write_time(file, fs::file_time_type::clock::now() - std::chrono::minutes(61));
    CHECK_FALSE(kept.find());
    fs::last_write_time(file, fs::file_time_type::clock::now() + std::chrono::minutes(61));
    CHECK_FALSE(kept.find());
}

TEST_CASE("an answer that is none, of another system or of a part is not given again") {
    const test::TempDir folder;
    const Kept kept(folder.path(), {.system = system_of('a')}, {}, "here");
    kept.keep(seen_of('b'));
    CHECK_FALSE(kept.find());
    const auto file = fs::directory_iterator(folder.path())->path();
    std::ofstream(file) << "{}";
    CHECK_FALSE(kept.find());
    fs::remove(file);
    auto part = seen_of('a');
    part.truncated = true;
    auto down = seen_of('a');
    down.up = false;
    auto asked = seen_of('a');
    asked.dry_run = DryRun{};
    for (const auto& each : {part, down, asked}) {
        kept.keep(each);
        CHECK_FALSE(kept.find());
    }
    CHECK(files_in(folder.path()) == 0);
}

TEST_CASE("no more than a few answers are kept") {
    const test::TempDir folder;
    for (const char letter : std::string("abcdfg")) {
        Kept(folder.path(), {.system = system_of(letter)}, {}, "here").keep(seen_of(letter));
    }
    CHECK(files_in(folder.path()) == Kept::most);
    CHECK(Kept(folder.path(), {.system = system_of('g')}, {}, "here").find());
    CHECK_NOTHROW(
        Kept("/proc/nowhere", {.system = system_of('a')}, {}, "here").keep(seen_of('a')));
}
