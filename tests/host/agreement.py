"""agreement.py BIN_DIR SEED HOST REGEX: what the effects say of a change, and what a host is when it is switched to."""
import json
import re
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.dont_write_bytecode = True
sys.path.insert(0, str(HERE.parent / "corpus/effects"))
from systems import Corpus, temporary  # noqa: E402


class Host:
    def __init__(self, name: str):
        self.name = name

    def run(self, *command: str, stdin=subprocess.DEVNULL) -> subprocess.CompletedProcess:
        asked = [HERE / "host", "nsexec", self.name, *command]
        return subprocess.run(asked, stdin=stdin, capture_output=True, text=True, errors="replace", timeout=300)

    def lines(self, *command: str) -> list[str]:
        done = self.run(*command)
        return [line.rstrip() for line in done.stdout.splitlines() if line.strip()]

    def switch(self, system: str) -> None:
        done = self.run(f"{system}/bin/switch-to-configuration", "test")
        if done.returncode not in (0, 4):  # 4: a unit failed, which some of the changes cannot help here
            raise SystemExit(f"error: {system} cannot be switched to: {done.returncode} {done.stdout[-800:]} {done.stderr[-800:]}")


def openings(host: Host) -> set[str]:
    """`8080/tcp`, `9100/tcp on wg0`, `everything on br0`: what the packet filter lets in, both families or `(IPv4)`."""
    families = {}
    for family, program in (("IPv4", "iptables"), ("IPv6", "ip6tables")):
        rules = host.lines(program, "-S")
        found = set()
        for rule in rules:
            if not re.match(r"-A nixos-fw .*-j nixos-fw-accept$", rule) or "icmp" in rule or "--ctstate" in rule:
                continue
            of = dict(re.findall(r"(--dport|-p|-i|-s) (\S+)", rule))
            if of.get("-i") == "lo":
                continue
            port = of.get("--dport", "").replace(":", "-")
            name = f"{port}/{of.get('-p')}" if port else "everything"
            name += f" on {of['-i']}" if "-i" in of else ""
            found.add(name + (f" (-s {of['-s']})" if "-s" in of else ""))
        families[family] = found if any("-A INPUT" in rule and "nixos-fw" in rule for rule in rules) else {"all is open"}
    both = families["IPv4"] & families["IPv6"]
    out = set(both)
    for family, found in families.items():
        for name in found - both:  # as the effects name it: `5432/tcp (IPv4 -s 192.0.2.0/24)`
            out.add(name.replace("(-s", f"({family} -s") if "(-s" in name else f"{name} ({family})")
    return out


def settings(lines: list[str], apart: str = " ") -> set[str]:
    return {line.strip() for line in lines}


PROBES = {
    "units": lambda host: {line.split()[0] for line in host.lines("systemctl", "list-unit-files", "--no-legend", "--no-pager")},
    "listeners": lambda host: {" ".join((line.split()[0], line.split()[4])) for line in host.lines("ss", "-ltnuH")},
    "users": lambda host: {line for line in host.lines("getent", "passwd")},
    "groups": lambda host: {line for line in host.lines("getent", "group")},
    "openings": openings,
    "sudo": lambda host: settings(host.lines("/usr/bin/sudo", "-l", "-U", "alice")[1:]),
    "sshd": lambda host: settings(host.lines("/usr/sbin/sshd", "-T", "-f", "/etc/ssh/sshd_config")),
    "wrappers": lambda host: {" ".join((line.split()[0], line.split()[-1])) for line in host.lines("ls", "-l", "/run/wrappers/bin/")[1:]},
    "nix": lambda host: {line for line in host.lines("nix", "--extra-experimental-features", "nix-command", "show-config")
                         if re.match(r"(trusted-users|substituters|experimental-features|require-sigs|sandbox) =", line)},
    "keys": lambda host: set(host.lines("sh", "-c", "grep -r . /etc/ssh/authorized_keys.d/")),
}


def look(host: Host) -> dict[str, set[str]]:
    return {name: probe(host) for name, probe in PROBES.items()}


class Change:
    """What is seen to come and go, beside what the effects say of it."""

    def __init__(self, effects: dict, before: dict, after: dict, silent: set[str]):
        self.effects, self.before, self.after, self.silent = effects["effects"], before, after, silent
        self.wrong: list[str] = []
        self.held = 0

    def told(self, *kinds: str) -> set[str]:
        return {effect["subject"] for effect in self.effects if effect["kind"] in kinds}

    def came(self, probe: str) -> set[str]:
        return self.after[probe] - self.before[probe]

    def went(self, probe: str) -> set[str]:
        return self.before[probe] - self.after[probe]

    def same(self, what: str, told: set[str], seen: set[str]) -> None:
        self.held += 1
        if told != seen:
            self.wrong.append(f"{what}: told {sorted(told - seen)} and not seen, seen {sorted(seen - told)} and not told")

    def only_if(self, what: str, seen: set[str], told: bool) -> None:
        if what in self.silent:
            return
        self.held += 1
        if bool(seen) != told:
            self.wrong.append(f"{what}: {'told' if told else 'not told'}, and seen {sorted(seen)}")

    def judge(self) -> None:
        # Who exists only while his service runs (DynamicUser) is no account.
        first = lambda rows: {row.split(":")[0] for row in rows if not 61184 <= int(row.split(":")[2]) <= 65519}  # noqa: E731
        for probe, one in (("users", "user"), ("groups", "group")):
            old, new = first(self.before[probe]), first(self.after[probe])
            self.same(f"{one} added", self.told(f"{one}_added"), new - old)
            self.same(f"{one} removed", self.told(f"{one}_removed"), old - new)
        wheel = lambda rows: {name for row in rows if row.startswith("wheel:") for name in row.split(":")[3].split(",") if name}  # noqa: E731
        self.same("administrators", self.told("admin_granted"),
                  {f"{name} in wheel" for name in wheel(self.after["groups"]) - wheel(self.before["groups"])})
        if "all is open" in self.after["openings"] or "all is open (IPv4)" in self.after["openings"]:
            self.only_if("firewall", self.went("openings"), bool(self.told("firewall_removed")))
        else:
            self.same("ports opened", self.told("port_opened"), self.came("openings"))
            self.same("ports closed", self.told("port_closed"), self.went("openings"))
        keys = lambda rows: {row.split(" ")[0] for row in rows}  # noqa: E731
        told = {subject.lower() for subject in self.told("sshd_setting", "sshd_root_login", "sshd_password_login")}
        if "sshd" not in told:
            follows = {"listenaddress"} if "port" in told else set()  # sshd works it out from its port
            self.same("sshd", told - follows, keys(self.came("sshd") | self.went("sshd")) - follows)
        self.only_if("sudo", self.came("sudo") | self.went("sudo"), bool(self.told("sudo_changed")))
        named = lambda rows: {row.split(" ")[1] for row in rows}  # noqa: E731
        self.same("wrappers", self.told("wrapper_added", "wrapper_changed", "wrapper_removed"),
                  named(self.came("wrappers") | self.went("wrappers")))
        self.only_if("nix", self.came("nix") | self.went("nix"), bool(self.told("nix_trust", "nix_setting")))
        self.only_if("keys", self.came("keys") | self.went("keys"), bool(self.told("ssh_key_added", "ssh_key_removed")))
        aliased = {unit for unit in self.told("unit_added", "unit_removed") if not unit.startswith("user/")}
        self.same("units", aliased, self.came("units") | self.went("units"))
        if self.came("listeners") | self.went("listeners"):
            self.only_if("listeners", self.came("listeners") | self.went("listeners"),
                         bool(self.told("unit_added", "unit_removed", "unit_changed", "etc_changed", "sshd_setting")))


def main() -> int:
    bin_dir, seed, name, only = sys.argv[1:5]
    host, failed, agreed, held = Host(name), 0, 0, 0
    with temporary() as folder:
        corpus = Corpus(Path(folder), Path(bin_dir).resolve(), HERE / "agreement.nix", Path(seed))
        chosen = [(title, system) for title, system in zip(corpus.names, corpus.systems[1:]) if re.search(only, title)]
        base = corpus.systems[0]
        everything = sorted(set().union(*(corpus.closure(system) for system in [base, *(system for _, system in chosen)])))
        closure = Path(folder) / "closure"
        with closure.open("wb") as out:
            subprocess.run(["nix-store", "--export", *everything], check=True, stdout=out)
        with closure.open("rb") as given:
            done = host.run("nix-store", "--import", stdin=given)
        if done.returncode != 0:
            raise SystemExit(f"error: the systems cannot be brought to the host: {done.stderr[-500:]}")
        closure.unlink()
        host.switch(base)
        before = look(host)
        silent = {probe for probe, rows in before.items() if not rows}
        for probe in sorted(silent):
            print(f"NOT ASKED: the host says nothing of its {probe}")
        if silent & {"units", "listeners", "users", "groups", "openings", "sshd"}:
            raise SystemExit("error: too little can be asked of the host")
        for title, system in chosen:
            host.switch(system)
            change = Change(corpus.effects(base, system), before, look(host), silent)
            change.judge()
            host.switch(base)
            agreed += not change.wrong
            held += change.held
            print(f"{'FAILED' if change.wrong else 'ok'} {title}", flush=True)
            for wrong in change.wrong:
                print(f"    {wrong}", flush=True)
            failed |= bool(change.wrong)
    print(json.dumps({"changes": len(chosen), "agree": agreed, "comparisons": held}))
    return 1 if failed or not chosen else 0


if __name__ == "__main__":
    sys.exit(main())
