#include "tests/unit/nix_syntax/edits.hpp"

using namespace agentd::tests;
using namespace agentd::proposals::nix;

namespace {

std::string formal(std::string_view text, std::string_view name) {
    return outcome(add_formal(read_nix(text), name));
}
std::string import(std::string_view text) {
    return outcome(add_import(read_nix(text), {.relative = "./x.nix", .from_root = "hosts/x.nix"}));
}
std::string input(std::string_view text, const Input& added) {
    return outcome(add_input(read_nix(text), added));
}
std::string url(std::string_view text, std::string_view name, std::string_view to) {
    return outcome(set_input_url(read_nix(text), name, to));
}
std::string without(std::string_view text, std::string_view name) {
    return outcome(remove_input(read_nix(text), name));
}

} // namespace

TEST_CASE("an argument is added in the layout of the others") {
    CHECK(formal("{ config, ... }: 1", "lib") == "{ config, lib, ... }: 1");
    CHECK(formal("{ ... }@a: 1", "lib") == "{ lib, ... }@a: 1");
    CHECK(formal("a@{b ? 1,...}: 1", "lib") == "a@{b ? 1,lib,...}: 1");
    CHECK(formal("{\n  config,\n  pkgs, # p\n  ...\n}:\n{ }\n", "lib") ==
          "{\n  config,\n  pkgs, # p\n  lib,\n  ...\n}:\n{ }\n");
    CHECK(formal("{\n  config,\n  pkgs,\n  ...\n}:\n{ }\n", "lib") ==
          "{\n  config,\n  pkgs,\n  lib,\n  ...\n}:\n{ }\n");
    CHECK(formal("{ config\n, pkgs\n, ...\n}: { }", "lib") ==
          "{ config\n, pkgs\n, lib\n, ...\n}: { }");
    CHECK(formal("# top\n{\n  a = 1;\n}\n", "lib") == "# top\n{ lib, ... }:\n{\n  a = 1;\n}\n");
    CHECK(formal("let x = 1; in { pkgs, ... }: x", "lib") == "let x = 1; in { pkgs, lib, ... }: x");
    CHECK(formal("{ lib, ... }: 1", "lib") == "[nothing to do]");
    CHECK(formal("{ pkgs }: 1", "lib") == "[closed_arguments]");
    CHECK(formal("args: 1", "lib") == "[no_arguments]");
    CHECK(formal("{ ... }: 1", "in") == "[bad_text]");
}

TEST_CASE("an import is written as the others are") {
    CHECK(import("{ imports = [ ./a.nix ]; }") == "{ imports = [ ./a.nix ./x.nix ]; }");
    CHECK(import("{ imports = [ ./x.nix ]; }") == "[nothing to do]");
    CHECK(import("{\n  imports = [\n    ./a.nix\n  ] ++ map f [ ];\n}\n") ==
          "{\n  imports = [\n    ./a.nix\n    ./x.nix\n  ] ++ map f [ ];\n}\n");
    CHECK(import("{ imports = map lib.custom.relativeToRoot [ \"hosts/a.nix\" ]; }") ==
          "{ imports = map lib.custom.relativeToRoot [ \"hosts/a.nix\" \"hosts/x.nix\" ]; }");
    CHECK(import("{ imports = lib.flatten [ ./a.nix (map f [ ]) ]; }") ==
          "{ imports = lib.flatten [ ./a.nix (map f [ ]) ./x.nix ]; }");
    // Beside those of its folder, whichever list they are in.
    CHECK(
        import("{ imports = flatten [ ./a/b.nix (map fromRoot [ \"hosts/a.nix\" ]) ]; }") ==
        "{ imports = flatten [ ./a/b.nix (map fromRoot [ \"hosts/a.nix\" \"hosts/x.nix\" ]) ]; }");
    CHECK(import("{ imports = flatten [ ./b.nix (map fromRoot [ \"home/a.nix\" ]) ]; }") ==
          "{ imports = flatten [ ./b.nix (map fromRoot [ \"home/a.nix\" ]) ./x.nix ]; }");
    CHECK(import("{ imports = map (n: ./. + n) [ \"a\" ]; }") == "[other_import_form]");
    CHECK(import("{ imports = builtins.attrNames (builtins.readDir ./.); }") == "[discovered]");
    CHECK(import("{ pkgs, ... }:\n{\n  a = 1;\n\n  b = 2;\n}\n") ==
          "{ pkgs, ... }:\n{\n  imports = [ ./x.nix ];\n\n  a = 1;\n\n  b = 2;\n}\n");
    CHECK(import("{ ... }:\n{ }\n") == "{ ... }:\n{\n  imports = [ ./x.nix ];\n}\n");
    CHECK(import("{\n  options.a = 1;\n  config = mkIf c { };\n}\n") ==
          "{\n  imports = [ ./x.nix ];\n  options.a = 1;\n  config = mkIf c { };\n}\n");
    CHECK(outcome(add_import(read_nix("{ }"), {.relative = "/etc/x.nix"})) == "[bad_text]");
    CHECK(outcome(remove_import(read_nix("{\n  imports = [\n    ./a.nix\n    ./x.nix\n  ];\n}\n"),
                                {.relative = "./x.nix"})) ==
          "{\n  imports = [\n    ./a.nix\n  ];\n}\n");
    CHECK(outcome(remove_import(read_nix("{ imports = [ ]; }"), {.relative = "./x.nix"})) ==
          "[absent]");
}

TEST_CASE("a new file is a module with what was given") {
    const std::vector<std::string> arguments{"pkgs"};
    const std::vector<NewBinding> bindings{
        {.path = {"services", "a b", "enable"}, .expression = "true"},
        {.path = {"x"}, .expression = "{\n  y = 1;\n}"}};
    CHECK(create_file(arguments, bindings).value() ==
          "{ pkgs, ... }:\n\n{\n  services.\"a b\".enable = true;\n  x = {\n    y = 1;\n  };\n}\n");
    CHECK(create_file({}, bindings).value().starts_with("{ ... }:\n"));
    const std::vector<NewBinding> broken{{.path = {"a"}, .expression = "1; b = 2"}};
    CHECK(create_file({}, broken).problem().code == "bad_text");
}

TEST_CASE("a flake input is spelled as those beside it") {
    const Input plain{.name = "disko", .url = "github:n/disko"};
    CHECK(
        input("{\n  inputs.nixpkgs.url = \"x\";\n  outputs = { self, ... }: { };\n}\n", plain) ==
        "{\n  inputs.nixpkgs.url = \"x\";\n  inputs.disko.url = \"github:n/disko\";\n  outputs = { "
        "self, ... }: { };\n}\n");
    CHECK(input("{\n  inputs = {\n    a.url = \"x\";\n  };\n  outputs = { self, a }: { };\n}\n",
                plain) == "{\n  inputs = {\n    a.url = \"x\";\n    disko.url = "
                          "\"github:n/disko\";\n  };\n  outputs = { "
                          "self, a, disko }: { };\n}\n");
    CHECK(input("{\n  inputs = {\n    a = {\n      url = \"x\";\n    };\n  };\n  outputs = i: { "
                "};\n}\n",
                {.name = "disko", .url = "github:n/disko", .follows = {"nixpkgs"}}) ==
          "{\n  inputs = {\n    a = {\n      url = \"x\";\n    };\n    disko = {\n      url = "
          "\"github:n/disko\";\n      inputs.nixpkgs.follows = \"nixpkgs\";\n    };\n  };\n  "
          "outputs = "
          "i: { };\n}\n");
    CHECK(input("{\n  description = \"d\";\n  outputs = i: { };\n}\n", plain) ==
          "{\n  description = \"d\";\n  inputs.disko.url = \"github:n/disko\";\n  outputs = i: { "
          "};\n}\n");
    CHECK(input("{ inputs.disko = { }; outputs = i: { }; }", plain) == "[exists]");
    CHECK(input("{ inputs = import ./inputs.nix; outputs = i: { }; }", plain) == "[opaque]");
    CHECK(input("x: { }", plain) == "[not_a_module]");
}

TEST_CASE("an input's URL is changed as it is written") {
    CHECK(url("{ inputs.a = { url = \"x\"; flake = false; }; }", "a", "y") ==
          "{ inputs.a = { url = \"y\"; flake = false; }; }");
    CHECK(url("{ inputs = { a.url = github:o/r; }; }", "a", "github:o/r/b") ==
          "{ inputs = { a.url = github:o/r/b; }; }");
    CHECK(url("{ inputs.a.url = github:o/r; }", "a", "path with blanks") ==
          "{ inputs.a.url = \"path with blanks\"; }");
    CHECK(url("{ inputs.a = { owner = \"o\"; }; }", "a", "y") == "[no_url]");
    CHECK(url("{ inputs.a.url = x; }", "a", "y") == "[variable]");
    CHECK(url("{ }", "a", "y") == "[absent]");
}

TEST_CASE("an input goes with its argument when nothing uses it") {
    const std::string flake = "{\n  inputs = {\n    a.url = \"x\";\n    b.url = \"y\";\n    "
                              "b.inputs.c.follows = \"c\";\n  };\n";
    CHECK(without(flake + "  outputs = { self, a, b }: { };\n}\n", "b") ==
          "{\n  inputs = {\n    a.url = \"x\";\n  };\n  outputs = { self, a }: { };\n}\n");
    CHECK(without(flake + "  outputs = { self, a, b }: b.x;\n}\n", "b") == "[used]");
    CHECK(without(flake + "  outputs = inputs: inputs.b;\n}\n", "b") == "[used]");
    CHECK(without(flake + "  outputs = inputs: { };\n}\n", "c") == "[absent]");
    CHECK(without("{ inputs.c.url = \"z\"; inputs.b.inputs.c.follows = \"c\"; }", "c") ==
          "[followed]");
}

TEST_CASE("no edit takes a name or a value for more than it is") {
    CHECK(insert("{ }", "a", "1; b = 2") == "[bad_text]");
    CHECK(add("{ a = [ ]; }", "a", "1 2") == "{ a = [ (1 2) ]; }");
    CHECK(add("{ a = [ ]; }", "a", "1 ] ++ [ 2") == "[bad_text]");
    CHECK(insert("{ }", "a.${x}", "1") == "{\n  a.\"\\${x}\" = 1;\n}");
    CHECK(set("{ a = 1; }", "a", "2 # c") == "{ a = 2; }");
}
