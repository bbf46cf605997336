# update-users-groups SPEC: brings /etc/passwd, /etc/group and /etc/shadow in line
# with users-groups.json. Ids that were given out once are kept (in the files
# themselves); accounts made by hand survive while mutableUsers is true.
# (Written for sh; the file keeps the name NixOS's activation script calls.)
set -e
umask 022
spec=$1
touch /etc/passwd /etc/group
[ -e /etc/shadow ] || { : > /etc/shadow; chmod 600 /etc/shadow; }

# builtins.toJSON sorts keys and adds no blanks: groups, mutableUsers, users; one object a line
mkdir -p /var/lib/nixos
sed -e 's/^{"groups":\[//' -e 's/\],"mutableUsers":\([a-z]*\),"users":\[/\n=\1\n/' -e 's/\]}$//' "$spec" |
sed 's/},{"/}\n{"/g' | awk '
  function text(key,   m) { if (!match($0, "\"" key "\":\"([^\"\\\\]|\\\\.)*\"")) return ""; m = substr($0, RSTART, RLENGTH); sub(/^"[^"]*":"/, "", m); sub(/"$/, "", m); return m }
  function number(key,   m) { if (!match($0, "\"" key "\":[0-9]+")) return ""; m = substr($0, RSTART, RLENGTH); sub(/.*:/, "", m); return m }
  function truth(key) { return index($0, "\"" key "\":true") > 0 }
  function members(   m) { if (!match($0, /"members":\[[^]]*\]/)) return ""; m = substr($0, RSTART + 11, RLENGTH - 12); gsub(/"/, "", m); return m }
  function free(used, from, step) { while (from in used) from += step; used[from] = 1; return from }
  BEGIN {
    while ((getline line < "/etc/group") > 0) { split(line, f, ":"); had_gid[f[1]] = f[3]; gids[f[3]] = 1; old_group[f[1]] = line }
    while ((getline line < "/etc/passwd") > 0) { split(line, f, ":"); had_uid[f[1]] = f[3]; uids[f[3]] = 1; old_user[f[1]] = line }
    while ((getline line < "/var/lib/nixos/declarative-users") > 0) declared[line] = 1
    while ((getline line < "/var/lib/nixos/declarative-groups") > 0) declared_group[line] = 1
    while ((getline line < "/etc/shadow") > 0) { split(line, f, ":"); secret[f[1]] = f[2] }
  }
  /^=/ { mutable = ($0 == "=true"); in_users = 1; next }
  $0 !~ /^[{]/ { next }
  !in_users {
    name = text("name"); gid = number("gid")
    if (gid == "") gid = (name in had_gid) ? had_gid[name] : free(gids, 999, -1)
    gids[gid] = 1; gid_of[name] = gid; delete old_group[name]
    print name ":x:" gid ":" members() > "/etc/group.new"
    print name > "/var/lib/nixos/declarative-groups.new"
    next
  }
  {
    name = text("name"); uid = number("uid"); system_user = truth("isSystemUser")
    if (uid == "") uid = (name in had_uid) ? had_uid[name] : (system_user ? free(uids, 999, -1) : free(uids, 1000, 1))
    uids[uid] = 1; delete old_user[name]
    hash = text("hashedPassword")
    if (hash == "") hash = (name in secret) ? secret[name] : text("initialHashedPassword")
    if (hash == "") hash = "!"
    home = text("home"); group = text("group")
    print name ":x:" uid ":" gid_of[group] ":" text("description") ":" home ":" text("shell") > "/etc/passwd.new"
    print name > "/var/lib/nixos/declarative-users.new"
    print name ":" hash ":1::::::" > "/etc/shadow.new"
    if (truth("createHome")) print home, text("homeMode"), uid, gid_of[group] > "/run/homes.new"
  }
  END {
    # what a person added by hand stays while users are mutable
    for (name in old_group) if (mutable && !declared_group[name]) print old_group[name] > "/etc/group.new"
    for (name in old_user) if (mutable && !declared[name]) { print old_user[name] > "/etc/passwd.new"; print name ":" secret[name] ":1::::::" > "/etc/shadow.new" }
  }
'
chmod 644 /etc/passwd.new /etc/group.new
chmod 600 /etc/shadow.new
mv -f /etc/group.new /etc/group
mv -f /etc/passwd.new /etc/passwd
mv -f /etc/shadow.new /etc/shadow
for list in users groups; do mv -f /var/lib/nixos/declarative-$list.new /var/lib/nixos/declarative-$list; done

if [ -e /run/homes.new ]; then
  while read -r home mode uid gid; do
    [ -d "$home" ] || { mkdir -p "$home"; chown "$uid:$gid" "$home"; chmod "$mode" "$home"; }
  done < /run/homes.new
  rm -f /run/homes.new
fi
