#include "agentd/stages/approve.hpp"

#include "agentd/core/crypto.hpp"
#include "agentd/core/match.hpp"

namespace agentd::stages {

namespace {

using core::Problem;
using proposals::Mode;
using proposals::Statement;

/// Everything but a change's mode, times and nonce follows from what was decided.
Statement bind(const Decided& decided) {
    Statement statement{
        .proposal = decided.proposal,
        .revision = proposals::revision_digest(decided.draft).hex(),
        .author = decided.draft.proposer,
        .host = decided.draft.host,
        .machine_id = decided.machine_id,
        .from = {.path = decided.revision.from_path, .nar_hash = decided.revision.from_nar_hash},
        .drv = decided.revision.drv,
        .toplevel = decided.revision.toplevel,
        .toplevel_nar_hash = decided.revision.toplevel_nar_hash,
        .closure_manifest_sha256 = decided.revision.closure_manifest_sha256,
        .effects_sha256 = decided.revision.effects_sha256,
        .page_sha256 = decided.decision.page_sha256,
        .policy_sha256 = decided.decision.policy_sha256,
        .required_level = decided.decision.verdict.level};
    core::match(
        decided.draft.revision,
        [&](const proposals::Change& change) {
            statement.base_commit = change.base_commit;
            statement.candidate_commit = change.candidate_commit;
            statement.base_tree_sha256 = decided.base_tree_sha256;
            statement.candidate_tree_sha256 = change.candidate_tree;
            statement.flake_lock_sha256 = decided.flake_lock_sha256;
        },
        [&](const proposals::Act& act) {
            statement.mode = Mode::act;
            statement.act = proposals::canonical_bytes(act);
        },
        [&](const proposals::Rollback& rollback) {
            statement.mode = Mode::rollback;
            statement.rollback_to = rollback.to;
        });
    return statement;
}

Problem mismatch() {
    return {.code = "mismatch",
            .message = "what was signed is not what is decided now",
            .hint = "open the proposal again, read it, and approve what it says now"};
}

} // namespace

bool fits(const proposals::Draft& draft, Mode mode) noexcept {
    const bool of_a_system = mode == Mode::test || mode == Mode::switch_ || mode == Mode::boot;
    return draft.change() != nullptr ? of_a_system
           : draft.act() != nullptr  ? mode == Mode::act
                                     : mode == Mode::rollback;
}

Mode usual_mode(const proposals::Draft& draft) noexcept {
    return draft.change() != nullptr ? Mode::switch_
           : draft.act() != nullptr  ? Mode::act
                                     : Mode::rollback;
}

Statement ApprovalDesk::prepare(const Decided& decided, proposals::Mode mode) const {
    Statement statement = bind(decided);
    AGENTD_CHECK(fits(decided.draft, mode));
    statement.mode = mode;
    statement.not_before =
        clock_.now() - std::chrono::minutes(1); // clocks of phones differ a little
    statement.expires = clock_.now() + lifetime_;
    statement.nonce = proposals::make_nonce();
    return statement;
}

core::Result<Approved> ApprovalDesk::approve(const Decided& decided,
                                             const std::string& statement_bytes,
                                             const proposals::Presence& presence,
                                             std::span<const proposals::Approver> approvers) const {
    auto statement = proposals::parse_statement(statement_bytes);
    if (!statement) {
        return statement.problem();
    }
    Statement expected = bind(decided);
    if (fits(decided.draft, statement->mode)) {
        expected.mode = statement->mode; // how a change is applied is for its approver to say
    }
    expected.not_before = statement->not_before;
    expected.expires = statement->expires;
    expected.nonce = statement->nonce;
    if (!(expected == *statement)) {
        return mismatch();
    }
    const auto now = clock_.now();
    if (now < statement->not_before || now >= statement->expires ||
        statement->expires - now > lifetime_ + std::chrono::minutes(1)) {
        return Problem{.code = "expired",
                       .message = "the statement is not valid now",
                       .where = "valid from " + core::format_instant(statement->not_before) +
                                " to " + core::format_instant(statement->expires),
                       .hint = "approve again: each statement is good for a short time"};
    }
    if (presence.method == proposals::PresenceMethod::break_glass) {
        return break_glass(std::move(*statement), statement_bytes, presence);
    }
    const auto approver = proposals::verify_presence(statement_bytes, presence, approvers);
    if (!approver) {
        return approver.problem();
    }
    if (!proposals::satisfies(presence.method, decided.decision.verdict.presence)) {
        return Problem{
            .code = "presence",
            .message = "policy wants a stronger proof that you are there than `" +
                       std::string(proposals::to_string(presence.method)) + "`",
            .hint = "approve with `" +
                    std::string(proposals::to_string(decided.decision.verdict.presence)) + "`"};
    }
    return Approved(std::move(*statement), statement_bytes, presence, approver->name);
}

core::Result<Approved> ApprovalDesk::break_glass(Statement statement, const std::string& bytes,
                                                 const proposals::Presence& presence) const {
    if (presence.signed_digest != core::sha256(bytes).hex()) {
        return Problem{.code = "wrong_digest", .message = "the approval is for another statement"};
    }
    return Approved(std::move(statement), bytes, presence, std::string(proposals::glass_breaker));
}

core::Result<Approved> ApprovalDesk::restore(const Decided& decided, const store::ApprovalRow& row,
                                             std::span<const proposals::Approver> approvers) const {
    return approve(decided, row.statement, row.presence, approvers);
}

} // namespace agentd::stages
