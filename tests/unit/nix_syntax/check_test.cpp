#include "proposals/nix/check.hpp"
#include "tests/unit/nix_syntax/support.hpp"

using namespace agentd::proposals::nix;
using agentd::tests::read_nix;

namespace {

std::string broken_by(std::string_view text) {
    const auto found = check(read_nix(text));
    return found ? found->message() : "";
}

} // namespace

TEST_CASE("what is defined twice is told with both places") {
    CHECK(broken_by("{ a.b = 1;\n  a.\"b\" = 2; }") ==
          "line 2, column 3: `a.\"b\"` is defined already at line 1, column 3");
    CHECK(broken_by("x: { inherit (x) a; a.b = 1; }") ==
          "line 1, column 21: `a.b` is defined already at line 1, column 18");
    CHECK(broken_by("f: { a = f { }; a.b = 2; }") != "");
    CHECK(broken_by("let a = 1; a = 2; in a") != "");
    CHECK(broken_by("let { body = { b = 1; b = 2; }; }") != "");
    CHECK(broken_by("[ { a = { b = 1; }; a = { b = 2; }; } ]") != "");
}

TEST_CASE("sets that are written out are merged, however deep") {
    CHECK(broken_by("{ a.b.c = 1; a = { b.d = 2; }; a.b = { e = 3; }; a = rec { f = 4; }; }") ==
          "");
    CHECK(broken_by("{ a = { b = { c = 1; }; }; a = { b = { c = 2; }; }; }") != "");
    CHECK(broken_by("{ ${x}.a = 1; ${x}.a = 2; }") == "");
}

TEST_CASE("the first of several violations is told") {
    const auto found = check(read_nix("{ z = { a = 1; a = 2; }; y = 1; y = 2; }"));
    REQUIRE(found);
    CHECK(found->name == "a");
}

TEST_CASE("arguments have different names, and names that are computed their places") {
    CHECK(broken_by("a@{ b, a }: 1") != "");
    CHECK(broken_by("{ a, b }@c: 1") == "");
    CHECK(check(read_nix("let ${x} = 1; in 2"))->kind == RuleKind::computed_in_let);
    CHECK(check(read_nix("{ inherit \"${x}\"; }"))->kind == RuleKind::computed_in_inherit);
    CHECK(broken_by("{ inherit \"a\" ${\"b\"}; }") == "");
    CHECK(broken_by("let a.${x} = 1; in 2") == "");
}
