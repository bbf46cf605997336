{
  description = "agentd: a NixOS machine that looks after itself, inside rules its owner wrote";

  inputs.nixpkgs.url = "github:NixOS/nixpkgs/nixos-25.11";

  outputs = { self, nixpkgs }:
    let
      inherit (nixpkgs) lib;
      eachSystem = f: lib.genAttrs [ "x86_64-linux" "aarch64-linux" ] (system: f nixpkgs.legacyPackages.${system});
      packageOf = pkgs: self.packages.${pkgs.stdenv.hostPlatform.system}.default;
    in
    {
      packages = eachSystem (pkgs: {
        default = pkgs.callPackage ./nixos-module/package.nix { };
      });

      nixosModules.default = { pkgs, ... }: {
        imports = [ ./nixos-module ];
        services.agentd.package = lib.mkDefault (packageOf pkgs);
      };

      devShells = eachSystem (pkgs: {
        default = pkgs.mkShell {
          inputsFrom = [ (packageOf pkgs) ];
          # what scripts/demo and scripts/test use besides; busybox is the static one of the demo's packages
          packages = with pkgs; [ ccache clang-tools git jq nix nodejs openssh openssl procps python3 shellcheck strace util-linux ];
          BUSYBOX = "${pkgs.pkgsStatic.busybox}/bin/busybox";
        };
      });

      # The demo builds in the checkout it is started from.
      apps = eachSystem (pkgs: {
        demo = {
          type = "app";
          program = "${pkgs.writeShellScript "agentd-demo" ''
            [ -x ./scripts/demo ] || { echo "run this in a checkout of agentd" >&2; exit 64; }
            exec ${pkgs.nix}/bin/nix --extra-experimental-features 'nix-command flakes' develop . -c ./scripts/demo "$@"
          ''}";
          meta.description = "Builds agentd and a machine to play with";
        };
      });

      checks = eachSystem (pkgs: {
        package = (packageOf pkgs).override { withTests = true; };
        # a whole NixOS with the module in it
        module =
          let
            host = lib.nixosSystem {
              modules = [
                self.nixosModules.default
                {
                  nixpkgs.hostPlatform = pkgs.stdenv.hostPlatform.system;
                  boot.isContainer = true;
                  networking.hostName = "machine";
                  system.stateVersion = "25.11";
                  services.agentd = {
                    enable = true;
                    settings.flake.upstream = "/srv/config.git";
                  };
                }
              ];
            };
          in
          pkgs.runCommand "agentd-module" { nativeBuildInputs = [ (packageOf pkgs) ]; } ''
            agentctl config check ${host.config.environment.etc."agentd/agentd.toml".source}
            agentctl policy check ${host.config.environment.etc."agentd/policy.toml".source}
            test -e ${host.config.system.build.etc}/etc/systemd/system/agentd.service
            touch "$out"
          '';
      });
    };
}
