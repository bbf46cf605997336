#include "proposals/git.hpp"
#include "proposals/intake.hpp"

#include "tests/support/catch.hpp"
#include "tests/support/temp_dir.hpp"

#include <cstdlib>

using namespace agentd;
using namespace agentd::proposals;

namespace {

/// A repository with a base, and a commit that `script` makes on it.
struct Pair {
    explicit Pair(const std::string& script) : own(Repository::open_or_init_bare(dir / "own")) {
        const std::string command =
            "cd " + dir.path() +
            " && export HOME=/nonexistent GIT_CONFIG_NOSYSTEM=1 GIT_AUTHOR_NAME=o "
            "GIT_AUTHOR_EMAIL=o@x GIT_COMMITTER_NAME=o GIT_COMMITTER_EMAIL=o@x; git init -q -b "
            "base clone && cd clone && echo '{ }' > a.nix && echo gone > b.txt && echo '#' > run "
            "&& "
            "ln -s a.nix link && git add -A && git commit -q -m first && git switch -q -c next "
            "&& " +
            script + " && git add -A && git commit -q -m second && git clone -q --bare . ../up";
        REQUIRE(std::system(command.c_str()) == 0);
        base = own.fetch_from(dir / "up", "base").value();
        next = own.fetch_from(dir / "up", "next").value();
    }
    core::Result<std::vector<FileEdit>> edits(const IntakeLimits& limits = {}) {
        return own.edits(*base, *next, limits);
    }
    std::string refused(const IntakeLimits& limits = {}) {
        const auto found = edits(limits);
        if (!found) {
            return found.problem().code;
        }
        const auto taken = take_edits(*found, *own.tree(*base), limits);
        return taken ? "" : taken.problem().code;
    }
    test::TempDir dir;
    Repository own;
    std::optional<core::Commit> base{}, next{};
};

} // namespace

TEST_CASE("a commit's difference is what a patch of it would be") {
    Pair pair(
        "echo '{ a = 1; }' > a.nix && git rm -q b.txt && chmod +x run && mkdir n && echo x > n/x");
    const auto edits = pair.edits();
    REQUIRE(edits);
    CHECK(*edits ==
          std::vector<FileEdit>{{.path = "a.nix", .bytes = "{ a = 1; }\n"},
                                {.path = "b.txt"},
                                {.path = "n/x", .bytes = "x\n"},
                                {.path = "run", .mode = FileMode::executable, .bytes = "#\n"}});
    CHECK(pair.refused().empty());
}

TEST_CASE("a commit brings nothing that a patch may not bring") {
    CHECK(Pair("ln -s /etc/shadow s").refused() == "symlink");
    CHECK(Pair("ln -sf b.txt link").refused() == "symlink");
    CHECK(Pair("rm link").refused() == "symlink");
    CHECK(Pair("rm a.nix && ln -s b.txt a.nix").refused() == "symlink");
    CHECK(
        Pair("git update-index --add --cacheinfo 160000,$(git rev-parse HEAD),sub && mkdir sub && "
             "git -C sub init -q && git -C sub commit -q --allow-empty -m x")
            .refused() == "submodule");
    CHECK(Pair("echo x > .gitmodules").refused() == "git_metadata");
    CHECK(Pair("printf '{ }\\001' > a.nix").refused() == "control_char");
    CHECK(Pair("touch x y").refused({.files = 1}) == "too_many_files");
    CHECK(Pair("echo 123456789 > x").refused({.blob_bytes = 9}) == "too_large");
}
