{ config, lib, pkgs, ... }:
let
  inherit (lib) mkOption types;
  cfg = config.networking.firewall;

  canonicalizePorts = ports: lib.unique (lib.sort (a: b: a < b) ports);
  portRange = types.submodule {
    options = {
      from = mkOption { type = types.port; description = "First port of the range."; };
      to = mkOption { type = types.port; description = "Last port of the range."; };
    };
  };
  perInterface = {
    allowedTCPPorts = mkOption { type = types.listOf types.port; default = [ ]; apply = canonicalizePorts; example = [ 22 80 ]; description = "List of TCP ports on which incoming connections are accepted."; };
    allowedTCPPortRanges = mkOption { type = types.listOf portRange; default = [ ]; example = [ { from = 8999; to = 9003; } ]; description = "A range of TCP ports on which incoming connections are accepted."; };
    allowedUDPPorts = mkOption { type = types.listOf types.port; default = [ ]; apply = canonicalizePorts; example = [ 53 ]; description = "List of open UDP ports."; };
    allowedUDPPortRanges = mkOption { type = types.listOf portRange; default = [ ]; example = [ { from = 60000; to = 61000; } ]; description = "Range of open UDP ports."; };
  };
  allInterfaces = { default = { inherit (cfg) allowedTCPPorts allowedTCPPortRanges allowedUDPPorts allowedUDPPortRanges; }; } // cfg.interfaces;

  helpers = ''
    # Helper command to manipulate both the IPv4 and IPv6 tables.
    ip46tables() {
      iptables -w "$@"
      ip6tables -w "$@"
    }
  '';
  writeShScript = name: text: "${pkgs.writeScriptBin name "#!${pkgs.runtimeShell} -e\n${text}"}/bin/${name}";

  accept = proto: match: iface:
    "ip46tables -A nixos-fw -p ${proto} --dport ${match} -j nixos-fw-accept ${lib.optionalString (iface != "default") "-i ${iface}"}\n";
  each = f: lib.concatStrings (lib.mapAttrsToList f allInterfaces);
  ports = proto: attr: each (iface: i: lib.concatMapStrings (p: accept proto (toString p) iface) i.${attr});
  ranges = proto: attr: each (iface: i: lib.concatMapStrings (r: accept proto "${toString r.from}:${toString r.to}" iface) i.${attr});

  startScript = writeShScript "firewall-start" ''
    ${helpers}

    # Flush the old firewall rules.  !!! Ideally, updating the
    # firewall would be atomic.  Apparently that's possible
    # with iptables-restore.
    ip46tables -D INPUT -j nixos-fw 2> /dev/null || true
    for chain in nixos-fw nixos-fw-accept nixos-fw-log-refuse nixos-fw-refuse; do
      ip46tables -F "$chain" 2> /dev/null || true
      ip46tables -X "$chain" 2> /dev/null || true
    done

    # The "nixos-fw-accept" chain just accepts packets.
    ip46tables -N nixos-fw-accept
    ip46tables -A nixos-fw-accept -j ACCEPT

    # The "nixos-fw-refuse" chain rejects or drops packets.
    ip46tables -N nixos-fw-refuse
    ip46tables -A nixos-fw-refuse -j DROP

    # The "nixos-fw-log-refuse" chain performs logging, then
    # jumps to the "nixos-fw-refuse" chain.
    ip46tables -N nixos-fw-log-refuse
    ${lib.optionalString cfg.logRefusedConnections ''
      ip46tables -A nixos-fw-log-refuse -p tcp --syn -j LOG --log-level info --log-prefix "refused connection: "
    ''}ip46tables -A nixos-fw-log-refuse -m pkttype ! --pkt-type unicast -j nixos-fw-refuse
    ip46tables -A nixos-fw-log-refuse -j nixos-fw-refuse

    # The "nixos-fw" chain does the actual work.
    ip46tables -N nixos-fw

    # Accept all traffic on the trusted interfaces.
    ${lib.concatMapStrings (i: "ip46tables -A nixos-fw -i ${i} -j nixos-fw-accept\n") cfg.trustedInterfaces}
    # Accept packets from established or related connections.
    ip46tables -A nixos-fw -m conntrack --ctstate ESTABLISHED,RELATED -j nixos-fw-accept

    # Accept connections to the allowed TCP ports.
    ${ports "tcp" "allowedTCPPorts"}
    # Accept connections to the allowed TCP port ranges.
    ${ranges "tcp" "allowedTCPPortRanges"}
    # Accept packets on the allowed UDP ports.
    ${ports "udp" "allowedUDPPorts"}
    # Accept packets on the allowed UDP port ranges.
    ${ranges "udp" "allowedUDPPortRanges"}
    ${lib.optionalString cfg.allowPing ''
      # Optionally respond to ICMPv4 pings.
      iptables -w -A nixos-fw -p icmp --icmp-type echo-request -j nixos-fw-accept
    ''}
    # Accept all ICMPv6 messages except redirects and node
    # information queries (type 139).  See RFC 4890, section
    # 4.4.
    ip6tables -A nixos-fw -p icmpv6 --icmpv6-type redirect -j DROP
    ip6tables -A nixos-fw -p icmpv6 --icmpv6-type 139 -j DROP
    ip6tables -A nixos-fw -p icmpv6 -j nixos-fw-accept

    # Allow this host to act as a DHCPv6 client
    ip6tables -A nixos-fw -d fe80::/64 -p udp --dport 546 -j nixos-fw-accept

    ${cfg.extraCommands}

    # Reject/drop everything else.
    ip46tables -A nixos-fw -j nixos-fw-log-refuse

    # Enable the firewall.
    ip46tables -A INPUT -j nixos-fw
  '';
  stopScript = writeShScript "firewall-stop" ''
    ${helpers}

    # Clean up in case reload fails
    ip46tables -D INPUT -j nixos-drop 2>/dev/null || true

    ip46tables -D INPUT -j nixos-fw 2>/dev/null || true

    ${cfg.extraStopCommands}
  '';
  reloadScript = writeShScript "firewall-reload" ''
    ${helpers}

    # Create a unique drop rule
    ip46tables -D INPUT -j nixos-drop 2>/dev/null || true
    ip46tables -F nixos-drop 2>/dev/null || true
    ip46tables -X nixos-drop 2>/dev/null || true
    ip46tables -N nixos-drop
    ip46tables -A nixos-drop -j DROP

    # Don't allow traffic to leak out until the script has completed
    ip46tables -A INPUT -j nixos-drop

    ${cfg.extraStopCommands}

    if ${startScript}; then
      ip46tables -D INPUT -j nixos-drop 2>/dev/null || true
    else
      echo "Failed to reload firewall... Stopping"
      ${stopScript}
      exit 1
    fi
  '';
in
{
  options.networking.firewall = perInterface // {
    enable = mkOption { type = types.bool; default = true; description = "Whether to enable the firewall."; };
    package = lib.mkPackageOption pkgs "iptables" { };
    allowPing = mkOption { type = types.bool; default = true; description = "Whether to respond to incoming ICMPv4 echo requests (\"pings\")."; };
    logRefusedConnections = mkOption { type = types.bool; default = true; description = "Whether to log rejected or dropped incoming connections."; };
    trustedInterfaces = mkOption { type = types.listOf types.str; default = [ ]; example = [ "enp0s2" ]; description = "Traffic coming in from these interfaces will be accepted unconditionally."; };
    interfaces = mkOption { type = types.attrsOf (types.submodule { options = perInterface; }); default = { }; description = "Interface-specific open ports."; };
    extraCommands = mkOption { type = types.lines; default = ""; description = "Additional shell commands executed as part of the firewall initialisation script."; };
    extraStopCommands = mkOption { type = types.lines; default = ""; description = "Additional shell commands executed as part of the firewall shutdown script."; };
  };
  config = lib.mkIf cfg.enable {
    networking.firewall.trustedInterfaces = [ "lo" ];
    environment.systemPackages = [ cfg.package ];
    systemd.services.firewall = {
      description = "Firewall";
      wantedBy = [ "sysinit.target" ];
      wants = [ "network-pre.target" ];
      after = [ "systemd-modules-load.service" ];
      before = [ "network-pre.target" "shutdown.target" ];
      conflicts = [ "shutdown.target" ];
      path = [ cfg.package ];
      reloadIfChanged = true;
      unitConfig.DefaultDependencies = false;
      serviceConfig = {
        Type = "oneshot";
        RemainAfterExit = true;
        ExecStart = "@${startScript} firewall-start";
        ExecReload = "@${reloadScript} firewall-reload";
        ExecStop = "@${stopScript} firewall-stop";
      };
    };
  };
}
