# The little TOML that agentd.toml needs: plain values, sections, and lists of sections one level down
# (`[[health.check]]`). null is left out.
{ lib }:
let
  inherit (lib) concatMapStrings concatStringsSep filterAttrs isAttrs isBool isInt isList isString mapAttrsToList;

  # A JSON string is a TOML basic string.
  value = v:
    if isBool v then (if v then "true" else "false")
    else if isInt v then toString v
    else if isString v then builtins.toJSON v
    else if isList v then "[${concatStringsSep ", " (map value v)}]"
    else throw "agentd.toml cannot hold ${builtins.typeOf v}";

  isTables = v: isList v && v != [ ] && lib.all isAttrs v;
  present = filterAttrs (_: v: v != null);
  plain = a: filterAttrs (_: v: !(isAttrs v) && !(isTables v)) (present a);
  lines = a: concatMapStrings (l: l + "\n") (mapAttrsToList (k: v: "${k} = ${value v}") (plain a));

  tables = path: a: concatStringsSep "" (mapAttrsToList
    (k: concatMapStrings (t: "\n[[${path}.${k}]]\n${lines t}"))
    (filterAttrs (_: isTables) (present a)));
  section = name: a:
    (if plain a == { } then "" else "\n[${name}]\n${lines a}") + tables name a;
in
a: lines a + concatStringsSep "" (mapAttrsToList section (filterAttrs (_: isAttrs) (present a)))
