#include "agentd/observers/links.hpp"
#include "tests/support/catch.hpp"

using namespace agentd;

namespace {

const std::string hash_a(32, 'a');
const std::string hash_b(32, 'b');

core::StorePath path_of(const std::string& hash) {
    return *core::StorePath::parse("/nix/store/" + hash + "-nixos-system-web");
}

} // namespace

TEST_CASE("a machine that runs, boots and has what the head builds gives no condition") {
    const machine::SystemLinks links{
        .running = path_of(hash_a), .booted = path_of(hash_b), .profile = path_of(hash_a)};
    const observers::HeadSystem head{
        .branch = "main", .commit = std::string(40, '0'), .toplevel = path_of(hash_a)};
    CHECK(observers::Links::judge(links, head).empty());
}

TEST_CASE("running, profile and head that differ are each said, and an unknown head says nothing") {
    const machine::SystemLinks links{.running = path_of(hash_a), .profile = path_of(hash_b)};
    const observers::HeadSystem head{
        .branch = "main", .commit = std::string(40, '0'), .toplevel = path_of(hash_b)};
    CHECK(observers::Links::judge(links, head).size() == 2);
    CHECK(observers::Links::judge(links, {.branch = "main"}).size() == 1);
}
