# agentd looks after this machine.
{ config, lib, pkgs, ... }:
{
  imports = [ ../../agentd/nixos-module ];

  services.agentd = {
    enable = true;
    package = pkgs.agentd;
    policy = ./policy.toml;
    settings = {
      flake.upstream = "/srv/config.git";
      apply.way_back_seconds = 120;
      apply.settle_seconds = 2;
      apply.watch_seconds = 4;
      apply.confirm = "network";
      apply.confirm_seconds = 20;
      observe.interval_seconds = 5;
      observe.services = [ "nginx.service" ];
      health.check = [
        { name = "web page"; http = "http://127.0.0.1/"; timeout_seconds = 5; }
        { name = "names"; dns = "db.example"; timeout_seconds = 5; }
        { name = "room on the disk"; disk = "/"; free_mb = 300; }
        { name = "ssh"; ssh = "192.0.2.80:22"; timeout_seconds = 5; }
      ];
    };
  };
}
