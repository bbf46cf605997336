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
    OOMPolicy = "continue"; # an evaluation that ate all memory is killed; the daemon has to say so
    SystemCallFilter = [ "@system-service" "~@privileged @resources" "@chown landlock_create_ruleset landlock_add_rule landlock_restrict_self" ];
    TasksMax = 512;
  };

  # A Nix daemon of agentd's own. It is root and makes the sandboxes of builds, so it keeps what that takes: namespaces,
  # a hostname and a personality of their own, a /proc that nothing is drawn over. What it has not is a network: what it
  # builds cannot reach one even out of its sandbox, nor an abstract socket of the machine.
  nixd = {
    CapabilityBoundingSet = "CAP_CHOWN CAP_DAC_OVERRIDE CAP_FOWNER CAP_FSETID CAP_KILL CAP_MKNOD CAP_NET_ADMIN CAP_SETGID CAP_SETPCAP CAP_SETUID CAP_SYS_ADMIN CAP_SYS_CHROOT";
    DevicePolicy = "closed";
    InaccessiblePaths = base.InaccessiblePaths ++ [ "-/nix/var/nix/daemon-socket" ];
    IPAddressDeny = "any";
    KeyringMode = "private";
    LimitCORE = 0;
    LimitNOFILE = 1048576;
    NoNewPrivileges = true;
    OOMPolicy = "continue"; # a build that ate all memory is killed; the daemon says so
    PrivateDevices = true;
    PrivateIPC = true;
    PrivateNetwork = true;
    PrivateTmp = true;
    ProtectClock = true;
    ProtectHome = true;
    ProtectKernelModules = true;
    ProtectSystem = "strict";
    ReadWritePaths = [ "/nix" ];
    RestrictRealtime = true;
    SystemCallErrorNumber = "EPERM";
    SystemCallFilter = [ "~@clock @module @raw-io @reboot @swap" ];
    TasksMax = 1048576; # as the machine's own: builds are counted here
    UMask = "0022";
  };

  # Fetches one input of a lock, as a user that is thrown away. Of the machine it has the network, the store (for its
  # programs), what names and certificates are looked up with, and a folder for temporary files of its own; its root is
  # empty otherwise. It makes a network of its own for Nix and git (`user net`), and lets them out to the servers of that
  # input alone: what they are let out to is looked at by itself, too, and IPAddressDeny is the second lock on that door.
  fetch = unreachable: base // {
    BindReadOnlyPaths = [
      "/nix/store"
      "-/etc/hosts"
      "-/etc/nsswitch.conf"
      "-/etc/resolv.conf"
      "-/etc/ssl/certs/ca-certificates.crt"
      "-/run/nscd:/var/run/nscd" # where glibc looks for it
    ];
    CPUWeight = 20;
    DynamicUser = true;
    InaccessiblePaths = [ ]; # none of them is there
    IOWeight = 20;
    IPAddressDeny = unreachable;
    MemoryMax = "2G";
    PrivateMounts = true;
    RestrictAddressFamilies = [ "AF_UNIX" "AF_INET" "AF_INET6" ];
    RestrictNamespaces = "net user";
    RootDirectory = "/var/empty";
    SystemCallFilter = [ "@system-service" "~@privileged @resources" "@chown" ]; # Nix gives folders to whom they belong
    TasksMax = 512;
    TemporaryFileSystem = "/";
  };

  # Boots what is proposed in a container (systemd-nspawn), which takes what makes one. The limits are for all of it, and
  # when the unit ends nothing of it is left. Nothing is drawn over /proc and /sys: where something is, the kernel lets no
  # namespace of users have its own. No set of system calls and no NoNewPrivileges: both would hold inside, too, and
  # what runs there is to run as it would on the machine. What it may not ask of the kernel it shuts off itself as well
  # (agentd/rehearsal/fence.cpp), for who starts it without this unit.
  rehearse = {
    CapabilityBoundingSet = "CAP_CHOWN CAP_DAC_OVERRIDE CAP_DAC_READ_SEARCH CAP_FOWNER CAP_FSETID CAP_KILL CAP_MKNOD CAP_NET_ADMIN CAP_SETFCAP CAP_SETGID CAP_SETPCAP CAP_SETUID CAP_SYS_ADMIN CAP_SYS_CHROOT CAP_SYS_PTRACE CAP_SYS_RESOURCE";
    CPUWeight = 20;
    Delegate = true;
    DevicePolicy = "closed";
    InaccessiblePaths = base.InaccessiblePaths ++ [ "-/nix/var/nix/daemon-socket" ];
    IPAddressDeny = "any";
    KeyringMode = "private";
    LimitCORE = 0;
    MemoryMax = "2G";
    MemorySwapMax = 0;
    OOMScoreAdjust = 500; # what boots goes before all else (1000), and this before the machine's own
    OOMPolicy = "continue"; # what ate all memory is killed; the answer says that it did not come up
    PrivateNetwork = true;
    ProtectHome = true;
    ProtectSystem = "strict";
    # of all other kinds some have no namespace: vsock reaches whoever runs this as a virtual machine
    RestrictAddressFamilies = [ "AF_UNIX" "AF_INET" "AF_INET6" "AF_NETLINK" "AF_PACKET" ];
    SystemCallErrorNumber = "EPERM";
    SystemCallFilter = [ "~@clock @module @raw-io @reboot @swap @obsolete" ];
    TasksMax = 4096;
    UMask = "0022";
  };

  # The root helper. What moves the machine (NixOS's switch, nix-env) does not run in here: it asks systemd for a
  # transient unit with a fixed command, so activation may do what it always could. What does run in here, as its
  # children: nix-store asking the Nix daemon, the worker that works out effects and the health checks, which become
  # nobody in namespaces of their own (setuid, sys_admin, net_admin, kill). /tmp is memory, not PrivateTmp: a full disk
  # must not keep the way back from starting. No MemoryDenyWriteExecute: a check may be any program of the owner's.
  applyd = base // {
    CapabilityBoundingSet = "CAP_CHOWN CAP_DAC_OVERRIDE CAP_DAC_READ_SEARCH CAP_FOWNER CAP_KILL CAP_NET_ADMIN CAP_SETGID CAP_SETUID CAP_SYS_ADMIN";
    InaccessiblePaths = [ "-/run/secrets" "-/run/secrets.d" "-/run/agenix" "-/run/agenix.d" "-/root" ];
    MemoryDenyWriteExecute = false;
    OOMPolicy = "continue"; # a check or a worker that ate all memory is killed; an apply goes on to its end
    PrivateTmp = false;
    ProtectHome = "read-only"; # a check of the disk looks at /home, too
    ReadWritePaths = [ "-/run/nixos" ]; # NixOS's switch lock becomes root's alone, so that nobody can hold it
    RestrictAddressFamilies = [ "AF_UNIX" "AF_INET" "AF_INET6" "AF_NETLINK" ];
    RestrictNamespaces = "ipc mnt net pid";
    SystemCallFilter = [ "@system-service" "~@keyring @resources" "@mount landlock_create_ruleset landlock_add_rule landlock_restrict_self" ];
    TasksMax = 512;
    TemporaryFileSystem = [ "/tmp" "/var/tmp" ];
    UMask = "0022";
  };
}
