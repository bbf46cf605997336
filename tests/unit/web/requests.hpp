/// @file
/// Requests as the page would send them, a router to send them to, and what it answered.
#pragma once

#include "tests/support/fixed_clock.hpp"
#include "tests/unit/web/fake_plane.hpp"
#include "web/router.hpp"

#include <optional>

namespace agentd::test {

inline const std::string own_host = "localhost:8484";
inline const std::string own_origin = "http://" + own_host;

inline web::Request get(const std::string& target) {
    auto request = web::parse_target(web::Method::get, target).value();
    request.headers["host"] = own_host;
    return request;
}

inline web::Request post(const std::string& target, std::string body = "{}") {
    auto request = web::parse_target(web::Method::post, target).value();
    request.headers = {{"host", own_host},
                       {"origin", own_origin},
                       {"sec-fetch-site", "same-origin"},
                       {"content-type", "application/json"},
                       {"x-agentd", "1"}};
    request.body = std::move(body);
    return request;
}

inline std::string header(const web::Response& response, std::string_view name) {
    for (const auto& [key, value] : response.headers) {
        if (key == name) {
            return value;
        }
    }
    return {};
}

/// A router with a fake behind it; every request is answered before `send` returns.
struct Site {
    FixedClock clock{};
    FakePlane plane{};
    web::Router router{
        {.guard = {.origins = {own_origin}}, .entrance = {.host = "web", .separation = true}},
        plane,
        clock};
    std::string cookie{};
    std::string proof{};

    web::Response send(web::Request request) {
        if (!cookie.empty()) {
            request.headers.emplace("cookie", cookie);
            request.headers.emplace("x-agentd-session", proof);
        }
        std::optional<web::Response> answer;
        router.handle(request, [&](web::Response response) { answer = std::move(response); });
        return answer.value();
    }
    /// Pairs; from then on requests are of that session.
    void pair() { keep(send(post("/api/v1/pair", R"({"token":"t","spki":"s","label":"l"})"))); }
    /// From then on requests carry what this answer to a pairing or a login gave.
    void keep(const web::Response& response) {
        const auto set = header(response, "Set-Cookie");
        cookie = set.substr(0, set.find(';'));
        proof = nlohmann::json::parse(response.body).at("session");
    }
    nlohmann::json session() { return nlohmann::json::parse(send(get("/api/v1/session")).body); }
};

} // namespace agentd::test
