// The page's own layer, approving and watching: the built page in a real browser, against a machine of the contract's shape.
import assert from "node:assert/strict";
import { describe } from "node:test";
import { approveDialog, paired, state } from "./layer.mjs";

describe("approving", () => {
    paired("a harmless change is approved and applied with the browser's own key", async ({ page, url, machine, cases }) => {
        await page.goto(`${url}/proposals/${cases.ripgrep.id}`);
        await approveDialog(page);
        assert.equal(await page.locator("dialog .not-ok").count(), 0);
        assert.equal(await page.getByLabel(/type the machine's name/i).count(), 0);
        await page.getByRole("button", { name: "Approve and apply" }).click();
        await state(page, "confirmed");
        await page.locator("[data-outcome=confirmed]").waitFor();
        await page.getByText("Landed on main by fast-forward").waitFor();
        const granted = machine.entries.find(({ entry }) => entry.type === "approval.granted");
        assert.equal(granted.entry.body.presence.method, "browser");
    });

    paired("approving alone leaves the machine as it is, applying comes after", async ({ page, url, cases }) => {
        await page.goto(`${url}/proposals/${cases.ripgrep.id}`);
        await approveDialog(page);
        await page.getByRole("button", { name: "Approve only" }).click();
        await state(page, "approved");
        await page.getByRole("button", { name: "Apply now" }).click();
        await state(page, "confirmed");
    });

    paired("what the helper refused to apply says why, where one would try again", async ({ page, url, machine, cases }) => {
        await page.goto(`${url}/proposals/${cases.approved.id}`);
        await page.getByRole("button", { name: "Apply now" }).waitFor();
        machine.record("statement.refused", cases.approved.id, { code: "frozen", message: "nothing is applied now: hands off", peer_uid: 998 }, "system", "agentd-applyd");
        await page.locator(".decision").getByText("nothing is applied now: hands off").waitFor();
        assert.equal(await page.getByRole("button", { name: "Apply now" }).getAttribute("aria-disabled"), "false");
    });

    paired("a critical change needs the name of the machine, by the keyboard alone too", async ({ page, url, cases }) => {
        await page.goto(`${url}/proposals/${cases.critical.id}`);
        await page.getByRole("button", { name: "Approve…", disabled: false }).press("Enter"); // once the key is there
        const apply = page.getByRole("button", { name: "Approve and apply" });
        await page.getByText("Type attic to go on.").waitFor();
        assert.equal(await apply.getAttribute("aria-disabled"), "true");
        await apply.dispatchEvent("click");
        await page.getByLabel(/type the machine's name/i).focus();
        await page.keyboard.type("attic");
        await page.getByText("It will be signed with this browser's own key.").waitFor();
        for (let i = 0; i < 3; i += 1) await page.keyboard.press("Tab");
        await page.keyboard.press("Enter");
        await state(page, "confirmed");
    });

    for (const [what, lie] of [
        ["another toplevel", { toplevel: "/nix/store/evil-system" }],
        ["other effects", { effects_sha256: "0".repeat(64) }],
        ["another host", { host: "cellar" }],
        ["a field more", { extra: "x" }],
    ]) {
        paired(`a statement about ${what} is not signed`, async ({ page, url, machine, cases }) => {
            machine.lie = lie;
            await page.goto(`${url}/proposals/${cases.ripgrep.id}`);
            await page.getByRole("button", { name: "Approve…" }).click();
            await page.getByText("It will not be signed.").waitFor();
            await page.getByRole("button", { name: "Approve and apply" }).dispatchEvent("click");
            await page.keyboard.press("Escape");
            assert.equal(cases.ripgrep.state, "decided");
        });
    }

    paired("with the key of another pairing nothing is signed", async ({ page, url, machine, cases }) => {
        for (const session of machine.sessions.values()) session.key_id = "SHA256:another";
        await page.goto(`${url}/proposals/${cases.ripgrep.id}`);
        await page.getByText("This browser's key is not the one").waitFor();
        assert.equal(await page.getByRole("button", { name: "Approve…" }).getAttribute("aria-disabled"), "true");
    });

    paired("where policy asks for an SSH key the button says so", async ({ page, url, cases }) => {
        await page.goto(`${url}/proposals/${cases.sshNeeded.id}`);
        const button = page.getByRole("button", { name: "Approve…" });
        await page.getByText("Policy asks for an SSH key here").waitFor();
        assert.equal(await button.getAttribute("aria-disabled"), "true");
        const why = await page.locator(`[id="${await button.getAttribute("aria-describedby")}"]`).innerText();
        assert.match(why, /agentctl approve 4/);
    });

    paired("rejecting asks why, and closes the proposal", async ({ page, url, machine, cases }) => {
        await page.goto(`${url}/proposals/${cases.critical.id}`);
        await page.getByRole("button", { name: "Reject…" }).click();
        await page.getByLabel("Reason").fill("No passwords over SSH.");
        await page.getByRole("button", { name: "Reject", exact: true }).click();
        await state(page, "denied");
        const entry = machine.entries.find(({ entry: one }) => one.type === "approval.rejected");
        assert.equal(entry.entry.body.reason, "No passwords over SSH.");
    });

    paired("no single key approves", async ({ page, url, cases }) => {
        await page.goto(`${url}/proposals/${cases.ripgrep.id}`);
        await page.getByRole("button", { name: "Approve…" }).waitFor();
        for (const key of ["a", "A", "y", "Enter", " "]) await page.keyboard.press(key);
        assert.equal(await page.locator("dialog").count(), 0);
        assert.equal(cases.ripgrep.state, "decided");
    });
});

describe("watching", () => {
    paired("a build's log streams, and its evidence takes the log's place", async ({ page, url, machine, cases }) => {
        await page.goto(`${url}/proposals/${cases.building.id}`);
        await page.locator("[data-connection=live]").waitFor();
        machine.printLog(cases.building, "build", 0, ["building '/nix/store/x.drv'..."]);
        machine.printLog(cases.building, "build", 1, ["<b>not markup</b> \u202eabc"]);
        const log = page.getByRole("log");
        await log.getByText("<b>not markup</b>").waitFor();
        assert.match(await log.innerText(), /building[^]*U\+202E/);
        cases.building.evidence.push({ ...cases.building.evidence[1], level: "build", summary: "built" });
        machine.record("evidence.recorded", cases.building.id, {}, "system", "agentd");
        await page.locator("[data-level=build][data-status=passed]").waitFor();
        await page.getByText("Build log").click();
        await page.getByRole("region", { name: "Build log" }).getByText("last line").waitFor();
    });

    paired("many tabs share one stream, and all of them hear it", async ({ page, url, context, machine, cases }) => {
        await page.locator("[data-connection=live]").waitFor();
        const tabs = [];
        for (let i = 0; i < 7; i += 1) {
            const tab = await context.newPage();
            await tab.goto(url);
            await tab.locator("[data-connection=live]").waitFor();
            tabs.push(tab);
        }
        assert.equal(machine.streams, 1);
        // The next tab takes over; what happens before its stream is open reaches everybody all the same.
        let open;
        machine.gate = new Promise((resolve) => { open = resolve; });
        const { asked } = machine;
        await page.close();
        while (machine.asked === asked) await new Promise((resolve) => setTimeout(resolve, 20));
        machine.move(cases.building, "decided");
        open();
        for (const tab of tabs) await tab.locator(".items li", { hasText: "flake input" }).locator("[data-state=decided]").waitFor();
        assert.equal(machine.streams, 1);
    });

    paired("without a stream the page asks every five seconds and says so", async ({ page, machine, cases }) => {
        await page.locator("[data-connection=live]").waitFor();
        machine.noStream = true;
        await page.reload();
        await page.locator("[data-connection=polling]").waitFor();
        machine.move(cases.building, "decided");
        await page.locator(".items li", { hasText: "flake input" }).locator("[data-state=decided]").waitFor();
    }, { expected: [/503/] });

    paired("a session that ended comes back by itself, with the key that was paired", async ({ page, url, machine }) => {
        await page.goto("about:blank"); // the document before may come back, too, and go before it knows
        machine.sessions.clear();
        machine.events.removeAllListeners();
        await page.goto(url);
        await page.getByRole("heading", { name: "Proposals", level: 1 }).waitFor();
        assert.equal(machine.sessions.size, 1);
        assert.equal(machine.approvers.size, 1);
    });

    paired("what a person asked for is done although the session ended in between", async ({ page, machine, cases }) => {
        await page.getByRole("link", { name: "Install ripgrep" }).click();
        await page.locator("article.proposal").waitFor();
        machine.sessions.clear();
        await approveDialog(page);
        machine.sessions.clear();
        await page.getByRole("button", { name: "Approve and apply" }).click();
        await state(page, "confirmed");
        assert.equal(machine.entries.filter(({ entry }) => entry.type === "approval.granted" && entry.subject === cases.ripgrep.id).length, 1);
    }, { expected: [/403/] });

    paired("a key that the machine does not know any more is not let in, and not tried again and again", async ({ page, url, machine }) => {
        await page.goto("about:blank"); // the document before might ask, too, before it is gone
        machine.approvers.clear();
        machine.sessions.clear();
        let logins = 0;
        page.on("request", (request) => { if (request.url().endsWith("/login")) logins += 1; });
        await page.goto(url);
        await page.getByRole("heading", { name: "This browser is not paired" }).waitFor();
        await page.evaluate(() => window.dispatchEvent(new Event("visibilitychange")));
        assert.equal(logins, 1);
    }, { expected: [/403/] });

    paired("tabs whose session ended come back together, by one login", async ({ page, url, machine, context }) => {
        const tabs = [page];
        for (let i = 0; i < 5; i += 1) {
            tabs.push(await context.newPage());
            await tabs.at(-1).goto(`${url}/audit`);
        }
        machine.sessions.clear();
        // Who leaves in the middle of its login never hears of its session: that would be another truth.
        const loggedIn = context.waitForEvent("response", { predicate: (response) => response.url().endsWith("/login") });
        machine.emit("entry", { index: machine.entries.length, type: "proposal.state", subject: "x", time: new Date().toISOString() });
        await (await loggedIn).finished();
        await Promise.all(tabs.map((tab) => tab.goto(`${url}/machine`)));
        for (const tab of tabs) await tab.getByRole("heading", { name: "attic", level: 1 }).waitFor();
        assert.equal(machine.sessions.size, 1);
    }, { expected: [/403/] });

    paired("a page whose half of the session is gone or garbled comes back by its key", async ({ page, url }) => {
        for (const kept of ["", "gar\nbled", "\u2603"]) {
            // Written before the next page begins: one that is open would ask with it, and be refused.
            await page.addInitScript((text) => localStorage.setItem("agentd-session", text), kept);
            await page.goto(`${url}/audit`);
            await page.getByRole("heading", { name: "Audit trail", level: 1 }).waitFor();
        }
    });

    paired("a session that ended leaves nothing readable", async ({ page, machine }) => {
        machine.approvers.clear();
        machine.sessions.clear();
        await page.reload();
        await page.getByRole("heading", { name: "This browser is not paired" }).waitFor();
        assert.doesNotMatch(await page.innerText("body"), /Install ripgrep/);
    }, { expected: [/403/] });

    paired("a session that ends under an open page is noticed at the next refusal", async ({ page, machine, cases }) => {
        await page.locator("[data-connection=live]").waitFor();
        machine.approvers.clear();
        machine.sessions.clear();
        machine.move(cases.building, "decided");
        await page.getByRole("heading", { name: "This browser is not paired" }).waitFor();
    }, { expected: [/403/] });
});
