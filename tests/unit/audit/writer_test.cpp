#include "agentd/core/failure.hpp"
#include "audit/lines.hpp"
#include "audit/reader.hpp"
#include "audit/tiles.hpp"
#include "audit/tree.hpp"
#include "tests/support/catch.hpp"
#include "tests/unit/audit/log_fixture.hpp"

#include <sys/stat.h>

using namespace agentd;
using namespace agentd::audit;
using test::LogFixture;

TEST_CASE("a new log begins with its own name and key, and the seed is its owner's alone") {
    LogFixture log;
    const Writer writer(log.options(), log.clock);
    const auto lines = Reader({.directory = log.directory}).read(0, 10);
    REQUIRE(lines.size() == 1);
    const auto entry = parse_line(lines[0]);
    REQUIRE(entry);
    CHECK(entry->type() == "log.opened");
    CHECK(entry->body().at("vkey") == writer.key().str());
    CHECK(entry->body().at("origin") == "agentd/testhost");
    struct stat status {};
    REQUIRE(::stat((log.directory + "/key").c_str(), &status) == 0);
    CHECK((status.st_mode & 0777) == 0600);
}

TEST_CASE("what is acknowledged is read back, and the log verifies strictly") {
    LogFixture log;
    log.write_thirty();
    const auto report = log.verify({.strict = true});
    INFO((report.problem ? report.problem->message : ""));
    CHECK(report.ok());
    CHECK(report.size == 30);
    CHECK(report.seals == 8);
    Reader reader({.directory = log.directory});
    CHECK(reader.read(28, 100).size() == 2);
    CHECK(reader.read(0, 100, 1).size() == 1);
    CHECK(reader.read(30, 100).empty());
}

TEST_CASE("an id is written once, also across a restart, and never for other content") {
    LogFixture log;
    auto drafts = log.drafts(3);
    {
        Writer writer(log.options(), log.clock);
        REQUIRE(writer.append(drafts)->numbers == std::vector<std::uint64_t>{1, 2, 3});
        const auto again = writer.append(drafts);
        REQUIRE(again);
        CHECK(again->numbers == std::vector<std::uint64_t>{1, 2, 3});
        CHECK(again->head.size == 4);
    }
    Writer writer(log.options(), log.clock);
    auto more = log.drafts(1);
    more.push_back(drafts[1]);
    more.push_back(more[0]);
    const auto mixed = writer.append(more);
    REQUIRE(mixed);
    CHECK(mixed->numbers == std::vector<std::uint64_t>{4, 2, 4});
    drafts[1].body = "{\"forged\":true}";
    CHECK(writer.append(std::span(drafts).subspan(1, 1)).problem().code == "id_reused");
    CHECK(writer.head().size == 5);
}

TEST_CASE("an entry of 60 000 bytes is taken and one byte more is refused") {
    LogFixture log;
    Writer writer(log.options(), log.clock);
    auto draft = test::some_draft(log.clock, 1);
    REQUIRE(writer.append({&draft, 1}));
    const auto frame =
        Reader({.directory = log.directory}).read(1, 1)[0].size() - draft.body.size();
    const auto with_body = [&](std::size_t bytes) {
        auto sized = test::some_draft(log.clock, 1);
        sized.body = "{\"a\":\"" + std::string(bytes - 8, 'x') + "\"}";
        return sized;
    };
    draft = with_body(max_entry_bytes - frame + 1);
    CHECK(writer.append({&draft, 1}).problem().code == "too_large");
    draft = with_body(max_entry_bytes - frame);
    REQUIRE(writer.append({&draft, 1}));
    CHECK(writer.head().size == 3);
    CHECK(log.verify({.strict = true}).ok());
}

TEST_CASE("a refused entry leaves its group unwritten and its ids free") {
    LogFixture log;
    Writer writer(log.options(), log.clock);
    auto drafts = log.drafts(2);
    const auto good = drafts[1];
    drafts[1].body = "[]";
    REQUIRE_FALSE(writer.append(drafts));
    CHECK(writer.head().size == 1);
    drafts[1] = good;
    CHECK(writer.append(drafts)->numbers == std::vector<std::uint64_t>{1, 2});
}

TEST_CASE("a second writer is refused while the first is there") {
    LogFixture log;
    const Writer writer(log.options(), log.clock);
    try {
        const Writer second(log.options(), log.clock);
        FAIL("two writers have one log");
    } catch (const core::Failure& failure) {
        CHECK(failure.kind() == core::FailureKind::busy);
    }
}

TEST_CASE("a log is never gone on with under another key or another name") {
    LogFixture log;
    log.write_thirty();
    auto renamed = log.options();
    renamed.origin = "agentd/other";
    CHECK_THROWS_AS(Writer(renamed, log.clock), core::Failure);
    std::filesystem::remove(log.directory + "/key");
    CHECK_THROWS_AS(Writer(log.options(), log.clock), core::Failure);
    CHECK_FALSE(std::filesystem::exists(log.directory + "/key"));
    LogFixture::overwrite(log.directory + "/key", core::base64_encode(std::string(32, 'k')) + "\n");
    CHECK_THROWS_AS(Writer(log.options(), log.clock), core::Failure);
    CHECK(log.verify().size == 30);
}

TEST_CASE("segments follow one another, groups split between them, and all of it verifies") {
    LogFixture log;
    log.segment_leaves = 8;
    {
        Writer writer(log.options(), log.clock);
        REQUIRE(writer.append(log.drafts(20)));
        REQUIRE(writer.append(log.drafts(3))); // exactly full: 24
    }
    {
        Writer writer(log.options(), log.clock);
        CHECK(writer.head().size == 24);
        REQUIRE(writer.append(log.drafts(17)));
    }
    CHECK(std::filesystem::exists(log.segment(5)));
    const auto report = log.verify({.strict = true});
    INFO((report.problem ? report.problem->message : ""));
    CHECK(report.ok());
    CHECK(report.size == 41);
    const Reader reader({.directory = log.directory, .segment_leaves = 8});
    CHECK(reader.read(0, 100).size() == 41);
    CHECK(reader.read(23, 3).size() == 3);

    std::filesystem::remove(log.segment(2));
    CHECK(log.verify().problem->entry == 16);
}

TEST_CASE("tiles have C2SP's names and hold the leaf hashes, over a full tile and a restart") {
    LogFixture log;
    {
        Writer writer(log.options(), log.clock);
        REQUIRE(writer.append(log.drafts(200)));
        REQUIRE(writer.append(log.drafts(100)));
    }
    const std::string tiles = log.directory + "/tile/0/";
    CHECK(std::filesystem::file_size(tiles + "000") == 256 * 32);
    CHECK_FALSE(std::filesystem::exists(tiles + "000.p"));
    CHECK(std::filesystem::file_size(tiles + "001.p/45") == 45 * 32);
    const Layout layout{.directory = log.directory};
    CHECK(layout.tile_path(1234067) == tiles + "x001/x234/067");
    std::filesystem::remove_all(log.directory + "/tile");
    {
        Writer writer(log.options(), log.clock);
        REQUIRE(writer.append(log.drafts(1)));
    }
    TileReader reader(layout);
    CHECK(reader.size() == 302);
    CHECK(reader.leaf(301) == leaf_hash(Reader(layout).read(301, 1)[0]));
    CHECK(log.verify().ok());
}
