// Whether nothing moved in a new flake.lock but what was to move.
#include "evaluator/lock_graph.hpp"
#include "evaluator/moved_lock.hpp"
#include "tests/support/catch.hpp"

#include <nlohmann/json.hpp>

using namespace agentd::evaluator;
using agentd::core::Json;

namespace {

Json place(const std::string& repo) {
    return {{"type", "github"}, {"owner", "x"}, {"repo", repo}, {"ref", "main"}};
}

Json node(const std::string& repo, char rev, std::int64_t time, const Json& inputs = nullptr) {
    Json out{{"locked",
              {{"type", "github"},
               {"owner", "x"},
               {"repo", repo},
               {"rev", std::string(40, rev)},
               {"lastModified", time},
               {"narHash", "sha256-4Drk9YU5pfm1z2EolgJjzAU97Rx1FqQDUimZLQSFWDI="}}},
             {"original", place(repo)}};
    if (!inputs.is_null()) {
        out["inputs"] = inputs;
    }
    return out;
}

/// pkgs, and a tool that takes the same pkgs and a lib of its own.
Json lock() {
    return {{"nodes",
             {{"lib", node("lib", 'a', 100)},
              {"pkgs", node("pkgs", 'a', 100)},
              {"tool", node("tool", 'a', 100, {{"pkgs", Json::array({"pkgs"})}, {"lib", "lib"}})},
              {"root", {{"inputs", {{"pkgs", "pkgs"}, {"tool", "tool"}}}}}}},
            {"root", "root"},
            {"version", 7}};
}

const MayMove tool{.inputs = {"tool"}};
const MayMove pkgs{.inputs = {"pkgs"}};

std::string code(const Json& after, const MayMove& may) {
    const auto moved = moved_lock(lock().dump(), after.dump(), may);
    INFO((moved ? "" : moved.problem().message));
    CHECK((moved || !moved.problem().hint.empty()));
    return moved ? moved->moved() ? "moved" : "same" : moved.problem().code;
}

} // namespace

TEST_CASE("an input that was asked for moves, with what hangs from it alone, and is told") {
    Json after = lock();
    CHECK(code(after, tool) == "same");
    after["nodes"]["tool"] =
        node("tool", 'b', 300, {{"pkgs", Json::array({"pkgs"})}, {"lib", "lib_2"}});
    after["nodes"]["lib_2"] = node("lib", 'c', 200);
    after["nodes"].erase("lib");
    const auto moved = moved_lock(lock().dump(), after.dump(), tool);
    REQUIRE(moved);
    REQUIRE(moved->inputs.size() == 1);
    CHECK(moved->inputs.front().from == std::string(40, 'a'));
    CHECK(moved->inputs.front().to == std::string(40, 'b'));
    CHECK(moved->inputs.front().before == 100);
    CHECK(moved->inputs.front().after == 300);
    CHECK_FALSE(moved->inputs.front().older());
    CHECK(moved->text == after.dump(2) + "\n");
    CHECK(code(after, pkgs) == "lock_moved_more");
}

TEST_CASE("a revision that goes back is told as older") {
    Json after = lock();
    after["nodes"]["pkgs"] = node("pkgs", 'b', 50);
    const auto moved = moved_lock(lock().dump(), after.dump(), pkgs);
    REQUIRE(moved);
    CHECK(moved->inputs.front().older());
}

TEST_CASE("nothing else moves: neither a node, nor a name, nor one that nobody leads to") {
    Json after = lock();
    after["nodes"]["pkgs"] = node("pkgs", 'b', 200);
    CHECK(code(after, pkgs) == "moved");
    SECTION("another input") {
        after["nodes"]["tool"]["locked"]["rev"] = std::string(40, 'b');
    }
    SECTION("what another input has of its own") {
        after["nodes"]["lib"]["locked"]["rev"] = std::string(40, 'b');
    }
    SECTION("who an input is taken from") {
        after["nodes"]["tool"]["inputs"]["pkgs"] = "lib";
    }
    SECTION("an input more") {
        after["nodes"]["new"] = node("lib", 'b', 200);
        after["nodes"]["root"]["inputs"]["new"] = "new";
    }
    SECTION("an input less") {
        after["nodes"]["root"]["inputs"].erase("tool");
        after["nodes"].erase("tool");
        after["nodes"].erase("lib");
    }
    SECTION("a node that nobody leads to") {
        after["nodes"]["new"] = node("lib", 'b', 200);
    }
    CHECK(code(after, pkgs) == "lock_moved_more");
}

TEST_CASE("an input that moves stays where flake.nix has it, wired as the owner wired it") {
    Json after = lock();
    Json& moved = after["nodes"]["tool"];
    moved["locked"]["rev"] = std::string(40, 'b');
    CHECK(code(after, tool) == "moved");
    std::string wanted = "lock_mismatch";
    SECTION("another repository") {
        moved["locked"]["repo"] = moved["original"]["repo"] = "evil";
    }
    SECTION("locked elsewhere than it says") {
        moved["locked"]["repo"] = "evil";
    }
    SECTION("another branch") {
        moved["original"]["ref"] = "other";
    }
    SECTION("files alone") {
        moved["flake"] = false;
    }
    SECTION("without a hash") {
        moved["locked"].erase("narHash");
        wanted = "unlocked_input";
    }
    SECTION("a folder of the machine") {
        moved["locked"] = {
            {"type", "path"}, {"path", "/etc"}, {"narHash", moved["locked"]["narHash"]}};
        wanted = "input_type";
    }
    SECTION("no longer taken from the owner's") {
        moved["inputs"]["pkgs"] = "lib";
        wanted = "lock_rewired";
    }
    SECTION("taken from the owner's now") {
        moved["inputs"]["lib"] = Json::array({"pkgs"});
        after["nodes"].erase("lib");
        wanted = "lock_rewired";
    }
    SECTION("leading nowhere") {
        moved["inputs"]["lib"] = "none";
        wanted = "lock_rewired";
    }
    SECTION("with an input from a stranger") {
        after["nodes"]["lib"] = node("lib", 'b', 200);
        after["nodes"]["lib"]["locked"]["owner"] = after["nodes"]["lib"]["original"]["owner"] =
            "stranger";
        wanted = "input_origin";
    }
    CHECK(code(after, tool) == wanted);
}

TEST_CASE("wiring that the owner made is kept wherever two of an input's own come to one node") {
    Json before = lock();
    before["nodes"]["lib"]["inputs"] = {{"pkgs", Json::array({"pkgs"})}};
    before["nodes"]["tool"]["inputs"]["also"] = "lib_2";
    before["nodes"]["lib_2"] = node("lib", 'a', 100);
    Json after = before;
    after["nodes"]["tool"]["inputs"]["also"] = "lib";
    CHECK(moved_lock(before.dump(), after.dump(), tool).problem().code == "lock_rewired");
}

TEST_CASE("what cannot be bumped is refused by name, and what is no lock as that") {
    CHECK(may_be_bumped(lock().dump(), {"none"}).problem().code == "no_such_input");
    CHECK(may_be_bumped(lock().dump(), {"none"}).problem().hint == "its inputs: pkgs, tool");
    Json follows = lock();
    follows["nodes"]["root"]["inputs"]["other"] = Json::array({"pkgs"});
    CHECK(may_be_bumped(follows.dump(), {"other"}).problem().code == "input_follows");
    CHECK(locked_names(follows.dump()).value() == std::vector<std::string>{"pkgs", "tool"});
    for (const char* each : {"", "[]", "{}", R"({"nodes":{},"root":"root","version":7})",
                             R"({"nodes":{"root":{}},"root":"root","version":8})",
                             R"({"nodes":{"root":{"inputs":{"a":1}}},"root":"root","version":7})",
                             R"({"nodes":{"root":{}},"root":"root","version":7,"more":1})"}) {
        CHECK(locked_names(each).problem().code == "lock_unreadable");
    }
}

TEST_CASE("an input that is moved to another branch goes there and nowhere else") {
    Json after = lock();
    Json& moved = after["nodes"]["tool"];
    moved["locked"]["rev"] = std::string(40, 'b');
    moved["original"]["ref"] = "release-2";
    const auto to = [&](const std::string& address) {
        return code(after, {.inputs = {"tool"}, .addresses = {{"tool", address}}});
    };
    CHECK(to("github:x/tool/release-2") == "moved");
    CHECK(to("github:x/tool?ref=release-2") == "moved");
    CHECK(to("github:x/tool/release-3") == "lock_mismatch");
    CHECK(to("github:x/tool") == "lock_mismatch");
    CHECK(to("github:y/tool/release-2") == "lock_mismatch");
    CHECK(to("gitlab:x/tool/release-2") == "lock_mismatch");
    CHECK(to("https://x/tool/release-2") == "lock_mismatch");
    const Json git{{"type", "git"}, {"url", "https://e.org/a"}, {"ref", "b"}};
    CHECK(names_place("git+https://e.org/a?ref=b", git));
    CHECK_FALSE(names_place("git+https://e.org/a", git));
    CHECK_FALSE(names_place("git+https://e.org/b?ref=b", git));
    CHECK(names_place("https://e.org/a.tar.gz",
                      {{"type", "tarball"}, {"url", "https://e.org/a.tar.gz"}}));
}
