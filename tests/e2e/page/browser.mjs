// A browser that tells on the page: whatever it prints to the console fails the test.
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { chromium } from "playwright-core";

const AXE = createRequire(import.meta.url).resolve("axe-core/axe.min.js");
const FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync"];

export const SIZES = { desktop: { width: 1280, height: 900 }, phone: { width: 390, height: 844 } };

export function launch() {
    return chromium.launch({
        executablePath: process.env.AGENTD_CHROMIUM ?? "/usr/bin/chromium", args: FLAGS, headless: true,
    });
}

/** A fresh browser profile. `said` collects what no test asked for. */
export async function open(browser, { size = "desktop", scheme = "light", expected = [] } = {}) {
    const context = await browser.newContext({
        viewport: SIZES[size], colorScheme: scheme, timezoneId: "UTC", locale: "en-GB",
        hasTouch: size === "phone", isMobile: size === "phone", reducedMotion: "reduce",
        deviceScaleFactor: size === "phone" ? 2 : 1,
    });
    const said = [];
    const listen = (page) => {
        page.on("console", (message) => {
            if (!expected.some((pattern) => pattern.test(message.text()))) said.push(message.text());
        });
        page.on("pageerror", (error) => said.push(String(error)));
    };
    context.on("page", listen);
    const page = await context.newPage();
    page.setDefaultTimeout(15_000);
    return { context, page, said };
}

export async function pair(page, url, button = "Pair this browser") {
    await page.goto(url);
    await page.getByRole("button", { name: button }).click();
    await page.getByRole("heading", { name: "Proposals", level: 1 }).waitFor();
}

/** A device with passkeys, as Chromium plays one.
    @param verified whether its owner shows who he is when asked */
export async function authenticator(page, { verified = true } = {}) {
    const session = await page.context().newCDPSession(page);
    await session.send("WebAuthn.enable");
    const { authenticatorId } = await session.send("WebAuthn.addVirtualAuthenticator", {
        options: {
            protocol: "ctap2", transport: "internal", hasResidentKey: true, hasUserVerification: true,
            isUserVerified: verified, automaticPresenceSimulation: true,
        },
    });
    return {
        credentials: async () => (await session.send("WebAuthn.getCredentials", { authenticatorId })).credentials,
        verified: (isUserVerified) => session.send("WebAuthn.setUserVerified", { authenticatorId, isUserVerified }),
    };
}

/** Violations of WCAG 2.2 AA and of axe's best practice, one line each. */
export async function violations(page) {
    await page.evaluate(await readFile(AXE, "utf8"));
    return page.evaluate(async () => {
        const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
        const { violations: found } = await globalThis.axe.run(document, { runOnly: tags });
        return found.map(({ id, nodes }) => `${id}: ${nodes.map(({ target, failureSummary }) => `${target} ${failureSummary}`).join(" | ")}`);
    });
}
