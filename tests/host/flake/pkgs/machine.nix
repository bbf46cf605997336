# Packages that are links to what the test host has from Debian: real programs under the names of nixpkgs.
{ lib, pkgs }:
let
  # programs: { name = "/usr/bin/name"; }; links: further links below the package
  linked = { pname, version, description, programs, links ? { }, mainProgram ? pname }:
    pkgs.runCommand "${pname}-${version}" { } (lib.concatLines (
      [ "mkdir -p $out/bin" ]
      ++ lib.mapAttrsToList (name: target: "mkdir -p $(dirname $out/${name}); ln -s ${target} $out/${name}")
        (lib.mapAttrs' (name: lib.nameValuePair "bin/${name}") programs // links)
    )) // { inherit pname version; meta = { inherit description mainProgram; }; };
  in-folder = folder: names: lib.genAttrs names (name: "${folder}/${name}");
in
{
  systemd = linked {
    pname = "systemd";
    version = "252";
    description = "System and service manager for Linux";
    mainProgram = "systemctl";
    programs = in-folder "/usr/bin" [ "busctl" "journalctl" "loginctl" "systemctl" "systemd-analyze" "systemd-cat" "systemd-notify" "systemd-run" "systemd-tmpfiles" ];
    links = { "lib/systemd/systemd" = "/usr/lib/systemd/systemd"; "lib/security" = "/usr/lib/security"; };
  };
  linux-pam = linked {
    pname = "linux-pam";
    version = "1.5";
    description = "Pluggable Authentication Modules";
    programs = { };
    links."lib/security" = "/usr/lib/security";
  };
  openssh = linked {
    pname = "openssh";
    version = "9.2p1";
    description = "Implementation of the SSH protocol";
    mainProgram = "ssh";
    programs = in-folder "/usr/bin" [ "ssh" "ssh-keygen" ] // { sshd = "/usr/sbin/sshd"; };
  };
  nix = linked {
    pname = "nix";
    version = "2.8.0";
    description = "Powerful package manager";
    programs = in-folder "/usr/bin" [ "nix" "nix-collect-garbage" "nix-daemon" "nix-env" "nix-instantiate" "nix-store" ];
  };
  git = linked {
    pname = "git";
    version = "2.39.5";
    description = "Distributed version control system";
    programs = in-folder "/usr/bin" [ "git" ];
  };
  iptables = linked {
    pname = "iptables";
    version = "1.8.9";
    description = "Program to configure the Linux IP packet filtering ruleset";
    programs = in-folder "/usr/sbin" [ "ip6tables" "iptables" ];
  };
  iproute2 = linked {
    pname = "iproute2";
    version = "6.1.0";
    description = "Collection of utilities for controlling networking and traffic control";
    mainProgram = "ip";
    programs = in-folder "/usr/sbin" [ "ip" ];
  };
  # agentd's programs are laid into /opt when the host is made, so that a new build is no new system.
  agentd = linked {
    pname = "agentd";
    version = "0";
    description = "Lets this machine look after itself";
    mainProgram = "agentctl";
    programs = in-folder "/opt/agentd" [ "agentd" "agentd-analyze" "agentd-applyd" "agentd-auditd" "agentd-confine" "agentd-probe" "agentctl" ];
  };
}
