// What the layer's tests share: a machine and a paired browser each, and a console that stays silent.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { launch, open, pair } from "./browser.mjs";
import { start } from "./server.mjs";

export let browser;
before(async () => { browser = await launch(); });
after(() => browser.close());

/** A fresh machine and a paired browser; afterwards nothing may have been said to the console. */
export function paired(name, body, options = {}) {
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

export const state = (page, name) => page.locator(`.head [data-state="${name}"]`).waitFor();

export async function approveDialog(page) {
    await page.getByRole("button", { name: "Approve…" }).click();
    await page.getByText("Checked by this browser").waitFor();
}
