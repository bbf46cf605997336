#include "agentd/ctl/agreement_text.hpp"
#include "agentd/ctl/commands/commands.hpp"
#include "agentd/ctl/context.hpp"
#include "agentd/ctl/effects_text.hpp"
#include "agentd/ctl/hints_text.hpp"
#include "agentd/ctl/plan_text.hpp"
#include "agentd/ctl/proposal_text.hpp"
#include "agentd/ctl/switch_text.hpp"
#include "agentd/ctl/view.hpp"

#include <nlohmann/json.hpp>

namespace agentd::ctl::commands {

int explain(Context& context) {
    Terminal& terminal = context.terminal();
    auto wanted = context.proposal();
    if (const auto* trouble = std::get_if<Trouble>(&wanted)) {
        return terminal.fail(*trouble);
    }
    const Reply reply = context.call("show", {{"proposal", std::get<std::string>(wanted)}});
    if (const auto* trouble = std::get_if<Trouble>(&reply)) {
        return terminal.fail(*trouble);
    }
    const auto& result = std::get<core::Json>(reply);
    const auto& detail = part(result, "proposal");
    const std::string id = reference(detail);
    terminal.line(terminal.paint(Colour::bold, label(detail)) + " on " + shown(detail, "host", 80));
    terminal.line("  " + state_line(terminal, detail));
    terminal.line();
    print_effects(terminal, detail);
    terminal.line();
    print_disagreement(terminal, detail);
    print_notes(terminal, detail);
    print_switch(terminal, detail);
    print_options(terminal, detail);
    print_inputs(terminal, detail);
    print_hosts(terminal, detail);
    print_plan(terminal, detail);
    print_verdict(terminal, part(detail, "verdict"));
    terminal.line();
    print_evidence(terminal, detail);
    terminal.line();
    print_claims(terminal, detail);
    terminal.line();
    if (is_change(detail)) {
        terminal.line("the change itself: agentctl diff " + id);
    }
    if (const auto next = next_command(detail); !next.empty()) {
        terminal.line("next: " + next);
    }
    terminal.result(result);
    return part(detail, "effects").is_null() &&
                   exit_of_state(raw(detail, "state")) == status::pending
               ? status::pending
               : status::ok;
}

} // namespace agentd::ctl::commands
