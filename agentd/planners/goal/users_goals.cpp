// Accounts: users, their groups, their keys.
#include "agentd/planners/goal/clause.hpp"

#include <array>

namespace agentd::planners::goal {

namespace {

using core::Result;

void groups(Made& out, const State& match, const std::string& user, WishKind kind) {
    for (const Item& group : match.items("groups")) {
        const std::string list = below_user(user, "extraGroups");
        out.wishes.push_back(kind == WishKind::add_to_list ? add(list, group.text)
                                                           : remove(list, group.text));
    }
}

Result<Made> create(const State& match, const Situation&) {
    Made out;
    for (const Item& user : match.items("users")) {
        out.wishes.push_back(set(below_user(user.text, "isNormalUser"), true));
        if (match.has("admin")) {
            out.wishes.push_back(add(below_user(user.text, "extraGroups"), "wheel"));
        }
        groups(out, match, user.text, WishKind::add_to_list);
    }
    return out;
}

Result<Made> membership(const State& match, const Situation& in, WishKind kind) {
    Made out;
    for (const Item& user : match.items("users")) {
        if (auto problem = nobody(in, user.text)) {
            return *problem;
        }
        groups(out, match, user.text, kind);
    }
    return out;
}
Result<Made> join(const State& match, const Situation& in) {
    return membership(match, in, WishKind::add_to_list);
}
Result<Made> leave(const State& match, const Situation& in) {
    return membership(match, in, WishKind::remove_from_list);
}

Result<Made> admin(const State& match, const Situation& in) {
    Made out;
    for (const Item& user : match.items("users")) {
        if (auto problem = nobody(in, user.text)) {
            return *problem;
        }
        out.wishes.push_back(add(below_user(user.text, "extraGroups"), "wheel"));
    }
    return out;
}
Result<Made> no_admin(const State& match, const Situation&) {
    Made out;
    for (const Item& user : match.items("users")) {
        out.wishes.push_back(remove(below_user(user.text, "extraGroups"), "wheel"));
    }
    return out;
}

Result<Made> trust(const State& match, const Situation&) {
    Made out;
    for (const Item& user : match.items("users")) {
        out.wishes.push_back(add("nix.settings.trusted-users", user.text));
    }
    return out;
}

Result<Made> key(const State& match, const Situation& in) {
    if (auto problem = nobody(in, match.text("user"))) {
        return *problem;
    }

    return only(
        add(below_user(match.text("user"), "openssh.authorizedKeys.keys"), match.text("key")));
}
Result<Made> no_key(const State& match, const Situation&) {
    return only(
        remove(below_user(match.text("user"), "openssh.authorizedKeys.keys"), match.text("key")));
}

Result<Made> shell(const State& match, const Situation& in) {
    if (auto problem = nobody(in, match.text("user"))) {
        return *problem;
    }

    const std::string shell = match.text("package");
    Made out{.wishes = {set(below_user(match.text("user"), "shell"), attribute(shell))}};
    if (shell == "zsh" || shell == "fish" || shell == "xonsh") { // NixOS asks for it
        out.wishes.push_back(set("programs." + shell + ".enable", true));
    }
    return out;
}

Result<Made> join_him(const State& match, const Situation& in) {
    if (!in.scope.whom.empty()) {
        if (auto problem = nobody(in, in.scope.whom)) {
            return *problem;
        }
        Made out{.of_whom = true};
        groups(out, match, in.scope.whom, WishKind::add_to_list);
        return out;
    }
    return core::Problem{.code = "not_understood",
                         .message = "the goal is not understood: who is meant is not said",
                         .hint = "add user bob to the group wheel"};
}

/// Who was made or spoken of just before; "" where it is nobody.
std::string him(const Situation& in) {
    if (!in.scope.whom.empty()) {
        return in.scope.whom;
    }
    const auto user = in.before.empty() || !in.before.back().option
                          ? std::vector<std::string>{}
                          : in.before.back().option->parts();
    return user.size() > 2 && user[0] == "users" && user[1] == "users" ? user[2] : "";
}
core::Problem who() {
    return {.code = "not_understood",
            .message = "the goal is not understood: who is meant is not said",
            .hint = "say the name: make bob an admin"};
}
Result<Made> him_admin(const State&, const Situation& in) {
    const std::string user = him(in);
    return user.empty() ? Result<Made>(who())
                        : Made{.wishes = {add(below_user(user, "extraGroups"), "wheel")},
                               .of_whom = !in.scope.whom.empty()};
}
Result<Made> his_key(const State& match, const Situation& in) {
    const std::string user = him(in);
    return user.empty() ? Result<Made>(who())
                        : Made{.wishes = {add(below_user(user, "openssh.authorizedKeys.keys"),
                                              match.text("key"))},
                               .of_whom = !in.scope.whom.empty()};
}

/// Who may use what was turned on just before: `docker` of virtualisation.docker.enable.
Result<Made> join_its(const State& match, const Situation& in) {
    static constexpr auto groups_of = std::to_array<std::pair<std::string_view, std::string_view>>(
        {{"virtualisation.docker.enable", "docker"},
         {"virtualisation.podman.enable", "podman"},
         {"virtualisation.libvirtd.enable", "libvirtd"},
         {"virtualisation.virtualbox.host.enable", "vboxusers"},
         {"networking.networkmanager.enable", "networkmanager"},
         {"programs.wireshark.enable", "wireshark"},
         {"programs.adb.enable", "adbusers"}});
    for (const auto& [option, group] : groups_of) {
        if (in.service != option) {
            continue;
        }
        Made out;
        for (const Item& user : match.items("users")) {
            if (auto problem = nobody(in, user.text)) {
                return *problem;
            }
            out.wishes.push_back(add(below_user(user.text, "extraGroups"), std::string(group)));
        }
        return out;
    }
    return core::Problem{.code = "not_understood",
                         .message =
                             "the goal is not understood: of which group that is is not known",
                         .hint = "say the group: add user bob to the group docker"};
}

Result<Made> described(const State& match, const Situation&) {
    return only(set(below_user(match.text("user"), "description"), match.text("text")));
}

Result<Made> create_with_key(const State& match, const Situation& in) {
    auto out = create(match, in);
    for (const Item& user : out ? match.items("users") : Items{}) {
        out.value().wishes.push_back(
            add(below_user(user.text, "openssh.authorizedKeys.keys"), match.text("key")));
    }
    return out;
}

constexpr auto patterns = std::to_array<Pattern>({
    {"(add|create|make|set up) [new] [normal] (user|users|account|user account|account for) "
     "[named|called] {users} [(who is|who are|that is|,) in] [(in|with) [group|groups] {groups}]",
     create, ""},
    {"(add|create|make|set up) [new] [normal] (user|users|account|user account|account for) "
     "[named|called] {users} [[,] (who|that) (is|are)] [,] [in|with|and put (him|her|them) in|"
     "member of|members of] (group|groups) {groups}",
     create, "add a user bob in the group wheel"},
    {"(add|create|make|set up) [new] [normal] (user|users|account|user account|account for) "
     "[named|called] {users} with [ssh|public] [public] key {key}",
     create_with_key},
    {"(add|create|make|set up) [new] [normal] (user|users|account|user account|account for) "
     "[named|called] {users} [[,] (who|that) (is|are)] [,] [in|member of] {groups} (group|groups)",
     create},
    {"new [normal] (user|account) {users} [in (group|groups) {groups}]", create},
    {"(add|create|make) [new] (admin|administrator) (user|account) [named|called] {users} "
     "{nothing:admin}",
     create, "create an admin user bob"},
    {"(add|create|make) [new] [normal] (user|account) [named|called] {users} (with|and give "
     "him|and "
     "give her|and give them) (sudo|admin|root) [rights|access] {nothing:admin}",
     create},
    {"(add|put) [user|users] {users} (to|into) (group|groups) {groups}", join,
     "add user bob to the group wheel"},
    {"(add|put) [user|users] {users} (to|into) {groups} (group|groups)", join},
    {"put [user|users] {users} in (group|groups) {groups}", join},
    {"put [user|users] {users} in {groups} (group|groups)", join},
    {"(add|put) [user|users] {users} to it", join_its, "", About::hosts, true},
    {"(add|put) [user|users] {users} (to|in|into) {knowngroups:groups}", join},
    {"(add|put) (him|her|them) (to|in|into) (group|groups) {groups}", join_him},
    {"(add|put) (him|her|them) (to|in|into) {groups} (group|groups)", join_him},
    {"(add|put) (him|her|them) (to|in|into) {knowngroups:groups}", join_him},
    {"[user|users] {users} (should|must|shall) be (in|member of|members of) (group|groups) "
     "{groups}",
     join},
    {"[user|users] {users} (should|must|shall) be (in|member of) {groups} (group|groups)", join},
    {"(remove|take|drop) [user|users] {users} (from|out of) (group|groups) {groups}", leave,
     "remove user bob from the group docker"},
    {"(remove|take|drop) [user|users] {users} (from|out of) {groups} (group|groups)", leave},
    {"(remove|take|drop) [user|users] {users} (from|out of) {knowngroups:groups}", leave},
    {"make (him|her|them) (admin|admins|administrator|administrators|sudoer)", him_admin, "",
     About::hosts, true},
    {"give (him|her|them) [ssh|public] key {key}", his_key, "", About::hosts, true},
    {"make [user] {users} (admin|admins|administrator|administrators|sudoer)", admin,
     "make bob an admin"},
    {"(give|grant) [user] {users} (sudo|admin|root) [rights|access|permissions|privileges]", admin},
    {"(let|allow) [user] {users} [to] use sudo", admin},
    {"trust [user|users] {users} (in|with|for) nix", trust},
    {"make [user|users] {users} [a] trusted [nix] (user|users) [(of|for|in) nix]", trust},
    {"(revoke|remove) {users} 's (sudo|admin|root) (rights|access)", no_admin},
    {"(add|authorize|authorise|allow) [ssh|public] [public] key {key} (for|to|of) [user] {user}",
     key, "add the ssh key \"ssh-ed25519 AAAA… bob@laptop\" for user bob"},
    {"(add|authorize|authorise|allow) [ssh|public] [public] key {key} to {user} 's "
     "[ssh|authorized|authorised] keys",
     key},
    {"(let|allow) [user] {user} [to] (log in|login) with [ssh] key {key}", key},
    {"(remove|revoke|delete|drop) [ssh|public] [public] key {key} (from|of|for) [user] {user}",
     no_key},
    {"(set|change) [login|default] shell (of|for) [user] {user} to {package}", shell,
     "set the shell of bob to zsh"},
    {"(set|change) [user] {user} 's [login|default] shell to {package}", shell},
    {"(make|set) {package} [as] [login|default] shell (of|for) [user] {user}", shell},
    {"give [user] {user} [login] shell {package}", shell},
    {"use {package} as [login|default] shell (of|for) [user] {user}", shell},
    {"(set|change) [login|default] shell to {package} (of|for) [user] {user}", shell},
    {"(set|change) [user] {user} 's (description|full name) to {text}", described},
});

} // namespace

Patterns user_patterns() {
    return patterns;
}

} // namespace agentd::planners::goal
