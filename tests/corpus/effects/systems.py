"""The systems of kinds.nix, built in the machine's own store, and what agentd-analyze and Nix say of pairs of them."""
import json
import os
import re
import subprocess
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
NIX_CONFIG = """experimental-features = nix-command flakes
substituters =
flake-registry =
sandbox-fallback = false
build-users-group =
"""


def nix(*command: str) -> str:
    done = subprocess.run(command, env={**os.environ, "NIX_CONFIG": NIX_CONFIG}, capture_output=True, text=True, errors="replace")
    if done.returncode != 0:
        raise SystemExit(f"error: {command[0]} {command[1]}: {done.stderr[-2000:]}")
    return done.stdout


class Corpus:
    """Everything is evaluated and built once; `systems[0]` is the base, then one for each of `names`."""

    def __init__(self, folder: Path, bin_dir: Path, expression: Path = HERE / "kinds.nix", seed: Path | None = None):
        self.analyze = bin_dir / "agentd-analyze"
        self.folder = folder
        if seed is None:
            subprocess.run([HERE.parents[1] / "demo/prepare", folder / "demo"], check=True, stdout=subprocess.DEVNULL)
            seed = folder / "demo/seed"
        asked = ["nix-instantiate", str(expression), "--arg", "seed", str(seed)]
        self.names = json.loads(nix(*asked, "--eval", "--strict", "--json", "-A", "names"))
        self.says = json.loads(nix(*asked, "--eval", "--strict", "--json", "-A", "says"))
        self.asked = asked
        self.info = {}
        self.closures: dict[str, set[str]] = {}
        self.systems = self.build("systems")

    def build(self, attribute: str) -> list[str]:
        """A list of systems of the expression, in its order."""
        root = str(self.folder / attribute)
        derivations = nix(*self.asked, "--add-root", root + ".drv", "-A", attribute).split()
        nix("nix-store", "-r", "-j2", "--add-root", root + ".out", *[os.path.realpath(d) for d in derivations])
        outputs = json.loads(nix("nix", "show-derivation", *[os.path.realpath(d) for d in derivations]))
        outputs = outputs.get("derivations", outputs)
        systems = [self.output(outputs, os.path.realpath(d)) for d in derivations]
        self.info.update(self.path_info(systems))
        return systems

    @staticmethod
    def output(shown: dict, derivation: str) -> str:
        path = shown[derivation if derivation in shown else os.path.basename(derivation)]["outputs"]["out"]["path"]
        return path if path.startswith("/") else "/nix/store/" + path

    @staticmethod
    def path_info(paths: list[str]) -> dict[str, dict]:
        said = json.loads(nix("nix", "path-info", "--json", "-r", *sorted(set(paths))))
        rows = [{"path": path, **row} for path, row in said.items()] if isinstance(said, dict) else said
        return {row["path"]: row for row in rows}

    def closure(self, root: str) -> set[str]:
        if root not in self.closures:
            seen, todo = {root}, [root]
            while todo:
                for path in self.info[todo.pop()]["references"]:
                    if path not in seen:
                        seen.add(path)
                        todo.append(path)
            self.closures[root] = seen
        return self.closures[root]

    def manifest(self, root: str) -> Path:
        path = self.folder / (os.path.basename(root) + ".manifest")
        if not path.exists():
            rows = [self.info[each] for each in sorted(self.closure(root))]
            path.write_text("".join(f"{row['path']}\t{row['narHash']}\t{row['narSize']}\n" for row in rows))
        return path

    def effects(self, before: str, after: str) -> dict:
        return self.analyzed("effects", before, after)

    def analyzed(self, what: str, before: str, after: str) -> dict:
        said = subprocess.run(
            [self.analyze, "--from", before, "--to", after, "--from-manifest", self.manifest(before),
             "--to-manifest", self.manifest(after), "--what", what], capture_output=True, text=True, errors="replace")
        if said.returncode != 0:
            raise SystemExit(f"error: agentd-analyze: {said.stderr}")
        return json.loads(said.stdout)


def temporary() -> tempfile.TemporaryDirectory:
    return tempfile.TemporaryDirectory(prefix="agentd-effects-")


LINE = re.compile(r"^(?P<name>[^:]+): (?:(?P<before>[^→]+) → (?P<after>[^→]+?))?(?:, )?(?P<size>[+-][0-9.]+ [KMG]iB)?$")


def diff_closures(before: str, after: str) -> dict[str, dict]:
    """What `nix store diff-closures` says: versions that go and come, and bytes, by package."""
    out = {}
    for line in nix("nix", "store", "diff-closures", before, after).splitlines():
        line = re.sub(r"\x1b\[[0-9;]*m", "", line).strip()
        found = LINE.match(line)
        if not found:
            raise SystemExit(f"error: nix store diff-closures says a line that is not understood: {line!r}")
        versions = {side: {v for v in (found[side] or "").strip().split(", ") if v not in ("", "∅", "ε")}
                    for side in ("before", "after")}
        size = 0.0
        if found["size"]:
            number, unit = found["size"].split()
            size = float(number) * {"KiB": 1 << 10, "MiB": 1 << 20, "GiB": 1 << 30}[unit]
        out[found["name"]] = {**versions, "bytes": size}
    return out
