#!/usr/bin/env python3
"""kill -9 of each process at each step of an apply: the machine ends on exactly the old or the new system."""

import json
import os
import signal
import sys
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../e2e/loop"))
from client import Lab, Refused, check, gone, lines_of, main, truth, wait  # noqa: E402

WAY_BACK = 10
STEPS = ("intent", "way_back_armed", "activated", "healthy", "profile_set")
COUNT = iter(range(1000))


def approved(lab):
    # What was taken back before is not what is tried here.
    lab.sh('rm -rf "$LAB/apply/quarantine" "$LAB/apply/frozen"')
    number = next(COUNT)
    diff = lab.patch("hosts/web/www/index.html", lambda old: old + f"<!-- {number} -->\n")
    detail = lab.propose(f"change {number}", diff)
    lab.approve(detail["id"])
    return detail


def children(pid):
    """Every process below this one."""
    found = []
    for entry in os.listdir("/proc"):
        if entry.isdigit():
            try:
                with open(f"/proc/{entry}/stat") as f:
                    parent = int(f.read().rsplit(")", 1)[1].split()[1])
            except (FileNotFoundError, ProcessLookupError):
                continue
            if parent == pid:
                found += [int(entry), *children(int(entry))]
    return found


def at_step(lab, proposal, step, start, thread):
    """Returns as soon as the log has this step of the proposal."""
    from_ = start
    until = time.monotonic() + 60
    while time.monotonic() < until:
        page = next(lines_of(lab.path("run/append.sock"), {"op": "read", "from": from_, "limit": 100}))
        for line in page["lines"]:
            from_ += 1
            if proposal in line and ('"type":"apply.intent"' in line if step == "intent" else
                                     '"type":"apply.step"' in line and f'"step":"{step}"' in line):
                return
        check(thread.is_alive(), "the apply ended before", step, getattr(thread, "refused", ""))
        time.sleep(0.002)
    raise AssertionError(f"{step} never came")


def kill(lab, victims):
    for victim in victims:
        if victim == "switch":
            continue
        pid = lab.pid(victim)
        below = children(pid) if "switch" in victims else []
        # the way back is in a session of its own, and nobody's child once the helper is gone
        keep = way_back(lab)
        for target in [pid, *below]:
            if target != keep:
                try:
                    os.kill(target, signal.SIGKILL)
                except ProcessLookupError:
                    pass
        wait(10, f"{victim} is gone", lambda: gone(pid))


def way_back(lab):
    try:
        with open(lab.path("apply/way-back.pid")) as f:
            return int(f.read())
    except (FileNotFoundError, ValueError):
        return None


def restart(lab, victims):
    if "auditd" in victims:
        lab.sh("lab_start_auditd")
        wait(20, "the log answers", lambda: answers(lab.log_size))
    if "applyd" in victims:
        lab.sh("lab_start_applyd")
        wait(20, "the helper answers", lambda: answers(lambda: lab.applyd({"op": "state"})))
    if "agentd" in victims:
        lab.start_agentd()


def answers(ask):
    try:
        ask()
        return True
    except (OSError, StopIteration):
        return False


def apply_beside(lab, proposal):
    def ask():
        try:
            lab.call("apply", proposal=proposal, timeout=120)
        except (Refused, OSError) as error:
            thread.refused = error  # it may well be: somebody was killed
    thread = threading.Thread(target=ask)
    thread.start()
    return thread


def is_settled(lab, proposal, old, new, within=WAY_BACK + 25):
    """Old or new and nothing else, everywhere the same; the log says which, and verifies."""
    def over():
        try:
            detail = lab.show(proposal)
        except (Refused, OSError, StopIteration):
            return None
        return detail if detail["state"] in ("confirmed", "rolled_back", "failed") else None
    detail = wait(within, "the proposal is settled", over)
    right = new if detail["state"] == "confirmed" else old
    wait(10, f"{detail['state']}: the machine runs what it should", lambda: lab.running() == right)
    check(lab.profile() == right, detail["state"], "but the profile is", lab.profile())
    wait(10, "nothing is in flight", lambda: not os.path.exists(lab.path("apply/in-flight.json")))
    if detail["state"] == "confirmed":
        wait(20, "it has landed", lambda: lab.show(proposal)["landed"])
        check(lab.head() == detail["candidate_commit"], "the upstream is at", lab.head())
    outcomes = [e for e in lab.entries() if e["type"] == "apply.outcome" and e["subject"] == proposal]
    check(len(outcomes) == 1, "outcomes:", [o["body"]["outcome"] for o in outcomes])
    check(lab.call("audit.verify")["ok"], "the log does not verify")
    check(lab.answers(80), "nobody serves")
    return detail["state"]


def fault(victims, step):
    name = " and ".join(victims)

    @truth(f"kill -9 of {name} at {step} leaves the old or the new system, settled and on record")
    def killed(lab):
        old, detail = lab.running(), approved(lab)
        start = lab.log_size()
        thread = apply_beside(lab, detail["id"])
        at_step(lab, detail["id"], step, start, thread)
        kill(lab, victims)
        restart(lab, victims)
        is_settled(lab, detail["id"], old, detail["toplevel"])
        thread.join()


@truth("kill -9 of agentd while it checks: the check is done again by itself")
def checking(lab):
    tested(lab, ("agentd",))


@truth("kill -9 of auditd while agentd checks: the check is done again by itself")
def checking_without_log(lab):
    tested(lab, ("auditd",), pause=5)


def tested(lab, victims, pause=0.0):
    number = next(COUNT)
    text = f'''{{ pkgs, ... }}: {{
  environment.etc."slow".source = pkgs.runCommand "slow-{number}" {{ }} "sleep 3; echo {lab.dir} {number} > $out";
}}
'''
    proposal = lab.call("propose", title="slow", rationale="", patch=lab.patch(
        "hosts/web/agentd.nix", lambda old: text))["proposal"]["id"]
    wait(30, "it builds", lambda: any(e["level"] == "evaluate" for e in lab.show(proposal)["evidence"]))
    kill(lab, victims)
    time.sleep(pause)  # the test has to run into the gap
    restart(lab, victims)

    def decided():
        try:
            return lab.show(proposal)["state"] == "decided"
        except (Refused, OSError, StopIteration):
            return False
    wait(60, "it is decided", decided)
    check(lab.call("audit.verify")["ok"], "the log does not verify")
    lab.call("withdraw", proposal=proposal)


for at in STEPS:
    for who in (("agentd",), ("auditd",), ("applyd",), ("applyd", "switch")):
        fault(who, at)


@truth("an applyd that is killed while its intent is on the way to the log leaves nothing that applies for ever")
def on_the_way(lab):
    lab.sh('rm -rf "$LAB/apply/quarantine" "$LAB/apply/frozen"')
    old, number = lab.running(), next(COUNT)
    diff = lab.patch("hosts/web/www/index.html", lambda text: text + f"<!-- {number} -->\n")
    detail = lab.propose(f"change {number}", diff)
    text = lab.call("statement", proposal=detail["id"])["statement"]
    request = {"op": "apply", "statement": text, "presence": lab.sign(text)}
    auditd, nonce = lab.pid("auditd"), lab.path("apply/nonces", json.loads(text)["nonce"])
    os.kill(auditd, signal.SIGSTOP)
    try:
        threading.Thread(target=lambda: answers(lambda: lab.applyd(request))).start()
        wait(30, "the statement is spent", lambda: os.path.exists(nonce))
        time.sleep(0.3)  # the next thing is to write to a log that stands still
        kill(lab, ("applyd",))
    finally:
        os.kill(auditd, signal.SIGCONT)
    restart(lab, ("applyd",))
    check(is_settled(lab, detail["id"], old, detail["toplevel"]) == "failed", "it is not failed")


@truth("a log that hangs at the end of an apply and goes on has its outcome once")
def hung_at_the_end(lab):
    old, detail = lab.running(), approved(lab)
    start, auditd = lab.log_size(), lab.pid("auditd")
    thread = apply_beside(lab, detail["id"])
    at_step(lab, detail["id"], "profile_set", start, thread)
    os.kill(auditd, signal.SIGSTOP)
    try:
        # What was sent lies in the socket, and is taken when the log goes on: nobody heard that it was.
        wait(60, "the helper gave up waiting", lambda: lab.applyd({"op": "settle"})["ok"])
    finally:
        os.kill(auditd, signal.SIGCONT)
    check(is_settled(lab, detail["id"], old, detail["toplevel"]) == "confirmed", "it is not confirmed")
    thread.join()


@truth("an applyd that is killed and never comes back is taken care of by the way back")
def never_back(lab):
    old, detail = lab.running(), approved(lab)
    start = lab.log_size()
    thread = apply_beside(lab, detail["id"])
    at_step(lab, detail["id"], "activated", start, thread)
    kill(lab, ("applyd",))
    state = is_settled(lab, detail["id"], old, detail["toplevel"])
    check(state == "rolled_back", state)
    thread.join()
    restart(lab, ("applyd",))


@truth("all of them killed at once, and the log's writer last to come back: still settled")
def all_at_once(lab):
    old, detail = lab.running(), approved(lab)
    start = lab.log_size()
    thread = apply_beside(lab, detail["id"])
    at_step(lab, detail["id"], "activated", start, thread)
    kill(lab, ("agentd", "applyd", "switch", "auditd"))
    lab.sh("lab_start_applyd")
    restart(lab, ("auditd", "agentd"))
    is_settled(lab, detail["id"], old, detail["toplevel"], within=60)
    thread.join()


@truth("a switch that hangs is stopped when the way back is due, and taken back")
def hangs(lab):
    lab.sh('rm -rf "$LAB/apply/quarantine" "$LAB/apply/frozen"')
    old = lab.running()
    detail = lab.propose("Hang", lab.patch("hosts/web/default.nix", lambda text: text.replace(
        "services.nginx = {", 'system.activationScripts.hang.text = "sleep 1000";\n  services.nginx = {', 1)))
    begun = time.monotonic()
    detail = lab.carry_out(detail["id"], "rolled_back")
    check(lab.running() == old and time.monotonic() - begun < WAY_BACK + 25, lab.running(), time.monotonic() - begun)
    check("switch-to-configuration ended" in detail["apply"]["outcome"]["reason"], detail["apply"]["outcome"])
    lab.sh('rm -rf "$LAB/apply/quarantine" "$LAB/apply/frozen"')


@truth("after all of it the next change is applied as if nothing had been")
def next_one(lab):
    change = approved(lab)
    done = lab.call("apply", proposal=change["id"])
    check(done["outcome"]["outcome"] == "confirmed" and lab.running() == change["toplevel"], done)
    rows = lab.call("state.rebuild")
    check(rows["rows_before_sha256"] == rows["rows_after_sha256"], rows)


if __name__ == "__main__":
    main(Lab("fault", 8574, way_back=WAY_BACK))
