/// @file
/// SQLite as three owned things: a connection, a statement, a transaction.
///
/// Troubles are Failures: disk full `unavailable`, locked `busy`, damaged file or a row that the
/// schema refuses `corrupt`, not allowed `misconfigured`, anything else `internal`.
#pragma once

#include "agentd/core/failure.hpp"
#include "store/statement.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

struct sqlite3;

namespace agentd::store {

/// A row that the schema or the fold does not take: the fault of what was to be written, never of
/// the disk. Its kind is `corrupt`.
class RowRefused : public core::Failure {
  public:
    explicit RowRefused(std::string message, std::string where = {})
        : Failure(core::FailureKind::corrupt, std::move(message), std::move(where)) {}
};

enum class Access {
    write, ///< the one connection that writes and checkpoints; makes the file when missing
    read,  ///< READONLY, never checkpoints; the file has to be there
};

/// One connection with the settings of this project (WAL, FULL, foreign keys, DEFENSIVE, …). Used
/// by one thread at a time. Refuses network and user-space file systems: their locks are not to be
/// trusted.
class Database {
  public:
    Database(std::string path, Access access);
    ~Database();
    Database(const Database&) = delete;
    Database& operator=(const Database&) = delete;

    const std::string& path() const noexcept { return path_; }
    /// A statement for `sql`; compiled once and kept for the next time.
    Statement prepare(std::string_view sql);
    /// Runs one statement to its end.
    template <class... Values> void run(std::string_view sql, const Values&... values) {
        Statement statement = prepare(sql);
        statement.bind(values...);
        while (statement.step()) {
        }
    }
    /// Runs a script without parameters.
    void execute(const std::string& script);
    /// The first column of the first row, or nullopt when there is no row or it is null.
    std::optional<std::int64_t> number(std::string_view sql);
    /// Rows touched by the last statement.
    std::int64_t changes() const noexcept;
    /// Copies every page of `source` over this database, in one transaction: readers see old or
    /// new.
    void replace_with(Database& source);
    /// integrity_check and foreign_key_check; Failure corrupt with the first complaint.
    void check_integrity();

  private:
    friend class Statement;
    friend class Transaction;
    struct State;
    [[noreturn]] void fail(std::string_view doing, int code) const;
    std::string path_;
    std::unique_ptr<State> state_;
};

/// BEGIN IMMEDIATE; rolled back unless committed. Reading connections begin DEFERRED: one snapshot.
class Transaction {
  public:
    explicit Transaction(Database& database);
    ~Transaction();
    Transaction(const Transaction&) = delete;
    Transaction& operator=(const Transaction&) = delete;
    void commit();

  private:
    Database& database_;
    bool open_ = true;
};

/// SQLite's version and whether it has the WAL-reset fix; for `agentctl doctor`.
struct SqliteVersion {
    std::string version{};
    bool wal_reset_fixed =
        false; ///< without it, safety rests on there being one writing connection
};
SqliteVersion sqlite_version();

} // namespace agentd::store
