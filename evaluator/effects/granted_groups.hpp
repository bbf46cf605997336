/// @file
/// Groups that the system's own files make powerful, whatever they are called.
#pragma once

#include "evaluator/effects/account_list.hpp"
#include "evaluator/effects/classifier.hpp"

#include <map>
#include <string>
#include <vector>

namespace agentd::evaluator::effects {

struct Grant {
    bool root = false; ///< its members can become root; otherwise they may some of it, or log in
    std::string by{};  ///< the line or file that says so
};

/// By name of the group; of several grants the heaviest.
std::map<std::string, Grant> granted_groups(const Side& side, const Accounts& accounts);

/// Tells of those who come to such a group what they may do now.
void tell_granted(const std::string& group, const std::vector<std::string>& gained,
                  const std::map<std::string, Grant>& grants, Sink& sink);

} // namespace agentd::evaluator::effects
