# setup-etc ETC: makes /etc/static point at ETC, links every file of it into /etc,
# copies the ones that carry a .mode, and removes what an earlier system left.
# (Written for sh; the file keeps the name NixOS's activation script calls.)
set -e
static=$1
ln -sfn "$static" /etc/.static.tmp
mv -fT /etc/.static.tmp /etc/static

# links of an earlier system that lead nowhere now
find /etc -type l ! -path /etc/static 2>/dev/null | while read -r link; do
  [ -e "$link" ] && continue
  case $(readlink "$link") in /etc/static/*) echo "removing obsolete symlink ‘$link’..."; rm -f "$link" ;; esac
done

: > /etc/.clean.new
(cd "$static" && find . -type l | sed 's|^\./||' | sort) | while read -r file; do
  target=/etc/$file
  if [ -e "$static/$file.mode" ]; then
    read -r mode < "$static/$file.mode"
    read -r owner < "$static/$file.uid"
    read -r group < "$static/$file.gid"
    mkdir -p "${target%/*}"
    cp "$static/$file" "$target.tmp"
    chown "${owner#+}:${group#+}" "$target.tmp"
    chmod "$mode" "$target.tmp"
    mv -f "$target.tmp" "$target"
    echo "$file" >> /etc/.clean.new
  elif [ -L "$target" ] && [ -e "$target" ]; then
    : # every link is to /etc/static/$file and so never changes
  elif [ -d "$target" ]; then
    echo "$target directory contains user files. Symlinking may fail." >&2
  else
    mkdir -p "${target%/*}"
    ln -sfn "/etc/static/$file" "$target.tmp"
    mv -fT "$target.tmp" "$target"
  fi
done

# copies an earlier system made and this one does not
if [ -e /etc/.clean ]; then
  while read -r file; do
    grep -qxF "$file" /etc/.clean.new || { echo "removing obsolete file ‘/etc/$file’..."; rm -f "/etc/$file"; }
  done < /etc/.clean
fi
mv -f /etc/.clean.new /etc/.clean
