#include "tests/support/catch.hpp"
#include "web/server/room.hpp"

#include <vector>

using namespace agentd;
using namespace std::chrono_literals;

namespace {

struct Look {
    bool known = false;
    bool at_work = false;
};

web::Guest guest(const char* party, std::chrono::seconds since, Look look = {}) {
    return {.party = party,
            .known = look.known,
            .at_work = look.at_work,
            .since = std::chrono::steady_clock::time_point(since)};
}

std::optional<std::size_t> goes(const std::vector<web::Guest>& guests) {
    return web::who_goes(guests);
}

} // namespace

TEST_CASE("a stranger goes before anybody with a session, even one that is being answered") {
    CHECK(goes({guest("a", 1s, {.known = true}), guest("b", 9s, {.at_work = true})}) == 1U);
}

TEST_CASE("one of whoever holds the most goes, at rest before at work, the oldest first") {
    CHECK(goes({guest("few", 1s), guest("many", 3s), guest("many", 2s)}) == 2U);
    CHECK(goes({guest("many", 1s, {.at_work = true}), guest("many", 3s), guest("few", 0s)}) == 1U);
}

TEST_CASE("of those with a session only one at rest goes, and where all are at work nobody") {
    CHECK(goes({guest("a", 1s, {.known = true, .at_work = true}),
                guest("b", 2s, {.known = true})}) == 1U);
    CHECK_FALSE(goes({guest("a", 1s, {.known = true, .at_work = true})}));
    CHECK_FALSE(goes({}));
}

TEST_CASE("for what is to wait beside the rest goes who took nothing for too long, or nobody") {
    using Who = std::vector<std::size_t>;
    const auto at = [](std::chrono::seconds since) {
        return std::chrono::steady_clock::time_point(since);
    };
    const std::vector<web::Untaken> others{{.bytes = 30, .since = at(50s)},
                                           {.bytes = 30, .since = at(20s)},
                                           {.bytes = 0, .since = at(0s)},
                                           {.bytes = 30, .since = at(10s)}};
    const web::Patience patience{.bytes = 100, .still = 30s};
    const auto now = at(60s);
    CHECK(web::who_gives_way(others, 10, patience, now) == Who{});
    CHECK(web::who_gives_way(others, 11, patience, now) == Who{3});
    CHECK(web::who_gives_way(others, 70, patience, now) == Who{3, 1});
    CHECK_FALSE(web::who_gives_way(others, 71, patience, now));
    CHECK_FALSE(web::who_gives_way(others, 11, patience, at(39s)));
    CHECK_FALSE(web::who_gives_way({}, 101, patience, now));
}
