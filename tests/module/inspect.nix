# What the module says of itself, as JSON: every option of `settings` with its default, and what its type takes.
{ flake, table }:
let
  host = (builtins.getFlake flake).nixosConfigurations.web;
  inherit (host) lib;
  rows = builtins.fromJSON (builtins.readFile table);

  # { "state.directory" = option; } for a tree of options; `health.check` is a list of a tree
  flatten = prefix: tree: lib.concatMapAttrs
    (name: o:
      if name == "_module" then { }
      else if o._type or null != "option" then flatten "${prefix}${name}." o
      else if o.type.name == "listOf" && o.type.nestedTypes.elemType.name == "submodule"
      then flatten "${prefix}${name}." (o.type.nestedTypes.elemType.getSubOptions [ ])
      else { "${prefix}${name}" = o; })
    tree;
  found = flatten "" (host.options.services.agentd.settings.type.getSubOptions [ ]);

  takes = o: v: o.type.check v;
  trouble = key: o: row:
    let
      fits = {
        integer = takes o row.low && takes o row.high && !(takes o (row.low - 1)) && !(takes o (row.high + 1)) && !(takes o "1");
        boolean = takes o true && !(takes o "true");
        texts = takes o [ "a" ] && !(takes o "a");
        choice = o.type.name == "enum" && lib.all (takes o) (lib.splitString "|" row.choices) && !(takes o "");
        path = takes o "/a/b" && !(takes o "a/b") && !(takes o "");
        optional_path = takes o "/a/b" && takes o "" && !(takes o "a/b");
        text = takes o "a" && !(takes o 1);
      };
      fallback =
        if row.fallback != "" && lib.elem row.kind [ "integer" "boolean" "texts" ] then builtins.fromJSON row.fallback else row.fallback;
      same = if !(o ? default) then row.fallback == "" else o.default == fallback || o.default == null && row.fallback == "";
    in
    lib.optional (!fits.${row.kind}) "${key}: the option's type is not ${row.kind} as the program has it"
    ++ lib.optional (!same) "${key}: the option's default is not `${row.fallback}`"
    ++ lib.optional (o.description or "" == "") "${key}: no description";

  # Does the host still build when this is said besides?
  builds = definition: (builtins.tryEval
    (builtins.seq (host.extendModules { modules = [ { services.agentd = definition; } ]; }).config.system.build.toplevel.drvPath true)).success;
  force = lib.mkForce;
  # what has to be refused, beside what differs from it only in the point and is taken
  cases = {
    "a setting that does not exist" = [ { settings.web.prot = 80; } { settings.web.port = 80; } ];
    "a section that does not exist" = [ { settings.webb.port = 80; } { settings.web.port = 80; } ];
    "a port out of range" = [ { settings.web.port = 0; } { settings.web.port = 1; } ];
    "a number as text" = [ { settings.web.port = "80"; } { settings.web.port = 80; } ];
    "a relative path" = [ { settings.policy.file = "policy.toml"; } { settings.policy.file = "/policy.toml"; } ];
    "an unknown way to land" = [ { settings.flake.landing = "push"; } { settings.flake.landing = "pull"; } ];
    "a repository in a home" = [ { settings.flake.upstream = force "/home/alice/config"; } { settings.flake.upstream = force "/srv/config"; } ];
    "a check with two targets" = [
      { settings.health.check = [ { name = "a"; tcp = "[::1]:80"; unit = "nginx.service"; } ]; }
      { settings.health.check = [ { name = "a"; tcp = "[::1]:80"; } ]; }
    ];
    "a check with a command and a name" = [
      { settings.health.check = [ { name = "a"; command = [ "/bin/a" ]; dns = "a"; } ]; }
      { settings.health.check = [ { name = "a"; command = [ "/bin/a" "b" ]; } { name = "b"; dns = "a"; } ]; }
    ];
    "a check with no target" = [ { settings.health.check = [ { name = "a"; } ]; } { settings.health.check = [ { name = "a"; unit = "a.service"; } ]; } ];
    "a check with an unknown key" = [
      { settings.health.check = [ { name = "a"; tcp = "[::1]:80"; script = "true"; } ]; }
      { settings.health.check = [ { name = "a"; tcp = "[::1]:80"; timeout_seconds = 600; } ]; }
    ];
    "state outside of /var/lib" = [ { settings.state.directory = "/srv/agentd"; } { settings.state.directory = "/var/lib/agentd-2"; } ];
    "an escape from /var/lib" = [ { settings.state.directory = "/var/lib/../../etc"; } { settings.state.directory = "/var/lib/agentd-2"; } ];
    "approvers in the store's /etc" = [ { settings.apply.approvers = "/etc/agentd/approvers"; } { settings.apply.approvers = "/var/lib/agentd-apply/a"; } ];
    "remote builders of a daemon without a network" = [ { settings.nix.builders = "machine"; } { settings.nix.builders = "none"; } ];
    "an origin of two words" = [ { settings.flake.origins = force [ "github:a --work /" ]; } { settings.flake.origins = force [ "github:a" ]; } ];
    "separation off" = [ { settings.programs.separation = false; } { settings.programs.separation = true; } ];
    "an approver line of another kind" = [ { approvers = [ "password alice" ]; } { approvers = [ "ssh alice ssh-ed25519 AAAA" ]; } ];
  };
in
{
  refused = lib.concatLists (lib.mapAttrsToList
    (name: pair:
      lib.optional (builds (lib.head pair)) "${name} was taken"
      ++ lib.optional (!(builds (lib.last pair))) "${name}: and so is refused what is right")
    cases);
  cases = builtins.length (builtins.attrNames cases);
  options = builtins.length (builtins.attrNames found);
  troubles =
    map (key: "${key}: a setting without an option") (lib.subtractLists (lib.attrNames found) (lib.attrNames rows))
    ++ map (key: "${key}: an option without a setting") (lib.subtractLists (lib.attrNames rows) (lib.attrNames found))
    ++ lib.concatLists (lib.mapAttrsToList (key: o: trouble key o rows.${key}) (lib.intersectAttrs rows found));
}
