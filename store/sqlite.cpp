#include "store/sqlite.hpp"

#include "agentd/core/failure.hpp"
#include "store/connection.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <filesystem>
#include <linux/magic.h>
#include <sys/vfs.h>

namespace agentd::store {

using core::Failure;
using core::FailureKind;

namespace {

constexpr int busy_timeout_ms = 5000;

FailureKind kind_of_io_error(int extended, int error_number) noexcept {
    if (error_number == ENOSPC || error_number == EDQUOT) {
        return FailureKind::unavailable;
    }
    const bool damaged = extended == SQLITE_IOERR_DATA || extended == SQLITE_IOERR_CORRUPTFS ||
                         extended == SQLITE_IOERR_SHORT_READ || error_number == EIO;
    return damaged ? FailureKind::corrupt : FailureKind::unavailable;
}

FailureKind kind_of(int extended, int error_number) noexcept {
    switch (extended & 0xff) {
    case SQLITE_FULL:
    case SQLITE_CANTOPEN:
    case SQLITE_NOMEM:
        return FailureKind::unavailable;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return FailureKind::busy;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
        return FailureKind::corrupt;
    case SQLITE_PERM:
    case SQLITE_AUTH:
    case SQLITE_READONLY:
        return FailureKind::misconfigured;
    case SQLITE_IOERR:
        return kind_of_io_error(extended, error_number);
    default:
        return FailureKind::internal;
    }
}

void refuse_foreign_file_system(const std::string& path) {
    constexpr std::array<long, 6> refused{NFS_SUPER_MAGIC, V9FS_MAGIC, FUSE_SUPER_MAGIC,
                                          SMB_SUPER_MAGIC, 0xFF534D42, 0xFE534D42};
    const std::string directory = std::filesystem::path(path).parent_path().string();
    struct statfs found {};
    if (::statfs(directory.empty() ? "." : directory.c_str(), &found) != 0) {
        throw core::system_failure("cannot look at the file system", directory, errno);
    }
    // f_type is signed on some platforms; the CIFS numbers have their highest bit set.
    const auto type = static_cast<long>(static_cast<unsigned int>(found.f_type));
    if (std::find(refused.begin(), refused.end(), type) != refused.end()) {
        throw Failure(FailureKind::misconfigured,
                      "the database cannot live on a network or user-space file system, whose "
                      "locks are not to be trusted; keep it on a local disk",
                      path);
    }
}

void set_flag(sqlite3* handle, int option, int value) {
    int now = -1;
    if (sqlite3_db_config(handle, option, value, &now) != SQLITE_OK || now != value) {
        throw Failure(FailureKind::internal, "SQLite does not take a safety setting");
    }
}

} // namespace

Database::State::~State() {
    for (auto& [sql, statements] : idle) {
        for (sqlite3_stmt* statement : statements) {
            sqlite3_finalize(statement);
        }
    }
    sqlite3_close_v2(handle);
}

Database::Database(std::string path, Access access)
    : path_(std::move(path)), state_(std::make_unique<State>()) {
    refuse_foreign_file_system(path_);
    state_->reading = access == Access::read;
    const int flags =
        SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE | SQLITE_OPEN_NOFOLLOW |
        (state_->reading ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE);
    const int code = sqlite3_open_v2(path_.c_str(), &state_->handle, flags, nullptr);
    if (code != SQLITE_OK) {
        fail("opening the database", code);
    }
    sqlite3_busy_timeout(state_->handle, busy_timeout_ms);
    set_flag(state_->handle, SQLITE_DBCONFIG_DEFENSIVE, 1);
    set_flag(state_->handle, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0);
    set_flag(state_->handle, SQLITE_DBCONFIG_ENABLE_FKEY, 1);
    set_flag(state_->handle, SQLITE_DBCONFIG_DQS_DML, 0);
    set_flag(state_->handle, SQLITE_DBCONFIG_DQS_DDL, 0);
    execute("PRAGMA cell_size_check = ON; PRAGMA temp_store = MEMORY; PRAGMA mmap_size = 0;");
    if (state_->reading) {
        set_flag(state_->handle, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1);
        execute("PRAGMA query_only = ON;");
    } else {
        execute("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;"
                "PRAGMA journal_size_limit = 67108864;");
    }
}

Database::~Database() = default;

void Database::fail(std::string_view doing, int code) const {
    const int error_number = state_->handle != nullptr ? sqlite3_system_errno(state_->handle) : 0;
    const char* message =
        state_->handle != nullptr ? sqlite3_errmsg(state_->handle) : sqlite3_errstr(code);
    std::string said = std::string(doing) + ": " + message;
    if ((code & 0xff) == SQLITE_CONSTRAINT) {
        throw RowRefused(std::move(said), path_);
    }
    throw Failure(kind_of(code, error_number), std::move(said), path_);
}

Statement Database::prepare(std::string_view sql) {
    const auto found = state_->idle.find(sql);
    if (found != state_->idle.end() && !found->second.empty()) {
        sqlite3_stmt* statement = found->second.back();
        found->second.pop_back();
        return Statement(*this, statement);
    }
    sqlite3_stmt* statement = nullptr;
    const int code = sqlite3_prepare_v3(state_->handle, sql.data(), static_cast<int>(sql.size()),
                                        SQLITE_PREPARE_PERSISTENT, &statement, nullptr);
    if (code != SQLITE_OK || statement == nullptr) {
        fail("preparing a statement", code);
    }
    return Statement(*this, statement);
}

void Database::execute(const std::string& script) {
    const int code = sqlite3_exec(state_->handle, script.c_str(), nullptr, nullptr, nullptr);
    if (code != SQLITE_OK) {
        fail("running a script", code);
    }
}

std::optional<std::int64_t> Database::number(std::string_view sql) {
    Statement statement = prepare(sql);
    return statement.step() ? statement.optional_integer(0) : std::nullopt;
}

std::int64_t Database::changes() const noexcept {
    return sqlite3_changes64(state_->handle);
}

void Database::replace_with(Database& source) {
    sqlite3_backup* backup =
        sqlite3_backup_init(state_->handle, "main", source.state_->handle, "main");
    if (backup == nullptr) {
        fail("replacing the rows", sqlite3_extended_errcode(state_->handle));
    }
    const int stepped = sqlite3_backup_step(backup, -1);
    const int finished = sqlite3_backup_finish(backup);
    if (stepped != SQLITE_DONE || finished != SQLITE_OK) {
        fail("replacing the rows", finished != SQLITE_OK ? finished : stepped);
    }
}

void Database::check_integrity() {
    Statement check = prepare("PRAGMA integrity_check(1)");
    if (!check.step() || check.text(0) != "ok") {
        throw Failure(FailureKind::corrupt, "integrity check: " + check.text(0), path_);
    }
    Statement keys = prepare("PRAGMA foreign_key_check");
    if (keys.step()) {
        throw Failure(FailureKind::corrupt,
                      "a row of `" + keys.text(0) + "` refers to no row of `" + keys.text(2) + "`",
                      path_);
    }
}

SqliteVersion sqlite_version() {
    const int number = sqlite3_libversion_number();
    // Fixed in 3.51.3, and carried back to 3.50.7 and 3.44.6.
    const bool fixed = number >= 3'051'003 || (number >= 3'050'007 && number < 3'051'000) ||
                       (number >= 3'044'006 && number < 3'045'000);
    return {.version = sqlite3_libversion(), .wal_reset_fixed = fixed};
}

} // namespace agentd::store
