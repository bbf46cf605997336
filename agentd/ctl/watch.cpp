#include "agentd/ctl/watch.hpp"

#include "agentd/ctl/hints_text.hpp"
#include "agentd/ctl/proposal_text.hpp"
#include "agentd/ctl/view.hpp"

#include <nlohmann/json.hpp>

namespace agentd::ctl {

using core::Json;

namespace {

bool is_being_checked(const std::string& state) {
    return state == "drafted" || state == "checking" || state == "verified";
}

Trouble refusal_of(const Json& detail) {
    const Json& refusal = part(detail, "refusal");
    const std::string hint = raw(refusal, "hint");
    return {.problem = {.code = "refused",
                        .message =
                            "refused (" + raw(refusal, "stage") + "): " + raw(refusal, "message"),
                        .where = raw(refusal, "where"),
                        .hint = hint.empty() ? "agentctl show " + reference(detail) : hint}};
}

} // namespace

void Stages::look(const Json& detail) {
    const std::string state = raw(detail, "state");
    if (state != state_ && is_being_checked(state)) {
        context_.terminal().progress("  " + one_line(state, 40) + " …");
        context_.terminal().event("state", {{"proposal", raw(detail, "id")}, {"state", state}});
    }
    state_ = state;
    if (const Json& so_far = part(detail, "so_far"); !hinted_ && !so_far.is_null()) {
        hinted_ = true;
        for (const auto& line : so_far_lines(context_.terminal(), so_far)) {
            context_.terminal().progress(line);
        }
        context_.terminal().event("early", {{"proposal", raw(detail, "id")}, {"so_far", so_far}});
    }
    const auto rows = list(detail, "evidence");
    told_ = std::min(told_, rows.size()); // a new check begins with none
    for (; told_ < rows.size(); ++told_) {
        context_.terminal().progress(evidence_line(context_.terminal(), rows[told_]));
        context_.terminal().event("stage",
                                  {{"proposal", raw(detail, "id")}, {"evidence", rows[told_]}});
    }
}

Reply wait_for_check(Context& context, const std::string& id, Stages& stages) {
    for (;;) {
        Reply reply = context.proposal_of("show", {{"proposal", id}});
        const Json* detail = std::get_if<Json>(&reply);
        if (detail == nullptr) {
            return reply;
        }
        stages.look(*detail);
        if (!is_being_checked(raw(*detail, "state"))) {
            return reply;
        }
        if (!context.pause(std::chrono::milliseconds(200))) {
            return Trouble{.problem = {.code = "pending",
                                       .message = "stopped waiting; the check goes on",
                                       .hint = "agentctl verify " + id},
                           .exit = status::pending};
        }
    }
}

int report_check(Context& context, const Json& detail) {
    Terminal& terminal = context.terminal();
    const std::string state = raw(detail, "state");
    if (state == "refused") {
        terminal.event("proposal", {{"proposal", detail}});
        return terminal.fail(refusal_of(detail));
    }
    terminal.line(terminal.paint(Colour::bold, label(detail)));
    terminal.line("  " + shown(detail, "headline"));
    terminal.line("  " + state_line(terminal, detail));
    if (state == "decided") {
        terminal.line("  look: agentctl explain " + reference(detail));
    }
    if (const auto next = next_command(detail); !next.empty()) {
        terminal.line("  next: " + next);
    }
    terminal.result({{"proposal", detail}});
    return exit_of_state(state);
}

} // namespace agentd::ctl
