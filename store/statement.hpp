/// @file
/// One prepared statement of SQLite, borrowed from its Database.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

struct sqlite3_stmt;

namespace agentd::store {

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

} // namespace agentd::store
