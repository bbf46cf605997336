// The policies to start from, and that nothing in them can be taken out or changed unnoticed.
#include "policy_support.hpp"

#include "agentd/core/text.hpp"
#include "policy/invariants.hpp"

#include <map>

using namespace agentd;
using namespace agentd::test;
using proposals::Level;

namespace {

const policy::Preset& preset(std::string_view name) {
    const auto all = policy::presets();
    const auto it =
        std::find_if(all.begin(), all.end(), [&](const auto& each) { return each.name == name; });
    REQUIRE(it != all.end());
    return *it;
}

/// Where the pieces of a table in one line begin and end: between commas that are in no bracket and
/// in no text.
std::vector<std::pair<std::size_t, std::size_t>> pieces(const std::string& text, std::size_t begin,
                                                        std::size_t end) {
    std::vector<std::pair<std::size_t, std::size_t>> out;
    int depth = 0;
    bool quoted = false;
    std::size_t start = begin;
    for (std::size_t i = begin; i < end; ++i) {
        const char c = text[i];
        quoted = c == '"' ? !quoted : quoted;
        depth += quoted ? 0 : (c == '{' || c == '[') ? 1 : (c == '}' || c == ']') ? -1 : 0;
        if (c == ',' && depth == 0 && !quoted) {
            out.emplace_back(start, i);
            start = i + 1;
        }
    }
    out.emplace_back(start, end);
    return out;
}

std::string replaced(const std::string& text, std::size_t begin, std::size_t end,
                     const std::string& by) {
    return text.substr(0, begin) + by + text.substr(end);
}

std::string without(const std::string& text,
                    const std::vector<std::pair<std::size_t, std::size_t>>& all, std::size_t one) {
    std::vector<std::string> kept;
    for (std::size_t i = 0; i < all.size(); ++i) {
        if (i != one) {
            kept.push_back(text.substr(all[i].first, all[i].second - all[i].first));
        }
    }
    return replaced(text, all.front().first, all.back().second, core::join(kept, ","));
}

/// Every change of one thing: a rule less, a condition less, another test, one name less, another
/// number, level, presence, default or obligation.
std::vector<std::string> mutants(const std::string& text) {
    std::vector<std::string> out;
    for (auto at = text.find("[[rule]]"); at != std::string::npos;
         at = text.find("[[rule]]", at + 1)) {
        const auto next = std::min(text.find("[[", at + 2), text.size());
        out.push_back(replaced(text, at, next, ""));
    }
    const auto each_line = [&](const std::string& start, const auto& change) {
        for (auto at = text.find("\n" + start); at != std::string::npos;
             at = text.find("\n" + start, at + 1)) {
            // Of rules and defaults: what a test wants is not the policy.
            const auto table = text.rfind("\n[", at);
            if (text.compare(table + 1, 8, "[[test]]") != 0) {
                const std::size_t begin = at + 1 + start.size();
                change(begin, text.find('\n', begin));
            }
        }
    };
    const auto words = [&](const std::string& start, const std::vector<std::string>& names) {
        each_line(start, [&](std::size_t begin, std::size_t end) {
            for (const std::string& name : names) {
                if (text.substr(begin, end - begin) != "\"" + name + "\"") {
                    out.push_back(replaced(text, begin, end, "\"" + name + "\""));
                }
            }
        });
    };
    words("level = ", {"forbid", "observe", "propose", "approve", "veto", "auto"});
    words("presence = ", {"browser", "password", "ssh", "passkey"});
    words("effect = ", {"grant", "cap", "require"});
    each_line("obligations = { ", [&](std::size_t begin, std::size_t end) {
        const auto all = pieces(text, begin, end - 2);
        for (std::size_t i = 0; i < all.size(); ++i) {
            out.push_back(without(text, all, i));
        }
    });
    static const std::vector<std::pair<std::string, std::string>> others{
        {"any_in", "none_in"}, {"none_in", "any_in"}, {" le ", " lt "},    {" le ", " ge "},
        {" ge ", " gt "},      {" ge ", " le "},      {" lt ", " le "},    {" gt ", " ge "},
        {" eq = ", " in = "},  {" true", " false"},   {" false", " true"}, {"subset_of", "any_in"},
        {"1h", "2h"},          {"2h", "3h"},          {"6h", "7h"},        {"_000", "_001"},
        {"= 30 ", "= 31 "},    {"= 30 ", "= 29 "}};
    each_line("when = { ", [&](std::size_t begin, std::size_t end) {
        const auto all = pieces(text, begin, end - 2);
        for (std::size_t i = 0; i < all.size(); ++i) {
            out.push_back(without(text, all, i));
            const auto [from, to] = all[i];
            for (const auto& [a, b] : others) {
                const auto found = text.find(a, from);
                if (found < to) {
                    out.push_back(replaced(text, found, found + a.size(), b));
                }
            }
            const auto list = text.find('[', from);
            if (list < to) {
                const auto names = pieces(text, list + 1, text.find(']', list));
                for (std::size_t n = 0; names.size() > 1 && n < names.size(); ++n) {
                    out.push_back(without(text, names, n));
                }
            }
            for (const char* fact : {"change.class", "change.max_risk", "proposer.trust"}) {
                const auto index = policy::find_fact(fact);
                const auto name = text.rfind('"', to);
                if (text.compare(from, to - from, "") != 0 &&
                    text.substr(from, to - from).find("\"" + std::string(fact) + "\"") !=
                        std::string::npos) {
                    const auto open = text.rfind('"', name - 1);
                    const std::string has = text.substr(open + 1, name - open - 1);
                    for (const std::string& choice : policy::known_facts()[*index].choices) {
                        if (choice != has) {
                            out.push_back(replaced(text, open + 1, name, choice));
                        }
                    }
                }
            }
        }
    });
    each_line("obligations = { ", [&](std::size_t begin, std::size_t end) {
        for (const char* delay : {"\"1h\"", "\"2h\"", "\"6h\""}) {
            const auto found = text.find(delay, begin);
            if (found < end) {
                out.push_back(replaced(text, found, found + 4, "\"90m\""));
            }
        }
    });
    return out;
}

/// What holds where others are allowed more: what the file's own tests cannot see, because nothing
/// in it gives as much.
bool holds(std::string_view name, policy::Policy policy) {
    const Level usual = policy.level;
    policy.level = Level::automatic;
    if (name == "always-ask") {
        return usual == Level::approve &&
               decide(policy, policy::harmless_facts()).level == Level::approve;
    }
    auto facts = policy::harmless_facts();
    facts.set("evidence.build_escapable", true);
    return name != "default" || decide(policy, facts).level == Level::approve;
}

} // namespace

TEST_CASE("the policies to start from load, and their own tests pass") {
    CHECK(policy::presets().size() == 2);
    for (const auto& each : policy::presets()) {
        INFO(each.name);
        const auto loaded = load(std::string(each.text));
        for (const auto& problem : loaded.problems) {
            UNSCOPED_INFO(problem.where << " " << problem.message);
        }
        REQUIRE(loaded.policy);
        CHECK(loaded.tests.size() >= 5);
    }
    CHECK(preset("default").text == policy::default_policy_text());
}

TEST_CASE("no rule, condition, name, number, level or obligation of them changes unnoticed") {
    for (const auto& each : policy::presets()) {
        const std::string text(each.text);
        const auto all = mutants(text);
        CHECK(all.size() > 20);
        std::size_t missed = 0;
        for (const std::string& mutant : all) {
            const auto loaded = mutant == text ? policy::Loaded{} : load(mutant);
            if (loaded.policy && holds(each.name, *loaded.policy) && ++missed <= 5) {
                const auto at =
                    std::mismatch(text.begin(), text.end(), mutant.begin(), mutant.end()).first -
                    text.begin();
                const auto line = text.rfind('\n', static_cast<std::size_t>(at));
                UNSCOPED_INFO(each.name << ": " << text.substr(line + 1, 160)
                                        << "\n  as: " << mutant.substr(line + 1, 160));
            }
        }
        CHECK(missed == 0);
    }
}

TEST_CASE("nobody's trust lifts what always asks") {
    const auto loaded = load(std::string(preset("always-ask").text));
    REQUIRE(loaded.policy);
    auto everything = *loaded.policy;
    everything.level = Level::automatic;
    CHECK(decide(everything, policy::harmless_facts()).level == Level::approve);
}
