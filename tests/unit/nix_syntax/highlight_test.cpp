#include "proposals/nix/highlight.hpp"
#include "tests/support/catch.hpp"

#include <string>

using namespace agentd::proposals::nix;

namespace {

std::string kind_of(std::string_view text, std::string_view word) {
    const auto at = text.find(word);
    for (const Colour& colour : highlight(text)) {
        if (colour.start <= at && at < colour.end) {
            return std::string(to_string(colour.kind));
        }
    }
    return "";
}

} // namespace

TEST_CASE("names are coloured by what they do") {
    const std::string_view text =
        "{ lib, ... }@all: x: with lib; { # note\n  services.web = null; inherit (x) port;\n"
        "  t = \"a${user}b\" + ./p/${user} + http://e.x/ ; n = 4; h = lib ? attr; }";
    CHECK(kind_of(text, "lib, ") == "argument");
    CHECK(kind_of(text, "all:") == "argument");
    CHECK(kind_of(text, "x:") == "argument");
    CHECK(kind_of(text, "with") == "keyword");
    CHECK(kind_of(text, "lib; ") == "variable");
    CHECK(kind_of(text, "# note") == "comment");
    CHECK(kind_of(text, "web") == "attribute");
    CHECK(kind_of(text, "null") == "constant");
    CHECK(kind_of(text, "port") == "attribute");
    CHECK(kind_of(text, "\"a$") == "string");
    CHECK(kind_of(text, "${user}b") == "interpolation");
    CHECK(kind_of(text, "user}b") == "variable");
    CHECK(kind_of(text, "./p") == "path");
    CHECK(kind_of(text, "http") == "url");
    CHECK(kind_of(text, "4;") == "number");
    CHECK(kind_of(text, "+ ./p") == "operation");
    CHECK(kind_of(text, "...") == "mark");
    CHECK(kind_of(text, "attr;") == "attribute");
}

TEST_CASE("a text that is no Nix has colours as far as it goes") {
    const std::string_view text = "{ a.b = x: true \n c = \"open";
    CHECK(kind_of(text, "b =") == "attribute");
    CHECK(kind_of(text, "x:") == "argument");
    CHECK(kind_of(text, "true") == "constant");
    CHECK(kind_of(text, "open") == "string");
    CHECK(kind_of("{ a = 1 ^ 2; }", "2") == "broken");
    CHECK(highlight("").empty());
}

TEST_CASE("a text with a NUL byte in it has colours up to that byte, and is broken from there on") {
    for (const std::string before : {"x: ", "x: \"a", "{ a = 1; } # b", "x: ''a"}) {
        const std::string text = before + std::string("\0let", 4);
        const auto colours = highlight(text);
        INFO(before);
        REQUIRE_FALSE(colours.empty());
        CHECK(colours.front().start == 0);
        CHECK(colours.back().start == before.size());
        CHECK(colours.back().end == text.size());
        CHECK(colours.back().kind == ColourKind::broken);
    }
}

TEST_CASE("line by line no colour crosses a line, and none is lost") {
    const std::string text = "{\n  a = ''\n    x ${y}\n\n  ''; /* b\nc */\n}";
    const auto lines = highlight_lines(text);
    REQUIRE(lines.size() == 7);
    CHECK(lines[0].size() == 1);
    CHECK(lines[2].front().start == 0);
    CHECK(lines[2].front().end == 6);
    CHECK(lines[3].empty());
    CHECK(lines[5].front().kind == ColourKind::comment);
    CHECK(lines[5].front().end == 4);
    CHECK(lines[6].front().start == 0);
    CHECK(highlight_lines("a\n").size() == 1);
}
