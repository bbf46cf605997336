# Lists, strings, attribute sets and paths: no knowledge of modules or packages.
let
  inherit (builtins)
    attrNames concatLists concatMap concatStringsSep elem elemAt filter foldl' genList head isAttrs isList
    length listToAttrs map replaceStrings stringLength substring tail toString;

  nameValuePair = name: value: { inherit name value; };
  optional = c: x: if c then [ x ] else [ ];
  imap0 = f: xs: genList (i: f i (elemAt xs i)) (length xs);
  mapAttrsToList = f: a: map (n: f n a.${n}) (attrNames a);
  mapAttrs' = f: a: listToAttrs (mapAttrsToList f a);
  filterAttrs = p: a: removeAttrs a (filter (n: !(p n a.${n})) (attrNames a));
  concatMapStringsSep = s: f: xs: concatStringsSep s (map f xs);
  isDerivation = v: v.type or null == "derivation";
  escapeShellArg = s: "'${replaceStrings [ "'" ] [ "'\\''" ] (toString s)}'";
  hasPrefix = p: s: substring 0 (stringLength p) s == p;
  hasSuffix = p: s: let n = stringLength s; m = stringLength p; in n >= m && substring (n - m) m s == p;
  attrByPath = path: default: a:
    if path == [ ] then a
    else if isAttrs a && a ? ${head path} then attrByPath (tail path) default a.${head path}
    else default;
  setAttrByPath = path: value: if path == [ ] then value else { ${head path} = setAttrByPath (tail path) value; };
  recursiveUpdate = a: b:
    a // builtins.mapAttrs
      (n: v: if isAttrs v && isAttrs (a.${n} or null) && !(isDerivation v) then recursiveUpdate a.${n} v else v)
      b;
  collect = p: a: if p a then [ a ] else if isAttrs a then concatMap (collect p) (builtins.attrValues a) else [ ];
  flatten = x: if isList x then concatMap flatten x else [ x ];
  splitString = sep: s:
    filter builtins.isString (builtins.split (escapeRegex sep) s);
  escapeRegex = replaceStrings
    [ "\\" "[" "{" "(" ")" "^" "$" "?" "*" "+" "|" "." ]
    [ "\\\\" "\\[" "\\{" "\\(" "\\)" "\\^" "\\$" "\\?" "\\*" "\\+" "\\|" "\\." ];
  toInt = s:
    let t = builtins.match "[ \t]*(-?[0-9]+)[ \t]*" s; in
    if t == null then throw "cannot convert ${s} to int" else builtins.fromJSON (head t);
  upper = [ "A" "B" "C" "D" "E" "F" "G" "H" "I" "J" "K" "L" "M" "N" "O" "P" "Q" "R" "S" "T" "U" "V" "W" "X" "Y" "Z" ];
  lower = [ "a" "b" "c" "d" "e" "f" "g" "h" "i" "j" "k" "l" "m" "n" "o" "p" "q" "r" "s" "t" "u" "v" "w" "x" "y" "z" ];
in
{
  inherit (builtins)
    all any attrNames attrValues compareVersions concatLists concatMap concatStringsSep elem elemAt filter foldl'
    functionArgs genList groupBy getAttr hasAttr head isAttrs isBool isFloat isFunction isInt isList isPath isString
    intersectAttrs length listToAttrs map mapAttrs match partition removeAttrs replaceStrings seq sort stringLength
    substring tail toJSON toString trace typeOf;
  inherit
    attrByPath collect concatMapStringsSep escapeRegex escapeShellArg filterAttrs flatten hasPrefix hasSuffix imap0
    isDerivation mapAttrs' mapAttrsToList nameValuePair optional recursiveUpdate setAttrByPath splitString toInt;

  id = x: x;
  const = x: _: x;
  flip = f: a: b: f b a;
  pipe = foldl' (x: f: f x);
  fix = f: let x = f x; in x;

  # lists
  optionals = c: xs: if c then xs else [ ];
  imap1 = f: imap0 (i: f (i + 1));
  last = xs: elemAt xs (length xs - 1);
  init = xs: genList (elemAt xs) (length xs - 1);
  reverseList = xs: genList (i: elemAt xs (length xs - 1 - i)) (length xs);
  unique = foldl' (acc: x: if elem x acc then acc else acc ++ [ x ]) [ ];
  subtractLists = drop: filter (x: !(elem x drop));
  intersectLists = a: filter (x: elem x a);
  range = from: to: if from > to then [ ] else genList (i: from + i) (to - from + 1);
  count = p: xs: length (filter p xs);
  take = n: xs: genList (elemAt xs) (if n < length xs then n else length xs);
  drop = n: xs: if n >= length xs then [ ] else genList (i: elemAt xs (i + n)) (length xs - n);
  toList = x: if isList x then x else [ x ];
  singleton = x: [ x ];
  foldr = op: nul: xs: let go = i: if i == length xs then nul else op (elemAt xs i) (go (i + 1)); in go 0;
  findFirst = p: default: xs: let hits = filter p xs; in if hits == [ ] then default else head hits;
  max = a: b: if a > b then a else b;
  min = a: b: if a < b then a else b;

  # attribute sets
  optionalAttrs = c: a: if c then a else { };
  genAttrs = names: f: listToAttrs (map (n: nameValuePair n (f n)) names);
  concatMapAttrs = f: a: foldl' (acc: x: acc // x) { } (mapAttrsToList f a);
  hasAttrByPath = path: a: attrByPath path null a != null;
  getAttrFromPath = path: attrByPath path (throw "cannot find attribute `${concatStringsSep "." path}'");
  mergeAttrsList = foldl' (acc: x: acc // x) { };
  mapAttrsRecursive = f:
    let go = path: builtins.mapAttrs (n: v: if isAttrs v && !(isDerivation v) then go (path ++ [ n ]) v else f (path ++ [ n ]) v);
    in go [ ];

  # strings
  optionalString = c: s: if c then s else "";
  concatStrings = concatStringsSep "";
  concatLines = concatMapStringsSep "" (l: l + "\n");
  concatMapStrings = concatMapStringsSep "";
  concatImapStringsSep = sep: f: xs: concatStringsSep sep (imap0 (i: f (i + 1)) xs);
  concatMapAttrsStringSep = sep: f: a: concatStringsSep sep (mapAttrsToList f a);
  escapeShellArgs = concatMapStringsSep " " escapeShellArg;
  escape = chars: replaceStrings chars (map (c: "\\" + c) chars);
  removePrefix = p: s: if hasPrefix p s then substring (stringLength p) (stringLength s) s else s;
  removeSuffix = p: s: if hasSuffix p s then substring 0 (stringLength s - stringLength p) s else s;
  hasInfix = needle: s: length (splitString needle s) > 1;
  toUpper = replaceStrings lower upper;
  toLower = replaceStrings upper lower;
  stringToCharacters = s: genList (i: substring i 1 s) (stringLength s);
  boolToString = b: if b then "true" else "false";
  boolToYesNo = b: if b then "yes" else "no";
  fixedWidthNumber = width: n:
    let s = toString n; pad = width - stringLength s; in concatStringsSep "" (genList (_: "0") (if pad > 0 then pad else 0)) + s;
  fileContents = f: let s = builtins.readFile f; in if hasSuffix "\n" s then substring 0 (stringLength s - 1) s else s;
  importJSON = f: builtins.fromJSON (builtins.readFile f);
  importTOML = f: builtins.fromTOML (builtins.readFile f);
  versionAtLeast = a: b: builtins.compareVersions a b >= 0;
  versionOlder = a: b: builtins.compareVersions a b < 0;
  getName = p: p.pname or (builtins.parseDrvName (p.name or p)).name;
  getVersion = p: p.version or (builtins.parseDrvName (p.name or p)).version;

  # packages
  getExe = p: "${p}/bin/${p.meta.mainProgram or p.pname or p.name}";
  getExe' = p: name: "${p}/bin/${name}";
  getBin = p: p;
  getLib = p: p;
  getDev = p: p;
  getOutput = _: p: p;
  makeBinPath = concatMapStringsSep ":" (p: "${p}/bin");
  makeSearchPath = sub: concatMapStringsSep ":" (p: "${p}/${sub}");
  makeLibraryPath = concatMapStringsSep ":" (p: "${p}/lib");
  isStorePath = x: hasPrefix "${builtins.storeDir}/" (toString x);

  # complaints
  warn = msg: builtins.trace "warning: ${msg}";
  warnIf = c: msg: if c then builtins.trace "warning: ${msg}" else (x: x);
  throwIf = c: msg: if c then throw msg else (x: x);
  throwIfNot = c: msg: if c then (x: x) else throw msg;
  assertMsg = c: msg: c || throw msg;
}
