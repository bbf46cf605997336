/// @file
/// Commands about policy files that ask nobody.
#pragma once

namespace agentd::ctl {
class Context;
}

namespace agentd::ctl::commands {

int policy_test(Context& context);
int policy_presets(Context& context);

} // namespace agentd::ctl::commands
