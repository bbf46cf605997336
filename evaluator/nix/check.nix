# Of the flake's own checks those of some names, by their derivations: null where there is none of that name, "" of
# what is no derivation. Where `catch`, false stands for what throws, and costs the others nothing.
{ url, system, names, catch }:
let
  checks = ((builtins.getFlake url).checks or { }).${system} or { };
  # A path that is only written down names what was built of something else.
  own = check: if builtins.isAttrs check && check.type or "" == "derivation" && builtins.hasContext check.drvPath then check.drvPath else "";
  tell = path: if !catch then path else let tried = builtins.tryEval path; in if tried.success then tried.value else false;
in { drvs = map (name: if checks ? ${name} then tell (own checks.${name}) else null) names; }
