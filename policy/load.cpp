#include "policy/load.hpp"

#include "agentd/core/crypto.hpp"
#include "agentd/core/text.hpp"
#include "agentd/core/toml.hpp"
#include "policy/load_condition.hpp"
#include "policy/load_head.hpp"
#include "policy/load_tests.hpp"

#include <algorithm>
#include <map>

namespace agentd::policy {

namespace {

using core::Problem;
using core::TomlReader;

const std::vector<std::string> effect_names{"grant", "cap", "require"};

bool is_identifier(std::string_view text) {
    return !text.empty() && text.size() <= 64 && std::all_of(text.begin(), text.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.';
    });
}

RuleEffect read_effect(TomlReader& in) {
    in.require("effect");
    const auto name = in.one_of("effect", effect_names);
    return !name || *name == "cap" ? RuleEffect::cap
           : *name == "grant"      ? RuleEffect::grant
                                   : RuleEffect::require;
}

// A short text for people: there, one line, nothing hidden in it.
std::string read_words(TomlReader& in, std::string_view key) {
    in.require(key);
    std::string words = in.text(key, 512).value_or("");
    if (in.has(key) && (core::trim(words).empty() || words.find('\n') != std::string::npos ||
                        !core::hidden_code_points(words).empty())) {
        in.refuse(key, {.code = "bad_value",
                        .message = "`" + std::string(key) + "` has to be one line of plain text"});
    }
    return words;
}

// Each effect has the fields that mean something for it, and no others.
void check_fields(TomlReader& in, const Rule& rule) {
    if (rule.effect == RuleEffect::require) {
        if (!in.has("obligations")) {
            in.require("presence");
        }
        if (in.has("level")) {
            in.refuse("level", {.code = "unknown_key",
                                .message = "a rule that requires has no `level`",
                                .hint = "write a second rule with effect = \"cap\""});
        }
    } else {
        in.require("level");
        for (const std::string key : {"presence", "obligations"}) {
            if (rule.effect == RuleEffect::cap && in.has(key)) {
                in.refuse(key, {.code = "unknown_key",
                                .message = "a rule that caps has no `" + key + "`",
                                .hint = "write a second rule with effect = \"require\""});
            }
        }
    }
}

void read_expiry(TomlReader& in, Rule& rule, std::chrono::sys_days today) {
    rule.expires = in.date("expires");
    if (rule.expires && *rule.expires < today) {
        in.refuse("expires", {.code = "expired",
                              .message = "the rule `" + rule.id + "` has expired",
                              .hint = "renew its day, or delete the rule"});
    }
}

Rule read_rule(TomlReader& in, const Policy& policy, std::chrono::sys_days today) {
    Rule rule{.where = in.where()};
    in.require("id");
    rule.id = in.text("id").value_or("");
    if (in.has("id") && !is_identifier(rule.id)) {
        in.refuse("id", {.code = "bad_value",
                         .message = "an id is 1 to 64 of a-z, 0-9, `-`, `_` and `.`"});
        rule.id = core::printable(core::shorten(rule.id, 64));
    }
    rule.effect = read_effect(in);
    rule.level = read_level(in);
    rule.presence = read_presence(in);
    read_obligations(in, policy, rule);
    check_fields(in, rule);
    rule.why = read_words(in, "why");
    rule.owner = read_words(in, "owner");
    read_expiry(in, rule, today);
    if (auto when = in.table("when")) {
        rule.when = read_conditions(*when);
    } else if (!in.has("when")) {
        in.refuse("when", {.code = "missing_key",
                           .message = "`rule.when` is missing",
                           .hint = "`when = {}` says: always"});
    }
    return rule;
}

void read_rules(TomlReader& root, const LoadOptions& options, Policy& policy,
                const std::vector<Problem>& problems) {
    std::map<std::string, std::size_t> seen;
    for (TomlReader& in : root.tables("rule", Policy::max_rules)) {
        const std::size_t before = problems.size();
        Rule rule = read_rule(in, policy, options.today);
        if (!rule.id.empty() && !seen.emplace(rule.id, policy.rules.size()).second) {
            in.refuse("id", {.code = "duplicate_id",
                             .message = "two rules are called `" + rule.id + "`"});
        }
        // Examples of a rule that could not be read would only repeat its troubles.
        if (problems.size() == before) {
            check_examples(in, rule);
        } else {
            in.any("example");
        }
        in.finish();
        policy.rules.push_back(std::move(rule));
    }
}

} // namespace

Loaded load_policy(std::string_view text, const LoadOptions& options) {
    Loaded out;
    const auto document = core::parse_toml(text, options.file, out.problems);
    if (!document) {
        return out;
    }
    Policy policy{.digest = core::sha256(text)};
    TomlReader root(*document, {.file = options.file, .at = {.line = 1, .column = 1}},
                    out.problems);
    read_head(root, options, policy);
    read_rules(root, options, policy, out.problems);
    if (out.problems.empty()) {
        out.tests = run_tests(root, policy);
    } else {
        root.any("test"); // what cannot be read would only repeat its troubles
    }
    root.finish();
    if (out.problems.empty()) {
        out.policy = std::move(policy);
    }
    return out;
}

} // namespace agentd::policy
