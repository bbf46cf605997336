# A place for agentd on this host. The real module takes over from here; this one
# only writes the two files.
{ config, lib, pkgs, ... }:
let
  inherit (lib) mkIf mkOption types;
  cfg = config.services.agentd;
  toml = pkgs.formats.toml { };
in
{
  options.services.agentd = {
    enable = lib.mkEnableOption "agentd, which lets this machine look after itself";
    settings = mkOption { type = toml.type; default = { }; example = { host = "web"; }; description = "Contents of {file}`/etc/agentd/agentd.toml`."; };
    policy = mkOption { type = types.either types.lines toml.type; default = { }; description = "Contents of {file}`/etc/agentd/policy.toml`, as values or as text."; };
  };
  config = mkIf cfg.enable {
    environment.etc."agentd/agentd.toml".source = toml.generate "agentd.toml" cfg.settings;
    environment.etc."agentd/policy.toml".source =
      if lib.isString cfg.policy then pkgs.writeText "policy.toml" cfg.policy else toml.generate "policy.toml" cfg.policy;
  };
}
