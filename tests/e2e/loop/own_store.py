"""A store of one's own: what a test deletes from it is still there for everybody else.

The process, and all it starts, gets a mount namespace with an overlay above /nix. Needs root and overlayfs.
"""

import ctypes
import os
import sqlite3
import stat
import subprocess

CLONE_NEWNS = 0x00020000
DB = "var/nix/db"


def copy_database(changes):
    """Whole, as of one moment: others write to the machine's own while we look, and an overlay would show half of it."""
    os.makedirs(os.path.join(changes, DB), mode=0o755)
    with sqlite3.connect(f"file:/nix/{DB}/db.sqlite?mode=ro", uri=True, timeout=60) as old, \
            sqlite3.connect(os.path.join(changes, DB, "db.sqlite")) as new:
        old.backup(new)
    for rest in ("db.sqlite-wal", "db.sqlite-shm"):
        os.mknod(os.path.join(changes, DB, rest), 0o600 | stat.S_IFCHR, os.makedev(0, 0))  # hidden


def take(folder):
    """From here on /nix is the machine's store as it is now, with our changes in `folder`."""
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(CLONE_NEWNS) != 0:
        raise OSError(ctypes.get_errno(), "no mount namespace of our own")
    subprocess.run(["mount", "--make-rprivate", "/"], check=True)
    for part in ("changes", "work"):
        os.makedirs(os.path.join(folder, part), exist_ok=True)
    copy_database(os.path.join(folder, "changes"))
    subprocess.run(["mount", "-t", "overlay", "overlay", "-o",
                    f"lowerdir=/nix,upperdir={folder}/changes,workdir={folder}/work,redirect_dir=on", "/nix"], check=True)
