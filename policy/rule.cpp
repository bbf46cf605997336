#include "policy/rule.hpp"

#include "agentd/core/match.hpp"
#include "agentd/core/text.hpp"
#include "proposals/names.hpp"

#include <algorithm>

namespace agentd::policy {

namespace {

constexpr proposals::Names<RuleEffect, 3> effect_names{"grant", "cap", "require"};
constexpr proposals::Names<Test, 19> test_names{
    "is",        "eq",         "lt",        "le",          "gt",      "ge",      "in",
    "not_in",    "glob",       "subset_of", "superset_of", "any_in",  "none_in", "all_match",
    "any_match", "none_match", "empty",     "count_le",    "count_ge"};

std::string list(const std::vector<std::string>& names) {
    std::vector<std::string> shown(
        names.begin(),
        names.begin() + static_cast<std::ptrdiff_t>(std::min<std::size_t>(names.size(), 6)));
    for (std::string& name : shown) {
        name = "\"" + core::printable(core::shorten(name, 48)) + "\"";
    }
    const std::size_t more = names.size() - shown.size();
    return "[" + core::join(shown, ", ") +
           (more == 0 ? "" : ", … " + std::to_string(more) + " more") + "]";
}

std::string show_wanted(const Condition& condition) {
    const KnownFact& fact = known_facts()[condition.fact];
    return core::match(
        condition.wanted, [](bool flag) { return std::string(flag ? "true" : "false"); },
        [&](std::int64_t number) {
            return fact.type == FactType::ordered
                       ? "\"" + fact.choices.at(static_cast<std::size_t>(number)) + "\""
                       : std::to_string(number);
        },
        [](const std::string& text) {
            return "\"" + core::printable(core::shorten(text, 48)) + "\"";
        },
        [](const std::vector<std::string>& names) { return list(names); },
        [](const std::vector<Glob>& globs) {
            std::vector<std::string> patterns;
            for (const Glob& glob : globs) {
                patterns.push_back(glob.pattern());
            }
            return list(patterns);
        });
}

} // namespace

std::string_view to_string(RuleEffect effect) noexcept {
    return name_of(effect_names, effect);
}
std::string_view to_string(Test test) noexcept {
    return name_of(test_names, test);
}
std::optional<Test> parse_test(std::string_view text) noexcept {
    return value_of(test_names, text);
}

const std::vector<Test>& tests_of(FactType type) {
    using enum Test;
    static const std::vector<Test> boolean{is};
    static const std::vector<Test> integer{eq, lt, le, gt, ge};
    static const std::vector<Test> text{eq, in, not_in, glob};
    static const std::vector<Test> choice{eq, in, not_in};
    static const std::vector<Test> ordered{eq, lt, le, gt, ge, in, not_in};
    static const std::vector<Test> texts{subset_of, superset_of, any_in, none_in,  all_match,
                                         any_match, none_match,  empty,  count_le, count_ge};
    switch (type) {
    case FactType::boolean:
        return boolean;
    case FactType::integer:
        return integer;
    case FactType::text:
        return text;
    case FactType::choice:
        return choice;
    case FactType::ordered:
        return ordered;
    case FactType::texts:
        return texts;
    }
    return boolean;
}

std::string describe(const Condition& condition) {
    return std::string(known_facts()[condition.fact].name) + " " +
           std::string(to_string(condition.test)) + " " + show_wanted(condition);
}

bool counts(RuleEffect effect, Truth truth) noexcept {
    return effect == RuleEffect::grant ? truth == Truth::yes : truth != Truth::no;
}

proposals::Level ceiling(const Rule& rule) noexcept {
    switch (rule.effect) {
    case RuleEffect::grant:
        return proposals::Level::automatic;
    case RuleEffect::cap:
        return rule.level.value_or(proposals::Level::forbid);
    case RuleEffect::require: {
        const auto& owed = rule.obligations;
        const bool person = rule.presence || !owed.approvers.empty() || owed.typed_host;
        return person                   ? proposals::Level::approve
               : owed.delay.count() > 0 ? proposals::Level::veto
                                        : proposals::Level::automatic;
    }
    }
    return proposals::Level::forbid;
}

proposals::Role role_of(const Policy& policy, std::string_view approver) {
    const auto it = policy.roles.find(core::to_lower(approver));
    if (it != policy.roles.end()) {
        return it->second;
    }
    // Where only viewers are named, nobody else could approve.
    const bool named = std::any_of(policy.roles.begin(), policy.roles.end(), [](const auto& one) {
        return one.second > proposals::Role::viewer;
    });
    return named ? proposals::Role::viewer : proposals::Role::approver;
}

const Window* find_window(const Policy& policy, std::string_view name) {
    const auto it = std::find_if(policy.windows.begin(), policy.windows.end(),
                                 [&](const Window& window) { return window.name == name; });
    return it == policy.windows.end() ? nullptr : &*it;
}

std::optional<std::chrono::sys_days> last_good_day(const Policy& policy) {
    std::optional<std::chrono::sys_days> first;
    for (const Rule& rule : policy.rules) {
        if (rule.expires && (!first || *rule.expires < *first)) {
            first = rule.expires;
        }
    }
    return first;
}

} // namespace agentd::policy
