#include "evaluator/source_giver.hpp"

#include "agentd/core/text.hpp"

namespace agentd::evaluator {
namespace {

using core::Problem;
using core::Result;

class OwnGiver : public SourceGiver {
  public:
    OwnGiver(const Nix& nix, Environment environment)
        : nix_(nix), environment_(std::move(environment)) {}
    Result<core::Done> give(const SourceWanted& wanted, std::chrono::milliseconds patience,
                            const std::stop_token& stop) const override {
        const auto path = fetch_by_own_nix(nix_, fetch_of(wanted), environment_, patience, stop);
        if (!path) {
            return path.problem();
        }
        return core::trim(*path) == wanted.source.path.str() ? Result<core::Done>(core::Done{})
                                                             : other_files(wanted);
    }

  private:
    const Nix& nix_;
    Environment environment_;
};

} // namespace

OwnFetch fetch_of(const SourceWanted& wanted) {
    // The expression is ours; what the lock says is in it as plain text alone.
    return {.what = "the input `" + wanted.name + "`",
            .origin = wanted.source.origin,
            .again = "verify the proposal again",
            .words = {"eval", "--raw", "--impure", "--log-format", "internal-json", "--expr",
                      "(builtins.fetchTree {" + wanted.source.attributes + " }).outPath"}};
}

std::unique_ptr<SourceGiver> own_source_giver(const Nix& nix, Environment environment) {
    return std::make_unique<OwnGiver>(nix, std::move(environment));
}

Problem other_files(const SourceWanted& wanted) {
    return {.code = "input_mismatch",
            .message = "the input `" + wanted.name + "` is not what flake.lock says: " +
                       wanted.source.origin + " gives other files for " +
                       (wanted.source.revision.empty() ? "that address" : wanted.source.revision) +
                       " than its hash names",
            .where = "flake.lock",
            .hint = "do not take this lock file: lock the input again on a machine you trust "
                    "(nix flake update " +
                    wanted.name + ")"};
}

Problem source_slow(const SourceWanted& wanted, std::chrono::milliseconds patience) {
    return fetch_slow(fetch_of(wanted), patience);
}

Problem source_too_big(const SourceWanted& wanted, std::uint64_t most) {
    return fetch_too_big(fetch_of(wanted), most);
}

} // namespace agentd::evaluator
