#include "agentd/explanation/combine.hpp"

#include "agentd/core/text.hpp"
#include "agentd/explanation/naming.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <set>

namespace agentd::explanation {

namespace {

using proposals::Effect;
using proposals::Risk;
using Facts = std::vector<std::size_t>;

/// `text` without its first word where that is `word`.
std::string without(const std::string& text, std::string_view word) {
    return text.starts_with(word) && text.size() > word.size() && text[word.size()] == ' '
               ? text.substr(word.size() + 1)
               : text;
}

/// `8080` of `8080/tcp on wg0`
std::string number_of(const std::string& subject) {
    return subject.substr(0, subject.find_first_not_of("0123456789"));
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

    /// `seen` are facts that the sentence leans on, and that are told elsewhere as well: they keep
    /// their own risk there. What is too long to be shown whole is not joined.
    void tell(Facts facts, std::string text, const Facts& seen = {}) {
        if (facts.size() > 1 && text.size() > Sentence::max_text) {
            return;
        }
        auto risk = Risk::none;
        for (const auto fact : facts) {
            told_[fact] = true;
            risk = std::max(risk, effects_[fact].risk);
        }
        facts.insert(facts.end(), seen.begin(), seen.end());
        std::sort(facts.begin(), facts.end());
        facts.erase(std::unique(facts.begin(), facts.end()), facts.end());
        out_.push_back({.risk = risk, .text = std::move(text), .facts = std::move(facts)});
    }

    /// Facts of a kind by the name their subject begins with, or is where nothing `ends` it.
    std::map<std::string, Facts> by_name(std::string_view kind, std::string_view ends = "") const {
        std::map<std::string, Facts> found;
        for (const auto fact : untold([&](const Effect& e) { return e.kind == kind; })) {
            const auto& subject = effects_[fact].subject;
            found[subject.substr(0, ends.empty() ? ends.npos : subject.find(ends))].push_back(fact);
        }
        return found;
    }

    /// A new account with everything it is given.
    void accounts() {
        const auto groups = by_name("group_added"), roots = by_name("user_is_root"),
                   admins = by_name("admin_granted", " in "),
                   keys_of = by_name("ssh_key_added", ": ");
        for (const auto user : untold([](const Effect& e) { return e.kind == "user_added"; })) {
            const auto& name = effects_[user].subject;
            std::string text = effects_[user].sentence;
            Facts facts{user};
            const auto add = [&](const std::map<std::string, Facts>& all, const auto& words) {
                if (const auto more = all.find(name); more != all.end()) {
                    text += words(more->second);
                    facts.insert(facts.end(), more->second.begin(), more->second.end());
                }
            };
            add(groups, [](const Facts&) { return ", with a group of its own"; });
            add(roots, [](const Facts&) { return "; it is root under another name"; });
            add(admins, [&](const Facts& more) {
                return "; it can become root, as a member of " +
                       some_of(names_after(more, name.size() + 4));
            });
            add(keys_of, [&](const Facts& more) {
                std::vector<std::string> keys;
                for (const auto& key : names_after(more, name.size() + 2)) {
                    keys.push_back(key_named(key));
                }
                return "; whoever has " + some_of(keys) + " may log in as " + name + " over SSH";
            });
            if (facts.size() > 1) {
                tell(facts, text);
            }
        }
    }

    std::vector<std::string> names_after(const Facts& facts, std::size_t start) const {
        std::vector<std::string> names;
        for (const auto fact : facts) {
            const auto& subject = effects_[fact].subject;
            names.push_back(subject.substr(std::min(start, subject.size())));
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
        std::set<std::string> doors;
        for (const auto& effect : effects_) {
            if (effect.kind == "sshd_setting" && effect.subject == "port" && effect.after) {
                for (const auto line : core::lines(*effect.after)) {
                    doors.insert(std::string(core::trim(line)) + "/tcp");
                }
            }
        }
        if (doors.empty()) {
            doors.insert("22/tcp");
        }
        auto open = untold(
            [&](const Effect& e) { return e.kind == "port_opened" && doors.contains(e.subject); });
        // Whether that lets everybody in was judged where the whole firewall was seen.
        const bool everybody = std::any_of(asked.begin(), asked.end(), [&](auto fact) {
            return effects_[fact].sentence.find("from the whole internet") != std::string::npos;
        });
        if (!everybody) {
            open.clear();
        }
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
        tell(facts, "the SSH server will accept passwords from the whole internet: port" +
                        std::string(open.size() == 1 ? " " : "s ") + some_of(names_after(open, 0)) +
                        (open.size() == 1 ? " opens as well" : " open as well"));
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
            constexpr std::size_t longest = 300;
            std::string text = clipped(first.sentence, longest);
            for (std::size_t i = 1; i < facts.size(); ++i) {
                const auto& more = effects_[facts[i]];
                const bool said = text.ends_with(" and runs as root") &&
                                  more.kind == "unit_root_exec" && more.risk < Risk::critical &&
                                  more.sentence.ends_with(" that did not run before");
                const auto rest = clipped(without(more.sentence, word), longest);
                const bool own = more.sentence.starts_with(word + " ");
                text += said ? "" : own ? "; it " + rest : "; " + rest;
            }
            tell(facts, text);
        }
    }

    /// Ports by their numbers, and the changed units that speak of each.
    std::map<std::string, std::map<std::string, Facts>> speakers() const {
        std::map<std::string, std::map<std::string, Facts>> out;
        for (const auto& e : effects_) {
            if (e.kind == "port_opened") {
                out.try_emplace(number_of(e.subject));
            }
        }
        for (std::size_t i = 0; i < effects_.size() && !out.empty(); ++i) {
            const auto& e = effects_[i];
            if (e.area != "units" || !e.after) {
                continue;
            }
            for (const auto& number : ports_spoken(*e.after)) {
                if (const auto found = out.find(number); found != out.end()) {
                    found->second[e.subject].push_back(i);
                }
            }
        }
        return out;
    }

    /// An open port, and which changed unit speaks of it.
    void ports() {
        const auto units_of = speakers();
        for (const auto port : untold([](const Effect& e) { return e.kind == "port_opened"; })) {
            const auto& users = units_of.at(number_of(effects_[port].subject));
            if (users.empty() || users.size() > 2) {
                continue;
            }
            std::string text = clipped(effects_[port].sentence, 300);
            Facts seen;
            for (const auto& [unit, facts] : users) {
                const bool fresh = std::any_of(facts.begin(), facts.end(), [&](auto fact) {
                    return effects_[fact].kind == "unit_added";
                });
                text += "; " + clipped(unit, 120) + (fresh ? ", which is new," : "") +
                        " names this port";
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
