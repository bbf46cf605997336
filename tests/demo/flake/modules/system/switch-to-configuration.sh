#!@shell@
# switch-to-configuration {switch|boot|test|dry-activate|check}
#
# NixOS's verbs, messages, lock and exit codes, in sh:
#   0 done   1 usage, lock or boot loader   2 activation failed
#   3 reloading failed   4 units failed to start
# Speaks to PID 1 through systemctl only.
PATH=@path@
out=@out@
action=${1:-}
[ -n "$action" ] || action=help

case $action in
  switch|boot|test|dry-activate|check) ;;
  *)
    cat >&2 <<END
Usage: ${0##*/} [check|switch|boot|test|dry-activate]
check:        run pre-switch checks and exit
switch:       make the configuration the boot default and activate now
boot:         make the configuration the boot default
test:         activate the configuration, but don't make it the boot default
dry-activate: show what would be done if this configuration were activated
END
    exit 1 ;;
esac
export NIXOS_ACTION=$action LC_ALL=C.UTF-8

# This is a NixOS installation if it has /etc/NIXOS or a proper /etc/os-release.
if [ ! -f /etc/NIXOS ] && ! grep -q '^ID="\{0,1\}nixos' /etc/os-release 2>/dev/null && [ "$action" != boot ]; then
  echo "This is not a NixOS installation!" >&2
  exit 1
fi
if [ -x "$out/pre-switch-checks" ] && [ "${NIXOS_NO_CHECK:-}" != 1 ]; then
  "$out/pre-switch-checks" "$out" "$action" >&2 || { echo "Pre-switch checks failed" >&2; exit 1; }
fi
[ "$action" = check ] && exit 0

mkdir -p /run/nixos
chmod 755 /run/nixos
exec 9> /run/nixos/switch-to-configuration.lock
if ! @flock@ 9; then
  echo "Could not acquire lock" >&2
  exit 1
fi

if [ "$action" = switch ] || [ "$action" = boot ]; then
  [ "${NIXOS_NO_SYNC:-}" = 1 ] || sync -f /nix/store
  @installBootLoader@ "$out" || { echo "Failed to install bootloader" >&2; exit 1; }
fi
[ "$action" = boot ] && exit 0

new=$out/etc/systemd/system
old=/nonexistent
[ -e /run/current-system ] && old=$(readlink -f /run/current-system)/etc/systemd/system
work=$(mktemp -d /run/nixos/switch.XXXXXX) || exit 1
trap 'rm -rf "$work"' EXIT

# --- what runs now, and what differs -----------------------------------------
# one blank between two columns, which systemd pads
list_units() { @systemctl@ list-units --all --full --plain --no-legend --no-pager | tr -s ' '; }
list_units > "$work/before"
# names may hold backslashes, so they are no patterns
active() { unit=$1 awk '$1 == ENVIRON["unit"] && $3 ~ /^(active|activating|reloading)$/ { found = 1 } END { exit !found }' "$work/before"; }

# everything but the keys that do not matter to a running unit
essence() {
  grep -vE '^(X-Reload-Triggers|Description|Documentation|OnFailure|OnSuccess|OnFailureJobMode|IgnoreOnIsolate|StopWhenUnneeded|RefuseManualStart|RefuseManualStop|AllowIsolate|CollectMode|SourcePath)=' "$1"
}
reload_triggers() { grep '^X-Reload-Triggers=' "$1"; }
says() { grep -qE "^$1=(true|yes|1)\$" "$2"; }
denies() { grep -qE "^$1=(false|no|0)\$" "$2"; }
wanted() { for d in "$new"/*.wants "$new"/*.requires; do [ -L "$d/$1" ] && return 0; done; return 1; }

stop='' start='' restart='' reload='' skip=''
if [ -d "$old" ]; then
  for path in "$old"/*.*; do
    unit=${path##*/}
    case $unit in *.wants|*.requires|*.d|default.target) continue ;; esac
    active "$unit" || continue
    if [ ! -e "$new/$unit" ]; then
      denies X-StopOnRemoval "$path" || stop="$stop $unit"
      continue
    fi
    [ "$path" -ef "$new/$unit" ] && continue
    changed=''
    if [ "$(essence "$path")" != "$(essence "$new/$unit")" ]; then changed=yes
    elif [ "$(reload_triggers "$path")" != "$(reload_triggers "$new/$unit")" ]; then changed=reload
    else continue; fi
    case $unit in
      *.target|*.slice|*.path|sysinit.*|basic.*) continue ;;
      *.socket|*.timer) stop="$stop $unit"; start="$start $unit"; continue ;;
    esac
    if [ $changed = reload ] || says X-ReloadIfChanged "$new/$unit"; then reload="$reload $unit"
    elif denies X-RestartIfChanged "$new/$unit" || says RefuseManualStop "$new/$unit"; then skip="$skip $unit"
    elif denies X-StopIfChanged "$new/$unit"; then restart="$restart $unit"
    else stop="$stop $unit"; start="$start $unit"; fi
  done
fi
# wanted and not running: new ones, and ones a person stopped
for path in "$new"/*.*; do
  unit=${path##*/}
  case $unit in *.wants|*.requires|*.d|*.target) continue ;; esac
  active "$unit" && continue
  wanted "$unit" && start="$start $unit"
done
start=$(echo $(echo $start | tr ' ' '\n' | sort -u))

say() { what=$1; shift; [ $# -gt 0 ] && echo "$what: $(echo "$@" | sed 's/ /, /g')" >&2; :; }

if [ "$action" = dry-activate ]; then
  say "would stop the following units" $stop
  say "would NOT stop the following changed units" $skip
  echo "would activate the configuration..." >&2
  say "would reload the following units" $reload
  say "would restart the following units" $restart
  say "would start the following units" $start
  exit 0
fi

# --- do it ----------------------------------------------------------------------
res=0
if [ -n "$stop" ]; then
  say "stopping the following units" $stop
  @systemctl@ stop -- $stop
fi
say "NOT restarting the following changed units" $skip

echo "activating the configuration..." >&2
"$out/activate" "$out" || res=2

@systemctl@ reset-failed
@systemctl@ daemon-reload || res=3

if [ -n "$reload" ]; then
  say "reloading the following units" $reload
  @systemctl@ reload -- $reload || res=4
fi
if [ -n "$restart" ]; then
  say "restarting the following units" $restart
  @systemctl@ restart -- $restart || res=4
fi
if [ -n "$start" ]; then
  say "starting the following units" $start
  @systemctl@ start -- $start || res=4
fi

# --- what came of it --------------------------------------------------------------
# a program that ends at once needs a moment to do so
for _ in 1 2 3; do
  [ -n "$reload$restart$start" ] && sleep 0.2
  list_units > "$work/after"
  grep -qE '^[^ ]+ [^ ]+ (failed|activating auto-restart) ' "$work/after" && break
  [ -n "$reload$restart$start" ] || break
done
failed='' fresh=''
while read -r unit _ state sub _; do
  case $state/$sub in
    failed/*) failed="$failed $unit" ;;
    */auto-restart)
      [ "$(@systemctl@ show --value --property=ExecMainStatus "$unit")" = 0 ] || failed="$failed $unit" ;;
    active/*|activating/*)
      case $unit in *.scope) continue ;; esac
      active "$unit" || fresh="$fresh $unit" ;;
  esac
done < "$work/after"
# one that falls and is put up again looks well between two falls (NixOS would let it pass)
for unit in $restart $start; do
  case " $failed " in *" $unit "*) continue ;; esac
  case $unit in *.service) ;; *) continue ;; esac
  case $(@systemctl@ show --value --property=NRestarts "$unit") in ''|0) ;; *) failed="$failed $unit" ;; esac
done
say "the following new units were started" $fresh
if [ -n "$failed" ]; then
  say "warning: the following units failed" $failed
  @systemctl@ status --no-pager --full $failed >&2
  res=4
fi
exit $res
