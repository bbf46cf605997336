# Option types: a check, a merge of all definitions, and what lies inside.
{ lib }:
let
  inherit (builtins)
    concatLists concatMap elem elemAt filter genList head isAttrs isBool isFloat isFunction isInt isList isPath isString
    length mapAttrs match tail toJSON;
  inherit (lib) all concatMapStringsSep evalModules evalValue filterAttrs isDerivation last showDefs showOption;

  bad = loc: t: defs:
    throw "A definition for option `${showOption loc}' is not of type `${t.description}'. Definition values:${showDefs defs}";

  mergeOne = loc: defs:
    if length defs == 1 || all (d: d.value == (head defs).value) defs then (head defs).value
    else throw ''
      The option `${showOption loc}' has conflicting definition values:${showDefs defs}
      Use `lib.mkForce value' or `lib.mkDefault value' to change the priority on any of these definitions.'';

  mkOptionType =
    { name, description ? name, check ? (_: true), merge ? mergeOne, emptyValue ? { }, getSubOptions ? (_: { }), nestedTypes ? { } }:
    let
      t = {
        _type = "option-type";
        inherit name description check emptyValue getSubOptions nestedTypes;
        nested = nestedTypes;
        merge = loc: defs:
          let wrong = filter (d: !(check d.value)) defs;
          in if wrong != [ ] then bad loc t wrong else merge loc defs;
      };
    in
    t;

  types = rec {
    # --- scalars ---
    bool = mkOptionType { name = "bool"; description = "boolean"; check = isBool; };
    boolByOr = mkOptionType { name = "boolByOr"; description = "boolean (merged using or)"; check = isBool; merge = _: builtins.any (d: d.value); };
    int = mkOptionType { name = "int"; description = "signed integer"; check = isInt; };
    float = mkOptionType { name = "float"; description = "floating point number"; check = isFloat; };
    number = either int float;
    ints =
      let
        between = lo: hi: mkOptionType {
          name = "intBetween";
          description = "integer between ${toString lo} and ${toString hi} (both inclusive)";
          check = x: isInt x && x >= lo && x <= hi;
        };
        bits = n: hi: between 0 hi // {
          name = "unsignedInt${toString n}";
          description = "${toString n} bit unsigned integer; between 0 and ${toString hi} (both inclusive)";
        };
      in
      {
        inherit between;
        unsigned = mkOptionType { name = "unsignedInt"; description = "unsigned integer, meaning >=0"; check = x: isInt x && x >= 0; };
        positive = mkOptionType { name = "positiveInt"; description = "positive integer, meaning >0"; check = x: isInt x && x > 0; };
        u8 = bits 8 255;
        u16 = bits 16 65535;
        u32 = bits 32 4294967295;
      };
    port = ints.u16;
    str = mkOptionType { name = "str"; description = "string"; check = isString; };
    singleLineStr = strMatching "[^\n\r]*\n?";
    nonEmptyStr = mkOptionType { name = "nonEmptyStr"; description = "non-empty string"; check = x: isString x && match "[ \t\n]*" x == null; };
    strMatching = re: mkOptionType { name = "strMatching ${toJSON re}"; description = "string matching the pattern ${re}"; check = x: isString x && match re x != null; };
    separatedString = sep: mkOptionType {
      name = "separatedString";
      description = "strings concatenated with ${toJSON sep}";
      check = isString;
      merge = _: concatMapStringsSep sep (d: d.value);
      emptyValue.value = "";
    };
    lines = separatedString "\n";
    commas = separatedString ",";
    envVar = separatedString ":";
    path = mkOptionType { name = "path"; check = x: isPath x || isDerivation x || isString x && builtins.substring 0 1 x == "/"; };
    pathInStore = mkOptionType { name = "pathInStore"; description = "path in the Nix store"; check = x: isDerivation x || lib.isStorePath x; };
    package = mkOptionType { name = "package"; check = isDerivation; };
    shellPackage = mkOptionType { name = "package"; description = "package that is a shell"; check = x: isDerivation x && x ? shellPath; };
    raw = mkOptionType { name = "raw"; description = "raw value"; };
    unspecified = mkOptionType { name = "unspecified"; description = "unspecified value"; };
    optionType = mkOptionType { name = "optionType"; check = x: x._type or null == "option-type"; };
    deferredModule = mkOptionType { name = "deferredModule"; description = "module"; check = x: isAttrs x || isFunction x || isPath x; merge = _: defs: { imports = map (d: d.value) defs; }; };
    enum = vs: mkOptionType { name = "enum"; description = "one of ${concatMapStringsSep ", " toJSON vs}"; check = x: elem x vs; };

    # --- compounds ---
    nullOr = t: mkOptionType {
      name = "nullOr";
      description = "null or ${t.description}";
      check = x: x == null || t.check x;
      nestedTypes.elemType = t;
      inherit (t) getSubOptions;
      emptyValue.value = null;
      merge = loc: defs: if all (d: d.value == null) defs then null else t.merge loc defs;
    };
    uniq = t: t // { merge = loc: defs: if length defs == 1 then t.merge loc defs else throw "The option `${showOption loc}' is defined more than once.${showDefs defs}"; };
    unique = _: uniq;
    either = a: b: mkOptionType {
      name = "either";
      description = "${a.description} or ${b.description}";
      check = x: a.check x || b.check x;
      nestedTypes = { left = a; right = b; };
      merge = loc: defs: if all (d: a.check d.value) defs then a.merge loc defs else b.merge loc defs;
    };
    oneOf = ts: if tail ts == [ ] then head ts else either (head ts) (oneOf (tail ts));
    coercedTo = from: f: to: mkOptionType {
      name = "coercedTo";
      description = "${to.description} or ${from.description} convertible to it";
      check = x: to.check x || from.check x && to.check (f x);
      inherit (to) emptyValue getSubOptions;
      nestedTypes = { coercedType = from; finalType = to; };
      merge = loc: defs: to.merge loc (map (d: if from.check d.value then d // { value = f d.value; } else d) defs);
    };
    functionTo = t: mkOptionType { name = "functionTo"; description = "function that evaluates to a ${t.description}"; check = isFunction; merge = loc: defs: x: t.merge loc (map (d: d // { value = d.value x; }) defs); };
    listOf = t: mkOptionType {
      name = "listOf";
      description = "list of ${t.description}";
      check = isList;
      emptyValue.value = [ ];
      nestedTypes.elemType = t;
      getSubOptions = p: t.getSubOptions (p ++ [ "*" ]);
      merge = loc: defs: concatLists (map
        (d: genList (i: evalValue (loc ++ [ "[definition ${toString i}]" ]) t [ (d // { value = elemAt d.value i; }) ]) (length d.value))
        defs);
    };
    nonEmptyListOf = t: listOf t // { name = "nonEmptyListOf"; description = "non-empty list of ${t.description}"; check = x: isList x && x != [ ]; };
    attrsOf = attrsWith { name = "attrsOf"; description = "attribute set"; filter = filterAttrs (_: ds: concatMap (d: lib.dischargeProperties d.value) ds != [ ]); };
    # looks at no value before it is asked for: an attribute may be made from another one
    lazyAttrsOf = attrsWith { name = "lazyAttrsOf"; description = "lazy attribute set"; filter = x: x; };
    attrsWith = kind: t: mkOptionType {
      inherit (kind) name;
      description = "${kind.description} of ${t.description}";
      check = x: isAttrs x && !(isDerivation x);
      emptyValue.value = { };
      nestedTypes.elemType = t;
      getSubOptions = p: t.getSubOptions (p ++ [ "<name>" ]);
      merge = loc: defs:
        let spread = concatMap (d: map (v: d // { value = v; }) (lib.pushDownProperties d.value)) defs;
        in mapAttrs (n: evalValue (loc ++ [ n ]) t) (kind.filter (lib.definitionsByName spread));
    };
    attrs = mkOptionType { name = "attrs"; description = "attribute set"; check = isAttrs; emptyValue.value = { }; merge = _: builtins.foldl' (a: d: a // d.value) { }; };
    anything = mkOptionType {
      name = "anything";
      merge = loc: defs: if all (d: isAttrs d.value && !(isDerivation d.value)) defs then (attrsOf anything).merge loc defs else mergeOne loc defs;
    };
    submodule = m: submoduleWith { modules = lib.toList m; };
    submoduleWith = { modules, specialArgs ? { }, shorthandOnlyDefinesConfig ? false, ... }:
      let named = n: { _module.args.name = lib.mkOptionDefault n; }; in
      mkOptionType {
        name = "submodule";
        check = x: isAttrs x || isFunction x || isPath x;
        emptyValue.value = { };
        getSubOptions = p: (evalModules { modules = modules ++ [ (named "‹name›") ]; inherit specialArgs; prefix = p; }).options;
        merge = loc: defs: (evalModules {
          modules = modules ++ [ (named (last loc)) ]
            ++ map (d: if isAttrs d.value then { _file = d.file; config = d.value; } else { _file = d.file; imports = [ d.value ]; }) defs;
          inherit specialArgs;
          prefix = loc;
        }).config;
      };
  };
in
types // { inherit mkOptionType; }
