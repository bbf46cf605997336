# What each process is locked out of. tests/module holds the scores of `systemd-analyze security`.
{ lib }:
rec {
  # For what needs nothing but files and Unix sockets. No PrivateUsers: inside a user namespace every
  # peer's uid reads as 65534, and peers are told apart by their uid. No ProcSubset=pid: entries of the
  # log name the boot, which is read below /proc/sys.
  base = {
    CapabilityBoundingSet = "";
    DevicePolicy = "closed";
    InaccessiblePaths = [ "-/run/secrets" "-/run/secrets.d" "-/run/agenix" "-/run/agenix.d" "-/etc/ssh" "-/root" ];
    KeyringMode = "private";
    LimitCORE = 0;
    LockPersonality = true;
    MemoryDenyWriteExecute = true;
    NoNewPrivileges = true;
    PrivateDevices = true;
    PrivateIPC = true;
    PrivateTmp = true;
    ProtectClock = true;
    ProtectControlGroups = true;
    ProtectHome = true;
    ProtectHostname = true;
    ProtectKernelLogs = true;
    ProtectKernelModules = true;
    ProtectKernelTunables = true;
    ProtectProc = "invisible";
    ProtectSystem = "strict";
    RemoveIPC = true;
    RestrictNamespaces = true;
    RestrictRealtime = true;
    RestrictSUIDSGID = true;
    SystemCallArchitectures = "native";
    SystemCallErrorNumber = "EPERM";
    UMask = "0077";
  };

  # The writer of the log: nothing but its folder and its socket.
  auditd = base // {
    IPAddressDeny = "any";
    InaccessiblePaths = base.InaccessiblePaths ++ [ "-/nix/var/nix/daemon-socket" ];
    MemoryMax = "512M";
    PrivateNetwork = true;
    RestrictAddressFamilies = [ "AF_UNIX" ];
    SystemCallFilter = [ "@system-service" "~@privileged @resources" ];
    TasksMax = 128; # a thread for each connection, 64 at most
  };

  # The daemon. Evaluations are its children and live under all of this too, and that is the point: as an
  # ordinary user the daemon cannot give an evaluation an empty network, so that whatever is evaluated
  # reaches no further than `reachableFrom`. Builds run in the Nix daemon's own sandbox.
  agentd = reachableFrom: base // {
    IPAddressAllow = reachableFrom;
    IPAddressDeny = "any";
    RestrictAddressFamilies = [ "AF_UNIX" "AF_INET" "AF_INET6" ];
    # chown: the admin socket is given to the admins' group
    # landlock_*: evaluations shut themselves in; older systemds have these in no set
    SystemCallFilter = [ "@system-service" "~@privileged @resources" "@chown landlock_create_ruleset landlock_add_rule landlock_restrict_self" ];
    TasksMax = 512;
  };

  # The root helper runs switch-to-configuration as its child, so all that is forbidden here is forbidden to
  # activation scripts. Nothing that makes a mount or a UTS namespace may stand here: what an activation mounts
  # (secrets, wrappers) or names (the host) would be lost with the helper. No RestrictSUIDSGID: wrappers are made.
  # Its safety is that it is small, verifies everything by itself, and listens to agentd and root only.
  applyd = {
    CapabilityBoundingSet = "~CAP_BLOCK_SUSPEND CAP_LEASE CAP_SYS_BOOT CAP_SYS_PACCT CAP_SYS_TIME CAP_WAKE_ALARM";
    KeyringMode = "private";
    LimitCORE = 0;
    LockPersonality = true;
    RestrictAddressFamilies = [ "AF_UNIX" "AF_INET" "AF_INET6" "AF_NETLINK" "AF_ALG" ];
    RestrictRealtime = true;
    SystemCallArchitectures = "native";
    SystemCallErrorNumber = "EPERM";
    SystemCallFilter = [ "~@clock @cpu-emulation @obsolete @reboot" ];
  };
}
