#!/usr/bin/env python3
"""The whole loop on the demo machine: from a wish or a broken service to a commit on the owner's branch."""

import os
import shutil
import signal

from client import Lab, Refused, check, main, truth, wait

NGINX = "services.nginx = {"


def with_nginx(line):
    return lambda old: old.replace(NGINX, NGINX + "\n    " + line)


def landed(lab, detail):
    """The very commit that was tested is the head of the owner's branch, and says which proposal it is."""
    check(lab.head() == detail["candidate_commit"], "the upstream is at", lab.head())
    message = lab.git("upstream.git", "log", "-1", "--format=%B", "main")
    check(f"Agentd-Proposal: {detail['id']}" in message.splitlines(), "the message is", message)
    note = lab.git("upstream.git", "notes", "--ref=refs/notes/agentd", "show", "main")
    check(f"Agentd-Proposal: {detail['id']}" in note and "Approved-By: alice" in note, "the note is", note)
    check(detail["landed"] and detail["landing"]["done"], "the rows do not say that it landed")


@truth("a service that is expected and missing is observed, and a proposal to enable it appears by itself")
def missing(lab):
    seen = wait(40, "the observation", lambda: lab.observation("unit_missing:redis.service"))
    check(seen["severity"] == "warning" and seen["trusted"], seen)
    first = wait(60, "the proposal", lambda: next(
        (p for p in lab.call("list")["proposals"] if p["source"] == "playbook"), None))
    detail = lab.settled(first["id"], "decided")
    check(detail["title"] == "enable redis" and detail["observation"] == "unit_missing:redis.service", detail["title"])
    check(detail["proposer"] == {"id": "playbook", "kind": "planner"}, detail["proposer"])
    detail = lab.carry_out(first["id"])
    landed(lab, detail)
    check("PONG" in lab.on("redis-cli PING"), "redis does not answer")
    wait(20, "the observation is resolved", lambda: not lab.observation("unit_missing:redis.service"))


@truth("a goal in words is decided, approved with an ssh key, applied, confirmed and landed with its note")
def words(lab):
    detail = lab.run("install ripgrep and open port 8080")
    kinds = {e["kind"] for e in detail["effects"]["effects"]}
    check({"package_added", "port_opened"} <= kinds, kinds)
    options = {each["name"]: each for each in detail["options"]["changes"]}
    port = options.get("networking.firewall.allowedTCPPorts", {})
    check(port.get("added") == ["8080"] and port["file"] == "hosts/web/default.nix" and port["line"], detail["options"])
    steps = {step["wish"]: step for step in detail["plan"]["steps"]}
    check({step["file"] for step in steps.values()} == {"hosts/web/default.nix"} and all(step["hosts"] == ["web"] and step["how"] for step in steps.values()), steps)
    check([f["path"] for f in detail["files"]] == ["hosts/web/default.nix"], detail["files"])
    check(options["environment.systemPackages"]["added"][0].startswith("«package ripgrep"), detail["options"])
    check(detail["goal"] == "install ripgrep and open port 8080" and detail["level"] == "approve", detail["level"])
    before = detail["toplevel"]
    detail = lab.carry_out(detail["id"])
    check(detail["approval"]["approver"] == "alice" and detail["approval"]["method"] == "ssh", detail["approval"])
    check(detail["events"] == ["way_back_armed", "activated", "healthy", "profile_set", "boot_set"], detail["events"])
    landed(lab, detail)
    check(lab.running() == before == lab.profile(), "what was tested is not what runs and boots")
    check(os.path.exists(lab.running() + "/sw/bin/rg"), "ripgrep is not there")
    check("8080" in lab.on("cat /run/firewall/iptables.rules"), "the port is not open")
    check(not os.path.exists(lab.path("apply/in-flight.json")), "something is still in flight")
    check(not os.path.exists(lab.path("apply/way-back.pid")), "the way back is still armed")


@truth("a change of the machine's own system that lands is not observed as a machine beside its head")
def one(lab):
    wait(30, "the head is read", lambda: not lab.observation("running_not_head"))
    before = lab.log_size()
    for text in ("first", "second", "third"):
        detail = lab.propose(text, lab.patch("hosts/web/www/index.html", lambda old: old + f"<!-- {text} -->\n"))
        landed(lab, lab.carry_out(detail["id"]))
    lab.call("observe")
    seen = [e["type"] for e in lab.entries(before) if e["subject"] == "running_not_head"]
    check(not seen, seen)


@truth("a service enabled by a goal in words answers on the machine")
def service(lab):
    detail = lab.carry_out(lab.run("enable postgresql")["id"])
    landed(lab, detail)
    watching = next(s for s in detail["apply"]["steps"] if s["step"] == "watching")
    check("postgresql.service for" in watching["detail"], watching)  # a person sees what is waited for
    wait(10, "postgresql answers", lambda: lab.answers(5432))


@truth("a patch goes the same way, and the page it changes is served")
def patch(lab):
    diff = lab.patch("hosts/web/www/index.html", lambda old: old.replace("<body>", "<body><p>patched</p>"))
    check("patched" in diff, diff)
    detail = lab.propose("Say that the page was patched", diff)
    check([f["path"] for f in detail["files"]] == ["hosts/web/www/index.html"], detail["files"])
    landed(lab, lab.carry_out(detail["id"]))
    check("patched" in lab.on("wget -q -O - http://127.0.0.1/"), "the page is the old one")


def taken_back(lab, port, reason):
    running, profile, head = lab.running(), lab.profile(), lab.head()
    detail = lab.propose(f"Move nginx to port {port}",
                         lab.patch("hosts/web/default.nix", with_nginx(f"defaultHTTPListenPort = {port};")))
    recorded = detail["effects"]["from"]
    detail = lab.carry_out(detail["id"], "rolled_back")
    check(detail["events"][-1] == "taking_back" and "profile_set" not in detail["events"], detail["events"])
    check(lab.running() == running == recorded, "the machine runs", lab.running())
    check(lab.profile() == profile and lab.head() == head, "profile or upstream moved")
    check(reason in detail["apply"]["outcome"]["reason"], detail["apply"]["outcome"]["reason"])
    check(not detail["landed"] and detail["landing"] is None, detail["landing"])
    wait(10, "nginx serves again", lambda: lab.answers(80))


@truth("a system that builds and serves nobody is taken back by itself, to exactly the path that ran")
def wrong_port(lab):
    taken_back(lab, 8000, "web page")


@truth("a system whose nginx finds its port taken is taken back by itself")
def taken_port(lab):
    taken_back(lab, 22, "nginx.service")


@truth("a service that fails after the owner's own switch is observed, and what broke it is taken back")
def failed(lab):
    good = lab.head()
    broken = lab.owner_commits("hosts/web/default.nix", with_nginx('appendHttpConfig = "servre_tokens off;";'),
                               "Hide the version of nginx")
    lab.switch(lab.toplevel(broken))
    seen = wait(40, "the observation", lambda: lab.observation("unit_failed:nginx.service"))
    check(seen["severity"] == "critical", seen)
    found = wait(60, "the proposal", lambda: next(
        (p for p in lab.call("list")["proposals"] if p["title"] == "take back what broke nginx.service"), None))
    detail = lab.settled(found["id"], "decided")
    check(broken[:7] in detail["rationale"] and detail["base_commit"] == broken, detail["rationale"])
    lab.applyd({"op": "unfreeze"})  # two were taken back above, which stops everything until root says otherwise
    landed(lab, lab.carry_out(found["id"]))
    check(not lab.git("upstream.git", "diff", good, "main"), "the files are not those of before")
    lab.on("wget -q -O /dev/null http://127.0.0.1/")
    wait(20, "the observation is resolved", lambda: not lab.observation("unit_failed:nginx.service"))


@truth("a healthy system whose boot entry cannot be written is taken back: what runs, what boots and the profile are one")
def no_boot_entry(lab):
    running, profile, entries = lab.running(), lab.profile(), lab.on("cat /boot/loader/loader.conf")
    detail = lab.propose("Break the boot loader's installer", lab.patch(
        "modules/system/install-systemd-boot.sh", lambda old: old.replace("set -e\n", "set -e\necho no room >&2; exit 1\n")))
    detail = lab.carry_out(detail["id"], "rolled_back")
    check(detail["events"][-2:] == ["profile_set", "taking_back"], detail["events"])
    check("boot entry could not be written" in detail["apply"]["outcome"]["reason"], detail["apply"]["outcome"])
    check(lab.running() == running and lab.profile() == profile, lab.running(), lab.profile())
    links = {lab.on(f"readlink /var/lib/nixos/profiles/system-{n}-link") for n in
             lab.on("sed -n 's/^default nixos-generation-\\([0-9]*\\).conf/\\1/p' /boot/loader/loader.conf").split()}
    check(links == {running}, links, "was", entries)
    lab.applyd({"op": "unfreeze"})


@truth("a lock that git left in the owner's repository keeps a change from landing, says so, and ends no daemon")
def locked(lab):
    lock = lab.path("upstream.git/refs/heads/main.lock")
    open(lock, "w").close()
    detail = lab.propose("Locked out", lab.patch("hosts/web/www/index.html", lambda old: old + "<!-- locked -->\n"))
    detail = lab.carry_out(detail["id"])
    check(not detail["landed"] and "locked by another git" in detail["landing"]["reason"], detail["landing"])
    check("agentctl pull" in detail["landing"]["hint"], detail["landing"])
    os.unlink(lock)
    old = lab.head()
    lab.git("owner", "pull", "-q", "--ff-only", lab.path("state/repository.git"), "refs/agentd/" + detail["id"])
    lab.git("owner", "push", "-q", "origin", "HEAD:main")
    check(lab.head() != old)
    wait(20, "what the owner took has landed", lambda: lab.show(detail["id"])["landed"])
    open(lock, "w").close()
    os.utime(lock, (1, 1))  # from before this machine's boot: whoever made it is gone
    detail = lab.propose("Not locked out", lab.patch("hosts/web/www/index.html", lambda old: old + "<!-- free -->\n"))
    landed(lab, lab.carry_out(detail["id"]))


@truth("what the log says was confirmed without an approval does not land, and is waited for no longer")
def unapproved(lab):
    detail = lab.propose("Nobody approved this", lab.patch("hosts/web/www/index.html", lambda old: old + "<!-- x -->\n"))
    here = lab.running()
    lab.append("apply.intent", detail["id"], {"statement_sha256": "0" * 64, "nonce": "0" * 64, "mode": "switch",
                                              "from": here, "to": here, "deadline": "2026-01-01T00:00:00.000000Z"})
    lab.append("apply.outcome", detail["id"], {"outcome": "confirmed", "reason": "", "from": here, "to": here,
                                               "running": here, "checks": [], "residue": [], "settled": True})
    head = lab.head()
    landing = wait(60, "the refusal to land", lambda: lab.show(detail["id"])["landing"])
    check(not landing["done"] and "no approval" in landing["reason"] and "agentctl pull" in landing["hint"], landing)
    check(lab.head() == head, "the branch moved")
    lab.owner_commits("hosts/web/www/index.html", lambda old: old + "<!-- by hand -->\n", "By hand")
    wait(40, "the machine beside its head is observed", lambda: lab.observation("running_not_head"))


@truth("the rows folded again from the log are the same rows")
def rebuilt(lab):
    done = lab.call("state.rebuild")
    check(done["rows_before_sha256"] == done["rows_after_sha256"] and done["entries"] > 50, done)


@truth("the log verifies, and one flipped byte in a copy is found and its entry named")
def flipped(lab):
    report = lab.call("audit.verify")
    check(report["ok"] and report["problem"] is None and report["size"] == lab.log_size(), report)
    lab.kill("agentd", signal.SIGTERM)
    shutil.copytree(lab.path("audit"), lab.path("copy"))
    entry = next(i for i, e in enumerate(lab.entries()) if e["type"] == "approval.granted")
    name = sorted(os.listdir(lab.path("copy/log")))[0]
    with open(lab.path("copy/log", name), "r+b") as f:
        at = f.read().index(b'"type":"approval.granted"') + 10
        f.seek(at)
        f.write(b"X")
    lab.sh('sed -i "s|^directory = \\"$LAB/audit\\"|directory = \\"$LAB/copy\\"|" "$LAB/etc/agentd.toml"')
    lab.start_agentd()
    report = lab.call("audit.verify")
    check(not report["ok"] and report["problem"]["entry"] == entry, "not entry", entry, "but", report)


if __name__ == "__main__":
    main(Lab("loop", 8571, services='"nginx.service", "redis.service"'))
