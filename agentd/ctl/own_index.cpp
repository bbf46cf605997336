#include "agentd/ctl/own_index.hpp"

#include "agentd/core/failure.hpp"
#include "agentd/ctl/aside.hpp"
#include "agentd/ctl/own_source.hpp"
#include "agentd/ctl/view.hpp"
#include "evaluator/index/make_index.hpp"

#include <cstdlib>
#include <filesystem>
#include <functional>
#include <sys/stat.h>
#include <unistd.h>

namespace agentd::ctl {
namespace {

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

} // namespace

Result<std::unique_ptr<evaluator::OptionIndex>> own_index(Context& context, const Config* config,
                                                          std::string_view name) {
    const auto source = OwnSource::open(context, config, name);
    if (!source) {
        return source.problem();
    }
    const auto head = (*source)->head();
    const auto& host = (*source)->host();
    return from_shelf(context, (*source)->scratch(), [&](const std::string& folder) {
        evaluator::IndexShelf shelf((*source)->nix(), folder);
        if (auto known = shelf.known(head.commit, host)) {
            return Result<std::unique_ptr<evaluator::OptionIndex>>(std::move(known));
        }
        if (auto ready = (*source)->ready(context); !ready) {
            return Result<std::unique_ptr<evaluator::OptionIndex>>(ready.problem());
        }
        context.terminal().progress("reading the options of " + host.str() + " at " +
                                    head.commit.short_form());
        return shelf.get(head, host, (*source)->stop());
    });
}

} // namespace agentd::ctl
