// What a person reads of a big change: sentences by risk, their facts and places, and claims that do not hold.
import assert from "node:assert/strict";
import { describe } from "node:test";
import { paired } from "./layer.mjs";

describe("a change that is explained", () => {
    paired("stands by risk, and each sentence says where it comes from", async ({ page, url, cases }) => {
        await page.goto(`${url}/proposals/${cases.big.id}`);
        const effects = page.locator("#effects");
        await effects.locator(".effect").first().waitFor();
        const risks = await effects.locator(".effect").evaluateAll((all) => all.map((one) => one.dataset.risk));
        assert.deepEqual(risks.slice(0, 3), ["critical", "high", "high"]);
        assert.match(await effects.innerText(), /user eve is added and may log in; it can become root[^]*From hosts\/attic\/configuration.nix, line 22/);
        assert.match(await effects.innerText(), /Seen in the built system: etc\/systemd\/system\/a-service/);
    });

    paired("says what a switch does to what runs, and that it is not known where it is not", async ({ page, url, cases }) => {
        await page.goto(`${url}/proposals/${cases.big.id}`);
        await page.locator("[data-switch]").waitFor();
        assert.match(await page.innerText("[data-switch]"), /Will restart: nginx.service, sshd.service \(open sessions stay\)/);
        await page.goto(`${url}/proposals/${cases.critical.id}`);
        assert.match(await page.innerText("[data-switch]"), /Not known/);
        await page.goto(`${url}/proposals/${cases.act.id}`);
        await page.locator("#effects .effect").first().waitFor();
        assert.equal(await page.locator("[data-switch]").count(), 0);
    });

    paired("opens its facts by the keyboard", async ({ page, url, cases }) => {
        await page.goto(`${url}/proposals/${cases.big.id}`);
        const summary = page.getByText("The 3 facts");
        await summary.focus();
        await page.keyboard.press("Enter");
        await page.getByText("somebody with this key may log in as eve").waitFor();
    });

    paired("is told apart from what its proposer claims, and doubts are said first", async ({ page, url, cases }) => {
        await page.goto(`${url}/proposals/${cases.big.id}`);
        await page.locator("#effects [data-doubts]").waitFor();
        assert.match(await page.innerText("#effects"), /^[^]*do not fit what was built[^]*no functional change[^]*Critical/);
        assert.match(await page.innerText("#claims"), /and doubted[^]*Only updates documentation[^]*Fixes a typo/);
        await page.goto(`${url}/proposals/${cases.ripgrep.id}`);
        await page.locator("#effects .effect").first().waitFor();
        assert.equal(await page.locator("[data-doubts]").count(), 0);
        assert.match(await page.innerText("#claims"), /not checked/);
    });

    paired("lists its options with both values, and nothing is wider than the page", async ({ page, url, cases }) => {
        await page.goto(`${url}/proposals/${cases.big.id}`);
        await page.locator("#options .option").first().waitFor();
        assert.match(await page.innerText("#options"), /"prohibit-password"[^]*"yes"[^]*line 7, with priority 50 \(mkForce\)/);
        assert.match(await page.innerText("#options"), /looks like a secret, so it is not shown/);
        await page.setViewportSize({ width: 390, height: 800 });
        assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), 390);
    });
});
