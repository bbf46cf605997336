#include "agentd/api/api.hpp"
#include "agentd/api/views.hpp"
#include "agentd/core/crypto.hpp"
#include "agentd/core/text.hpp"
#include "agentd/pipeline/known.hpp"
#include "agentd/pipeline/rehearsing.hpp"
#include "agentd/stages/agreement.hpp"
#include "agentd/stages/checks.hpp"
#include "evaluator/builder.hpp"
#include "policy/explain.hpp"
#include "proposals/webauthn.hpp"

#include <nlohmann/json.hpp>

namespace agentd::api {

using core::Json;
using core::Problem;
using core::Result;

Result<Json> Api::statement(const Call& call) {
    const auto row = find(call);
    if (!row) {
        return row.problem();
    }
    const auto it = call.params.find("mode");
    const bool given = it != call.params.end() && !it->is_null();
    const auto mode =
        given && it->is_string() ? proposals::parse_mode(it->get<std::string>()) : std::nullopt;
    if (given && !mode) {
        return Problem{.code = "usage",
                       .message = "`mode` is one of switch, test, boot; or rollback, act"};
    }
    const auto glass = call.params.find("break_glass");
    const bool by_hand = glass != call.params.end() && *glass == true;
    const auto statement = pipeline_.statement(
        row->id, mode, by_hand ? stages::Agreement::glass : stages::Agreement::people);
    if (!statement) {
        return statement.problem();
    }
    return Json{{"statement", *statement},
                {"statement_sha256", core::sha256(*statement).hex()}};
}

Result<Json> Api::approve(const Call& call) {
    const auto row = find(call);
    if (!row) {
        return row.problem();
    }
    core::ObjectReader reader(call.params, "params");
    reader.any("proposal");
    const std::string statement = reader.text("statement", proposals::Statement::max_bytes);
    const auto presence = proposals::presence_from_json(reader.any("presence"));
    const bool apply_too = reader.has("apply") && reader.boolean("apply");
    reader.any("apply");
    const std::string typed = reader.optional_text("typed_host", 256).value_or("");
    if (const auto done = reader.finish(); !done) {
        return done.problem();
    }
    if (!presence) {
        return presence.problem();
    }
    if (const auto seen = show_to_root(call, "approve", statement, *presence); !seen) {
        return seen.problem();
    }
    const auto done = pipeline_.approve(
        row->id, {.statement = statement, .presence = *presence, .typed_host = typed},
        actor_of(call));
    if (!done) {
        return done.problem();
    }
    auto answer = summary_of(row->id);
    if (answer) {
        (*answer)["agreement"] = in_.sequencer.ask([&] {
            const auto queries = in_.ledger.queries();
            return agreement(*queries.proposal(row->id), queries);
        });
    }
    const bool agreed = answer && answer->at("proposal").at("state") == "approved";
    if (apply_too && agreed) {
        auto turn = take_turn();
        const bool posted =
            turn && in_.applies.post([this, id = row->id, turn](const std::stop_token& stop) {
                // What comes of it is in the log, the page hears it there.
                (void)pipeline_.apply(id, {}, stop);
            });
        if (!posted) {
            return Problem{.code = "busy",
                           .message = "it is approved, and not applied: another change is being "
                                      "applied right now",
                           .hint =
                               "apply it when that has ended: `agentctl apply " + row->id + "`"};
        }
    }
    return answer;
}

Result<Json> Api::reject(const Call& call) {
    const auto row = find(call);
    if (!row) {
        return row.problem();
    }
    const auto it = call.params.find("reason");
    if (it == call.params.end() || !it->is_string() ||
        core::trim(it->get_ref<const std::string&>()).empty()) {
        return Problem{.code = "usage",
                       .message = "a rejection needs a reason: the proposer and the log keep it"};
    }
    const auto done = pipeline_.reject(row->id, it->get<std::string>(), actor_of(call));
    return done ? summary_of(row->id) : Result<Json>(done.problem());
}

Result<Json> Api::apply(const Call& call) {
    const auto row = find(call);
    if (!row) {
        return row.problem();
    }
    const auto outcome = pipeline_.apply(
        row->id,
        [&](const Json& step) {
            if (call.on_event) {
                call.on_event(core::canonical(step));
            }
        },
        call.stop);
    if (!outcome) {
        return outcome.problem();
    }
    auto answer = summary_of(row->id);
    if (answer) {
        (*answer)["outcome"] = Json::parse(outcome->body);
    }
    return answer;
}

namespace {

std::optional<proposals::Evidence> newest(const std::vector<store::EvidenceRow>& rows,
                                          proposals::EvidenceLevel level) {
    std::optional<proposals::Evidence> found;
    for (const auto& row : rows) {
        if (row.evidence.level == level) {
            found = row.evidence;
        }
    }
    return found;
}

} // namespace

Result<Json> Api::policy_explain(const Call& call) {
    const auto row = find(call);
    if (!row) {
        return row.problem();
    }
    const auto rows = in_.sequencer.ask([&] {
        const auto queries = in_.ledger.queries();
        return std::tuple(queries.decision(row->id), queries.draft(row->id),
                          queries.evidence(row->id));
    });
    const auto& [decision, draft, evidence] = rows;
    if (!decision) {
        return Problem{.code = "pending",
                       .message = "policy has not spoken about this proposal yet"};
    }
    Json result{{"verdict", proposals::to_json(decision->verdict)}, {"text", nullptr}};
    // The same facts under the policy of now, rule by rule.
    const auto digest = core::Digest::parse(decision->effects_sha256);
    const auto bytes = digest ? in_.blobs.get(*digest) : std::nullopt;
    const auto effects =
        bytes ? proposals::parse_effects(*bytes) : Result<proposals::Effects>(Problem{});
    const auto page_digest = core::Digest::parse(decision->page_sha256);
    const auto page = page_digest ? in_.blobs.get(*page_digest) : std::nullopt;
    const auto policy = stages::load_current_policy(in_.config.policy.file, in_.clock.now());
    if (effects && policy && draft) {
        auto facts = stages::facts_of(
            *draft, *effects,
            {.confirmed_before = pipeline::confirmed_before(in_, *draft),
             .checks = stages::fact_of_checks(newest(evidence, proposals::EvidenceLevel::checks)),
             .build_escapable = evaluator::build_escapable(in_.nix, evaluator::builder_of(in_.nix)),
             .options_disagree = page ? stages::told_disagreement(*page) : std::nullopt,
             .rehearsal = pipeline::ended(evidence, proposals::EvidenceLevel::rehearsal),
             .dry_activate = pipeline::ended(evidence, proposals::EvidenceLevel::dry_activate)});
        pipeline::know_trust(in_, facts, *draft, policy->digest);
        result["text"] =
            policy::explain(policy->policy, facts, policy::judge(policy->policy, facts));
    }
    return result;
}

Result<Json> Api::pair_enrol(const Call& call) {
    core::ObjectReader reader(call.params, "params");
    Json request{{"op", "pair.enrol"},
                 {"token", reader.text("token", 256)},
                 {"label", reader.text("label", 64)}};
    const bool passkey = reader.has("passkey"); // else a key of the browser's own
    request[passkey ? "passkey" : "spki"] =
        passkey ? reader.text("passkey", proposals::max_assertion) : reader.text("spki", 1024);
    if (const auto done = reader.finish(); !done) {
        return done.problem();
    }
    // Root's helper answers when root has said yes to this key, in his terminal.
    auto answer =
        stages::ask_applyd(in_.config.sockets.apply, request, call.stop, std::chrono::minutes(4));
    if (!answer) {
        return answer.problem();
    }
    in_.sequencer.ask([&] { in_.ledger.catch_up(); });
    return Json{{"key_id", answer->at("key_id")}, {"name", answer->value("name", "browser")}};
}

} // namespace agentd::api
