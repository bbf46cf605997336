#!/usr/bin/env python3
"""Goals in plain words through the daemon: what becomes an edit, what is asked back, what is refused."""

import glob
import json
import os
import subprocess

from client import Lab, Refused, check, main, truth


def refused(lab, goal, code):
    """It is refused with this code, and nothing was drafted."""
    before = lab.log_size()
    try:
        got = lab.call("run", goal=goal)
    except Refused as error:
        check(error.code == code, goal, "is not", code, "but", error)
        check(error.error["exit"] == 64, error)
        check(lab.log_size() == before, "something was written down")
        return error
    raise AssertionError(f"{goal} was taken: {got}")


def steps(detail):
    return {step["wish"]: step for step in detail["plan"]["steps"]}


def by_hand(lab, goal):
    """What agentctl plan makes of the words, on a clone of its own with the same index of options."""
    index, = glob.glob(lab.path(f"state/**/{lab.head()}-web.db"), recursive=True)
    host = [] if goal.startswith("on all hosts") else ["--host", "web"]
    done = subprocess.run([os.environ["LAB_BIN"] + "/agentctl", "plan", "--repo", lab.path("owner"), *host, "--options", index,
                           "--json", goal], capture_output=True, text=True, timeout=120)
    return json.loads(done.stdout.strip().splitlines()[-1])


def by_daemon(lab, goal):
    try:
        proposal = lab.call("run", goal=goal)["proposal"]["id"]
    except Refused as error:
        return {"error": error.error}
    plan = lab.show(proposal)["plan"]
    try:
        lab.call("withdraw", proposal=proposal)
    except Refused:
        pass  # its test has ended it already
    return plan


@truth("words of several kinds become edits of the owner's files, each with its place and reason")
def several(lab):
    goal = "install ripgrep and open port 8080, and add alice to the adm group"
    detail = lab.run(goal)
    found = steps(detail)
    check({step["file"] for step in found.values()} == {"hosts/web/default.nix"}, found)
    check("add ripgrep to environment.systemPackages" in found and len(found) == 3, found)
    kinds = {e["kind"] for e in detail["effects"]["effects"]}
    check({"package_added", "port_opened"} <= kinds, kinds)
    check(detail["goal"] == goal and detail["source"] == "words", detail)
    entry = next(e for e in lab.entries() if e["subject"] == detail["id"] and e["type"] == "proposal.drafted")
    check([s["wish"] for s in entry["body"]["plan"]["steps"]] == list(found), entry["body"])
    lab.call("withdraw", proposal=detail["id"])


@truth("what a host says for itself is not said for the others")
def zone(lab):
    detail = lab.run("set the timezone to Europe/Oslo")
    check([f["path"] for f in detail["files"]] == ["hosts/web/default.nix"], detail["files"])
    change = {each["name"]: each for each in detail["options"]["changes"]}["time.timeZone"]
    check("Europe/Oslo" in str(change["after"]), change)
    lab.call("withdraw", proposal=detail["id"])


@truth("what is so already is said, and nothing is proposed")
def already(lab):
    before = lab.log_size()
    try:
        lab.call("run", goal="install htop")
    except Refused as error:
        check(error.code == "no_change" and "all have it already" in error.words, error)
        check("evaluated, has it so" in error.words, error)
    else:
        raise AssertionError("it was proposed")
    check(lab.log_size() == before, "something was written down")


@truth("a goal with two readings is asked back with both, and each can be said")
def question(lab):
    error = refused(lab, "remove htop and install jq in common.nix", "two_readings")
    said = [one["say"] for one in error.error["readings"]]
    check(len(said) == 2 and all(one["understood"] for one in error.error["readings"]), error)
    for one in said:
        plan = by_daemon(lab, one)
        check("error" not in plan or plan["error"]["code"] == "shared", "it is understood otherwise:", plan)


@truth("whether a package or its service is meant is asked, and the one that is chosen is proposed")
def chosen(lab):
    error = refused(lab, "install postgresql", "two_readings")
    packaged, served = [one["say"] for one in error.error["readings"]]
    check("systemPackages" in packaged and "services.postgresql.enable" in served, error)
    detail = lab.run(served)
    check(list(steps(detail)) == ["set services.postgresql.enable to true"], detail["plan"])
    lab.call("withdraw", proposal=detail["id"])


def as_said(words):
    """What the worker says of its own, as the daemon marks it."""
    return "agentd-analyze says \u201c" + words.replace("\n", " ").replace("\u201c", '"').replace("\u201d", '"') + "\u201d"


@truth("the daemon and agentctl plan make the same of the same words")
def same(lab):
    lab.call("options.show", path="time.timeZone")  # the index is there
    for goal in ("install ripgrep and open port 8080", "set the timezone to Europe/Oslo", "add alice to the adm group",
                 "forbid root logins over ssh, and let ssh listen on port 2222", "on all hosts, install jq",
                 "create a module that enables postgresql and import it", "remove curl", "install docker", "install nginx",
                 "make me happy", "install ripgrep and remove ripgrep", "enable nginxx", "open port 99999"):
        mine, other = by_hand(lab, goal), by_daemon(lab, goal)
        if "error" in other:
            check("error" in mine, goal, "is refused by the daemon alone:", other, mine)
            for key in ("code", "readings"):
                check(mine["error"].get(key) == other["error"].get(key), goal, key, mine["error"], other["error"])
            for key in ("message", "where", "hint"):
                one, told = mine["error"].get(key), other["error"].get(key)
                check(one == told or told.endswith(as_said(one)), goal, key, mine["error"], other["error"])
        else:
            check(mine.get("steps") == other["steps"], goal, mine, other)


@truth("a goal for another host, or with a word that is not understood, is refused and says why")
def refusals(lab):
    error = refused(lab, "install ripgrep and make me happy", "not_understood")
    check("`me`" in error.words and "understood up to `install ripgrep and make`" in error.words, error)
    check("for example" in error.words, error)
    refused(lab, "install ripgrep on nowhere", "not_understood")
    try:
        lab.call("run", goal="install ripgrep on db")
    except Refused as other:
        check(other.code == "other_host" and "db" in other.words and "web" in other.words, other)
    else:
        raise AssertionError("it was proposed for another host")


if __name__ == "__main__":
    main(Lab("goals", 8623))
