// Observations and approvers.
#include "store/queries.hpp"
#include "store/row_reading.hpp"

#include <algorithm>

namespace agentd::store {

namespace {

#define AGENTD_OBSERVATION                                                                         \
    "SELECT key, kind, title, detail, severity, trusted, remedy, opened, changed, resolved "       \
    "FROM observation "

ObservationRow read_observation(const Statement& row) {
    const auto resolved = row.optional_integer(9);
    return {.key = row.text(0),
            .kind = row.text(1),
            .title = row.text(2),
            .detail = row.text(3),
            .severity = row.text(4),
            .trusted = row.integer(5) != 0,
            .remedy = row.optional_text(6),
            .opened = instant(row.integer(7)),
            .changed = instant(row.integer(8)),
            .resolved = resolved ? std::optional(instant(*resolved)) : std::nullopt};
}

} // namespace

std::vector<ObservationRow> Queries::observations(Which which) const {
    Statement row = database_->prepare(AGENTD_OBSERVATION
                                       "WHERE resolved IS NULL OR ? ORDER BY entry DESC LIMIT ?");
    row.bind(which == Which::all, max_rows);
    std::vector<ObservationRow> out;
    while (row.step()) {
        out.push_back(read_observation(row));
    }
    return out;
}

std::optional<ObservationRow> Queries::observation(std::string_view key) const {
    Statement row = database_->prepare(AGENTD_OBSERVATION "WHERE key = ? AND resolved IS NULL");
    return row.bind(key).step() ? std::optional(read_observation(row)) : std::nullopt;
}

std::vector<ObservationRow> Queries::resolved_observations(std::int64_t limit) const {
    Statement row = database_->prepare(
        AGENTD_OBSERVATION "WHERE resolved IS NOT NULL ORDER BY resolved DESC, entry DESC LIMIT ?");
    row.bind(std::min(limit, max_rows));
    std::vector<ObservationRow> out;
    while (row.step()) {
        out.push_back(read_observation(row));
    }
    return out;
}

std::optional<FrozenRow> Queries::frozen(std::string_view host) const {
    Statement row = database_->prepare(
        "SELECT text, time FROM history WHERE subject = ? AND type = 'apply.brake' AND "
        "(text LIKE 'frozen%' OR text LIKE 'unfrozen%') ORDER BY entry DESC LIMIT 1");
    if (!row.bind("host:" + std::string(host)).step() || row.text(0).starts_with("unfrozen")) {
        return std::nullopt;
    }
    constexpr std::string_view word = "frozen: ";
    const std::string text = row.text(0);
    return FrozenRow{.since = instant(row.integer(1)),
                     .because = text.starts_with(word) ? text.substr(word.size()) : ""};
}

std::optional<RanRow> Queries::last_running() const {
    Statement row = database_->prepare(
        "SELECT entry, system FROM ("
        "SELECT entry, to_system AS system FROM adopted WHERE what = 'running' UNION ALL "
        "SELECT entry, json_extract(body, '$.running') FROM apply_outcome) "
        "WHERE system IS NOT NULL ORDER BY entry DESC LIMIT 1");
    if (!row.step()) {
        return std::nullopt;
    }
    return RanRow{.entry = static_cast<Index>(row.integer(0)), .system = row.text(1)};
}

std::vector<AdoptedRow> Queries::adopted(std::int64_t limit) const {
    Statement row = database_->prepare(
        "SELECT entry, from_system, to_system, effects_blob, headline, made_by, at FROM adopted "
        "ORDER BY entry DESC LIMIT ?");
    row.bind(std::min(limit, max_rows));
    std::vector<AdoptedRow> out;
    while (row.step()) {
        out.push_back({.entry = static_cast<Index>(row.integer(0)),
                       .from = row.optional_text(1),
                       .to = row.text(2),
                       .effects_blob = row.optional_text(3),
                       .headline = row.text(4),
                       .by = row.text(5),
                       .at = instant(row.integer(6))});
    }
    return out;
}

std::vector<ApproverRow> Queries::approvers() const {
    Statement row =
        database_->prepare("SELECT key_id, method, label, enrolled FROM approver ORDER BY entry");
    std::vector<ApproverRow> out;
    while (row.step()) {
        out.push_back({.key_id = row.text(0),
                       .method = row.text(1),
                       .label = row.text(2),
                       .enrolled = instant(row.integer(3))});
    }
    return out;
}

} // namespace agentd::store
