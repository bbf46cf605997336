#!@shell@
# sshd [-D] [-t] [-f FILE]: reads sshd_config and greets on every port it names.
PATH=@busybox@/bin
conf=/etc/ssh/sshd_config
check=
while [ $# -gt 0 ]; do
  case $1 in
    -f) conf=$2; shift ;;
    -t|-G) check=1 ;;
    -D|-e) ;;
    *) echo "unknown option -- $1" >&2; exit 1 ;;
  esac
  shift
done
[ -r "$conf" ] || { echo "$conf: No such file or directory" >&2; exit 1; }
awk -v conf="$conf" '
  BEGIN { n = split("acceptenv addressfamily allowgroups allowusers authorizedkeyscommand authorizedkeyscommanduser authorizedkeysfile authorizedprincipalsfile banner ciphers clientaliveinterval denygroups denyusers gatewayports hostkey kbdinteractiveauthentication kexalgorithms listenaddress loglevel macs match maxauthtries passwordauthentication permitrootlogin port printmotd pubkeyauthentication strictmodes subsystem usedns usepam x11forwarding allowtcpforwarding permitemptypasswords", names, " ")
          for (i = 1; i <= n; i++) ok[names[i]] = 1 }
  { sub(/#.*/, "") }
  NF && !ok[tolower($1)] { printf "%s: line %d: Bad configuration option: %s\n", conf, NR, $1 > "/dev/stderr"; bad = 1 }
  END { if (bad) { printf "%s: terminating, %d bad configuration options\n", conf, bad > "/dev/stderr"; exit 1 } }
' "$conf" || exit 255
[ -z "$check" ] || exit 0

children=
for port in $(awk 'tolower($1) == "port" { print $2 }' "$conf"); do
  nc -ll -p "$port" -e @out@/bin/sshd-session &
  children="$children $!"
  echo "Server listening on 0.0.0.0 port $port."
done
trap 'kill $children 2>/dev/null; exit 0' TERM INT
wait
echo "Cannot bind any address." >&2
exit 255
