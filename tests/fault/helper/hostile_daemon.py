#!/usr/bin/env python3
"""What a daemon that has become an enemy gets from the privileged helper: nothing that root's own files do not allow."""

import json
import os
import signal
import socket
import subprocess
import threading
import time

from hostile import Enemy, canonical, check, sha256, wait
from client import main, truth

NGINX = "services.nginx = {"
AUTO = """schema = "agentd.policy/1"
revision = 1
[defaults]
level = "approve"
presence = "ssh"
[[rule]]
id = "auto-ports"
effect = "grant"
level = "auto"
why = "the owner trusts packages"
owner = "owner"
when = { "change.areas" = { subset_of = ["packages", "network", "etc"] } }
example.match = { "change.areas" = ["packages"] }
example.no_match = { "change.areas" = ["ssh"] }
"""


def refused(lab, code, statement, presence):
    before = lab.running(), lab.profile()
    said = lab.apply(statement, presence)
    check(not said["ok"] and said["error"]["code"] == code, "wanted", code, "got", said)
    check((lab.running(), lab.profile()) == before, "the machine moved")


def harmless(lab):
    lab.sh('rm -rf "$LAB/apply/quarantine" "$LAB/apply/frozen"')  # what was taken back for another truth
    if not hasattr(lab, "harmless"):
        lab.harmless = lab.system("hosts/web/www/index.html", lambda old: old.replace("<body>", "<body><p>x</p>"))
    return lab.harmless


def policy(lab, text):
    with open(lab.path("etc/policy.toml"), "w") as f:
        f.write(text)


@truth("nobody's signature is nobody's approval, whatever level the statement claims")
def unsigned(lab):
    to = harmless(lab)
    refused(lab, "presence", lab.statement(to), None)
    refused(lab, "denied", lab.statement(to, required_level="auto"), None)
    refused(lab, "denied", lab.statement(to, required_level="veto"), None)


@truth("a signature for other bytes, and going back to what this machine never had, are refused")
def forms(lab):
    to = harmless(lab)
    one, other = lab.statement(to), lab.statement(to)
    refused(lab, "wrong_digest", one, lab.sign(other))
    none = {"base_commit": None, "candidate_commit": None, "base_tree_sha256": None, "candidate_tree_sha256": None, "drv": None}
    back = lab.statement(to, mode="rollback", rollback_to=to, **none)
    refused(lab, "not_ours", back, lab.sign(back))
    mixed = lab.statement(to, mode="rollback", rollback_to="/nix/store/" + "0" * 32 + "-x", **none)
    refused(lab, "bad_statement", mixed, lab.sign(mixed))
    commits = lab.statement(to, mode="rollback", rollback_to=to)
    refused(lab, "bad_statement", commits, lab.sign(commits))


@truth("an act for root is its own canonical text within its bounds, with the effects worked out here, and nothing of a system")
def acts(lab):
    def act(**more):
        value = {"schema": "agentd.act/1", "act": "restart_unit", "unit": "nginx.service", **more.pop("act", {})}
        value = {k: v for k, v in value.items() if v is not None}
        text = more.pop("text", canonical(value))
        fields = {k: None for k in ("base_commit", "candidate_commit", "base_tree_sha256", "candidate_tree_sha256", "drv",
                                    "toplevel", "toplevel_nar_hash", "closure_manifest_sha256")}
        return lab.statement(lab.running(), **{**fields, "mode": "act", "act": text, "effects_sha256": "0" * 64, **more})
    for bad in ({"act": "gc_older_than", "unit": None, "days": 0}, {"act": "gc_older_than", "unit": None, "days": 10 ** 6},
                {"act": "vacuum_journal", "unit": None, "megabytes": 1}, {"unit": "*.service"}, {"unit": "multi-user.target"},
                {"unit": "nginx.service --now"}, {"act": "exec", "unit": None, "program": "/bin/sh"}, {"extra": 1}):
        statement = act(act=bad)
        refused(lab, "bad_statement", statement, lab.sign(statement))
    spaced = act(text='{"act": "restart_unit","schema":"agentd.act/1","unit":"nginx.service"}')
    refused(lab, "bad_statement", spaced, lab.sign(spaced))
    system = act(toplevel=lab.running())
    refused(lab, "bad_statement", system, lab.sign(system))
    for unit in ("agentd-auditd.service", "agentd-applyd.service", "dbus.service"):
        never = act(act={"unit": unit})
        refused(lab, "denied", never, lab.sign(never))
        glass = {"method": "break_glass", "key_id": "", "signature": "", "signed_digest": sha256(never)}
        refused(lab, "denied", never, glass)
    good = act()
    refused(lab, "wrong_effects", good, lab.sign(good))
    unsigned = act(required_level="auto")
    refused(lab, "wrong_effects", unsigned, None)


@truth("a system that is a link out of the store, or whose programs are, is not a system")
def links(lab):
    evil = lab.path("evil")
    os.makedirs(evil, exist_ok=True)
    subprocess.run(["cp", "-a", lab.running() + "/.", evil], check=True)
    whole = lab.forge("nixos-system-web", f"$bb ln -s {evil} $out")
    statement = lab.statement(whole, effects_sha256="0" * 64)
    refused(lab, "not_a_toplevel", statement, lab.sign(statement))
    part = lab.forge("nixos-system-web",
                     f"$bb cp -a $running/. $out; $bb chmod -R u+w $out; $bb ln -sf {evil}/activate $out/activate")
    statement = lab.statement(part, effects_sha256="0" * 64)
    refused(lab, "not_a_toplevel", statement, lab.sign(statement))


@truth("a try-out that a person signed is not made to last by an unsigned statement without effects")
def persists(lab):
    to, old = harmless(lab), lab.running()
    with open(lab.path("etc/policy.toml")) as f:
        saved = f.read()
    try:
        policy(lab, AUTO)
        done = lab.apply_signed(to, mode="test")
        check(done["ok"] and done["outcome"]["outcome"] == "confirmed", done)
        check(lab.running() == to and lab.profile() == old, "test moved the profile")
        for mode in ("switch", "boot"):
            said = lab.apply(lab.statement(to, mode=mode, required_level="auto"), None)
            check(not said["ok"] and said["error"]["code"] == "presence" and lab.profile() == old, mode, "made it last:", said)
    finally:
        policy(lab, saved)
        check(lab.switch(old) == 0 and lab.running() == old)


def when_escapable(value):
    """A policy that stops whatever has this value."""
    return AUTO.replace("auto-ports", "holes").replace('"grant"', '"cap"').replace('"auto"', '"propose"').replace(
        '"change.areas" = { subset_of = ["packages", "network", "etc"] }', '"evidence.build_escapable" = { is = %s }' % value).replace(
        '"change.areas" = ["packages"]', '"evidence.build_escapable" = %s' % value).replace(
        '"change.areas" = ["ssh"]', '"evidence.build_escapable" = %s' % ("false" if value == "true" else "true"))


def reset_failed(lab):
    act = {"schema": "agentd.act/1", "act": "reset_failed", "unit": "nginx.service"}
    effects = {"schema": "agentd.effects/1", "from": lab.running(), "to": lab.running(), "effects": [
        {"area": "act", "kind": "reset_failed", "subject": "nginx.service", "before": None, "after": None, "risk": "low",
         "sentence": "nginx.service is no longer counted as failed; nothing is started"}],
        "closure": {"paths_added": 0, "paths_removed": 0, "bytes_before": 0, "bytes_after": 0},
        "reboot_needed": False, "truncated": False}
    fields = {k: None for k in ("base_commit", "candidate_commit", "base_tree_sha256", "candidate_tree_sha256", "drv",
                                "toplevel", "toplevel_nar_hash", "closure_manifest_sha256")}
    return lab.statement(lab.running(), **{**fields, "mode": "act", "act": canonical(act), "effects_sha256": sha256(canonical(effects))})


@truth("root's helper asks its own Nix whether what was built could have come out of the sandbox; of an act nothing was built")
def escapable(lab):
    to, old = harmless(lab), lab.running()
    version = subprocess.run(["nix", "--version"], capture_output=True, text=True).stdout.split()[-1]
    with open(lab.path("etc/policy.toml")) as f:
        saved = f.read()
    try:
        stopped = []
        for value in ("true", "false"):
            policy(lab, when_escapable(value))
            said = lab.apply_signed(to, mode="test")
            if not said["ok"]:
                check(said["error"]["code"] == "denied" and lab.running() == old, said)
                stopped.append(value)
            check(lab.switch(old) == 0)
            done = lab.apply(*signed(lab, reset_failed(lab)))
            check(done["ok"] == (value == "true"), "an act, with", value, done)
            check(done["ok"] or done["error"]["code"] == "denied", done)
        check(len(stopped) == 1, "a change was stopped where its build is escapable:", stopped)
        check(stopped == ["true"] or not version.startswith("2.8."), version, "has holes that were published")
    finally:
        policy(lab, saved)


def signed(lab, statement):
    return statement, lab.sign(statement)


@truth("a statement is good once, also when two connections race with it")
def once(lab):
    to, old = harmless(lab), lab.running()
    statement = lab.statement(to, mode="test")
    presence = lab.sign(statement)
    said = []
    threads = [threading.Thread(target=lambda: said.append(lab.apply(statement, presence))) for _ in range(6)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    check(sum(1 for s in said if s["ok"]) == 1, said)
    check(all(s["ok"] or s["error"]["code"] in ("busy", "used", "from_mismatch") for s in said), said)
    check(lab.switch(old) == 0)
    refused(lab, "used", statement, presence)


@truth("a client that leaves, or never reads, in mid-apply keeps nothing from ending")
def leaves(lab):
    to, old = harmless(lab), lab.running()
    statement = lab.statement(to, mode="test")
    size = lab.log_size()
    with socket.socket(socket.AF_UNIX) as s:
        s.connect(lab.path("run/apply.sock"))
        s.sendall((json.dumps({"op": "apply", "statement": statement, "presence": lab.sign(statement)}) + "\n").encode())
        wait(30, "it is in flight", lambda: os.path.exists(lab.path("apply/in-flight.json")))
    wait(40, "an outcome", lambda: [e for e in lab.entries(size) if e["type"] == "apply.outcome"])
    check(lab.running() == to, "it was not applied")
    check(lab.switch(old) == 0)


@truth("when something breaks after the way back was armed, the machine is taken back at once and the log says so")
def breaks(lab):
    """The demo's PID 1 is stopped while the new system is judged: units cannot be listed."""
    to, old = harmless(lab), lab.running()
    size, answer = lab.log_size(), []
    statement = lab.statement(to, mode="switch")
    sock = lab.path("machine/root/run/systemd/private.sock")
    thread = threading.Thread(target=lambda: answer.append(lab.apply(statement, lab.sign(statement), 100)))
    thread.start()
    wait(30, "activated", lambda: "activated" in phase(lab))
    os.rename(sock, sock + ".away")
    thread.join()
    os.rename(sock + ".away", sock)
    check(answer[0]["ok"] and answer[0]["outcome"]["outcome"] == "rolled_back", answer)
    check(lab.running() == old == lab.profile(), "it is not back")
    check(not os.path.exists(lab.path("apply/in-flight.json")), "something is still in flight")
    outcomes = [e["body"]["outcome"] for e in lab.entries(size) if e["type"] == "apply.outcome"]
    check(outcomes == ["rolled_back"], outcomes)
    check(not os.path.exists(lab.path("apply/way-back.pid")), "the way back is still armed")


def phase(lab):
    try:
        with open(lab.path("apply/in-flight.json")) as f:
            return json.load(f)["phase"]
    except FileNotFoundError:
        return ""


@truth("when something breaks before anything was touched, the intent has its outcome")
def early(lab):
    to, old, size = harmless(lab), lab.running(), lab.log_size()
    statement = lab.statement(to)
    presence = lab.sign(statement)
    sock = lab.path("machine/root/run/systemd/private.sock")
    os.rename(sock, sock + ".away")
    try:
        said = lab.apply(statement, presence)
    finally:
        os.rename(sock + ".away", sock)
    outcomes = [e["body"]["outcome"] for e in lab.entries(size) if e["type"] == "apply.outcome"]
    check(outcomes == ["failed"] and lab.running() == old, said, outcomes)
    check(phase(lab) == "", "in flight:", phase(lab))


@truth("the owner who switches by hand while something is interrupted keeps what he switched to")
def third(lab):
    to, old = harmless(lab), lab.running()
    mine = lab.system("hosts/web/www/index.html", lambda text: text.replace("<body>", "<body><p>mine</p>"))
    statement = lab.statement(to)
    thread = threading.Thread(target=lambda: hush(lambda: lab.apply(statement, lab.sign(statement))))
    thread.start()
    wait(30, "activated", lambda: phase(lab) == "activated")
    lab.kill("applyd")
    thread.join()
    check(lab.switch(mine) == 0 and lab.running() == mine)
    lab.sh("lab_start_applyd")
    wait(30, "settled", lambda: phase(lab) == "")
    check(lab.running() == mine, "the owner's system was replaced by", lab.running())
    check(lab.switch(old) == 0)


def hush(act):
    try:
        act()
    except (OSError, IndexError):
        pass


@truth("the way back goes by the configuration of before, not by what the new system has in /etc")
def own_config(lab):
    to, old = harmless(lab), lab.running()
    statement = lab.statement(to, mode="test")
    thread = threading.Thread(target=lambda: lab.apply(statement, lab.sign(statement)))
    thread.start()
    wait(30, "activated", lambda: phase(lab) == "activated")
    with open(lab.path("apply/way-back.pid")) as f:
        pid = f.read().strip()
    with open(f"/proc/{pid}/cmdline") as f:
        words = f.read().split("\0")
    with open(lab.path("etc/agentd.toml")) as f:
        before = f.read()
    with open(words[words.index("--config") + 1]) as f:
        own = f.read()
    thread.join()
    check(words[words.index("--config") + 1].startswith(lab.path("apply/")) and own == before, words)
    check(not os.path.exists(f"/proc/{pid}"), "the way back is still there, if only as a zombie")
    check(lab.switch(old) == 0)


@truth("both systems are kept from the garbage collector while one is tried")
def kept(lab):
    to, old = harmless(lab), lab.running()
    statement = lab.statement(to, mode="test")
    thread = threading.Thread(target=lambda: lab.apply(statement, lab.sign(statement)))
    thread.start()
    wait(30, "activated", lambda: phase(lab) == "activated")
    roots = subprocess.run(["nix-store", "--query", "--roots", old, to], capture_output=True, text=True).stdout
    thread.join()
    check(lab.path("apply/") in roots and roots.count(lab.path("apply/")) >= 2, "the roots are", roots)
    check(not os.listdir(lab.path("apply/roots")), "the roots stayed")
    check(lab.switch(old) == 0)


@truth("many connections at once, most of them mute, keep nobody waiting")
def crowd(lab):
    mute = []
    for _ in range(120):
        s = socket.socket(socket.AF_UNIX)
        s.settimeout(5)
        try:
            s.connect(lab.path("run/apply.sock"))
            mute.append(s)
        except OSError:
            break
    began = time.monotonic()
    wait(25, "an answer", lambda: hear(lab))
    check(time.monotonic() - began < 20, "it took", time.monotonic() - began)
    with open(f"/proc/{lab.pid('applyd')}/status") as f:
        threads = int(f.read().split("Threads:")[1].split()[0])
    check(threads <= 40, threads, "threads")
    for s in mute:
        s.close()


def hear(lab):
    try:
        return any(l["ok"] for l in lab.ask({"op": "state"}, 5))
    except OSError:
        return False


if __name__ == "__main__":
    main(Enemy("hostile", 8499))
