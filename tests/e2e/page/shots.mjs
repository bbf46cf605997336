// Screenshots of the views in both schemes and sizes, to look at: node shots.mjs FOLDER [VIEW…]
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { launch, open, pair } from "./browser.mjs";
import { start } from "./server.mjs";

const [folder = "shots", ...wanted] = process.argv.slice(2);
await mkdir(folder, { recursive: true });
const { machine, url, close } = await start();
const { critical, building } = machine.cases;
const browser = await launch();
for (const [size, scheme] of [["desktop", "light"], ["desktop", "dark"], ["phone", "light"], ["phone", "dark"]]) {
    const { page, context } = await open(browser, { size, scheme });
    const shot = (name, fullPage) => page.screenshot({ path: join(folder, `${size}-${scheme}-${name}.png`), fullPage });
    const view = (name) => wanted.length === 0 || wanted.includes(name);
    if (view("pair")) {
        await page.goto(`${url}/pair#${machine.invite()}`);
        await page.getByRole("button").waitFor();
        await shot("pair", true);
    }
    await pair(page, `${url}/pair#${machine.invite()}`);
    const views = { list: "/", machine: "/machine", audit: "/audit" };
    for (const [name, one] of Object.entries(machine.cases)) views[name] = `/proposals/${one.id}`;
    for (const [name, path] of Object.entries(views).filter(([one]) => view(one))) {
        await page.goto(url + path);
        await page.locator("[data-connection=live]").waitFor();
        await page.waitForFunction(() => !document.querySelector("main .loading"));
        if (name === "building") {
            machine.printLog(building, "build", 0, ["these 7 derivations will be built:", "building '/nix/store/…-linux-6.12.drv'..."]);
            await page.getByRole("log").waitFor();
        }
        await shot(name, true);
        await shot(`${name}-top`, false);
    }
    for (const [name, goal] of Object.entries({ question: "install docker", refusal: "install ripgrep and make me happy" })) {
        if (!view(name)) continue;
        await page.goto(url);
        await page.getByRole("textbox").fill(goal);
        await page.keyboard.press("Enter");
        await page.locator(".goal [role=alert]").waitFor();
        await shot(name, false);
    }
    if (view("frozen")) {
        machine.freeze("two changes were taken back within a day");
        for (const [name, path] of Object.entries({ list: "/", proposal: `/proposals/${machine.cases.ripgrep.id}` })) {
            await page.goto(url + path);
            await page.locator("[data-frozen]").waitFor();
            await shot(`frozen-${name}`, false);
        }
        machine.unfreeze();
    }
    if (view("stranger")) {
        const other = await open(browser, { size, scheme });
        await other.page.goto(url);
        await other.page.getByRole("heading").waitFor();
        await other.page.screenshot({ path: join(folder, `${size}-${scheme}-stranger.png`) });
        await other.context.close();
    }
    if (view("dialog")) {
        await page.goto(`${url}/proposals/${critical.id}`);
        await page.getByRole("button", { name: "Approve…" }).click();
        await page.getByText("Checked by this browser").waitFor();
        await shot("dialog", false);
    }
    if (view("lost")) {
        await page.goto(`${url}/proposals/${machine.cases.waiting.id}`);
        await page.getByRole("timer").waitFor();
        machine.silent = true;
        await page.locator("[data-lost]").waitFor();
        await shot("lost", false);
        machine.silent = false;
    }
    await context.close();
}
await browser.close();
close();
