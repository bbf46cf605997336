"""Memory, processor time and wakeups of the processes; how fast they answer; what they weigh on disk and wire."""
import glob
import os
import re
import subprocess
import tempfile
import time
import urllib.request

import lab_client as lab


def memory(pid):
    """MiB: private and file pages resident, and the proportional share."""
    with open(f"/proc/{pid}/status", encoding="ascii", errors="replace") as file:
        status = file.read()
    kib = sum(int(re.search(rf"{key}:\s+(\d+)", status)[1]) for key in ("RssAnon", "RssFile"))
    anon = int(re.search(r"RssAnon:\s+(\d+)", status)[1])
    with open(f"/proc/{pid}/smaps_rollup", encoding="ascii") as file:
        pss = int(re.search(r"Pss:\s+(\d+)", file.read())[1])
    return kib / 1024, pss / 1024, anon / 1024


def measure_memory(figures, when):
    for name, file in lab.PROCESSES.items():
        resident, pss, anon = memory(lab.pid_of(file))
        figures.add("memory", f"{name}, resident, {when}", "MiB", resident)
        figures.add("memory", f"{name}, share (Pss), {when}", "MiB", pss)
        figures.add("memory", f"{name}, own pages (anon), {when}", "MiB", anon)


def used(pid):
    """Nanoseconds on a processor and switches to it, all threads; children that ended in clock ticks."""
    nanoseconds = switches = 0
    for task in glob.glob(f"/proc/{pid}/task/*"):
        try:
            with open(task + "/schedstat", encoding="ascii") as file:
                ran, _, times = map(int, file.read().split())
        except OSError:
            continue
        nanoseconds += ran
        switches += times
    with open(f"/proc/{pid}/stat", encoding="ascii") as file:
        fields = file.read().rsplit(")", 1)[1].split()
    return nanoseconds, switches, int(fields[13]) + int(fields[14])


def measure_idle(figures, seconds, when):
    pids = {name: lab.pid_of(file) for name, file in lab.PROCESSES.items()}
    before = {name: used(pid) for name, pid in pids.items()}
    time.sleep(seconds)
    total = 0.0
    for name, pid in pids.items():
        ran, switches, children = (b - a for a, b in zip(before[name], used(pid)))
        percent = 100 * (ran / 1e9 + children / os.sysconf("SC_CLK_TCK")) / seconds
        total += percent
        figures.add("idle", f"{name}, processor, {when}", "% of one", percent)
        figures.add("idle", f"{name}, wakeups, {when}", "1/s", switches / seconds)
    figures.add("idle", f"all, processor, {when}", "% of one", total)


def timed(act, times):
    samples = []
    for _ in range(times):
        began = time.perf_counter()
        act()
        samples.append((time.perf_counter() - began) * 1000)
    return samples


def measure_status(figures, when):
    figures.add("status", f"over the socket, {when}", "ms", timed(lambda: lab.call("status"), 30))
    figures.add("status", f"list of all, over the socket, {when}", "ms", timed(lambda: lab.call("list", all=True), 30))
    program = f"{lab.BIN}/agentctl"
    if os.path.exists(program):
        argv = [program, "--config", f"{lab.LAB}/etc/agentd.toml", "status"]
        figures.add("status", f"agentctl status, {when}", "ms",
                    timed(lambda: subprocess.run(argv, check=True, capture_output=True), 20),
                    timed(lambda: subprocess.run(["/bin/true"], check=True), 20), "/bin/true")


def patch(port):
    """A tiny change of a file that nothing else here touches."""
    show = subprocess.run(["git", "-C", f"{lab.LAB}/upstream.git", "show", "main:hosts/web/www/index.html"],
                          capture_output=True, text=True, check=True).stdout.splitlines()
    return "".join(["diff --git a/hosts/web/www/index.html b/hosts/web/www/index.html\n",
                    "--- a/hosts/web/www/index.html\n+++ b/hosts/web/www/index.html\n",
                    f"@@ -1,{len(show)} +1,{len(show) + 1} @@\n", f"+<!-- {port} -->\n"]
                   + [f" {line}\n" for line in show])


def measure_proposals(figures, count):
    """Each is drafted and withdrawn before the next, so that the limit of open ones is not met."""
    propose = []
    for index in range(count):
        text = patch(index)
        began = time.perf_counter()
        proposal = lab.call("propose", title=f"Note {index}", rationale="bench", patch=text)["proposal"]["id"]
        propose.append((time.perf_counter() - began) * 1000)
        lab.call("withdraw", proposal=proposal, reason="bench")
    time.sleep(3)
    figures.add("propose", "a patch, to drafted", "ms", propose)


def measure_sizes(figures):
    for path in sorted(glob.glob(f"{lab.BIN}/agent*")):
        name = os.path.basename(path)
        if name == "agentd-demo-init":
            continue
        with tempfile.NamedTemporaryFile() as stripped:
            subprocess.run(["strip", "-o", stripped.name, path], check=True)
            figures.add("size", f"{name}, stripped", "KiB", os.path.getsize(stripped.name) / 1024,
                        [os.path.getsize(path) / 1024], "as built")
    total = 0.0
    page, weight = fetch("/")
    figures.add("page", "/ on the wire", "KiB", weight)
    total += weight
    for asset in sorted(set(re.findall(r'(?:src|href)="(/[^"#]+)"', page))):
        _, weight = fetch(asset)
        figures.add("page", f"{asset} on the wire", "KiB", weight)
        total += weight
    figures.add("page", "first visit, whole", "KiB", total)


def fetch(path):
    request = urllib.request.Request(f"http://127.0.0.1:{lab.PORT}{path}",
                                     headers={"Host": f"localhost:{lab.PORT}", "Accept-Encoding": "br"})
    with urllib.request.urlopen(request) as answer:
        body = answer.read()
        heads = sum(len(k) + len(v) + 4 for k, v in answer.headers.items())
        if answer.headers.get("Content-Encoding") == "br":
            plain = subprocess.run(["brotli", "-dc"], input=body, capture_output=True, check=True).stdout
        else:
            plain = body
    return plain.decode("utf-8", "replace"), (len(body) + heads) / 1024


def measure_build(figures):
    source = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../..")
    with tempfile.TemporaryDirectory(dir=lab.LAB) as folder:
        environment = dict(os.environ, CCACHE_DISABLE="1")
        subprocess.run(["cmake", "--preset", "release", "-S", source, "-B", folder], check=True, capture_output=True,
                       env=environment, cwd=source)
        began = time.monotonic()
        subprocess.run(["ninja", "-C", folder, "-j2", "agentd", "agentd-auditd", "agentd-applyd", "agentctl",
                        "agentd-analyze", "agentd-confine", "agentd-probe"], check=True, capture_output=True,
                       env=environment)
        figures.add("build", "programs, clean, two jobs", "s", time.monotonic() - began)
