#include "agentd/ctl/plan_proof.hpp"

#include "agentd/core/match.hpp"
#include "agentd/ctl/hints_text.hpp"
#include "agentd/ctl/proof_judge.hpp"
#include "agentd/ctl/view.hpp"
#include "agentd/stages/hosts.hpp"
#include "evaluator/alike.hpp"
#include "evaluator/evaluation.hpp"
#include "evaluator/option_diff.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace agentd::ctl {

using core::Problem;
using core::Result;
using proposals::plan::Plan;
using proposals::plan::Request;

namespace {

constexpr auto for_the_others = std::chrono::minutes(2);

evaluator::OptionWords words_of(const Request& request) {
    evaluator::OptionWords words;
    for (const auto& wish : request.operations) {
        for (const auto& path : asked_options(wish)) {
            words.insert(path.begin(), path.end());
        }
    }
    return words;
}

Problem does_not_evaluate(const core::HostName& host, Problem problem) {
    std::replace(problem.message.begin(), problem.message.end(), '\n', ' ');
    problem.message = "with this edit " + host.str() + " does not evaluate: " + problem.message;
    problem.hint += problem.hint.empty() ? "nothing was written" : "; nothing was written";
    return problem;
}

Result<evaluator::Evaluated> evaluated(const OwnSource& source,
                                       const evaluator::FlakeSource& candidate,
                                       const evaluator::OptionWords& words) {
    return core::match(
        evaluator::evaluate(source.nix(), candidate, source.host(), source.stop(), words),
        [](evaluator::Evaluated& done) -> Result<evaluator::Evaluated> { return std::move(done); },
        [&](evaluator::EvaluationRefused& refused) -> Result<evaluator::Evaluated> {
            return does_not_evaluate(source.host(), std::move(refused.problem));
        },
        [](const evaluator::EvaluationCancelled&) -> Result<evaluator::Evaluated> {
            return Problem{.code = "cancelled", .message = "stopped; nothing was written"};
        });
}

std::vector<std::string> files_of(const Plan& plan) {
    std::vector<std::string> files;
    for (const auto& edit : plan.edits) {
        files.push_back(edit.path);
    }
    return files;
}

/// What the options say before and after; nothing where no option was asked for.
Result<core::Done> look_at_options(const OwnSource& source, const Request& request,
                                   const Plan& plan, const evaluator::OptionWords& words,
                                   const std::optional<evaluator::OptionValues>& after,
                                   Proof& proof) {
    if (words.empty()) {
        return core::Done{};
    }
    const auto before =
        evaluator::option_values(source.nix(), source.head(), source.host(), words, source.stop());
    if (!before || !after) {
        proof.options.trouble =
            before ? "the options asked for cannot all be read"
                   : "the options before the edit cannot be read: " + before.problem().message;
        return core::Done{};
    }
    auto notes = judge_values(request, {.before = *before, .after = *after});
    if (!notes) {
        return notes.problem();
    }
    proof.notes = std::move(notes).value();
    proof.options = evaluator::option_changes(*before, *after, files_of(plan));
    return core::Done{};
}

/// Both evaluated from a commit that only the edit tells from the other.
evaluator::Likeness compared(const OwnSource& source, const evaluator::FlakeSource& control,
                             const evaluator::FlakeSource& candidate, const std::string& name) {
    const auto host = core::HostName::parse(name);
    if (!host) {
        return evaluator::Likeness::unknown;
    }
    const auto before = evaluator::made_host(source.nix(), control, *host, {}, source.stop());
    const auto after =
        before ? evaluator::made_host(source.nix(), candidate, *host, {}, source.stop()) : before;
    return after ? evaluator::likeness(*before, *after, evaluator::read_derivation)
                 : evaluator::Likeness::unknown;
}

/// Who holds the flake's own source changes with whatever is edited: that host is as it was where
/// nothing else of it differs. The source is that of an edit that says nothing, so that neither its
/// date nor its being committed by us differs.
void look_through_own_source(OwnSource& source, const stages::HostsAsked& asked,
                             const core::Clock& clock, Proof& proof) {
    const std::vector<proposals::FileEdit> nothing{
        {.path = "agentd-changes-nothing", .bytes = "this file is in no commit of yours\n"}};
    const auto control = source.edited(nothing);
    const auto began_us = clock.monotonic_us();
    for (auto& each : proof.hosts.hosts) {
        if (each.fate != proposals::HostFate::changed) {
            continue;
        }
        const bool late =
            std::chrono::microseconds(clock.monotonic_us() - began_us) > for_the_others;
        const auto alike = control && !late ? compared(source, *control, asked.candidate, each.name)
                                            : evaluator::Likeness::unknown;
        if (alike == evaluator::Likeness::same) {
            each.fate = proposals::HostFate::same;
            each.why = "but for the source of the flake, which it holds";
            proof.notes.push_back("the host " + each.name +
                                  " holds the source of the flake, and nothing else of it changes");
        } else if (alike == evaluator::Likeness::unknown) {
            each.why = "whether it is more than the source of the flake could not be told";
        }
    }
}

Result<core::Done> look_at_hosts(OwnSource& source, const Request& request,
                                 const stages::HostsAsked& asked, const core::Clock& clock,
                                 Proof& proof) {
    const stages::HostsTools tools{.nix = source.nix(), .clock = clock, .most = for_the_others};
    proof.hosts = stages::other_hosts(asked, tools, source.stop());
    if (!judge_hosts(request, proof.hosts)) {
        return core::Done{};
    }
    look_through_own_source(source, asked, clock, proof);
    if (auto shared = judge_hosts(request, proof.hosts)) {
        return *std::move(shared);
    }
    return core::Done{};
}

} // namespace

Result<Proof> prove_plan(Context& context, OwnSource& source, const Request& request,
                         const Plan& plan) {
    const auto candidate = source.edited(plan.edits);
    const auto ready = candidate ? source.ready(context) : candidate.problem();
    if (!ready) {
        return ready.problem();
    }
    context.terminal().progress("evaluating " + source.host().str() + " with the edit");
    const auto words = words_of(request);
    const auto done = evaluated(source, *candidate, words);
    if (!done) {
        return done.problem();
    }
    Proof proof{.host = source.host().str()};
    if (auto looked = look_at_options(source, request, plan, words, done->options, proof);
        !looked) {
        return looked.problem();
    }
    context.terminal().progress("evaluating the other hosts");
    if (auto looked =
            look_at_hosts(source, request, {source.head(), *candidate, source.host(), done->hosts},
                          context.around().clock, proof);
        !looked) {
        return looked.problem();
    }
    return proof;
}

core::Json to_json(const Proof& proof) {
    return {{"host", proof.host},
            {"options", to_json(proof.options)},
            {"hosts", to_json(proof.hosts)},
            {"notes", proof.notes}};
}

void print_proof(Terminal& terminal, const Proof& proof) {
    const core::Json shown = to_json(proof);
    terminal.line(terminal.paint(Colour::bold, one_line(proof.host, 100) + " evaluates with it"));
    for (const std::string& note : proof.notes) {
        terminal.line("  note: " + one_line(note, 300));
    }
    terminal.line();
    print_options(terminal, shown);
    if (!proof.hosts.hosts.empty()) {
        print_hosts(terminal, shown);
    }
}

} // namespace agentd::ctl
