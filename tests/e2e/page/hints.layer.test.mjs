// What a person reads beside the proof: what is known so far, other hosts, warnings that are new.
import assert from "node:assert/strict";
import { describe } from "node:test";
import { violations } from "./browser.mjs";
import { paired } from "./layer.mjs";

describe("what is told beside the proof", () => {
    for (const size of ["desktop", "phone"]) {
        paired(`while it is tested says what is known so far, and that it is not proved (${size})`, async ({ page, url, cases }) => {
            await page.goto(`${url}/proposals/${cases.building.id}`);
            const soFar = page.locator("#so-far");
            await soFar.waitFor();
            assert.match(await soFar.innerText(), /Not proved yet[^]*the SSH server takes passwords: false → true[^]*Warning: the option/);
            assert.deepEqual(await violations(page), []);
        }, { size });

        paired(`names the other hosts, and tells new warnings from old ones (${size})`, async ({ page, url, cases }) => {
            await page.goto(`${url}/proposals/${cases.big.id}`);
            await page.locator("#hosts").waitFor();
            assert.match(await page.innerText("#inputs"), /changed: nixpkgs aaaaaaaaaa → cccccccccc[^]*1 input as before/);
            assert.match(await page.innerText("#hosts"), /This breaks the host db[^]*also changes the hosts gate and nas/);
            assert.match(await page.innerText("#evidence"), /New warnings[^]*extraConfig[^]*that the base has as well \(1\)/);
            assert.equal(await page.locator("#so-far").count(), 0);
            const wide = await page.evaluate(() => document.documentElement.scrollWidth > document.documentElement.clientWidth);
            assert.equal(wide, false, "the page scrolls sideways");
        }, { size });
    }
});
