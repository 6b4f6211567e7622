// Each page in light and dark, wide and narrow: nothing sticks out, nothing is inaccessible. With --images the pictures
// are kept under docs/images.
import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { mkdir } from "node:fs/promises";
import path from "node:path";
import { client } from "./backends.mjs";
import { fill } from "./flows.mjs";

const axe = createRequire(import.meta.url).resolve("axe-core/axe.min.js");

const sizes = { desktop: { width: 1280, height: 800 }, mobile: { width: 390, height: 844 } };
const titles = ["Water the plants", "Write to Charles about the engine", "Order new punch cards"];

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
  { name: "security", path: "/security", text: "Not linked" },
];

async function violations(page) {
  await page.addScriptTag({ path: axe });
  const found = await page.evaluate(() => globalThis.axe.run({ runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] }));
  return found.violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.target).join(" ")} ${v.nodes[0].failureSummary ?? ""}`);
}

/** Takes a picture; nothing may stick out or be inaccessible. */
export async function shoot(page, file, viewport) {
  await page.screenshot({ path: file });
  const width = await page.evaluate(() => document.documentElement.scrollWidth);
  assert.ok(width <= viewport.width, `${width} pixels wide`);
  assert.deepEqual(await violations(page), []);
}

async function prepare(app) {
  const user = await app.signedIn("looks@example.com");
  const { token } = await (await user.request.get(`${app.url}/api/auth/token`)).json();
  const call = client(app.apiURL, token);
  for (const title of titles) {
    const { body } = await call("POST", `/api/${user.user.id}/tasks`, { title });
    if (title === titles[2]) await call("PATCH", `/api/${user.user.id}/tasks/${body.id}`, { done: true });
  }
  await fetch(`${app.url}/api/auth/sign-in/email`, { method: "POST", headers: { "content-type": "application/json", origin: app.url, "user-agent": "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Safari/604.1" }, body: JSON.stringify({ email: "looks@example.com", password: "correct horse battery" }) });
  const state = await user.storageState();
  await user.close();
  return state;
}

export async function testLooks(suite, app, folder) {
  await mkdir(folder, { recursive: true });
  const state = await prepare(app);
  for (const colorScheme of ["light", "dark"]) {
    for (const [size, viewport] of Object.entries(sizes)) {
      // The provider forbids scripts, and axe is one.
      const stranger = await app.person({ colorScheme, viewport, locale: "en-US", bypassCSP: true });
      const user = await app.person({ colorScheme, viewport, locale: "en-US", storageState: state });
      for (const { name, path: where, open, before, heading, text } of pages) {
        await suite.test(`looks: ${name}, ${colorScheme}, ${size}`, async () => {
          const page = await (open ? stranger : user).newPage();
          await page.emulateMedia({ reducedMotion: "reduce", colorScheme });
          await page.goto(app.url + where, { waitUntil: "networkidle" });
          if (heading) await page.getByRole("heading", { name: heading }).first().waitFor();
          if (text) await page.getByText(text).first().waitFor();
          await before?.(page);
          await shoot(page, path.join(folder, `${name}-${colorScheme}-${size}.png`), viewport);
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
      await stranger.close();
      await user.close();
    }
  }
}
