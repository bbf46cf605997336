#include "evaluator/sources.hpp"

#include "agentd/core/failure.hpp"
#include "agentd/core/fd.hpp"
#include "agentd/core/text.hpp"
#include "evaluator/store_info.hpp"

#include <algorithm>
#include <filesystem>
#include <unistd.h>

namespace agentd::evaluator {
namespace {

using core::Problem;

constexpr std::size_t most_lock = 1U << 20;
constexpr std::size_t most_fetched = 64;

class Errand {
  public:
    Errand(const Nix& nix, const SourceGiver& giver, const SourcesRequest& request,
           const std::stop_token& stop)
        : nix_(nix), giver_(giver), request_(request), stop_(stop) {}

    SourcesOutcome run() {
        for (const auto& wanted : request_.sources) {
            if (!wanted.changed && ::access(wanted.source.path.str().c_str(), F_OK) == 0) {
                continue;
            }
            if (out_.told.size() == most_fetched) {
                return refused({.code = "fetch_limit",
                                .message = "more than " + std::to_string(most_fetched) +
                                           " inputs would have to be fetched",
                                .where = "flake.lock"});
            }
            if (auto ended = fetch(wanted)) {
                return std::move(*ended);
            }
        }
        return std::move(out_);
    }

  private:
    std::optional<SourcesOutcome> fetch(const SourceWanted& wanted) {
        if (!nix_.settings().fetch) {
            return refused({.code = "input_not_fetched",
                            .message = "the input `" + wanted.name + "` " +
                                       (wanted.changed ? "changed" : "is not in the store") +
                                       ", and nothing is to be fetched",
                            .where = "flake.lock",
                            .hint = "set nix.fetch = true, and do not work offline"});
        }
        const auto began = std::chrono::steady_clock::now();
        const auto limit = nix_.settings().fetch_deadline;
        const auto given = giver_.give(wanted, limit - std::min(out_.nix_time, limit), stop_);
        out_.nix_time +=
            std::chrono::ceil<std::chrono::milliseconds>(std::chrono::steady_clock::now() - began);
        if (given) {
            return keep(wanted);
        }
        if (given.problem().code == "cancelled") {
            return BuildCancelled{out_.nix_time};
        }
        return refused(given.problem());
    }

    /// Until it was evaluated nothing else holds it.
    std::optional<SourcesOutcome> keep(const SourceWanted& wanted) {
        core::make_directories(request_.roots);
        const auto kept =
            sandbox::run(nix_.nix_store(NixPurpose::query,
                                        {"--realise", wanted.source.path.str(), "--add-root",
                                         request_.roots + "/" + std::to_string(out_.told.size())}),
                         stop_);
        const auto info = path_info(nix_, wanted.source.path, stop_);
        if (!kept.succeeded() || !info) {
            return refused({.code = "input_not_fetched",
                            .message = "the input `" + wanted.name +
                                       "` was fetched and is not in "
                                       "the store",
                            .where = wanted.source.path.str(),
                            .hint = "verify the proposal again"});
        }
        out_.bytes += info->nar_size;
        const std::string& now = wanted.source.revision;
        out_.told.push_back(wanted.name +
                            (wanted.before.empty() ? " " : " " + wanted.before + " -> ") +
                            (now.empty() ? "of " + wanted.source.origin : now));
        out_.log += "fetched the input " + out_.told.back() + " from " + wanted.source.origin +
                    ", as its hash says: " + wanted.source.path.str() + "\n";
        return std::nullopt;
    }

    SourcesOutcome refused(Problem problem) {
        return BuildRefused{.problem = std::move(problem),
                            .log = {.text = std::move(out_.log)},
                            .nix_time = out_.nix_time};
    }

    const Nix& nix_;
    const SourceGiver& giver_;
    const SourcesRequest& request_;
    const std::stop_token& stop_;
    SourcesFetched out_{};
};

} // namespace

std::string lock_text(const Nix& nix, const FlakeSource& source, const std::stop_token& stop) {
    auto command =
        nix.git(source.repository,
                {"cat-file", "blob", source.commit.str() + ":" + source.file("flake.lock")});
    command.out = {.bytes = most_lock, .above = sandbox::Cap::Above::stop};
    const auto outcome = sandbox::run(command, stop);
    return outcome.succeeded() ? outcome.out.bytes : "";
}

std::vector<std::string> input_uris(const Nix& nix, const FlakeSource& source,
                                    const std::stop_token& stop) {
    const auto nodes = parse_lock(lock_text(nix, source, stop));
    std::vector<std::string> out;
    for (const auto& node : nodes ? *nodes : std::vector<LockNode>{}) {
        if (node.source) {
            out.insert(out.end(), node.source->uris.begin(), node.source->uris.end());
        }
    }
    std::sort(out.begin(), out.end());
    out.erase(std::unique(out.begin(), out.end()), out.end());
    return out;
}

SourcesOutcome fetch_sources(const Nix& nix, const SourceGiver& giver,
                             const SourcesRequest& request, const std::stop_token& stop) {
    if (!request.roots.starts_with('/')) {
        throw core::Failure(core::FailureKind::internal, "the folder of roots must be absolute",
                            request.roots);
    }
    return Errand(nix, giver, request, stop).run();
}

void forget_sources(const SourcesRequest& request) {
    std::error_code ignored;
    std::filesystem::remove_all(request.roots, ignored);
}

} // namespace agentd::evaluator
