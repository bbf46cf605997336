#!/usr/bin/env python3
"""tests/bench/search.py TOOL NIXPKGS [--queries N] [--runs N] [--json FILE]: searches in a real NixOS tree's options.

A host of that nixpkgs is evaluated once into an index, with the expression and the writer that agentd uses (`--work DIR` keeps
what Nix answered). TOOL is agentd-bench-tool of a release build. N queries (default 1,000)
are made of it by a fixed seed: words of names and of descriptions, one to four, whole and cut short, as people begin
to type them; and what people ask for. Beside each: looking for the same words through all names and descriptions in
memory, which is what a search without an index costs at least. Asserts nothing: a figure is read, not passed.
"""
import argparse
import json
import pathlib
import random
import re
import sqlite3
import statistics
import subprocess
import tempfile

import eval as evaluation

ASKED = ["ssh password", "hostname", "firewall ports", "time zone", "enable nginx", "docker", "postgres", "user groups", "swap",
         "auto upgrade", "garbage", "kernel modules", "open port", "boot loader timeout", "wifi", "dns", "backup", "vpn", "locale"]


def index_of(nixpkgs, tool, work):
    """As agentctl makes it, but without its limit of time: a busy machine takes longer."""
    answer, file = work / "answer.json", work / "options.db"
    if not answer.exists():
        repository, rev = evaluation.nixpkgs_repository(nixpkgs, work)
        url = evaluation.flake(repository, rev, work, "/usr/bin/nix", False)
        script = (evaluation.SCRIPTS / "index.nix").read_text()
        said = subprocess.run(["/usr/bin/nix", "eval", "--json", "--no-eval-cache", "--no-update-lock-file", "--no-write-lock-file", "--expr",
                               f'({script}) {{ url = "{url}"; host = "web"; detailed = false; }}'], env=evaluation.environment(work), check=True,
                              stdout=subprocess.PIPE)
        answer.write_bytes(said.stdout)
    file.unlink(missing_ok=True)
    with answer.open() as given:
        subprocess.run([tool, "index", file], stdin=given, check=True)
    return file


def queries(index, count):
    rows = sqlite3.connect(f"file:{index}?mode=ro", uri=True).execute("SELECT path, description FROM option").fetchall()
    chance = random.Random(7)
    out = list(ASKED)
    while len(out) < count:
        path, description = chance.choice(rows)
        words = re.findall(r"[A-Za-z][a-z0-9]{2,}", path if chance.random() < 0.6 else description or path)
        if words:
            chosen = chance.sample(words, min(len(words), chance.choice([1, 1, 2, 2, 3, 4])))
            out.append(" ".join(word[:chance.choice([2, 3, 4, 99, 99, 99])] for word in chosen).lower())
    return out[:count]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("tool"), parser.add_argument("nixpkgs")
    parser.add_argument("--queries", type=int, default=1000)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--work")
    parser.add_argument("--json")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="agentd-bench-") as temporary:
        work = pathlib.Path(asked.work or temporary).resolve()
        work.mkdir(parents=True, exist_ok=True)
        index = index_of(pathlib.Path(asked.nixpkgs).resolve(), asked.tool, work)
        made = queries(index, asked.queries)
        times = {(who, clock): [] for who in ("search", "through") for clock in ("clock", "processor")}
        for _ in range(asked.runs):
            answer = subprocess.run([asked.tool, "search", index], input="\n".join(made) + "\n", text=True, check=True, stdout=subprocess.PIPE)
            told = json.loads(answer.stdout)
            for who, clock in times:
                times[who, clock] += told[who][clock]
    def at(who, clock, part):
        return round(sorted(times[who, clock])[min(len(made) * asked.runs - 1, int(len(made) * asked.runs * part))], 2)
    out = {"options": told["options"], "queries": len(made), "runs": asked.runs, "answered": told["answered"]}
    for who, clock in times:
        out[f"{who} by {clock}"] = {"p50": at(who, clock, .5), "p99": at(who, clock, .99), "max": at(who, clock, 1)}
    out["ratio"] = round(statistics.median(a / b for a, b in zip(times["search", "processor"], times["through", "processor"])), 2)
    print(f"{out['options']} options, {out['queries']} queries, {out['answered']} of them answered")
    for who, clock in times:
        one = out[f"{who} by {clock}"]
        print(f"{'a search' if who == 'search' else 'looking through all'}, by {clock}: p50 {one['p50']} ms, p99 {one['p99']} ms, most {one['max']} ms")
    print(f"a search is {out['ratio']} x of looking through all, the median of the queries by processor time")
    slow = sorted(zip(told["search"]["processor"], made), reverse=True)[:6]
    print("slowest:", ", ".join(f"{query} {took:.1f} ms" for took, query in slow))
    if asked.json:
        pathlib.Path(asked.json).write_text(json.dumps(out, indent=1) + "\n")


main()
