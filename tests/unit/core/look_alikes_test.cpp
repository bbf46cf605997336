#include "agentd/core/look_alikes.hpp"
#include "tests/support/catch.hpp"

using namespace agentd;

namespace {

std::vector<std::size_t> columns(std::string_view line) {
    std::vector<std::size_t> found;
    for (const auto& mark : core::deceiving_code_points(line)) {
        found.push_back(mark.column);
    }
    return found;
}

} // namespace

TEST_CASE("a letter that looks like an ASCII one is marked where it stands in for it") {
    CHECK(columns("p\u0430ypal.enable") == std::vector<std::size_t>{1});
    CHECK(columns("\u0441\u0440.\u0430") == std::vector<std::size_t>{0, 1, 3});
    CHECK(columns("x = \"\u0391B\"; # \u03bf") == std::vector<std::size_t>{5, 12});
    CHECK(core::deceiving_code_points("p\u0430y")[0].code_point == 0x430);
}

TEST_CASE("words of their own script are innocent, next to others too") {
    CHECK(columns("# сервер nginx-сервер для почты, größe, 日本, שלום").empty());
    CHECK(columns("όνομα του διακομιστή").empty());
}

TEST_CASE("what is drawn as a space, a slash, a semicolon or another letter's shape is marked") {
    CHECK(columns("a\u00a0b\u2215c\u037e\uff41\U0001d41a") ==
          std::vector<std::size_t>{1, 3, 5, 6, 7});
}

TEST_CASE("what hides is marked with them, in order, and bad bytes keep the columns right") {
    CHECK(columns("\u202ep\u0430\u200b") == std::vector<std::size_t>{0, 2, 3});
    CHECK(columns("\xff"
                  "p\u0430") == std::vector<std::size_t>{0, 2});
    CHECK(columns("").empty());
}
