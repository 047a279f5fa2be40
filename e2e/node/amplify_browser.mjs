// aws-amplify v6 bundled into a page, in the distribution's Chromium. The page's origin is not the server's, so that
// the browser's own rules about foreign origins apply (UP-4).

import { createServer } from "node:http";
import { mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";
import { chromium } from "playwright-core";
import { checks, same, truth } from "./checks.mjs";
import { bothPools } from "./identity_world.mjs";
import { ENDPOINT, PASSWORD, REGION, address, appClient, codeFor, name, person, pool } from "./world.mjs";

const check = checks("amplify_browser");
const poolId = await pool({ Schema: [{ Name: "given_name", Required: true, Mutable: true }] });
const settings = { endpoint: ENDPOINT, poolId, clientId: await appClient(poolId) };

const site = await serve({ "/": frame(), "/page.js": await bundled() });
const origin = `http://127.0.0.1:${site.address().port}`;
const profile = mkdtempSync(join(process.env.E2E_WORK, "chromium-"));
const context = await browser(profile);
const page = await context.newPage();
const complaints = [];
page.on("console", (line) => { if (line.type() === "error") complaints.push(line.text()); });
await page.exposeFunction("codeFor", (recipient, nth) => codeFor(recipient, nth));

try {
  await open();
  await play();
  await open();
  await playIdentities();
} finally {
  await context.close();
  site.close();
  rmSync(profile, { recursive: true, force: true });
}
check.close();

async function play() {
  const told = await page.evaluate((given) => window.playStory(given), {
    ...settings, password: PASSWORD,
    people: {
      ana: { username: name("ana"), mail: address("ana") },
      invited: { username: await person(poolId, { temporary: true, attributes: { email: "ivo@example.com" } }) },
    },
  });
  await tell(told);

  await check("UP-4 a page without any library reads answers and refusals of another origin", async () => {
    truth(new URL(ENDPOINT).origin !== origin, "two origins");
    const call = (operation, body) => page.evaluate(
      ([endpoint, asked, given]) => window.bareCall(endpoint, asked, given), [`${ENDPOINT}/`, operation, body]);
    const refusal = await call("InitiateAuth", {
      ClientId: settings.clientId, AuthFlow: "USER_PASSWORD_AUTH",
      AuthParameters: { USERNAME: await person(poolId), PASSWORD: "Wr0ng-Horse!" },
    });
    same([refusal.status, refusal.body.__type], [400, "NotAuthorizedException"], "refusal");
    same(refusal.errorType?.replace(/:$/, ""), "NotAuthorizedException", "x-amzn-ErrorType");
    same(refusal.errorMessage, "Incorrect username or password.", "x-amzn-ErrorMessage");
    truth(/^[0-9a-f-]{36}$/.test(refusal.requestId ?? ""), `x-amzn-RequestId ${refusal.requestId}`);
    const unsigned = await call("DescribeUserPool", { UserPoolId: poolId });
    same(unsigned.body.__type, "MissingAuthenticationTokenException", "an unsigned call of an administrator");
  });

  await check("a sign-in outlives the page, and signOut leaves no token in the browser", async () => {
    const username = await person(poolId, { attributes: { given_name: "Ana" } });
    same(await page.evaluate((given) => window.signInHere(given), { ...settings, username, password: PASSWORD }), true,
      "signed in");
    await open();
    const here = await page.evaluate((given) => window.whoIsHere(given), settings);
    same(here.username, username, "who is here after a reload");
    truth(here.expires * 1000 > Date.now(), "a token that is good");
    same(await page.evaluate((given) => window.signOutHere(given), settings), [], "tokens left behind");
    const refusal = await page.evaluate((given) => window.whoIsHere(given).catch((error) => error.name), settings);
    truth(["TypeError", "UserUnAuthenticatedException"].includes(refusal), `nobody is here: ${refusal}`);
  });
}

async function playIdentities() {
  const both = await bothPools();
  const closed = (await bothPools({ AllowUnauthenticatedIdentities: false })).identityPoolId;
  const people = [await person(both.poolId), await person(both.poolId)];
  const given = { endpoint: ENDPOINT, region: REGION, ...both };
  await tell(await page.evaluate((all) => window.playIdentities(all), { ...given, closed, people, password: PASSWORD }));

  await check("a guest's identity outlives the page; credentials are fetched anew", async () => {
    const before = await page.evaluate((all) => window.guestHere(all), given);
    await open();
    const after = await page.evaluate((all) => window.guestHere(all), given);
    same(after.identityId, before.identityId, "identity");
    truth(after.key !== before.key, "fresh credentials");
  });

  await check("ID-35 a page without any library reads answers and refusals of identity pools", async () => {
    const call = (operation, body) => page.evaluate(
      ([endpoint, asked, all]) => window.bareCall(endpoint, asked, all, "AWSCognitoIdentityService"),
      [`${ENDPOINT}/`, operation, body]);
    const made = await call("GetId", { IdentityPoolId: both.identityPoolId });
    same([made.status, made.body.IdentityId.split(":")[0]], [200, REGION], "a guest");
    const refusal = await call("GetId", { IdentityPoolId: closed });
    same([refusal.status, refusal.errorType], [400, "NotAuthorizedException:"], "x-amzn-ErrorType");
    same(refusal.errorMessage, "Unauthenticated access is not supported for this identity pool.", "x-amzn-ErrorMessage");
    truth(/^[0-9a-f-]{36}$/.test(refusal.requestId ?? ""), `x-amzn-RequestId ${refusal.requestId}`);
  });
}

/** Says how the acts of a story went that was played in the page. */
async function tell(told) {
  for (const { title, failure } of told) {
    await check(title, () => {
      if (failure) throw new Error(`${failure} ${complaints.slice(-2).join(" | ")}`);
    });
  }
}

async function open() {
  await page.goto(`${origin}/`);
  await page.waitForFunction(() => window.ready === true, undefined, { timeout: 30_000 });
}

function frame() {
  return { type: "text/html", body: '<!doctype html><title>An app</title><script type="module" src="/page.js"></script>' };
}

/** The page's script with everything it imports, as an app's own build makes it. */
async function bundled() {
  const result = await build({
    entryPoints: [new URL("amplify_page.mjs", import.meta.url).pathname],
    bundle: true, write: false, format: "esm", platform: "browser", minify: true, logLevel: "error",
  });
  return { type: "text/javascript", body: result.outputFiles[0].text };
}

function serve(files) {
  const server = createServer((request, response) => {
    const file = files[request.url];
    response.writeHead(file ? 200 : 404, { "content-type": file?.type ?? "text/plain" });
    response.end(file?.body ?? "");
  });
  return new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(server)));
}

/** Chromium that trusts this run's one server key and nothing else it could not trust before. */
function browser(folder) {
  return chromium.launchPersistentContext(folder, {
    executablePath: "/usr/bin/chromium",
    args: ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
      "--disable-background-networking", "--disable-component-update", "--disable-sync",
      `--ignore-certificate-errors-spki-list=${process.env.E2E_SPKI_SHA256}`],
  });
}
