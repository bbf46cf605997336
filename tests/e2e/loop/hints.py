#!/usr/bin/env python3
"""What people are told beside the proof: early, of other hosts, of what is new; and a base that is not what it says."""

from client import Lab, check, main, truth, wait


def evidence(detail, level):
    return next((e for e in reversed(detail["evidence"]) if e["level"] == level), None)


def hosts(lab, detail):
    """The evidence about the others comes by itself, after the test."""
    return wait(60, "the other hosts", lambda: lab.show(detail["id"])["hosts"])


def on_both(lines):
    """An edit of what both hosts import."""
    return "hosts/common.nix", lambda old: old.replace("{\n", "{\n" + lines + "\n", 1)


@truth("a change of one host leaves the others alone, and it says so")
def alone(lab):
    detail = lab.run("open port 8081")
    found = hosts(lab, detail)
    check(found["hosts"] == [{"name": "db", "fate": "same", "why": ""}] and found["sentences"] == [], found)
    check(evidence(lab.show(detail["id"]), "hosts")["status"] == "passed", detail["evidence"])
    check(lab.show(detail["id"])["so_far"] is None, "something is still told as not proved")


@truth("other hosts that nobody had looked at when the daemon ended are looked at after its start")
def after_a_start(lab):
    detail = lab.propose("Then it ends", lab.patch("hosts/web/www/index.html", lambda old: old + "<!-- ends -->\n"))
    lab.kill("agentd")
    lab.start_agentd()
    check([host["fate"] for host in hosts(lab, detail)["hosts"]] == ["same"], detail["evidence"])


@truth("while it is being tested the first facts are there beside those of the base, and are no evidence")
def early(lab):
    begun = lab.call("run", goal="open port 8082")["proposal"]["id"]
    found = wait(30, "what is known so far", lambda: lab.show(begun)["so_far"])
    check(found["compared"], found)  # the base is known since the truth above
    ports = next(f for f in found["facts"] if f["name"] == "tcp_ports")
    check("8082" not in ports["before"] and "8082" in ports["after"], ports)
    detail = lab.settled(begun, "decided")
    check(detail["so_far"] is None, detail["so_far"])
    check({e["level"] for e in detail["evidence"]} >= {"intake", "evaluate", "build", "effects"}, detail["evidence"])


@truth("a change of what hosts share names the others, and only its own warnings are new")
def shared(lab):
    warned = lab.owner_commits(*on_both('  warnings = [ "the owner knows this one" ];'), "A warning that is old")
    check(lab.head() == warned)
    path, change = on_both('  environment.etc."shared".text = "x";')
    diff = lab.patch(path, lambda old: change(old).replace('one" ]', 'one" "this one is new" ]'))
    detail = lab.propose("Shared", diff)
    check(detail["new_warnings"] == ["this one is new"], detail["new_warnings"])
    check(detail["warnings"][0] == "this one is new" and len(detail["warnings"]) == 2, detail["warnings"])
    found = hosts(lab, detail)
    check(found["hosts"] == [{"name": "db", "fate": "changed", "why": ""}], found)
    check("This also changes the host db" in found["sentences"][0], found)


@truth("a change that breaks another host is told as such, and is still this host's to decide")
def breaks(lab):
    detail = lab.propose("Break the other", lab.patch("hosts/db/default.nix", lambda old: old + "}"))
    found = hosts(lab, detail)
    check(found["hosts"][0]["fate"] == "breaks" and "hosts/db/default.nix" in found["hosts"][0]["why"], found)
    detail = lab.show(detail["id"])
    check(evidence(detail, "hosts")["status"] == "failed" and detail["state"] == "decided", detail["state"])


@truth("a base whose attributes make git hand out other bytes than it holds is refused by that name, before Nix is asked")
def attributes(lab):
    lab.owner_commits(".gitattributes", lambda old: '"*.nix"ident\n', "Let git write into files")
    patch = lab.patch("hosts/web/www/index.html", lambda old: old + "<!-- x -->\n")
    detail = lab.propose("On such a base", patch, "refused")
    check(detail["refusal"]["code"] == "attributes" and detail["refusal"]["where"] == ".gitattributes", detail["refusal"])
    check(evidence(detail, "evaluate")["nix_ms"] == 0, detail["evidence"])
    lab.owner_commits(".gitattributes", lambda old: "* text=auto\n", "Leave them alone")
    lab.propose("On a plain base", patch)


@truth("a check of the owner's flake that a change breaks, or takes away, has failed, and the policy wants a person")
def checks(lab):
    good = lab.run("open port 8083")
    check(evidence(good, "checks")["summary"] == "passed: no-passwords, web-page", good["evidence"])
    broken = lab.propose("No title", lab.patch("hosts/web/www/index.html", lambda old: old.replace("title>", "b>")))
    found = evidence(broken, "checks")
    check(found["status"] == "failed" and found["summary"].startswith("not passed: web-page"), found)
    check("checks" in {r["rule"] for r in broken["verdict"]["reasons"] if r["effect"] == "invariant"}, broken["verdict"])
    gone = lab.propose("Take it away", lab.patch("flake.nix", lambda old: old.replace("web-page =", "page =")))
    check("web-page: the candidate has no check of that name" in evidence(gone, "checks")["summary"], gone["evidence"])


if __name__ == "__main__":
    hints = Lab("hints", 8619)
    hints.env["LAB_CHECKS"] = '"all"'
    main(hints)
