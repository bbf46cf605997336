// Observations and approvers.
#include "store/queries.hpp"
#include "store/row_reading.hpp"

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
