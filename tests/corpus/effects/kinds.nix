# Ordinary changes of the demo host `web`: for each a module as a person would write it, and the kinds of
# effects that must be told, no more and no fewer. `seed` is the demo flake as files (tests/demo/prepare).
{ seed }:
let
  flake = (import "${toString seed}/flake.nix").outputs { self = flake; };
  inherit (flake) lib;
  pkgs = flake.legacyPackages.x86_64-linux;
  key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIEJvYkJvYkJvYkJvYkJvYkJvYkJvYkJvYkJvYkJvYkJv bob@desk";
  certificate = "Home Root\n=========\n-----BEGIN CERTIFICATE-----\n${lib.concatStrings (lib.genList (_: "QUFB") 40)}\n-----END CERTIFICATE-----\n";
  package = pname: version: pkgs.mkPackage { inherit pname version; };
  changes = import ./changes.nix { inherit lib pkgs key certificate package; };
  # What a real machine has and the demo flake does not: the base of all, so that a change of it is a change.
  common = {
    system.configurationRevision = "0000";
    environment.etc = {
      "ssl/certs/ca-bundle.crt".text = lib.mkDefault "Old Root\n========\n-----BEGIN CERTIFICATE-----\n${lib.concatStrings (lib.genList (_: "QkJC") 40)}\n-----END CERTIFICATE-----\n";
      "systemd/journald.conf".text = lib.mkDefault "[Journal]\nStorage=persistent\n";
      "systemd/logind.conf".text = lib.mkDefault "[Login]\nKillUserProcesses=no\n";
      "systemd/timesyncd.conf".text = lib.mkDefault "[Time]\nNTP=0.nixos.pool.ntp.org\n";
      "udev/rules.d/99-local.rules".text = lib.mkDefault "# none\n";
      "ssh/ssh_config".text = lib.mkDefault "Host *\nForwardX11 no\n";
      "ssh/ssh_known_hosts".text = lib.mkDefault "git.example ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIA==\n";
      "bashrc".text = lib.mkDefault "shopt -s checkwinsize\n";
      "crontab".text = lib.mkDefault "SHELL=/bin/sh\n";
    };
  };
  configuration = module: (flake.lib.nixosSystem {
    modules = [ "${toString seed}/hosts/web" common module ];
  }).config;
  lies = import ./lies.nix { inherit lib pkgs key; };
  toplevel = module: (configuration module).system.build.toplevel;
  declared = module: import ../../../evaluator/nix/declared.nix (configuration module);
  named = lib.listToAttrs (map (change: lib.nameValuePair change.name change) changes);
in
{
  names = map (change: change.name) changes;
  says = lib.mapAttrs (_: change: change.says) named;
  systems = [ (toplevel { }) ] ++ map (change: toplevel change.module) changes;
  # What the evaluator reads of the options of each system.
  declared = [ (declared { }) ] ++ map (change: declared change.module) changes;
  # Systems that are built otherwise than their options say.
  lies = {
    systems = map (lie: toplevel lie.module) lies;
    told = map (lie: { inherit (lie) name says; declared = declared lie.module; }) lies;
  };
}
