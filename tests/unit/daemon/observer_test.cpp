#include "agentd/observers/links.hpp"
#include "agentd/observers/observer.hpp"
#include "tests/support/catch.hpp"

using namespace agentd;
using observers::Condition;
using observers::compare;

namespace {

store::ObservationRow open_row(const std::string& key, const std::string& kind,
                               const std::string& detail) {
    return {.key = key, .kind = kind, .detail = detail, .severity = "warning"};
}

const std::string hash_a(32, 'a');
const std::string hash_b(32, 'b');

core::StorePath path_of(const std::string& hash) {
    return *core::StorePath::parse("/nix/store/" + hash + "-nixos-system-web");
}

} // namespace

TEST_CASE("a condition is opened once, changes when its detail does, and is resolved when it is gone") {
    const Condition failed{.key = "unit_failed:a.service", .kind = "unit_failed", .detail = "one"};
    const auto first = compare({}, {failed}, {"unit_failed"});
    CHECK(first.opened.size() == 1);

    const std::vector open{open_row(failed.key, failed.kind, "one")};
    const auto same = compare(open, {failed}, {"unit_failed"});
    CHECK(same.opened.empty());
    CHECK(same.changed.empty());
    CHECK(same.resolved.empty());

    Condition worse = failed;
    worse.detail = "two";
    CHECK(compare(open, {worse}, {"unit_failed"}).changed.size() == 1);
    CHECK(compare(open, {}, {"unit_failed"}).resolved.size() == 1);
}

TEST_CASE("what a pass could not look at stays open") {
    const std::vector open{open_row("unit_failed:a.service", "unit_failed", "one")};
    CHECK(compare(open, {}, {"machine_unreachable"}).resolved.empty());
}

TEST_CASE("a machine that runs, boots and has what the head builds gives no condition") {
    const machine::SystemLinks links{
        .running = path_of(hash_a), .booted = path_of(hash_b), .profile = path_of(hash_a)};
    const observers::HeadSystem head{
        .branch = "main", .commit = std::string(40, '0'), .toplevel = path_of(hash_a)};
    CHECK(observers::look_at_links(links, head).empty());
}

TEST_CASE("running, profile and head that differ are each said, and an unknown head says nothing") {
    const machine::SystemLinks links{.running = path_of(hash_a), .profile = path_of(hash_b)};
    const observers::HeadSystem head{
        .branch = "main", .commit = std::string(40, '0'), .toplevel = path_of(hash_b)};
    CHECK(observers::look_at_links(links, head).size() == 2);
    CHECK(observers::look_at_links(links, {.branch = "main"}).size() == 1);
}
