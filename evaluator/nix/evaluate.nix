# One host of a flake, looked at once. Called with { url, host }; url names a commit, so that pure
# evaluation accepts it. Everything but drv and toplevel is a hint for people and may be missing. `words`
# (null: none) and `tell` are those of options.nix, `declare` (null: nothing) is declared.nix. `nonce` (null: nothing is told early) is known to nobody
# inside the flake: what is traced under it, before the toplevel is begun, is ours.
{ url, host, tell, declare, words, nonce }:
let
  flake = builtins.getFlake url;
  hosts = flake.nixosConfigurations or { };
  inherit (hosts.${host}) config;
  inherit (builtins) attrNames elem filter stringLength toJSON;
  toplevel = config.system.build.toplevel;
  hint = value:
    let tried = builtins.tryEval (builtins.deepSeq value value);
    in if tried.success then tried.value else null;
  text = value: let v = hint value; in if builtins.isString v then builtins.unsafeDiscardStringContext v else null;

  # As text, here: what cannot be JSON ends this evaluation now, and costs nothing but the options.
  options = if words == null then "null" else toJSON (tell { inherit flake words; chosen = hosts.${host}; });
  users = config.users.users or { };
  ssh = config.services.openssh or { };
  facts = {
    release = text (config.system.nixos.release or config.system.nixos.label or null);
    firewall = hint (config.networking.firewall.enable or null);
    tcp_ports = hint (config.networking.firewall.allowedTCPPorts or null);
    udp_ports = hint (config.networking.firewall.allowedUDPPorts or null);
    ssh = hint (ssh.enable or null);
    ssh_ports = hint (ssh.ports or null);
    ssh_passwords = hint (ssh.settings.PasswordAuthentication or ssh.passwordAuthentication or null);
    ssh_root = text (ssh.settings.PermitRootLogin or ssh.permitRootLogin or null);
    people = hint (filter (name: users.${name}.isNormalUser or false) (attrNames users));
    wheel = hint (filter (name: elem "wheel" (users.${name}.extraGroups or [ ])) (attrNames users));
    sudo_password = hint (config.security.sudo.wheelNeedsPassword or null);
  };
  # A line that is too long would be cut, and be none.
  early = "{\"facts\":${toJSON facts},\"hosts\":${toJSON (attrNames hosts)},\"options\":${if stringLength options > 24576 then "null" else options}}";
  answer = {
    drv = toplevel.drvPath;
    toplevel = toplevel.outPath;
    system = text (toplevel.system or null);
    state_version = text (config.system.stateVersion or null);
    host_name = text (config.networking.hostName or null);
    facts = facts // { revision = text (config.system.configurationRevision or null); };
    hosts = attrNames hosts;
  };
  # Behind the toplevel, which has asked for nearly all of it; the mark says where it begins.
  declared = builtins.seq answer.drv (builtins.trace "${nonce} toplevel" (toJSON (declare config)));
in
if !(hosts ? ${host}) then { unknown_host = true; hosts = attrNames hosts; }
else if nonce == null then answer
else builtins.seq options (builtins.trace "${nonce} ${early}"
  (answer // (if words == null then { } else { inherit options; }) // (if declare == null then { } else { inherit declared; })))
