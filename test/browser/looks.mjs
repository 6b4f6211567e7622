// Each page in light and dark, wide and narrow: nothing sticks out, nothing is inaccessible. With --images the pictures
// are kept under docs/images.
import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { mkdir } from "node:fs/promises";
import path from "node:path";
import { password } from "./app.mjs";
import { totp } from "./authenticator.mjs";
import { client } from "./backends.mjs";
import { fill } from "./flows.mjs";
import { prepareOrganization } from "./organizations.mjs";

const axe = createRequire(import.meta.url).resolve("axe-core/axe.min.js");

const sizes = { desktop: { width: 1280, height: 800 }, mobile: { width: 390, height: 844 } };
const titles = ["Water the plants", "Write to Charles about the engine", "Order new punch cards"];

/** Opens a card's form, and gives the password if it has a button for that. */
function askFor(opener, button, result) {
  return async (page) => {
    await page.getByRole("button", { name: opener }).click();
    if (button) await fill(page, { "Your password": password }, button);
    await page.getByText(result).waitFor();
    await centre(page.locator("section").filter({ has: page.getByRole("heading", { name: "Two-step sign-in", level: 2 }) }));
  };
}

function pressed(button, result) {
  return async (page) => {
    await page.getByRole("button", { name: button }).click();
    await page.getByText(result).waitFor();
    await centre(page.locator("section").filter({ has: page.getByRole("heading", { name: "Passkeys", level: 2 }) }));
  };
}

/** Presses a button of a card. */
function opened(title, button, result) {
  return async (page) => {
    await page.getByRole("button", { name: button }).click();
    await page.getByText(result).waitFor();
    await centre(page.locator("section").filter({ has: page.getByRole("heading", { name: title, level: 2 }) }));
  };
}

const centre = (part) => part.evaluate((element) => element.scrollIntoView({ block: "center" }));

/** Goes to the second step of a sign-in. */
function secondStep(then) {
  return async (page) => {
    await fill(page, { "E-mail address": "factors@example.com", Password: password }, "Sign in");
    await page.getByRole("heading", { name: "One more step" }).waitFor();
    await then?.(page);
  };
}

const pages = [
  { name: "home", path: "/", open: true },
  { name: "sign-in", path: "/signin", open: true },
  { name: "sign-up", path: "/signup", open: true, before: (page) => fill(page, { Name: "Ada Lovelace", "E-mail address": "ada@example.com", Password: "short" }, "Create account").then(() => page.getByText("Use at least 8").waitFor()) },
  { name: "sign-in-problem", path: "/signin?error=account_not_linked&next=%2Ftasks", open: true, text: "There is already an account" },
  { name: "sign-in-link", path: "/signin/link", open: true, before: (page) => fill(page, { "E-mail address": "looks@example.com" }, "Send me a link").then(() => page.getByText("We have sent a link").waitFor()) },
  { name: "forgotten-password", path: "/forgot-password", open: true },
  { name: "new-password", path: "/reset-password?token=abc", open: true },
  { name: "new-password-problem", path: "/reset-password?error=INVALID_TOKEN", open: true },
  { name: "verified", path: "/verified", open: true },
  { name: "verified-problem", path: "/verified?error=TOKEN_EXPIRED", open: true },
  { name: "profile", path: "/dashboard", heading: /Hello/ },
  { name: "tasks", path: "/tasks", text: titles[0] },
  { name: "sessions", path: "/sessions", text: "This browser" },
  { name: "security", path: "/security", text: "Not linked", full: true },
  { name: "two-factor-setup", path: "/security", text: "Not linked", before: askFor("Set up an authenticator app", "Continue", "Scan the QR code") },
  { name: "two-factor-over", path: "/two-factor", open: true, before: (page) => fill(page, { "Code from your app": "123456" }, "Continue").then(() => page.getByText("This sign-in is over").waitFor()) },
  { name: "two-factor", path: "/signin", open: true, before: secondStep() },
  { name: "two-factor-problem", path: "/signin", open: true, before: secondStep((page) => fill(page, { "Code from your app": "" }, "Continue").then(() => page.getByText("Enter the code.").waitFor())) },
  { name: "two-factor-backup", path: "/signin", open: true, before: secondStep((page) => page.getByRole("button", { name: "Use a backup code instead" }).click()) },
  { name: "security-on", path: "/security", with: "factors", text: "Phone", full: true },
  { name: "passkey-renaming", path: "/security", with: "factors", text: "Phone", before: pressed("Rename Phone", "Name of the passkey") },
  { name: "passkey-removing", path: "/security", with: "factors", text: "Phone", before: pressed("Remove Phone", "It will no longer") },
  { name: "backup-codes", path: "/security", with: "factors", text: "Phone", before: askFor("New backup codes", "Create new codes", "Keep these backup codes") },
  { name: "organization-none", path: "/organization", text: "You will be its owner." },
  { name: "organization", path: "/organization", with: "crew", text: "Punch cards", full: true },
  { name: "organization-team", path: "/organization", with: "crew", text: "Punch cards", before: opened("Teams", "Change Punch cards", "Who is in it") },
  { name: "organization-removing", path: "/organization", with: "crew", text: "Punch cards", before: opened("Members", "Remove Grace Hopper", "They will lose access") },
  { name: "organization-ending", path: "/organization", with: "crew", text: "Punch cards", before: opened("Settings", "Delete organization", "This cannot be undone") },
  { name: "invitation-problem", path: "/accept-invitation/none", with: "crew", text: "This invitation is over" },
  { name: "keys-none", path: "/keys", text: "No keys yet." },
  { name: "keys", path: "/keys", with: "crew", text: "Backup script" },
  { name: "keys-removing", path: "/keys", with: "crew", text: "Backup script", before: (page) => page.getByRole("button", { name: "Delete Backup script" }).click() },
  { name: "two-factor-off", path: "/security", with: "factors", text: "Phone", before: askFor("Turn off", null, "Your password alone will") },
];

async function violations(page) {
  await page.addScriptTag({ path: axe });
  const found = await page.evaluate(() => globalThis.axe.run({ runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] }));
  return found.violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.target).join(" ")} ${v.nodes[0].failureSummary ?? ""}`);
}

/** Takes a picture; nothing may stick out or be inaccessible. */
export async function shoot(page, file, viewport, { full = false } = {}) {
  // After a navigation within the app, Next.js sets the title a moment after the content.
  for (let i = 0; i < 100 && !(await page.title()); i++) await page.waitForTimeout(50);
  await page.screenshot({ path: file, fullPage: full });
  const width = await page.evaluate(() => document.documentElement.scrollWidth);
  assert.ok(width <= viewport.width, `${width} pixels wide`);
  assert.deepEqual(await violations(page), []);
}

/** A user with everything that the security page can show. */
async function prepareFactors(app) {
  const user = await app.signedIn("factors@example.com");
  const post = async (path, data) => (await user.request.post(`${app.url}/api/auth${path}`, { data, headers: { origin: app.url } })).json();
  const { totpURI } = await post("/two-factor/enable", { password });
  await post("/two-factor/verify-totp", { code: totp(new URL(totpURI).searchParams.get("secret")) });
  for (const [name, added, used] of [["Phone", "2026-03-14 09:26", "'2026-11-20 18:05'"], ["Security key in the drawer", "2026-06-01 12:00", "null"]])
    await app.postgres.query(`insert into passkey (id, name, "publicKey", "userId", "credentialID", counter, "deviceType", "backedUp", "createdAt", "lastUsedAt") values
      ('looks ${name}', '${name}', '', '${user.user.id}', 'looks ${name}', 0, 'singleDevice', false, '${added}', ${used})`, "app");
  const state = await user.storageState();
  await user.close();
  return state;
}

async function prepare(app) {
  const user = await app.signedIn("looks@example.com");
  const { token } = await (await user.request.get(`${app.url}/api/auth/token`)).json();
  const call = client(app.apiURL, token);
  for (const title of titles) {
    const { body } = await call("POST", `/api/${user.user.id}/tasks`, { title });
    if (title === titles[2]) await call("PATCH", `/api/${user.user.id}/tasks/${body.id}`, { done: true });
  }
  await fetch(`${app.url}/api/auth/sign-in/email`, { method: "POST", headers: { "content-type": "application/json", origin: app.url, "user-agent": "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Safari/604.1" }, body: JSON.stringify({ email: "looks@example.com", password: password }) });
  const state = await user.storageState();
  await user.close();
  return state;
}

export async function testLooks(suite, app, folder) {
  await mkdir(folder, { recursive: true });
  const states = { looks: await prepare(app), factors: await prepareFactors(app), crew: await prepareOrganization(app) };
  for (const colorScheme of ["light", "dark"]) {
    for (const [size, viewport] of Object.entries(sizes)) {
      // The provider forbids scripts, and axe is one.
      const stranger = await app.person({ colorScheme, viewport, locale: "en-US", bypassCSP: true });
      const people = {};
      for (const [who, storageState] of Object.entries(states)) people[who] = await app.person({ colorScheme, viewport, locale: "en-US", storageState });
      for (const { name, path: where, open, with: who = "looks", before, heading, text, full } of pages) {
        await suite.test(`looks: ${name}, ${colorScheme}, ${size}`, async () => {
          const page = await (open ? stranger : people[who]).newPage();
          await page.emulateMedia({ reducedMotion: "reduce", colorScheme });
          await page.goto(app.url + where, { waitUntil: "networkidle" });
          if (heading) await page.getByRole("heading", { name: heading }).first().waitFor();
          if (text) await page.getByText(text).first().waitFor();
          await before?.(page);
          await shoot(page, path.join(folder, `${name}-${colorScheme}-${size}.png`), viewport, { full });
          await page.close();
        });
      }
      await suite.test(`looks: provider, ${colorScheme}, ${size}`, async () => {
        const page = await stranger.newPage();
        await page.goto(`${app.url}/signin`, { waitUntil: "networkidle" });
        await page.getByRole("button", { name: "Continue with Example ID" }).click();
        await page.getByRole("heading", { name: "Example ID" }).waitFor();
        await shoot(page, path.join(folder, `provider-${colorScheme}-${size}.png`), viewport);
        await page.close();
      });
      await Promise.all([stranger, ...Object.values(people)].map((context) => context.close()));
    }
  }
}
