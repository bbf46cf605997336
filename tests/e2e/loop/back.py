#!/usr/bin/env python3
"""Going back, acts and garbage on the demo machine: each through the same gate as a change."""

import json
import os
import subprocess
import time

import own_store
from client import Lab, Refused, check, main, refused, truth, wait

OLD = 40 * 86400


def page(text):
    return lambda old: old.replace("<body>", f"<body><p>{text}</p>")


def change(lab, text, expected="confirmed"):
    """A change of the page, applied: a generation of its own."""
    detail = lab.propose(text, lab.patch("hosts/web/www/index.html", page(text)))
    return lab.carry_out(detail["id"], expected)


def draft(lab, states=("decided",), **params):
    proposal = lab.call("propose", **params)["proposal"]["id"]
    return lab.settled(proposal, *states)


def act(lab, name, states=("decided",), **more):
    return draft(lab, states, act={"schema": "agentd.act/1", "act": name, **more})


def generations(lab):
    return lab.call("generations")["generations"]


def age(lab, number, seconds):
    """Makes the link of a generation as old as it says."""
    link = lab.path(f"machine/root/var/lib/nixos/profiles/system-{number}-link")
    then = time.time() - seconds
    os.utime(link, (then, then), follow_symlinks=False)


def ctl(lab, *words, uid=None):
    command = [os.environ["LAB_BIN"] + "/agentctl", "--config", lab.path("etc/agentd.toml"), *words]
    if uid is not None:
        command = ["setpriv", f"--reuid={uid}", f"--regid={uid}", "--clear-groups", *command]
    return subprocess.run(command, capture_output=True, text=True, stdin=subprocess.DEVNULL, env={"PATH": "/usr/bin:/bin"})


@truth("with one generation there is nothing to go back to, and it says so")
def nothing(lab):
    check(len(generations(lab)) == 1, generations(lab))
    error = refused("nothing_before", lambda: lab.call("propose", rollback={}))
    check("nothing to go back to" in error.words, error.words)
    said = ctl(lab, "rollback")
    check(said.returncode == 1 and "nothing to go back to" in said.stderr, said)


@truth("what this machine never had is nothing to go back to, by number or by path")
def never(lab):
    other = lab.toplevel(lab.owner_commits("hosts/web/www/index.html", page("never applied"), "Never applied"))
    refused("not_ours", lambda: lab.call("propose", rollback={"to": other}))
    refused("not_ours", lambda: lab.call("propose", rollback={"to": "/etc"}))
    refused("no_such_generation", lambda: lab.call("propose", rollback={"generation": 77}))
    refused("already_running", lambda: lab.call("propose", rollback={"to": lab.running()}))
    lab.git("owner", "revert", "--no-edit", "HEAD")
    lab.git("owner", "push", "-q", "origin", "main")


@truth("going back is decided on its effects, applied with the way back armed, and made to last by its path")
def back(lab):
    first = lab.running()
    one, two = change(lab, "one"), change(lab, "two")
    check(lab.running() == two["toplevel"], lab.running())
    listed = generations(lab)
    check([g["number"] for g in listed] == [3, 2, 1] and listed[0]["running"] and listed[0]["profile"], listed)
    check(listed[1]["confirmed"] and not listed[2]["confirmed"] and listed[2]["booted"], listed)
    detail = draft(lab, rollback={})
    check(detail["kind"] == "rollback" and detail["rollback"] == {"to": one["toplevel"], "generation": 2}, detail["rollback"])
    check(detail["title"] == "go back to generation 2" and detail["base_commit"] is None and detail["files"] == [], detail)
    check(detail["effects"]["from"] == two["toplevel"] and detail["effects"]["to"] == one["toplevel"], detail["effects"])
    check(any("the system profile keeps every generation" in note for note in detail["notes"]), detail["notes"])
    check(lab.call("diff", proposal=detail["id"])["files"] == [], "it has a diff")
    head = lab.head()
    done = lab.carry_out(detail["id"])
    check(done["events"] == ["way_back_armed", "activated", "watching", "healthy", "profile_set", "boot_set"], done["events"])
    check(lab.running() == one["toplevel"] == lab.profile(), "it does not run what was asked for")
    check("one" in lab.on("wget -q -O - http://127.0.0.1/"), "the page is another")
    check(lab.head() == head and not done["landed"] and done["landing"] is None, "something landed")
    check([g["number"] for g in generations(lab)] == [4, 3, 2, 1], "the profile did not go forward")
    entry = next(e for e in lab.entries() if e["type"] == "apply.intent" and e["subject"] == detail["id"])
    check(entry["body"]["mode"] == "rollback", entry)
    check(first != one["toplevel"])


@truth("after going back the machine is not the head, and a revert that brings them together is offered and lands")
def together(lab):
    wait(20, "the observation", lambda: lab.observation("running_not_head"))
    found = wait(60, "the offer", lambda: next(
        (p for p in lab.call("list")["proposals"] if p["title"] == "take main back to what the machine runs"), None))
    detail = lab.settled(found["id"], "decided")
    check(detail["observation"] == "running_not_head" and detail["source"] == "playbook", detail)
    done = lab.carry_out(found["id"])
    check(done["landed"] and lab.head() == done["candidate_commit"], "it did not land")
    wait(20, "the observation is resolved", lambda: not lab.observation("running_not_head"))


@truth("forward again goes the same way, to a number; and a system that is unwell is gone back from to where it was")
def forward(lab):
    third = next(g for g in generations(lab) if g["number"] == 3)
    detail = draft(lab, rollback={"generation": 3})
    lab.carry_out(detail["id"])
    check(lab.running() == third["path"] == lab.profile(), lab.running())


@truth("a rollback that was approved for another running system goes stale and moves nothing")
def stale(lab):
    detail = draft(lab, rollback={"generation": 2})
    lab.approve(detail["id"])
    running = change(lab, "three")["toplevel"]
    refused("stale", lambda: lab.call("apply", proposal=detail["id"]))
    check(lab.running() == running and lab.show(detail["id"])["state"] == "stale", lab.show(detail["id"])["state"])
    lab.call("withdraw", proposal=detail["id"])


@truth("a restart is approved by its act's own bytes, and the unit is another process afterwards")
def restart(lab):
    before = lab.on("systemctl show -p MainPID --value nginx.service")
    detail = act(lab, "restart_unit", unit="nginx.service")
    check(detail["kind"] == "act" and detail["effects"]["effects"][0]["area"] == "act", detail["effects"])
    check(any("nginx.service is active" in note for note in detail["notes"]), detail["notes"])
    statement = json.loads(lab.call("statement", proposal=detail["id"])["statement"])
    check(statement["mode"] == "act" and statement["toplevel"] is None, statement)
    check(json.loads(statement["act"]) == detail["act"], statement["act"])
    running = lab.running()
    done = lab.carry_out(detail["id"])
    check(done["events"] == ["carrying_out"] and not done["landed"], done["events"])
    after = lab.on("systemctl show -p MainPID --value nginx.service")
    check(after != before and lab.running() == running, before, after)


@truth("an act about a unit that is not there, or has not failed, is refused when it is checked, a pattern when it is asked")
def no_unit(lab):
    refused("bad_act", lambda: lab.call("propose", act={"schema": "agentd.act/1", "act": "restart_unit", "unit": "*.service"}))
    detail = act(lab, "reset_failed", ("refused",), unit="nginx.service")
    check(detail["refusal"]["code"] == "not_failed", detail["refusal"])
    detail = act(lab, "restart_unit", ("refused",), unit="no-such.service")
    check(detail["refusal"]["code"] == "no_such_unit", detail["refusal"])


@truth("what records, carries out or connects everything is not restarted, whoever agrees")
def protected(lab):
    for unit in ("agentd-auditd.service", "agentd-applyd.socket", "dbus.service"):
        proposal = lab.call("propose", act={"schema": "agentd.act/1", "act": "restart_unit", "unit": unit})["proposal"]["id"]
        detail = lab.settled(proposal, "denied", "refused")
        if detail["state"] == "denied":
            check(detail["level"] == "forbid" and any(r["rule"] == "act-bounds" for r in detail["verdict"]["reasons"]), detail)
        else:
            check(detail["refusal"]["code"] == "no_such_unit", detail["refusal"])


@truth("a dry run of a collection says what it would delete and what it keeps, and deletes nothing")
def dry(lab):
    before = generations(lab)
    age(lab, 1, OLD)
    age(lab, 2, OLD)
    notes = lab.call("act.preview", act={"schema": "agentd.act/1", "act": "gc_older_than", "days": 30})["notes"]
    check(notes[0].startswith("deletes 1 of ") and "frees about" in notes[0], notes)
    check(any(n.startswith("deletes generation 2") for n in notes), notes)
    check(any("because it runs" in n for n in notes), notes)
    check(len(generations(lab)) == len(before), "it deleted something")
    said = ctl(lab, "store", "gc", "--older-than", "30", "--dry-run")
    check(said.returncode == 0 and "deletes 1 of" in said.stdout, said)


@truth("a collection takes old generations and garbage, and keeps booted, running, last good and what open proposals name")
def collect(lab):
    waiting = lab.propose("waits", lab.patch("hosts/web/www/index.html", page("waits")))
    two = next(g for g in generations(lab) if g["number"] == 2)["path"]
    booted = next(g for g in generations(lab) if g["booted"])["path"]
    garbage = lab.sh("echo garbage > $LAB/garbage; nix-store --add $LAB/garbage")
    done = lab.carry_out(act(lab, "gc_older_than", days=30)["id"])
    check("1 generations deleted" in done["apply"]["outcome"]["reason"], done["apply"]["outcome"])
    numbers = [g["number"] for g in generations(lab)]
    check(2 not in numbers and 1 in numbers, numbers)
    check(not os.path.exists(garbage), "garbage is still there")
    for path in (booted, lab.running(), lab.profile(), waiting["toplevel"]):
        check(os.path.exists(path + "/bin/switch-to-configuration"), path, "is gone")
    check(two not in (booted, lab.running()), "nothing was to be deleted")
    check(not os.path.exists(lab.path("apply/roots/keep")), "roots were left behind")
    detail = lab.carry_out(waiting["id"])
    check(lab.running() == detail["toplevel"], "what was kept cannot be applied")


@truth("collections back to back with applies break neither")
def loop(lab):
    for number in range(4):
        proposal = lab.call("propose", title=f"loop {number}", rationale="", patch=lab.patch(
            "hosts/web/www/index.html", page(f"loop {number}")))["proposal"]["id"]
        gc = act(lab, "gc_older_than", days=1)
        lab.approve(gc["id"])

        def collected():
            try:
                return lab.call("apply", proposal=gc["id"], timeout=600)["outcome"]["outcome"]
            except Refused as error:
                check(error.code == "busy", error)
                return None
        check(wait(60, "the collection", collected) == "confirmed")
        detail = lab.settled(proposal, "decided")
        done = lab.carry_out(detail["id"])
        check(lab.running() == done["toplevel"] == lab.profile(), number)
        if number > 1:
            lab.carry_out(draft(lab, rollback={})["id"])
            lab.carry_out(draft(lab, rollback={"to": done["toplevel"]})["id"])
            for offer in lab.call("list")["proposals"]:
                if offer["source"] == "playbook":
                    lab.call("withdraw", proposal=offer["id"])
    said = lab.sh("nix-store --verify --check-contents 2>&1")
    check("error" not in said, said)


@truth("roots of proposals that are over are dropped")
def dropped(lab):
    def names():
        return {name[:26] for name in os.listdir(lab.path("state/gcroots"))}
    opened = {p["id"] for p in lab.call("list")["proposals"]}
    wait(10, "roots of open proposals only", lambda: names() <= opened)


@truth("root breaks the glass without a key, on record; nobody else does")
def glass(lab):
    detail = lab.propose("glass", lab.patch("hosts/web/www/index.html", page("glass")))
    said = ctl(lab, "approve", str(detail["number"]), "--break-glass", "--yes", uid=65534)
    check(said.returncode == 77 and "only root breaks the glass" in said.stderr and "sudo agentctl" in said.stderr, said)
    said = ctl(lab, "approve", str(detail["number"]), "--break-glass")
    check(said.returncode == 4, said)
    said = ctl(lab, "approve", str(detail["number"]), "--break-glass", "--yes")
    check(said.returncode == 0 and "breaking the glass" in said.stdout and "confirmed" in said.stdout, said)
    check(lab.running() == detail["toplevel"], lab.running())
    granted = next(e for e in lab.entries() if e["type"] == "approval.granted" and e["subject"] == detail["id"])
    check(granted["body"]["approver"] == "root (break glass)" and granted["body"]["presence"]["method"] == "break_glass", granted)
    wait(20, "it lands", lambda: lab.show(detail["id"])["landed"])


@truth("the rows folded again from the log are the same rows, and the log verifies")
def rebuilt(lab):
    done = lab.call("state.rebuild")
    check(done["rows_before_sha256"] == done["rows_after_sha256"], done)
    check(lab.call("audit.verify")["ok"])


if __name__ == "__main__":
    lab = Lab("back", 8591)
    own_store.take(lab.path("store"))
    main(lab)
