#!/usr/bin/env python3
"""What is refused: with which code and words (what, where, next), and that nothing changed."""

import glob
import json
import os

from client import Lab, Refused, check, lines_of, main, truth, wait

EVIL = '{ ... }: { services.openssh.settings.PermitRootLogin = "yes"; }\n'


def world(lab):
    """Everything a refusal must leave as it is."""
    return {"running": lab.running(), "profile": lab.profile(), "upstream": lab.head(),
            "applied": sum(e["type"] == "apply.intent" for e in lab.entries())}


def refused(lab, code, *words, do):
    """`do` is refused with this code, its words say what, where and what next, and the world is as before."""
    before = world(lab)
    try:
        got = do()
    except Refused as error:
        check(error.code in (code if isinstance(code, tuple) else (code,)), "not", code, "but", error)
        for word in words:
            check(word in error.words, "nothing about", repr(word), "in", error.words)
        check(world(lab) == before, "something changed:", before, world(lab))
        return error
    raise AssertionError(f"it was taken: {got}")


def drafts(lab):
    return sum(e["type"] == "proposal.drafted" for e in lab.entries())


def module(lab, text):
    """A patch that gives the host the module that agentd would write."""
    return lab.patch("hosts/web/agentd.nix", lambda old: text)


def harmless(lab, name):
    """A decided proposal."""
    return lab.propose(name, lab.patch("hosts/web/www/index.html", lambda old: old + f"<!-- {name} -->\n"))


def with_config(lab, change, run):
    """`run` with another agentd.toml and a daemon that read it; then all is as before."""
    file = lab.path("etc/agentd.toml")
    old = open(file).read()
    try:
        lab.kill("agentd", 15)
        open(file, "w").write(change(old))
        lab.start_agentd()
        return run()
    finally:
        lab.kill("agentd", 15)
        open(file, "w").write(old)
        lab.start_agentd()


# --- proposing ---------------------------------------------------------------------------------------

@truth("an upstream whose branch is unborn is named as such")
def unborn(lab):
    lab.sh('git -c init.defaultBranch=main init -q --bare "$LAB/unborn.git"')
    with_config(lab, lambda t: t.replace("/upstream.git", "/unborn.git"), lambda: refused(
        lab, "no_such_branch", "refs/heads/main", "first commit", do=lambda: lab.call("run", goal="install ripgrep")))


@truth("an upstream that has no flake.nix is named as such")
def no_flake(lab):
    lab.sh('''git -c init.defaultBranch=main init -q "$LAB/empty"; cd "$LAB/empty"
              echo hello > README; git add README
              git -c user.name=a -c user.email=a@b.c commit -q -m one; git clone -q --bare . "$LAB/empty.git"''')
    with_config(lab, lambda t: t.replace("/upstream.git", "/empty.git"), lambda: refused(
        lab, "no_flake", "flake.nix", do=lambda: lab.call("run", goal="install ripgrep")))


@truth("a host that is not in the flake is refused, and those that are there are named")
def no_host(lab):
    def ask():
        refused(lab, "unknown_host", "mail", "db", "web", do=lambda: lab.call("run", goal="install ripgrep"))
        row = next(c for c in lab.call("doctor")["checks"] if c["name"] == "host")
        check(not row["ok"] and "db, web" in row["detail"] and row["hint"], row)
    with_config(lab, lambda t: t.replace('host = "web"', 'host = "mail"'), ask)


@truth("what is asked while the daemon has just begun to look is answered all the same")
def beginning(lab):
    for number in range(8):
        lab.kill("agentd", 15)
        if number % 2:
            lab.owner_commits("README.md", lambda text: (text or "") + f"\n{number}\n", "Write something down")
        lab.start_agentd()
        refused(lab, "unknown_package", do=lambda: lab.call("run", goal="install ripgre"))


@truth("what Nix was making when everything was killed does not keep it from working for ever")
def half_made(lab):
    refused(lab, "unknown_package", do=lambda: lab.call("run", goal="install ripgre"))
    lab.kill("agentd")
    cached = glob.glob(lab.path("state/nix-scratch/cache/nix/gitv3/*/HEAD"))
    check(cached, "Nix keeps its copies elsewhere: this truth has to be told anew")
    for file in cached:
        os.unlink(file)
    lab.owner_commits("README.md", lambda text: (text or "") + "\nhalf\n", "Write something down")
    lab.start_agentd()
    refused(lab, "unknown_package", do=lambda: lab.call("run", goal="install ripgre"))


@truth("a patch that does not apply is refused with its file and line")
def no_fit(lab):
    diff = lab.patch("hosts/web/www/index.html", lambda old: old.replace("<body>", "<body>x"))
    count = drafts(lab)
    refused(lab, "does_not_apply", "hosts/web/www/index.html",
            do=lambda: lab.call("propose", title="t", rationale="r", patch=diff.replace("-<body>", "-<boddy>")))
    check(drafts(lab) == count, "it was drafted")


@truth("words, packages and services that are not known are refused with the nearest that are")
def unknown(lab):
    refused(lab, "unknown_package", "ripgre", "ripgrep", do=lambda: lab.call("run", goal="install ripgre"))
    refused(lab, "unknown_service", "rediss", "redis", do=lambda: lab.call("run", goal="enable rediss"))
    refused(lab, "not_understood", "for example", do=lambda: lab.call("run", goal="make me happy"))


@truth("operations on what the host does not have, or with what it does not take, are refused before anything is drafted")
def operations(lab):
    def ops(path, value, kind="set_option"):
        return {"schema": "agentd.ops/1", "host": "web", "operations": [{"op": kind, "option": path, "value": value}]}

    def ask(*what):
        return lambda: lab.call("propose", title="t", rationale="r", operations=ops(*what))

    before = drafts(lab)
    refused(lab, "unknown_option", "services.ngnix.enable", "services.nginx.enable", do=ask("services.ngnix.enable", {"boolean": True}))
    refused(lab, "wrong_type", "70000", "65535",
            do=ask("networking.firewall.allowedTCPPorts", {"integer": 70000}, "add_to_list"))
    refused(lab, "unknown_package", "ripgre", "ripgrep", do=ask("environment.systemPackages", {"package": "ripgre"}, "add_to_list"))
    check(drafts(lab) == before, "something was drafted")
    found = lab.call("options.search", words="ssh password", limit=1)
    check(found["options"][0]["path"] == "services.openssh.settings.PasswordAuthentication", found)
    check(lab.call("options.show", path="services.nginx.enable")["type"] == "boolean", "nginx.enable is no boolean")
    check(lab.call("packages.search", words="ripgr")["packages"][0]["attribute"] == "ripgrep", "no ripgrep")


@truth("an evaluation that fails is refused with Nix's own words, file and line, kept as evidence")
def evaluation(lab):
    before = world(lab)
    detail = lab.propose("t", module(lab, "{ ... }:\n{\n  services.nginx.enabel = true;\n}\n"), "refused")
    refusal = detail["refusal"]
    check(refusal["stage"] == "test", refusal)
    said = " ".join(str(v) for v in refusal.values())
    check("services.nginx.enabel" in said and "agentd.nix" in said, refusal)
    detail = lab.propose("t", module(lab, "{ ... }:\n{\n  a = ;\n}\n"), "refused")
    said = " ".join(str(v) for v in detail["refusal"].values())
    check("syntax error" in said and "hosts/web/agentd.nix:3" in said, detail["refusal"])
    check("syntax error" in lab.call("log", proposal=detail["id"], level="evaluate")["text"], "no log is kept")
    check(world(lab) == before, "something changed")


@truth("a build that fails is refused with its last lines, and its whole log can be fetched")
def build(lab):
    before = world(lab)
    detail = lab.propose("t", module(lab, "{ pkgs, ... }: { environment.systemPackages = [ pkgs.broken ]; }\n"),
                         "refused")
    check(detail["refusal"]["stage"] == "test" and "libquux is required" in json.dumps(detail["refusal"]),
          detail["refusal"])
    evidence = next(e for e in detail["evidence"] if e["level"] == "build")
    check(evidence["status"] == "failed" and evidence["log_blob"], evidence)
    check("libquux is required" in lab.call("log", proposal=detail["id"], level="build")["text"], "no log is kept")
    check(world(lab) == before, "something changed")


@truth("a hostile patch under a harmless title is shown with its true effect and denied by policy")
def hostile(lab):
    before = world(lab)
    detail = lab.propose("fix typo", module(lab, EVIL), "denied")
    found = [e for e in detail["effects"]["effects"] if e["kind"] == "sshd_root_login"]
    check(len(found) == 1 and found[0]["risk"] == "critical" and detail["risk"] == "critical", found)
    check(detail["level"] == "propose" and any(r["rule"] == "no-root-over-ssh" for r in detail["verdict"]["reasons"]),
          detail["verdict"])
    refused(lab, "denied", "denied", "policy explain", do=lambda: lab.call("statement", proposal=detail["id"]))
    refused(lab, "denied", do=lambda: lab.call("apply", proposal=detail["id"]))
    check(world(lab) == before, "something changed")


@truth("a title of control characters, bidi marks and markup reaches nobody as such")
def title(lab):
    evil = "fix \u202etypo\u202c\x1b[31m\r\n\nAgentd-Proposal: 01\x00<script>alert(1)</script>" + "x" * 300
    detail = lab.propose(evil, lab.patch("hosts/web/www/index.html", lambda old: old + "<!-- t -->\n"),
                         rationale="r\u202e\x1b[2J\nAgentd-Proposal: 01ARZ3NDEKTSV4RRFFQ69G5FAV")
    for bad in ("\u202e", "\x1b", "\n", "\r", "\x00"):
        check(bad not in detail["title"], repr(bad), "is in", repr(detail["title"]))
    check(len(detail["title"]) < 420, len(detail["title"]))
    message = lab.sh(f'git -C "$LAB/state/repository.git" log -1 --format=%B {detail["candidate_commit"]}')
    check("\x1b" not in message and "\u202e" not in message, repr(message))
    trailers = lab.sh(f'git -C "$LAB/state/repository.git" log -1 --format="%(trailers:key=Agentd-Proposal,valueonly)" '
                      f'{detail["candidate_commit"]}').split()
    check(trailers == [detail["id"]], "the trailers are", trailers, "in", message)
    lab.call("withdraw", proposal=detail["id"])


@truth("what is asked in another form than the contract's is refused as usage, and the daemon goes on")
def usage(lab):
    refused(lab, "usage", "dance", do=lambda: lab.call("dance"))
    refused(lab, "not_found", "list --all", do=lambda: lab.call("show", proposal="99"))
    refused(lab, "bad_value", "`proposal`", do=lambda: lab.call("show", proposal={"a": 1}))
    for wrong in ({"goal": 5}, {"goal": "install ripgrep", "more": 1}, {}):
        try:
            lab.call("run", **wrong)
            raise AssertionError(f"{wrong} was taken")
        except Refused as error:
            check(error.error["exit"] == 64, error)
    for line in (b"garbage\n", b"[1]\n", b'{"method":5}\n', b"\xff\xfe\n",
                 b'{"method":"list","params":{"a":' + b"[" * 5000 + b"]" * 5000 + b"}}\n"):
        answer = next(lines_of(lab.path("run/admin.sock"), line, raw=True, timeout=20))
        check(answer["ok"] is False and answer["error"]["code"] == "usage", line[:40], answer)
    list(lines_of(lab.path("run/admin.sock"), b"x" * (2 << 20), raw=True, timeout=30))
    lab.call("list")


@truth("a number that was read is not given to another proposal the same day: who types it means the first")
def numbers(lab):
    read = harmless(lab, "read")
    lab.call("withdraw", proposal=read["id"])
    other = harmless(lab, "slipped in")
    check(other["number"] != read["number"], "the other one has its number", other["number"])
    refused(lab, "refused", "withdrawn", do=lambda: lab.call("statement", proposal=read["number"]))
    lab.call("withdraw", proposal=other["id"])


@truth("while the log cannot be reached what is known is shown, nothing is done, and it says which part is gone")
def no_log(lab):
    proposal = harmless(lab, "no log")["id"]
    statement = lab.call("statement", proposal=proposal)["statement"]
    presence = lab.sign(statement)
    lab.kill("auditd")
    try:
        check(proposal in [row["id"] for row in lab.call("list")["proposals"]], "it is not listed")
        check(lab.show(proposal)["state"] == "decided" and lab.call("diff", proposal=proposal)["files"], "it is not shown")
        for method, params in (("approve", {"proposal": proposal, "statement": statement, "presence": presence}),
                               ("withdraw", {"proposal": proposal}), ("run", {"goal": "install jq"}), ("audit.tail", {})):
            try:
                lab.call(method, **params)
                raise AssertionError(f"{method} was taken")
            except Refused as error:
                check(error.code == "unavailable" and error.error["exit"] == 69, method, error)
                for word in ("agentd-auditd does not answer", lab.path("run/append.sock"), "systemctl start agentd-auditd"):
                    check(word in error.words, method, "nothing about", word, "in", error.words)
        answer = lab.applyd({"op": "freeze", "reason": "no log"})
        check(answer["error"]["code"] == "unrecorded" and answer["error"]["message"].startswith("frozen:"), answer)
        check(lab.applyd({"op": "state"})["frozen"], "it is not frozen")
    finally:
        lab.sh("lab_start_auditd")
    wait(20, "changes are let in again", lambda: lab.applyd({"op": "unfreeze"})["ok"])

    def goes_on():
        try:
            return lab.call("withdraw", proposal=proposal)
        except Refused as error:
            check(error.code == "unavailable", error)  # its socket is there before it listens
            return None
    wait(20, "it goes on", goes_on)


# --- approving -----------------------------------------------------------------------------------------

@truth("an approval counts once, from a known key, over exactly the bytes that are decided now")
def approvals(lab):
    one, other = harmless(lab, "one")["id"], harmless(lab, "other")["id"]
    lab.sh('ssh-keygen -q -t ed25519 -N "" -C mallory -f "$LAB/keys/mallory"')
    text = lab.call("statement", proposal=one)["statement"]
    signed = lab.sign(text)

    def give(statement=text, presence=signed, proposal=one):
        return lambda: lab.call("approve", proposal=proposal, statement=statement, presence=presence)
    flip = signed["signature"].replace("\n", "", 0)
    middle = len(flip) // 2
    flip = flip[:middle] + ("A" if flip[middle] != "A" else "B") + flip[middle + 1:]
    forged = dict(signed, signature=flip)
    for presence in (forged, dict(signed, signature="nonsense"), dict(lab.sign(text, "mallory"), key_id=lab.key_id())):
        try:
            give(presence=presence)()
            raise AssertionError("a wrong signature was taken")
        except Refused as error:
            check(error.code in ("bad_signature", "bad_armor", "bad_armour"), error)
    refused(lab, "unknown_key", lab.key_id("mallory"), "approvers", do=give(presence=lab.sign(text, "mallory")))
    refused(lab, "bad_namespace", "agentd-approve@v1", do=give(presence=lab.sign(text, namespace="file")))
    theirs = lab.call("statement", proposal=other)["statement"]
    refused(lab, "wrong_digest", "fresh", do=give(presence=lab.sign(theirs)))
    refused(lab, "mismatch", do=give(statement=theirs, presence=lab.sign(theirs)))
    late = json.loads(text)
    late["not_before"], late["expires"] = "2020-01-01T00:00:00.000000Z", "2020-01-01T00:30:00.000000Z"
    late = json.dumps(late, separators=(",", ":"), sort_keys=True, ensure_ascii=False)
    refused(lab, "expired", "2020-01-01", "approve again", do=give(statement=late, presence=lab.sign(late)))
    spaced = text.replace(",", ", ", 1)
    try:
        give(statement=spaced, presence=lab.sign(spaced))()
        raise AssertionError("another spelling was taken")
    except Refused:
        pass
    check(lab.show(one)["state"] == "decided" and lab.show(one)["approval"] is None, lab.show(one)["approval"])
    give()()
    refused(lab, "used", "fresh", do=give())
    lab.call("withdraw", proposal=one)
    refused(lab, "denied", "withdrawn", do=lambda: lab.call("apply", proposal=one))
    lab.call("withdraw", proposal=other)


@truth("after a clock that was far ahead an approval is refused with the way out, and good once a person went it")
def forgotten(lab):
    detail = harmless(lab, "after the clock")
    lab.approve(detail["id"])
    marker = lab.path("apply/nonces-forgotten-until")
    with open(marker, "w") as f:
        f.write("2099-01-01T00:00:00.000000Z")
    refused(lab, "nonces_forgotten", "2099-01-01", marker, "remove that file",
            do=lambda: lab.call("apply", proposal=detail["id"]))
    check(lab.show(detail["id"])["state"] == "approved", lab.show(detail["id"])["state"])
    check(not os.listdir(lab.path("apply/roots")), "what was kept for it is kept for ever")
    os.unlink(marker)
    lab.call("apply", proposal=detail["id"])
    check(lab.show(detail["id"])["state"] == "confirmed", lab.show(detail["id"])["state"])


@truth("a change made for a base that moved is refused, when proposed, approved and applied")
def moved(lab):
    old = lab.head()
    diff = lab.patch("hosts/web/www/index.html", lambda text: text + "<!-- moved -->\n")
    waiting, approved = harmless(lab, "waiting")["id"], harmless(lab, "approved")["id"]
    text = lab.call("statement", proposal=waiting)["statement"]
    lab.approve(approved)
    lab.owner_commits("README.md", lambda text: (text or "") + "\nmoved\n", "Move on")
    refused(lab, "stale_base", old[:7], "main", "new head",
            do=lambda: lab.call("propose", title="t", rationale="r", patch=diff, base=old))
    # the watch may have been quicker to call them stale
    refused(lab, ("stale", "wrong_state"), "", do=lambda: lab.call("approve", proposal=waiting, statement=text,
                                                                       presence=lab.sign(text)))
    check(lab.show(waiting)["state"] == "stale", lab.show(waiting)["state"])
    refused(lab, ("stale", "denied"), "", do=lambda: lab.call("apply", proposal=approved))
    check(lab.show(approved)["state"] == "stale", lab.show(approved)["state"])


@truth("an approval for a machine that has changed since is stale, and says so")
def changed(lab):
    before = lab.running()
    waiting, approved = harmless(lab, "before the switch")["id"], harmless(lab, "approved before the switch")["id"]
    text = lab.call("statement", proposal=waiting)["statement"]
    lab.approve(approved)
    # Only the machine is another: some earlier commit's.
    earlier = (lab.toplevel(lab.git("upstream.git", "rev-parse", f"main~{back}")) for back in range(1, 5))
    lab.switch(next(system for system in earlier if system != before))
    check(lab.running() != before, "the switch did nothing")
    try:
        refused(lab, "stale", "machine", "verify", do=lambda: lab.call(
            "approve", proposal=waiting, statement=text, presence=lab.sign(text)))
        refused(lab, "stale", "machine", do=lambda: lab.call("apply", proposal=approved))
        for proposal in (waiting, approved):
            check(lab.show(proposal)["state"] == "stale", lab.show(proposal)["state"])
    finally:
        lab.switch(before)


@truth("a second apply while one is under way is told that it is busy")
def busy(lab):
    import threading
    slow, other = harmless(lab, "slow")["id"], harmless(lab, "quick")["id"]
    lab.approve(slow)
    lab.approve(other)
    begun, result = threading.Event(), {}

    def apply():
        result.update(lab.call("apply", proposal=slow, on_event=lambda e: begun.set()))
    first = threading.Thread(target=apply)
    first.start()
    check(begun.wait(60), "the first never began")
    for proposal in (slow, other):
        try:
            lab.call("apply", proposal=proposal)
            raise AssertionError("the second was carried out as well")
        except Refused as error:
            check(error.code == "busy" and error.error["exit"] == 75 and error.error["hint"], error)
    first.join()
    check(result["outcome"]["outcome"] == "confirmed", result)


if __name__ == "__main__":
    main(Lab("refusals", 8572))
