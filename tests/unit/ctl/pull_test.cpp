#include "agentd/core/fd.hpp"
#include "tests/support/catch.hpp"
#include "tests/unit/ctl/ctl_fixture.hpp"

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <sys/wait.h>

using namespace agentd;
using test::Ctl;
using test::FakeDaemon;
using test::Json;
using test::ok;

namespace {

/// The owner's clone, the daemon's bare repository one commit ahead of it, and what agentd says.
struct Place {
    Ctl agentctl;
    std::string clone = agentctl.directory / "clone";
    std::string bare = agentctl.directory / "repository.git";
    std::string commit;
    Json pull;

    Place() {
        git("init -q -b main " + clone);
        write("flake.nix", "{ }\n");
        commit_all("first");
        git("clone -q --bare " + clone + " " + bare);
        const std::string other = agentctl.directory / "other";
        git("clone -q " + bare + " " + other);
        std::ofstream(other + "/added.nix") << "{ }\n";
        git("-C " + other + " add -A");
        git("-C " + other + " commit -q -m change");
        commit = git("-C " + other + " rev-parse HEAD");
        git("-C " + other + " push -q origin HEAD:refs/agentd/x");
        pull = {{"branch", "main"}, {"commit", commit}, {"repository", bare}, {"proposals", {"X"}}};
        agentctl.cwd = clone;
        agentctl.variables["HOME"] = agentctl.directory.path();
    }

    static std::string git(const std::string& arguments) {
        const std::string line =
            "GIT_CONFIG_GLOBAL=/dev/null /usr/bin/git -c user.name=a -c user.email=a@b "
            "-c protocol.file.allow=always " +
            arguments + " 2>&1";
        FILE* pipe = ::popen(line.c_str(), "r");
        std::string out;
        for (int c = std::fgetc(pipe); c != EOF; c = std::fgetc(pipe)) {
            out += static_cast<char>(c);
        }
        INFO(line << "\n" << out);
        REQUIRE(::pclose(pipe) == 0);
        return out.substr(0, out.find('\n'));
    }
    void write(const std::string& name, const std::string& text) const {
        std::ofstream(clone + "/" + name) << text;
    }
    void commit_all(const std::string& message) const {
        git("-C " + clone + " add -A");
        git("-C " + clone + " commit -q -m " + message);
    }
    std::string head() const { return git("-C " + clone + " rev-parse HEAD"); }
    test::Ran run(const std::string& upstream_head = std::string(40, '1')) {
        const FakeDaemon daemon(
            agentctl.socket(),
            test::by_method(
                {{"pull", ok(pull)},
                 {"status", ok({{"machine", {{"head", {{"commit", upstream_head}}}}}})}}));
        return agentctl.run({"pull"});
    }
};

} // namespace

TEST_CASE("pull fast-forwards a clean clone to the applied commit") {
    Place place;
    const auto ran = place.run();
    INFO(ran.err);
    CHECK(ran.exit == 0);
    CHECK(place.head() == place.commit);
    CHECK(std::filesystem::exists(place.clone + "/added.nix"));
    CHECK(Place::git("-C " + place.clone + " status --porcelain").empty());
    CHECK(Place::git("-C " + place.clone + " fsck --strict").find("error") == std::string::npos);
    CHECK(ran.out.find("main is now at " + place.commit.substr(0, 12) + " (1 proposal)") == 0);
    const auto again = place.run();
    CHECK(again.exit == 0);
    CHECK(again.out.find("nothing to pull") == 0);
}

TEST_CASE("pull names the files that are changed and leaves everything as it is") {
    Place place;
    const auto before = place.head();
    place.write("flake.nix", "{ mine = 1; }\n");
    const auto ran = place.run();
    CHECK(ran.exit == 1);
    CHECK(ran.err.find("changes of yours in 1 file: flake.nix") != std::string::npos);
    CHECK(place.head() == before);
}

TEST_CASE("pull does not overwrite a file that git does not know") {
    Place place;
    place.write("added.nix", "mine\n");
    const auto before = place.head();
    const auto ran = place.run();
    CHECK(ran.exit == 1);
    CHECK(place.head() == before);
    CHECK(core::read_file(place.clone + "/added.nix") == "mine\n");
}

TEST_CASE("pull on another branch or a detached HEAD says which") {
    Place place;
    Place::git("-C " + place.clone + " switch -q -c work");
    CHECK(place.run().err.find("the branch `work` is checked out, not `main`") !=
          std::string::npos);
    Place::git("-C " + place.clone + " switch -q --detach");
    CHECK(place.run().err.find("HEAD is detached") != std::string::npos);
}

TEST_CASE("pull refuses a branch that went another way") {
    Place place;
    place.write("mine.nix", "{ }\n");
    place.commit_all("mine");
    const auto before = place.head();
    const auto ran = place.run();
    CHECK(ran.exit == 1);
    CHECK(ran.err.find("your branch has 1 commit that agentd's change was not tested with") !=
          std::string::npos);
    CHECK(place.head() == before);
}

TEST_CASE("pull where there is no clone, or no repository to read, says so") {
    Place place;
    place.pull["repository"] = "/nonexistent/repository.git";
    CHECK(place.run().err.find("you cannot read the daemon's repository") != std::string::npos);
    place.agentctl.cwd = place.agentctl.directory.path();
    CHECK(place.run().err.find("there is no git clone with a work tree here") != std::string::npos);
    place.agentctl.cwd = place.bare;
    CHECK(place.run().err.find("there is no git clone with a work tree here") != std::string::npos);
}

TEST_CASE("pull runs no hook of the clone and nothing that the daemon's repository configures") {
    Place place;
    const std::string mark = place.agentctl.directory / "ran";
    for (const std::string hook : {"post-merge", "reference-transaction", "post-checkout"}) {
        const std::string file = place.clone + "/.git/hooks/" + hook;
        std::ofstream(file) << "#!/bin/sh\ntouch " << mark << "\n";
        std::filesystem::permissions(file, std::filesystem::perms::owner_all);
    }
    Place::git("-C " + place.bare + " config core.fsmonitor 'touch " + mark + "'");
    Place::git("-C " + place.bare + " config uploadpack.packObjectsHook 'touch " + mark + "'");
    CHECK(place.run().exit == 0);
    CHECK_FALSE(std::filesystem::exists(mark));
}

TEST_CASE("a commit or a repository that is none is refused before git hears of it") {
    for (const auto& [key, value] :
         {std::pair("commit", "--upload-pack=x"), std::pair("branch", "-x"),
          std::pair("repository", "ext::sh -c x")}) {
        Place place;
        place.pull[key] = value;
        CHECK(place.run().exit == 1);
    }
}

TEST_CASE("what is landed in the upstream already is a matter of git pull") {
    Place place;
    place.pull["commit"] = nullptr;
    const auto ran = place.run(place.commit);
    CHECK(ran.exit == 0);
    CHECK(ran.out.find("next: git pull") != std::string::npos);
    CHECK(place.run(place.head()).out.find("nothing to pull") == 0);
}
