#include "tests/unit/nix_syntax/edits.hpp"

using namespace agentd::tests;
using agentd::proposals::nix::EditStyle;

TEST_CASE("an element goes on a line of its own behind the last one's comment") {
    CHECK(add("{\n  a = [\n    2 # two\n    1 # one\n    # end\n  ];\n}\n", "a", "3") ==
          "{\n  a = [\n    2 # two\n    1 # one\n    3\n    # end\n  ];\n}\n");
    CHECK(add("{\n  a = [\n  ];\n}\n", "a", "3") == "{\n  a = [\n    3\n  ];\n}\n");
    CHECK(add("{\n  a = [\n    # none\n  ];\n}\n", "a", "3") ==
          "{\n  a = [\n    # none\n    3\n  ];\n}\n");
    CHECK(add("{\n  a = [ 1\n    2 ];\n}\n", "a", "3") == "{\n  a = [ 1\n    2\n    3 ];\n}\n");
}

TEST_CASE("a list that is in order stays in order, another is not put in order") {
    CHECK(add("{ a = [\n  \"a\"\n  \"c\"\n  \"d\"\n]; }", "a", "\"b\"") ==
          "{ a = [\n  \"a\"\n  \"b\"\n  \"c\"\n  \"d\"\n]; }");
    CHECK(add("{ a = [\n  \"b\"\n  \"c\"\n  \"d\"\n]; }", "a", "\"a\"") ==
          "{ a = [\n  \"a\"\n  \"b\"\n  \"c\"\n  \"d\"\n]; }");
    CHECK(add("{ a = [\n  \"d\"\n  \"c\"\n  \"e\"\n]; }", "a", "\"b\"") ==
          "{ a = [\n  \"d\"\n  \"c\"\n  \"e\"\n  \"b\"\n]; }");
}

TEST_CASE("a list on one line keeps its blanks, or opens where the repository wants it") {
    CHECK(add("{ a = [ 1 ]; }", "a", "2") == "{ a = [ 1 2 ]; }");
    CHECK(add("{ a = [1]; }", "a", "2") == "{ a = [1 2]; }");
    CHECK(add("{ a = [ ]; }", "a", "2") == "{ a = [ 2 ]; }");
    CHECK(add("{ a = []; }", "a", "2") == "{ a = [2]; }");
    CHECK(add("{\n  a = [ 1 ];\n}\n", "a", "2", {.expand_lists = true}) ==
          "{\n  a = [\n    1\n    2\n  ];\n}\n");
    CHECK(add("{ a = [ 1 ]; }", "a", "-2") == "{ a = [ 1 (-2) ]; }");
    CHECK(add("{ a = [ 1 ]; }", "a", "1") == "[nothing to do]");
    CHECK(add("{ a = [ ''x'' ]; }", "a", "\"x\"") == "[nothing to do]");
}

TEST_CASE("a package is spelled as its list does it") {
    const std::string head = "{ pkgs, ... }: { environment.systemPackages = ";
    CHECK(add_package(head + "with pkgs; [ a ]; }", "htop") == head + "with pkgs; [ a htop ]; }");
    CHECK(add_package(head + "[ pkgs.a ]; }", "htop") == head + "[ pkgs.a pkgs.htop ]; }");
    CHECK(add_package(head + "builtins.attrValues { inherit (pkgs) a; }; }", "htop") ==
          head + "builtins.attrValues { inherit (pkgs) a htop; }; }");
    CHECK(add_package(head + "attrValues { inherit (pkgs)\n  a\n  b\n  ; }; }", "htop") ==
          head + "attrValues { inherit (pkgs)\n  a\n  b\n  htop\n  ; }; }");
    CHECK(add_package(head + "[ pkgs.htop ]; }", "htop") == "[nothing to do]");
    CHECK(add_package(head + "with pkgs; [ a ]; }", "python3Packages.x") ==
          head + "with pkgs; [ a python3Packages.x ]; }");
    // What a function or a `let` binds hides what `with` brings.
    CHECK(add_package("{ pkgs, htop, ... }: { environment.systemPackages = with pkgs; [ ]; }",
                      "htop") ==
          "{ pkgs, htop, ... }: { environment.systemPackages = with pkgs; [ pkgs.htop ]; }");
    CHECK(add_package(head + "[ ]; }", "a b") == "[bad_text]");
}

TEST_CASE("a package brings the argument along that it needs") {
    CHECK(add_package("{ ... }: { environment.systemPackages = [ ]; }", "htop") ==
          "{ pkgs, ... }: { environment.systemPackages = [ pkgs.htop ]; }");
    CHECK(add_package("{ lib, ... }:\n{\n  a = 1;\n}\n", "htop") ==
          "{ lib, pkgs, ... }:\n{\n  a = 1;\n  environment.systemPackages = [ pkgs.htop ];\n}\n");
    CHECK(add_package("{\n  environment.systemPackages = [ ];\n}\n", "htop") ==
          "{ pkgs, ... }:\n{\n  environment.systemPackages = [ pkgs.htop ];\n}\n");
    CHECK(add_package("args: { environment.systemPackages = [ ]; }", "htop") == "[no_arguments]");
    CHECK(add_package("{ lib }: { environment.systemPackages = [ ]; }", "htop") ==
          "[closed_arguments]");
    // The innermost function that takes more than it names.
    CHECK(add_package("{ inputs, ... }: { environment = { lib, ... }: { systemPackages = [ ]; }; }",
                      "htop") == "{ inputs, ... }: { environment = { lib, pkgs, ... }: { "
                                 "systemPackages = [ pkgs.htop ]; }; }");
}

TEST_CASE("of joined lists the first unconditional one grows") {
    CHECK(add("{ a = [ 1 ] ++ optionals c [ 2 ]; }", "a", "3") ==
          "{ a = [ 1 3 ] ++ optionals c [ 2 ]; }");
    CHECK(add("{ a = lib.optionals c [ 2 ] ++ [ 1 ]; }", "a", "3") ==
          "{ a = lib.optionals c [ 2 ] ++ [ 1 3 ]; }");
    CHECK(add("{ a = optionals c [ 2 ]; }", "a", "3") == "[conditional]");
    CHECK(add("{ a = optionals c [ 2 ]; }", "a", "3", {.inside_conditions = true}) ==
          "{ a = optionals c [ 2 3 ]; }");
    CHECK(add("{ config = mkIf c { a = optionals d [ 1 ] ++ [ 2 ]; }; }", "a", "3",
              {.inside_conditions = true}) ==
          "{ config = mkIf c { a = optionals d [ 1 ] ++ [ 2 3 ]; }; }");
    CHECK(add("{ a = mkBefore (unique [ 1 ]); }", "a", "3") ==
          "{ a = mkBefore (unique [ 1 3 ]); }");
    CHECK(add("{ a = x ++ [ 1 ]; }", "a", "3") == "{ a = x ++ [ 1 3 ]; }");
}

TEST_CASE("a list in a variable is edited where it is written, or nothing is") {
    CHECK(add("let l = [ 1 ]; in { a = l; }", "a", "2") == "let l = [ 1 2 ]; in { a = l; }");
    CHECK(add("let l = [ 1 ]; in { a = l; b = l; }", "a", "2") == "[variable]");
    CHECK(add("{ l, ... }: { a = l; }", "a", "2") == "[variable]");
    CHECK(add("{ a = import ./l.nix; }", "a", "2") == "[not_a_list]");
    CHECK(add("{ a = 1; }", "a", "2") == "[not_a_list]");
    CHECK(add("let l = l ++ [ ]; in { a = l; }", "a", "2") != "");
}

TEST_CASE("a removed element takes its line and comment; an empty list stays") {
    CHECK(take_out("{ a = [\n  1 # one\n  # two\n  2\n]; }", "a", "1") ==
          "{ a = [\n  # two\n  2\n]; }");
    CHECK(take_out("{ a = [ 1 2 3 ]; }", "a", "2") == "{ a = [ 1 3 ]; }");
    CHECK(take_out("{ a = [ 1 2 ]; }", "a", "1") == "{ a = [ 2 ]; }");
    CHECK(take_out("{ a = [ 1 ]; }", "a", "1") == "{ a = [ ]; }");
    CHECK(take_out("{ a = [1]; }", "a", "1") == "{ a = []; }");
    CHECK(take_out("{ a = [\n  1\n]; }", "a", "1") == "{ a = [ ]; }");
    CHECK(take_out("{ a = [\n  1\n  2 ]; }", "a", "2") == "{ a = [\n  1 ]; }");
    CHECK(take_out("{ a = [\n  1 # x\n  2 ]; }", "a", "2") == "{ a = [\n  1 # x\n  ]; }");
    CHECK(take_out("{ a = [ 1 ] ++ optionals c [ 2 ]; }", "a", "2") == "[conditional]");
    CHECK(take_out("{ a = [ 1 ]; }", "a", "5") == "[absent]");
    CHECK(take_out("{ a = [ \"x\" ]; }", "a", "\"x\"") == "{ a = [ ]; }");
}

TEST_CASE("an element is taken out of every list that has it, as often as it does") {
    CHECK(take_out("{ a = [ 1 2 1 ]; }", "a", "1") == "{ a = [ 2 ]; }");
    CHECK(take_out("{ a = [ 1 1 ]; }", "a", "1") == "{ a = [ ]; }");
    CHECK(take_out("{ a = [\n  1\n  2\n  1 # again\n]; }", "a", "1") == "{ a = [\n  2\n]; }");
    CHECK(take_out("mkMerge [ { a = [ 1 ]; } { a = [ 2 1 ]; } ]", "a", "1") ==
          "mkMerge [ { a = [ ]; } { a = [ 2 ]; } ]");
    CHECK(take_out("{ a = [ 1 ] ++ x ++ [ 3 1 ]; }", "a", "1") == "{ a = [ ] ++ x ++ [ 3 ]; }");
}

TEST_CASE("blanks at the end of a line stay where they are") {
    CHECK(add("{ a = [\n  1   \n]; }", "a", "2") == "{ a = [\n  1   \n  2\n]; }");
    CHECK(add("{ a = [\r\n  1 # x \r\n]; }", "a", "2") == "{ a = [\r\n  1 # x \r\n  2\r\n]; }");
    CHECK(add("{ a = [   \n]; }", "a", "2") == "{ a = [   \n  2\n]; }");
}

TEST_CASE("a list of any length on one line is edited in one pass") {
    std::string line = "{ a = [";
    for (int i = 0; i < 60'000; ++i) {
        line += " 7 " + std::to_string(i % 10 == 7 ? 1 : i % 10);
    }
    const std::string all = line + " ]; }";
    CHECK(add(all, "a", "12") == line + " 12 ]; }");
    CHECK(take_out(all, "a", "7").find('7') == std::string::npos);
}
