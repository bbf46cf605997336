#include "evaluator/fetch.hpp"

#include "agentd/core/failure.hpp"
#include "agentd/core/fd.hpp"
#include "agentd/core/text.hpp"
#include "evaluator/caches.hpp"
#include "evaluator/fetch_refusal.hpp"
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
        if (ended ? gave_nothing(*ended) : !wanted_of_silent().empty()) {
            ended = ask();
        }
        if (ended) {
            return gave_nothing(*ended) && !silent_.empty()
                       ? refused(said(caches_silent(silent_, wanted_of_silent())))
                       : std::move(ended);
        }
        if (!wanted_of_silent().empty()) {
            return refused(said(caches_silent(silent_, wanted_of_silent())));
        }
        return through_daemon(nix_) ? no_source() : std::nullopt;
    }

    /// The machine's Nix daemon would give what it fetches for a build its own network.
    std::optional<FetchOutcome> no_source() {
        if (const auto sources = fixed_outputs(to_build_); !sources.empty()) {
            return refused(source_missing(sources));
        }
        if (const auto unknown = unreadable(to_build_); !unknown.empty()) {
            return refused(nature_unknown(unknown));
        }
        return std::nullopt;
    }

    /// What caches that did not answer may have and nothing else can replace. Where another one
    /// answered, only sources: what needs none is built as on any machine.
    std::vector<std::string> wanted_of_silent() const {
        const auto all = core::split(caches_.names, ' ');
        const auto caches = static_cast<std::size_t>(std::count_if(
            all.begin(), all.end(), [](std::string_view one) { return !one.empty(); }));
        return silent_.empty()            ? std::vector<std::string>{}
               : silent_.size() == caches ? may_be_cached(to_build_)
                                          : fixed_outputs(to_build_);
    }

    /// As people may read them.
    std::string names() const { return without_credentials(caches_.names); }

    static bool gave_nothing(const FetchOutcome& ended) {
        const auto* refused = std::get_if<BuildRefused>(&ended);
        return refused != nullptr && refused->problem.code == "substitution_failed";
    }

    std::optional<FetchOutcome> ask() {
        watch_.ask_again();
        to_build_.clear();
        wanted_.clear();
        auto ended = carry_out({"--realise", "--dry-run", request_.drv.str()});
        for (const auto& path : watch_.named()) {
            (path.is_derivation() ? to_build_ : wanted_).push_back(path);
        }
        silent_ = blamed(caches_, watch_.complaints());
        return ended;
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
            return said(caches_slow(names(), nix_.settings().fetch_deadline));
        }
        return not_given();
    }

    /// The caches said they had it, and it could not be had from them; or nobody said anything.
    Problem not_given() const {
        if (wanted_.empty()) {
            return said(nothing_told(request_.drv));
        }
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
        std::string cache = path == nullptr ? "" : watch_.cache_of(*path);
        if (cache.empty()) { // a daemon does not tell; its complaints may
            cache = core::join(blamed(caches_, watch_.complaints()), ", ");
        }
        return said(cache_breaks_word(cache.empty() ? names() : cache, path));
    }

    Problem said(Problem problem) const {
        return with_words(std::move(problem), watch_.complaints());
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
