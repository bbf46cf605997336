#!@shell@
# One connection: the greeting, then one line of the client's, then the end.
printf 'SSH-2.0-demo\r\n'
read -r -t 5 _ || true
