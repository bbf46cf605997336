#include "proposals/git_folder.hpp"

#include "tests/unit/proposals/git_shell.hpp"

#include <filesystem>
#include <unistd.h>

using namespace agentd;
using namespace agentd::proposals;

namespace {

/// Somebody's repository, with one commit.
struct Owner : test::GitShell {
    Owner() { sh("git init -q -b main owner && git -C owner commit -q --allow-empty -m first"); }
};

} // namespace

TEST_CASE("a work tree is found at its repository, wherever a link leads to it") {
    const Owner owner;
    owner.sh("git -C owner worktree add -q ../linked && ln -s linked other");
    const std::string common = std::filesystem::canonical(owner.dir / "owner/.git").string();
    const auto found = find_git_folder(owner.dir / "linked");
    REQUIRE(found);
    CHECK(found->own == common + "/worktrees/linked");
    CHECK(found->common == common);
}

TEST_CASE("a folder that only names a repository does not have it") {
    const Owner owner;
    owner.sh(
        "mkdir -p bait/fake bait/worktrees/x && echo 'ref: refs/heads/main' > bait/fake/HEAD && "
        "pwd > here && echo \"$(cat here)/bait/.git\" > bait/fake/gitdir && "
        "echo \"$(cat here)/owner/.git\" > bait/fake/commondir && "
        "cp bait/fake/* bait/worktrees/x");
    for (const std::string named : {"fake", "worktrees/x"}) {
        owner.sh("echo 'gitdir: " + named + "' > bait/.git");
        const auto found = find_git_folder(owner.dir / "bait");
        REQUIRE_FALSE(found);
        CHECK(found.problem().code == "bad_repository");
    }
}

TEST_CASE("a repository of another form is refused by its name") {
    const Owner owner;
    owner.sh("git init -q --object-format=sha256 other");
    const auto found = find_git_folder(owner.dir / "other");
    REQUIRE_FALSE(found);
    CHECK(found.problem().message.find("SHA-256") != std::string::npos);
}

TEST_CASE("root reads what root owns, or who asked root") {
    if (::geteuid() != 0) {
        return; // only root is asked to read for others
    }
    const Owner owner;
    owner.sh("chown -R 65534 owner");
    const auto foreign = find_git_folder(owner.dir / "owner");
    REQUIRE_FALSE(foreign);
    CHECK(foreign.problem().hint.find("run it as its owner") != std::string::npos);
    ::setenv("SUDO_UID", "65534", 1);
    const bool asked = find_git_folder(owner.dir / "owner").has_value();
    ::unsetenv("SUDO_UID");
    CHECK(asked);
}
