#include "proposals/nix/names.hpp"
#include "tests/unit/nix_syntax/support.hpp"

using namespace agentd::proposals::nix;
using agentd::tests::read_nix;
using agentd::tests::refused_nix;

namespace {

/// The tree in parentheses: how it was understood.
std::string shape(const Tree& tree, NodeId id) {
    if (tree.first(id) == no_node) {
        return std::string(tree.text(id));
    }
    std::string out = tree.kind(id) == NodeKind::binary
                          ? std::string(tree.text(tree.after_first(id)))
                      : tree.kind(id) == NodeKind::has_attr ? "?"
                      : tree.kind(id) == NodeKind::apply    ? "call"
                      : tree.kind(id) == NodeKind::select   ? "."
                      : tree.kind(id) == NodeKind::invert   ? "!"
                      : tree.kind(id) == NodeKind::negate   ? "neg"
                                                            : "";
    if (tree.kind(id) == NodeKind::attr_path || tree.kind(id) == NodeKind::paren) {
        return std::string(tree.text(id));
    }
    for (const NodeId child : tree.children(id)) {
        out += (out.empty() ? "" : " ") + shape(tree, child);
    }
    return "(" + out + ")";
}

std::string understood(std::string_view text) {
    const Tree tree = read_nix(text);
    return shape(tree, tree.root());
}

} // namespace

TEST_CASE("operators bind as in Nix's table") {
    CHECK(understood("a -> b -> c") == "(-> a (-> b c))");
    CHECK(understood("a || b && c == d") == "(|| a (&& b (== c d)))");
    CHECK(understood("a // b // c") == "(// a (// b c))");
    CHECK(understood("a ++ b ++ c") == "(++ a (++ b c))");
    CHECK(understood("a + b - c * d") == "(- (+ a b) (* c d))");
    CHECK(understood("!a == b") == "(== (! a) b)");
    CHECK(understood("!a + b") == "(! (+ a b))");
    CHECK(understood("a * !b + c") == "(* a (! (+ b c)))");
    CHECK(understood("-a ? b") == "(? (neg a) b)");
    CHECK(understood("a // b ? c.d") == "(// a (? b c.d))");
    CHECK(understood("a < b == true") == "(== (< a b) true)");
    CHECK(understood("f -a") == "(- f a)");
    CHECK(understood("a |> f |> g") == "(|> (|> a f) g)");
    CHECK(understood("g <| f <| a") == "(<| g (<| f a))");
    CHECK(understood("a -> b |> f") == "(|> (-> a b) f)");
}

TEST_CASE("selection is tighter than application, and `or` takes one operand") {
    CHECK(understood("f a.b c") == "(call f (. a b) c)");
    CHECK(understood("a.b or c.d or e") == "(. a b (. c d e))");
    CHECK(understood("f a.b or c d") == "(call f (. a b c) d)");
    CHECK(understood("f or x") == "(call (call f or) x)");
    CHECK(understood("a.or") == "(. a or)");
}

TEST_CASE("a set after a function is an argument, before a colon a pattern") {
    CHECK(read_nix("{ }: 1").kind(read_nix("{ }: 1").root()) == NodeKind::lambda);
    CHECK(read_nix("{ }").kind(0) == NodeKind::set);
    CHECK(understood("f { } { a = 1; }").starts_with("(call f { } "));
    const Tree tree = read_nix("args@{ a, b ? 1, ... }: a");
    const auto parts = tree.children(tree.first(tree.root()));
    REQUIRE(parts.size() == 4);
    CHECK(tree.kind(parts[0]) == NodeKind::binder);
    CHECK(tree.text(parts[2]) == "b ? 1");
    CHECK(tree.kind(parts[3]) == NodeKind::ellipsis);
}

TEST_CASE("every node knows its exact span") {
    const Tree tree = read_nix("# c\n{ a.b = [ 1 ./x ]; inherit (c) d; } # e\n");
    CHECK(tree.text(tree.root()) == "{ a.b = [ 1 ./x ]; inherit (c) d; }");
    const auto items = tree.children(tree.root());
    REQUIRE(items.size() == 2);
    CHECK(tree.text(items[0]) == "a.b = [ 1 ./x ];");
    CHECK(tree.text(tree.after_first(items[0])) == "=");
    CHECK(tree.text(items[1]) == "inherit (c) d;");
    CHECK(tree.position(items[1]) == Position{.line = 2, .column = 20});
}

TEST_CASE("names are the same however they are spelled") {
    const Tree tree = read_nix(R"({ a."b".${"c"}."d\n".${x}."e${x}".${''f''} = 1; })");
    const auto names = path_texts(tree, tree.first(tree.first(tree.root())));
    REQUIRE(names.size() == 7);
    CHECK(names[0] == "a");
    CHECK(names[1] == "b");
    CHECK(names[2] == "c");
    CHECK(names[3] == "d\n");
    CHECK_FALSE(names[4].has_value());
    CHECK_FALSE(names[5].has_value());
    CHECK(names[6] == "f");
}

TEST_CASE("an error says where, what was expected and what stands there") {
    const auto error = refused_nix("{\n  ä = 1;\n}");
    CHECK(error.at == Position{.line = 2, .column = 3});
    CHECK(refused_nix("{ services.nginx.enable = true }").message() ==
          "line 1, column 32: expected `;` after the value of `services.nginx.enable`, found `}`; "
          "`{` of "
          "line 1, column 1 is still open");
    CHECK(
        refused_nix("[ 1\n  2 + 3 ]").message() ==
        "line 2, column 5: expected an element of the list or `]` (an operator or a function needs "
        "parentheses), found `+`");
    CHECK(refused_nix("{ a = \"x;\n}\n").message() ==
          "line 3, column 1: expected the `\"` that ends a string, found the end of the file; `\"` "
          "of line 1, "
          "column 7 is still open");
    const auto problem = refused_nix("{ ä\n").problem("hosts/a.nix");
    CHECK(problem.code == "nix_syntax");
    CHECK(problem.where == "hosts/a.nix:1:3");
}

TEST_CASE("what is hidden in a name is drawn in the error, not printed") {
    CHECK(refused_nix("{ a = 1 \x1b[31m; }").message().find('\x1b') == std::string::npos);
}

TEST_CASE("limits refuse what is too large, too deep or too much") {
    const auto nested = [](std::size_t n) { return std::string(n, '[') + std::string(n, ']'); };
    CHECK(read_nix(nested(999)).size() == 999);
    for (const std::string& text :
         {nested(100000), std::string(100000, '(') + "1", std::string(100000, '!') + "1",
          std::string(100000, '-') + "1"}) {
        CHECK(refused_nix(text).expected == "at most 1000 levels of nesting");
    }
    std::string chain = "1";
    std::string names = "{ a";
    std::string functions;
    for (int i = 0; i < 5000; ++i) {
        chain += " + 1";
        names += ".a";
        functions += "x: ";
    }
    CHECK(refused_nix(chain).expected == "at most 1000 levels of nesting");
    CHECK(refused_nix(names + " = 1; }").expected == "at most 1000 names joined by dots");
    CHECK(refused_nix(functions + "1").expected == "at most 1000 levels of nesting");
    const auto small = parse("[ 1 2 3 ]", {.max_nodes = 3});
    CHECK(std::holds_alternative<SyntaxError>(small));
    const auto large = parse(std::string(100, ' ') + "1", {.max_bytes = 100});
    CHECK(std::get<SyntaxError>(large).expected == "at most 100 bytes");
}
