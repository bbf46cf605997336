{
  description = "The machines of a small household: web and db";

  outputs = { self }:
    let
      system = "x86_64-linux";
      lib = import ./lib;
      pkgs = import ./pkgs { inherit lib system; };

      nixosSystem = { modules, specialArgs ? { } }:
        let
          base = [
            ./modules
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

      nixosModules.default.imports = [ ./modules ];
      nixosModules.agentd.imports = [ ./modules/agentd.nix ];

      nixosConfigurations = {
        web = nixosSystem { modules = [ ./hosts/web ]; };
        db = nixosSystem { modules = [ ./hosts/db ]; };
      };

      packages.${system}.default = self.nixosConfigurations.web.config.system.build.toplevel;

      checks.${system} = {
        # the page the web host serves has to be there
        web-page = pkgs.runCommand "check-web-page" { } ''
          grep -q '<title>' ${./hosts/web/www}/index.html
          touch $out
        '';
        # nobody logs in with a password, on any host
        no-passwords = pkgs.runCommand "check-no-passwords" { } (lib.concatMapStrings
          (host: "grep -qx 'PasswordAuthentication no' ${host.config.environment.etc."ssh/sshd_config".source}\n")
          (lib.attrValues self.nixosConfigurations) + "touch $out");
      };
    };
}
