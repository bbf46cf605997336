// Inputs at their newest revisions: by real Nix, from a git server on loopback.
#include "agentd/core/text.hpp"
#include "agentd/stages/bump.hpp"
#include "tests/support/catch.hpp"
#include "tests/unit/evaluator/cache_server.hpp"
#include "tests/unit/evaluator/nix_fixture.hpp"

#include <nlohmann/json.hpp>

using namespace agentd;
using namespace agentd::stages;
using core::Json;

namespace {

std::string git(const std::string& folder, std::vector<std::string> words, int day) {
    const std::string date = std::to_string(1'700'000'000 + day * 86'400) + " +0000";
    const auto outcome = sandbox::run({.program = "/usr/bin/git",
                                       .arguments = std::move(words),
                                       .environment = {{"PATH", "/usr/bin:/bin"},
                                                       {"HOME", "/nonexistent"},
                                                       {"GIT_AUTHOR_NAME", "t"},
                                                       {"GIT_AUTHOR_EMAIL", "t@example.org"},
                                                       {"GIT_COMMITTER_NAME", "t"},
                                                       {"GIT_COMMITTER_EMAIL", "t@example.org"},
                                                       {"GIT_AUTHOR_DATE", date},
                                                       {"GIT_COMMITTER_DATE", date}},
                                       .directory = folder});
    INFO(outcome.err.bytes);
    REQUIRE(outcome.succeeded());
    return std::string(core::trim(outcome.out.bytes));
}

class Files : public proposals::TreeReader {
  public:
    std::map<std::string, std::string> files{};
    std::optional<proposals::TreeEntry> find(std::string_view path) const override {
        return read(path) ? std::optional(proposals::TreeEntry{}) : std::nullopt;
    }
    std::optional<std::string> read(std::string_view path) const override {
        const auto it = files.find(std::string(path));
        return it == files.end() ? std::nullopt : std::optional(it->second);
    }
};

/// A flake with the inputs `lib` and `tool`, which takes lib from the flake, on a git server.
class World {
  public:
    World() {
        make("lib", "{ outputs = { self }: { v = 1; }; }\n");
        make("tool",
             "{ inputs.lib.url = \"" + url("lib") + "\"; outputs = { self, lib }: { v = 1; }; }\n");
        tree.files["flake.nix"] = "{\n  inputs.lib.url = \"" + url("lib") +
                                  "\";\n  inputs.tool = { url = \"" + url("tool") +
                                  "\"; inputs.lib.follows = \"lib\"; };\n  outputs = { self, lib, "
                                  "tool }: { };\n}\n";
        const auto maker = evaluator::own_lock_maker(nix);
        const auto first =
            maker->make({.flake = tree.files["flake.nix"], .inputs = {"lib", "tool"}},
                        std::chrono::minutes(1), {});
        INFO((first ? "" : first.problem().message));
        REQUIRE(first);
        tree.files["flake.lock"] = *first;
    }
    std::string url(const std::string& name, const std::string& branch = "main") const {
        return "git+" + server.url() + "/" + name + ".git?ref=" + branch;
    }
    /// A commit on the server.
    std::string moves(const std::string& name, int day, const std::string& branch = "main") {
        const std::string at = dir_ / name;
        git(at, {"checkout", "-q", "-B", branch}, day);
        git(at, {"commit", "-q", "--allow-empty", "-m", "t"}, day);
        return publish(name, branch);
    }
    std::string publish(const std::string& name, const std::string& branch = "main") {
        git(dir_ / name, {"push", "-q", "--force", dir_ / ("served/" + name + ".git"), branch}, 0);
        git(dir_ / ("served/" + name + ".git"), {"update-server-info"}, 0);
        return git(dir_ / name, {"rev-parse", branch}, 0);
    }
    core::Result<Bumped> bump(const BumpWanted& wanted, std::vector<std::string> origins = {}) {
        const auto maker = evaluator::own_lock_maker(nix);
        auto out = stages::bump(
            {.tree = tree, .maker = *maker, .origins = origins, .patience = patience}, wanted, {});
        INFO((out ? "" : out.problem().message + " " + out.problem().hint));
        return out;
    }
    Json locked(const Bumped& bumped, const std::string& name) const {
        return core::parse_json(*bumped.edits.back().bytes)->at("nodes").at(name).at("locked");
    }
    std::string at(const std::string& name) const { return dir_ / name; }

  private:
    void make(const std::string& name, const std::string& flake) {
        const std::string at = dir_ / name;
        core::make_directories(at, 0755);
        core::write_file_durably(at + "/flake.nix", flake, 0644);
        git(at, {"init", "-q", "-b", "main"}, 0);
        git(at, {"add", "-A"}, 0);
        git(at, {"commit", "-q", "-m", "t"}, 0);
        git(at, {"clone", "-q", "--bare", ".", dir_ / ("served/" + name + ".git")}, 0);
        publish(name);
    }
    static evaluator::NixSettings settings() {
        static test::TempDir scratch;
        return {.scratch = scratch / "nix", .fetch = true};
    }
    test::TempDir dir_{};

  public:
    Files tree{};
    std::chrono::milliseconds patience = std::chrono::minutes(1);
    evaluator::Nix nix{evaluator::NixInstallation(test::nix_under_test()), settings()};
    test::CacheServer server{dir_ / "served"};
};

} // namespace

TEST_CASE("one input is bumped: flake.lock alone changes, the others stay, and it is told") {
    World world;
    CHECK(world.bump({.inputs = {"lib"}}).problem().code == "newest_already");
    const auto to = world.moves("lib", 10);
    world.moves("tool", 10);
    const auto bumped = world.bump({.inputs = {"lib"}});
    REQUIRE(bumped);
    REQUIRE(bumped->edits.size() == 1);
    CHECK(bumped->edits.front().path == "flake.lock");
    CHECK(world.locked(*bumped, "lib").at("rev") == to);
    const auto before = core::parse_json(world.tree.files["flake.lock"]);
    const auto after = core::parse_json(*bumped->edits.front().bytes);
    CHECK(after->at("nodes").at("tool") == before->at("nodes").at("tool"));
    CHECK(bumped->title == "bump the input lib");
    CHECK(bumped->told.find("2023-11-14 to 2023-11-24 (10 days newer)") != std::string::npos);
    world.tree.files["flake.lock"] = *bumped->edits.front().bytes;
    const auto again = world.bump({.inputs = {"lib"}});
    CHECK(again.problem().code == "newest_already");
    CHECK(again.problem().message.find("of 2023-11-24") != std::string::npos);
}

TEST_CASE("all inputs are bumped, and what the owner handed to one stays handed") {
    World world;
    const auto lib = world.moves("lib", 10);
    const auto tool = world.moves("tool", 20);
    const auto bumped = world.bump({.all = true});
    REQUIRE(bumped);
    CHECK(world.locked(*bumped, "lib").at("rev") == lib);
    CHECK(world.locked(*bumped, "tool").at("rev") == tool);
    const auto after = core::parse_json(*bumped->edits.front().bytes);
    CHECK(after->at("nodes").at("tool").at("inputs").at("lib") == Json::array({"lib"}));
    CHECK(after->at("nodes").size() == 3);
    CHECK(bumped->inputs.size() == 2);
    CHECK(bumped->title == "bump all inputs");
}

TEST_CASE("an input is moved to another branch: flake.nix and its lock, and nothing else") {
    World world;
    const auto to = world.moves("lib", 30, "release-2");
    const auto bumped =
        world.bump({.inputs = {"lib"}, .addresses = {{"lib", world.url("lib", "release-2")}}});
    REQUIRE(bumped);
    REQUIRE(bumped->edits.size() == 2);
    CHECK(bumped->edits.front().path == "flake.nix");
    CHECK(bumped->edits.front().bytes->find("lib.git?ref=release-2") != std::string::npos);
    CHECK(world.locked(*bumped, "lib").at("rev") == to);
    CHECK(world.bump({.inputs = {"lib"}, .addresses = {{"lib", world.url("lib", "none")}}})
              .problem()
              .code == "input_not_fetched");
}

TEST_CASE("a branch that was set back is told as older, not as news") {
    World world;
    world.moves("lib", 10);
    const auto first = world.bump({.inputs = {"lib"}});
    REQUIRE(first);
    world.tree.files["flake.lock"] = *first->edits.front().bytes;
    git(world.at("lib"), {"reset", "-q", "--hard", "HEAD~1"}, 0);
    world.publish("lib");
    const auto back = world.bump({.inputs = {"lib"}});
    REQUIRE(back);
    CHECK(back->inputs.front().older());
    CHECK(back->told.find("(OLDER than before by 10 days)") != std::string::npos);
}

TEST_CASE(
    "a newer input that brings one from a stranger is refused, and taken where that is named") {
    World world;
    const test::CacheServer stranger(world.at("served"));
    core::write_file_durably(
        world.at("tool") + "/flake.nix",
        "{ inputs.lib.url = \"" + world.url("lib") + "\"; inputs.more.url = \"git+" +
            stranger.url() + "/lib.git?ref=main\"; outputs = { self, lib, more }: { v = 2; }; }\n",
        0644);
    git(world.at("tool"), {"commit", "-q", "-a", "-m", "t"}, 5);
    world.publish("tool");
    const auto refused = world.bump({.inputs = {"tool"}});
    CHECK(refused.problem().code == "input_origin");
    CHECK_FALSE(refused.problem().hint.empty());
    CHECK(world.bump({.inputs = {"tool"}}, {stranger.url() + "/lib.git"}));
}

TEST_CASE("a flake whose lock is behind it is refused: something else would move, too") {
    World world;
    world.moves("lib", 10);
    auto& flake = world.tree.files["flake.nix"];
    SECTION("an input more") {
        flake.replace(flake.find("inputs.tool"), 0,
                      "inputs.new.url = \"" + world.url("lib") + "\";\n  ");
        flake.replace(flake.find("self, lib"), 9, "self, new, lib");
        CHECK(world.bump({.inputs = {"lib"}}).problem().code == "lock_moved_more");
    }
    SECTION("an input less") {
        flake.replace(flake.find("inputs.tool"), 0, "# ");
        flake.replace(flake.find("lib, tool"), 9, "lib");
        CHECK(world.bump({.inputs = {"lib"}}).problem().code == "lock_moved_more");
    }
    SECTION("an input that follows no longer") {
        flake.replace(flake.find(" inputs.lib.follows = \"lib\";"), 28, "");
        CHECK(world.bump({.inputs = {"tool"}}).problem().code == "lock_rewired");
    }
}

TEST_CASE("what cannot be asked for is refused before anybody is asked") {
    World world;
    const auto before = world.server.asked().size();
    CHECK(world.bump({.inputs = {"none"}}).problem().code == "no_such_input");
    world.tree.files["flake.nix"].insert(0, "# \xff");
    CHECK(world.bump({.inputs = {"lib"}}).problem().code == "no_flake");
    world.tree.files.erase("flake.lock");
    world.tree.files["flake.nix"].erase(0, 3);
    CHECK(world.bump({.inputs = {"lib"}}).problem().code == "no_lock");
    CHECK(world.server.asked().size() == before);
}

TEST_CASE("a server that is away, or slow, is told as that") {
    World world;
    SECTION("away") {
        world.server.fault(test::CacheServer::Fault::missing, "refs");
        CHECK(world.bump({.inputs = {"lib"}}).problem().code == "input_not_fetched");
    }
    SECTION("slow") {
        world.server.fault(test::CacheServer::Fault::slow, "refs");
        world.patience = std::chrono::seconds(2);
        CHECK(world.bump({.inputs = {"lib"}}).problem().code == "fetch_timeout");
    }
}

TEST_CASE("a bump stands alone, and a new address is one where it is to be locked") {
    using proposals::plan::request_from_json;
    const auto of = [](const std::string& operations, Relock relock) {
        const auto json =
            core::parse_json(R"({"schema":"agentd.ops/2","operations":)" + operations + "}");
        return bump_of(request_from_json(*json).value(), relock);
    };
    const std::string move = R"({"op":"set_input_url","input":"a","url":"github:x/y/z"})";
    const std::string bump = R"({"op":"bump_input","input":"a"})";
    CHECK(of("[" + bump + "]", Relock::asked).value()->inputs == std::vector<std::string>{"a"});
    CHECK(of(R"([{"op":"bump_input"}])", Relock::asked).value()->all);
    CHECK_FALSE(of("[" + move + "]", Relock::asked).value());
    CHECK(of("[" + move + "]", Relock::always).value()->addresses.at("a") == "github:x/y/z");
    const auto both = of("[" + move + "," + bump + "]", Relock::asked).value();
    CHECK(both->addresses.size() == 1);
    CHECK(both->inputs.size() == 1);
    CHECK(of("[" + bump + R"(,{"op":"add_import","module":"x.nix"}])", Relock::asked)
              .problem()
              .code == "apart");
}
