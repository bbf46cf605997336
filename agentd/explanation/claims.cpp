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
    std::set<std::pair<std::string_view, const Row*>> said;
    for (const auto* phrase : {"does not touch", "doesnt touch", "without touching",
                               "no changes to", "no change to", "does not change"}) {
        for (auto at = of.words.find(phrase); at; at = of.words.find(phrase, *at + 1)) {
            for (auto next = *at + 2; next < *at + 8 && !of.words.at(next).empty(); ++next) {
                for (const auto& row : rows) {
                    if (of.words.at(next) == row.word) {
                        said.emplace(phrase, &row);
                    }
                }
            }
        }
    }
    for (const auto& [phrase, row] : said) {
        const auto* area = row->area;
        const auto facts =
            of.where([&](const Effect& e) { return e.area == area && e.risk >= Risk::notice; });
        if (!facts.empty()) {
            of.doubt(std::string(phrase) + " " + row->word,
                     "there " + std::string(facts.size() == 1 ? "is " : "are ") +
                         counted(facts.size(), "such change"),
                     facts);
        }
    }
}

} // namespace

void look_through(const Case& of) {
    for (const auto rule :
         {harmless, doubt_installs, doubt_ports, doubt_names, directions, untouched}) {
        rule(of);
    }
}

std::vector<Doubt> doubts_of(std::string_view title, std::string_view rationale,
                             const Effects& effects) {
    const Words words(std::string(title) + "\n" + std::string(rationale));
    std::vector<Doubt> doubts;
    const Case of{words, effects, doubts};
    look_through(of);
    return doubts;
}

} // namespace agentd::explanation
