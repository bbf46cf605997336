#include "tests/support/catch.hpp"
#include "tests/unit/web/requests.hpp"
#include "web/login.hpp"

#include <set>

using namespace agentd;
using namespace std::chrono_literals;
using test::get;
using test::post;

namespace {

std::string login(const std::string& challenge) {
    return nlohmann::json{
        {"key_id", "SHA256:phone"}, {"challenge", challenge}, {"signature", "c2ln"}}
        .dump();
}

int log_in(test::Site& site, const std::string& challenge) {
    return site.send(post("/api/v1/login", login(challenge))).status;
}

} // namespace

TEST_CASE("challenges are fresh, and good until they are spent") {
    test::FixedClock clock;
    web::Logins logins(clock);
    std::set<std::string> seen;
    for (int i = 0; i < 100; ++i) {
        CHECK(seen.insert(logins.challenge()).second);
    }
    const auto challenge = logins.challenge();
    CHECK(logins.is_good(challenge));
    CHECK(logins.is_good(challenge));
    CHECK(logins.spend(challenge));
    CHECK_FALSE(logins.is_good(challenge));
    CHECK_FALSE(logins.spend(challenge));
}

TEST_CASE("a challenge is good for two minutes") {
    test::FixedClock clock;
    web::Logins logins(clock);
    const auto challenge = logins.challenge();
    clock.advance(1min + 58s);
    CHECK(logins.is_good(challenge));
    clock.advance(2s);
    CHECK_FALSE(logins.is_good(challenge));
    CHECK_FALSE(logins.spend(challenge));
}

TEST_CASE("only challenges of this run, unchanged, are good") {
    test::FixedClock clock;
    web::Logins logins(clock);
    web::Logins other(clock);
    CHECK_FALSE(logins.is_good(other.challenge()));
    const auto challenge = logins.challenge();
    for (std::size_t i = 0; i < challenge.size(); ++i) {
        auto changed = challenge;
        changed[i] = changed[i] == '0' ? '1' : '0';
        CHECK_FALSE(logins.is_good(changed));
    }
    CHECK_FALSE(logins.is_good(""));
    CHECK_FALSE(logins.is_good(challenge + "0"));
    CHECK_FALSE(logins.is_good(challenge.substr(1)));
}

TEST_CASE("a browser that is not paired finds a challenge in its session, a paired one does not") {
    test::Site site;
    CHECK(site.session()["paired"] == false);
    CHECK(site.session()["challenge"].is_string());
    CHECK(site.session()["host"] == "web");
    CHECK(site.session()["separation"] == true);
    site.pair();
    CHECK(site.session()["paired"] == true);
    CHECK(site.session()["key_id"] == "SHA256:phone");
    CHECK(site.session()["name"] == "alice-phone");
    CHECK(site.session()["challenge"].is_null());
}

TEST_CASE("a known key that signed the challenge gets a session") {
    test::Site site;
    const std::string challenge = site.session()["challenge"];
    const auto response = site.send(post("/api/v1/login", login(challenge)));
    CHECK(response.status == 200);
    const auto call = site.plane.calls().back();
    CHECK(call.method == "session.login");
    CHECK_FALSE(call.caller.paired);
    CHECK(call.params == nlohmann::json::parse(login(challenge)));
    site.keep(response);
    CHECK(site.session()["paired"] == true);
}

TEST_CASE("a challenge is good for one login") {
    test::Site site;
    const std::string challenge = site.session()["challenge"];
    CHECK(log_in(site, challenge) == 200);
    const auto again = site.send(post("/api/v1/login", login(challenge)));
    CHECK(again.status == 403);
    CHECK(test::header(again, "Set-Cookie").empty());
}

TEST_CASE("two logins with one challenge at the same moment open one session") {
    test::Site site;
    std::vector<web::ControlPlane::Done> waiting;
    site.plane.reply = [&](const auto&, const auto&, const auto& done) { waiting.push_back(done); };
    const std::string challenge = site.session()["challenge"];
    std::vector<web::Response> answers;
    for (int i = 0; i < 2; ++i) {
        site.router.handle(post("/api/v1/login", login(challenge)),
                           [&](web::Response response) { answers.push_back(std::move(response)); });
    }
    REQUIRE(waiting.size() == 2);
    for (const auto& done : waiting) {
        done(test::FakePlane::good(R"({"key_id":"SHA256:phone","name":"n"})"));
    }
    CHECK(answers.at(0).status == 200);
    CHECK(answers.at(1).status == 403);
    CHECK(test::header(answers.at(1), "Set-Cookie").empty());
}

TEST_CASE("a login that the key did not sign is refused, and the control plane never asked without "
          "a challenge") {
    test::Site site;
    CHECK(log_in(site, "nonsense") == 403);
    CHECK(site.plane.calls().empty());
    site.plane.reply = [](const auto&, const auto&, const auto& done) {
        done(test::FakePlane::bad("bad_signature"));
    };
    const std::string challenge = site.session()["challenge"];
    const auto response = site.send(post("/api/v1/login", login(challenge)));
    CHECK(response.status == 403);
    CHECK(test::header(response, "Set-Cookie").empty());
}

TEST_CASE("logins that fail, however many, keep nobody else out") {
    test::Site site;
    bool good = false;
    site.plane.reply = [&](const auto&, const auto&, const auto& done) {
        done(good ? test::FakePlane::good(R"({"key_id":"k","name":"n"})")
                  : test::FakePlane::bad("bad_signature"));
    };
    for (int i = 0; i < 100; ++i) {
        CHECK(log_in(site, site.session()["challenge"]) == 403);
    }
    good = true;
    CHECK(log_in(site, site.session()["challenge"]) == 200);
}

TEST_CASE("a login with anything missing, added or of another type is refused") {
    test::Site site;
    const std::string challenge = site.session()["challenge"];
    for (const std::string& body : std::vector<std::string>{
             "", "[]", "{", "null", R"({"key_id":"k"})",
             R"({"key_id":1,"challenge":")" + challenge + R"(","signature":"s"})",
             R"({"key_id":"k","challenge":")" + challenge +
                 R"(","signature":"s","name":"root"})"}) {
        CAPTURE(body);
        CHECK(site.send(post("/api/v1/login", body)).status == 400);
    }
    CHECK(site.plane.calls().empty());
}

TEST_CASE("once a minute the key of a session is looked up again") {
    test::Site site;
    site.pair();
    site.send(get("/api/v1/status"));
    CHECK(site.plane.calls().back().method == "status");
    CHECK(site.plane.calls().size() == 2);
    site.clock.advance(60s);
    CHECK(site.send(get("/api/v1/status")).status == 200);
    CHECK(site.plane.calls().size() == 4);
    CHECK(site.plane.calls()[2].method == "session.check");
    CHECK(site.send(get("/api/v1/status")).status == 200);
    CHECK(site.plane.calls().size() == 5);
}

TEST_CASE("a key that was taken off the machine loses its session before anything is done for it") {
    test::Site site;
    site.pair();
    site.plane.reply = [](const auto& call, const auto&, const auto& done) {
        done(call.method == "session.check" ? test::FakePlane::bad("unknown_key")
                                            : test::FakePlane::good("{}"));
    };
    site.clock.advance(60s);
    CHECK(site.send(post("/api/v1/proposals/1/apply")).status == 403);
    CHECK(site.plane.calls().back().method == "session.check");
    CHECK(site.session()["paired"] == false);
}

TEST_CASE("a key that cannot be looked up just now keeps its session and gets nothing") {
    test::Site site;
    site.pair();
    site.clock.advance(60s);
    site.plane.reply = [](const auto&, const auto&, const auto& done) {
        done(test::FakePlane::bad("unavailable"));
    };
    CHECK(site.send(get("/api/v1/status")).status == 503);
    CHECK(site.session()["paired"] == true);
}
