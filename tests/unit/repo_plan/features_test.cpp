/// Modules that are about one thing, and files that are nobody's to edit.
#include "tests/unit/repo_plan/planned.hpp"

using namespace agentd;
using namespace agentd::tests;

namespace {

const Json htop = add("environment.systemPackages", {{"package", "htop"}});

/// One host of its own folder that imports this module too.
Files one_host(const std::string& name, const std::string& module, const std::string& own = "{ }") {
    return {{"flake.nix", "{ outputs = { nixpkgs, ... }: { nixosConfigurations.a = "
                          "nixpkgs.lib.nixosSystem { modules = [ ./hosts/a ./" +
                              name + " ]; }; }; }"},
            {"hosts/a/default.nix", own},
            {name, module}};
}

} // namespace

TEST_CASE("the list of a module that is about one thing is no place for another package") {
    const std::string list = "environment.systemPackages = [ pkgs.x ]; ";
    const std::vector<std::pair<std::string, std::string>> modules{
        {"nginx.nix", "{ pkgs, ... }: { services.nginx.enable = true; " + list + "}"},
        {"podman.nix", "{ pkgs, ... }: { virtualisation.podman.enable = true; " + list + "}"},
        {"harmonia.nix", "{ pkgs, ... }: { " + list + "}"},
        {"zigbee.nix",
         "{ pkgs, ... }: let x = 1; in { services.zigbee2mqtt.port = x; " + list + "}"},
        {"web.nix", "{ pkgs, ... }: { services.nginx.enable = true; " + list + "}"},
        {"networking/default.nix", "{ pkgs, ... }: { users.users.x.extraGroups = [ ]; " + list +
                                       "networking.useDHCP = false; services.resolved.enable = "
                                       "true; systemd.network.enable = true; }"},
        {"mods/web/default.nix", "{ pkgs, ... }: { services.nginx.enable = true; " + list + "}"}};
    for (const auto& [name, text] : modules) {
        CAPTURE(name);
        const auto files = one_host(name, text);
        for (const Json& hosts : {Json(), Json(Json::array({"a"})), Json("all")}) {
            CHECK(edited(files, request({htop}, hosts), "hosts/a/default.nix")
                      .find("environment.systemPackages = [ pkgs.htop ];") != std::string::npos);
        }
    }
    auto shared = two_hosts("{ }", "{ }");
    auto& flake = shared["flake.nix"];
    for (auto at = flake.find("common.nix"); at != flake.npos;
         at = flake.find("common.nix", at + 10)) {
        flake.replace(at, 10, "podman.nix");
    }
    shared["podman.nix"] = "{ pkgs, ... }: { virtualisation.podman.enable = true; " + list + "}";
    CHECK(refusal(shared, request({htop})) == "no_place");
}

TEST_CASE("a package goes into the list of the module that it is of, or of packages") {
    const std::string list = "environment.systemPackages = [ pkgs.x ]; ";
    const Json compose = add("environment.systemPackages", {{"package", "podman-compose"}});
    CHECK(edited(one_host("podman.nix",
                          "{ pkgs, ... }: { virtualisation.podman.enable = true; " + list + "}"),
                 request({compose}), "podman.nix")
              .find("[ pkgs.x pkgs.podman-compose ]") != std::string::npos);
    for (const char* name : {"packages.nix", "common.nix", "mods/packages/default.nix",
                             "cli-tools.nix", "programs.nix", "environment.nix"}) {
        CAPTURE(name);
        CHECK(edited(one_host(name, "{ pkgs, ... }: { " + list + "}"), request({htop}), name)
                  .find("[ pkgs.x pkgs.htop ]") != std::string::npos);
    }
}

TEST_CASE("a folder of much is not about one thing, whatever it is called") {
    const std::string text =
        "{ pkgs, ... }: { imports = [ ./x.nix ]; nix.gc.automatic = true; time.timeZone = \"UTC\"; "
        "boot.tmp.useTmpfs = true; home-manager.extraSpecialArgs.nixos-config = 1; "
        "environment.systemPackages = [ pkgs.x ]; }";
    auto files = one_host("nixos-config/default.nix", text);
    files["nixos-config/x.nix"] = "{ }";
    CHECK(edited(files, request({htop}, "all"), "nixos-config/default.nix").find("pkgs.htop") !=
          std::string::npos);
}

TEST_CASE("a hardware file that a program writes is not edited, whatever it is called") {
    const std::string made = "{ lib, modulesPath, ... }: { imports = [ (modulesPath + "
                             "\"/installer/scan/not-detected.nix\") ]; "
                             "boot.initrd.availableKernelModules = [ \"nvme\" ]; "
                             "networking.useDHCP = lib.mkDefault true; }";
    for (const char* name :
         {"_hardware.nix", "hardware-configuration.nix", "hw.nix", "hosts/a/hardware.nix"}) {
        CAPTURE(name);
        Files files{{"flake.nix", "{ outputs = { nixpkgs, ... }: { nixosConfigurations.a = "
                                  "nixpkgs.lib.nixosSystem { modules = [ ./" +
                                      std::string(name) + " ]; }; }; }"},
                    {name, made}};
        const auto on_a = [&](const Json& wish) { return request({wish}, Json::array({"a"})); };
        CHECK(refusal(files, on_a(set("services.x.enable", yes))) == "no_place");
        CHECK(refusal(files, on_a(htop)) == "no_place");
        CHECK(refusal(files, on_a(set("boot.initrd.systemd.enable", yes))) == "no_place");
        CHECK(refusal(files, on_a(set("networking.useDHCP", {{"boolean", false}}))) == "no_place");
        CHECK(refusal(files, on_a(add("boot.initrd.availableKernelModules", {{"string", "x"}}))) ==
              "no_place");
        CHECK(refusal(files, on_a({{"op", "remove_from_list"},
                                   {"option", "boot.initrd.availableKernelModules"},
                                   {"value", {{"string", "nvme"}}}})) == "generated");
        CHECK(refusal(files, on_a({{"op", "unset_option"}, {"option", "networking.useDHCP"}})) ==
              "generated");
        Json inside = set("boot.initrd.availableKernelModules", {{"strings", {"x"}}});
        inside["in"] = name;
        CHECK(refusal(files, on_a(inside)) == "generated");
        inside["option"] = "services.x.enable";
        inside["value"] = yes;
        CHECK(refusal(files, on_a(inside)) == "no_place");
        files["n.nix"] = "{ }";
        CHECK(refusal(files, on_a({{"op", "add_import"}, {"module", "n"}})) == "no_place");
    }
}

TEST_CASE("a default of a hardware file is said over in the host's own file") {
    const std::string made =
        "# Do not modify this file!  It was generated by ‘nixos-generate-config’\n"
        "{ lib, ... }: { networking.useDHCP = lib.mkDefault true; }";
    auto files = one_host("hardware-configuration.nix", made, "{ networking.hostName = \"a\"; }");
    CHECK(edited(files,
                 request({set("networking.useDHCP", {{"boolean", false}})}, Json::array({"a"})),
                 "hosts/a/default.nix") ==
          "{ networking.hostName = \"a\"; networking.useDHCP = false; }");
}

TEST_CASE("a file beside the host's entry that is about one service is no place for another") {
    Files files{
        {"flake.nix", R"({ outputs = { nixpkgs, ... }: { nixosConfigurations.a =
                 nixpkgs.lib.nixosSystem { modules = [ ./hosts/a/configuration.nix ]; }; }; })"},
        {"hosts/a/configuration.nix",
         "{ imports = [ ./services/matrix ./diffusion.nix ]; boot.x = 1; time.y = 2; }"},
        {"hosts/a/services/matrix/default.nix",
         "{ imports = [ ./well-known.nix ]; services.matrix.enable = true; "
         "networking.x = 1; systemd.y = 2; security.z = 3; users.u = 4; }"},
        {"hosts/a/services/matrix/well-known.nix",
         "{ services.well-known.x = 1; services.nginx.virtualHosts.\"m.org\".root = \"/\"; }"},
        {"hosts/a/diffusion.nix", "{ virtualisation.docker.x = 1; "
                                  "networking.firewall.allowedTCPPorts = [ 7860 ]; }"}};
    const std::string main = "hosts/a/configuration.nix";
    const Json on_a = Json::array({"a"});
    CHECK(edited(files, request({set("services.tailscale.enable", yes)}, on_a), main) != "");
    CHECK(edited(files,
                 request({add("networking.firewall.allowedTCPPorts", {{"integer", 80}})}, on_a),
                 main) != "");
    CHECK(edited(files,
                 request({set("services.nginx.virtualHosts.\"b.org\".root", {{"string", "/srv"}})},
                         on_a),
                 main) != "");
}
