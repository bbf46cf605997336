#!@shell@
# psql [-p PORT] ...: asks the server for its name.
PATH=@busybox@/bin
port=5432
[ "$1" = -p ] && { port=$2; shift 2; }
echo "select version();" | nc -w 2 127.0.0.1 "$port" | tr -d '+\r'
