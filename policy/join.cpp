#include "policy/join.hpp"

#include "agentd/core/text.hpp"

#include <algorithm>

namespace agentd::policy {

namespace {

using proposals::Effects;

/// What a specialisation does is named `specialisation/<name>: <subject>`; a rule asks for the
/// subject. Its name may hold a colon too, so that every end counts that could be meant.
void insert_subject(Texts& out, const std::string& subject) {
    constexpr std::string_view mark = ": ";
    auto at = subject.starts_with("specialisation/") ? subject.find(mark) : std::string::npos;
    if (at == std::string::npos) {
        out.insert(subject);
    }
    for (; at != std::string::npos; at = subject.find(mark, at + 1)) {
        out.insert(subject.substr(at + mark.size()));
    }
}

Texts subjects(const Effects& effects, std::string_view kind) {
    Texts out;
    for (const auto& effect : effects.effects) {
        if (effect.kind == kind) {
            insert_subject(out, effect.subject);
        }
    }
    return out;
}

Texts ports(const Effects& effects, std::string_view kind) {
    Texts out;
    for (const std::string& subject : subjects(effects, kind)) {
        out.insert(canonical_port(subject));
    }
    return out;
}

void join_lists(Facts& facts, const Effects& effects) {
    Texts kinds;
    Texts areas;
    std::int64_t unclassified = 0;
    for (const auto& effect : effects.effects) {
        kinds.insert(effect.kind);
        areas.insert(effect.area);
        unclassified += effect.area == "unclassified" ? 1 : 0;
    }
    const auto set = [&](std::string_view name, FactValue value) {
        const auto index = find_fact(name);
        // An effect of a kind that nobody knows makes the whole set unknown, never smaller.
        facts.set(name, index && fits(known_facts()[*index], value) ? std::move(value) : Unknown{});
    };
    set("change.kinds", std::move(kinds));
    set("change.areas", std::move(areas));
    set("change.unclassified", unclassified);
    set("change.max_risk", std::string(to_string(max_risk(effects))));
    for (const std::string_view what :
         {"units_added", "units_removed", "units_changed", "users_added", "users_removed",
          "users_changed", "packages_added", "packages_removed", "packages_updated"}) {
        // `units_added` lists the subjects of `unit_added`.
        std::string kind(what);
        kind.erase(kind.find('_') - 1, 1);
        set("change." + std::string(what), subjects(effects, kind));
    }
    Texts touched = subjects(effects, "restart_unit");
    touched.merge(subjects(effects, "reset_failed"));
    set("act.units", std::move(touched));
    set("change.ports_opened", ports(effects, "port_opened"));
    set("change.ports_closed", ports(effects, "port_closed"));
}

template <class T> FactValue value_or_unknown(const std::optional<T>& value) {
    return value ? FactValue(*value) : FactValue(Unknown{});
}

FactValue members_or_unknown(const std::optional<std::vector<std::string>>& list) {
    return list ? FactValue(Texts(list->begin(), list->end())) : FactValue(Unknown{});
}

FactValue options_or_unknown(const std::optional<std::vector<proposals::OptionPath>>& list) {
    Texts out;
    for (const auto& option : list.value_or(std::vector<proposals::OptionPath>{})) {
        out.insert(option.str());
    }
    return list ? FactValue(std::move(out)) : FactValue(Unknown{});
}

/// The parts of a change that was split are as grave as the whole.
void join_class(Facts& facts, const Effects& effects, const Context& context) {
    const auto own =
        class_of(effects, Origin{.upstream_bump = context.upstream_bump.value_or(false)});
    facts.set("change.class", std::string(to_string(own)));
    if (context.class_since_person) {
        facts.set("change.class_since_person",
                  std::string(to_string(std::max(own, *context.class_since_person))));
    }
    facts.set("change.steps_since_person", value_or_unknown(context.steps_since_person));
}

} // namespace

std::string canonical_port(std::string_view subject) {
    const std::string text = core::to_lower(core::trim(subject));
    const auto cut = text.find_first_of("/ ");
    if (cut == std::string::npos) {
        return std::string(subject);
    }
    std::string left = text.substr(0, cut);
    std::string right = text.substr(cut + 1);
    if (left == "tcp" || left == "udp") {
        std::swap(left, right);
    }
    const bool number =
        !left.empty() && left.find_first_not_of("0123456789-:") == std::string::npos;
    return number && (right == "tcp" || right == "udp") ? left + "/" + right : std::string(subject);
}

Facts facts_from(const Effects& effects, const Context& context) {
    Facts facts;
    if (!effects.truncated) {
        join_lists(facts, effects);
    }
    join_class(facts, effects, context);
    facts.set("change.truncated", effects.truncated);
    facts.set("change.closure_delta", effects.closure.bytes_after - effects.closure.bytes_before);
    facts.set("change.reboot_required", effects.reboot_needed);
    const auto set = [&](std::string_view name, FactValue value) {
        const auto index = find_fact(name);
        if (index && fits(known_facts()[*index], value)) {
            facts.set(name, std::move(value));
        }
    };
    set("host.name", value_or_unknown(context.host));
    set("proposer.kind", value_or_unknown(context.proposer_kind));
    set("proposer.id", value_or_unknown(context.proposer_id));
    set("proposer.trust", value_or_unknown(context.proposer_trust));
    set("change.source", value_or_unknown(context.source));
    set("change.paths", members_or_unknown(context.paths));
    set("change.flags", members_or_unknown(context.flags));
    set("change.lines", value_or_unknown(context.lines));
    set("change.option_paths", options_or_unknown(context.option_paths));
    set("evidence.build", value_or_unknown(context.evidence_build));
    set("evidence.dry_activate", value_or_unknown(context.evidence_dry_activate));
    set("evidence.rehearsal", value_or_unknown(context.evidence_rehearsal));
    set("evidence.age", value_or_unknown(context.evidence_age));
    const bool built = context.revision != "act" && context.revision != "rollback";
    set("evidence.build_escapable",
        built ? value_or_unknown(context.build_escapable) : FactValue(false));
    set("evidence.options_disagree",
        built ? value_or_unknown(context.options_disagree) : FactValue(false));
    set("evidence.checks",
        built ? value_or_unknown(context.evidence_checks) : FactValue(std::string("none")));
    set("change.revision", value_or_unknown(context.revision));
    set("rollback.confirmed_before", value_or_unknown(context.confirmed_before));
    return facts;
}

} // namespace agentd::policy
