#include "agentd/ctl/drafting.hpp"

#include "agentd/ctl/effects_text.hpp"
#include "agentd/ctl/proposal_text.hpp"
#include "agentd/ctl/view.hpp"
#include "agentd/ctl/watch.hpp"

#include <nlohmann/json.hpp>

namespace agentd::ctl {

using core::Json;

int wait_for_draft(Context& context, const Reply& reply, const OnChecked& on_checked) {
    Terminal& terminal = context.terminal();
    if (const auto* trouble = std::get_if<Trouble>(&reply)) {
        return terminal.fail(*trouble);
    }
    const Json& drafted = std::get<Json>(reply);
    terminal.progress("drafted " + label(drafted));
    terminal.event("drafted", {{"proposal", drafted}});
    if (context.asked().has("--no-wait")) {
        terminal.line(label(drafted));
        terminal.line("  next: agentctl verify " + reference(drafted));
        terminal.result({{"proposal", drafted}});
        return status::ok;
    }
    Stages stages(context);
    const Reply checked = wait_for_check(context, raw(drafted, "id"), stages);
    if (const auto* trouble = std::get_if<Trouble>(&checked)) {
        return terminal.fail(*trouble);
    }
    if (on_checked) {
        on_checked(std::get<Json>(checked));
    }
    return report_check(context, std::get<Json>(checked));
}

int draft_and_show(Context& context, const Json& params) {
    Terminal& terminal = context.terminal();
    return wait_for_draft(context, context.proposal_of("propose", params), [&](const Json& detail) {
        if (!part(detail, "effects").is_null()) {
            print_effects(terminal, detail);
            terminal.line();
            print_notes(terminal, detail);
        }
    });
}

} // namespace agentd::ctl
