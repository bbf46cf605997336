// The page's own layer: the built page in a real browser, against a machine of the contract's shape.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { launch, open, pair, SIZES, violations } from "./browser.mjs";
import { start } from "./server.mjs";

let browser;
before(async () => { browser = await launch(); });
after(() => browser.close());

/** A fresh machine and a paired browser; afterwards nothing may have been said to the console. */
function paired(name, body, options = {}) {
    test(name, async () => {
        const server = await start(options);
        const { context, page, said } = await open(browser, options);
        try {
            await pair(page, `${server.url}/pair#${server.machine.invite()}`);
            await body({ ...server, cases: server.machine.cases, context, page });
            assert.deepEqual(said, [], "the console of the browser");
        } finally {
            await context.close();
            server.close();
        }
    });
}

const state = (page, name) => page.locator(`.head [data-state="${name}"]`).waitFor();
const approveDialog = async (page) => {
    await page.getByRole("button", { name: "Approve…" }).click();
    await page.getByText("Checked by this browser").waitFor();
};

describe("pairing", () => {
    test("a browser that is not paired reads nothing and is told what to do", async () => {
        const server = await start();
        const { context, page, said } = await open(browser);
        const asked = [];
        page.on("request", (request) => asked.push(new URL(request.url()).pathname));
        await page.goto(`${server.url}/proposals/${server.machine.cases.critical.id}`);
        await page.getByRole("heading", { name: "This browser is not paired" }).waitFor();
        assert.match(await page.innerText("main"), /agentctl web login/);
        assert.deepEqual(asked.filter((path) => path.startsWith("/api/")), ["/api/v1/session"]);
        assert.deepEqual(said, []);
        await context.close();
        server.close();
    });

    paired("the token leaves the address and the history, and the key stays in the browser", async ({ page, url, machine }) => {
        assert.equal(await page.evaluate(() => location.hash), "");
        await page.goto(`${url}/audit`);
        await page.goBack();
        assert.equal(await page.evaluate(() => location.hash), "");
        const extractable = await page.evaluate(() => new Promise((resolve, reject) => {
            const request = indexedDB.open("agentd");
            request.onerror = reject;
            request.onsuccess = () => {
                const read = request.result.transaction("keys").objectStore("keys").get("approve");
                read.onsuccess = () => resolve(read.result.privateKey.extractable);
            };
        }));
        assert.equal(extractable, false);
        assert.equal(machine.sessions.size, 1);
    });

    test("a used link is refused with what to do next", async () => {
        const server = await start();
        const { context, page } = await open(browser, { expected: [/403/] });
        await page.goto(`${server.url}/pair#used-up`);
        await page.getByRole("button", { name: "Pair this browser" }).click();
        const alert = page.getByRole("alert");
        await alert.waitFor();
        assert.match(await alert.innerText(), /used up[^]*agentctl web login/);
        await context.close();
        server.close();
    });
});

describe("the list", () => {
    paired("what needs a person stands first, the dangerous before the harmless", async ({ page }) => {
        const titles = await page.locator(".items").first().locator("h3").allInnerTexts();
        assert.match(titles[0], /Open SSH to the internet/);
        assert.match(titles.at(-1), /Update the flake input/);
    });

    paired("a goal becomes a proposal", async ({ page, machine }) => {
        await page.getByLabel("What should change on attic?").fill("install htop");
        await page.keyboard.press("Enter");
        await state(page, "drafted");
        assert.equal(machine.proposals.at(-1).goal, "install htop");
    });

    paired("a goal that cannot be met says what, where and what next", async ({ page }) => {
        await page.getByLabel("What should change on attic?").fill("break it");
        await page.getByRole("button", { name: "Propose" }).click();
        const said = await page.getByRole("alert").innerText();
        assert.match(said, /No package is called that[^]*goal:1:7[^]*Nearest: ripgrep/);
    }, { expected: [/400/] });

    paired("with nothing to show the page says what will appear and how", async ({ page, machine }) => {
        machine.proposals.length = 0;
        await page.reload();
        await page.getByRole("heading", { name: "Nothing is waiting for you" }).waitFor();
        assert.match(await page.innerText(".empty"), /agentctl run/);
    });

    paired("a change of state shows without reloading", async ({ page, machine, cases }) => {
        await page.locator("[data-connection=live]").waitFor();
        machine.move(cases.building, "decided");
        await page.locator(".items li", { hasText: "Update the flake input" }).locator("[data-state=decided]").waitFor();
    });
});

describe("approving", () => {
    paired("a harmless change is approved and applied with the browser's own key", async ({ page, url, machine, cases }) => {
        await page.goto(`${url}/proposals/${cases.ripgrep.id}`);
        await approveDialog(page);
        assert.equal(await page.locator("dialog .not-ok").count(), 0);
        assert.equal(await page.getByLabel(/Type the machine's name/).count(), 0);
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

    paired("a critical change needs the name of the machine, by the keyboard alone too", async ({ page, url, cases }) => {
        await page.goto(`${url}/proposals/${cases.critical.id}`);
        await page.getByRole("button", { name: "Approve…" }).focus();
        await page.keyboard.press("Enter");
        const apply = page.getByRole("button", { name: "Approve and apply" });
        await page.getByText("Type attic to go on.").waitFor();
        assert.equal(await apply.getAttribute("aria-disabled"), "true");
        await apply.dispatchEvent("click");
        await page.getByLabel(/Type the machine's name/).focus();
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
        await page.close();
        await tabs[0].waitForFunction(() => navigator.locks.query().then(({ held }) => held.length === 1));
        machine.move(cases.building, "decided");
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

    paired("a session that ended leaves nothing readable", async ({ page, machine }) => {
        machine.sessions.clear();
        await page.reload();
        await page.getByRole("heading", { name: "This browser is not paired" }).waitFor();
        assert.doesNotMatch(await page.innerText("body"), /Install ripgrep/);
    }, { expected: [/403/] });

    paired("a session that ends under an open page is noticed at the next refusal", async ({ page, machine, cases }) => {
        await page.locator("[data-connection=live]").waitFor();
        machine.sessions.clear();
        machine.move(cases.building, "decided");
        await page.getByRole("heading", { name: "This browser is not paired" }).waitFor();
    }, { expected: [/403/] });
});

describe("the audit trail", () => {
    paired("entries are read back to the first, filtered, and the filter is in the address", async ({ page, url }) => {
        await page.goto(`${url}/audit`);
        await page.locator("[data-verified=true]").waitFor();
        await page.getByRole("button", { name: "Look further back" }).click();
        await page.locator(".entry-index", { hasText: /^0$/ }).waitFor();
        assert.equal(await page.getByRole("button", { name: "Look further back" }).count(), 0);
        await page.getByLabel("Kind of entry").selectOption("apply.outcome");
        await page.getByLabel("Who or what").fill("rolled");
        await page.waitForFunction(() => document.querySelectorAll(".entry").length === 1);
        assert.match(page.url(), /type=apply\.outcome&text=rolled/);
    });

    paired("a log that is not in order is said loudly, with the entry", async ({ page, url, machine }) => {
        machine.verifyProblem = { entry: 17, offset: 4096, message: "the signature does not fit" };
        await page.goto(`${url}/audit`);
        await page.locator("[data-verified=false]").waitFor();
        assert.match(await page.innerText(".verify"), /not in order at entry 17 \(byte 4096\): the signature does not fit/);
    });

    paired("a link from a proposal's history opens the log at that entry", async ({ page, url, cases }) => {
        await page.goto(`${url}/proposals/${cases.confirmed.id}`);
        const link = page.locator(".timeline a").first();
        const number = /\d+/.exec(await link.innerText())[0];
        await link.click();
        await page.locator(".entry-here .entry-index", { hasText: number }).waitFor();
    });
});

describe("hostile words", () => {
    paired("stay words: no markup, no hidden characters, no broken page", async ({ page, url, cases }) => {
        await page.goto(`${url}/proposals/${cases.hostile.id}`);
        await page.locator(".diff").waitFor();
        await page.getByText("Build log").click();
        await page.getByText("last line").waitFor();
        assert.equal(await page.locator("main img, main script").count(), 0);
        assert.match(await page.innerText("h1"), /<img src=x onerror/);
        assert.equal(await page.evaluate(() => /[\u202a-\u202e\u2066-\u2069\u200b]/.test(document.querySelector("main").textContent)), false);
        for (const place of ["h1", ".file-path", ".diff", ".log", ".claims"]) {
            assert.match(await page.locator(place).first().innerText(), /U\+202E/, place);
        }
        assert.match(await page.innerText(".diff"), /U\+0430/);
        assert.match(await page.title(), /^#6 <img.*\[U\+202E\]/);
    });
});

describe("for everybody", () => {
    const views = (cases) => ({
        list: "/", machine: "/machine", audit: "/audit", pairing: "/pair", nowhere: "/nowhere",
        ...Object.fromEntries(Object.entries(cases).map(([name, one]) => [name, `/proposals/${one.id}`])),
    });
    for (const [size, scheme] of [["desktop", "light"], ["desktop", "dark"], ["phone", "light"], ["phone", "dark"]]) {
        paired(`no view breaks WCAG 2.2 AA or is wider than the screen: ${size}, ${scheme}`, async ({ page, url, cases }) => {
            for (const [name, path] of Object.entries(views(cases))) {
                await page.goto(url + path);
                await page.locator("h1").waitFor();
                await page.waitForFunction(() => !document.querySelector("main .loading"));
                await page.evaluate(() => document.querySelectorAll("main details").forEach((one) => { one.open = true; }));
                await page.waitForFunction(() => !document.querySelector("main .loading"));
                assert.deepEqual(await violations(page), [], name);
                const width = await page.evaluate(() => document.documentElement.scrollWidth);
                assert.ok(width <= SIZES[size].width, `${name} is ${width} wide`);
            }
            await page.goto(`${url}/proposals/${cases.critical.id}`);
            await approveDialog(page);
            assert.deepEqual(await violations(page), [], "dialog");
        }, { size, scheme });
    }

    paired("what has the focus is not hidden by the bars of a phone", async ({ page, url, cases }) => {
        await page.goto(`${url}/proposals/${cases.critical.id}`);
        await page.locator(".diff").waitFor();
        for (let i = 0; i < 40; i += 1) {
            await page.keyboard.press("Tab");
            const hidden = await page.evaluate(() => {
                const element = document.activeElement;
                if (!element || element === document.body || element.closest(".decision, .bar, .skip")) return null;
                const { top, bottom, height } = element.getBoundingClientRect();
                const floor = document.querySelector(".decision").getBoundingClientRect().top;
                const ceiling = document.querySelector(".bar").getBoundingClientRect().bottom;
                return height < floor - ceiling && (top < ceiling - 1 || bottom > floor + 1) ? element.outerHTML.slice(0, 120) : null;
            });
            assert.equal(hidden, null);
        }
    }, { size: "phone" });
});
