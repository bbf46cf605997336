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
      apply.way_back_seconds = 60;
      apply.settle_seconds = 5;
      observe.interval_seconds = 5;
      observe.services = [ "nginx.service" ];
      health.check = [
        { name = "web page"; http = "http://127.0.0.1/"; timeout_seconds = 5; }
        { name = "ssh"; tcp = "127.0.0.1:22"; timeout_seconds = 5; }
      ];
    };
  };
}
