#include "agentd/core/crypto.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/fixed_clock.hpp"
#include "web/auth.hpp"

using namespace agentd;
using namespace std::chrono_literals;

namespace {

web::Request carrying(const std::string& set_cookie) {
    web::Request request;
    request.headers["cookie"] = set_cookie.substr(0, set_cookie.find(';'));
    return request;
}

struct Fixture {
    test::FixedClock clock{};
    web::Sessions sessions{clock};
};

} // namespace

TEST_CASE("a session is known by its cookie and by nothing else") {
    Fixture f;
    const auto cookie = f.sessions.open("SHA256:k", "alice");
    const auto found = f.sessions.find(carrying(cookie));
    REQUIRE(found);
    CHECK(found->key_id == "SHA256:k");
    CHECK(found->name == "alice");
    CHECK_FALSE(f.sessions.find({}));
    CHECK_FALSE(f.sessions.find(carrying("__Host-agentd=" + std::string(64, '0'))));
    CHECK_FALSE(f.sessions.find(carrying("agentd=" + cookie.substr(14))));
}

TEST_CASE("the cookie is of this host alone, for no script, and 256 bits long") {
    Fixture f;
    const auto cookie = f.sessions.open("k", "n");
    CHECK(cookie.starts_with("__Host-agentd="));
    CHECK(cookie.find(';') == std::string("__Host-agentd=").size() + 64);
    for (const char* attribute : {"; Path=/", "; Secure", "; HttpOnly", "; SameSite=Strict"}) {
        CHECK(cookie.find(attribute) != std::string::npos);
    }
    CHECK(cookie.find("Domain") == std::string::npos);
    CHECK(f.sessions.open("k", "n") != cookie);
}

TEST_CASE("only the digest of a token is kept, and the digest opens nothing") {
    Fixture f;
    const auto cookie = f.sessions.open("k", "n");
    const auto found = f.sessions.find(carrying(cookie));
    REQUIRE(found);
    CHECK(found->digest == core::sha256(cookie.substr(14, 64)).hex());
    CHECK_FALSE(f.sessions.find(carrying("__Host-agentd=" + found->digest)));
}

TEST_CASE("a session ends after 30 idle minutes") {
    Fixture f;
    const auto cookie = f.sessions.open("k", "n");
    f.clock.advance(29min);
    CHECK(f.sessions.find(carrying(cookie)));
    f.clock.advance(30min);
    CHECK(f.sessions.find(carrying(cookie)));
    f.clock.advance(30min + 1us);
    CHECK_FALSE(f.sessions.find(carrying(cookie)));
    CHECK(f.sessions.size() == 0);
}

TEST_CASE("a session ends after 12 hours however busy it is") {
    Fixture f;
    const auto cookie = f.sessions.open("k", "n");
    for (int i = 0; i < 36; ++i) {
        f.clock.advance(20min);
        CHECK(f.sessions.find(carrying(cookie)));
    }
    f.clock.advance(1us);
    CHECK_FALSE(f.sessions.find(carrying(cookie)));
}

TEST_CASE("asking whether a session is alive does not keep it alive") {
    Fixture f;
    const auto cookie = f.sessions.open("k", "n");
    const auto session = f.sessions.find(carrying(cookie));
    REQUIRE(session);
    f.clock.advance(20min);
    CHECK(f.sessions.is_alive(*session));
    f.clock.advance(10min + 1us);
    CHECK_FALSE(f.sessions.is_alive(*session));
}

TEST_CASE("when there are too many sessions the one that was used least lately goes") {
    Fixture f;
    const auto first = f.sessions.open("first", "n");
    f.clock.advance(1s);
    const auto second = f.sessions.open("second", "n");
    f.clock.advance(1s);
    for (int i = 0; i < 254; ++i) {
        f.sessions.open("k", "n");
    }
    f.clock.advance(1s);
    CHECK(f.sessions.find(carrying(first)));
    f.sessions.open("one too many", "n");
    CHECK(f.sessions.size() == 256);
    CHECK(f.sessions.find(carrying(first)));
    CHECK_FALSE(f.sessions.find(carrying(second)));
}

TEST_CASE("a key that is nobody's any more loses all its sessions, and no other's") {
    Fixture f;
    const auto a = f.sessions.open("a", "n");
    const auto again = f.sessions.open("a", "n");
    const auto b = f.sessions.open("b", "n");
    f.sessions.close_all("a");
    CHECK_FALSE(f.sessions.find(carrying(a)));
    CHECK_FALSE(f.sessions.find(carrying(again)));
    CHECK(f.sessions.find(carrying(b)));
}
