{ config, lib, pkgs, ... }:
let
  inherit (lib) mkOption types;
  pam = "${pkgs.linux-pam}/lib/security";
  render = name: s: ''
    # Account management.
    account required ${pam}/pam_unix.so # unix (order 10900)

    # Authentication management.
    ${lib.optionalString s.rootOK "auth sufficient ${pam}/pam_rootok.so # rootok (order 10200)\n"}${lib.optionalString s.unixAuth "auth sufficient ${pam}/pam_unix.so likeauth ${lib.optionalString s.allowNullPassword "nullok "}try_first_pass # unix (order 11700)\n"}auth required ${pam}/pam_deny.so # deny (order 12500)

    # Password management.
    password sufficient ${pam}/pam_unix.so nullok yescrypt # unix (order 10200)

    # Session management.
    session required ${pam}/pam_env.so conffile=/etc/pam/environment readenv=0 # env (order 10100)
    session required ${pam}/pam_unix.so # unix (order 10200)
    ${lib.optionalString s.startSession "session optional ${pkgs.systemd}/lib/security/pam_systemd.so # systemd (order 12000)\n"}'' + s.text;
in
{
  options.security.pam.services = mkOption {
    default = { };
    description = "This option defines the PAM services.";
    type = types.attrsOf (types.submodule ({ name, ... }: {
      options = {
        name = mkOption { type = types.str; default = name; description = "Name of the PAM service."; };
        unixAuth = mkOption { type = types.bool; default = true; description = "Whether users can log in with passwords defined in {file}`/etc/shadow`."; };
        rootOK = mkOption { type = types.bool; default = false; description = "If set, root doesn't need to authenticate."; };
        allowNullPassword = mkOption { type = types.bool; default = false; description = "Whether to allow logging into accounts that have no password set."; };
        startSession = mkOption { type = types.bool; default = false; description = "If set, the service will register a new session with systemd's login manager."; };
        text = mkOption { type = types.lines; default = ""; description = "Further lines of the PAM service file."; };
      };
    }));
  };
  config = {
    security.pam.services = {
      login = { startSession = true; allowNullPassword = true; };
      su.rootOK = true;
      passwd = { };
      other.unixAuth = false;
    };
    environment.etc = lib.mapAttrs' (_: s: lib.nameValuePair "pam.d/${s.name}" { source = pkgs.writeText "${s.name}.pam" (render s.name s); }) config.security.pam.services;
  };
}
