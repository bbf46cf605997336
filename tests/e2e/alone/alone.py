#!/usr/bin/env python3
"""`agentctl test` without a daemon, on the demo flake with the real Nix. LAB_BIN: the built programs.

Truths named on the command line are the only ones tried (a part of a name is enough). Needs root.
"""
import fcntl
import json
import os
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
HOST_FILE = "hosts/web/default.nix"


def truth(function):
    TRUTHS.append(function)
    return function


class Said:
    def __init__(self, done):
        self.exit, self.out, self.err = done.returncode, done.stdout, done.stderr

    @property
    def json(self):
        return json.loads(self.out)


class Clone:
    """The owner's clone of the demo flake, and changes of it as patches."""

    def __init__(self, folder: Path):
        self.dir = folder / "owner"
        environment = {"PATH": os.environ["PATH"], "GIT_CONFIG_GLOBAL": "/dev/null"}
        subprocess.run([ROOT / "tests/demo/prepare", folder], check=True, stdout=subprocess.DEVNULL, env=environment)

    def git(self, *words, text=None):
        done = subprocess.run(["git", "-c", "commit.gpgsign=false", "-c", "core.hooksPath=/dev/null", "-c",
                               "core.fsmonitor=false", "-C", self.dir, *words], capture_output=True, text=True,
                              input=text, env={"PATH": os.environ["PATH"], "GIT_CONFIG_GLOBAL": "/dev/null"})
        assert done.returncode == 0, done.stderr
        return done.stdout

    def patch(self, old, new, file=HOST_FILE):
        path = self.dir / file
        before = path.read_text()
        assert old in before, old
        path.write_text(before.replace(old, new, 1))
        try:
            return self.git("diff")
        finally:
            path.write_text(before)

    def commit(self, message):
        self.git("add", "-A")
        self.git("commit", "-q", "-m", message)
        return self.git("rev-parse", "HEAD").strip()


class Bench:
    def __init__(self, folder: Path):
        self.folder = folder
        self.clone = Clone(folder)
        self.opened = self.clone.patch("[ 80 ]", "[ 80 8080 ]")

    def test(self, *words, patch=None, host="web", repo=None, level=None, offline=True, prefix=()):
        arguments = [*prefix, BIN / "agentctl", "test", "--repo", repo or self.clone.dir, "--host", host, *words]
        arguments += ["--offline"] * offline + (["--level", level] if level else [])
        arguments += ["--patch", "-"] if patch is not None else []
        return Said(subprocess.run(arguments, capture_output=True, text=True, input=patch or "", timeout=120,
                                   env={"PATH": "/usr/bin:/bin"}))

    def ctl(self, *words):
        return Said(subprocess.run([BIN / "agentctl", *words], capture_output=True, text=True, timeout=120,
                                   env={"PATH": "/usr/bin:/bin", "XDG_CACHE_HOME": str(self.folder / "cache")}))


def held(folder: Path) -> bool:
    """A program that is at work has its folder locked: another test's, beside this one."""
    try:
        at = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    except OSError:
        return True  # its maker just took it away
    try:
        fcntl.flock(at, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return False
    except BlockingIOError:
        return True
    finally:
        os.close(at)


def folders():
    """What programs that are gone have left in /tmp."""
    return {folder for folder in Path("/tmp").glob("agentctl.*") if not held(folder)}


def gc_roots():
    """Those of ours. Who is no root cannot take away what the machine's Nix daemon made for him: they dangle."""
    links = (os.readlink(link) for link in Path("/nix/var/nix/gcroots/auto").iterdir())
    ours = (root for root in links if root.startswith("/tmp/agentctl."))
    return {root for root in ours if not (folder := Path(*Path(root).parts[:3])).exists() or not held(folder)}


def levels(said):
    return [(one["level"], one["status"]) for one in said.json["evidence"]]


def tree_of(folder: Path):
    """Every file with its size and times: what was written or touched shows."""
    return {str(path): (path.lstat().st_mtime_ns, path.lstat().st_size) for path in sorted(folder.rglob("*"))}


@truth
def a_good_patch_goes_through_every_level_and_nothing_is_left_behind(b):
    before, scratch = tree_of(b.clone.dir), folders()
    roots = gc_roots()
    said = b.test("--json", patch=b.opened)
    assert said.exit == 0, said.err
    assert levels(said) == [(level, "passed") for level in ("intake", "parse", "evaluate", "build", "effects", "hosts")]
    kinds = {effect["kind"] for effect in said.json["effects"]["effects"]}
    assert "port_opened" in kinds, kinds
    assert said.json["options"]["changes"][0]["name"] == "networking.firewall.allowedTCPPorts"
    assert said.json["disagreement"] == {"schema": "agentd.disagreement/1", "items": [], "more": False, "not_compared": [],
                                         "trouble": ""}, said.json["disagreement"]
    assert said.json["refusal"] is None and said.json["kept"] is None
    assert tree_of(b.clone.dir) == before, "something was written into the clone"
    assert folders() <= scratch, "a folder stays in /tmp"
    assert gc_roots() <= roots, "a gc root stays"


@truth
def a_person_reads_the_words_of_explain(b):
    said = b.test(patch=b.opened)
    assert said.exit == 0, said.err
    for words in ("What changes on this machine", "8080/tcp", "Evidence",
                  "modified hosts/web/default.nix", "--keep LINK keeps it"):
        assert words in said.out, words
    assert b.test(patch=b.opened).out.split("built:")[1] == said.out.split("built:")[1], "another system"


@truth
def a_binding_that_nothing_uses_changes_nothing_but_the_commit(b):
    said = b.test("--json", patch=b.clone.patch("\n{\n", "\nlet unused = 1; in\n{\n"))
    assert said.exit == 0, said.err
    effects = said.json["effects"]["effects"]
    assert all(effect["risk"] in ("none", "low") for effect in effects), effects


@truth
def what_is_wrong_says_where_and_ends_with_the_status_of_its_level(b):
    patch = b.clone.patch
    cases = {
        "syntax": (patch("enable = true;", "enable = ;"), 22, "evaluate", "hosts/web/default.nix:1"),
        "assertion": (patch("[ 80 ];", "[ 80 ];\n  assertions = [ { assertion = false; message = \"no, never\"; } ];"),
                      22, "evaluate", "no, never"),
        "recursion": (patch("\n{\n", "\nlet f = x: f (x + 1); in\n{\n  environment.etc.\"x\".text = f 0;\n"),
                      22, "evaluate", ""),
        "itself": (patch("\"web\";", "config.networking.hostName;"), 22, "evaluate", "recursion"),
        "wordless": (patch("\n{\n", "\n{\n  environment.etc.\"x\".text = throw \" \";\n"), 22, "evaluate", ""),
        "build": (patch("\n{\n", "\n{\n  environment.systemPackages = [ pkgs.broken ];\n"), 23, "build", "broken"),
    }
    for name, (text, status, level, words) in cases.items():
        said = b.test("--json", patch=text)
        assert said.exit == status, f"{name}: {said.exit} {said.err}"
        refusal = said.json["refusal"]
        assert refusal["stage"] == level and levels(said)[-1] == (level, "failed"), f"{name}: {refusal}"
        assert words in json.dumps(refusal), f"{name}: {refusal}"
        assert said.json["effects"] is None
        assert said.err.count("agentctl: ") == 1, said.err


@truth
def the_checks_of_the_flake_and_a_first_reading_are_levels_of_their_own(b):
    torn = b.clone.patch("enable = true;", "enable = ;")
    said = b.test("--json", patch=torn, level="parse")
    assert said.exit == 29 and levels(said) == [("intake", "passed"), ("parse", "failed")], said.err
    assert said.json["refusal"]["where"].startswith("hosts/web/default.nix:"), said.json["refusal"]
    said = b.test("--json", patch=b.opened, level="parse")
    assert said.exit == 0 and levels(said)[-1] == ("parse", "passed"), said.err
    page = b.clone.patch("title>", "b>", "hosts/web/www/index.html")
    said = b.test("--json", patch=page, level="checks")
    assert said.exit == 28 and ("checks", "failed") in levels(said), said.err
    assert "not passed: web-page" in said.json["refusal"]["message"], said.json["refusal"]
    assert said.json["inputs"]["inputs"] == [], said.json["inputs"]


@truth
def a_patch_is_taken_as_the_daemon_takes_it(b):
    cases = {
        "prose": ("hello\n", "prose"),
        "escape": ("diff --git a/../x b/../x\nnew file mode 100644\n--- /dev/null\n+++ b/../x\n@@ -0,0 +1 @@\n+x\n", ""),
        "git": ("diff --git a/.git/config b/.git/config\nnew file mode 100644\n--- /dev/null\n+++ b/.git/config\n"
                "@@ -0,0 +1 @@\n+x\n", "git_metadata"),
        "link": ("diff --git a/l b/l\nnew file mode 120000\n--- /dev/null\n+++ b/l\n@@ -0,0 +1 @@\n+/etc/shadow\n"
                 "\\ No newline at end of file\n", ""),
        "stale": (b.opened.replace("networking.firewall.allowed", "networking.firewall.other"), "does_not_apply"),
    }
    for name, (text, code) in cases.items():
        said = b.test("--json", patch=text)
        assert said.exit == 21, f"{name}: {said.exit} {said.err}"
        assert said.json["refusal"]["stage"] == "intake" and code in said.json["refusal"]["code"], said.json["refusal"]
    said = b.test("--json", patch=b.opened, level="intake")
    assert said.exit == 0 and levels(said) == [("intake", "passed")], said.err


@truth
def a_hostile_clone_does_nothing(b):
    clone, bait = Clone(b.folder / "hostile"), b.folder / "bait"
    bait.mkdir()
    trap = b.folder / "trap"
    trap.write_text(f"#!/bin/sh\ntouch {bait}/sprung\n")
    trap.chmod(0o755)
    os.mkfifo(b.folder / "pipe")
    hooks = clone.dir / ".git/hooks"
    hooks.mkdir(exist_ok=True)
    for hook in ("post-checkout", "pre-commit", "reference-transaction", "post-index-change", "pre-auto-gc"):
        (hooks / hook).symlink_to(trap)
    (clone.dir / ".git/info").mkdir(exist_ok=True)
    (clone.dir / ".git/info/attributes").write_text("* filter=evil diff=evil\n")
    (clone.dir / ".git/objects/info").mkdir(exist_ok=True)
    (clone.dir / ".git/objects/info/alternates").write_text(f"{b.folder}/pipe\n/nonexistent\n")
    patch = clone.patch("[ 80 ]", "[ 80 8080 ]")
    with (clone.dir / ".git/config").open("a") as config:
        config.write(f"""[core]
    fsmonitor = {trap}
    hooksPath = {hooks}
    sshCommand = {trap}
    pager = {trap}
    worktree = /etc
    gitProxy = {trap}
[filter "evil"]
    clean = {trap}
    smudge = {trap}
    process = {trap}
    required = true
[diff "evil"]
    command = {trap}
    textconv = {trap}
[diff]
    external = {trap}
[uploadpack]
    packObjectsHook = {trap}
[remote "origin"]
    promisor = true
    partialclonefilter = blob:none
    url = ext::{trap}
[extensions]
    partialClone = origin
[include]
    path = {b.folder}/pipe
[include]
    path = /dev/zero
""")
    said = b.test("--json", patch=patch, repo=clone.dir)
    assert said.exit == 0, said.err
    assert said.json["effects"]["effects"], said.json
    assert not list(bait.iterdir()), "something of the clone was run"
    assert "not tested" not in said.err, said.err
    (clone.dir / ".git/refs/heads/odd").symlink_to("/etc/shadow")
    said = b.test("--json", patch=patch, repo=clone.dir, level="intake")
    assert said.exit == 1 and said.json["error"]["code"] == "bad_repository", said.out
    (clone.dir / ".git/refs/heads/odd").unlink()
    os.mkfifo(clone.dir / ".git/objects/pack/x.idx")
    said = b.test("--json", patch=patch, repo=clone.dir, level="intake")
    assert said.exit == 1 and said.json["error"]["code"] == "bad_repository", said.out


@truth
def a_host_or_revision_that_is_not_there_names_those_that_are(b):
    said = b.test("--json", patch=b.opened, host="wep")
    assert said.exit == 22 and said.json["refusal"]["code"] == "unknown_host", said.out
    assert "web" in said.json["refusal"]["hint"] and "db" in said.json["refusal"]["hint"]
    said = b.test("--base", "mian", patch=b.opened)
    assert said.exit == 1 and "did you mean main" in said.err, said.err
    clone = Clone(b.folder / "names")
    (clone.dir / os.fsdecode(b"bad\xff.nix")).write_text("{ }")
    clone.commit("A name that is no text")
    said = b.test("--base", "HEAD~1", "--json", repo=clone.dir, level="intake")
    assert said.exit == 21 and said.json["refusal"]["code"] == "bad_path", said.out
    for words in (["--base", "--help me"], ["--candidate", "0000000"], ["--base", "HEAD:flake.nix"]):
        said = b.test(*words)
        assert said.exit in (1, 64) and "agentctl: " in said.err, said.err


@truth
def what_is_not_given_is_asked_for(b):
    pipe = b.folder / "endless"
    os.mkfifo(pipe)
    for words, status, says in (([], 1, "--patch FILE"), (["--policy", pipe, "--candidate", "HEAD~1"], 1, "no plain file"),
                                (["--keep", "x", "--level", "evaluate", "--candidate", "HEAD~1"], 64, "--keep"), (["--candidate", "HEAD"], 1, "same commit"),
                                (["--level", "install"], 64, "intake, parse, evaluate, build, effects, checks or rehearsal"),
                                (["--policy", "/nowhere.toml", "--candidate", "HEAD~1"], 1, "/nowhere.toml"),
                                (["--keep", "/etc/passwd", "--candidate", "HEAD~1"], 64, "/etc/passwd")):
        said = b.test(*words)
        assert said.exit == status and says in said.err, f"{words}: {said.exit} {said.err}"
    said = b.test("--candidate", "HEAD", patch=b.opened)
    assert said.exit == 1 and "two changes" in said.err, said.err
    said = b.test(patch=b.opened, repo="/nowhere")
    assert said.exit == 1 and "/nowhere" in said.err, said.err
    said = b.test(patch=b.opened, repo=b.clone.dir / "hosts")
    assert said.exit == 1 and f"--repo {b.clone.dir}" in said.err, said.err


@truth
def what_is_not_committed_is_not_tested_and_that_is_said(b):
    clone = Clone(b.folder / "dirty")
    patch = clone.patch("[ 80 ]", "[ 80 8080 ]")
    (clone.dir / "hosts/web/www/index.html").write_text("another")
    (clone.dir / "new.nix").write_text("{ }")
    clone.git("add", "new.nix")
    said = b.test(patch=patch, repo=clone.dir, level="intake")
    assert said.exit == 0 and "not committed: hosts/web/www/index.html, new.nix" in said.err, said.err
    said = b.test("--base", "HEAD~1", repo=clone.dir, level="intake")
    assert said.exit == 1 and "--candidate HEAD" in said.err, said.err
    said = b.test("--base", "HEAD~1", "--candidate", "HEAD", repo=clone.dir, level="intake")
    assert said.exit == 0 and "not committed" in said.err, said.err


@truth
def what_git_itself_takes_for_clean_is_clean(b):
    clone = Clone(b.folder / "clean")
    (clone.dir / "lines.txt").write_text("a\r\nb\r\n")
    (clone.dir / ".gitattributes").write_text("lines.txt text eol=crlf\n")
    (clone.dir / "skipped.txt").write_text("here")
    clone.commit("Ends of lines")
    clone.git("update-index", "--skip-worktree", "skipped.txt")
    (clone.dir / "skipped.txt").unlink()
    assert clone.git("status", "--porcelain") == "", clone.git("status")
    (clone.dir / HOST_FILE).write_text((clone.dir / HOST_FILE).read_text().replace("[ 80 ]", "[ 80 8080 ]"))
    clone.git("add", HOST_FILE)
    clone.git("commit", "-q", "-m", "Open 8080")
    said = b.test("--base", "HEAD~1", repo=clone.dir, level="intake")
    assert said.exit == 0 and "not committed" not in said.err, said.err
    (clone.dir / "lines.txt").write_text("a\r\nB\r\n")
    said = b.test("--base", "HEAD~1", repo=clone.dir, level="intake")
    assert said.exit == 1 and "not committed: lines.txt" in said.err, said.err


@truth
def a_base_beside_the_candidate_is_named(b):
    clone = Clone(b.folder / "beside")
    part = clone.git("rev-parse", "HEAD").strip()
    clone.git("switch", "-q", "-c", "more")
    (clone.dir / "more.txt").write_text("x")
    clone.commit("More")
    clone.git("switch", "-q", "main")
    (clone.dir / "main.txt").write_text("x")
    clone.commit("Meanwhile")
    said = b.test("--candidate", "more", "--json", repo=clone.dir, level="intake")
    assert said.exit == 0 and f"--base {part[:7]}" in said.json["notes"][0], said.out
    said = b.test("--base", part, "--candidate", "more", "--json", repo=clone.dir, level="intake")
    assert said.json["notes"] == [], said.out
    clone.git("switch", "-q", "-c", os.fsdecode(b"odd\xff"))
    said = b.test("--candidate", "more", "--json", repo=clone.dir, level="intake")
    assert said.exit == 0 and said.json["base_branch"] in ("odd\ufffd", "HEAD"), said.out + said.err


@truth
def what_only_a_forge_reads_stands_beside_an_own_commit(b):
    clone = Clone(b.folder / "forge")
    (clone.dir / ".github/workflows").mkdir(parents=True)
    (clone.dir / ".github/workflows/ci.yml").write_text("on: push\n")
    (clone.dir / ".gitignore").write_text("result\n")
    clone.commit("A forge")
    said = b.test("--base", "HEAD~1", "--candidate", "HEAD", "--json", repo=clone.dir, level="intake")
    assert said.exit == 0 and ".github/workflows/ci.yml, .gitignore" in said.json["notes"][0], said.out + said.err
    patch = clone.git("diff", "HEAD~1", "HEAD")
    clone.git("reset", "-q", "--hard", "HEAD~1")
    said = b.test("--json", patch=patch, repo=clone.dir, level="intake")
    assert said.exit == 21 and said.json["refusal"]["code"] == "git_metadata", said.out
    for name, make in ((".github/link", lambda path: path.symlink_to("/etc/shadow")), (".gitattributes", lambda path: path.write_text("* -diff\n")),
                       (".github/x.nix", lambda path: path.write_text("{ }\n"))):
        (clone.dir / name).parent.mkdir(exist_ok=True)
        make(clone.dir / name)
        clone.commit("Odd")
        said = b.test("--base", "HEAD~1", "--candidate", "HEAD", "--json", repo=clone.dir, level="intake")
        assert said.exit == 21, name + said.out
        clone.git("reset", "-q", "--hard", "HEAD~1")


@truth
def options_and_packages_are_found_without_a_daemon(b):
    clone = Clone(b.folder / "index")
    asked = ("--repo", str(clone.dir), "--host", "web")
    said = b.ctl("options", "search", *asked, "--json", "ssh", "password")
    assert said.exit == 0 and said.json["options"][0]["path"] == "services.openssh.settings.PasswordAuthentication", said.out
    said = b.ctl("options", "show", *asked, "--json", "services.ngnix.enable")
    assert said.exit == 1 and said.json["nearest"][0] == "services.nginx.enable", said.out + said.err
    said = b.ctl("options", "show", *asked, "networking.firewall.allowedTCPPorts")
    assert said.exit == 0 and "16 bit" in said.out and "./modules/" in said.out, said.out + said.err
    said = b.ctl("packages", "search", *asked, "--json", "ngin")
    assert said.exit == 0 and said.json["packages"][0]["attribute"] == "nginx", said.out + said.err
    said = b.ctl("packages", "search", "--repo", str(clone.dir), "--host", "nope", "x")
    assert said.exit == 1 and "it has: db, web" in said.err, said.err


@truth
def a_map_says_what_reading_and_what_evaluating_knows(b):
    clone = Clone(b.folder / "map")
    (clone.dir / "hosts/db/found.nix").write_text('{ time.timeZone = "UTC"; }\n')
    file = clone.dir / "hosts/db/default.nix"
    hidden = 'builtins.match "(.*/found.nix)" (toString ./found.nix)'
    file.write_text(file.read_text().replace("imports = [ ../common.nix ]", f"imports = [ ../common.nix ] ++ {hidden}", 1))
    clone.commit("a module that cannot be followed")
    asked = ("--json", "context", "map", "--repo", str(clone.dir))
    uses = {}
    for words in ((), ("--no-eval",)):
        said = b.ctl(*asked, *words)
        assert said.exit == 0, said.out + said.err
        hosts = {host["name"]: host for host in said.json["hosts"]}
        uses[words] = {use["file"]: use for use in hosts["db"]["modules"]}
        assert (hosts["web"]["evaluated"] is None) == bool(words), hosts["web"]
    assert "hosts/db/found.nix" not in uses[("--no-eval",)], uses
    found = uses[()]["hosts/db/found.nix"]
    assert (found["read"], found["evaluated"]) == (False, True), found
    assert uses[()]["hosts/common.nix"]["evaluated"] is True, uses
    assert clone.git("status", "--porcelain") == ""


@truth
def a_plan_is_shown_once_the_edited_flake_evaluates_to_it(b):
    clone = Clone(b.folder / "plan")
    asked = ("plan", "--repo", str(clone.dir), "--host", "web")
    head = clone.git("rev-parse", "HEAD")
    said = b.ctl(*asked, "--json", "--detailed-exitcode", "open port 8080")
    assert said.exit == 2, said.out + said.err
    proof = said.json["proof"]
    assert [(one["name"], one["added"]) for one in proof["options"]["changes"]] == [("networking.firewall.allowedTCPPorts", ["8080"])], proof
    assert [(one["name"], one["fate"]) for one in proof["hosts"]["hosts"]] == [("db", "same")] and proof["notes"] == [], proof
    said = b.ctl(*asked, "open port 8080")
    assert "web evaluates with it" in said.out and "none of them changes" in said.out, said.out
    said = b.ctl(*asked, "--json", "--no-eval", "--assume-options", "open port 8080")
    assert said.exit == 0 and said.json["proof"] is None, said.out + said.err
    # Whom the words name is asked; where they name nobody, it is what all hosts share.
    said = b.ctl("plan", "--repo", str(clone.dir), "--json", "open port 5433 on host db")
    assert said.exit == 0 and said.json["proof"]["host"] == "db", said.out + said.err
    said = b.ctl("plan", "--repo", str(clone.dir), "--json", "install ripgrep on all hosts")
    assert said.exit == 0 and "changed" in {one["fate"] for one in said.json["proof"]["hosts"]["hosts"]}, said.out + said.err
    assert clone.git("rev-parse", "HEAD") == head and clone.git("status", "--porcelain") == ""


@truth
def a_plan_that_the_evaluated_flake_does_not_bear_out_is_refused(b):
    clone = Clone(b.folder / "vain")
    asked = ("plan", "--repo", str(clone.dir), "--host", "web", "--write")
    def refused(files, *words):
        for name, text in files.items():
            (clone.dir / name).write_text(text)
        clone.commit("another way")
        said = b.ctl(*asked, *words)
        assert said.exit == 77 and clone.git("status", "--porcelain") == "", said.out + said.err
        clone.git("reset", "-q", "--hard", "HEAD~1")
        return said.err

    def with_import(file, old, new):
        return {file: (clone.dir / file).read_text().replace(f"imports = [ {old} ]", f"imports = [ {old} {new} ]", 1)}

    # What Nix says is set somewhere, and no reader of files sees there, is changed by hand.
    for name, text in ({"hosts/hidden.nix": '{ lib, ... }:\n{ config = lib.setAttrByPath ([ "time" ] ++ [ "timeZone" ]) (lib.mkOverride 10 "UTC"); }\n'}
                       | with_import("hosts/common.nix", "../modules/agentd.nix", "./hidden.nix")).items():
        (clone.dir / name).write_text(text)
    clone.commit("put together")
    said = b.ctl(*asked, "set time.timeZone to Asia/Tokyo")
    assert said.exit not in (0, 2) and "Nix says that time.timeZone is set in hosts/hidden.nix" in said.err, said.out + said.err
    assert clone.git("status", "--porcelain") == ""
    clone.git("reset", "-q", "--hard", "HEAD~1")
    # What no reader of files can know, a name that is put together, and no evaluation of what is there: it begins with the edit.
    for force, word in (("(lib.mkOverride 10 \"Europe/Berlin\")", "time.timeZone stays"), ("(lib.mkForce \"Europe/Berlin\")", "time.timeZone has no value")):
        asks = 'let said = builtins.readFile ./common.nix + builtins.readFile ./web/default.nix; in builtins.replaceStrings [ "Asia/Tokyo" ] [ "" ] said != said'
        hidden = f'{{ lib, ... }}:\n{{ config = lib.setAttrByPath ([ "time" ] ++ [ "timeZone" ]) (lib.mkIf ({asks}) {force}); }}\n'
        said = refused({"hosts/hidden.nix": hidden} | with_import("hosts/common.nix", "../modules/agentd.nix", "./hidden.nix"),
                       "set time.timeZone to Asia/Tokyo")
        assert word in said and "hosts/hidden.nix" in said and "nothing was written" in said, said
    # A file that another host is made of by a path that is put together.
    said = refused({"hosts/web/extra.nix": '{ environment.variables.EXTRA = "1"; }\n'}
                   | with_import("hosts/web/default.nix", "../common.nix", "./extra.nix")
                   | with_import("hosts/db/default.nix", "../common.nix", '(builtins.toPath (toString ../. + "/w" + "eb/extra.nix"))'),
                   "set environment.variables.EXTRA to \"2\"")
    assert "the host db changes too" in said, said
    said = refused({"hosts/web/www/more": ""}, "set networking.hostName to \"a b\"")
    assert "web does not evaluate" in said and "networking.hostName" in said, said


@truth
def who_holds_the_source_of_the_flake_is_not_taken_for_changed_by_a_plan(b):
    clone = Clone(b.folder / "held")
    for file, old, new in (("flake.nix", "modules = [ ./hosts/db ];", "modules = [ ./hosts/db ]; specialArgs = { inherit self; };"),
                           ("hosts/db/default.nix", "{ config, lib, pkgs, ... }", "{ config, lib, pkgs, self, ... }"),
                           ("hosts/db/default.nix", "networking.hostName", 'environment.etc.flake.source = "${self}";\n  networking.hostName')):
        text = (clone.dir / file).read_text()
        assert old in text, file
        (clone.dir / file).write_text(text.replace(old, new, 1))
    clone.commit("held")
    said = b.ctl("plan", "--repo", str(clone.dir), "--host", "web", "--json", "open port 8080")
    assert said.exit == 0, said.err
    assert [(one["fate"], "source of the flake" in one["why"]) for one in said.json["proof"]["hosts"]["hosts"]] == [("same", True)], said.out
    assert any("nothing else of it changes" in note for note in said.json["proof"]["notes"]), said.out
    # What else changes is found through it.
    for file, old, new in (("hosts/web/default.nix", "imports = [ ../common.nix", "imports = [ ../common.nix ./extra.nix"),
                           ("hosts/db/default.nix", "imports = [ ../common.nix", 'imports = [ ../common.nix (builtins.toPath (toString ../. + "/w" + "eb/extra.nix"))')):
        text = (clone.dir / file).read_text()
        assert old in text, file
        (clone.dir / file).write_text(text.replace(old, new, 1))
    (clone.dir / "hosts/web/extra.nix").write_text('{ environment.variables.EXTRA = "1"; }\n')
    clone.commit("shared")
    said = b.ctl("plan", "--repo", str(clone.dir), "--host", "web", 'set environment.variables.EXTRA to "2"')
    assert said.exit == 77 and "the host db changes too" in said.err, said.out + said.err


@truth
def what_the_lines_of_a_diff_do_not_show_is_said(b):
    clone = Clone(b.folder / "flags")
    (clone.dir / "notes").mkdir()
    (clone.dir / "notes/long.txt").write_text("x" * 1000 + "\n")
    (clone.dir / "secrets").mkdir()
    (clone.dir / "secrets/db.age").write_text("age-encryption.org/v1\n")
    clone.git("add", "-A")
    clone.git("update-index", "--chmod=+x", HOST_FILE)
    clone.git("commit", "-q", "-m", "More")
    said = b.test("--base", "HEAD~1", "--candidate", "HEAD", "--json", repo=clone.dir, level="intake")
    flags = {one["path"]: {flag["flag"] for flag in one["flags"]} for one in said.json["files"]}
    assert flags == {HOST_FILE: {"mode_change"}, "notes/long.txt": {"unreviewable"}, "secrets/db.age": {"secrets"}}, flags
    said = b.test("--base", "HEAD~1", "--candidate", "HEAD", repo=clone.dir, level="intake")
    assert "its executable bit changes, which no line shows" in said.out, said.out


@truth
def a_commit_is_tested_against_its_base_from_a_work_tree_or_a_bare_copy(b):
    clone = Clone(b.folder / "branches")
    clone.git("switch", "-q", "-c", "more")
    (clone.dir / HOST_FILE).write_text((clone.dir / HOST_FILE).read_text().replace("[ 80 ]", "[ 80 8080 ]"))
    commit = clone.commit("Open 8080")
    said = b.test("--base", "main", "--json", repo=clone.dir)
    assert said.exit == 0 and said.json["candidate_commit"] == commit, said.err
    assert "port_opened" in {effect["kind"] for effect in said.json["effects"]["effects"]}
    linked, bare = b.folder / "linked", b.folder / "bare.git"
    clone.git("worktree", "add", "-q", str(linked), "main")
    clone.git("clone", "-q", "--bare", str(clone.dir), str(bare))
    for repo in (linked, bare):
        said = b.test("--base", "main", "--candidate", "more", "--json", repo=repo, level="evaluate")
        assert said.exit == 0 and levels(said)[-1] == ("evaluate", "passed"), said.err
        assert said.json["toplevel"] and said.json["effects"] is None
    shallow = b.folder / "shallow"
    subprocess.run(["git", "clone", "-q", "--depth=1", f"file://{bare}", shallow], check=True, capture_output=True)
    said = b.test(patch=b.opened, repo=shallow, level="intake")
    assert said.exit == 1 and "--unshallow" in said.err, said.err


@truth
def a_commit_goes_through_the_intake_of_a_patch(b):
    clone = Clone(b.folder / "intake")
    first = clone.git("rev-parse", "HEAD").strip()

    def made(change):
        clone.git("reset", "-q", "--hard", first)
        change()
        commit = clone.commit("A change")
        return b.test("--base", first, "--candidate", commit, "--json", repo=clone.dir, level="intake")
    cases = {
        "symlink": lambda: (clone.dir / "link").symlink_to("/etc/shadow"),
        "submodule": lambda: ((clone.dir / "sub").mkdir(),
                              clone.git("update-index", "--add", "--cacheinfo", f"160000,{first},sub")),
        "hidden_unicode": lambda: (clone.dir / "x.nix").write_text("{ } # \u202e\n"),
        "git_metadata": lambda: (clone.dir / ".gitmodules").write_text(""),
        "too_large": lambda: (clone.dir / "large").write_bytes(b"x" * (70 << 20)),
        "too_many_files": lambda: [(clone.dir / f"n{i}").write_text("") for i in range(201)],
    }
    for code, change in cases.items():
        said = made(change)
        assert said.exit == 21 and said.json["refusal"]["code"] == code, f"{code}: {said.exit} {said.out} {said.err}"
        assert levels(said) == [("intake", "failed")], said.out
    said = made(lambda: (clone.dir / "note.txt").write_text("plain"))
    assert said.exit == 0 and levels(said) == [("intake", "passed")], said.err


@truth
def a_commit_of_endlessly_many_folders_is_refused_at_once(b):
    clone = Clone(b.folder / "bomb")
    tree = clone.git("mktree", text="").strip()
    for _ in range(12):
        tree = clone.git("mktree", text="".join(f"040000 tree {tree}\tf{i}\n" for i in range(10))).strip()
    commit = clone.git("commit-tree", "-p", "HEAD", "-m", "Bomb", tree).strip()
    began = time.monotonic()
    said = b.test("--candidate", commit, "--json", repo=clone.dir, level="intake")
    assert said.exit != 0 and "files or folders" in said.out, said.out + said.err
    assert time.monotonic() - began < 20, "it took too long"


@truth
def a_base_that_is_broken_is_not_held_against_the_change(b):
    clone = Clone(b.folder / "broken")
    good = clone.git("rev-parse", "HEAD").strip()
    (clone.dir / HOST_FILE).write_text((clone.dir / HOST_FILE).read_text().replace("enable = true", "enable = oops"))
    clone.commit("Broken")
    said = b.test("--candidate", good, "--json", repo=clone.dir)
    assert said.exit == 25 and said.json["refusal"]["stage"] == "base", said.err
    said = b.test("--json", patch=clone.patch("[ 80 ]", "[ 80 8080 ]"), repo=clone.dir)
    assert said.exit == 22 and "the base does not evaluate either" in said.err, said.err
    assert "oops" in said.json["log"], said.json["log"]


@truth
def who_interrupts_it_finds_nothing_left(b):
    scratch = folders()
    process = subprocess.Popen([BIN / "agentctl", "test", "--repo", b.clone.dir, "--host", "web", "--offline", "--candidate",
                                "HEAD~1"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    for line in process.stdout:
        if line.startswith("evaluating"):
            process.send_signal(2)
            break
    assert process.wait(20) == 130, process.returncode
    assert folders() <= scratch, "a folder stays in /tmp"
    words = [BIN / "agentctl", "test", "--repo", b.clone.dir, "--host", "web", "--offline", "--candidate", "HEAD~1"]
    gone = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    gone.stdout.close()
    assert gone.wait(60) == 1 and folders() <= scratch, "a reader that went away"
    for signal in (3, 9):
        killed = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        for line in killed.stdout:
            if line.startswith("evaluating"):
                killed.send_signal(signal)
                break
        killed.wait(20)
    left = folders() - scratch
    assert len(left) == 1, left
    for folder in left:
        os.utime(folder, (0, 0))
    assert b.test(patch=b.opened, level="intake").exit == 0
    assert not left & folders(), "who was killed leaves a folder for good"
    with open("/dev/full", "w") as full:
        said = subprocess.run([BIN / "agentctl", "test", "--repo", b.clone.dir, "--host", "web", "--candidate", "HEAD~1",
                               "--level", "intake", "--json"], stdout=full, stderr=subprocess.PIPE, text=True)
    assert said.returncode == 1 and "could not be written" in said.stderr, said.stderr


@truth
def what_is_built_otherwise_than_the_options_say_is_told_and_not_automatic(b):
    trusting = b.folder / "trusting.toml"
    trusting.write_text('schema = "agentd.policy/1"\nrevision = 1\n[defaults]\nlevel = "auto"\npresence = "ssh"\n')
    anchor = "  # HTTP only for now"
    lie = b.clone.patch(anchor, '  system.extraSystemBuilderCmds = "printf \' audit=0\' >> $out/kernel-params";\n' + anchor)
    said = b.test("--json", "--policy", trusting, patch=lie)
    assert said.exit == 0, said.err
    told = said.json["disagreement"]
    assert [(one["topic"], one["subject"], one["options"]) for one in told["items"]] == [("kernel_param", "audit=0", None)], told
    assert "agreement" in [reason["rule"] for reason in said.json["verdict"]["reasons"]], said.json["verdict"]
    words = "The options say that the kernel does not get audit=0, the built system says that the kernel gets audit=0"
    assert words in b.test(patch=lie).out
    # What the options say and nothing is built of.
    silent = b.clone.patch(anchor, '  boot.kernelParams = [ "audit=1" ];\n'
                           '  system.extraSystemBuilderCmds = "printf \'loglevel=4\' > $out/kernel-params";\n' + anchor)
    told = b.test("--json", patch=silent).json["disagreement"]["items"]
    assert [(one["subject"], one["built"]) for one in told] == [("audit=1", None)], told
    fine = b.test("--json", "--policy", trusting, patch=b.opened).json["verdict"]
    assert "agreement" not in [reason["rule"] for reason in fine["reasons"]], fine


@truth
def a_policy_says_what_it_would_decide(b):
    said = b.test("--policy", ROOT / "tests/demo/policy.toml", "--keep", b.folder / "kept", "--json", patch=b.opened)
    assert said.exit == 0, said.err
    assert said.json["verdict"]["level"] == "approve", said.json["verdict"]
    assert os.readlink(b.folder / "kept") == said.json["toplevel"] and said.json["kept"] == str(b.folder / "kept")
    bad = b.folder / "bad.toml"
    bad.write_text("nonsense = [\n")
    said = b.test("--policy", bad, patch=b.opened)
    assert said.exit == 1 and "bad.toml:" in said.err, said.err


@truth
def who_is_not_root_is_told_what_is_missing(b):
    nobody = ("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups")
    if Path("/nix/var/nix/daemon-socket/socket").exists():
        said = b.test("--json", patch=b.opened, prefix=nobody)
        assert said.exit == 0 and "Nix daemon" in said.err, said.err
    else:
        said = b.test(patch=b.opened, prefix=nobody)
        assert said.exit == 69 and "no Nix daemon answers" in said.err, said.err
        with NixDaemon():
            said = b.test("--json", patch=b.opened, prefix=nobody)
            assert said.exit == 0 and "Nix daemon" in said.err, said.err
            assert said.json["effects"]["effects"]
            said = Said(subprocess.run([*nobody, BIN / "agentctl", "effects", said.json["effects"]["from"],
                                        said.json["toplevel"]], capture_output=True, text=True))
            assert said.exit == 0 and "8080/tcp" in said.out, said.err
    settings = b.folder / "agentd.toml"
    settings.write_text("nonsense\n")
    settings.chmod(0)
    said = Said(subprocess.run([*nobody, BIN / "agentctl", "test", "--repo", b.clone.dir, "--host", "web", "--patch", "-",
                                "--level", "intake"], capture_output=True, text=True, input=b.opened,
                               env={"AGENTD_CONFIG": str(settings)}))
    assert said.exit == 0 and f"{settings} is not used" in said.err, said.err


@truth
def the_analyzer_has_no_capability_whoever_starts_it(b):
    manifest = b.folder / "manifest"
    manifest.write_text("[]")
    for who in ((), ("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups")):
        reader, full = os.pipe()  # it says something once it is confined, and has to wait
        fcntl.fcntl(full, fcntl.F_SETPIPE_SZ, 4096)
        os.write(full, b"x" * 4096)
        process = subprocess.Popen([*who, BIN / "agentd-analyze", "--from", "/nix/store/x", "--from-manifest", manifest,
                                    "--to", "/nix/store/y", "--to-manifest", manifest], stdout=full, stderr=full)
        os.close(full)
        status, until = "", time.monotonic() + 20
        while "NoNewPrivs:\t1" not in status and time.monotonic() < until:
            time.sleep(0.01)
            status = Path(f"/proc/{process.pid}/status").read_text()
        caps = [line for line in status.splitlines() if line.startswith(("CapEff", "CapPrm", "CapInh"))]
        process.kill()
        process.wait()
        os.close(reader)
        assert "NoNewPrivs:\t1" in status and len(caps) == 3 and all(int(line.split()[1], 16) == 0 for line in caps), status


class NixDaemon:
    """The machine's own, as on NixOS, for as long as it is needed."""

    def __enter__(self):
        self.process = subprocess.Popen(["nix-daemon", "--daemon"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                                        env={"PATH": "/usr/bin:/bin", "NIX_CONFIG": "build-users-group =\nsubstituters ="})
        socket = Path("/nix/var/nix/daemon-socket/socket")
        until = time.monotonic() + 20
        while not socket.exists() and time.monotonic() < until:
            time.sleep(0.05)

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait(20)
        Path("/nix/var/nix/daemon-socket/socket").unlink(missing_ok=True)


def main() -> int:
    with tempfile.TemporaryDirectory(prefix="alone-") as folder:
        os.chmod(folder, 0o755)
        return truths.judge([(check.__name__.replace("_", " "), check) for check in TRUTHS], Bench(Path(folder)))


if __name__ == "__main__":
    sys.exit(main())
