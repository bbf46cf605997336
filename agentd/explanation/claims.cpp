#include "agentd/explanation/claims.hpp"

#include "agentd/core/text.hpp"
#include "agentd/explanation/claim_case.hpp"

#include <algorithm>
#include <array>
#include <set>

namespace agentd::explanation {

namespace {

using proposals::Effect;
using proposals::Effects;
using proposals::Risk;

/// "nothing really changes", in all its forms.
void harmless(const Case& of) {
    static constexpr std::array plain{"no functional change",
                                      "no functional changes",
                                      "no behaviour change",
                                      "no behavior change",
                                      "no behavioural change",
                                      "no behavioral change",
                                      "only documentation",
                                      "documentation only",
                                      "docs only",
                                      "only docs",
                                      "only updates documentation",
                                      "only updates the documentation",
                                      "only updates docs",
                                      "only updates the docs",
                                      "only comments",
                                      "comments only",
                                      "only a comment",
                                      "only changes comments",
                                      "only changes a comment",
                                      "only updates comments",
                                      "changes nothing",
                                      "nothing changes",
                                      "no effect on the system",
                                      "no-op"};
    static constexpr std::array soft{"typo",       "typos",           "cosmetic",
                                     "whitespace", "formatting only", "only formatting"};
    const auto told = [&](std::string_view phrase, Risk least) {
        const auto facts = of.where([&](const Effect& e) { return e.risk >= least; });
        if (of.words.has(phrase) && !facts.empty()) {
            of.doubt(std::string(phrase),
                     counted(facts.size(), "change") + (facts.size() == 1 ? " is" : " are") +
                         (least == Risk::high ? " of high risk or worse" : " more than that"),
                     facts);
        }
    };
    for (const auto* phrase : plain) {
        told(phrase, Risk::notice);
    }
    for (const auto* phrase : soft) {
        told(phrase, Risk::high);
    }
}

bool speaks_of(const Effect& e, const std::string& name) {
    for (const auto* text : {&e.subject, &e.sentence, &e.area, &e.kind}) {
        if (core::to_lower(*text).find(name) != std::string::npos) {
            return true;
        }
    }
    return (e.before && core::to_lower(*e.before).find(name) != std::string::npos) ||
           (e.after && core::to_lower(*e.after).find(name) != std::string::npos);
}

bool is_version(const std::string& word) {
    return word.size() >= 3 && word.find('.') != std::string::npos && word.front() >= '0' &&
           word.front() <= '9';
}

/// Words behind "update" that name no package.
bool is_common(const std::string& word) {
    static const std::set<std::string, std::less<>> common{"",
                                                           "flake",
                                                           "input",
                                                           "inputs",
                                                           "lock",
                                                           "flake.lock",
                                                           "system",
                                                           "packages",
                                                           "package",
                                                           "it",
                                                           "all",
                                                           "the",
                                                           "a",
                                                           "an",
                                                           "our",
                                                           "my",
                                                           "some",
                                                           "every",
                                                           "to",
                                                           "and",
                                                           "everything",
                                                           "config",
                                                           "configuration",
                                                           "settings",
                                                           "docs",
                                                           "documentation",
                                                           "comment",
                                                           "comments",
                                                           "readme",
                                                           "nixpkgs",
                                                           "nixos",
                                                           "dependencies",
                                                           "deps",
                                                           "host",
                                                           "machine"};
    return common.contains(word) || word.ends_with(".nix") || word.ends_with(".md");
}

/// `update NAME`, `upgrade NAME to VERSION`: only where NAME stands by itself, as packages do.
void updates(const Case& of) {
    for (const auto* verb : {"update", "updates", "upgrade", "upgrades", "bump", "bumps"}) {
        for (auto at = of.words.find(verb); at; at = of.words.find(verb, *at + 1)) {
            const auto& name = of.words.at(*at + 1);
            const auto& next = of.words.at(*at + 2);
            const bool alone = next.empty() || next == "to" || next == "from" || is_version(next);
            if (is_common(name) || !alone) {
                continue;
            }
            const auto facts = of.where([&](const Effect& e) { return speaks_of(e, name); });
            const auto moved = of.where([&](const Effect& e) {
                return speaks_of(e, name) && (e.kind == "package_updated" || e.area == "boot" ||
                                              e.kind == "package_added");
            });
            const bool same =
                !moved.empty() && std::all_of(moved.begin(), moved.end(), [&](std::size_t fact) {
                    return of.effects.effects[fact].sentence.ends_with("built otherwise");
                });
            const auto& version = next == "to" ? of.words.at(*at + 3) : next;
            const bool arrived = std::any_of(moved.begin(), moved.end(), [&](std::size_t fact) {
                const auto& e = of.effects.effects[fact];
                return e.after && e.after->find(version) != std::string::npos;
            });
            if (moved.empty()) {
                of.doubt(std::string(verb) + " " + name, "no version of " + name + " changes",
                         facts);
            } else if (same) {
                of.doubt(std::string(verb) + " " + name,
                         name + " keeps its version and is built otherwise", moved);
            } else if (is_version(version) && !arrived) {
                of.doubt(std::string(verb) + " " + name + " to " + version,
                         "nothing of " + name + " becomes " + version, moved);
            }
        }
    }
}

/// Who may come in, become root, or is believed.
bool is_access(const Effect& e) {
    return e.risk >= Risk::high && (e.area == "accounts" || e.area == "ssh" || e.area == "trust" ||
                                    e.area == "nix" || e.kind == "firewall_removed");
}

void installs(const Case& of) {
    const bool package = of.words.has_any({"install", "installs", "package", "packages"});
    const bool speaks = of.words.has_any(
        {"user",        "users",   "account",  "accounts", "sudo",      "root",
         "ssh",         "sshd",    "openssh",  "key",      "keys",      "wheel",
         "admin",       "admins",  "login",    "password", "passwords", "pam",
         "setuid",      "wrapper", "wrappers", "trusted",  "cache",     "substituter",
         "certificate", "ca",      "firewall", "group",    "groups"});
    if (const auto facts = of.where(is_access); package && !speaks && !facts.empty()) {
        of.doubt(of.words.has_any({"install", "installs"}) ? "install" : "package",
                 "it also changes who may log in, become root or be trusted, of which the words "
                 "say nothing",
                 facts);
    }
}

/// Words that promise one direction, and the facts that go the other.
void directions(const Case& of) {
    struct Row {
        std::array<const char*, 6> words;
        std::function<bool(const Effect&)> against;
        const char* says;
    };
    static const std::array rows{
        Row{{"harden", "hardens", "hardening", "tighten", "tightens", "lock down"},
            [](const Effect& e) {
                return e.kind == "unit_hardening" || e.kind == "port_opened" ||
                       e.kind == "firewall_removed" || e.kind == "admin_granted" ||
                       e.kind == "wrapper_added" ||
                       (e.kind == "sshd_password_login" && e.risk >= Risk::high) ||
                       (e.kind == "sshd_root_login" && e.risk >= Risk::high);
            },
            "something becomes more open than it was"}};
    for (const auto& row : rows) {
        for (const auto* word : row.words) {
            if (const auto facts = of.where(row.against); of.words.has(word) && !facts.empty()) {
                of.doubt(word, row.says, facts);
                break;
            }
        }
    }
    if (of.effects.reboot_needed) {
        for (const auto* phrase : {"no reboot", "without a reboot", "without reboot"}) {
            if (of.words.has(phrase)) {
                of.doubt(phrase, "it takes full effect only after a restart of the machine");
            }
        }
    }
}

/// `disable NAME`, `remove NAME` and the other way round.
void comings(const Case& of) {
    const auto of_name = [&](const std::string& name, const char* what) {
        return of.where([&](const Effect& e) {
            return (e.kind == std::string("unit_") + what ||
                    e.kind == std::string("package_") + what) &&
                   (e.subject == name || e.subject == name + ".service");
        });
    };
    const auto look = [&](const char* verb, const char* promised, const char* found,
                          const char* says) {
        for (auto at = of.words.find(verb); at; at = of.words.find(verb, *at + 1)) {
            const auto& name = of.words.at(*at + 1);
            const auto facts = name.empty() ? Facts{} : of_name(name, found);
            if (!facts.empty() && of_name(name, promised).empty()) {
                of.doubt(std::string(verb) + " " + name, name + says, facts);
            }
        }
    };
    for (const auto* verb : {"remove", "removes", "uninstall", "disable", "disables"}) {
        look(verb, "removed", "added", " is added");
    }
    for (const auto* verb : {"add", "adds", "install", "installs", "enable", "enables"}) {
        look(verb, "added", "removed", " is removed");
    }
}

/// `does not touch ssh`
void untouched(const Case& of) {
    struct Row {
        const char* word;
        const char* area;
    };
    static constexpr std::array rows{Row{"ssh", "ssh"},           Row{"users", "accounts"},
                                     Row{"accounts", "accounts"}, Row{"firewall", "network"},
                                     Row{"network", "network"},   Row{"kernel", "boot"},
                                     Row{"boot", "boot"},         Row{"services", "units"},
                                     Row{"sudo", "accounts"},     Row{"nix", "nix"}};
    for (const auto* phrase : {"does not touch", "doesnt touch", "without touching",
                               "no changes to", "no change to", "does not change"}) {
        for (auto at = of.words.find(phrase); at; at = of.words.find(phrase, *at + 1)) {
            for (auto next = *at + 2; next < *at + 8 && !of.words.at(next).empty(); ++next) {
                for (const auto& row : rows) {
                    const auto facts = of.where([&](const Effect& e) {
                        return e.area == row.area && e.risk >= Risk::notice;
                    });
                    if (of.words.at(next) == row.word && !facts.empty()) {
                        of.doubt(std::string(phrase) + " " + row.word,
                                 "there " + std::string(facts.size() == 1 ? "is " : "are ") +
                                     counted(facts.size(), "such change"),
                                 facts);
                    }
                }
            }
        }
    }
}

} // namespace

std::vector<Doubt> doubts_of(std::string_view title, std::string_view rationale,
                             const Effects& effects) {
    const Words words(std::string(title) + "\n" + std::string(rationale));
    std::vector<Doubt> doubts;
    const Case of{words, effects, doubts};
    for (const auto rule :
         {harmless, installs, doubt_ports, updates, comings, directions, untouched}) {
        rule(of);
    }
    return doubts;
}

} // namespace agentd::explanation
