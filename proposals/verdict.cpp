#include "proposals/verdict.hpp"

#include "proposals/names.hpp"

#include "agentd/core/digest.hpp"

#include <nlohmann/json.hpp>

namespace agentd::proposals {

using core::Json;
using core::ObjectReader;

namespace {

constexpr Names<Level, 6> level_names{"forbid", "observe", "propose", "approve", "veto", "auto"};
constexpr Names<ReasonEffect, 5> effect_names{"grant", "cap", "require", "invariant", "default"};

Json to_json(const Reason& reason) {
    return {{"rule", reason.rule},
            {"effect", to_string(reason.effect)},
            {"level", reason.level ? Json(to_string(*reason.level)) : Json(nullptr)},
            {"why", reason.why},
            {"because", reason.because}};
}

core::Result<Reason> reason_from_json(const Json& value) {
    ObjectReader in(value, "reason");
    Reason reason{.rule = in.text("rule", 256),
                  .effect = value_of(effect_names, in.one_of("effect", {"grant", "cap", "require",
                                                                        "invariant", "default"}))
                                .value_or(ReasonEffect::fallback)};
    if (const auto level = in.optional_text("level", 16)) {
        reason.level = parse_level(*level);
        if (!reason.level) {
            in.refuse("level", "is not a level");
        }
    }
    reason.why = in.text("why", 4096);
    reason.because = in.text("because", 4096);
    if (auto done = in.finish(); !done) {
        return done.problem();
    }
    return reason;
}

} // namespace

std::string_view to_string(Level level) noexcept {
    return name_of(level_names, level);
}
std::optional<Level> parse_level(std::string_view text) noexcept {
    return value_of(level_names, text);
}
std::string_view to_string(ReasonEffect effect) noexcept {
    return name_of(effect_names, effect);
}

Json to_json(const Verdict& verdict) {
    Json reasons = Json::array();
    for (const Reason& reason : verdict.reasons) {
        reasons.push_back(to_json(reason));
    }
    Json out{{"schema", "agentd.verdict/1"},
             {"level", to_string(verdict.level)},
             {"presence", to_string(verdict.presence)},
             {"reasons", std::move(reasons)},
             {"would_change", verdict.would_change},
             {"policy_sha256", verdict.policy_sha256}};
    // Where there are none it is written as it was before there were any.
    if (!verdict.obligations.empty()) {
        out["obligations"] = to_json(verdict.obligations);
    }
    return out;
}

core::Result<Verdict> verdict_from_json(const Json& value) {
    ObjectReader in(value, "verdict");
    in.one_of("schema", {"agentd.verdict/1"});
    Verdict verdict{
        .level = parse_level(in.one_of("level",
                                       {"forbid", "observe", "propose", "approve", "veto", "auto"}))
                     .value_or(Level::forbid),
        .presence = parse_presence_method(
                        in.one_of("presence", {"none", "browser", "password", "ssh", "passkey"}))
                        .value_or(PresenceMethod::passkey),
        .would_change = in.texts("would_change", Verdict::max_reasons),
        .policy_sha256 = in.text("policy_sha256", 64)};
    const Json& reasons = in.any("reasons");
    if (!reasons.is_array() || reasons.size() > Verdict::max_reasons) {
        in.refuse("reasons", "has to be a list");
    } else {
        for (const Json& item : reasons) {
            auto reason = reason_from_json(item);
            if (!reason) {
                return reason.problem();
            }
            verdict.reasons.push_back(std::move(reason).value());
        }
    }
    if (in.has("obligations")) {
        auto obligations = obligations_from_json(in.any("obligations"));
        if (!obligations) {
            return obligations.problem();
        }
        verdict.obligations = std::move(obligations).value();
    }
    if (!core::Digest::parse(verdict.policy_sha256)) {
        in.refuse("policy_sha256", "is not a SHA-256");
    }
    if (auto done = in.finish(); !done) {
        return done.problem();
    }
    return verdict;
}

} // namespace agentd::proposals
