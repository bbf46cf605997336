#include "agentd/ctl/commands/commands.hpp"
#include "agentd/ctl/context.hpp"
#include "agentd/ctl/proposal_text.hpp"
#include "agentd/ctl/view.hpp"

#include <nlohmann/json.hpp>

namespace agentd::ctl::commands {

int list(Context& context) {
    Terminal& terminal = context.terminal();
    const bool all = context.asked().has("--all");
    const Reply reply = context.call("list", {{"all", all}});
    if (const auto* trouble = std::get_if<Trouble>(&reply)) {
        return terminal.fail(*trouble);
    }
    const auto& result = std::get<core::Json>(reply);
    const auto rows = ctl::list(result, "proposals");
    std::size_t width = 2;
    for (const auto& row : rows) {
        width = std::max(width, reference(row).size());
    }
    if (rows.empty()) {
        terminal.line(all ? "there was no proposal yet: agentctl run \"add ripgrep\""
                          : "nothing is open; `agentctl list --all` shows what was");
    } else {
        terminal.line(
            terminal.paint(Colour::dim, pad("ID", width) + "  STATE        RISK      TITLE"));
    }
    for (const auto& row : rows) {
        terminal.line(pad(reference(row), width) + "  " + pad(shown(row, "state", 20), 12) + " " +
                      terminal.paint_risk(pad(shown(row, "risk", 20), 9)) + " " +
                      shown(row, "title", 100));
    }
    terminal.result(result);
    return !rows.empty() && context.asked().has("--detailed-exitcode") ? status::changes
                                                                       : status::ok;
}

} // namespace agentd::ctl::commands
