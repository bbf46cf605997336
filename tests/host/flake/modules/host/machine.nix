# PID 1, profile, store and accounts of a machine that has them for itself.
{ config, lib, pkgs, ... }:
let
  emergency = [ "emergency.service" "emergency.target" ];
  rescue = [ "rescue.service" "rescue.target" ];
  early = { DefaultDependencies = false; Conflicts = "shutdown.target"; };
in
{
  # What a switch of NixOS starts anew are targets of the system's own, so these are complete ones, as systemd has them.
  systemd.targets = {
    sysinit = { wants = [ "local-fs.target" "swap.target" ]; after = [ "local-fs.target" "swap.target" ] ++ emergency; conflicts = emergency; };
    basic = { wants = [ "paths.target" "slices.target" ]; after = [ "paths.target" "slices.target" "tmp.mount" ]; };
    multi-user = { after = rescue; conflicts = rescue; unitConfig.AllowIsolate = true; };
    network = { after = [ "network-pre.target" ]; unitConfig.RefuseManualStart = true; };
    network-pre.unitConfig.RefuseManualStart = true;
    network-online.after = [ "network.target" ];
    sockets.unitConfig = early;
    timers.unitConfig = early;
  };
  environment.etc."systemd/system.conf".text = "[Manager]\n";
  i18n.defaultLocale = "C.UTF-8";

  # systemd's own, which its tmpfiles rules name whether or not agentd is there.
  users.groups.systemd-journal = { };

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

  # NixOS's. Debian's below /usr says `D /tmp`, by which systemd-tmpfiles-resetup, at work while services start, takes away the
  # private /tmp of those that are just being started: they then end with 226/NAMESPACE, now and then.
  environment.etc."tmpfiles.d/tmp.conf".text = "q /tmp 1777 root root 10d\nq /var/tmp 1777 root root 30d\n";

  # Where sshd separates its privileges.
  systemd.tmpfiles.rules = [ "d /run/sshd 0755 root root -" ];
  systemd.services.sshd.serviceConfig = { RuntimeDirectory = "sshd"; RuntimeDirectoryPreserve = true; };
  environment.etc."pam/environment".text = "";
  security.pam.services.systemd-user.startSession = true;
}
