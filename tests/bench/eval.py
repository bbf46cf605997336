#!/usr/bin/env python3
"""What evaluating a real host costs agentd, beside one plain `nix eval` of the same derivation.

    eval.py NIXPKGS [--nix NIX] [--runs N] [--work DIR] [--json FILE]

NIXPKGS is a tree of nixpkgs (or $AGENTD_BENCH_NIXPKGS); an empty set stands in for hackage-packages.nix where
that is missing. A host with sshd, nginx, a firewall and two people is made as a flake that locks it, with and
without the options manual. Then, turn by turn on the same Nix:

    plain    nix eval …#nixosConfigurations.web.config.system.build.toplevel.drvPath
    agentd   the expression agentd evaluates (evaluator/nix/evaluate.nix) with its settings, all facts and the
             options of a changed file; `early` is when the first facts were on its stderr
    other    what another host costs (evaluator/nix/host.nix)

Wanted: agentd <= 1.05 x plain; early <= 0.35 x plain with the manual, <= 0.65 x without it.
"""

import argparse
import json
import os
import pathlib
import re
import secrets
import statistics
import subprocess
import sys
import tempfile
import time

SOURCE = pathlib.Path(__file__).resolve().parents[2]
SCRIPTS = SOURCE / "evaluator/nix"
SETTINGS = """experimental-features = nix-command flakes
accept-flake-config = false
allow-import-from-derivation = false
eval-cache = false
flake-registry =
pure-eval = true
restrict-eval = true
substitute = false
substituters =
use-registries = false
warn-dirty = false
allowed-uris = git+file:// file://
"""
HACKAGE = "pkgs/development/haskell-modules/hackage-packages.nix"
HOST = """{ lib, pkgs, ... }: {
  boot.loader.grub.device = "/dev/sda";
  fileSystems."/" = { device = "/dev/sda1"; fsType = "ext4"; };
  services.openssh.enable = true;
  services.nginx.enable = true;
  services.nginx.virtualHosts."example.org".root = "/var/www";
  networking.hostName = lib.mkDefault "web";
  networking.firewall.allowedTCPPorts = [ 80 443 ];
  users.users.alice = { isNormalUser = true; extraGroups = [ "wheel" ]; };
  users.users.bob = { isNormalUser = true; };
  environment.systemPackages = [ pkgs.htop pkgs.git ];
}
"""


def run(*words, **more):
    return subprocess.run(words, check=True, capture_output=True, text=True, **more).stdout.strip()


def git(folder, *words, **more):
    return run("git", "-C", str(folder), "-c", "user.name=b", "-c", "user.email=b@example.org", *words, **more)


def nixpkgs_repository(tree, work):
    """A commit of the tree, made without touching it."""
    folder = work / "nixpkgs.git"
    if not folder.exists():
        run("git", "init", "-q", "--bare", "-b", "main", str(folder))
        at = ["git", f"--git-dir={folder}", f"--work-tree={tree}"]
        run(*at, "add", "-A", "-f", ".")
        if not (tree / HACKAGE).exists():
            stub = run(*at, "hash-object", "-w", "--stdin", input="{ ... }: self: { }\n")
            run(*at, "update-index", "--add", "--cacheinfo", f"100644,{stub},{HACKAGE}")
        run(*at, "-c", "user.name=b", "-c", "user.email=b@example.org", "commit", "-q", "-m", "nixpkgs")
    return folder, run("git", f"--git-dir={folder}", "rev-parse", "main")


def flake(nixpkgs, rev, work, nix, manual):
    folder = work / ("manual" if manual else "plain")
    if not folder.exists():
        folder.mkdir(parents=True)
        off = "" if manual else "documentation.nixos.enable = false;"
        (folder / "flake.nix").write_text(
            '{ inputs.nixpkgs.url = "git+file://%s?ref=refs/heads/main&rev=%s";\n'
            "  outputs = { self, nixpkgs }: { nixosConfigurations = builtins.mapAttrs (name: _:\n"
            '    import "${nixpkgs}/nixos/lib/eval-config.nix" { system = "x86_64-linux";\n'
            "      modules = [ ./host.nix { networking.hostName = name; %s } ]; }) { web = 1; gate = 1; }; }; }\n"
            % (nixpkgs, rev, off))
        (folder / "host.nix").write_text(HOST)
        git(folder, "init", "-q", "-b", "main")
        git(folder, "add", "-A")
        run(nix, "flake", "lock", f"git+file://{folder}", env=environment(work, lock=True))
        git(folder, "add", "-A")
        git(folder, "commit", "-q", "-m", "host")
    return f"git+file://{folder}?ref=refs/heads/main&rev={git(folder, 'rev-parse', 'HEAD')}"


def environment(work, lock=False):
    settings = SETTINGS if not lock else "experimental-features = nix-command flakes\nflake-registry =\n"
    return {"HOME": str(work), "PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "NIX_CONFIG": settings}


def words():
    found = set(re.findall(r"[A-Za-z_][A-Za-z0-9_'-]*", HOST)) | {"example.org"}
    return "{ " + " ".join(f'"{word}" = null;' for word in sorted(found)) + " }"


def timed(nix, work, *arguments, mark=None):
    """Seconds until it ended, until the mark was on stderr, of its processor, and what it answered."""
    began = time.monotonic()
    with tempfile.TemporaryFile() as answer:
        child = subprocess.Popen([nix, "eval", "--json", "--no-eval-cache", "--no-update-lock-file",
                                  "--no-write-lock-file", "--log-format", "internal-json", *arguments],
                                 env=environment(work), stdout=answer, stderr=subprocess.PIPE)
        early, said = None, []
        for line in child.stderr:
            said.append(line)
            if mark and early is None and mark.encode() in line:
                early = time.monotonic() - began
        _, status, usage = os.wait4(child.pid, 0)
        took = time.monotonic() - began
        if status != 0:
            sys.exit(b"".join(said[-20:]).decode(errors="replace"))
        answer.seek(0)
        return {"s": took, "early": early, "cpu": usage.ru_utime + usage.ru_stime,
                "mib": usage.ru_maxrss // 1024, "answer": json.load(answer)}


def turn(nix, work, url):
    mark = "agentd-" + secrets.token_hex(32)
    evaluate, tell, declare, host = ((SCRIPTS / f"{name}.nix").read_text() for name in ("evaluate", "options", "declared", "host"))
    plain = timed(nix, work, url + "#nixosConfigurations.web.config.system.build.toplevel.drvPath")
    ours = timed(nix, work, "--expr", f'({evaluate}) {{ url = "{url}"; host = "web"; tell = ({tell}); declare = ({declare}); '
                                      f'words = {words()}; nonce = "{mark}"; }}', mark=mark)
    other = timed(nix, work, "--read-only", "--expr", f'({host}) {{ url = "{url}"; host = "gate"; }}')
    if plain["answer"] != ours["answer"]["drv"]:
        sys.exit("agentd's expression gives another derivation than a plain evaluation")
    return {"plain": plain, "agentd": ours, "other": other}


def measure(nix, work, url, runs):
    turn(nix, work, url)  # sources and derivations are in the store then
    turns = [turn(nix, work, url) for _ in range(runs)]
    median = lambda who, what: statistics.median(one[who][what] for one in turns)
    ratio = lambda what: statistics.median(one["agentd"][what] / one["plain"][what if what != "early" else "s"]
                                           for one in turns)
    return {"plain_s": median("plain", "s"), "agentd_s": median("agentd", "s"), "early_s": median("agentd", "early"),
            "other_s": median("other", "s"), "total_x": ratio("s"), "cpu_x": ratio("cpu"), "early_x": ratio("early"),
            "plain_mib": median("plain", "mib"), "agentd_mib": median("agentd", "mib"), "runs": runs}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("nixpkgs", nargs="?", default=os.environ.get("AGENTD_BENCH_NIXPKGS"))
    parser.add_argument("--nix", default="/usr/bin/nix")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--work")
    parser.add_argument("--json")
    asked = parser.parse_args()
    if not asked.nixpkgs:
        parser.error("name a tree of nixpkgs, or set AGENTD_BENCH_NIXPKGS")
    with tempfile.TemporaryDirectory(prefix="agentd-bench-") as temporary:
        work = pathlib.Path(asked.work or temporary)
        work.mkdir(parents=True, exist_ok=True)
        repository, rev = nixpkgs_repository(pathlib.Path(asked.nixpkgs).resolve(), work)
        found = {"nix": run(asked.nix, "--version")}
        for manual, most in ((True, 0.35), (False, 0.65)):
            name = "with the manual" if manual else "without the manual"
            one = measure(asked.nix, work, flake(repository, rev, work, asked.nix, manual), asked.runs)
            found[name] = one
            good = one["total_x"] <= 1.05 and one["early_x"] <= most
            print(f"{found['nix']}, {name}: plain {one['plain_s']:.2f} s, agentd {one['agentd_s']:.2f} s "
                  f"({one['total_x']:.2f} x, processor {one['cpu_x']:.2f} x), first facts {one['early_s']:.2f} s "
                  f"({one['early_x']:.2f} x), another host {one['other_s']:.2f} s; "
                  f"{one['agentd_mib']:.0f} MiB beside {one['plain_mib']:.0f}: {'good' if good else 'NOT good'}",
                  flush=True)
        if asked.json:
            pathlib.Path(asked.json).write_text(json.dumps(found, indent=1) + "\n")


if __name__ == "__main__":
    main()
