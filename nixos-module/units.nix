# The processes as units of systemd.
{ cfg, git, lib, nix, nixdSettings, declaredApprovers }:
let
  inherit (cfg) settings;
  inherit (lib) optional removePrefix;
  hardening = import ./hardening.nix { inherit lib; };
  program = name: "${cfg.package}/bin/${name}";
  with-config = "--config /etc/agentd/agentd.toml";
  state = removePrefix "/var/lib/";

  # An apply goes on through a switch that changes, or even removes, the very helper that does it.
  survivesSwitch = {
    restartIfChanged = false;
    stopIfChanged = false;
    unitConfig.X-StopOnRemoval = false;
  };

  # The Nix daemon that builds for agentd, where the owner wants one.
  own = lib.optionalAttrs cfg.nixDaemon {
    sockets.agentd-nixd = {
      description = "Socket of agentd's own Nix daemon";
      wantedBy = [ "sockets.target" ];
      listenStreams = [ settings.nix.daemon ];
      socketConfig = {
        DirectoryMode = "0755";
        SocketGroup = "agentd";
        SocketMode = "0660";
      };
    };
    services.agentd-nixd = {
      description = "Nix daemon of agentd, which builds without a network";
      requires = [ "agentd-nixd.socket" ];
      after = [ "agentd-nixd.socket" ];
      # Builds of other proposals go on through a switch that starts it anew, as with the machine's own.
      stopIfChanged = false;
      environment = {
        NIX_CONF_DIR = "${nixdSettings}";
        NIX_USER_CONF_FILES = "";
        TMPDIR = "/var/cache/agentd-nixd"; # /tmp may be memory, and is emptied when the unit stops
      };
      # Of what the machine has it takes the store and nothing else.
      unitConfig.RequiresMountsFor = "/nix/store /nix/var/nix/db";
      serviceConfig = hardening.nixd // {
        ExecStart = "${nix}/bin/nix-daemon";
        CacheDirectory = "agentd-nixd";
        CacheDirectoryMode = "0755"; # who builds has to come through
        KillMode = "process";
      };
    };
  };

  # Root's helper for rehearsals, where the owner wants them: one process for each that is asked for.
  rehearsals = lib.optionalAttrs (settings.rehearse.enable && settings.rehearse.socket != "") {
    sockets.agentd-rehearse = {
      description = "Socket of agentd's rehearsals";
      wantedBy = [ "sockets.target" ];
      listenStreams = [ settings.rehearse.socket ];
      socketConfig = {
        Accept = true;
        MaxConnections = 2;
        DirectoryMode = "0755";
        SocketUser = "agentd";
        SocketMode = "0600";
      };
    };
    # What all of them use together: a part of the machine, however small that is.
    slices.agentd-rehearse = {
      description = "Rehearsals of agentd";
      sliceConfig = { MemoryMax = "40%"; MemorySwapMax = 0; TasksMax = 4096; CPUWeight = 20; };
    };
    services."agentd-rehearse@" = {
      description = "A rehearsal: boots what is proposed in a container";
      serviceConfig = hardening.rehearse // {
        ExecStart = lib.concatStringsSep " " ([ (program "agentd-rehearse") "--peer agentd" ]
          ++ map (folder: "--lend ${folder}") settings.rehearse.lend);
        Slice = "agentd-rehearse.slice";
        CacheDirectory = "agentd-rehearse"; # what runs now was like, for an hour
        CacheDirectoryMode = "0700";
        StandardInput = "socket";
        StandardOutput = "socket";
        StandardError = "journal";
        RuntimeMaxSec = settings.rehearse.seconds + 90;
        TimeoutStopSec = 5;
      };
      unitConfig.CollectMode = "inactive-or-failed";
    };
  };

  # The one process that fetches what a lock names: the daemon itself reaches nobody. One for each input.
  fetches = lib.optionalAttrs settings.nix.fetch {
    sockets.agentd-fetch = {
      description = "Socket of what fetches inputs for agentd";
      wantedBy = [ "sockets.target" ];
      listenStreams = [ "/run/agentd-fetch/fetch.sock" ];
      socketConfig = {
        Accept = true;
        MaxConnections = 4;
        DirectoryMode = "0755";
        SocketUser = "agentd";
        SocketMode = "0600";
      };
    };
    services."agentd-fetch@" = {
      description = "A fetch of one locked input";
      serviceConfig = hardening.fetch cfg.fetchDenies // {
        ExecStart = lib.concatStringsSep " " ([
          (program "agentd-fetch")
          "--nix ${nix}/bin/nix"
          "--nix-store ${nix}/bin/nix-store"
          "--git ${git}/bin/git"
        ] ++ map (origin: "--origin ${origin}") settings.flake.origins);
        StandardInput = "socket";
        StandardOutput = "socket";
        StandardError = "journal";
        RuntimeMaxSec = settings.nix.fetch_seconds + 60;
        TimeoutStopSec = 5;
      };
      unitConfig.CollectMode = "inactive-or-failed";
    };
  };
in
lib.recursiveUpdate (lib.recursiveUpdate (lib.recursiveUpdate own rehearsals) fetches) {
  sockets.agentd-auditd = {
    description = "Socket of agentd's log";
    wantedBy = [ "sockets.target" ];
    listenStreams = [ settings.audit.socket ];
    socketConfig = {
      DirectoryMode = "0755";
      SocketUser = "agentd-audit";
      SocketGroup = "agentd-audit-w";
      SocketMode = "0660";
    };
  };

  services.agentd-auditd = {
    description = "Writer of agentd's log";
    requires = [ "agentd-auditd.socket" ];
    after = [ "agentd-auditd.socket" ];
    # Whoever writes while it is started anew waits in the socket.
    stopIfChanged = false;
    serviceConfig = hardening.auditd // {
      Type = "notify";
      ExecStart = "${program "agentd-auditd"} --directory ${settings.audit.directory} --host ${settings.host} --writer agentd";
      User = "agentd-audit";
      Group = "agentd-audit";
      StateDirectory = state settings.audit.directory;
      StateDirectoryMode = "0750";
      # Files of the log are 0640, so that the daemon's group can read and verify them; the key is 0600.
      UMask = "0027";
      Restart = "on-failure";
      RestartSec = 1;
    };
  };

  services.agentd = {
    description = "agentd, which lets this machine look after itself";
    wantedBy = [ "multi-user.target" ];
    wants = [ "agentd-auditd.socket" "agentd-applyd.socket" "agentd-approvers.service" "nix-daemon.socket" ]
      ++ optional cfg.nixDaemon "agentd-nixd.socket";
    after = [ "agentd-auditd.socket" "agentd-applyd.socket" "agentd-approvers.service" "nix-daemon.socket" "network.target" ]
      ++ optional cfg.nixDaemon "agentd-nixd.socket";
    restartTriggers = [ cfg.files.settings cfg.files.policy ];
    stopIfChanged = false;
    serviceConfig = hardening.agentd cfg.reachableFrom // {
      Type = "notify";
      ExecStart = "${program "agentd"} ${with-config}";
      User = "agentd";
      Group = "agentd";
      # systemd-journal: bursts of errors are seen in the journal
      SupplementaryGroups = [ "agentd-audit" "agentd-audit-w" "systemd-journal" cfg.adminGroup ];
      RuntimeDirectory = "agentd";
      RuntimeDirectoryMode = "0755";
      StateDirectory = state settings.state.directory;
      StateDirectoryMode = "0700";
      # What lands in the owner's repository is the owner's to read. All else it writes is below the folder above.
      UMask = "0022";
      ReadWritePaths = optional (settings.flake.landing == "fast-forward") "-${settings.flake.upstream}";
      Restart = "on-failure";
      RestartSec = 5;
    };
  };

  sockets.agentd-applyd = {
    description = "Socket of agentd's root helper";
    wantedBy = [ "sockets.target" ];
    listenStreams = [ settings.sockets.apply ];
    unitConfig.X-StopOnRemoval = false;
    socketConfig = {
      DirectoryMode = "0755";
      SocketUser = "agentd";
      SocketMode = "0600";
    };
  };

  services.agentd-applyd = survivesSwitch // {
    description = "agentd's root helper: verifies an approval and switches";
    requires = [ "agentd-applyd.socket" ];
    wants = [ "agentd-auditd.socket" "agentd-approvers.service" ];
    after = [ "agentd-applyd.socket" "agentd-auditd.socket" "agentd-approvers.service" ];
    serviceConfig = hardening.applyd // {
      Type = "notify";
      ExecStart = "${program "agentd-applyd"} ${with-config}";
      StateDirectory = state settings.apply.directory;
      # The daemon reads the approvers in it; everything else there is root's own by its mode.
      StateDirectoryMode = "0711";
      # Asked to stop, it finishes what it does; only then, or when time is up, the children go too.
      KillMode = "mixed";
      TimeoutStopSec = "20min";
      # Killed in the middle, it settles what it was at by itself; nobody has to ask. Idle, it ends well and stays away.
      Restart = "on-failure";
      RestartSec = 2;
      RestartPreventExitStatus = "64 78"; # settings that it does not take get no better by themselves
    };
  };

  # At boot, before it counts as a good one: finishes or takes back what a power cut interrupted, also where the daemon
  # does not start, and judges the first boot into a system that was just made the default by the owner's required
  # checks. Where boot-complete.target is wanted (boot counting of systemd-boot), a boot that is not well is not counted
  # as good, and the loader falls back by itself.
  # After multi-user.target, because it may switch, and a switch waits for units that are on their way. A switch may start
  # it, and waits for it: so it ends at once while one runs, and waits for whatever else began in this boot.
  services.agentd-settle = survivesSwitch // {
    description = "Settle what agentd was applying when the machine went down, and judge a first boot";
    wantedBy = [ "multi-user.target" ];
    requiredBy = [ "boot-complete.target" ];
    before = [ "boot-complete.target" ];
    wants = [ "agentd-auditd.socket" ];
    after = [ "multi-user.target" "agentd-auditd.socket" ];
    serviceConfig = hardening.applyd // {
      Type = "oneshot";
      RemainAfterExit = true;
      ExecStart = "${program "agentd-applyd"} ${with-config} --settle boot";
      StateDirectory = state settings.apply.directory;
      StateDirectoryMode = "0711";
      KillMode = "mixed";
      TimeoutStartSec = "30min";
      TimeoutStopSec = "20min";
    };
  };

  # The approvers file has two parts. Above the marker: what the configuration declares, written anew at every start
  # and switch, so that a key taken out of the configuration is gone. Below: what pairing appended, kept as it is.
  # A file without the marker was there before; it counts as paired, so that nobody is locked out.
  services.agentd-approvers = {
    description = "Keys that may approve what agentd proposes";
    wantedBy = [ "multi-user.target" ];
    restartTriggers = [ declaredApprovers ];
    serviceConfig = builtins.removeAttrs hardening.auditd [ "MemoryMax" "TasksMax" ] // {
      Type = "oneshot";
      RemainAfterExit = true;
      ExecStart = "${program "agentd-applyd"} ${with-config} --approvers ${declaredApprovers}";
      StateDirectory = state settings.apply.directory;
      StateDirectoryMode = "0711";
      UMask = "0022";
    };
  };
}
