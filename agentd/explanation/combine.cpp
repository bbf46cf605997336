#include "agentd/explanation/combine.hpp"

#include "agentd/core/text.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <set>

namespace agentd::explanation {

namespace {

using proposals::Effect;
using proposals::Risk;
using Facts = std::vector<std::size_t>;

/// `a, b, c and 9 more`
std::string some_of(const std::vector<std::string>& names) {
    constexpr std::size_t most = 4;
    std::string out;
    for (std::size_t i = 0; i < std::min(most, names.size()); ++i) {
        out += (i == 0 ? "" : ", ") + names[i];
    }
    return names.size() > most ? out + " and " + std::to_string(names.size() - most) + " more"
                               : out;
}

/// `text` without its first word where that is `word`.
std::string without(const std::string& text, std::string_view word) {
    return text.starts_with(word) && text.size() > word.size() && text[word.size()] == ' '
               ? text.substr(word.size() + 1)
               : text;
}

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

/// True when `text` has the number between characters that are no digits.
bool names_number(std::string_view text, std::string_view number) {
    for (auto at = text.find(number); at != text.npos; at = text.find(number, at + 1)) {
        const auto end = at + number.size();
        if ((at == 0 || !is_digit(text[at - 1])) && (end == text.size() || !is_digit(text[end]))) {
            return true;
        }
    }
    return false;
}

class Combiner {
  public:
    explicit Combiner(const std::vector<Effect>& effects)
        : effects_(effects), told_(effects.size(), false) {}

    std::vector<Sentence> take() {
        accounts();
        passwords();
        units();
        ports();
        repeats();
        for (std::size_t i = 0; i < effects_.size(); ++i) {
            if (!told_[i]) {
                tell({i}, effects_[i].sentence);
            }
        }
        std::stable_sort(out_.begin(), out_.end(), [](const Sentence& a, const Sentence& b) {
            return a.facts.front() < b.facts.front();
        });
        return std::move(out_);
    }

  private:
    template <class Is> Facts untold(Is is) const {
        Facts found;
        for (std::size_t i = 0; i < effects_.size(); ++i) {
            if (!told_[i] && is(effects_[i])) {
                found.push_back(i);
            }
        }
        return found;
    }

    /// `seen` are facts that the sentence leans on, and that are told elsewhere as well.
    void tell(Facts facts, std::string text, const Facts& seen = {}) {
        for (const auto fact : facts) {
            told_[fact] = true;
        }
        facts.insert(facts.end(), seen.begin(), seen.end());
        std::sort(facts.begin(), facts.end());
        facts.erase(std::unique(facts.begin(), facts.end()), facts.end());
        auto risk = Risk::none;
        for (const auto fact : facts) {
            // What is told elsewhere keeps its own risk there.
            risk = std::find(seen.begin(), seen.end(), fact) == seen.end()
                       ? std::max(risk, effects_[fact].risk)
                       : risk;
        }
        out_.push_back({.risk = risk, .text = std::move(text), .facts = std::move(facts)});
    }

    Facts about(std::string_view kind, const std::string& start) const {
        return untold([&](const Effect& e) {
            return e.kind == kind &&
                   (e.subject == start || (start.back() == ' ' && e.subject.starts_with(start)));
        });
    }

    /// A new account with everything it is given.
    void accounts() {
        for (const auto user : untold([](const Effect& e) { return e.kind == "user_added"; })) {
            const auto& name = effects_[user].subject;
            std::string text = effects_[user].sentence;
            Facts facts{user};
            const auto add = [&](const Facts& more, const std::string& words) {
                text += more.empty() ? "" : words;
                facts.insert(facts.end(), more.begin(), more.end());
            };
            add(about("group_added", name), ", with a group of its own");
            add(about("user_is_root", name), "; it is root under another name");
            const auto admin = about("admin_granted", name + " in ");
            add(admin, "; it can become root, as a member of " +
                           some_of(names_after(admin, name.size() + 4)));
            const auto keys = about("ssh_key_added", name + ": ");
            add(keys, std::string("; whoever has the key") + (keys.size() == 1 ? " " : "s ") +
                          some_of(names_after(keys, name.size() + 2)) + " may log in as " + name +
                          " over SSH");
            if (facts.size() > 1) {
                tell(facts, text);
            }
        }
    }

    std::vector<std::string> names_after(const Facts& facts, std::size_t start) const {
        std::vector<std::string> names;
        for (const auto fact : facts) {
            names.push_back(effects_[fact].subject.substr(start));
        }
        return names;
    }

    /// Passwords are taken, and the door they are asked at opens.
    void passwords() {
        const auto asked = untold([](const Effect& e) {
            return e.kind == "sshd_password_login" && e.after &&
                   core::to_lower(*e.after) == "yes" && e.risk == Risk::high &&
                   e.subject.find(' ') == std::string::npos;
        });
        std::set<std::string> doors{"22/tcp"};
        for (const auto& effect : effects_) {
            if (effect.kind == "sshd_setting" && effect.subject == "port" && effect.after) {
                doors.insert(*effect.after + "/tcp");
            }
        }
        const auto open = untold(
            [&](const Effect& e) { return e.kind == "port_opened" && doors.contains(e.subject); });
        if (asked.size() > 1 && open.empty()) {
            // One question, asked in two ways: which ones stands in the facts.
            const auto& said = effects_[asked.front()].sentence;
            tell(asked, said.substr(0, said.rfind(" (")));
        }
        if (asked.empty() || open.empty()) {
            return;
        }
        Facts facts = asked;
        facts.insert(facts.end(), open.begin(), open.end());
        tell(facts, "the SSH server will accept passwords from the whole internet: port " +
                        effects_[open.front()].subject + " opens as well");
    }

    /// What one unit does otherwise, in one sentence.
    void units() {
        std::map<std::string, Facts> by_unit;
        for (const auto fact : untold([](const Effect& e) { return e.area == "units"; })) {
            by_unit[effects_[fact].subject].push_back(fact);
        }
        for (auto& [name, facts] : by_unit) {
            if (facts.size() < 2) {
                continue;
            }
            std::stable_sort(facts.begin(), facts.end(), [&](auto a, auto b) {
                const bool new_a = effects_[a].kind == "unit_added";
                const bool new_b = effects_[b].kind == "unit_added";
                return new_a != new_b ? new_a : effects_[a].risk > effects_[b].risk;
            });
            const auto& first = effects_[facts.front()];
            const auto word = first.sentence.substr(0, first.sentence.find(' '));
            std::string text = first.sentence;
            for (std::size_t i = 1; i < facts.size(); ++i) {
                const auto& more = effects_[facts[i]];
                const bool said = text.ends_with(" and runs as root") &&
                                  more.kind == "unit_root_exec" && more.risk < Risk::critical;
                const auto rest = without(more.sentence, word);
                text += said ? "" : rest == more.sentence ? "; " + rest : "; it " + rest;
            }
            tell(facts, text);
        }
    }

    /// An open port, and which changed unit speaks of it.
    void ports() {
        for (const auto port : untold([](const Effect& e) { return e.kind == "port_opened"; })) {
            const auto& subject = effects_[port].subject;
            const auto number =
                subject.substr(0, static_cast<std::size_t>(
                                      std::find_if_not(subject.begin(), subject.end(), is_digit) -
                                      subject.begin()));
            if (number.size() < 2) {
                continue;
            }
            std::map<std::string, Facts> users;
            for (std::size_t i = 0; i < effects_.size(); ++i) {
                const auto& e = effects_[i];
                if (e.area == "units" && e.after && names_number(*e.after, number)) {
                    users[e.subject].push_back(i);
                }
            }
            if (users.empty() || users.size() > 2) {
                continue;
            }
            std::string text = effects_[port].sentence;
            Facts seen;
            for (const auto& [unit, facts] : users) {
                const bool fresh = std::any_of(facts.begin(), facts.end(), [&](auto fact) {
                    return effects_[fact].kind == "unit_added";
                });
                text += "; " + unit + (fresh ? ", which is new," : "") + " names this port";
                seen.insert(seen.end(), facts.begin(), facts.end());
            }
            tell({port}, text, seen);
        }
    }

    /// Many small things of one kind.
    void repeats() {
        struct Row {
            std::string_view kind;
            std::string_view end; ///< of the sentence
            std::string_view what;
        };
        static constexpr std::array rows{
            Row{"package_added", "", "packages are added"},
            Row{"package_removed", "", "packages are removed"},
            Row{"package_updated", "built otherwise",
                "packages are the same version, built otherwise"},
            Row{"package_updated", "", "packages change their version"},
            Row{"unit_changed", "runs with other builds of its packages",
                "services run with other builds of their packages"},
            Row{"etc_added", "", "files in /etc are added"},
            Row{"etc_removed", "", "files in /etc are removed"},
            Row{"etc_changed", "", "files in /etc change"}};
        constexpr std::size_t many = 5;
        for (const auto& row : rows) {
            for (const auto risk : {Risk::none, Risk::low}) {
                const auto facts = untold([&](const Effect& e) {
                    return e.kind == row.kind && e.risk == risk && e.sentence.ends_with(row.end);
                });
                if (facts.size() < many) {
                    continue;
                }
                tell(facts, std::to_string(facts.size()) + " " + std::string(row.what) + ": " +
                                some_of(names_after(facts, 0)));
            }
        }
    }

    const std::vector<Effect>& effects_;
    std::vector<bool> told_;
    std::vector<Sentence> out_;
};

} // namespace

std::vector<Sentence> combine(const std::vector<Effect>& effects) {
    return Combiner(effects).take();
}

} // namespace agentd::explanation
