#include "store/blobs.hpp"

#include "agentd/core/crypto.hpp"
#include "agentd/core/failure.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/temp_dir.hpp"

#include <filesystem>
#include <fstream>

using namespace agentd;
using namespace agentd::store;
using agentd::test::TempDir;
using namespace std::chrono_literals;
namespace fs = std::filesystem;

namespace {

std::string place(const TempDir& dir, const core::Digest& digest) {
    return dir / ("blobs/sha256/" + digest.hex().substr(0, 2) + "/" + digest.hex().substr(2));
}

core::Instant later() {
    return std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now()) + 1h;
}

} // namespace

TEST_CASE("a blob comes back under its digest") {
    const TempDir dir;
    Blobs blobs(dir / "blobs");
    const std::string bytes("a\0b\n", 4);
    const auto digest = *blobs.put(bytes);
    CHECK(digest == core::sha256(bytes));
    CHECK(blobs.contains(digest));
    CHECK(blobs.get(digest) == bytes);
    CHECK(fs::exists(place(dir, digest)));
    CHECK(*blobs.put(bytes) == digest);
    CHECK(fs::is_empty(dir / "blobs/tmp"));
    CHECK(blobs.get(*blobs.put("")) == "");
    CHECK_FALSE(blobs.get(core::sha256("never")));
    CHECK_FALSE(blobs.contains(core::sha256("never")));
}

TEST_CASE("a blob whose bytes changed is corrupt, and putting it again mends it") {
    const TempDir dir;
    Blobs blobs(dir / "blobs");
    const auto digest = *blobs.put("the log of a build");
    std::ofstream(place(dir, digest)) << "the log of a bulid";
    try {
        blobs.get(digest);
        FAIL("not found out");
    } catch (const core::Failure& failure) {
        CHECK(failure.kind() == core::FailureKind::corrupt);
        CHECK(failure.where() == place(dir, digest));
    }
    CHECK(*blobs.put("the log of a build") == digest);
    CHECK(blobs.get(digest) == "the log of a build");
}

TEST_CASE("a torn blob is corrupt, a link or a folder in its place is no blob") {
    const TempDir dir;
    Blobs blobs(dir / "blobs");
    const auto digest = *blobs.put("whole");
    fs::resize_file(place(dir, digest), 2);
    CHECK_THROWS_AS(blobs.get(digest), core::Failure);
    fs::remove(place(dir, digest));
    std::ofstream(dir / "elsewhere") << "whole";
    fs::create_symlink(dir / "elsewhere", place(dir, digest));
    CHECK_FALSE(blobs.contains(digest));
    CHECK_THROWS_AS(blobs.get(digest), core::Failure);
}

TEST_CASE("a blob above the limit is refused and nothing is kept") {
    const TempDir dir;
    Blobs blobs(dir / "blobs");
    const auto refused = blobs.put(std::string(Blobs::max_bytes + 1, 'x'));
    REQUIRE_FALSE(refused);
    CHECK(refused.problem().code == "too_large");
    CHECK(fs::is_empty(dir / "blobs/sha256"));
}

TEST_CASE("collecting keeps what is live or young and removes the rest") {
    const TempDir dir;
    Blobs blobs(dir / "blobs");
    const auto live = *blobs.put("live");
    const auto dead = *blobs.put("dead");
    std::ofstream(dir / "blobs/tmp/0badc0de") << "of a writer that died";
    std::ofstream(dir / "blobs/sha256/README") << "no blob";

    const auto young = blobs.collect({live}, later(), 2h);
    CHECK(young.removed == 0);
    CHECK(blobs.contains(dead));

    const auto old = blobs.collect({live}, later(), 30min);
    CHECK(old.removed == 2);
    CHECK(old.bytes_removed == 4 + 21);
    CHECK(blobs.get(live) == "live");
    CHECK_FALSE(blobs.contains(dead));
    CHECK(fs::is_empty(dir / "blobs/tmp"));
    CHECK(fs::exists(dir / "blobs/sha256/README"));
}

TEST_CASE("putting a blob again makes it young again") {
    const TempDir dir;
    Blobs blobs(dir / "blobs");
    const auto digest = *blobs.put("again");
    fs::last_write_time(place(dir, digest), fs::file_time_type::clock::now() - 24h);
    REQUIRE(blobs.put("again"));
    CHECK(blobs.collect({}, later() - 1h, 1h).removed == 0);
    CHECK(blobs.contains(digest));
}
