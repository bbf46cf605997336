# Critical parts that must not change underneath a running system: NixOS's switch inhibitors.
{ config, lib, pkgs, ... }:
let
  inherit (lib) mkOption types;
  checks = pkgs.writeShellScript "pre-switch-checks" ''
    PATH=${pkgs.coreutils}/bin
    # pairs FILE: one "key":"value" a line
    pairs() { [ ! -f "$1" ] || { tr -d '{}' < "$1" | tr , '\n'; echo; } | sed '/^$/d'; }
    if [ "$2" = boot ]; then
      echo "Not checking switch inhibitors (action = $2)"
      exit 0
    fi
    printf 'Checking switch inhibitors...'
    diff=$(pairs /run/current-system/switch-inhibitors | while IFS= read -r old; do
      key=''${old%%:*}
      new=$(pairs "$1/switch-inhibitors" | grep -F -- "$key:")
      [ -z "$new" ] || [ "$new" = "$old" ] || echo "$key : ''${old#*:} -> ''${new#*:}" | tr -d '"'
    done)
    [ -n "$diff" ] || { echo " done"; exit 0; }
    cat <<END

    There are changes to critical components of the system:

    $diff

    Switching into this system is not recommended.
    You probably want to run 'nixos-rebuild boot' and reboot your system instead.

    If you really want to switch into this configuration directly, then
    you can set NIXOS_NO_CHECK=1 to ignore pre-switch checks.

    WARNING: doing so might cause the switch to fail or your system to become unstable.

    Pre-switch check 'switchInhibitors' failed
    END
    exit 1
  '';
in
{
  options.system.switch.inhibitors = mkOption {
    type = types.attrsOf types.str;
    default = { };
    example = { dbus-implementation = "broker"; };
    description = "What, when it differs between the running and the new system, keeps a switch from being done.";
  };
  config = {
    system.switch.inhibitors.systemd = lib.mkDefault config.systemd.package.version;
    system.extraSystemBuilderCmds = ''
      ln -s ${pkgs.writeText "switch-inhibitors" (builtins.toJSON config.system.switch.inhibitors)} $out/switch-inhibitors
      ln -s ${checks} $out/pre-switch-checks
      ln -s ${pkgs.writeShellScript "dry-activate" "exit 0"} $out/dry-activate
    '';
  };
}
