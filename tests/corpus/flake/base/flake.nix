{
  description = "Two machines";

  nixConfig = {
    extra-substituters = [ "https://cache.example.org" ];
    extra-trusted-public-keys = [ "cache.example.org-1:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=" ];
  };

  inputs = {
    nixpkgs.url = "github:NixOS/nixpkgs/nixos-25.05";

    home-manager = {
      url = "github:nix-community/home-manager/release-25.05";
      inputs.nixpkgs.follows = "nixpkgs";
    };

    sops-nix.url = "github:Mic92/sops-nix";

    wall = {
      url = "https://example.org/wall.tar.gz";
      flake = false;
    };

    tools.url = "git+https://git.example.org/tools?ref=main";

    modules.url = "path:./modules";
  };

  outputs =
    { nixpkgs, ... }@inputs:
    {
      nixosConfigurations.web = nixpkgs.lib.nixosSystem {
        specialArgs = { inherit inputs; };
        modules = [ ./hosts/web.nix ];
      };
    };
}
