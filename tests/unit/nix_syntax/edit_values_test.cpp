#include "tests/unit/nix_syntax/edits.hpp"

using namespace agentd::tests;
using agentd::proposals::nix::EditStyle;

TEST_CASE("a literal is replaced where it stands, and what wraps it stays") {
    CHECK(set("{ a.b = 1; } # c\n", "a.b", "2") == "{ a.b = 2; } # c\n");
    CHECK(set("{ lib, ... }: { a = lib.mkDefault true; }", "a", "false") ==
          "{ lib, ... }: { a = lib.mkDefault false; }");
    CHECK(set("{ a = mkForce (mkOverride 10 \"x\"); }", "a", "\"y\"") ==
          "{ a = mkForce (mkOverride 10 \"y\"); }");
    CHECK(set("{ a = mkDefault 1; }", "a", "-1") == "{ a = mkDefault (-1); }");
    CHECK(set("{ a = 1; }", "a", "1") == "[nothing to do]");
    CHECK(set("{ a = 1; }", "a", "1 +") == "[bad_text]");
    CHECK(set("{ a = 1; }", "b", "1") == "[absent]");
    CHECK(set("{ pkgs, ... }: { a = pkgs.x; }", "a", "pkgs.y") == "{ pkgs, ... }: { a = pkgs.y; }");
}

TEST_CASE("a path is found through everything that stands around it") {
    for (const auto* around :
         {"{ config, ... }: let x = 1; in %", "with import <x>; assert true; (%)",
          "{ options = { }; config = %; }", "{ config = mkMerge [ { z = 2; } % ]; }", "{ } // %",
          "mkForce (mkAfter %)"}) {
        std::string text = around;
        const auto at = text.find('%');
        const auto with = [&](const std::string& inner) {
            return text.substr(0, at) + inner + text.substr(at + 1);
        };
        INFO(text);
        CHECK(set(with("{ a.b.c = 1; }"), "a.b.c", "2") == with("{ a.b.c = 2; }"));
        CHECK(set(with("{ a = { \"b\" = rec { c = 1; }; }; }"), "a.b.c", "2") ==
              with("{ a = { \"b\" = rec { c = 2; }; }; }"));
    }
    CHECK(set("{ config.a = 1; options.b = 2; }", "a", "3") == "{ config.a = 3; options.b = 2; }");
}

TEST_CASE("a value under a condition is refused, unless that case is meant") {
    for (const auto* text :
         {"{ a = mkIf c 1; }", "{ config = lib.mkIf c { a = 1; }; options = { }; }",
          "{ } // optionalAttrs c { a = 1; }", "if c then { a = 1; } else { }"}) {
        INFO(text);
        CHECK(set(text, "a", "2") == "[conditional]");
        CHECK(set(text, "a", "2", {.inside_conditions = true}).find("2") != std::string::npos);
    }
    CHECK(set("{ a = if c then 1 else 2; }", "a", "3") == "[conditional]");
    const auto refused = agentd::proposals::nix::set_value(
        read_nix("{\n  config = mkIf cfg.on {\n    a = 1; }; }"), names("a"), "2");
    CHECK(refused.problem().where == "3:5");
    CHECK(refused.problem().message ==
          "line 3, column 5: `a` stands only under the condition `cfg.on`");
}

TEST_CASE("a variable is followed to where it is written, when nothing else uses it") {
    CHECK(set("let zone = \"UTC\"; in { time.timeZone = zone; }", "time.timeZone", "\"CET\"") ==
          "let zone = \"CET\"; in { time.timeZone = zone; }");
    CHECK(set("let z = 1; in { a = z; b = z; }", "a", "2") == "[variable]");
    CHECK(set("{ vars, ... }: { a = vars.b; }", "a", "2") == "[variable]");
    CHECK(set("{ z, ... }: { a = z; }", "a", "2") == "[variable]");
    CHECK(set("{ a = f 1; }", "a", "2") == "[opaque]");
}

TEST_CASE("what one path cannot tell apart is refused") {
    CHECK(set("{ config = mkMerge [ { a = 1; } { a = 2; } ]; }", "a", "3") == "[several]");
    CHECK(set("{ a.b = 1; a.c = 2; }", "a", "3") == "[has_parts]");
    CHECK(set("{ a = { b = 1; }; }", "a", "3") == "[has_parts]");
    CHECK(set("{ inherit (x) a; }", "a", "3") == "[inherited]");
    CHECK(set("{ a = import ./x.nix; }", "a.b", "3") == "[opaque]");
    CHECK(set("{ a = [ 1 # one\n ]; }", "a", "[ 2 ]") == "[comment_inside]");
}

TEST_CASE("a new binding goes beside its next of kin, in their spelling") {
    CHECK(insert("{\n  services.a.enable = true; # x\n\n  z = 1;\n}\n", "services.a.port", "1") ==
          "{\n  services.a.enable = true; # x\n  services.a.port = 1;\n\n  z = 1;\n}\n");
    CHECK(insert("{\n  services = {\n    a.enable = true;\n    b = 1;\n  };\n}\n",
                 "services.a.port", "1") ==
          "{\n  services = {\n    a.enable = true;\n    a.port = 1;\n    b = 1;\n  };\n}\n");
    CHECK(insert("{\n  services = {\n    a = {\n      x = 1;\n    };\n  };\n}\n", "services.a.port",
                 "1") ==
          "{\n  services = {\n    a = {\n      x = 1;\n      port = 1;\n    };\n  };\n}\n");
    CHECK(insert("{ a = { b = 1; }; }", "a.c", "2") == "{ a = { b = 1; c = 2; }; }");
    CHECK(insert("{ a = { }; }", "a.c", "2") == "{ a = { c = 2; }; }");
    CHECK(insert("{ a = {}; }", "a.c", "2") == "{ a = {c = 2;}; }");
    CHECK(insert("{ a.\"b.c\" = 1; }", "a.d e", "2") == "{ a.\"b.c\" = 1; a.\"d e\" = 2; }");
}

TEST_CASE("no second set of the same name comes about") {
    CHECK(insert("{\n  services.y = 1;\n  services = {\n    x = 1;\n  };\n}\n", "services.z",
                 "2") == "{\n  services.y = 1;\n  services = {\n    x = 1;\n    z = 2;\n  };\n}\n");
    CHECK(insert("{ a = f { }; }", "a.b", "1") == "[opaque]");
    CHECK(insert("{ inherit a; }", "a.b", "1") == "[inherited]");
    CHECK(insert("{ a = mkIf c { }; }", "a.b", "1") == "[conditional]");
    CHECK(insert("{ a = mkForce { x = 1; }; }", "a.b", "1") ==
          "{ a = mkForce { x = 1; b = 1; }; }");
    CHECK(insert("{ a.b = 1; }", "a.b", "1") == "[exists]");
    CHECK(insert("{ a.b.c = 1; }", "a.b", "1") == "[has_parts]");
    CHECK(insert("{ config = mkIf c { a = 1; }; options = { }; }", "b", "1") == "[conditional]");
}

TEST_CASE("a new binding of a module with options goes below config") {
    CHECK(insert("{\n  options.x = { };\n  config.a = 1;\n}\n", "b", "1") ==
          "{\n  options.x = { };\n  config.a = 1;\n  config.b = 1;\n}\n");
    CHECK(insert("{\n  options = { };\n  config = {\n    a = 1;\n  };\n}\n", "b", "1") ==
          "{\n  options = { };\n  config = {\n    a = 1;\n    b = 1;\n  };\n}\n");
}

TEST_CASE("an empty module opens, groups stay apart, and long values are indented") {
    CHECK(insert("{ ... }:\n{ }\n", "a.b", "true") == "{ ... }:\n{\n  a.b = true;\n}\n");
    CHECK(insert("{\n  a = 1;\n\n  b = 2;\n}\n", "c", "3") ==
          "{\n  a = 1;\n\n  b = 2;\n\n  c = 3;\n}\n");
    CHECK(
        insert("{\n  x = {\n    a = 1;\n  };\n}\n", "x.b", "{\n  c = \"1\n2\";\n  d = 3;\n}") ==
        "{\n  x = {\n    a = 1;\n    b = {\n      c = \"1\n2\";\n      d = 3;\n    };\n  };\n}\n");
}

TEST_CASE("tabs, CRLF and a missing last newline stay as they are") {
    CHECK(insert("{\r\n\ta = 1;\r\n}", "b", "{\n  c = 1;\n}") ==
          "{\r\n\ta = 1;\r\n\tb = {\r\n\t\tc = 1;\r\n\t};\r\n}");
    CHECK(remove("{\r\n\ta = 1;\r\n\tb = 2; # x\r\n}", "b") == "{\r\n\ta = 1;\r\n}");
    CHECK(set("{\r\n\ta = 1;\r\n}", "a", "2") == "{\r\n\ta = 2;\r\n}");
}

TEST_CASE("a removed binding takes its line and the comment on it, and nothing above") {
    CHECK(remove("{\n  # section\n  a = 1; # gone\n  b = 2;\n}\n", "a") ==
          "{\n  # section\n  b = 2;\n}\n");
    CHECK(remove("{ a = 1; b = 2; }", "a") == "{ b = 2; }");
    CHECK(remove("{ a = 1; b = 2; }", "b") == "{ a = 1; }");
    CHECK(remove("{\n  x = {\n    a = 1;\n  };\n}\n", "x.a") == "{\n  x = { };\n}\n");
    CHECK(remove("{\n  x = {\n    # why\n    a = 1;\n  };\n}\n", "x.a") ==
          "{\n  x = {\n    # why\n  };\n}\n");
    CHECK(remove("{ a.b = 1; a.c = 1; }", "a") == "[has_parts]");
    CHECK(remove("{ a = 1; }", "b") == "[absent]");
}

TEST_CASE("a file that a program writes is not edited") {
    CHECK(set("# DO-NOT-EDIT. This file was auto-generated.\n{ a = 1; }", "a", "2") ==
          "[generated]");
    CHECK(set("{ a = 1; } # do not edit", "a", "2") != "[generated]");
}
