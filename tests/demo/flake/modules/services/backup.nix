{ config, lib, pkgs, ... }:
let
  inherit (lib) mkOption types;
  cfg = config.services.backup;
in
{
  options.services.backup = {
    destination = mkOption { type = types.path; default = "/var/backup"; description = "Where archives are kept."; };
    jobs = mkOption {
      default = { };
      description = "Backup jobs.";
      type = types.attrsOf (types.submodule {
        options = {
          enable = mkOption { type = types.bool; default = true; description = "Whether to run this job."; };
          paths = mkOption { type = types.listOf types.path; default = [ ]; example = [ "/var/www" ]; description = "What to back up."; };
          exclude = mkOption { type = types.listOf types.str; default = [ ]; description = "Patterns that are left out."; };
          startAt = mkOption { type = types.str; default = "daily"; description = "When the job runs, see {manpage}`systemd.time(7)`."; };
          keep = mkOption { type = types.ints.between 1 365; default = 7; description = "How many archives are kept."; };
        };
      });
    };
  };
  config.systemd.services = lib.mapAttrs'
    (name: job: lib.nameValuePair "backup-${name}" {
      inherit (job) enable;
      description = "Backup job ${name}";
      startAt = [ job.startAt ];
      restartIfChanged = false;
      serviceConfig.Type = "oneshot";
      script = ''
        dir=${cfg.destination}/${name}
        mkdir -p "$dir"
        tar -czf "$dir/$(date +%Y%m%d-%H%M%S).tar.gz" ${lib.concatMapStringsSep " " (p: "--exclude ${lib.escapeShellArg p}") job.exclude} ${lib.escapeShellArgs job.paths}
        ls -1 "$dir" | sort -r | tail -n +${toString (job.keep + 1)} | while read -r old; do rm -f "$dir/$old"; done
      '';
    })
    cfg.jobs;
}
