#!/usr/bin/env python3
"""Confirmed by somebody who came in again, cancelled, or taken back: with the real programs and keys."""

import json
import os
import secrets
import signal
import subprocess
import sys
import threading
import time

from client import Lab, Refused, check, main, truth, wait

SECONDS = 12


class Waits(Lab):
    """A laboratory where changes of the network wait for a confirmation."""

    def __init__(self):
        super().__init__("confirm", 8576, way_back=30)
        self.env.update(LAB_CONFIRM="network", LAB_CONFIRM_SECONDS=str(SECONDS))

    def prepare(self):
        super().prepare()
        os.mkdir(self.path("apply"), 0o711)  # a small disk of its own, that can be filled
        subprocess.run(["mount", "-t", "tmpfs", "-o", "size=2m,mode=0711", "none", self.path("apply")], check=True)

    def destroy(self, keep=False):
        self.sh("lab_stop", check=False)
        subprocess.run(["umount", "--lazy", self.path("apply")], capture_output=True)
        super().destroy(keep)


PORTS = iter(range(9000, 9100))


def approved(lab, goal=None):
    detail = lab.run(goal or f"open port {next(PORTS)}")
    lab.approve(detail["id"])
    return detail


def begin(lab, goal=None):
    """An apply that has come to where it asks for a confirmation."""
    detail = approved(lab, goal)
    done = {}

    def ask():
        try:
            done["outcome"] = lab.call("apply", proposal=detail["id"], timeout=180)["outcome"]
        except (Refused, OSError) as error:
            done["refused"] = error
    thread = threading.Thread(target=ask)
    thread.start()
    wanted = wait(60, "a confirmation is wanted", lambda: (lab.show(detail["id"])["apply"] or {}).get("confirm"))
    return detail, wanted, thread, done


def word(lab, nonce, key="alice", namespace="agentd-confirm@v1"):
    return lab.sign(nonce, key, namespace)


def refused(lab, code, **params):
    try:
        lab.call("confirm", **params)
    except Refused as error:
        check(error.code == code, "not", code, "but", error)
        return
    raise AssertionError(f"it was taken, not refused as {code}")


def unbraked(lab):
    """Nothing that was taken back stands in the way of the next truth."""
    lab.sh('rm -rf "$LAB/apply/quarantine" "$LAB/apply/frozen"')


@truth("a change of the network waits, and stays when an approver confirms it with a fresh nonce")
def confirmed(lab):
    before, start = lab.running(), lab.log_size()
    detail, wanted, thread, done = begin(lab)
    shown = lab.show(detail["id"])
    check(shown["state"] == "applying" and "port" in wanted["because"], shown["state"], wanted)
    check(shown["apply"]["deadline"] > wanted["until"] > wanted["since"], shown["apply"])
    check(lab.running() == detail["toplevel"] and lab.profile() == before, "the next boot would take it already")
    lab.call("confirm", proposal=detail["id"], presence=word(lab, wanted["nonce"]))
    thread.join()
    check(done["outcome"]["outcome"] == "confirmed" and lab.profile() == detail["toplevel"], done)
    shown = lab.show(detail["id"])
    check(shown["apply"]["confirm"] is None, "it still waits")
    entry = next(e for e in lab.entries(start) if e["body"].get("step") == "confirmed_by")
    check("alice" in entry["body"]["detail"] and entry["body"]["presence"]["key_id"] == lab.key_id(), entry)
    refused(lab, "not_waiting", proposal=detail["id"], presence=word(lab, wanted["nonce"]))
    check(lab.call("audit.verify")["ok"], "the log does not verify")


@truth("a change that touches no way in asks nobody")
def harmless(lab):
    diff = lab.patch("hosts/web/www/index.html", lambda old: old + "<!-- nobody asks -->\n")
    detail = lab.carry_out(lab.propose("harmless", diff)["id"])
    check("confirm_wanted" not in detail["events"], detail["events"])


@truth("a wrong key, an approval's signature, an old nonce and another proposal's are refused by name")
def wrong_words(lab):
    lab.sh('[ -e "$LAB/keys/mallory" ] || ssh-keygen -q -t ed25519 -N "" -C mallory -f "$LAB/keys/mallory"')
    old = next(e["body"]["confirm"]["nonce"] for e in lab.entries() if "confirm" in e["body"])
    detail, wanted, thread, done = begin(lab)
    nonce, proposal = wanted["nonce"], detail["id"]
    check(nonce != old, "the nonce is not fresh")
    refused(lab, "wrong_nonce", proposal=proposal, presence=word(lab, old))
    refused(lab, "unknown_key", proposal=proposal, presence=word(lab, nonce, "mallory"))
    refused(lab, "bad_signature", proposal=proposal,
            presence=dict(word(lab, nonce, "mallory"), key_id=lab.key_id()))
    refused(lab, "bad_namespace", proposal=proposal, presence=word(lab, nonce, namespace="agentd-approve@v1"))
    refused(lab, "other_proposal", proposal=lab.call("list", all=True)["proposals"][-1]["id"],
            presence=word(lab, nonce))
    presence = word(lab, nonce)
    lab.call("confirm", proposal=proposal, presence=presence)
    thread.join()
    check(done["outcome"]["outcome"] == "confirmed", done)
    # The very same word again, for the next one: it was for that moment only.
    detail, wanted, thread, done = begin(lab)
    refused(lab, "wrong_nonce", proposal=detail["id"], presence=presence)
    lab.call("confirm", proposal=detail["id"], presence=word(lab, wanted["nonce"]))
    thread.join()


@truth("agentctl takes a word only from a session that began after the switch")
def sessions(lab):
    detail, _, thread, done = begin(lab)
    program = [os.path.join(os.environ["LAB_BIN"], "agentctl"), "--config", lab.path("etc/agentd.toml"), "confirm",
               detail["id"], "--key", lab.path("keys/alice")]
    env = {k: v for k, v in os.environ.items() if k not in ("TMUX", "STY")}
    old = subprocess.run(program, env=env, capture_output=True, text=True)
    check(old.returncode == 4 and "new connection" in old.stderr, old.returncode, old.stderr)
    new = subprocess.run(program, env=env, capture_output=True, text=True, start_new_session=True)
    check(new.returncode == 0, new.stderr)
    thread.join()
    check(done["outcome"]["outcome"] == "confirmed", done)


@truth("nobody confirms: the old system comes back in time, and what was left behind is named")
def silence(lab):
    before = lab.running()
    detail, wanted, thread, done = begin(lab)
    began = time.monotonic()
    thread.join()
    check(SECONDS - 5 < time.monotonic() - began < SECONDS + 15, time.monotonic() - began)
    check(done["outcome"]["outcome"] == "rolled_back" and "nobody confirmed" in done["outcome"]["reason"], done)
    check(lab.running() == before and lab.profile() == before, lab.running())
    refused(lab, "not_waiting", proposal=detail["id"], presence=word(lab, wanted["nonce"]))
    unbraked(lab)


@truth("an admin cancels it: taken back at once, on record who, and a later confirmation is too late")
def cancelled(lab):
    before, start = lab.running(), lab.log_size()
    detail, wanted, thread, done = begin(lab)
    lab.call("cancel", proposal=detail["id"])
    thread.join()
    check(done["outcome"]["outcome"] == "rolled_back" and "cancelled by" in done["outcome"]["reason"], done)
    check(lab.running() == before and lab.profile() == before, lab.running())
    entry = next(e for e in lab.entries(start) if e["body"].get("step") == "cancelled_by")
    check(entry["body"]["by"]["uid"] == 0, entry)
    refused(lab, "not_waiting", proposal=detail["id"], presence=word(lab, wanted["nonce"]))
    check(not os.path.exists(lab.path("apply/frozen")), "a person's word froze the machine")
    unbraked(lab)


def unwell(lab, port):
    """A change that builds, and serves nobody where the health check asks."""
    return lab.patch("hosts/web/default.nix", lambda old: old.replace(
        "services.nginx = {", f"services.nginx = {{\n    defaultHTTPListenPort = {port};", 1))


def once_more(lab, statement):
    """The same system again, as if alice had agreed to it anew."""
    fresh = dict(json.loads(statement), nonce=secrets.token_hex(32))
    text = json.dumps(fresh, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return {"op": "apply", "statement": text, "presence": lab.sign(text)}


def brakes(lab, start):
    return [e["body"]["brake"] for e in lab.entries(start) if e["type"] == "apply.brake"]


def apply_refused(lab, code, proposal):
    try:
        lab.call("apply", proposal=proposal, timeout=180)
    except Refused as error:
        check(error.code == code and "agentctl" in error.words, "not", code, "but", error)
        return
    raise AssertionError("it was applied")


@truth("a system that was taken back is not tried again until root lifts it, and a second one freezes the machine")
def braked(lab):
    unbraked(lab)
    before, start, patch = lab.running(), lab.log_size(), unwell(lab, 8000)
    first = lab.propose("moves away", patch)
    bad, (statement, _) = first["toplevel"], lab.approve(first["id"])
    done = lab.call("apply", proposal=first["id"], timeout=180)
    check(done["outcome"]["outcome"] == "rolled_back", done)
    answer = lab.applyd(once_more(lab, statement))
    check(not answer["ok"] and answer["error"]["code"] == "quarantined" and bad in answer["error"]["hint"], answer)
    check(lab.running() == before, "the machine moved")
    check(lab.applyd({"op": "quarantine"})["paths"][0]["path"] == bad, lab.applyd({"op": "quarantine"}))
    check(lab.applyd({"op": "quarantine.lift", "path": before})["error"]["code"] == "not_found", "it was lifted")
    check(lab.applyd({"op": "quarantine.lift", "path": bad})["ok"], "it is not lifted")
    answer = lab.applyd(once_more(lab, statement), timeout=180)
    check(answer["ok"] and answer["outcome"]["outcome"] == "rolled_back", answer)
    check(not lab.applyd({"op": "state"})["frozen"], "what root lifted counts")
    lab.carry_out(lab.propose("moves elsewhere", unwell(lab, 8001))["id"], "rolled_back")
    state = lab.applyd({"op": "state"})
    check(state["frozen"] and "2 changes" in state["frozen_because"] and state["quarantined"] == 2, state)
    fine = lab.propose("fine", lab.patch("hosts/web/www/index.html", lambda old: old + "<!-- frozen -->\n"))
    lab.approve(fine["id"])
    apply_refused(lab, "frozen", fine["id"])
    check(lab.applyd({"op": "unfreeze"})["ok"], "it stays frozen")
    check(lab.call("apply", proposal=fine["id"])["outcome"]["outcome"] == "confirmed", "it is not applied")
    lab.call("freeze", reason="hands off")
    check("hands off" in lab.applyd({"op": "state"})["frozen_because"], lab.applyd({"op": "state"}))
    lab.applyd({"op": "unfreeze"})
    check(brakes(lab, start) == ["quarantined", "lifted", "quarantined", "quarantined", "frozen", "unfrozen", "frozen",
                                 "unfrozen"], brakes(lab, start))
    unbraked(lab)


@truth("what judges a boot leaves alone what this boot began: a switch that starts it waits for it")
def judged_in_the_middle(lab):
    detail, wanted, thread, done = begin(lab)
    program = [os.path.join(os.environ["LAB_BIN"], "agentd-applyd"), "--config", lab.path("etc/agentd.toml"),
               "--settle", "boot"]
    try:
        judged = subprocess.run(program, capture_output=True, text=True, timeout=8)
        check(judged.returncode == 0, judged.returncode, judged.stderr)
        check(lab.running() == detail["toplevel"], "it was taken back")
    finally:
        lab.call("confirm", proposal=detail["id"], presence=word(lab, wanted["nonce"]))
        thread.join()
    check(done["outcome"]["outcome"] == "confirmed", done)


@truth("a helper that dies while it waits takes nothing for granted: the old system comes back")
def dies(lab):
    before = lab.running()
    detail, wanted, thread, _ = begin(lab)
    os.kill(lab.pid("applyd"), signal.SIGKILL)
    thread.join()
    lab.sh("lab_start_applyd")
    shown = wait(60, "it is settled", lambda: (lambda d: d if d["state"] == "rolled_back" else None)(lab.show(detail["id"])))
    check(lab.running() == before and lab.profile() == before, lab.running())
    check(shown["apply"]["confirm"] is None, shown["apply"])
    refused(lab, "not_waiting", proposal=detail["id"], presence=word(lab, wanted["nonce"]))
    check(json.dumps(shown["apply"]["outcome"]), shown)
    unbraked(lab)


@truth("a helper that dies while it waits, on a disk that is full: the old system comes back all the same")
def dies_on_a_full_disk(lab):
    before = lab.running()
    detail, _, thread, _ = begin(lab)
    filler = lab.path("apply/filler")
    try:
        with open(filler, "wb", buffering=0) as f:
            while True:
                f.write(b"x" * 4096)
    except OSError:
        pass
    os.kill(lab.pid("applyd"), signal.SIGKILL)
    thread.join()
    lab.sh("lab_start_applyd")
    try:
        wait(30, "the old system is back", lambda: lab.running() == before)
    finally:
        os.unlink(filler)
    lab.settled(detail["id"], "rolled_back")
    unbraked(lab)


LOCKER = """
import fcntl, os, sys, time
os.setuid(65534)
f = open(sys.argv[1])
print("open", flush=True)
sys.stdin.readline()
fcntl.flock(f, fcntl.LOCK_EX)
print("locked", flush=True)
time.sleep(600)
"""


@truth("who holds the lock of NixOS's switch, being nobody, does not keep the old system from coming back")
def somebody_locks(lab):
    before, path = lab.running(), lab.path("machine/root/run/nixos/switch-to-configuration.lock")
    os.chmod(path, 0o644)  # as NixOS makes it
    locker = subprocess.Popen([sys.executable, "-c", LOCKER, path], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                              text=True)
    try:
        check(locker.stdout.readline() == "open\n", "nobody cannot open it")
        detail, _, thread, done = begin(lab)
        locker.stdin.write("now\n")
        locker.stdin.flush()
        check(locker.stdout.readline() == "locked\n", "it is not locked")
        thread.join()
    finally:
        locker.kill()
        locker.wait()
    check(done["outcome"]["outcome"] == "rolled_back" and lab.running() == before, done)
    check(os.stat(path).st_mode & 0o077 == 0, "others may open the lock")
    unbraked(lab)


@truth("a brake that is pulled while a statement is verified keeps it from being applied")
def pulled_meanwhile(lab):
    before, start = lab.running(), lab.log_size()
    patch = lab.patch("hosts/web/www/index.html", lambda old: old + "<!-- pulled -->\n")
    statement = lab.call("statement", proposal=lab.propose("pulled", patch)["id"])["statement"]
    request, done = {"op": "apply", "statement": statement, "presence": lab.sign(statement)}, {}
    thread = threading.Thread(target=lambda: done.update(lab.applyd(request)))
    thread.start()
    time.sleep(0.1)
    check(lab.applyd({"op": "freeze", "reason": "wait"})["ok"], "it is not taken")
    thread.join()
    check(done.get("error", done.get("outcome"))["code" if not done["ok"] else "outcome"] in ("frozen", "failed"), done)
    check(lab.running() == before, "it was applied")
    steps = [e["body"]["step"] for e in lab.entries(start) if e["type"] == "apply.step"]
    check("activated" not in steps, steps)
    unbraked(lab)


@truth("a system that only the next boot takes is not called healthy")
def boots_later(lab):
    patch = lab.patch("hosts/web/www/index.html", lambda old: old + "<!-- later -->\n")
    detail = lab.propose("later", patch)
    statement = lab.call("statement", proposal=detail["id"], mode="boot")["statement"]
    done = lab.applyd({"op": "apply", "statement": statement, "presence": lab.sign(statement)})
    check(done["ok"] and done["outcome"]["outcome"] == "confirmed", done)
    check("healthy" not in done["outcome"]["reason"], done["outcome"])
    check(detail["toplevel"] not in lab.applyd({"op": "state"})["last_good"], "it never ran")


if __name__ == "__main__":
    main(Waits())
