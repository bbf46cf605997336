# The options of one host alone, as options.nix (`tell`) tells them; its system is not evaluated.
{ url, host, tell, words }:
let
  flake = builtins.getFlake url;
  hosts = flake.nixosConfigurations or { };
in
if !(hosts ? ${host}) then { unknown_host = true; }
else { options = builtins.toJSON (tell { inherit flake words; chosen = hosts.${host}; }); }
