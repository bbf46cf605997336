"""What a change that is tested costs the daemon itself: memory while a build says 200 MB, and its share of the processor."""
import subprocess
import threading
import time

import lab_client as lab
from processes import memory, used

BUILDS = 16
LINES = 12_500  # of a thousand bytes each: 200 MB in all, and no build above Nix's own limit
NOISE = """  environment.etc = lib.genAttrs (map (n: "noise/${toString n}") (lib.range 1 %d)) (name: {
    source = pkgs.runCommand "noise-%s" { is = name; } ''
      yes "$(printf %%%%01000d 7)" | head -n %d
      echo "$is" > $out
    '';
  });
""" % (BUILDS, "%s", LINES)


def patch(text):
    """Adds lines before the last one of a file that nothing else here touches."""
    path = "hosts/web/default.nix"
    lines = subprocess.run(["git", "-C", f"{lab.LAB}/upstream.git", "show", f"main:{path}"],
                           capture_output=True, text=True, check=True).stdout.splitlines()
    added = text.splitlines()
    at = len(lines) - 1
    return "".join([f"diff --git a/{path} b/{path}\n", f"--- a/{path}\n+++ b/{path}\n",
                    f"@@ -{at},2 +{at},{len(added) + 2} @@\n", f" {lines[at - 1]}\n"]
                   + [f"+{line}\n" for line in added] + [f" {lines[at]}\n"])


class Watched:
    """The daemon while something goes on: how much memory of its own it had at most, and what ran below it."""

    def __enter__(self):
        self.pid = lab.pid_of("agentd")
        self.before = memory(self.pid)[2]
        self.most = self.before
        self.ran = used(self.pid)
        self.ended = threading.Event()
        self.thread = threading.Thread(target=self.look)
        self.thread.start()
        return self

    def look(self):
        while not self.ended.wait(0.02):
            self.most = max(self.most, memory(self.pid)[2])

    def __exit__(self, *_):
        self.ended.set()
        self.thread.join()
        own, _, below = (after - before for after, before in zip(used(self.pid), self.ran))
        self.own = own / 1e9
        self.below = below / 100


def prove(title, text):
    """Proposes, waits until it is decided, and takes it back."""
    proposal = lab.call("propose", title=title, rationale="bench", patch=patch(text))["proposal"]["id"]
    detail = lab.call("verify", proposal=proposal)["proposal"]
    if detail["state"] != "decided":
        raise lab.Refused(f'{title}: {detail["state"]}, {detail.get("refusal")}')
    lab.call("withdraw", proposal=proposal, reason="bench")


def measure(figures, rounds=2):
    for what, text in (("an ordinary change", lambda seed: f'  environment.etc."{seed}".text = "bench";\n'),
                       ("200 MB of build output", lambda seed: NOISE % seed)):
        grown, own, share = [], [], []
        for index in range(rounds):
            with Watched() as daemon:
                prove(f"Bench {index}", text(f"b{time.time_ns()}"))
            grown.append(daemon.most - daemon.before)
            own.append(1000 * daemon.own)
            share.append(100 * daemon.own / (daemon.own + daemon.below))
        figures.add("prove", f"agentd, own pages more, {what}", "MiB", grown)
        figures.add("prove", f"agentd, its own processor, {what}", "ms", own)
        figures.add("prove", f"agentd, its own processor, {what}", "% of the whole", share)
