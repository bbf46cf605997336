/// @file
/// SQLite as three owned things: a connection, a statement, a transaction.
///
/// Troubles are Failures: disk full `unavailable`, locked `busy`, damaged file or a row that the
/// schema refuses `corrupt`, not allowed `misconfigured`, anything else `internal`.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

struct sqlite3;
struct sqlite3_stmt;

namespace agentd::store {

enum class Access {
    write, ///< the one connection that writes and checkpoints; makes the file when missing
    read,  ///< READONLY, never checkpoints; the file has to be there
};

class Database;

/// One prepared statement, borrowed from its Database, which has to outlive it. Not shared by
/// threads.
class Statement {
  public:
    Statement(Statement&& other) noexcept;
    Statement& operator=(Statement&&) = delete;
    ~Statement();

    /// Binds all parameters in order, from the first.
    template <class... Values> Statement& bind(const Values&... values) {
        int position = 0;
        (bind_one(++position, values), ...);
        return *this;
    }
    /// True when there is a row to read.
    bool step();

    int columns() const noexcept;
    bool is_null(int column) const noexcept;
    std::int64_t integer(int column) const noexcept;
    std::string text(int column) const;
    std::optional<std::string> optional_text(int column) const;
    std::optional<std::int64_t> optional_integer(int column) const noexcept;
    /// The value with its type in front, so that 1 and "1" differ; for digests over rows.
    std::string tagged(int column) const;

  private:
    friend class Database;
    Statement(Database& database, sqlite3_stmt* statement) noexcept
        : database_(&database), statement_(statement) {}
    void bind_one(int position, std::string_view value);
    void bind_one(int position, const std::string& value) {
        bind_one(position, std::string_view(value));
    }
    void bind_one(int position, const char* value) { bind_one(position, std::string_view(value)); }
    void bind_one(int position, std::int64_t value);
    void bind_one(int position, std::uint64_t value);
    void bind_one(int position, int value) { bind_one(position, std::int64_t{value}); }
    void bind_one(int position, bool value) { bind_one(position, std::int64_t{value}); }
    void bind_one(int position, std::nullopt_t);
    template <class Value> void bind_one(int position, const std::optional<Value>& value) {
        value ? bind_one(position, *value) : bind_one(position, std::nullopt);
    }

    Database* database_;
    sqlite3_stmt* statement_;
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
