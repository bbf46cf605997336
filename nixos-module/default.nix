# services.agentd: users, files, sockets and units of agentd. Uses only what is in every nixpkgs `lib`;
# nothing here is built by import-from-derivation, because agentd evaluates this very configuration without it.
{ config, lib, pkgs, ... }:
let
  inherit (lib) concatMap concatMapStrings filterAttrs hasPrefix literalExpression mkDefault mkIf mkOption types;
  cfg = config.services.agentd;
  inherit (cfg) settings;

  # --- who may approve ---
  isAdmin = u: lib.elem "wheel" u.extraGroups || lib.elem u.name (config.users.groups.wheel.members or [ ]);
  admins = lib.attrValues (filterAttrs (_: isAdmin) config.users.users);
  # Keys in files are read where the file is part of the configuration; others would have to be built first.
  keysOf = u:
    u.openssh.authorizedKeys.keys
    ++ concatMap (f: lib.splitString "\n" (builtins.readFile f)) (lib.filter builtins.isPath u.openssh.authorizedKeys.keyFiles);
  # Only these are understood; a line with options before the key restricts what it may do, so it is left out.
  usable = lib.filter (hasPrefix "ssh-ed25519 ");
  approversOfWheel = concatMap (u: map (key: "ssh ${u.name} ${key}") (usable (keysOf u))) admins;

  declaredApprovers = pkgs.writeText "agentd-approvers" (''
    # Who may approve what agentd proposes. Written from services.agentd.approvers at every start and switch:
    # a change above the line "# paired" does not last; change the configuration.
  '' + concatMapStrings (line: line + "\n") cfg.approvers);

  toToml = import ./toml.nix { inherit lib; };
  units = import ./units.nix { inherit cfg declaredApprovers lib nixdSettings; nix = config.nix.package; git = pkgs.git; };

  # What this machine builds for; not what it can do beside that (kvm is not there without devices).
  platforms = config.nix.settings.extra-platforms or [ ];
  tuned = lib.filter (hasPrefix "gccarch-") (config.nix.settings.system-features or [ ]);

  # What agentd's own Nix daemon does, whatever the machine's nix.conf says; agentd may choose no more than any user.
  nixdSettings = pkgs.writeTextDir "nix.conf" (''
    allow-new-privileges = false
    allowed-users = root agentd
    build-users-group = nixbld
    builders =
    diff-hook =
    experimental-features = nix-command flakes
    fallback = false
    filter-syscalls = true
    hashed-mirrors =
    max-build-log-size = ${toString (settings.nix.log_kb * 1024)}
    max-silent-time = 900
    post-build-hook =
    pre-build-hook =
    require-sigs = true
    run-diff-hook = false
    sandbox = true
    sandbox-fallback = false
    secret-key-files =
    substitute = false
    substituters =
    system-features = ${toString ([ "benchmark" "big-parallel" "nixos-test" ] ++ tuned)}
    timeout = ${toString settings.nix.build_seconds}
    trusted-users = root
  '' + lib.optionalString (platforms != [ ]) "extra-platforms = ${toString platforms}\n");
  # A fetch: names are looked up through nscd's socket on NixOS; without it a resolver is asked, which may be anywhere.
  asksNscd = config.services.nscd.enable or true;
  privateNetworks = [ "10.0.0.0/8" "100.64.0.0/10" "172.16.0.0/12" "192.168.0.0/16" "fc00::/7" ];
  namesHost = origin: lib.hasInfix "://" origin || lib.hasInfix "@" origin;
  isLoopback = hasPrefix "127." settings.web.address || lib.elem settings.web.address [ "::1" "localhost" ];
  oneTarget = check: lib.count (t: t != null) [ check.unit check.tcp check.http check.command check.dns check.disk check.ssh ] == 1;
  below = folder: path: hasPrefix folder path && path != folder && !(lib.hasInfix ".." path);
  asserted = condition: message: { assertion = condition; inherit message; };
in
{
  options.services.agentd = {
    enable = lib.mkEnableOption "agentd, which lets this machine look after itself inside rules its owner wrote";

    package = mkOption {
      type = types.package;
      default = pkgs.callPackage ./package.nix { };
      defaultText = literalExpression "pkgs.callPackage ./package.nix { }";
      description = "The agentd package to use.";
    };

    host = mkOption {
      type = types.str;
      default = config.networking.hostName;
      defaultText = literalExpression "config.networking.hostName";
      example = "web";
      description = "Name of this machine in its flake: the attribute below `nixosConfigurations`.";
    };

    settings = mkOption {
      type = types.submodule (import ./settings.nix { inherit lib; });
      default = { };
      example = literalExpression ''{ flake.upstream = "/srv/config.git"; observe.services = [ "nginx.service" ]; }'';
      description = "Contents of {file}`/etc/agentd/agentd.toml`. Every setting has an option; there are no others.";
    };

    policyPreset = mkOption {
      type = types.enum [ "default" "always-ask" ];
      default = "default";
      example = "always-ask";
      description = "Which of the policies to start from {option}`services.agentd.policy` is, where it is left as it is: "
        + "`default` (a person decides everything) or `always-ask` (whatever is granted later). docs/policy-cookbook.md explains each rule by rule.";
    };

    policy = mkOption {
      type = types.either types.path types.lines;
      default = builtins.readFile (../policy + "/${cfg.policyPreset}.toml");
      defaultText = literalExpression "the policy that services.agentd.policyPreset names";
      example = literalExpression "./policy.toml";
      description = "Contents of {file}`/etc/agentd/policy.toml`, or the file. By default a person decides everything.";
    };

    approvers = mkOption {
      type = types.listOf types.singleLineStr;
      default = approversOfWheel;
      defaultText = "the ssh-ed25519 keys with which members of wheel may log in";
      example = [ "ssh alice ssh-ed25519 AAAA… alice@laptop" ];
      description = ''
        Keys that may approve, one line each: `ssh NAME ssh-ed25519 KEY COMMENT` or `browser NAME KEY LABEL`.
        They are always in {file}`/var/lib/agentd-apply/approvers`; browsers paired later are kept beside them.
      '';
    };

    adminGroup = mkOption {
      type = types.strMatching "[a-z_][a-z0-9_-]{0,30}";
      default = "agentd-admin";
      description = "Group whose members may use agentctl without sudo. Approving needs a key besides.";
    };

    admins = mkOption {
      type = types.listOf types.str;
      default = map (u: u.name) admins;
      defaultText = "the members of wheel";
      description = "Users in {option}`services.agentd.adminGroup`.";
    };

    nixDaemon = mkOption {
      type = types.bool;
      default = false;
      description = ''
        Whether agentd builds through a Nix daemon of its own, {file}`agentd-nixd.service`: on the same store, without any
        network, and with settings that the machine's {file}`nix.conf` does not touch. Packages are still fetched by the
        machine's daemon.
      '';
    };

    openFirewall = mkOption {
      type = types.bool;
      default = false;
      description = "Whether to open the port of the page. Keys in a browser need https: better put a proxy that speaks TLS before it.";
    };

    reachableFrom = mkOption {
      type = types.listOf types.str;
      default = [ "localhost" ];
      example = [ "localhost" "192.168.1.0/24" ];
      description = "The addresses that the daemon, and whatever it evaluates, can exchange packets with (`IPAddressAllow=`).";
    };

    fetchDenies = mkOption {
      type = types.listOf types.str;
      default = [ "link-local" "multicast" ]
        ++ lib.optionals (asksNscd && !(lib.any namesHost settings.flake.origins)) ([ "localhost" ] ++ privateNetworks);
      defaultText = "link-local and multicast; loopback and private networks too, where no entry of flake.origins names a host of its own";
      example = [ "link-local" "multicast" "localhost" "10.0.0.0/8" ];
      description = ''
        The addresses that {file}`agentd-fetch@.service`, which fetches locked inputs, cannot exchange packets with
        (`IPAddressDeny=`). Besides, it connects to no address inside of a network like yours unless
        {option}`services.agentd.settings.flake.origins` names that very host.
      '';
    };

    files = mkOption {
      type = types.attrsOf types.package;
      internal = true;
      readOnly = true;
      description = "The rendered files, for tests.";
    };
  };

  config = mkIf cfg.enable {
    services.agentd.settings = {
      host = mkDefault cfg.host;
      sockets.admin_group = mkDefault cfg.adminGroup;
      nix.daemon = mkIf cfg.nixDaemon (mkDefault "/run/agentd-nixd/socket");
      # Not in /etc: pairing a browser appends to it. See agentd-approvers in units.nix.
      apply.approvers = mkDefault "${settings.apply.directory}/approvers";
    };

    services.agentd.files = {
      settings = pkgs.writeText "agentd.toml" (toToml settings);
      policy = if lib.isString cfg.policy && !(hasPrefix "/" cfg.policy)
        then pkgs.writeText "policy.toml" cfg.policy
        else pkgs.writeText "policy.toml" (builtins.readFile cfg.policy);
      approvers = declaredApprovers;
    };

    environment.etc."agentd/agentd.toml".source = cfg.files.settings;
    environment.etc."agentd/policy.toml".source = cfg.files.policy;
    # agentctl for people; git because the daemon looks for it where the system's programs are.
    environment.systemPackages = [ cfg.package pkgs.git ];

    users.users.agentd = {
      isSystemUser = true;
      group = "agentd";
      description = "agentd, which observes, plans, tests and asks";
    };
    users.users.agentd-audit = {
      isSystemUser = true;
      group = "agentd-audit";
      description = "agentd, which writes the log";
    };
    users.groups = {
      agentd = { };
      agentd-audit = { };
      agentd-audit-w = { };
      systemd-journal = { }; # systemd has it; here for the daemon, which reads the journal
      ${cfg.adminGroup}.members = cfg.admins;
    };

    # NixOS's switch makes its lock readable, and whoever may open it may hold it: then nothing could be taken back.
    systemd.tmpfiles.rules = [
      "d /run/nixos 0755 root root -"
      "f /run/nixos/switch-to-configuration.lock :0600 root root -"
    ];
    networking.firewall.allowedTCPPorts = mkIf (cfg.openFirewall && settings.web.enable) [ settings.web.port ];
    systemd.services = units.services;
    systemd.sockets = units.sockets;
    systemd.slices = units.slices or { };

    assertions = [
      (asserted (below "/var/lib/" settings.state.directory && below "/var/lib/" settings.audit.directory && below "/var/lib/" settings.apply.directory)
        "services.agentd.settings: state.directory, audit.directory and apply.directory have to be below /var/lib.")
      (asserted (!cfg.nixDaemon || below "/run/agentd-nixd/" settings.nix.daemon)
        "services.agentd.settings.nix.daemon has to be below /run/agentd-nixd, where services.agentd.nixDaemon listens.")
      (asserted (cfg.nixDaemon || toString settings.nix.daemon == "")
        "services.agentd.settings.nix.daemon is for services.agentd.nixDaemon = true; without it the machine's own Nix daemon is used.")
      (asserted (!cfg.nixDaemon || settings.nix.builders == "none")
        "services.agentd.nixDaemon has no network and no remote builders; leave it out, or settings.nix.builders = \"machine\".")
      (asserted (below "/run/agentd/" settings.sockets.admin)
        "services.agentd.settings.sockets.admin has to be below /run/agentd, which is the daemon's.")
      (asserted (below "${settings.apply.directory}/" settings.apply.approvers)
        "services.agentd.settings.apply.approvers has to be below ${settings.apply.directory}: pairing a browser writes it.")
      (asserted (!(hasPrefix "/home/" settings.flake.upstream) && !(hasPrefix "/root/" settings.flake.upstream))
        "services.agentd.settings.flake.upstream: the daemon does not see home directories. Push to a bare repository, such as /srv/config.git.")
      (asserted (lib.all (origin: builtins.match "[A-Za-z0-9:/@._~+-]+" origin != null) settings.flake.origins)
        "services.agentd.settings.flake.origins: an entry is github:nixos, https://example.org or gitlab:group/project@git.example.org.")
      (asserted (settings.machine.kind == "systemd" && settings.programs.separation)
        "services.agentd.settings: machine.kind \"demo\" and programs.separation = false are for demos outside of NixOS.")
      (asserted (lib.intersectLists [ "agentd" "@agentd" "*" ] (config.nix.settings.trusted-users or [ ]) == [ ])
        "nix.settings.trusted-users: agentd must not be among them; whoever Nix trusts can become root.")
      (asserted (lib.all oneTarget settings.health.check)
        "services.agentd.settings.health.check: each check has exactly one of unit, tcp, http, command, dns, disk and ssh.")
      (asserted (lib.all (a: hasPrefix "ssh " a || hasPrefix "browser " a || hasPrefix "passkey " a) cfg.approvers)
        "services.agentd.approvers: each line begins with `ssh`, `browser` or `passkey`: ssh NAME ssh-ed25519 KEY COMMENT.")
      (asserted (isLoopback || settings.web.tls_certificate != "")
        "services.agentd.settings.web.address is not loopback: that needs web.tls_certificate and web.tls_key.")
      (asserted ((settings.web.tls_certificate == "") == (settings.web.tls_key == ""))
        "services.agentd.settings.web: tls_certificate and tls_key belong together.")
      (asserted (settings.web.proxy_socket == "" || below "/run/agentd/" settings.web.proxy_socket)
        "services.agentd.settings.web.proxy_socket has to be below /run/agentd, which is the daemon's.")
    ];
    warnings =
      lib.optional (cfg.approvers == [ ])
        "services.agentd.approvers is empty: no member of wheel has an ssh-ed25519 key. Until a browser is paired nobody can approve."
      ++ lib.optional (!(config.security.sudo.wheelNeedsPassword or true))
        "security.sudo.wheelNeedsPassword is false: whatever runs as a member of wheel, an agent too, is root, may enrol keys and approve by itself."
      ++ lib.optional (!isLoopback && cfg.reachableFrom == [ "localhost" ])
        "services.agentd listens on ${settings.web.address} but services.agentd.reachableFrom lets only this machine in.";
  };
}
