/// @file
/// A policy file as a command was given it.
#pragma once

#include "agentd/ctl/context.hpp"
#include "policy/rule.hpp"

#include <string>
#include <variant>

namespace agentd::ctl {

struct OwnPolicy {
    std::string file{};
    policy::Policy policy{};
};

/// Of the file; of the one in the settings (else the usual place) where none is given. What is
/// wrong with it has been said then, and the exit status is returned.
std::variant<OwnPolicy, int> own_policy(Context& context, const std::string& given);

} // namespace agentd::ctl
