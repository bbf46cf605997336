#include "agentd/core/text.hpp"
#include "agentd/explanation/claim_case.hpp"

#include <algorithm>
#include <map>
#include <set>

namespace agentd::explanation {

namespace {

using proposals::Effect;

/// What an effect says, in lower case: enough of it to find a name in.
std::string spoken(const Effect& e) {
    constexpr std::size_t most = 512;
    std::string out;
    for (const auto* text : {&e.subject, &e.sentence, &e.area, &e.kind}) {
        out += core::to_lower(std::string_view(*text).substr(0, most)) + "\n";
    }
    for (const auto* text : {&e.before, &e.after}) {
        out += (*text ? core::to_lower(std::string_view(**text).substr(0, most)) : "") + "\n";
    }
    return out;
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

struct Update {
    std::string verb{};
    std::string name{};
    std::string version{};
    friend auto operator<=>(const Update&, const Update&) = default;
};

/// `update NAME`, `upgrade NAME to VERSION`: only where NAME stands by itself, as packages do.
/// Each once; of very many the first.
std::vector<Update> updates_of(const Words& words) {
    constexpr std::size_t most = 24;
    std::vector<Update> out;
    for (const auto* verb : {"update", "updates", "upgrade", "upgrades", "bump", "bumps"}) {
        for (auto at = words.find(verb); at && out.size() < most; at = words.find(verb, *at + 1)) {
            const auto& name = words.at(*at + 1);
            const auto& next = words.at(*at + 2);
            const auto& last = *at == 0 ? std::string() : words.at(*at - 1);
            const bool denied = last == "not" || last == "never" || last == "dont";
            const bool alone = next.empty() || next == "to" || next == "from" || is_version(next);
            Update update{verb, name, next == "to" ? words.at(*at + 3) : next};
            if (!denied && !is_common(name) && alone &&
                std::find(out.begin(), out.end(), update) == out.end()) {
                out.push_back(std::move(update));
            }
        }
    }
    return out;
}

/// Whether what is called `name` is no package: `motd` of `Update motd`, a file of `/etc`.
bool is_thing(const Effect& e, const std::string& name) {
    if (e.area == "packages" || e.area == "units" || e.risk > proposals::Risk::notice) {
        return false;
    }
    const auto subject = core::to_lower(e.subject);
    for (std::size_t at = 0; at <= subject.size();) {
        const auto end = std::min(subject.find_first_of("/. @", at), subject.size());
        if (std::string_view(subject).substr(at, end - at) == name) {
            return true;
        }
        at = end + 1;
    }
    return false;
}

void look_at(const Update& update, const std::vector<std::string>& all, const Case& of) {
    const auto& [verb, name, version] = update;
    const auto& effects = of.effects.effects;
    Facts facts, moved;
    ++of.passes;
    for (std::size_t i = 0; i < all.size(); ++i) {
        if (all[i].find(name) != std::string::npos) {
            const auto& e = effects[i];
            facts.push_back(i);
            if (e.kind == "package_updated" || e.area == "boot" || e.kind == "package_added") {
                moved.push_back(i);
            }
        }
    }
    const bool same = std::all_of(moved.begin(), moved.end(), [&](std::size_t fact) {
        return effects[fact].sentence.ends_with("built otherwise");
    });
    const bool arrived = std::any_of(moved.begin(), moved.end(), [&](std::size_t fact) {
        return effects[fact].after && effects[fact].after->find(version) != std::string::npos;
    });
    const bool thing = version.empty() && std::any_of(facts.begin(), facts.end(), [&](auto fact) {
                           return is_thing(effects[fact], name);
                       });
    const auto claim = verb + " " + name;
    if (moved.empty() && thing) {
        return;
    }
    if (moved.empty()) {
        of.doubt(claim, "no version of " + name + " changes", facts);
    } else if (same) {
        of.doubt(claim, name + " keeps its version and is built otherwise", moved);
    } else if (is_version(version) && !arrived) {
        of.doubt(claim + " to " + version, "nothing of " + name + " becomes " + version, moved);
    }
}

void updates(const Case& of) {
    const auto claims = updates_of(of.words);
    if (claims.empty()) {
        return;
    }
    std::vector<std::string> all;
    ++of.passes;
    for (const auto& effect : of.effects.effects) {
        all.push_back(spoken(effect));
    }
    for (const auto& update : claims) {
        if (of.full()) {
            return;
        }
        look_at(update, all, of);
    }
}

using Names = std::map<std::string, Facts>;

std::string bare(const std::string& name) {
    constexpr std::string_view end = ".service";
    return name.ends_with(end) ? name.substr(0, name.size() - end.size()) : name;
}

/// Units and packages that come or go, by their names.
Names names_of(const Case& of, std::string_view what) {
    Names out;
    for (const auto fact : of.where([&](const Effect& e) {
             return (e.area == "units" || e.area == "packages") && e.kind.ends_with(what);
         })) {
        out[bare(of.effects.effects[fact].subject)].push_back(fact);
    }
    return out;
}

/// `disable NAME`, `remove NAME` and the other way round.
void comings(const Case& of) {
    const auto added = names_of(of, "_added"), removed = names_of(of, "_removed");
    const auto look = [&](const char* verb, const Names& promised, const Names& found,
                          const char* says) {
        for (auto at = of.words.find(verb); at && !of.full(); at = of.words.find(verb, *at + 1)) {
            const auto& name = of.words.at(*at + 1);
            const auto facts = found.find(bare(name));
            if (facts != found.end() && !promised.contains(bare(name))) {
                of.doubt(std::string(verb) + " " + name, name + says, facts->second);
            }
        }
    };
    for (const auto* verb : {"remove", "removes", "uninstall", "disable", "disables"}) {
        look(verb, removed, added, " is added");
    }
    for (const auto* verb : {"add", "adds", "install", "installs", "enable", "enables"}) {
        look(verb, added, removed, " is removed");
    }
}

} // namespace

void doubt_names(const Case& of) {
    updates(of);
    comings(of);
}

} // namespace agentd::explanation
