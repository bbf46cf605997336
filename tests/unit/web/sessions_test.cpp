#include "agentd/core/crypto.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/fixed_clock.hpp"
#include "web/auth.hpp"

using namespace agentd;
using namespace std::chrono_literals;

namespace {

web::Request carrying(const web::Opened& opened) {
    web::Request request;
    request.headers["cookie"] = opened.set_cookie.substr(0, opened.set_cookie.find(';'));
    request.headers["x-agentd-session"] = opened.proof;
    return request;
}

struct Fixture {
    test::FixedClock clock{};
    web::Sessions sessions{clock};
};

} // namespace

TEST_CASE("a session is known by its cookie and its proof together, and by nothing else") {
    Fixture f;
    const auto opened = f.sessions.open("SHA256:k", "alice");
    const auto found = f.sessions.find(carrying(opened));
    REQUIRE(found);
    CHECK(found->key_id == "SHA256:k");
    CHECK(found->name == "alice");
    CHECK_FALSE(f.sessions.find({}));
    CHECK_FALSE(f.sessions.find(carrying({"__Host-agentd=" + std::string(64, '0'), opened.proof})));
    CHECK_FALSE(
        f.sessions.find(carrying({"agentd=" + opened.set_cookie.substr(14), opened.proof})));
    CHECK_FALSE(f.sessions.find(carrying({opened.set_cookie, std::string(64, '0')})));
}

TEST_CASE("the cookie alone, which every port of the host is sent, opens nothing") {
    Fixture f;
    const auto opened = f.sessions.open("k", "n");
    const auto other = f.sessions.open("other", "n");
    auto request = carrying(opened);
    request.headers.erase("x-agentd-session");
    CHECK_FALSE(f.sessions.find(request));
    request.headers["x-agentd-session"] = opened.set_cookie.substr(14, 64);
    CHECK_FALSE(f.sessions.find(request));
    CHECK_FALSE(f.sessions.find(carrying({opened.set_cookie, other.proof})));
    CHECK(f.sessions.find(carrying(opened)));
}

TEST_CASE("the cookie is of this host alone, for no script, and 256 bits long") {
    Fixture f;
    const auto opened = f.sessions.open("k", "n");
    const auto& cookie = opened.set_cookie;
    CHECK(opened.proof.size() == 64);
    CHECK(cookie.find(opened.proof) == std::string::npos);
    CHECK(cookie.starts_with("__Host-agentd="));
    CHECK(cookie.find(';') == std::string("__Host-agentd=").size() + 64);
    for (const char* attribute : {"; Path=/", "; Secure", "; HttpOnly", "; SameSite=Strict"}) {
        CHECK(cookie.find(attribute) != std::string::npos);
    }
    CHECK(cookie.find("Domain") == std::string::npos);
    CHECK(f.sessions.open("k", "n").set_cookie != cookie);
}

TEST_CASE("only the digest of the tokens is kept, and the digest opens nothing") {
    Fixture f;
    const auto opened = f.sessions.open("k", "n");
    const auto found = f.sessions.find(carrying(opened));
    REQUIRE(found);
    CHECK(found->digest == core::sha256(opened.set_cookie.substr(14, 64) + opened.proof).hex());
    CHECK_FALSE(f.sessions.find(carrying({"__Host-agentd=" + found->digest, opened.proof})));
}

TEST_CASE("a session ends after 30 idle minutes") {
    Fixture f;
    const auto opened = f.sessions.open("k", "n");
    f.clock.advance(29min);
    CHECK(f.sessions.find(carrying(opened)));
    f.clock.advance(30min);
    CHECK(f.sessions.find(carrying(opened)));
    f.clock.advance(30min + 1us);
    CHECK_FALSE(f.sessions.find(carrying(opened)));
    CHECK(f.sessions.size() == 0);
}

TEST_CASE("a session ends after 12 hours however busy it is") {
    Fixture f;
    const auto opened = f.sessions.open("k", "n");
    for (int i = 0; i < 36; ++i) {
        f.clock.advance(20min);
        CHECK(f.sessions.find(carrying(opened)));
    }
    f.clock.advance(1us);
    CHECK_FALSE(f.sessions.find(carrying(opened)));
}

TEST_CASE("asking whether a session is alive does not keep it alive") {
    Fixture f;
    const auto opened = f.sessions.open("k", "n");
    const auto session = f.sessions.find(carrying(opened));
    REQUIRE(session);
    f.clock.advance(20min);
    f.sessions.confirm("k");
    CHECK(f.sessions.is_alive(*session));
    f.clock.advance(10min + 1us);
    f.sessions.confirm("k");
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

TEST_CASE("what is long ends where nobody says that the key still counts") {
    Fixture f;
    const auto session = *f.sessions.find(carrying(f.sessions.open("k", "n")));
    f.clock.advance(3min);
    CHECK(f.sessions.is_alive(session));
    f.clock.advance(1us);
    CHECK_FALSE(f.sessions.is_alive(session));
    f.sessions.confirm("k");
    CHECK(f.sessions.is_alive(session));
    f.sessions.doubt("other");
    CHECK(f.sessions.is_alive(session));
    f.sessions.doubt("k");
    CHECK_FALSE(f.sessions.is_alive(session));
    CHECK(f.sessions.is_due(session));
    f.sessions.confirm("k");
    CHECK(f.sessions.is_alive(session));
}
