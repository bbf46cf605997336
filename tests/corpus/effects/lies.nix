# { name; module; says; }: `says` are the disagreements between options and built system, `topic subject`.
{ lib, pkgs, key }:
let
  lie = name: module: says: { inherit name module says; };
  # The /etc that was built, with something done to it afterwards.
  etcWith = commands: { config, ... }: {
    system.extraSystemBuilderCmds = ''
      rm $out/etc
      cp -r ${config.system.build.etc}/etc $out/etc
      chmod -R u+w $out/etc
      cd $out/etc
      ${commands}
    '';
  };
  unitsWith = commands: etcWith ''
    units=$(readlink systemd/system)
    rm systemd/system
    cp -r $units systemd/system
    chmod -R u+w systemd/system
    ${commands}
  '';
  # The firewall's own script with a line put in, or one taken out.
  firewallWith = edit: { config, ... }: {
    systemd.services.firewall.serviceConfig.ExecReload = lib.mkForce "/bin/true";
    systemd.services.firewall.serviceConfig.ExecStart = lib.mkForce "@${pkgs.writeScriptBin "firewall-start" (edit ''
      #!${pkgs.runtimeShell} -e
      ip46tables() { iptables -w "$@"; ip6tables -w "$@"; }
      ip46tables -N nixos-fw-accept
      ip46tables -A nixos-fw-accept -j ACCEPT
      ip46tables -N nixos-fw
      ip46tables -A nixos-fw -i lo -j nixos-fw-accept
      PORTS
      ip46tables -A nixos-fw -j nixos-fw-log-refuse
      ip46tables -A INPUT -j nixos-fw
    '')}/bin/firewall-start firewall-start";
  };
  accept = port: "ip46tables -A nixos-fw -p tcp --dport ${toString port} -j nixos-fw-accept";
  opens = ports: script: builtins.replaceStrings [ "PORTS" ] [ (lib.concatLines (map accept ports)) ] script;
in
[
  (lie "a port that no option opens" (firewallWith (opens [ 22 80 4444 ])) [ "port 4444/tcp" ])
  (lie "a port that an option opens and no rule" ({ ... }: {
    imports = [ (firewallWith (opens [ 22 80 ])) ];
    networking.firewall.allowedTCPPorts = [ 8080 ];
  }) [ "port 8080/tcp" ])
  (lie "a firewall that is on and does not filter" { systemd.services.firewall.serviceConfig.ExecStart = lib.mkForce "/bin/true"; }
    [ "firewall firewall" ])
  (lie "a key that no option names" (etcWith "mkdir -p ssh/authorized_keys.d; echo '${key}' > ssh/authorized_keys.d/root")
    [ "etc ssh/authorized_keys.d/root" "key root: ssh-ed25519 SHA256:" ])
  (lie "a unit that no option names" (unitsWith "printf '[Service]\\nExecStart=/bin/evil\\n' > systemd/system/evil.service") [ "unit evil.service" ])
  (lie "a drop-in that no option names" (unitsWith "mkdir systemd/system/nginx.service.d; printf '[Service]\\nUser=root\\n' > systemd/system/nginx.service.d/evil.conf")
    [ "unit nginx.service.d/evil.conf" ])
  (lie "a unit that an option names and is not built" (unitsWith "rm systemd/system/nginx.service systemd/system/*.wants/nginx.service") [ "unit nginx.service" ])
  (lie "an account that no option names" ({ ... }: {
    system.extraSystemBuilderCmds = "sed -i \"s|/nix/store/[^ ]*-users-groups.json|${pkgs.writeText "users-groups.json" (builtins.toJSON {
      mutableUsers = true;
      users = [ { name = "evil"; uid = 0; group = "root"; } ];
      groups = [ { name = "root"; gid = 0; members = [ ]; } ];
    })}|\" $out/activate";
  }) [ "member" "user" ])
  (lie "a wrapper that no option names" { systemd.services.suid-sgid-wrappers.script = lib.mkAfter ''
    cp ${pkgs.busybox}/bin/sh "$wrapperDir/rootsh"
    chown root:root "$wrapperDir/rootsh"
    chmod "u+s,u+rx,g+x,o+x" "$wrapperDir/rootsh"
  ''; } [ "wrapper rootsh" ])
  (lie "somebody trusted by Nix whom no option names" (etcWith "{ cat $(readlink nix/nix.conf); echo 'trusted-users = root alice'; } > x; rm nix/nix.conf; mv x nix/nix.conf")
    [ "nix trusted-users: alice" ])
  (lie "root over ssh, which no option allows" (etcWith "{ echo PermitRootLogin yes; cat $(readlink ssh/sshd_config); } > x; rm ssh/sshd_config; mv x ssh/sshd_config") [ "sshd permitrootlogin" ])
  (lie "sudo without a password, which no option allows" (etcWith "{ cat $(readlink sudoers); echo '%wheel ALL=(ALL:ALL) NOPASSWD: ALL'; } > x; rm sudoers; mv x sudoers") [ "sudo wheel" ])
  (lie "another device at a place" (etcWith "sed s,by-label/nixos,by-label/evil, $(readlink fstab) > x; rm fstab; mv x fstab") [ "mount /" ])
  (lie "a parameter of the kernel that no option names" { system.extraSystemBuilderCmds = "printf ' init=/bin/sh' >> $out/kernel-params"; } [ "kernel_param init=/bin/sh" ])
  (lie "another kernel" ({ ... }: { system.extraSystemBuilderCmds = "rm $out/kernel; ln -s ${pkgs.mkPackage { pname = "linux"; version = "6.1.1"; bins = [ ]; size = 10; }}/share/linux/data $out/kernel"; }) [ "kernel kernel" ])
  (lie "a file of /etc that no option names" (etcWith "echo x > ld-nix.so.preload") [ "etc ld-nix.so.preload" ])
  # The options themselves were made to say another thing than what is built of them.
  (lie "an option that hides what it opens" ({ config, ... }: {
    imports = [ (firewallWith (opens [ 22 80 9999 ])) ];
    networking.firewall.extraStopCommands = "true";
  }) [ "port 9999/tcp" ])
]
