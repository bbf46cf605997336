#include "agentd/ctl/commands/commands.hpp"
#include "agentd/ctl/context.hpp"
#include "agentd/ctl/health.hpp"
#include "agentd/ctl/view.hpp"

#include <nlohmann/json.hpp>

namespace agentd::ctl::commands {

int observe(Context& context) {
    Terminal& terminal = context.terminal();
    const Reply reply = context.call("observe", core::Json::object());
    if (const auto* trouble = std::get_if<Trouble>(&reply)) {
        return terminal.fail(*trouble);
    }
    const auto& result = std::get<core::Json>(reply);
    const auto rows = ctl::list(result, "observations");
    if (rows.empty()) {
        terminal.line("nothing stands out: every observer looked just now");
    }
    print_observations(terminal, result);
    terminal.result(result);
    return !rows.empty() && context.asked().has("--detailed-exitcode") ? status::changes
                                                                       : status::ok;
}

} // namespace agentd::ctl::commands
