#!/usr/bin/env python3
"""kill -9 of each process at each step of a rollback and of each act: settled, on record, and never done twice."""

import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../e2e/loop"))
import client  # noqa: E402
import own_store  # noqa: E402
from client import Lab, check, main, truth, wait  # noqa: E402

from faults import WAY_BACK, STEPS, apply_beside, approved, at_step, kill, restart  # noqa: E402

client.TRUTHS.clear()  # a change has a file of its own
WHO = (("agentd",), ("auditd",), ("applyd",), ("applyd", "switch"))
ACTS = {"restart_unit": {"unit": "nginx.service"}, "gc_older_than": {"days": 1}}


def drafted(lab, **params):
    proposal = lab.call("propose", **params)["proposal"]["id"]
    detail = lab.settled(proposal, "decided")
    lab.approve(proposal)
    return detail


def quiet(lab):
    """What the playbook offers after a rollback is not what is tried here, nor what stops a machine after two."""
    lab.sh('rm -rf "$LAB/apply/quarantine" "$LAB/apply/frozen"')
    lab.on("systemctl reset-failed nginx.service")  # so many starts in so few seconds are a failure of their own
    for row in lab.call("list")["proposals"]:
        if row["source"] == "playbook" and row["state"] != "applying":
            lab.call("withdraw", proposal=row["id"])


def two_systems(lab):
    """Generations of two systems; the one that does not run."""
    def other():
        return next((g["path"] for g in lab.call("generations")["generations"] if not g["running"]), None)
    if not other():
        lab.call("apply", proposal=approved(lab)["id"], timeout=120)
    return other()


def rollback_fault(victims, step):
    name = " and ".join(victims)

    @truth(f"rollback: kill -9 of {name} at {step} leaves the one or the other system, settled and on record")
    def killed(lab):
        to = two_systems(lab)
        quiet(lab)
        old, detail = lab.running(), drafted(lab, rollback={"to": to})
        start = lab.log_size()
        thread = apply_beside(lab, detail["id"])
        at_step(lab, detail["id"], step, start, thread)
        kill(lab, victims)
        restart(lab, victims)
        settled(lab, detail["id"], old, to)
        thread.join()


def settled(lab, proposal, old, new):
    """As is_settled for a change, but nothing lands."""
    head = lab.head()
    detail = wait(WAY_BACK + 25, "the proposal is settled", lambda: over(lab, proposal))
    right = new if detail["state"] == "confirmed" else old
    wait(10, f"{detail['state']}: the machine runs what it should", lambda: lab.running() == right)
    check(lab.profile() == right, detail["state"], "but the profile is", lab.profile())
    ended(lab, proposal)
    check(lab.head() == head and not detail["landed"], "something landed")
    return detail["state"]


def over(lab, proposal):
    try:
        detail = lab.show(proposal)
    except (client.Refused, OSError, StopIteration):
        return None
    return detail if detail["state"] in ("confirmed", "rolled_back", "failed") else None


def ended(lab, proposal):
    wait(10, "nothing is in flight", lambda: not os.path.exists(lab.path("apply/in-flight.json")))
    outcomes = [e for e in lab.entries() if e["type"] == "apply.outcome" and e["subject"] == proposal]
    check(len(outcomes) == 1, "outcomes:", [o["body"]["outcome"] for o in outcomes])
    check(lab.call("audit.verify")["ok"], "the log does not verify")
    wait(20, "somebody serves", lambda: lab.answers(80))


def act_fault(name, victims, step):
    who = " and ".join(victims)

    @truth(f"{name}: kill -9 of {who} at {step} leaves it done or honestly failed, once, and the machine whole")
    def killed(lab):
        quiet(lab)
        running, profile = lab.running(), lab.profile()
        detail = drafted(lab, act={"schema": "agentd.act/1", "act": name, **ACTS[name]})
        start = lab.log_size()
        thread = apply_beside(lab, detail["id"])
        at_step(lab, detail["id"], step, start, thread)
        kill(lab, victims)
        restart(lab, victims)
        # Deleting takes as long as the disk takes: an act has no way back that would be due.
        patience = 600 if name == "gc_older_than" else WAY_BACK + 40
        state = wait(patience, "the act is settled", lambda: over(lab, detail["id"]))["state"]
        check(state in ("confirmed", "failed"), state)
        ended(lab, detail["id"])
        check(lab.running() == running and lab.profile() == profile, "an act moved the system")
        intents = [e for e in lab.entries() if e["type"] == "apply.intent" and e["subject"] == detail["id"]]
        check(len(intents) == 1, intents)
        thread.join()


for at in STEPS:
    for victims in WHO:
        rollback_fault(victims, at)
for act in ACTS:
    for at in ("intent", "carrying_out"):
        for victims in WHO:
            # Here the restart is the very process that is killed; under systemd it is a job of PID 1's, which goes on.
            if (act, at, len(victims)) != ("restart_unit", "carrying_out", 2):
                act_fault(act, victims, at)


@truth("after all of it the store is whole, and the next change is applied as if nothing had been")
def whole(lab):
    quiet(lab)
    said = lab.sh("nix-store --verify --check-contents 2>&1")
    check("error" not in said, said)
    change = approved(lab)
    done = lab.call("apply", proposal=change["id"], timeout=120)
    check(done["outcome"]["outcome"] == "confirmed" and lab.running() == change["toplevel"], done)
    rows = lab.call("state.rebuild")
    check(rows["rows_before_sha256"] == rows["rows_after_sha256"], rows)


if __name__ == "__main__":
    lab = Lab("back-fault", 8592, way_back=WAY_BACK)
    own_store.take(lab.path("store"))
    main(lab)
