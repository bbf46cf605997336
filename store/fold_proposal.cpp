// Entries about drafting, testing, deciding and approving.
#include "agentd/core/crypto.hpp"
#include "agentd/core/id.hpp"
#include "agentd/core/text.hpp"
#include "proposals/evidence.hpp"
#include "proposals/presence.hpp"
#include "proposals/proposal.hpp"
#include "proposals/verdict.hpp"
#include "store/fold.hpp"

#include <nlohmann/json.hpp>

namespace agentd::store {

using core::Json;
using core::ObjectReader;
using proposals::State;

namespace {

constexpr std::int64_t max_count = (std::int64_t{1} << 53) - 1;

void touch(const Fold& fold) {
    fold.database.run("UPDATE proposal SET updated = ? WHERE id = ?", fold.at(), fold.subject);
}

void insert_proposal(const Fold& fold, const proposals::Draft& draft, const Json& body) {
    const proposals::Change none;
    const auto& change = draft.change() != nullptr ? *draft.change() : none;
    fold.database.run(
        "INSERT INTO proposal (id, number, state, open, title, host, source, proposer_id, "
        "proposer_kind, base_commit, base_branch, candidate_commit, patch_blob, diff_blob, draft, "
        "created_entry, created, updated, headline, kind) "
        "VALUES (?, ?, 'drafted', 1, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        fold.subject, draft.number, draft.title, draft.host, proposals::to_string(draft.source),
        draft.proposer.id, draft.proposer.kind, change.base_commit, change.base_branch,
        change.candidate_commit, change.patch_blob, change.diff_blob, core::canonical(body),
        fold.index, fold.at(), fold.at(), draft.title, proposals::kind_of(draft.revision));
}

} // namespace

std::string fold_drafted(const Fold& fold, const Json& body) {
    if (!core::is_ulid(fold.subject)) {
        malformed("the subject is not the id of a proposal");
    }
    const proposals::Draft draft = sound(proposals::draft_from_json(body));
    Statement taken =
        fold.database.prepare("SELECT id FROM proposal WHERE open = 1 AND number = ?");
    if (taken.bind(draft.number).step()) {
        malformed("number " + std::to_string(draft.number) + " belongs to the open proposal " +
                  taken.text(0));
    }
    insert_proposal(fold, draft, body);
    record_event(fold, std::nullopt, State::drafted, false);
    return "drafted as number " + std::to_string(draft.number) + ": " + draft.title;
}

std::string fold_proposal_refused(const Fold& fold, const Json& body) {
    ObjectReader in(body, "proposal.refused");
    const std::string stage = in.one_of("stage", {"intake", "test", "explain"});
    const std::string code = in.text("code", 64);
    const std::string message = in.text("message");
    const auto where = in.optional_text("where");
    const auto hint = in.optional_text("hint");
    sound(in.finish());
    go(fold, standing_of(fold), State::refused);
    fold.database.run("UPDATE proposal SET refusal_stage = ?, refusal_code = ?, "
                      "refusal_message = ?, refusal_where = ?, refusal_hint = ?, headline = ? "
                      "WHERE id = ?",
                      stage, code, message, where, hint, message, fold.subject);
    return "refused (" + stage + "): " + message;
}

std::string fold_state(const Fold& fold, const Json& body) {
    ObjectReader in(body, "proposal.state");
    const auto from = proposals::parse_state(in.text("from", 64));
    const auto to = proposals::parse_state(in.text("to", 64));
    const std::string reason = in.text("reason", 4096);
    sound(in.finish());
    const Standing standing = standing_of(fold);
    if (!from || !to) {
        malformed("proposal.state names an unknown state");
    }
    if (*from != standing.state) {
        malformed("the entry says the proposal was " + std::string(proposals::to_string(*from)) +
                  ", but it is " + std::string(proposals::to_string(standing.state)));
    }
    go(fold, standing, *to);
    return std::string(proposals::to_string(*to)) + (reason.empty() ? "" : ": " + reason);
}

std::string fold_evidence(const Fold& fold, const Json& body) {
    const proposals::Evidence evidence = sound(proposals::evidence_from_json(body));
    const Standing standing = standing_of(fold);
    fold.database.run("INSERT INTO evidence VALUES (?, ?, ?, ?, ?, ?, ?)", fold.index, fold.subject,
                      standing.round, proposals::to_string(evidence.level),
                      proposals::to_string(evidence.status),
                      evidence.log_blob ? std::optional(evidence.log_blob->hex()) : std::nullopt,
                      core::canonical(body));
    touch(fold);
    return std::string(proposals::to_string(evidence.level)) + " " +
           std::string(proposals::to_string(evidence.status)) + ": " + evidence.summary;
}

std::string fold_verified(const Fold& fold, const Json& body) {
    ObjectReader in(body, "proposal.verified");
    const auto drv = in.optional_text("drv", 4096), toplevel = in.optional_text("toplevel", 4096);
    const auto nar_hash = in.optional_text("toplevel_nar_hash", 256);
    auto manifest = in.optional_text("closure_manifest_sha256", 64);
    if (manifest) {
        manifest = digest_text(*manifest, "closure_manifest_sha256");
    }
    const auto paths = in.integer("closure_paths", 0, max_count);
    const auto bytes = in.integer("closure_bytes", 0, max_count);
    ObjectReader from(in.any("from"), "proposal.verified from");
    const std::string from_path = from.text("path", 4096), from_hash = from.text("nar_hash", 256);
    sound(from.finish());
    const std::string effects = digest_text(in.text("effects_sha256", 64), "effects_sha256");
    const std::string blob = digest_text(in.text("effects_blob", 64), "effects_blob");
    const Json warnings = in.texts("warnings");
    const Json notes = in.has("notes") ? Json(in.texts("notes")) : Json::array(); // not in old ones
    const auto risk = in.one_of("risk", {"none", "low", "notice", "high", "critical"});
    const auto headline = in.text("headline", 1024);
    sound(in.finish());
    const Standing standing = standing_of(fold);
    go(fold, standing, State::verified);
    fold.database.run("INSERT INTO revision VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                      fold.index, fold.subject, standing.round, drv, toplevel, nar_hash, manifest,
                      paths, bytes, from_path, from_hash, effects, blob, core::canonical(warnings),
                      core::canonical(notes), fold.at());
    fold.database.run("UPDATE proposal SET risk = ?, headline = ? WHERE id = ?", risk, headline,
                      fold.subject);
    return toplevel ? "verified: " + std::string(drv ? "builds " : "goes to ") + *toplevel
                    : "verified: " + headline;
}

std::string fold_decision(const Fold& fold, const Json& body) {
    ObjectReader in(body, "decision.made");
    const proposals::Verdict verdict = sound(proposals::verdict_from_json(in.any("verdict")));
    const std::string blob = digest_text(in.text("verdict_blob", 64), "verdict_blob");
    const std::string policy = digest_text(in.text("policy_sha256", 64), "policy_sha256");
    const std::string effects = digest_text(in.text("effects_sha256", 64), "effects_sha256");
    const std::string page = digest_text(in.text("page_sha256", 64), "page_sha256");
    sound(in.finish());
    const Standing standing = standing_of(fold);
    const auto level = proposals::to_string(verdict.level);
    const auto presence = proposals::to_string(verdict.presence);
    const bool may_happen = verdict.level >= proposals::Level::approve;
    go(fold, standing, may_happen ? State::decided : State::denied);
    fold.database.run("INSERT INTO decision VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", fold.index,
                      fold.subject, standing.round, level, presence,
                      core::canonical(body.at("verdict")), blob, policy, effects, page, fold.at());
    fold.database.run("UPDATE proposal SET level = ?, presence = ? WHERE id = ?", level, presence,
                      fold.subject);
    return "policy says " + std::string(level) + (may_happen ? "" : ": denied");
}

std::string fold_granted(const Fold& fold, const Json& body) {
    ObjectReader in(body, "approval.granted");
    const std::string statement = in.text("statement");
    const std::string digest = digest_text(in.text("statement_sha256", 64), "statement_sha256");
    const Json& signed_by = in.any("presence");
    const auto presence = signed_by.is_null()
                              ? proposals::Presence{.method = proposals::PresenceMethod::none}
                              : sound(proposals::presence_from_json(signed_by));
    const std::string approver = in.text("approver", 256);
    const Json missing = in.has("missing") ? in.any("missing") : Json::array();
    sound(in.finish());
    if (!missing.is_array()) {
        malformed("`missing` has to be a list");
    }
    if (core::sha256(statement).hex() != digest) {
        malformed("`statement_sha256` is not the digest of `statement`");
    }
    const Standing standing = standing_of(fold);
    if (missing.empty()) {
        go(fold, standing, State::approved);
    } else if (standing.state == State::decided) {
        touch(fold); // one of several: the others are waited for
    } else {
        malformed("nobody is asked to approve it now");
    }
    const auto method = proposals::to_string(presence.method);
    fold.database.run("INSERT INTO approval VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", fold.index,
                      fold.subject, standing.round, statement, digest, approver, method,
                      presence.key_id, core::canonical(signed_by), core::canonical(missing), fold.at());
    return (missing.empty() ? "approved by " : "approved, as one of several, by ") + approver +
           (presence.method == proposals::PresenceMethod::none
                ? ""
                : " (" + std::string(method) + ")");
}

std::string fold_rejected(const Fold& fold, const Json& body) {
    ObjectReader in(body, "approval.rejected");
    const std::string reason = in.text("reason", 4096);
    const std::string by = in.text("by", 256);
    sound(in.finish());
    go(fold, standing_of(fold), State::denied);
    return "denied by " + by + (reason.empty() ? "" : ": " + reason);
}

} // namespace agentd::store
