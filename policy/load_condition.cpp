#include "policy/load_condition.hpp"

#include "agentd/core/match.hpp"
#include "agentd/core/text.hpp"

#include <algorithm>

namespace agentd::policy {

namespace {

using core::Problem;
using core::TomlReader;
using core::TomlValue;

std::string quoted(std::string_view text) {
    return "`" + core::printable(core::shorten(text, 80)) + "`";
}

Problem wrong_type(const KnownFact& fact, Test test, std::string_view wanted) {
    return {.code = "wrong_type",
            .message = quoted(std::string(fact.name) + " " + std::string(to_string(test))) +
                       " has to be " + std::string(wanted)};
}

// One of the names a fact can have, or a problem with the nearest of them.
std::optional<Problem> check_name(const KnownFact& fact, const std::string& name) {
    if (name.empty()) {
        return Problem{.code = "bad_value", .message = "an empty name names nothing"};
    }
    if (!canonical_name(fact, name)) {
        return Problem{.code = "unknown_name",
                       .message = quoted(name) + " is no name of an option",
                       .hint = "names with dots between them, as `services.nginx.enable`"};
    }
    if (fact.choices.empty() ||
        std::find(fact.choices.begin(), fact.choices.end(), name) != fact.choices.end()) {
        return std::nullopt;
    }
    const auto near = core::nearest(name, fact.choices);
    return Problem{.code = "unknown_name",
                   .message = quoted(fact.name) + " is never " + quoted(name),
                   .hint = near.empty()
                               ? "one of: " + core::shorten(core::join(fact.choices, ", "), 400)
                               : "did you mean `" + core::join(near, "` or `") + "`?"};
}

core::Result<Wanted> read_globs(const KnownFact& fact, const std::vector<std::string>& patterns) {
    std::vector<Glob> globs;
    for (const std::string& pattern : patterns) {
        auto glob = Glob::compile(pattern, fact.form);
        if (!glob) {
            return glob.problem();
        }
        // A pattern over a closed list of names that fits none of them is a rule that never
        // matches.
        if (!fact.choices.empty() &&
            std::none_of(fact.choices.begin(), fact.choices.end(),
                         [&](const std::string& name) { return glob->matches(name); })) {
            return Problem{.code = "unknown_name",
                           .message = quoted(pattern) + " matches no name that " +
                                      quoted(fact.name) + " can have"};
        }
        globs.push_back(std::move(glob).value());
    }
    return Wanted(std::move(globs));
}

core::Result<Wanted> read_names(const KnownFact& fact, std::vector<std::string> names) {
    for (std::string& name : names) {
        if (auto problem = check_name(fact, name)) {
            return *problem;
        }
        name = *canonical_name(fact, name);
    }
    std::sort(names.begin(), names.end());
    names.erase(std::unique(names.begin(), names.end()), names.end());
    return Wanted(std::move(names));
}

bool wants_globs(Test test) {
    return test == Test::glob || test == Test::all_match || test == Test::any_match ||
           test == Test::none_match;
}

core::Result<Wanted> read_list(TomlReader& tests, const KnownFact& fact, Test test) {
    const auto list = tests.texts(to_string(test), Policy::max_names);
    if (!list) {
        return Problem{}; // said already
    }
    if (list->empty()) {
        return Problem{.code = "bad_value",
                       .message = quoted(to_string(test)) + " needs at least one name"};
    }
    return wants_globs(test) ? read_globs(fact, *list) : read_names(fact, *list);
}

core::Result<Wanted> read_number(const KnownFact& fact, Test test, const TomlValue& value) {
    const auto* number = std::get_if<std::int64_t>(&value.value);
    if (number == nullptr) {
        return wrong_type(fact, test, "a whole number");
    }
    if (fact.type == FactType::texts && *number < 0) {
        return wrong_type(fact, test, "a count, 0 or more");
    }
    return Wanted(*number);
}

core::Result<Wanted> read_name(const KnownFact& fact, Test test, const TomlValue& value) {
    const auto* text = std::get_if<std::string>(&value.value);
    if (text == nullptr) {
        return wrong_type(fact, test, "text");
    }
    if (auto problem = check_name(fact, *text)) {
        return *problem;
    }
    if (fact.type == FactType::ordered) {
        const auto it = std::find(fact.choices.begin(), fact.choices.end(), *text);
        return Wanted(static_cast<std::int64_t>(it - fact.choices.begin()));
    }
    return Wanted(*text);
}

core::Result<Wanted> read_wanted(TomlReader& tests, const KnownFact& fact, Test test) {
    const TomlValue& value = *tests.any(to_string(test));
    if (test == Test::is || test == Test::empty) {
        const auto* flag = std::get_if<bool>(&value.value);
        return flag == nullptr ? core::Result<Wanted>(wrong_type(fact, test, "true or false"))
                               : core::Result<Wanted>(Wanted(*flag));
    }
    if (wants_globs(test) || test == Test::in || test == Test::not_in || test == Test::subset_of ||
        test == Test::superset_of || test == Test::any_in || test == Test::none_in) {
        return read_list(tests, fact, test);
    }
    if (fact.type == FactType::integer || test == Test::count_le || test == Test::count_ge) {
        return read_number(fact, test, value);
    }
    return read_name(fact, test, value);
}

Problem no_such_test(const KnownFact& fact, const std::string& wanted) {
    std::vector<std::string> names;
    for (const Test test : tests_of(fact.type)) {
        names.emplace_back(to_string(test));
    }
    const bool exists = parse_test(wanted).has_value();
    return {.code = exists ? "wrong_type" : "unknown_test",
            .message = quoted(fact.name) + " (" + std::string(to_string(fact.type)) +
                       ") has no test " + quoted(wanted),
            .hint = "its tests: " + core::join(names, ", ")};
}

void read_tests(TomlReader& tests, std::size_t index, std::vector<Condition>& out) {
    const KnownFact& fact = known_facts()[index];
    if (tests.entries().entries.empty()) {
        tests.refuse("", {.code = "missing_key", .message = quoted(fact.name) + " has no test"});
    }
    for (const auto& entry : tests.entries().entries) {
        const auto test = parse_test(entry.key);
        const auto& allowed = tests_of(fact.type);
        if (!test || std::find(allowed.begin(), allowed.end(), *test) == allowed.end()) {
            tests.refuse_at(entry.at, no_such_test(fact, entry.key));
            continue;
        }
        auto wanted = read_wanted(tests, fact, *test);
        if (wanted) {
            out.push_back({.fact = index, .test = *test, .wanted = std::move(wanted).value()});
        } else if (!wanted.problem().code.empty()) {
            tests.refuse(entry.key, wanted.problem());
        }
    }
}

std::optional<std::size_t> fact_of(TomlReader& reader, const core::TomlEntry& entry) {
    const auto index = find_fact(entry.key);
    if (!index) {
        const auto near = nearest_facts(entry.key);
        const bool dotted = std::holds_alternative<core::TomlTable>(entry.value.value) &&
                            entry.key.find('.') == std::string::npos;
        reader.refuse_at(entry.at,
                         {.code = "unknown_fact",
                          .message = "there is no fact " + quoted(entry.key),
                          .hint = dotted ? "write the name of a fact in quotes, \"change.kinds\""
                                  : near.empty()
                                      ? "`agentctl policy facts` lists them"
                                      : "did you mean `" + core::join(near, "` or `") + "`?"});
    }
    return index;
}

FactValue fact_value(const KnownFact& fact, const TomlValue& value) {
    return core::match(
        value.value, [](bool flag) { return FactValue(flag); },
        [](std::int64_t number) { return FactValue(number); },
        [](const std::string& text) { return FactValue(text); },
        [&](const core::TomlList& list) {
            Texts members;
            for (const TomlValue& item : list) {
                const auto* text = std::get_if<std::string>(&item.value);
                if (text == nullptr) {
                    return FactValue(Unknown{});
                }
                members.insert(canonical_name(fact, *text).value_or(*text));
            }
            return FactValue(std::move(members));
        },
        [](const auto&) { return FactValue(Unknown{}); });
}

} // namespace

std::vector<Condition> read_conditions(TomlReader& when) {
    std::vector<Condition> out;
    for (const auto& entry : when.entries().entries) {
        const auto index = fact_of(when, entry);
        if (!index) {
            continue;
        }
        if (auto tests = when.table(entry.key)) {
            read_tests(*tests, *index, out);
        }
    }
    if (out.size() > Policy::max_conditions) {
        when.refuse("", {.code = "too_many", .message = "more than 32 conditions in one rule"});
    }
    return out;
}

std::optional<Facts> read_facts(TomlReader& table) {
    Facts facts;
    bool good = true;
    for (const auto& entry : table.entries().entries) {
        const auto index = fact_of(table, entry);
        if (!index) {
            good = false;
            continue;
        }
        const KnownFact& fact = known_facts()[*index];
        FactValue value = fact_value(fact, entry.value);
        if (std::holds_alternative<Unknown>(value) || !fits(fact, value)) {
            table.refuse(entry.key, {.code = "wrong_type",
                                     .message = quoted(fact.name) + " cannot be " + show(value) +
                                                ": it is a " + std::string(to_string(fact.type))});
            good = false;
            continue;
        }
        facts.set(entry.key, std::move(value));
    }
    return good ? std::optional(std::move(facts)) : std::nullopt;
}

} // namespace agentd::policy
