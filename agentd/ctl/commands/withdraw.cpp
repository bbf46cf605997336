#include "agentd/ctl/commands/commands.hpp"
#include "agentd/ctl/context.hpp"
#include "agentd/ctl/view.hpp"

#include <nlohmann/json.hpp>

namespace agentd::ctl::commands {

int withdraw(Context& context) {
    Terminal& terminal = context.terminal();
    auto wanted = context.proposal();
    if (const auto* trouble = std::get_if<Trouble>(&wanted)) {
        return terminal.fail(*trouble);
    }
    core::Json params{{"proposal", std::get<std::string>(wanted)}};
    if (const auto reason = context.asked().value("--reason")) {
        params["reason"] = *reason;
    }
    const Reply reply = context.call("withdraw", params);
    if (const auto* trouble = std::get_if<Trouble>(&reply)) {
        return terminal.fail(*trouble);
    }
    const auto& result = std::get<core::Json>(reply);
    terminal.line("withdrawn: " + shown(part(result, "proposal"), "title", 200));
    terminal.result(result);
    return status::ok;
}

} // namespace agentd::ctl::commands
