#include "agentd/core/text.hpp"
#include "agentd/ctl/commands/policy_commands.hpp"
#include "agentd/ctl/context.hpp"
#include "policy/load.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace agentd::ctl::commands {

namespace {

int list_all(Terminal& terminal) {
    core::Json rows = core::Json::array();
    for (const policy::Preset& preset : policy::presets()) {
        terminal.line(terminal.paint(Colour::bold, preset.name) + "  " +
                      std::string(preset.summary));
        rows.push_back({{"name", preset.name}, {"summary", preset.summary}});
    }
    terminal.line(
        "agentctl policy presets NAME prints one; services.agentd.policyPreset chooses it");
    terminal.result({{"presets", rows}});
    return status::ok;
}

} // namespace

int policy_presets(Context& context) {
    Terminal& terminal = context.terminal();
    const std::string name = context.asked().argument("NAME");
    if (name.empty()) {
        return list_all(terminal);
    }
    const auto all = policy::presets();
    const auto found =
        std::find_if(all.begin(), all.end(), [&](const auto& each) { return each.name == name; });
    if (found == all.end()) {
        return terminal.fail({.problem = {.code = "not_found",
                                          .message = "there is no such policy to start from",
                                          .where = core::printable(core::shorten(name, 80)),
                                          .hint = "agentctl policy presets lists them"}});
    }
    for (const auto line : core::lines(found->text)) {
        terminal.line(line);
    }
    terminal.result({{"name", found->name}, {"text", found->text}});
    return status::ok;
}

} // namespace agentd::ctl::commands
