#include "proposals/git.hpp"

#include "tests/unit/proposals/git_shell.hpp"

#include "agentd/core/failure.hpp"
#include "agentd/core/fd.hpp"

#include <cstdlib>

using namespace agentd;
using namespace agentd::proposals;

namespace {

/// A repository whose objects are written as no git writes them.
struct Forger : test::GitShell {
    Forger() {
        sh("git init -q --bare -b main up.git && mkdir w && printf '{ }\\n' > w/a && printf "
           "'evil\\n' "
           "> w/b");
        good = made("blob", "{ }\n");
        evil = made("blob", "evil\n");
    }
    /// Written whatever it holds; its id.
    std::string made(const std::string& type, const std::string& bytes) const {
        core::write_file_durably(dir / "raw", bytes);
        return out("git -C up.git hash-object -w --literally -t " + type + " ../raw");
    }
    static std::string entry(const std::string& mode, const std::string& name,
                             const std::string& id) {
        std::string bytes = mode + " " + name + '\0';
        for (std::size_t i = 0; i < 40; i += 2) {
            bytes += static_cast<char>(std::stoi(id.substr(i, 2), nullptr, 16));
        }
        return bytes;
    }
    std::string commit_of(const std::string& tree) const {
        return made("commit", "tree " + tree +
                                  "\nauthor o <o@x> 1700000000 +0000\ncommitter o <o@x> 1700000000 "
                                  "+0000\n\nx\n");
    }
    /// What fetching a branch with this commit says.
    std::string fetched(const std::string& commit) {
        core::write_file_durably(dir / "up.git/refs/heads/main", commit + "\n");
        const auto head = own.fetch_from(dir / "up.git", "main");
        if (!head) {
            CHECK_FALSE(own.resolve("refs/upstream/main"));
            CHECK_FALSE(own.has_commit(core::Commit::parse(commit).value()));
        }
        return head ? "ok" : head.problem().code;
    }
    std::string tree(const std::string& bytes) { return fetched(commit_of(made("tree", bytes))); }

    Repository own = Repository::open_or_init_bare(dir / "own");
    std::string good{};
    std::string evil{};
};

} // namespace

TEST_CASE("trees that one reader would see otherwise than another are not taken") {
    Forger f;
    const auto file = [&](const std::string& name, const std::string& id) {
        return Forger::entry("100644", name, id);
    };
    CHECK(f.tree(file("a", f.good) + file("a", f.evil)) == "bad_object");
    CHECK(f.tree(file("b", f.good) + file("a", f.evil)) == "bad_object");
    CHECK(f.tree(file("", f.good)) == "bad_object");
    CHECK(f.tree(file("a/b", f.good)) == "bad_object");
    CHECK(f.tree(file("..", f.good)) == "bad_object");
    CHECK(f.tree(file("a", std::string(40, '0'))) == "bad_object");
    CHECK(f.tree(file("a", std::string(40, '1'))) == "bad_object");
    CHECK(f.tree(file("a", f.good).substr(0, 20)) == "bad_object");
    const std::string inner = f.made("tree", file("x", f.good));
    // A file and a folder of one name, with another between them.
    CHECK(f.tree(file("a", f.good) + file("a.b", f.good) + Forger::entry("40000", "a", inner)) ==
          "bad_object");
    for (const char* mode : {"100777", "104755", "060000", "0", "140000", "0100644", "x"}) {
        INFO(mode);
        CHECK(f.tree(Forger::entry(mode, "a", f.good)) == "bad_object");
    }
    CHECK(f.tree(Forger::entry("100644", "a", inner)) == "bad_object");
    CHECK(f.tree(Forger::entry("40000", "a", f.good)) == "bad_object");
}

TEST_CASE("nothing that a file system may take for .git comes with a tree") {
    Forger f;
    for (const char* name : {".git", ".GIT", ".Git", "git~1", "GIT~1", ".git ", ".git.", ".git...",
                             ".git::$INDEX_ALLOCATION", ".g\u200cit", "\ufeff.git", "a\\.git",
                             "a\\..\\.GIT", "\u202e.git"}) {
        INFO(name);
        const std::string inner = f.made("tree", Forger::entry("100644", "config", f.evil));
        CHECK(f.tree(Forger::entry("40000", name, inner)) == "bad_object");
        const std::string deep = f.made("tree", Forger::entry("100644", name, f.evil));
        CHECK(f.tree(Forger::entry("40000", "sub", deep)) == "bad_object");
    }
}

TEST_CASE("commits that are no commits, and folders without end, are refused and nothing breaks") {
    Forger f;
    const std::string tree = f.made("tree", Forger::entry("100644", "a", f.good));
    const std::string who = "o <o@x> 1700000000 +0000\n";
    for (const std::string& text :
         {std::string("x"), "tree " + tree + "\n\nx\n", "tree " + std::string(40, 'g') + "\n",
          "tree " + tree + "\nauthor " + who + "\nx\n",
          "tree " + f.good + "\nauthor " + who + "committer " + who + "\nx\n",
          "tree " + tree + std::string(1, '\0') + "\nauthor " + who + "committer " + who + "\nx\n",
          "author " + who + "tree " + tree + "\ncommitter " + who + "\nx\n"}) {
        INFO(text);
        CHECK(f.fetched(f.made("commit", text)) == "bad_object");
    }
    CHECK(f.fetched(f.good) == "bad_object");
    CHECK(f.fetched(tree) == "bad_object");
    std::string deep = tree;
    for (int i = 0; i < 70; ++i) {
        deep = f.made("tree", Forger::entry("40000", "d", deep));
    }
    CHECK(f.fetched(f.commit_of(deep)) == "bad_object");
}

TEST_CASE("an object that stands under another's id is not taken for it") {
    Forger f;
    const std::string tree = f.made("tree", Forger::entry("100644", "a", f.good));
    f.sh("cd up.git/objects && chmod u+w " + f.good.substr(0, 2) + "/" + f.good.substr(2) +
         " && cp -f " + f.evil.substr(0, 2) + "/" + f.evil.substr(2) + " " + f.good.substr(0, 2) +
         "/" + f.good.substr(2));
    const std::string commit = f.commit_of(tree);
    core::write_file_durably(f.dir / "up.git/refs/heads/main", commit + "\n");
    CHECK_THROWS_AS(f.own.fetch_from(f.dir / "up.git", "main"), core::Failure);
    CHECK_FALSE(f.own.resolve("refs/upstream/main"));
}

TEST_CASE("what old programs wrote and git takes is taken, and nothing of it is shared") {
    Forger f;
    const std::string inner = f.made("tree", Forger::entry("100664", "x", f.good));
    REQUIRE(f.tree(Forger::entry("100644", "a", f.good) + Forger::entry("040000", "d", inner)) ==
            "ok");
    f.sh("test ! -e own/objects/info/alternates && rm -rf up.git");
    const auto head = f.own.resolve("refs/upstream/main");
    REQUIRE(head);
    CHECK(f.own.tree(*head)->read("d/x") == "{ }\n");
}
