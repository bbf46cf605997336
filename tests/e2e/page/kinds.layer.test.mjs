// The page's own layer: acts and rollbacks, the machine and what it could go back to, numbers that name one proposal.
import assert from "node:assert/strict";
import { describe } from "node:test";
import { violations } from "./browser.mjs";
import { approveDialog, paired, state } from "./layer.mjs";

describe("a proposal without a diff", () => {
    paired("going back shows what would move and what stays, and is signed as that", async ({ page, url, machine, cases }) => {
        await page.goto(`${url}/proposals/${cases.rollback.id}`);
        const moves = page.locator("#effects");
        await moves.getByRole("heading", { name: "What would move" }).waitFor();
        assert.match(await moves.innerText(), /openssh 9.9p2 becomes 9.8p1[^]*What stays as it is[^]*Every generation stays/);
        assert.equal(await page.locator("#diff").count(), 0);
        assert.match(await page.innerText("#origin"), /Goes back to\s*generation 41/);
        await approveDialog(page);
        assert.match(await page.locator("dialog").innerText(), /How\s*rollback/);
        await page.getByRole("button", { name: "Approve and apply" }).click();
        await state(page, "confirmed");
        const { entry } = machine.entries.find((one) => one.entry.type === "approval.granted");
        assert.equal(JSON.parse(entry.body.statement).rollback_to, cases.rollback.rollback.to);
    });

    paired("an act says what it does and what a dry run says, and no other system", async ({ page, url, cases }) => {
        await page.goto(`${url}/proposals/${cases.act.id}`);
        await page.getByRole("heading", { name: "What it does" }).waitFor();
        assert.match(await page.innerText("#effects"), /stopped and started again[^]*What it would do now[^]*<img src=x/);
        assert.doesNotMatch(await page.innerText("#effects"), /Size of the system/);
        assert.match(await page.innerText("#origin"), /restart_unit\s*unit = nginx.service/);
        assert.match(await page.innerText("#evidence"), /Nothing is built for it/);
        await approveDialog(page);
        await page.getByRole("button", { name: "Approve and apply" }).click();
        await state(page, "confirmed");
        assert.match(await page.innerText("[data-outcome]"), /^Done/);
    });

    for (const [what, name, lie] of [
        ["another act", "act", { act: "{\"act\":\"restart_unit\",\"schema\":\"agentd.act/1\",\"unit\":\"sshd.service\"}" }],
        ["a switch", "act", { mode: "switch" }],
        ["another system to go back to", "rollback", { rollback_to: "/nix/store/evil-system" }],
        ["an act beside the change", "ripgrep", { act: "{}" }],
        ["only a test of the change", "ripgrep", { mode: "test" }],
    ]) {
        paired(`a statement about ${what} is not signed`, async ({ page, url, machine, cases }) => {
            machine.lie = lie;
            await page.goto(`${url}/proposals/${cases[name].id}`);
            await page.getByRole("button", { name: "Approve…" }).click();
            await page.getByText("It will not be signed.").waitFor();
            await page.getByRole("button", { name: "Approve and apply" }).dispatchEvent("click");
            await page.keyboard.press("Escape");
            assert.equal(cases[name].state, "decided");
        });
    }
});

describe("the machine", () => {
    paired("says of each thing whose it is and how it is, in words that stay words", async ({ page, url }) => {
        await page.goto(`${url}/machine`);
        const row = page.getByRole("row", { name: /^etc/ });
        await row.waitFor();
        assert.match(await row.innerText(), /Amiss[^]*2 files differ from the store[^]*<img src=x[^]*the flake/);
        assert.equal(await page.locator("main img").count(), 0);
        assert.equal(await page.locator("[data-fact]").count(), 10);
    });

    paired("an observation has a life, a weight, and a remedy or none", async ({ page, url }) => {
        await page.goto(`${url}/machine`);
        const failed = page.locator(".observed[data-kind=unit_failed]");
        assert.match(await failed.innerText(), /Warning[^]*come from a program on the machine[^]*No remedy known[^]*Seen/);
        assert.match(await page.locator(".observed[data-kind=disk_full]").innerText(), /Critical[^]*What could be done: agentctl run/);
        assert.match(await page.locator(".observed[data-kind=port_unused]").innerText(), /\nNo remedy known: look at: ss -ltnup\n/);
        await page.getByText("1 that is over").click();
        assert.match(await page.locator(".observed[data-kind=unit_flapping]").innerText(), /Over[^]*nginx.service did not stay up[^]*over/);
    });

    paired("who is trusted with what is told with why, until when and what is missing, and a name is only text", async ({ page, url }) => {
        await page.goto(`${url}/machine`);
        const granted = page.locator("[data-trust=veto]");
        assert.match(await granted.innerText(), /agent:claude package[^]*Happens unless somebody objects until[^]*at most 25 %[^]*Because a person granted it[^]*For more: 0 of 5 days/);
        assert.match(await page.locator("[data-trust=revoked]").innerText(), /Revoked: a person decides[^]*Because revoked: it was taken back/);
        assert.equal(await page.locator("[data-trust] script, [data-trust] img").count(), 0);
        assert.deepEqual(await violations(page), []);
    });

    paired("going back to a generation drafts a proposal and applies nothing, by the keyboard too", async ({ page, url, machine }) => {
        await page.goto(`${url}/machine`);
        const row = page.locator("[data-generation=\"41\"]");
        assert.match(await row.innerText(), /Booted[^]*Was healthy/);
        assert.match(await page.locator("[data-generation=\"42\"]").innerText(), /Runs now[^]*Next boot[^]*Made by hand/);
        assert.equal(await page.locator("[data-generation=\"42\"] button.button").count(), 0);
        assert.match(await page.innerText("section[aria-labelledby=generations]"), /Not by agentd[^]*somebody switched to it[^]*openssh 9.8p1 becomes 9.9p2[^]*entry 3/);
        await row.getByRole("button", { name: "Go back to this one… generation 41" }).focus();
        await page.keyboard.press("Enter");
        await page.getByRole("dialog").getByText("Nothing on the machine changes").waitFor();
        assert.deepEqual(await violations(page), []);
        await page.getByRole("button", { name: "Draft it" }).focus();
        await page.keyboard.press("Enter");
        await state(page, "drafted");
        const drafted = machine.proposals.at(-1);
        assert.deepEqual([drafted.kind, drafted.rollback.generation, drafted.apply], ["rollback", 41, null]);
    });

    paired("all generations are one click away, and what boots is never folded away", async ({ page, url }) => {
        await page.goto(`${url}/machine`);
        await page.locator("[data-generation=\"41\"]").waitFor();
        assert.equal(await page.locator(".generation").count(), 8);
        await page.getByRole("button", { name: "Show all 12" }).click();
        assert.equal(await page.locator(".generation").count(), 12);
    });
});

describe("numbers", () => {
    paired("a number names what is open: what is over shows none, and says which one it was", async ({ page, cases }) => {
        cases.refused.number = cases.ripgrep.number;
        await page.reload();
        await page.getByRole("link", { name: /^#3 Install ripgrep/ }).waitFor();
        const closed = page.locator(".items-closed .item");
        assert.deepEqual(await closed.filter({ hasText: "redis" }).locator(".item-number").allInnerTexts(), [""]);
        assert.equal(await page.getByRole("link", { name: /^#3 / }).count(), 1);
        assert.deepEqual(await closed.filter({ hasText: "nginx" }).locator(".item-number").allInnerTexts(), [""]);
        await closed.filter({ hasText: "redis" }).getByRole("link").click();
        await page.getByText("was #3").waitFor();
    });
});
