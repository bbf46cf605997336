"""Runs the measurements in an order in which none spoils the next; started by `run` in a lab that is up."""
import argparse
import sys
import time

import lab_client as lab
import log
import loop
import processes
import proving
from figures import Figures

PARTS = ("idle", "loop", "prove", "memory", "log", "fold", "sizes")


def main():
    options = argparse.ArgumentParser()
    options.add_argument("--json")
    options.add_argument("--only", default=",".join(PARTS))
    options.add_argument("--goals", type=int, default=5)
    options.add_argument("--proposals", type=int, default=100)
    options.add_argument("--seconds", type=int, default=60)
    options.add_argument("--build", action="store_true")
    chosen = options.parse_args()
    parts = set(chosen.only.split(","))
    if not parts <= set(PARTS):
        options.error("--only takes " + ",".join(PARTS))
    figures = Figures()
    time.sleep(5)  # the first look at the machine evaluates the head
    if "idle" in parts:
        say("idle")
        processes.measure_idle(figures, chosen.seconds, "as delivered")
    if "memory" in parts:
        processes.measure_memory(figures, "after start")
        processes.measure_status(figures, "after start")
    if "loop" in parts:
        say("goals through the loop")
        loop.measure(figures, chosen.goals)
    if "prove" in parts:
        say("a build that talks")
        proving.measure(figures)
    if "memory" in parts:
        say("proposals")
        processes.measure_proposals(figures, chosen.proposals)
        processes.measure_memory(figures, f"after {chosen.proposals} proposals")
        processes.measure_status(figures, f"after {chosen.proposals} proposals")
    if "log" in parts:
        say("the log")
        log.measure_appends(figures)
    if "fold" in parts:
        say("the fold")
        log.measure_fold(figures)
    if "sizes" in parts:
        processes.measure_sizes(figures)
    if chosen.build:
        say("a clean build")
        processes.measure_build(figures)
    figures.print()
    if chosen.json:
        figures.write(chosen.json)


def say(what):
    print(f"   {what}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
