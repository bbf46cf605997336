{ config, lib, pkgs, ... }:
let
  inherit (lib) mkOption types;
  cfg = config.networking;
  address = types.submodule {
    options = {
      address = mkOption { type = types.str; description = "IPv4 address of the interface."; };
      prefixLength = mkOption { type = types.ints.between 0 32; description = "Subnet mask of the interface, as the number of bits."; };
    };
  };
in
{
  options.networking = {
    hostName = mkOption { type = types.strMatching "[a-zA-Z0-9]([a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?|"; default = "nixos"; description = "The name of the machine."; };
    domain = mkOption { type = types.nullOr types.str; default = null; example = "home.arpa"; description = "The system domain name."; };
    nameservers = mkOption { type = types.listOf types.str; default = [ ]; example = [ "9.9.9.9" ]; description = "The list of nameservers."; };
    hosts = mkOption { type = types.attrsOf (types.listOf types.str); default = { }; example = { "192.0.2.10" = [ "db" ]; }; description = "Locally defined maps of hostnames to IP addresses."; };
    extraHosts = mkOption { type = types.lines; default = ""; description = "Additional verbatim entries to be appended to {file}`/etc/hosts`."; };
    useDHCP = mkOption { type = types.bool; default = true; description = "Whether to enable DHCP on all interfaces."; };
    defaultGateway = mkOption { type = types.nullOr types.str; default = null; example = "192.0.2.1"; description = "The default gateway."; };
    interfaces = mkOption {
      default = { };
      description = "The configuration for each network interface.";
      type = types.attrsOf (types.submodule {
        options.ipv4.addresses = mkOption { type = types.listOf address; default = [ ]; description = "List of IPv4 addresses that will be statically assigned to the interface."; };
      });
    };
  };
  config = {
    networking.hosts = {
      "127.0.0.1" = [ "localhost" ];
      "::1" = [ "localhost" ];
      "127.0.0.2" = lib.optional (cfg.hostName != "") cfg.hostName;
    };
    environment.etc = {
      hostname = lib.mkIf (cfg.hostName != "") { text = cfg.hostName + "\n"; };
      hosts.text = lib.concatLines (lib.mapAttrsToList (ip: names: "${ip} ${toString names}")
        (lib.filterAttrs (_: names: names != [ ]) cfg.hosts)) + cfg.extraHosts;
      "resolv.conf".text = lib.concatMapStrings (n: "nameserver ${n}\n") cfg.nameservers
        + lib.optionalString (cfg.domain != null) "search ${cfg.domain}\n" + "options edns0\n";
      "nsswitch.conf".text = "passwd:    files systemd\ngroup:     files [success=merge] systemd\nshadow:    files\nhosts:     files dns\n";
    };
    systemd.services = lib.mapAttrs'
      (name: i: lib.nameValuePair "network-addresses-${name}" {
        description = "Address configuration of ${name}";
        wantedBy = [ "multi-user.target" ];
        serviceConfig = { Type = "oneshot"; RemainAfterExit = true; };
        stopIfChanged = false;
        # the demo machine has no such interface; the addresses are kept where `ip addr` would look
        script = ''
          mkdir -p /run/network/addresses
          : > /run/network/addresses/${name}
        '' + lib.concatMapStrings (a: "echo ${a.address}/${toString a.prefixLength} >> /run/network/addresses/${name}\n") i.ipv4.addresses;
      })
      cfg.interfaces;
  };
}
