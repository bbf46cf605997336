// Windows, held against a walk that asks every minute what the clock of the place shows.
#include "policy/window.hpp"

#include "agentd/core/zone.hpp"
#include "policy_support.hpp"

#include <random>

using namespace agentd;
using core::Instant;
using policy::is_open;
using policy::next_opening;
using policy::Opening;
using policy::Window;
using namespace std::chrono_literals;

namespace {

const std::vector<std::string> rules{"UTC0",
                                     "CET-1CEST,M3.5.0,M10.5.0/3",
                                     "EST5EDT,M3.2.0,M11.1.0",
                                     "<+1030>-10:30<+11>-11,M10.1.0,M4.1.0",
                                     "<+0545>-5:45",
                                     "<-04>4<-03>,M9.1.6/24,M4.1.6/24",
                                     "IST-1GMT0,M10.5.0,M3.5.0/1",
                                     "<+14>-14",
                                     "<-02>2<-01>,M3.5.0/-1,M10.5.0/0"};

Window window(const std::string& rule, std::chrono::minutes from, std::chrono::minutes to,
              const std::string& days = "1111111") {
    const auto zone = core::Zone::from_rule(rule);
    REQUIRE(zone.has_value());
    Window out{
        .name = "w", .from = from, .to = to, .zone = std::make_shared<const core::Zone>(*zone)};
    for (std::size_t i = 0; i < days.size(); ++i) { // Monday first
        out.days[i] = days[i] == '1';
    }
    return out;
}

Instant at(const std::string& text) {
    const auto parsed = core::parse_instant(text.substr(0, 19) + ".000000Z");
    REQUIRE(parsed.has_value());
    return *parsed;
}

std::optional<Opening> next(const Window& one, const std::string& when) {
    const std::array<const Window*, 1> all{&one};
    return next_opening(all, at(when));
}

/// By the words of the cookbook: the days on which it begins, and what the clock shows.
bool shows_open(const Window& window, Instant when) {
    const auto local = std::chrono::floor<std::chrono::minutes>(when + window.zone->offset(when));
    for (const int day : {0, 1}) { // it began today or yesterday
        const auto midnight = std::chrono::floor<std::chrono::days>(local) - std::chrono::days(day);
        const auto begin = midnight + window.from;
        const auto end = midnight + window.to + std::chrono::days(window.to <= window.from ? 1 : 0);
        const auto weekday = std::chrono::weekday(midnight).iso_encoding() - 1;
        if (window.days[weekday] && begin <= local && local < end) {
            return true;
        }
    }
    return false;
}

std::optional<Opening> walk(std::span<const Window* const> windows, Instant start,
                            std::chrono::minutes most) {
    const auto open = [&](Instant when) {
        return std::all_of(windows.begin(), windows.end(),
                           [&](const Window* each) { return shows_open(*each, when); });
    };
    Instant from = start;
    while (!open(from)) {
        from += 1min;
        if (from > start + most) {
            return std::nullopt;
        }
    }
    Instant until = from;
    while (open(until) && until <= start + most) {
        until += 1min;
    }
    return Opening{.from = from, .until = until};
}

} // namespace

TEST_CASE("a window across midnight belongs to the day on which it begins") {
    const Window friday = window("UTC0", 23h, 4h + 30min, "0000100"); // 27 November 2026 is one
    CHECK_FALSE(is_open(friday, at("2026-11-27T22:59:59Z")));
    CHECK(is_open(friday, at("2026-11-27T23:00:00Z")));
    CHECK(is_open(friday, at("2026-11-28T04:29:59Z")));
    CHECK_FALSE(is_open(friday, at("2026-11-28T04:30:00Z")));
    CHECK_FALSE(is_open(friday, at("2026-11-28T23:30:00Z")));
    CHECK_FALSE(is_open(friday, at("2026-11-27T03:00:00Z"))); // that began on a Thursday
    CHECK(next(friday, "2026-11-22T12:00:00Z") ==
          Opening{.from = at("2026-11-27T23:00:00Z"), .until = at("2026-11-28T04:30:00Z")});
    CHECK(next(friday, "2026-11-28T01:00:00Z") ==
          Opening{.from = at("2026-11-28T01:00:00Z"), .until = at("2026-11-28T04:30:00Z")});
}

TEST_CASE("an hour that is skipped opens nothing, and one that comes twice is open twice") {
    const Window berlin = window("CET-1CEST,M3.5.0,M10.5.0/3", 2h, 3h);
    CHECK(next(berlin, "2026-03-28T12:00:00Z") == // the clock goes from 2 to 3 on the 29th
          Opening{.from = at("2026-03-30T00:00:00Z"), .until = at("2026-03-30T01:00:00Z")});
    CHECK(next(berlin, "2026-10-24T12:00:00Z") ==
          Opening{.from = at("2026-10-25T00:00:00Z"), .until = at("2026-10-25T02:00:00Z")});
    const Window half = window("CET-1CEST,M3.5.0,M10.5.0/3", 2h + 30min, 3h);
    CHECK(next(half, "2026-10-25T00:00:00Z") ==
          Opening{.from = at("2026-10-25T00:30:00Z"), .until = at("2026-10-25T01:00:00Z")});
    CHECK(next(half, "2026-10-25T01:00:00Z") ==
          Opening{.from = at("2026-10-25T01:30:00Z"), .until = at("2026-10-25T02:00:00Z")});
    const Window across = window("CET-1CEST,M3.5.0,M10.5.0/3", 1h, 4h);
    CHECK(next(across, "2026-03-28T12:00:00Z") == // two hours long that night
          Opening{.from = at("2026-03-29T00:00:00Z"), .until = at("2026-03-29T02:00:00Z")});
}

TEST_CASE("windows that are never open together have no opening, and one without a zone has none") {
    const Window early = window("UTC0", 1h, 2h);
    const Window late = window("UTC0", 2h, 3h);
    const std::array<const Window*, 2> never{&early, &late};
    CHECK_FALSE(next_opening(never, at("2026-01-01T00:00:00Z")).has_value());
    Window nowhere = early;
    nowhere.zone = nullptr;
    CHECK_FALSE(is_open(nowhere, at("2026-01-01T01:30:00Z")));
    const std::array<const Window*, 2> unknown{&early, &nowhere};
    CHECK_FALSE(next_opening(unknown, at("2026-01-01T00:00:00Z")).has_value());
    CHECK_FALSE(next_opening({}, at("2026-01-01T00:00:00Z")).has_value());
}

TEST_CASE("a policy finds its zones where it is told to, and says which is not there") {
    const std::string text = "schema = \"agentd.policy/1\"\nrevision = 1\n[window.w]\n"
                             "from = \"02:00\"\nto = \"03:00\"\ntz = \"Nowhere/Land\"\n";
    const auto with = [&](const policy::ZoneSource& zones) {
        return policy::load_policy(text, {.file = "p", .today = test::today, .zones = zones});
    };
    const auto none = with([](const std::string&) { return std::optional<std::string>(); });
    REQUIRE(none.problems.size() == 1);
    CHECK(none.problems[0].code == "unknown_zone");
    CHECK(none.problems[0].where == "p:6:6");
    const auto broken = with([](const std::string&) { return std::optional<std::string>("x"); });
    CHECK(broken.problems.size() == 1);
    const auto unasked = with({});
    REQUIRE(unasked.policy);
    CHECK_FALSE(is_open(unasked.policy->windows[0], at("2026-01-01T02:30:00")));
    const auto utc = test::policy_of("[window.w]\nfrom = \"02:00\"\nto = \"03:00\"\n"
                                     "tz = \"UTC\"\n");
    CHECK(is_open(utc.windows[0], at("2026-01-01T02:30:00")));
}

TEST_CASE("one that is always open is open from now on, and it says for how long it looked") {
    const Window always = window("CET-1CEST,M3.5.0,M10.5.0/3", 0h, 24h);
    const auto opening = next(always, "2026-01-01T12:34:56Z");
    REQUIRE(opening.has_value());
    CHECK(opening->from == at("2026-01-01T12:34:56Z"));
    CHECK(opening->until >= at("2027-01-01T00:00:00Z"));
}

TEST_CASE("next openings are those that a walk minute by minute finds, in every zone") {
    std::mt19937 random(20261122);
    const auto below = [&](int limit) {
        return std::uniform_int_distribution<int>(0, limit - 1)(random);
    };
    const std::vector<std::string> starts{
        "2026-03-27T00:00:00Z", "2026-10-23T00:00:00Z", "2026-03-06T00:00:00Z",
        "2026-10-30T00:00:00Z", "2026-04-03T00:00:00Z", "2026-10-02T00:00:00Z",
        "2026-12-30T00:00:00Z", "2028-02-27T00:00:00Z", "2026-09-04T00:00:00Z"};
    const auto any = [&] {
        const std::chrono::minutes from(below(96) * 15);
        const std::chrono::minutes to((below(96) + 1) * 15);
        std::string days(7, '0');
        for (char& day : days) {
            day = below(3) == 0 ? '0' : '1';
        }
        return window(rules[static_cast<std::size_t>(below(static_cast<int>(rules.size())))], from,
                      to == from ? to + 15min > 24h ? 15min : to + 15min : to, days);
    };
    for (int round = 0; round < 400; ++round) {
        const Window one = any();
        const Window two = any();
        std::vector<const Window*> all{&one};
        if (below(3) == 0) {
            all.push_back(&two);
        }
        const Instant start =
            at(starts[static_cast<std::size_t>(below(static_cast<int>(starts.size())))]) +
            std::chrono::minutes(below(4 * 24 * 60));
        const auto found = next_opening(all, start);
        const auto walked = walk(all, start, 15 * 24h);
        if (walked && walked->until < start + 15 * 24h) {
            REQUIRE(found == walked);
        } else if (!walked) {
            REQUIRE((!found || found->from > start + 15 * 24h));
        }
    }
}
