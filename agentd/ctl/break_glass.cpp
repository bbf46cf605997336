#include "agentd/ctl/break_glass.hpp"

#include "agentd/core/crypto.hpp"
#include "agentd/ctl/view.hpp"
#include "proposals/presence.hpp"

#include <nlohmann/json.hpp>

namespace agentd::ctl {

using core::Json;

std::optional<Trouble> may_break_glass(Context& context) {
    if (context.around().uid == 0) {
        return std::nullopt;
    }
    return Trouble{.problem = {.code = "denied",
                               .message = "only root breaks the glass: it takes the place of a "
                                          "signature, and stays in the log for everybody to see",
                               .hint = "sudo agentctl approve " + context.asked().argument("ID") +
                                       " --break-glass; or sign it with your key: agentctl "
                                       "approve " +
                                       context.asked().argument("ID")},
                   .exit = status::denied};
}

Json glass_presence(const std::string& statement) {
    return proposals::to_json(proposals::Presence{.method = proposals::PresenceMethod::break_glass,
                                                  .signed_digest = core::sha256(statement).hex()});
}

Reply apply_as_root(Context& context, const std::string& statement) {
    Terminal& terminal = context.terminal();
    auto config = context.config();
    if (auto* trouble = std::get_if<Trouble>(&config)) {
        return std::move(*trouble);
    }
    const auto& loaded = std::get<std::optional<Config>>(config);
    const std::string socket = loaded ? loaded->sockets.apply : Config::Sockets{}.apply;
    return ask_helper(
        socket,
        {{"op", "apply"}, {"statement", statement}, {"presence", glass_presence(statement)}},
        context.around().stop, {.on_event = [&](const Json& event) {
            terminal.progress("  " + pad(shown(event, "step", 40), 16) + shown(event, "detail"));
            terminal.event("step",
                           {{"step", raw(event, "step")}, {"detail", raw(event, "detail")}});
        }});
}

} // namespace agentd::ctl
