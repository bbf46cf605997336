#include "proposals/nix_words.hpp"
#include "proposals/option_change.hpp"
#include "tests/support/catch.hpp"

using namespace agentd;

namespace {

std::set<std::string> words_of(std::string_view text) {
    std::set<std::string> words;
    proposals::collect_nix_words(text, words);
    return words;
}

} // namespace

TEST_CASE("the words of a Nix text are its names, bare and quoted") {
    const auto words = words_of("{ lib, ... }: { boot.kernel.sysctl.\"net.ipv4.ip_forward\" = 1;\n"
                                "  users.users.alice' = { }; # a-comment\n}");
    for (const char* name : {"lib", "boot", "kernel", "sysctl", "net.ipv4.ip_forward", "users",
                             "alice'", "a-comment"}) {
        INFO(name);
        CHECK(words.contains(name));
    }
    CHECK_FALSE(words.contains("1"));
    CHECK_FALSE(words.contains(" = 1;\n"));
}

TEST_CASE("what cannot be a name is no word: long, broken off, interpolated") {
    CHECK(words_of("\"" + std::string(200, 'x') + "\"").empty());
    CHECK(words_of("\"unended").contains("unended"));
    CHECK_FALSE(words_of("\"a.${b}\"").contains("a.${b}"));
    CHECK(words_of("").empty());
    CHECK(words_of("\"").empty());
}

TEST_CASE("an option is named as it would be written in Nix") {
    CHECK(proposals::option_name({"boot", "kernel", "sysctl", "net.ipv4.ip_forward"}) ==
          "boot.kernel.sysctl.\"net.ipv4.ip_forward\"");
    CHECK(proposals::option_name({"a", "in", "b"}) == "a.\"in\".b");
}
