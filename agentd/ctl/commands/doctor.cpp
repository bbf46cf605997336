#include "agentd/ctl/commands/commands.hpp"
#include "agentd/ctl/context.hpp"
#include "agentd/ctl/view.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace agentd::ctl::commands {

int doctor(Context& context) {
    Terminal& terminal = context.terminal();
    const Reply reply = context.call("doctor", core::Json::object());
    if (const auto* trouble = std::get_if<Trouble>(&reply)) {
        return terminal.fail(*trouble);
    }
    const auto& result = std::get<core::Json>(reply);
    const auto checks = ctl::list(result, "checks");
    // What an older daemon tells without `needed` is needed.
    const auto is_amiss = [](const auto& check) {
        return !truth(check, "ok") &&
               !(part(check, "needed").is_boolean() && !truth(check, "needed"));
    };
    for (const auto& check : checks) {
        const bool ok = truth(check, "ok");
        terminal.line((ok                ? terminal.paint(Colour::good, "ok    ")
                       : is_amiss(check) ? terminal.paint(Colour::bad, "amiss ")
                                         : terminal.paint(Colour::warn, "weak  ")) +
                      pad(shown(check, "name", 40), 18) + " " + shown(check, "detail", 500));
        if (const auto hint = shown(check, "hint", 500); !ok && !hint.empty()) {
            terminal.line("       next: " + hint);
        }
    }
    const auto amiss =
        static_cast<std::size_t>(std::count_if(checks.begin(), checks.end(), is_amiss));
    terminal.line(amiss == 0
                      ? "all is well"
                      : count(amiss, "thing") + " amiss of " + std::to_string(checks.size()));
    terminal.result(result);
    return amiss == 0 ? status::ok : status::failed;
}

} // namespace agentd::ctl::commands
