#include "agentd/ctl/commands/commands.hpp"
#include "agentd/ctl/context.hpp"

#include <nlohmann/json.hpp>

namespace agentd::ctl::commands {

int version(Context& context) {
    context.terminal().line("agentctl " AGENTD_VERSION);
    context.terminal().result(
        {{"program", "agentctl"}, {"version", AGENTD_VERSION}, {"schema", "agentctl/1"}});
    return status::ok;
}

} // namespace agentd::ctl::commands
