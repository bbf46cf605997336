#include "agentd/ctl/commands/commands.hpp"
#include "agentd/ctl/context.hpp"
#include "agentd/ctl/drafting.hpp"
#include "agentd/ctl/plan_text.hpp"

#include <nlohmann/json.hpp>

namespace agentd::ctl::commands {

int run(Context& context) {
    return draft_and_wait(
        context, "run", {{"goal", context.asked().argument("GOAL")}},
        [&](const core::Json& detail) { print_plan(context.terminal(), detail); });
}

} // namespace agentd::ctl::commands
