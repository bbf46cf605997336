#include "agentd/ctl/applying.hpp"
#include "agentd/ctl/commands/commands.hpp"
#include "agentd/ctl/context.hpp"

namespace agentd::ctl::commands {

int apply(Context& context) {
    auto wanted = context.proposal();
    if (const auto* trouble = std::get_if<Trouble>(&wanted)) {
        return context.terminal().fail(*trouble);
    }
    return apply_approved(context, std::get<std::string>(wanted));
}

} // namespace agentd::ctl::commands
