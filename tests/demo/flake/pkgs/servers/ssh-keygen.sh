#!@shell@
# ssh-keygen -t TYPE -f FILE -N "": a placeholder with the shape of a host key.
PATH=@busybox@/bin
type=ed25519
while [ $# -gt 0 ]; do
  case $1 in
    -t) type=$2; shift ;;
    -f) file=$2; shift ;;
    -A) file=/etc/ssh/ssh_host_ed25519_key ;;
  esac
  shift
done
umask 077
echo "demo host key" > "$file"
umask 022
echo "ssh-$type AAAADemo root@$(hostname)" > "$file.pub"
