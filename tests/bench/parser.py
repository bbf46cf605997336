#!/usr/bin/env python3
"""tests/bench/parser.py TOOL TREE [--rival NAME=COMMAND]… [--nix NIX] [--runs N] [--json FILE]: megabytes of Nix a second.

TOOL is nix-syntax-tool of a release build; it and each rival read the names of TREE's .nix files, all files into memory,
and print how long parsing all of them took (`N bytes … N refused: SECONDS s, SECONDS s of processor`), in turns; both rates are told, for a
busy machine takes of the first and hardly of the second. A rival is a small program around another parser
that does the same. `nix-instantiate --parse`, which has no such program around it, is measured as a whole process that
reads the largest file, less what it takes for a file of one character; so is TOOL beside it. Asserts nothing.
"""
import argparse
import json
import pathlib
import re
import shlex
import statistics
import subprocess
import time


def parsed(command, names):
    said = subprocess.run(command, input=names, check=True, capture_output=True, text=True).stdout
    found = re.search(r"(\d+) bytes,.*?(\d+) refused: ([\d.e-]+) s, ([\d.e-]+) s of processor", said)
    return {"bytes": int(found[1]), "refused": int(found[2]), "s": float(found[3]), "cpu": float(found[4])}


def whole(command, **more):
    began = time.perf_counter()
    subprocess.run(command, check=True, capture_output=True, **more)
    return time.perf_counter() - began


def beside_nix(nix, tool, tree, runs, work):
    largest = max(tree.rglob("*.nix"), key=lambda file: file.stat().st_size if file.is_file() else 0)
    small = pathlib.Path(work, "one.nix")
    small.write_text("1")
    times = {"nix": [], "tool": []}
    for _ in range(runs):
        for who, command in (("nix", lambda file: whole([nix, "--parse", file])),
                             ("tool", lambda file: whole([tool, "bench", "1"], input=f"{file}\n".encode()))):
            times[who].append(max(command(largest) - command(small), 1e-6))
    size = largest.stat().st_size
    return {"file": str(largest.relative_to(tree)), "bytes": size, **{who: round(size / 1e6 / statistics.median(each), 1) for who, each in times.items()}}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("tool")
    parser.add_argument("tree", type=pathlib.Path)
    parser.add_argument("--rival", action="append", default=[])
    parser.add_argument("--nix", default="/usr/bin/nix-instantiate")
    parser.add_argument("--runs", type=int, default=7)
    parser.add_argument("--json")
    asked = parser.parse_args()
    names = "".join(f"{file}\n" for file in sorted(asked.tree.rglob("*.nix")) if file.is_file())
    commands = {"agentd": [asked.tool, "bench", "1"]}
    commands |= {rival.partition("=")[0]: shlex.split(rival.partition("=")[2]) for rival in asked.rival}
    times = {name: [] for name in commands}
    for _ in range(asked.runs):
        for name, command in commands.items():
            times[name].append(parsed(command, names))
    rate = lambda name, clock: [one["bytes"] / 1e6 / one[clock] for one in times[name]]
    found = {name: {"refused": times[name][0]["refused"]} | {
        clock: {"median": round(statistics.median(rate(name, clock)), 1), "least": round(min(rate(name, clock)), 1),
                "beside": round(statistics.median(a / b for a, b in zip(rate("agentd", clock), rate(name, clock))), 2)}
        for clock in ("s", "cpu")} for name in commands}
    print(f"{names.count(chr(10))} files, {times['agentd'][0]['bytes'] / 1e6:.1f} MB, {asked.runs} turns")
    for name, one in found.items():
        print(f"{name}: {one['s']['median']} MB/s (least {one['s']['least']}), by processor time {one['cpu']['median']}; agentd is "
              f"{one['s']['beside']} x as fast, by processor time {one['cpu']['beside']} x; {one['refused']} files refused")
    if asked.nix and pathlib.Path(asked.nix).exists():
        found["nix-instantiate"] = beside_nix(asked.nix, asked.tool, asked.tree, asked.runs, "/tmp")
        print("as whole processes, {file}: {nix} MB/s by nix-instantiate --parse, which prints too; {tool} MB/s by agentd".format(**found["nix-instantiate"]))
    if asked.json:
        pathlib.Path(asked.json).write_text(json.dumps(found, indent=1) + "\n")


main()
