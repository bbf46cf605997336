/// Users and groups that come, go and change.
#include "evaluator/effects/account_home.hpp"
#include "evaluator/effects/account_list.hpp"
#include "evaluator/effects/classifier.hpp"
#include "evaluator/effects/compare.hpp"
#include "evaluator/effects/etc_text.hpp"
#include "evaluator/effects/granted_groups.hpp"
#include "evaluator/effects/sysusers.hpp"

#include "agentd/core/json.hpp"
#include "agentd/core/text.hpp"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

namespace agentd::evaluator::effects {
namespace {

using core::Json;

constexpr std::array secret_fields{"hashedPassword", "password", "initialPassword",
                                   "initialHashedPassword"};

Effect account(std::string kind, std::string subject, Risk risk, std::string sentence) {
    return effect_of("accounts", std::move(kind), std::move(subject), risk, std::move(sentence));
}

bool is_secret(std::string_view field) {
    return std::find(secret_fields.begin(), secret_fields.end(), field) != secret_fields.end();
}

/// A password that is there and says nothing lets in whoever asks.
bool is_open(const Json& user) {
    return std::any_of(secret_fields.begin(), secret_fields.end(), [&](const char* field) {
        const auto found = user.find(field);
        return found != user.end() && found->is_string() && found->get<std::string>().empty();
    });
}

void open_password(const std::string& name, const Json* before, const Json& after, Sink& sink) {
    if (is_open(after) && (before == nullptr || !is_open(*before)))
        sink.add(account("user_changed", name, Risk::critical,
                         name + " may log in with no password at all"));
}

void user_added(const std::string& name, const Json& user, Sink& sink) {
    const bool system = !is_person(user);
    auto effect = account("user_added", name, system ? Risk::low : Risk::high,
                          system ? "the system account " + name + " is added"
                                 : "the user " + name + " is added and may log in");
    effect.after =
        "group=" + text_of(user, "group") + " shell=" + text_of(user, "shell") + told_home(user);
    const auto shell = text_of(user, "shell");
    if (system && !shell.empty() && !shell.ends_with("nologin") && !shell.ends_with("/false")) {
        effect.risk = Risk::notice;
        effect.sentence += " with a login shell";
    }
    sink.add(std::move(effect));
}

void user_changed(const std::string& name, const Json& before, const Json& after,
                  Comparer& comparer, Sink& sink) {
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
        if (comparer.texts(old_value, new_value) != Likeness::differs)
            continue; // also what the files say that they name
        changed.push_back(field);
        grave =
            grave || (field != "description" && !(field == "createHome" && new_value != "true"));
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

/// Names by the number that they have.
using Numbers = std::map<std::string, std::set<std::string>>;

Numbers user_numbers(const Accounts& side) {
    Numbers out;
    for (const auto& [name, user] : side.users)
        out[text_of(user, "uid")].insert(name);
    return out;
}

Numbers group_numbers(const Accounts& side) {
    Numbers out;
    for (const auto& [name, gid] : side.gids)
        out[gid].insert(name);
    return out;
}

/// Those that share a number are one to the machine.
void shared_numbers(const Numbers& before, const Numbers& after, const std::string& kind,
                    const std::string& those, Risk risk, Sink& sink) {
    for (const auto& [number, names] : after) {
        const auto found = before.find(number);
        if (number.empty() || names.size() < 2 || (found != before.end() && found->second == names))
            continue;
        for (const auto& name : names) {
            const auto& other = name == *names.begin() ? *names.rbegin() : *names.begin();
            sink.add(account(kind, name, risk,
                             those + name + " has the number of " + other +
                                 ": what the one may, the other may"));
        }
    }
}

void numbers(const Accounts& before, const Accounts& after, Sink& sink) {
    shared_numbers(user_numbers(before), user_numbers(after), "user_changed", "the user ",
                   Risk::critical, sink);
    shared_numbers(group_numbers(before), group_numbers(after), "group_changed", "the group ",
                   Risk::high, sink);
}

void users(const Accounts& before, const Accounts& after, Comparer& comparer, Sink& sink) {
    for (const auto& [name, user] : after.users) {
        const auto old_user = before.users.find(name);
        if (old_user == before.users.end())
            user_added(name, user, sink);
        else if (old_user->second != user)
            user_changed(name, old_user->second, user, comparer, sink);
        const auto* old_json = old_user == before.users.end() ? nullptr : &old_user->second;
        open_password(name, old_json, user, sink);
        tell_home(name, old_json, after, sink);
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

using Granted = std::map<std::string, Grant>;

void membership(const std::string& group, const std::set<std::string>& before,
                const std::set<std::string>& after, const Granted& grants, Sink& sink) {
    std::vector<std::string> gained;
    std::vector<std::string> lost;
    std::set_difference(after.begin(), after.end(), before.begin(), before.end(),
                        std::back_inserter(gained));
    std::set_difference(before.begin(), before.end(), after.begin(), after.end(),
                        std::back_inserter(lost));
    if (group.starts_with("agentd") && !gained.empty())
        sink.add(effect_of("system", "agentd_changed", group, Risk::critical,
                           core::join(gained, ", ") + " joins " + group + ", a group of agentd"));
    tell_granted(group, gained, grants, sink);
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

void group_added(const std::string& name, const std::set<std::string>& members, Sink& sink) {
    auto effect = account("group_added", name, Risk::low, "the group " + name + " is added");
    if (!members.empty())
        effect.after = core::join(std::vector<std::string>(members.begin(), members.end()), " ");
    sink.add(std::move(effect));
}

void groups(const Accounts& before, const Accounts& after, const Granted& grants, Sink& sink) {
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
            group_added(name, of(after, name), sink);
        else if (old_one && !new_one)
            sink.add(
                account("group_removed", name, Risk::notice, "the group " + name + " is removed"));
        else if (old_one && before.gids.at(name) != after.gids.at(name))
            sink.add(account("group_changed", name + " number", Risk::high,
                             "the number of the group " + name + " changes"));
        // Members of a group that comes or goes are told with their accounts, unless they gain
        // power.
        if (is_root_group(name) || name.starts_with("agentd") || grants.contains(name) ||
            (old_one && new_one))
            membership(name, of(before, name), of(after, name), grants, sink);
    }
}

/// A new account's primary group says nothing that the account itself does not say.
void forget_primary_groups(Accounts& before, Accounts& after, const Granted& grants) {
    for (auto* side : {&before, &after})
        for (const auto& [name, user] : side->users) {
            const auto group = text_of(user, "group");
            if (!is_root_group(group) && !grants.contains(group))
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
    const auto grants = granted_groups(after, new_accounts);
    forget_primary_groups(old_accounts, new_accounts, grants);
    Comparer comparer(before, after);
    users(old_accounts, new_accounts, comparer, sink);
    numbers(old_accounts, new_accounts, sink);
    groups(old_accounts, new_accounts, grants, sink);
    if (old_accounts.mutable_users != new_accounts.mutable_users)
        sink.add(account("user_changed", "mutableUsers", Risk::high,
                         new_accounts.mutable_users
                             ? "accounts and passwords may be changed by hand"
                             : "accounts and passwords made by hand are reset"));
}

} // namespace agentd::evaluator::effects
