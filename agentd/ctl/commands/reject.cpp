#include "agentd/ctl/commands/commands.hpp"
#include "agentd/ctl/context.hpp"
#include "agentd/ctl/proposal_text.hpp"
#include "agentd/ctl/view.hpp"

#include <nlohmann/json.hpp>

namespace agentd::ctl::commands {

int reject(Context& context) {
    Terminal& terminal = context.terminal();
    auto wanted = context.proposal();
    if (const auto* trouble = std::get_if<Trouble>(&wanted)) {
        return terminal.fail(*trouble);
    }
    const auto& id = std::get<std::string>(wanted);
    const auto reason = context.asked().value("--reason");
    if (!reason) {
        return terminal.fail(usage("a rejection needs a reason: the proposer and the log keep it",
                                   "agentctl reject " + id + " --reason \"…\""));
    }
    const Reply reply = context.call("reject", {{"proposal", id}, {"reason", *reason}});
    if (const auto* trouble = std::get_if<Trouble>(&reply)) {
        return terminal.fail(*trouble);
    }
    const auto& result = std::get<core::Json>(reply);
    terminal.line("rejected: " + shown(part(result, "proposal"), "title", 200));
    terminal.result(result);
    return status::ok;
}

} // namespace agentd::ctl::commands
