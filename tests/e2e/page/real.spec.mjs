// The same page against a real daemon: pair, read, approve, apply, see it confirmed and on record.
//
//   AGENTD_PAGE_URL       the link that `agentctl web login` printed (http://localhost:PORT/pair#TOKEN)
//   AGENTD_PAGE_PROPOSAL  number or id of a proposal that waits or is about to (default: the first open)
//   AGENTD_PAGE_SHOTS     a folder for screenshots (optional)
//   AGENTD_PAGE_RESTART   a program that restarts the daemon (optional): the page has to come back by itself
import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { launch, open, pair, violations } from "./browser.mjs";

const LINK = process.env.AGENTD_PAGE_URL;
const WANTED = process.env.AGENTD_PAGE_PROPOSAL ?? "";
const RESTART = process.env.AGENTD_PAGE_RESTART ?? "";
const PATIENCE = 120_000;

async function shot(page, name) {
    const folder = process.env.AGENTD_PAGE_SHOTS;
    if (folder) await page.screenshot({ path: join(folder, `${name}.png`), fullPage: true });
}

async function openProposal(page, origin) {
    if (/^[0-9A-Z]{26}$/.test(WANTED)) {
        await page.goto(`${origin}/proposals/${WANTED}`);
    } else {
        const items = page.locator("section[aria-labelledby=open] .item");
        const item = WANTED === "" ? items.first()
            : items.filter({ has: page.locator(".item-number", { hasText: new RegExp(`^${WANTED}$`) }) });
        await item.locator("h3 a").click();
    }
    await page.locator("article.proposal").waitFor();
}

/** Waits for one of these states; an end that was not wanted is told with the words on the page. */
async function settled(page, wanted, others) {
    const any = [wanted, ...others].map((name) => `.head [data-state="${name}"]`).join(", ");
    await page.locator(any).first().waitFor();
    const found = await page.locator(".head [data-state]").getAttribute("data-state");
    assert.equal(found, wanted, await page.innerText("article.proposal"));
}

async function approveAndApply(page) {
    const button = page.getByRole("button", { name: "Approve…", disabled: false });
    // The page says why not; that is worth more than a timeout.
    await button.waitFor({ timeout: PATIENCE / 4 }).catch(async () => {
        assert.fail(`It cannot be approved here: ${await page.innerText(".decision")}`);
    });
    await button.click();
    await page.locator("dialog").getByText("Checked by this browser").waitFor();
    assert.deepEqual(await page.locator("dialog .not-ok").allInnerTexts(), []);
    const host = page.getByLabel(/Type the machine's name/);
    if (await host.count() > 0) await host.fill(await host.locator("xpath=..").locator("strong").innerText());
    await page.getByRole("button", { name: "Approve and apply" }).click();
    await page.locator("dialog").waitFor({ state: "detached" });
}

async function audited(page, id) {
    await page.getByRole("link", { name: "Audit", exact: true }).click();
    await page.locator("[data-verified=true]").waitFor();
    await page.getByLabel("Who or what").fill(id);
    for (const type of ["approval.granted", "apply.outcome"]) {
        await page.locator(`.entry[data-type="${type}"]`).first().waitFor();
    }
}

/** The daemon forgets its sessions; the browser still holds its key. */
async function comesBack(page) {
    const login = page.waitForResponse((response) => response.url().endsWith("/api/v1/login") && response.ok());
    await promisify(execFile)(RESTART, [], { timeout: PATIENCE });
    await login;
    await page.locator("[data-connection=live]").waitFor();
    await page.getByRole("link", { name: "Proposals", exact: true }).click();
    await page.getByRole("heading", { name: "Proposals", level: 1 }).waitFor();
}

test("a person pairs, reads, approves, and sees it confirmed and on record", { skip: !LINK && "AGENTD_PAGE_URL is not set" }, async () => {
    const browser = await launch();
    try {
        const { page, said } = await open(browser);
        page.setDefaultTimeout(PATIENCE);
        const { origin } = new URL(LINK);
        await pair(page, LINK);
        await shot(page, "1-list");
        await openProposal(page, origin);
        await settled(page, "decided", ["refused", "denied", "failed", "withdrawn"]);
        await page.locator("#effects .effect").first().waitFor();
        await page.locator("#diff .diff, #diff .muted").first().waitFor();
        await shot(page, "2-proposal");
        assert.deepEqual(await violations(page), []);
        const id = await page.locator("article.proposal").getAttribute("data-proposal");
        await approveAndApply(page);
        await settled(page, "confirmed", ["rolled_back", "failed", "denied", "stale", "expired"]);
        await page.locator("[data-outcome=confirmed]").waitFor();
        await shot(page, "3-confirmed");
        await audited(page, id);
        await shot(page, "4-audit");
        assert.deepEqual(said, [], "the console of the browser");
        if (RESTART) await comesBack(page); // the console tells of the moment without a daemon
    } finally {
        await browser.close();
    }
});
