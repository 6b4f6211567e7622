// The account pages in light and dark, wide and narrow: nothing sticks out, nothing is inaccessible.
import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { password } from "./app.mjs";
import { dialog, phone } from "./ui-account-site.mjs";

const axe = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const sizes = { desktop: { width: 1280, height: 800 }, mobile: { width: 360, height: 780 } };

async function violations(page) {
  await page.evaluate(axe); // the policy of the page allows no script tag
  const found = await page.evaluate(() => globalThis.axe.run({ runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] }));
  return found.violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.target).join(" ")} ${v.nodes[0].failureSummary ?? ""}`);
}

const long = { name: "Charles Babbage of the Difference Engine, Turner and Mathematician", email: "a-very-long-address-of-somebody-with-patience@engines.organizations.example.com" };

/** A person with everything that the pages can show. */
export async function preparePictures(site) {
  const ada = await site.join("ada@example.com", "");
  await site.verify(ada);
  await ada.post("/update-user", { favouriteColour: "Teal", newsletter: true, username: "ada" });
  const { id: organizationId } = await ada.post("/organization/create", { name: "Analytical Engines Ltd.", slug: "analytical-engines" });
  for (const [name, email, role] of [["Grace Hopper", "grace@example.com", "admin"], [long.name, long.email, "member"]]) {
    const other = await site.join(email, "", { name });
    const { id: invitationId } = await ada.post("/organization/invite-member", { email, role, organizationId });
    await other.post("/organization/accept-invitation", { invitationId });
    if (email === long.email) {
      const { id } = await other.post("/organization/create", { name: `The Society of ${long.name} and of Those Who Wait for Him`, slug: "society" });
      await other.post("/organization/invite-member", { email: "ada@example.com", role: "member", organizationId: id });
    }
    await other.context.close();
  }
  await ada.post("/organization/invite-member", { email: "mary@example.com", role: "member", organizationId });
  await ada.post("/organization/create-team", { name: "Punch cards", organizationId });
  await ada.post("/organization/set-active", { organizationId });
  await ada.post("/api-key/create", { name: "Backup script", expiresIn: 90 * 86_400 });
  const { id: keyId } = await ada.post("/api-key/create", { name: "Old machine" });
  await ada.post("/api-key/update", { keyId, enabled: false });
  for (const userAgent of [phone, "curl/8.5.0"]) {
    const other = await site.person({ userAgent });
    await site.post(other, "/sign-in/email", { email: "ada@example.com", password });
    await other.close();
  }
  const state = await ada.context.storageState();
  await ada.context.close();
  return { state, organizationId };
}

const pages = ({ organizationId }) => [
  { name: "profile", path: "/account", heading: "Profile" },
  { name: "security", path: "/account/security", heading: "Two-step sign-in", full: true },
  {
    name: "security-app", path: "/account/security", heading: "Two-step sign-in", before: async (page) => {
      await page.getByRole("button", { name: "Set up an authenticator app" }).click();
      await dialog(page).getByLabel("Your password").fill(password);
      await dialog(page).getByRole("button", { name: "Continue" }).click();
      await page.getByLabel("Code that the app shows").scrollIntoViewIfNeeded();
    },
  },
  { name: "sessions", path: "/account/sessions", text: "This device" },
  { name: "sessions-ending", path: "/account/sessions", text: "This device", before: (page) => page.getByRole("button", { name: "Sign out all others" }).click().then(() => dialog(page).waitFor()) },
  { name: "organizations", path: "/account/organizations", text: "You are invited" },
  { name: "organization", path: `/account/organizations/${organizationId}`, text: "Punch cards", full: true },
  { name: "api-keys", path: "/account/api-keys", text: "Backup script" },
  { name: "api-keys-error", path: "/account/api-keys", text: "Backup script", before: (page) => page.route("**/api-key/create", (route) => route.abort()).then(() => page.getByRole("button", { name: "Create key" }).click()).then(() => page.getByRole("alert").waitFor()) },
  {
    name: "api-keys-new", path: "/account/api-keys", text: "Backup script", before: async (page) => {
      await page.route("**/api-key/create", (route) => route.fulfill({ json: { key: "mZqXhTfLwNcYbRdKsVgPjJtQoEuAiCxWnDkFyHlBvSrGpMaOzTeIuLqKwXcNbVhY" } }));
      await page.getByRole("button", { name: "Create key" }).click();
      await page.getByText("Copy the key now.").waitFor();
    },
  },
  { name: "impersonation", path: "/account", text: "You are acting as", asAdmin: true },
  { name: "delete", path: "/account/delete", text: "You can come back" },
];

/** The session of the page is one that an administrator has begun. */
const actAsAdmin = (page) =>
  page.route("**/get-session*", async (route) => {
    const response = await route.fetch();
    const { session, user } = await response.json();
    await route.fulfill({ response, json: { session: { ...session, impersonatedBy: "an administrator" }, user } });
  });

export async function testAccountLooks(suite, site, folder, prepared) {
  for (const colorScheme of ["light", "dark"]) {
    for (const [size, viewport] of Object.entries(sizes)) {
      const context = await site.person({ colorScheme, viewport, storageState: prepared.state });
      for (const { name, path: where, heading, text, before, full, asAdmin } of pages(prepared)) {
        await suite.test(`account looks: ${name}, ${colorScheme}, ${size}`, async () => {
          const page = await context.newPage();
          await page.emulateMedia({ reducedMotion: "reduce", colorScheme });
          if (asAdmin) await actAsAdmin(page);
          await page.goto(site.url + where);
          if (heading) await page.getByRole("heading", { name: heading }).first().waitFor();
          if (text) await page.getByText(text).first().waitFor();
          await before?.(page);
          await page.screenshot({ path: path.join(folder, `account-${name}-${colorScheme}-${size}.png`), fullPage: full });
          assert.ok((await page.evaluate(() => document.documentElement.scrollWidth)) <= viewport.width, "something sticks out");
          assert.deepEqual(await violations(page), []);
          await page.close();
        });
      }
      assert.deepEqual(context.errors, []);
      await context.close();
    }
  }
  await suite.test("account looks: every page in German fits a narrow screen", async () => {
    const context = await site.person({ viewport: sizes.mobile, storageState: prepared.state, locale: "de-DE" });
    const page = await context.newPage();
    for (const { name, path: where } of pages(prepared)) {
      await page.goto(site.url + where);
      await page.getByRole("button", { name: "Abmelden" }).first().waitFor();
      await page.waitForFunction(() => !document.body.innerText.includes("Wird geladen"));
      assert.equal(await page.evaluate(() => document.documentElement.lang), "de");
      assert.ok((await page.evaluate(() => document.documentElement.scrollWidth)) <= 360, `${name} sticks out`);
      const missing = (await page.locator("body").innerText()).match(/\baccount\.\w+/g);
      assert.equal(missing, null, `${name}: ${missing}`);
    }
    await page.goto(`${site.url}/account/security`);
    await page.getByRole("heading", { name: "Anmeldung in zwei Schritten" }).waitFor();
    await page.screenshot({ path: path.join(folder, "account-security-german-mobile.png"), fullPage: true });
    assert.deepEqual(context.errors, []);
    await context.close();
  });
}
