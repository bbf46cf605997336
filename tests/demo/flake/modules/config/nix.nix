{ config, lib, pkgs, ... }:
let
  inherit (lib) mkDefault mkOption types;
  cfg = config.nix;
  value = v: if lib.isBool v then lib.boolToString v else if lib.isList v then toString v else toString v;
in
{
  options.nix = {
    enable = mkOption { type = types.bool; default = true; description = "Whether to enable Nix."; };
    package = lib.mkPackageOption pkgs "nix" { };
    settings = mkOption {
      default = { };
      description = "Configuration for Nix, see {manpage}`nix.conf(5)`.";
      example = { auto-optimise-store = true; };
      type = types.submodule {
        freeformType = types.attrsOf (types.oneOf [ types.bool types.int types.str (types.listOf types.str) ]);
        options = {
          max-jobs = mkOption { type = types.either types.int (types.enum [ "auto" ]); default = "auto"; description = "The maximum number of jobs that Nix will try to build in parallel."; };
          cores = mkOption { type = types.int; default = 0; description = "The maximum number of concurrent tasks during one build."; };
          sandbox = mkOption { type = types.either types.bool (types.enum [ "relaxed" ]); default = true; description = "Whether builds run in a sandbox."; };
          auto-optimise-store = mkOption { type = types.bool; default = false; description = "Whether Nix detects files in the store with identical contents and replaces them with hard links."; };
          substituters = mkOption { type = types.listOf types.str; description = "List of binary cache URLs used to obtain pre-built binaries."; };
          trusted-public-keys = mkOption { type = types.listOf types.str; description = "List of binary cache public keys."; };
          trusted-users = mkOption { type = types.listOf types.str; description = "Users that have additional rights when connecting to the Nix daemon."; };
          allowed-users = mkOption { type = types.listOf types.str; default = [ "*" ]; description = "Users that may connect to the Nix daemon."; };
          experimental-features = mkOption { type = types.listOf types.str; default = [ ]; description = "Experimental features that are enabled."; };
          require-sigs = mkOption { type = types.bool; default = true; description = "Whether store paths need a signature of a trusted key."; };
        };
      };
    };
    gc = {
      automatic = mkOption { type = types.bool; default = false; description = "Automatically run the garbage collector at a specific time."; };
      dates = mkOption { type = types.str; default = "03:15"; description = "How often or when garbage collection is performed."; };
      options = mkOption { type = types.str; default = ""; example = "--delete-older-than 30d"; description = "Options given to {file}`nix-collect-garbage`."; };
    };
    extraOptions = mkOption { type = types.lines; default = ""; description = "Additional text appended to {file}`nix.conf`."; };
  };
  config = lib.mkIf cfg.enable {
    nix.settings = {
      substituters = lib.mkAfter [ "https://cache.nixos.org/" ];
      trusted-public-keys = [ "cache.nixos.org-1:6NCHdD59X431o0gWypbMrAURkbJ16ZPMQFGspcDShjY=" ];
      trusted-users = [ "root" ];
    };
    environment.systemPackages = [ cfg.package ];
    environment.etc."nix/nix.conf".text = ''
      # WARNING: this file is generated from the nix.* options in
      # your NixOS configuration, typically
      # /etc/nixos/configuration.nix.  Do not edit it!
      build-users-group = nixbld
    '' + lib.concatLines (lib.mapAttrsToList (k: v: "${k} = ${value v}") cfg.settings) + cfg.extraOptions;
    users.groups.nixbld.gid = 30000;
    users.users = lib.listToAttrs (map
      (n: lib.nameValuePair "nixbld${toString n}" {
        description = "Nix build user ${toString n}";
        uid = 30000 + n;
        isSystemUser = true;
        group = "nixbld";
        extraGroups = [ "nixbld" ];
      })
      (lib.range 1 4));
    systemd.services.nix-gc = {
      description = "Nix Garbage Collector";
      script = "exec ${cfg.package}/bin/nix-collect-garbage ${cfg.gc.options}";
      serviceConfig.Type = "oneshot";
      startAt = lib.optional cfg.gc.automatic cfg.gc.dates;
    };
  };
}
