#!@shell@
# nginx [-c FILE] [-t]: reads nginx.conf, refuses what nginx would refuse, then
# serves the root of the first server on every port a `listen` names.
PATH=@busybox@/bin
conf=/etc/nginx/nginx.conf
check=
while [ $# -gt 0 ]; do
  case $1 in
    -c) conf=$2; shift ;;
    -t) check=1 ;;
    -g|-p|-e) shift ;;
    -v) echo "nginx version: nginx/@version@" >&2; exit 0 ;;
    *) echo "nginx: invalid option: \"$1\"" >&2; exit 1 ;;
  esac
  shift
done
[ -r "$conf" ] || { echo "nginx: [emerg] open() \"$conf\" failed (2: No such file or directory)" >&2; exit 1; }

known=" user worker_processes worker_connections events http server server_name listen root index location
 proxy_pass proxy_set_header return include error_log access_log pid daemon client_max_body_size sendfile tcp_nopush
 tcp_nodelay keepalive_timeout server_tokens gzip gzip_types add_header try_files autoindex types default_type
 ssl_certificate ssl_certificate_key ssl_protocols ssl_ciphers allow deny alias rewrite upstream charset "
awk -v conf="$conf" -v known="$known" '
  function emerg(text) { printf "nginx: [emerg] %s in %s:%d\n", text, conf, NR > "/dev/stderr"; failed = 1; exit 1 }
  BEGIN { n = split(known, names, /[ \n]+/); for (i = 1; i <= n; i++) ok[names[i]] = 1 }
  { sub(/[ \t]*#.*/, ""); gsub(/^[ \t]+|[ \t]+$/, "") }
  $0 == "" { next }
  { closes = gsub(/[}]/, "}"); opens = gsub(/[{]/, "{") }
  $1 !~ /^[}]/ { if (!ok[$1]) emerg("unknown directive \"" $1 "\"") }
  $0 !~ /[;{}]$/ { emerg("directive \"" $1 "\" is not terminated by \";\"") }
  { depth += opens - closes; if (depth < 0) emerg("unexpected \"}\"") }
  END { if (!failed && depth > 0) emerg("unexpected end of file, expecting \"}\"") }
' "$conf" || { [ -z "$check" ] || echo "nginx: configuration file $conf test failed" >&2; exit 1; }
if [ -n "$check" ]; then
  echo "nginx: the configuration file $conf syntax is ok" >&2
  echo "nginx: configuration file $conf test is successful" >&2
  exit 0
fi

root=$(sed -n 's/^[ \t]*root[ \t]*\([^;]*\);.*/\1/p' "$conf" | head -n 1)
ports=$(sed -n 's/^[ \t]*listen[ \t]*\([^; ]*\).*/\1/p' "$conf" | sed -e '/^\[/d' -e 's/^0\.0\.0\.0://' | sort -u)

# One httpd a port. A child that ends on its own takes the server down with it.
children=
for port in ${ports:-80}; do
  (
    httpd -f -p "$port" -h "${root:-@out@/html}" &
    httpd=$!
    trap 'trap - TERM; kill $httpd 2>/dev/null; exit 0' TERM
    wait $httpd
    kill -USR1 $$
  ) &
  children="$children $!"
done
trap 'kill $children 2>/dev/null; exit 0' TERM INT QUIT
trap 'echo "nginx: [emerg] a listener ended" >&2; kill $children 2>/dev/null; exit 1' USR1
# like a master on reload: same process, configuration read again
trap 'trap : USR1; kill $children; wait; exec @out@/bin/nginx -c "$conf"' HUP
echo "nginx: serving ${root:-@out@/html} on ${ports:-80}" | tr '\n' ' '; echo
while :; do wait; done
