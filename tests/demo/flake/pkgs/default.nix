# The package set. Everything is made from one static busybox that lies beside the
# flake as bb/busybox, so a build needs neither a network nor any sandbox path.
{ lib, system }:
let
  builders = import ./builders.nix { inherit lib system; };
  pkgs = builders // servers // tools // {
    inherit lib system pkgs;
    config = { };
    stdenv = {
      hostPlatform = { inherit system; isLinux = true; isx86_64 = system == "x86_64-linux"; };
      isLinux = true;
    };
    formats = import ./formats.nix { inherit lib pkgs; };
  };
  servers = import ./servers.nix { inherit lib pkgs; };
  tools = import ./tools.nix { inherit lib pkgs; };
in
pkgs
