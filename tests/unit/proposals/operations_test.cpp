#include "proposals/plan/request.hpp"

#include "tests/support/catch.hpp"

#include <nlohmann/json.hpp>

using namespace agentd;
using namespace agentd::proposals;

namespace {

std::string code(const std::string& list) {
    const auto json =
        core::parse_json(R"({"schema":"agentd.ops/1","host":"web","operations":)" + list + "}");
    REQUIRE(json.has_value());
    const auto read = plan::request_from_json(*json);
    return read ? "ok" : read.problem().code;
}

} // namespace

TEST_CASE("an operation that is not exactly of the schema is refused") {
    CHECK(code(R"([{"op":"set_option","option":"a.b","value":{"boolean":true}}])") == "ok");
    CHECK(code(R"([])") == "bad_value");
    CHECK(code(R"([{"op":"run","option":"a"}])") == "bad_value");
    CHECK(code(R"([{"op":"unset_option","option":"a","value":{"null":true}}])") == "bad_value");
    CHECK(code(R"([{"op":"set_option","option":"a"}])") == "bad_value");
    CHECK(code(R"([{"op":"set_option","option":"a","value":{"boolean":true,"integer":1}}])") ==
          "bad_value");
    CHECK(code(R"([{"op":"add_to_list","option":"a","value":{"strings":["x"]}}])") == "bad_value");
    CHECK(code(R"([{"op":"set_option","option":"a","value":{"package":"x; evil"}}])") ==
          "bad_package");
    CHECK(code(R"([{"op":"set_option","option":"a","value":{"string":"x\r"}}])") == "control_char");
    CHECK(code(R"([{"op":"set_option","option":"a","value":{"string":"x\u202e"}}])") ==
          "hidden_unicode");
    CHECK(code(R"([{"op":"set_option","option":"a","value":{"boolean":true},"more":1}])") ==
          "unknown_field");
    for (const char* option : {"", ".", "a.", ".a", "a..b", "a b", "${x}", "\\\"${x}\\\"", "let",
                               "1a", "a.\\\"b", "a=1;b"}) {
        CHECK(code(R"([{"op":"unset_option","option":")" + std::string(option) + "\"}]") ==
              "bad_option");
    }
    std::string many = "[";
    for (int i = 0; i < 65; ++i) {
        many += std::string(i == 0 ? "" : ",") + R"({"op":"unset_option","option":"a"})";
    }
    CHECK(code(many + "]") == "too_many");
}

TEST_CASE("an option path is written with quotes only where Nix needs them") {
    CHECK(OptionPath::parse("a.\"b\".\"c.d\".\"if\"")->str() == "a.b.\"c.d\".\"if\"");
    CHECK(OptionPath::parse("a.b")->is_prefix_of(*OptionPath::parse("a.b.c")));
    CHECK_FALSE(OptionPath::parse("a.b")->is_prefix_of(*OptionPath::parse("a.bc")));
}
