#include "tests/support/catch.hpp"
#include "tests/unit/repo_plan/planned.hpp"

using namespace agentd;
using namespace agentd::tests;

namespace {

/// As people who call it dendritic do: each file is of flake-parts, and has a part of some modules.
Files dendritic() {
    return {
        {"flake.nix", R"({
      outputs = inputs: inputs.flake-parts.lib.mkFlake { inherit inputs; } (inputs.import-tree ./modules);
    })"},
        {"modules/hosts.nix", R"({ inputs, config, ... }: {
  flake.nixosConfigurations = builtins.mapAttrs (name: module: inputs.nixpkgs.lib.nixosSystem {
    modules = [ module ];
  }) { inherit (config.flake.modules.nixos) web db; };
})"},
        {"modules/web.nix", R"({ config, ... }: {
  flake.modules.nixos.web = { pkgs, ... }: {
    imports = [ config.flake.modules.nixos.base ];
    time.timeZone = "UTC";
    environment.systemPackages = with pkgs; [
      git
    ];
  };
})"},
        {"modules/db.nix", R"({ config, ... }: {
  flake.modules.nixos.db = {
    imports = [ config.flake.modules.nixos.base ];
    config.time.timeZone = "UTC";
  };
})"},
        {"modules/base.nix", "{\n  flake.modules.nixos.base = { console.keyMap = \"us\"; };\n}\n"}};
}

std::string text_of(const proposals::plan::Plan& plan, const std::string& path) {
    for (const auto& edit : plan.edits) {
        if (edit.path == path) {
            return *edit.bytes;
        }
    }
    return {};
}

} // namespace

TEST_CASE("a module that stands in a file of flake-parts is edited where it stands") {
    const auto zone =
        planned(dendritic(), request({set("time.timeZone", {{"string", "CET"}})}, {"web"}));
    REQUIRE(zone.has_value());
    CHECK(text_of(*zone, "modules/web.nix").find("    time.timeZone = \"CET\";") !=
          std::string::npos);
    CHECK(zone->edits.size() == 1);

    const auto deep =
        planned(dendritic(), request({set("time.timeZone", {{"string", "CET"}})}, {"db"}));
    REQUIRE(deep.has_value());
    CHECK(text_of(*deep, "modules/db.nix").find("config.time.timeZone = \"CET\";") !=
          std::string::npos);

    const auto package = planned(
        dendritic(), request({add("environment.systemPackages", {{"package", "htop"}})}, {"web"}));
    REQUIRE(package.has_value());
    CHECK(text_of(*package, "modules/web.nix").find("      git\n      htop\n") !=
          std::string::npos);
}

TEST_CASE("what is new goes into the host's own module inside of the file, and shared ones stay") {
    const auto added =
        planned(dendritic(), request({set("services.openssh.enable", yes)}, {"web"}));
    REQUIRE(added.has_value());
    CHECK(text_of(*added, "modules/web.nix").find("    services.openssh.enable = true;\n") !=
          std::string::npos);
    const auto other =
        planned(dendritic(), request({set("console.keyMap", {{"string", "de"}})}, {"web"}));
    CHECK((!other.has_value() || text_of(*other, "modules/base.nix").empty()));
    const auto all = planned(dendritic(), request({set("console.keyMap", {{"string", "de"}})}));
    INFO((all ? "" : all.problem().code + ": " + all.problem().message));
    REQUIRE(all.has_value());
    CHECK(text_of(*all, "modules/base.nix") ==
          "{\n  flake.modules.nixos.base = { console.keyMap = \"de\"; };\n}\n");
}

TEST_CASE("the function of a file of flake-parts gets no argument of a module") {
    const auto added = planned(
        dendritic(), request({add("environment.systemPackages", {{"package", "htop"}})}, {"db"}));
    CHECK((!added.has_value() ||
           text_of(*added, "modules/db.nix").find("pkgs, ...") == std::string::npos));
}

TEST_CASE("a module inside of a file takes nothing that it is not about") {
    auto files = dendritic();
    files["modules/web.nix"] = R"({ config, ... }: {
  flake.modules.nixos.web = {
    imports = [ config.flake.modules.nixos.base config.flake.modules.nixos.music ];
    networking.hostName = "web";
  };
})";
    files["modules/music.nix"] = R"({
  flake.modules.nixos.music = { pkgs, lib, ... }: {
    services.mpd.enable = true;
    environment.systemPackages = [ pkgs.mpc ];
  };
})";
    // By its own module; what it needs that is always there comes to the file of flake-parts.
    const auto key = planned(files, request({set("console.keyMap", {{"string", "de"}})}, {"web"}));
    REQUIRE(key.has_value());
    CHECK(text_of(*key, "modules/web.nix").starts_with("{ config, lib, ... }: {"));
    CHECK(text_of(*key, "modules/web.nix").find("console.keyMap = lib.mkForce \"de\";") !=
          std::string::npos);
    CHECK(refusal(files, request({add("environment.systemPackages", {{"package", "htop"}})},
                                 {"web"})) == "no_arguments");
    // A file that would be a module of flake-parts itself is imported by no path.
    const Json made{{"op", "create_module"},
                    {"module", "modules/ssh.nix"},
                    {"settings", {{{"option", "services.openssh.enable"}, {"value", yes}}}}};
    CHECK(refusal(files, request({made}, {"web"})) == "no_place");
}

TEST_CASE("a module inside of a file imports files beside those that it imports already") {
    auto files = dendritic();
    files["flake.nix"] = R"({
      outputs = inputs: inputs.flake-parts.lib.mkFlake { inherit inputs; } {
        imports = [ ./modules/hosts.nix ./modules/web.nix ./modules/db.nix ./modules/base.nix ];
      };
    })";
    files["modules/web.nix"] = R"({ config, ... }: {
  flake.modules.nixos.web = {
    imports = [
      config.flake.modules.nixos.base
      ./web/disk.nix
    ];
  };
})";
    files["modules/web/disk.nix"] = "{ services.fstrim.enable = true; }";
    const Json made{{"op", "create_module"},
                    {"module", "modules/web/ssh.nix"},
                    {"settings", {{{"option", "services.openssh.enable"}, {"value", yes}}}}};
    const auto plan = planned(files, request({made}, {"web"}));
    INFO((plan ? "" : plan.problem().message));
    REQUIRE(plan.has_value());
    CHECK(text_of(*plan, "modules/web.nix").find("      ./web/disk.nix\n      ./web/ssh.nix\n") !=
          std::string::npos);
}
