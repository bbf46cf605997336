#!@shell@
# systemd-tmpfiles --create: the line types d, D, f and L of /etc/tmpfiles.d.
PATH=@busybox@/bin
cat /etc/tmpfiles.d/*.conf 2>/dev/null | while read -r type path mode user group _ argument; do
  case $type in
    d|D) mkdir -p "$path" ;;
    f) [ -e "$path" ] || printf '%s' "$argument" > "$path" ;;
    L|L+) ln -sfn "$argument" "$path"; continue ;;
    *) continue ;;
  esac
  [ "${mode:--}" = - ] || chmod "$mode" "$path"
  [ "${user:--}" = - ] || chown "$user" "$path"
  [ "${group:--}" = - ] || chgrp "$group" "$path"
done
