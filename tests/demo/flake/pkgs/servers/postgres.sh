#!@shell@
# postgres -D DIR: reads `port` from postgresql.conf in DIR and answers there.
PATH=@busybox@/bin
dir=/var/lib/postgresql
[ "$1" = -D ] && dir=$2
conf=$dir/postgresql.conf
[ -r "$conf" ] || { echo "postgres: could not access the server configuration file \"$conf\": No such file or directory" >&2; exit 2; }
port=$(sed -n "s/^port *= *'*\([0-9]*\).*/\1/p" "$conf")
bad=$(grep -nEv "^ *(#|$|[a-z_.]+ *=)" "$conf" | head -n 1)
if [ -n "$bad" ]; then
  echo "LOG:  syntax error in file \"$conf\" line ${bad%%:*}" >&2
  echo "FATAL:  configuration file \"$conf\" contains errors" >&2
  exit 1
fi
echo "LOG:  database system is ready to accept connections on port ${port:-5432}"
exec nc -ll -p "${port:-5432}" -e @out@/bin/postgres-session
