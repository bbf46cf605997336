#include "agentd/ctl/commands/commands.hpp"
#include "agentd/ctl/context.hpp"
#include "agentd/ctl/health.hpp"
#include "agentd/ctl/proposal_text.hpp"
#include "agentd/ctl/view.hpp"

#include <nlohmann/json.hpp>

namespace agentd::ctl::commands {

int home(Context& context) {
    Terminal& terminal = context.terminal();
    const Reply reply = context.call("status", core::Json::object());
    if (const auto* trouble = std::get_if<Trouble>(&reply)) {
        return terminal.fail(*trouble);
    }
    const auto& status = std::get<core::Json>(reply);
    print_health(terminal, status);
    terminal.line();
    const auto& useful = part(status, "useful");
    if (useful.is_null()) {
        terminal.line("No proposal waits for you. Ask for a change: agentctl run \"add ripgrep\"");
    } else {
        const std::string id = std::to_string(number(useful, "number"));
        terminal.line(terminal.paint(Colour::bold, "#" + id + " " + shown(useful, "title", 200)));
        if (const auto headline = shown(useful, "headline"); !headline.empty()) {
            terminal.line("  " + headline);
        }
        const std::string state = raw(useful, "state");
        // A daemon that does not tell the state speaks of one that waits.
        const std::string next =
            state.empty() ? "agentctl approve " + id + " --apply" : next_command(useful);
        terminal.line("  agentctl explain " + id + (next.empty() ? "" : ", then: " + next));
    }
    terminal.result(status);
    return status::ok;
}

} // namespace agentd::ctl::commands
