// Passkeys, by Chromium's own virtual authenticator: enrolled by a link, asked for each approval, and a way back in.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { authenticator, open, pair } from "./browser.mjs";
import { approveDialog, browser, state } from "./layer.mjs";
import { start } from "./server.mjs";

function withPasskey(name, body, options = {}) {
    test(name, async () => {
        const server = await start();
        const { context, page, said } = await open(browser, options);
        try {
            const device = await authenticator(page);
            await pair(page, `${server.url}/pair#${server.machine.invite()}`, "Enrol a passkey");
            await body({ ...server, cases: server.machine.cases, context, page, device });
            assert.deepEqual(said, [], "the console of the browser");
        } finally {
            await context.close();
            server.close();
        }
    });
}

const granted = (machine) => machine.entries.find(({ entry }) => entry.type === "approval.granted")?.entry.body;

describe("a passkey", () => {
    for (const size of ["desktop", "phone"]) {
        withPasskey(`is enrolled by a link and approves, with its owner there (${size})`, async ({ page, url, machine, cases, device }) => {
            assert.equal((await device.credentials()).length, 1);
            await page.goto(`${url}/proposals/${cases.ripgrep.id}`);
            await approveDialog(page);
            await page.getByText("It will be signed with your passkey.").waitFor();
            await page.getByRole("button", { name: "Approve and apply" }).click();
            await state(page, "confirmed");
            assert.equal(granted(machine).presence.method, "passkey");
        }, { size });
    }

    withPasskey("is enough where policy asks for more than a browser", async ({ page, url, machine, cases }) => {
        await page.goto(`${url}/proposals/${cases.sshNeeded.id}`);
        await page.getByRole("button", { name: "Approve…", disabled: false }).click();
        const name = page.getByLabel(/type the machine's name/i);
        await page.getByText("Checked by this browser").waitFor();
        if (await name.count()) await name.fill("attic");
        await page.getByRole("button", { name: "Approve only" }).click();
        await state(page, "approved");
        assert.equal(granted(machine).presence.method, "passkey");
    });

    withPasskey("approves nothing when its owner does not show who he is, and the page says so", async ({ page, url, cases, device }) => {
        await device.verified(false);
        await page.goto(`${url}/proposals/${cases.ripgrep.id}`);
        await approveDialog(page);
        await page.getByRole("button", { name: "Approve and apply" }).click();
        await page.getByText("No passkey was used").waitFor();
        assert.equal(cases.ripgrep.state, "decided");
        await device.verified(true);
        await page.getByRole("button", { name: "Approve and apply" }).click();
        await state(page, "confirmed");
    });

    withPasskey("opens the page again when the session has ended and the browser has forgotten everything", async ({ page, url, machine, cases, context }) => {
        machine.sessions.clear();
        await context.clearCookies();
        await page.evaluate(() => new Promise((resolve) => { indexedDB.deleteDatabase("agentd").onsuccess = resolve; }));
        await page.goto(url);
        await page.getByRole("button", { name: "Come in with a passkey" }).click();
        await page.getByRole("heading", { name: "Proposals", level: 1 }).waitFor();
        await page.goto(`${url}/proposals/${cases.ripgrep.id}`);
        await approveDialog(page);
        await page.getByRole("button", { name: "Approve and apply" }).click();
        await state(page, "confirmed");
        assert.equal(granted(machine).presence.method, "passkey");
    }, { expected: [/403/] }); // what was open hears that its session ended
});
