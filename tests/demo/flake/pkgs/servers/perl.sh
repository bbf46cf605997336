#!@shell@
# perl [-w] SCRIPT ARGUMENTS: the few scripts this system hands to perl are written for sh.
[ "$1" = -w ] && shift
exec @shell@ "$@"
