# One host of a flake, looked at once. Called with { url, host }; url names a commit, so that pure
# evaluation accepts it. Everything but drv and toplevel is a hint for people and may be missing. `words`
# (null: none) and `tell` are those of options.nix; the options are read first, and `read` is traced then.
{ url, host, tell, words, read }:
let
  flake = builtins.getFlake url;
  hosts = flake.nixosConfigurations or { };
  inherit (hosts.${host}) config;
  toplevel = config.system.build.toplevel;
  hint = value:
    let tried = builtins.tryEval (builtins.deepSeq value value);
    in if tried.success then tried.value else null;
  text = value: let v = hint value; in if builtins.isString v then builtins.unsafeDiscardStringContext v else null;
in
if !(hosts ? ${host}) then { unknown_host = true; hosts = builtins.attrNames hosts; }
else (if words == null then rest: rest else rest:
  # As text, here: what cannot be JSON ends this evaluation now, and costs nothing but the options.
  let options = builtins.toJSON (tell { inherit flake words; chosen = hosts.${host}; });
  in builtins.seq options (builtins.trace read (rest // { inherit options; }))) {
  drv = toplevel.drvPath;
  toplevel = toplevel.outPath;
  system = text (toplevel.system or null);
  state_version = text (config.system.stateVersion or null);
  host_name = text (config.networking.hostName or null);
  facts = {
    release = text (config.system.nixos.release or config.system.nixos.label or null);
    revision = text (config.system.configurationRevision or null);
    firewall = hint (config.networking.firewall.enable or null);
    tcp_ports = hint (config.networking.firewall.allowedTCPPorts or null);
    udp_ports = hint (config.networking.firewall.allowedUDPPorts or null);
    ssh = hint (config.services.openssh.enable or null);
  };
}
