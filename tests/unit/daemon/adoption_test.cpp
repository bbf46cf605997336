#include "agentd/core/clock.hpp"
#include "agentd/pipeline/watch_errands.hpp"
#include "tests/support/catch.hpp"

using namespace agentd;
using namespace std::chrono_literals;
using pipeline::came_by_boot;
using pipeline::LastTold;

namespace {

core::StorePath system(char mark) {
    return *core::StorePath::parse("/nix/store/" + std::string(32, mark) + "-system");
}

const machine::SystemLinks back{.running = system('a'), .booted = system('a')};
const core::Instant boot{1'000'000s};

} // namespace

TEST_CASE("who switches back to the booted system by hand is on record as a hand") {
    CHECK_FALSE(came_by_boot(back, LastTold{.boot_id = core::boot_id(), .at = boot + 1s}, boot));
    CHECK_FALSE(
        came_by_boot(back, LastTold{.boot_id = core::boot_id(), .at = boot + 1s}, std::nullopt));
}

TEST_CASE("what runs after a boot, and was told of before it, came by the boot") {
    CHECK(came_by_boot(back, LastTold{.boot_id = "another", .at = boot + 1h}, boot));
    CHECK(came_by_boot(back, LastTold{.boot_id = core::boot_id(), .at = boot - 1s}, boot));
    CHECK(came_by_boot(back, std::nullopt, boot));
}

TEST_CASE("what runs and was not booted came by hand") {
    const machine::SystemLinks links{.running = system('b'), .booted = system('a')};
    CHECK_FALSE(came_by_boot(links, LastTold{.boot_id = "another", .at = boot}, boot));
    CHECK_FALSE(came_by_boot(links, std::nullopt, boot));
}
