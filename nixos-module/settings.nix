# Every setting of agentd.toml as a typed option. The program's own table of settings is the original;
# tests/module holds the two against one another: keys, defaults, ranges and choices.
{ lib }:
let
  inherit (lib) mkOption types;

  text = default: description: mkOption { type = types.singleLineStr; inherit default description; };
  required = type: description: mkOption { inherit type description; };
  path = types.strMatching "/[^\n]*";
  file = default: description: mkOption { type = path; inherit default description; };
  program = description: mkOption { type = types.strMatching "(/[^\n]*)?"; default = ""; inherit description; };
  number = low: high: default: description: mkOption { type = types.ints.between low high; inherit default description; };
  yes = description: mkOption { type = types.bool; default = true; inherit description; };
  texts = description: mkOption { type = types.listOf types.singleLineStr; default = [ ]; inherit description; };
  oneOf = choices: default: description: mkOption { type = types.enum choices; inherit default description; };
  target = example: description: mkOption { type = types.nullOr types.singleLineStr; default = null; inherit example description; };
in
{
  options = {
    host = required (types.strMatching "[A-Za-z0-9_-]{1,63}") "The host of the flake that this machine is.";

    state.directory = file "/var/lib/agentd" "The daemon's own files.";

    audit.directory = file "/var/lib/agentd-audit" "The log.";
    audit.socket = file "/run/agentd-audit/append.sock" "Where the log is written.";
    audit.vkey = text "" "The log's public key as printed at setup; empty trusts the log's own.";

    sockets.admin = file "/run/agentd/admin.sock" "Where agentctl speaks to the daemon.";
    sockets.apply = file "/run/agentd-apply/apply.sock" "Where the root helper listens.";
    sockets.admin_group = text "" "Group that may use the admin socket; empty for the daemon's own.";

    flake.upstream = required path "The owner's repository: a bare one, or a clone. It has to belong to the user agentd.";
    flake.branch = text "main" "The branch that is the machine's head.";
    flake.landing = oneOf [ "fast-forward" "pull" ] "fast-forward" "How an applied change reaches that branch.";
    flake.origins = texts "Whose inputs a change of flake.lock may bring besides those it has: github:nixos, https://example.org. A host that is named here may lead a fetch to itself, and be inside of your own network.";

    nix.nix = program "The program nix; empty to find it.";
    nix.nix_store = program "The program nix-store; empty to find it.";
    nix.daemon = program "Socket of a Nix daemon of agentd's own, without a network; empty for the machine's.";
    nix.evaluation_seconds = number 1 86400 120 "Longest evaluation.";
    nix.build_seconds = number 1 604800 3600 "Longest build.";
    nix.memory_mb = number 128 1048576 4096 "Most memory of an evaluation, in MiB.";
    nix.log_kb = number 64 1048576 16384 "Most output kept of a build, in KiB.";
    nix.fetch = yes "Take from the running system's own caches what a build lacks, with its keys.";
    nix.fetch_seconds = number 1 604800 1800 "Longest fetch for one build.";
    nix.fetch_mb = number 1 16777216 20480 "Most that is fetched for one build, in MiB.";
    nix.checks = texts "The flake's own checks that a change is tried with, by name; all: those of its base.";
    nix.checks_seconds = number 1 604800 900 "Longest for all checks of a change together.";
    nix.builders = oneOf [ "none" "machine" ] "none" "Who may build besides this machine: the remote builders of its own Nix, or none.";

    rehearse.enable = mkOption { type = types.bool; default = false; description = "Boot what is proposed in a container, beside what runs now, before anybody is asked."; };
    rehearse.socket = mkOption { type = types.strMatching "(/[^\n]*)?"; default = "/run/agentd-rehearse/rehearse.sock"; description = "Where root's helper for it listens; empty to start it directly, which only root can."; };
    rehearse.seconds = number 5 600 60 "How long a system may take to come up there.";
    rehearse.lend = texts "Folders of programs below /usr or /opt that a system reads there besides the store; NixOS needs none.";

    web.enable = yes "Serve the page and the API.";
    web.address = text "127.0.0.1" "Address to listen on; another one than loopback only with web.tls_certificate.";
    web.port = number 1 65535 8484 "Port to listen on.";
    web.origins = texts "Origins that may use the API; empty for localhost:<port>. Keys and passkeys need https, or localhost.";
    web.tls_certificate = program "Serve over TLS with this certificate (PEM, with its chain); empty for none. It is read again when it changes.";
    web.tls_key = program "Its key. Readable by the user agentd, by nobody else but its group: give agentd the group, as users.users.agentd.extraGroups = [ \"acme\" ].";
    web.proxy_socket = program "Listen for a reverse proxy of this machine here, too; empty for none. Below /run/agentd.";
    web.proxy_user = text "root" "The user the proxy runs as; nobody else is heard there. Tailscale's is root.";
    web.proxy_header = text "" "Header by which the proxy says who asks, in small letters, as tailscale-user-login: binds a session to its person, approves nothing.";

    policy.file = file "/etc/agentd/policy.toml" "The policy. Written from {option}`services.agentd.policy` where it is left as it is.";

    apply.approvers = file "/etc/agentd/approvers" "The keys that may approve.";
    apply.directory = file "/var/lib/agentd-apply" "The root helper's own files.";
    apply.way_back_seconds = number 10 86400 300 "After so long without confirmation the old system comes back.";
    apply.settle_seconds = number 0 3600 5 "How long a new system may settle before it is looked at.";
    apply.watch_seconds = number 0 3600 30 "How long a service that the change started has to run before the change is confirmed. At most half of way_back_seconds.";
    apply.profile = file "/nix/var/nix/profiles/system" "The system profile.";
    apply.statement_minutes = number 1 1440 30 "How long an approval may be used.";
    apply.inhibit = program "While this file exists nothing is applied; empty for none.";
    apply.confirm = oneOf [ "network" "always" "never" ] "network" "Which changes an approver confirms from a new connection before they last: those of network, ssh and firewall, all, or none.";
    apply.confirm_seconds = number 10 3600 120 "How long that confirmation is waited for before the old system comes back.";

    machine.kind = oneOf [ "systemd" "demo" ] "systemd" "What runs the units.";
    machine.root = file "/" "Demo only: the folder with the machine's root/ and init.pid.";

    observe.interval_seconds = number 1 86400 60 "How often to look where no event tells.";
    observe.verify_minutes = number 0 10080 15 "How often a path of the running system is read again and compared; 0 for never.";
    observe.services = texts "Units the owner expects, such as nginx.service.";

    programs.analyze = program "agentd-analyze; empty for the one beside the running program.";
    programs.confine = program "agentd-confine; likewise.";
    programs.rehearse = program "agentd-rehearse; likewise.";
    programs.ssh_keygen = program "ssh-keygen; empty to find it.";
    programs.separation = yes "Each process under its own user; false only for a demo.";

    health.check = mkOption {
      default = [ ];
      example = [ { name = "web page"; http = "http://127.0.0.1/"; } ];
      description = "What has to be well after a switch, besides the units. At most 64.";
      type = types.listOf (types.submodule {
        options = {
          name = required types.singleLineStr "What people call it.";
          unit = target "nginx.service" "A unit that has to be active. A check has exactly one of unit, tcp, http, command, dns, disk and ssh.";
          tcp = target "127.0.0.1:80" "An address that has to accept.";
          http = target "http://127.0.0.1/" "A page that has to answer with a status below 400.";
          command = mkOption {
            type = types.nullOr (types.listOf types.singleLineStr);
            default = null;
            example = [ "/run/current-system/sw/bin/pg_isready" "-q" ];
            description = "A program (absolute) and its arguments. It runs as nobody and has to exit with 0.";
          };
          dns = target "cache.nixos.org" "A name that has to resolve.";
          disk = target "/var" "A path whose file system needs room.";
          free_mb = number 0 1073741824 100 "With disk: so many MiB.";
          free_inodes = number 0 1073741824 1000 "With disk: so many more files.";
          ssh = target "127.0.0.1:22" "An address where sshd has to complete a key exchange, asked from outside.";
          ssh_user = target "health" "With ssh: who has to be able to log in.";
          ssh_key = target "/etc/agentd/health-key" "With ssh: file with his private key (ed25519, root's own, 0600).";
          timeout_seconds = number 1 600 10 "How long one try may take.";
          start_period_seconds = number 0 600 5 "So long after the switch a try that fails does not count.";
          retries = number 0 100 2 "Then so many more tries, a second apart.";
          required = yes "false only tells, true takes the change back.";
        };
      });
    };
  };
}
