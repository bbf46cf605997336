# What one host of a flake would be, by its derivation alone. That a system says which commit it was made
# from makes every commit another system of every host; so that is left out wherever it can be.
{ url, host }:
let
  flake = builtins.getFlake url;
  hosts = flake.nixosConfigurations or { };
  chosen = hosts.${host};
  extended = chosen.extendModules {
    modules = [{ system.configurationRevision = { _type = "override"; priority = 0; content = null; }; }];
  };
  can = chosen ? extendModules && (chosen.options or { }) ? system.configurationRevision;
in
if !(hosts ? ${host}) then { unknown_host = true; hosts = builtins.attrNames hosts; }
else {
  drv = (if can then extended else chosen).config.system.build.toplevel.drvPath;
  source = builtins.unsafeDiscardStringContext (flake.sourceInfo or flake).outPath;
  nar_hash = flake.narHash or "";
}
