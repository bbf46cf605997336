#include "agentd/ctl/own_index.hpp"

#include "agentd/core/failure.hpp"
#include "agentd/ctl/aside.hpp"
#include "agentd/ctl/interrupt.hpp"
#include "agentd/ctl/own_nix.hpp"
#include "agentd/ctl/scratch.hpp"
#include "agentd/ctl/take_over.hpp"
#include "agentd/ctl/view.hpp"
#include "evaluator/index/make_index.hpp"
#include "evaluator/isolation.hpp"
#include "evaluator/nix_probe.hpp"
#include "proposals/git.hpp"
#include "proposals/git_foreign.hpp"

#include <cstdlib>
#include <filesystem>
#include <functional>
#include <sys/stat.h>
#include <unistd.h>

namespace agentd::ctl {
namespace {

using core::Problem;
using core::Result;

/// Of the caller, kept between two questions: an evaluation of a real host takes seconds. Only a
/// folder of his own is used; "" where there is none.
std::string cache_folder() {
    namespace fs = std::filesystem;
    const char* cache = std::getenv("XDG_CACHE_HOME");
    const char* home = std::getenv("HOME");
    const fs::path start = cache != nullptr && *cache == '/' ? fs::path(cache)
                           : home != nullptr && *home == '/' ? fs::path(home) / ".cache"
                                                             : fs::path();
    std::error_code error;
    const auto place = fs::canonical(start, error); // what is no link can be opened as such
    struct stat found {};
    if (error || ::stat(place.c_str(), &found) != 0 || found.st_uid != ::geteuid()) {
        return {};
    }
    const auto own = place / "agentd";
    ::mkdir(own.c_str(), 0700);
    const bool usable =
        ::lstat(own.c_str(), &found) == 0 && S_ISDIR(found.st_mode) && found.st_uid == ::geteuid();
    return usable ? (own / "indexes").string() : std::string();
}

/// A cache that cannot be used is done without.
Result<std::unique_ptr<evaluator::OptionIndex>> from_shelf(
    Context& context, const std::string& scratch,
    const std::function<Result<std::unique_ptr<evaluator::OptionIndex>>(const std::string& folder)>&
        ask) {
    if (const auto folder = cache_folder(); !folder.empty()) {
        try {
            return ask(folder);
        } catch (const core::Failure& failure) {
            note(context.around(),
                 "nothing is kept for the next question: " + one_line(failure.message()) + " (" +
                     one_line(failure.where()) + ")");
        }
    }
    return ask(scratch + "/indexes");
}

/// HEAD of the clone, taken over into a repository of ours.
Result<core::Commit> take_head(const std::string& directory, const std::string& scratch,
                               proposals::Repository& own) {
    auto clone = proposals::ForeignClone::open(directory, scratch + "/clone");
    if (!clone) {
        return clone.problem();
    }
    auto head = clone->commit("HEAD");
    if (!head) {
        return head.problem();
    }
    clone->publish({.base = *head});
    return take_over(own, *clone, "base", directory);
}

Result<core::Done> usable(const evaluator::Nix& nix, const std::stop_token& stop) {
    auto answers = evaluator::store_answers(nix);
    return answers ? evaluator::read_back(nix, evaluator::NixPurpose::evaluate, stop) : answers;
}

} // namespace

Result<std::unique_ptr<evaluator::OptionIndex>> own_index(Context& context, const Config* config) {
    const auto& asked = context.asked();
    const auto host = core::HostName::parse(asked.value("--host").value_or(""));
    if (!host) {
        return Problem{.code = "usage",
                       .message = "--host is missing, or no name of a host",
                       .hint = "one of the names below nixosConfigurations in flake.nix"};
    }
    Interrupt interrupt(context.around().stop);
    Scratch scratch;
    const auto directory = context.absolute(asked.value("--repo").value_or("."));
    auto own = proposals::Repository::open_or_init_bare(scratch.path() + "/own.git");
    const auto commit = take_head(directory, scratch.path(), own);
    if (!commit) {
        return commit.problem();
    }
    const auto nix =
        own_nix(config != nullptr ? std::optional(*config) : std::nullopt, scratch.path());
    return from_shelf(context, scratch.path(), [&](const std::string& folder) {
        evaluator::IndexShelf shelf(nix, folder);
        if (auto known = shelf.known(*commit, *host)) {
            return Result<std::unique_ptr<evaluator::OptionIndex>>(std::move(known));
        }
        if (auto taken = usable(nix, interrupt.token()); !taken) {
            return Result<std::unique_ptr<evaluator::OptionIndex>>(taken.problem());
        }
        for (const auto& missing : evaluator::missing_for_evaluation(nix, interrupt.token())) {
            note(context.around(), missing);
        }
        context.terminal().progress("reading the options of " + host->str() + " at " +
                                    commit->short_form());
        return shelf.get({.repository = scratch.path() + "/own.git",
                          .ref = "refs/upstream/base",
                          .commit = *commit},
                         *host, interrupt.token());
    });
}

} // namespace agentd::ctl
