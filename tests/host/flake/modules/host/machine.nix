# PID 1, profile, store and accounts of a machine that has them for itself.
{ config, lib, pkgs, ... }:
{
  # systemd's own targets are Debian's and complete; a short one in /etc would hide them.
  systemd.targets = lib.genAttrs [ "basic" "multi-user" "network" "network-online" "network-pre" "sockets" "sysinit" "timers" ]
    (_: { enable = lib.mkForce false; });
  systemd.defaultUnit = "/usr/lib/systemd/system/multi-user.target";

  system.profile = "/nix/var/nix/profiles/system";
  environment.etc.fstab.enable = false;

  # The journal is what a test reads after a power cut, too.
  environment.etc."systemd/journald.conf".text = ''
    [Journal]
    Storage=persistent
    SyncIntervalSec=1s
    RateLimitIntervalSec=0
  '';

  systemd.sockets.nix-daemon = {
    description = "Nix Daemon Socket";
    wantedBy = [ "sockets.target" ];
    listenStreams = [ "/nix/var/nix/daemon-socket/socket" ];
  };
  systemd.services.nix-daemon = {
    description = "Nix Daemon";
    requires = [ "nix-daemon.socket" ];
    stopIfChanged = false;
    serviceConfig = { ExecStart = "${config.nix.package}/bin/nix-daemon"; KillMode = "process"; Delegate = true; };
  };
  nix.settings = {
    substituters = lib.mkForce [ "" ];
    sandbox-fallback = "false";
    flake-registry = "";
  };

  # Where sshd separates its privileges.
  systemd.tmpfiles.rules = [ "d /run/sshd 0755 root root -" ];
  systemd.services.sshd.serviceConfig = { RuntimeDirectory = "sshd"; RuntimeDirectoryPreserve = true; };
  environment.etc."pam/environment".text = "";
}
