// The page's own layer, while it is applied: the wait for a person, the countdown, a machine that is not reached any more.
import assert from "node:assert/strict";
import { describe } from "node:test";
import { violations } from "./browser.mjs";
import { approveDialog, paired, state } from "./layer.mjs";

const LOST = [/ERR_/, /Failed to load/];
const keep = (page) => page.getByRole("button", { name: /(machine:|and) keep it$/ });
const phase = (page, name) => page.locator(`.applying[data-phase="${name}"]`).waitFor();
const secondsLeft = async (page) => {
    const [minutes, seconds] = (await page.getByRole("timer").innerText()).split(":").map(Number);
    return minutes * 60 + seconds;
};

/** Approves and applies the change of SSH and the firewall, up to where it waits for a person. */
async function untilAsked(page, url, cases) {
    await page.goto(`${url}/proposals/${cases.critical.id}`);
    await approveDialog(page);
    await page.getByLabel(/type the machine's name/i).fill("attic");
    await page.getByRole("button", { name: "Approve and apply" }).click();
    await phase(page, "waiting");
}

describe("a change of the network", () => {
    paired("waits for the approver, who keeps it over a new connection with the browser's key", async ({ page, url, machine, cases }) => {
        await untilAsked(page, url, cases);
        await page.getByText("Because of: Port 22 is open to every network").waitFor();
        assert.deepEqual(await violations(page), []);
        await keep(page).click();
        await state(page, "confirmed");
        await page.locator("[data-outcome=confirmed]").waitFor();
        // What was refused for its age came first, and nothing but a new connection counted.
        assert.equal(machine.connectionsTried.at(-1), true);
        assert.equal(machine.connectionsTried[0], false);
        assert.ok(machine.connectionsTried.length <= 7, String(machine.connectionsTried));
    }, { confirmMs: 20_000, expected: [/409/] });

    paired("is kept by the keyboard alone", async ({ page, url, cases }) => {
        await untilAsked(page, url, cases);
        await keep(page).focus();
        await page.keyboard.press("Enter");
        await state(page, "confirmed");
    }, { confirmMs: 20_000, expected: [/409/] });

    paired("counts down on the machine's clock, whatever the browser's says", async ({ page, url, cases }) => {
        await untilAsked(page, url, cases);
        const first = await secondsLeft(page);
        assert.ok(first <= 20 && first >= 15, `${first} s`);
        await page.waitForFunction((before) => document.querySelector(".countdown").textContent !== before, await page.getByRole("timer").innerText());
        assert.ok(await secondsLeft(page) < first);
    }, { confirmMs: 20_000, skewMs: 3_600_000 });

    paired("is taken back when nobody confirms, and the page says why and how to go on", async ({ page, url, cases }) => {
        await untilAsked(page, url, cases);
        await state(page, "rolled_back");
        const said = await page.locator("#apply").innerText();
        assert.match(said, /Taken back: nobody confirmed in time/);
        assert.match(said, /What taking it back does not undo[^]*files that services wrote/);
        assert.match(said, /Nobody confirmed in time[^]*confirm_seconds[^]*sudo agentctl quarantine --lift \/nix\/store\//);
        assert.match(await page.innerText(".decision-closed"), /Rolled back[^]*Why: nobody confirmed/);
    }, { confirmMs: 1500 });

    paired("is taken back at once when a person wants that, and not by one click", async ({ page, url, cases }) => {
        await untilAsked(page, url, cases);
        await page.getByRole("button", { name: "Take it back now…" }).click();
        const dialog = page.getByRole("dialog");
        assert.deepEqual(await violations(page), []);
        await dialog.getByRole("button", { name: "Leave it" }).click();
        assert.equal(cases.critical.state, "applying");
        await page.getByRole("button", { name: "Take it back now…" }).click();
        await dialog.getByRole("button", { name: "Take it back now" }).click();
        await state(page, "rolled_back");
        assert.match(await page.locator("#apply").innerText(), /cancelled it[^]*Nothing is held against it/);
    }, { confirmMs: 60_000 });

    paired("what is no nonce is not signed", async ({ page, url, machine, cases }) => {
        machine.nonce = "agentd-approve@v1:something else";
        await untilAsked(page, url, cases);
        await keep(page).click();
        await page.getByText("Nothing was signed").waitFor();
        assert.deepEqual(machine.connectionsTried, []);
    }, { confirmMs: 20_000 });

    paired("cannot be kept by a browser that is not the approver's, and that is said", async ({ page, url, machine, cases }) => {
        for (const session of machine.sessions.values()) session.key_id = "SHA256:another";
        await page.goto(`${url}/proposals/${cases.waiting.id}`);
        await page.getByText("This browser's key is not the one").waitFor();
        assert.equal(await keep(page).getAttribute("aria-disabled"), "true");
        await page.getByText("agentctl confirm 10").waitFor();
    });
});

describe("a machine that is not reached any more", () => {
    paired("is said, counted down on, and asked again: a firewall that swallows everything", async ({ page, url, machine, cases }) => {
        await untilAsked(page, url, cases);
        machine.silent = true;
        await page.locator("[data-lost]").waitFor();
        await page.getByText("This page does not reach the machine.").waitFor();
        assert.match(await page.locator("[data-lost]").innerText(), /takes itself back at \d\d:\d\d:\d\d, without this page/);
        assert.deepEqual(await violations(page), []);
        const before = await secondsLeft(page);
        await page.waitForFunction((then) => document.querySelector(".countdown")?.textContent !== then, await page.getByRole("timer").innerText());
        assert.ok(await secondsLeft(page) < before);
        await page.getByText("The time is over.").waitFor({ timeout: 40_000 });
        // The page counts rather too little than too much: the machine may take a second more.
        while (cases.critical.state === "applying") await new Promise((resolve) => setTimeout(resolve, 100));
        machine.silent = false;
        await state(page, "rolled_back");
        assert.match(await page.locator("#apply").innerText(), /nobody confirmed in time/);
    }, { confirmMs: 25_000, expected: LOST });

    paired("and comes back within the time: what was asked for is done then", async ({ page, url, machine, cases, down, up }) => {
        await untilAsked(page, url, cases);
        down();
        await keep(page).click();
        await page.getByText(/Not reached, tried \d/).waitFor();
        await up();
        await state(page, "confirmed");
        assert.equal(machine.connectionsTried.at(-1), true);
    }, { confirmMs: 30_000, expected: [...LOST, /409/] });

    paired("while it switches: the page names when the machine is back by itself", async ({ page, url, machine, cases }) => {
        await page.goto(`${url}/proposals/${cases.ripgrep.id}`);
        await approveDialog(page);
        await page.getByRole("button", { name: "Approve and apply" }).click();
        await phase(page, "switching");
        machine.silent = true;
        await page.locator("[data-lost]").waitFor();
        assert.match(await page.locator("[data-lost]").innerText(), /takes itself back at/);
        machine.silent = false;
        await state(page, "confirmed");
    }, { stepMs: 3000, expected: LOST });
});
