#include "agentd/stages/known_system.hpp"

#include "agentd/core/text.hpp"
#include "sandbox/run.hpp"

#include <algorithm>

namespace agentd::stages {

namespace {

using core::Problem;
using core::Result;
using machine::Generation;
using proposals::Rollback;

const char* const list_them = "`agentctl rollback --list` shows what there is";

Rollback to_generation(const Generation& generation) {
    return {.to = generation.path.str(), .generation = generation.number};
}

/// The newest generation of another system before the one that runs.
Result<Rollback> one_before(const KnownSystems& known) {
    const auto& all = known.generations;
    // What runs may stand in the profile more than once; the last time counts.
    auto at = std::find_if(all.rbegin(), all.rend(), [&](const Generation& generation) {
        return known.links.running == generation.path;
    });
    at = at == all.rend() ? all.rbegin() : at;
    const auto before = std::find_if(at, all.rend(), [&](const Generation& generation) {
        return known.links.running != generation.path;
    });
    if (before != all.rend()) {
        return to_generation(*before);
    }
    return Problem{.code = "nothing_before",
                   .message =
                       "there is nothing to go back to: the system profile has no generation "
                       "before what runs",
                   .where = known.links.running ? known.links.running->str() : "",
                   .hint = list_them};
}

Result<Rollback> numbered(std::int64_t number, const KnownSystems& known) {
    const auto found =
        std::find_if(known.generations.begin(), known.generations.end(),
                     [&](const Generation& generation) { return generation.number == number; });
    if (found != known.generations.end()) {
        return to_generation(*found);
    }
    return Problem{.code = "no_such_generation",
                   .message = "the system profile has no generation " + std::to_string(number) +
                              " (any more)",
                   .hint = list_them};
}

Result<Rollback> by_path(const std::string& text, const KnownSystems& known) {
    const auto path = core::StorePath::parse(text);
    const auto generation = std::find_if(known.generations.rbegin(), known.generations.rend(),
                                         [&](const Generation& each) { return path == each.path; });
    if (generation != known.generations.rend()) {
        return to_generation(*generation);
    }
    const bool confirmed = path && std::find(known.confirmed.begin(), known.confirmed.end(),
                                             *path) != known.confirmed.end();
    if (confirmed) {
        return Rollback{.to = path->str()};
    }
    return Problem{.code = "not_ours",
                   .message =
                       "this machine never had that system: it is no generation of the system "
                       "profile, and agentd never applied it here",
                   .where = core::printable(core::shorten(text, 300)),
                   .hint = list_them};
}

Problem not_in_store(const std::string& path, const sandbox::Outcome& outcome) {
    return {.code = "not_in_store",
            .message = "the system is not in the store any more: " +
                       core::shorten(core::printable(core::trim(outcome.err.bytes)), 500),
            .where = path,
            .hint = list_them};
}

Result<core::Done> find_and_keep(const Rollback& rollback, const KnownSystems& known,
                                 const std::string& root, const evaluator::Nix& nix,
                                 const std::stop_token& stop) {
    const auto still = resolve({.to = rollback.to}, known);
    if (!still) {
        return still.problem();
    }
    const auto outcome =
        sandbox::run(nix.nix_store(evaluator::NixPurpose::query,
                                   {"--realise", rollback.to, "--add-root", root, "--indirect"}),
                     stop);
    return outcome.succeeded() ? Result<core::Done>(core::Done{})
                               : not_in_store(rollback.to, outcome);
}

} // namespace

Result<Rollback> resolve(const RollbackWish& wish, const KnownSystems& known) {
    auto found = wish.generation ? numbered(*wish.generation, known)
                 : wish.to       ? by_path(*wish.to, known)
                                 : one_before(known);
    if (found && known.links.running && known.links.running->str() == found->to) {
        return Problem{.code = "already_running",
                       .message = "that is the system that runs already",
                       .where = found->to,
                       .hint = list_them};
    }
    return found;
}

Step<Tested> known_system(const Rollback& rollback, const KnownSystems& known,
                          const core::ProposalId& id, const TestTools& tools,
                          const Reporter& report, const std::stop_token& stop) {
    using namespace std::chrono;
    const auto started = tools.clock.now();
    const auto started_us = tools.clock.monotonic_us();
    const auto kept =
        find_and_keep(rollback, known, tools.gc_roots + "/" + id.str(), tools.nix, stop);
    const bool stopped = stop.stop_requested();
    const bool confirmed =
        std::any_of(known.confirmed.begin(), known.confirmed.end(),
                    [&](const core::StorePath& path) { return path.str() == rollback.to; });
    report.evidence({.level = proposals::EvidenceLevel::intake,
                     .status = stopped ? proposals::EvidenceStatus::cancelled
                               : kept  ? proposals::EvidenceStatus::passed
                                       : proposals::EvidenceStatus::failed,
                     .started = started,
                     .duration = milliseconds((tools.clock.monotonic_us() - started_us) / 1000),
                     .summary = !kept ? kept.problem().message
                                : confirmed
                                    ? "a system that was applied here before and was healthy"
                                    : "a generation of this machine's system profile"});
    if (stopped) {
        return Cancelled{};
    }
    const auto path = core::StorePath::parse(rollback.to);
    if (!kept || !path) {
        return Refused{kept.problem()};
    }
    return Tested{.toplevel = *path};
}

std::string describe(const Rollback& rollback) {
    const auto path = core::StorePath::parse(rollback.to);
    return rollback.generation ? "go back to generation " + std::to_string(*rollback.generation)
                               : "go back to " + std::string(path ? path->name() : rollback.to);
}

} // namespace agentd::stages
