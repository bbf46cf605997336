{ config, lib, pkgs, ... }:
let
  inherit (lib) mkOption types;
  cfg = config.boot;
  fileSystem = types.submodule ({ name, ... }: {
    options = {
      mountPoint = mkOption { type = types.str; default = name; description = "Location of the mounted file system."; };
      device = mkOption { type = types.str; example = "/dev/sda"; description = "Location of the device."; };
      fsType = mkOption { type = types.str; default = "auto"; description = "Type of the file system."; };
      options = mkOption { type = types.listOf types.str; default = [ "defaults" ]; description = "Options used to mount the file system."; };
      neededForBoot = mkOption { type = types.bool; default = false; description = "If set, this file system will be mounted in the initial ramdisk."; };
    };
  });
in
{
  options = {
    boot = {
      kernelPackage = mkOption { type = types.package; default = pkgs.linux; defaultText = lib.literalExpression "pkgs.linux"; description = "The kernel."; };
      kernelParams = mkOption { type = types.listOf types.str; default = [ ]; description = "Parameters added to the kernel command line."; };
      kernelModules = mkOption { type = types.listOf types.str; default = [ ]; description = "The set of kernel modules to be loaded in the second stage of the boot process."; };
      loader.timeout = mkOption { type = types.nullOr types.int; default = 5; description = "Timeout (in seconds) until loader boots the default menu item."; };
      loader.systemd-boot = {
        enable = mkOption { type = types.bool; default = true; description = "Whether to enable the systemd-boot EFI boot manager."; };
        configurationLimit = mkOption { type = types.nullOr types.int; default = null; example = 120; description = "Maximum number of latest generations in the boot menu."; };
      };
    };
    fileSystems = mkOption { default = { }; type = types.attrsOf fileSystem; description = "The file systems to be mounted."; };
    swapDevices = mkOption { default = [ ]; type = types.listOf (types.submodule { options.device = mkOption { type = types.str; description = "Path of the device or swap file."; }; }); description = "The swap devices and swap files."; };
  };
  config = {
    boot.kernelParams = lib.mkAfter [ "loglevel=4" ];
    fileSystems."/" = { device = lib.mkDefault "/dev/disk/by-label/nixos"; fsType = lib.mkDefault "ext4"; };
    environment.etc = {
      fstab.text = ''
        # This is a generated file.  Do not edit!
        #
        # To make changes, edit the fileSystems and swapDevices NixOS options
        # in your /etc/nixos/configuration.nix file.
        #
        # <file system> <mount point>   <type>  <options>       <dump>  <pass>

        # Filesystems.
        ${lib.concatLines (lib.mapAttrsToList
          (_: f: "${f.device} ${f.mountPoint} ${f.fsType} ${lib.concatStringsSep "," (f.options ++ lib.optional (f.mountPoint == "/") "x-initrd.mount")} 0 ${if f.mountPoint == "/" then "1" else "2"}")
          config.fileSystems)}
        # Swap devices.
        ${lib.concatMapStrings (s: "${s.device} none swap defaults\n") config.swapDevices}
      '';
      "modules-load.d/nixos.conf".text = lib.concatLines cfg.kernelModules;
    };
    system.build.installBootLoader = pkgs.replaceVarsWith {
      src = ./install-systemd-boot.sh;
      isExecutable = true;
      replacements = {
        shell = pkgs.runtimeShell;
        path = "${pkgs.coreutils}/bin";
        inherit (config.system) profile;
        timeout = toString cfg.loader.timeout;
        limit = if cfg.loader.systemd-boot.configurationLimit == null then "1000" else toString cfg.loader.systemd-boot.configurationLimit;
        kernel = cfg.kernelPackage.version;
      };
    };
  };
}
