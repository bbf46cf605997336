# What a host can be asked for: its packages, and its options with their types as far down as they tell them.
# `detailed` looks into each package, default and example, which a single broken one can end for all; without it
# packages are names only. Of a default the text that was written for people is taken, or a plain value: what
# else there is may be a package. `located` tells in the same walk which files of the flake's own source the host
# is made of and what they define; for that the conditions of definitions are evaluated, which may throw as well.
{ url, host, detailed, located }:
let
  flake = builtins.getFlake url;
  hosts = flake.nixosConfigurations or { };
  chosen = hosts.${host};
  pkgs = chosen.pkgs or chosen._module.args.pkgs or { };
  inherit (builtins) attrNames concatLists deepSeq elemAt filter genericClosure genList isAttrs isBool isFunction isInt isList isPath
    isString length listToAttrs map match mapAttrs stringLength substring toJSON tryEval;

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
  declared = option: safely [ ] (map (file: short (toString file)) (filter (f: isString f || isPath f) (option.declarations or [ ])));

  # A file of the flake's own source by its path there, "" for its top; `FILE, via option x` and `FILE#x` name one too.
  source = plain (toString (flake.sourceInfo.outPath or flake)) + "/";
  ours = file:
    let name = if isString file || isPath file then short (toString file) else "";
    in if substring 0 (stringLength source) (name + "/") == source then [ (substring (stringLength source) 2048 name) ] else [ ];
  isPlainSet = value: isAttrs value && !(value ? type || value ? _type || value ? outPath || value ? __functor);
  # [ file names ] for each definition by a file of the flake's own that is not outdone; the names are those of a
  # set, and none where it has too many or is none. Nobody has defined what has its default alone (1500). What
  # throws is null.
  defined = option:
    let
      files = option.files or [ ];
      values = option.definitions or [ ];
      names = i: if length values != length files then [ ] else safely [ ]
        (let value = elemAt values i; in if isPlainSet value && length (attrNames value) <= 64 then attrNames value else [ ]);
      at = i: map (file: [ file (names i) ]) (ours (elemAt files i));
    in
    safely null (if option.highestPrio or 0 >= 1500 then [ ] else concatLists (genList at (length files)));
  # The modules among them as [ file importers ], where nixpkgs tells all of them; null where it does not. One may
  # call itself as it likes (`_file`), so its key is told, too.
  live = filter (module: !(module.disabled or false));
  called = module: ours module.file ++ ours module.key;
  imported = evaluated:
    if !(isList (evaluated.graph or null)) then null
    else safely null (concatLists (map (module: map (file: [ file (module.by or [ ]) ]) (called module)) (genericClosure {
      startSet = live evaluated.graph;
      operator = module: map (each: each // { by = called module; }) (live module.imports);
    })));

  # Home-manager's users: newer nixpkgs hand out what was evaluated, of older ones a user's options are asked once.
  users = let found = chosen.options.home-manager.users or null; in if isAttrs found && isOption found then found else null;
  evaluated = user:
    let
      lib = chosen.lib or pkgs.lib;
      loc = users.loc ++ [ user ];
      element = users.type.nestedTypes.elemType or users.type.functor.wrapped;
      values = users.definitions;
      his = i: if (elemAt values i) ? ${user} then [ { file = elemAt users.files i; value = (elemAt values i).${user}; } ] else [ ];
      handOut = { options, ... }: { options.agentd-options = { _type = "option"; internal = true; default = null; apply = _: options; }; };
      merged = lib.modules.mergeDefinitions loc element (concatLists (genList his (length values)) ++ [ { file = "agentd"; value = handOut; } ]);
    in
    users.valueMeta.attrs.${user}.configuration or { options = merged.mergedValue.agentd-options; };
  home = user:
    let
      made = evaluated user;
      at = loc: option:
        let found = { p = show loc; l = defined option; w = concatLists (map ours (option.declarations or [ ])); };
        in if found.l == [ ] && found.w == [ ] then [ ] else [ found ];
      look = loc: set: concatLists (map (name:
        let
          tried = tryEval (let v = set.${name}; in
            if !isAttrs v then [ ] else if isOption v then at (loc ++ [ name ]) v else look (loc ++ [ name ]) v);
        in
        if tried.success then tried.value else [ ]) (attrNames set));
    in
    safely null { modules = imported made; options = look [ ] (removeAttrs made.options [ "_module" "agentd-options" ]); };
  homes =
    let names = safely [ ] (attrNames users.value);
    in if users == null || length names > 16 then { } else listToAttrs (map (name: { inherit name; value = home name; }) names);

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
  option = outer: here: value:
    let
      loc = if isList (value.loc or null) then value.loc else here; # it knows its <name>s
      # Others stand for the whole tree of options once more (`visible = "shallow"`), or are nobody's to set.
      deep = safely false (!(value.internal or false == true) && value.visible or true == true && length loc < 8);
      sub = (value.type.getSubOptions or (_: { })) loc;
      inner = if isAttrs sub
        then walk false loc (removeAttrs sub [ "_module" "_freeformOptions" ]) else [ ];
      # A module within that throws costs what is in it.
      tried = tryEval (deepSeq inner inner);
      open = !deep || !tried.success || safely true (isAttrs sub && sub ? _freeformOptions);
    in
    [ (row loc value // (if open then { f = true; } else { }) // (let l = defined value; in if outer && l != [ ] then { inherit l; } else { })) ] ++ (if deep && tried.success then inner else [ ]);
  walk = outer: loc: set: concatLists (map (name:
    let
      here = loc ++ [ name ];
      tried = tryEval (let v = set.${name}; in if isAttrs v then (if isOption v then option outer here v else walk outer here v) else [ ]);
    in
    if tried.success then tried.value else [ ]) (attrNames set));
in
if !(hosts ? ${host}) then { unknown_host = true; hosts = attrNames hosts; }
else { root = toString flake; inherit packages source; options = walk located [ ] (removeAttrs chosen.options [ "_module" ]); }
// (if located then { modules = imported chosen; hosts = attrNames hosts; inherit homes; } else { })
