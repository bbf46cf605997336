#!/usr/bin/env python3
"""Who has to agree, and what happens when nobody objects: asked through the page, the terminal and the raw socket."""

import os
import subprocess

from browser import Browser
from client import Lab, check, main, refused, truth, wait

HEAD = """schema = "agentd.policy/1"
revision = 1
[defaults]
level = "approve"
presence = "browser"
%s
[roles]
admin = ["alice", "root"]
approver = ["bob", "phone", "watcher", "watcher2"]
viewer = ["eve"]
"""
RULE = """[[rule]]
id = "the-rule"
effect = "%s"
%s
why = "the owner says so"
owner = "owner"
when = { "change.unclassified" = { eq = 0 } }
example.match = { "change.unclassified" = 0 }
example.no_match = { "change.unclassified" = 1 }
"""
TWO = RULE % ("require", "obligations = { approvers = [{ n = 2 }, { n = 1, role = \"admin\" }] }")


def veto(delay):
    return RULE % ("grant", 'level = "veto"\nobligations = { delay = "%s" }' % delay)


def setting(lab, rule="", own=""):
    with open(lab.path("etc/policy.toml"), "w") as f:
        f.write(HEAD % own + rule)
    for name in ("bob", "eve", "root"):
        if not os.path.exists(lab.path("keys", name)):
            lab.sh('ssh-keygen -q -t ed25519 -N "" -C %s -f "$LAB/keys/%s"' % (name, name))
            with open(lab.path("keys", name + ".pub")) as f, open(lab.path("etc/approvers"), "a") as to:
                to.write("ssh %s %s\n" % (name, " ".join(f.read().split()[:2])))


def change(lab, name):
    return lab.patch("hosts/web/www/index.html", lambda old: old + f"<!-- {name} -->\n")


def sign(lab, proposal, key, **more):
    statement = lab.call("statement", proposal=proposal)["statement"]
    return lab.call("approve", proposal=proposal, statement=statement, presence=lab.sign(statement, key), **more)


def agentctl(lab, *words):
    return subprocess.run([os.environ["LAB_BIN"] + "/agentctl", "--config", lab.path("etc/agentd.toml"), *words],
                          capture_output=True, text=True, stdin=subprocess.DEVNULL, env=dict(os.environ, NO_COLOR="1"))


def granted(lab, proposal):
    return [e for e in lab.entries() if e["type"] == "approval.granted" and e["subject"] == proposal]


@truth("nobody approves what is his own, through the page, the terminal or the raw socket; somebody else does")
def own(lab):
    setting(lab)
    # A person's own, asked for at the terminal: root.
    mine = lab.run("open port 8221")["id"]
    refused("own_proposal", sign, lab, mine, "root")
    said = agentctl(lab, "approve", mine, "--yes", "--key", lab.path("keys/root"))
    check(said.returncode == 77 and "own proposal" in said.stderr, said)
    # A browser's own, handed in over the page: by the page, and with its signature over the raw socket.
    page = Browser(lab, "phone")
    theirs = page.post("proposals", title="theirs", rationale="r", patch=change(lab, "theirs"))["proposal"]["id"]
    lab.settled(theirs, "decided")
    refused("own_proposal", page.approve, theirs)
    statement = lab.call("statement", proposal=theirs)["statement"]
    refused("own_proposal", lab.call, "approve", proposal=theirs, statement=statement, presence=page.presence(statement))
    check(not granted(lab, mine) and not granted(lab, theirs), "an approval is in the log")
    check(page.approve(mine)["proposal"]["state"] == "approved", "another's approval is not taken")
    check(sign(lab, theirs, "alice")["proposal"]["state"] == "approved", "another's approval is not taken")
    for one in (mine, theirs):
        lab.call("withdraw", proposal=one)


@truth("where policy lets a person who asked at the terminal approve it, only that is let through")
def terminal(lab):
    setting(lab, own='self_approval = "terminal"')
    words = lab.run("open port 8222")["id"]
    patch = lab.propose("mine", change(lab, "mine"))["id"]
    refused("own_proposal", sign, lab, patch, "root")
    check(sign(lab, words, "root")["proposal"]["state"] == "approved", "his own words are not his to approve")
    for one in (words, patch):
        lab.call("withdraw", proposal=one)


@truth("two have to agree, one of them an admin: who did and who is missing is shown, survives a restart, and counts once")
def two(lab):
    setting(lab, TWO)
    proposal = lab.propose("two", change(lab, "two"))["id"]
    refused("viewer", sign, lab, proposal, "eve")
    first = sign(lab, proposal, "bob", apply=True)
    check(first["proposal"]["state"] == "decided", first)
    check(first["agreement"]["says"] == "1 of 2: one more admin has to approve", first["agreement"])
    refused("used", sign, lab, proposal, "bob")
    told = agentctl(lab, "show", proposal)
    check("approved by bob" in told.stdout and "one more admin has to approve" in told.stdout, told.stdout)
    refused("denied", lab.call, "apply", proposal=proposal)
    lab.kill("agentd")
    lab.start_agentd()
    check(lab.show(proposal)["agreement"]["says"] == "1 of 2: one more admin has to approve", lab.show(proposal)["agreement"])
    said = agentctl(lab, "approve", proposal, "--yes", "--key", lab.path("keys/alice"))
    check(said.returncode == 0 and "approved" in said.stdout, said)
    entries = granted(lab, proposal)
    check([e["body"]["approver"] for e in entries] == ["bob", "alice"], entries)
    check(entries[0]["body"]["statement"] == entries[1]["body"]["statement"], "they signed other bytes")
    check(lab.call("apply", proposal=proposal, timeout=600)["outcome"]["outcome"] == "confirmed", "it was not applied")


@truth("what one of two signed is void when policy changes, and so is an approval")
def void(lab):
    setting(lab, TWO)
    proposal = lab.propose("void", change(lab, "void"))["id"]
    sign(lab, proposal, "bob")
    setting(lab, TWO + "# another\n")
    statement = granted(lab, proposal)[0]["body"]["statement"]
    refused("stale", lab.call, "approve", proposal=proposal, statement=statement, presence=lab.sign(statement))
    lab.call("verify", proposal=proposal)
    check(lab.settled(proposal, "decided")["agreement"]["given"] == [], lab.show(proposal)["agreement"])
    refused("used", lab.call, "approve", proposal=proposal, statement=statement, presence=lab.sign(statement))
    sign(lab, proposal, "bob")
    check(sign(lab, proposal, "alice")["proposal"]["state"] == "approved", "two do not count as two")
    lines = open(lab.path("etc/approvers")).readlines()
    with open(lab.path("etc/approvers"), "w") as f:
        f.writelines(line for line in lines if " bob " not in line)
    refused("unknown_key", lab.call, "apply", proposal=proposal)
    check(lab.show(proposal)["state"] == "stale", lab.show(proposal)["state"])
    with open(lab.path("etc/approvers"), "w") as f:
        f.writelines(lines)
    lab.call("withdraw", proposal=proposal)


@truth("a host's name that policy wants typed is typed, or nothing is approved")
def typed(lab):
    setting(lab, RULE % ("require", "obligations = { typed_host = true }"))
    proposal = lab.propose("typed", change(lab, "typed"))["id"]
    refused("typed_host", sign, lab, proposal, "alice")
    refused("typed_host", sign, lab, proposal, "alice", typed_host="db")
    said = agentctl(lab, "approve", proposal, "--yes", "--key", lab.path("keys/alice"))
    check(said.returncode == 4, said)
    check(sign(lab, proposal, "alice", typed_host="web")["proposal"]["state"] == "approved", "the name is not taken")
    check('"typed_host":true' in granted(lab, proposal)[0]["body"]["statement"], "it is not in what was signed")
    lab.call("withdraw", proposal=proposal)


@truth("what waits for objections is shown with its time, outlives both processes, and one word of anybody ends it")
def objection(lab):
    setting(lab, veto("6h"))
    page = Browser(lab, "watcher")
    for object_by in ("page", "terminal", "socket"):
        proposal = lab.propose("slow " + object_by, change(lab, "slow " + object_by))["id"]
        happens = wait(60, "it is announced", lambda: (lab.show(proposal)["agreement"] or {})["happens"])
        check(happens["by"] == "policy", happens)
        told = agentctl(lab, "show", proposal).stdout
        check("happens at" in told and "agentctl reject" in told, told)
        if object_by == "page":
            lab.kill("agentd")
            lab.kill("applyd")
            lab.sh("lab_start_applyd")
            lab.start_agentd()
            page = Browser(lab, "watcher2")
            check(lab.show(proposal)["agreement"]["happens"] == happens, "the time is another:", lab.show(proposal)["agreement"])
            page.post(f"proposals/{proposal}/reject", reason="not now")
        elif object_by == "terminal":
            said = agentctl(lab, "reject", proposal, "--reason", "not now")
            check(said.returncode == 0, said)
        else:
            lab.call("reject", proposal=proposal, reason="not now")
        check(lab.show(proposal)["state"] == "denied", lab.show(proposal)["state"])
        check([e for e in lab.entries() if e["type"] == "apply.objected" and e["subject"] == proposal], "root was not told")
        check(not granted(lab, proposal), "it was approved")


@truth("what nobody objected to happens by itself, once its time is over: announced, approved by policy, applied")
def happens(lab):
    setting(lab, veto("1s"))
    proposal = lab.propose("by itself", change(lab, "by itself"))["id"]
    lab.settled(proposal, "confirmed", seconds=120)
    kinds = [e["type"] for e in lab.entries() if e["subject"] == proposal]
    order = [kinds.index(k) for k in ("apply.announced", "approval.granted", "apply.intent", "apply.outcome")]
    check(order == sorted(order), kinds)
    check(granted(lab, proposal)[0]["body"]["presence"] is None, granted(lab, proposal))


if __name__ == "__main__":
    main(Lab("people", 8497))
