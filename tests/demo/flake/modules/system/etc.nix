# Management of static files in /etc: one store tree, linked into place on activation.
{ config, lib, pkgs, ... }:
let
  inherit (lib) mkIf mkOption types;
  files = lib.filter (f: f.enable) (lib.attrValues config.environment.etc);
  entry = f: ''
    mkdir -p "$(dirname "$out/etc/${f.target}")"
    ln -s ${f.source} "$out/etc/${f.target}"
  '' + lib.optionalString (f.mode != "symlink") ''
    echo ${f.mode} > "$out/etc/${f.target}.mode"
    echo ${f.user} > "$out/etc/${f.target}.uid"
    echo ${f.group} > "$out/etc/${f.target}.gid"
  '';
in
{
  options.environment.etc = mkOption {
    default = { };
    example = { "default/useradd".text = "GROUP=100"; };
    description = "Set of files that have to be linked in {file}`/etc`.";
    type = types.attrsOf (types.submodule ({ name, config, ... }: {
      options = {
        enable = mkOption { type = types.bool; default = true; description = "Whether this /etc file should be generated."; };
        target = mkOption { type = types.str; default = name; description = "Name of symlink (relative to {file}`/etc`)."; };
        text = mkOption { type = types.nullOr types.lines; default = null; description = "Text of the file."; };
        source = mkOption { type = types.path; description = "Path of the source file."; };
        mode = mkOption { type = types.str; default = "symlink"; example = "0600"; description = "If set to something else than `symlink`, the file is copied instead of symlinked, with the given file mode."; };
        uid = mkOption { type = types.int; default = 0; description = "UID of created file."; };
        gid = mkOption { type = types.int; default = 0; description = "GID of created file."; };
        user = mkOption { type = types.str; default = "+${toString config.uid}"; description = "User name of created file."; };
        group = mkOption { type = types.str; default = "+${toString config.gid}"; description = "Group name of created file."; };
      };
      config.source = mkIf (config.text != null)
        (lib.mkDefault (pkgs.writeText "etc-${builtins.replaceStrings [ "/" ] [ "-" ] name}" config.text));
    }));
  };
  config = {
    system.build.etc = pkgs.runCommand "etc" { } ("mkdir -p $out/etc\n" + lib.concatStrings (map entry files));
    system.activationScripts.etc = {
      deps = [ "users" "groups" ];
      text = ''
        # Set up the statically computed bits of /etc.
        echo "setting up /etc..."
        ${pkgs.perl}/bin/perl -w ${./setup-etc.pl} ${config.system.build.etc}/etc
      '';
    };
  };
}
