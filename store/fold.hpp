/// @file
/// Inside of the projection: one log entry becomes rows.
#pragma once

#include "agentd/core/clock.hpp"
#include "agentd/core/json.hpp"
#include "proposals/state.hpp"
#include "store/rows.hpp"
#include "store/sqlite.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace agentd::store {

/// What becomes of an entry whose envelope is sound and which the rows do not take.
enum class Misfit {
    refuse, ///< Failure: for who asks before the entry is written
    note,   ///< in the history, with why, and nowhere else: what is in the log has to be read past
};

/// Folds entry `index` into `database`, inside the caller's transaction, and moves next_index on.
/// @return why it was only noted; nullopt when the rows took it.
/// @throws Failure corrupt naming the entry.
std::optional<std::string> fold_line(Database& database, Index index, std::string_view line,
                                     Misfit misfit = Misfit::refuse);

/// The entry being folded, with what every kind of entry needs.
struct Fold {
    Database& database;
    Index index = 0;
    std::string type{}, id{}, subject{}, actor_kind{}, actor_id{};
    core::Instant time{};

    /// Microseconds since 1970, as rows keep it.
    std::int64_t at() const noexcept { return time.time_since_epoch().count(); }
};

/// Where a proposal stands.
struct Standing {
    proposals::State state{};
    std::int64_t number = 0;
    std::int64_t round = 0;
};

/// RowRefused; fold_line adds the number of the entry.
[[noreturn]] void malformed(std::string why);
/// The value, or malformed().
template <class T> T sound(core::Result<T> result) {
    if (!result) {
        malformed(result.problem().message);
    }
    return std::move(result).value();
}
/// malformed() unless `hex` is 64 lower-case hex digits.
std::string digest_text(std::string hex, const char* key);

/// The proposal the entry is about; malformed() when there is none.
Standing standing_of(const Fold& fold);
/// A transition that the table has to allow; malformed() otherwise.
void go(const Fold& fold, const Standing& standing, proposals::State to);
/// A transition that the helper reports as a fact: kept even when the table does not allow it, and
/// marked irregular then. Nothing when the proposal is in that state already.
void go_as_reported(const Fold& fold, const Standing& standing, proposals::State to);
/// The row of the first transition.
void record_event(const Fold& fold, std::optional<proposals::State> from, proposals::State to,
                  bool irregular);

/// Folds the body of one type of entry and says in one line what happened.
using Folder = std::string (*)(const Fold& fold, const core::Json& body);

std::string fold_drafted(const Fold& fold, const core::Json& body);
std::string fold_proposal_refused(const Fold& fold, const core::Json& body);
std::string fold_state(const Fold& fold, const core::Json& body);
std::string fold_evidence(const Fold& fold, const core::Json& body);
std::string fold_verified(const Fold& fold, const core::Json& body);
std::string fold_decision(const Fold& fold, const core::Json& body);
std::string fold_granted(const Fold& fold, const core::Json& body);
std::string fold_rejected(const Fold& fold, const core::Json& body);
std::string fold_announced(const Fold& fold, const core::Json& body);
std::string fold_objected(const Fold& fold, const core::Json& body);
std::string fold_brake(const Fold& fold, const core::Json& body);
std::string fold_intent(const Fold& fold, const core::Json& body);
std::string fold_step(const Fold& fold, const core::Json& body);
std::string fold_outcome(const Fold& fold, const core::Json& body);
std::string fold_landed(const Fold& fold, const core::Json& body);
std::string fold_landing_refused(const Fold& fold, const core::Json& body);
std::string fold_opened(const Fold& fold, const core::Json& body);
std::string fold_changed(const Fold& fold, const core::Json& body);
std::string fold_resolved(const Fold& fold, const core::Json& body);
std::string fold_enrolled(const Fold& fold, const core::Json& body);
std::string fold_trust(const Fold& fold, const core::Json& body);
std::string fold_adopted(const Fold& fold, const core::Json& body);
std::string fold_statement_refused(const Fold& fold, const core::Json& body);
std::string fold_log_opened(const Fold& fold, const core::Json& body);
std::string fold_tail_discarded(const Fold& fold, const core::Json& body);
std::string fold_daemon(const Fold& fold, const core::Json& body);

} // namespace agentd::store
