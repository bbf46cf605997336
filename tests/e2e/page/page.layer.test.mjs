// The page's own layer: the built page in a real browser, against a machine of the contract's shape.
import assert from "node:assert/strict";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, test } from "node:test";
import { brotliCompressSync } from "node:zlib";
import { open, SIZES, violations } from "./browser.mjs";
import { approveDialog, browser, paired, state } from "./layer.mjs";
import { DIST, start } from "./server.mjs";

describe("a machine that is frozen", () => {
    paired("says so on every view, with why and what ends it, and no more when that is over", async ({ page, url, machine, cases }) => {
        const banner = page.locator("[data-frozen]");
        await page.locator("[data-connection=live]").waitFor();
        machine.freeze("two were taken back \u202e");
        await banner.waitFor();
        for (const path of ["/", "/machine", "/audit", `/proposals/${cases.ripgrep.id}`]) {
            await page.goto(url + path);
            await banner.waitFor();
            assert.match(await banner.innerText(), /nothing is applied[^]*two were taken back U\+202E[^]*sudo agentctl unfreeze/);
        }
        await page.locator("[data-connection=live]").waitFor();
        machine.unfreeze();
        await banner.waitFor({ state: "detached" });
    });
});

describe("pairing", () => {
    test("a browser that is not paired reads nothing and is told what to do", async () => {
        const server = await start();
        const { context, page, said } = await open(browser);
        const asked = [];
        page.on("request", (request) => asked.push(new URL(request.url()).pathname));
        await page.goto(`${server.url}/proposals/${server.machine.cases.critical.id}`);
        await page.getByRole("heading", { name: "This browser is not paired" }).waitFor();
        assert.match(await page.innerText("main"), /agentctl web login/);
        assert.deepEqual(asked.filter((path) => path.startsWith("/api/")), ["/api/v1/session"]);
        assert.deepEqual(said, []);
        await context.close();
        server.close();
    });

    paired("the token leaves the address and the history, and the key stays in the browser", async ({ page, url, machine }) => {
        assert.equal(await page.evaluate(() => location.hash), "");
        await page.goto(`${url}/audit`);
        await page.goBack();
        assert.equal(await page.evaluate(() => location.hash), "");
        const extractable = await page.evaluate(() => new Promise((resolve, reject) => {
            const request = indexedDB.open("agentd");
            request.onerror = reject;
            request.onsuccess = () => {
                const read = request.result.transaction("keys").objectStore("keys").get("approve");
                read.onsuccess = () => resolve(read.result.privateKey.extractable);
            };
        }));
        assert.equal(extractable, false);
        assert.equal(machine.sessions.size, 1);
    });

    test("a used link is refused with what to do next", async () => {
        const server = await start();
        const { context, page } = await open(browser, { expected: [/403/] });
        await page.goto(`${server.url}/pair#used-up`);
        await page.getByRole("button", { name: "Pair this browser" }).click();
        const alert = page.getByRole("alert");
        await alert.waitFor();
        assert.match(await alert.innerText(), /used up[^]*agentctl web login/);
        await context.close();
        server.close();
    });
});

describe("the list", () => {
    paired("what is being applied stands first, then what needs a person, the dangerous before the harmless", async ({ page }) => {
        const titles = await page.locator(".items").first().locator("h3").allInnerTexts();
        assert.match(titles[0], /Close port 8123/);
        assert.match(titles[1], /Open SSH to the internet/);
        assert.match(titles.at(-1), /Update the flake input/);
    });

    paired("a goal becomes a proposal", async ({ page, machine }) => {
        await page.getByLabel("What should change on attic?").fill("install htop");
        await page.keyboard.press("Enter");
        await state(page, "drafted");
        assert.equal(machine.proposals.at(-1).goal, "install htop");
    });

    paired("a goal that cannot be met says what, where and what next", async ({ page }) => {
        await page.getByLabel("What should change on attic?").fill("break it");
        await page.getByRole("button", { name: "Propose" }).click();
        const said = await page.getByRole("alert").innerText();
        assert.match(said, /No package is called that[^]*goal:1:7[^]*Nearest: ripgrep/);
    }, { expected: [/400/] });

    paired("a goal that may mean this or that shows both, and the one that is chosen is proposed", async ({ page, machine }) => {
        await page.getByLabel("What should change on attic?").fill("install docker");
        await page.keyboard.press("Enter");
        const said = await page.getByRole("alert").innerText();
        assert.match(said, /set virtualisation\.docker\.enable to true[^]*add docker to environment\.systemPackages/);
        await page.getByRole("button", { name: "add docker to environment.systemPackages" }).click();
        await state(page, "drafted");
        assert.equal(machine.proposals.at(-1).goal, 'add the package "docker" to environment.systemPackages');
    }, { expected: [/400/] });

    paired("with nothing to show the page says what will appear and how", async ({ page, machine }) => {
        machine.proposals.length = 0;
        await page.reload();
        await page.getByRole("heading", { name: "Nothing is waiting for you" }).waitFor();
        assert.match(await page.innerText(".empty"), /agentctl run/);
    });

    paired("a change of state shows without reloading", async ({ page, machine, cases }) => {
        await page.locator("[data-connection=live]").waitFor();
        machine.move(cases.building, "decided");
        await page.locator(".items li", { hasText: "Update the flake input" }).locator("[data-state=decided]").waitFor();
    });
});

describe("the audit trail", () => {
    paired("entries are read back to the first, filtered, and the filter is in the address", async ({ page, url }) => {
        await page.goto(`${url}/audit`);
        await page.locator("[data-verified=true]").waitFor();
        await page.getByRole("button", { name: "Look further back" }).click();
        await page.locator(".entry-index", { hasText: /^0$/ }).waitFor();
        assert.equal(await page.getByRole("button", { name: "Look further back" }).count(), 0);
        await page.getByLabel("Kind of entry").selectOption("apply.outcome");
        await page.getByLabel("Who or what").fill("nginx");
        await page.waitForFunction(() => document.querySelectorAll(".entry").length === 1);
        assert.match(page.url(), /type=apply\.outcome&text=nginx/);
    });

    paired("a log that is not in order is said loudly, with the entry", async ({ page, url, machine }) => {
        machine.verifyProblem = { entry: 17, offset: 4096, message: "the signature does not fit" };
        await page.goto(`${url}/audit`);
        await page.locator("[data-verified=false]").waitFor();
        assert.match(await page.innerText(".verify"), /not in order at entry 17 \(byte 4096\): the signature does not fit/);
    });

    paired("a link from a proposal's history opens the log at that entry", async ({ page, url, cases }) => {
        await page.goto(`${url}/proposals/${cases.confirmed.id}`);
        const link = page.locator(".timeline a").first();
        const number = /\d+/.exec(await link.innerText())[0];
        await link.click();
        await page.locator(".entry-here .entry-index", { hasText: number }).waitFor();
    });
});

describe("the diff", () => {
    paired("stands side by side where there is room, in the daemon's colours, and its reader may want one column", async ({ page, url, cases }) => {
        await page.goto(`${url}/proposals/${cases.critical.id}`);
        await page.locator(".diff-split").waitFor();
        const row = page.locator(".diff-split tr", { hasText: "PermitRootLogin" });
        assert.deepEqual(await row.locator(".inner").allInnerTexts(), ["prohibit-password", "yes"]);
        assert.deepEqual(await row.locator(".nix-attribute").allInnerTexts(), Array(2).fill("settings.PermitRootLogin"));
        assert.equal(await page.locator(".diff-split tr", { hasText: "openFirewall" }).locator(".no-line").count(), 1);
        await page.getByRole("button", { name: "One column" }).click();
        await page.locator(".diff-unified").waitFor();
        assert.deepEqual(await page.locator(".inner").allInnerTexts(), ["prohibit-password", "yes", "077", "022"]);
        await page.reload();
        await page.locator(".diff-unified").waitFor();
        await page.getByRole("button", { name: "Side by side" }).click();
        await page.locator(".diff-split").waitFor();
    });

    paired("is one column on a phone, and nobody is asked", async ({ page, url, cases }) => {
        await page.goto(`${url}/proposals/${cases.critical.id}`);
        await page.locator(".diff-unified .nix-string").first().waitFor();
        assert.equal(await page.locator(".layouts").count(), 0);
    }, { size: "phone" });
});

describe("what was understood", () => {
    paired("names the file, and the other hosts that are made of it", async ({ page, url, cases }) => {
        await page.goto(`${url}/proposals/${cases.ripgrep.id}`);
        const plan = page.locator("#plan");
        await plan.waitFor();
        assert.match(await plan.innerText(), /install ripgrep[^]*In configuration.nix: beside[^]*By other means[^]*The host cellar is made of that file too[^]*every user[^]*Nothing to do: it is there already/);
        await page.goto(`${url}/proposals/${cases.refused.id}`);
        await page.getByText("refused before it became a commit").waitFor();
        assert.match(await page.innerText("main"), /Risk never known[^]*not asked: the change was refused before/);
    });
});

describe("hostile words", () => {
    paired("stay words: no markup, no hidden characters, no broken page", async ({ page, url, cases }) => {
        await page.goto(`${url}/proposals/${cases.hostile.id}`);
        await page.locator(".diff").waitFor();
        await page.getByText("Build log").click();
        await page.getByText("last line").waitFor();
        assert.equal(await page.locator("main img, main script").count(), 0);
        assert.match(await page.innerText("h1"), /<img src=x onerror/);
        assert.equal(await page.evaluate(() => /[\u202a-\u202e\u2066-\u2069\u200b]/.test(document.querySelector("main").textContent)), false);
        for (const place of ["h1", ".file-path", ".diff", ".log", ".claims"]) {
            assert.match(await page.locator(place).first().innerText(), /U\+202E/, place);
        }
        assert.match(await page.innerText(".diff"), /U\+0430/);
        assert.match(await page.title(), /^#6 <img.*\[U\+202E\]/);
    });
});

describe("for everybody", () => {
    const views = (cases) => ({
        list: "/", machine: "/machine", audit: "/audit", pairing: "/pair", nowhere: "/nowhere",
        ...Object.fromEntries(Object.entries(cases).map(([name, one]) => [name, `/proposals/${one.id}`])),
    });
    for (const [size, scheme] of [["desktop", "light"], ["desktop", "dark"], ["phone", "light"], ["phone", "dark"]]) {
        paired(`no view breaks WCAG 2.2 AA or is wider than the screen: ${size}, ${scheme}`, async ({ page, url, cases }) => {
            for (const [name, path] of Object.entries(views(cases))) {
                await page.goto(url + path);
                await page.locator("h1").waitFor();
                await page.waitForFunction(() => !document.querySelector("main .loading"));
                await page.evaluate(() => document.querySelectorAll("main details").forEach((one) => { one.open = true; }));
                await page.waitForFunction(() => !document.querySelector("main .loading"));
                assert.deepEqual(await violations(page), [], name);
                const width = await page.evaluate(() => document.documentElement.scrollWidth);
                assert.ok(width <= SIZES[size].width, `${name} is ${width} wide`);
            }
            await page.goto(`${url}/proposals/${cases.critical.id}`);
            await approveDialog(page);
            assert.deepEqual(await violations(page), [], "dialog");
        }, { size, scheme });
    }

    paired("what has the focus is not hidden by the bars of a phone", async ({ page, url, cases }) => {
        await page.goto(`${url}/proposals/${cases.critical.id}`);
        await page.locator(".diff").waitFor();
        for (let i = 0; i < 40; i += 1) {
            await page.keyboard.press("Tab");
            const hidden = await page.evaluate(() => {
                const element = document.activeElement;
                if (!element || element === document.body || element.closest(".decision, .bar, .skip")) return null;
                const { top, bottom, height } = element.getBoundingClientRect();
                const floor = document.querySelector(".decision").getBoundingClientRect().top;
                const ceiling = document.querySelector(".bar").getBoundingClientRect().bottom;
                return height < floor - ceiling && (top < ceiling - 1 || bottom > floor + 1) ? element.outerHTML.slice(0, 120) : null;
            });
            assert.equal(hidden, null);
        }
    }, { size: "phone" });
});

describe("what the page weighs on the wire", () => {
    const weight = async (path) => brotliCompressSync(await readFile(join(DIST, path))).length;

    paired("a proposal needs at most 40 kB, and a view of its own comes when it is opened", async ({ page, url, cases }) => {
        const asked = [];
        page.on("request", (request) => asked.push(new URL(request.url()).pathname));
        await page.goto(`${url}/proposals/${cases.ripgrep.id}`);
        await page.locator(".diff").waitFor();
        const loaded = asked.filter((path) => path.startsWith("/assets/"));
        let bytes = await weight("index.html") + await weight("icon.svg") + await weight("manifest.webmanifest");
        for (const path of loaded) bytes += await weight(path);
        assert.ok(bytes <= 40_000, `${bytes} bytes`);

        for (const view of ["Machine", "Audit"]) {
            const before = asked.filter((path) => path.startsWith("/assets/")).length;
            await page.getByRole("link", { name: view, exact: true }).click();
            await page.locator("main h1:focus").waitFor();
            assert.equal(asked.filter((path) => path.startsWith("/assets/")).length, before + 1);
        }
    });

    test("all of it together at most 60 kB", async () => {
        let bytes = 0;
        for (const entry of await readdir(DIST, { recursive: true, withFileTypes: true })) {
            if (entry.isFile()) bytes += await weight(join(entry.parentPath, entry.name).slice(DIST.length));
        }
        assert.ok(bytes <= 60_000, `${bytes} bytes`);
    });

    paired("a view that does not come is told, with what to do", async ({ page, url }) => {
        await page.goto(url);
        await page.locator("[data-connection=live]").waitFor();
        await page.route("**/assets/machine-*", (route) => route.abort());
        await page.getByRole("link", { name: "Machine", exact: true }).click();
        const problem = page.getByRole("alert");
        await problem.waitFor();
        assert.match(await problem.innerText(), /This part of the page did not come[^]*load the page again/);
        await page.unroute("**/assets/machine-*");
        await problem.getByRole("button").click();
        await page.locator("main h1").waitFor();
        assert.equal(await problem.count(), 0);
    }, { expected: [/net::ERR_FAILED/] });
});
