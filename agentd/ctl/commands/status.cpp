#include "agentd/ctl/commands/commands.hpp"
#include "agentd/ctl/context.hpp"
#include "agentd/ctl/health.hpp"
#include "agentd/ctl/view.hpp"

#include <nlohmann/json.hpp>

namespace agentd::ctl::commands {

int status(Context& context) {
    Terminal& terminal = context.terminal();
    const Reply reply = context.call("status", core::Json::object());
    if (const auto* trouble = std::get_if<Trouble>(&reply)) {
        return terminal.fail(*trouble);
    }
    const auto& status = std::get<core::Json>(reply);
    print_health(terminal, status);
    print_facts(terminal, status);
    if (!ctl::list(status, "observations").empty()) {
        terminal.line();
    }
    print_observations(terminal, status);
    terminal.result(status);
    return status::ok;
}

} // namespace agentd::ctl::commands
