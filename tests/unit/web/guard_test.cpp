#include "tests/support/catch.hpp"
#include "tests/unit/web/requests.hpp"

using namespace agentd;
using test::get;
using test::post;

namespace {

const web::Guard guard{.origins = {test::own_origin, "https://box.example"}};

int status(const web::Request& request) {
    const auto refused = guard.refuse(request);
    return refused ? refused->status : 200;
}

web::Request with(web::Request request, const std::string& name, const std::string& value) {
    request.headers[name] = value;
    return request;
}

web::Request without(web::Request request, const std::string& name) {
    request.headers.erase(name);
    return request;
}

} // namespace

TEST_CASE("a request for the page's own host goes on") {
    CHECK(status(get("/")) == 200);
    CHECK(status(post("/api/v1/observe")) == 200);
    CHECK(status(with(get("/"), "host", "box.example")) == 200);
}

TEST_CASE("a request for any other host is answered with 421, so that a name bound anew reaches "
          "nothing") {
    for (const char* host : {"", "evil.example", "127.0.0.1:8484", "localhost", "localhost:8485",
                             "localhost:8484.evil.example", "evil@localhost:8484", "[::1]:8484",
                             "http://localhost:8484", "localhost:8484 "}) {
        CAPTURE(host);
        CHECK(status(with(get("/api/v1/status"), "host", host)) == 421);
        CHECK(status(with(post("/api/v1/observe"), "host", host)) == 421);
    }
    CHECK(status(without(get("/"), "host")) == 421);
}

TEST_CASE("a post from another site, or another port of this host, is refused") {
    for (const char* site :
         {"cross-site", "same-site", "none", "same-origin, cross-site", "SAME-ORIGIN"}) {
        CAPTURE(site);
        CHECK(status(with(post("/x"), "sec-fetch-site", site)) == 403);
    }
    for (const char* origin : {"null", "http://localhost:8485", "https://localhost:8484",
                               "http://localhost:8484.evil.example", "http://evil.example"}) {
        CAPTURE(origin);
        CHECK(status(with(post("/x"), "origin", origin)) == 403);
        CHECK(status(with(without(post("/x"), "sec-fetch-site"), "origin", origin)) == 403);
    }
}

TEST_CASE("a post that says neither its site nor its origin is refused") {
    CHECK(status(without(without(post("/x"), "sec-fetch-site"), "origin")) == 403);
    CHECK(status(without(post("/x"), "sec-fetch-site")) == 200);
    CHECK(status(without(post("/x"), "origin")) == 200);
}

TEST_CASE("a post without the page's own header is refused") {
    CHECK(status(without(post("/x"), "x-agentd")) == 403);
    CHECK(status(with(post("/x"), "x-agentd", "0")) == 403);
    CHECK(status(with(post("/x"), "x-agentd", "1, 1")) == 403);
}

TEST_CASE("only JSON is read") {
    for (const char* type :
         {"", "text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x",
          "application/jsonp", "text/plain; application/json"}) {
        CAPTURE(type);
        CHECK(status(with(post("/x"), "content-type", type)) == 415);
    }
    CHECK(status(with(post("/x"), "content-type", "application/json; charset=utf-8")) == 200);
}

TEST_CASE("other methods than GET and POST are answered with 405, which says what is spoken") {
    auto request = post("/api/v1/observe");
    request.method = web::Method::other;
    const auto refused = guard.refuse(request);
    REQUIRE(refused);
    CHECK(refused->status == 405);
    CHECK(test::header(*refused, "Allow") == "GET, POST");
}
