/// What the worker tells of a goal, and what whoever asked makes of it.
#include "tests/unit/goal/place.hpp"

#include <nlohmann/json.hpp>

using namespace agentd;
using namespace agentd::tests;
using namespace agentd::planners::goal;
using core::Json;

namespace {

std::string code(const Json& told) {
    const auto answer = answer_from_json(told);
    return answer ? "" : answer.problem().code;
}

} // namespace

TEST_CASE("what is told of a goal or a question is read as it was") {
    const Place place;
    for (const char* goal : {"install htop", "on host web, add user bob to the group wheel",
                             "remove nano and install vim for user bob",
                             "open ports 8000-8010 on every host"}) {
        INFO(goal);
        const auto answer = place.read(goal);
        REQUIRE(answer);
        const auto told = answer_from_json(to_json(*answer));
        REQUIRE(told);
        CHECK(said_of(*told) == said_of(*answer));
        CHECK(to_json(*told) == to_json(*answer));
    }
}

TEST_CASE("every example goal is told whole") {
    const Place place;
    for (const std::string& goal : example_goals()) {
        INFO(goal);
        if (const auto answer = place.read(goal)) {
            const auto told = answer_from_json(to_json(*answer));
            REQUIRE(told);
            CHECK(to_json(*told) == to_json(*answer));
        }
    }
}

TEST_CASE("the words about a goal follow from its operations, whatever a worker says") {
    Json told = to_json(*Place().read("install htop"));
    const auto answer = answer_from_json(told);
    REQUIRE(answer);
    CHECK(std::get<Goal>(*answer).title == "Install htop");
    told["readings"][0]["title"] = "Fix a typo";
    CHECK(code(told) == "unknown_field");
}

TEST_CASE("an answer that is not as it has to be is refused") {
    const Json good = to_json(*Place().read("install htop"));
    REQUIRE(code(good).empty());
    const auto with = [&](const char* key, Json value) {
        Json out = good;
        out[key] = std::move(value);
        return code(out);
    };
    CHECK(with("schema", "agentd.goal/2") == "bad_value");
    CHECK(with("more", 1) == "unknown_field");
    CHECK(with("readings", Json::array()) == "bad_value");
    CHECK(with("readings", Json{{"a", 1}}) == "bad_value");
    CHECK(with("readings", Json(std::vector<Json>(9, good["readings"][0]))) == "bad_value");
    CHECK(code(Json::array()) == "bad_value");
    for (const char* request :
         {"null", "[]", R"({"schema":"agentd.ops/2","operations":[]})",
          R"({"schema":"agentd.ops/2","operations":[{"op":"run","option":"a.b"}]})"}) {
        INFO(request);
        Json out = good;
        out["readings"][0]["request"] = Json::parse(request);
        CHECK(!code(out).empty());
    }
}

TEST_CASE("a question says each reading, and how to say just that one") {
    const Place place;
    for (const char* goal :
         {"remove nano and install vim for user bob", "remove nano and install vim in docker.nix",
          "on all hosts, remove nano and install vim in docker.nix", "install docker",
          "install htop and docker", "open ports 80 and 53 udp", "set a.b to on", "turn on a.b.c",
          "proxy example.org to port 3000", "serve /srv/www on example.org"}) {
        const auto read = place.read(goal);
        INFO(goal << (read ? "" : ": " + read.problem().message));
        REQUIRE(read);
        REQUIRE(std::holds_alternative<Question>(*read));
        const Json readings = readings_of(std::get<Question>(*read));
        CHECK(readings.size() == 2);
        for (const Json& one : readings) {
            const auto say = one.at("say").get<std::string>();
            INFO(say);
            CHECK(place.said(say) == say); // one reading, and this one
            CHECK_FALSE(one.at("understood").empty());
        }
    }
}

TEST_CASE("what may mean too much is a question that nobody asks") {
    const Place place;
    CHECK(place.said("install docker, nginx, jellyfin and tailscale") == "!two_readings");
}
