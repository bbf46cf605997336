# The host `box` as it is, and with each of the changes of tests/corpus/effects that can be seen on it, and a few more.
# `seed` is the host's flake as files.
{ seed }:
let
  flake = (import "${toString seed}/flake.nix").outputs { self = flake; };
  inherit (flake) lib;
  pkgs = flake.legacyPackages.x86_64-linux;
  corpus = import ../corpus/effects/changes.nix {
    inherit lib pkgs;
    key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIEJvYkJvYkJvYkJvYkJvYkJvYkJvYkJvYkJvYkJvYkJv bob@desk";
    certificate = "";
    package = pname: version: pkgs.mkPackage { inherit pname version; };
  };
  wanted = [
    "open a port" "open a range of ports" "open a port on one interface" "trust an interface" "close a port"
    "no firewall" "answer no pings" "a virtual host" "larger uploads"
    "the web server on another port" "no web server" "redis" "redis for everybody" "a user" "an admin" "a key for alice"
    "a key for root" "a password for alice" "a group" "root over ssh" "passwords over ssh" "ssh on another port"
    "who may use ssh" "sudo without a password" "a rule of sudo" "a setuid program" "a program with a capability"
    "a trusted user of nix" "another cache" "a feature of nix" "collect garbage" "a name for a machine" "a greeting"
    "a variable of all logins" "a folder of a service" "a link made at boot" "a service" "a service of root" "a timer"
    "a socket" "a limit of a service" "a service with less protection"
  ];
  more = [
    { name = "two users and a group of theirs"; module.users = {
        users.carol = { isNormalUser = true; uid = 1005; extraGroups = [ "shared" ]; };
        users.dave = { isNormalUser = true; uid = 1006; extraGroups = [ "shared" "wheel" ]; };
        groups.shared = { };
      }; }
    # with ip46tables and an address of one family the firewall does not start, as on NixOS
    { name = "a rule of the firewall for IPv4"; module.networking.firewall.extraCommands = "iptables -A nixos-fw -s 192.0.2.0/24 -p tcp --dport 5432 -j nixos-fw-accept"; }
    { name = "a rule of sudo for a group"; module.security.sudo.extraRules = [ { groups = [ "wheel" ]; commands = [ { command = "ALL"; options = [ "NOPASSWD" ]; } ]; } ]; }
    { name = "no keys over ssh"; module.services.openssh.settings.PubkeyAuthentication = false; }
    { name = "a socket for others"; module = {
        systemd.sockets.seen = { wantedBy = [ "sockets.target" ]; listenStreams = [ "0.0.0.0:7001" ]; };
        systemd.services.seen = { script = "exec sleep 1"; serviceConfig.DynamicUser = true; };
        networking.firewall.allowedTCPPorts = [ 7001 ];
      }; }
  ];
  changes = lib.filter (change: lib.elem change.name wanted) corpus ++ more;
  system = module: (flake.lib.nixosSystem {
    modules = [ "${toString seed}/hosts/box" module ];
  }).config.system.build.toplevel;
in
{
  names = map (change: change.name) changes;
  says = { };
  systems = [ (system { }) ] ++ map (change: system change.module) changes;
}
