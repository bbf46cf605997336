#include "proposals/nix/lexer.hpp"
#include "tests/support/catch.hpp"

#include <string>

using namespace agentd::proposals::nix;

namespace {

/// The texts of the tokens.
std::string cut(std::string_view text) {
    std::string out;
    for (const Token& token : lex(text).tokens) {
        if (token.kind != TokenKind::end) {
            out += (out.empty() ? "" : " ") +
                   std::string(text.substr(token.start, token.end - token.start));
        }
    }
    return out;
}

TokenKind only(std::string_view text) {
    const auto lexed = lex(text);
    REQUIRE(lexed.tokens.size() == 2);
    return lexed.tokens.front().kind;
}

bool breaks(std::string_view text) {
    const auto lexed = lex(text);
    return lexed.tokens.size() >= 2 &&
           lexed.tokens[lexed.tokens.size() - 2].kind == TokenKind::broken;
}

} // namespace

TEST_CASE("a path needs a slash that touches both sides") {
    CHECK(only("a/b") == TokenKind::path_text);
    CHECK(only("a.b/c") == TokenKind::path_text);
    CHECK(only("./.") == TokenKind::path_text);
    CHECK(only("-1/2") == TokenKind::path_text);
    CHECK(only("~/x") == TokenKind::path_text);
    CHECK(cut("a / b") == "a / b");
    CHECK(cut("a /b") == "a /b");
    CHECK(cut("a/ b") == "a / b");
    CHECK(cut("a//b") == "a // b");
    CHECK(cut("a.b//c") == "a . b // c");
    CHECK(cut("a//b/c") == "a // b/c");
    CHECK(breaks("a/b/ "));
    CHECK(breaks("a/b//c"));
}

TEST_CASE("a path goes on after an interpolation that touches it") {
    CHECK(cut("./a/${x}.nix") == "./a/ ${ x } .nix");
    CHECK(cut("~/${x}") == "~/ ${ x }");
    CHECK(cut("/${x} y") == "/ ${ x } y");
    CHECK(cut("a/${x}${y} z") == "a/ ${ x } ${ y } z");
    CHECK(cut("a/b//c${x}") == "a/b//c ${ x }");
    CHECK(breaks("./${x}/"));
}

TEST_CASE("a search path holds no blank and names something at both ends") {
    CHECK(only("<nixpkgs/nixos>") == TokenKind::search_path);
    CHECK(cut("a <b> c") == "a <b> c");
    CHECK(cut("a < b > c") == "a < b > c");
    CHECK(cut("<a/>") == "< a / >");
}

TEST_CASE("a URL is a scheme, a colon and something that touches it") {
    CHECK(only("x:y") == TokenKind::uri);
    CHECK(only("git+ssh://host/a?b=c") == TokenKind::uri);
    CHECK(only("a.b-c:d'e") == TokenKind::uri);
    CHECK(cut("x: y") == "x : y");
    CHECK(cut("a_b:c") == "a_b : c");
    CHECK(cut("a_:b/c") == "a_ : b/c");
}

TEST_CASE("numbers are whole, or have a point where Nix takes one") {
    CHECK(only("9223372036854775807") == TokenKind::integer);
    CHECK(breaks("9223372036854775808"));
    CHECK(only("1.") == TokenKind::floating);
    CHECK(only(".5") == TokenKind::floating);
    CHECK(only("1.5E-3") == TokenKind::floating);
    CHECK(cut("00.5") == "00 .5");
    CHECK(cut("1e5") == "1 e5");
    CHECK(cut("1.e") == "1. e");
    CHECK(cut("0.a") == "0 . a");
    CHECK(breaks("1.0e999"));
}

TEST_CASE("a dollar opens an interpolation only before a brace that no dollar guards") {
    CHECK(cut(R"("a${b}c")") == R"(" a ${ b } c ")");
    CHECK(cut(R"("$${b}")") == R"(" $${b} ")");
    CHECK(cut(R"("$$${b}")") == R"(" $$ ${ b } ")");
    CHECK(cut(R"("\${b}")") == R"(" \${b} ")");
    CHECK(cut(R"("$")") == R"(" $ ")");
    CHECK(cut(R"("a\"b")") == R"(" a\"b ")");
    CHECK(breaks("\"a"));
    CHECK(breaks("\"a\\\""));
}

TEST_CASE("the escapes of an indented string do not end it") {
    CHECK(cut("''a''") == "'' a ''");
    CHECK(cut("''''${x}''") == "'' ''${x} ''");
    CHECK(cut("''a'''b''") == "'' a'''b ''");
    CHECK(cut("''''\\${x}''") == "'' ''\\${x} ''");
    CHECK(cut("''$''") == "'' $ ''");
    CHECK(cut("''$${x}''") == "'' $${x} ''");
    CHECK(cut("'' '${x}''") == "''  ' ${ x } ''");
    CHECK(breaks("''a'"));
    CHECK(breaks("'a'"));
}

TEST_CASE("a brace inside an interpolation does not end it") {
    CHECK(cut(R"("${ { a = "}"; } }")") == R"(" ${ { a = " } " ; } } ")");
    CHECK(cut("\"${''${\"}\"}''}\"") == "\" ${ '' ${ \" } \" } '' } \"");
}

TEST_CASE("operators are as long as they can be") {
    CHECK(cut("a->b") == "a- > b");
    CHECK(cut("a ->b") == "a -> b");
    CHECK(cut("a++b") == "a ++ b");
    CHECK(cut("a|>b<|c||d") == "a |> b <| c || d");
    CHECK(cut("a<=b>=c==d!=e&&!f") == "a <= b >= c == d != e && ! f");
    CHECK(cut("{...}") == "{ ... }");
    CHECK(breaks("a | b"));
    CHECK(breaks("a & b"));
    CHECK(breaks("$x"));
}

TEST_CASE("words are keywords only whole") {
    CHECK(only("let") == TokenKind::kw_let);
    CHECK(only("lets") == TokenKind::identifier);
    CHECK(only("let'") == TokenKind::identifier);
    CHECK(only("in-let") == TokenKind::identifier);
    CHECK(only("or") == TokenKind::kw_or);
    CHECK(only("__curPos") == TokenKind::identifier);
    CHECK(cut("if/x") == "if/x");
}

TEST_CASE("comments and blanks are the gaps between tokens") {
    const std::string_view text = "# one\r{ /* two\n*/ a# three\n= 1; }/***/";
    CHECK(cut(text) == "{ a = 1 ; }");
    const auto comments = comments_in(text, 0, 7);
    REQUIRE(comments.size() == 1);
    CHECK(text.substr(comments[0].start, comments[0].end - comments[0].start) == "# one");
    CHECK_FALSE(comments[0].block);
    CHECK(breaks("a /* b"));
}

TEST_CASE("long chains of names and signs are cut in one pass") {
    std::string names = "a";
    for (int i = 0; i < 200000; ++i) {
        names += ".a";
    }
    CHECK(lex(names).tokens.size() == 400002);
    CHECK(lex(std::string(400000, '-')).tokens.size() == 400001);
    CHECK(breaks(std::string("{\0}", 3)));
}
