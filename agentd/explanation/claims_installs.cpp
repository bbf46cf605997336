#include "agentd/core/text.hpp"
#include "agentd/explanation/claim_case.hpp"

#include <algorithm>
#include <array>
#include <set>

namespace agentd::explanation {

namespace {

using proposals::Effect;
using proposals::Risk;

/// Words that speak of such facts. None of them is a word of everyday titles ("for all users").
struct Row {
    std::string_view area;
    std::string_view kind; ///< a beginning; "" is every other kind of the area
    std::array<std::string_view, 7> words;
};

constexpr std::array rows{
    Row{"accounts", "admin_", {"sudo", "root", "wheel", "admin", "admins", "administrator"}},
    Row{"accounts", "user_is_root", {"root"}},
    Row{"accounts", "sudo_", {"sudo", "doas", "polkit", "root", "wheel"}},
    Row{"accounts", "pam_", {"pam"}},
    Row{"accounts", "wrapper_", {"setuid", "suid", "wrapper", "wrappers", "capabilities"}},
    Row{"accounts", "", {"account", "accounts", "password", "passwords"}},
    Row{"ssh", "", {"ssh", "sshd", "openssh"}},
    Row{"network", "port_", {"port", "ports", "firewall"}},
    Row{"network", "firewall_", {"firewall", "nftables", "iptables"}},
    Row{"network", "", {"network", "dns", "nameserver", "nameservers", "resolver"}},
    Row{"trust", "", {"ca", "certificate", "certificates", "trusted", "ntp", "chrony"}},
    Row{"secrets", "", {"secret", "secrets"}},
    Row{"storage", "", {"mount", "mounts", "disk", "disks", "swap", "filesystem", "tmpfiles"}},
    Row{"environment", "", {"environment", "variable", "variables"}},
    Row{"boot", "", {"boot", "kernel", "initrd", "bootloader", "sysctl"}},
    Row{"nix", "", {"nix", "substituter", "substituters", "cache", "caches"}},
    Row{"scripts", "", {"script", "scripts", "activation"}}};

const Row* row_of(const Effect& e) {
    const auto* const row = std::find_if(rows.begin(), rows.end(), [&](const Row& each) {
        return each.area == e.area && e.kind.starts_with(each.kind);
    });
    return row == rows.end() ? nullptr : &*row;
}

/// The words have the name of the user, unit, package or port, or speak of such things.
bool is_named(const Effect& e, const Words& words) {
    const bool first =
        e.area == "accounts" || e.area == "ssh" || e.area == "network" || e.area == "packages";
    auto name = core::to_lower(e.subject);
    name = name.substr(0, name.find_first_of(e.area == "units" ? "@" : first ? " :/" : "\n"));
    const auto dot = name.rfind('.');
    if (words.contains(name) ||
        (e.area == "units" && dot != name.npos && words.contains(name.substr(0, dot)))) {
        return true;
    }
    const auto* const row = row_of(e);
    return row != nullptr &&
           std::any_of(row->words.begin(), row->words.end(), [&](std::string_view word) {
               return !word.empty() && words.contains(word);
           });
}

/// The word that says that something is installed; "" where none does.
std::string claim_of(const Case& of) {
    for (const auto* verb : {"install", "installs", "package", "packages"}) {
        if (of.words.contains(verb)) {
            return verb;
        }
    }
    const auto packages = of.where([](const Effect& e) { return e.kind == "package_added"; });
    std::set<std::string> names;
    for (const auto fact : packages) {
        names.insert(core::to_lower(of.effects.effects[fact].subject));
    }
    for (const auto* verb : {"add", "adds"}) {
        for (auto at = of.words.find(verb); at; at = of.words.find(verb, *at + 1)) {
            if (const auto& name = of.words.at(*at + 1); names.contains(name)) {
                return std::string(verb) + " " + name;
            }
        }
    }
    return "";
}

} // namespace

void doubt_installs(const Case& of) {
    const auto claim = claim_of(of);
    const auto facts = claim.empty() ? Facts{} : of.where([&](const Effect& e) {
        return e.risk >= Risk::high && !is_named(e, of.words);
    });
    if (!facts.empty()) {
        of.doubt(claim,
                 "it also brings " + counted(facts.size(), "change") +
                     " of high risk or worse, of which the words say nothing",
                 facts);
    }
}

} // namespace agentd::explanation
