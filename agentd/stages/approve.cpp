#include "agentd/stages/approve.hpp"

namespace agentd::stages {

namespace {

using core::Problem;
using proposals::Statement;

/// Everything but mode, times and nonce follows from what was decided.
Statement bind(const Decided& decided) {
    return {.proposal = decided.proposal,
            .revision = proposals::revision_digest(decided.draft).hex(),
            .base_commit = decided.draft.base_commit,
            .candidate_commit = decided.draft.candidate_commit,
            .base_tree_sha256 = decided.base_tree_sha256,
            .candidate_tree_sha256 = decided.draft.candidate_tree,
            .flake_lock_sha256 = decided.flake_lock_sha256,
            .host = decided.draft.host,
            .machine_id = decided.machine_id,
            .from = {.path = decided.revision.from_path,
                     .nar_hash = decided.revision.from_nar_hash},
            .drv = decided.revision.drv,
            .toplevel = decided.revision.toplevel,
            .toplevel_nar_hash = decided.revision.toplevel_nar_hash,
            .closure_manifest_sha256 = decided.revision.closure_manifest_sha256,
            .effects_sha256 = decided.revision.effects_sha256,
            .page_sha256 = decided.decision.page_sha256,
            .policy_sha256 = decided.decision.policy_sha256,
            .required_level = decided.decision.verdict.level};
}

Problem mismatch() {
    return {.code = "mismatch",
            .message = "what was signed is not what is decided now",
            .hint = "open the proposal again, read it, and approve what it says now"};
}

} // namespace

Statement ApprovalDesk::prepare(const Decided& decided, proposals::Mode mode) const {
    Statement statement = bind(decided);
    statement.mode = mode;
    statement.not_before = clock_.now() - std::chrono::minutes(1); // clocks of phones differ a little
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
    expected.mode = statement->mode;
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

core::Result<Approved> ApprovalDesk::restore(const Decided& decided, const store::ApprovalRow& row,
                                             std::span<const proposals::Approver> approvers) const {
    return approve(decided, row.statement, row.presence, approvers);
}

} // namespace agentd::stages
