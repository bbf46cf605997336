#include "agentd/core/text.hpp"
#include "agentd/ctl/commands/commands.hpp"
#include "agentd/ctl/context.hpp"
#include "agentd/ctl/proposal_text.hpp"
#include "agentd/ctl/view.hpp"

#include <nlohmann/json.hpp>

namespace agentd::ctl::commands {

int policy_explain(Context& context) {
    Terminal& terminal = context.terminal();
    auto wanted = context.proposal();
    if (const auto* trouble = std::get_if<Trouble>(&wanted)) {
        return terminal.fail(*trouble);
    }
    const Reply reply =
        context.call("policy.explain", {{"proposal", std::get<std::string>(wanted)}});
    if (const auto* trouble = std::get_if<Trouble>(&reply)) {
        return terminal.fail(*trouble);
    }
    const auto& result = std::get<core::Json>(reply);
    print_verdict(terminal, part(result, "verdict"));
    if (const std::string text = raw(result, "text"); !text.empty()) {
        terminal.line();
        terminal.line(terminal.paint(Colour::bold, "Under the policy of now, rule by rule"));
        for (const auto line : core::lines(text)) {
            terminal.line("  " + core::printable(line));
        }
    }
    terminal.result(result);
    return status::ok;
}

} // namespace agentd::ctl::commands
