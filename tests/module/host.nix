# The demo's web host with the real module, and a package that has the programs' names only.
{ config, lib, pkgs, ... }:
{
  imports = [ ../../agentd/nixos-module ];

  environment.systemPackages = [ pkgs.git ];
  services.agentd = {
    enable = true;
    nixDaemon = true;
    package = pkgs.mkPackage {
      pname = "agentd";
      version = "0";
      bins = [ "agentd" "agentd-auditd" "agentd-applyd" "agentd-analyze" "agentd-confine" "agentd-probe" "agentd-rehearse" "agentd-fetch" "agentctl" ];
    };
    settings = {
      flake.upstream = "/srv/config.git";
      flake.origins = [ "http://127.0.0.1:8099" "http://127.0.0.1:8098" "github:nixos" ];
      rehearse.enable = true;
      rehearse.lend = [ "/usr" ];
      observe.services = [ "nginx.service" ];
      health.check = [
        { name = "web page"; http = "http://127.0.0.1/"; timeout_seconds = 5; }
        { name = "ssh \"door\""; tcp = "127.0.0.1:22"; required = false; }
      ];
    };
  };
}
