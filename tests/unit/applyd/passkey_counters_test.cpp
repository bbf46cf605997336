#include "agentd/applyd/passkey_counters.hpp"

#include "agentd/core/fd.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/passkey.hpp"
#include "tests/support/temp_dir.hpp"

#include <filesystem>

using namespace agentd;
using applyd::PasskeyCounters;

namespace {

struct Desk {
    test::TempDir dir;
    test::Authenticator key;
    proposals::Presence made(std::uint32_t counter, const std::string& message) {
        key.counter = counter;
        return {.method = proposals::PresenceMethod::passkey,
                .key_id = key.approver().key_id,
                .signature = proposals::assertion_text(key.get(message))};
    }
    /// By a process that has just begun: what counts is on the disk.
    std::string take(const proposals::Presence& presence) {
        PasskeyCounters counters(dir.path());
        const auto taken = counters.take(presence);
        return taken ? "" : taken.problem().code;
    }
};

} // namespace

TEST_CASE("a passkey whose count goes back is a copy, and is refused") {
    Desk desk;
    CHECK(desk.take(desk.made(5, "a")).empty());
    CHECK(desk.take(desk.made(6, "b")).empty());
    CHECK(desk.take(desk.made(6, "c")) == "cloned_key");
    CHECK(desk.take(desk.made(4, "d")) == "cloned_key");
    CHECK(desk.take(desk.made(0, "e")) == "cloned_key");
    CHECK(desk.take(desk.made(0xffffffff, "f")).empty());
    CHECK(desk.take(desk.made(7, "g")) == "cloned_key");
}

TEST_CASE("an approval that was seen when it was given counts later, out of turn") {
    Desk desk;
    const auto first = desk.made(5, "a"), second = desk.made(6, "b");
    CHECK(desk.take(first).empty());
    CHECK(desk.take(second).empty());
    CHECK(desk.take(first).empty());
    CHECK(desk.take(second).empty());
    CHECK(desk.take(desk.made(5, "other words")) == "cloned_key");
}

TEST_CASE("looking at an assertion counts nothing, so that an invented one locks nobody out") {
    Desk desk;
    PasskeyCounters counters(desk.dir.path());
    CHECK(counters.look(desk.made(1000, "a")).has_value());
    CHECK(counters.take(desk.made(1, "b")).has_value());
    CHECK(counters.look(desk.made(1, "c")).problem().code == "cloned_key");
}

TEST_CASE("passkeys that do not count say nothing for ever, and each has a count of its own") {
    Desk desk, other;
    CHECK(desk.take(desk.made(0, "a")).empty());
    CHECK(desk.take(desk.made(0, "b")).empty());
    CHECK_FALSE(std::filesystem::exists(desk.dir / "passkeys"));
    CHECK(desk.take(desk.made(9, "c")).empty());
    CHECK(desk.take(other.made(1, "d")).empty());
    CHECK(desk.take({.method = proposals::PresenceMethod::ssh}).empty());
}

TEST_CASE("a passkey that is enrolled begins with the count it had") {
    Desk desk;
    PasskeyCounters counters(desk.dir.path());
    counters.begin(desk.key.approver().key_id, 7);
    CHECK(desk.take(desk.made(7, "a")) == "cloned_key");
    CHECK(desk.take(desk.made(8, "b")).empty());
    counters.begin(desk.key.approver().key_id, 0);
    CHECK(desk.take(desk.made(1, "c")).empty());
}

TEST_CASE("a count that cannot be read lets nobody by") {
    Desk desk;
    CHECK(desk.take(desk.made(1, "a")).empty());
    for (const auto& file : std::filesystem::directory_iterator(desk.dir / "passkeys")) {
        core::write_file_durably(file.path(), "junk\n");
    }
    CHECK_THROWS(desk.take(desk.made(2, "b")));
}
