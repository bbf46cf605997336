#include "agentd/api/views.hpp"

#include "agentd/core/clock.hpp"
#include "agentd/explanation/explanation.hpp"
#include "agentd/explanation/files.hpp"

#include <nlohmann/json.hpp>

namespace agentd::api {

using core::Json;

namespace {

template <class Text> Json or_null(const std::optional<Text>& text) {
    return text ? Json(*text) : Json();
}

Json refusal(const store::ProposalRow& row) {
    if (!row.refusal) {
        return {};
    }
    return {{"stage", row.refusal->stage},
            {"code", row.refusal->code},
            {"message", row.refusal->message},
            {"where", or_null(row.refusal->where)},
            {"hint", or_null(row.refusal->hint)}};
}

/// Null when it is not there (any more).
Json kept(const std::string& hex, const store::Blobs& blobs) {
    const auto digest = core::Digest::parse(hex);
    const auto bytes = digest ? blobs.get(*digest) : std::nullopt;
    const auto parsed = bytes ? core::parse_json(*bytes, {.bytes = store::Blobs::max_bytes})
                              : core::Result<Json>(core::Problem{});
    return parsed ? *parsed : Json();
}

/// What the page as it was shown to whoever decides says beside the effects; null of what it did
/// not tell yet when it was made.
void add_page(Json& view, const std::optional<store::DecisionRow>& decision,
              const store::Blobs& blobs) {
    const Json page = decision ? kept(decision->page_sha256, blobs) : Json();
    for (const char* key : {"options", "disagreement", "new_warnings", "explanation", "switch"}) {
        view[key] = page.is_object() ? page.value(key, Json()) : Json();
    }
    // Older pages have the effects alone.
    if (view["explanation"].is_null() && !view["effects"].is_null()) {
        if (const auto effects = proposals::effects_from_json(view["effects"])) {
            view["explanation"] = explanation::to_json(explanation::explain(*effects));
        }
    }
}

/// The document of the newest evidence of a level.
Json result_of(const Json& evidence, const char* level, const store::Blobs& blobs) {
    Json found;
    for (const Json& piece : evidence) {
        if (piece.at("level") == level && piece.at("result_digest").is_string()) {
            found = kept(piece.at("result_digest").get<std::string>(), blobs);
        }
    }
    return found;
}

Json approval_of(const store::Queries& queries, const std::string& id) {
    const auto rows = queries.approvals(id);
    if (rows.empty()) {
        return {};
    }
    const auto& row = rows.back();
    return {{"approver", row.approver},
            {"method", proposals::to_string(row.presence.method)},
            {"key_id", row.presence.key_id},
            {"at", core::format_instant(row.at)}};
}

Json apply_of(const store::Queries& queries, const std::string& id) {
    const auto row = queries.last_apply(id);
    if (!row) {
        return {};
    }
    Json steps = Json::array();
    for (const auto& step : row->steps) {
        steps.push_back(
            {{"step", step.step}, {"detail", step.detail}, {"at", core::format_instant(step.at)}});
    }
    const bool waits = !row->outcome && !row->steps.empty() && row->steps.back().confirm;
    return {{"intent_at", core::format_instant(row->at)},
            {"deadline", or_null(row->deadline)},
            {"steps", steps},
            {"confirm", waits ? Json::parse(*row->steps.back().confirm) : Json()},
            {"outcome", row->outcome ? Json::parse(row->outcome->body) : Json()}};
}

Json landing_of(const store::Queries& queries, const std::string& id) {
    const auto row = queries.landing(id);
    if (!row) {
        return {};
    }
    return {{"done", row->done},
            {"branch", row->branch},
            {"commit", row->commit},
            {"how", row->how},
            {"reason", row->reason},
            {"hint", row->hint},
            {"at", core::format_instant(row->at)}};
}

Json history_of(const store::Queries& queries, const std::string& id) {
    Json history = Json::array();
    for (const auto& row : queries.history(id)) {
        history.push_back({{"index", row.index},
                           {"type", row.type},
                           {"time", core::format_instant(row.time)},
                           {"actor", row.actor_id.empty() ? row.actor_kind : row.actor_id},
                           {"text", row.text}});
    }
    return history;
}

/// Why no statement can be had right now, in words; null when one can.
Json blocked(const store::ProposalRow& row) {
    using proposals::State;
    switch (row.state) {
    case State::decided:
        return {};
    case State::drafted:
    case State::checking:
        return "it is still being tested";
    case State::verified:
        return "policy has not spoken yet";
    case State::denied:
        return "it is denied: no approval is taken for it";
    case State::stale:
        return "base, policy or machine changed since it was tested; verify it again";
    case State::expired:
        return "the approval ran out; verify it again";
    case State::approved:
        return "it is approved already";
    case State::applying:
        return "it is being applied";
    case State::refused:
        return "a check refused it";
    case State::confirmed:
    case State::rolled_back:
    case State::failed:
    case State::withdrawn:
    case State::superseded:
    case State::lapsed:
        return "it is over";
    }
    return "it is over";
}

void add_draft(Json& view, const proposals::Draft& draft) {
    const Json json = proposals::to_json(draft);
    for (const char* key : {"rationale", "goal", "observation", "operations", "plan", "base_commit",
                            "base_branch", "candidate_commit", "act"}) {
        const auto it = json.find(key); // what is no change has no commits
        view[key] = it == json.end() ? Json() : *it;
    }
    view["files"] =
        draft.change() != nullptr ? explanation::to_json(draft.change()->files) : Json::array();
    view["rollback"] = Json();
    if (const auto* rollback = draft.rollback()) {
        view["rollback"] = {
            {"to", rollback->to},
            {"generation", rollback->generation ? Json(*rollback->generation) : Json()}};
    }
}

void add_revision(Json& view, const store::Queries& queries, const store::Blobs& blobs,
                  const std::string& id) {
    const auto revision = queries.revision(id);
    view["warnings"] = revision ? Json(revision->warnings) : Json::array();
    view["notes"] = revision ? Json(revision->notes) : Json::array();
    view["toplevel"] = revision ? or_null(revision->toplevel) : Json();
    view["drv"] = revision ? or_null(revision->drv) : Json();
    view["effects"] = revision ? kept(revision->effects_blob, blobs) : Json();
    const auto decision = queries.decision(id);
    add_page(view, decision, blobs);
    view["verdict"] = decision ? proposals::to_json(decision->verdict) : Json();
}

} // namespace

Json summary(const store::ProposalRow& row) {
    return {{"id", row.id},
            {"number", row.number},
            {"kind", row.kind},
            {"state", proposals::to_string(row.state)},
            {"title", row.title},
            {"host", row.host},
            {"source", proposals::to_string(row.source)},
            {"proposer", {{"id", row.proposer.id}, {"kind", row.proposer.kind}}},
            {"created", core::format_instant(row.created)},
            {"updated", core::format_instant(row.updated)},
            {"level", row.level ? Json(proposals::to_string(*row.level)) : Json()},
            {"presence", row.presence ? Json(proposals::to_string(*row.presence)) : Json()},
            {"risk", or_null(row.risk)},
            {"headline", row.headline},
            {"landed", row.landed},
            {"outcome", or_null(row.outcome)}};
}

Json observation(const store::ObservationRow& row) {
    return {{"key", row.key},
            {"kind", row.kind},
            {"title", row.title},
            {"detail", row.detail},
            {"severity", row.severity},
            {"opened", core::format_instant(row.opened)},
            {"changed", core::format_instant(row.changed)},
            {"resolved", row.resolved ? Json(core::format_instant(*row.resolved)) : Json()},
            {"remedy", or_null(row.remedy)},
            {"trusted", row.trusted}};
}

Json detail(const store::ProposalRow& row, const store::Queries& queries, const store::Blobs& blobs,
            const Json& so_far) {
    Json view = summary(row);
    const auto draft = queries.draft(row.id);
    AGENTD_CHECK(draft.has_value());
    add_draft(view, *draft);
    view["refusal"] = refusal(row);
    view["evidence"] = Json::array();
    for (const auto& evidence : queries.evidence(row.id)) {
        view["evidence"].push_back(proposals::to_json(evidence.evidence));
    }
    add_revision(view, queries, blobs, row.id);
    view["hosts"] = result_of(view["evidence"], "hosts", blobs);
    const Json evaluated = result_of(view["evidence"], "evaluate", blobs);
    view["inputs"] = evaluated.is_object() ? evaluated.value("inputs", Json()) : Json();
    view["so_far"] = so_far;
    view["approval"] = approval_of(queries, row.id);
    view["agreement"] = agreement(row, queries);
    view["apply"] = apply_of(queries, row.id);
    view["landing"] = landing_of(queries, row.id);
    view["history"] = history_of(queries, row.id);
    view["statement_ready"] = row.state == proposals::State::decided;
    view["blocked"] = blocked(row);
    return view;
}

} // namespace agentd::api
