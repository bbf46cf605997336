{ config, lib, pkgs, ... }:
let
  inherit (lib) mkOption types;
  cfg = config.services.openssh;
  value = v: if lib.isBool v then lib.boolToYesNo v else if lib.isList v then lib.concatStringsSep "," v else toString v;
  settings = lib.filterAttrs (_: v: v != null) cfg.settings;
  sshconf = pkgs.writeText "sshd.conf-validated" ''
    ${lib.concatStringsSep "\n" (lib.mapAttrsToList (k: v: "${k} ${value v}") settings)}

    Banner none
    AddressFamily any
    ${lib.concatMapStringsSep "\n" (p: "Port ${toString p}") cfg.ports}
    Subsystem sftp internal-sftp
    AuthorizedKeysFile ${lib.optionalString cfg.authorizedKeysInHomedir "%h/.ssh/authorized_keys "}/etc/ssh/authorized_keys.d/%u
    HostKey /etc/ssh/ssh_host_ed25519_key
    ${cfg.extraConfig}
  '';
in
{
  options.services.openssh = {
    enable = lib.mkEnableOption "the OpenSSH secure shell daemon, which allows secure remote logins";
    package = lib.mkPackageOption pkgs "openssh" { };
    ports = mkOption { type = types.listOf types.port; default = [ 22 ]; description = "Specifies on which ports the SSH daemon listens."; };
    openFirewall = mkOption { type = types.bool; default = true; description = "Whether to automatically open the specified ports in the firewall."; };
    authorizedKeysInHomedir = mkOption { type = types.bool; default = true; description = "Enables the use of the `~/.ssh/authorized_keys` file."; };
    settings = mkOption {
      default = { };
      description = "Configuration for `sshd_config(5)`.";
      type = types.submodule {
        freeformType = types.attrsOf (types.nullOr (types.oneOf [ types.str types.int types.bool (types.listOf types.str) ]));
        options = {
          PermitRootLogin = mkOption { type = types.nullOr (types.enum [ "yes" "without-password" "prohibit-password" "forced-commands-only" "no" ]); default = "prohibit-password"; description = "Whether the root user can login using ssh."; };
          PasswordAuthentication = mkOption { type = types.nullOr types.bool; default = true; description = "Specifies whether password authentication is allowed."; };
          KbdInteractiveAuthentication = mkOption { type = types.nullOr types.bool; default = true; description = "Specifies whether keyboard-interactive authentication is allowed."; };
          X11Forwarding = mkOption { type = types.nullOr types.bool; default = false; description = "Whether to allow X11 connections to be forwarded."; };
          UseDns = mkOption { type = types.nullOr types.bool; default = false; description = "Specifies whether sshd looks up the remote host name."; };
          UsePAM = mkOption { type = types.nullOr types.bool; default = true; description = "Whether to enable PAM authentication."; };
          StrictModes = mkOption { type = types.nullOr types.bool; default = true; description = "Whether sshd should check file modes and ownership of directories."; };
          LogLevel = mkOption { type = types.nullOr (types.enum [ "QUIET" "FATAL" "ERROR" "INFO" "VERBOSE" "DEBUG" ]); default = "INFO"; description = "Gives the verbosity level that is used when logging messages from sshd."; };
          AllowUsers = mkOption { type = types.nullOr (types.listOf types.str); default = null; description = "If specified, login is allowed only for the listed users."; };
        };
      };
    };
    extraConfig = mkOption { type = types.lines; default = ""; description = "Verbatim contents of {file}`sshd_config`."; };
  };
  config = lib.mkMerge [
    {
      environment.etc = lib.mapAttrs'
        (_: u: lib.nameValuePair "ssh/authorized_keys.d/${u.name}" {
          mode = "0444";
          source = pkgs.writeText "${u.name}-authorized_keys" (lib.concatLines
            (u.openssh.authorizedKeys.keys ++ map lib.fileContents u.openssh.authorizedKeys.keyFiles));
        })
        (lib.filterAttrs (_: u: u.openssh.authorizedKeys.keys != [ ] || u.openssh.authorizedKeys.keyFiles != [ ]) config.users.users);
    }
    (lib.mkIf cfg.enable {
      environment.systemPackages = [ cfg.package ];
      environment.etc."ssh/sshd_config".source = sshconf;
      networking.firewall.allowedTCPPorts = lib.mkIf cfg.openFirewall cfg.ports;
      security.pam.services.sshd = { startSession = true; unixAuth = cfg.settings.PasswordAuthentication != false; };
      users.users.sshd = { isSystemUser = true; group = "sshd"; description = "SSH privilege separation user"; uid = 2; };
      users.groups.sshd.gid = 2;
      systemd.services.sshd = {
        description = "SSH Daemon";
        wantedBy = [ "multi-user.target" ];
        after = [ "network.target" ];
        stopIfChanged = false;
        path = [ cfg.package ];
        restartTriggers = [ config.environment.etc."ssh/sshd_config".source ];
        preStart = ''
          # Make sure we don't write to stdout, since in case of
          # socket activation, it goes to the remote side.
          exec >&2

          if ! [ -s "/etc/ssh/ssh_host_ed25519_key" ]; then
            ssh-keygen -t ed25519 -f "/etc/ssh/ssh_host_ed25519_key" -N ""
          fi
        '';
        serviceConfig = {
          ExecStart = "${cfg.package}/bin/sshd -D -f /etc/ssh/sshd_config";
          KillMode = "process";
          Restart = "always";
        };
      };
    })
  ];
}
