// Screenshots of every view in both schemes and sizes, to look at: node shots.mjs FOLDER
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { launch, open, pair } from "./browser.mjs";
import { start } from "./server.mjs";

const folder = process.argv[2] ?? "shots";
await mkdir(folder, { recursive: true });
const { machine, url, close } = await start();
const { critical, building } = machine.cases;
const browser = await launch();
for (const [size, scheme] of [["desktop", "light"], ["desktop", "dark"], ["phone", "light"], ["phone", "dark"]]) {
    const { page, context } = await open(browser, { size, scheme });
    const shot = (name, fullPage) => page.screenshot({ path: join(folder, `${size}-${scheme}-${name}.png`), fullPage });
    await page.goto(`${url}/pair#${machine.invite()}`);
    await page.getByRole("button").waitFor();
    await shot("pair", true);
    await pair(page, `${url}/pair#${machine.invite()}`);
    const views = { list: "/", machine: "/machine", audit: "/audit" };
    for (const [name, one] of Object.entries(machine.cases)) views[name] = `/proposals/${one.id}`;
    for (const [name, path] of Object.entries(views)) {
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
    await page.goto(`${url}/proposals/${critical.id}`);
    await page.getByRole("button", { name: "Approve…" }).click();
    await page.getByText("Checked by this browser").waitFor();
    await shot("dialog", false);
    await context.close();
}
await browser.close();
close();
