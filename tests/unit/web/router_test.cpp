#include "tests/support/catch.hpp"
#include "tests/unit/web/requests.hpp"
#include "web/assets.hpp"

using namespace agentd;
using nlohmann::json;
using test::get;
using test::post;

namespace {

struct Paired : test::Site {
    Paired() { pair(); }
};

struct Expected {
    bool post;
    std::string target;
    std::string method;
    json params;
};

const std::vector<Expected> every_route{
    {false, "/status", "status", json::object()},
    {false, "/generations", "generations", json::object()},
    {false, "/trust", "trust.show", json::object()},
    {false, "/proposals", "list", json::object()},
    {false, "/proposals?all=1", "list", {{"all", true}}},
    {false, "/proposals?all=0", "list", {{"all", false}}},
    {false, "/proposals/7", "show", {{"proposal", "7"}}},
    {false, "/proposals/7/diff", "diff", {{"proposal", "7"}}},
    {false, "/proposals/7/log/build", "log", {{"proposal", "7"}, {"level", "build"}}},
    {false, "/audit?from=3&limit=10", "audit.tail", {{"from", 3}, {"limit", 10}}},
    {false, "/audit/verify", "audit.verify", json::object()},
    {true, "/proposals", "propose", {{"x", 1}}},
    {true, "/proposals/7/statement", "statement", {{"proposal", "7"}, {"x", 1}}},
    {true, "/proposals/7/approve", "approve", {{"proposal", "7"}, {"x", 1}}},
    {true, "/proposals/7/reject", "reject", {{"proposal", "7"}, {"x", 1}}},
    {true, "/proposals/7/withdraw", "withdraw", {{"proposal", "7"}, {"x", 1}}},
    {true, "/proposals/7/apply", "apply", {{"proposal", "7"}, {"x", 1}}},
    {true, "/proposals/7/verify", "verify", {{"proposal", "7"}, {"x", 1}}},
    {true, "/proposals/7/confirm", "confirm", {{"proposal", "7"}, {"x", 1}}},
    {true, "/proposals/7/cancel", "cancel", {{"proposal", "7"}, {"x", 1}}},
    {true, "/observe", "observe", {{"x", 1}}},
    {true, "/freeze", "freeze", {{"x", 1}}},
};

const std::vector<std::string> changing{"run",      "propose", "statement", "approve", "reject",
                                        "withdraw", "apply",   "verify",    "confirm", "cancel",
                                        "observe",  "freeze",  "pair.enrol"};

void check_security_headers(const web::Response& response) {
    const auto csp = test::header(response, "Content-Security-Policy");
    CHECK(csp.find("default-src 'none'") == 0);
    CHECK(csp.find("unsafe") == std::string::npos);
    CHECK(csp.find("frame-ancestors 'none'") != std::string::npos);
    CHECK(csp.find("require-trusted-types-for 'script'") != std::string::npos);
    CHECK(test::header(response, "X-Content-Type-Options") == "nosniff");
    CHECK(test::header(response, "X-Frame-Options") == "DENY");
    CHECK(test::header(response, "Referrer-Policy") == "no-referrer");
    CHECK(test::header(response, "Cross-Origin-Opener-Policy") == "same-origin");
    CHECK(test::header(response, "Cross-Origin-Resource-Policy") == "same-origin");
    CHECK_FALSE(test::header(response, "Permissions-Policy").empty());
}

web::Request accepting(std::string target, const std::string& encoding) {
    auto request = get(target);
    request.headers["accept-encoding"] = encoding;
    return request;
}

/// A hashed file of the page, as the page itself names it.
std::string script_path() {
    const auto index = web::find_asset("/index.html");
    const std::string text(index.value().bytes);
    const auto at = text.find("/assets/");
    return text.substr(at, text.find('"', at) - at);
}

} // namespace

TEST_CASE("every route calls its method with the parameters of path, query and body") {
    for (const auto& route : every_route) {
        CAPTURE(route.target);
        Paired site;
        const auto response = site.send(route.post ? post("/api/v1" + route.target, R"({"x":1})")
                                                   : get("/api/v1" + route.target));
        CHECK(response.status == 200);
        const auto call = site.plane.calls().back();
        CHECK(call.method == route.method);
        CHECK(call.params == route.params);
        CHECK(call.caller.channel == web::Caller::Channel::browser);
        CHECK(call.caller.paired);
        CHECK(call.caller.key_id == "SHA256:phone");
        CHECK(call.caller.name == "alice-phone");
    }
}

TEST_CASE("a proposal with a goal is a run") {
    Paired site;
    site.send(post("/api/v1/proposals", R"({"goal":"install ripgrep"})"));
    CHECK(site.plane.calls().back().method == "run");
}

TEST_CASE("no GET reaches a method that changes anything") {
    Paired site;
    const auto before = site.plane.calls().size();
    for (const auto& route : every_route) {
        if (route.post && route.target != "/proposals") {
            CAPTURE(route.target);
            CHECK(site.send(get("/api/v1" + route.target)).status == 404);
        }
    }
    CHECK(site.plane.calls().size() == before);
    for (const auto& route : every_route) {
        if (!route.post) {
            CHECK(std::find(changing.begin(), changing.end(), route.method) == changing.end());
        }
    }
}

TEST_CASE("what is in the path can be said again neither by a query nor by a body") {
    Paired site;
    const auto before = site.plane.calls().size();
    CHECK(site.send(get("/api/v1/proposals/7?proposal=8")).status == 400);
    CHECK(site.send(get("/api/v1/proposals/7/log/build?level=x")).status == 400);
    CHECK(site.send(post("/api/v1/proposals/7/apply", R"({"proposal":"8"})")).status == 400);
    CHECK(site.plane.calls().size() == before);
}

TEST_CASE("a body that is no JSON object is refused") {
    Paired site;
    const auto before = site.plane.calls().size();
    for (const std::string body :
         {"[]", "1", "null", "{", "{} {}", R"({"a":1,"a":2})", "{\"a\":1.5}", "\xff"}) {
        CAPTURE(body);
        CHECK(site.send(post("/api/v1/observe", body)).status == 400);
    }
    CHECK(
        site.send(post("/api/v1/observe", std::string(100, '[') + std::string(100, ']'))).status ==
        400);
    CHECK(site.plane.calls().size() == before);
}

TEST_CASE("a browser without a session gets nothing but its own state, pairing and login") {
    test::Site site;
    for (const auto& route : every_route) {
        CAPTURE(route.target);
        const auto response =
            site.send(route.post ? post("/api/v1" + route.target) : get("/api/v1" + route.target));
        CHECK(response.status == 403);
        CHECK(json::parse(response.body)["error"]["code"] == "not_paired");
    }
    CHECK(site.send(get("/api/v1/events")).status == 403);
    CHECK(site.plane.calls().empty());
}

TEST_CASE("addresses the API does not have are not found, also those that only look alike") {
    Paired site;
    for (const char* target :
         {"/api/v1/", "/api/v1/statu", "/api/v1/status/", "/api/v1//status", "/api/v1/proposals/7/",
          "/api/v1/proposals/7/diff/x", "/api/v1/mcp", "/api/v1/web/login", "/api/v1/session.login",
          "/api/v1/state.rebuild", "/api/v2/status", "/api/v1", "/api"}) {
        CAPTURE(target);
        CHECK(site.send(get(target)).status == 404);
    }
}

TEST_CASE("an error of the control plane becomes its status, and the words go through") {
    const std::vector<std::pair<std::string, int>> table{
        {"usage", 400},          {"refused", 400},     {"not_found", 404},
        {"denied", 403},         {"presence", 403},    {"used", 403},
        {"bad_signature", 403},  {"unknown_key", 403}, {"stale", 409},
        {"busy", 409},           {"pending", 409},     {"expired", 409},
        {"policy_changed", 409}, {"unavailable", 503}, {"failed", 500},
        {"never heard of", 400}};
    for (const auto& [code, status] : table) {
        CAPTURE(code);
        Paired site;
        site.plane.reply = [&](const auto&, const auto&, const auto& done) {
            done(test::FakePlane::bad(code));
        };
        const auto response = site.send(get("/api/v1/status"));
        CHECK(response.status == status);
        const json expected{
            {"code", code}, {"message", "no"}, {"where", nullptr}, {"hint", nullptr}};
        CHECK(json::parse(response.body)["error"] == expected);
    }
}

TEST_CASE("pairing opens a session only when the control plane enrolled the key") {
    test::Site site;
    site.plane.reply = [](const auto&, const auto&, const auto& done) {
        done(test::FakePlane::bad("bad_token"));
    };
    const auto response = site.send(post("/api/v1/pair", R"({"token":"t"})"));
    CHECK(response.status == 403);
    CHECK(test::header(response, "Set-Cookie").empty());
    CHECK_FALSE(site.plane.calls().back().caller.paired);
}

TEST_CASE(
    "the event stream begins where the browser says it stopped, and lasts as long as the session") {
    Paired site;
    auto request = get("/api/v1/events?since=5");
    CHECK(site.send(request).events_after == 5);
    request.headers["last-event-id"] = "9";
    const auto response = site.send(request);
    CHECK(response.events_after == 9);
    REQUIRE(response.events_while);
    CHECK(response.events_while());
    site.clock.advance(std::chrono::minutes(31));
    CHECK_FALSE(response.events_while());
    for (const char* odd : {"-1", "x", "99999999999999999999", " "}) {
        Paired other;
        auto with = get("/api/v1/events");
        with.headers["last-event-id"] = odd;
        CHECK(other.send(with).events_after == 0);
    }
}

TEST_CASE("the page's views are the page, and everything else is not there") {
    test::Site site;
    for (const char* view : {"/", "/audit", "/machine", "/pair", "/proposals/7", "/index.html"}) {
        CAPTURE(view);
        const auto response = site.send(get(view));
        CHECK(response.status == 200);
        CHECK(test::header(response, "Content-Type").find("text/html") == 0);
        CHECK(test::header(response, "Cache-Control") == "no-cache");
    }
    for (const char* other :
         {"/assets/", "/assets/none.js", "/etc/passwd", "/.git/config", "/favicon.ico"}) {
        CAPTURE(other);
        CHECK(site.send(get(other)).status == 404);
    }
    CHECK(site.send(post("/audit")).status == 405);
}

TEST_CASE(
    "a file of the page is sent once: hashed names for ever, and nothing when it is unchanged") {
    test::Site site;
    const auto path = script_path();
    const auto first = site.send(get(path));
    CHECK(first.status == 200);
    CHECK(test::header(first, "Cache-Control") == "public, max-age=31536000, immutable");
    CHECK(test::header(first, "Vary") == "Accept-Encoding");
    for (const auto& tags : std::vector<std::string>{test::header(first, "ETag"),
                                                     "\"x\", " + test::header(first, "ETag")}) {
        auto again = get(path);
        again.headers["if-none-match"] = tags;
        const auto second = site.send(again);
        CHECK(second.status == 304);
        CHECK(second.body.empty());
        CHECK(test::header(second, "ETag") == test::header(first, "ETag"));
    }
    auto changed = get(path);
    changed.headers["if-none-match"] = "\"x\"";
    CHECK(site.send(changed).status == 200);
}

TEST_CASE("brotli is sent to who takes it, under a tag of its own") {
    test::Site site;
    const auto path = script_path();
    if (web::find_asset(path).value().brotli.empty()) {
        return; // built where there is no brotli
    }
    const auto plain = site.send(get(path));
    const auto small = site.send(accepting(path, "gzip, deflate, br"));
    CHECK(test::header(small, "Content-Encoding") == "br");
    CHECK(small.body.size() < plain.body.size());
    CHECK(test::header(small, "ETag") != test::header(plain, "ETag"));
    for (const char* no : {"", "gzip", "br;q=0", "brotli", "xbr"}) {
        CAPTURE(no);
        CHECK(test::header(site.send(accepting(path, no)), "Content-Encoding").empty());
    }
}

TEST_CASE("every answer carries the security headers, errors as well") {
    Paired site;
    auto wrong_host = get("/");
    wrong_host.headers["host"] = "evil.example";
    auto cross = post("/api/v1/observe");
    cross.headers["sec-fetch-site"] = "cross-site";
    auto put = post("/api/v1/observe");
    put.method = web::Method::other;
    for (const auto& request :
         {get("/"), get(script_path()), get("/nothing"), get("/healthz"), get("/api/v1/session"),
          get("/api/v1/status"), get("/api/v1/events"), get("/api/v1/nothing"),
          post("/api/v1/observe"), post("/api/v1/observe", "["), post("/api/v1/login"), post("/"),
          wrong_host, cross, put}) {
        CAPTURE(request.path);
        check_security_headers(site.send(request));
    }
}

TEST_CASE("answers of the API are kept by nobody") {
    Paired site;
    CHECK(test::header(site.send(get("/api/v1/status")), "Cache-Control") == "no-store");
    CHECK(test::header(site.send(get("/api/v1/session")), "Cache-Control") == "no-store");
    CHECK(test::header(site.send(get("/api/v1/nothing")), "Cache-Control") == "no-store");
}

TEST_CASE("whether the daemon lives can be asked under any name, and says nothing else") {
    test::Site site;
    auto request = get("/healthz");
    request.headers["host"] = "127.0.0.1:8484";
    CHECK(site.send(request).body == "ok\n");
    CHECK(site.send(post("/healthz")).status == 405);
}

TEST_CASE("an answer that comes when the router has gone is harmless") {
    test::FixedClock clock;
    test::FakePlane plane;
    std::vector<web::ControlPlane::Done> waiting;
    plane.reply = [&](const auto&, const auto&, const auto& done) { waiting.push_back(done); };
    int answered = 0;
    {
        web::Router router({.guard = {.origins = {test::own_origin}}}, plane, clock);
        router.handle(post("/api/v1/pair"), [&](const web::Response&) { ++answered; });
    }
    waiting.at(0)(test::FakePlane::good(R"({"key_id":"k","name":"n"})"));
    CHECK(answered == 1);
}
