#include "agentd/ctl/commands/commands.hpp"
#include "agentd/ctl/context.hpp"
#include "agentd/ctl/help.hpp"

#include <nlohmann/json.hpp>

#include <ostream>

namespace agentd::ctl::commands {

int completion(Context& context) {
    const std::string script = completion_script(context.asked().argument("SHELL"));
    if (!context.terminal().json()) {
        context.around().out << script;
    }
    context.terminal().result({{"script", script}});
    return status::ok;
}

} // namespace agentd::ctl::commands
