#!@shell@
# systemctl for a machine whose PID 1 is the demo's: the verbs the switch and a
# person need, with systemctl's own output and exit codes. On a machine with a
# real systemd it steps aside.
PATH=@busybox@/bin
door=/run/systemd/private.fifo
if [ ! -p "$door" ]; then
  for real in /usr/bin/systemctl /bin/systemctl; do
    [ -x $real ] && [ -d /run/systemd/system ] && exec $real "$@"
  done
  echo "System has not been booted with systemd as init system (PID 1). Can't operate." >&2
  exit 1
fi

props= value= quiet= failed= all=
words=
while [ $# -gt 0 ]; do
  case $1 in
    -p) props="$props $(echo "$2" | tr , " ")"; shift ;;
    -p*) props="$props $(echo "${1#-p}" | tr , ' ')" ;;
    --property=*) props="$props $(echo "${1#*=}" | tr , ' ')" ;;
    --value) value=1 ;;
    -q|--quiet) quiet=1 ;;
    --failed|--state=failed) failed=1 ;;
    -a|--all) all=1 ;;
    --) ;;
    -*) ;; # --no-pager, --plain, --full, --no-legend: this is how it prints anyway
    *) words="$words $1" ;;
  esac
  shift
done
set -f -- $words
verb=${1:-list-units}
[ $# -gt 0 ] && shift

full_name() { case $1 in *.*) echo "$1" ;; *) echo "$1.service" ;; esac; }

# ask OP [UNIT]: one request, one line of JSON in $answer
reply=/run/systemd/reply.$$
mkfifo -m 600 "$reply" || exit 1
trap 'rm -f "$reply"' EXIT
exec 3<>"$reply"
ask() {
  if [ $# -gt 1 ]; then
    printf '%s {"op":"%s","unit":"%s"}\n' "$reply" "$1" "$2" > "$door"
  else
    printf '%s {"op":"%s"}\n' "$reply" "$1" > "$door"
  fi
  read -r answer <&3
}
# field NAME of the flat object in $answer; unit names and states need no unescaping
field() { echo "$answer" | sed -n 's/.*"'"$1"'":"\{0,1\}\(\([^"\\,}]\|\\.\|,[^"]\)*\)"\{0,1\}[,}].*/\1/p'; }
job() {
  bad=0
  for u; do
    u=$(full_name "$u")
    ask "$verb" "$u"
    case $answer in
      *'"ok":false'*) echo "Failed to $verb $u: $(field error)" >&2; bad=5 ;;
      *'"job":"done"'*) ;;
      *) echo "Job for $u failed: $(field result)." >&2
         echo "See \"systemctl status $u\" and /var/log/units/$u.log for details." >&2; [ $bad = 0 ] && bad=1 ;;
    esac
  done
  return $bad
}

case $verb in
  start|stop|restart|reload|reload-or-restart|try-restart) job "$@"; exit $? ;;
  daemon-reload|daemon-reexec) ask daemon-reload; exit 0 ;;
  reset-failed)
    [ $# -gt 0 ] || { ask reset-failed; exit 0; }
    for u; do ask reset-failed "$(full_name "$u")"; done
    exit 0 ;;
  is-active|is-failed)
    want=active; [ "$verb" = is-failed ] && want=failed
    code=3; [ "$verb" = is-failed ] && code=1
    for u; do
      ask show "$(full_name "$u")"
      state=$(field active)
      [ "$state" = "$want" ] && code=0
      [ -n "$quiet" ] || echo "${state:-inactive}"
    done
    exit $code ;;
  is-system-running)
    ask list
    case $answer in *'"active":"failed"'*) echo degraded; exit 1 ;; *) echo running; exit 0 ;; esac ;;
  list-units)
    ask list
    echo "$answer" | sed -e 's/.*"units":\[//' -e 's/\]}$//' -e 's/},{/}\n{/g' | while read -r answer; do
      [ -n "$answer" ] || continue
      state=$(field active)
      [ -n "$failed" ] && [ "$state" != failed ] && continue
      [ -z "$all" ] && [ "$state" = inactive ] && continue
      echo "$(field name) $(field load) $state $(field sub) $(field description)"
    done
    exit 0 ;;
  show)
    for u; do
      ask show "$(full_name "$u")"
      for p in ${props:-Id LoadState ActiveState SubState Result NRestarts MainPID ExecMainStatus Description}; do
        case $p in
          Id) k=name ;; LoadState) k=load ;; ActiveState) k=active ;; SubState) k=sub ;; Result) k=result ;;
          NRestarts) k=n_restarts ;; MainPID) k=main_pid ;; ExecMainStatus) k=exit_status ;;
          Description) k=description ;; FragmentPath) k=path ;; *) continue ;;
        esac
        if [ -n "$value" ]; then field $k; else echo "$p=$(field $k)"; fi
      done
    done
    exit 0 ;;
  status)
    code=0
    for u; do
      u=$(full_name "$u")
      ask show "$u"
      echo "* $u - $(field description)"
      echo "     Loaded: $(field load) ($(field path))"
      echo "     Active: $(field active) ($(field sub)), result $(field result), restarts $(field n_restarts)"
      echo "   Main PID: $(field main_pid) (status $(field exit_status))"
      [ -r "/var/log/units/$u.log" ] && { echo; tail -n 10 "/var/log/units/$u.log"; }
      case $answer in *'"active":"active"'*) ;; *) code=3 ;; esac
    done
    exit $code ;;
  cat) for u; do ask show "$(full_name "$u")"; cat "$(field path)"; done; exit 0 ;;
  poweroff|halt) ask poweroff; exit 0 ;;
  reboot) ask poweroff; exit 0 ;;
  *) echo "Unknown command verb '$verb'." >&2; exit 1 ;;
esac
