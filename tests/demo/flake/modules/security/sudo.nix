{ config, lib, pkgs, ... }:
let
  inherit (lib) mkOption types;
  cfg = config.security.sudo;

  command = types.either types.str (types.submodule {
    options = {
      command = mkOption { type = types.str; description = "A command, or `ALL`."; };
      options = mkOption { type = types.listOf (types.enum [ "NOPASSWD" "PASSWD" "NOEXEC" "EXEC" "SETENV" "NOSETENV" ]); default = [ ]; description = "Options for running the command."; };
    };
  });
  rule = types.submodule {
    options = {
      users = mkOption { type = types.listOf (types.either types.str types.int); default = [ ]; description = "The usernames / UIDs this rule should apply for."; };
      groups = mkOption { type = types.listOf (types.either types.str types.int); default = [ ]; description = "The groups / GIDs this rule should apply for."; };
      host = mkOption { type = types.str; default = "ALL"; description = "For what host this rule should apply."; };
      runAs = mkOption { type = types.str; default = "ALL:ALL"; description = "Under which user/group the specified command is allowed to run."; };
      commands = mkOption { type = types.listOf command; description = "The commands for which the rule should apply."; };
    };
  };

  toUser = u: if lib.isInt u then "#${toString u}" else u;
  toGroup = g: if lib.isInt g then "%#${toString g}" else "%${g}";
  toCommand = c:
    if lib.isString c then c
    else lib.concatStringsSep ":" c.options + lib.optionalString (c.options != [ ]) ": " + c.command;
  toRule = r:
    let rest = "${r.host}=(${r.runAs})    ${lib.concatMapStringsSep ", " toCommand r.commands}"; in
    map (u: "${toUser u}     ${rest}") r.users ++ map (g: "${toGroup g}     ${rest}") r.groups;
in
{
  options.security.sudo = {
    enable = mkOption { type = types.bool; default = true; description = "Whether to enable the {command}`sudo` command."; };
    package = lib.mkPackageOption pkgs "sudo" { };
    wheelNeedsPassword = mkOption { type = types.bool; default = true; description = "Whether users of the `wheel` group must provide a password to run commands as super user via {command}`sudo`."; };
    execWheelOnly = mkOption { type = types.bool; default = false; description = "Only allow members of the `wheel` group to execute sudo."; };
    extraRules = mkOption { type = types.listOf rule; default = [ ]; description = "Define specific rules to be in the {file}`sudoers` file."; };
    extraConfig = mkOption { type = types.lines; default = ""; description = "Extra configuration text appended to {file}`sudoers`."; };
  };
  config = lib.mkIf cfg.enable {
    environment.systemPackages = [ cfg.package ];
    security.sudo.extraRules = lib.mkBefore [
      { users = [ "root" ]; commands = [ { command = "ALL"; options = [ "SETENV" ]; } ]; }
      { groups = [ "wheel" ]; commands = [ { command = "ALL"; options = lib.optional (!cfg.wheelNeedsPassword) "NOPASSWD" ++ [ "SETENV" ]; } ]; }
    ];
    security.pam.services.sudo = { };
    security.wrappers.sudo = {
      setuid = true;
      owner = "root";
      group = if cfg.execWheelOnly then "wheel" else "root";
      permissions = if cfg.execWheelOnly then "u+rx,g+x" else "u+rx,g+x,o+x";
      source = "${cfg.package}/bin/sudo";
    };
    environment.etc.sudoers = {
      mode = "0440";
      text = ''
        # Don't edit this file. Set the NixOS options ‘security.sudo.configFile’
        # or ‘security.sudo.extraRules’ instead.

        # Keep SSH_AUTH_SOCK so that pam_ssh_agent_auth.so can do its magic.
        Defaults env_keep+=SSH_AUTH_SOCK

        # extraRules
        ${lib.concatStringsSep "\n" (lib.concatMap toRule cfg.extraRules)}

        ${cfg.extraConfig}
      '';
    };
  };
}
