# What a host can be asked for: [ attribute pname version ] of its packages and
# [ path type typeDescription description ] of its options. `detailed` looks into each package, which a
# single broken one can end for all; without it packages are names only.
{ url, host, detailed }:
let
  flake = builtins.getFlake url;
  hosts = flake.nixosConfigurations or { };
  chosen = hosts.${host};
  pkgs = chosen.pkgs or chosen._module.args.pkgs or { };
  inherit (builtins) attrNames concatLists concatStringsSep filter isAttrs isString length map match substring tryEval;

  names = attrNames pkgs;
  plain = value: if isString value then builtins.unsafeDiscardStringContext value else "";
  package = name:
    let
      tried = tryEval (
        let p = pkgs.${name};
        in if isAttrs p && p.type or "" == "derivation" then [ name (plain (p.pname or p.name or "")) (plain (p.version or "")) ] else null);
    in if tried.success && tried.value != null then [ tried.value ] else [ ];
  # Forced inside tryEval, or a throw in a version would escape it.
  forced = name:
    let tried = tryEval (let r = package name; in builtins.deepSeq r r);
    in if tried.success then tried.value else [ ];
  packages =
    if detailed && length names <= 4096 then concatLists (map forced names)
    else map (name: [ name "" "" ]) names;

  isOption = value: value._type or "" == "option";
  text = value: if isString value then plain value else if isAttrs value then plain (value.text or "") else "";
  show = loc: concatStringsSep "." (map (part:
    if match "[a-zA-Z_<*][a-zA-Z0-9_'<>*-]*" part != null then part else builtins.toJSON part) loc);
  option = here: value:
    let
      loc = if builtins.isList (value.loc or null) then value.loc else here; # it knows its <name>s
      description = text (value.description or "");
      sub = if length loc < 8 then (value.type.getSubOptions or (_: { })) loc else { };
      own = [ (show loc) (plain (value.type.name or "")) (plain (value.type.description or "")) (substring 0 512 description) ];
      tried = tryEval (builtins.deepSeq own own);
    in
    if value.internal or false == true || value.visible or true == false then [ ]
    else (if tried.success then [ tried.value ] else [ [ (show loc) "" "" "" ] ])
      ++ (if isAttrs sub then walk loc (removeAttrs sub [ "_module" "_freeformOptions" ]) else [ ]);
  walk = loc: set: concatLists (map (name:
    let
      tried = tryEval set.${name};
      value = tried.value;
      here = loc ++ [ name ];
    in
    if !tried.success || !isAttrs value then [ ]
    else if isOption value then option here value
    else walk here value) (attrNames set));
in
if !(hosts ? ${host}) then { unknown_host = true; hosts = attrNames hosts; }
else { inherit packages; options = walk [ ] (removeAttrs chosen.options [ "_module" ]); }
