# pkgs.formats: a type for settings and a generator for the file.
{ lib, pkgs }:
let
  inherit (lib) types;
  value = types.anything // { name = "value"; description = "structured value"; };
  make = render: _: {
    type = types.attrsOf value;
    generate = name: v: pkgs.writeText name (render v);
  };
in
{
  toml = make (lib.generators.toTOML { });
  json = make builtins.toJSON;
  yaml = make builtins.toJSON;
  keyValue = make (lib.generators.toKeyValue { });
  ini = make (lib.generators.toINI { });
}
