{ config, lib, pkgs, ... }:
let inherit (lib) mkOption types; in
{
  options.environment = {
    systemPackages = mkOption { type = types.listOf types.package; default = [ ]; example = [ ]; description = "The set of packages that appear in /run/current-system/sw."; };
    variables = mkOption { type = types.attrsOf (types.oneOf [ types.str types.int types.path ]); default = { }; description = "A set of environment variables used in the global environment."; };
    pathsToLink = mkOption { type = types.listOf types.str; default = [ ]; description = "List of directories to be symlinked in {file}`/run/current-system/sw`."; };
  };
  options.system.path = mkOption { type = types.package; internal = true; description = "The packages you want in the boot environment."; };
  options.time.timeZone = mkOption { type = types.nullOr types.str; default = null; example = "Europe/Berlin"; description = "The time zone used when displaying times and dates."; };
  options.i18n.defaultLocale = mkOption { type = types.str; default = "en_US.UTF-8"; description = "The default locale."; };
  config = {
    environment.systemPackages = lib.mkAfter [ config.systemd.package pkgs.busybox ];
    environment.pathsToLink = [ "/bin" "/share" ];
    environment.etc = {
      "os-release".text = ''
        ANSI_COLOR="0;38;2;126;186;228"
        ID=nixos
        NAME=NixOS
        PRETTY_NAME="NixOS 25.11 (Demo)"
        VERSION="25.11 (Demo)"
        VERSION_ID="25.11"
      '';
      "locale.conf".text = "LANG=${config.i18n.defaultLocale}\n";
      "set-environment".text = lib.concatLines (lib.mapAttrsToList (k: v: "export ${k}=${lib.escapeShellArg v}") config.environment.variables);
      "profile".text = "PATH=/run/wrappers/bin:/run/current-system/sw/bin\nexport PATH\n. /etc/set-environment\n";
      NIXOS.text = "";
    };
    system.path = pkgs.buildEnv { name = "system-path"; paths = lib.unique config.environment.systemPackages; inherit (config.environment) pathsToLink; };
  };
}
