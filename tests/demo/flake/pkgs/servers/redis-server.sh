#!@shell@
# redis-server FILE: reads `port` from its configuration and answers there.
PATH=@busybox@/bin
conf=$1
[ -r "$conf" ] || { echo "Fatal error, can't open config file '$conf'" >&2; exit 1; }
port=$(awk '$1 == "port" { print $2 }' "$conf")
echo "Server initialized, ready to accept connections tcp on port ${port:-6379}"
exec nc -ll -p "${port:-6379}" -e @out@/bin/redis-session
