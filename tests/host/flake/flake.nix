{
  description = "box: a machine whose systemd, sshd, Nix and packet filter are real ones";

  outputs = { self }:
    let
      system = "x86_64-linux";
      lib = import ./lib;
      # The machine's own programs stand where nixpkgs has packages of the same name.
      packages = import ./pkgs { inherit lib system; };
      pkgs = packages // import ./pkgs/machine.nix { inherit lib; pkgs = packages; };

      nixosSystem = { modules, specialArgs ? { } }:
        let
          base = [
            ./modules
            ./modules/host
            {
              _file = "flake.nix";
              _module.args = { inherit pkgs; };
              system.configurationRevision = lib.mkIf (self ? rev) (lib.mkDefault self.rev);
            }
          ];
          host = lib.evalModules {
            modules = base ++ modules;
            specialArgs = { modulesPath = toString ./modules; utils = { }; } // specialArgs;
            class = "nixos";
          };
        in
        host // { inherit pkgs lib; };
    in
    {
      lib = lib // { inherit nixosSystem; };
      legacyPackages.${system} = pkgs;
      nixosConfigurations.box = nixosSystem { modules = [ ./hosts/box ]; };
      packages.${system}.default = self.nixosConfigurations.box.config.system.build.toplevel;
    };
}
