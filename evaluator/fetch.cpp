#include "evaluator/fetch.hpp"

#include "agentd/core/failure.hpp"
#include "agentd/core/fd.hpp"
#include "agentd/core/text.hpp"
#include "evaluator/caches.hpp"
#include "evaluator/fetch_watch.hpp"
#include "evaluator/nix_probe.hpp"
#include "evaluator/remainder.hpp"
#include "evaluator/room.hpp"

#include <algorithm>
#include <filesystem>

namespace agentd::evaluator {
namespace {

using core::Problem;

constexpr std::size_t paths_a_call = 4000; // stays below the kernel's limit on arguments

/// One errand of a fetch, from the first question to the last check.
class Errand {
  public:
    Errand(const Nix& nix, const FetchRequest& request, const BuildCallback& on_event,
           const std::stop_token& stop)
        : nix_(nix), request_(request), stop_(stop),
          watch_(on_event, nix.settings().fetch_bytes, nix.settings().build_log),
          room_("/nix/store", nix.settings().disk_reserve) {}

    FetchOutcome run() {
        auto caches = caches_of(nix_, stop_);
        if (!caches) {
            return refused(caches.problem());
        }
        caches_ = std::move(caches).value();
        if (core::trim(caches_.names).empty() && !through_daemon(nix_)) {
            return done();
        }
        if (auto taken = read_back(nix_, command({}), stop_); !taken) {
            return refused(taken.problem());
        }
        if (!caches_.names.empty()) {
            watch_.phase("asking " + names() + " for what is missing");
        }
        if (auto ended = plan()) {
            return std::move(*ended);
        }
        return take();
    }

  private:
    /// What is missing, who has it, and whether the remainder may be built. Asked twice before a
    /// cache counts as one that does not answer.
    std::optional<FetchOutcome> plan() {
        auto ended = ask();
        if (!ended ? !silent_.empty() && !may_be_cached(to_build_).empty() : gave_nothing(*ended)) {
            ended = ask();
        }
        if (ended) {
            return gave_nothing(*ended) && !caches_.names.empty() ? refused(not_answering())
                                                                  : std::move(ended);
        }
        if (!silent_.empty() && !may_be_cached(to_build_).empty()) {
            return refused(not_answering());
        }
        if (const auto sources = fixed_outputs(to_build_);
            !sources.empty() && through_daemon(nix_)) {
            return refused(source_missing(sources));
        }
        return std::nullopt;
    }

    /// As people may read them.
    std::string names() const { return without_credentials(caches_.names); }

    static bool gave_nothing(const FetchOutcome& ended) {
        const auto* refused = std::get_if<BuildRefused>(&ended);
        return refused != nullptr && refused->problem.code == "substitution_failed";
    }

    std::optional<FetchOutcome> ask() {
        watch_.ask_again();
        auto ended = carry_out({"--realise", "--dry-run", request_.drv.str()});
        to_build_.clear();
        wanted_.clear();
        for (const auto& path : watch_.named()) {
            (path.is_derivation() ? to_build_ : wanted_).push_back(path);
        }
        silent_ = blamed(caches_, watch_.complaints());
        return ended;
    }

    Problem not_answering() const {
        const auto cached = may_be_cached(to_build_);
        const std::string who = silent_.empty() ? names() : core::join(silent_, ", ");
        Problem out{.code = "substitution_failed",
                    .message = "the cache " + who + " does not answer",
                    .where = who,
                    .hint = "see that it can be reached (curl " + who.substr(0, who.find(',')) +
                            "/nix-cache-info) and verify the proposal again; or take it out of "
                            "nix.settings.substituters, or set nix.fetch = false to build "
                            "everything here"};
        if (!cached.empty()) {
            out.message += ", and what it may have would be compiled here: " + a_few(cached);
        }
        return with_complaints(std::move(out));
    }

    Problem with_complaints(Problem problem) const {
        if (!watch_.complaints().empty()) {
            problem.message += " (" + core::join(watch_.complaints(), "; ") + ")";
        }
        problem.message = core::shorten(problem.message, 1500);
        return problem;
    }

    FetchOutcome take() {
        watch_.expect(wanted_.size());
        watch_.phase(std::to_string(wanted_.size()) + " paths are in caches, " +
                     std::to_string(to_build_.size()) + " are to be built here");
        core::make_directories(request_.roots);
        for (std::size_t at = 0; at < wanted_.size(); at += paths_a_call) {
            std::vector<std::string> arguments{"--realise", "--add-root",
                                               request_.roots + "/" + std::to_string(at)};
            for (std::size_t i = at; i < std::min(wanted_.size(), at + paths_a_call); ++i) {
                arguments.push_back(wanted_[i].str());
            }
            if (auto ended = carry_out(std::move(arguments))) {
                return std::move(*ended);
            }
        }
        return done();
    }

    sandbox::Command command(std::vector<std::string> arguments) const {
        auto out = nix_.nix_store(NixPurpose::fetch, std::move(arguments));
        auto& told = out.environment["NIX_CONFIG"];
        told +=
            "substituters = " + caches_.names + "\ntrusted-public-keys = " + caches_.keys + "\n";
        if (!caches_.netrc.empty()) {
            told += "netrc-file = " + caches_.netrc + "\n";
        }
        if (caches_.names.empty()) {
            told += "substitute = false\n";
        }
        out.profile->limits.file_size = nix_.settings().fetch_bytes + (256U << 20);
        out.profile->limits.address_space = nix_.settings().evaluation_memory;
        return out;
    }

    /// nullopt when it ended well.
    std::optional<FetchOutcome> carry_out(std::vector<std::string> arguments) {
        arguments.insert(arguments.end(), {"--log-format", "internal-json"});
        auto nix_store = command(std::move(arguments));
        nix_store.err = {.bytes = 4096, .above = sandbox::Cap::Above::truncate};
        nix_store.deadline -= std::min(spent_, nix_store.deadline);
        nix_store.on_line = [&](sandbox::Stream stream, std::string_view line) {
            if (stream == sandbox::Stream::err) {
                watch_.line(line);
            }
        };
        nix_store.wanted = [&] { return !watch_.wrong() && room_.left(); };
        const auto outcome = sandbox::run(nix_store, stop_);
        spent_ += std::chrono::ceil<std::chrono::milliseconds>(outcome.wall);
        if (outcome.succeeded() && !watch_.wrong()) {
            return std::nullopt;
        }
        if (std::holds_alternative<sandbox::Cancelled>(outcome.ending)) {
            return BuildCancelled{spent_};
        }
        forget_answers();
        return refused(why(outcome));
    }

    Problem why(const sandbox::Outcome& outcome) const {
        if (watch_.wrong()) {
            return *watch_.wrong();
        }
        if (std::holds_alternative<sandbox::Unwanted>(outcome.ending)) {
            return no_room("fetch_limit");
        }
        if (std::holds_alternative<sandbox::TimedOut>(outcome.ending)) {
            return with_complaints(
                {.code = "fetch_timeout",
                 .message = "what is missing did not come from " + names() + " within " +
                            std::to_string(nix_.settings().fetch_deadline.count() / 1000) + " s",
                 .where = names(),
                 .hint = "verify the proposal again when that cache answers, raise "
                         "nix.fetch_seconds, or take it out of nix.settings.substituters"});
        }
        return not_given();
    }

    /// The caches said they had it, and it could not be had from them.
    Problem not_given() const {
        const auto* path = wanted_.size() == 1 ? &wanted_.front() : nullptr;
        for (const auto& complaint : watch_.complaints()) {
            // By the path, never by the words around it: those differ by version.
            const auto named = std::find_if(wanted_.begin(), wanted_.end(), [&](const auto& each) {
                return complaint.find(each.str()) != complaint.npos;
            });
            if (named != wanted_.end()) {
                path = &*named;
                break;
            }
        }
        const std::string cache = path == nullptr ? "" : watch_.cache_of(*path);
        Problem out{.code = "substitution_failed",
                    .message = "the cache " + (cache.empty() ? names() : cache) +
                               " does not give what it offers",
                    .hint = "verify the proposal again; if it stays, take that cache out of "
                            "nix.settings.substituters or ask who runs it"};
        if (path != nullptr) {
            out.message += ": " + std::string(path->name());
            out.where = path->str();
        }
        return with_complaints(std::move(out));
    }

    /// Nix remembers what a cache said of a path: a lie must not outlive its cause.
    void forget_answers() const {
        std::error_code ignored;
        for (const auto& entry :
             std::filesystem::directory_iterator(nix_.settings().scratch + "/cache/nix", ignored)) {
            if (entry.path().filename().string().starts_with("binary-cache")) {
                std::filesystem::remove(entry.path(), ignored);
            }
        }
    }

    FetchOutcome refused(Problem problem) {
        return BuildRefused{.problem = std::move(problem),
                            .last_lines = watch_.complaints(),
                            .log = watch_.take_log(),
                            .nix_time = spent_};
    }

    FetchOutcome done() {
        auto caches = tally(
            nix_, wanted_, [&](const core::StorePath& path) { return watch_.cache_of(path); },
            stop_);
        std::uint64_t bytes = 0;
        for (const auto& each : caches) {
            bytes += each.bytes;
        }
        return Fetched{.paths = std::move(wanted_),
                       .to_build = to_build_.size(),
                       .bytes = bytes,
                       .caches = std::move(caches),
                       .silent = std::move(silent_),
                       .log = watch_.take_log(),
                       .nix_time = spent_};
    }

    const Nix& nix_;
    const FetchRequest& request_;
    const std::stop_token& stop_;
    FetchWatch watch_;
    Room room_;
    Caches caches_{};
    std::vector<core::StorePath> wanted_{};
    std::vector<core::StorePath> to_build_{};
    std::vector<std::string> silent_{};
    std::chrono::milliseconds spent_{};
};

} // namespace

FetchOutcome fetch(const Nix& nix, const FetchRequest& request, const BuildCallback& on_event,
                   std::stop_token stop) {
    AGENTD_CHECK(request.drv.is_derivation());
    if (!request.roots.starts_with('/')) {
        throw core::Failure(core::FailureKind::internal, "the folder of roots must be absolute",
                            request.roots);
    }
    forget_fetched(request);
    return Errand(nix, request, on_event, stop).run();
}

void forget_fetched(const FetchRequest& request) {
    std::error_code ignored;
    std::filesystem::remove_all(request.roots, ignored);
}

} // namespace agentd::evaluator
