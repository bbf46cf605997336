/// @file
/// The commands that look at a repository by themselves.
#pragma once

namespace agentd::ctl {
class Context;
}

namespace agentd::ctl::commands {

int context_map(Context& context);
int plan(Context& context);

} // namespace agentd::ctl::commands
