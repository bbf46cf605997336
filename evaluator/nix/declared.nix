# What the options of one host say of its machine, to be held against what is built (evaluator/agreement):
# a list or a set for each topic, or null where that cannot be told. `config` is anybody's: nothing is taken
# that is not of the kind that it should be, and of names from outside none becomes a key. Asked for when the
# toplevel is known, so that there is little left to evaluate.
config:
let
  inherit (builtins) any attrNames concatLists concatStringsSep deepSeq elem filter isAttrs isBool isInt isList isPath
    isString length map readFile stringLength tryEval;
  most = 20000;
  plain = builtins.unsafeDiscardStringContext;
  safely = value:
    let tried = tryEval (deepSeq value value);
    in if tried.success then tried.value else null;

  # Each of these gives what it names, or ends its topic.
  wrong = throw "of another kind";
  shorterThan = most: v: if isString v && stringLength v <= most then plain v else wrong;
  text = shorterThan 4096;
  long = shorterThan 65536;
  number = v: if isInt v then v else wrong;
  flag = v: if isBool v then v else wrong;
  set = v: if isAttrs v then v else wrong;
  list = f: v: if isList v && length v <= most then map f v else wrong;
  texts = list text;
  pairs = f: v: if isAttrs v && length (attrNames v) <= most then map (name: f (plain name) v.${name}) (attrNames v) else wrong;
  place = v: if isPath v then toString v else text (if isAttrs v then v.outPath or null else v);
  orNull = f: v: if v == null then null else f v;
  isOn = v: flag (v.enable or true);

  range = v: let r = set v; in [ (number (r.from or null)) (number (r.to or null)) ];
  ports = f: {
    tcp = list number (f.allowedTCPPorts or [ ]);
    udp = list number (f.allowedUDPPorts or [ ]);
    tcp_ranges = list range (f.allowedTCPPortRanges or [ ]);
    udp_ranges = list range (f.allowedUDPPortRanges or [ ]);
  };
  user = name: u: { name = text (u.name or name); on = isOn (set u); };
  keysOf = u: u.openssh.authorizedKeys or { };
  ssh = config.services.openssh or { };
  sshIsOn = flag (ssh.enable or null);
  setting = v: if isBool v then (if v then "yes" else "no") else orNull text v;
  isFree = rule: isAttrs rule && isList (rule.groups or null) && elem "wheel" rule.groups && isList (rule.commands or null)
    && any (c: isAttrs c && c.command or null == "ALL" && isList (c.options or null) && elem "NOPASSWD" c.options) rule.commands;
  old = { trusted-users = "trustedUsers"; substituters = "binaryCaches"; trusted-public-keys = "binaryCachePublicKeys"; };
  nixNames = attrNames old ++ map (name: "extra-" + name) (attrNames old);
  nixValue = name: let v = config.nix.settings.${name} or config.nix.${old.${name} or name} or [ ]; in if isString v then [ (text v) ] else texts v;

  topics = {
    firewall =
      let f = set (config.networking.firewall or null);
      in {
        enable = flag (f.enable or null);
        all = ports f;
        interfaces = pairs (name: value: { inherit name; ports = ports (set value); }) (f.interfaces or { });
        trusted = texts (f.trustedInterfaces or [ ]);
        extra = long (f.extraCommands or "");
        extra_nft = long (f.extraInputRules or "");
      };
    units = {
      own = pairs (name: u: { inherit name; on = isOn (set u); }) (config.systemd.units or null);
      packages = list place ((config.systemd.packages or [ ]) ++ [ config.systemd.package ]);
    };
    users = pairs (name: u: user name u // { uid = orNull number (u.uid or null); group = text (u.group or ""); }) (config.users.users or null);
    groups = pairs (name: g: { name = text (g.name or name); members = texts (g.members or [ ]); }) (config.users.groups or null);
    keys = {
      demanded = sshIsOn;
      users = pairs (name: u: user name u // {
        keys = list long ((keysOf u).keys or [ ]);
        files = if sshIsOn then list (file: long (readFile file)) ((keysOf u).keyFiles or [ ])
          else if (keysOf u).keyFiles or [ ] == [ ] then [ ] else wrong;
      }) (config.users.users or null);
    };
    sudo =
      let s = set (config.security.sudo or null);
      in {
        enable = flag (s.enable or null);
        free = !(flag (s.wheelNeedsPassword or null)) || any isFree (s.extraRules or [ ]);
        text = long (s.configFile or "") + "\n" + long (s.extraConfig or "");
      };
    sshd = {
      enable = sshIsOn;
      ports = list number (ssh.ports or [ ]);
      root = setting (ssh.settings.PermitRootLogin or ssh.permitRootLogin or null);
      passwords = setting (ssh.settings.PasswordAuthentication or ssh.passwordAuthentication or null);
      keyboard = setting (ssh.settings.KbdInteractiveAuthentication or ssh.kbdInteractiveAuthentication or ssh.challengeResponseAuthentication or null);
    };
    wrappers = pairs (name: w: { name = text (w.program or name); on = isOn (set w); }) (config.security.wrappers or null);
    nix = {
      enable = flag (config.nix.enable or true);
      settings = map (name: { inherit name; value = nixValue name; }) nixNames;
      extra = long (config.nix.extraOptions or "");
    };
    kernel =
      if config.boot.isContainer or false || !(config.boot.kernel.enable or true) then null
      else text (config.boot.kernelPackages.kernel.name or config.boot.kernelPackage.name or null);
    kernel_params = texts (config.boot.kernelParams or null);
    mounts = {
      places = pairs (name: fs: { place = text (fs.mountPoint or name); device = orNull text (fs.device or null); on = isOn (set fs); }) (config.fileSystems or null);
      swap = list (s: text ((set s).realDevice or s.device or null)) (config.swapDevices or [ ]);
    };
    etc = pairs (name: file: { name = text (file.target or name); on = isOn (set file); }) (config.environment.etc or null);
    packages = concatLists (list (p: if isAttrs p && isString (p.name or null) then [ (text p.name) ] else [ ]) (config.environment.systemPackages or null));
  };
in
builtins.mapAttrs (_: safely) topics
