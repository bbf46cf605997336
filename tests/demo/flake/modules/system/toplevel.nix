# The system itself: everything above as one store path.
{ config, lib, pkgs, extendModules, ... }:
let
  inherit (lib) mkOption types;
  failed = map (a: a.message) (lib.filter (a: !a.assertion) config.assertions);
  checked = x:
    if failed != [ ] then throw "\nFailed assertions:\n${lib.concatMapStringsSep "\n" (m: "- ${m}") failed}"
    else lib.foldl' (acc: w: lib.warn w acc) x config.warnings;

  switch = pkgs.replaceVars ./switch-to-configuration.sh {
    shell = pkgs.runtimeShell;
    path = "${pkgs.coreutils}/bin";
    systemctl = "${config.systemd.package}/bin/systemctl";
    flock = "${pkgs.flock}/bin/flock-nonblocking";
    installBootLoader = config.system.build.installBootLoader;
  };
  bootspec = out: builtins.toJSON {
    "org.nixos.bootspec.v1" = {
      inherit (pkgs) system;
      init = "${out}/init";
      initrd = "${config.boot.kernelPackage}/share/linux/data";
      kernel = "${config.boot.kernelPackage}/share/linux/data";
      inherit (config.boot) kernelParams;
      label = "NixOS ${config.system.nixos.label} (Linux ${config.boot.kernelPackage.version})";
      toplevel = out;
    };
    "org.nixos.specialisation.v1" = { };
  };
in
{
  options = {
    assertions = mkOption { type = types.listOf types.unspecified; default = [ ]; internal = true; description = "Conditions that must hold for the configuration to be built."; };
    warnings = mkOption { type = types.listOf types.str; default = [ ]; internal = true; description = "Messages shown on evaluation."; };
    specialisation = mkOption {
      default = { };
      description = "Additional configurations to build.";
      type = types.attrsOf (types.submodule (local: {
        options.inheritParentConfig = mkOption { type = types.bool; default = true; description = "Include the entire system's configuration."; };
        options.configuration = mkOption {
          default = { };
          description = "Arbitrary NixOS configuration.";
          type = types.deferredModule;
        };
      }));
    };
    system = {
      name = mkOption { type = types.str; default = if config.networking.hostName == "" then "unnamed" else config.networking.hostName; description = "The name of the system used in the {option}`system.build.toplevel` derivation."; };
      stateVersion = mkOption { type = types.str; default = "25.11"; description = "The release this machine was first installed from."; };
      configurationRevision = mkOption { type = types.nullOr types.str; default = null; description = "The Git revision of the top-level flake from which this configuration was built."; };
      extraSystemBuilderCmds = mkOption { type = types.lines; default = ""; internal = true; description = "Commands added to the builder of the toplevel."; };
      nixos.label = mkOption { type = types.strMatching "[a-zA-Z0-9:_\\.-]*"; default = "25.11.demo"; description = "NixOS version name to be used in the names of generated outputs and boot labels."; };
      profile = mkOption {
        type = types.path;
        default = "/var/lib/nixos/profiles/system";
        description = "The profile whose links are the generations of this machine. NixOS keeps it in {file}`/nix/var/nix/profiles`; the demo machine shares {file}`/nix` with its host and so keeps its own.";
      };
    };
  };
  config = {
    system.build.toplevel = checked (pkgs.runCommand "nixos-system-${config.system.name}-${config.system.nixos.label}" {
      inherit (config.system.build) activate;
      bootspec = bootspec "@out@";
      passAsFile = [ "activate" "bootspec" ];
      kernelParams = toString config.boot.kernelParams;
      configurationRevision = toString config.system.configurationRevision;
      inherit (config.system.nixos) label;
      inherit switch;
    } ''
      mkdir -p $out/bin $out/specialisation
      ln -s ${config.boot.kernelPackage}/share/linux/data $out/kernel
      ln -s ${config.boot.kernelPackage} $out/kernel-modules
      ln -s ${config.boot.kernelPackage}/share/linux/data $out/initrd
      printf %s "$kernelParams" > $out/kernel-params
      ln -s ${config.system.build.etc}/etc $out/etc
      ln -s ${config.system.path} $out/sw
      ln -s ${config.systemd.package} $out/systemd
      printf %s "$label" > $out/nixos-version
      printf %s ${pkgs.system} > $out/system
      printf 'systemd 2' > $out/init-interface-version
      printf %s "$configurationRevision" > $out/configuration-revision
      sed "s|@out@|$out|g" "$activatePath" > $out/activate
      sed "s|@out@|$out|g" "$bootspecPath" > $out/boot.json
      sed "s|@out@|$out|g" $switch > $out/bin/switch-to-configuration
      printf '#!%s\n%s/activate\nexec %s/systemd/lib/systemd/systemd "$@"\n' ${pkgs.runtimeShell} $out $out > $out/init
      chmod +x $out/activate $out/init $out/bin/switch-to-configuration
      ${lib.concatLines (lib.mapAttrsToList
        (n: s: "ln -s ${(extendModules { modules = [ s.configuration { specialisation = lib.mkOverride 0 { }; } ]; }).config.system.build.toplevel} $out/specialisation/${n}")
        config.specialisation)}
      ${config.system.extraSystemBuilderCmds}
    '');
  };
}
