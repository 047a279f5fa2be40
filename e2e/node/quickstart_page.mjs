// `quickstart_page.mjs URL`: uses the quickstart's web app as a person does: types, presses, reads. One step a line on
// standard input, `{"press": "up", "type": {"email": "…"}}`; for each, one line of JSON with what the page then says.

import { mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { chromium } from "playwright-core";

const profile = mkdtempSync(join(process.env.E2E_WORK, "quickstart-"));
const context = await chromium.launchPersistentContext(profile, {
  executablePath: "/usr/bin/chromium",
  args: ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
    `--ignore-certificate-errors-spki-list=${process.env.E2E_SPKI_SHA256}`],
});
try {
  const page = await context.newPage();
  await page.goto(process.argv[2]);
  await page.waitForFunction(() => document.title === "Shop, ready", undefined, { timeout: 30_000 });
  for await (const line of createInterface({ input: process.stdin })) {
    const { press, type } = JSON.parse(line);
    for (const [id, text] of Object.entries(type)) await page.fill(`#${id}`, text);
    await page.evaluate(() => { document.getElementById("said").textContent = ""; });
    await page.click(`#${press}`);
    await page.waitForFunction(() => document.getElementById("said").textContent !== "", undefined, { timeout: 30_000 });
    console.log(JSON.stringify(await page.textContent("#said")));
  }
} finally {
  await context.close();
  rmSync(profile, { recursive: true, force: true });
}
