# db: PostgreSQL for the applications on web.
{ config, lib, pkgs, ... }:
{
  imports = [ ../common.nix ]
    # what is tried out on this host, while it is tried out
    ++ lib.optional (builtins.pathExists ./agentd.nix) ./agentd.nix;

  networking.hostName = "db";
  networking.interfaces.eth0.ipv4.addresses = [
    { address = "192.0.2.10"; prefixLength = 24; }
  ];

  services.postgresql = {
    enable = true;
    ensureDatabases = [ "app" ];
    settings.max_connections = 50;
  };

  # Kept for a month: this is the only copy.
  services.backup.jobs.postgresql = {
    paths = [ "/var/lib/postgresql" ];
    keep = 30;
  };
}
