#include "tests/support/catch.hpp"
#include "tests/support/temp_dir.hpp"
#include "tests/unit/store/log_lines.hpp"

#include "store/projection.hpp"

using namespace agentd;
using test::Json;

namespace {

Json adopted(const char* from, const char* to) {
    return {{"what", "running"},
            {"from", from == nullptr ? Json() : Json(from)},
            {"to", to},
            {"effects_sha256", from == nullptr ? Json() : Json(test::hex_of("effects"))},
            {"effects_blob", from == nullptr ? Json() : Json(test::hex_of("effects"))},
            {"headline", "enables redis"},
            {"by", "hand"}};
}

} // namespace

TEST_CASE("a system that was brought by hand is what ran last, with its effects kept") {
    const test::TempDir folder;
    store::Projection projection(folder / "p.db");
    test::LogLines log;
    log.add("generation.adopted", "host:web", adopted(nullptr, "/nix/store/a"));
    log.add("generation.adopted", "host:web", adopted("/nix/store/a", "/nix/store/b"));
    CHECK_FALSE(projection.queries().last_running());
    projection.apply_batch(0, log.lines());
    const auto queries = projection.queries();
    REQUIRE(queries.last_running());
    CHECK(queries.last_running()->system == "/nix/store/b");
    CHECK(queries.last_running()->entry == 1);
    const auto rows = queries.adopted(10);
    REQUIRE(rows.size() == 2);
    CHECK(rows[0].from == "/nix/store/a");
    CHECK_FALSE(rows[1].from);
    CHECK(queries.live_blobs().contains(*core::Digest::parse(test::hex_of("effects"))));
    CHECK(queries.history("host:web").back().text == "changed by hand: enables redis");
}

TEST_CASE("an adoption with a digest that is none is refused") {
    const test::TempDir folder;
    store::Projection projection(folder / "p.db");
    test::LogLines log;
    auto body = adopted("/nix/store/a", "/nix/store/b");
    body["effects_blob"] = "nonsense";
    log.add("generation.adopted", "host:web", body);
    CHECK_THROWS(projection.apply(0, log.lines()[0]));
}

TEST_CASE(
    "the machine is frozen from the word to the word that lets changes in again, and why is kept") {
    const test::TempDir folder;
    store::Projection projection(folder / "p.db");
    test::LogLines log;
    const auto brake = [](const char* what, const char* why) {
        return Json{{"brake", what}, {"path", nullptr}, {"reason", why}, {"peer_uid", nullptr}};
    };
    log.add("apply.brake", "host:web", brake("frozen", "two were taken back"));
    log.add("apply.brake", "host:web", brake("lifted", ""));
    projection.apply_batch(0, log.lines());
    REQUIRE(projection.queries().frozen("web"));
    CHECK(projection.queries().frozen("web")->because == "two were taken back");
    CHECK_FALSE(projection.queries().frozen("other"));
    log.add("apply.brake", "host:web", brake("unfrozen", ""));
    projection.apply(2, log.lines()[2]);
    CHECK_FALSE(projection.queries().frozen("web"));
}
