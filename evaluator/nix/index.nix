# What a host can be asked for: its packages, and its options with their types as far down as they tell them.
# `detailed` looks into each package, default and example, which a single broken one can end for all; without it
# packages are names only. Of a default the text that was written for people is taken, or a plain value: what
# else there is may be a package.
{ url, host, detailed }:
let
  flake = builtins.getFlake url;
  hosts = flake.nixosConfigurations or { };
  chosen = hosts.${host};
  pkgs = chosen.pkgs or chosen._module.args.pkgs or { };
  inherit (builtins) attrNames concatLists deepSeq elemAt genList isAttrs isBool isInt isList isPath isString length listToAttrs map match
    mapAttrs stringLength toJSON tryEval;

  plain = builtins.unsafeDiscardStringContext;
  string = value: if isString value then plain value else "";
  # Never cut: half a character is none, and would spoil the whole answer.
  short = value: let v = string value; in if stringLength v <= 16384 then v else "";
  safely = otherwise: value:
    let tried = tryEval (deepSeq value value);
    in if tried.success then tried.value else otherwise;

  names = attrNames pkgs;
  package = name:
    let p = pkgs.${name};
    in if isAttrs p && p.type or "" == "derivation" then [ [ name (string (p.pname or p.name or "")) (string (p.version or "")) ] ] else [ ];
  packages =
    if detailed && length names <= 4096 then concatLists (map (name: safely [ ] (package name)) names)
    else map (name: [ name "" "" ]) names;

  # A text for people: { _type = "literalExpression" | "mdDoc" | …; text = …; } in newer releases.
  text = value: string (if isAttrs value then value.text or "" else value);

  # { n = name; d = what it says; e = the values of an enum; c = the types within; f = takes more than it names }
  tree = depth: type:
    let
      within = if isAttrs (type.nestedTypes or null) && type.nestedTypes != { } then type.nestedTypes
        else if type.functor.wrapped or null != null && isAttrs type.functor.wrapped then { elemType = type.functor.wrapped; }
        else { };
      payload = type.functor.payload or null;
      values = if isList payload then payload else if isAttrs payload && isList (payload.values or null) then payload.values else [ ];
      # `either` of old releases keeps its two types as a list.
      pair = if isList (type.functor.wrapped or null) && length type.functor.wrapped == 2
        then { left = elemAt type.functor.wrapped 0; right = elemAt type.functor.wrapped 1; } else { };
      inner = if within != { } then within else pair;
    in
    # Deeper than anybody looks: of no type that is known.
    if depth == 0 then { n = ""; } else { n = string (type.name or ""); d = short (type.description or ""); }
    // (if type.name or "" == "enum" && values != [ ] && length values <= 512
        then { e = builtins.filter (v: isString v || isInt v || isBool v || v == null) values; } else { })
    // (if inner != { } then { c = mapAttrs (_: t: safely { n = ""; } (tree (depth - 1) t)) (removeAttrs inner [ "freeformType" ]); } else { })
    // (if inner ? freeformType then { f = true; } else { });

  isOption = value: value._type or "" == "option";
  # What a user names has many names of its own: <name>, <config-name>, <name?>.
  show = loc: builtins.concatStringsSep "." (map (part:
    if match "<[^<>]*>" part != null then "<name>"
    else if part == "*" || match "[a-zA-Z_][a-zA-Z0-9_'-]*" part != null then part
    else toJSON part) loc);
  simple = name: match "bool|str|string|int|.*Int|unsigned.*|positive.*|port|enum|float|lines|separatedString|nullOr" name != null;
  default = option:
    let
      said = safely "" (text (option.defaultText or ""));
      value = option.default;
    in
    if said != "" then short said
    else if !detailed || !(option ? default) || !simple (string (option.type.name or "")) then ""
    else safely "" (if isString value || isInt value || isBool value || value == null then short (toJSON value) else "");
  # Plain data that is not large, or nothing: [ it ] or [ ].
  data = depth: value:
    if isString value || isInt value || isBool value || value == null then [ (if isString value then short value else value) ]
    else if depth == 0 then [ ]
    else if isList value then all (map (data (depth - 1)) value) (list: list)
    else if isAttrs value && !(value ? type) && !(value ? _type) && !(value ? outPath) && !(value ? __functor)
    then all (map (name: data (depth - 1) value.${name}) (attrNames value))
      (list: listToAttrs (genList (i: { name = elemAt (attrNames value) i; value = elemAt list i; }) (length list)))
    else [ ];
  all = items: make: if length items > 32 || builtins.elem [ ] items then [ ] else [ (make (concatLists items)) ];
  example = option: safely "" (
    let
      e = option.example or null;
      found = data 3 e;
    in
    if isAttrs e && e ? text then short (text e)
    else if e == null || !detailed || found == [ ] then ""
    else let v = builtins.head found; in short (plain (toJSON v)));
  declared = option: safely [ ] (map (file: short (toString file)) (builtins.filter (f: isString f || isPath f) (option.declarations or [ ])));

  row = loc: option: {
    p = show loc;
    t = safely { n = ""; d = ""; } (tree 5 (option.type or { }));
    s = safely "" (short (text (option.description or "")));
    v = default option;
    x = example option;
    w = declared option;
    r = safely false (option.readOnly or false == true);
    h = safely false (option.internal or false == true || option.visible or true == false);
  };
  option = here: value:
    let
      loc = if isList (value.loc or null) then value.loc else here; # it knows its <name>s
      # Others stand for the whole tree of options once more (`visible = "shallow"`), or are nobody's to set.
      deep = safely false (!(value.internal or false == true) && value.visible or true == true && length loc < 8);
      sub = (value.type.getSubOptions or (_: { })) loc;
      inner = if isAttrs sub
        then walk loc (removeAttrs sub [ "_module" "_freeformOptions" ]) else [ ];
      # A module within that throws costs what is in it.
      tried = tryEval (deepSeq inner inner);
      open = !deep || !tried.success || safely true (isAttrs sub && sub ? _freeformOptions);
    in
    [ (row loc value // (if open then { f = true; } else { })) ] ++ (if deep && tried.success then inner else [ ]);
  walk = loc: set: concatLists (map (name:
    let
      tried = tryEval (let v = set.${name}; in if isAttrs v then (if isOption v then option (loc ++ [ name ]) v else walk (loc ++ [ name ]) v) else [ ]);
    in
    if tried.success then tried.value else [ ]) (attrNames set));
in
if !(hosts ? ${host}) then { unknown_host = true; hosts = attrNames hosts; }
else { root = toString flake; inherit packages; options = walk [ ] (removeAttrs chosen.options [ "_module" ]); }
