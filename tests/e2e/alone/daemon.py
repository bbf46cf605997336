#!/usr/bin/env python3
"""Somebody without rights, the machine's own Nix daemon, and signed caches on loopback: as on NixOS.

All in a store, an /etc/nix and a socket of its own; LAB_BIN: the built programs. Needs root. A part of a truth's name on
the command line tries only that one.
"""
import contextlib
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

from alone import BIN, ROOT, Bench

sys.path.insert(0, str(ROOT / "tests/e2e/loop"))
import own_store  # noqa: E402
import truths  # noqa: E402
from caches import Cache  # noqa: E402

NOBODY = ("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups")
FETCH = Path("/run/agentd-fetch/fetch.sock")
SOCKET = Path("/nix/var/nix/daemon-socket/socket")
ENVIRONMENT = {"PATH": "/usr/bin:/bin", "HOME": "/nonexistent"}
TRUTHS = []


def truth(text):
    return lambda check: TRUTHS.append((text, check))


def nix(*words):
    done = subprocess.run(words, capture_output=True, text=True,
                          env=ENVIRONMENT | {"NIX_CONFIG": "build-users-group =\nsubstituters =\nsandbox = true\n"
                                             "experimental-features = nix-command\nsystem-features = elsewhere"})
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


class NixDaemon:
    """root's, with this nix.conf, for as long as it is needed."""

    def __init__(self, world, prefix=(), **settings):
        self.prefix = prefix
        self.settings = {"build-users-group": "", "sandbox": "true", "sandbox-fallback": "false",
                         "substituters": world.own.url, "trusted-public-keys": world.key("own"),
                         "narinfo-cache-negative-ttl": "0", "experimental-features": "nix-command flakes"}
        self.settings |= {name.replace("_", "-"): value for name, value in settings.items()}
        self.home = world.folder / "home"

    def __enter__(self):
        Path("/etc/nix/nix.conf").write_text("".join(f"{name} = {value}\n" for name, value in self.settings.items()))
        shutil.rmtree(self.home, ignore_errors=True)
        SOCKET.unlink(missing_ok=True)
        self.process = subprocess.Popen([*self.prefix, "nix-daemon", "--daemon"], stdout=subprocess.DEVNULL,
                                        stderr=subprocess.DEVNULL, env=ENVIRONMENT | {"HOME": str(self.home)})
        until = time.monotonic() + 20
        while not answers() and time.monotonic() < until:
            time.sleep(0.05)
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait(20)
        SOCKET.unlink(missing_ok=True)


def answers():
    with socket.socket(socket.AF_UNIX) as probe:
        return probe.connect_ex(str(SOCKET)) == 0


class World(Bench):
    def __init__(self, folder: Path):
        super().__init__(folder)
        self.caches = []
        self.own, self.other = self.cache("own"), self.cache("other")
        for name in ("own", "other"):
            nix("nix-store", "--generate-binary-cache-key", f"{name}-1", folder / f"{name}.secret", folder / f"{name}.public")

    def cache(self, name):
        folder = self.folder / name
        folder.mkdir()
        (folder / "nix-cache-info").write_text("StoreDir: /nix/store\n")
        self.caches.append(Cache(str(folder)).start())
        return self.caches[-1]

    def key(self, name):
        return (self.folder / f"{name}.public").read_text().strip()

    def package(self, name, more="", source=""):
        return (f'pkgs.runCommand "{name}-{os.getpid()}" {{ {more} }} '
                f'"mkdir -p $out/bin; {source} head -c 200000 /dev/zero > $out/data; echo {name} > $out/bin/{name}"')

    def put(self, name, cache, key):
        """Made elsewhere, put into the cache, taken out of the store; its path."""
        tree = self.clone.dir
        expression = (f'let pkgs = import {tree}/pkgs {{ lib = import {tree}/lib; system = "x86_64-linux"; }}; in '
                      + self.package(name, FAR))
        out = nix("nix-store", "-r", nix("nix-instantiate", "--expr", expression))
        nix("nix", "copy", "--to", f"file://{cache.folder}?compression=none&secret-key={self.folder}/{key}.secret", out)
        nix("nix-store", "--delete", out)
        return Path(out)

    def adds(self, package):
        return self.clone.patch("\n{\n", f"\n{{\n  environment.systemPackages = [ ({package}) ];\n")

    def tried(self, package, prefix=NOBODY):
        return self.test("--json", patch=self.adds(package), level="build", offline=False, prefix=prefix)


# No build of anybody's here can make it.
FAR = 'requiredSystemFeatures = [ "elsewhere" ]; allowSubstitutes = true;'


# Any build here can make it, and a cache may have it.
NEAR = "allowSubstitutes = true;"


def built(said):
    return next(one for one in said.json["evidence"] if one["level"] == "build")


def refusal(said, code):
    assert said.exit == 23, f"{said.exit} {said.out} {said.err}"
    assert said.json["refusal"]["code"] == code, said.json["refusal"]
    return said.json["refusal"]


@truth("what the machine's cache has is fetched by its daemon and not built")
def fetched(w):
    path = w.put("far", w.own, "own")
    with NixDaemon(w):
        said = w.tried(w.package("far", FAR))
    assert said.exit == 0, said.err
    assert built(said)["summary"].startswith(f"fetched 1 path (196 KiB) from {w.own.url}, built "), built(said)
    assert path.exists() and "less shut in" not in built(said)["summary"], built(said)
    assert sum(one.endswith(".nar") for one in w.own.asked) == 1, w.own.asked


@truth("a key that is not the machine's is refused by the cache's name")
def forged(w):
    path = w.put("forged", w.own, "other")
    with NixDaemon(w, substituters=f"{w.own.url} {w.other.url}"):
        why = refusal(w.tried(w.package("forged", FAR)), "substitution_failed")
    assert w.own.url in why["message"] and w.other.url not in why["message"].split("(")[0], why
    assert "forged" in why["message"] and not path.exists(), why


@truth("a cache that is away is named and nothing of it is compiled")
def away(w):
    with NixDaemon(w, substituters="http://127.0.0.1:1"):
        why = refusal(w.tried(w.package("lonely", NEAR)), "substitution_failed")
        assert why["where"] == "http://127.0.0.1:1" and "does not answer" in why["message"], why
        assert "lonely" in why["message"] and "curl" in why["hint"], why
    # One of several: what needs no source is built as on any machine, and it is told.
    with NixDaemon(w, substituters=f"http://127.0.0.1:1 {w.own.url}"):
        said = w.tried(w.package("lonely", NEAR))
    assert said.exit == 0 and "no answer from http://127.0.0.1:1" in built(said)["summary"], said.err


@truth("without any address a cache is away and not none")
def unplugged(w):
    alone = ("unshare", "--net", "sh", "-c", 'ip link set lo up; exec "$@"', "sh")
    w.clone.git("checkout", "-q", "main")
    with NixDaemon(w, prefix=alone, substituters="https://cache.example"):
        why = refusal(w.tried(w.package("cable", NEAR), prefix=(*alone, *NOBODY)), "substitution_failed")
    assert why["where"] == "https://cache.example", why


@truth("a source that no cache has is refused and its builder never runs")
def sources(w):
    asked = len(w.other.asked)
    source = (f'pkgs.runCommand "source-{os.getpid()}" {{ outputHashMode = "flat"; outputHashAlgo = "sha256"; '
              f'outputHash = "{"0" * 52}"; }} "wget -O $out {w.other.url}/leak"')
    with NixDaemon(w):
        why = refusal(w.tried(w.package("needs", source=f"cat ${{{source.replace(chr(34), chr(34))}}};")), "source_missing")
    assert f"source-{os.getpid()}" in why["message"], why
    assert len(w.other.asked) == asked, w.other.asked[asked:]


@truth("a daemon without a sandbox is refused and one that is less shut in is told")
def open_daemon(w):
    with NixDaemon(w, sandbox="false"):
        refusal(w.tried(w.package("bare")), "unsafe_builder")
    with NixDaemon(w, sandbox_fallback="true", extra_sandbox_paths="/var/cache"):
        said = w.tried(w.package("bare"))
    assert said.exit == 0, said.err
    for words in ("less shut in than agentd would", "sandbox-fallback = true", "sandbox-paths has /var/cache"):
        assert words in built(said)["summary"], built(said)


@contextlib.contextmanager
def owner_says(*lines):
    file = Path("/etc/agentd/agentd.toml")
    file.parent.mkdir(exist_ok=True)
    file.write_text("\n".join(('host = "web"', "[flake]", 'upstream = "/srv/config.git"', "[nix]", *lines, "")))
    try:
        yield
    finally:
        file.unlink()


def builder(w, name):
    """A machine that builds, as the `builders` of a nix.conf name it: here another store, for what no other can build."""
    return f"{w.folder}/{name} x86_64-linux - 1 1 elsewhere"


@truth("the running system's remote builders build where its owner says so, and it is told who did")
def remote(w):
    with NixDaemon(w, builders=builder(w, "far-builder")):
        refusal(w.tried(w.package("remote", FAR)), "build_failed")
        assert not (w.folder / "far-builder").exists()
        with owner_says('builders = "machine"'):
            said = w.tried(w.package("remote", FAR))
    assert said.exit == 0, said.out
    assert f"builders has {w.folder}/far-builder" in built(said)["summary"], built(said)


@truth("a builder that a flake, its nixConfig or its nix.conf names builds nothing")
def named_by_a_flake(w):
    evil = builder(w, "evil-builder")
    said_by = {"flake.nix": ("{", f'{{\n  nixConfig.builders = "{evil}";'),
               "hosts/web/default.nix": ("\n{\n", f'\n{{\n  nix.settings.builders = "{evil}";\n'
                                         f'  environment.systemPackages = [ ({w.package("wanted", FAR)}) ];\n')}
    before = {name: (w.clone.dir / name).read_text() for name in said_by}

    def changed(*names):
        for name in names:
            (w.clone.dir / name).write_text(before[name].replace(*said_by[name], 1))

    def back():
        for name, text in before.items():
            (w.clone.dir / name).write_text(text)

    def tried(patch):
        with NixDaemon(w, builders=""), owner_says('builders = "machine"'):
            return w.test("--json", patch=patch, level="build", offline=False, prefix=NOBODY)

    changed(*said_by)
    patch = w.clone.git("diff")
    back()
    said = tried(patch)
    assert said.exit == 21 and said.json["refusal"]["code"] == "nix_config", said.out
    changed("flake.nix")  # the owner's own flake
    w.clone.commit("A builder")
    changed(*said_by)
    patch = w.clone.git("diff")
    w.clone.git("checkout", "-q", "HEAD", "--", ".")
    try:
        refusal(tried(patch), "build_failed")
    finally:
        back()
        w.clone.commit("No builder")
    assert not (w.folder / "evil-builder").exists()


def with_input(w, text):
    """An archive at a server, and flake.nix and flake.lock that name it; the names and texts of files."""
    tree = w.folder / "source"
    tree.mkdir(exist_ok=True)
    (tree / "port.nix").write_text(f"{text} # {os.getpid()}\n")
    subprocess.run(["tar", "-czf", f"{w.other.folder}/input.tar.gz", "-C", w.folder, "source"], check=True)
    url = f"{w.other.url}/input.tar.gz"
    place = {"type": "tarball", "url": url}
    lock = {"version": 7, "root": "root", "nodes": {
        "root": {"inputs": {"extra": "extra"}},
        "extra": {"flake": False, "original": place, "locked": place | {"narHash": nix("nix", "hash", "path", "--sri", tree)}}}}
    old = w.clone.git("show", "main:flake.nix")
    flake = old.replace("outputs = { self }:", f'inputs.extra = {{ url = "{url}"; flake = false; }};\n  outputs = {{ self, extra }}:')
    flake = flake.replace("_module.args = { inherit pkgs; };", "_module.args = { inherit pkgs extra; };")
    assert flake.count("extra") == old.count("extra") + 3, flake
    return {"flake.nix": flake, "flake.lock": json.dumps(lock, indent=2) + "\n"}


@truth("an input of the lock that is not in the store is fetched before the evaluation, by somebody without rights")
def inputs(w):
    for name, text in with_input(w, "8080").items():
        (w.clone.dir / name).write_text(text)
    w.clone.commit("An input")
    with NixDaemon(w):
        said = w.test("--json", patch=taking_extra(w), level="evaluate", offline=False, prefix=NOBODY)
        assert said.exit == 0, said.err
        summary = said.json["evidence"][-1]["summary"]
        assert summary.startswith("fetched 1 input (1 KiB): extra of ") and w.other.url in summary, summary
        again = w.test("--json", patch=taking_extra(w), level="evaluate", offline=True, prefix=NOBODY)
        assert again.exit == 0 and "fetched" not in again.json["evidence"][-1]["summary"], again.err


def taking_extra(w):
    """The host's file takes the input and opens the port that stands in it."""
    file = w.clone.dir / "hosts/web/default.nix"
    before = file.read_text()
    head = before.split("\n{\n")[0]
    assert "..." in head, head
    file.write_text(before.replace("...", "extra, ...", 1).replace(
        "\n{\n", "\n{\n  environment.etc.\"port\".text = toString (import (extra + \"/port.nix\"));\n", 1))
    try:
        return w.clone.git("diff")
    finally:
        file.write_text(before)


class Fetcher:
    """What the unit agentd-fetch@ is: a process for each question, as somebody else who has nothing."""

    def __init__(self, world, *origins):
        self.words = [BIN / "agentd-fetch", *(word for each in origins for word in ("--origin", each))]
        self.asked = []

    def __enter__(self):
        FETCH.parent.mkdir(exist_ok=True)
        FETCH.unlink(missing_ok=True)
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.bind(str(FETCH))
        FETCH.chmod(0o666)
        self.socket.listen()
        self.thread = threading.Thread(target=self.serve, daemon=True)
        self.thread.start()
        return self

    def serve(self):
        while True:
            try:
                peer, _ = self.socket.accept()
            except OSError:
                return
            self.asked.append(subprocess.Popen(["setpriv", "--reuid=65533", "--regid=65533", "--clear-groups", *self.words],
                                               stdin=peer, stdout=peer, env=ENVIRONMENT))
            peer.close()

    def __exit__(self, *_):
        FETCH.unlink()
        FETCH.parent.rmdir()  # where it is, somebody ought to listen
        self.socket.shutdown(socket.SHUT_RDWR)
        self.socket.close()
        self.thread.join()
        assert all(one.wait(20) == 0 for one in self.asked), [one.returncode for one in self.asked]


def serve_input(w, text):
    """From now on the server has these files; their hash."""
    tree = w.folder / "source"
    tree.mkdir(exist_ok=True)
    (tree / "port.nix").write_text(f"{text} # {os.getpid()}\n")
    subprocess.run(["tar", "-czf", f"{w.other.folder}/input.tar.gz", "-C", w.folder, "source"], check=True)
    return nix("nix", "hash", "path", "--sri", tree)


def bumped(w, text):
    """A patch that locks the input to new files of its server."""
    file = w.clone.dir / "flake.lock"
    before = file.read_text()
    lock = json.loads(before)
    lock["nodes"]["extra"]["locked"]["narHash"] = serve_input(w, text)
    file.write_text(json.dumps(lock, indent=2) + "\n")
    patch = w.clone.git("diff")
    file.write_text(before)
    return patch


def through_fetcher(w, patch, *origins):
    with NixDaemon(w), Fetcher(w, *origins) as fetcher:
        said = w.test("--json", patch=patch, level="evaluate", offline=False, prefix=NOBODY)
        assert len(fetcher.asked) == 1, f"{len(fetcher.asked)} {said.out}"
    return said


@truth("an input that is bumped is fetched by a process of its own, and enters the store as its hash says")
def worker(w):
    said = through_fetcher(w, bumped(w, "8181"), w.other.url)
    assert said.exit == 0, said.out
    assert said.json["evidence"][-1]["summary"].startswith("fetched 1 input (1 KiB): extra of "), said.out


@truth("other files than the lock says are refused by the process that fetches, too")
def worker_lied_to(w):
    patch = bumped(w, "8282")
    serve_input(w, "9999")  # the server has others by now
    said = through_fetcher(w, patch, w.other.url)
    assert said.exit == 22 and said.json["refusal"]["code"] == "input_mismatch", said.out


@truth("a server that leads to one that nobody named is not followed, and what it leads to is never asked")
def worker_led_away(w):
    patch = bumped(w, "8383")
    asked = len(w.own.asked)
    shutil.copy(f"{w.other.folder}/input.tar.gz", w.own.folder)
    w.other.redirects = {"/input.tar.gz": f"{w.own.url}/input.tar.gz"}
    try:
        said = through_fetcher(w, patch, w.other.url)
    finally:
        w.other.redirects = {}
    assert said.exit == 22 and said.json["refusal"]["code"] == "input_origin", said.out
    assert w.own.url.replace("http://", "") in said.json["refusal"]["message"], said.out
    assert len(w.own.asked) == asked, w.own.asked[asked:]


@truth("a server inside of the machine's own network is asked only where the owner names it")
def worker_inside(w):
    patch = bumped(w, "8484")
    asked = len(w.other.asked)
    said = through_fetcher(w, patch)
    assert said.exit == 22 and said.json["refusal"]["code"] == "input_private", said.out
    assert len(w.other.asked) == asked, w.other.asked[asked:]


@truth("a process that fetches and lies itself is not believed")
def worker_lies(w):
    patch = bumped(w, "8585")
    evil = w.folder / "evil-worker"
    evil.mkdir(exist_ok=True)
    (evil / "port.nix").write_text("22\n")
    nar = subprocess.run(["nix-store", "--dump", evil], capture_output=True, check=True).stdout
    path = nix("nix-store", "--add", w.folder / "source")
    nix("nix-store", "--delete", path)
    script = w.folder / "liar.py"
    script.write_text(f"import sys, json\nq = json.loads(sys.stdin.readline())\n"
                      f"nar = bytes.fromhex('{nar.hex()}')\n"
                      "out = sys.stdout.buffer\n"
                      f"line = {{'result': {{'schema': 'agentd.fetched/1', 'path': '{path}', 'nar_bytes': len(nar)}}}}\n"
                      "out.write(json.dumps(line, sort_keys=True, separators=(',', ':')).encode() + b'\\n' + nar)\n")
    with NixDaemon(w), Fetcher(w) as fetcher:
        fetcher.words = [sys.executable, script]
        said = w.test("--json", patch=patch, level="evaluate", offline=False, prefix=NOBODY)
    assert said.exit == 22 and said.json["refusal"]["code"] == "input_mismatch", said.out


def ask_worker(w, url, text, *words, prefix=(), **locked):
    """One locked input, from that address."""
    return ask({"schema": "agentd.fetch/1", "name": "extra", "seconds": 30, "bytes": 1 << 20,
                "locked": {"type": "tarball", "url": url, "narHash": serve_input(w, text)} | locked}, *words, prefix=prefix)


def ask(question, *words, prefix=()):
    """One question, asked over a socket as the daemon does; the process, our end and the line that it answers."""
    ours, theirs = socket.socketpair()
    process = subprocess.Popen([*prefix, "setpriv", "--reuid=65533", "--regid=65533", "--clear-groups", BIN / "agentd-fetch", *words],
                               stdin=theirs, stdout=theirs, env=ENVIRONMENT | {"PATH": "/usr/sbin:/usr/bin:/bin"})
    theirs.close()
    ours.sendall(json.dumps(question).encode() + b"\n")
    line = b""
    while not line.endswith(b"\n"):
        more = ours.recv(1)
        assert more, line
        line += more
    return process, ours, json.loads(line)


@truth("a fetch whose other half dies, or that nobody waits for any more, ends at once")
def worker_ends(w):
    for name, body, leaves in (("dies", "exit 1", False), ("hangs", "exec /bin/sleep 60", True)):
        program = w.folder / f"nix-store-that-{name}"
        program.write_text(f"#!/bin/sh\n{body}\n")
        program.chmod(0o755)
        process, ours, answer = ask_worker(w, f"{w.other.url}/input.tar.gz", f"{name}", "--origin", w.other.url, "--nix-store", program)
        assert "result" in answer, answer
        if leaves:
            ours.close()
        process.wait(5)
        ours.close()


@truth("a revision of a git repository is fetched by the process that fetches")
def worker_git(w):
    def git(*words, where):
        return subprocess.run(["git", "-c", "user.name=t", "-c", "user.email=t@example.org", *words], cwd=where, check=True,
                              capture_output=True, text=True, env=ENVIRONMENT).stdout.strip()
    tree = w.folder / "source"
    serve_input(w, "git")
    git("init", "-q", "-b", "main", ".", where=tree)
    git("add", "-A", where=tree)
    git("commit", "-q", "-m", "t", where=tree)
    git("clone", "-q", "--bare", ".", f"{w.other.folder}/input.git", where=tree)
    git("update-server-info", where=f"{w.other.folder}/input.git")
    rev = git("rev-parse", "HEAD", where=tree)
    shutil.rmtree(tree / ".git")
    process, ours, answer = ask_worker(w, f"{w.other.url}/input.git", "git", "--origin", w.other.url, type="git", ref="main", rev=rev)
    assert "result" in answer, answer
    while ours.recv(4096):
        pass
    assert process.wait(10) == 0


@truth("newer inputs are locked by a process that asks nobody but whom the flake names, and hands out nothing but the lock")
def worker_relocks(w):
    old = serve_input(w, "1")
    url = f"{w.other.url}/input.tar.gz"
    place = {"type": "tarball", "url": url}
    lock = {"nodes": {"extra": {"flake": False, "locked": place | {"narHash": old}, "original": place},
                      "root": {"inputs": {"extra": "extra"}}}, "root": "root", "version": 7}
    question = {"schema": "agentd.relock/1", "inputs": ["extra"], "addresses": [], "seconds": 30, "bytes": 1 << 20, "lock": json.dumps(lock),
                "flake": f'{{ inputs.extra = {{ url = "{url}"; flake = false; }}; outputs = {{ self, extra }}: throw "called"; }}'}
    new = serve_input(w, "2")
    process, ours, answer = ask(question, "--origin", w.other.url)
    text = b""
    while more := ours.recv(4096):
        text += more
    assert process.wait(20) == 0 and answer["result"]["lock_bytes"] == len(text), (answer, text)
    lock["nodes"]["extra"]["locked"] = json.loads(text)["nodes"]["extra"]["locked"]
    assert json.loads(text) == lock and lock["nodes"]["extra"]["locked"]["narHash"] == new != old, text

    def refused(code, *words, **other):
        process, ours, answer = ask(question | other, *words)
        ours.close()
        assert process.wait(20) == 0 and answer["error"]["code"] == code, answer
    refused("input_private")
    asked = len(w.own.asked)
    w.other.redirects = {"/input.tar.gz": f"{w.own.url}/input.tar.gz"}
    try:
        refused("input_origin", "--origin", w.other.url)
        assert len(w.own.asked) == asked, w.own.asked[asked:]
    finally:
        w.other.redirects = {}
    refused("input_not_fetched", "--origin", w.other.url, flake='{ inputs.extra.url = "path:/etc"; outputs = { ... }: { }; }')
    refused("fetch_limit", "--origin", w.other.url, bytes=10)


@truth("this machine is not connected to under an address of everybody's either")
def worker_itself(w):
    own = ("unshare", "--net", "sh", "-c", "ip link set lo up; ip addr add 11.22.33.44/32 dev lo; "
           "timeout 30 python3 -c 'import socket; socket.create_server((\"11.22.33.44\", 80)).accept()' & sleep 1; exec \"$@\"", "sh")
    process, ours, answer = ask_worker(w, "http://11.22.33.44/input.tar.gz", "1", prefix=own)
    ours.close()
    process.wait(20)
    assert answer["error"]["code"] == "input_private", answer


@truth("a proposal's lock that names another tree than its address gives is refused, and so is an origin that nobody allowed")
def lying_lock(w):
    for old, new, code in ((w.other.url, w.own.url, "input_origin"), ("narHash", None, "input_mismatch")):
        lock = w.clone.dir / "flake.lock"
        flake = w.clone.dir / "flake.nix"
        before, named = lock.read_text(), flake.read_text()
        data = json.loads(before)
        if new:
            flake.write_text(named.replace(old, new))
        for place in (data["nodes"]["extra"]["locked"], data["nodes"]["extra"]["original"]):
            if new:
                place["url"] = place["url"].replace(old, new)
        if not new:  # a tree that is in the store under the name of a source
            evil = w.folder / "evil" / "source"
            evil.mkdir(parents=True)
            (evil / "port.nix").write_text("22\n")
            nix("nix-store", "--add", evil)
            data["nodes"]["extra"]["locked"]["narHash"] = nix("nix", "hash", "path", "--sri", evil)
        lock.write_text(json.dumps(data, indent=2) + "\n")
        patch = w.clone.git("diff")
        lock.write_text(before)
        flake.write_text(named)
        with NixDaemon(w):
            said = w.test("--json", patch=patch, level="evaluate", offline=False, prefix=NOBODY)
        assert said.exit == 22 and said.json["refusal"]["code"] == code, said.out


def main() -> int:
    with tempfile.TemporaryDirectory(prefix="agentd-daemon-", dir="/var/lib") as folder:
        os.chmod(folder, 0o755)
        own_store.take(os.path.join(folder, "store"))
        for part in ("etc", "etc-work"):
            (Path(folder) / part).mkdir()
        subprocess.run(["mount", "-t", "overlay", "overlay", "-o",
                        f"lowerdir=/etc,upperdir={folder}/etc,workdir={folder}/etc-work", "/etc"], check=True)
        Path("/etc/nix").mkdir(exist_ok=True)
        SOCKET.parent.mkdir(exist_ok=True)
        subprocess.run(["mount", "-t", "tmpfs", "-o", "mode=755", "tmpfs", "/run"], check=True)  # of this process alone
        world = World(Path(folder))
        try:
            return truths.judge(TRUTHS, world)
        finally:
            for cache in world.caches:
                cache.stop()
            for mounted in ("/run", "/etc", "/nix"):
                subprocess.run(["umount", "--lazy", mounted], check=False)


if __name__ == "__main__":
    sys.exit(main())
