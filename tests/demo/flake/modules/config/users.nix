{ config, lib, pkgs, ... }:
let
  inherit (lib) mkDefault mkOption types;
  cfg = config.users;

  # a shell is named by its place in the running system, as in NixOS
  toShellPath = shell: if shell ? shellPath then "/run/current-system/sw${shell.shellPath}" else toString shell;

  user = types.submodule ({ name, config, ... }: {
    options = {
      name = mkOption { type = types.str; default = name; description = "The name of the user account."; };
      description = mkOption { type = types.strMatching "[^:\n]*"; default = ""; example = "Alice Q. User"; description = "A short description of the user account."; };
      uid = mkOption { type = types.nullOr types.int; default = null; description = "The account UID. If the UID is null, a free UID is picked on activation."; };
      isNormalUser = mkOption { type = types.bool; default = false; description = "Indicates whether this is an account for a “real” user."; };
      isSystemUser = mkOption { type = types.bool; default = false; description = "Indicates if the user is a system user or not."; };
      group = mkOption { type = types.str; default = ""; description = "The user's primary group."; };
      extraGroups = mkOption { type = types.listOf types.str; default = [ ]; description = "The user's auxiliary groups."; };
      home = mkOption { type = types.path; default = "/var/empty"; description = "The user's home directory."; };
      homeMode = mkOption { type = types.strMatching "[0-7]{1,5}"; default = "700"; description = "The user's home directory mode in numeric format."; };
      createHome = mkOption { type = types.bool; default = false; description = "Whether to create the home directory."; };
      shell = mkOption { type = types.nullOr (types.either types.shellPackage types.path); default = "${pkgs.shadow}/bin/nologin"; description = "The path to the user's shell."; };
      linger = mkOption { type = types.bool; default = false; description = "Whether to enable lingering for this user."; };
      packages = mkOption { type = types.listOf types.package; default = [ ]; description = "The set of packages that should be made available to the user."; };
      password = mkOption { type = types.nullOr types.str; default = null; description = "The password in clear text. Do not use."; };
      hashedPassword = mkOption { type = types.nullOr types.str; default = null; description = "The hashed password for the user."; };
      hashedPasswordFile = mkOption { type = types.nullOr types.str; default = null; description = "The full path to a file that contains the hash of the user's password."; };
      initialPassword = mkOption { type = types.nullOr types.str; default = null; description = "The initial password of the user, in clear text."; };
      initialHashedPassword = mkOption { type = types.nullOr types.str; default = null; description = "The initial hashed password of the user."; };
      autoSubUidGidRange = mkOption { type = types.bool; default = false; description = "Automatically allocate subordinate user and group ids."; };
      subUidRanges = mkOption { type = types.listOf types.attrs; default = [ ]; description = "Subordinate user ids."; };
      subGidRanges = mkOption { type = types.listOf types.attrs; default = [ ]; description = "Subordinate group ids."; };
      expires = mkOption { type = types.nullOr (types.strMatching "[0-9]{4}-[0-9]{2}-[0-9]{2}"); default = null; description = "The date on which the account is no longer usable."; };
      openssh.authorizedKeys = {
        keys = mkOption { type = types.listOf types.singleLineStr; default = [ ]; description = "A list of verbatim OpenSSH public keys that should be added to the user's authorized keys."; };
        keyFiles = mkOption { type = types.listOf types.path; default = [ ]; description = "A list of files each containing one OpenSSH public key."; };
      };
    };
    config = lib.mkMerge [
      (lib.mkIf config.isNormalUser {
        group = mkDefault "users";
        createHome = mkDefault true;
        home = mkDefault "/home/${config.name}";
        shell = mkDefault pkgs.bashInteractive;
      })
    ];
  });

  group = types.submodule ({ name, ... }: {
    options = {
      name = mkOption { type = types.str; default = name; description = "The name of the group."; };
      gid = mkOption { type = types.nullOr types.int; default = null; description = "The group GID."; };
      members = mkOption { type = types.listOf types.str; default = [ ]; apply = names: lib.sort (a: b: a < b) (lib.unique names); description = "The user names of the group members."; };
    };
  });

  spec = pkgs.writeText "users-groups.json" (builtins.toJSON {
    inherit (cfg) mutableUsers;
    users = lib.mapAttrsToList
      (_: u: {
        inherit (u)
          name uid group description home homeMode createHome isSystemUser password hashedPasswordFile hashedPassword
          autoSubUidGidRange subUidRanges subGidRanges initialPassword initialHashedPassword expires;
        shell = toShellPath u.shell;
      })
      cfg.users;
    groups = lib.attrValues cfg.groups;
  });
in
{
  options.users = {
    mutableUsers = mkOption { type = types.bool; default = true; description = "If set to `true`, you are free to add new users and groups with the ordinary commands."; };
    users = mkOption { default = { }; type = types.attrsOf user; description = "Additional user accounts to be created automatically by the system."; };
    groups = mkOption { default = { }; type = types.attrsOf group; description = "Additional groups to be created automatically by the system."; };
  };

  config = {
    users.users = {
      root = { uid = 0; description = "System administrator"; home = "/root"; shell = mkDefault pkgs.bashInteractive; group = "root"; homeMode = "700"; };
      nobody = { uid = 65534; isSystemUser = true; description = "Unprivileged account (don't use!)"; group = "nogroup"; };
    };
    users.groups = lib.mkMerge ([
      { root.gid = 0; wheel.gid = 1; users.gid = 100; nogroup.gid = 65534; }
    ] ++ lib.mapAttrsToList (_: u: lib.genAttrs u.extraGroups (_: { members = [ u.name ]; })) cfg.users);

    environment.systemPackages = [ pkgs.shadow ] ++ lib.concatMap (u: u.packages) (lib.attrValues cfg.users);

    system.activationScripts.users = {
      deps = [ "specialfs" ];
      text = ''
        mkdir -p -m 0700 /root
        mkdir -p -m 0755 /home

        ${pkgs.perl}/bin/perl \
        -w ${./update-users-groups.pl} ${spec}
      '';
    };
    system.activationScripts.groups = { deps = [ "users" ]; text = ""; };

    assertions = lib.concatLists (lib.mapAttrsToList
      (n: u: [
        {
          assertion = n == "root" || u.isNormalUser != u.isSystemUser;
          message = "Exactly one of users.users.${n}.isSystemUser and users.users.${n}.isNormalUser must be set.";
        }
        {
          assertion = u.group != "";
          message = "users.users.${n}.group is unset. This used to default to nogroup, but this is unsafe.";
        }
        {
          assertion = u.group == "" || cfg.groups ? ${u.group};
          message = "The group `${u.group}' of users.users.${n} does not exist. Declare it with users.groups.${u.group} = { };";
        }
      ])
      cfg.users);
  };
}
