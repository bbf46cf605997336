{ config, lib, pkgs, ... }:
let
  inherit (lib) mkOption types;
  cfg = config.services.redis;
  configFile = pkgs.writeText "redis.conf" (lib.concatLines (lib.mapAttrsToList
    (k: v: "${k} ${if lib.isBool v then lib.boolToYesNo v else toString v}")
    (lib.filterAttrs (_: v: v != null) cfg.settings)));
in
{
  options.services.redis = {
    enable = lib.mkEnableOption "Redis server";
    package = lib.mkPackageOption pkgs "redis" { };
    port = mkOption { type = types.port; default = 6379; description = "The TCP port to accept connections."; };
    bind = mkOption { type = types.nullOr types.str; default = "127.0.0.1"; description = "The IP interface to bind to. `null` means \"all interfaces\"."; };
    openFirewall = mkOption { type = types.bool; default = false; description = "Whether to open ports in the firewall for the server."; };
    maxclients = mkOption { type = types.ints.positive; default = 10000; description = "Set the max number of connected clients at the same time."; };
    settings = mkOption { type = types.attrsOf (types.nullOr (types.oneOf [ types.bool types.int types.str ])); default = { }; description = "Redis configuration."; };
  };
  config = lib.mkIf cfg.enable {
    services.redis.settings = {
      inherit (cfg) port bind maxclients;
      daemonize = false;
      dir = "/var/lib/redis";
      protected-mode = lib.mkDefault true;
    };
    environment.systemPackages = [ cfg.package ];
    networking.firewall.allowedTCPPorts = lib.mkIf cfg.openFirewall [ cfg.port ];
    users.users.redis = { isSystemUser = true; group = "redis"; description = "System user for the redis-server instance"; };
    users.groups.redis = { };
    systemd.services.redis = {
      description = "Redis Server";
      wantedBy = [ "multi-user.target" ];
      after = [ "network.target" ];
      serviceConfig = {
        ExecStart = "${cfg.package}/bin/redis-server ${configFile}";
        User = "redis";
        Group = "redis";
        StateDirectory = "redis";
        StateDirectoryMode = "0700";
        Restart = "always";
      };
    };
  };
}
