// What was found out about one proposal and what was done with it.
#include "store/queries.hpp"
#include "store/row_reading.hpp"

#include <nlohmann/json.hpp>

namespace agentd::store {

using core::Json;
using proposals::PresenceMethod;

namespace {

Json json_column(const Statement& row, int column, const char* name) {
    return stored(core::parse_json(row.text(column)), name);
}

ApprovalRow read_approval(const Statement& row) {
    const auto used = row.optional_integer(8);
    const Json presence = json_column(row, 6, "presence");
    return {.index = static_cast<Index>(row.integer(0)),
            .proposal = row.text(1),
            .round = row.integer(2),
            .statement = row.text(3),
            .statement_sha256 = row.text(4),
            .approver = row.text(5),
            .presence = presence.is_null() ? proposals::Presence{.method = PresenceMethod::none}
                                           : stored(proposals::presence_from_json(presence),
                                                    "presence"),
            .missing = row.text(9),
            .at = instant(row.integer(7)),
            .used_by = used ? std::optional(static_cast<Index>(*used)) : std::nullopt};
}

#define AGENTD_APPROVAL                                                                            \
    "SELECT a.entry, a.proposal, a.round, a.statement, a.statement_sha256, a.approver, "           \
    "a.presence, a.at, u.entry, a.missing FROM approval a "                                                   \
    "LEFT JOIN apply u ON u.statement_sha256 = a.statement_sha256 "

std::vector<StepRow> read_steps(Database& database, Index apply) {
    Statement row = database.prepare(
        "SELECT entry, step, detail, at, confirm FROM apply_step WHERE apply = ? ORDER BY entry "
        "LIMIT ?");
    row.bind(apply, Queries::max_rows);
    std::vector<StepRow> out;
    while (row.step()) {
        out.push_back({.index = static_cast<Index>(row.integer(0)),
                       .step = row.text(1),
                       .detail = row.text(2),
                       .at = instant(row.integer(3)),
                       .confirm = row.optional_text(4)});
    }
    return out;
}

std::optional<OutcomeRow> read_outcome(Database& database, Index apply) {
    Statement row = database.prepare("SELECT entry, outcome, reason, body, settled, at FROM "
                                     "apply_outcome WHERE apply = ? ORDER BY entry DESC LIMIT 1");
    if (!row.bind(apply).step()) {
        return std::nullopt;
    }
    return OutcomeRow{.index = static_cast<Index>(row.integer(0)),
                      .outcome = row.text(1),
                      .reason = row.text(2),
                      .body = row.text(3),
                      .settled = row.integer(4) != 0,
                      .at = instant(row.integer(5))};
}

} // namespace

std::vector<EvidenceRow> Queries::evidence(std::string_view id, Which which) const {
    Statement row = database_->prepare(
        "SELECT e.entry, e.round, e.body FROM evidence e JOIN proposal p ON p.id = e.proposal "
        "WHERE e.proposal = ? AND (e.round = p.round OR ?) ORDER BY e.entry LIMIT ?");
    row.bind(id, which == Which::all, max_rows);
    std::vector<EvidenceRow> out;
    while (row.step()) {
        out.push_back(
            {.index = static_cast<Index>(row.integer(0)),
             .round = row.integer(1),
             .evidence = stored(proposals::evidence_from_json(json_column(row, 2, "evidence")),
                                "evidence")});
    }
    return out;
}

std::optional<RevisionRow> Queries::revision(std::string_view id) const {
    Statement row = database_->prepare(
        "SELECT r.entry, r.round, drv, toplevel, toplevel_nar_hash, closure_manifest_sha256, "
        "closure_paths, closure_bytes, from_path, from_nar_hash, effects_sha256, effects_blob, "
        "warnings, at, notes FROM revision r JOIN proposal p ON p.id = r.proposal AND p.round = r.round "
        "WHERE r.proposal = ?");
    if (!row.bind(id).step()) {
        return std::nullopt;
    }
    return RevisionRow{.index = static_cast<Index>(row.integer(0)),
                       .round = row.integer(1),
                       .drv = row.optional_text(2),
                       .toplevel = row.optional_text(3),
                       .toplevel_nar_hash = row.optional_text(4),
                       .closure_manifest_sha256 = row.optional_text(5),
                       .closure_paths = row.integer(6),
                       .closure_bytes = row.integer(7),
                       .from_path = row.text(8),
                       .from_nar_hash = row.text(9),
                       .effects_sha256 = row.text(10),
                       .effects_blob = row.text(11),
                       .warnings = json_column(row, 12, "warnings").get<std::vector<std::string>>(),
                       .notes = json_column(row, 14, "notes").get<std::vector<std::string>>(),
                       .at = instant(row.integer(13))};
}

std::optional<DecisionRow> Queries::decision(std::string_view id) const {
    Statement row = database_->prepare(
        "SELECT d.entry, d.round, verdict, verdict_blob, policy_sha256, effects_sha256, "
        "page_sha256, at FROM decision d JOIN proposal p ON p.id = d.proposal AND p.round = "
        "d.round "
        "WHERE d.proposal = ? ORDER BY d.entry DESC LIMIT 1");
    if (!row.bind(id).step()) {
        return std::nullopt;
    }
    return DecisionRow{
        .index = static_cast<Index>(row.integer(0)),
        .round = row.integer(1),
        .verdict = stored(proposals::verdict_from_json(json_column(row, 2, "verdict")), "verdict"),
        .verdict_blob = row.text(3),
        .policy_sha256 = row.text(4),
        .effects_sha256 = row.text(5),
        .page_sha256 = row.text(6),
        .at = instant(row.integer(7))};
}

std::vector<ApprovalRow> Queries::approvals(std::string_view id) const {
    Statement row = database_->prepare(AGENTD_APPROVAL
                                       "JOIN proposal p ON p.id = a.proposal AND p.round = a.round "
                                       "WHERE a.proposal = ?1 AND a.statement_sha256 = "
                                       "(SELECT statement_sha256 FROM approval WHERE proposal = ?1 "
                                       "ORDER BY entry DESC LIMIT 1) ORDER BY a.entry LIMIT ?2");
    row.bind(id, max_rows);
    std::vector<ApprovalRow> out;
    while (row.step()) {
        out.push_back(read_approval(row));
    }
    return out;
}

bool Queries::was_signed_before(std::string_view statement, std::int64_t round) const {
    Statement row = database_->prepare("SELECT 1 FROM approval WHERE statement = ? AND round != ?");
    return row.bind(statement, round).step();
}

std::optional<AnnouncedRow> Queries::announced(std::string_view id) const {
    Statement row = database_->prepare(
        "SELECT statement, statement_sha256, a.at FROM announced a JOIN proposal p ON p.id = "
        "a.proposal AND p.round = a.round WHERE a.proposal = ? ORDER BY a.entry DESC LIMIT 1");
    if (!row.bind(id).step()) {
        return std::nullopt;
    }
    return AnnouncedRow{.statement = row.text(0),
                        .statement_sha256 = row.text(1),
                        .at = instant(row.integer(2))};
}

bool Queries::unused_statement(std::string_view statement_sha256) const {
    Statement row = database_->prepare("SELECT 1 FROM apply WHERE statement_sha256 = ?");
    return !row.bind(statement_sha256).step();
}

std::optional<ApplyRow> Queries::last_apply(std::string_view id) const {
    Statement row = database_->prepare(
        "SELECT entry, proposal, statement_sha256, nonce, mode, from_system, to_system, deadline, "
        "at FROM apply WHERE proposal = ? ORDER BY entry DESC LIMIT 1");
    if (!row.bind(id).step()) {
        return std::nullopt;
    }
    const auto index = static_cast<Index>(row.integer(0));
    return ApplyRow{.index = index,
                    .proposal = row.text(1),
                    .statement_sha256 = row.text(2),
                    .nonce = row.text(3),
                    .mode = row.text(4),
                    .from = row.optional_text(5),
                    .to = row.optional_text(6),
                    .deadline = row.optional_text(7),
                    .at = instant(row.integer(8)),
                    .steps = read_steps(*database_, index),
                    .outcome = read_outcome(*database_, index)};
}

std::optional<LandingRow> Queries::landing(std::string_view id) const {
    Statement row = database_->prepare(
        "SELECT entry, done, branch, commit_id, how, reason, hint, at FROM landing "
        "WHERE proposal = ? ORDER BY entry DESC LIMIT 1");
    if (!row.bind(id).step()) {
        return std::nullopt;
    }
    return LandingRow{.index = static_cast<Index>(row.integer(0)),
                      .done = row.integer(1) != 0,
                      .branch = row.text(2),
                      .commit = row.text(3),
                      .how = row.text(4),
                      .reason = row.text(5),
                      .hint = row.text(6),
                      .at = instant(row.integer(7))};
}

bool Queries::landing_due() const {
    return database_
               ->number(
                   "SELECT count(*) FROM proposal WHERE state = 'confirmed' AND kind = 'change' "
                   "AND landed = 0 AND NOT EXISTS "
                   "(SELECT 1 FROM landing WHERE landing.proposal = proposal.id)")
               .value_or(0) > 0;
}

std::optional<Index> Queries::last_landed() const {
    const auto entry = database_->number("SELECT max(entry) FROM landing WHERE done = 1");
    return entry ? std::optional(static_cast<Index>(*entry)) : std::nullopt;
}

} // namespace agentd::store
