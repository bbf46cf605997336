/// What was laid out by a formatter is laid out so after an edit: three styles, written down.
#include "tests/unit/nix_syntax/edits.hpp"

using namespace agentd::tests;
using agentd::proposals::nix::EditStyle;

namespace {

/// nixfmt: one element a line from the second on, `{ … }:` on a line of its own.
const EditStyle nixfmt{.expand_lists = true};
/// alejandra: brackets stand tight, the body begins on the line of the arguments.
const EditStyle alejandra{.tight = true};
/// nixpkgs-fmt: lists stay as they are broken, brackets with blanks.
const EditStyle nixpkgs_fmt{};

} // namespace

TEST_CASE("what nixfmt has laid out stays so") {
    const std::string text = "{ pkgs, ... }:\n\n{\n  environment.systemPackages = [ pkgs.git ];\n\n"
                             "  services = {\n    openssh.enable = true;\n  };\n}\n";
    CHECK(add_package(text, "htop", nixfmt) ==
          "{ pkgs, ... }:\n\n{\n  environment.systemPackages = [\n    pkgs.git\n    pkgs.htop\n"
          "  ];\n\n  services = {\n    openssh.enable = true;\n  };\n}\n");
    CHECK(add_package("{\n  networking.hostName = \"a\";\n}\n", "htop", nixfmt) ==
          "{ pkgs, ... }:\n{\n  networking.hostName = \"a\";\n"
          "  environment.systemPackages = [ pkgs.htop ];\n}\n");
    CHECK(add("{\n  a = [ ];\n}\n", "a", "1", nixfmt) == "{\n  a = [ 1 ];\n}\n");
    CHECK(add_package("{ pkgs, ... }:\n{\n  environment.systemPackages = with pkgs; [ git ];\n}\n",
                      "htop", nixfmt) ==
          "{ pkgs, ... }:\n{\n  environment.systemPackages = with pkgs; [\n    git\n    htop\n"
          "  ];\n}\n");
    CHECK(insert("{\n  a = { };\n}\n", "a.b", "1", nixfmt) == "{\n  a = { b = 1; };\n}\n");
}

TEST_CASE("what alejandra has laid out stays so") {
    CHECK(add_package("{pkgs, ...}: {\n  environment.systemPackages = [pkgs.git];\n}\n", "htop",
                      alejandra) ==
          "{pkgs, ...}: {\n  environment.systemPackages = [pkgs.git pkgs.htop];\n}\n");
    CHECK(add_package("{\n  networking.hostName = \"a\";\n}\n", "htop", alejandra) ==
          "{pkgs, ...}: {\n  networking.hostName = \"a\";\n"
          "  environment.systemPackages = [pkgs.htop];\n}\n");
    CHECK(add_package("{...}: {\n  a = 1;\n}\n", "htop", alejandra) ==
          "{pkgs, ...}: {\n  a = 1;\n  environment.systemPackages = [pkgs.htop];\n}\n");
    // Two names and more stand one a line.
    CHECK(add_package("{lib, ...}: {\n  a = 1;\n}\n", "htop", alejandra) ==
          "{\n  lib,\n  pkgs,\n  ...\n}: {\n  a = 1;\n"
          "  environment.systemPackages = [pkgs.htop];\n}\n");
    CHECK(add_package("{\n  lib,\n  config,\n  ...\n}: {\n  a = 1;\n}\n", "htop", alejandra) ==
          "{\n  lib,\n  config,\n  pkgs,\n  ...\n}: {\n  a = 1;\n"
          "  environment.systemPackages = [pkgs.htop];\n}\n");
    CHECK(add("{\n  a = [];\n}\n", "a", "1", alejandra) == "{\n  a = [1];\n}\n");
    CHECK(insert("{\n  a = {};\n}\n", "a.b", "1", alejandra) == "{\n  a = {b = 1;};\n}\n");
    CHECK(add_package("_: {\n  a = 1;\n}\n", "htop", alejandra) ==
          "{pkgs, ...}: {\n  a = 1;\n  environment.systemPackages = [pkgs.htop];\n}\n");
}

TEST_CASE("what nixpkgs-fmt has laid out stays so") {
    CHECK(add_package("{ pkgs, ... }:\n{\n  environment.systemPackages = [ pkgs.git ];\n}\n",
                      "htop", nixpkgs_fmt) ==
          "{ pkgs, ... }:\n{\n  environment.systemPackages = [ pkgs.git pkgs.htop ];\n}\n");
    CHECK(add_package("{ lib\n, ...\n}: {\n  a = 1;\n}\n", "htop", nixpkgs_fmt) ==
          "{ lib\n, pkgs\n, ...\n}: {\n  a = 1;\n"
          "  environment.systemPackages = [ pkgs.htop ];\n}\n");
}
