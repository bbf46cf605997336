#!@shell@
# Keeps the rules that were asked for, one command a line, as `iptables -S` would show them.
PATH=@busybox@/bin
rules=/run/firewall/${0##*/}.rules
mkdir -p /run/firewall
[ "$1" = -w ] && shift
case $1 in
  -S|--list-rules) cat "$rules" 2>/dev/null; exit 0 ;;
  -F) [ -e "$rules" ] || exit 1; grep -v -e "^-A $2 " "$rules" > "$rules.new"; mv -f "$rules.new" "$rules" ;;
  -X) [ -e "$rules" ] || exit 1; grep -v -e "^-N $2\$" "$rules" > "$rules.new"; mv -f "$rules.new" "$rules" ;;
  -D) shift; grep -qxF -e "-A $*" "$rules" 2>/dev/null || exit 1
      grep -vxF -e "-A $*" "$rules" > "$rules.new"; mv -f "$rules.new" "$rules" ;;
  -A|-I|-N|-P) echo "$*" >> "$rules" ;;
  *) echo "iptables: unknown option \"$1\"" >&2; exit 2 ;;
esac
