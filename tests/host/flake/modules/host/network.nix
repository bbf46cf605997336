# Addresses and the route are really set; the demo only writes them down.
{ config, lib, pkgs, ... }:
let cfg = config.networking; in
{
  systemd.services = lib.mapAttrs'
    (name: i: lib.nameValuePair "network-addresses-${name}" {
      path = [ pkgs.iproute2 ];
      before = [ "network.target" ];
      script = lib.mkForce (''
        ip link set ${name} up
      '' + lib.concatMapStrings (a: "ip address replace ${a.address}/${toString a.prefixLength} dev ${name}\n") i.ipv4.addresses
      + lib.optionalString (cfg.defaultGateway != null) "ip route replace default via ${cfg.defaultGateway} dev ${name}\n");
      postStop = "ip address flush dev ${name}";
    })
    cfg.interfaces;
}
