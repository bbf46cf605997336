#!/usr/bin/env python3
"""Binary caches on loopback: what the running system's own have is fetched, and nothing from anybody else's.

The packages are such that no build of agentd's can make them: they want a feature that it never grants. FAR says how
many there are (a measurement takes more).
"""

import http.server
import os
import re
import shutil
import signal
import subprocess
import threading
import time

from client import Lab, Refused, check, main, truth

FAR = int(os.environ.get("FAR", "12"))
KIB = 256


class Cache:
    """A folder that is served as a binary cache, and what was asked of it."""

    def __init__(self, folder):
        os.makedirs(folder, exist_ok=True)
        self.folder, self.asked, self.silent, self.port, self.server = folder, [], False, 0, None
        self.end = threading.Event()
        self.redirects = {}  # path -> address

    def start(self):
        cache = self

        class Handler(http.server.SimpleHTTPRequestHandler):
            def __init__(self, *args):
                super().__init__(*args, directory=cache.folder)

            def do_GET(self):
                cache.asked.append(self.path)
                if cache.silent:
                    cache.end.wait(300)
                elif self.path in cache.redirects:
                    self.send_response(302)
                    self.send_header("Location", cache.redirects[self.path])
                    self.send_header("Content-Length", "0")
                    self.end_headers()
                else:
                    super().do_GET()

            def log_message(self, *args):
                pass

        class Server(http.server.ThreadingHTTPServer):
            allow_reuse_address = daemon_threads = True

        self.server = Server(("127.0.0.1", self.port), Handler)
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def stop(self):
        self.end.set()
        self.server.shutdown()
        self.server.server_close()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"


class CacheLab(Lab):
    def __init__(self):
        super().__init__("caches", 8617)
        self.env |= {"LAB_FETCH": "true", "LAB_FETCH_SECONDS": os.environ.get("FETCH_SECONDS", "12")}
        self.own = Cache(self.path("own-cache")).start()
        self.other = Cache(self.path("other-cache")).start()

    def prepare(self):
        self.sh("lab_prepare")
        for name in ("own", "other"):
            self.sh(f'nix-store --generate-binary-cache-key {name}-1 "$LAB/keys/{name}.secret" "$LAB/keys/{name}.public"')
        self.owner_commits("hosts/web/default.nix", lambda old: in_host(
            old, f'nix.settings.substituters = lib.mkForce [ "{self.own.url}" ];\n  '
                 f'nix.settings.trusted-public-keys = lib.mkForce [ "{self.key("own")}" ];'), "A cache of our own")
        self.sh(f"lab_start_machine --system {self.toplevel(self.head())}")

    def destroy(self, keep=False):
        self.own.stop()
        self.other.stop()
        super().destroy(keep)

    def key(self, name):
        return open(self.path("keys", name + ".public")).read().strip()

    def far(self, name, count=1):
        """A file of Nix with `count` packages, of which each needs the one before."""
        return f"""{{ pkgs }}:
let
  make = n: pkgs.runCommand "{name}-{os.getpid()}-${{toString n}}" {{
    requiredSystemFeatures = [ "elsewhere" ];
    allowSubstitutes = true;
    needs = if n == 1 then "" else make (n - 1);
  }} "mkdir -p $out/bin; head -c {KIB * 1024} /dev/zero > $out/data; echo $needs > $out/needs; echo echo {name} > $out/bin/{name}; chmod +x $out/bin/{name}";
in
make {count}
"""

    def put(self, cache, key, name, count=1):
        """Builds the packages elsewhere, puts them into the cache, and takes them out of the store; their paths."""
        file = self.path(name + ".nix")
        with open(file, "w") as f:
            f.write(self.far(name, count))
        tree = self.path("owner")
        paths = self.sh(f"""
            drv=$(nix-instantiate --quiet --expr 'import {file} {{ pkgs = import {tree}/pkgs {{ lib = import {tree}/lib; system = "x86_64-linux"; }}; }}' 2> /dev/null)
            out=$(nix-store --quiet -r "$drv" --option system-features elsewhere 2> /dev/null)
            nix copy --to "file://{cache.folder}?compression=none&secret-key=$LAB/keys/{key}.secret" "$out"
            nix-store -qR "$out" | grep -e '-{name}-{os.getpid()}-'
            nix-store -qR "$out" | grep -e '-{name}-{os.getpid()}-' | xargs nix-store --quiet --delete > /dev/null 2>&1""").split()
        check(len(paths) == count and not any(os.path.exists(p) for p in paths), paths)
        return paths

    def patch_with(self, name, more="", flake=None, count=1):
        """Adds the package to the host in a module of its own; `more` lines stand there, too; `flake` edits flake.nix."""
        module = (f"{{ pkgs, ... }}:\n{{\n  environment.systemPackages = [ (import ./{name}.nix {{ inherit pkgs; }}) ];\n"
                  f"  {more}\n}}\n")
        self.edit(f"hosts/web/{name}.nix", lambda old: self.far(name, count))
        for path, change in ((f"hosts/web/with-{name}.nix", lambda old: module), ("flake.nix", flake),
                             ("hosts/web/default.nix", lambda old: imports(old, f"./with-{name}.nix"))):
            if change:
                full = self.path("owner", path)
                text = change(open(full).read() if os.path.exists(full) else None)
                with open(full, "w") as f:
                    f.write(text)
        self.git("owner", "add", "-A")
        diff = self.git("owner", "diff", "--cached") + "\n"
        self.git("owner", "reset", "-q", "--hard")
        return diff


def imports(old, file):
    check("imports = [ ../common.nix" in old, old)
    return old.replace("imports = [ ../common.nix", f"imports = [ ../common.nix {file}")


def in_host(old, lines):
    check('networking.hostName = "web";' in old, old)
    return old.replace('networking.hostName = "web";', f'networking.hostName = "web";\n\n  {lines}')


def built(detail):
    return next(e for e in detail["evidence"] if e["level"] == "build")


def refused(lab, name, **more):
    detail = lab.propose(f"Add {name}", lab.patch_with(name, **more), "refused")
    return detail, detail["refusal"]


@truth("what only the machine's own cache has is fetched and not built, and the evidence says how much from where")
def fetched(lab):
    paths = lab.put(lab.own, "own", "far", FAR)
    began = time.monotonic()
    detail = lab.propose("Add far", lab.patch_with("far", count=FAR))
    evidence = built(detail)
    print(f"# {FAR} packages of {KIB} KiB: {time.monotonic() - began:.2f} s from patch to decided, "
          f"build level {evidence['duration_ms']} ms: {evidence['summary']}")
    said = re.match(rf"fetched {FAR} paths \(([0-9.]+) MiB\) from {re.escape(lab.own.url)}, built ", evidence["summary"])
    check(evidence["status"] == "passed" and said, evidence)
    check(0 <= float(said[1]) - FAR * KIB / 1024 < 0.1 + FAR / 500, evidence["summary"])  # each has a few small files besides
    log = lab.call("log", proposal=detail["id"], level="build")["text"]
    for path in paths:
        check(os.path.exists(path) and f"fetching {path}" in log, path, log)
    check("building far" not in log and f"{FAR} paths are in caches" in log, log)
    check(any(e["kind"] == "package_added" and "far" in e["subject"] for e in detail["effects"]["effects"]), detail["effects"])
    check(sum(p.endswith(".nar") for p in lab.own.asked) == FAR, lab.own.asked)
    left = lab.path("state/nix-scratch/fetched")
    check(not os.path.exists(left) or not os.listdir(left), "roots of the fetch are left")


@truth("between approval and apply nothing is asked of a cache, and what was fetched runs")
def applied(lab):
    detail = next(p for p in lab.call("list")["proposals"] if p["title"] == "Add far")
    before = len(lab.own.asked)
    lab.carry_out(detail["id"])
    check(lab.on("far") == "far", "it does not run")
    check(len(lab.own.asked) == before, lab.own.asked[before:])


@truth("what the machine's cache holds under a key that is not the machine's is refused by name, and stays out of the store")
def wrong_key(lab):
    paths = lab.put(lab.own, "other", "forged")
    detail, why = refused(lab, "forged")
    check(why["code"] == "substitution_failed" and lab.own.url in why["message"] and "forged" in why["message"], why)
    check("nix.settings.substituters" in why["hint"], why)
    check(built(detail)["status"] == "failed" and not os.path.exists(paths[0]), detail["evidence"])


@truth("a cache that is away is named, with what it may have and what to do; nothing of it is compiled here")
def dead(lab):
    paths = lab.put(lab.own, "own", "lonely")
    lab.own.stop()
    began = time.monotonic()
    detail, why = refused(lab, "lonely")
    took = time.monotonic() - began
    print(f"# refused within {took:.1f} s: {why['message'][:200]}")
    check(why["code"] == "substitution_failed" and f"{lab.own.url} does not answer" in why["message"], why)
    check("lonely" in why["message"] and "nix.fetch" in why["hint"] and why["where"] == lab.own.url, why)
    check(took < 40 and not os.path.exists(paths[0]), took)
    # What no cache is asked for is built here all the same.
    said = built(lab.propose("A page", lab.patch("hosts/web/www/index.html", lambda old: old + "<!-- offline -->\n")))
    lab.own.end.clear()
    lab.own.start()
    check(said["status"] == "passed" and said["summary"].startswith("built "), said)
    detail = lab.propose("Add lonely", lab.patch_with("lonely"))
    check(f"fetched 1 path ({KIB + 1} KiB)" in built(detail)["summary"], built(detail))


@truth("a cache that takes a question and never answers is waited for only so long, and named")
def silent(lab):
    lab.put(lab.own, "own", "mute")
    lab.own.silent = True
    began = time.monotonic()
    detail, why = refused(lab, "mute")
    took = time.monotonic() - began
    lab.own.silent = False
    lab.own.end.set()
    check(why["code"] == "fetch_timeout" and lab.own.url in why["message"] and "nix.fetch_seconds" in why["hint"], why)
    check(built(detail)["status"] == "timed_out" and took < 40, took, detail["evidence"])


@truth("a proposal that names its own caches and keys, in the system or for the flake, gets nothing from there")
def own_caches(lab):
    paths = lab.put(lab.other, "other", "theirs")
    detail, why = refused(
        lab, "theirs", more=f'nix.settings.extra-substituters = [ "{lab.other.url}" ];\n  '
        f'nix.settings.extra-trusted-public-keys = [ "{lab.key("other")}" ];')
    check(why["code"] == "build_failed" and built(detail)["status"] == "failed", why)
    try:
        lab.propose("Add theirs", lab.patch_with("theirs", flake=with_config(lab)))
        raise AssertionError("nixConfig was taken")
    except Refused as error:
        check(error.code == "nix_config", error)
    check(lab.other.asked == [] and not os.path.exists(paths[0]), lab.other.asked)


def with_config(lab):
    return lambda old: old.replace("\n  outputs =", f"""
  nixConfig.extra-substituters = [ "{lab.other.url}" ];
  nixConfig.extra-trusted-public-keys = [ "{lab.key("other")}" ];

  outputs =""", 1)


@truth("a flake of the owner's own that names caches for itself gets nothing from there either: only nix.conf counts")
def owners_flake(lab):
    lab.owner_commits("flake.nix", with_config(lab), "A cache for the flake")
    detail, why = refused(lab, "theirs")
    check(why["code"] == "build_failed", why)
    check(lab.other.asked == [], lab.other.asked)


@truth("a Nix that does not take what is forced keeps agentd from starting, and it says which setting")
def odd_nix(lab):
    odd, real, config = lab.path("odd-nix"), shutil.which("nix"), lab.path("etc/agentd.toml")
    with open(odd, "w") as f:
        f.write(f"""#!/bin/sh
case " $* " in *" show-config "* | *" config show "*) {real} "$@" | sed 's/^sandbox = .*/sandbox = relaxed/' ;; *) exec {real} "$@" ;; esac
""")
    os.chmod(odd, 0o755)
    lab.kill("agentd", signal.SIGTERM)
    kept = open(config).read()
    with open(config, "w") as f:
        f.write(kept.replace("[nix]\n", f'[nix]\nnix = "{odd}"\n'))
    done = subprocess.run([os.environ["LAB_BIN"] + "/agentd", "--config", config], capture_output=True, text=True, timeout=60)
    check(done.returncode == 78, done.returncode, done.stderr)
    check("sandbox = true" in done.stderr and "relaxed" in done.stderr, done.stderr)
    with open(config, "w") as f:
        f.write(kept)
    lab.start_agentd()


if __name__ == "__main__":
    main(CacheLab())
