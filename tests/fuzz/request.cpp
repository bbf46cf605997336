// JSON as operations, planned on a small repository: every edit is Nix, or nothing is edited.
#include "tests/fuzz/fuzz.hpp"

#include "proposals/nix/tree.hpp"
#include "proposals/plan/planner.hpp"

#include <nlohmann/json.hpp>

using namespace agentd;
using namespace agentd::proposals;

namespace {

const fuzz::Memory& repository() {
    static const fuzz::Memory made({
        {"flake.nix",
         "{ inputs.nixpkgs.url = \"github:NixOS/nixpkgs\"; outputs = { nixpkgs, ... }: {\n"
         "  nixosConfigurations.a = nixpkgs.lib.nixosSystem { modules = [ ./a.nix ./common.nix ]; "
         "};\n"
         "  nixosConfigurations.b = nixpkgs.lib.nixosSystem { modules = [ ./b.nix ./common.nix ]; "
         "};\n"
         "}; }\n"},
        {"a.nix", "{ config, lib, pkgs, ... }:\n{\n  imports = [ ./web.nix ];\n  "
                  "environment.systemPackages = with pkgs; [ git ];\n"
                  "  services = {\n    openssh.enable = true; # remote\n  };\n  "
                  "users.users.bob.extraGroups = [ \"wheel\" ];\n}\n"},
        {"b.nix", "{ lib, ... }: lib.mkIf true {\n\ttime.timeZone = lib.mkForce \"UTC\";\n}\n"},
        {"common.nix", "{ pkgs, ... }:\n{\n  networking.firewall.allowedTCPPorts = [ 22 80 ];\n  "
                       "programs.vim.enable = true;\n}\n"},
        {"web.nix",
         "{ config, lib, ... }:\n{\n  options.my.web.enable = lib.mkEnableOption \"web\";\n"
         "  config = lib.mkIf config.my.web.enable { services.nginx.enable = true; };\n}\n"},
        {"docker.nix", "{\n  virtualisation.docker.enable = true;\n}\n"},
    });
    return made;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto json = core::parse_json(fuzz::view_of(data, size));
    fuzz::hold_refusal(json);
    if (!json) {
        return 0;
    }
    const auto request = plan::request_from_json(*json);
    fuzz::hold_refusal(request);
    if (!request) {
        return 0;
    }
    for (const auto& wish : request->operations) {
        fuzz::hold(!plan::describe(wish).empty(), "an operation is said");
    }
    map::Files files(repository(), repository().paths());
    static const auto made = map::make_map(files).value();
    const auto planned = plan::make_plan(files, made, *request);
    fuzz::hold_refusal(planned);
    if (!planned) {
        return 0;
    }
    for (const FileEdit& edit : planned->edits) {
        const bool nix = edit.path.ends_with(".nix") && edit.bytes;
        fuzz::hold(!nix || std::holds_alternative<nix::Tree>(nix::parse(*edit.bytes)),
                   "an edit is Nix", edit.path);
        fuzz::hold(edit.bytes != repository().read(edit.path), "an edit changes something",
                   edit.path);
    }
    fuzz::hold(planned->steps.size() >= request->operations.size(), "each operation is a step");
    fuzz::hold(!plan::disagreement(*request, *planned), "it tells what it edits");
    return 0;
}
