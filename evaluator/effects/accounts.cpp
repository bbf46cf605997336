/// Users and groups, from the list that NixOS hands to update-users-groups or to userborn, or from
/// sysusers.d where it hands out none.
#include "evaluator/effects/classifier.hpp"
#include "evaluator/effects/etc_text.hpp"
#include "evaluator/effects/store_text.hpp"
#include "evaluator/effects/sysusers.hpp"

#include "agentd/core/json.hpp"
#include "agentd/core/text.hpp"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

namespace agentd::evaluator::effects {
namespace {

using core::Json;

/// Groups whose members are, or can make themselves, root.
constexpr std::array root_groups{"wheel", "sudo",     "root", "admin",  "docker", "lxd",
                                 "incus", "libvirtd", "disk", "shadow", "kmem",   "incus-admin"};
constexpr std::array secret_fields{"hashedPassword", "password", "initialPassword",
                                   "initialHashedPassword"};

struct Accounts {
    bool readable = true;
    bool there = false;
    bool mutable_users = true;
    std::map<std::string, Json> users;
    std::map<std::string, std::set<std::string>> members; ///< explicit members and primary groups
    std::map<std::string, std::string> gids;
};

Effect account(std::string kind, std::string subject, Risk risk, std::string sentence) {
    return effect_of("accounts", std::move(kind), std::move(subject), risk, std::move(sentence));
}

std::string text_of(const Json& object, const char* key) {
    const auto found = object.find(key);
    if (found == object.end() || found->is_null())
        return {};
    return found->is_string() ? found->get<std::string>() : core::canonical(*found);
}

bool is_root_group(const std::string& group) {
    return std::find(root_groups.begin(), root_groups.end(), group) != root_groups.end();
}

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
    const auto is_mutable = root.find("mutableUsers");
    out.mutable_users = is_mutable == root.end() || *is_mutable != Json(false);
    return true;
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

bool is_secret(std::string_view field) {
    return std::find(secret_fields.begin(), secret_fields.end(), field) != secret_fields.end();
}

void user_added(const std::string& name, const Json& user, Sink& sink) {
    const bool system = user.value("isSystemUser", Json(false)) == Json(true) ||
                        user.value("isNormal", Json(true)) == Json(false);
    auto effect = account("user_added", name, system ? Risk::low : Risk::high,
                          system ? "the system account " + name + " is added"
                                 : "the user " + name + " is added and may log in");
    effect.after = "group=" + text_of(user, "group") + " shell=" + text_of(user, "shell");
    const auto shell = text_of(user, "shell");
    if (system && !shell.empty() && !shell.ends_with("nologin") && !shell.ends_with("/false")) {
        effect.risk = Risk::notice;
        effect.sentence += " with a login shell";
    }
    sink.add(std::move(effect));
}

void user_changed(const std::string& name, const Json& before, const Json& after,
                  const std::string& prefix, Sink& sink) {
    std::set<std::string> fields;
    for (const auto* user : {&before, &after})
        for (const auto& [key, value] : user->items())
            fields.insert(key);
    std::vector<std::string> changed;
    std::vector<std::string> old_values;
    std::vector<std::string> new_values;
    bool grave = false;
    for (const auto& field : fields) {
        const auto old_value = text_of(before, field.c_str());
        const auto new_value = text_of(after, field.c_str());
        if (shape_of(old_value, prefix) == shape_of(new_value, prefix))
            continue;
        changed.push_back(field);
        grave = grave || (field != "description" && field != "createHome");
        // What a password was or becomes is nobody's business.
        old_values.push_back(field + "=" + (is_secret(field) ? "…" : old_value));
        new_values.push_back(field + "=" + (is_secret(field) ? "…" : new_value));
    }
    if (changed.empty())
        return;
    auto effect = account("user_changed", name, grave ? Risk::high : Risk::low,
                          "the user " + name + " changes: " + core::join(changed, ", "));
    if (name == "root" && grave)
        effect.risk = Risk::critical;
    effect.before = core::join(old_values, "\n");
    effect.after = core::join(new_values, "\n");
    sink.add(std::move(effect));
}

void users(const Accounts& before, const Accounts& after, const std::string& prefix, Sink& sink) {
    for (const auto& [name, user] : after.users) {
        const auto old_user = before.users.find(name);
        if (old_user == before.users.end())
            user_added(name, user, sink);
        else if (old_user->second != user)
            user_changed(name, old_user->second, user, prefix, sink);
        const auto uid = text_of(user, "uid");
        const bool was = old_user != before.users.end() && text_of(old_user->second, "uid") == "0";
        if (uid == "0" && name != "root" && !was)
            sink.add(account("user_is_root", name, Risk::critical,
                             "the user " + name + " is root under another name (uid 0)"));
    }
    for (const auto& [name, user] : before.users)
        if (!after.users.contains(name))
            sink.add(
                account("user_removed", name, Risk::notice, "the user " + name + " is removed"));
}

void membership(const std::string& group, const std::set<std::string>& before,
                const std::set<std::string>& after, Sink& sink) {
    std::vector<std::string> gained;
    std::vector<std::string> lost;
    std::set_difference(after.begin(), after.end(), before.begin(), before.end(),
                        std::back_inserter(gained));
    std::set_difference(before.begin(), before.end(), after.begin(), after.end(),
                        std::back_inserter(lost));
    if (!is_root_group(group)) {
        if (gained.empty() && lost.empty())
            return;
        auto effect = account("group_changed", group, Risk::notice,
                              "the members of the group " + group + " change");
        effect.before = core::join(lost, " ");
        effect.after = core::join(gained, " ");
        sink.add(std::move(effect));
        return;
    }
    for (const auto& user : gained)
        if (user != "root")
            sink.add(account("admin_granted", user + " in " + group, Risk::critical,
                             user + " joins the group " + group + " and can become root"));
    for (const auto& user : lost)
        if (user != "root")
            sink.add(account("admin_revoked", user + " in " + group, Risk::high,
                             user + " leaves the group " + group));
}

void groups(const Accounts& before, const Accounts& after, Sink& sink) {
    static const std::set<std::string> nobody;
    const auto of = [](const Accounts& side, const std::string& group) -> const auto& {
        const auto found = side.members.find(group);
        return found == side.members.end() ? nobody : found->second;
    };
    std::set<std::string> names;
    for (const auto* side : {&before, &after}) {
        for (const auto& [name, gid] : side->gids)
            names.insert(name);
        for (const auto& [name, members] : side->members)
            names.insert(name);
    }
    for (const auto& name : names) {
        const bool old_one = before.gids.contains(name);
        const bool new_one = after.gids.contains(name);
        if (!old_one && new_one)
            sink.add(account("group_added", name, Risk::low, "the group " + name + " is added"));
        else if (old_one && !new_one)
            sink.add(
                account("group_removed", name, Risk::notice, "the group " + name + " is removed"));
        else if (old_one && before.gids.at(name) != after.gids.at(name))
            sink.add(account("group_changed", name + " number", Risk::high,
                             "the number of the group " + name + " changes"));
        // Members of a group that comes or goes are told with their accounts, unless they gain
        // power.
        if (is_root_group(name) || (old_one && new_one))
            membership(name, of(before, name), of(after, name), sink);
    }
}

/// A new account's primary group says nothing that the account itself does not say.
void forget_primary_groups(Accounts& before, Accounts& after) {
    for (auto* side : {&before, &after})
        for (const auto& [name, user] : side->users) {
            const auto group = text_of(user, "group");
            if (!is_root_group(group))
                side->members[group].erase(name);
        }
    std::erase_if(before.members, [](const auto& each) { return each.second.empty(); });
    std::erase_if(after.members, [](const auto& each) { return each.second.empty(); });
}

} // namespace

void classify_accounts(const Side& before, const Side& after, Claims& claims, Sink& sink) {
    auto old_accounts = read_accounts(before);
    auto new_accounts = read_accounts(after);
    if (!old_accounts.there && !new_accounts.there)
        return;
    const auto told = [](const Accounts& side) { return side.there && side.readable; };
    if (!told(old_accounts) || !told(new_accounts)) {
        const auto part = before.parts.find("accounts");
        if (part != before.parts.end() && after.parts.contains("accounts") &&
            part->second == after.parts.at("accounts"))
            return;
        sink.add({.area = "unclassified",
                  .kind = "unclassified_changed",
                  .subject = "users-groups.json",
                  .before = std::nullopt,
                  .after = std::nullopt,
                  .risk = Risk::high,
                  .sentence = "the list of users and groups cannot be read on both sides"});
        return;
    }
    // Beside a list they are made by somebody else, or by nobody: that is for a person to see.
    for (const auto* side : {&before, &after})
        if (!side->parts.contains("accounts"))
            for (const auto& path : sysusers_files(side->tree))
                claim_file(before, after, path, claims);
    forget_primary_groups(old_accounts, new_accounts);
    users(old_accounts, new_accounts, before.store.prefix(), sink);
    groups(old_accounts, new_accounts, sink);
    if (old_accounts.mutable_users != new_accounts.mutable_users)
        sink.add(account("user_changed", "mutableUsers", Risk::high,
                         new_accounts.mutable_users
                             ? "accounts and passwords may be changed by hand"
                             : "accounts and passwords made by hand are reset"));
}

} // namespace agentd::evaluator::effects
