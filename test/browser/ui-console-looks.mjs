// Each page of the console in light and dark, wide and narrow, and in German: nothing sticks out, nothing is inaccessible.
import assert from "node:assert/strict";
import { mkdir } from "node:fs/promises";
import path from "node:path";
import { shoot } from "./looks.mjs";
import { until } from "./processes.mjs";
import { allow, redeem } from "./ui-console-clients.mjs";

const sizes = { desktop: { width: 1280, height: 800 }, mobile: { width: 360, height: 780 } };

/** Makes the people, organizations and keys of the pictures. */
async function prepare(site, admin) {
  const people = {};
  for (const [name, email, data] of [
    ["Mary Somerville", "mary@example.com", { emailVerified: true }],
    ["Charles Babbage of the Difference Engine, Turner and Mathematician", "a-very-long-address-of-somebody-with-patience@engines.organizations.example.com"],
    ["Wilhelm Schickard", "wilhelm@example.com"],
    ["Rechenmaschinenkonstrukteurswitwenrentenkassenverwalterin".repeat(2), "long@example.com", { emailVerified: true }],
  ])
    people[email] = (await site.call(admin, "/admin/create-user", { name, email, data, password: "correct horse battery" })).user;
  await site.call(admin, "/admin/ban-user", { userId: people["wilhelm@example.com"].id, banReason: "Sold the account to somebody else" });
  const context = await site.signedIn("mary@example.com");
  const { id } = await site.call(context, "/organization/create", { name: "Society for the Advancement of Mathematical Machinery in all its Forms", slug: "society-for-the-advancement-of-mathematical-machinery" });
  await site.call(context, "/organization/invite-member", { email: "a-very-long-address-of-somebody-with-patience@engines.example.com", role: "admin", organizationId: id });
  await site.call(context, "/api-key/create", { name: "Nightly report of the counting", expiresIn: 90 * 86_400 });
  await site.call(context, "/api-key/create", { name: "Old machine" });
  const redirectUris = ["https://wiki.example.com/callback", "https://a-very-long-name-of-a-host.engines.organizations.example.com/a/very/long/path/to/the/callback/of/the/application"];
  const wiki = await site.call(admin, "/console/oauth-client/create", { name: "Wiki of the Society for the Advancement of Mathematical Machinery", redirectUris, clientCredentialsScopes: ["files:read"] });
  await site.call(admin, "/console/oauth-client/create", { name: "Telephone", redirectUris: ["com.example.telephone:/callback"], public: true, native: true, skipConsent: true });
  assert.equal((await redeem(site, wiki, await allow(site, context, wiki.clientId))).status, 200);
  await context.close();
  site.post.refuses = true;
  await site.call(admin, "/request-password-reset", { email: "refused@example.com" });
  await until(async () => assert.equal((await site.call(admin, "/console/mail")).failed, 1), "a message that is refused", 20);
  return { user: people["mary@example.com"].id, banned: people["wilhelm@example.com"].id, long: people["long@example.com"].id, organization: id, client: wiki.id };
}

/** The pages; the pictures of plain ones are not kept. */
const pages = (ids) => [
  { name: "overview", path: "", text: ["Server", "Server"], full: true },
  { name: "users", path: "/users", text: ["Mary Somerville"] },
  { name: "users-none", plain: true, path: "/users?search=nobody", text: ["Nothing matches.", "Nichts gefunden."] },
  { name: "user-new", path: "/users", text: ["Mary Somerville"], press: ["New user", "Neuer Benutzer"] },
  { name: "user", path: `/users/${ids.user}`, text: ["Chrome"], full: true },
  { name: "user-banned", path: `/users/${ids.banned}`, text: ["Sold the account"] },
  { name: "user-long", plain: true, path: `/users/${ids.long}`, text: ["long@example.com"] },
  { name: "user-removing", path: `/users/${ids.user}`, text: ["mary@example.com"], press: ["Remove user", "Benutzer entfernen"] },
  { name: "user-none", plain: true, path: "/users/none", text: ["There is no such user.", "Diesen Benutzer gibt es nicht."] },
  { name: "organizations", path: "/organizations", text: ["Society for"] },
  { name: "organization", path: `/organizations/${ids.organization}`, text: ["Mary Somerville"] },
  { name: "api-keys", path: "/api-keys", text: ["Old machine"] },
  { name: "clients", path: "/oauth-clients", text: ["Telephone"] },
  { name: "clients-none", plain: true, path: "/oauth-clients?search=nobody", text: ["Nothing matches.", "Nichts gefunden."] },
  { name: "client-new", path: "/oauth-clients", text: ["Telephone"], press: ["New client", "Neuer Client"] },
  { name: "client", path: `/oauth-clients/${ids.client}`, text: ["Mary Somerville"], full: true },
  { name: "client-rotating", plain: true, path: `/oauth-clients/${ids.client}`, text: ["Mary Somerville"], press: ["New secret", "Neues Geheimnis"] },
  { name: "client-revoking", path: `/oauth-clients/${ids.client}`, text: ["Mary Somerville"], press: ["Revoke access: Mary Somerville", "Zugriff widerrufen: Mary Somerville"] },
  { name: "client-none", plain: true, path: "/oauth-clients/none", text: ["This does not exist", "Das gibt es nicht"] },
  { name: "keys", path: "/keys", text: ["Signs", "Unterschreibt"] },
  { name: "keys-rotating", path: "/keys", text: ["Signs", "Unterschreibt"], press: ["Rotate key", "Schlüssel wechseln"] },
  { name: "mail", path: "/mail", text: ["Not sent", "Nicht gesendet"] },
  { name: "limits", path: "/limits", text: ["Rules", "Regeln"] },
  { name: "audit", path: "/audit", text: ["user_created"] },
  { name: "not-found", plain: true, path: "/nothing", text: ["There is no such page", "Diese Seite gibt es"] },
];

async function show(site, page, { path: where, text, press }) {
  await page.goto(`${site.url}/console${where}`);
  await text.map((one) => page.getByText(one)).reduce((all, one) => all.or(one)).filter({ visible: true }).first().waitFor();
  // The parts of a page load on their own.
  await page.waitForFunction(() => !document.querySelector(".stale, main .empty[role=status]"));
  if (!press) return;
  await page.getByRole("button", { name: press[0], exact: true }).or(page.getByRole("button", { name: press[1], exact: true })).first().click();
  await page.getByRole("dialog").waitFor();
}

export async function testConsoleLooks(suite, site, admin, folder) {
  await mkdir(folder, { recursive: true });
  const ids = await prepare(site, admin);
  const storageState = await admin.storageState();
  for (const colorScheme of ["light", "dark"]) {
    for (const [size, viewport] of Object.entries(sizes)) {
      // axe is a script that the pages do not allow.
      const context = await site.person({ colorScheme, viewport, storageState, bypassCSP: true, reducedMotion: "reduce" });
      const page = await context.newPage();
      for (const one of pages(ids)) {
        await suite.test(`console: looks: ${one.name}, ${colorScheme}, ${size}`, async () => {
          await show(site, page, one);
          await shoot(page, path.join(one.plain ? site.dir : folder, `console-${one.name}-${colorScheme}-${size}.png`), viewport, { full: one.full });
        });
      }
      await context.close();
    }
  }
  await suite.test("console: in German, narrow", async () => {
    const context = await site.person({ viewport: sizes.mobile, storageState, locale: "de-DE", bypassCSP: true });
    const page = await context.newPage();
    for (const one of pages(ids)) {
      await show(site, page, one);
      assert.equal(await page.evaluate(() => document.documentElement.lang), "de");
      const text = await page.evaluate(() => document.body.innerText);
      assert.doesNotMatch(text, /\b(console|common|code|error)\.[a-zA-Z]|\{[a-z]+\}/, `${one.name}: a text is missing`);
      if (one.name !== "audit") assert.doesNotMatch(text, /\b(Users|Sign out|Search|Created|Status of|Save|Delete|Previous|Next)\b/, `${one.name}: English`);
      await shoot(page, path.join(site.dir, `${one.name}-german.png`), sizes.mobile, {});
    }
    await context.close();
  });
  await suite.test("console: nobody signed in, no access, no answer", async () => {
    for (const colorScheme of ["light", "dark"]) {
      const context = await site.signedIn("mary@example.com", { colorScheme, viewport: sizes.mobile, bypassCSP: true });
      const page = await context.newPage();
      await site.open(page, "/console");
      await page.getByRole("heading", { name: "No access" }).waitFor();
      await shoot(page, path.join(folder, `console-no-access-${colorScheme}-mobile.png`), sizes.mobile);
      await context.close();
    }
    const context = await site.person({ storageState, bypassCSP: true });
    const page = await context.newPage();
    await context.route("**/api/auth/console/**", (route) => route.fulfill({ status: 503, json: { code: "SERVICE_UNAVAILABLE", message: "Service unavailable" } }));
    await site.open(page, "/console/users");
    await page.getByText("The server does not answer at the moment.").waitFor();
    await shoot(page, path.join(folder, "console-no-answer-light-desktop.png"), sizes.desktop);
    await context.close();
  });
}
