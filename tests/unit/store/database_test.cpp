#include "agentd/core/failure.hpp"
#include "store/migrations.hpp"
#include "store/projection.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/temp_dir.hpp"
#include "tests/unit/store/log_lines.hpp"

#include <filesystem>
#include <fstream>
#include <functional>
#include <thread>

using namespace agentd;
using namespace agentd::store;
using namespace agentd::test;

namespace {

LineSource source_of(const LogLines& log) {
    return [&log](Index from, std::size_t limit) { return log.from(from, limit); };
}

core::FailureKind kind_of(const std::function<void()>& act) {
    try {
        act();
    } catch (const core::Failure& failure) {
        return failure.kind();
    }
    FAIL("no Failure");
    return core::FailureKind::internal;
}

} // namespace

TEST_CASE("a reader sees what is committed while the writer goes on") {
    const TempDir dir;
    const LogLines log = long_log(50);
    Projection projection(dir / "p.db");
    Reader reader(dir / "p.db");
    projection.apply(0, log.lines()[0]);
    CHECK(reader.read([](const Queries& q) { return q.next_index(); }) == 1);
    reader.read([&](const Queries& q) {
        const Index before = q.next_index();
        projection.apply(1, log.lines()[1]); // not blocked, and not seen inside this snapshot
        CHECK(q.next_index() == before);
        return 0;
    });
    CHECK(reader.read([](const Queries& q) { return q.next_index(); }) == 2);
    std::jthread writer([&] { projection.catch_up(source_of(log)); });
    Index last = 0;
    while (last < log.lines().size()) {
        const auto [index, rows] = reader.read([](const Queries& q) {
            return std::pair(q.next_index(), static_cast<Index>(q.proposals(Which::all).size()));
        });
        REQUIRE(index >= last);
        if (index == log.lines().size()) {
            REQUIRE(rows == 50);
        }
        last = index;
    }
}

TEST_CASE("a reader cannot write, and there is nothing to read before there is a projection") {
    const TempDir dir;
    CHECK(kind_of([&] { Reader reader(dir / "p.db"); }) == core::FailureKind::unavailable);
    Projection projection(dir / "p.db");
    Database reading(dir / "p.db", Access::read);
    CHECK(kind_of([&] { reading.run("DELETE FROM meta"); }) == core::FailureKind::misconfigured);
}

TEST_CASE("a second writer is refused") {
    const TempDir dir;
    Projection projection(dir / "p.db");
    CHECK(kind_of([&] { Projection second(dir / "p.db"); }) == core::FailureKind::busy);
}

TEST_CASE("a newer schema refuses to start and says what to do") {
    const TempDir dir;
    { Projection projection(dir / "p.db"); }
    {
        Database database(dir / "p.db", Access::write);
        database.execute("PRAGMA user_version = 99");
    }
    try {
        Projection projection(dir / "p.db");
        FAIL("it started");
    } catch (const core::Failure& failure) {
        CHECK(failure.kind() == core::FailureKind::misconfigured);
        CHECK(std::string(failure.what()).find("schema 99") != std::string::npos);
        CHECK(std::string(failure.what()).find("newer agentd") != std::string::npos);
    }
    CHECK(kind_of([&] { Reader reader(dir / "p.db"); }) == core::FailureKind::misconfigured);
}

TEST_CASE("a database of another program is left alone") {
    const TempDir dir;
    {
        Database other(dir / "p.db", Access::write);
        other.execute("CREATE TABLE theirs (x)");
    }
    CHECK(kind_of([&] { Projection projection(dir / "p.db"); }) ==
          core::FailureKind::misconfigured);
}

TEST_CASE("rows are copied before they are migrated, and a failed migration changes nothing") {
    const TempDir dir;
    const Migration one{.number = 1, .name = "0001_a", .sql = "CREATE TABLE a (x INTEGER) STRICT;"};
    const Migration two{.number = 2, .name = "0002_b", .sql = "ALTER TABLE a ADD COLUMN y TEXT;"};
    const Migration bad{.number = 2, .name = "0002_bad", .sql = "CREATE TABLE c (x); NONSENSE;"};
    Database database(dir / "p.db", Access::write);
    migrate(database, std::array{one});
    database.run("INSERT INTO a VALUES (7)");
    CHECK_THROWS_AS(migrate(database, std::array{one, bad}), core::Failure);
    CHECK(database.number("PRAGMA user_version") == 1);
    CHECK(database.number("SELECT count(*) FROM sqlite_schema WHERE name = 'c'") == 0);
    migrate(database, std::array{one, two});
    CHECK(database.number("PRAGMA user_version") == 2);
    Database copy(dir / "p.db.before-2", Access::write);
    CHECK(copy.number("PRAGMA user_version") == 1);
    CHECK(copy.number("SELECT x FROM a") == 7);
}

TEST_CASE("a file that is no database is corrupt, and can be set aside") {
    const TempDir dir;
    std::ofstream(dir / "p.db") << std::string(8192, 'z');
    CHECK(kind_of([&] { Projection projection(dir / "p.db"); }) == core::FailureKind::corrupt);
    Projection::set_aside(dir / "p.db");
    CHECK(std::filesystem::exists(dir / "p.db.broken"));
    const LogLines log = long_log(1);
    Projection projection(dir / "p.db");
    projection.catch_up(source_of(log));
    CHECK(projection.next_index() == log.lines().size());
}

TEST_CASE("the settings that keep rows safe are on") {
    const TempDir dir;
    Projection projection(dir / "p.db");
    Database database(dir / "p.db", Access::write);
    CHECK(database.number("PRAGMA foreign_keys") == 1);
    CHECK(database.number("PRAGMA synchronous") == 2);
    CHECK(database.number("PRAGMA trusted_schema") == 0);
    CHECK(database.number("PRAGMA cell_size_check") == 1);
    CHECK(database.number("PRAGMA application_id") == 0x61676470);
    CHECK(Statement(database.prepare("PRAGMA journal_mode")).step());
    CHECK_THROWS_AS(database.run("INSERT INTO event VALUES (1, 'nobody', NULL, 'x', 0, 0)"),
                    core::Failure);
}
