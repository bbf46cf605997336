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
      bins = [ "agentd" "agentd-auditd" "agentd-applyd" "agentd-analyze" "agentd-confine" "agentd-probe" "agentctl" ];
    };
    settings = {
      flake.upstream = "/srv/config.git";
      observe.services = [ "nginx.service" ];
      health.check = [
        { name = "web page"; http = "http://127.0.0.1/"; timeout_seconds = 5; }
        { name = "ssh \"door\""; tcp = "127.0.0.1:22"; required = false; }
      ];
    };
  };
}
