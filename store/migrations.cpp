#include "store/migrations.hpp"

#include "agentd/core/check.hpp"
#include "agentd/core/failure.hpp"
#include "store/sqlite.hpp"

#include <cerrno>
#include <unistd.h>

namespace agentd::store {

using core::Failure;
using core::FailureKind;

namespace {

constexpr std::int64_t application_id = 0x61676470; // "agdp"

void refuse_foreign(Database& database) {
    const auto id = database.number("PRAGMA application_id").value_or(0);
    const auto tables = database.number("SELECT count(*) FROM sqlite_schema").value_or(0);
    if (id != application_id && (id != 0 || tables != 0)) {
        throw Failure(FailureKind::misconfigured,
                      "this is a database of another program; it is left alone", database.path());
    }
}

void copy_before(Database& database, int version) {
    const std::string copy = database.path() + ".before-" + std::to_string(version);
    if (::unlink(copy.c_str()) != 0 && errno != ENOENT) {
        throw core::system_failure("cannot remove an older copy", copy, errno);
    }
    database.run("VACUUM INTO ?", copy);
}

} // namespace

void migrate(Database& database, std::span<const Migration> steps) {
    for (std::size_t i = 0; i < steps.size(); ++i) {
        AGENTD_CHECK(steps[i].number == static_cast<int>(i) + 1);
    }
    refuse_foreign(database);
    const auto found = database.number("PRAGMA user_version").value_or(0);
    const auto wanted = static_cast<std::int64_t>(steps.size());
    if (found > wanted) {
        throw Failure(FailureKind::misconfigured,
                      "the database has schema " + std::to_string(found) +
                          ", this program knows schemas up to " + std::to_string(wanted) +
                          "; start the newer agentd that wrote it, or move the file away and let "
                          "it be folded again from the log",
                      database.path());
    }
    if (found == wanted) {
        return;
    }
    if (found > 0) {
        copy_before(database, static_cast<int>(wanted));
    }
    Transaction transaction(database);
    for (const Migration& step : steps.subspan(static_cast<std::size_t>(found))) {
        core::in_context("migration " + std::string(step.name),
                         [&] { database.execute(std::string(step.sql)); });
    }
    database.execute("PRAGMA application_id = " + std::to_string(application_id) +
                     "; PRAGMA user_version = " + std::to_string(wanted) + ";");
    transaction.commit();
}

} // namespace agentd::store
