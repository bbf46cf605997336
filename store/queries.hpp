/// @file
/// Questions to the projection. Borrowed from a Projection or a Reader, valid while that lives.
#pragma once

#include "agentd/core/digest.hpp"
#include "store/machine_rows.hpp"
#include "store/rows.hpp"

#include <cstddef>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace agentd::store {

class Database;

struct Counts {
    std::int64_t open = 0;
    std::int64_t waiting = 0; ///< decided, and a person (or a delay) has the word
    std::int64_t applied = 0; ///< confirmed
};

enum class Which { open, all };

class Queries {
  public:
    /// No answer is longer than this many rows; the newest are kept.
    static constexpr std::int64_t max_rows = 10'000;

    explicit Queries(Database& database) noexcept : database_(&database) {}

    /// The number of log entries that are folded in.
    Index next_index() const;
    /// Entries of a type this program does not know.
    std::int64_t unknown_entries() const;
    /// Transitions the helper reported that the table does not allow. Anything but 0 is worth a
    /// look.
    std::int64_t irregular_transitions() const;

    /// Newest first.
    std::vector<ProposalRow> proposals(Which which) const;
    std::optional<ProposalRow> proposal(std::string_view id) const;
    /// The open proposal of this number, else the newest closed one.
    std::optional<ProposalRow> by_number(std::int64_t number) const;
    /// By number, full id, or a prefix of the id of at least 6 characters that fits only one
    /// (letter case does not matter).
    std::optional<ProposalRow> find(std::string_view text) const;
    /// As it was drafted.
    std::optional<proposals::Draft> draft(std::string_view id) const;
    /// In state `applying`.
    std::vector<ProposalRow> in_flight() const;
    /// In state `decided`.
    std::vector<ProposalRow> waiting() const;
    Counts counts() const;
    /// The smallest number that no open proposal has, nor a closed one that changed after
    /// `rests_since`.
    std::int64_t next_free_number(core::Instant rests_since = core::Instant::max()) const;

    /// Of the present round, oldest first; `Which::all` gives every round.
    std::vector<EvidenceRow> evidence(std::string_view id, Which which = Which::open) const;
    /// Of the present round, or nullopt: what an earlier round found is no longer true.
    std::optional<RevisionRow> revision(std::string_view id) const;
    std::optional<DecisionRow> decision(std::string_view id) const;
    /// Of the statement that was agreed to last, oldest first: one for each who did.
    std::vector<ApprovalRow> approvals(std::string_view id) const;
    /// Somebody signed it in another round than this one.
    bool was_signed_before(std::string_view statement, std::int64_t round) const;
    /// The last that root's helper was told of, of the present round.
    std::optional<AnnouncedRow> announced(std::string_view id) const;
    /// True when no apply.intent names this statement yet.
    bool unused_statement(std::string_view statement_sha256) const;
    /// The last try, with its steps and outcome.
    std::optional<ApplyRow> last_apply(std::string_view id) const;
    std::optional<LandingRow> landing(std::string_view id) const;
    /// True while a confirmed change has neither landed nor been refused by the owner's branch.
    bool landing_due() const;
    /// The entry that told the newest landing.
    std::optional<Index> last_landed() const;
    /// Oldest first.
    std::vector<HistoryRow> history(std::string_view subject) const;

    /// Newest first.
    std::vector<ObservationRow> observations(Which which) const;
    /// The open life of this key.
    std::optional<ObservationRow> observation(std::string_view key) const;
    std::vector<ApproverRow> approvers() const;
    /// The last that were resolved, newest first.
    std::vector<ObservationRow> resolved_observations(std::int64_t limit) const;

    /// What ran when the log was last told: by an apply's outcome, or by adoption.
    std::optional<RanRow> last_running() const;
    /// Nullopt while changes are let in.
    std::optional<FrozenRow> frozen(std::string_view host) const;
    /// Newest first.
    std::vector<AdoptedRow> adopted(std::int64_t limit) const;

    /// Every digest that a row names: what Blobs::collect must keep.
    std::set<core::Digest> live_blobs() const;
    /// SHA-256 over all rows of all tables in fixed order.
    core::Digest row_digest() const;

  private:
    Database* database_;
};

} // namespace agentd::store
