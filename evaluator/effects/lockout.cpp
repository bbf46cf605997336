/// Is there still a way in? Of what can be seen in the two systems: the SSH server, the firewall,
/// and somebody with a key or a password who is or may become root. Keys in homes are not seen, so
/// only the loss of every known way is told.
#include "evaluator/effects/account_list.hpp"
#include "evaluator/effects/classifier.hpp"
#include "evaluator/effects/etc_text.hpp"
#include "evaluator/effects/firewall.hpp"
#include "evaluator/effects/sshd_config.hpp"
#include "evaluator/effects/unit_file.hpp"

#include "agentd/core/json.hpp"
#include "agentd/core/text.hpp"

#include <algorithm>
#include <fnmatch.h>
#include <nlohmann/json.hpp>

namespace agentd::evaluator::effects {
namespace {

bool is_started(const Units& units, const std::string& name) {
    const auto found = units.find(name);
    return found != units.end() && !found->second.masked && !found->second.pulled_in_by.empty();
}

bool is_loopback_alone(const std::string& addresses) {
    const auto lines = core::lines(addresses);
    return !addresses.empty() && std::all_of(lines.begin(), lines.end(), [](std::string_view line) {
        return line.starts_with("127.") || line.starts_with("::1") || line.starts_with("[::1]") ||
               line.starts_with("localhost");
    });
}

/// One of the ports of sshd is let in, from anywhere.
bool reachable(const Side& side, const SshdConfig& config) {
    if (!is_started(side.units, "sshd.service") && !is_started(side.units, "sshd.socket"))
        return false;
    if (const auto listens = config.value("listenaddress"); is_loopback_alone(listens))
        return false;
    const auto firewall = read_firewall(side, side.units);
    if (!firewall.filters)
        return true;
    const std::string ports = config.value("port");
    for (const auto line : core::lines(ports))
        if (const auto port = core::parse_integer(line))
            for (const auto& opening : firewall.openings)
                if (opening.protocol == "any" ? opening.interface != "lo"
                                              : opening.protocol == "tcp" &&
                                                    opening.first <= *port && *port <= opening.last)
                    return true;
    return false;
}

/// Members of wheel, and root; with a password, when they have one.
struct Admins {
    std::set<std::string> names{"root"};
    std::set<std::string> with_password{};
};

bool is_set(const core::Json& user, const char* key) {
    const auto found = user.find(key);
    return found != user.end() && found->is_string() && !found->get<std::string>().empty() &&
           found->get<std::string>().front() != '!' && found->get<std::string>().front() != '*';
}

Admins read_admins(const Side& side) {
    Admins out;
    const auto part = side.parts.find("accounts");
    const auto text =
        part == side.parts.end() ? std::nullopt : side.store.read(part->second, 8U << 20);
    const auto json = text ? core::parse_json(*text, {.bytes = 8U << 20})
                           : core::Result<core::Json>(core::Problem{.code = "unreadable"});
    if (!json || !json->is_object())
        return out;
    for (const auto& group : json->value("groups", core::Json::array()))
        if (group.is_object() && group.value("name", core::Json()) == core::Json("wheel"))
            for (const auto& member : group.value("members", core::Json::array()))
                if (member.is_string())
                    out.names.insert(member.get<std::string>());
    for (const auto& user : json->value("users", core::Json::array()))
        if (user.is_object() && user.contains("name") && user.at("name").is_string())
            for (const auto* key : {"hashedPassword", "password", "initialPassword",
                                    "initialHashedPassword", "hashedPasswordFile"})
                if (is_set(user, key))
                    out.with_password.insert(user.at("name").get<std::string>());
    return out;
}

/// True when a name fits a pattern of the list; of `alice@host` the host may be anything.
bool is_listed(const std::string& name, const std::string& list) {
    for (const auto line : core::lines(list))
        for (const auto word : core::split(line, ' '))
            if (const auto pattern = std::string(word.substr(0, word.find('@')));
                !pattern.empty() && fnmatch(pattern.c_str(), name.c_str(), 0) == 0)
                return true;
    return false;
}

/// As far as sshd names users and groups.
bool is_let_in(const std::string& name, const Accounts& accounts, const SshdConfig& config) {
    const auto value = [&](const char* keyword) {
        const auto found = config.settings.find(keyword);
        return found == config.settings.end() ? std::string{} : found->second;
    };
    const auto in_group = [&](const std::string& list) {
        return std::any_of(accounts.members.begin(), accounts.members.end(), [&](const auto& each) {
            return each.second.contains(name) && is_listed(each.first, list);
        });
    };
    const auto users = value("allowusers");
    const auto groups = value("allowgroups");
    return (users.empty() || is_listed(name, users)) && (groups.empty() || in_group(groups)) &&
           !is_listed(name, value("denyusers")) && !in_group(value("denygroups"));
}

/// `alice by key`, …
std::set<std::string> ways_in(const Side& side) {
    std::set<std::string> out;
    const auto config = read_sshd_config(side.tree);
    if (!config.there || !config.readable || !reachable(side, config))
        return out;
    const auto root = config.value("permitrootlogin");
    const auto admins = read_admins(side);
    const bool keys = config.value("pubkeyauthentication") == "yes" &&
                      config.value("authorizedkeysfile").find("/etc/ssh/authorized_keys.d/%u") !=
                          std::string::npos;
    const bool passwords = config.value("passwordauthentication") == "yes" ||
                           config.value("kbdinteractiveauthentication") == "yes";
    const auto accounts = read_accounts(side);
    for (const auto& name : admins.names) {
        if ((name == "root" && root == "no") || !is_let_in(name, accounts, config))
            continue;
        const auto* held = side.tree.file("etc/ssh/authorized_keys.d/" + name);
        if (keys && !meaningful_lines(held).empty())
            out.insert(name + " by key");
        if (passwords && admins.with_password.contains(name) && (name != "root" || root == "yes"))
            out.insert(name + " by password");
    }
    return out;
}

} // namespace

void classify_lockout(const Side& before, const Side& after, Claims&, Sink& sink) {
    const auto old_ways = ways_in(before);
    if (old_ways.empty() || !ways_in(after).empty())
        return;
    sink.add(
        {.area = "ssh",
         .kind = "ssh_locked_out",
         .subject = "every known way in",
         .before = core::join(std::vector<std::string>(old_ways.begin(), old_ways.end()), "\n"),
         .after = std::nullopt,
         .risk = Risk::critical,
         .sentence = "nobody who may become root can log in over SSH any more, as far as can "
                     "be seen"});
}

} // namespace agentd::evaluator::effects
