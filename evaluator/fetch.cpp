#include "evaluator/fetch.hpp"

#include "agentd/core/failure.hpp"
#include "agentd/core/fd.hpp"
#include "agentd/core/text.hpp"
#include "evaluator/fetch_watch.hpp"
#include "evaluator/nix_probe.hpp"
#include "evaluator/room.hpp"

#include <algorithm>
#include <filesystem>

namespace agentd::evaluator {
namespace {

using core::Problem;

constexpr std::size_t paths_a_call = 4000; // stays below the kernel's limit on arguments

/// Whose packages the running system takes.
struct Caches {
    std::string names{}; ///< as nix.conf has them
    std::string keys{};
    std::string netrc{};
};

std::string value(const ShownSettings& settings, std::string_view name) {
    const auto it = settings.find(name);
    return it == settings.end() ? "" : it->second;
}

/// No names when the running system takes nothing from anybody.
core::Result<Caches> caches_of(const Nix& nix, const std::stop_token& stop) {
    const auto settings = running_settings(nix, stop);
    if (!settings) {
        return settings.problem();
    }
    Caches out{.names = value(*settings, "substituters"),
               .keys = value(*settings, "trusted-public-keys"),
               .netrc = value(*settings, "netrc-file")};
    if (value(*settings, "substitute") == "false") {
        out.names.clear();
    }
    if (!out.names.empty() && through_daemon(nix) && value(*settings, "require-sigs") != "true") {
        return Problem{.code = "caches_unsafe",
                       .message = "the running system takes packages that nobody signed, and it "
                                  "would do so for a proposal",
                       .where = nix.settings().machine_settings + "/nix.conf",
                       .hint = "set nix.settings.require-sigs = true"};
    }
    for (const auto cache : core::split(out.names, ' ')) {
        const auto query = cache.find('?');
        if (query != cache.npos && cache.substr(query).find("trusted") != cache.npos) {
            return Problem{.code = "caches_unsafe",
                           .message = "a cache is marked as trusted, so that its signatures would "
                                      "not be looked at",
                           .where = std::string(cache),
                           .hint =
                               "take `trusted` out of its address in nix.settings.substituters"};
        }
    }
    return out;
}

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
        if (core::trim(caches->names).empty()) {
            return done({});
        }
        caches_ = std::move(caches).value();
        if (auto taken = read_back(nix_, command({}), stop_); !taken) {
            return refused(taken.problem());
        }
        watch_.phase("asking " + caches_.names + " for what is missing");
        if (auto ended = carry_out({"--realise", "--dry-run", request_.drv.str()})) {
            return std::move(*ended);
        }
        std::vector<core::StorePath> wanted;
        for (const auto& path : watch_.named()) {
            if (path.is_derivation()) {
                ++to_build_;
            } else {
                wanted.push_back(path);
            }
        }
        return take(std::move(wanted));
    }

  private:
    FetchOutcome take(std::vector<core::StorePath> wanted) {
        wanted_ = wanted;
        watch_.expect(wanted.size());
        watch_.phase(std::to_string(wanted.size()) + " paths are in caches, " +
                     std::to_string(to_build_) + " are to be built here");
        core::make_directories(request_.roots);
        for (std::size_t at = 0; at < wanted.size(); at += paths_a_call) {
            std::vector<std::string> arguments{"--realise", "--add-root",
                                               request_.roots + "/" + std::to_string(at)};
            for (std::size_t i = at; i < std::min(wanted.size(), at + paths_a_call); ++i) {
                arguments.push_back(wanted[i].str());
            }
            if (auto ended = carry_out(std::move(arguments))) {
                return std::move(*ended);
            }
        }
        return done(std::move(wanted));
    }

    sandbox::Command command(std::vector<std::string> arguments) const {
        auto out = nix_.nix_store(NixPurpose::fetch, std::move(arguments));
        auto& told = out.environment["NIX_CONFIG"];
        told +=
            "substituters = " + caches_.names + "\ntrusted-public-keys = " + caches_.keys + "\n";
        if (!caches_.netrc.empty()) {
            told += "netrc-file = " + caches_.netrc + "\n";
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
            return {.code = "fetch_timeout",
                    .message = "what the caches have did not come within " +
                               std::to_string(nix_.settings().fetch_deadline.count() / 1000) + " s",
                    .hint = "try again when the network is better, or raise nix.fetch_seconds"};
        }
        return not_given();
    }

    /// The caches said they had it, and it could not be had from them.
    Problem not_given() const {
        const auto* path = wanted_.empty() ? nullptr : &wanted_.front();
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
                    .message = "the cache " + (cache.empty() ? caches_.names : cache) +
                               " does not give what it offers",
                    .hint = "verify the proposal again; if it stays, take that cache out of "
                            "nix.settings.substituters or ask who runs it"};
        if (path != nullptr) {
            out.message += ": " + std::string(path->name());
            out.where = path->str();
        }
        if (!watch_.complaints().empty()) {
            out.message += " (" + core::join(watch_.complaints(), "; ") + ")";
        }
        out.message = core::shorten(out.message, 1500);
        return out;
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

    FetchOutcome done(std::vector<core::StorePath> paths) {
        return Fetched{.paths = std::move(paths),
                       .to_build = to_build_,
                       .bytes = watch_.bytes(),
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
    std::size_t to_build_ = 0;
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
