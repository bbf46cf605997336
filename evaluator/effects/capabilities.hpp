/// @file
/// Rights of the kernel that a program is given one by one (capabilities(7)).
#pragma once

#include <string_view>

namespace agentd::evaluator::effects {

/// `CAP_NET_RAW`, in either case: nobody becomes root by it.
bool is_tame_capability(std::string_view name);

/// What setcap is told (cap_text_formats(7)): `cap_net_raw,cap_net_admin+ep`, `all=eip`. True when
/// every name of it is tame, and of nothing.
bool are_tame(std::string_view text);

} // namespace agentd::evaluator::effects
