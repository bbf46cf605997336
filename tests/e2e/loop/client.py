"""The demo as a laboratory for tests: agentd's sockets, a person's key, and the truths to tell.

Needs root, Nix, git, ssh-keygen and the built programs in LAB_BIN. Nothing here knows agentctl.
"""

import base64
import hashlib
import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time

ROOT = os.path.abspath(os.path.join(os.path.dirname(__file__), "../../.."))
ENDED = {"confirmed", "rolled_back", "failed", "refused", "denied", "withdrawn", "superseded", "lapsed"}


class Refused(Exception):
    """An answer with ok = false; `error` is what it says."""

    def __init__(self, error):
        super().__init__(json.dumps(error, ensure_ascii=False))
        self.error = error
        self.code = error.get("code")
        self.words = " | ".join(str(error.get(k)) for k in ("message", "where", "hint") if error.get(k))


def check(condition, *what):
    if not condition:
        raise AssertionError(" ".join(str(w) for w in what) or "it is not so")


def refused(code, ask, *words, **more):
    """The refusal, for whoever wants its words."""
    try:
        ask(*words, **more)
    except Refused as no:
        check(no.code == code, "not", code, "but", no)
        return no
    raise AssertionError(f"it was taken, not refused as {code}")


def wait(seconds, what, condition):
    """Until `condition` gives something true, which is returned; never longer than `seconds`."""
    until = time.monotonic() + seconds
    while True:
        got = condition()
        if got:
            return got
        if time.monotonic() > until:
            raise AssertionError(f"not within {seconds} s: {what}")
        time.sleep(0.05)


def lines_of(path, *requests, timeout=120, raw=False):
    """Sends the requests on one connection, yields each line of the answer."""
    with socket.socket(socket.AF_UNIX) as s:
        s.settimeout(timeout)
        s.connect(path)
        for request in requests:
            try:
                s.sendall(request if raw else (json.dumps(request) + "\n").encode())
            except BrokenPipeError:
                break  # turned away: the reason waits to be read
        if raw:
            try:
                s.shutdown(socket.SHUT_WR)
            except OSError:
                pass
        with s.makefile("rb") as f:
            try:
                for line in f:
                    yield json.loads(line)
            except ConnectionResetError:
                return


class Lab:
    def __init__(self, name, port, services='"nginx.service"', way_back=60):
        self.dir = f"/var/lib/agentd-e2e-{name}.{os.getpid()}"
        self.env = dict(os.environ, LAB=self.dir, LAB_BIN=os.environ["LAB_BIN"], LAB_PORT=str(port),
                        LAB_SERVICES=services, LAB_WAY_BACK=str(way_back))

    # --- the machine and the processes ---------------------------------------------------------
    def sh(self, script, check=True):
        done = subprocess.run(["bash", "-c", f'. "{ROOT}/tests/demo/lab"\n{script}'], env=self.env, text=True,
                              stdin=subprocess.DEVNULL, capture_output=True)
        if check and done.returncode != 0:
            raise AssertionError(f"`{script}` ended with {done.returncode}: {done.stdout}{done.stderr}")
        return done.stdout.strip() if check else done.returncode

    def path(self, *parts):
        return os.path.join(self.dir, *parts)

    def prepare(self):
        self.sh("lab_prepare")
        self.sh(f"lab_start_machine --system {self.toplevel(self.head())}")

    def start(self):
        self.sh("lab_start_auditd")
        self.sh("lab_start_applyd")
        self.start_agentd()

    def start_agentd(self):
        self.sh('lab_spawn agentd "$LAB_BIN/agentd" --config "$LAB/etc/agentd.toml"')
        self.await_agentd()

    def await_agentd(self):
        def answers():
            try:
                return self.call("list", timeout=20)
            except (OSError, StopIteration):
                return None
        wait(40, "agentd answers", answers)

    def pid(self, name):
        with open(self.path("run", name + ".pid")) as f:
            return int(f.read())

    def kill(self, name, number=signal.SIGKILL):
        """Ends one of our processes by its id and waits until it is gone."""
        pid = self.pid(name)
        try:
            os.kill(pid, number)
        except ProcessLookupError:
            pass
        wait(20, f"{name} is gone", lambda: gone(pid))

    def destroy(self, keep=False):
        self.sh("lab_stop", check=False)
        if not keep:
            shutil.rmtree(self.dir, ignore_errors=True)

    def on(self, command):
        """A line of shell on the machine; its output."""
        running = self.running()
        return self.sh(f"lab_on {running}/sw/bin/sh -c {quoted(f'PATH={running}/sw/bin; {command}')}")

    def answers(self, port):
        """Whether something accepts on this port of the machine, as seen on the machine."""
        with open(self.path("machine/init.pid")) as f:
            init = f.read().strip()
        ask = f"import socket; socket.create_connection(('127.0.0.1', {port}), 1)"
        return subprocess.run(["nsenter", "--target", init, "--net", sys.executable, "-c", ask],
                              capture_output=True).returncode == 0

    def running(self):
        return os.readlink(self.path("machine/root/run/current-system"))

    def profile(self):
        path = self.path("machine/root/var/lib/nixos/profiles/system")
        return os.readlink(os.path.join(os.path.dirname(path), os.readlink(path)))

    def switch(self, system):
        return self.sh(f"lab_on {system}/bin/switch-to-configuration test", check=False)

    # --- the owner --------------------------------------------------------------------------------
    def git(self, where, *words):
        env = dict(self.env, GIT_CONFIG_GLOBAL="/dev/null", GIT_CONFIG_SYSTEM="/dev/null")
        return subprocess.run(["git", "-C", self.path(where), *words], env=env, check=True, text=True,
                              capture_output=True).stdout.rstrip("\n")

    def head(self):
        return self.git("upstream.git", "rev-parse", "main")

    def toplevel(self, commit):
        return self.sh(f"lab_toplevel {commit}")

    def edit(self, path, change):
        """Writes into the owner's work tree, at the head of main: `change` makes new text of old (None: none)."""
        self.git("owner", "reset", "-q", "--hard")
        self.git("owner", "pull", "-q", "--ff-only", "origin", "main")
        full = self.path("owner", path)
        old = open(full).read() if os.path.exists(full) else None
        with open(full, "w") as f:
            f.write(change(old))

    def owner_commits(self, path, change, message):
        self.edit(path, change)
        return self.sh(f"lab_owner_commit {quoted(message)}")

    def patch(self, path, change):
        self.edit(path, change)
        self.git("owner", "add", "-A")
        diff = self.git("owner", "diff", "--cached") + "\n"
        self.git("owner", "reset", "-q", "--hard")
        return diff

    # --- the daemon ---------------------------------------------------------------------------------
    def call(self, method, timeout=120, on_event=None, **params):
        for line in lines_of(self.path("run/admin.sock"), {"method": method, "params": params}, timeout=timeout):
            if "event" in line:
                if on_event:
                    on_event(line["event"])
                continue
            if not line["ok"]:
                raise Refused(line["error"])
            return line["result"]
        raise ConnectionResetError("agentd went away before it answered")

    def applyd(self, request, raw=False, timeout=120):
        answer = None
        for line in lines_of(self.path("run/apply.sock"), request, raw=raw, timeout=timeout):
            answer = line
        return answer

    def entries(self, start=0):
        """Every entry of the log from `start`, as the writer reads it out."""
        lines = []
        while True:
            page = next(lines_of(self.path("run/append.sock"),
                                 {"op": "read", "from": start + len(lines), "limit": 1000}))
            lines += page["lines"]
            if start + len(lines) >= page["size"] or not page["lines"]:
                return [json.loads(line) for line in lines]

    def append(self, kind, subject, body):
        """As the helper would: we are root, or who started it."""
        entry = {"type": kind, "id": ulid(), "subject": subject, "body": body, "cause": None,
                 "actor": {"kind": "system", "id": "agentd-applyd", "uid": 0}}
        said = next(lines_of(self.path("run/append.sock"), {"op": "append", "entries": [entry]}))
        check(said["ok"], said)

    def log_size(self):
        return next(lines_of(self.path("run/append.sock"), {"op": "head"}))["size"]

    def show(self, proposal):
        return self.call("show", proposal=proposal)["proposal"]

    def settled(self, proposal, *states, seconds=90):
        """Waits until the proposal is in one of the states, and gives it whole."""
        def there():
            detail = self.show(proposal)
            if detail["state"] in states:
                return detail
            check(detail["state"] not in ENDED, f"it is {detail['state']}, not {states}:",
                  detail["refusal"] or detail["apply"])
            return None
        return wait(seconds, f"{proposal} is {' or '.join(states)}", there)

    def run(self, goal, *states):
        proposal = self.call("run", goal=goal)["proposal"]["id"]
        return self.settled(proposal, *(states or ("decided",)))

    def propose(self, title, patch, *states, **more):
        proposal = self.call("propose", title=title, rationale=more.pop("rationale", "a test"), patch=patch,
                             **more)["proposal"]["id"]
        return self.settled(proposal, *(states or ("decided",)))

    def sign(self, statement, key="alice", namespace="agentd-approve@v1"):
        file = self.path("statement")
        with open(file, "w") as f:
            f.write(statement)
        if os.path.exists(file + ".sig"):
            os.unlink(file + ".sig")
        subprocess.run(["ssh-keygen", "-q", "-Y", "sign", "-n", namespace, "-f", self.path("keys", key), file],
                       check=True, capture_output=True)
        return {"method": "ssh", "key_id": self.key_id(key), "signature": open(file + ".sig").read(),
                "signed_digest": hashlib.sha256(statement.encode()).hexdigest()}

    def key_id(self, key="alice"):
        blob = base64.b64decode(open(self.path("keys", key + ".pub")).read().split()[1])
        return "SHA256:" + base64.b64encode(hashlib.sha256(blob).digest()).decode().rstrip("=")

    def approve(self, proposal, **more):
        statement = self.call("statement", proposal=proposal)["statement"]
        presence = self.sign(statement)
        self.call("approve", proposal=proposal, statement=statement, presence=presence, **more)
        return statement, presence

    def carry_out(self, proposal, expected="confirmed"):
        """Approve with the key, apply, and see what came of it."""
        self.approve(proposal)
        steps = []
        done = self.call("apply", proposal=proposal, timeout=600, on_event=lambda e: steps.append(e["step"]))
        check(done["outcome"]["outcome"] == expected, "it is not", expected, "but", done["outcome"])
        detail = self.show(proposal)
        check(detail["state"] == expected, detail["state"])
        detail["events"] = steps
        return detail

    def observation(self, key):
        return next((o for o in self.call("status")["observations"] if o["key"] == key), None)


def quoted(text):
    return "'" + text.replace("'", "'\\''") + "'"


def ulid():
    return "01" + "".join(secrets.choice("0123456789ABCDEFGHJKMNPQRSTVWXYZ") for _ in range(24))


def gone(pid):
    """All of it: while one thread is still dying, the sockets are open."""
    try:
        with open(f"/proc/{pid}/stat") as f:
            dead = f.read().rsplit(")", 1)[1].split()[0] in ("Z", "X")
        return dead and len(os.listdir(f"/proc/{pid}/task")) == 1
    except (FileNotFoundError, ProcessLookupError):
        return True


TRUTHS = []


def truth(name):
    def add(test):
        TRUTHS.append((name, test))
        return test
    return add


def tell(lab, only=None):
    """Runs every truth in its order; a false one does not keep the others from being tried."""
    false, began = 0, time.monotonic()
    for number, (name, test) in enumerate(TRUTHS, 1):
        if only and only not in name:
            continue
        start = time.monotonic()
        try:
            test(lab)
            print(f"ok {number} - {name} ({time.monotonic() - start:.1f} s)", flush=True)
        except Exception as error:  # whatever it is, the truth did not hold
            false += 1
            where = error.__traceback__
            while where.tb_next and where.tb_next.tb_frame.f_code.co_filename != __file__:
                where = where.tb_next
            print(f"not ok {number} - {name} ({time.monotonic() - start:.1f} s)\n"
                  f"#   line {where.tb_lineno}: {type(error).__name__}: {error}", flush=True)
    print(f"1..{len(TRUTHS)}  # {false} false, {time.monotonic() - began:.0f} s", flush=True)
    return false


def main(lab):
    """Prepares the laboratory, tells the truths and cleans up. KEEP=1 leaves the folder behind."""
    false = 1
    try:
        lab.prepare()
        lab.start()
        false = tell(lab, os.environ.get("ONLY"))
    finally:
        if false:
            for name in ("agentd", "applyd", "auditd"):
                log = lab.path("log", name + ".log")
                if os.path.exists(log):
                    print(f"# {name}: " + "# ".join(open(log).readlines()[-8:]), file=sys.stderr)
        lab.destroy(keep=bool(os.environ.get("KEEP")))
    sys.exit(1 if false else 0)
