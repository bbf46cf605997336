#!/usr/bin/env python3
"""Who has to agree, and what happens when nobody does: asked of the privileged helper by a daemon that is an enemy."""

import datetime
import os

from hostile import Enemy, check, instant, wait
from client import main, truth

HEAD = """schema = "agentd.policy/1"
revision = 1
[defaults]
level = "approve"
presence = "ssh"
self_approval = "terminal"
[roles]
admin = ["alice"]
approver = ["bob", "carol"]
viewer = ["eve"]
[window.closed]
days = ["%s"]
from = "00:00"
to = "00:01"
tz = "UTC"
[window.open]
from = "00:00"
to = "24:00"
tz = "UTC"
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
TWO = 'obligations = { approvers = [{ n = 2 }, { n = 1, role = "admin" }] }'


def veto(delay):
    return RULE % ("grant", 'level = "veto"\nobligations = { delay = "%s" }' % delay)


def policy(lab, rule):
    far = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(days=3)
    with open(lab.path("etc/policy.toml"), "w") as f:
        f.write(HEAD % far.strftime("%a").lower() + rule)


def keys(lab):
    """alice has two keys, bob and eve one each."""
    lines = []
    for key, name in (("alice", "alice"), ("alice2", "alice"), ("bob", "bob"), ("eve", "eve"), ("carol", "carol")):
        if not os.path.exists(lab.path("keys", key)):
            lab.sh('ssh-keygen -q -t ed25519 -N "" -C %s -f "$LAB/keys/%s"' % (key, key))
        with open(lab.path("keys", key + ".pub")) as f:
            lines.append("ssh %s %s\n" % (name, " ".join(f.read().split()[:2])))
    with open(lab.path("etc/approvers"), "w") as f:
        f.writelines(lines)


def setting(lab, rule):
    """A harmless system under this rule, and a machine where nothing else is in the way."""
    lab.sh('rm -rf "$LAB"/apply/quarantine "$LAB"/apply/frozen "$LAB"/apply/glass_broken "$LAB"/apply/announced.json')
    keys(lab)
    policy(lab, rule)
    if not hasattr(lab, "harmless"):
        lab.harmless = lab.system("hosts/web/www/index.html", lambda old: old.replace("<body>", "<body><p>x</p>"))
    return lab.harmless


def by(name, via="terminal", kind="human"):
    return {"id": name, "kind": kind, "via": via, "binding": None}


def refused(lab, code, statement, presences):
    before = lab.running(), lab.profile()
    said = lab.apply(statement, presences)
    check(not said["ok"] and said["error"]["code"] == code, "wanted", code, "got", said)
    check((lab.running(), lab.profile()) == before, "the machine moved")
    return said["error"]


def signed(lab, statement, *keys):
    return [lab.sign(statement, key) for key in keys]


def applied(lab, statement, presences, old):
    said = lab.apply(statement, presences)
    check(said["ok"] and said["outcome"]["outcome"] == "confirmed", said)
    check(lab.switch(old) == 0)


def restart(lab):
    lab.kill("applyd")
    lab.sh("lab_start_applyd")

    def answers():
        try:
            return lab.ask({"op": "state"})[-1]["ok"]
        except OSError:
            return False
    wait(30, "the helper answers", answers)


def announce(lab, statement):
    return lab.ask({"op": "announce", "statement": statement})[-1]


@truth("root wants as many people as policy, each of the role it wants, over the same bytes; two keys of one name are one person")
def several(lab):
    to, old = setting(lab, RULE % ("require", TWO)), lab.running()
    statement, other = lab.statement(to, mode="test"), lab.statement(to, mode="test")
    refused(lab, "more_approvers", statement, lab.sign(statement))
    refused(lab, "more_approvers", statement, signed(lab, statement, "alice", "alice2"))
    refused(lab, "more_approvers", statement, signed(lab, statement, "bob", "carol"))
    refused(lab, "viewer", statement, signed(lab, statement, "alice", "eve"))
    refused(lab, "wrong_digest", statement, [lab.sign(statement), lab.sign(other, "bob")])
    refused(lab, "presence", lab.statement(to), [])
    refused(lab, "usage", statement, signed(lab, statement, "bob") * 33)
    applied(lab, statement, signed(lab, statement, "bob", "alice"), old)


@truth("root takes nobody's own approval of his own proposal, but that of a person who asked at the terminal")
def own(lab):
    to, old = setting(lab, ""), lab.running()
    for author in (by("alice", "socket"), by("alice", "page"), by("alice", "program"), by("alice", "unknown"),
                   by("alice", kind="agent")):
        statement = lab.statement(to, mode="test", author=author)
        refused(lab, "own_proposal", statement, lab.sign(statement))
        refused(lab, "own_proposal", statement, lab.sign(statement, "alice2"))
    statement = lab.statement(to, mode="test", author=by("alice"))
    applied(lab, statement, lab.sign(statement), old)


@truth("an approver who was made a viewer, or taken out of the file, after he signed has approved nothing")
def removed(lab):
    to = setting(lab, "")
    statement = lab.statement(to, mode="test")
    presence = lab.sign(statement, "bob")
    with open(lab.path("etc/approvers")) as f:
        lines = f.readlines()
    with open(lab.path("etc/approvers"), "w") as f:
        f.writelines(line for line in lines if " bob " not in line)
    refused(lab, "unknown_key", statement, presence)
    setting(lab, "")
    with open(lab.path("etc/policy.toml"), "r+") as f:
        text = f.read().replace('"bob", ', "").replace('["eve"]', '["eve", "bob"]')
        f.seek(0)
        f.write(text)
        f.truncate()
    refused(lab, "policy_changed", statement, presence)
    statement = lab.statement(to, mode="test")
    refused(lab, "viewer", statement, lab.sign(statement, "bob"))


@truth("what nobody signs waits until root, by its own clock, has waited, and then happens")
def waits(lab):
    to, old = setting(lab, veto("2h")), lab.running()
    size = lab.log_size()
    statement = lab.statement(to, required_level="veto", mode="test")
    refused(lab, "not_announced", statement, None)
    refused(lab, "denied", lab.statement(to, required_level="auto", mode="test"), None)
    check(announce(lab, statement)["ok"] and announce(lab, statement)["ok"], "it is not announced")
    told = [e for e in lab.entries(size) if e["type"] == "apply.announced"]
    check(len(told) == 1 and told[0]["body"]["statement"] == statement, told)
    refused(lab, "too_early", statement, None)
    restart(lab)
    refused(lab, "too_early", statement, None)
    # Who signs it lets it happen now.
    now = lab.statement(to, required_level="veto", mode="test")
    applied(lab, now, lab.sign(now), old)

    setting(lab, veto("1s"))
    statement = lab.statement(to, required_level="veto", mode="test")
    check(announce(lab, statement)["ok"], "it is not announced")
    said = []

    def happened():
        said.append(lab.apply(statement, None))
        return said[-1]["ok"] or said[-1]["error"]["code"] != "too_early"
    wait(60, "the second is over", happened)
    check(said[-1]["ok"] and said[-1]["outcome"]["outcome"] == "confirmed", said[-1])
    check(lab.switch(old) == 0)


@truth("who signs what would happen by itself shows no less than if he had been asked: the delay of a require")
def hastened(lab):
    require = (RULE % ("require", 'obligations = { delay = "2h" }')).replace("the-rule", "slowly")
    to = setting(lab, veto("1h") + require)
    statement = lab.statement(to, required_level="veto", mode="test")
    refused(lab, "not_announced", statement, lab.sign(statement))


@truth("what somebody objected to happens under no name, over no restart, until a person signs it")
def objected(lab):
    to, old = setting(lab, veto("1s")), lab.running()
    statement = lab.statement(to, required_level="veto", mode="test")
    no = {"op": "object", "proposal": "01ARZ3NDEKTSV4RRFFQ69G5FAV", "by": "bob", "reason": "not on a Friday"}
    check(lab.ask(no)[-1]["error"]["code"] == "not_announced", "it objected to nothing")
    check(announce(lab, statement)["ok"], "it is not announced")
    size = lab.log_size()
    check(lab.ask(no)[-1]["ok"], "the objection is not taken")
    entry = [e for e in lab.entries(size) if e["type"] == "apply.objected"][0]
    check(entry["body"]["by"] == "bob" and "Friday" in entry["body"]["reason"], entry)
    refused(lab, "objected", statement, None)
    restart(lab)
    again = lab.statement(to, required_level="veto", mode="test", proposal="01ARZ3NDEKTSV4RRFFQ69G5FAW")
    check(announce(lab, again)["error"]["code"] == "objected", "it is announced again under another name")
    refused(lab, "objected", statement, None)
    applied(lab, again, lab.sign(again), old)


@truth("the brake ends what waits: it is announced, and waits, anew")
def braked(lab):
    to = setting(lab, veto("1s"))
    statement = lab.statement(to, required_level="veto", mode="test")
    check(announce(lab, statement)["ok"], "it is not announced")
    check(lab.ask({"op": "freeze", "reason": "wait"})[-1]["ok"], "no brake")
    refused(lab, "frozen", statement, None)
    check(lab.ask({"op": "unfreeze"})[-1]["ok"], "still braked")
    refused(lab, "not_announced", statement, None)


@truth("a delay on what people approve is root's to measure as well")
def delayed(lab):
    to = setting(lab, RULE % ("require", 'obligations = { delay = "2h" }'))
    statement = lab.statement(to, mode="test")
    refused(lab, "not_announced", statement, lab.sign(statement))
    check(announce(lab, statement)["ok"], "it is not announced")
    refused(lab, "too_early", statement, lab.sign(statement))


@truth("outside of its window, without the host's name typed, or with tests that root cannot see and nobody's signature, nothing happens")
def obligations(lab):
    old = lab.running()
    to = setting(lab, RULE % ("require", 'obligations = { window = "closed" }'))
    statement = lab.statement(to, mode="test")
    refused(lab, "window", statement, lab.sign(statement))
    setting(lab, RULE % ("require", "obligations = { typed_host = true }"))
    statement = lab.statement(to, mode="test")
    refused(lab, "typed_host", statement, lab.sign(statement))
    setting(lab, RULE % ("grant", 'level = "auto"\nobligations = { tests = ["rehearsal"] }'))
    refused(lab, "tests", lab.statement(to, required_level="auto", mode="test"), None)
    setting(lab, RULE % ("require", 'obligations = { typed_host = true, tests = ["rehearsal"] }'))
    statement = lab.statement(to, mode="test", typed_host=True)
    applied(lab, statement, lab.sign(statement), old)


@truth("an approval for later is refused before its time, and one for a window that has ended after it")
def for_later(lab):
    to = setting(lab, "")
    late = lab.statement(to, mode="test", not_before=instant(3600), expires=instant(7200))
    refused(lab, "not_yet", late, lab.sign(late))
    gone = lab.statement(to, mode="test", not_before=instant(-7200), expires=instant(-3600))
    refused(lab, "expired", gone, lab.sign(gone))


@truth("root breaks the glass alone and for what is fresh, it is loud, and afterwards nothing happens by itself")
def glass(lab):
    to, old = setting(lab, RULE % ("require", TWO)), lab.running()
    hand = {"method": "break_glass", "key_id": "", "signature": ""}

    def by_hand(statement):
        from hostile import sha256
        return dict(hand, signed_digest=sha256(statement))
    stale = lab.statement(to, mode="test", expires=instant(7200))
    refused(lab, "expired", stale, by_hand(stale))
    statement = lab.statement(to, mode="test")
    refused(lab, "presence", statement, [by_hand(statement), lab.sign(statement)])
    size = lab.log_size()
    applied(lab, statement, by_hand(statement), old)
    entries = lab.entries(size)
    loud = [n for n, e in enumerate(entries) if e["type"] == "apply.brake" and e["body"]["brake"] == "glass_broken"]
    intents = [n for n, e in enumerate(entries) if e["type"] == "apply.intent"]
    check(loud and loud[0] < intents[0], entries)
    policy(lab, veto("1s"))
    refused(lab, "glass_broken", lab.statement(to, required_level="veto", mode="test"), None)
    policy(lab, RULE % ("grant", 'level = "auto"'))
    refused(lab, "glass_broken", lab.statement(to, required_level="auto", mode="test"), None)


if __name__ == "__main__":
    main(Enemy("people", 8498))
