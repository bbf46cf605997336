#include "agentd/core/failure.hpp"
#include "store/connection.hpp"

#include <utility>

namespace agentd::store {

Statement::Statement(Statement&& other) noexcept
    : database_(other.database_), statement_(std::exchange(other.statement_, nullptr)) {}

Statement::~Statement() {
    if (statement_ == nullptr) {
        return;
    }
    sqlite3_reset(statement_);
    sqlite3_clear_bindings(statement_);
    try {
        database_->state_->idle[sqlite3_sql(statement_)].push_back(statement_);
    } catch (...) { // no memory to keep it: compile it again next time
        sqlite3_finalize(statement_);
    }
}

bool Statement::step() {
    const int code = sqlite3_step(statement_);
    if (code != SQLITE_ROW && code != SQLITE_DONE) {
        database_->fail("the database", code);
    }
    return code == SQLITE_ROW;
}

int Statement::columns() const noexcept {
    return sqlite3_column_count(statement_);
}

bool Statement::is_null(int column) const noexcept {
    return sqlite3_column_type(statement_, column) == SQLITE_NULL;
}

std::int64_t Statement::integer(int column) const noexcept {
    return sqlite3_column_int64(statement_, column);
}

std::string Statement::text(int column) const {
    const auto* bytes = reinterpret_cast<const char*>(sqlite3_column_text(statement_, column));
    const auto size = static_cast<std::size_t>(sqlite3_column_bytes(statement_, column));
    return bytes == nullptr ? std::string() : std::string(bytes, size);
}

std::optional<std::string> Statement::optional_text(int column) const {
    return is_null(column) ? std::nullopt : std::optional(text(column));
}

std::optional<std::int64_t> Statement::optional_integer(int column) const noexcept {
    return is_null(column) ? std::nullopt : std::optional(integer(column));
}

std::string Statement::tagged(int column) const {
    const int type = sqlite3_column_type(statement_, column);
    const std::string value = text(column);
    return std::to_string(type) + ":" + std::to_string(value.size()) + ":" + value + ";";
}

void Statement::bind_one(int position, std::string_view value) {
    const int code = sqlite3_bind_text64(statement_, position, value.data() ? value.data() : "",
                                         value.size(), SQLITE_TRANSIENT, SQLITE_UTF8);
    if (code != SQLITE_OK) {
        database_->fail("binding a text", code);
    }
}

void Statement::bind_one(int position, std::int64_t value) {
    if (const int code = sqlite3_bind_int64(statement_, position, value); code != SQLITE_OK) {
        database_->fail("binding a number", code);
    }
}

void Statement::bind_one(int position, std::uint64_t value) {
    if (!std::in_range<std::int64_t>(value)) {
        throw core::Failure(core::FailureKind::internal, "a number too large for the database");
    }
    bind_one(position, static_cast<std::int64_t>(value));
}

void Statement::bind_one(int position, std::nullopt_t) {
    if (const int code = sqlite3_bind_null(statement_, position); code != SQLITE_OK) {
        database_->fail("binding null", code);
    }
}

Transaction::Transaction(Database& database) : database_(database) {
    database_.run(database_.state_->reading ? "BEGIN DEFERRED" : "BEGIN IMMEDIATE");
}

Transaction::~Transaction() {
    // A disk-full or I/O error has rolled back by itself already.
    if (open_ && sqlite3_get_autocommit(database_.state_->handle) == 0) {
        sqlite3_exec(database_.state_->handle, "ROLLBACK", nullptr, nullptr, nullptr);
    }
}

void Transaction::commit() {
    database_.run("COMMIT");
    open_ = false;
}

} // namespace agentd::store
