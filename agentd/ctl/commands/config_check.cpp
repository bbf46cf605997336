#include "agentd/ctl/commands/commands.hpp"
#include "agentd/ctl/context.hpp"
#include "agentd/ctl/problems.hpp"

#include <nlohmann/json.hpp>

namespace agentd::ctl::commands {

int config_check(Context& context) {
    Terminal& terminal = context.terminal();
    const std::string given = context.asked().argument("FILE");
    const std::string file = given.empty() ? context.config_file() : context.absolute(given);
    try {
        const auto loaded = load_config(file);
        if (!loaded.problems.empty()) {
            return report_problems(terminal, loaded.problems, file);
        }
    } catch (const core::Failure& failure) {
        return terminal.fail(trouble_of(failure));
    }
    terminal.line(file + " is understood");
    terminal.result({{"file", file}, {"problems", core::Json::array()}});
    return status::ok;
}

} // namespace agentd::ctl::commands
