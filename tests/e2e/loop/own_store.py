"""A store of one's own: what a test deletes from it is still there for everybody else.

The process, and all it starts, gets a mount namespace with an overlay above /nix. Needs root and overlayfs.
"""

import ctypes
import os
import subprocess

CLONE_NEWNS = 0x00020000


def take(folder):
    """From here on /nix is the machine's store as it is now, with our changes in `folder`."""
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(CLONE_NEWNS) != 0:
        raise OSError(ctypes.get_errno(), "no mount namespace of our own")
    subprocess.run(["mount", "--make-rprivate", "/"], check=True)
    for part in ("changes", "work"):
        os.makedirs(os.path.join(folder, part), exist_ok=True)
    subprocess.run(["mount", "-t", "overlay", "overlay", "-o",
                    f"lowerdir=/nix,upperdir={folder}/changes,workdir={folder}/work,redirect_dir=on", "/nix"], check=True)
