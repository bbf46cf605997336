#!/usr/bin/env python3
"""What a paired browser may do, asked for without the page: by a program that speaks its API and lies."""

import hashlib
import threading

from browser import Browser
from client import Lab, check, main, refused, truth, wait


def decided(lab, name):
    diff = lab.patch("hosts/web/www/index.html", lambda old: old + f"<!-- {name} -->\n")
    return lab.propose(name, diff)["id"]


@truth("a paired browser breaks no glass: what it approves it has signed")
def glass(lab):
    browser, proposal = Browser(lab, "glass"), decided(lab, "glass")
    statement = browser.statement(proposal)
    digest = hashlib.sha256(statement.encode()).hexdigest()
    size = lab.log_size()
    nothing = {"key_id": "", "signature": "", "signed_digest": digest}
    refused("denied", browser.post, f"proposals/{proposal}/approve", statement=statement,
            presence={"method": "break_glass", **nothing}, apply=True)
    check(lab.show(proposal)["state"] == "decided" and not [e for e in lab.entries(size) if e["type"] == "approval.granted"],
          "it counts as approved")
    check(browser.approve(proposal)["proposal"]["state"] == "approved", "its own signature is not taken")
    lab.call("withdraw", proposal=proposal)


@truth("a viewer's browser reads, and is refused whatever changes or proposes something")
def viewer(lab):
    browser, proposal = Browser(lab, "victor"), decided(lab, "for victor")
    statement = browser.statement(proposal)
    file = lab.path("etc/policy.toml")
    with open(file) as policy:
        before = policy.read()
    try:
        with open(file, "w") as policy:
            policy.write(before + '\n[roles]\nviewer = ["victor"]\n')
        check(browser.get(f"proposals/{proposal}")["proposal"]["id"] == proposal, "it may not look")
        for what, more in (("approve", {"statement": statement, "presence": {}}), ("statement", {}), ("withdraw", {}),
                           ("reject", {"reason": "no"}), ("apply", {}), ("verify", {}), ("cancel", {})):
            refused("denied", browser.post, f"proposals/{proposal}/{what}", **more)
        refused("denied", browser.post, "proposals", goal="install jq")
        refused("denied", browser.post, "freeze")
        refused("denied", browser.post, "observe")
    finally:
        with open(file, "w") as policy:
            policy.write(before)
    browser.post(f"proposals/{proposal}/withdraw")


@truth("a cookie without what only the page holds opens nothing, to read or to write")
def thief(lab):
    browser = Browser(lab, "robbed")
    check(browser.get("status")["host"] == "web", "its own session does not count")
    for proof in ("", "0" * 64, browser.headers["Cookie"][-64:]):
        for method, path in (("GET", "status"), ("GET", "events"), ("POST", "freeze"), ("POST", "observe")):
            status, told = browser.ask(method, path, {} if method == "POST" else None, {"X-Agentd-Session": proof})
            check(status == 403 and told["error"]["code"] == "not_paired", method, path, status, told)
    check(not browser.ask("GET", "session", headers={"X-Agentd-Session": ""})[1]["paired"], "the page would believe it")
    check(not lab.applyd({"op": "state"})["frozen"], "it froze the machine")


@truth("a field that a method does not have is refused, whoever asks and whatever the method")
def strange_fields(lab):
    browser, proposal = Browser(lab, "strange"), decided(lab, "strange")
    for path in ("status?x=1", "proposals?x=1", "generations?x=1", "audit?x=1", f"proposals/{proposal}?x=1", f"proposals/{proposal}/diff?x=1"):
        no = refused("unknown_field", browser.get, path)
        check("`x`" in no.error["message"], no)
    for what in ("statement", "reject", "withdraw", "apply", "verify", "cancel"):
        refused("unknown_field", browser.post, f"proposals/{proposal}/{what}", force=True)
    for method in ("status", "doctor", "observe", "list", "audit.verify", "state.rebuild", "pull"):
        no = refused("unknown_field", lab.call, method, force=True)
        check(no.error["exit"] == 64, no)
    check(lab.show(proposal)["state"] == "decided", "something was done all the same")


@truth("a query or parameter of another type is refused by its name, not read past")
def wrong_types(lab):
    browser = Browser(lab, "types")
    for path, name in (("audit?from=abc", "from"), ("audit?limit=-1", "limit"), ("audit?from=1.5", "from"), ("proposals?all=yes", "all")):
        status, told = browser.ask("GET", path)
        check(status == 400 and told["error"]["code"] == "bad_value" and f"`{name}`" in told["error"]["message"], path, status, told)
        check(told["error"]["where"], "it does not say where:", told)
    check(browser.get("audit?from=0&limit=2")["entries"], "what is right is refused")
    no = refused("bad_value", lab.call, "reject", proposal=1, reason=5)
    check("`reason`" in no.error["message"] and no.error["exit"] == 64, no)


@truth("a brake is pulled at once while slow requests and logins hang")
def brake(lab):
    browser = Browser(lab, "brake")
    slow = [threading.Thread(target=lab.call, args=("doctor",)) for _ in range(6)]
    nonsense = {"key_id": "SHA256:x", "challenge": browser.ask("GET", "session", headers={"X-Agentd-Session": ""})[1]["challenge"], "signature": "AA=="}
    slow += [threading.Thread(target=browser.ask, args=("POST", "login", nonsense)) for _ in range(40)]
    for one in slow:
        one.start()
    browser.post("freeze", reason="trial")
    hung = [one for one in slow if one.is_alive()]
    check(hung, "everything slow was over before the brake was pulled: nothing is shown")
    wait(10, "status says so, and why", lambda: "trial" in (browser.get("status")["frozen"] or {"because": ""})["because"])
    for one in slow:
        one.join()
    check(lab.applyd({"op": "unfreeze"})["ok"], "it stays frozen")
    wait(10, "status says that it is over", lambda: browser.get("status")["frozen"] is None)


@truth("what is approved and to be applied at once waits for nobody else's apply: it is told that one is under way")
def at_once(lab):
    browser = Browser(lab, "once")
    first, second = lab.run("open port 8123")["id"], decided(lab, "second")
    statement = browser.statement(second)
    presence = browser.presence(statement)
    browser.approve(first, apply=True)
    no = refused("busy", browser.post, f"proposals/{second}/approve", statement=statement, presence=presence, apply=True)
    check("approved" in no.error["message"] and lab.show(second)["state"] == "approved", no)
    refused("busy", browser.post, f"proposals/{second}/apply")
    wait(60, "it waits for a confirmation", lambda: lab.show(first)["apply"] and lab.show(first)["apply"]["confirm"])
    refused("busy", browser.post, f"proposals/{second}/apply")
    browser.post(f"proposals/{first}/cancel")
    lab.settled(first, "rolled_back")
    check(not lab.show(second)["apply"], "it was applied behind the other's back:", lab.show(second)["apply"])


class ConfirmingLab(Lab):
    def prepare(self):
        self.env["LAB_CONFIRM"] = "always"
        super().prepare()


if __name__ == "__main__":
    main(ConfirmingLab("paired", 8579))
