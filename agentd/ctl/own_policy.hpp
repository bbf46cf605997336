/// @file
/// A policy file as a command was given it.
#pragma once

#include "agentd/ctl/context.hpp"
#include "policy/load.hpp"

#include <string>
#include <variant>

namespace agentd::ctl {

struct OwnPolicy {
    std::string file{};
    policy::Policy policy{};
};

/// As it was read, troubles and all.
struct ReadPolicy {
    std::string file{}; ///< absolute
    policy::Loaded loaded{};
};
/// Of the file; of the one in the settings (else the usual place) where none is given. The exit
/// status where it cannot be read, which has been said then.
std::variant<ReadPolicy, int> read_policy(Context& context, const std::string& given);
/// As above, and without troubles: what is wrong with it has been said too.
std::variant<OwnPolicy, int> own_policy(Context& context, const std::string& given);

} // namespace agentd::ctl
