#include "proposals/effects.hpp"

#include "proposals/names.hpp"

#include "agentd/core/crypto.hpp"
#include "agentd/core/names.hpp"
#include "agentd/core/text.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <tuple>

namespace agentd::proposals {

using core::Json;
using core::ObjectReader;
using core::Problem;

namespace {

constexpr Names<Risk, 5> risk_names{"none", "low", "notice", "high", "critical"};
constexpr std::int64_t largest = (std::int64_t{1} << 53) - 1;

bool before(const Effect& a, const Effect& b) {
    return std::tie(a.area, a.kind, a.subject, a.before, a.after) <
           std::tie(b.area, b.kind, b.subject, b.before, b.after);
}

std::string clean(std::string_view text) {
    return core::shorten(core::to_utf8(text), Effects::max_text);
}

Json clean(const std::optional<std::string>& text) {
    return text ? Json(clean(std::string_view(*text))) : Json(nullptr);
}

core::Result<Effect> effect_from_json(const Json& value) {
    ObjectReader in(value, "effect");
    Effect effect{.area = in.text("area", 64),
                  .kind = in.text("kind", 64),
                  .subject = in.text("subject", Effects::max_text),
                  .before = in.optional_text("before", Effects::max_text),
                  .after = in.optional_text("after", Effects::max_text),
                  .risk =
                      parse_risk(in.one_of("risk", {"none", "low", "notice", "high", "critical"}))
                          .value_or(Risk::critical),
                  .sentence = in.text("sentence", Effects::max_text)};
    if (auto done = in.finish(); !done) {
        return done.problem();
    }
    if (find_kind(effect.area, effect.kind) == nullptr) {
        return Problem{.code = "unknown_kind",
                       .message = "effects know no kind `" + core::printable(effect.kind) +
                                  "` in area `" + core::printable(effect.area) + "`"};
    }
    return effect;
}

core::Result<ClosureChange> closure_from_json(const Json& value) {
    ObjectReader in(value, "closure");
    const ClosureChange closure{.paths_added = in.integer("paths_added", 0, largest),
                                .paths_removed = in.integer("paths_removed", 0, largest),
                                .bytes_before = in.integer("bytes_before", 0, largest),
                                .bytes_after = in.integer("bytes_after", 0, largest)};
    if (auto done = in.finish(); !done) {
        return done.problem();
    }
    return closure;
}

core::Result<std::vector<Effect>> list_from_json(const Json& value) {
    if (!value.is_array() || value.size() > Effects::max_effects) {
        return Problem{.code = "bad_value",
                       .message = "effects: `effects` has to be a list of at most " +
                                  std::to_string(Effects::max_effects)};
    }
    std::vector<Effect> list;
    for (const Json& item : value) {
        auto effect = effect_from_json(item);
        if (!effect) {
            Problem problem = effect.problem();
            problem.where = "effect " + std::to_string(list.size());
            return problem;
        }
        if (!list.empty() && before(*effect, list.back())) {
            return Problem{.code = "bad_order",
                           .message = "effects are not in their order",
                           .where = "effect " + std::to_string(list.size())};
        }
        list.push_back(std::move(effect).value());
    }
    return list;
}

} // namespace

std::string_view to_string(Risk risk) noexcept {
    return name_of(risk_names, risk);
}
std::optional<Risk> parse_risk(std::string_view text) noexcept {
    return value_of(risk_names, text);
}

void sort(Effects& effects) {
    std::stable_sort(effects.effects.begin(), effects.effects.end(), before);
}

Json to_json(const Effect& effect) {
    return {{"area", effect.area},
            {"kind", effect.kind},
            {"subject", clean(std::string_view(effect.subject))},
            {"before", clean(effect.before)},
            {"after", clean(effect.after)},
            {"risk", to_string(effect.risk)},
            {"sentence", clean(std::string_view(effect.sentence))}};
}

Json to_json(const Effects& effects) {
    Effects ordered = effects;
    for (Effect& effect : ordered.effects) {
        // Cleaning may change what sorting compares, so it comes first.
        effect.subject = clean(std::string_view(effect.subject));
        effect.before =
            effect.before ? std::optional(clean(std::string_view(*effect.before))) : std::nullopt;
        effect.after =
            effect.after ? std::optional(clean(std::string_view(*effect.after))) : std::nullopt;
    }
    sort(ordered);
    Json list = Json::array();
    for (const Effect& effect : ordered.effects) {
        list.push_back(to_json(effect));
    }
    return {{"schema", "agentd.effects/1"},
            {"from", effects.from},
            {"to", effects.to},
            {"effects", std::move(list)},
            {"closure",
             {{"paths_added", effects.closure.paths_added},
              {"paths_removed", effects.closure.paths_removed},
              {"bytes_before", effects.closure.bytes_before},
              {"bytes_after", effects.closure.bytes_after}}},
            {"reboot_needed", effects.reboot_needed},
            {"truncated", effects.truncated}};
}

core::Result<Effects> effects_from_json(const Json& value) {
    ObjectReader in(value, "effects");
    in.one_of("schema", {"agentd.effects/1"});
    Effects effects{.from = in.text("from", 512), .to = in.text("to", 512)};
    const Json& list = in.any("effects");
    const Json& closure = in.any("closure");
    effects.reboot_needed = in.boolean("reboot_needed");
    effects.truncated = in.boolean("truncated");
    if (!core::StorePath::parse(effects.from)) {
        in.refuse("from", "is not a store path");
    }
    if (!core::StorePath::parse(effects.to)) {
        in.refuse("to", "is not a store path");
    }
    if (auto done = in.finish(); !done) {
        return done.problem();
    }
    auto read_closure = closure_from_json(closure);
    if (!read_closure) {
        return read_closure.problem();
    }
    effects.closure = *read_closure;
    auto read_list = list_from_json(list);
    if (!read_list) {
        return read_list.problem();
    }
    effects.effects = std::move(read_list).value();
    return effects;
}

core::Result<Effects> parse_effects(std::string_view text) {
    const auto json = core::parse_json(text, {.bytes = Effects::max_bytes, .depth = 8});
    if (!json) {
        return json.problem();
    }
    return effects_from_json(*json);
}

std::string canonical_bytes(const Effects& effects) {
    return core::canonical(to_json(effects));
}
core::Digest digest(const Effects& effects) {
    return core::sha256(canonical_bytes(effects));
}

Risk max_risk(const Effects& effects) noexcept {
    Risk highest = effects.truncated ? Risk::high : Risk::none;
    for (const Effect& effect : effects.effects) {
        highest = std::max(highest, effect.risk);
    }
    return highest;
}

} // namespace agentd::proposals
