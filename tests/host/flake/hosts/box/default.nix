# box: reached by SSH, serves a page, knows its own names.
{ config, lib, pkgs, ... }:
{
  imports = [ ../common.nix ./with-agentd.nix ]
    # written by agentd, as a whole; everything else in this folder is ours
    ++ lib.optional (builtins.pathExists ./agentd.nix) ./agentd.nix;

  networking.hostName = "box";
  networking.interfaces.eth0.ipv4.addresses = [
    { address = "192.0.2.80"; prefixLength = 24; }
  ];
  networking.defaultGateway = "192.0.2.1";
  networking.nameservers = lib.mkForce [ "127.0.0.1" ];
  networking.firewall.allowedTCPPorts = [ 80 ];
  time.timeZone = lib.mkForce null;

  services.nginx = {
    enable = true;
    virtualHosts."box.example" = {
      default = true;
      root = ./www;
    };
  };
  services.names = {
    enable = true;
    records = { "box.example" = "192.0.2.80"; "db.example" = "192.0.2.10"; };
  };
  services.echo.enable = true;
  services.ticker.enable = true;
  services.worker.enable = true;
}
