// Who agreed, who has to besides, and when it happens: the same words for the page, the terminal
// and
// `--json`.
#include "agentd/api/views.hpp"
#include "agentd/stages/approve.hpp"
#include "policy/quorum.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace agentd::api {

using core::Json;
using proposals::ApproversNeeded;
using proposals::Level;
using proposals::State;

namespace {

std::vector<ApproversNeeded> missing_of(const Json& told) {
    std::vector<ApproversNeeded> out;
    for (const Json& each : told) {
        out.push_back({.n = each.value("n", std::int64_t{1}),
                       .role = proposals::parse_role(each.value("role", ""))
                                   .value_or(proposals::Role::approver)});
    }
    return out;
}

/// `1 of 2: one more admin has to approve`; "" where one is enough.
std::string how_far(std::size_t given, const std::vector<ApproversNeeded>& missing) {
    std::int64_t more = 0;
    for (const ApproversNeeded& each : missing) {
        more = std::max(more, each.n); // whoever is of the higher role is of the lower one as well
    }
    const auto all = static_cast<std::int64_t>(given) + more;
    return more == 0 || all < 2 ? ""
                                : std::to_string(given) + " of " + std::to_string(all) + ": " +
                                      policy::describe(missing);
}

/// When it happens by itself; null where a person says when.
Json happens(const store::ProposalRow& row, const store::Queries& queries,
             const std::vector<store::ApprovalRow>& given, const proposals::Verdict& verdict) {
    const bool by_people =
        !given.empty() && given.front().presence.method != proposals::PresenceMethod::none;
    const bool waits = row.state == State::approved ||
                       (row.state == State::decided && verdict.level >= Level::veto);
    const auto told = queries.announced(row.id);
    const auto how = by_people ? stages::Agreement::people : stages::Agreement::policy;
    const auto bytes = !given.empty() ? given.front().statement : told ? told->statement : "";
    const auto statement = proposals::parse_statement(bytes);
    const bool timed =
        !verdict.obligations.windows.empty() || stages::delay_of(verdict, how).count() > 0;
    if (!waits || !timed || !statement) {
        return {};
    }
    auto at = statement->not_before;
    if (told && told->statement == bytes) {
        at = std::max(at, told->at + stages::delay_of(verdict, how));
    }
    return {{"at", core::format_instant(at)}, {"by", by_people ? "people" : "policy"}};
}

} // namespace

Json agreement(const store::ProposalRow& row, const store::Queries& queries) {
    const auto decision = queries.decision(row.id);
    if (!decision) {
        return {};
    }
    const auto given = queries.approvals(row.id);
    Json out{{"given", Json::array()}, {"missing", Json::array()}};
    for (const auto& each : given) {
        out["given"].push_back({{"approver", each.approver},
                                {"method", proposals::to_string(each.presence.method)},
                                {"key_id", each.presence.key_id},
                                {"at", core::format_instant(each.at)}});
    }
    const auto& obligations = decision->verdict.obligations;
    if (!given.empty()) {
        out["missing"] = Json::parse(given.back().missing);
    } else if (row.state == State::decided) {
        for (const ApproversNeeded& each : obligations.approvers) {
            out["missing"].push_back({{"n", each.n}, {"role", proposals::to_string(each.role)}});
        }
    }
    out["happens"] = happens(row, queries, given, decision->verdict);
    out["says"] = how_far(given.size(), missing_of(out["missing"]));
    return out;
}

} // namespace agentd::api
