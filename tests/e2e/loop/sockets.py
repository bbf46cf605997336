#!/usr/bin/env python3
"""Spoken to directly: the helper's socket, the log's socket, broken files of settings, a full disk."""

import hashlib
import json
import os
import secrets
import shutil
import signal
import subprocess
import threading
import time

from client import Lab, Refused, check, lines_of, main, truth, wait


class FullDiskLab(Lab):
    """A laboratory whose log lies on a small disk of its own."""

    def prepare(self):
        super().prepare()
        os.mkdir(self.path("audit"), 0o700)
        subprocess.run(["mount", "-t", "tmpfs", "-o", "size=4m,mode=0700", "none", self.path("audit")], check=True)

    def destroy(self, keep=False):
        self.sh("lab_stop", check=False)
        subprocess.run(["umount", "--lazy", self.path("audit")], capture_output=True)
        super().destroy(keep)


def canonical(value):
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def of_type(lab, kind, start=0):
    return [e for e in lab.entries(start) if e["type"] == kind]


def decided(lab, name):
    diff = lab.patch("hosts/web/www/index.html", lambda old: old + f"<!-- {name} -->\n")
    proposal = lab.propose(name, diff)["id"]
    return proposal, lab.call("statement", proposal=proposal)["statement"]


def helper_refuses(lab, code, request, raw=False):
    """The helper says no with this code, has said so in the log, and touched nothing."""
    running, profile, start = lab.running(), lab.profile(), lab.log_size()
    answer = lab.applyd(request, raw=raw)
    check(answer is None or answer["ok"] is False, "it was taken:", answer)
    if answer is not None:
        check(answer["error"]["code"] == code, "not", code, "but", answer["error"])
        check(answer["error"]["message"], "without a word")
    said = wait(5, f"{code} is in the log", lambda: of_type(lab, "statement.refused", start))
    check([e["body"]["code"] for e in said] == [code] and said[0]["body"]["peer_uid"] == 0, said)
    check(lab.running() == running and lab.profile() == profile, "the machine moved")
    check(not of_type(lab, "apply.intent", start), "an intent was written")


def apply_request(lab, statement, key="alice", **presence):
    return {"op": "apply", "statement": statement, "presence": dict(lab.sign(statement, key), **presence)}


@truth("the helper refuses garbage and what is too long, says so in the log, and goes on")
def garbage(lab):
    for line in (b"garbage\n", b"[]\n", b'{"op":\n', b"\xff\xfe\n", b"\n"):
        start = lab.log_size()
        answer = lab.applyd(line, raw=True)
        check(answer["ok"] is False, line, answer)
        wait(5, "it is in the log", lambda: of_type(lab, "statement.refused", start))
    start = lab.log_size()
    lab.applyd(b"x" * (2 << 20), raw=True)
    wait(15, "it is in the log", lambda: of_type(lab, "statement.refused", start))
    for request in ({"op": "dance"}, {}, {"op": 5}):
        check(lab.applyd(request)["error"]["code"] == "usage", request)
    helper_refuses(lab, "unknown_field", {"op": "apply", "statement": "{}", "presence": None, "force": True})
    check(lab.applyd({"op": "state"})["ok"], "it does not go on")


@truth("the helper refuses a signed statement that is not for this host, machine, time, store or policy")
def statements(lab):
    proposal, text = decided(lab, "varied")
    good = json.loads(text)

    def vary(code, **fields):
        helper_refuses(lab, code, apply_request(lab, canonical(dict(good, **fields))))
    vary("wrong_host", host="db")
    vary("wrong_machine", machine_id="0" * 32)
    vary("wrong_effects", effects_sha256="0" * 64)
    vary("wrong_manifest", closure_manifest_sha256="0" * 64)
    vary("policy_changed", policy_sha256="0" * 64)
    vary("not_a_toplevel", toplevel="/nix/store/" + os.path.realpath(lab.running() + "/etc").split("/")[3])
    vary("not_a_toplevel", toplevel="/nix/store/" + "0" * 32 + "-nothing")
    vary("from_mismatch", **{"from": dict(good["from"], path=good["toplevel"])})
    vary("expired", not_before="2020-01-01T00:00:00.000000Z", expires="2020-01-01T00:30:00.000000Z")
    vary("not_yet", not_before="2099-01-01T00:00:00.000000Z", expires="2099-01-01T00:30:00.000000Z")
    vary("expired", expires="2099-01-01T00:30:00.000000Z")
    other = "01" + "Z" * 24
    vary("wrong_host", host="db", proposal=other)  # an id that nobody knows must not trip who reads the log
    check(lab.show(proposal)["state"] == "decided", "it is decided no more")


@truth("the helper refuses a statement that nobody, a stranger, or another purpose signed")
def presences(lab):
    lab.sh('[ -e "$LAB/keys/mallory" ] || ssh-keygen -q -t ed25519 -N "" -C mallory -f "$LAB/keys/mallory"')
    _, text = decided(lab, "signed")
    helper_refuses(lab, "presence", {"op": "apply", "statement": text, "presence": None})
    helper_refuses(lab, "unknown_key", apply_request(lab, text, "mallory"))
    helper_refuses(lab, "bad_signature", apply_request(lab, text, "mallory", key_id=lab.key_id()))
    helper_refuses(lab, "wrong_digest", apply_request(lab, text, signed_digest="0" * 64))
    automatic = canonical(dict(json.loads(text), required_level="auto"))
    helper_refuses(lab, "denied", {"op": "apply", "statement": automatic, "presence": None})


@truth("the helper asks its own copy of the policy, and a change of it undoes an approval")
def policy_changed(lab):
    proposal, text = decided(lab, "under the old policy")
    lab.approve(proposal)
    file = lab.path("etc/policy.toml")
    old = open(file).read()
    open(file, "a").write("# changed\n")
    try:
        helper_refuses(lab, "policy_changed", apply_request(lab, text))
        try:
            lab.call("apply", proposal=proposal)
            raise AssertionError("it was applied")
        except Refused as error:
            check(error.code == "stale" and "policy" in error.words, error)
        check(lab.show(proposal)["state"] == "stale", lab.show(proposal)["state"])
        os.chmod(file, 0o666)
        answer = lab.applyd(apply_request(lab, text))
        check(not answer["ok"] and "only root may write" in answer["error"]["message"], answer)
    finally:
        os.chmod(file, 0o644)
        open(file, "w").write(old)
    check(lab.call("verify", proposal=proposal)["proposal"]["state"] == "decided", "it cannot be verified again")


@truth("the very statement that was applied is refused when it comes again")
def replayed(lab):
    proposal, text = decided(lab, "replayed")
    request = apply_request(lab, text)
    done = lab.applyd(request)
    check(done["ok"] and done["outcome"]["outcome"] == "confirmed", done)
    lab.settled(proposal, "confirmed")
    helper_refuses(lab, "used", request)


def child_of(parent, name):
    """The first child of any thread of this process with this name."""
    for task in os.listdir(f"/proc/{parent}/task"):
        for pid in open(f"/proc/{parent}/task/{task}/children").read().split():
            try:
                if open(f"/proc/{pid}/comm").read().strip() == name:
                    return int(pid)
            except OSError:
                pass
    return None


def built_anew(lab):
    """Applied while the store gets other bytes under its name. False when the worker had opened it already."""
    patch = lab.patch("hosts/web/default.nix", lambda old: old.rstrip().removesuffix("}") + """
  environment.etc."moment-NAME".source = pkgs.runCommand "moment-NAME" { } "cat /proc/sys/kernel/random/uuid > $out";
}
""".replace("NAME", secrets.token_hex(8)))
    detail = lab.propose("of this moment", patch)
    system, running, start = detail["toplevel"], lab.running(), lab.log_size()
    moments = lambda: [open(os.path.join(system, "etc", name)).read()
                       for name in sorted(os.listdir(system + "/etc")) if name.startswith("moment-")]
    approved = moments()
    text = lab.call("statement", proposal=detail["id"])["statement"]
    done = {}
    thread = threading.Thread(target=lambda: done.update(lab.applyd(apply_request(lab, text))))
    thread.start()
    worker, until = None, time.monotonic() + 20
    while not worker and time.monotonic() < until:
        worker = child_of(lab.pid("applyd"), "agentd-analyze")
    os.kill(worker, signal.SIGSTOP)
    try:
        shutil.rmtree(lab.path("state/gcroots"))
        lab.sh(f"""nix-store -qR {system} | tac | grep -vxFf <(nix-store -qR {running}) |
                xargs -n1 nix-store --delete || : # what somebody else keeps stays
            nix-store -r {detail["drv"]}""")
    finally:
        os.kill(worker, signal.SIGCONT)
    thread.join()
    if moments() == approved:
        return False
    check(not done["ok"] and done["error"]["code"] in ("wrong_manifest", "not_in_store"), done)
    check(lab.running() == running and not of_type(lab, "apply.intent", start), "the machine moved")
    return True


@truth("a system that is deleted and built anew while the helper looks at it is not applied")
def rebuilt(lab):
    check(any(built_anew(lab) for _ in range(6)), "it was never built anew in time")


@truth("garbage and foreign types are refused by the log's writer, and the log stays as it is")
def log_garbage(lab):
    socket = lab.path("run/append.sock")
    size = lab.log_size()
    for line in (b"garbage\n", b"[1,2]\n", b'{"op":"dance"}\n', b'{"op":"append","entries":[]}\n', b"\xff\n",
                 b'{"op":"append","entries":[{}]}\n', b'{"op":"read","from":-1,"limit":1}\n'):
        answer = next(lines_of(socket, line, raw=True, timeout=20))
        check(answer["ok"] is False and answer["error"]["code"], line, answer)
    list(lines_of(socket, b"x" * (3 << 20), raw=True, timeout=30))
    old = lab.entries()[0]

    def entry(kind, **more):
        return dict({"type": kind, "id": "01" + "7" * 24, "actor": {"kind": "human", "id": "mallory", "uid": 0},
                     "cause": None, "subject": "host:web", "body": {}}, **more)
    for code, value in (("denied", entry("log.opened")), ("denied", entry("audit.disk_full")),
                        ("unknown_type", entry("made.up")),
                        ("id_reused", entry("daemon.started", id=old["id"],
                                            body={"program": "x", "version": "y"}))):
        answer = next(lines_of(socket, {"op": "append", "entries": [value]}, timeout=20))
        check(answer["ok"] is False and answer["error"]["code"] == code, code, answer)
    check([e for e in lab.entries(size) if e["actor"]["id"] == "mallory"] == [], "something was written")
    check(lab.call("audit.verify")["ok"], "the log does not verify")


@truth("a broken policy.toml stops what depends on it, with line and column, and mends without a restart")
def policy_broken(lab):
    file = lab.path("etc/policy.toml")
    old = open(file).read()
    waiting, _ = decided(lab, "waits for the policy")
    try:
        open(file, "w").write('schema = "agentd.policy/1"\nrevision = 1\n\n[defaults]\nlevle = "auto"\n')
        diff = lab.patch("hosts/web/www/index.html", lambda text: text + "<!-- broken policy -->\n")
        refusal = lab.propose("t", diff, "refused")["refusal"]
        check(refusal["stage"] == "explain" and "levle" in refusal["message"] and ":5:" in refusal["where"] + ":",
              refusal)
        try:
            lab.call("statement", proposal=waiting)
            raise AssertionError("a statement was given")
        except Refused as error:
            check("levle" in error.words, error)
        row = next(c for c in lab.call("doctor")["checks"] if c["name"] == "policy")
        check(not row["ok"] and "policy.toml:5:" in row["detail"], row)
    finally:
        open(file, "w").write(old)
    lab.call("statement", proposal=waiting)


@truth("an unknown key of agentd.toml ends each program with status 78 and its line and column")
def config_broken(lab):
    old = open(lab.path("etc/agentd.toml")).read()
    file = lab.path("etc/broken.toml")
    open(file, "w").write(old.replace("[web]\n", "[web]\n  prot = 8\n"))
    line = open(file).read().split("\n").index("  prot = 8") + 1
    for program in ("agentd", "agentd-applyd"):
        done = subprocess.run([os.path.join(os.environ["LAB_BIN"], program), "--config", file], text=True,
                              capture_output=True, timeout=20)
        check(done.returncode == 78, program, "ended with", done.returncode, done.stderr)
        check(f"broken.toml:{line}:3" in done.stderr and "prot" in done.stderr and "port" in done.stderr, done.stderr)


@truth("the helper does not start on an agentd.toml that others may write")
def config_of_others(lab):
    file = lab.path("etc/open.toml")
    open(file, "w").write(open(lab.path("etc/agentd.toml")).read().replace("apply.sock", "other.sock"))
    os.chmod(file, 0o666)
    done = subprocess.run([os.path.join(os.environ["LAB_BIN"], "agentd-applyd"), "--config", file], text=True,
                          capture_output=True, timeout=20)
    check(done.returncode == 78 and "only root may write" in done.stderr, done.returncode, done.stderr)


def no_room(lab, number):
    """Fills the last block of the log: why it takes no more, at last."""
    try:
        patch = lab.patch("hosts/web/www/index.html", lambda old: f"{old}<!-- {number} -->\n")
        lab.call("propose", title=f"no room {number}", rationale="the log is full", patch=patch)
    except Refused as error:
        check(error.code in ("unavailable", "busy") and error.words, error)
        return error.words
    return None


@truth("with a full disk under the log nothing is applied, nothing is lost, and it goes on when there is room")
def disk_full(lab):
    proposal, _ = decided(lab, "without room")
    lab.approve(proposal)
    running, entries = lab.running(), lab.entries()
    filler = lab.path("audit/filler")
    with open(filler, "wb", buffering=0) as f:
        try:
            while True:
                f.write(b"x" * 4096)
        except OSError:
            pass
    try:
        for _ in range(2):
            try:
                done = lab.call("apply", proposal=proposal, timeout=180)
                check(done["outcome"]["outcome"] == "failed", "it was applied:", done)
            except Refused as error:
                check(error.code in ("unavailable", "busy") and error.words, error)
        check(lab.running() == running, "the machine moved")
        refused = [said for said in (no_room(lab, i) for i in range(20)) if said]
        check(refused, "the log takes entries without end")
    finally:
        os.unlink(filler)

    def over():
        try:
            state = lab.show(proposal)["state"]
            return state in ("approved", "failed") and state
        except Refused:
            return None
    # The last block may have had room for the intent alone: then it is settled as failed by itself.
    state = wait(40, "it is approved as before, or settled as failed", over)
    now = lab.entries()
    check(now[:len(entries)] == entries, "entries were lost")
    check(not [e for e in now[len(entries):] if e["type"] == "apply.step" and e["body"]["step"] == "activated"],
          "the machine was touched")
    check(lab.running() == running, "the machine moved")
    if state == "failed":
        proposal, _ = decided(lab, "with room")
        lab.approve(proposal)
    done = lab.call("apply", proposal=proposal)
    check(done["outcome"]["outcome"] == "confirmed", done)
    check(of_type(lab, "audit.disk_full"), "the log does not say that it was full")
    check(lab.call("audit.verify")["ok"], "the log does not verify")


if __name__ == "__main__":
    main(FullDiskLab("sockets", 8573))
