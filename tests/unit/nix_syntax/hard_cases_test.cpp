/// The table of hard cases, as far as it is about one file: a row, a test.
#include "tests/unit/nix_syntax/edits.hpp"

using namespace agentd::tests;
namespace nix = agentd::proposals::nix;

namespace {

std::string import(std::string_view text, const std::string& relative,
                   const std::string& from_root = "x") {
    return outcome(nix::add_import(read_nix(text), {.relative = relative, .from_root = from_root}));
}
std::string input_url(std::string_view text, std::string_view name, std::string_view url) {
    return outcome(nix::set_input_url(read_nix(text), name, url));
}

} // namespace

TEST_CASE("row: value exists, literal") {
    CHECK(set("{ a.b = 1; }", "a.b", "2") == "{ a.b = 2; }");
    for (const std::string around :
         {"lib.mkDefault ", "mkForce ", "lib.mkOverride 900 ", "lib.mkBefore ", "mkAfter "}) {
        CHECK(set("{ a = " + around + "\"x\"; }", "a", "\"y\"") == "{ a = " + around + "\"y\"; }");
    }
    CHECK(set("{ a = lib.mkDefault 1; }", "a", "-2") == "{ a = lib.mkDefault (-2); }");
    CHECK(set("{ a = (lib.mkDefault (1)); }", "a", "2") == "{ a = (lib.mkDefault (2)); }");
}

TEST_CASE("row: value exists under mkIf, optionalAttrs, an if-branch") {
    for (const std::string text : {"{ config = lib.mkIf c { a = 1; }; }", "{ a = lib.mkIf c 1; }",
                                   "lib.optionalAttrs c { a = 1; }", "{ a = if c then 1 else 3; }",
                                   "if c then { a = 1; } else { }"}) {
        CAPTURE(text);
        CHECK(set(text, "a", "2") == "[conditional]");
    }
    CHECK(set("{ config = lib.mkIf c { a = 1; }; }", "a", "2", {.inside_conditions = true}) ==
          "{ config = lib.mkIf c { a = 2; }; }");
}

TEST_CASE("row: value is a variable") {
    CHECK(set("let zone = \"A\"; in { a = zone; }", "a", "\"B\"") ==
          "let zone = \"B\"; in { a = zone; }");
    CHECK(set("let zone = \"A\"; in { a = zone; b = zone; }", "a", "\"B\"") == "[variable]");
    CHECK(set("{ vars, ... }: { a = vars.zone; }", "a", "\"B\"") == "[variable]");
    const auto edit =
        nix::set_value(read_nix("{ vars, ... }: {\n  a = vars.zone;\n}"), names("a"), "1");
    REQUIRE_FALSE(edit);
    CHECK(edit.problem().where == "2:7");
}

TEST_CASE("row: path absent, sibling prefix exists") {
    CHECK(insert("{\n  services.a.enable = true;\n  services.b.enable = true;\n  x = 1;\n}\n",
                 "services.b.port", "1") ==
          "{\n  services.a.enable = true;\n  services.b.enable = true;\n  services.b.port = 1;\n"
          "  x = 1;\n}\n");
    CHECK(insert("{\n  services = {\n    b = {\n      enable = true;\n    };\n  };\n  x = 1;\n}\n",
                 "services.b.port", "1") ==
          "{\n  services = {\n    b = {\n      enable = true;\n      port = 1;\n    };\n  };\n"
          "  x = 1;\n}\n");
}

TEST_CASE("row: services = { } and services.x are both there") {
    const std::string both =
        "{\n  services = {\n    a.enable = true;\n  };\n  services.b.enable = true;\n}\n";
    CHECK(insert(both, "services.c.enable", "true") ==
          "{\n  services = {\n    a.enable = true;\n    c.enable = true;\n  };\n"
          "  services.b.enable = true;\n}\n");
}

TEST_CASE("row: a call, an inherit or a computed name beside a.b in one file") {
    CHECK(insert("{ a = f { }; }", "a.b", "1") == "[opaque]");
    CHECK(insert("{ inherit a; }", "a.b", "1") == "[inherited]");
    CHECK(insert("{ inherit (x) a; }", "a.b", "1") == "[inherited]");
    // What Nix takes.
    CHECK(insert("{ a.b = 1; a = { c = 2; }; }", "a.d", "3") ==
          "{ a.b = 1; a = { c = 2; d = 3; }; }");
    CHECK(insert("{ a = { c = 2; }; a.b = 1; }", "a.d", "3") ==
          "{ a = { c = 2; d = 3; }; a.b = 1; }");
    CHECK(insert("{ a = lib.mkIf c { b = 1; }; }", "a.d", "3") == "[conditional]");
}

TEST_CASE("row: list, multi-line") {
    CHECK(add("{\n  a = [\n    # first\n    b # of b\n    a\n    c # of c\n  ];\n}\n", "a", "d") ==
          "{\n  a = [\n    # first\n    b # of b\n    a\n    c # of c\n    d\n  ];\n}\n");
    CHECK(add("{\n  a = [ b\n        c ];\n}\n", "a", "d") ==
          "{\n  a = [ b\n        c\n        d ];\n}\n");
    CHECK(add("{\n  a = [\n    a\n    c\n    d\n  ];\n}\n", "a", "b") ==
          "{\n  a = [\n    a\n    b\n    c\n    d\n  ];\n}\n");
}

TEST_CASE("row: list on one line, with blanks or without, or empty") {
    CHECK(add("{ a = [ x ]; }", "a", "y") == "{ a = [ x y ]; }");
    CHECK(add("{ a = [x]; }", "a", "y") == "{ a = [x y]; }");
    CHECK(add("{ a = [ ]; }", "a", "y") == "{ a = [ y ]; }");
    CHECK(add("{ a = []; }", "a", "y") == "{ a = [y]; }");
    CHECK(add("{\n  a = [ x ];\n}\n", "a", "y", {.expand_lists = true}) ==
          "{\n  a = [\n    x\n    y\n  ];\n}\n");
}

TEST_CASE("row: with pkgs, pkgs.x, attrValues") {
    const std::string head = "{ pkgs, ... }: { environment.systemPackages = ";
    CHECK(add_package(head + "with pkgs; [ a ]; }", "htop") == head + "with pkgs; [ a htop ]; }");
    CHECK(add_package(head + "[ pkgs.a ]; }", "htop") == head + "[ pkgs.a pkgs.htop ]; }");
    CHECK(add_package(head + "attrValues { inherit (pkgs) a; }; }", "htop") ==
          head + "attrValues { inherit (pkgs) a htop; }; }");
    // A name that a `let` brings is spelled as its neighbours are.
    CHECK(add_package("{ pkgs, ... }: let unstable = import ./u.nix; in { "
                      "environment.systemPackages = with pkgs; [ unstable.a b ]; }",
                      "unstable.htop") ==
          "{ pkgs, ... }: let unstable = import ./u.nix; in { environment.systemPackages = with "
          "pkgs; [ unstable.a b unstable.htop ]; }");
}

TEST_CASE("row: a list joined with others, some under a condition") {
    CHECK(add("{ a = lib.optionals c [ x ] ++ [ y ] ++ f z; }", "a", "w") ==
          "{ a = lib.optionals c [ x ] ++ [ y w ] ++ f z; }");
    CHECK(add("{ a = lib.optionals c [ x ]; }", "a", "w") == "[conditional]");
    CHECK(add("{ a = lib.optionals c [ x ]; }", "a", "w", {.inside_conditions = true}) ==
          "{ a = lib.optionals c [ x w ]; }");
}

TEST_CASE("row: package list from a variable or another file") {
    CHECK(add_package("{ pkgs, ... }: let l = with pkgs; [ a ]; in { environment.systemPackages = "
                      "l; }",
                      "htop") ==
          "{ pkgs, ... }: let l = with pkgs; [ a htop ]; in { environment.systemPackages = l; }");
    CHECK(add_package("{ pkgs, ... }: { environment.systemPackages = import ./p.nix pkgs; }",
                      "htop") == "[not_a_list]");
    CHECK(add_package("{ shared, ... }: { environment.systemPackages = shared.packages; }",
                      "htop") == "[not_a_list]");
}

TEST_CASE("row: remove an element or a binding alone on its line") {
    CHECK(take_out("{\n  a = [\n    # tools\n    x # of x\n    y\n  ];\n}\n", "a", "x") ==
          "{\n  a = [\n    # tools\n    y\n  ];\n}\n");
    CHECK(remove("{\n  # a thing\n  a = 1; # one\n\n  b = 2;\n}\n", "a") ==
          "{\n  # a thing\n\n  b = 2;\n}\n");
}

TEST_CASE("row: remove the last element") {
    CHECK(take_out("{ a = [ x ]; }", "a", "x") == "{ a = [ ]; }");
    CHECK(take_out("{\n  a = [\n    x\n  ];\n}\n", "a", "x") == "{\n  a = [ ];\n}\n");
}

TEST_CASE("row: CRLF, tabs, no final newline") {
    CHECK(insert("{\r\n  a.b = 1;\r\n}", "a.c", "2") == "{\r\n  a.b = 1;\r\n  a.c = 2;\r\n}");
    CHECK(insert("{\n\ta = {\n\t\tb = 1;\n\t};\n}", "a.c", "2") ==
          "{\n\ta = {\n\t\tb = 1;\n\t\tc = 2;\n\t};\n}");
    CHECK(add("{\r\n\ta = [\r\n\t\tx\r\n\t];\r\n}", "a", "y") ==
          "{\r\n\ta = [\r\n\t\tx\r\n\t\ty\r\n\t];\r\n}");
}

TEST_CASE("row: formals lack pkgs or lib") {
    const auto formal = [](std::string_view text) {
        return outcome(nix::add_formal(read_nix(text), "pkgs"));
    };
    CHECK(formal("{ lib, ... }: { }") == "{ lib, pkgs, ... }: { }");
    CHECK(formal("{\n  lib,\n  ...\n}:\n{ }") == "{\n  lib,\n  pkgs,\n  ...\n}:\n{ }");
    CHECK(formal("{ lib\n, ...\n}:\n{ }") == "{ lib\n, pkgs\n, ...\n}:\n{ }");
    CHECK(formal("{ ... }: { }") == "{ pkgs, ... }: { }");
    CHECK(formal("{ }\n") == "{ pkgs, ... }:\n{ }\n");
    CHECK(formal("_: { }") == "{ pkgs, ... }: { }");
    CHECK(formal("_: {\n  a = 1;\n}\n") == "{ pkgs, ... }: {\n  a = 1;\n}\n");
    CHECK(formal("args: { }") == "[no_arguments]");
    CHECK(formal("{ lib }: { }") == "[closed_arguments]");
}

TEST_CASE("row: imports that are literal, mapped, flattened or joined") {
    CHECK(import("{ imports = [ ./a.nix ]; }", "./b.nix") == "{ imports = [ ./a.nix ./b.nix ]; }");
    CHECK(import("{ imports = map lib.custom.relativeToRoot [ \"hosts/a.nix\" ]; }", "../b.nix",
                 "hosts/b.nix") ==
          "{ imports = map lib.custom.relativeToRoot [ \"hosts/a.nix\" \"hosts/b.nix\" ]; }");
    CHECK(import("{ imports = lib.flatten [ ./a.nix (map f [ \"x\" ]) ]; }", "./b.nix") ==
          "{ imports = lib.flatten [ ./a.nix (map f [ \"x\" ]) ./b.nix ]; }");
    CHECK(import("{ imports = [ ./a.nix ] ++ more; }", "./b.nix") ==
          "{ imports = [ ./a.nix ./b.nix ] ++ more; }");
    CHECK(import("{ imports = scan ./.; }", "./b.nix") == "[discovered]");
    CHECK(import("{ imports = [ (tree ./modules) ]; }", "./b.nix") ==
          "{ imports = [ (tree ./modules) ./b.nix ]; }");
}

TEST_CASE("row: a flake.nix that a program writes") {
    CHECK(input_url("# DO-NOT-EDIT. This file was auto-generated.\n{ inputs.a.url = \"b:c/d\"; }",
                    "a", "b:c/e") == "[generated]");
}

TEST_CASE("row: the address of an input, quoted or bare") {
    CHECK(input_url("{ inputs.a.url = \"github:o/r/x\"; outputs = _: { }; }", "a",
                    "github:o/r/y") == "{ inputs.a.url = \"github:o/r/y\"; outputs = _: { }; }");
    CHECK(input_url("{ inputs.a.url = github:o/r/x; outputs = _: { }; }", "a", "github:o/r/y") ==
          "{ inputs.a.url = github:o/r/y; outputs = _: { }; }");
}

TEST_CASE("what a module says in a small one of its imports is changed there") {
    const std::string text =
        "{ imports = [ ./a.nix ({ pkgs, ... }: { users.users.s = { extraGroups = [ \"w\" ]; }; }) "
        "{ x.y = 1; } ]; z = 1; }";
    CHECK(add(text, "users.users.s.extraGroups", "\"d\"").find("[ \"w\" \"d\" ]") !=
          std::string::npos);
    CHECK(set(text, "x.y", "2").find("{ x.y = 2; }") != std::string::npos);
    CHECK(insert(text, "q.r", "1").find("z = 1; q.r = 1; }") != std::string::npos);
}
