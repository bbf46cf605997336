#!/usr/bin/env python3
"""tests/bench/effects.py BIN_DIR [--runs N] [--json FILE]: effects of two large closures, beside Nix's own diff.

Two systems of 1,200 paths, whose etc has 5,000 files, are made of the demo host and built; they differ as an update does:
a hundred packages, two hundred files, ten units. `agentd-analyze` and `nix store diff-closures` run in turns.
Asserts nothing: a figure is read, not passed.
"""
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.dont_write_bytecode = True
sys.path.insert(0, str(HERE.parent / "corpus/effects"))
from systems import NIX_CONFIG, Corpus  # noqa: E402

LARGE = """
{ seed }:
let
  flake = (import "${toString seed}/flake.nix").outputs { self = flake; };
  inherit (flake) lib;
  pkgs = flake.legacyPackages.x86_64-linux;
  system = new: (flake.lib.nixosSystem {
    modules = [ "${toString seed}/hosts/web" {
      environment.systemPackages = lib.genList (n: pkgs.mkPackage {
        pname = "bench${toString n}x"; version = if new && n < 100 then "2.0" else "1.0"; }) 600;
      environment.etc = { "nginx/sites".source = "${links new}"; } // lib.listToAttrs (lib.genList (n:
        lib.nameValuePair "nginx/own${toString n}.conf" { text = "own ${toString n}\n"; }) 250);
      systemd.services = lib.listToAttrs (lib.genList (n: lib.nameValuePair "bench${toString n}" {
        script = "exec sleep ${if new && n < 10 then "2" else "1"}"; serviceConfig.User = "nginx"; }) 100);
    } ];
  }).config.system.build.toplevel;
  # As in the etc of NixOS, each file is a link into the store.
  links = new: pkgs.runCommand "links" { } ''
    mkdir $out
    i=0
    while [ $i -lt 5000 ]; do
      ln -s ${files new}/$i $out/site$i.conf
      i=$((i + 1))
    done
  '';
  files = new: pkgs.runCommand "files" { } ''
    mkdir $out
    i=0
    while [ $i -lt 5000 ]; do
      echo "server { listen 80; root /var/www/$i; ${if new then "$((i < 200))" else "0"} }" > $out/$i
      i=$((i + 1))
    done
  '';
in
{ names = [ ]; says = { }; systems = [ (system false) (system true) ]; }
"""


def timed(command: list) -> float:
    started = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, env={**os.environ, "NIX_CONFIG": NIX_CONFIG})
    return (time.perf_counter() - started) * 1000


def main() -> int:
    if len(sys.argv) < 2:
        print(__doc__, file=sys.stderr)
        return 64
    options = dict(zip(sys.argv[2::2], sys.argv[3::2]))
    with tempfile.TemporaryDirectory(prefix="agentd-effects-") as folder:
        expression = Path(folder) / "large.nix"
        expression.write_text(LARGE)
        corpus = Corpus(Path(folder), Path(sys.argv[1]).resolve(), expression)
        before, after = corpus.systems
        found = corpus.effects(before, after)
        ours = [corpus.analyze, "--from", before, "--to", after, "--from-manifest", corpus.manifest(before),
                "--to-manifest", corpus.manifest(after)]
        theirs = ["nix", "store", "diff-closures", before, after]
        figures: dict[str, list[float]] = {"agentd-analyze": [], "nix store diff-closures": []}
        for _ in range(int(options.get("--runs", "11")) + 1):
            figures["agentd-analyze"].append(timed(ours))
            figures["nix store diff-closures"].append(timed(theirs))
        print(f"{len(corpus.closure(before))} paths, {len(found['effects'])} effects")
        rows = {name: sorted(times[1:]) for name, times in figures.items()}
        for name, times in rows.items():
            print(f"{name:26} median {statistics.median(times):7.1f} ms  {times[0]:.1f} … {times[-1]:.1f}  n={len(times)}")
        if "--json" in options:
            Path(options["--json"]).write_text(json.dumps(rows))
    return 0


if __name__ == "__main__":
    sys.exit(main())
