#!/usr/bin/env python3
"""tests/bench/intake.py TOOL [--runs N] [--json FILE]: what taking a patch of 512 KiB costs, in several shapes.

A bare repository of 2,500 files is made; TOOL (agentd-bench-tool of a release build) takes each patch against it (`take`: read,
judged, applied in memory) and makes a commit of it (`make`: objects written and synced), each time on a fresh copy. Beside it, in
turns, what git needs for as much: `git apply --cached` and `git write-tree` on an index of its own, which asks nothing
of a patch but that it fits. 500 files are more than agentd takes; there the limit is lifted. Asserts nothing.
"""
import argparse
import json
import os
import pathlib
import shutil
import statistics
import subprocess
import tempfile
import time

MOST = 512 << 10


def git(where, *words, **more):
    return subprocess.run(["git", "-C", str(where), "-c", "user.name=b", "-c", "user.email=b@localhost", *words], check=True,
                          capture_output=True, text=True, **more).stdout


def base_files():
    files = {"many.nix": "".join(f"# {n}\n" for n in range(30000)), "big.nix": "# one\n# two\n"}
    for n in range(500):
        files[f"parts/p{n}.nix"] = "{\n" + "".join(f"  a{k} = {k};\n" for k in range(40)) + "}\n"
    for n in range(2000):
        files[f"other/{n % 40}/f{n}.nix"] = f"{{ n = {n}; }}\n"
    return files


def shapes(files):
    """Each: the files as they are afterwards, and lines of context."""
    lines = files["many.nix"].splitlines(keepends=True)
    small = [f"#+{n} {'x' * 12}\n" if n % 3 == 1 else line for n, line in enumerate(lines)]
    yield "10,000 small hunks", {"many.nix": "".join(small)}, 0
    yield "one big hunk", {"big.nix": "# one\n" + "".join(f"# {n}: {'x' * 60}\n" for n in range(7300)) + "# two\n"}, 3
    yield "one big hunk of letters of several bytes", {"big.nix": "# one\n" + "".join(f"# {'ä€' * 12}\n" for n in range(8000)) + "# two\n"}, 3
    yield "a large file gone, another as large", {"many.nix": None, "new.nix": "".join(f"# {n}: {'y' * 30}\n" for n in range(6000))}, 3
    for count in (200, 500):
        size = MOST // count - 480
        yield f"{count} files", {f"parts/p{n}.nix": files[f"parts/p{n}.nix"].replace("  a20 = 20;\n", "  a20 = 21;\n" + "".join(
            f"  b{k} = \"{'z' * 20}\";\n" for k in range(size // 31))) for n in range(count)}, 3


def make_repository(where, files):
    for path, text in files.items():
        (where / path).parent.mkdir(parents=True, exist_ok=True)
        (where / path).write_text(text)
    git(where, "init", "-q")
    git(where, "add", "-A")
    git(where, "commit", "-qm", "base")
    return git(where, "rev-parse", "HEAD").strip()


def patch_of(where, changed, context):
    for path, text in changed.items():
        (where / path).unlink() if text is None else (where / path).write_text(text)
    git(where, "add", "-A")
    patch = subprocess.run(["git", "-C", str(where), "diff", "--cached", f"-U{context}", "--no-renames", "--full-index"], check=True,
                           capture_output=True).stdout
    git(where, "reset", "-q", "--hard")
    return patch


def rival(bare, patch, commit, scratch):
    environment = os.environ | {"GIT_INDEX_FILE": str(scratch / "index")}
    subprocess.run(["git", "-C", bare, "read-tree", commit], check=True, env=environment)
    began = time.perf_counter()
    subprocess.run(["git", "-C", bare, "apply", "--cached", "--unidiff-zero", "--whitespace=nowarn", patch], check=True, env=environment)
    subprocess.run(["git", "-C", bare, "write-tree"], check=True, env=environment, capture_output=True)
    return (time.perf_counter() - began) * 1000


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("tool")
    parser.add_argument("--runs", type=int, default=9)
    parser.add_argument("--json")
    asked = parser.parse_args()
    found = {}
    with tempfile.TemporaryDirectory(prefix="agentd-bench-") as folder:
        work = pathlib.Path(folder)
        files = base_files()
        (work / "tree").mkdir()
        commit = make_repository(work / "tree", files)
        git(work, "clone", "-q", "--bare", "tree", "bare.git")
        for name, changed, context in shapes(files):
            patch = work / "patch"
            patch.write_bytes(patch_of(work / "tree", changed, context))
            times = {"take": [], "processor": [], "make": [], "git": []}
            for _ in range(asked.runs):
                for each in ("ours", "git"):
                    shutil.rmtree(work / "copy.git", ignore_errors=True)
                    shutil.copytree(work / "bare.git", work / "copy.git")
                    if each == "git":
                        times["git"].append(rival(work / "copy.git", patch, commit, work))
                        continue
                    answer = subprocess.run([asked.tool, "intake", work / "copy.git", commit, patch, "1", str(max(200, len(changed)))], check=True,
                                            stdout=subprocess.PIPE, text=True)
                    told = json.loads(answer.stdout)
                    times["take"] += told["take"]["clock"]
                    times["processor"] += told["take"]["processor"]
                    times["make"] += told["make"]["clock"]
            one = {key: {"median": round(statistics.median(value), 1), "max": round(max(value), 1)} for key, value in times.items()}
            found[name] = one | {"bytes": told["bytes"], "files": told["files"]}
            print(f"{name}: {told['bytes'] >> 10} KiB, {told['files']} files: take {one['take']['median']} ms (at most {one['take']['max']}; processor {one['processor']['median']}), "
                  f"commit {one['make']['median']} ms; git apply and write-tree {one['git']['median']} ms", flush=True)
    if asked.json:
        pathlib.Path(asked.json).write_text(json.dumps(found, indent=1) + "\n")


main()
