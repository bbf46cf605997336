#include "proposals/flake/check.hpp"

#include "tests/support/catch.hpp"
#include "tests/unit/proposals/intake_base.hpp"

#include "agentd/core/fd.hpp"

#include <algorithm>
#include <filesystem>
#include <map>

using namespace agentd;
using namespace agentd::proposals;

namespace {

std::filesystem::path corpus() {
    return std::filesystem::path(__FILE__).parent_path().parent_path().parent_path() / "corpus" /
           "flake";
}

test::IntakeBase base() {
    test::IntakeBase out;
    out.files.clear();
    for (const char* name : {"flake.nix", "flake.lock"}) {
        out.files[name] = {FileMode::file, std::string(40, 'a'),
                           core::read_file((corpus() / "base" / name).string())};
    }
    return out;
}

core::Result<core::Done> judged(const std::string& patch, const TreeReader& tree) {
    const auto files = take_patch(patch, tree);
    return files ? flake::check_flakes(*files, tree) : files.problem();
}

/// Of a flake without lock, before and after.
std::string code_of(std::string_view before, std::string_view after) {
    const auto done = flake::check_flake({.nix = before}, {.nix = after});
    return done ? "ok" : done.problem().code;
}

} // namespace

TEST_CASE("every change of a flake and its lock in the corpus ends as its name says") {
    std::size_t seen = 0;
    for (const auto& entry : std::filesystem::directory_iterator(corpus())) {
        const std::string name = entry.path().filename().string();
        if (!name.ends_with(".patch")) {
            continue;
        }
        ++seen;
        const auto done = judged(core::read_file(entry.path().string()), base());
        CAPTURE(name, done ? "" : done.problem().message);
        CHECK((done ? "ok" : done.problem().code) == name.substr(0, name.find('.')));
        if (!done) {
            CHECK_FALSE(done.problem().message.empty());
            CHECK(done.problem().where.find("flake.") != std::string::npos);
            CHECK_FALSE(done.problem().hint.empty());
        }
    }
    CHECK(seen >= 120);
}

TEST_CASE(
    "what was wrong in the owner's flake before is no reason to refuse another change of it") {
    const std::string odd =
        "{ inputs.x.url = \"path:/srv/x\"; inputs.y.url = z; outputs = _: { }; }\n";
    CHECK(code_of(odd, "# more\n" + odd) == "ok");
    CHECK(code_of(odd,
                  "{ inputs.x.url = \"path:/srv/evil\"; inputs.y.url = z; outputs = _: { }; }\n") ==
          "input_type");
}

namespace {

/// Of a change of one file, in a repository of these.
std::string code_of_file(const std::map<std::string, std::string>& files, const std::string& path,
                         const std::optional<std::string>& bytes) {
    test::IntakeBase tree;
    tree.files.clear();
    for (const auto& [name, text] : files) {
        tree.files[name] = {FileMode::file, std::string(40, 'a'), text};
    }
    const auto done = flake::check_flakes({{.edit = {.path = path, .bytes = bytes}}}, tree);
    return done ? "ok" : done.problem().code;
}

} // namespace

TEST_CASE("a template that was never locked is refused only for what it says, unless the flake "
          "leads to it") {
    const std::string root = "{ outputs = _: { }; }\n";
    const std::string leads = "{ inputs.go.url = \"path:./go\"; outputs = _: { }; }\n";
    const std::string go = "{ inputs.x.url = \"github:a/b\"; outputs = _: { }; }\n";
    const std::string hook = "{ nixConfig.x = 1; outputs = _: { }; }\n";
    CHECK(code_of_file({{"flake.nix", root}}, "go/flake.nix", go) == "ok");
    CHECK(code_of_file({{"flake.nix", root}}, "go/flake.nix", hook) == "nix_config");
    CHECK(code_of_file({{"flake.nix", leads}}, "go/flake.nix", go) == "unlocked_input");
    CHECK(code_of_file({}, "go/flake.nix", go) == "unlocked_input");
    CHECK(code_of_file({}, "flake.nix", go) == "unlocked_input");
    const std::string lock = R"({"nodes": {"root": {}}, "root": "root", "version": 7})";
    CHECK(code_of_file({{"flake.nix", root}, {"go/flake.nix", root}, {"go/flake.lock", lock}},
                       "go/flake.nix", go) == "unlocked_input");
}

TEST_CASE("a module below that is called flake.nix is no flake, one at the root is a broken one") {
    const std::string module = "{ pkgs, ... }: { nixConfig.x = 1; }\n";
    CHECK(code_of_file({{"flake.nix", "{ outputs = _: { }; }"}}, "hosts/flake.nix", module) ==
          "ok");
    CHECK(code_of_file({}, "flake.nix", module) == "flake_unreadable");
    const std::string flake = "{ nixConfig.x = 1; outputs = _: { }; }\n";
    CHECK(code_of_file({{"hosts/flake.nix", module}}, "hosts/flake.nix", flake) == "nix_config");
}

TEST_CASE("what was wrong with a node is not wrong anew when Nix numbers it otherwise") {
    const auto lock = [](const std::string& name, const std::string& path) {
        return R"({"nodes": {"root": {"inputs": {"nixpkgs": ")" + name + R"("}}, ")" + name +
               R"(": {"locked": {"type": "path", "path": ")" + path +
               R"("}, "original": {"type": "indirect", "id": "nixpkgs"}}}, "root": "root", "version": 7})";
    };
    const std::string nix = "{ outputs = { nixpkgs, ... }: { }; }\n";
    const auto code = [&](const std::string& after) {
        const auto done = flake::check_flake(
            {.nix = nix, .lock = lock("nixpkgs_3", "/nix/store/x")}, {.nix = nix, .lock = after});
        return done ? std::string("ok") : done.problem().code;
    };
    CHECK(code(lock("nixpkgs_4", "/nix/store/x")) == "ok");
    CHECK(code(lock("nixpkgs_4", "/nix/store/y")) == "lock_mismatch");
    CHECK(code(lock("nixpkgs_x", "/nix/store/x")) == "lock_mismatch");
}

TEST_CASE("a setting that is computed is refused with every change of its flake.nix") {
    const std::string odd = "rec { x = \"a\"; nixConfig.hook = x; outputs = _: { }; }\n";
    CHECK(code_of(odd, odd) == "ok");
    CHECK(code_of(odd, "rec { x = \"b\"; nixConfig.hook = x; outputs = _: { }; }\n") ==
          "nix_config");
}

TEST_CASE(
    "a lock that cannot be read is refused when it changes, also where the base's cannot be") {
    const auto code = [](std::string_view before, std::string_view after) {
        const auto done = flake::check_flake({.lock = before}, {.lock = after});
        return done ? std::string("ok") : done.problem().code;
    };
    CHECK(code("{", "{") == "ok");
    CHECK(code("{", "[") == "lock_unreadable");
    CHECK(code("{", "") == "ok");
}

namespace {

std::string many(std::size_t count, const std::string& one) {
    std::string out;
    for (std::size_t i = 0; i < count; ++i) {
        out += "i" + std::to_string(i) + one;
    }
    return out;
}

} // namespace

TEST_CASE("a flake.nix that says too much of inputs and settings is not read, whatever it costs") {
    const std::string name(40'000, 'p');
    for (const std::string& too_much :
         {"{ nixConfig.\"" + name + "\" = { " + many(20'000, " = 1; ") + "}; }",
          "{ inputs.a.\"" + name + "\" = { " + many(20'000, " = 1; ") + "}; }",
          "{ inputs = { " + many(20'000, ".url = \"a:b/c\"; ") + "}; }",
          "{ inputs = { inherit (x) " + many(20'000, " ") + "; }; }",
          "{ nixConfig = { inherit (x) " + many(20'000, " ") + "; }; }",
          "{ outputs = _: \"" + std::string(300'000, 'x') + "\"; }"}) {
        CHECK(code_of("{ outputs = _: { }; }", too_much) == "flake_unreadable");
    }
    const std::string deep = "{ nixConfig" + std::string(".a.b.c.d.e.f.g.h.i.j.k.l.m.n.o.p.q") +
                             " = 1; outputs = _: { }; }";
    CHECK(code_of("{ outputs = _: { }; }", deep) == "flake_unreadable");
    const std::string large =
        "{ inputs = { " + many(400, ".url = \"github:a/b\"; ") + "}; outputs = _: { }; }";
    CHECK(code_of(large, "# more\n" + large) == "ok");
}

TEST_CASE("a lock that cannot be read hides neither settings of Nix nor inputs") {
    const std::string nix = core::read_file((corpus() / "base" / "flake.nix").string());
    const std::string odd = "{\"version\": 7, \"version\": 7}";
    const auto judged_with = [&](const std::string& after) {
        const auto done =
            flake::check_flake({.nix = nix, .lock = odd}, {.nix = after, .lock = odd});
        return done ? "ok" : done.problem().code;
    };
    CHECK(judged_with("# only a word\n" + nix) == "ok");
    const auto outputs = nix.find("outputs");
    REQUIRE(outputs != std::string::npos);
    const auto with = [&](const std::string& more) {
        return nix.substr(0, outputs) + more + nix.substr(outputs);
    };
    CHECK(judged_with(with("nixConfig.extra-hook = \"/tmp/x\"; ")) == "nix_config");
    CHECK(judged_with(with("inputs.evil.url = \"path:/etc\"; ")) == "input_type");
    CHECK(judged_with(with("inputs.other.url = \"github:a/b\"; ")) == "lock_unreadable");
    const auto mended = flake::check_flake(
        {.nix = nix, .lock = odd},
        {.nix = nix, .lock = core::read_file((corpus() / "base" / "flake.lock").string())});
    CHECK_FALSE(mended);
}

TEST_CASE("flake.nix and flake.lock behind a link are not changed unseen") {
    auto tree = base();
    for (const std::string name : {"flake.nix", "flake.lock"}) {
        CAPTURE(name);
        auto linked = tree;
        linked.files["nix/real"] = linked.files[name];
        linked.files[name] = {FileMode::symlink, std::string(40, 'b'), "nix/real"};
        const std::string text = linked.files["nix/real"].bytes;
        const IntakeFile behind{.edit = {.path = "nix/real", .bytes = text + "\n"}};
        const IntakeFile beside{.edit = {.path = "nix/other", .bytes = "{ }\n"}};
        const IntakeFile own{.edit = {.path = "flake.nix", .bytes = "{ }\n"}};
        CHECK(flake::check_flakes({behind}, linked).problem().code == "symlink");
        CHECK(flake::check_flakes({own}, linked).problem().code == "symlink");
        CHECK(flake::check_flakes({beside}, linked));
        linked.files["nix/real"] = {FileMode::symlink, std::string(40, 'c'), "../deep/real"};
        linked.files["deep/real"] = {FileMode::file, std::string(40, 'd'), text};
        const IntakeFile deeper{.edit = {.path = "deep/real", .bytes = text + "\n"}};
        CHECK(flake::check_flakes({deeper}, linked).problem().code == "symlink");
    }
}

TEST_CASE("a name that is spelled otherwise frees no input below") {
    const std::string nix = core::read_file((corpus() / "base" / "flake.nix").string());
    const std::string lock = core::read_file((corpus() / "base" / "flake.lock").string());
    const auto owner = lock.find("\"Mic92\"");
    REQUIRE(owner != std::string::npos);
    const auto with = [&](const std::string& text) {
        const auto done =
            flake::check_flake({.nix = nix, .lock = lock}, {.nix = nix, .lock = text});
        return done ? "ok" : done.problem().code;
    };
    std::string spelled = lock;
    spelled.replace(owner, 7, "\"mic92\"");
    CHECK(with(spelled) == "ok");
    const auto hash = spelled.find("\"narHash\"", spelled.find("mic92") - 300);
    REQUIRE(hash != std::string::npos);
    const auto quote = spelled.find("sha256-", hash) + 7;
    spelled[quote] = spelled[quote] == 'A' ? 'B' : 'A';
    CHECK(with(spelled) == "lock_mismatch");
}
