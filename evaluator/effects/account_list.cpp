#include "evaluator/effects/account_list.hpp"

#include "evaluator/effects/sysusers.hpp"

#include "agentd/core/text.hpp"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

namespace agentd::evaluator::effects {
namespace {

using core::Json;

/// Groups whose members are, or can make themselves, root.
constexpr std::array root_groups{"wheel", "sudo",        "root",     "admin", "docker",
                                 "lxd",   "incus",       "libvirtd", "disk",  "shadow",
                                 "kmem",  "incus-admin", "podman"};
/// Nothing, or a number as everybody reads it.
bool is_id(const std::string& text) {
    return text.find_first_not_of("0123456789") == text.npos && text.size() <= 10 &&
           (text.size() < 2 || text.front() != '0');
}

/// A group that is named by its number is that group; one that nobody knows is taken for root.
void name_group(Json& user, Accounts& out) {
    const auto group = text_of(user, "group");
    if (group.empty() || group.find_first_not_of("0123456789") != group.npos)
        return;
    std::string name = "root";
    for (const auto& [each, gid] : out.gids)
        if (gid == group && (name == "root" || is_root_group(each)))
            name = each;
    user["group"] = name;
}

/// To the machine a group is its number: who is in one of them is in all that have it.
void share_numbers(Accounts& out) {
    std::multimap<std::string, std::string> names;
    for (const auto& [name, gid] : out.gids)
        if (!gid.empty())
            names.emplace(gid, name);
    for (const auto& [name, gid] : out.gids) {
        if (!is_root_group(name) || gid.empty())
            continue;
        const auto [first, last] = names.equal_range(gid);
        for (auto at = first; at != last; ++at)
            if (const auto found = out.members.find(at->second);
                at->second != name && found != out.members.end())
                out.members[name].insert(found->second.begin(), found->second.end());
    }
}

/// False when a list or a name is missing: then nothing of it is believed.
bool take_lists(const Json& root, Accounts& out) {
    const auto users = root.is_object() ? root.find("users") : root.end();
    if (!root.is_object() || users == root.end() || !users->is_array())
        return false;
    const auto groups = root.find("groups");
    if (groups == root.end() || !groups->is_array())
        return false;
    for (const auto& user : *users) {
        if (!user.is_object() || text_of(user, "name").empty() || !is_id(text_of(user, "uid")) ||
            !out.users.emplace(text_of(user, "name"), user).second)
            return false;
    }
    for (const auto& group : *groups) {
        const auto members = group.is_object() ? group.find("members") : group.end();
        if (!group.is_object() || text_of(group, "name").empty() || members == group.end() ||
            !members->is_array() || !is_id(text_of(group, "gid")))
            return false;
        out.gids[text_of(group, "name")] = text_of(group, "gid");
        for (const auto& member : *members)
            if (member.is_string())
                out.members[text_of(group, "name")].insert(member.get<std::string>());
    }
    for (auto& [name, user] : out.users) {
        name_group(user, out);
        out.members[text_of(user, "group")].insert(name);
    }
    share_numbers(out);
    const auto is_mutable = root.find("mutableUsers");
    out.mutable_users = is_mutable == root.end() || *is_mutable != Json(false);
    return true;
}

} // namespace

bool is_root_group(const std::string& group) {
    return std::find(root_groups.begin(), root_groups.end(), group) != root_groups.end();
}

std::string text_of(const Json& object, const char* key) {
    const auto found = object.find(key);
    if (found == object.end() || found->is_null())
        return {};
    return found->is_string() ? found->get<std::string>() : core::canonical(*found);
}

bool is_person(const Json& user) {
    return user.value("isSystemUser", Json(false)) != Json(true) &&
           user.value("isNormal", Json(true)) != Json(false);
}

Accounts read_accounts(const Side& side) {
    Accounts out;
    const auto part = side.parts.find("accounts");
    if (part == side.parts.end()) {
        out.there = !sysusers_files(side.tree).empty();
        out.readable = out.there && take_lists(read_sysusers(side.tree), out);
        return out;
    }
    out.there = true;
    constexpr std::size_t limit = 8U << 20;
    const auto text = side.store.read(part->second, limit);
    const auto json =
        text ? core::parse_json(*text, {.bytes = limit})
             : core::Result<Json>(core::Problem{.code = "unreadable", .message = "not readable"});
    out.readable = json.has_value() && take_lists(*json, out);
    return out;
}

} // namespace agentd::evaluator::effects
