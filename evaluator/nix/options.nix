# What is set, as far as `words` (a set: its names) speak of it: [ { path, value, priority, files } ] for each
# option of a host all of whose path is among the words. The merged value is told as plain data, and of a set
# only what the words name: a number, a text, true, false, null or a list stands for itself, a set is
# { set = …; }, whatever else there is { is = "function"; }, { is = "package"; text = …; } and so on. What
# throws is `unknown`; an error that cannot be caught ends all, and the asker asks without.
# Before NixOS 21.11 `options` come from a second evaluation of every module, which costs a third of the first;
# there the values of `config` are told, down to what is no set, and nobody knows who defined them.
{ flake, chosen, words }:
let
  inherit (builtins) attrNames concatLists deepSeq elemAt genList hashString intersectAttrs isAttrs isFloat isFunction
    isInt isList isPath isString length map stringLength substring tryEval;
  root = toString flake + "/";
  most_deep = 10;
  most_text = 2048;
  most_items = 256;
  most_options = 512;
  most_exact = 9007199254740991; # an integer that every reader of JSON has

  # Carries nothing into the answer that would have to be built. A text is never cut: half a character is none.
  plain = builtins.unsafeDiscardStringContext;
  short = value: if stringLength value <= most_text then plain value else "";
  upTo = most: list: if length list <= most then list else genList (elemAt list) most;
  safely = otherwise: value:
    let tried = tryEval (deepSeq value value);
    in if tried.success then tried.value else otherwise;

  tell = depth: value:
    let tried = tryEval value;
    in if tried.success then told depth tried.value else { is = "unknown"; };
  told = depth: value:
    if depth == 0 then { is = "deep"; }
    else if isFunction value then { is = "function"; }
    else if isString value then tellText value
    else if isPath value then { is = "path"; text = let own = ours value; in if own == [ ] then short (toString value) else "./" + elemAt own 0; }
    else if isList value then map (tell (depth - 1)) (upTo most_items value)
      ++ (if length value > most_items then [ { is = "more"; text = toString (length value - most_items); } ] else [ ])
    else if isFloat value || isInt value && (value > most_exact || value < 0 - most_exact)
    then { is = "number"; text = builtins.toJSON value; }
    else if !isAttrs value then value
    else if value ? __functor then { is = "function"; }
    # Whole package sets and libraries hold themselves, again and again.
    else if value ? callPackage && value ? stdenv then { is = "packages"; }
    else if value ? evalModules && value ? mkOption then { is = "library"; }
    else if safely false (value.type or "" == "derivation") then { is = "package"; text = safely "" (short (value.name or "")); }
    else { set = builtins.mapAttrs (_: tell (depth - 1)) (intersectAttrs words (removeAttrs value [ "_module" ])); };
  tellText = value:
    if stringLength value <= most_text then plain value
    else { is = "text"; text = toString (stringLength value) + " bytes, sha256 " + hashString "sha256" (plain value); };

  # A file of the flake, by its path in the repository.
  ours = file:
    let
      name = if isString file || isPath file then short (toString file) else "";
      size = stringLength root;
    in
    if substring 0 size name == root then [ (substring size most_text name) ] else [ ];
  look = path: option: {
    inherit path;
    value = if safely true (option.isDefined or true) then tell most_deep option.value else { is = "unset"; };
    priority = safely null (let p = option.highestPrio or null; in if isInt p then p else null);
    files = safely [ ] (concatLists (map ours (upTo most_items (option.files or [ ]))));
  };
  walk = depth: path: options: concatLists (map (name:
    let
      tried = tryEval options.${name};
      found = tried.value;
      longer = path ++ [ name ];
    in
    if !tried.success || depth == 0 || !isAttrs found then [ ]
    else if found._type or "" == "option" then [ (look longer found) ]
    else walk (depth - 1) longer found) (attrNames (intersectAttrs words options)));
  # As far down as a person would write a path.
  isLeaf = value: !isAttrs value || value ? __functor || value ? outPath || value ? callPackage || value ? evalModules
    || safely true (value.type or "" == "derivation");
  walkValues = depth: path: values: concatLists (map (name:
    let
      tried = tryEval values.${name};
      longer = path ++ [ name ];
    in
    if !tried.success || depth == 0 then [ ]
    else if isLeaf tried.value then [ { path = longer; value = tell most_deep tried.value; priority = null; files = [ ]; } ]
    else walkValues (depth - 1) longer tried.value) (attrNames (intersectAttrs words values)));
  isOne = chosen ? extendModules;
in
upTo most_options (
  if isOne then walk most_deep [ ] (removeAttrs (chosen.options or { }) [ "_module" ])
  else walkValues most_deep [ ] (removeAttrs (chosen.config or { }) [ "_module" ]))
