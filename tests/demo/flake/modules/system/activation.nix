# The activation script: snippets in the order their dependencies ask for.
{ config, lib, pkgs, ... }:
let
  inherit (lib) mkOption types;
  snippets = lib.mapAttrs (_: s: if lib.isString s then { deps = [ ]; text = s; } else s) config.system.activationScripts;

  # depth first, each name once
  order = names: seen: lib.foldl' (acc: n: if lib.elem n acc then acc else order (snippets.${n}.deps) acc ++ [ n ]) seen names;

  run = name: ''
    #### Activation script snippet ${name}:
    (
    set -e
    ${snippets.${name}.text}
    )
    _localstatus=$?
    if [ "$_localstatus" -gt 0 ]; then
      _status=1
      printf "Activation script snippet '%s' failed (%s)\n" "${name}" "$_localstatus"
    fi
  '';
in
{
  options.system.activationScripts = mkOption {
    default = { };
    example = { stdio.text = "ln -sfn /proc/self/fd /dev/fd"; };
    description = "A set of shell script fragments that are executed when a NixOS system configuration is activated.";
    type = types.attrsOf (types.either types.str (types.submodule {
      options = {
        deps = mkOption { type = types.listOf types.str; default = [ ]; description = "List of dependencies. The script will run after these."; };
        text = mkOption { type = types.lines; description = "The content of the script."; };
        supportsDryActivation = mkOption { type = types.bool; default = false; description = "Whether this activation script supports being dry-activated."; };
      };
    }));
  };
  options.system.build = mkOption { type = types.lazyAttrsOf types.unspecified; default = { }; description = "Attribute set of derivations used to set up the system."; };
  config = {
    system.activationScripts = {
      specialfs = "";
      stdio = "";
      binsh = ''
        # Create the required /bin/sh symlink; otherwise lots of things
        # (notably the system() function) won't work.
        mkdir -p /bin
        chmod 0755 /bin
        ln -sfn "${pkgs.busybox}/bin/sh" /bin/.sh.tmp
        mv -fT /bin/.sh.tmp /bin/sh # atomically replace /bin/sh
      '';
      usrbinenv = ''
        mkdir -p /usr/bin
        chmod 0755 /usr /usr/bin
        ln -sfn ${pkgs.coreutils}/bin/env /usr/bin/.env.tmp
        mv -fT /usr/bin/.env.tmp /usr/bin/env # atomically replace /usr/bin/env
      '';
      var = ''
        # Various log/runtime directories.
        mkdir -p /var/tmp /var/log /var/lib/nixos
        chmod 1777 /var/tmp
        # Empty, immutable home directory of many system accounts.
        mkdir -p /var/empty
        chmod 0555 /var/empty
      '';
      hostname = {
        deps = [ "etc" ];
        text = lib.optionalString (config.networking.hostName != "") "hostname '${config.networking.hostName}'";
      };
    };
    system.build.activate = ''
      #!${pkgs.runtimeShell}

      systemConfig='@out@'

      export PATH=/empty
      for i in ${pkgs.coreutils} ${pkgs.perl}; do
          PATH=$PATH:$i/bin:$i/sbin
      done

      _status=0

      # Ensure a consistent umask.
      umask 0022

      ${lib.concatMapStringsSep "\n" run (order (lib.attrNames snippets) [ ])}

      # Make this configuration the current configuration.
      # The readlink is there to ensure that when $systemConfig = /system
      # (which is a symlink to the store), /run/current-system is still
      # used as a garbage collection root.
      ln -sfn "$(readlink -f "$systemConfig")" /run/current-system.tmp
      mv -fT /run/current-system.tmp /run/current-system

      exit $_status
    '';
  };
}
