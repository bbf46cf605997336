#!/usr/bin/env python3
"""tests/bench/plan.py BIN_DIR [--runs N] [--json FILE] [REPO…]: the map and a plan of a repository, without evaluation.

A repository of 250 modules and six hosts is made; clones that are named are measured beside it. The floor is what anybody
has to do who looks at all of a repository: `git status`, and reading every file that git knows. `context map` and `plan`
(which makes the map, and one edit) run in turns with it. Asserts nothing: a figure is read, not passed.
"""
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HOSTS = [f"host{n}" for n in range(6)]
MODULE = """{{ config, lib, pkgs, ... }}:
let
  cfg = config.my.part{n};
in
{{
  options.my.part{n} = {{
    enable = lib.mkEnableOption "part {n}";
    port = lib.mkOption {{
      type = lib.types.port;
      default = {port};
      description = "Where it listens.";
    }};
  }};

  config = lib.mkIf cfg.enable {{
    # what part {n} needs
    services.part{n} = {{
      enable = true;
      settings.listen = "[::]:${{toString cfg.port}}";
    }};
    environment.systemPackages = with pkgs; [ git htop part{n} ];
    networking.firewall.allowedTCPPorts = [ cfg.port ];
    users.users.part{n} = {{ isSystemUser = true; group = "part{n}"; }};
  }};
}}
"""


def git(where, *arguments):
    return subprocess.run(["git", "-C", where, *arguments], check=True, capture_output=True, text=True).stdout


def made(where):
    files = {"flake.nix": "{ outputs = { nixpkgs, ... }: let make = name: nixpkgs.lib.nixosSystem { modules = [ ./hosts/${name} ./modules ]; }; in {\n"
             "  nixosConfigurations = nixpkgs.lib.genAttrs [ " + " ".join(f'"{h}"' for h in HOSTS) + " ] make;\n}; }\n",
             "modules/default.nix": "{\n  imports = [\n" + "".join(f"    ./part{n}.nix\n" for n in range(236)) + "  ];\n}\n"}
    for n in range(236):
        files[f"modules/part{n}.nix"] = MODULE.format(n=n, port=8000 + n)
    for name in HOSTS:
        files[f"hosts/{name}/default.nix"] = "{ ... }:\n{\n  imports = [ ./disks.nix ];\n  my.part1.enable = true;\n  system.stateVersion = \"24.05\";\n}\n"
        files[f"hosts/{name}/disks.nix"] = "{\n  fileSystems.\"/\".device = \"/dev/vda1\";\n}\n"
    for path, text in files.items():
        (where / path).parent.mkdir(parents=True, exist_ok=True)
        (where / path).write_text(text)
    git(where, "init", "-q")
    git(where, "add", "-A")
    git(where, "-c", "user.name=bench", "-c", "user.email=bench@localhost", "commit", "-qm", "bench")
    return where


def timed(work):
    """Seconds by the clock, and of processor by what it started."""
    spent, start = os.times(), time.perf_counter()
    work()
    ended, now = time.perf_counter(), os.times()
    return ended - start, now.children_user - spent.children_user + now.children_system - spent.children_system


def floor(where):
    git(where, "status", "--porcelain")
    for name in git(where, "ls-files", "-z").split("\0"):
        path = where / name
        if name and path.is_file():
            path.read_bytes()


def figures(agentctl, where, runs):
    shown = json.loads(subprocess.run([agentctl, "--json", "context", "map", "--no-eval", "--repo", where], check=True, capture_output=True).stdout)
    host = next((h["name"] for h in shown["hosts"] if h["kind"] == "nixos" and h["modules"]), None)
    wish = {"schema": "agentd.ops/2", "operations": [{"op": "add_to_list", "option": "environment.systemPackages", "value": {"package": "jq"}}]}
    wish |= {"host": host} if host else {}
    plan = [agentctl, "--json", "plan", "--repo", where, "--no-eval", "--assume-options", "--ops", "-"]
    work = {"floor": lambda: floor(where),
            "map": lambda: subprocess.run([agentctl, "--json", "context", "map", "--no-eval", "--repo", where], capture_output=True, check=True),
            "plan": lambda: subprocess.run(plan, input=json.dumps(wish).encode(), capture_output=True)}
    times = {name: [] for name in work}
    for _ in range(runs):
        for name, each in work.items():
            times[name].append(timed(each))
    out = {name: round(statistics.median(one[0] for one in each) * 1000, 1) for name, each in times.items()}
    out |= {f"{name}_cpu": round(statistics.mean(one[1] for one in each) * 1000, 1) for name, each in times.items()}
    return out | {"nix_files": shown["nix_files"], "hosts": len(shown["hosts"]),
                  "plan_over_floor": round(statistics.median(a[0] / b[0] for a, b in zip(times["plan"], times["floor"])), 2)}


def main():
    arguments = sys.argv[1:]
    def taken(flag, otherwise):
        if flag not in arguments:
            return otherwise
        at = arguments.index(flag)
        value = arguments[at + 1]
        del arguments[at:at + 2]
        return value
    runs = int(taken("--runs", "15"))
    file = taken("--json", None)
    if not arguments:
        sys.exit(__doc__)
    agentctl = os.path.abspath(os.path.join(arguments[0], "agentctl"))
    with tempfile.TemporaryDirectory() as scratch:
        out = {"made": figures(agentctl, made(Path(scratch)), runs)}
        for repo in arguments[1:]:
            out[Path(repo).name] = figures(agentctl, Path(repo), runs)
    for name, each in out.items():
        print(f"{name}: {each['nix_files']} .nix files, {each['hosts']} hosts: map {each['map']} ms (processor {each['map_cpu']}), "
              f"plan {each['plan']} ms ({each['plan_cpu']}), git status and reading all {each['floor']} ms: {each['plan_over_floor']} x")
    if file:
        Path(file).write_text(json.dumps(out, indent=1))


main()
