#include "policy/rule.hpp"

#include "agentd/core/check.hpp"
#include "agentd/core/match.hpp"
#include "proposals/nix_text.hpp"

#include <algorithm>

namespace agentd::policy {

namespace {

using Names = std::vector<std::string>;
using Globs = std::vector<Glob>;

bool compare(Test test, std::int64_t value, std::int64_t wanted) {
    if (test == Test::eq) {
        return value == wanted;
    }
    if (test == Test::lt) {
        return value < wanted;
    }
    if (test == Test::le) {
        return value <= wanted;
    }
    if (test == Test::gt) {
        return value > wanted;
    }
    AGENTD_CHECK(test == Test::ge);
    return value >= wanted;
}

bool one_matches(const Globs& globs, std::string_view text) {
    return std::any_of(globs.begin(), globs.end(),
                       [&](const Glob& glob) { return glob.matches(text); });
}

std::int64_t rank(const KnownFact& fact, const std::string& name) {
    const auto it = std::find(fact.choices.begin(), fact.choices.end(), name);
    AGENTD_CHECK(it != fact.choices.end());
    return it - fact.choices.begin();
}

bool test_text(const Condition& condition, const std::string& value) {
    if (const auto* number = std::get_if<std::int64_t>(&condition.wanted)) {
        return compare(condition.test, rank(known_facts()[condition.fact], value), *number);
    }
    if (const auto* text = std::get_if<std::string>(&condition.wanted)) {
        return value == *text;
    }
    if (const auto* globs = std::get_if<Globs>(&condition.wanted)) {
        return one_matches(*globs, value);
    }
    const auto& names = std::get<Names>(condition.wanted);
    const bool listed = std::binary_search(names.begin(), names.end(), value);
    return listed == (condition.test == Test::in);
}

bool test_names(Test test, const Names& names, const Texts& value) {
    const auto listed = [&](const std::string& member) {
        return std::binary_search(names.begin(), names.end(), member);
    };
    if (test == Test::subset_of) {
        return std::all_of(value.begin(), value.end(), listed);
    }
    if (test == Test::superset_of) {
        return std::includes(value.begin(), value.end(), names.begin(), names.end());
    }
    const bool any = std::any_of(value.begin(), value.end(), listed);
    AGENTD_CHECK(test == Test::any_in || test == Test::none_in);
    return any == (test == Test::any_in);
}

/// What every text that matches begins with, however it is written: of an option its first names
/// that stand without quotes.
std::string_view prefix_of(const Glob::Alternative& one, Form form) {
    const std::string_view head = std::string_view(one.text).substr(0, one.head);
    if (form != Form::option) {
        return head;
    }
    std::size_t end = 0;
    for (auto dot = head.find('.'); dot != std::string_view::npos; dot = head.find('.', end)) {
        const auto name = head.substr(end, dot - end);
        if (!proposals::is_nix_identifier(name) || name.find(dot_in_name) != name.npos) {
            break;
        }
        end = dot + 1;
    }
    return head.substr(0, end);
}

/// The set is in order: only what begins as the pattern does is looked at.
bool any_of_set(const Glob& glob, const Texts& value) {
    for (const Glob::Alternative& one : glob.alternatives()) {
        const std::string_view prefix = prefix_of(one, glob.form());
        for (auto it = value.lower_bound(prefix); it != value.end() && it->starts_with(prefix);
             ++it) {
            if (glob.matches(*it)) {
                return true;
            }
        }
    }
    return false;
}

bool test_globs(Test test, const Globs& globs, const Texts& value) {
    if (test == Test::all_match) {
        return std::all_of(value.begin(), value.end(),
                           [&](const std::string& member) { return one_matches(globs, member); });
    }
    const bool any = std::any_of(globs.begin(), globs.end(),
                                 [&](const Glob& glob) { return any_of_set(glob, value); });
    AGENTD_CHECK(test == Test::any_match || test == Test::none_match);
    return any == (test == Test::any_match);
}

bool test_set(const Condition& condition, const Texts& value) {
    if (const auto* names = std::get_if<Names>(&condition.wanted)) {
        return test_names(condition.test, *names, value);
    }
    if (const auto* globs = std::get_if<Globs>(&condition.wanted)) {
        return test_globs(condition.test, *globs, value);
    }
    if (const auto* flag = std::get_if<bool>(&condition.wanted)) {
        return value.empty() == *flag;
    }
    const auto count = static_cast<std::int64_t>(value.size());
    const std::int64_t wanted = std::get<std::int64_t>(condition.wanted);
    return condition.test == Test::count_le ? count <= wanted : count >= wanted;
}

} // namespace

Truth evaluate(const Condition& condition, const Facts& facts) {
    return evaluate(condition, facts.at(condition.fact));
}

Truth evaluate(const Condition& condition, const FactValue& value) {
    if (std::holds_alternative<Unknown>(value)) {
        return Truth::unknown;
    }
    const bool holds = core::match(
        value, [](const Unknown&) { return false; },
        [&](bool flag) { return flag == std::get<bool>(condition.wanted); },
        [&](std::int64_t number) {
            return compare(condition.test, number, std::get<std::int64_t>(condition.wanted));
        },
        [&](const std::string& text) { return test_text(condition, text); },
        [&](const Texts& set) { return test_set(condition, set); });
    return holds ? Truth::yes : Truth::no;
}

} // namespace agentd::policy
