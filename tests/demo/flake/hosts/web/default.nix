# web: the public page, and the metrics of this machine.
{ config, lib, pkgs, ... }:
{
  imports = [ ../common.nix ]
    # what is tried out on this host, while it is tried out
    ++ lib.optional (builtins.pathExists ./agentd.nix) ./agentd.nix;

  networking.hostName = "web";

  # HTTP only for now, TLS ends at the router.
  networking.firewall.allowedTCPPorts = [ 80 ];

  services.nginx = {
    enable = true;
    virtualHosts."web.example" = {
      default = true;
      root = ./www;
    };
  };

  # scraped by the machine next door, so not open to the world
  services.prometheus.exporters.node = {
    enable = true;
    listenAddress = "127.0.0.1";
  };

  services.backup.jobs.www = {
    paths = [ "/var/www" ];
    startAt = "03:15";
  };

  systemd.tmpfiles.rules = [ "d /var/www 0755 root root -" ];
}
