"""Goals through the whole loop, by the log's own clock; beside each one the same kind of commit built by hand."""
import os
import random
import re
import signal
import subprocess
import tempfile
import time

import lab_client as lab

SETTLE_MS = 2000  # settle_seconds of the lab


class NixTime:
    """How long Nix ran below the given processes, by the kernel's own account of exec and exit."""

    def __init__(self):
        self.file = tempfile.mktemp(dir=lab.LAB, prefix="perf.")
        pids = ",".join(str(lab.pid_of(n)) for n in ("agentd", "applyd"))
        try:
            self.perf = subprocess.Popen(
                ["perf", "record", "-q", "-e", "sched:sched_process_exec,sched:sched_process_exit", "-p", pids,
                 "-o", self.file], stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL)
            time.sleep(1)
        except FileNotFoundError:
            self.perf = None

    def stop(self):
        """Milliseconds of each top process by its program's name; None where perf cannot be used."""
        if self.perf is None:
            return None
        self.perf.send_signal(signal.SIGINT)
        self.perf.wait()
        text = subprocess.run(["perf", "script", "-i", self.file, "-F", "tid,time,event,trace"],
                              capture_output=True, text=True, check=False).stdout
        if os.path.exists(self.file):
            os.unlink(self.file)
        running, spent = {}, {}
        for line in text.splitlines():
            match = re.match(r"\s*(\d+)\s+([\d.]+):\s+sched:sched_process_(exec|exit):\s*(.*)", line)
            if not match:
                continue
            tid, at, what, rest = match.groups()
            name = re.search(r"filename=(\S+)", rest)
            if what == "exec" and name:
                running[tid] = (float(at), os.path.basename(name.group(1)))
            elif what == "exit" and tid in running:
                began, program = running.pop(tid)
                spent.setdefault(program, []).append((float(at) - began) * 1000)
        return spent or None


def commit_by_hand(port):
    """A commit such as the daemon makes, on a branch of its own."""
    clone = f"{lab.LAB}/rival"
    if not os.path.isdir(clone):
        subprocess.run(["git", "clone", "-q", f"{lab.LAB}/upstream.git", clone], check=True)
    git = ["git", "-C", clone, "-c", "user.name=rival", "-c", "user.email=rival@example.org"]
    with open(f"{clone}/hosts/web/agentd.nix", "w", encoding="ascii") as module:
        module.write("{ ... }:\n{\n  networking.firewall.allowedTCPPorts = [ %d ];\n}\n" % port)
    subprocess.run(git + ["add", "-A"], check=True)
    subprocess.run(git + ["commit", "-q", "-m", f"Open {port}"], check=True)
    subprocess.run(git + ["push", "-q", "-f", "origin", "HEAD:rival"], check=True)
    return subprocess.run(git + ["rev-parse", "HEAD"], check=True, capture_output=True, text=True).stdout.strip()


def by_hand():
    commit = commit_by_hand(random.randrange(20_000, 60_000))
    began = time.monotonic()
    subprocess.run(["nix", "build", "--no-link",
                    f"git+file://{lab.LAB}/upstream.git?ref=rival&rev={commit}"
                    "#nixosConfigurations.web.config.system.build.toplevel"], check=True, capture_output=True)
    return (time.monotonic() - began) * 1000


def first(entries, kind, **body):
    for entry in entries:
        if entry["type"] == kind and all(entry["body"].get(k) == v for k, v in body.items()):
            return entry["mono_us"] / 1000
    raise lab.Refused(f"the log has no {kind} {body}")


def one_goal():
    """One goal from the request to the landing: milliseconds by stage."""
    nix = NixTime()
    asked = lab.boottime_us() / 1000
    proposal = lab.call("run", goal=f"open port {random.randrange(20_000, 60_000)}")["proposal"]["id"]
    lab.await_state(proposal, {"decided"})
    approving = lab.boottime_us() / 1000
    signing = lab.approve(proposal) * 1000
    applying = lab.boottime_us() / 1000
    lab.call("apply", proposal=proposal)
    detail = lab.await_state(proposal, {"confirmed", "rolled_back", "failed"})
    spent = nix.stop()
    log = lab.entries_of(proposal)
    evidence = {e["level"]: e for e in detail["evidence"]}
    step = {s: first(log, "apply.step", step=s) for s in
            ("way_back_armed", "activated", "healthy", "profile_set", "boot_set")}
    drafted, decided = first(log, "proposal.drafted"), first(log, "decision.made")
    granted, landed = first(log, "approval.granted"), first(log, "landing.done")
    outcome = first(log, "apply.outcome")
    times = {"plan, patch, draft": drafted - asked,
             "evaluate": evidence["evaluate"]["duration_ms"], "of it Nix (evaluate)": evidence["evaluate"]["nix_ms"],
             "build": evidence["build"]["duration_ms"], "of it Nix (build)": evidence["build"]["nix_ms"],
             "explain": evidence["effects"]["duration_ms"], "of it Nix (explain)": evidence["effects"]["nix_ms"],
             "decide": decided - first(log, "evidence.recorded", level="effects"),
             "asked to decided": decided - asked,
             "approve, without ssh-keygen": granted - approving - signing,
             "apply: verify again, to intent": first(log, "apply.intent") - applying,
             "apply: sync, baseline, arm": step["way_back_armed"] - first(log, "apply.intent"),
             "apply: switch (test)": step["activated"] - step["way_back_armed"],
             "apply: settle and health": step["healthy"] - step["activated"],
             "apply: profile": step["profile_set"] - step["healthy"],
             "apply: switch (boot)": step["boot_set"] - step["profile_set"],
             "apply: whole": outcome - applying,
             "land": landed - outcome}
    whole = (decided - asked) + times["approve, without ssh-keygen"] + (landed - applying)
    times["whole loop"] = whole
    in_nix = sum(times[f"of it Nix ({stage})"] for stage in ("evaluate", "build", "explain"))
    if spent:  # also planning and the helper; perf may miss a process that it was too late for
        in_nix = max(in_nix, sum(sum(v) for k, v in spent.items() if k in ("nix", "nix-store", "nix-env")))
    switching = times["apply: switch (test)"] + times["apply: switch (boot)"]
    times["in Nix, at least"] = in_nix
    times["loop's own, at most"] = whole - in_nix - switching - SETTLE_MS
    times["loop's own, % of the whole, at most"] = 100 * times["loop's own, at most"] / whole
    return times


def measure(figures, goals):
    runs, hand = [], []
    by_hand()  # the first one warms Nix's own cache of the repository
    for turn in range(goals):
        # whoever goes second finds a warmer machine: they take turns
        if turn % 2 == 0:
            hand.append(by_hand())
        runs.append(one_goal())
        if turn % 2 == 1:
            hand.append(by_hand())
    for name in runs[0]:
        unit = "%" if "%" in name else "ms"
        figures.add("goal", name, unit, [r[name] for r in runs if name in r])
    figures.add("goal", "test (evaluate and build)", "ms", [r["evaluate"] + r["build"] for r in runs], hand,
                "nix build by hand")
