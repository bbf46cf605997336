#!/usr/bin/env python3
"""tests/bench/worker_start.py BIN_DIR BWRAP [--runs N]: how long a sandboxed program takes to start and end, beside bwrap.

In turns, one each a round: the program itself, `agentd-confine` with what an evaluation gets (network, mounts, IPC and
processes of its own, limits, no new privileges) and with what a health check gets (another uid, folders hidden), and
`bwrap` with the same namespaces on the same files. BWRAP is bubblewrap's program. Asserts nothing: a figure is read, not passed.
"""
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

PROGRAM = "/bin/true"


def commands(confine: Path, bwrap: str) -> dict[str, list]:
    spaces = ["--network=required", "--mounts=required", "--ipc=required", "--processes=required"]
    return {
        "the program alone": [PROGRAM],
        "agentd-confine, as an evaluation": [confine, *spaces, "--as=4294967296", "--umask=18", "--no-new-privileges", "--", PROGRAM],
        "agentd-confine, as a health check": [confine, *spaces, "--hide=/root", "--as=268435456", "--nproc=0", "--fsize=0",
                                              "--uid=65534", "--gid=65534", "--umask=63", "--no-new-privileges", "--", PROGRAM],
        "bwrap": [bwrap, "--unshare-net", "--unshare-ipc", "--unshare-pid", "--bind", "/", "/", PROGRAM],
    }


def timed(command: list) -> tuple[float, float]:
    """Wall time and processor time of it and its children, in milliseconds."""
    before, started = os.times(), time.perf_counter()
    subprocess.run(command, check=True, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, env={})
    wall, after = time.perf_counter() - started, os.times()
    return wall * 1000, (after.children_user + after.children_system - before.children_user - before.children_system) * 1000


def main() -> int:
    if len(sys.argv) < 3:
        print(__doc__, file=sys.stderr)
        return 64
    runs = int(dict(zip(sys.argv[3::2], sys.argv[4::2])).get("--runs", "101"))
    all_of = commands(Path(sys.argv[1]).resolve() / "agentd-confine", sys.argv[2])
    figures: dict[str, list[tuple[float, float]]] = {name: [] for name in all_of}
    for _ in range(runs + 1):
        for name, command in all_of.items():
            figures[name].append(timed(command))
    bwrap = statistics.median(wall for wall, _ in figures["bwrap"][1:])
    for name, rows in figures.items():
        walls = sorted(wall for wall, _ in rows[1:])
        median = statistics.median(walls)
        print(f"{name:36} median {median:6.2f} ms  {walls[0]:.2f} … {walls[-1]:.2f}  {median / bwrap:.2f} x bwrap  "
              f"processor {statistics.mean(cpu for _, cpu in rows[1:]):.1f} ms  n={len(walls)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
