#include "agentd/ctl/commands/commands.hpp"
#include "agentd/ctl/context.hpp"
#include "agentd/ctl/proposal_text.hpp"
#include "agentd/ctl/view.hpp"
#include "agentd/ctl/watch.hpp"

#include <nlohmann/json.hpp>

namespace agentd::ctl::commands {

int run(Context& context) {
    Terminal& terminal = context.terminal();
    Reply reply = context.proposal_of("run", {{"goal", context.asked().argument("GOAL")}});
    if (const auto* trouble = std::get_if<Trouble>(&reply)) {
        return terminal.fail(*trouble);
    }
    const auto& drafted = std::get<core::Json>(reply);
    terminal.progress("drafted " + label(drafted));
    terminal.event("drafted", {{"proposal", drafted}});
    if (context.asked().has("--no-wait")) {
        terminal.line(label(drafted));
        terminal.line("  next: agentctl verify " + reference(drafted));
        terminal.result({{"proposal", drafted}});
        return status::ok;
    }
    Stages stages(context);
    Reply checked = wait_for_check(context, raw(drafted, "id"), stages);
    if (const auto* trouble = std::get_if<Trouble>(&checked)) {
        return terminal.fail(*trouble);
    }
    return report_check(context, std::get<core::Json>(checked));
}

} // namespace agentd::ctl::commands
