#include "agentd/applyd/outcome.hpp"

#include "agentd/core/text.hpp"
#include "audit/entry.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace agentd::applyd {

using core::Json;

namespace {

constexpr std::size_t most_checks = 128;
constexpr std::size_t longest_detail = 200;
constexpr std::size_t longest_reason = 4000;
/// Of what the log takes as one entry, the rest is for who and when. What it does not take would
/// stay in flight for ever.
constexpr std::size_t most_bytes = audit::max_entry_bytes - 4096;

/// At most `bytes` of them.
Json checks_of(std::vector<CheckResult> checks, std::size_t bytes) {
    std::stable_partition(checks.begin(), checks.end(),
                          [](const CheckResult& check) { return !check.ok; });
    Json list = Json::array();
    for (const CheckResult& check : checks) {
        Json one{{"name", core::to_utf8(core::shorten(check.name, longest_detail))},
                 {"ok", check.ok},
                 {"detail", core::to_utf8(core::shorten(check.detail, longest_detail))}};
        const std::size_t size = core::canonical(one).size() + 1;
        if (list.size() == most_checks || size > bytes) {
            break;
        }
        bytes -= size;
        list.push_back(std::move(one));
    }
    return list;
}

} // namespace

Json to_json(const Outcome& outcome, const machine::SystemLinks& links) {
    const std::string reason = core::printable(core::to_utf8(outcome.reason));
    Json body{{"outcome", outcome.outcome},
              {"reason", core::shorten(reason, longest_reason)},
              {"from", outcome.from},
              {"to", outcome.to},
              {"running", links.running ? Json(links.running->str()) : Json()},
              {"checks", Json::array()},
              {"residue", outcome.residue},
              {"settled", outcome.settled}};
    const std::size_t rest = core::canonical(body).size();
    body["checks"] = checks_of(outcome.checks, rest < most_bytes ? most_bytes - rest : 0);
    return body;
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
