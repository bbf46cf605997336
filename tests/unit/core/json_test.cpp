#include "agentd/core/json.hpp"
#include "tests/support/catch.hpp"

#include <nlohmann/json.hpp>

using namespace agentd::core;

TEST_CASE("JSON that two readers could take differently is refused") {
    CHECK(parse_json(R"({"a":1})"));
    CHECK_FALSE(parse_json(R"({"a":1,"a":2})"));
    CHECK_FALSE(parse_json(R"({"a":1.5})"));
    CHECK_FALSE(parse_json(R"({"a":1e3})"));
    CHECK_FALSE(parse_json(R"({"a":9007199254740992})"));
    CHECK(parse_json(R"({"a":-9007199254740991})"));
    CHECK_FALSE(parse_json(R"({"a":1} x)"));
    CHECK_FALSE(parse_json("\"\xff\""));
    CHECK_FALSE(parse_json(std::string(100, '[') + std::string(100, ']')));
    CHECK_FALSE(parse_json(std::string(2000, ' '), {.bytes = 1000}));
}

TEST_CASE("canonical form sorts keys and keeps UTF-8") {
    CHECK(canonical(*parse_json(R"({ "b" : "ü", "a" : [1, null] })")) == R"({"a":[1,null],"b":"ü"})");
}

TEST_CASE("a reader names the first field that is wrong, and any it was not asked for") {
    const Json value = *parse_json(R"({"name":"x","port":70000,"extra":1})");
    ObjectReader wrong(value, "thing");
    CHECK(wrong.text("name") == "x");
    wrong.integer("port", 0, 65535);
    CHECK(wrong.finish().problem().message ==
          "thing: `port` has to be a whole number from 0 to 65535");

    ObjectReader extra(value, "thing");
    extra.text("name");
    extra.integer("port", 0, 100000);
    CHECK(extra.finish().problem().code == "unknown_field");

    ObjectReader missing(value, "thing");
    missing.text("title");
    CHECK(missing.finish().problem().message == "thing: `title` is missing");
}
