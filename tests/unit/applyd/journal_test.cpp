#include "agentd/applyd/intent.hpp"
#include "agentd/applyd/record.hpp"

#include "agentd/core/failure.hpp"
#include "agentd/core/fd.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/fixed_clock.hpp"
#include "tests/support/temp_dir.hpp"

#include <nlohmann/json.hpp>
#include <sys/stat.h>

using namespace agentd;
using applyd::InFlight;
using applyd::Journal;
using applyd::Phase;

namespace {

InFlight some() {
    return {.proposal = "01ARZ3NDEKTSV4RRFFQ69G5FAV",
            .intent = "01ARZ3NDEKTSV4RRFFQ69G5FAW",
            .statement_sha256 = std::string(64, 'a'),
            .nonce = std::string(64, 'b'),
            .mode = "switch",
            .from = "/nix/store/a",
            .to = "/nix/store/b",
            .profile = "/nix/store/a",
            .phase = Phase::healthy,
            .deadline = core::Instant{std::chrono::seconds(1'767'323'045)}};
}

const core::Instant now{std::chrono::seconds(1'767'323'045)};
const core::Instant later = now + std::chrono::minutes(30);

} // namespace

TEST_CASE("what is in flight is read back as it was written, in every phase") {
    const test::TempDir dir;
    Journal journal(dir / "apply");
    CHECK_FALSE(journal.in_flight());
    for (const Phase phase :
         {Phase::intent, Phase::armed, Phase::activated, Phase::healthy, Phase::profile_set}) {
        InFlight wanted = some();
        wanted.phase = phase;
        journal.write(wanted);
        CHECK(Journal(dir / "apply").in_flight() == wanted);
    }
    journal.clear();
    CHECK_FALSE(journal.in_flight());
    journal.clear(); // harmless twice
}

TEST_CASE("a journal that was cut or changed is a failure, never nothing") {
    const test::TempDir dir;
    Journal journal(dir.path());
    journal.write(some());
    const std::string file = dir / "in-flight.json";
    const std::string whole = core::read_file(file);
    const auto refuses = [&](const std::string& text) {
        core::write_file_durably(file, text);
        CHECK_THROWS_AS(journal.in_flight(), core::Failure);
    };
    refuses("");
    refuses(whole.substr(0, whole.size() / 2));
    refuses(R"({"phase":"healthy"})");
    std::string other = whole;
    other.replace(other.find("healthy"), 7, "blessed");
    refuses(other);
    std::string more = whole;
    more.replace(more.find('{'), 1, R"({"and":1,)");
    refuses(more);
}

TEST_CASE("a nonce is spent once, also for the next process") {
    const test::TempDir dir;
    const std::string nonce(64, '0');
    Journal journal(dir.path());
    CHECK_FALSE(journal.spent(nonce));
    CHECK(journal.spend(nonce, later, now));
    CHECK(journal.spent(nonce));
    CHECK(journal.spend(nonce, later, now).problem().code == "used");
    CHECK_FALSE(Journal(dir.path()).spend(nonce, later, now));
    CHECK(Journal(dir.path()).spend(std::string(64, '1'), later, now));
}

TEST_CASE("a clock that was ahead for a while makes no statement new") {
    const test::TempDir dir;
    const auto used = std::string(64, '0');
    const auto soon = now + std::chrono::minutes(30);
    Journal journal(dir.path());
    REQUIRE(journal.spend(used, soon, now));
    const auto ahead = now + std::chrono::hours(24 * 400);
    REQUIRE(journal.spend(std::string(64, '1'), ahead + std::chrono::minutes(30), ahead));
    CHECK_FALSE(journal.spent(used)); // forgotten
    CHECK_FALSE(journal.spend(used, soon, now));
    const auto refused = Journal(dir.path()).spend(used, soon, now);
    REQUIRE_FALSE(refused);
    CHECK(refused.problem().code == "nonces_forgotten");
    CHECK(refused.problem().where == dir / "nonces-forgotten-until");
    CHECK(refused.problem().message.find(core::format_instant(soon)) != std::string::npos);
    CHECK(refused.problem().hint.find("remove that file") != std::string::npos);
    CHECK(journal.spend(std::string(64, '2'), soon + std::chrono::seconds(1), now));
}

TEST_CASE("one holds the lock, within a process too, and it goes with who held it") {
    const test::TempDir dir;
    const Journal journal(dir.path());
    const Journal other(dir.path());
    {
        const auto lock = journal.try_lock();
        REQUIRE(lock);
        CHECK_FALSE(journal.try_lock());
        CHECK_FALSE(other.try_lock());
    }
    CHECK(other.try_lock());
}

TEST_CASE("root's journal is nobody else's to read") {
    const test::TempDir dir;
    Journal journal(dir / "apply");
    journal.write(some());
    struct stat info {};
    REQUIRE(::stat((dir / "apply").c_str(), &info) == 0);
    CHECK((info.st_mode & 077) == 0);
    CHECK(::stat((dir / "apply/in-flight.json").c_str(), &info) == 0);
    CHECK((info.st_mode & 077) == 0);
}

TEST_CASE("a statement that nothing was done with is given back and good once more") {
    const test::TempDir dir;
    Journal journal(dir.path());
    const std::string nonce(64, 'c');
    REQUIRE(journal.spend(nonce, later, now));
    CHECK_FALSE(journal.spend(nonce, later, now));
    journal.give_back(nonce);
    CHECK_FALSE(journal.spent(nonce));
    CHECK(journal.spend(nonce, later, now));
}

TEST_CASE("the intent read back from the journal is the same entry of the log") {
    const test::TempDir dir;
    const test::FixedClock clock;
    Journal journal(dir.path());
    journal.write(some());
    const auto found = journal.in_flight();
    REQUIRE(found);
    CHECK(applyd::intent_of(*found, clock, {}) == applyd::intent_of(some(), clock, {}));
    CHECK(applyd::intent_of(*found, clock, {}).id.str() == some().intent);
}

TEST_CASE("a spent nonce is forgotten long after its statement has run out, and never before") {
    using std::chrono::hours;
    const test::TempDir dir;
    Journal journal(dir.path());
    const std::string old(64, '1'), fresh(64, '2'), unknown(64, '3');
    REQUIRE(journal.spend(old, later, now));
    core::write_file_durably(dir / ("nonces/" + unknown), ""); // of an earlier version
    REQUIRE(journal.spend(fresh, now + hours(48), now));
    const auto spend_another = [&](core::Instant at, char name) {
        REQUIRE(journal.spend(std::string(64, name), at + hours(1), at));
    };
    spend_another(later + hours(24 * 7), 'a');
    CHECK(journal.spent(old));
    spend_another(later + hours(24 * 7) + std::chrono::microseconds(1), 'b');
    CHECK_FALSE(journal.spent(old));
    CHECK(journal.spent(fresh));
    CHECK(journal.spent(unknown));
    CHECK(journal.spent(std::string(64, 'b')));
}

TEST_CASE("an outcome that waits for the log is the same entry for whoever comes later") {
    const test::TempDir dir;
    const test::FixedClock clock;
    const auto draft = applyd::entry(clock, "apply.outcome", some().proposal,
                                     {{"outcome", "confirmed"}, {"reason", "a \"b\"\n"}});
    {
        Journal journal(dir.path());
        CHECK_FALSE(journal.outcome(some().nonce));
        journal.write(some());
        journal.write_outcome(some().nonce, draft);
    }
    Journal journal(dir.path());
    CHECK(journal.outcome(some().nonce) == draft);
    CHECK_FALSE(journal.outcome(std::string(64, 'c'))); // of another apply
    core::write_file_durably(dir / "outcome.json", "{");
    CHECK_THROWS_AS(journal.outcome(some().nonce), core::Failure);
    journal.clear();
    CHECK_FALSE(journal.outcome(some().nonce));
}
