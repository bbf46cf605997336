"""A store of one's own: what a test deletes from it is still there for everybody else.

The process, and all it starts, gets a mount namespace with an overlay above /nix. Needs root and overlayfs.
"""

import ctypes
import os
import shutil
import sqlite3
import stat
import subprocess

CLONE_NEWNS = 0x00020000
VAR = "var/nix"


def copy_var(changes):
    """Nix's own books, as of one moment, and nothing of theirs shines through later: others go on writing to them."""
    def not_db(folder, names):
        return [n for n in names if n.startswith("db.sqlite") or stat.S_ISSOCK(os.lstat(os.path.join(folder, n)).st_mode)]
    target = os.path.join(changes, VAR)
    try:
        shutil.copytree(f"/nix/{VAR}", target, symlinks=True, ignore=not_db, ignore_dangling_symlinks=True)
    except shutil.Error as trouble:
        # What others took away meanwhile (the roots of a process that ended) is no part of this moment.
        if any(os.path.lexists(source) for source, _, _ in trouble.args[0]):
            raise
    with sqlite3.connect(f"file:/nix/{VAR}/db/db.sqlite?mode=ro", uri=True, timeout=60) as old, \
            sqlite3.connect(os.path.join(target, "db/db.sqlite")) as new:
        old.backup(new)
    os.setxattr(target, "trusted.overlay.opaque", b"y")


def take(folder):
    """From here on /nix is the machine's store as it is now, with our changes in `folder`."""
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(CLONE_NEWNS) != 0:
        raise OSError(ctypes.get_errno(), "no mount namespace of our own")
    subprocess.run(["mount", "--make-rprivate", "/"], check=True)
    for part in ("changes/var", "work"):
        os.makedirs(os.path.join(folder, part), exist_ok=True)
    copy_var(os.path.join(folder, "changes"))
    subprocess.run(["mount", "-t", "overlay", "overlay", "-o",
                    f"lowerdir=/nix,upperdir={folder}/changes,workdir={folder}/work,redirect_dir=on", "/nix"], check=True)
