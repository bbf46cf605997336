#include "agentd/stages/test.hpp"

#include "agentd/core/match.hpp"
#include "agentd/core/text.hpp"
#include "agentd/stages/evaluate.hpp"
#include "agentd/stages/lacking.hpp"
#include "agentd/stages/locked.hpp"
#include "agentd/stages/measure.hpp"
#include "agentd/stages/parse.hpp"
#include "evaluator/nix_probe.hpp"
#include "evaluator/remainder.hpp"

#include <fmt/format.h>

namespace agentd::stages {

namespace {

using namespace std::chrono;
using proposals::EvidenceLevel;
using proposals::EvidenceStatus;

std::string line_of(const evaluator::BuildEvent& event) {
    using Kind = evaluator::BuildEvent::Kind;
    const auto name = core::StorePath::parse(event.derivation);
    const std::string who = name ? std::string(name->name()) : event.derivation;
    switch (event.kind) {
    case Kind::started:
        return "building " + who;
    case Kind::finished:
        return "built " + who;
    case Kind::failed:
        return "failed " + who;
    case Kind::log:
        return who.empty() ? event.line : who + "> " + event.line;
    case Kind::phase:
        return event.line;
    case Kind::fetching:
        return fmt::format("fetching {} ({} of {})", who, event.done + event.running,
                           event.expected);
    case Kind::fetched:
    case Kind::progress:
        return {};
    }
    return {};
}

/// The end of a log: where builders say what was wrong.
std::string last_lines(const std::string& log) {
    constexpr std::size_t most = 10;
    const auto all = core::lines(core::trim(log));
    const std::size_t first = all.size() > most ? all.size() - most : 0;
    std::string text;
    for (std::size_t i = first; i < all.size(); ++i) {
        text += "\n" + core::shorten(core::printable(all[i]), 200);
    }
    return text;
}

/// Nothing of it stays behind, however the build ends.
class FetchedRoots {
  public:
    explicit FetchedRoots(evaluator::FetchRequest request) : request_(std::move(request)) {}
    ~FetchedRoots() { evaluator::forget_fetched(request_); }
    FetchedRoots(const FetchedRoots&) = delete;
    FetchedRoots& operator=(const FetchedRoots&) = delete;
    const evaluator::FetchRequest& request() const noexcept { return request_; }

  private:
    evaluator::FetchRequest request_;
};

Step<Tested> not_built(evaluator::BuildRefused& refused, const Measure& measure,
                       const Reporter& report) {
    const bool ran = refused.problem.code.starts_with("build_");
    const auto failed = core::StorePath::parse(refused.failed_derivation);
    if (failed && refused.problem.code == "build_failed") {
        if (const auto sources = evaluator::fixed_outputs({*failed}); !sources.empty()) {
            refused.problem = evaluator::source_missing(sources);
        }
    }
    if (ran) { // else it says already what caches said
        refused.problem.message += last_lines(refused.log.text);
    }
    report.evidence(measure.end(status_of(refused.problem.code), refused.problem.message,
                                refused.nix_time, refused.log.text));
    return Refused{std::move(refused.problem)};
}

Step<Tested> not_to_build(evaluator::Evaluated evaluated) {
    return Tested{.drv = std::move(evaluated.drv),
                  .toplevel = std::move(evaluated.toplevel),
                  .warnings = std::move(evaluated.warnings)};
}

Step<Tested> build(evaluator::Evaluated evaluated, const Candidate& candidate,
                   const TestTools& tools, const Reporter& report, const std::stop_token& stop) {
    const Measure measure(EvidenceLevel::build, tools);
    const auto told = [&](const evaluator::BuildEvent& event) {
        if (auto line = line_of(event); !line.empty()) {
            report.log(EvidenceLevel::build, {std::move(line)});
        }
    };
    const auto stopped = [&](const evaluator::BuildCancelled& cancelled) -> Step<Tested> {
        report.evidence(
            measure.end(EvidenceStatus::cancelled, "stopped on request", cancelled.nix_time, ""));
        return Cancelled{};
    };
    const FetchedRoots roots(
        {.drv = evaluated.drv,
         .roots = tools.nix.settings().scratch + "/fetched/" + candidate.id.str()});
    const auto builder = evaluator::builder_of(tools.nix, stop);
    Lacking lacking({}, builder);
    if (tools.nix.settings().fetch || evaluator::through_daemon(tools.nix)) {
        auto outcome = evaluator::fetch(tools.nix, roots.request(), told, stop);
        if (auto* refused = std::get_if<evaluator::BuildRefused>(&outcome)) {
            return not_built(*refused, measure, report);
        }
        if (auto* cancelled = std::get_if<evaluator::BuildCancelled>(&outcome)) {
            return stopped(*cancelled);
        }
        lacking = Lacking(std::get<evaluator::Fetched>(std::move(outcome)), builder);
    }
    const evaluator::BuildRequest request{.drv = evaluated.drv,
                                          .gc_root = tools.gc_roots + "/" + candidate.id.str()};
    auto outcome = evaluator::build(tools.nix, request, told, stop);
    return core::match(
        outcome,
        [&](evaluator::Built& built) -> Step<Tested> {
            const auto log = std::move(built.log.text.insert(0, lacking.log));
            report.evidence(measure.end(
                EvidenceStatus::passed,
                lacking.before +
                    (!built.built.empty()     ? "built " + many(built.built.size(), "derivation")
                     : lacking.before.empty() ? "everything was built already"
                                              : "nothing was left to build") +
                    lacking.after,
                lacking.nix + built.nix_time, log));
            return Tested{.drv = evaluated.drv,
                          .toplevel = evaluated.toplevel,
                          .warnings = std::move(evaluated.warnings)};
        },
        [&](evaluator::BuildRefused& refused) -> Step<Tested> {
            return not_built(refused, measure, report);
        },
        stopped);
}

} // namespace

Step<Tested> test(const Candidate& candidate, const TestTools& tools, const Reporter& report,
                  const std::stop_token& stop) {
    if (candidate.options.base.commit != candidate.source.commit) {
        parse(candidate, tools, report, stop); // said at once; Nix is the judge of it
    }
    const auto inputs =
        locked_inputs(proposals::Repository::open_or_init_bare(candidate.source.repository),
                      candidate.options.base.commit, candidate.source.commit);
    return core::match(
        evaluate(candidate, inputs, tools, report, stop),
        [&](evaluator::Evaluated& evaluated) -> Step<Tested> {
            const auto after = std::move(evaluated.options);
            auto hosts = std::move(evaluated.hosts);
            auto declared = std::move(evaluated.declared);
            std::optional<BaseLook> base;
            if (after || tools.shelf != nullptr) { // else there is nothing to compare it with
                base.emplace(BaseAsked{.nix = tools.nix,
                                       .shelf = tools.shelf,
                                       .scope = candidate.options,
                                       .host = candidate.host},
                             stop);
            }
            auto built = candidate.build
                             ? build(std::move(evaluated), candidate, tools, report, stop)
                             : not_to_build(std::move(evaluated));
            if (auto* tested = std::get_if<Tested>(&built)) {
                auto before = base ? base->get() : Base{.options = evaluator::OptionValues{}};
                tested->options = compare_options(candidate.options, before.options, after);
                tested->new_warnings = new_warnings(tested->warnings, before.warnings);
                tested->hosts = std::move(hosts);
                tested->inputs = inputs;
                tested->declared = std::move(declared);
                tested->base_declared = std::move(before.declared);
            }
            return built;
        },
        [](Refused& refused) -> Step<Tested> { return std::move(refused); },
        [](Cancelled& cancelled) -> Step<Tested> { return cancelled; });
}

} // namespace agentd::stages
