# The library every module receives as `lib`: NixOS's words and results in a
# small fraction of the code. Needs nothing newer than Nix 2.4.
let
  lib =
    import ./basics.nix
    // import ./generators.nix { inherit lib; }
    // import ./options.nix { inherit lib; }
    // { types = import ./types.nix { inherit lib; }; }
    // import ./modules.nix { inherit lib; }
    // {
      version = "25.11-demo";
      trivial = { release = "25.11"; };
      # modules written for NixOS also reach for these through their rooms
      strings = lib;
      lists = lib;
      attrsets = lib;
      options = lib;
      modules = lib;
      licenses = { mit = { spdxId = "MIT"; }; asl20 = { spdxId = "Apache-2.0"; }; gpl3Plus = { spdxId = "GPL-3.0-or-later"; }; };
      platforms = { linux = [ "x86_64-linux" "aarch64-linux" ]; };
      maintainers = { };
    };
in
lib
