/// @file
/// The rows folded from the log, and the one place where rows are written.
#pragma once

#include "agentd/core/digest.hpp"
#include "agentd/core/fd.hpp"
#include "store/queries.hpp"
#include "store/sqlite.hpp"

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace agentd::store {

/// Lines of the log from entry `from`, at most `limit`; an empty list at the end.
using LineSource = std::function<std::vector<std::string>(Index from, std::size_t limit)>;

/// Hears of an entry that the rows did not take, and why.
using OnMisfit = std::function<void(Index entry, const std::string& why)>;

/// Equal digests prove that the rows were what the log says.
struct RebuildReport {
    Index entries = 0;
    core::Digest rows_before;
    core::Digest rows_after; ///< folded as far as the rows before were
};

/// Owns the writing connection. One per file: a second one, in this process or another, is refused
/// with Failure busy. A schema newer than the program is refused with Failure misconfigured.
class Projection {
  public:
    explicit Projection(std::string path);
    ~Projection();

    Index next_index() const { return queries().next_index(); }
    /// Folds entry `index`; rows and `next_index` change together or not at all.
    /// @param line one log entry as it stands in the log, without LF, at most 1 MiB.
    /// @throws Failure corrupt naming the entry when it is out of order, malformed, or implies a
    ///         transition that the table does not allow; nothing is changed then.
    void apply(Index index, std::string_view line);
    /// The same for entries `first`, `first`+1, …, in one transaction.
    void apply_batch(Index first, std::span<const std::string> lines);
    /// Folds everything the source has from next_index() on; returns how many. What apply() would
    /// throw for and is an entry at all is kept in the history, with why, and changes nothing else.
    Index catch_up(const LineSource& source, const OnMisfit& on_misfit = {});
    /// What apply() of `line` as the next entry would throw, without doing it. Ask before an entry
    /// is appended: the log cannot take back what the fold refuses.
    void rehearse(std::string_view line);

    /// Folds from entry 0 into a fresh database beside this one, checks it, then replaces every
    /// page in one transaction. When it throws, this projection is as it was.
    RebuildReport rebuild(const LineSource& source);

    Queries queries() const { return Queries(*database_); }
    /// integrity_check and foreign_key_check; Failure corrupt with the first complaint.
    void check_integrity() { database_->check_integrity(); }

    /// Moves a database that cannot be opened out of the way (`<path>.broken`), so that a new
    /// Projection starts empty. Nobody may have it open.
    static void set_aside(const std::string& path);

  private:
    core::Fd lock_;
    std::unique_ptr<Database> database_;
};

/// A reading connection for one other thread. It sees what is committed and never blocks the
/// writer.
class Reader {
  public:
    /// @throws Failure unavailable when there is no projection yet.
    explicit Reader(const std::string& path);

    /// `ask(const Queries&)` inside one snapshot: all answers are of the same moment.
    template <class Ask> auto read(Ask&& ask) {
        const Transaction snapshot(*database_);
        return ask(static_cast<const Queries&>(queries_));
    }

  private:
    std::unique_ptr<Database> database_;
    Queries queries_;
};

} // namespace agentd::store
