# The evaluation of modules: collect imports, merge declarations, merge definitions.
{ lib }:
let
  inherit (builtins)
    attrNames attrValues concatLists concatMap elem elemAt filter foldl' functionArgs genList head isFunction isPath
    isString length map mapAttrs removeAttrs sort;
  inherit (lib)
    isType mapAttrsToList mkIf mkOption mkOptionDefault mkOverride optional reverseList showDefs showOption types;

  # mkMerge and mkIf at the top of a definition spread over its attributes
  pushDownProperties = v:
    if isType "merge" v then concatMap pushDownProperties v.contents
    else if isType "if" v then map (mapAttrs (_: mkIf v.condition)) (pushDownProperties v.content)
    else if isType "override" v then map (mapAttrs (_: mkOverride v.priority)) (pushDownProperties v.content)
    else [ v ];
  dischargeProperties = v:
    if isType "merge" v then concatMap dischargeProperties v.contents
    else if isType "if" v then (if v.condition then dischargeProperties v.content else [ ])
    else [ v ];
  priorityOf = d: if isType "override" d.value then d.value.priority else lib.defaultPriority;
  strip = d: if isType "override" d.value then d // { value = d.value.content; } else d;
  orderOf = d: if isType "order" d.value then d.value.priority else 1000;
  unorder = d: if isType "order" d.value then d // { value = d.value.content; } else d;

  definitionsByName = foldl'
    (acc: d: acc // mapAttrs
      (n: v: (acc.${n} or [ ]) ++ [ { inherit (d) file; value = v; pos = builtins.unsafeGetAttrPos n d.value; } ])
      d.value)
    { };

  resolve = defs:
    let
      ds = concatMap (d: map (value: { inherit (d) file; inherit value; }) (dischargeProperties d.value)) defs;
      highest = foldl' (a: d: lib.min a (priorityOf d)) 9999 ds;
      kept = concatMap
        (d: map (value: { inherit (d) file; inherit value; }) (dischargeProperties d.value))
        (map strip (filter (d: priorityOf d == highest) ds));
    in
    { highestPrio = highest; defs = map unorder (sort (a: b: orderOf a < orderOf b) kept); };
  evalValue = loc: t: defs: t.merge loc (resolve defs).defs;

  evalOption = loc: decls: defs:
    let
      opt = foldl' (a: d: a // d.value) { } decls;
      type = opt.type or types.unspecified;
      fallback = optional (opt ? default) { inherit (head decls) file; value = mkOptionDefault opt.default; };
      all = resolve (defs ++ fallback);
      set = (resolve defs).defs;
      value =
        if all.defs == [ ] then type.emptyValue.value or (throw "The option `${showOption loc}' is used but not defined.")
        else if opt.readOnly or false && length set > 1 then throw "The option `${showOption loc}' is read-only, but it's set multiple times.${showDefs set}"
        else type.merge loc all.defs;
    in
    opt // {
      _type = "option";
      inherit type loc;
      declarations = map (d: d.file) decls;
      declarationPositions = map (d: if d.pos == null then { inherit (d) file; line = null; column = null; } else d.pos) decls;
      value = builtins.addErrorContext "while evaluating the option `${showOption loc}':" ((opt.apply or (x: x)) value);
      isDefined = set != [ ] || opt ? default;
      files = map (d: d.file) all.defs;
      definitions = map (d: d.value) all.defs;
      definitionsWithLocations = map (d: { inherit (d) file value; }) all.defs;
      inherit (all) highestPrio;
      __toString = _: showOption loc;
    };

  # Declared options and the definitions for them, level by level. `strays` are
  # definitions nobody declared an option for.
  mergeLevel = loc: decls: defs:
    let
      declsBy = definitionsByName decls;
      defsBy = definitionsByName (concatMap (d: map (value: { inherit (d) file; inherit value; }) (pushDownProperties d.value)) defs);
      level = mapAttrs
        (n: ds:
          let
            here = loc ++ [ n ];
            mine = defsBy.${n} or [ ];
            opts = filter (d: isType "option" d.value) ds;
          in
          if opts == [ ] then mergeLevel here ds mine
          else if length opts == length ds then { options = evalOption here ds mine; strays = [ ]; isOption = true; }
          else throw "The option `${showOption here}' in `${toString (head opts).file}' is a prefix of options in `${toString (head ds).file}'.")
        declsBy;
      unknown = removeAttrs defsBy (attrNames declsBy);
    in
    {
      isOption = false;
      options = mapAttrs (_: l: l.options) level;
      config = mapAttrs (_: l: if l.isOption then l.options.value else l.config) level;
      strays = concatLists (mapAttrsToList
        (n: ds: map (d: d // { loc = loc ++ [ n ]; }) (filter (d: dischargeProperties d.value != [ ]) ds))
        unknown)
      ++ concatMap (l: l.strays) (attrValues level);
    };

  internal = {
    _file = "lib/modules.nix";
    options._module = {
      args = mkOption { type = types.attrsOf types.raw; default = { }; internal = true; description = "Arguments passed to every module."; };
      check = mkOption { type = types.bool; default = true; internal = true; description = "Whether an undeclared option is an error."; };
      freeformType = mkOption { type = types.nullOr types.raw; default = null; internal = true; description = "The type of undeclared options, if they are allowed."; };
    };
  };

  evalModules = { modules, specialArgs ? { }, prefix ? [ ], class ? null }@given:
    let
      load = from: i: m:
        let
          isFile = isPath m || isString m;
          raw = if isFile then import m else m;
          file = if isFile then toString m else raw._file or "${toString from}:anon-${toString i}";
          args = { inherit lib config options extendModules; } // specialArgs;
          applied =
            if isFunction raw then raw (args // mapAttrs (n: _: args.${n} or config._module.args.${n}) (functionArgs raw))
            else raw;
          body = removeAttrs applied [ "_file" "_class" "key" "imports" "disabledModules" "meta" "freeformType" "options" ];
          free = applied.freeformType or null;
          own = if applied ? options || applied ? config then applied.config or { } else body;
        in
        {
          file = applied._file or file;
          key = if isFile then toString m else null;
          imports = applied.imports or [ ];
          options = applied.options or { };
          config = if free == null then own else lib.mkMerge [ own { _module.freeformType = free; } ];
        };
      collect = seen: from: ms: foldl'
        (acc: x:
          let l = load from x.i x.m; in
          if l.key != null && elem l.key acc.seen then acc
          else
            let sub = collect (acc.seen ++ optional (l.key != null) l.key) l.file l.imports;
            in { inherit (sub) seen; out = acc.out ++ [ l ] ++ sub.out; })
        { inherit seen; out = [ ]; }
        (genList (i: { inherit i; m = elemAt ms i; }) (length ms));
      # NixOS gives the last module's definitions first
      all = reverseList (collect [ ] "<modules>" ([ internal ] ++ modules)).out;
      merged = mergeLevel prefix
        (map (m: { inherit (m) file; value = m.options; }) all)
        (map (m: { inherit (m) file; value = m.config; }) all);
      inherit (merged) options;
      free = merged.config._module.freeformType;
      freeConfig = free.merge prefix
        (map (s: { inherit (s) file; value = lib.setAttrByPath (lib.drop (length prefix) s.loc) s.value; }) merged.strays);
      unknown = head merged.strays;
      config =
        if free != null && merged.strays != [ ] then lib.recursiveUpdate freeConfig merged.config
        else if free == null && merged.config._module.check && merged.strays != [ ] then
          throw "The option `${showOption unknown.loc}' does not exist. Definition values:${showDefs (filter (d: d.loc == unknown.loc) merged.strays)}"
        else merged.config;
      extendModules = { modules ? [ ], specialArgs ? { }, prefix ? given.prefix or [ ] }: evalModules (given // {
        modules = given.modules ++ modules;
        specialArgs = given.specialArgs or { } // specialArgs;
        inherit prefix;
      });
    in
    {
      _type = "configuration";
      inherit options extendModules class;
      config = removeAttrs config [ "_module" ];
      _module = merged.config._module;
      type = types.submoduleWith { inherit modules specialArgs; };
    };
in
{ inherit definitionsByName dischargeProperties evalModules evalValue pushDownProperties; }
