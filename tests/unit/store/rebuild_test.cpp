#include "agentd/core/failure.hpp"
#include "store/projection.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/temp_dir.hpp"
#include "tests/unit/store/log_lines.hpp"

#include <chrono>
#include <csignal>
#include <fcntl.h>
#include <filesystem>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

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

/// A tmpfs of 2 MiB over a directory for as long as it lives.
struct SmallDisk {
    explicit SmallDisk(std::string where)
        : path(std::move(where)),
          mounted(::mount("none", path.c_str(), "tmpfs", 0, "size=2m") == 0) {}
    ~SmallDisk() {
        if (mounted) {
            ::umount2(path.c_str(), MNT_DETACH);
        }
    }
    SmallDisk(const SmallDisk&) = delete;
    SmallDisk& operator=(const SmallDisk&) = delete;
    std::string path;
    bool mounted;
};

} // namespace

TEST_CASE("folding the same log twice gives the same rows, batched or one by one") {
    const TempDir dir;
    const LogLines log = long_log(3);
    Projection a(dir / "a.db"), b(dir / "b.db");
    a.catch_up(source_of(log));
    for (std::size_t i = 0; i < log.lines().size(); ++i) {
        b.apply(i, log.lines()[i]);
    }
    CHECK(a.queries().row_digest() == b.queries().row_digest());
}

TEST_CASE("one changed row changes the digest of the rows") {
    const TempDir dir;
    const LogLines log = long_log(1);
    Projection projection(dir / "a.db");
    projection.catch_up(source_of(log));
    const auto before = projection.queries().row_digest();
    Database other(dir / "a.db", Access::write);
    other.run("UPDATE proposal SET landed = 0");
    CHECK(projection.queries().row_digest() != before);
}

TEST_CASE("a rebuild gives the same rows, mends altered ones, and readers stay on") {
    const TempDir dir;
    const LogLines log = long_log(3);
    Projection projection(dir / "a.db");
    projection.catch_up(source_of(log));
    Reader reader(dir / "a.db");
    const auto good = projection.queries().row_digest();
    const auto report = projection.rebuild(source_of(log));
    CHECK(report.rows_before == report.rows_after);
    CHECK(report.entries == log.lines().size());
    CHECK(projection.queries().row_digest() == good);
    {
        Database other(dir / "a.db", Access::write);
        other.run("UPDATE proposal SET title = 'harmless'");
    }
    const auto mended = projection.rebuild(source_of(log));
    CHECK(mended.rows_before != mended.rows_after);
    CHECK(mended.rows_after == good);
    CHECK(projection.queries().row_digest() == good);
    CHECK(reader.read([](const Queries& q) { return q.row_digest(); }) == good);
    CHECK_FALSE(std::filesystem::exists(dir / "a.db.rebuild"));
}

TEST_CASE("a rebuild from a log that is bad or too short leaves the rows alone") {
    const TempDir dir;
    const LogLines log = long_log(2);
    Projection projection(dir / "a.db");
    projection.catch_up(source_of(log));
    const auto good = projection.queries().row_digest();
    const LogLines shorter = long_log(1);
    CHECK(kind_of([&] { projection.rebuild(source_of(shorter)); }) == core::FailureKind::corrupt);
    LogLines bad;
    bad.add("proposal.state", proposal_id(1), state_body("drafted", "checking"));
    CHECK(kind_of([&] { projection.rebuild(source_of(bad)); }) == core::FailureKind::corrupt);
    CHECK(projection.queries().row_digest() == good);
    projection.rebuild(source_of(log));
}

TEST_CASE("ten thousand entries fold in seconds") {
    const TempDir dir;
    const LogLines log = long_log(1000);
    REQUIRE(log.lines().size() > 10'000);
    Projection projection(dir / "a.db");
    const auto start = std::chrono::steady_clock::now();
    projection.catch_up(source_of(log));
    const auto took = std::chrono::steady_clock::now() - start;
    WARN("folded " << log.lines().size() << " entries in "
                   << std::chrono::duration_cast<std::chrono::milliseconds>(took).count() << " ms");
    CHECK(took < std::chrono::seconds(30));
    CHECK(projection.queries().counts().applied == 1000);
}

TEST_CASE("a fold killed at any moment goes on where it was and gives the same rows") {
    const TempDir dir;
    const LogLines log = long_log(60);
    std::string expected;
    {
        Projection reference(dir / "reference.db");
        reference.catch_up(source_of(log));
        expected = reference.queries().row_digest().hex();
    }
    int kills = 0;
    for (int round = 0; round < 40; ++round) {
        int ready[2];
        REQUIRE(::pipe2(ready, O_CLOEXEC) == 0);
        const pid_t child = ::fork();
        if (child == 0) {
            try {
                Projection projection(dir / "p.db");
                for (Index i = projection.next_index(); i < log.lines().size(); ++i) {
                    projection.apply(i, log.lines()[i]);
                    [[maybe_unused]] const auto told = ::write(ready[1], "x", 1);
                }
                ::_exit(0);
            } catch (...) {
                ::_exit(1);
            }
        }
        ::close(ready[1]);
        // Killed while it is in the middle of the entries after the n-th that it told.
        char told = 0;
        for (int n = 0; n < 3 + round % 17 && ::read(ready[0], &told, 1) == 1; ++n) {
        }
        ::kill(child, SIGKILL);
        int status = 0;
        REQUIRE(::waitpid(child, &status, 0) == child);
        ::close(ready[0]);
        if (WIFSIGNALED(status)) {
            ++kills;
            continue;
        }
        REQUIRE(WEXITSTATUS(status) == 0);
        break;
    }
    CHECK(kills > 10);
    Projection projection(dir / "p.db");
    projection.check_integrity();
    projection.catch_up(source_of(log));
    CHECK(projection.queries().row_digest().hex() == expected);
}

TEST_CASE("a full disk is a Failure unavailable and leaves the rows intact") {
    const TempDir dir;
    const SmallDisk disk(dir.path());
    if (!disk.mounted) {
        WARN("no right to mount a small tmpfs here: not tested");
        return;
    }
    {
        const LogLines log = long_log(2000);
        Index folded = 0;
        Projection projection(dir / "p.db");
        const auto kind = kind_of([&] {
            for (; folded < log.lines().size(); ++folded) {
                projection.apply(folded, log.lines()[folded]);
            }
        });
        CHECK(kind == core::FailureKind::unavailable);
        CHECK(folded > 10);
        CHECK(projection.next_index() == folded);
        projection.check_integrity();
        REQUIRE(::mount("none", dir.path().c_str(), "tmpfs", MS_REMOUNT, "size=64m") == 0);
        projection.catch_up(source_of(log));
        CHECK(projection.next_index() == log.lines().size());
    }
}
