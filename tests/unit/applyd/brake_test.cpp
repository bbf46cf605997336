#include "agentd/applyd/brake.hpp"

#include "agentd/core/fd.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/temp_dir.hpp"

#include <sys/stat.h>

using namespace agentd;
using applyd::Brake;
using applyd::Quarantined;
using std::chrono::hours;

namespace {

const core::Instant now{std::chrono::seconds(1'767'323'045)};

core::StorePath system_of(char c) {
    return *core::StorePath::parse("/nix/store/" + std::string(32, c) + "-nixos-system-web");
}
Quarantined bad(char c, core::Instant at = now) {
    return {.path = system_of(c).str(),
            .proposal = "01ARZ3NDEKTSV4RRFFQ69G5FAV",
            .reason = "not healthy: nginx.service: failed",
            .at = at};
}

} // namespace

TEST_CASE(
    "a system that was taken back is known by its path, with why and when, until it is lifted") {
    const test::TempDir dir;
    Brake brake(dir / "apply");
    core::make_directories(dir / "apply", 0711);
    CHECK_FALSE(brake.quarantined(system_of('a')));
    brake.quarantine(bad('a'));
    CHECK(Brake(dir / "apply").quarantined(system_of('a')) == bad('a'));
    CHECK_FALSE(brake.quarantined(system_of('b')));
    brake.quarantine(bad('b', now + hours(1)));
    const auto all = brake.list();
    REQUIRE(all.size() == 2);
    CHECK(all[0] == bad('b', now + hours(1)));
    CHECK(brake.lift(system_of('a')));
    CHECK_FALSE(brake.lift(system_of('a')));
    CHECK_FALSE(brake.quarantined(system_of('a')));
    struct stat info {};
    REQUIRE(::stat((dir / "apply/quarantine").c_str(), &info) == 0);
    CHECK((info.st_mode & 077) == 0);
}

TEST_CASE("a quarantine that was cut, or put there by hand, still holds") {
    const test::TempDir dir;
    Brake brake(dir.path());
    brake.quarantine(bad('a'));
    for (const char* text : {"", "{", "{}", R"({"path":"x"})"}) {
        core::write_file_durably(dir / ("quarantine/" + std::string(32, 'a')), text);
        const auto found = brake.quarantined(system_of('a'));
        REQUIRE(found);
        CHECK(found->reason == "put there by hand");
    }
}

TEST_CASE("only what was taken back within a day counts for the breaker") {
    const test::TempDir dir;
    Brake brake(dir.path());
    CHECK(brake.lately(now) == 0);
    brake.quarantine(bad('a', now - hours(24)));
    brake.quarantine(bad('b', now - hours(23)));
    CHECK(brake.lately(now) == 1);
    brake.quarantine(bad('c', now));
    CHECK(brake.lately(now) == Brake::too_many);
    brake.lift(system_of('c'));
    CHECK(brake.lately(now) == 1);
    brake.quarantine(bad('d', now + hours(30))); // the clock was ahead then
    CHECK(brake.lately(now) == Brake::too_many);
}

TEST_CASE("the brake says why, also when the owner only made the file") {
    const test::TempDir dir;
    Brake brake(dir.path());
    CHECK_FALSE(brake.frozen());
    CHECK_FALSE(brake.unfreeze());
    brake.freeze("two changes were taken back");
    CHECK(brake.frozen() == "two changes were taken back");
    core::write_file_durably(dir / "frozen", "");
    CHECK(brake.frozen() == "the owner froze this machine");
    core::write_file_durably(dir / "frozen", "a\x1b[2Jb\n");
    CHECK(brake.frozen()->find('\x1b') == std::string::npos);
    CHECK(brake.unfreeze());
    CHECK_FALSE(brake.frozen());
}

TEST_CASE("a rollback that finds no room is in quarantine all the same, and the second of a day "
          "freezes") {
    const test::TempDir dir;
    Brake brake(dir.path());
    brake.prepare(bad('a'));
    CHECK(brake.quarantined(system_of('a')) == bad('a'));
    CHECK_FALSE(brake.convict()); // the first of a day stops nothing
    CHECK_FALSE(brake.frozen());
    brake.prepare(bad('b', now + hours(1)));
    CHECK_FALSE(brake.frozen()); // on trial
    CHECK(brake.convict());
    REQUIRE(brake.frozen());
    CHECK(brake.frozen()->find("2 changes were taken back") == 0);
    CHECK_FALSE(brake.convict());
}

TEST_CASE("a trial that ends well leaves nothing behind, and takes nobody else's word away") {
    const test::TempDir dir;
    Brake brake(dir.path());
    brake.quarantine(bad('a'));
    brake.prepare(bad('b'));
    brake.acquit(system_of('b'), bad('b').proposal);
    CHECK_FALSE(brake.quarantined(system_of('b')));
    CHECK(brake.quarantined(system_of('a')));
    CHECK_FALSE(brake.convict());
    CHECK_FALSE(brake.frozen());
    brake.acquit(system_of('a'), "01ARZ3NDEKTSV4RRFFQ69G5FAX"); // of another proposal
    CHECK(brake.quarantined(system_of('a')));
    brake.prepare(bad('b'));
    brake.freeze("by hand, meanwhile");
    CHECK_FALSE(brake.convict());
    CHECK(brake.frozen() == "by hand, meanwhile");
}
