#include "policy/load_head.hpp"

#include "agentd/core/text.hpp"

#include <algorithm>
#include <charconv>

namespace agentd::policy {

namespace {

using core::TomlReader;
using proposals::ApproversNeeded;
using proposals::Level;
using proposals::Obligations;
using std::chrono::seconds;

std::string quoted(std::string_view text) {
    return "`" + core::printable(core::shorten(text, 80)) + "`";
}

/// `90s`, `45m`, `2h`, `1d`.
std::optional<seconds> duration(std::string_view text) {
    std::int64_t count = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
    if (error != std::errc() || end + 1 != text.data() + text.size() || count < 1 ||
        count > Obligations::longest_delay.count()) {
        return std::nullopt;
    }
    const std::int64_t unit = *end == 's'   ? 1
                              : *end == 'm' ? 60
                              : *end == 'h' ? 3'600
                              : *end == 'd' ? 86'400
                                            : 0;
    if (unit == 0 || count > Obligations::longest_delay.count() / unit) {
        return std::nullopt;
    }
    return seconds(count * unit);
}

void read_delay(TomlReader& in, Obligations& out) {
    const auto text = in.text("delay", 16);
    if (!text) {
        return;
    }
    if (const auto delay = duration(*text)) {
        out.delay = *delay;
    } else {
        in.refuse("delay", {.code = "bad_value",
                            .message = quoted(*text) + " is no time to wait",
                            .hint = "as `90s`, `30m`, `2h` or `1d`; at most 30 days"});
    }
}

// One name, or a list of them.
std::vector<std::string> read_names(TomlReader& in, const std::string& key) {
    const core::TomlValue* value = in.any(key);
    std::vector<std::string> names;
    if (value != nullptr && std::holds_alternative<std::string>(value->value)) {
        names = {in.text(key, 64).value_or("")};
    } else if (value != nullptr) {
        names = in.texts(key, Obligations::max_names).value_or(names);
    }
    std::sort(names.begin(), names.end());
    names.erase(std::unique(names.begin(), names.end()), names.end());
    return names;
}

void refuse_unknown(TomlReader& in, const std::string& key, const std::string& name,
                    const std::string& what, const std::vector<std::string>& known) {
    const auto near = core::nearest(name, known);
    in.refuse(key, {.code = "unknown_name",
                    .message = quoted(name) + " is " + what,
                    .hint = !near.empty()   ? "did you mean `" + core::join(near, "` or `") + "`?"
                            : known.empty() ? "the file has no [window.NAME]"
                                            : "one of: " + core::join(known, ", ")});
}

void read_windows(TomlReader& in, const Policy& policy, Obligations& out) {
    out.windows = read_names(in, "window");
    std::vector<std::string> known;
    for (const Window& window : policy.windows) {
        known.push_back(window.name);
    }
    for (const std::string& name : out.windows) {
        if (find_window(policy, name) == nullptr) {
            refuse_unknown(in, "window", name, "no window of this file", known);
        }
    }
}

void read_tests(TomlReader& in, Obligations& out) {
    out.tests = read_names(in, "tests");
    const auto& known = proposals::obligation_tests();
    for (const std::string& name : out.tests) {
        if (std::find(known.begin(), known.end(), name) == known.end()) {
            refuse_unknown(in, "tests", name, "no test that can be asked for", known);
        }
    }
}

void add_approvers(TomlReader& in, Obligations& out) {
    const auto role = in.one_of("role", {"approver", "admin"});
    in.require("n");
    const auto n = in.integer("n", 1, ApproversNeeded::most);
    in.finish();
    out += Obligations{.approvers = {{.n = n.value_or(1),
                                      .role = role == "admin" ? proposals::Role::admin
                                                              : proposals::Role::approver}}};
}

void read_approvers(TomlReader& in, Obligations& out) {
    const core::TomlValue* value = in.any("approvers");
    if (value == nullptr) {
        return;
    }
    if (std::holds_alternative<core::TomlTable>(value->value)) {
        if (auto table = in.table("approvers")) {
            add_approvers(*table, out);
        }
        return;
    }
    for (TomlReader& table : in.tables("approvers", 4)) {
        add_approvers(table, out);
    }
}

// An obligation that the rule's own level leaves without a meaning was not meant so.
void check_sense(TomlReader& in, const Policy& policy, const Rule& rule) {
    const Obligations& owed = rule.obligations;
    const auto refuse = [&](std::string message, std::string hint) {
        in.refuse("obligations",
                  {.code = "bad_value", .message = std::move(message), .hint = std::move(hint)});
    };
    if (owed.empty()) {
        refuse("`obligations` asks for nothing", "leave it out");
    }
    if (rule.effect != RuleEffect::grant || !rule.level) {
        return;
    }
    // Whoever has a grant's price taken for a demand would be wrong: the default gives as much.
    const bool weaker_presence = rule.presence && !satisfies(*rule.presence, policy.presence);
    if (*rule.level >= Level::approve && *rule.level <= policy.level && !weaker_presence) {
        refuse("the defaults already give " + quoted(to_string(*rule.level)) +
                   ", so that nobody would be asked for it",
               "effect = \"require\" asks for it");
    }
    if (*rule.level < Level::approve) {
        refuse("nothing happens at " + quoted(to_string(*rule.level)) + ", so nothing is asked",
               "leave `obligations` out");
    }
    if (*rule.level > Level::approve && (!owed.approvers.empty() || owed.typed_host)) {
        refuse("nobody approves what is " + quoted(to_string(*rule.level)),
               "level = \"approve\" asks a person");
    }
    if (*rule.level == Level::automatic && owed.delay.count() > 0) {
        refuse("what waits is not `auto`", "level = \"veto\" waits and tells");
    }
}

} // namespace

std::optional<Obligations> read_obligation_table(TomlReader& table, const Policy& policy) {
    auto in = table.table("obligations");
    if (!in) {
        return std::nullopt;
    }
    Obligations out;
    read_approvers(*in, out);
    read_delay(*in, out);
    read_windows(*in, policy, out);
    read_tests(*in, out);
    out.typed_host = in->boolean("typed_host").value_or(false);
    in->finish();
    return out;
}

void read_obligations(TomlReader& rule_table, const Policy& policy, Rule& rule) {
    if (auto owed = read_obligation_table(rule_table, policy)) {
        rule.obligations = std::move(*owed);
        check_sense(rule_table, policy, rule);
    }
}

} // namespace agentd::policy
