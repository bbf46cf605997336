#include "proposals/git.hpp"
#include "proposals/git_locks.hpp"

#include "proposals/intake.hpp"
#include "tests/unit/proposals/git_shell.hpp"

#include "agentd/core/crypto.hpp"
#include "agentd/core/failure.hpp"
#include "agentd/core/fd.hpp"

#include <cstdlib>
#include <unistd.h>

using namespace agentd;
using namespace agentd::proposals;

namespace {

const core::Instant noon{std::chrono::seconds(1'767'000'000)};

/// An owner's clone with one commit, its bare upstream, and the daemon's repository.
struct World : test::GitShell {
    World() {
        sh("git init -q -b main clone && cd clone && mkdir -p hosts/web && printf '{ }\\n' > "
           "hosts/web/default.nix && "
           "printf 'one\\ntwo\\n' > notes.txt && printf 'x\\n' > run.sh && chmod +x run.sh && ln "
           "-s notes.txt link && "
           "printf '*.nix -diff binary\\n' > .gitattributes && printf '{}\\n' > flake.lock && git "
           "add -A && "
           "git commit -q -m first && cd .. && git clone -q --bare clone up.git");
    }
    core::Commit head(const std::string& repository = "up.git",
                      const std::string& ref = "refs/heads/main") const {
        return core::Commit::parse(out("git -C " + repository + " rev-parse " + ref)).value();
    }
    core::Commit fetch() { return own.fetch_from(dir / "up.git", "main").value(); }
    core::Result<core::Commit> commit(const core::Commit& base, std::vector<FileEdit> edits) {
        return own.commit_edits(base, edits, message, noon);
    }
    Landing landing(const core::Commit& to, const core::Commit& old) const {
        return {.upstream = dir / "up.git", .branch = "main", .commit = to, .expected_old = old};
    }

    Repository own = Repository::open_or_init_bare(dir / "own");
    CommitMessage message{.title = "Open\nthe door",
                          .rationale = "because\nAgentd-Host: forged",
                          .proposal = *core::ProposalId::parse("01ARZ3NDEKTSV4RRFFQ69G5FAV"),
                          .host = *core::HostName::parse("web")};
};

FileEdit put(std::string path, std::string bytes) {
    return {.path = std::move(path), .bytes = std::move(bytes)};
}

std::string code_of(const core::Result<core::Done>& done) {
    return done ? "ok" : done.problem().code;
}

} // namespace

TEST_CASE("a file is found in large and nested folders, and nothing is below a file") {
    World world;
    std::vector<FileEdit> edits;
    for (int n = 0; n < 500; ++n) {
        edits.push_back(
            {.path = "modules/deep/part" + std::to_string(n) + ".nix", .bytes = std::to_string(n)});
    }
    const auto made = world.commit(world.fetch(), edits).value();
    const auto tree = world.own.tree(made);
    for (int round = 0; round < 2; ++round) {
        CHECK(tree->read("modules/deep/part7.nix") == "7");
        CHECK(tree->read("modules/deep/part499.nix") == "499");
        CHECK(tree->find("modules/deep")->mode == FileMode::directory);
        CHECK(tree->find("run.sh")->mode == FileMode::executable);
        for (const char* none : {"modules/deep/part500.nix", "modules/deep/part7.nix/x", "", "/",
                                 "/modules", "modules//deep", "deep/part7.nix", "link/x"}) {
            INFO(none);
            CHECK_FALSE(tree->find(none));
        }
        CHECK_FALSE(tree->read("modules/deep"));
        CHECK(tree->other_case("Modules/deep/x") == "modules");
        CHECK(tree->other_case("modules/deep/Part7.nix") == "modules/deep/part7.nix");
    }
}

TEST_CASE("a file is read where it is not too large, which is known before it is unpacked") {
    World world;
    const auto tree = world.own.tree(world.fetch());
    CHECK(tree->read_within("notes.txt", 8) == "one\ntwo\n");
    CHECK_FALSE(tree->read_within("notes.txt", 7));
    CHECK_FALSE(tree->read_within("hosts", 1'000));
    CHECK_FALSE(tree->read_within("none", 1'000));
}

TEST_CASE("of a path that is not there, the tree tells what differs from it by case alone") {
    World w;
    const auto tree = w.own.tree(w.fetch());
    CHECK(tree->other_case("Notes.txt") == "notes.txt");
    CHECK(tree->other_case("Hosts/web/more.nix") == "hosts");
    CHECK(tree->other_case("hosts/WEB/more.nix") == "hosts/web");
    CHECK(tree->other_case("hosts/web/Default.nix") == "hosts/web/default.nix");
    CHECK_FALSE(tree->other_case("notes.txt"));
    CHECK_FALSE(tree->other_case("hosts/web/more.nix"));
    CHECK_FALSE(tree->other_case("notes.txt/below"));
}

TEST_CASE("an upstream's branch is mirrored, also after it was moved by force") {
    World w;
    CHECK(w.fetch() == w.head());
    CHECK(w.own.resolve("refs/upstream/main") == w.head());
    w.sh("cd clone && git commit -q --amend -m other && git push -q -f ../up.git main");
    CHECK(w.fetch() == w.head());
    CHECK(w.own.resolve("refs/upstream/main") == w.head());
    w.sh("git --git-dir=own fsck --strict");
    CHECK(w.own.fetch_from(w.dir / "up.git", "none").problem().code == "no_such_branch");
    CHECK(w.own.fetch_from(w.dir / "nothing", "main").problem().code == "bad_upstream");
    CHECK(w.own.fetch_from("https://example.org/x", "main").problem().code == "bad_upstream");
    CHECK(w.own.fetch_from(w.dir / "up.git", "../x").problem().code == "bad_branch");
}

TEST_CASE("a commit of edits holds exactly these edits, and the same input gives the same id") {
    World w;
    const auto base = w.fetch();
    const std::vector<FileEdit> edits{put("hosts/db/new.nix", "{ a = 1; }\n"),
                                      put("notes.txt", "one\nzwei\n"),
                                      {.path = "hosts/web/default.nix"},
                                      {.path = "run.sh", .mode = FileMode::file, .bytes = "x\n"}};
    const auto made = w.commit(base, edits);
    REQUIRE(made.has_value());
    CHECK(*w.commit(base, edits) == *made);
    REQUIRE(w.own.set_ref(w.message.proposal, *made).has_value());
    CHECK(w.own.list_files(*made) == std::vector<std::string>{".gitattributes", "flake.lock",
                                                              "hosts/db/new.nix", "link",
                                                              "notes.txt", "run.sh"});
    CHECK(w.out("git --git-dir=own ls-tree -r " + made->str() + " run.sh").starts_with("100644"));
    CHECK(w.out("git --git-dir=own ls-tree -d -r --name-only " + made->str()) == "hosts\nhosts/db");
    CHECK(w.out("git --git-dir=own show -s --format=%an:%ct:%P " + made->str()) ==
          "agentd:1767000000:" + base.str());
    w.sh("git --git-dir=own fsck --strict --full");
}

TEST_CASE("a commit's trailers are the daemon's own, whatever the rationale says") {
    World w;
    const auto made = w.commit(w.fetch(), {put("a", "b\n")});
    CHECK(w.out("git --git-dir=own show -s --format='%s|%(trailers:only,unfold)' " + made->str()) ==
          "Open the door|Agentd-Proposal: 01ARZ3NDEKTSV4RRFFQ69G5FAV\nAgentd-Host: web");
    CHECK(w.out("git --git-dir=own show -s --format=%B " + made->str() + " | grep -c '^Agentd-'") ==
          "2");
}

TEST_CASE("edits that change nothing or touch git's own files make no commit") {
    World w;
    const auto base = w.fetch();
    CHECK(w.commit(base, {put("notes.txt", "one\ntwo\n")}).problem().code == "no_change");
    CHECK(w.commit(base, {{.path = "gone"}}).problem().code == "no_such_file");
    CHECK(w.commit(base, {put(".git/config", "x")}).problem().code == "git_metadata");
    CHECK(w.commit(base, {put("../x", "x")}).problem().code == "path_escape");
}

TEST_CASE("a proposal's ref is made once and never moved") {
    World w;
    const auto base = w.fetch();
    const auto made = w.commit(base, {put("a", "b\n")}).value();
    CHECK(w.own.set_ref(w.message.proposal, made).has_value());
    CHECK(w.own.set_ref(w.message.proposal, made).has_value());
    CHECK(code_of(w.own.set_ref(w.message.proposal, base)) == "ref_exists");
    CHECK(w.own.resolve("refs/agentd/01ARZ3NDEKTSV4RRFFQ69G5FAV") == made);
    CHECK_FALSE(w.own.resolve("HEAD").has_value());
}

TEST_CASE("no attribute hides text from the daemon's diff, which git itself applies to the base") {
    World w;
    const auto base = w.fetch();
    const auto made = w.commit(base, {put("hosts/web/default.nix", "{ evil = true; }\n"),
                                      put("new.txt", "a \u202e b"),
                                      {.path = "run.sh", .bytes = "x\n"},
                                      {.path = "flake.lock"}})
                          .value();
    const auto files = w.own.diff(base, made);
    REQUIRE(files.size() == 4);
    CHECK(files[0].path == "flake.lock");
    CHECK(files[0].change == ChangeKind::removed);
    CHECK(files[1].hunks.at(0).lines.at(1).text == "{ evil = true; }");
    CHECK(files[2].change == ChangeKind::added);
    CHECK(files[2].hunks.at(0).lines.at(0).marks ==
          std::vector<core::HiddenCodePoint>{{.column = 2, .code_point = 0x202E}});
    CHECK(files[2].hunks.at(0).lines.at(0).no_newline);
    core::write_file_durably(w.dir / "p", as_text(files));
    w.sh("cd clone && git apply --index ../p");
    CHECK(w.out("git -C clone write-tree") ==
          w.out("git --git-dir=own rev-parse " + made.str() + "^{tree}"));
    const auto again = take_patch(as_text(files), *w.own.tree(base));
    REQUIRE(again.has_value());
    CHECK(again->size() == 4);
}

TEST_CASE("the digest of a tree is over modes, contents and paths") {
    World w;
    const auto base = w.fetch();
    std::string text;
    for (const auto& [path, mode, bytes] :
         std::vector<std::tuple<std::string, std::string, std::string>>{
             {".gitattributes", "100644", "*.nix -diff binary\n"},
             {"flake.lock", "100644", "{}\n"},
             {"hosts/web/default.nix", "100644", "{ }\n"},
             {"link", "120000", "notes.txt"},
             {"notes.txt", "100644", "one\ntwo\n"},
             {"run.sh", "100755", "x\n"}}) {
        text += mode + " " + core::sha256(bytes).hex() + " " + path + "\n";
    }
    CHECK(w.own.tree_digest(base) == core::sha256(text));
    CHECK(w.own.file_digest(base, "flake.lock") == core::sha256("{}\n"));
    CHECK_FALSE(w.own.file_digest(base, "none").has_value());
    CHECK_FALSE(w.own.tree(base)->read("hosts").has_value());
    CHECK(w.own.tree(base)->find("link")->mode == FileMode::symlink);
}

TEST_CASE("a landing fast-forwards the upstream's branch to the tested commit itself") {
    World w;
    const auto base = w.fetch();
    const auto made = w.commit(base, {put("a", "b\n")}).value();
    CHECK(code_of(w.own.push_fast_forward(w.landing(made, base))) == "ok");
    CHECK(w.head() == made);
    w.sh("git --git-dir=up.git fsck --strict --full && git -C clone pull -q ../up.git main");
}

TEST_CASE("a landing on a moved, diverged or checked-out branch is refused and moves nothing") {
    World w;
    const auto base = w.fetch();
    const auto made = w.commit(base, {put("a", "b\n")}).value();
    const auto other = w.commit(base, {put("c", "d\n")}).value();
    auto in_clone = w.landing(made, base);
    in_clone.upstream = w.dir / "clone";
    CHECK(code_of(w.own.push_fast_forward(in_clone)) == "checked_out");
    REQUIRE(w.own.push_fast_forward(w.landing(made, base)).has_value());
    CHECK(code_of(w.own.push_fast_forward(w.landing(other, base))) == "branch_moved");
    CHECK(code_of(w.own.push_fast_forward(w.landing(other, made))) == "not_fast_forward");
    CHECK(w.head() == made);
    CHECK(w.head("clone") == base);
    CHECK(w.own.is_ancestor(base, made));
    CHECK_FALSE(w.own.is_ancestor(made, other));
}

TEST_CASE("a landing that was done and forgotten is done again without a word") {
    World w;
    const auto base = w.fetch();
    const auto made = w.commit(base, {put("a", "b\n")}).value();
    REQUIRE(w.own.push_fast_forward(w.landing(made, base)).has_value());
    CHECK(code_of(w.own.push_fast_forward(w.landing(made, base))) == "ok");
    const auto next = w.commit(made, {put("a", "c\n")}).value();
    REQUIRE(w.own.push_fast_forward(w.landing(next, made)).has_value());
    CHECK(code_of(w.own.push_fast_forward(w.landing(made, base))) == "ok");
    CHECK(w.head() == next);
}

TEST_CASE("a lock that a power cut left in the owner's repository is removed; one that somebody "
          "holds is waited for") {
    World w;
    const auto base = w.fetch();
    const auto made = w.commit(base, {put("a", "b\n")}).value();
    auto landing = w.landing(made, base);
    w.sh("touch -d '2 hours ago' up.git/refs/heads/main.lock && ln -s main "
         "up.git/refs/heads/link.lock");
    const auto refused = w.own.push_fast_forward(landing);
    REQUIRE(code_of(refused) == "locked");
    CHECK(refused.problem().where.ends_with("up.git/refs/heads/main.lock"));
    CHECK(w.head() == base);

    const auto hours_ago = [](int n) { return core::SystemClock().now() - std::chrono::hours(n); };
    landing.booted = hours_ago(3); // the lock was made since: somebody may hold it
    CHECK(code_of(w.own.push_fast_forward(landing)) == "locked");
    landing.booted = hours_ago(1);
    CHECK(code_of(w.own.push_fast_forward(landing)) == "ok");
    CHECK(w.head() == made);
    w.sh("test -L up.git/refs/heads/link.lock");

    const auto next = w.commit(made, {put("a", "c\n")}).value();
    w.sh("touch up.git/refs/heads/main.lock; (sleep 0.5; rm up.git/refs/heads/main.lock) &");
    CHECK(code_of(w.own.push_fast_forward(w.landing(next, made))) == "ok");

    // A clock that was set forward makes a lock that somebody holds look older than the machine.
    const auto last = w.commit(next, {put("a", "d\n")}).value();
    landing = w.landing(last, next);
    landing.booted = hours_ago(1);
    w.sh("touch -d '2 hours ago' up.git/refs/heads/main.lock; "
         "(sleep 0.5; mv up.git/refs/heads/main.lock held) &");
    CHECK(code_of(w.own.push_fast_forward(landing)) == "ok");
    w.sh("test -e held");
}

TEST_CASE("the daemon's own repository has no lock that outlives the daemon") {
    World w;
    w.fetch();
    w.sh("touch own/packed-refs.lock own/refs/upstream/main.lock && mkdir -p own/refs/agentd && "
         "touch own/refs/agentd/x.lock own/config.lock");
    CHECK(drop_dead_locks(w.dir / "own", core::SystemClock().now() + std::chrono::seconds(1)) == 3);
    CHECK(drop_dead_locks(w.dir / "own", core::SystemClock().now() + std::chrono::seconds(1)) == 0);
    CHECK(drop_dead_locks(w.dir / "nowhere", core::SystemClock().now()) == 0);
    w.sh("test -e own/config.lock");
    w.fetch();
}

TEST_CASE("no hook of the upstream and none of the daemon's repository runs") {
    World w;
    for (const char* hook :
         {"pre-receive", "update", "post-receive", "reference-transaction", "post-update"}) {
        w.sh(std::string("printf '#!/bin/sh\\ntouch ") + w.dir.path() + "/ran\\n' > up.git/hooks/" +
             hook + " && chmod +x up.git/hooks/" + hook +
             " && mkdir -p own/hooks && cp up.git/hooks/" + hook + " own/hooks/");
    }
    const auto base = w.fetch();
    const auto made = w.commit(base, {put("a", "b\n")}).value();
    REQUIRE(w.own.push_fast_forward(w.landing(made, base)).has_value());
    w.sh("test ! -e ran");
}

TEST_CASE("a note can be written, replaced and pushed, and foreign notes are never overwritten") {
    World w;
    const auto base = w.fetch();
    CHECK(code_of(w.own.push_notes(w.dir / "up.git")) == "nothing");
    w.own.add_note(base, "first", noon);
    w.own.add_note(base, "approved by alice, entry 7", noon);
    CHECK(w.own.note(base) == "approved by alice, entry 7");
    CHECK(code_of(w.own.push_notes(w.dir / "up.git")) == "ok");
    CHECK(w.out("git --git-dir=up.git notes --ref=agentd show " + base.str()) ==
          "approved by alice, entry 7");
    w.sh("git --git-dir=up.git notes --ref=agentd add -f -m other " + base.str());
    w.own.add_note(base, "mine", noon);
    CHECK(code_of(w.own.push_notes(w.dir / "up.git")) == "not_fast_forward");
}

TEST_CASE("a repository made anew takes the upstream's notes over") {
    World w;
    const auto base = w.fetch();
    w.own.add_note(base, "kept", noon);
    REQUIRE(w.own.push_notes(w.dir / "up.git").has_value());
    auto fresh = Repository::open_or_init_bare(w.dir / "fresh");
    REQUIRE(fresh.fetch_from(w.dir / "up.git", "main").has_value());
    CHECK(fresh.note(base) == "kept");
}

TEST_CASE("the daemon's repository takes back its own configuration and is never made inside "
          "another folder") {
    World w;
    w.sh("git --git-dir=own config core.fsmonitor /bin/evil");
    w.own = Repository::open_or_init_bare(w.dir / "own");
    CHECK(w.out("git --git-dir=own config core.fsmonitor") == "false");
    CHECK(w.out("git --git-dir=own config core.hooksPath") == "/dev/null");
    CHECK_THROWS_AS(Repository::open_or_init_bare(w.dir / "clone"), core::Failure);
    CHECK_THROWS_AS(Repository::open_or_init_bare(w.dir / "clone/.git"), core::Failure);
}

TEST_CASE("another user's repository is neither read nor written") {
    World w;
    if (::geteuid() != 0) {
        WARN("needs root to make a repository of another user");
        return;
    }
    const auto base = w.fetch();
    const auto made = w.commit(base, {put("a", "b\n")}).value();
    w.sh("chown -R 12345 up.git");
    const auto kind_of = [](const auto& act) {
        try {
            act();
        } catch (const core::Failure& failure) {
            return std::optional(failure.kind());
        }
        return std::optional<core::FailureKind>();
    };
    CHECK(kind_of([&] { (void)w.own.fetch_from(w.dir / "up.git", "main"); }) ==
          core::FailureKind::misconfigured);
    CHECK(kind_of([&] { (void)w.own.push_fast_forward(w.landing(made, base)); }) ==
          core::FailureKind::misconfigured);
    w.sh("chown -R 0 up.git");
    CHECK(w.head() == base);
}
