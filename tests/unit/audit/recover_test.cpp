#include "agentd/core/failure.hpp"
#include "audit/reader.hpp"
#include "tests/support/catch.hpp"
#include "tests/unit/audit/log_fixture.hpp"

#include <csignal>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace agentd;
using namespace agentd::audit;
using test::LogFixture;

namespace {

std::string type_of(const LogFixture& log, std::uint64_t number) {
    const auto lines = Reader({.directory = log.directory}).read(number, 1);
    return lines.empty() ? "" : parse_line(lines[0])->type();
}

} // namespace

TEST_CASE("a tail that was never sealed is set aside at every length, and the log goes on") {
    LogFixture log;
    log.write_thirty();
    const auto sealed = core::read_file(log.segment());
    const auto checkpoint = core::read_file(log.directory + "/checkpoint");
    std::string group;
    {
        Writer writer(log.options(), log.clock);
        REQUIRE(writer.append(log.drafts(3)));
        group = core::read_file(log.segment()).substr(sealed.size());
    }
    for (std::size_t length = 0; length < group.size(); length += 29) {
        LogFixture::overwrite(log.segment(), sealed + group.substr(0, length));
        LogFixture::overwrite(log.directory + "/checkpoint", checkpoint);
        std::filesystem::remove_all(log.directory + "/quarantine");
        Writer writer(log.options(), log.clock);
        INFO("cut to " << length << " of " << group.size());
        REQUIRE(writer.head().size == (length == 0 ? 30U : 31U));
        REQUIRE(writer.append(log.drafts(2)));
        REQUIRE(log.verify({.strict = true}).ok());
        if (length > 0) {
            REQUIRE(type_of(log, 30) == "audit.tail_discarded");
            const std::filesystem::directory_iterator kept(log.directory + "/quarantine");
            REQUIRE(core::read_file(kept->path().string()) == group.substr(0, length));
        }
    }
}

TEST_CASE("sealed entries that are cut off stop the writer until a person accepts the loss") {
    LogFixture log;
    log.write_thirty();
    const auto bytes = core::read_file(log.segment());
    const auto checkpoint = core::read_file(log.directory + "/checkpoint");
    for (std::size_t length = 0; length < bytes.size(); length += 331) {
        LogFixture::overwrite(log.segment(), bytes.substr(0, length));
        LogFixture::overwrite(log.directory + "/checkpoint", checkpoint);
        INFO("cut to " << length);
        REQUIRE_THROWS_AS(Writer(log.options(), log.clock), core::Failure);
        REQUIRE(core::read_file(log.segment()).size() == length);
        Writer writer(log.options(true), log.clock);
        REQUIRE(type_of(log, writer.head().size - 1) == "audit.loss_accepted");
        REQUIRE(writer.append(log.drafts(2)));
        REQUIRE(log.verify({.strict = true}).ok());
    }
}

TEST_CASE("an altered entry in the middle is never taken for a crash") {
    LogFixture log;
    log.write_thirty();
    std::string bytes = core::read_file(log.segment());
    bytes[bytes.find("\"n\":4") + 4] = '7';
    LogFixture::overwrite(log.segment(), bytes);
    for (const bool with_checkpoint : {true, false}) {
        if (!with_checkpoint) {
            std::filesystem::remove(log.directory + "/checkpoint");
        }
        CHECK_THROWS_AS(Writer(log.options(), log.clock), core::Failure);
        CHECK(core::read_file(log.segment()) == bytes);
    }
}

TEST_CASE("nothing acknowledged is lost when the writer is killed again and again") {
    LogFixture log;
    std::uint64_t acknowledged = 0;
    for (int round = 0; round < 25; ++round) {
        int ends[2];
        REQUIRE(::pipe(ends) == 0);
        const pid_t child = ::fork();
        if (child == 0) {
            Writer writer(log.options(), log.clock);
            for (std::size_t i = 0;; ++i) {
                const auto done = writer.append(log.drafts(1 + i % 3));
                const auto size = done ? done->head.size : 0;
                [[maybe_unused]] const auto n = ::write(ends[1], &size, sizeof size);
            }
        }
        ::close(ends[1]);
        std::uint64_t size = 0;
        for (int acks = 0; acks < 10 + round; ++acks) {
            REQUIRE(::read(ends[0], &size, sizeof size) == sizeof size);
        }
        ::kill(child, SIGKILL);
        int status = 0;
        ::waitpid(child, &status, 0);
        while (::read(ends[0], &size, sizeof size) == sizeof size) {
        }
        ::close(ends[0]);
        acknowledged = size;
        Writer writer(log.options(), log.clock);
        REQUIRE(writer.head().size >= acknowledged);
        const auto report = log.verify();
        INFO((report.problem ? report.problem->message : ""));
        REQUIRE(report.ok());
    }
    CHECK(acknowledged > 500);
}

TEST_CASE("a full disk is said, put on record, and gone on from when there is room") {
    LogFixture log;
    std::filesystem::create_directories(log.directory);
    if (::mount("tmpfs", log.directory.c_str(), "tmpfs", 0, "size=4m") != 0) {
        WARN("cannot mount a small tmpfs: not tried");
        return;
    }
    {
        const std::string filler = log.directory + "/filler";
        Writer writer(log.options(), log.clock);
        LogFixture::overwrite(filler, std::string(2560U << 10, 'f'));
        auto big = [&] {
            auto draft = test::some_draft(log.clock, 1);
            draft.body = "{\"a\":\"" + std::string(9'000, 'x') + "\"}";
            return draft;
        };
        std::string code;
        for (int i = 0; i < 200 && code.empty(); ++i) {
            const auto draft = big();
            const auto done = writer.append({&draft, 1});
            code = done ? "" : done.problem().code;
        }
        CHECK(code == "disk_full");
        CHECK(writer.disk_full());
        CHECK(type_of(log, writer.head().size - 1) == "audit.disk_full");
        const auto report = log.verify({.strict = true});
        INFO((report.problem ? report.problem->message : ""));
        CHECK(report.ok());
        const auto size = writer.head().size;
        const auto draft = big();
        CHECK(writer.append({&draft, 1}).problem().code == "disk_full");
        CHECK(writer.head().size == size);
        std::filesystem::remove(filler);
        REQUIRE(writer.append({&draft, 1}));
        CHECK_FALSE(writer.disk_full());
        CHECK(writer.head().size == size + 1);
        CHECK(log.verify({.strict = true}).ok());
    }
    ::umount(log.directory.c_str());
}
