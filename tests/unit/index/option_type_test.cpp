#include "evaluator/index/option_type.hpp"

#include "tests/support/catch.hpp"

#include <nlohmann/json.hpp>

using namespace agentd;
using core::Json;
using evaluator::Fit;

namespace {

evaluator::OptionType type(const char* json) {
    return evaluator::option_type_from_json(Json::parse(json));
}

Fit fit(const char* json, const Json& value) {
    return evaluator::fits(type(json), value).fit;
}

constexpr const char* port =
    R"({"n":"unsignedInt16","d":"16 bit unsigned integer; between 0 and 65535 and no more"})";
constexpr const char* ports =
    R"({"n":"listOf","d":"","c":{"elemType":{"n":"unsignedInt16","d":"between 0 and 65535"}}})";

} // namespace

TEST_CASE("a value fits the type that it has, and is told why where it does not") {
    CHECK(fit(R"({"n":"bool"})", true) == Fit::fits);
    CHECK(fit(R"({"n":"bool"})", "true") == Fit::does_not);
    CHECK(fit(port, 22) == Fit::fits);
    CHECK(evaluator::fits(type(port), 80000).why == "80000 is not between 0 and 65535");
    CHECK(evaluator::fits(type(port), "22").why == "\"22\" is not a whole number");
    CHECK(fit(R"({"n":"strMatching \"a*\""})", "b") == Fit::fits); // the pattern is Nix's to judge
    CHECK(fit(R"({"n":"path","d":"absolute path"})", "etc") == Fit::does_not);
    CHECK(fit(R"({"n":"path","d":"path"})", "etc") == Fit::unknown); // of one that may be relative
    CHECK(fit(R"({"n":"path","d":"path"})", 7) == Fit::does_not);
    CHECK(fit(R"({"n":"positiveInt"})", 0) == Fit::does_not);
    CHECK(fit(R"({"n":"intBetween","d":"integer between -3 and 3 and no more"})", -3) == Fit::fits);
}

TEST_CASE("lists and sets are judged by what is in them") {
    CHECK(fit(ports, Json::array({22, 80})) == Fit::fits);
    CHECK(fit(ports, Json::array({22, "80"})) == Fit::does_not);
    CHECK(fit(ports, 22) == Fit::does_not);
    const auto* names = R"({"n":"attrsOf","c":{"elemType":{"n":"str"}}})";
    CHECK(fit(names, Json{{"a", "b"}}) == Fit::fits);
    CHECK(fit(names, Json{{"a", 1}}) == Fit::does_not);
    CHECK(evaluator::below(type(names)).type->name == "str");
}

TEST_CASE("one of several types is enough, and null fits only where it may be") {
    const auto* either = R"({"n":"either","c":{"left":{"n":"bool"},"right":{"n":"int"}}})";
    CHECK(fit(either, 3) == Fit::fits);
    CHECK(fit(either, "x") == Fit::does_not);
    CHECK(fit(either, nullptr) == Fit::does_not);
    CHECK(fit(R"({"n":"nullOr","c":{"elemType":{"n":"str"}}})", nullptr) == Fit::fits);
    CHECK(fit(R"({"n":"nullOr","c":{"elemType":{"n":"str"}}})", 1) == Fit::does_not);
}

TEST_CASE("an enum takes its values and no other") {
    const auto* root = R"({"n":"enum","e":["yes","no"]})";
    CHECK(fit(root, "yes") == Fit::fits);
    CHECK(evaluator::fits(type(root), "never").why == "\"never\" is none of \"yes\", \"no\"");
    CHECK(fit(R"({"n":"enum"})", "yes") == Fit::unknown);
    CHECK(fit(R"({"n":"enum","e":[9223372036854775807]})", 1) == Fit::does_not);
}

TEST_CASE("what cannot be looked into is not known, whatever it says of itself") {
    for (const auto* vague : {R"({"n":"package"})", R"({"n":"anything"})", R"({})", R"(7)",
                              R"({"n":["bool"]})", R"({"n":"submodule"})"}) {
        INFO(vague);
        CHECK(fit(vague, Json::object()) == Fit::unknown);
    }
    std::string deep = R"({"n":"bool"})";
    for (int i = 0; i < 20; ++i) {
        deep = R"({"n":"listOf","c":{"elemType":)" + deep + "}}";
    }
    Json value = "no bool";
    for (int i = 0; i < 20; ++i) {
        value = Json::array({value});
    }
    CHECK(evaluator::fits(type(deep.c_str()), value).fit == Fit::unknown);
}

TEST_CASE("a type is the same after it was written down") {
    for (const auto* one : {ports, R"({"n":"enum","e":["a",1,null]})", R"({"n":"x","f":true})"}) {
        CHECK(evaluator::option_type_from_json(evaluator::to_json(type(one))) == type(one));
    }
}

TEST_CASE("types as releases tell them: what they do not tell is not made up") {
    // coercedTo: of old what it becomes alone, of new both.
    const auto* old =
        R"({"n":"nullOr","c":{"elemType":{"n":"coercedTo","c":{"elemType":{"n":"submodule"}}}}})";
    CHECK(fit(old, "192.168.1.1") == Fit::unknown);
    const auto* coerced =
        R"({"n":"coercedTo","c":{"coercedType":{"n":"str"},"finalType":{"n":"int"}}})";
    CHECK(fit(coerced, "a") == Fit::fits);
    CHECK(fit(coerced, true) == Fit::does_not);
    CHECK(fit(R"({"n":"submodule"})", "/etc/module.nix") == Fit::unknown);
    CHECK(fit(R"({"n":"attrTag"})", Json::object()) == Fit::unknown);
    // The type of a settings file holds itself; it is cut where nobody looks any more.
    const auto* json = R"({"n":"nullOr","c":{"elemType":{"n":"either","c":{"left":{"n":"bool"},
        "right":{"n":"attrsOf","c":{"elemType":{"n":""}}}}}}})";
    const auto settings = type(json);
    const auto first = evaluator::below(settings);
    REQUIRE(first.type != nullptr);
    CHECK(evaluator::below(*first.type).anything);
    for (const auto* open :
         {R"({"n":"attrs"})", R"({"n":"anything"})", R"({"n":"deferredModule"})",
          R"({"n":"functionTo"})", R"({"n":"unique","c":{"elemType":{"n":"attrs"}}})",
          R"({"n":"coercedTo"})", R"({"n":"submodule","f":true})"}) {
        INFO(open);
        CHECK(evaluator::below(type(open)).anything);
    }
    for (const auto* closed : {R"({"n":"bool"})", R"({"n":"listOf"})", R"({"n":"package"})"}) {
        INFO(closed);
        CHECK_FALSE(evaluator::below(type(closed)).anything);
        CHECK(evaluator::below(type(closed)).type == nullptr);
    }
}
