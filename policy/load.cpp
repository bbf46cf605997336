#include "policy/load.hpp"

#include "agentd/core/crypto.hpp"
#include "agentd/core/text.hpp"
#include "agentd/core/toml.hpp"
#include "policy/load_condition.hpp"

#include <algorithm>
#include <map>

namespace agentd::policy {

namespace {

using core::Problem;
using core::TomlReader;
using proposals::Level;
using proposals::PresenceMethod;

const std::vector<std::string> level_names{"forbid", "propose", "approve", "veto", "auto"};
// What a person can be asked for: `none` would be an approval by nobody.
const std::vector<std::string> presence_names{"browser", "password", "ssh", "passkey"};
const std::vector<std::string> effect_names{"grant", "cap", "require"};

bool is_identifier(std::string_view text) {
    return !text.empty() && text.size() <= 64 && std::all_of(text.begin(), text.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.';
    });
}

std::optional<Level> read_level(TomlReader& in) {
    const auto name = in.one_of("level", level_names);
    return name ? proposals::parse_level(*name) : std::nullopt;
}

std::optional<PresenceMethod> read_presence(TomlReader& in) {
    const auto name = in.one_of("presence", presence_names);
    return name ? proposals::parse_presence_method(*name) : std::nullopt;
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
        in.require("presence");
        if (in.has("level")) {
            in.refuse("level", {.code = "unknown_key",
                                .message = "a rule that requires has no `level`",
                                .hint = "write a second rule with effect = \"cap\""});
        }
    } else {
        in.require("level");
        if (rule.effect == RuleEffect::cap && in.has("presence")) {
            in.refuse("presence", {.code = "unknown_key",
                                   .message = "a rule that caps has no `presence`",
                                   .hint = "write a second rule with effect = \"require\""});
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

Rule read_rule(TomlReader& in, std::chrono::sys_days today) {
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
        Rule rule = read_rule(in, options.today);
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

void read_head(TomlReader& root, Policy& policy) {
    root.require("schema");
    root.one_of("schema", {"agentd.policy/1"});
    root.require("revision");
    policy.revision = root.integer("revision", 0, (std::int64_t{1} << 53) - 1).value_or(0);
    if (auto defaults = root.table("defaults")) {
        policy.level = read_level(*defaults).value_or(policy.level);
        policy.presence = read_presence(*defaults).value_or(policy.presence);
        defaults->finish();
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
    read_head(root, policy);
    read_rules(root, options, policy, out.problems);
    root.finish();
    if (out.problems.empty()) {
        out.policy = std::move(policy);
    }
    return out;
}

} // namespace agentd::policy
