#!@shell@
# install-systemd-boot DEFAULT-CONFIG: one entry for each generation of the system
# profile; the default is the newest generation that is DEFAULT-CONFIG.
# SYSTEM_PROFILE names another profile than the configured one.
PATH=@path@
set -e
config=$1
profile=${SYSTEM_PROFILE:-@profile@}
loader=/boot/loader
mkdir -p $loader/entries

generations=$(ls -1 "${profile%/*}" 2>/dev/null | sed -n "s/^${profile##*/}-\([0-9]*\)-link\$/\1/p" | sort -rn | head -n @limit@)
default=
for n in $generations; do
  system=$(readlink "$profile-$n-link")
  [ -e "$system/init" ] || continue
  [ -z "$default" ] && [ "$system" = "$config" ] && default=$n
  entry=$loader/entries/nixos-generation-$n.conf
  cat > "$entry.tmp" <<END
title NixOS
sort-key nixos
version Generation $n NixOS $(cat "$system/nixos-version"), Linux Kernel @kernel@
linux $(readlink -f "$system/kernel")
initrd $(readlink -f "$system/initrd")
options init=$system/init $(cat "$system/kernel-params")
END
  mv -f "$entry.tmp" "$entry"
done
for entry in $loader/entries/nixos-generation-*.conf; do
  n=${entry##*-generation-}
  [ -L "$profile-${n%.conf}-link" ] || rm -f "$entry"
done
if [ -z "$default" ]; then
  echo "install-systemd-boot: $config is no generation of $profile; the boot default stays as it is" >&2
  exit 0
fi
printf 'timeout %s\ndefault nixos-generation-%s.conf\nconsole-mode keep\n' "@timeout@" "$default" > $loader/loader.conf.tmp
sync -f $loader /nix/store
mv -f $loader/loader.conf.tmp $loader/loader.conf
