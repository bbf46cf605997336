# Small things of each kind of unit, to be started, changed and broken.
{ config, lib, pkgs, ... }:
let
  inherit (lib) mkIf mkOption types;
  cfg = config.services;
in
{
  options.services = {
    # A name server for the machine itself: one that answers, and says so when it does not.
    names = {
      enable = lib.mkEnableOption "a name server on 127.0.0.1 for the machine itself";
      records = mkOption { type = types.attrsOf types.str; default = { }; example = { "db.example" = "192.0.2.10"; }; description = "Names and their IPv4 addresses."; };
    };
    # Connections are served by an instance each, as inetd did.
    echo = {
      enable = lib.mkEnableOption "an echo service that is started by its socket";
      port = mkOption { type = types.port; default = 7; description = "Port to listen on."; };
    };
    ticker = {
      enable = lib.mkEnableOption "a timer that writes the time into a file";
      everySeconds = mkOption { type = types.ints.between 1 3600; default = 5; description = "How often."; };
    };
    # What a test breaks: a service that does as it is told.
    worker = {
      enable = lib.mkEnableOption "a service that does nothing, for a while";
      marker = mkOption { type = types.str; default = "1"; description = "Says which one it is."; };
      crashAfterSeconds = mkOption { type = types.nullOr types.int; default = null; example = 2; description = "When it ends by itself, with status 3."; };
      startFails = mkOption { type = types.bool; default = false; description = "Whether it does not even start."; };
      restart = mkOption { type = types.str; default = "no"; description = "See `Restart=`."; };
    };
  };

  config = lib.mkMerge [
    (mkIf cfg.names.enable {
      environment.etc."names.conf".text = lib.concatLines (lib.mapAttrsToList (name: address: "${name} ${address}") cfg.names.records);
      systemd.services.names = {
        description = "Name server of this machine";
        wantedBy = [ "multi-user.target" ];
        before = [ "network.target" ];
        restartTriggers = [ config.environment.etc."names.conf".source ];
        stopIfChanged = false;
        serviceConfig = { ExecStart = "/usr/bin/python3 -I ${./names.py} /etc/names.conf"; DynamicUser = true; AmbientCapabilities = [ "CAP_NET_BIND_SERVICE" ]; Restart = "on-failure"; };
      };
    })
    (mkIf cfg.echo.enable {
      networking.firewall.allowedTCPPorts = [ cfg.echo.port ];
      systemd.sockets.echo = {
        description = "Socket of the echo service";
        wantedBy = [ "sockets.target" ];
        listenStreams = [ (toString cfg.echo.port) ];
        socketConfig.Accept = true;
      };
      systemd.services."echo@" = {
        description = "Echo service";
        serviceConfig = { ExecStart = "${pkgs.busybox}/bin/cat"; StandardInput = "socket"; StandardError = "journal"; DynamicUser = true; };
      };
    })
    (mkIf cfg.ticker.enable {
      systemd.timers.ticker = {
        description = "Writes the time now and then";
        wantedBy = [ "timers.target" ];
        timerConfig = { OnBootSec = "1s"; OnUnitActiveSec = "${toString cfg.ticker.everySeconds}s"; AccuracySec = "100ms"; };
      };
      systemd.services.ticker = {
        description = "Writes the time";
        script = "date > /run/ticker";
        serviceConfig.Type = "oneshot";
      };
    })
    (mkIf cfg.worker.enable {
      systemd.services.worker = {
        description = "Worker ${cfg.worker.marker}";
        wantedBy = [ "multi-user.target" ];
        environment.MARKER = cfg.worker.marker;
        script =
          if cfg.worker.startFails then # the journal knows whose words they are as long as who said them lives
            "echo the worker cannot start >&2; ${config.systemd.package}/bin/journalctl --sync; exit 1"
          else if cfg.worker.crashAfterSeconds != null then "echo worker $MARKER works; sleep ${toString cfg.worker.crashAfterSeconds}; echo worker $MARKER breaks >&2; exit 3"
          else "echo worker $MARKER works; while :; do sleep 1000; done";
        serviceConfig = { Type = if cfg.worker.startFails then "oneshot" else "exec"; Restart = cfg.worker.restart; };
      };
    })
  ];
}
