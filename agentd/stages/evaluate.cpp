#include "agentd/stages/evaluate.hpp"

#include "agentd/core/match.hpp"
#include "agentd/core/text.hpp"
#include "agentd/stages/inputs.hpp"
#include "agentd/stages/keep.hpp"
#include "agentd/stages/lacking.hpp"
#include "agentd/stages/measure.hpp"
#include "agentd/stages/news.hpp"
#include "agentd/stages/so_far.hpp"

#include <nlohmann/json.hpp>

namespace agentd::stages {

namespace {

using evaluator::Evaluated;
using proposals::Evidence;
using proposals::EvidenceLevel;
using proposals::EvidenceStatus;

/// Tells those who wait what is known before the toplevel is begun, beside what the base was if
/// that is known already.
evaluator::EarlyCallback early_reader(const Candidate& candidate, const TestTools& tools,
                                      const Reporter& report) {
    return [&](const evaluator::EarlyFacts& facts) {
        if (report.so_far) {
            const auto base = tools.shelf != nullptr
                                  ? tools.shelf->find(candidate.options.base, candidate.host)
                                  : std::nullopt;
            report.so_far(so_far(facts, candidate.options, base));
        }
    };
}

/// Once it has landed it is the base of others. What was too much for this one evaluation may not
/// be for the next: such a one is not kept.
void keep_evaluation(const Candidate& candidate, const TestTools& tools, const Evaluated& done) {
    if (tools.shelf != nullptr && done.declared) {
        tools.shelf->keep(
            candidate.source, candidate.host,
            {.evaluated = done,
             .words = done.options ? candidate.options.words : evaluator::OptionWords{}});
    }
}

/// `{facts, inputs}`. By now the new trees are in the store.
std::string result_of(const Evaluated& done, const proposals::LockedInputs& locked,
                      const Candidate& candidate, const evaluator::Nix& nix) {
    core::Json inputs = proposals::to_json(locked);
    inputs["news"] = core::Json::array();
    for (const auto& each : input_news(evaluator::lock_text(nix, candidate.options.base),
                                       evaluator::lock_text(nix, candidate.source))) {
        inputs["news"].push_back(proposals::to_json(each));
    }
    return "{\"facts\":" + done.facts_json + ",\"inputs\":" + core::canonical(inputs) + "}";
}

std::string after_comma(const std::string& text) {
    return text.empty() ? "" : "; " + text;
}

/// nullopt when all that the lock names is there.
std::optional<Step<Evaluated>> without_inputs(evaluator::SourcesOutcome& outcome,
                                              const Measure& measure, const Reporter& report) {
    if (auto* refused = std::get_if<evaluator::BuildRefused>(&outcome)) {
        report.evidence(measure.end(status_of(refused->problem.code), refused->problem.message,
                                    refused->nix_time, refused->log.text));
        return Refused{std::move(refused->problem)};
    }
    if (const auto* cancelled = std::get_if<evaluator::BuildCancelled>(&outcome)) {
        report.evidence(
            measure.end(EvidenceStatus::cancelled, "stopped on request", cancelled->nix_time, ""));
        return Cancelled{};
    }
    return std::nullopt;
}

} // namespace

Step<Evaluated> evaluate(const Candidate& candidate, const proposals::LockedInputs& locked,
                         const TestTools& tools, const Reporter& report,
                         const std::stop_token& stop) {
    const Measure measure(EvidenceLevel::evaluate, tools);
    using Next = Step<Evaluated>;
    Inputs inputs(candidate, tools);
    auto fetched = inputs.fetch(stop);
    if (auto ended = without_inputs(fetched, measure, report)) {
        return std::move(*ended);
    }
    const auto& sources = std::get<evaluator::SourcesFetched>(fetched);
    return core::match(
        evaluator::evaluate(tools.nix, candidate.source, candidate.host, stop,
                            candidate.options.words, early_reader(candidate, tools, report)),
        [&](Evaluated& done) -> Next {
            Evidence evidence = measure.end(
                EvidenceStatus::passed,
                words_of(sources) + "evaluated with " + many(done.warnings.size(), "warning") +
                    after_comma(headline(locked)),
                sources.nix_time + done.nix_time, sources.log + core::join(done.warnings, "\n"));
            evidence.result_digest =
                keep(tools.blobs, result_of(done, locked, candidate, tools.nix));
            report.evidence(evidence);
            keep_evaluation(candidate, tools, done);
            return std::move(done);
        },
        [&](evaluator::EvaluationRefused& refused) -> Next {
            report.log(EvidenceLevel::evaluate, {refused.problem.message});
            report.evidence(measure.end(status_of(refused.problem.code), refused.problem.message,
                                        refused.nix_time, refused.log));
            return Refused{std::move(refused.problem)};
        },
        [&](const evaluator::EvaluationCancelled& cancelled) -> Next {
            report.evidence(measure.end(EvidenceStatus::cancelled, "stopped on request",
                                        cancelled.nix_time, ""));
            return Cancelled{};
        });
}

} // namespace agentd::stages
