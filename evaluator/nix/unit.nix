# The text of one unit of systemd of a host; "" where the host has none of that name.
{ url, host, unit }:
let hosts = (builtins.getFlake url).nixosConfigurations or { };
in
if !(hosts ? ${host}) then { unknown_host = true; hosts = builtins.attrNames hosts; }
else { text = builtins.unsafeDiscardStringContext (hosts.${host}.config.systemd.units.${unit}.text or ""); }
