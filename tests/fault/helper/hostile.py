"""A daemon that is an enemy: it speaks to the privileged helper itself, and may say whatever it likes.

Needs a lab (tests/demo/lab) with a machine, agentd-auditd and agentd-applyd; agentd is not started: we are it.
"""

import datetime
import hashlib
import json
import os
import secrets
import shutil
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../e2e/loop"))
from client import Lab, check, lines_of, wait  # noqa: E402

NIX = {"NIX_CONFIG": "experimental-features = nix-command flakes\nsubstituters =\n", "PATH": os.environ["PATH"],
       "HOME": "/nonexistent"}


def canonical(value):
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def sha256(text):
    return hashlib.sha256(text.encode()).hexdigest()


def instant(seconds):
    at = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=seconds)
    return at.strftime("%Y-%m-%dT%H:%M:%S.%fZ")


class Enemy(Lab):
    """The lab with us in the place of agentd."""

    def start(self):
        self.sh("lab_start_auditd")
        self.sh("lab_start_applyd")

    def closure(self, path):
        said = subprocess.run(["nix", "path-info", "--json", "-r", path], env=NIX, check=True, capture_output=True)
        return {p["path"]: p for p in json.loads(said.stdout)}

    def manifest(self, path):
        infos = self.closure(path)
        return "".join(f"{p}\t{infos[p]['narHash']}\t{infos[p]['narSize']}\n" for p in sorted(infos))

    def effects(self, old, new):
        for name, path in (("from", old), ("to", new)):
            with open(self.path(name + ".manifest"), "w") as f:
                f.write(self.manifest(path))
        said = subprocess.run([os.environ["LAB_BIN"] + "/agentd-analyze", "--from", old, "--to", new, "--from-manifest",
                               self.path("from.manifest"), "--to-manifest", self.path("to.manifest")],
                              capture_output=True, text=True)
        check(said.returncode == 0, said.stderr)
        return json.loads(said.stdout)

    def statement(self, to, **changes):
        old = changes.pop("running", None) or self.running()
        with open(self.path("etc/policy.toml")) as f:
            policy = sha256(f.read())
        value = {
            "schema": "agentd.statement/2", "proposal": "01ARZ3NDEKTSV4RRFFQ69G5FAV", "revision": "0" * 64,
            "author": {"id": "someone", "kind": "human", "via": "socket", "binding": None}, "typed_host": False,
            "told": {"source": "words", "checks": "none", "options_disagree": False},
            "base_commit": "0" * 40, "candidate_commit": "1" * 40, "base_tree_sha256": "0" * 64,
            "candidate_tree_sha256": "1" * 64, "flake_lock_sha256": None, "act": None, "host": "web",
            "machine_id": self.machine_id(), "from": {"path": old, "nar_hash": self.nar_hash(old)},
            "drv": to + ".drv", "toplevel": to, "toplevel_nar_hash": self.nar_hash(to),
            "closure_manifest_sha256": sha256(self.manifest(to)),
            "effects_sha256": sha256(canonical(self.effects(old, to))) if "effects_sha256" not in changes else "",
            "page_sha256": "0" * 64, "policy_sha256": policy, "required_level": "approve", "mode": "switch",
            "rollback_to": None, "not_before": instant(-60), "expires": instant(1500), "nonce": secrets.token_hex(32)}
        value.update(changes)
        return canonical(value)

    def nar_hash(self, path):
        return self.closure(path)[path]["narHash"]

    def machine_id(self):
        with open(self.path("machine/root/etc/machine-id")) as f:
            return f.read().strip()

    def ask(self, request, timeout=120):
        """Every line of the answer."""
        return list(lines_of(self.path("run/apply.sock"), request, timeout=timeout))

    def apply(self, statement, presence, timeout=120):
        return self.ask({"op": "apply", "statement": statement, "presence": presence}, timeout)[-1]

    def apply_signed(self, to, timeout=120, **changes):
        statement = self.statement(to, **changes)
        return self.apply(statement, self.sign(statement), timeout)

    def system(self, file, change):
        """Another system: the owner's flake with one file changed, committed and built."""
        return self.toplevel(self.owner_commits(file, change, "another system"))

    def forge(self, name, script):
        """Anything that anybody may build into the store: `script` runs in Nix's sandbox, busybox is $bb."""
        tools = self.path("bb")
        os.makedirs(tools, exist_ok=True)
        shutil.copy(shutil.which("busybox"), tools + "/busybox")
        text = ("let bb = \"${builtins.path { name = \"bb\"; path = %s; }}/busybox\"; in derivation { name = \"%s\";"
                " system = builtins.currentSystem; builder = bb; inherit bb; running = builtins.storePath %s;"
                " args = [ \"sh\" \"-c\" \"%s\" ]; }" % (tools, name, self.running(), script))
        said = subprocess.run(["nix-build", "--no-out-link", "--option", "build-users-group", "", "-E", text],
                              env=NIX, capture_output=True, text=True)
        check(said.returncode == 0, said.stderr)
        return said.stdout.strip()
