// The same page against a real daemon: pair, read, approve, apply, see it confirmed and on record.
//
//   AGENTD_PAGE_URL       the link that `agentctl web login` printed (http://localhost:PORT/pair#TOKEN)
//   AGENTD_PAGE_PROPOSAL  number or id of a proposal that waits or is about to (default: the first open)
//   AGENTD_PAGE_SHOTS     a folder for screenshots (optional)
//   AGENTD_PAGE_PORT      a port to open (optional): it has to wait for a confirmation, and going back is tried after it
//   AGENTD_PAGE_PASSKEY   1: with a passkey instead of a key of the browser (optional); nothing is gone back to then
//   AGENTD_PAGE_RESTART   a program that restarts the daemon (optional): the page has to come back by itself
import assert from "node:assert/strict";
import { test } from "node:test";
import { authenticator, launch, open, pair, violations } from "./browser.mjs";
import { approveAndApply, audited, comesBack, goesBack, keepsPort, openProposal, opensNothingElsewhere, PATIENCE, settled, shot } from "./real.mjs";

const LINK = process.env.AGENTD_PAGE_URL;
const WANTED = process.env.AGENTD_PAGE_PROPOSAL ?? "";
const RESTART = process.env.AGENTD_PAGE_RESTART ?? "";
const PORT = process.env.AGENTD_PAGE_PORT ?? "";
const PASSKEY = process.env.AGENTD_PAGE_PASSKEY === "1";

test("a person pairs, reads, approves, and sees it confirmed and on record", { skip: !LINK && "AGENTD_PAGE_URL is not set" }, async () => {
    const browser = await launch();
    try {
        const { page, said } = await open(browser, { expected: [/409/] }); // an old connection is refused, by design
        page.setDefaultTimeout(PATIENCE);
        const { origin } = new URL(LINK);
        if (PASSKEY) await authenticator(page);
        await pair(page, LINK, PASSKEY ? "Enrol a passkey" : "Pair this browser");
        await shot(page, "1-list");
        await opensNothingElsewhere(page, origin);
        await openProposal(page, origin, WANTED);
        await settled(page, "decided", ["refused", "denied", "failed", "withdrawn"]);
        await page.locator("#effects .effect").first().waitFor();
        await page.locator("#diff .diff, #diff .muted").first().waitFor();
        const ofNix = (await page.locator("#diff .file-path").allInnerTexts()).some((path) => path.trim().endsWith(".nix"));
        if (ofNix) await page.locator("#diff .nix-attribute").first().waitFor(); // as the daemon coloured it
        await shot(page, "2-proposal");
        assert.deepEqual(await violations(page), []);
        const id = await page.locator("article.proposal").getAttribute("data-proposal");
        await approveAndApply(page);
        await settled(page, "confirmed", ["rolled_back", "failed", "denied", "stale", "expired"]);
        await page.locator("[data-outcome=confirmed]").waitFor();
        await shot(page, "3-confirmed");
        await audited(page, id);
        await shot(page, "4-audit");
        if (PORT) {
            await keepsPort(page, PORT);
            if (!PASSKEY) await goesBack(page);
        }
        assert.deepEqual(said, [], "the console of the browser");
        if (RESTART) await comesBack(page, RESTART); // the console tells of the moment without a daemon
    } finally {
        await browser.close();
    }
});
