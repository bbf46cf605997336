/// @file
/// The users and groups of one system, from the list that NixOS hands to update-users-groups or to
/// userborn, or from sysusers.d where it hands out none.
#pragma once

#include "evaluator/effects/side.hpp"

#include "agentd/core/json.hpp"

#include <map>
#include <set>
#include <string>

namespace agentd::evaluator::effects {

struct Accounts {
    bool readable = true;
    bool there = false;
    bool mutable_users = true;
    std::map<std::string, core::Json> users; // no initialiser: Json is complete in sources only
    /// Explicit members and primary groups. Members of a group that has the number of another one,
    /// whose members are root, are members of that.
    std::map<std::string, std::set<std::string>> members{};
    std::map<std::string, std::string> gids{};
};

Accounts read_accounts(const Side& side);

/// True of groups whose members are, or can make themselves, root.
bool is_root_group(const std::string& group);

/// The text of a field, or its JSON; "" when there is none.
std::string text_of(const core::Json& object, const char* key);

/// True of a user who is not of the system itself.
bool is_person(const core::Json& user);

} // namespace agentd::evaluator::effects
