#include "agentd/applyd/outcome.hpp"

#include "agentd/core/text.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace agentd::applyd {

using core::Json;

namespace {

constexpr std::size_t most_checks = 128;
constexpr std::size_t longest_detail = 200;
constexpr std::size_t longest_reason = 4000;

Json checks_of(std::vector<CheckResult> checks) {
    std::stable_partition(checks.begin(), checks.end(),
                          [](const CheckResult& check) { return !check.ok; });
    Json list = Json::array();
    for (const CheckResult& check : checks) {
        if (list.size() == most_checks) {
            break;
        }
        list.push_back({{"name", core::to_utf8(core::shorten(check.name, longest_detail))},
                        {"ok", check.ok},
                        {"detail", core::to_utf8(core::shorten(check.detail, longest_detail))}});
    }
    return list;
}

} // namespace

Json to_json(const Outcome& outcome, const machine::SystemLinks& links) {
    return {{"outcome", outcome.outcome},
            {"reason", core::to_utf8(core::shorten(outcome.reason, longest_reason))},
            {"from", outcome.from},
            {"to", outcome.to},
            {"running", links.running ? Json(links.running->str()) : Json()},
            {"checks", checks_of(outcome.checks)},
            {"residue", outcome.residue},
            {"settled", outcome.settled}};
}

Outcome outcome_from_json(const Json& body) {
    core::ObjectReader in(body, "apply.outcome");
    Outcome outcome{.outcome = in.text("outcome"),
                    .reason = in.text("reason"),
                    .from = in.text("from"),
                    .to = in.text("to"),
                    .residue = in.texts("residue"),
                    .settled = in.boolean("settled")};
    const Json& checks = in.any("checks");
    for (std::size_t i = 0; checks.is_array() && i < checks.size(); ++i) {
        core::ObjectReader check(checks[i], "check");
        outcome.checks.push_back({.name = check.text("name"),
                                  .ok = check.boolean("ok"),
                                  .detail = check.text("detail")});
    }
    return outcome;
}

} // namespace agentd::applyd
