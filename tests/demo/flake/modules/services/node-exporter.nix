{ config, lib, pkgs, ... }:
let
  inherit (lib) mkOption types;
  cfg = config.services.prometheus.exporters.node;
in
{
  options.services.prometheus.exporters.node = {
    enable = lib.mkEnableOption "the prometheus node exporter";
    package = lib.mkPackageOption pkgs "prometheus-node-exporter" { };
    port = mkOption { type = types.port; default = 9100; description = "Port to listen on."; };
    listenAddress = mkOption { type = types.str; default = "0.0.0.0"; description = "Address to listen on."; };
    openFirewall = mkOption { type = types.bool; default = false; description = "Open port in firewall for incoming connections."; };
    enabledCollectors = mkOption { type = types.listOf types.str; default = [ ]; example = [ "systemd" ]; description = "Collectors to enable."; };
    extraFlags = mkOption { type = types.listOf types.str; default = [ ]; description = "Extra commandline options to pass to the node exporter."; };
  };
  config = lib.mkIf cfg.enable {
    networking.firewall.allowedTCPPorts = lib.mkIf cfg.openFirewall [ cfg.port ];
    users.users.node-exporter = { isSystemUser = true; group = "node-exporter"; description = "Prometheus node exporter service user"; };
    users.groups.node-exporter = { };
    systemd.services.prometheus-node-exporter = {
      description = "Prometheus exporter node";
      wantedBy = [ "multi-user.target" ];
      after = [ "network.target" ];
      serviceConfig = {
        ExecStart = lib.concatStringsSep " " ([
          "${cfg.package}/bin/node_exporter"
          "--web.listen-address=${cfg.listenAddress}:${toString cfg.port}"
        ] ++ map (c: "--collector.${c}") cfg.enabledCollectors ++ cfg.extraFlags);
        User = "node-exporter";
        Group = "node-exporter";
        RuntimeDirectory = "prometheus-node-exporter";
        Restart = "always";
      };
    };
  };
}
