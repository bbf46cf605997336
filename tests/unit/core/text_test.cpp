#include "agentd/core/text.hpp"
#include "tests/support/catch.hpp"

#include <array>

using namespace agentd::core;

TEST_CASE("overlong, surrogate and cut UTF-8 is refused") {
    CHECK(is_utf8("grün ✓ 🙂"));
    CHECK_FALSE(is_utf8("\xC0\xAF"));
    CHECK_FALSE(is_utf8("\xE0\x80\xAF"));
    CHECK_FALSE(is_utf8("\xED\xA0\x80"));
    CHECK_FALSE(is_utf8("\xF4\x90\x80\x80"));
    CHECK_FALSE(is_utf8("\xE2\x82"));
}

TEST_CASE("a bidi override is found with its column and drawn when printed") {
    const std::string line = "a\xE2\x80\xAE"
                             "b";
    const auto found = hidden_code_points(line);
    REQUIRE(found.size() == 1);
    CHECK(found[0] == HiddenCodePoint{.column = 1, .code_point = 0x202E});
    CHECK(printable(line) == "a\\u{202E}b");
}

TEST_CASE("an escape sequence cannot reach the terminal") {
    CHECK(printable("\x1b[2Jx\ry\n") == "\\u{001B}[2Jx\\u{000D}y\n");
    CHECK(printable("\xff") == "\\xFF");
}

TEST_CASE("numbers are whole or nothing") {
    CHECK(parse_integer("65535") == 65535);
    CHECK_FALSE(parse_integer("80x"));
    CHECK_FALSE(parse_integer(""));
    CHECK_FALSE(parse_integer("99999999999999999999"));
}

TEST_CASE("lines need no last line feed, and an empty text has none") {
    CHECK(lines("a\nb\n").size() == 2);
    CHECK(lines("a\nb").size() == 2);
    CHECK(lines("").empty());
    CHECK(lines("\n").size() == 1);
}

TEST_CASE("a misspelt name finds its nearest, and nonsense finds none") {
    const std::array<std::string, 3> names{"ripgrep", "git", "htop"};
    CHECK(nearest("ripgrp", names) == std::vector<std::string>{"ripgrep"});
    CHECK(nearest("qqqqqq", names).empty());
}

TEST_CASE("shortening never cuts a code point") {
    CHECK(shorten("grün", 3) == "gr…");
    CHECK(shorten("grün", 5) == "grün");
}
