{ config, lib, pkgs, ... }:
let
  inherit (lib) mkOption types;
  cfg = config.security;
  parentWrapperDir = "/run/wrappers";
  wrapperDir = "${parentWrapperDir}/bin";

  securityWrapper = w: pkgs.writeTextFile {
    name = "security-wrapper-${w.program}-x86_64-unknown-linux-musl";
    executable = true;
    destination = "/bin/security-wrapper";
    text = "#!${pkgs.runtimeShell}\nexec ${w.source} \"$@\"\n";
  };

  mkSetcapProgram = w: ''
    cp ${securityWrapper w}/bin/security-wrapper "$wrapperDir/${w.program}"

    # Prevent races
    chmod 0000 "$wrapperDir/${w.program}"
    chown ${w.owner}:${w.group} "$wrapperDir/${w.program}"

    # Set desired capabilities on the file plus cap_setpcap so
    # the wrapper program can elevate the capabilities set on
    # its file into the Ambient set.
    setcap "cap_setpcap,${w.capabilities}" "$wrapperDir/${w.program}"

    # Set the executable bit
    chmod ${w.permissions} "$wrapperDir/${w.program}"
  '';
  mkSetuidProgram = w: ''
    cp ${securityWrapper w}/bin/security-wrapper "$wrapperDir/${w.program}"

    # Prevent races
    chmod 0000 "$wrapperDir/${w.program}"
    chown ${w.owner}:${w.group} "$wrapperDir/${w.program}"

    chmod "u${if w.setuid then "+" else "-"}s,g${if w.setgid then "+" else "-"}s,${w.permissions}" "$wrapperDir/${w.program}"
  '';
  mkWrapper = w: if w.capabilities != "" then mkSetcapProgram w else mkSetuidProgram w;
in
{
  options.security.wrappers = mkOption {
    default = { };
    description = "This option effectively allows adding setuid/setgid bits, capabilities, changing file ownership and permissions of a program without directly modifying it.";
    type = types.attrsOf (types.submodule ({ name, ... }: {
      options = {
        enable = mkOption { type = types.bool; default = true; description = "Whether to enable the wrapper."; };
        source = mkOption { type = types.path; description = "The absolute path to the program to be wrapped."; };
        program = mkOption { type = types.str; default = name; description = "The name of the wrapper program."; };
        owner = mkOption { type = types.str; description = "The owner of the wrapper program."; };
        group = mkOption { type = types.str; description = "The group of the wrapper program."; };
        permissions = mkOption { type = types.str; default = "u+rx,g+x,o+x"; description = "The permissions of the wrapper program."; };
        capabilities = mkOption { type = types.commas; default = ""; example = "cap_net_raw+ep"; description = "A comma-separated list of capability clauses to be given to the wrapper program."; };
        setuid = mkOption { type = types.bool; default = false; description = "Whether to add the setuid bit to the wrapper program."; };
        setgid = mkOption { type = types.bool; default = false; description = "Whether to add the setgid bit to the wrapper program."; };
      };
    }));
  };
  config = {
    security.wrappers.ping = {
      source = "${pkgs.busybox}/bin/ping";
      owner = "root";
      group = "root";
      capabilities = "cap_net_raw+p";
    };
    security.wrappers.newgrp = { setuid = true; owner = "root"; group = "root"; source = "${pkgs.shadow}/bin/newgrp"; };

    systemd.services.suid-sgid-wrappers = {
      description = "Create SUID/SGID Wrappers";
      wantedBy = [ "sysinit.target" ];
      before = [ "sysinit.target" "shutdown.target" ];
      unitConfig.DefaultDependencies = false;
      serviceConfig = { Type = "oneshot"; RemainAfterExit = true; };
      path = [ (pkgs.mkPackage { pname = "libcap"; version = "2.76"; bins = [ "setcap" "getcap" ]; description = "Library for working with POSIX capabilities"; }) ];
      script = ''
        mkdir -p "${parentWrapperDir}"
        chmod 755 "${parentWrapperDir}"

        # We want to place the tmpdirs for the wrappers to the parent dir.
        wrapperDir=$(mktemp -d -p "${parentWrapperDir}" wrappers.XXXXXXXXXX)
        chmod a+rx "$wrapperDir"

        ${lib.concatMapStringsSep "\n" mkWrapper (lib.filter (w: w.enable) (lib.attrValues cfg.wrappers))}
        if [ -L ${wrapperDir} ]; then
          # Atomically replace the symlink
          old=$(readlink -f ${wrapperDir})
          if [ -e "${wrapperDir}-tmp" ]; then
            rm -rf "${wrapperDir}-tmp"
          fi
          ln -sfn "$wrapperDir" "${wrapperDir}-tmp"
          mv -fT "${wrapperDir}-tmp" "${wrapperDir}"
          rm -rf "$old"
        else
          # For initial setup
          ln -s "$wrapperDir" "${wrapperDir}"
        fi
      '';
    };
  };
}
