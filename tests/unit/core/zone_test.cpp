// What the clocks of a place show, from a rule and from a file.
#include "agentd/core/zone.hpp"

#include "tests/support/catch.hpp"

#include <filesystem>
#include <fstream>
#include <sstream>

using namespace agentd;
using core::Instant;
using core::Zone;
using namespace std::chrono_literals;

namespace {

Zone zone(const std::string& rule) {
    const auto made = Zone::from_rule(rule);
    REQUIRE(made.has_value());
    return *made;
}

Instant at(const std::string& text) {
    const auto parsed = core::parse_instant(text.substr(0, 19) + ".000000Z");
    REQUIRE(parsed.has_value());
    return *parsed;
}

std::string number(std::uint64_t value, int size) {
    std::string out;
    for (int shift = (size - 1) * 8; shift >= 0; shift -= 8) {
        out += static_cast<char>(value >> shift & 0xff);
    }
    return out;
}

/// One body of a file: changes at these times to these kinds, kinds with these offsets.
std::string body(char version, int size, const std::vector<std::pair<std::int64_t, char>>& changes,
                 const std::vector<int>& offsets) {
    std::string out = std::string("TZif") + version + std::string(15, '\0') + number(0, 4) +
                      number(0, 4) + number(0, 4) + number(changes.size(), 4) +
                      number(offsets.size(), 4) + number(4, 4);
    for (const auto& [when, kind] : changes) {
        out += number(static_cast<std::uint64_t>(when), size);
    }
    for (const auto& [when, kind] : changes) {
        out += kind;
    }
    for (const int offset : offsets) {
        out += number(static_cast<std::uint32_t>(offset), 4) + std::string(2, '\0');
    }
    return out + std::string("ABC\0", 4);
}

} // namespace

TEST_CASE("summer time begins and ends when the rule says") {
    const Zone berlin = zone("CET-1CEST,M3.5.0,M10.5.0/3");
    CHECK(berlin.offset(at("2026-03-29T00:59:59Z")) == 1h);
    CHECK(berlin.offset(at("2026-03-29T01:00:00Z")) == 2h);
    CHECK(berlin.offset(at("2026-10-25T00:59:59Z")) == 2h);
    CHECK(berlin.offset(at("2026-10-25T01:00:00Z")) == 1h);
    CHECK(berlin.next_change(at("2026-01-01T00:00:00Z")) == at("2026-03-29T01:00:00Z"));
    CHECK(berlin.next_change(at("2026-03-29T01:00:00Z")) == at("2026-10-25T01:00:00Z"));
    CHECK(berlin.next_change(at("2026-12-31T23:59:59Z")) == at("2027-03-28T01:00:00Z"));
}

TEST_CASE("half hours, the southern summer, hours beyond the day and other days are understood") {
    const Zone lord_howe = zone("<+1030>-10:30<+11>-11,M10.1.0,M4.1.0");
    CHECK(lord_howe.offset(at("2026-01-01T00:00:00Z")) == 11h);
    CHECK(lord_howe.offset(at("2026-06-01T00:00:00Z")) == 10h + 30min);
    const Zone nuuk = zone("<-02>2<-01>,M3.5.0/-1,M10.5.0/0");
    CHECK(nuuk.next_change(at("2026-03-01T00:00:00Z")) == at("2026-03-29T01:00:00Z"));
    const Zone dublin = zone("IST-1GMT0,M10.5.0,M3.5.0/1");
    CHECK(dublin.offset(at("2026-07-01T00:00:00Z")) == 1h);
    CHECK(dublin.offset(at("2026-12-01T00:00:00Z")) == 0h);
    const Zone julian = zone("AAA0BBB,J60/0,J300/0"); // 1 March, whether there is a 29 February
    CHECK(julian.next_change(at("2028-01-01T00:00:00Z")) == at("2028-03-01T00:00:00Z"));
    CHECK(julian.next_change(at("2026-01-01T00:00:00Z")) == at("2026-03-01T00:00:00Z"));
    const Zone counted = zone("AAA0BBB,59/0,300/0");
    CHECK(counted.next_change(at("2028-01-01T00:00:00Z")) == at("2028-02-29T00:00:00Z"));
    CHECK_FALSE(zone("<+0545>-5:45").next_change(at("2026-01-01T00:00:00Z")).has_value());
}

TEST_CASE("what is no rule is refused") {
    for (const char* bad :
         {"", "C", "CET", "CET-", "CET-1CEST", "CET-1CEST,M3.5.0", "CET-1CEST,M13.5.0,M10.5.0",
          "CET-1CEST,M3.6.0,M10.5.0", "CET-1CEST,M3.5.7,M10.5.0", "CET-1CEST,M0.5.0,M10.5.0",
          "CET-1CEST,J0,J300", "CET-1CEST,J366,J300", "<+01-1", "CET-1 ",
          "CET-1CEST,M3.5.0,M10.5.0/3,", "CET-99999999999999999999"}) {
        INFO(bad);
        CHECK_FALSE(Zone::from_rule(bad).has_value());
    }
}

TEST_CASE("a file's changes count until its last, and its rule after that") {
    const std::vector<std::pair<std::int64_t, char>> changes{{0, 1}, {1'000'000, 0}};
    const std::string first = body('2', 4, {}, {0});
    const std::string file = first + body('2', 8, changes, {3600, 7200}) +
                             "\nCET-1CEST,M3.5.0,"
                             "M10.5.0/3\n";
    const auto zone = Zone::from_tzif(file);
    REQUIRE(zone.has_value());
    CHECK(zone->offset(Instant(-1s)) == 1h);
    CHECK(zone->offset(Instant(0s)) == 2h);
    CHECK(zone->offset(Instant(999'999s)) == 2h);
    CHECK(zone->offset(Instant(1'000'000s)) == 1h);
    CHECK(zone->offset(at("2026-07-01T00:00:00Z")) == 2h);
    CHECK(zone->next_change(Instant(-5s)) == Instant(0s));
    const auto old = Zone::from_tzif(body('\0', 4, {{0, 1}}, {0, 3600}));
    REQUIRE(old.has_value());
    CHECK(old->offset(at("2026-07-01T00:00:00Z")) == 1h);
    CHECK_FALSE(old->next_change(Instant(0s)).has_value());
    for (std::size_t cut = 0; cut < first.size() + body('2', 8, changes, {3600, 7200}).size();
         ++cut) {
        if (Zone::from_tzif(file.substr(0, cut)).has_value()) {
            FAIL("a file cut after " << cut << " bytes was taken for a zone");
        }
    }
}

TEST_CASE("changes out of order, of a kind there is not, or of no clock are refused") {
    CHECK_FALSE(Zone::from_tzif(body('\0', 4, {{5, 0}, {5, 0}}, {0})).has_value());
    CHECK_FALSE(Zone::from_tzif(body('\0', 4, {{5, 1}}, {0})).has_value());
    CHECK_FALSE(Zone::from_tzif(body('\0', 4, {}, {100 * 3600})).has_value());
    CHECK_FALSE(Zone::from_tzif(body('\0', 4, {}, {})).has_value());
    CHECK_FALSE(Zone::from_tzif(std::string(Zone::max_bytes + 1, 'T')).has_value());
}

TEST_CASE("the zones of this machine are read, where it has them") {
    for (const char* directory : {"/usr/share/zoneinfo", "/etc/zoneinfo"}) {
        for (const char* name : {"Europe/Berlin", "America/New_York", "Australia/Lord_Howe",
                                 "Africa/Casablanca", "Asia/Tehran", "UTC"}) {
            std::ifstream file(std::filesystem::path(directory) / name, std::ios::binary);
            std::ostringstream bytes;
            bytes << file.rdbuf();
            if (file) {
                INFO(directory << " " << name);
                CHECK(Zone::from_tzif(bytes.str()).has_value());
            }
        }
    }
}
