# Declaring options and the properties a definition can carry.
{ lib }:
let
  inherit (builtins) isAttrs isBool isFunction isList isPath isString match toJSON;
  inherit (lib) concatMapStringsSep concatStringsSep isDerivation;

  isType = t: v: isAttrs v && v._type or null == t;
  mkOverride = priority: content: { _type = "override"; inherit priority content; };
  mkOrder = priority: content: { _type = "order"; inherit priority content; };
  mkOption = a: { _type = "option"; } // a;
  literalExpression = text: { _type = "literalExpression"; inherit text; };
  showValue = v:
    if isFunction v then "<function>"
    else if isDerivation v then "<derivation ${v.name}>"
    else if isAttrs v then "{ ${concatStringsSep " " (builtins.attrNames v)} }"
    else if isList v then "[ ${concatMapStringsSep " " showValue v} ]"
    else if isString v then toJSON (builtins.unsafeDiscardStringContext v)
    else if isPath v then toString v
    else toJSON v;
in
{
  inherit isType mkOverride mkOrder mkOption literalExpression showValue;

  mkIf = condition: content: { _type = "if"; inherit condition content; };
  mkMerge = contents: { _type = "merge"; inherit contents; };
  mkForce = mkOverride 50;
  mkVMOverride = mkOverride 10;
  mkDefault = mkOverride 1000;
  mkOptionDefault = mkOverride 1500;
  mkBefore = mkOrder 500;
  mkAfter = mkOrder 1500;
  mkAssert = assertion: message: content: if assertion then content else throw message;
  defaultPriority = 100;

  mkEnableOption = name: mkOption {
    type = lib.types.bool;
    default = false;
    example = true;
    description = "Whether to enable ${name}.";
  };
  mkPackageOption = pkgs: name: { default ? name, example ? null, nullable ? false, extraDescription ? "" }:
    let path = lib.toList default; in
    mkOption ({
      type = if nullable then lib.types.nullOr lib.types.package else lib.types.package;
      description = "The ${lib.concatStringsSep "." (lib.toList name)} package to use."
        + lib.optionalString (extraDescription != "") " ${extraDescription}";
    } // lib.optionalAttrs (default != null) {
      default = lib.getAttrFromPath path pkgs;
      defaultText = literalExpression "pkgs.${concatStringsSep "." path}";
    } // lib.optionalAttrs (example != null) {
      example = if isString example then literalExpression "pkgs.${example}" else example;
    });

  mdDoc = text: text;
  literalMD = text: { _type = "literalMD"; inherit text; };
  isOption = isType "option";
  showOption = concatMapStringsSep "." (p: if match "[a-zA-Z_][a-zA-Z0-9_'-]*" p != null then p else toJSON p);
  showDefs = lib.concatMapStrings (d: "\n- In `${toString d.file}': ${showValue d.value}");

  mkRenamedOptionModule = from: to: { config, options, ... }: {
    options = lib.setAttrByPath from (mkOption {
      visible = false;
      description = "Alias of {option}`${lib.showOption to}`.";
      apply = _: lib.getAttrFromPath to config;
    });
    config = lib.mkMerge [
      { warnings = lib.optional (lib.getAttrFromPath from options).isDefined
          "The option `${lib.showOption from}' has been renamed to `${lib.showOption to}'."; }
      (lib.setAttrByPath to (lib.mkMerge (lib.getAttrFromPath from options).definitions))
    ];
  };
  mkRemovedOptionModule = path: why: { options, ... }: {
    options = lib.setAttrByPath path (mkOption { visible = false; description = "Removed."; });
    config.assertions = [ {
      assertion = !(lib.getAttrFromPath path options).isDefined;
      message = "The option definition `${lib.showOption path}' no longer has any effect; please remove it.\n${why}";
    } ];
  };
}
