/// @file
/// The demo's repository, made once, and commits on top of it, for tests with the real Nix.
#pragma once

#include "agentd/core/fd.hpp"
#include "evaluator/build.hpp"
#include "evaluator/evaluation.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/temp_dir.hpp"

#include <chrono>
#include <cstdlib>
#include <map>
#include <string>

namespace agentd::test {

/// The machine's own Nix, or the one whose programs lie in the folder that AGENTD_TEST_NIX names
/// (tests/nix/run).
inline evaluator::NixPrograms nix_under_test() {
    const char* folder = std::getenv("AGENTD_TEST_NIX");
    if (folder == nullptr || *folder == '\0') {
        return {};
    }
    return {.nix = std::string(folder) + "/nix", .nix_store = std::string(folder) + "/nix-store"};
}

/// A static busybox is the only builder of the demo; the sandbox holds nothing else.
class NixFixture {
  public:
    NixFixture() {
        const auto made = sandbox::run({.program = source_tree() + "/tests/demo/prepare",
                                        .arguments = {dir_ / "demo"},
                                        .environment = {{"PATH", "/usr/bin:/bin"}}});
        INFO(made.err.bytes);
        REQUIRE(made.succeeded());
        repository_ = dir_ / "demo/upstream.git";
    }

    /// Where tests keep what they make.
    std::string operator/(const std::string& name) const { return dir_ / name; }
    const std::string& repository() const { return repository_; }

    evaluator::NixSettings settings() const {
        evaluator::NixSettings out{.scratch = dir_ / "nix"};
        if (const auto programs = nix_under_test(); !programs.nix.empty()) {
            out.libraries = {programs.nix.substr(0, programs.nix.rfind("/bin/")) + "/root"};
            out.sandbox_paths = {"/bin/sh=/bin/busybox"}; // Debian's own default is not here
        }
        return out;
    }
    evaluator::Nix nix() const { return nix(settings()); }
    evaluator::Nix nix(evaluator::NixSettings settings) const {
        return evaluator::Nix(evaluator::NixInstallation(nix_under_test()), std::move(settings));
    }

    /// The head of the demo.
    evaluator::FlakeSource head() { return commit({}); }

    /// The head with these files written (an empty text removes one), as a commit under
    /// refs/agentd.
    evaluator::FlakeSource commit(const std::map<std::string, std::string>& files) {
        const std::string tree = dir_ / "tree";
        if (!made_tree_) {
            git("", {"clone", "-q", repository_, tree});
            made_tree_ = true;
        }
        git(tree, {"checkout", "-q", "--force", "origin/main"});
        for (const auto& [name, text] : files) {
            if (text.empty()) {
                git(tree, {"rm", "-q", name});
            } else {
                core::write_file_durably(tree + "/" + name, text, 0644);
            }
        }
        git(tree, {"add", "-A"});
        git(tree, {"-c", "user.name=t", "-c", "user.email=t@example.org", "commit", "-q",
                   "--allow-empty", "-m", "t"});
        const std::string ref = "refs/agentd/" + std::to_string(++count_);
        git(tree, {"push", "-q", "origin", "HEAD:" + ref});
        auto id = git(tree, {"rev-parse", "HEAD"});
        id.pop_back();
        return {.repository = repository_, .ref = ref, .commit = core::Commit::parse(id).value()};
    }

    /// The head, with one more module for the host `web`.
    evaluator::FlakeSource with_module(const std::string& module) {
        return commit({{"hosts/web/agentd.nix", module}});
    }

    /// A derivation of one busybox script. A mark makes it new: what is in the store already is not
    /// built.
    core::StorePath derivation(const std::string& name, const std::string& script,
                               const std::string& more = "") const {
        static const std::string mark =
            std::to_string(std::chrono::system_clock::now().time_since_epoch().count());
        auto command = nix().nix(
            evaluator::NixPurpose::evaluate,
            {"eval", "--raw", "--impure", "--expr",
             "(derivation { name = \"" + name + "\"; system = \"x86_64-linux\"; mark = \"" + mark +
                 "\"; builder = \"${builtins.path { path = " + (dir_ / "demo/seed/bb") +
                 "; name = \"bb\"; }}/busybox\"; args = [ \"sh\" \"-c\" ''" + script + "'' ]; " +
                 more + " }).drvPath"});
        // Tests write their own little derivations; what agentd evaluates is never run this way.
        auto& configuration = command.environment["NIX_CONFIG"];
        configuration += "restrict-eval = false\npure-eval = false\n";
        const auto outcome = sandbox::run(command);
        INFO(outcome.err.bytes);
        REQUIRE(outcome.succeeded());
        return core::StorePath::parse(outcome.out.bytes).value();
    }

    static core::HostName host(const std::string& name = "web") {
        return core::HostName::parse(name).value();
    }

  private:
    static std::string source_tree() {
        const std::string here = __FILE__; // <source tree>/tests/unit/evaluator/nix_fixture.hpp
        return here.substr(0, here.rfind("/tests/unit/"));
    }
    static std::string git(const std::string& directory, std::vector<std::string> arguments) {
        const auto outcome =
            sandbox::run({.program = "/usr/bin/git",
                          .arguments = std::move(arguments),
                          .environment = {{"PATH", "/usr/bin"}, {"HOME", "/nonexistent"}},
                          .directory = directory.empty() ? "/" : directory});
        INFO(outcome.err.bytes);
        REQUIRE(outcome.succeeded());
        return outcome.out.bytes;
    }

    TempDir dir_;
    std::string repository_;
    bool made_tree_ = false;
    int count_ = 0;
};

} // namespace agentd::test
