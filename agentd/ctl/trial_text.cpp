#include "agentd/ctl/trial_text.hpp"

#include "agentd/core/text.hpp"
#include "agentd/ctl/agreement_text.hpp"
#include "agentd/ctl/effects_text.hpp"
#include "agentd/ctl/hints_text.hpp"
#include "agentd/ctl/proposal_text.hpp"
#include "agentd/ctl/refusal_text.hpp"
#include "agentd/ctl/view.hpp"
#include "agentd/explanation/explanation.hpp"
#include "agentd/explanation/files.hpp"

#include <nlohmann/json.hpp>

namespace agentd::ctl {

using core::Json;

namespace {

Json text_or_null(const std::string& text) {
    return text.empty() ? Json() : Json(core::to_utf8(text));
}

Json refusal_of(const Tried& tried) {
    if (!tried.refusal) {
        return {};
    }
    return {{"stage", tried.refused_at},
            {"code", tried.refusal->code},
            {"message", core::to_utf8(tried.refusal->message)},
            {"where", text_or_null(tried.refusal->where)},
            {"hint", text_or_null(tried.refusal->hint)}};
}

template <class T> Json maybe(const std::optional<T>& value) {
    return value ? proposals::to_json(*value) : Json();
}

Json explanation_of(const Tried& tried) {
    if (!tried.effects) {
        return {};
    }
    return explanation::to_json(
        explanation::explain(*tried.effects, {.options = tried.options ? &*tried.options : nullptr,
                                              .title = tried.draft.title,
                                              .rationale = tried.draft.rationale}));
}

void print_head(Terminal& terminal, const Json& shown_trial) {
    const std::string commit = shown(shown_trial, "candidate_commit", 40);
    terminal.line(terminal.paint(Colour::bold, shown(shown_trial, "title", 200)) + " on " +
                  shown(shown_trial, "host", 80));
    terminal.line("  " + shown(shown_trial, "base_branch", 80) + " " +
                  shown(shown_trial, "base_commit", 40).substr(0, 12) + " -> " +
                  (commit.empty() ? "nothing" : commit.substr(0, 12)));
    print_files(terminal, shown_trial);
}

/// Its end, where it says why.
void print_log(Terminal& terminal, const std::string& log) {
    constexpr std::size_t most = 25;
    const auto all = core::lines(log);
    if (all.empty()) {
        return;
    }
    terminal.line("  the end of its log (64 KiB of it are in --json):");
    for (std::size_t i = all.size() - std::min(all.size(), most); i < all.size(); ++i) {
        terminal.line("    " + one_line(all[i], 200));
    }
}

/// Unit by unit; what the systems said themselves is in --json.
void print_rehearsal(Terminal& terminal, const std::string& log) {
    std::size_t shown_lines = 0;
    for (const auto line : core::lines(log)) {
        if (line.empty() || ++shown_lines > 40) {
            break;
        }
        terminal.line("  " + one_line(line, 300));
    }
}

} // namespace

Json to_json(const Trial& trial, const Tried& tried) {
    Json evidence = Json::array();
    const auto* change = tried.draft.change();
    const bool drafted = change != nullptr && !change->candidate_commit.empty();
    Json notes = Json::array();
    for (const std::string& note : tried.notes) {
        notes.push_back(core::to_utf8(note));
    }
    for (const auto& one : tried.evidence) {
        evidence.push_back(proposals::to_json(one));
    }
    return {{"schema", "agentd.test/1"},
            {"kind", "change"},
            {"host", trial.host.str()},
            {"title", drafted ? tried.draft.title : core::to_utf8(trial.title)},
            {"base_commit", tried.base},
            {"base_branch", drafted ? Json(change->base_branch) : Json()},
            {"candidate_commit", drafted ? Json(change->candidate_commit) : Json()},
            {"files", drafted ? explanation::to_json(change->files) : Json::array()},
            {"level", proposals::to_string(trial.level)},
            {"evidence", evidence},
            {"warnings", tried.warnings},
            {"new_warnings", tried.new_warnings ? Json(*tried.new_warnings) : Json()},
            {"inputs", maybe(tried.inputs)},
            {"hosts", maybe(tried.hosts)},
            {"notes", notes},
            {"drv", tried.drv ? Json(tried.drv->str()) : Json()},
            {"toplevel", tried.toplevel ? Json(tried.toplevel->str()) : Json()},
            {"options", maybe(tried.options)},
            {"effects", maybe(tried.effects)},
            {"disagreement", maybe(tried.disagreement)},
            {"explanation", explanation_of(tried)},
            {"verdict", maybe(tried.verdict)},
            {"policy", text_or_null(tried.policy)},
            {"refusal", refusal_of(tried)},
            {"log", text_or_null(tried.log)}};
}

int exit_of(const Tried& tried) {
    if (tried.cancelled) {
        return status::stopped;
    }
    if (!tried.refusal) {
        using proposals::EvidenceStatus;
        const auto found = tried.rehearsal.value_or(EvidenceStatus::passed);
        return found == EvidenceStatus::passed ? status::ok
               : found == EvidenceStatus::unjudged || found == EvidenceStatus::not_tried
                   ? status::unjudged
                   : status::rehearsal;
    }
    const std::string& at = tried.refused_at;
    return at == "intake"     ? status::intake
           : at == "evaluate" ? status::evaluation
           : at == "build"    ? status::build
           : at == "base"     ? status::base
           : at == "checks"   ? status::checks
           : at == "parse"    ? status::parse
                              : status::effects;
}

void print_trial(Terminal& terminal, const Json& detail) {
    print_head(terminal, detail);
    terminal.line();
    if (!part(detail, "effects").is_null()) {
        print_effects(terminal, detail);
        terminal.line();
        print_disagreement(terminal, detail);
    }
    if (!part(detail, "options").is_null()) {
        print_options(terminal, detail);
    }
    print_inputs(terminal, detail);
    print_hosts(terminal, detail);
    if (!part(detail, "verdict").is_null()) {
        print_verdict(terminal, part(detail, "verdict"));
        terminal.line("  (as " + shown(detail, "policy", 300) + " has it)");
        terminal.line();
    }
    print_evidence(terminal, detail);
    if (part(detail, "refusal").is_null() && !raw(detail, "log").empty()) {
        terminal.line();
        terminal.line(terminal.paint(Colour::bold, "Rehearsal"));
        print_rehearsal(terminal, raw(detail, "log"));
    }
    if (!part(detail, "refusal").is_null()) {
        terminal.line();
        print_refusal(terminal, detail);
        print_log(terminal, raw(detail, "log"));
    }
}

} // namespace agentd::ctl
