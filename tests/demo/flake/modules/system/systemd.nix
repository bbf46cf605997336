# Units: typed options to the text systemd reads, one derivation each.
{ config, lib, pkgs, ... }:
let
  inherit (lib) mkOption types;
  cfg = config.systemd;

  unitOption = types.oneOf [ types.bool types.int types.float types.str types.path types.package (types.listOf (types.oneOf [ types.bool types.int types.str types.path types.package ])) ];
  names = description: mkOption { type = types.listOf types.str; default = [ ]; inherit description; };

  unitOptions = {
    enable = mkOption { type = types.bool; default = true; description = "If set to false, this unit will not be generated."; };
    description = mkOption { type = types.singleLineStr; default = ""; description = "Description of this unit used in systemd messages and progress indicators."; };
    documentation = names "A list of URIs referencing documentation for this unit or its configuration.";
    wantedBy = names "Units that want (i.e. depend on) this unit.";
    requiredBy = names "Units that require (i.e. depend on and need to go down with) this unit.";
    wants = names "Start the specified units when this unit is started.";
    requires = names "Start the specified units when this unit is started, and stop this unit when the specified units are stopped or fail.";
    bindsTo = names "Like ‘requires’, but in addition, if the specified units unexpectedly disappear, this unit will be stopped as well.";
    partOf = names "If the specified units are stopped or restarted, then this unit is stopped or restarted as well.";
    conflicts = names "If the specified units are started, then this unit is stopped and vice versa.";
    before = names "If the specified units are started at the same time as this unit, delay them until this unit has started.";
    after = names "If the specified units are started at the same time as this unit, delay this unit until they have started.";
    onFailure = names "A list of one or more units that are activated when this unit enters the “failed” state.";
    unitConfig = mkOption { type = types.attrsOf unitOption; default = { }; description = "Each attribute in this set specifies an option in the `[Unit]` section of the unit."; };
    startLimitIntervalSec = mkOption { type = types.nullOr types.int; default = null; description = "Units which are started more than startLimitBurst times within this time are not permitted to start any more."; };
    startLimitBurst = mkOption { type = types.nullOr types.int; default = null; description = "How often a unit may be started within startLimitIntervalSec."; };
    restartTriggers = mkOption { type = types.listOf types.unspecified; default = [ ]; description = "An arbitrary list of items such as derivations. If any item in the list changes between reconfigurations, the service will be restarted."; };
    reloadTriggers = mkOption { type = types.listOf types.unspecified; default = [ ]; description = "An arbitrary list of items such as derivations. If any item in the list changes between reconfigurations, the service will be reloaded."; };
  };
  section = description: mkOption { type = types.attrsOf unitOption; default = { }; inherit description; };

  value = v: if v == true then "true" else if v == false then "false" else toString v;
  attrsToSection = a: lib.concatStrings (lib.mapAttrsToList
    (k: v: lib.concatMapStrings (x: "${k}=${value x}\n") (lib.toList v))
    a);
  triggers = what: name: list:
    "${pkgs.writeText "X-${what}-Triggers-${name}" (lib.concatMapStringsSep " " (x: if lib.isPath x then "${x}" else toString x) (lib.flatten list))}";
  unitSection = name: u:
    let
      listed = lib.filterAttrs (_: v: v != [ ]) {
        Documentation = lib.optional (u.documentation != [ ]) (toString u.documentation);
        Wants = lib.optional (u.wants != [ ]) (toString u.wants);
        Requires = lib.optional (u.requires != [ ]) (toString u.requires);
        BindsTo = lib.optional (u.bindsTo != [ ]) (toString u.bindsTo);
        PartOf = lib.optional (u.partOf != [ ]) (toString u.partOf);
        Conflicts = lib.optional (u.conflicts != [ ]) (toString u.conflicts);
        Before = lib.optional (u.before != [ ]) (toString u.before);
        After = lib.optional (u.after != [ ]) (toString u.after);
        OnFailure = lib.optional (u.onFailure != [ ]) (toString u.onFailure);
        X-Restart-Triggers = lib.optional (u.restartTriggers != [ ]) (triggers "Restart" name u.restartTriggers);
        X-Reload-Triggers = lib.optional (u.reloadTriggers != [ ]) (triggers "Reload" name u.reloadTriggers);
      };
    in
    "[Unit]\n" + attrsToSection (listed
      // lib.optionalAttrs (u.description != "") { Description = u.description; }
      // lib.optionalAttrs (u.startLimitIntervalSec != null) { StartLimitIntervalSec = u.startLimitIntervalSec; }
      // lib.optionalAttrs (u.startLimitBurst != null) { StartLimitBurst = u.startLimitBurst; }
      // u.unitConfig);

  makeJobScript = name: text:
    "${pkgs.writeTextFile { name = "unit-script-${name}"; executable = true; destination = "/bin/${name}"; text = "#!${pkgs.runtimeShell}\nset -e\n${text}\n"; }}/bin/${name} ";

  serviceOptions = { name, config, ... }: {
    options = unitOptions // {
      environment = mkOption { type = types.attrsOf (types.nullOr (types.oneOf [ types.str types.path types.package types.int ])); default = { }; description = "Environment variables passed to the service's processes."; };
      path = mkOption { type = types.listOf (types.either types.package types.str); default = [ ]; description = "Packages added to the service's {env}`PATH` environment variable."; };
      serviceConfig = section "Each attribute in this set specifies an option in the `[Service]` section of the unit.";
      script = mkOption { type = types.lines; default = ""; description = "Shell commands executed as the service's main process."; };
      scriptArgs = mkOption { type = types.str; default = ""; description = "Arguments passed to the main process script."; };
      preStart = mkOption { type = types.lines; default = ""; description = "Shell commands executed before the service's main process is started."; };
      postStart = mkOption { type = types.lines; default = ""; description = "Shell commands executed after the service's main process is started."; };
      reload = mkOption { type = types.lines; default = ""; description = "Shell commands executed when the service's main process is reloaded."; };
      preStop = mkOption { type = types.lines; default = ""; description = "Shell commands executed to stop the service."; };
      postStop = mkOption { type = types.lines; default = ""; description = "Shell commands executed after the service's main process has exited."; };
      restartIfChanged = mkOption { type = types.bool; default = true; description = "Whether the service should be restarted during a NixOS configuration switch if its definition has changed."; };
      reloadIfChanged = mkOption { type = types.bool; default = false; description = "Whether the service should be reloaded during a NixOS configuration switch if its definition has changed."; };
      stopIfChanged = mkOption { type = types.bool; default = true; description = "If set, a changed unit is restarted by calling {command}`systemctl stop` in the old configuration, then {command}`systemctl start` in the new one."; };
      startAt = mkOption { type = types.either types.str (types.listOf types.str); default = [ ]; apply = lib.toList; example = "Sun 14:00:00"; description = "Automatically start this unit at the given date/time."; };
    };
    config = {
      path = lib.mkAfter [ pkgs.coreutils ];
      environment.PATH = "${lib.concatMapStringsSep ":" (p: "${p}/bin") config.path}:${lib.concatMapStringsSep ":" (p: "${p}/sbin") config.path}";
      serviceConfig = lib.mkMerge [
        (lib.mkIf (config.preStart != "") { ExecStartPre = [ (makeJobScript "${name}-pre-start" config.preStart) ]; })
        (lib.mkIf (config.script != "") { ExecStart = makeJobScript "${name}-start" config.script + config.scriptArgs; })
        (lib.mkIf (config.postStart != "") { ExecStartPost = [ (makeJobScript "${name}-post-start" config.postStart) ]; })
        (lib.mkIf (config.reload != "") { ExecReload = makeJobScript "${name}-reload" config.reload; })
        (lib.mkIf (config.preStop != "") { ExecStop = makeJobScript "${name}-pre-stop" config.preStop; })
        (lib.mkIf (config.postStop != "") { ExecStopPost = makeJobScript "${name}-post-stop" config.postStop; })
      ];
    };
  };

  serviceText = name: s: unitSection name s + "\n[Service]\n"
    + lib.concatStrings (lib.mapAttrsToList (n: v: lib.optionalString (v != null) "Environment=${builtins.toJSON "${n}=${toString v}"}\n") s.environment)
    + (if s.reloadIfChanged then "X-ReloadIfChanged=true\n" else lib.optionalString (!s.restartIfChanged) "X-RestartIfChanged=false\n")
    + lib.optionalString (!s.stopIfChanged) "X-StopIfChanged=false\n"
    + attrsToSection s.serviceConfig;

  toUnit = suffix: text: lib.mapAttrs' (n: u: lib.nameValuePair "${n}.${suffix}" { inherit (u) enable wantedBy requiredBy; text = text n u; });
  mkUnits = options: description: mkOption { default = { }; type = types.attrsOf (types.submodule { options = unitOptions // options; }); inherit description; };
in
{
  options.systemd = {
    package = lib.mkPackageOption pkgs "systemd" { };
    defaultUnit = mkOption { type = types.str; default = "multi-user.target"; description = "Default unit started when the system boots."; };
    units = mkOption {
      default = { };
      description = "Definition of systemd units; see {manpage}`systemd.unit(5)`.";
      type = types.attrsOf (types.submodule ({ name, config, ... }: {
        options = {
          enable = mkOption { type = types.bool; default = true; description = "If set to false, this unit will not be generated."; };
          text = mkOption { type = types.nullOr types.lines; default = null; description = "Text of this systemd unit."; };
          wantedBy = names "Units that want (i.e. depend on) this unit.";
          requiredBy = names "Units that require this unit.";
          aliases = names "Aliases of that unit.";
          unit = mkOption { type = types.package; internal = true; description = "The generated unit."; };
        };
        config.unit = lib.mkDefault (pkgs.writeTextFile { name = "unit-${builtins.replaceStrings [ "@" ] [ "-" ] name}"; text = config.text; destination = "/${name}"; });
      }));
    };
    services = mkOption { default = { }; type = types.attrsOf (types.submodule serviceOptions); description = "Definition of systemd service units."; };
    sockets = mkUnits { listenStreams = names "For each item in this list, a `ListenStream` option in the `[Socket]` section will be created."; socketConfig = section "Each attribute in this set specifies an option in the `[Socket]` section of the unit."; } "Definition of systemd socket units.";
    timers = mkUnits { timerConfig = section "Each attribute in this set specifies an option in the `[Timer]` section of the unit."; } "Definition of systemd timer units.";
    paths = mkUnits { pathConfig = section "Each attribute in this set specifies an option in the `[Path]` section of the unit."; } "Definition of systemd path units.";
    slices = mkUnits { sliceConfig = section "Each attribute in this set specifies an option in the `[Slice]` section of the unit."; } "Definition of slice configurations.";
    targets = mkUnits { } "Definition of systemd target units.";
    tmpfiles.rules = mkOption { type = types.listOf types.str; default = [ ]; example = [ "d /tmp 1777 root root 10d" ]; description = "Rules for creation, deletion and cleaning of volatile and temporary files automatically."; };
  };
  config = {
    systemd.units = lib.mkMerge [
      (toUnit "service" serviceText cfg.services)
      (toUnit "socket" (n: u: unitSection n u + "\n[Socket]\n" + attrsToSection ({ ListenStream = u.listenStreams; } // u.socketConfig)) cfg.sockets)
      (toUnit "timer" (n: u: unitSection n u + "\n[Timer]\n" + attrsToSection u.timerConfig) cfg.timers)
      (toUnit "path" (n: u: unitSection n u + "\n[Path]\n" + attrsToSection u.pathConfig) cfg.paths)
      (toUnit "slice" (n: u: unitSection n u + "\n[Slice]\n" + attrsToSection u.sliceConfig) cfg.slices)
      (toUnit "target" unitSection cfg.targets)
    ];
    systemd.targets = {
      sysinit = { description = "System Initialization"; };
      basic = { description = "Basic System"; requires = [ "sysinit.target" ]; wants = [ "sockets.target" "timers.target" ]; after = [ "sysinit.target" "sockets.target" ]; };
      multi-user = { description = "Multi-User System"; requires = [ "basic.target" ]; after = [ "basic.target" ]; };
      timers = { description = "Timer Units"; };
      sockets = { description = "Socket Units"; };
      network = { description = "Network"; wantedBy = [ "multi-user.target" ]; };
      network-pre = { description = "Preparation for Network"; };
      network-online = { description = "Network is Online"; };
    };
    systemd.timers = lib.mapAttrs (_: s: { wantedBy = [ "timers.target" ]; timerConfig.OnCalendar = s.startAt; })
      (lib.filterAttrs (_: s: s.enable && s.startAt != [ ]) cfg.services);
    systemd.services.systemd-tmpfiles-resetup = {
      description = "Re-setup tmpfiles on a system that is already running.";
      wantedBy = [ "multi-user.target" ];
      restartTriggers = [ config.environment.etc."tmpfiles.d/00-nixos.conf".source ];
      stopIfChanged = false;
      serviceConfig = {
        Type = "oneshot";
        RemainAfterExit = true;
        ExecStart = "${cfg.package}/bin/systemd-tmpfiles --create --remove --exclude-prefix=/dev";
      };
    };
    environment.etc."tmpfiles.d/00-nixos.conf".text = ''
      # This file is created automatically and should not be modified.
      # Please change the option ‘systemd.tmpfiles.rules’ instead.

      ${lib.concatStringsSep "\n" cfg.tmpfiles.rules}
    '';
    environment.etc."systemd/system".source = pkgs.runCommand "system-units" { } (
      "mkdir -p $out\n" + lib.concatStrings (lib.mapAttrsToList
        (n: u: lib.optionalString u.enable (''
          ln -s ${u.unit}/${n} $out/${n}
        '' + lib.concatMapStrings (t: "mkdir -p $out/${t}.wants; ln -sfn ../${n} $out/${t}.wants/${n}\n") u.wantedBy
          + lib.concatMapStrings (t: "mkdir -p $out/${t}.requires; ln -sfn ../${n} $out/${t}.requires/${n}\n") u.requiredBy
          + lib.concatMapStrings (a: "ln -sfn ${n} $out/${a}\n") u.aliases))
        cfg.units) + "ln -s ${cfg.defaultUnit} $out/default.target\n");
  };
}
