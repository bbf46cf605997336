#!/usr/bin/env python3
"""Rehearsals: systems of tests/host/flake boot in containers on this machine. LAB_BIN: the built programs.

What they need besides the store is this machine's own /usr. Truths named on the command line are the only ones tried (a
part of a name is enough). Needs root, Nix, systemd and systemd-nspawn; status 77 where one is missing.
"""
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
sys.path.insert(0, str(ROOT / "tests/e2e"))
import truths  # noqa: E402

BIN = Path(os.environ.get("LAB_BIN", ROOT / "build/dev/bin")).resolve()
TRUTHS = []
ENVIRONMENT = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_SYSTEM": "/dev/null",
               "NIX_CONFIG": "experimental-features = nix-command flakes\nsubstituters =\nflake-registry =\nsandbox = true\n"
                             "sandbox-fallback = false\nbuild-users-group ="}


def truth(words):
    return lambda function: TRUTHS.append((words, function))


class Bench:
    """The owner's flake, and what becomes of a change of it."""

    def __init__(self, folder: Path):
        self.folder, self.flake = folder, folder / "seed"
        (folder / "keys").mkdir()
        self.shell("ssh-keygen -q -t ed25519 -N '' -C alice -f keys/alice; . %s/tests/host/lab; lab_flake %s" % (ROOT, folder))
        self.file = self.flake / "hosts/box/default.nix"
        self.file.write_text(self.file.read_text().replace("imports = [ ../common.nix ./with-agentd.nix ]", "imports = [ ../common.nix ]"))
        self.shell("git -C seed -c user.name=a -c user.email=a@b.c -c commit.gpgsign=false commit -q -a -m 'no agentd'")
        self.config(60)
        # Ends with 0 where none of it can be had: io_uring, keys, bpf, perf, userfaultfd, files by handle, sockets of vsock
        # and alg, another personality's numbers.
        numbers = {"x86_64": (425, 250, 321, 298, 323, 304), "aarch64": (425, 219, 280, 241, 282, 265)}[os.uname().machine]
        self.hostile = ("import ctypes, errno, socket, sys\n"
                        "libc = ctypes.CDLL(None, use_errno=True)\n"
                        f"for number in {numbers}:\n"
                        "    if libc.syscall(number, 0, 0, 0, 0, 0) != -1 or ctypes.get_errno() != errno.EPERM: sys.exit(str(number))\n"
                        "for family in (40, 38):\n"
                        "    try: socket.socket(family, 5 if family == 38 else 1); sys.exit(str(family))\n"
                        "    except OSError as e:\n"
                        "        if e.errno != errno.EAFNOSUPPORT: sys.exit(str(e))\n"
                        "socket.socket(); socket.socket(socket.AF_INET6); socket.socket(socket.AF_UNIX)")

    def shell(self, words):
        subprocess.run(["bash", "-euc", words], cwd=self.folder, check=True, stdout=subprocess.DEVNULL, env=ENVIRONMENT)

    def config(self, seconds):
        self.settings = self.folder / f"agentd-{seconds}.toml"
        self.settings.write_text(f'host = "box"\n[flake]\nupstream = "{self.folder}/upstream.git"\n[nix]\nfetch = false\n'
                                 f'[rehearse]\nseconds = {seconds}\nlend = ["/usr"]\n')

    def patch(self, lines, instead=("", "")):
        before = self.file.read_text()
        end = before.rindex("}")
        self.file.write_text((before[:end] + lines + "\n}\n").replace(*instead, 1))
        try:
            return subprocess.run(["git", "-C", self.flake, "diff"], check=True, capture_output=True, text=True, env=ENVIRONMENT).stdout
        finally:
            self.file.write_text(before)

    def command(self, *words):
        return [BIN / "agentctl", "--config", self.settings, "test", "--repo", self.flake, "--host", "box", "--offline",
                "--level", "rehearsal", "--patch", "-", *words]

    def test(self, lines, *words, exit_status, instead=("", "")):
        done = subprocess.run(self.command(*words), capture_output=True, text=True, input=self.patch(lines, instead), timeout=240, env=ENVIRONMENT)
        assert exit_status is None or done.returncode == exit_status, f"status {done.returncode}\n{done.stderr[-800:]}\n" + "\n".join(line for line in (json.loads(done.stdout)["log"] or "").splitlines() if "box systemd" not in line)[:6000]
        return done.stdout

    def rehearsed(self, lines, exit_status, *words, instead=("", "")):
        said = json.loads(self.test(lines, "--json", *words, exit_status=exit_status, instead=instead))
        self.said, last = said, said["evidence"][-1]
        assert last["level"] == "rehearsal", said["evidence"]
        return last, said["log"]

    def system(self):
        flake = f"git+file://{self.flake}#nixosConfigurations.box.config.system.build.toplevel.drvPath"
        drv = subprocess.run(["nix", "eval", "--raw", flake], check=True, capture_output=True, text=True, env=ENVIRONMENT).stdout
        link = self.folder / "system"
        subprocess.run(["nix-store", "-r", drv, "--add-root", link, "--indirect"], check=True, capture_output=True, env=ENVIRONMENT)
        return os.readlink(link)


def service(name, body):
    return f'  systemd.services.{name} = {{ wantedBy = [ "multi-user.target" ]; {body} }};'


def containers():
    """Every process that lives among users of its own as a rehearsal does."""
    out = []
    for folder in Path("/proc").iterdir():
        try:
            if folder.name.isdigit() and b"rehearsal-" in (folder / "cmdline").read_bytes() + (folder / "cgroup").read_bytes():
                out.append(int(folder.name))
            elif folder.name.isdigit() and (folder / "comm").read_text().strip() == "agentd-rehearse":
                out.append(int(folder.name))
            elif folder.name.isdigit() and (folder / "uid_map").read_text().split()[-1] == "65536":
                out.append(int(folder.name))
        except (OSError, IndexError):
            pass
    return out


def keeper():
    """The process that holds a rehearsal's container."""
    for folder in Path("/proc").iterdir():
        try:
            if folder.name.isdigit() and b"systemd-nspawn\0--quiet\0--machine=rehearsal-" in (folder / "cmdline").read_bytes():
                return int(folder.name)
        except OSError:  # it has ended by now
            pass
    raise AssertionError("no container is there")


def until(what, seconds=10.0):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if what():
            return True
        time.sleep(0.05)
    return False


@truth("a good change passes and nothing is left behind")
def _(b):
    # A cap on what only the daemon can tell also counts where that is not known.
    policy = b.folder / "policy.toml"
    policy.write_text('schema = "agentd.policy/1"\nrevision = 1\n[defaults]\nlevel = "approve"\npresence = "ssh"\n[[rule]]\nid = "dry"\n'
                      'effect = "cap"\nlevel = "propose"\nwhy = "it says other things"\nowner = "alice"\n'
                      'when = { "evidence.dry_activate" = { in = ["failed", "timed_out"] } }\n'
                      'example.match = { "evidence.dry_activate" = "failed" }\nexample.no_match = { "evidence.dry_activate" = "passed" }\n')
    evidence, log = b.rehearsed('  services.worker.marker = "2";', 0, "--policy", policy)
    assert b.said["verdict"]["level"] == "approve", b.said["verdict"]
    assert evidence["status"] == "passed" and "1 of 1 changed unit judged" in evidence["summary"], evidence
    assert "good: worker.service" in log, log[:500]
    dry = b.said["evidence"][-2]
    assert dry["level"] == "dry_activate" and dry["status"] == "passed", dry
    assert "restart 1" in dry["summary"] and "as worked out from the two systems" in dry["summary"], dry
    assert evidence["result_digest"] and evidence["env_digest"] and evidence["log_blob"] and evidence["duration_ms"] > 0
    assert until(lambda: not containers()), containers()
    groups = [path for folder in ("unified", "systemd", ".") for path in Path("/sys/fs/cgroup", folder).glob("agentd-rehearse-*")]
    assert not groups, groups


@truth("a service that fails only in the candidate is a failure and says why")
def _(b):
    evidence, log = b.rehearsed("  services.worker.startFails = true;", 26)
    assert "and not booted again" in log, f"{len(log)} {log[-1500:]}"
    assert evidence["status"] == "failed" and "the worker cannot start" in log, log[max(0, log.find("× worker")):][:2900]
    assert "fails here and not before: worker.service (exit status 1)" in evidence["summary"], evidence


@truth("a service whose secret is missing, that a condition skips or nothing starts is not judged and never green")
def _(b):
    bodies = {"file": 'serviceConfig.EnvironmentFile = "/run/secrets/token"; script = "sleep 1000";',
              "word": 'script = "cat /run/secrets/token; sleep 1000";',
              "lent": 'serviceConfig.LoadCredential = "token:/run/secrets/token"; script = "sleep 1000";',
              "choosy": 'unitConfig.ConditionPathExists = "/sys/firmware/acpi/nowhere"; script = "exit 0";'}
    changes = "\n".join(service(name, body) for name, body in bodies.items())
    evidence, log = b.rehearsed(changes + '\n  systemd.services.idle = { script = "exit 0"; };', 27)
    assert evidence["status"] == "unjudged" and "0 of 5 changed units judged" in evidence["summary"], log[:3000]
    for name in ("file", "word", "lent"):
        assert f"not judged: {name}.service: it asks for /run/secrets/token" in log or f"not judged: {name}.service: it asks for its credentials" in log, log[:2000]
    assert "choosy.service: a condition of it does not hold" in log and "idle.service: nothing starts it" in log, log[:2000]


@truth("sockets are held against what the effects say")
def _(b):
    _, log = b.rehearsed("  services.nginx.defaultHTTPListenPort = 9999;", 0)
    assert "listens on 9999/tcp, which no effect tells" in log and "listens no more on 80/tcp" in log, log[:500]
    assert "good: nginx.service" in log, log[:500]


@truth("what was started again is told, stands or falls, and is not judged where it is what differs")
def _(b):
    once = 'serviceConfig.Restart = "on-failure"; script = "[ -e /run/%s ] || { : > /run/%s; exit 1; }; exec sleep 1000";'
    evidence, log = b.rehearsed(service("stumbles", once % ("stumbled", "stumbled")) + '\n  networking.firewall.allowedUDPPorts = [ 8080 ];', 27)
    assert "not judged: stumbles.service: it was started again" in log, log[:500]
    assert "port 8080/udp is opened; nothing listens on it in the rehearsal" in log, log[:500]


@truth("what boots is shut in")
def _(b):
    checks = ('[ "$(ls /sys/class/net)" = lo ]', "! touch /nix/store/here", "! touch /usr/here", f"[ ! -e {b.folder} ]", "[ ! -e /run/secrets ]",
              'read -r _ first _ < /proc/self/uid_map; [ "$first" != 0 ]', "! mknod /dev/disk b 8 0",
              "[ ! -b /dev/vda ] && [ ! -b /dev/sda ]", "! echo core > /proc/sys/kernel/core_pattern", "! echo b > /proc/sysrq-trigger",
              '! mount -o remount,rw,bind /nix/store', '[ "$(ls /home)" = alice ] || [ -z "$(ls /home)" ]')
    checks += ("! cat /usr/local/agentd-rehearsal-test", "[ -e /usr/local/agentd-rehearsal-test ]", f"python3 -I -c '{b.hostile}'")
    script = "export PATH=/usr/sbin:/usr/bin\n" + "\n".join(
        f"if {check}; then :; else echo OPEN {number}; exit 1; fi" for number, check in enumerate(checks))
    body = f'serviceConfig.Type = "oneshot"; serviceConfig.RemainAfterExit = true; script = \'\'{script}\'\';'
    secret = Path("/usr/local/agentd-rehearsal-test")
    try:
        secret.touch(0o600)
        evidence, log = b.rehearsed(service("prisoner", body), 0)
    finally:
        secret.unlink()
    assert evidence["status"] == "passed", log[:2000]


@truth("what is run beside a booted system may ask no more of the kernel than the system itself")
def _(b):
    question = json.dumps({"schema": "agentd.rehearse/1", "system": b.system(), "seconds": 60}) + "\n"
    process = subprocess.Popen([BIN / "agentd-rehearse", "--lend", "/usr"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    process.stdin.write(question)
    process.stdin.flush()
    try:
        # As the program does it, of a container that is below this process.
        words = [BIN / "agentd-rehearse", "--enter", str(os.getpid()), "/usr/bin/python3", "-I", "-c", b.hostile]
        said = []
        assert until(lambda: (said.append(subprocess.run(words, capture_output=True, text=True)), "container" not in said[-1].stderr)[1], 60), said[-1]
        assert said[-1].returncode == 0, said[-1]
        limits = [*words[:4], "-I", "-c", "print(open('/proc/self/status').read()); print(open('/proc/self/limits').read()); print(open('/proc/self/oom_score_adj').read())"]
        shown = subprocess.run(limits, capture_output=True, text=True).stdout
        most = int(next(line for line in shown.splitlines() if line.startswith("CapBnd")).split()[1], 16)
        assert most >> 21 & 1 and not most >> 27 & 1 and not most >> 22 & 1 and not most >> 39 & 1, shown  # CAP_SYS_ADMIN; no MKNOD, SYS_BOOT, BPF
        assert next(line for line in shown.splitlines() if line.startswith("Max processes")).split()[2] == "1024" and shown.split()[-1] == "1000", shown
    finally:
        process.kill()
        process.communicate(timeout=30)
    assert until(lambda: not containers()), containers()


@truth("a boot without end is ended when its time is up")
def _(b):
    b.config(12)
    try:
        body = 'before = [ "multi-user.target" ]; serviceConfig = { Type = "oneshot"; TimeoutStartSec = "infinity"; }; script = "sleep 100000";'
        evidence, _ = b.rehearsed(service("endless", body), 26)
    finally:
        b.config(60)
    assert evidence["status"] == "timed_out" and "what runs now came up after" in evidence["summary"], evidence
    assert until(lambda: not containers()), containers()


@truth("a fork bomb ends with the rehearsal")
def _(b):
    evidence, _ = b.rehearsed(service("bomb", 'script = "while :; do sleep 100000 & done";'), None)
    assert evidence["status"] in ("failed", "unjudged", "timed_out", "passed"), evidence
    assert until(lambda: not containers()), len(containers())


@truth("killed in the middle it leaves no machine behind")
def _(b):
    system = b.system()
    question = json.dumps({"schema": "agentd.rehearse/1", "system": system, "seconds": 60}) + "\n"
    for whom in ("itself", "container's keeper"):
        process = subprocess.Popen([BIN / "agentd-rehearse", "--lend", "/usr"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        process.stdin.write(question)
        process.stdin.flush()
        assert until(lambda: len(containers()) > 8, 30), "it does not boot"
        if whom == "itself":
            process.send_signal(signal.SIGKILL)
            process.communicate(timeout=30)
        else:
            os.kill(keeper(), signal.SIGKILL)
            said = json.loads(process.communicate(timeout=30)[0])
            assert "error" in said or said["result"]["truncated"] or not said["result"]["up"], said
        assert until(lambda: not containers()), (whom, containers())


@truth("whoever asked goes away and it ends")
def _(b):
    process = subprocess.Popen(b.command(), stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, text=True, env=ENVIRONMENT)
    process.stdin.write(b.patch('  services.worker.marker = "3";'))
    process.stdin.close()
    assert until(lambda: len(containers()) > 8, 120), "it does not boot"
    process.kill()
    process.wait(30)
    assert until(lambda: not containers()), containers()


@truth("where it cannot be had it was not tried")
def _(b):
    system = b.system()
    question = json.dumps({"schema": "agentd.rehearse/1", "system": system, "seconds": 60}) + "\n"
    said = subprocess.run(["setpriv", "--reuid", "65534", "--clear-groups", BIN / "agentd-rehearse"], input=question, capture_output=True, text=True)
    assert "needs root" in json.loads(said.stdout)["error"]["message"], said
    said = subprocess.run([BIN / "agentd-rehearse", "--lend", "/etc"], input=question, capture_output=True, text=True)
    assert said.returncode == 78 and not said.stdout, said
    said = subprocess.run([BIN / "agentd-rehearse"], input=question.replace("nixos-system", "nowhere"), capture_output=True, text=True)
    assert json.loads(said.stdout)["error"]["code"] == "not_a_toplevel", said


def main() -> int:
    for program in ("/usr/bin/systemd-nspawn", "/lib/systemd/systemd", "/usr/bin/nix", "/usr/bin/setpriv"):
        if os.getuid() != 0 or not Path(program).exists():
            print(f"skipped: needs root and {program}")
            return 77
    with tempfile.TemporaryDirectory(prefix="agentd-rehearsal-", dir="/var/lib") as folder:
        os.chmod(folder, 0o755)
        bench = Bench(Path(folder))
        return truths.judge(TRUTHS, bench)


if __name__ == "__main__":
    sys.exit(main())
