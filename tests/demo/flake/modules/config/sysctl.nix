{ config, lib, ... }:
let
  inherit (lib) mkOption types;
  cfg = config.boot.kernel.sysctl;
in
{
  options.boot.kernel.sysctl = mkOption {
    type = types.attrsOf (types.nullOr (types.oneOf [ types.bool types.int types.str ]));
    default = { };
    example = { "net.ipv4.tcp_syncookies" = false; };
    description = "Runtime parameters of the Linux kernel, as set by {manpage}`sysctl(8)`.";
  };
  config = {
    boot.kernel.sysctl = {
      "kernel.kptr_restrict" = lib.mkDefault 1;
      "kernel.printk" = lib.mkDefault "4 4 1 7";
      "net.ipv4.conf.all.rp_filter" = lib.mkDefault 2;
      "vm.max_map_count" = lib.mkDefault 1048576;
    };
    environment.etc."sysctl.d/60-nixos.conf".text = lib.concatStrings (lib.mapAttrsToList
      (n: v: lib.optionalString (v != null) "${n}=${if v == false then "0" else toString v}\n")
      cfg);
  };
}
