# Values to text: INI, key=value, TOML and JSON.
{ lib }:
let
  inherit (lib) concatMapStringsSep concatStringsSep filterAttrs isAttrs isBool isDerivation isList isString mapAttrsToList;

  scalar = v: if v == true then "true" else if v == false then "false" else toString v;

  toKeyValue = { mkKeyValue ? (k: v: "${k}=${scalar v}"), listsAsDuplicateKeys ? false, ... }: a:
    concatStringsSep "" (mapAttrsToList
      (k: v:
        if listsAsDuplicateKeys && isList v then concatMapStringsSep "" (x: mkKeyValue k x + "\n") v
        else mkKeyValue k v + "\n")
      a);

  # --- TOML: tables after the plain keys of their parent, one [header] each ---
  isTable = v: isAttrs v && !(isDerivation v);
  isTableList = v: isList v && v != [ ] && builtins.all isTable v;
  tomlKey = k: if builtins.match "[A-Za-z0-9_-]+" k != null then k else builtins.toJSON k;
  tomlValue = v:
    if isBool v then scalar v
    else if isList v then "[${concatMapStringsSep ", " tomlValue v}]"
    else if isTable v then "{ ${concatStringsSep ", " (mapAttrsToList (k: x: "${tomlKey k} = ${tomlValue x}") v)} }"
    else if isString v || isDerivation v || builtins.isPath v then builtins.toJSON "${v}"
    else toString v;
  tomlTable = path: a:
    let
      set = filterAttrs (_: v: v != null) a;
      plain = filterAttrs (_: v: !(isTable v || isTableList v)) set;
      header = open: close: k: "\n${open}${concatMapStringsSep "." tomlKey (path ++ [ k ])}${close}\n";
      sub = k: tomlTable (path ++ [ k ]);
    in
    concatStringsSep "" (
      mapAttrsToList (k: v: "${tomlKey k} = ${tomlValue v}\n") plain
      ++ mapAttrsToList (k: v: header "[" "]" k + sub k v) (filterAttrs (_: isTable) set)
      ++ mapAttrsToList (k: concatMapStringsSep "" (v: header "[[" "]]" k + sub k v)) (filterAttrs (_: isTableList) set)
    );
in
{
  generators = {
    inherit toKeyValue;
    mkKeyValueDefault = { mkValueString ? scalar }: sep: k: v: "${k}${sep}${mkValueString v}";
    mkValueStringDefault = _: scalar;
    toINI = args: a: concatStringsSep "\n" (mapAttrsToList (name: section: "[${name}]\n" + toKeyValue args section) a);
    toTOML = _: tomlTable [ ];
    toJSON = _: builtins.toJSON;
  };
}
