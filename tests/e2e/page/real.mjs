// What a person does on the page of a real daemon, step by step.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { Agent, createServer, request } from "node:http";
import { join } from "node:path";
import { promisify } from "node:util";
import { violations } from "./browser.mjs";

export const PATIENCE = 120_000;

export async function shot(page, name) {
    const folder = process.env.AGENTD_PAGE_SHOTS;
    if (folder) await page.screenshot({ path: join(folder, `${name}.png`), fullPage: true });
}

export async function openProposal(page, origin, wanted) {
    if (/^[0-9A-Z]{26}$/.test(wanted)) {
        await page.goto(`${origin}/proposals/${wanted}`);
    } else {
        const items = page.locator("section[aria-labelledby=open] .item");
        const item = wanted === "" ? items.first()
            : items.filter({ has: page.locator(".item-number", { hasText: new RegExp(`^${wanted}$`) }) });
        await item.locator("h3 a").click();
    }
    await page.locator("article.proposal").waitFor();
}

/** Waits for one of these states; an end that was not wanted is told with the words on the page. */
export async function settled(page, wanted, others) {
    const any = [wanted, ...others].map((name) => `.head [data-state="${name}"]`).join(", ");
    await page.locator(any).first().waitFor();
    const found = await page.locator(".head [data-state]").getAttribute("data-state");
    assert.equal(found, wanted, await page.innerText("article.proposal"));
}

/** `apart`: approved first, applied by another press of a button. */
export async function approveAndApply(page, { apart = false } = {}) {
    const button = page.getByRole("button", { name: "Approve…", disabled: false });
    // The page says why not; that is worth more than a timeout.
    await button.waitFor({ timeout: PATIENCE / 4 }).catch(async () => {
        assert.fail(`It cannot be approved here: ${await page.innerText(".decision")}`);
    });
    await button.click();
    await page.locator("dialog").getByText("Checked by this browser").waitFor();
    assert.deepEqual(await page.locator("dialog .not-ok").allInnerTexts(), []);
    const host = page.getByLabel(/type the machine's name/i);
    if (await host.count() > 0) await host.fill(await host.locator("xpath=..").locator("strong").innerText());
    await page.getByRole("button", { name: apart ? "Approve only" : "Approve and apply" }).click();
    await page.locator("dialog").waitFor({ state: "detached" });
    if (!apart) return;
    await settled(page, "approved", ["stale", "expired"]);
    await page.getByRole("button", { name: "Apply now", disabled: false }).click();
}

/** What another program on this host, visited with the same browser, is sent; and what it can do with it. */
export async function opensNothingElsewhere(page, origin) {
    let cookie = "";
    const other = createServer((request, response) => {
        cookie = request.headers.cookie ?? cookie;
        response.setHeader("Content-Type", "text/html");
        response.end("<!doctype html><link rel=icon href=data:,><title>another program</title>");
    });
    await new Promise((resolve) => other.listen(0, "localhost", resolve));
    const tab = await page.context().newPage();
    await tab.goto(`http://localhost:${other.address().port}/`);
    await tab.close();
    other.close();
    assert.match(cookie, /__Host-agentd=/, "the cookie is not sent to other ports any more: simplify");
    const headers = { Cookie: cookie, "X-Agentd": "1", "Content-Type": "application/json", "Sec-Fetch-Site": "same-origin", Origin: origin };
    for (const [path, init] of [["status", {}], ["events", {}], ["freeze", { method: "POST", body: "{}" }]]) {
        const answer = await fetch(`${origin}/api/v1/${path}`, { ...init, headers });
        assert.equal((await answer.json()).error.code, "not_paired", path);
    }
}

export async function audited(page, id) {
    await page.getByRole("link", { name: "Audit", exact: true }).click();
    await page.locator("[data-verified=true]").waitFor();
    await page.getByLabel("Who or what").fill(id);
    for (const type of ["approval.granted", "apply.outcome"]) {
        await page.locator(`.entry[data-type="${type}"]`).first().waitFor();
    }
}

/** The daemon forgets its sessions; the browser still holds its key. */
export async function comesBack(page, restart) {
    const login = page.waitForResponse((response) => response.url().endsWith("/api/v1/login") && response.ok());
    await promisify(execFile)(restart, [], { timeout: PATIENCE });
    await login;
    await page.locator("[data-connection=live]").waitFor();
    await page.getByRole("link", { name: "Proposals", exact: true }).click();
    await page.getByRole("heading", { name: "Proposals", level: 1 }).waitFor();
}

/** Up to where what was applied waits for its approver. */
async function waits(page) {
    await page.locator('.applying[data-phase="waiting"]').waitFor();
    assert.match(await page.getByRole("timer").innerText(), /^\d+:\d\d$/);
    assert.deepEqual(await violations(page), []);
}

/** A connection of this session that stays open, and asks again so often that nobody takes it for idle. */
async function connectionThatStays(page, origin) {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const cookie = (await page.context().cookies(origin)).map(({ name, value }) => `${name}=${value}`).join("; ");
    const proof = await page.evaluate(() => localStorage.getItem("agentd-session"));
    const headers = { Cookie: cookie, "X-Agentd": "1", "X-Agentd-Session": proof, "Content-Type": "application/json",
        "Sec-Fetch-Site": "same-origin", Origin: origin };
    const ask = (path, method = "GET", body = "") => new Promise((answered, failed) => {
        const asked = request(`${origin}/api/v1/${path}`, { agent, method, headers }, async (response) => {
            const parts = [];
            for await (const part of response) parts.push(part);
            answered({ status: response.statusCode, body: JSON.parse(Buffer.concat(parts).toString()), reused: asked.reusedSocket });
        });
        asked.on("error", failed);
        asked.end(body);
    });
    assert.equal((await ask("status")).status, 200);
    let last = Promise.resolve();
    const beats = setInterval(() => { last = last.then(() => ask("status")); }, 2000);
    beats.unref();
    return {
        /** The last request over it. */
        async says(path, body) {
            clearInterval(beats);
            await last;
            return ask(path, "POST", JSON.stringify(body));
        },
    };
}

/** A change of the network, asked for on the page and kept over a new connection. */
export async function keepsPort(page, port) {
    const { origin } = new URL(page.url());
    await page.getByRole("link", { name: "Proposals", exact: true }).click();
    await page.getByLabel(/What should change/).fill(`open port ${port}`);
    await page.getByRole("button", { name: "Propose" }).click();
    await settled(page, "decided", ["refused", "denied", "failed"]);
    const old = await connectionThatStays(page, origin);
    await approveAndApply(page, { apart: true });
    await waits(page);
    await shot(page, "5-waiting");
    const id = await page.locator("article.proposal").getAttribute("data-proposal");
    // Older than the switch: it proves nothing about who can still come in. Which connection the browser takes is
    // the browser's own affair; when it hears the same, its next one counts.
    const refused = await old.says(`proposals/${id}/confirm`, { presence: null });
    assert.ok(refused.reused, "the connection did not stay open");
    assert.equal(refused.body.error?.code, "old_connection", JSON.stringify(refused.body));
    await page.getByRole("button", { name: "This page still reaches the machine: keep it" }).click();
    await settled(page, "confirmed", ["rolled_back", "failed"]);
    await page.locator("[data-step=confirmed_by]").waitFor();
}

/** Going back to the generation before, drafted on the machine's page; and taken back while it waits. */
export async function goesBack(page) {
    await page.getByRole("link", { name: "Machine", exact: true }).click();
    await page.locator("[data-fact]").first().waitFor();
    await page.locator(".generation").first().waitFor();
    assert.deepEqual(await violations(page), []);
    await shot(page, "6-machine");
    await page.locator(".generation .button").first().click();
    await page.getByRole("button", { name: "Draft it" }).click();
    await settled(page, "decided", ["refused", "denied", "failed"]);
    await page.getByRole("heading", { name: "What would move" }).waitFor();
    await page.getByText("What stays as it is").waitFor();
    await shot(page, "7-rollback");
    await approveAndApply(page);
    await waits(page);
    await page.getByRole("button", { name: "Take it back now…" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Take it back now" }).click();
    await settled(page, "rolled_back", ["confirmed", "failed"]);
    await page.getByRole("heading", { name: "How to go on" }).waitFor();
    await shot(page, "8-taken-back");
}
