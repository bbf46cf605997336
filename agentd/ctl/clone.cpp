#include "agentd/ctl/clone.hpp"

#include "agentd/core/text.hpp"
#include "agentd/ctl/view.hpp"
#include "sandbox/run.hpp"

#include <unistd.h>

namespace agentd::ctl {

using core::Commit;
using core::Done;
using core::Problem;
using core::Result;
using sandbox::Outcome;

namespace {

constexpr std::size_t most_pack = 256U << 20;

std::string first_line(const Outcome& outcome) {
    return std::string(core::trim(outcome.out.bytes));
}

Problem git_failed(const std::string& doing, const Outcome& outcome, const std::string& where) {
    const std::string words(core::trim(core::to_utf8(outcome.err.bytes)));
    return {.code = "failed",
            .message = "git could not " + doing + ": " +
                       (words.empty() ? sandbox::describe(outcome.ending) : words),
            .where = where};
}

} // namespace

Result<Clone> Clone::open(Options options) {
    const std::string directory = options.directory;
    Clone clone(std::move(options), directory);
    const Problem none{.code = "no_repository",
                       .message = "there is no git clone with a work tree here",
                       .where = directory,
                       .hint =
                           "go to your clone of the flake, or name it: agentctl pull --clone DIR"};
    if (::access(directory.c_str(), X_OK) != 0) {
        return none;
    }
    const auto found = clone.git({"rev-parse", "--show-toplevel"});
    if (!found.succeeded() || first_line(found).empty()) {
        const bool foreign = found.err.bytes.find("dubious ownership") != std::string::npos;
        return foreign ? Problem{.code = "no_repository",
                                 .message = "this clone belongs to another user",
                                 .where = directory,
                                 .hint = "run `agentctl pull` as its owner"}
                       : none;
    }
    clone.top_ = first_line(found);
    return clone;
}

Outcome Clone::git(std::vector<std::string> arguments, std::map<std::string, std::string> more,
                   std::optional<std::string> input) {
    arguments.insert(arguments.begin(),
                     {"-c", "core.hooksPath=/dev/null", "-c", "core.fsmonitor=false", "-c",
                      "protocol.allow=never", "-C", top_});
    sandbox::Command command{.program = options_.git,
                             .arguments = std::move(arguments),
                             .environment = std::move(more),
                             .input = std::move(input)};
    command.environment.insert({{"HOME", options_.home},
                                {"LC_ALL", "C"},
                                {"GIT_TERMINAL_PROMPT", "0"},
                                {"GIT_NO_LAZY_FETCH", "1"},
                                // For filters that the owner's own configuration names.
                                {"PATH", "/run/current-system/sw/bin:/usr/bin:/bin"}});
    command.deadline = std::chrono::minutes(5);
    command.out.bytes = most_pack;
    command.out.above = sandbox::Cap::Above::stop;
    return sandbox::run(command, options_.stop);
}

Result<Commit> Clone::head() {
    const auto found = git({"rev-parse", "--verify", "-q", "HEAD^{commit}"});
    const auto commit = Commit::parse(first_line(found));
    if (!commit) {
        return Problem{.code = "no_repository",
                       .message = "the clone has no commit yet",
                       .where = top_,
                       .hint = "git pull"};
    }
    return *commit;
}

bool Clone::contains(const Commit& commit) {
    return git({"merge-base", "--is-ancestor", commit.str(), "HEAD"}).succeeded();
}

std::optional<Problem> Clone::check_branch(const std::string& branch) {
    const std::string at = first_line(git({"symbolic-ref", "-q", "--short", "HEAD"}));
    if (at == branch) {
        return std::nullopt;
    }
    return Problem{.code = "other_branch",
                   .message = at.empty()
                                  ? "no branch is checked out (HEAD is detached)"
                                  : "the branch `" + at + "` is checked out, not `" + branch + "`",
                   .where = top_,
                   .hint = "git switch " + branch};
}

std::optional<Problem> Clone::check_clean() {
    const auto found =
        git({"status", "--porcelain=v1", "-z", "--untracked-files=no", "--no-renames"});
    if (!found.succeeded()) {
        return git_failed("look at the work tree", found, top_);
    }
    constexpr std::size_t most_named = 10;
    std::vector<std::string> files;
    for (const auto row : core::split(found.out.bytes, '\0')) {
        if (row.size() > 3) {
            files.emplace_back(one_line(row.substr(3), 200));
        }
    }
    if (files.empty()) {
        return std::nullopt;
    }
    const std::size_t all = files.size();
    files.resize(std::min(all, most_named));
    return Problem{.code = "dirty",
                   .message = "the work tree has changes of yours in " + count(all, "file") + ": " +
                              core::join(files, ", ") + (all > most_named ? ", …" : ""),
                   .where = top_,
                   .hint =
                       "commit them (git commit) or put them aside (git stash), then pull again"};
}

std::optional<Problem> Clone::check_history(const Wanted& wanted,
                                            const std::map<std::string, std::string>& see) {
    const std::string commit = wanted.commit.str();
    if (!git({"cat-file", "-e", commit + "^{commit}"}, see).succeeded()) {
        return Problem{.code = "missing",
                       .message = "the commit " + wanted.commit.short_form() +
                                  " is not in the daemon's repository",
                       .where = wanted.repository,
                       .hint = "agentctl doctor"};
    }
    if (git({"merge-base", "--is-ancestor", "HEAD", commit}, see).succeeded()) {
        return std::nullopt;
    }
    const std::string own = first_line(git({"rev-list", "--count", commit + "..HEAD"}, see));
    return Problem{.code = "diverged",
                   .message =
                       "your branch has " +
                       (own.empty()
                            ? "commits"
                            : count(static_cast<std::size_t>(core::parse_integer(own).value_or(0)),
                                    "commit")) +
                       " that agentd's change was not tested with",
                   .where = top_ + ", branch " + wanted.branch,
                   .hint = "git push, then let agentd make the change again on the new head: "
                           "agentctl list"};
}

Result<Done> Clone::fast_forward(const Wanted& wanted) {
    if (auto problem = check_branch(wanted.branch)) {
        return *problem;
    }
    if (auto problem = check_clean()) {
        return *problem;
    }
    const std::string objects = wanted.repository + "/objects";
    if (::access(objects.c_str(), R_OK | X_OK) != 0) {
        return Problem{.code = "unreadable",
                       .message = "you cannot read the daemon's repository",
                       .where = wanted.repository,
                       .hint = "let your user read it, or let agentd land changes itself: [flake] "
                               "landing = \"fast-forward\" in agentd.toml"};
    }
    const std::map<std::string, std::string> see{{"GIT_ALTERNATE_OBJECT_DIRECTORIES", objects}};
    if (auto problem = check_history(wanted, see)) {
        return *problem;
    }
    const auto pack = git({"pack-objects", "--revs", "--stdout", "-q", "--delta-base-offset"}, see,
                          wanted.commit.str() + "\n^HEAD\n");
    if (!pack.succeeded()) {
        return git_failed("read agentd's commits", pack, wanted.repository);
    }
    const auto kept = git({"unpack-objects", "-q", "--strict"}, {}, pack.out.bytes);
    if (!kept.succeeded()) {
        return git_failed("take agentd's commits over", kept, top_);
    }
    const auto merged = git({"merge", "--ff-only", "-q", wanted.commit.str()});
    return merged.succeeded() ? Result<Done>(Done{}) : git_failed("fast-forward", merged, top_);
}

} // namespace agentd::ctl
