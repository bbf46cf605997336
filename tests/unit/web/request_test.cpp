#include "tests/support/catch.hpp"
#include "web/request.hpp"

#include <nlohmann/json.hpp>

using namespace agentd;
using web::Method;
using web::parse_target;

TEST_CASE("a target is decoded once") {
    const auto request = parse_target(Method::get, "/proposals/a%20b?all=1&x=%2541&flag");
    REQUIRE(request);
    CHECK(request->path == "/proposals/a b");
    CHECK(request->query.at("all") == "1");
    CHECK(request->query.at("x") == "%41");
    CHECK(request->query.at("flag").empty());
}

TEST_CASE("a date in a header is English, in GMT and in whole seconds") {
    const auto at = [](const char* text) { return web::http_date(*core::parse_instant(text)); };
    CHECK(at("1994-11-06T08:49:37.999999Z") == "Sun, 06 Nov 1994 08:49:37 GMT");
    CHECK(at("2000-02-29T00:00:00.000000Z") == "Tue, 29 Feb 2000 00:00:00 GMT");
    CHECK(at("2026-12-31T23:59:59.000001Z") == "Thu, 31 Dec 2026 23:59:59 GMT");
}

TEST_CASE("a malformed target is nothing") {
    for (const char* target : {"",
                               "proposals",
                               "*",
                               "http://localhost:8484/",
                               "//..",
                               "/a/../b",
                               "/a/%2e%2e/b",
                               "/%2E%2E",
                               "/%",
                               "/%4",
                               "/%zz",
                               "/%00",
                               "/a%00b",
                               "/%ff",
                               "/%c0%ae%c0%ae/",
                               "/%ed%a0%80",
                               "/a%2fb",
                               "/a%2Fb",
                               "/a%0d%0aSet-Cookie:x",
                               "/a%09b",
                               "/a%7f",
                               "/a%5cb",
                               "/a\\b",
                               "/x?a=%",
                               "/x?a=%00",
                               "/x?a=1&a=2",
                               "/x?%61=1&a=2"}) {
        CAPTURE(target);
        CHECK_FALSE(parse_target(Method::get, target));
    }
}

TEST_CASE("a target of more than 2 KiB is nothing") {
    CHECK(parse_target(Method::get, "/" + std::string(2047, 'a')));
    CHECK_FALSE(parse_target(Method::get, "/" + std::string(2048, 'a')));
}

TEST_CASE("a cookie is found by its whole name") {
    web::Request request;
    request.headers["cookie"] = "x__Host-agentd=evil; a=1;__Host-agentd=mine; __Host-agentdx=evil";
    CHECK(request.cookie("__Host-agentd") == "mine");
    CHECK_FALSE(request.cookie("Host-agentd"));
    CHECK_FALSE(request.cookie(""));
}

TEST_CASE("an error keeps hostile words inside its JSON") {
    const auto response = web::error_response(400, "x", "\"},<script>\r\n", "h");
    const auto body = nlohmann::json::parse(response.body);
    CHECK(body["error"]["message"] == "\"},<script>\r\n");
    CHECK(body["error"]["hint"] == "h");
    CHECK(body["error"]["where"].is_null());
}
