#include "agentd/stages/dead_bytes.hpp"
#include "agentd/stages/known_system.hpp"
#include "agentd/stages/what_stays.hpp"
#include "tests/support/catch.hpp"

using namespace agentd;
using stages::KnownSystems;
using stages::RollbackWish;

namespace {

core::StorePath system_of(char c) {
    return *core::StorePath::parse("/nix/store/" + std::string(32, c) + "-nixos-system-web");
}

/// Generations 1, 2, … of these systems; `running` runs.
KnownSystems known(const std::string& systems, char running) {
    KnownSystems out{.links = {.running = system_of(running)}};
    for (std::size_t i = 0; i < systems.size(); ++i) {
        out.generations.push_back(
            {.number = static_cast<std::int64_t>(i + 1), .path = system_of(systems[i])});
    }
    return out;
}

std::int64_t goes_to(const KnownSystems& all, const RollbackWish& wish = {}) {
    const auto found = stages::resolve(wish, all);
    return found && found->generation ? *found->generation : 0;
}

std::string code(const KnownSystems& all, const RollbackWish& wish = {}) {
    const auto found = stages::resolve(wish, all);
    return found ? "" : found.problem().code;
}

proposals::Effect effect(const std::string& kind, const std::string& subject) {
    return {.area = "x", .kind = kind, .subject = subject};
}

bool says(const std::vector<std::string>& notes, const std::string& what) {
    for (const auto& note : notes) {
        if (note.find(what) != std::string::npos) {
            return true;
        }
    }
    return false;
}

} // namespace

TEST_CASE("going back without a word goes to the last other system before what runs") {
    CHECK(goes_to(known("abc", 'c')) == 2);
    CHECK(goes_to(known("abcc", 'c')) == 2); // the same system twice is one
    CHECK(goes_to(known("abcab", 'b')) == 4);
    CHECK(goes_to(known("abc", 'b')) == 1); // not forward to what was gone back from
    CHECK(goes_to(known("ab", 'z')) == 2);  // what runs is no generation: the newest there is
    CHECK(code(known("a", 'a')) == "nothing_before");
    CHECK(code(known("aa", 'a')) == "nothing_before");
    CHECK(code(known("", 'a')) == "nothing_before");
    CHECK(code(known("ab", 'a')) == "nothing_before"); // only what is before counts as back
}

TEST_CASE("going to a number or a path goes exactly there, forward too") {
    const auto all = known("abc", 'b');
    CHECK(goes_to(all, {.generation = 3}) == 3);
    CHECK(goes_to(all, {.to = system_of('a').str()}) == 1);
    CHECK(code(all, {.generation = 4}) == "no_such_generation");
    CHECK(code(all, {.generation = 2}) == "already_running");
    CHECK(code(all, {.to = system_of('b').str()}) == "already_running");
}

TEST_CASE("a system that this machine never had is nothing to go back to") {
    auto all = known("ab", 'b');
    for (const std::string& path :
         {system_of('x').str(), system_of('a').str() + ".drv", std::string("/tmp/evil"),
          std::string("../../etc"), std::string()}) {
        CHECK(code(all, {.to = path}) == "not_ours");
    }
    all.confirmed = {system_of('x')}; // applied here, and out of the profile since
    CHECK(stages::resolve({.to = system_of('x').str()}, all)->to == system_of('x').str());
    CHECK_FALSE(stages::resolve({.to = system_of('x').str()}, all)->generation.has_value());
}

TEST_CASE("what stays is told from the effects: only what they touch is named") {
    proposals::Effects effects{
        .effects = {effect("unit_removed", "postgresql.service"),
                    effect("unit_changed", "nginx.service"), effect("user_removed", "bob"),
                    effect("kernel_changed", "linux"), effect("package_added", "ripgrep")},
        .closure = {.paths_removed = 7}};
    const auto notes = stages::what_stays(effects);
    CHECK(says(notes, "what postgresql.service wrote stays on disk"));
    CHECK(says(notes, "the data of nginx.service stays"));
    CHECK(says(notes, "homes and files of bob stay"));
    CHECK(says(notes, "7 store paths"));
    CHECK(says(notes, "the kernel that runs stays until the next boot"));
    CHECK_FALSE(says(notes, "ripgrep"));
    CHECK_FALSE(says(notes, "sessions"));
    const auto bare = stages::what_stays({});
    CHECK(bare.size() == 1);
    CHECK(says(bare, "the system profile keeps every generation"));
}

TEST_CASE("roots are read from Nix's own list, without those that are to go") {
    const auto a = system_of('a').str(), b = system_of('b').str();
    const std::string printed =
        "/run/current-system -> " + a + "\n/nix/var/nix/profiles/system-3-link -> " + b +
        "\n/proc/12/maps -> " + a + "\n{censored} -> " + b + "\nnot a root\n/x -> /etc/passwd\n";
    CHECK(stages::roots_in(printed, {}) == std::vector{a, b});
    CHECK(stages::roots_in("/p/system-3-link -> " + b + "\n", {"/p/system-3-link"}).empty());
}
