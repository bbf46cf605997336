#include "agentd/ctl/commands/commands.hpp"
#include "agentd/ctl/context.hpp"
#include "agentd/ctl/plan_text.hpp"
#include "agentd/ctl/proposal_text.hpp"
#include "agentd/ctl/refusal_text.hpp"
#include "agentd/ctl/view.hpp"

#include <nlohmann/json.hpp>

namespace agentd::ctl::commands {

namespace {

using core::Json;

void print_head(Terminal& terminal, const Json& detail) {
    terminal.line(terminal.paint(Colour::bold, label(detail)));
    terminal.line("  " + state_line(terminal, detail));
    terminal.line("  " + shown(detail, "id", 40) + " on " + shown(detail, "host", 80) + ", by " +
                  shown(part(detail, "proposer"), "id", 80) + " (" + shown(detail, "source", 40) +
                  "), " + moment(raw(detail, "created")));
    if (is_change(detail)) {
        terminal.line("  " + shown(detail, "base_branch", 80) + " " +
                      shown(detail, "base_commit", 40).substr(0, 12) + " -> " +
                      shown(detail, "candidate_commit", 40).substr(0, 12));
    }
    if (const auto to = shown(part(detail, "rollback"), "to"); !to.empty()) {
        terminal.line("  back to " + to);
    }
    print_files(terminal, detail);
    if (const auto blocked = shown(detail, "blocked"); !blocked.empty()) {
        terminal.line("  not to be approved now: " + blocked);
    }
}

void print_fate(Terminal& terminal, const Json& detail) {
    print_agreement(terminal, detail);
    for (const Json& step : ctl::list(part(detail, "apply"), "steps")) {
        terminal.line("  " + moment(raw(step, "at")) + "  " + shown(step, "step", 40) + " " +
                      shown(step, "detail"));
    }
    const Json& outcome = part(part(detail, "apply"), "outcome");
    if (!outcome.is_null()) {
        terminal.line("  outcome: " + shown(outcome, "outcome", 40) + " " +
                      shown(outcome, "reason"));
    }
    const Json& landing = part(detail, "landing");
    if (!landing.is_null()) {
        const std::string reason = shown(landing, "reason");
        terminal.line("  landing on " + shown(landing, "branch", 80) + ": " +
                      (reason.empty() ? "done" : reason));
    }
}

void print_history(Terminal& terminal, const Json& detail) {
    terminal.line(terminal.paint(Colour::bold, "History"));
    for (const Json& row : ctl::list(detail, "history")) {
        terminal.line("  " + pad(std::to_string(number(row, "index")), 6) +
                      moment(raw(row, "time")) + "  " + pad(shown(row, "type", 40), 19) + " " +
                      pad(shown(row, "actor", 40), 14) + " " + shown(row, "text"));
    }
    print_fate(terminal, detail);
}

} // namespace

int show(Context& context) {
    Terminal& terminal = context.terminal();
    auto wanted = context.proposal();
    if (const auto* trouble = std::get_if<Trouble>(&wanted)) {
        return terminal.fail(*trouble);
    }
    const Reply reply = context.call("show", {{"proposal", std::get<std::string>(wanted)}});
    if (const auto* trouble = std::get_if<Trouble>(&reply)) {
        return terminal.fail(*trouble);
    }
    const auto& result = std::get<Json>(reply);
    const Json& detail = part(result, "proposal");
    print_head(terminal, detail);
    terminal.line();
    print_plan(terminal, detail);
    if (!part(detail, "refusal").is_null()) {
        print_refusal(terminal, detail);
        terminal.line();
    }
    print_evidence(terminal, detail);
    terminal.line();
    print_history(terminal, detail);
    if (const auto next = next_command(detail); !next.empty()) {
        terminal.line();
        terminal.line("look: agentctl explain " + reference(detail) + " · next: " + next);
    }
    terminal.result(result);
    return status::ok;
}

} // namespace agentd::ctl::commands
