#!@shell@
# redis-cli [-p PORT] WORDS
PATH=@busybox@/bin
port=6379
[ "$1" = -p ] && { port=$2; shift 2; }
printf '%s\r\n' "$*" | nc -w 2 127.0.0.1 "$port" | tr -d '+\r'
