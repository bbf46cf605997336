#include "policy/load_condition.hpp"

#include "agentd/core/toml.hpp"

#include <algorithm>

namespace agentd::policy {

namespace {

using core::TomlReader;

struct Finding {
    Truth truth = Truth::yes;
    const Condition* condition = nullptr; ///< the one that decided
};

Finding look(const Rule& rule, const Facts& facts) {
    Finding out;
    for (const Condition& condition : rule.when) {
        const Truth truth = evaluate(condition, facts);
        if (truth < out.truth) {
            out = {.truth = truth, .condition = &condition};
        }
    }
    return out;
}

void check_one(TomlReader& table, const Rule& rule, Truth wanted) {
    const auto facts = read_facts(table);
    if (!facts) {
        return;
    }
    const Finding found = look(rule, *facts);
    if (found.truth == wanted) {
        return;
    }
    std::string message = wanted == Truth::yes ? "this example has to match `" + rule.id + "`"
                                               : "this example must not match `" + rule.id + "`";
    if (found.condition != nullptr) {
        message += found.truth == Truth::unknown ? ", but it says nothing for: " : ", but fails: ";
        message += describe(*found.condition);
    } else {
        message += ", but every condition holds";
    }
    table.refuse("", {.code = "example_fails", .message = std::move(message)});
}

void check_all(TomlReader& example, const Rule& rule, std::string_view key, Truth wanted) {
    const core::TomlValue* value = example.any(key);
    if (value == nullptr) {
        return;
    }
    if (std::holds_alternative<core::TomlTable>(value->value)) {
        if (auto table = example.table(key)) {
            check_one(*table, rule, wanted);
        }
        return;
    }
    for (TomlReader& table : example.tables(key, 32)) {
        check_one(table, rule, wanted);
    }
}

} // namespace

void check_examples(TomlReader& rule_table, const Rule& rule) {
    auto example = rule_table.table("example");
    if (!example) {
        return;
    }
    check_all(*example, rule, "match", Truth::yes);
    check_all(*example, rule, "no_match", Truth::no);
    example->finish();
}

} // namespace agentd::policy
