#include "store/queries.hpp"

#include "agentd/core/text.hpp"
#include "store/row_reading.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace agentd::store {

namespace {

#define AGENTD_PROPOSAL                                                                            \
    "SELECT id, number, state, title, host, source, proposer_id, proposer_kind, created, "         \
    "updated, "                                                                                    \
    "round, level, presence, risk, headline, landed, outcome, refusal_stage, refusal_code, "       \
    "refusal_message, refusal_where, refusal_hint, base_commit, base_branch, candidate_commit, "   \
    "kind "                                                                                        \
    "FROM proposal "

constexpr std::int64_t two = 2;

std::optional<Refusal> read_refusal(const Statement& row) {
    if (row.is_null(17)) {
        return std::nullopt;
    }
    return Refusal{.stage = row.text(17),
                   .code = row.text(18),
                   .message = row.text(19),
                   .where = row.optional_text(20),
                   .hint = row.optional_text(21)};
}

ProposalRow read_proposal(const Statement& row) {
    ProposalRow out{
        .id = row.text(0),
        .number = row.integer(1),
        .kind = row.text(25),
        .state = stored(proposals::parse_state(row.text(2)), "state"),
        .title = row.text(3),
        .host = row.text(4),
        .source = stored(proposals::parse_source(row.text(5)), "source"),
        .proposer = {.id = row.text(6), .kind = row.text(7)},
        .created = instant(row.integer(8)),
        .updated = instant(row.integer(9)),
        .round = row.integer(10),
        .risk = row.optional_text(13),
        .headline = row.text(14),
        .landed = row.integer(15) != 0,
        .outcome = row.optional_text(16),
        .refusal = read_refusal(row),
        .base_commit = row.text(22),
        .base_branch = row.text(23),
        .candidate_commit = row.text(24),
    };
    if (const auto level = row.optional_text(11)) {
        out.level = stored(proposals::parse_level(*level), "level");
    }
    if (const auto presence = row.optional_text(12)) {
        out.presence = stored(proposals::parse_presence_method(*presence), "presence");
    }
    return out;
}

std::vector<ProposalRow> read_proposals(Statement statement) {
    std::vector<ProposalRow> out;
    while (statement.step()) {
        out.push_back(read_proposal(statement));
    }
    return out;
}

std::optional<ProposalRow> read_one(Statement statement) {
    return statement.step() ? std::optional(read_proposal(statement)) : std::nullopt;
}

std::string upper(std::string_view text) {
    std::string out(text);
    std::transform(out.begin(), out.end(), out.begin(), [](char c) {
        return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    });
    return out;
}

} // namespace

Index Queries::next_index() const {
    return static_cast<Index>(
        stored(database_->number("SELECT value FROM meta WHERE key = 'next_index'"), "next_index"));
}

std::int64_t Queries::unknown_entries() const {
    return database_->number("SELECT total(count) FROM unknown_type").value_or(0);
}

std::int64_t Queries::irregular_transitions() const {
    return database_->number("SELECT count(*) FROM event WHERE irregular = 1").value_or(0);
}

std::vector<ProposalRow> Queries::proposals(Which which) const {
    Statement rows =
        database_->prepare(AGENTD_PROPOSAL "WHERE open >= ? ORDER BY created_entry DESC LIMIT ?");
    rows.bind(which == Which::open ? 1 : 0, max_rows);
    return read_proposals(std::move(rows));
}

std::optional<ProposalRow> Queries::proposal(std::string_view id) const {
    Statement row = database_->prepare(AGENTD_PROPOSAL "WHERE id = ?");
    row.bind(id);
    return read_one(std::move(row));
}

std::optional<ProposalRow> Queries::by_number(std::int64_t number) const {
    Statement row = database_->prepare(
        AGENTD_PROPOSAL "WHERE number = ? ORDER BY open DESC, created_entry DESC LIMIT 1");
    row.bind(number);
    return read_one(std::move(row));
}

std::optional<ProposalRow> Queries::find(std::string_view text) const {
    constexpr std::size_t min_prefix = 6, id_size = 26;
    // An id begins with a digit too; only what is short enough can be a number.
    if (const auto number = core::parse_integer(text); number && text.size() < min_prefix) {
        return by_number(*number);
    }
    const std::string prefix = upper(text);
    const bool plain = std::all_of(prefix.begin(), prefix.end(), [](char c) {
        return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z');
    });
    if (prefix.size() < min_prefix || prefix.size() > id_size || !plain) {
        return std::nullopt;
    }
    Statement rows =
        database_->prepare(AGENTD_PROPOSAL "WHERE id >= ?1 AND id < ?1 || '~' LIMIT ?2");
    rows.bind(prefix, two);
    std::vector<ProposalRow> found = read_proposals(std::move(rows));
    return found.size() == 1 ? std::optional(std::move(found.front())) : std::nullopt;
}

std::optional<proposals::Draft> Queries::draft(std::string_view id) const {
    Statement row = database_->prepare("SELECT draft FROM proposal WHERE id = ?");
    if (!row.bind(id).step()) {
        return std::nullopt;
    }
    return stored(proposals::draft_from_json(stored(core::parse_json(row.text(0)), "draft")),
                  "draft");
}

std::vector<ProposalRow> Queries::in_flight() const {
    return read_proposals(
        database_->prepare(AGENTD_PROPOSAL "WHERE state = 'applying' ORDER BY created_entry"));
}

std::vector<ProposalRow> Queries::waiting() const {
    return read_proposals(
        database_->prepare(AGENTD_PROPOSAL "WHERE state = 'decided' ORDER BY created_entry"));
}

Counts Queries::counts() const {
    Statement row = database_->prepare(
        "SELECT count(*) FILTER (WHERE open = 1), count(*) FILTER (WHERE state = 'decided'), "
        "count(*) FILTER (WHERE state = 'confirmed') FROM proposal");
    row.step();
    return {.open = row.integer(0), .waiting = row.integer(1), .applied = row.integer(2)};
}

std::int64_t Queries::next_free_number(core::Instant rests_since) const {
    // Either 1, or one above a taken number whose successor is free.
    Statement row = database_->prepare(
        "WITH taken AS (SELECT number FROM proposal WHERE open = 1 OR updated > ?) "
        "SELECT min(n) FROM (SELECT 1 AS n UNION ALL SELECT number + 1 FROM taken) "
        "WHERE n NOT IN taken");
    row.bind(rests_since.time_since_epoch().count()).step();
    return row.integer(0);
}

std::vector<HistoryRow> Queries::history(std::string_view subject) const {
    Statement row = database_->prepare(
        "SELECT * FROM (SELECT entry, type, subject, actor_kind, actor_id, text, time FROM history "
        "WHERE subject = ? ORDER BY entry DESC LIMIT ?) ORDER BY entry");
    row.bind(subject, max_rows);
    std::vector<HistoryRow> out;
    while (row.step()) {
        out.push_back({.index = static_cast<Index>(row.integer(0)),
                       .type = row.text(1),
                       .subject = row.text(2),
                       .actor_kind = row.text(3),
                       .actor_id = row.text(4),
                       .text = row.text(5),
                       .time = instant(row.integer(6))});
    }
    return out;
}

} // namespace agentd::store
