/// What the repository has for something already, and what only looks so.
#include "tests/unit/repo_plan/planned.hpp"

using namespace agentd;
using namespace agentd::tests;

TEST_CASE("a file of another host is no module to import, nor one called like all of its kind") {
    const std::string flake = R"({ outputs = { nixpkgs, ... }: { nixosConfigurations = {
        a = nixpkgs.lib.nixosSystem { modules = [ ./hosts/a ]; };
        b = nixpkgs.lib.nixosSystem { modules = [ ./hosts/b ]; };
      }; }; })";
    const std::string on = "{ services.openssh.enable = true; services.other.enable = true; }";
    for (const std::string other : {"hosts/b/services.nix", "hosts/b/openssh.nix"}) {
        CAPTURE(other);
        const Files files{{"flake.nix", flake},
                          {"hosts/a/default.nix", "{ time.timeZone = \"UTC\"; }"},
                          {"hosts/b/default.nix",
                           "{ imports = [ ./" + other.substr(other.rfind('/') + 1) + " ]; }"},
                          {other, on}};
        CHECK(edited(files, request({set("services.openssh.enable", yes)}, Json::array({"a"})),
                     "hosts/a/default.nix")
                  .find("services.openssh.enable = true;") != std::string::npos);
    }
    const Files shared{{"flake.nix", flake},
                       {"hosts/a/default.nix", "{ time.timeZone = \"UTC\"; }"},
                       {"hosts/b/default.nix", "{ imports = [ ../../services.nix ]; }"},
                       {"services.nix", on}};
    CHECK(edited(shared, request({set("services.openssh.enable", yes)}, Json::array({"a"})),
                 "hosts/a/default.nix")
              .find("services.openssh.enable = true;") != std::string::npos);
}
