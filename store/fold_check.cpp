// The states of proposals as entries move them.
#include "agentd/core/id.hpp"
#include "agentd/core/text.hpp"
#include "store/fold.hpp"
#include "store/queries.hpp"

namespace agentd::store {

using proposals::State;

Standing standing_of(const Fold& fold) {
    Statement found =
        fold.database.prepare("SELECT state, number, round FROM proposal WHERE id = ?");
    if (!found.bind(fold.subject).step()) {
        malformed("there is no proposal `" + core::printable(core::shorten(fold.subject, 80)) +
                  "`");
    }
    const auto state = proposals::parse_state(found.text(0));
    if (!state) {
        malformed("the row of the proposal has the unknown state `" + found.text(0) + "`");
    }
    return {.state = *state, .number = found.integer(1), .round = found.integer(2)};
}

void record_event(const Fold& fold, std::optional<State> from, State to, bool irregular) {
    fold.database.run("INSERT INTO event VALUES (?, ?, ?, ?, ?, ?)", fold.index, fold.subject,
                      from ? std::optional(proposals::to_string(*from)) : std::nullopt,
                      proposals::to_string(to), irregular, fold.at());
}

namespace {

/// A proposal that opens again keeps its number unless another open one has it by now.
std::int64_t number_in(const Fold& fold, const Standing& standing, State to) {
    if (proposals::is_open(standing.state) || !proposals::is_open(to)) {
        return standing.number;
    }
    Statement taken = fold.database.prepare("SELECT 1 FROM proposal WHERE open = 1 AND number = ?");
    return taken.bind(standing.number).step() ? Queries(fold.database).next_free_number()
                                              : standing.number;
}

void move(const Fold& fold, const Standing& standing, State to, bool irregular) {
    record_event(fold, standing.state, to, irregular);
    fold.database.run("UPDATE proposal SET state = ?, open = ?, number = ?, updated = ? "
                      "WHERE id = ?",
                      proposals::to_string(to), proposals::is_open(to),
                      number_in(fold, standing, to), fold.at(), fold.subject);
    if (to == State::checking) { // what an earlier round found is no longer true
        fold.database.run("UPDATE proposal SET round = round + 1, level = NULL, presence = NULL, "
                          "risk = NULL, headline = title, outcome = NULL, refusal_stage = NULL, "
                          "refusal_code = NULL, refusal_message = NULL, refusal_where = NULL, "
                          "refusal_hint = NULL WHERE id = ?",
                          fold.subject);
    }
}

} // namespace

void go(const Fold& fold, const Standing& standing, State to) {
    if (!proposals::may_go(standing.state, to)) {
        malformed("a proposal that is " + std::string(proposals::to_string(standing.state)) +
                  " cannot become " + std::string(proposals::to_string(to)));
    }
    move(fold, standing, to, false);
}

void go_as_reported(const Fold& fold, const Standing& standing, State to) {
    if (standing.state != to) {
        move(fold, standing, to, !proposals::may_go(standing.state, to));
    }
}

} // namespace agentd::store
