#include "proposals/render.hpp"

#include "tests/support/catch.hpp"
#include "tests/support/temp_dir.hpp"

#include "agentd/core/fd.hpp"

#include <nlohmann/json.hpp>

#include <cstdlib>
#include <random>

using namespace agentd;
using namespace agentd::proposals;

namespace {

Operations ops(const std::string& list) {
    const auto json =
        core::parse_json(R"({"schema":"agentd.ops/1","host":"web","operations":)" + list + "}");
    REQUIRE(json.has_value());
    auto read = operations_from_json(*json);
    REQUIRE(read.has_value());
    CHECK(to_json(*read) == *json);
    return std::move(read).value();
}

std::string code(const std::string& list) {
    const auto json =
        core::parse_json(R"({"schema":"agentd.ops/1","host":"web","operations":)" + list + "}");
    REQUIRE(json.has_value());
    const auto read = operations_from_json(*json);
    return read ? "ok" : read.problem().code;
}

const std::string hostile = "a\"b\\c${builtins.abort \"x\"}$${y}\n''\t$";

} // namespace

TEST_CASE("operations become one stable module, and later ones are merged into it") {
    const auto first = render_operations(
        std::nullopt,
        ops(R"([{"op":"add_to_list","option":"environment.systemPackages","value":{"package":"ripgrep"}},
        {"op":"set_option","option":"services.redis.enable","value":{"boolean":true}}])"));
    REQUIRE(first.has_value());
    const auto second = render_operations(
        *first,
        ops(R"([{"op":"add_to_list","option":"environment.systemPackages","value":{"package":"htop"}},
        {"op":"unset_option","option":"services.redis.enable"}])"));
    REQUIRE(second.has_value());
    CHECK(second->ends_with(
        "{ pkgs, ... }:\n{\n  environment.systemPackages = [\n    pkgs.htop\n    pkgs.ripgrep\n"
        "  ];\n}\n"));
}

TEST_CASE("whatever a module says is read back, and Nix takes it with the strings unharmed") {
    std::mt19937 random(3);
    HostModule module;
    const std::string alphabet = "ab\"\\${}\n\t'# ;=[]";
    for (int i = 0; i < 200; ++i) {
        std::string text;
        for (auto n = random() % 20; n > 0; --n) {
            text += alphabet[random() % alphabet.size()];
        }
        const auto option = OptionPath::parse("opt" + std::to_string(i) + ".\"x.y\".z").value();
        module.settings.emplace(option, i % 3 == 0   ? Setting(text)
                                        : i % 3 == 1 ? Setting(Items{text, std::int64_t{-5},
                                                                     *PackageAttr::parse("a.b")})
                                                     : Setting(std::int64_t{-i}));
    }
    module.settings.emplace(*OptionPath::parse("hostile"), hostile);
    const std::string text = render(module);
    const auto read = parse_module(text);
    REQUIRE(read.has_value());
    CHECK(*read == module);
    const test::TempDir dir;
    core::write_file_durably(dir / "m.nix", text);
    CHECK(std::system(
              ("/usr/bin/nix-instantiate --parse " + dir / "m.nix" + " >/dev/null").c_str()) == 0);
    core::write_file_durably(dir / "e.nix", "(import ./m.nix { pkgs = { a.b = 1; }; }).hostile");
    REQUIRE(
        std::system(("/usr/bin/nix-instantiate --eval --json " + dir / "e.nix" + " >" + dir / "out")
                        .c_str()) == 0);
    CHECK(nlohmann::json::parse(core::read_file(dir / "out")) == hostile);
}

TEST_CASE("a module that was edited by hand is left alone, with the line that differs") {
    const std::string text = *render_operations(
        std::nullopt, ops(R"([{"op":"set_option","option":"a.b","value":{"integer":1}}])"));
    for (const auto& [from, to] :
         std::vector<std::pair<std::string, std::string>>{{"a.b = 1", "a.b =  1"},
                                                          {"a.b = 1", "a.b = 01"},
                                                          {"1;", "1; # mine"},
                                                          {"1;", "evil;"},
                                                          {"}\n", "}"}}) {
        std::string edited = text;
        edited.replace(edited.rfind(from), from.size(), to);
        const auto read = parse_module(edited);
        REQUIRE_FALSE(read.has_value());
        CHECK(read.problem().code == "edited_by_hand");
        CHECK_FALSE(read.problem().hint.empty());
    }
}

TEST_CASE("what contradicts the module is refused by its reason") {
    const auto problem = [](const std::string& list) {
        const auto text = render_operations(std::nullopt, ops(list));
        return text ? "ok" : text.problem().code;
    };
    CHECK(problem(R"([{"op":"unset_option","option":"a.b"}])") == "not_ours");
    CHECK(problem(R"([{"op":"remove_from_list","option":"a.b","value":{"integer":1}}])") ==
          "not_ours");
    CHECK(
        problem(
            R"([{"op":"set_option","option":"a","value":{"integer":1}},{"op":"add_to_list","option":"a","value":{"integer":1}}])") ==
        "type_conflict");
    CHECK(
        problem(
            R"([{"op":"set_option","option":"a","value":{"integer":1}},{"op":"set_option","option":"a.b","value":{"integer":1}}])") ==
        "path_conflict");
    CHECK(
        problem(
            R"([{"op":"add_to_list","option":"a","value":{"integer":1}},{"op":"remove_from_list","option":"a","value":{"integer":1}}])") ==
        "no_change");
}

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
