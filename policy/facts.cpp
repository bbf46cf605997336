#include "policy/facts.hpp"

#include "agentd/core/check.hpp"
#include "agentd/core/match.hpp"
#include "agentd/core/text.hpp"
#include "proposals/effects.hpp"
#include "proposals/operations.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace agentd::policy {

namespace {

using Choices = std::vector<std::string>;

Choices kinds() {
    Choices out;
    for (const auto& known : proposals::known_kinds()) {
        out.emplace_back(known.kind);
    }
    return out;
}

Choices areas() {
    Choices out;
    for (const auto& known : proposals::known_kinds()) {
        if (out.empty() || std::find(out.begin(), out.end(), known.area) == out.end()) {
            out.emplace_back(known.area);
        }
    }
    return out;
}

KnownFact claimed(std::string_view name, FactType type, std::string_view meaning,
                  Choices choices = {}) {
    return {.name = name, .type = type, .meaning = meaning, .choices = std::move(choices)};
}

KnownFact computed(std::string_view name, FactType type, std::string_view meaning,
                   Choices choices = {}) {
    KnownFact fact = claimed(name, type, meaning, std::move(choices));
    fact.recomputed = true;
    return fact;
}

KnownFact made_of(Form form, KnownFact fact) {
    fact.form = form;
    return fact;
}

std::vector<KnownFact> make_table() {
    using enum FactType;
    const Choices status{"passed", "failed",   "cancelled", "timed_out",
                         "limit",  "unjudged", "not_tried"};
    return {
        claimed("proposer.kind", choice, "who proposed it",
                {"human", "agent", "system", "planner"}),
        claimed("proposer.id", text, "the proposer's name"),
        computed("proposer.trust", ordered,
                 "how far persons' grants let the proposer go with this class of change here",
                 {"revoked", "ask", "veto", "auto"}),
        claimed("change.source", choice, "what it was made from",
                {"words", "playbook", "patch", "operations", "model"}),
        computed("change.revision", choice, "what it is: of the flake, an act, or going back",
                 {"change", "act", "rollback"}),
        computed("change.kinds", texts, "kinds of all effects", kinds()),
        computed("change.areas", texts, "areas of all effects", areas()),
        computed("change.class", ordered, "the highest class of an effect",
                 {"nothing", "package", "upstream_bump", "setting", "reach", "system", "self"}),
        computed("change.class_since_person", ordered,
                 "the highest class of it and of all that happened by itself since a person agreed "
                 "to a change",
                 {"nothing", "package", "upstream_bump", "setting", "reach", "system", "self"}),
        computed("change.steps_since_person", integer,
                 "changes that happened by themselves since a person agreed to one"),
        computed("change.max_risk", ordered, "the highest risk of an effect",
                 {"none", "low", "notice", "high", "critical"}),
        computed("change.unclassified", integer, "differences that no classifier knows"),
        computed("change.truncated", boolean, "there are more effects than can be listed"),
        computed("change.units_added", texts, "units that are new"),
        computed("change.units_removed", texts, "units that go"),
        computed("change.units_changed", texts, "units that differ"),
        computed("change.ports_opened", texts, "ports opened in the firewall, as `8080/tcp`"),
        computed("change.ports_closed", texts, "ports closed in the firewall"),
        computed("change.users_added", texts, "accounts that are new"),
        computed("change.users_removed", texts, "accounts that go"),
        computed("change.users_changed", texts, "accounts that differ"),
        computed("change.packages_added", texts, "packages that are new"),
        computed("change.packages_removed", texts, "packages that go"),
        computed("change.packages_updated", texts, "packages with another version"),
        computed("change.closure_delta", integer, "bytes by which the system grows"),
        computed("change.reboot_required", boolean, "it works fully only after a reboot"),
        made_of(Form::file, claimed("change.paths", texts, "files of the patch")),
        claimed("change.flags", texts, "what intake says of the files of the patch",
                {"mode_change", "hidden_unicode", "control_char", "not_utf8", "unreviewable",
                 "flake_file", "lock_file", "secrets", "agentd_file"}),
        claimed("change.lines", integer, "lines added and removed"),
        made_of(Form::option,
                claimed("change.option_paths", texts,
                        "options that the operations ask for; unknown for a patch, and "
                        "where they were carried out by other means")),
        computed("act.units", texts, "units that an act restarts or resets"),
        computed("rollback.confirmed_before", boolean,
                 "agentd applied that system here before, and it was healthy"),
        computed("host.name", text, "the host of the flake"),
        claimed("evidence.build", choice, "how the build ended", status),
        claimed("evidence.checks", choice, "how the flake's own checks ended",
                {"passed", "failed", "none"}),
        claimed("evidence.dry_activate", choice, "how the dry activation ended", status),
        claimed("evidence.rehearsal", choice,
                "how booting it in a container ended, beside what runs now", status),
        claimed("evidence.age", integer, "seconds since the build"),
        computed("evidence.build_escapable", boolean,
                 "a Nix that built it has a published way out of its sandbox, or is set so that "
                 "builds are less shut in"),
        claimed("evidence.options_disagree", boolean,
                "the options say other things of the machine than what was built"),
    };
}

const std::vector<KnownFact>& table() {
    static const std::vector<KnownFact> facts = make_table();
    return facts;
}

bool is_name(const KnownFact& fact, const std::string& name) {
    return canonical_name(fact, name) == name;
}

bool is_choice(const KnownFact& fact, const std::string& name) {
    return fact.choices.empty() ||
           std::find(fact.choices.begin(), fact.choices.end(), name) != fact.choices.end();
}

std::string quoted(const std::string& text) {
    return "\"" + core::printable(core::shorten(text, 48)) + "\"";
}

std::string show_members(const Texts& members) {
    std::string out = "[";
    std::size_t shown = 0;
    for (const std::string& member : members) {
        if (shown == 3) {
            return out + ", … " + std::to_string(members.size() - shown) + " more]";
        }
        out += (shown++ == 0 ? "" : ", ") + quoted(member);
    }
    return out + "]";
}

} // namespace

std::string_view to_string(FactType type) noexcept {
    switch (type) {
    case FactType::boolean:
        return "true or false";
    case FactType::integer:
        return "number";
    case FactType::text:
        return "text";
    case FactType::choice:
        return "one of";
    case FactType::ordered:
        return "one of, in order";
    case FactType::texts:
        return "set of texts";
    }
    return "?";
}

std::span<const KnownFact> known_facts() {
    return table();
}

std::optional<std::size_t> find_fact(std::string_view name) {
    const auto it = std::find_if(table().begin(), table().end(),
                                 [&](const KnownFact& fact) { return fact.name == name; });
    return it == table().end() ? std::nullopt
                               : std::optional(static_cast<std::size_t>(it - table().begin()));
}

std::vector<std::string> nearest_facts(std::string_view wanted) {
    std::vector<std::string> names;
    for (const KnownFact& fact : table()) {
        names.emplace_back(fact.name);
    }
    return core::nearest(wanted, names);
}

std::optional<std::string> canonical_name(const KnownFact& fact, std::string_view name) {
    if (fact.form != Form::option) {
        return std::string(name);
    }
    const auto option = proposals::OptionPath::parse(name);
    return option ? std::optional(option->str()) : std::nullopt;
}

bool fits(const KnownFact& fact, const FactValue& value) {
    using enum FactType;
    return core::match(
        value, [](const Unknown&) { return true; }, [&](bool) { return fact.type == boolean; },
        [&](std::int64_t) { return fact.type == integer; },
        [&](const std::string& name) {
            return fact.type == text ||
                   ((fact.type == choice || fact.type == ordered) && is_choice(fact, name));
        },
        [&](const Texts& members) {
            return fact.type == texts && members.size() <= Facts::max_members &&
                   std::all_of(members.begin(), members.end(), [&](const std::string& name) {
                       return is_choice(fact, name) && is_name(fact, name);
                   });
        });
}

Facts::Facts() : values_(table().size()) {}

Facts& Facts::set(std::string_view name, FactValue value) {
    const auto index = find_fact(name);
    AGENTD_CHECK(index.has_value());
    AGENTD_CHECK(fits(table()[*index], value));
    values_[*index] = std::move(value);
    return *this;
}

const FactValue& Facts::get(std::string_view name) const {
    const auto index = find_fact(name);
    AGENTD_CHECK(index.has_value());
    return values_[*index];
}

const FactValue& Facts::at(std::size_t index) const {
    AGENTD_CHECK(index < values_.size());
    return values_[index];
}

core::Json to_json(const Facts& facts) {
    core::Json out = core::Json::object();
    for (std::size_t i = 0; i < table().size(); ++i) {
        // Keys of our JSON are [a-z0-9_]; the dot is for people.
        std::string key(table()[i].name);
        std::replace(key.begin(), key.end(), '.', '_');
        core::match(
            facts.at(i), [](const Unknown&) {}, [&](const auto& value) { out[key] = value; });
    }
    return out;
}

std::string show(const FactValue& value) {
    return core::match(
        value, [](const Unknown&) { return std::string("unknown"); },
        [](bool flag) { return std::string(flag ? "true" : "false"); },
        [](std::int64_t number) { return std::to_string(number); },
        [](const std::string& text) { return quoted(text); },
        [](const Texts& members) { return show_members(members); });
}

} // namespace agentd::policy
