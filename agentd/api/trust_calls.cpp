// Who may have what done without being asked: as the log says, and as root remembers by itself.
#include "agentd/api/api.hpp"
#include "agentd/core/crypto.hpp"
#include "agentd/machine/machine.hpp"
#include "agentd/pipeline/known.hpp"
#include "audit/verify.hpp"

#include <nlohmann/json.hpp>

#include <chrono>

namespace agentd::api {

using core::Json;
using core::Problem;
using core::Result;
using policy::trust::Key;

namespace {

Json told(const policy::trust::Standing& standing) {
    Json out = to_json(standing);
    out["lines"] = words_of(standing);
    return out;
}

Result<core::Digest> current_policy(const pipeline::Surroundings& in) {
    const auto policy = stages::load_current_policy(in.config.policy.file, in.clock.now());
    return policy ? Result<core::Digest>(policy->digest) : policy.problem();
}

/// The policy's facts of a decided proposal name its class.
std::optional<policy::EffectClass> class_of_proposal(const pipeline::Surroundings& in,
                                                     const store::DecisionRow& decision) {
    const auto digest = core::Digest::parse(decision.effects_sha256);
    const auto bytes = digest ? in.blobs.get(*digest) : std::nullopt;
    const auto effects =
        bytes ? proposals::parse_effects(*bytes) : Result<proposals::Effects>(Problem{});
    return effects ? std::optional(policy::class_of(*effects, policy::Origin{})) : std::nullopt;
}

} // namespace

Result<Json> Api::trust_show(const Call& call) {
    const auto policy = current_policy(in_);
    if (!policy) {
        return policy.problem();
    }
    const bool verified = audit::verify_directory(in_.config.audit.directory, {.live = true}).ok();
    Json standings = Json::array();
    in_.sequencer.ask([&] {
        const auto& ladder = in_.ledger.trust().ladder();
        auto moment = pipeline::this_moment(in_, *policy);
        moment.verified = verified;
        for (const Key& key : ladder.keys()) {
            standings.push_back(told(ladder.standing(key, moment)));
        }
    });
    const auto root = stages::ask_applyd(in_.config.sockets.apply, {{"op", "trust"}}, call.stop);
    return Json{{"standings", std::move(standings)},
                {"root", root ? root->value("standings", Json()) : Json()},
                {"verified", verified},
                {"host", in_.config.host.str()}};
}

Result<Json> Api::trust_explain(const Call& call) {
    const auto row = find(call);
    if (!row) {
        return row.problem();
    }
    const auto policy = current_policy(in_);
    if (!policy) {
        return policy.problem();
    }
    const auto rows = in_.sequencer.ask([&] {
        const auto queries = in_.ledger.queries();
        return std::pair(queries.decision(row->id), queries.draft(row->id));
    });
    const auto effect_class = rows.first ? class_of_proposal(in_, *rows.first) : std::nullopt;
    if (!effect_class || !rows.second) {
        return Problem{.code = "pending",
                       .message = "what it would do is not known yet, and trust goes by that",
                       .hint = "`agentctl verify " + row->id + "` tests it"};
    }
    return in_.sequencer.ask([&]() -> Result<Json> {
        const auto& log = in_.ledger.trust();
        const Key key{.who = pipeline::identity_of(rows.second->proposer),
                      .effect_class = *effect_class,
                      .host_class = in_.config.host.str()};
        const auto distance = log.since_a_person();
        return Json{
            {"standing", told(log.ladder().standing(key, pipeline::this_moment(in_, *policy)))},
            {"steps_since_person", distance.steps},
            {"class_since_person", policy::to_string(std::max(distance.highest, *effect_class))}};
    });
}

/// What a person signs: nothing is given by it yet.
Result<Json> Api::trust_statement(const Call& call) {
    core::ObjectReader reader(call.params, "params");
    const auto who = policy::trust::identity_from_json(reader.any("proposer"));
    const auto effect_class = policy::parse_effect_class(reader.text("class", 32));
    const auto level = policy::trust::parse_trust_level(reader.text("level", 16));
    const auto days = reader.integer("days", 1, policy::trust::Grant::longest.count());
    const std::string reason = reader.text("reason", 1000);
    const auto done = reader.finish();
    if (!done || !who || !effect_class || !level) {
        return !done  ? done.problem()
               : !who ? who.problem()
                      : Problem{.code = "usage", .message = "no such class or level"};
    }
    const auto policy = current_policy(in_);
    if (!policy) {
        return policy.problem();
    }
    const machine::Machine machine(in_.machine);
    return in_.sequencer.ask([&]() -> Result<Json> {
        const Key key{
            .who = *who, .effect_class = *effect_class, .host_class = in_.config.host.str()};
        const auto moment = pipeline::this_moment(in_, *policy);
        const auto standing = in_.ledger.trust().ladder().standing(key, moment);
        const policy::trust::Grant grant{.key = key,
                                         .level = *level,
                                         .host = in_.config.host.str(),
                                         .machine_id = machine.machine_id(),
                                         .policy_sha256 = moment.policy_sha256,
                                         .agentd_version = moment.agentd_version,
                                         .applies = standing.evidence.applies,
                                         .log_size =
                                             static_cast<std::int64_t>(moment.least_entries),
                                         .reason = reason,
                                         .not_before = moment.at,
                                         .expires = moment.at + std::chrono::days(days),
                                         .nonce = proposals::make_nonce()};
        const std::string bytes = canonical_bytes(grant);
        const auto good = policy::trust::parse_grant(bytes);
        return good ? Result<Json>(Json{{"grant", bytes}, {"standing", told(standing)}})
                    : good.problem();
    });
}

Result<Json> Api::trust_grant(const Call& call) {
    core::ObjectReader reader(call.params, "params");
    const Json request{{"op", "trust.grant"},
                       {"grant", reader.text("grant", policy::trust::Grant::max_bytes)},
                       {"presence", reader.any("presence")}};
    if (const auto done = reader.finish(); !done) {
        return done.problem();
    }
    return stages::ask_applyd(in_.config.sockets.apply, request, call.stop);
}

Result<Json> Api::trust_revoke(const Call& call) {
    core::ObjectReader reader(call.params, "params");
    const auto name = reader.optional_text("class", 32);
    const Json request{{"op", "trust.revoke"},
                       {"proposer", reader.any("proposer")},
                       {"class", name ? Json(*name) : Json()},
                       {"because", reader.text("because", 2000)},
                       {"by", call.caller.name}};
    if (const auto done = reader.finish(); !done) {
        return done.problem();
    }
    return stages::ask_applyd(in_.config.sockets.apply, request, call.stop);
}

} // namespace agentd::api
