// The console of the server itself: what an administrator sees and does there.
import assert from "node:assert/strict";
import { password } from "./app.mjs";
import { testConsoleAttacks } from "./ui-console-attacks.mjs";
import { testConsoleClients } from "./ui-console-clients.mjs";
import { testConsoleLooks } from "./ui-console-looks.mjs";
import { Site } from "./ui-console-site.mjs";

const says = (page, text) => page.getByText(text, { exact: false }).first().waitFor();
const section = (page, title) => page.locator("section").filter({ has: page.getByRole("heading", { name: title, level: 2 }) });
const row = (page, text) => page.getByRole("row").filter({ hasText: text });

/** Presses a button, and the one that confirms it in the dialog. */
async function confirm(page, name, where = page) {
  await where.getByRole("button", { name, exact: true }).click();
  await page.getByRole("dialog").getByRole("button", { name }).click();
}

export async function testConsole(suite, app, images) {
  const site = await Site.start(app, "console");
  const admin = await site.administrator();
  const page = await admin.newPage();
  await testUsers(suite, site, admin, page);
  await testSignIn(suite, site);
  await testOther(suite, site, admin, page);
  await testConsoleClients(suite, site, admin, page);
  await testMissing(suite, app);
  await testMany(suite, app);
  await testConsoleLooks(suite, site, admin, images);
  await testConsoleAttacks(suite, site, admin);
  await suite.test("console: no page broke its own policy or failed", () => assert.deepEqual(admin.problems, []));
  await admin.close();
  await site.stop();
}

async function testUsers(suite, site, admin, page) {
  let grace, id;

  await suite.test("console: a new administrator sees the overview", async () => {
    await site.open(page, "/console");
    await page.getByRole("heading", { name: "Overview", level: 1 }).waitFor();
    await page.getByRole("link", { name: /^1\s*Users$/ }).waitFor();
    await page.getByRole("img", { name: /^Sign-ins\. succeeded: 1; failed: 0\./ }).waitFor();
    await page.getByRole("img", { name: /^Password hashing\./ }).waitFor();
    await says(page, "All is well");
    assert.match(await section(page, "Server").innerText(), /SQLite[\s\S]*console, audit-log/);
  });
  await suite.test("console: an administrator creates a user", async () => {
    await page.getByRole("link", { name: "Users", exact: true }).click();
    await page.getByRole("button", { name: "New user" }).click();
    const form = page.getByRole("dialog");
    await form.getByLabel("Name").fill("Grace Hopper");
    await form.getByLabel("E-mail address", { exact: true }).fill("ada@example.com");
    await form.getByLabel("Password").fill("a compiler for all");
    await form.getByRole("button", { name: "Create user" }).click();
    await form.getByText("Somebody else has this e-mail address.").waitFor();
    await form.getByLabel("E-mail address", { exact: true }).fill("grace@example.com");
    await form.getByRole("button", { name: "Create user" }).click();
    await page.getByRole("heading", { name: "Grace Hopper" }).waitFor();
    id = page.url().split("/").at(-1);
    grace = await site.person();
    await site.call(grace, "/sign-in/email", { email: "grace@example.com", password: "a compiler for all" });
  });
  await suite.test("console: users are searched, filtered and sorted, and the address keeps it", async () => {
    for (let i = 1; i <= 30; i++) await site.call(admin, "/admin/create-user", { name: `Person ${String(i).padStart(2, "0")}`, email: `person${i}@example.com` });
    await site.open(page, "/console/users");
    await says(page, "1–25 of 32");
    await page.getByRole("button", { name: "Next" }).press("Enter");
    await says(page, "26–32 of 32");
    assert.equal(await page.evaluate(() => document.activeElement.textContent), "Next");
    await page.getByLabel("Search", { exact: true }).fill("person2");
    await says(page, "1–11 of 11");
    await page.getByLabel("Search in").selectOption("Name");
    await says(page, "Nothing matches.");
    await page.getByLabel("Search", { exact: true }).fill("Person 2");
    await says(page, "1–10 of 10");
    await page.getByRole("button", { name: "Name" }).click();
    await page.getByRole("columnheader", { name: "Name" }).and(page.locator("[aria-sort=ascending]")).waitFor();
    await page.getByRole("row").nth(1).getByText("Person 20").waitFor();
    await page.reload();
    await says(page, "1–10 of 10");
    await page.getByRole("row").nth(1).getByText("Person 20").waitFor();
    await site.open(page, "/console/users?show=admins");
    await says(page, "1–1 of 1");
  });
  await suite.test("console: an administrator changes name, address and role of a user", async () => {
    await site.open(page, `/console/users/${id}`);
    await page.getByLabel("Name").fill("Rear Admiral Hopper");
    await page.getByLabel("The e-mail address is verified").check();
    await page.getByRole("button", { name: "Save" }).click();
    await says(page, "The changes are saved.");
    await page.getByLabel("Roles, separated by commas").fill("nobody-knows-it");
    await page.getByRole("button", { name: "Set role" }).click();
    await page.getByRole("button", { name: "Set role", disabled: false }).waitFor();
    await page.getByLabel("Roles, separated by commas").fill("user, admin");
    await page.getByRole("button", { name: "Set role" }).click();
    await says(page, "The role is set.");
    const { user } = await site.call(admin, `/console/user?id=${id}`);
    assert.deepEqual([user.name, user.emailVerified, user.role], ["Rear Admiral Hopper", true, "user,admin"]);
    await page.getByLabel("Roles, separated by commas").fill("user");
    await page.getByRole("button", { name: "Set role" }).click();
    await page.locator(".badges", { hasText: "admin" }).waitFor({ state: "detached" });
  });
  await suite.test("console: a user gets a message to set a new password", async () => {
    await page.getByRole("button", { name: "Send password reset" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Send message" }).click();
    await says(page, "A message is on its way to grace@example.com.");
    const message = await site.message("grace@example.com");
    assert.equal(message.kind, "reset-password");
  });
  await suite.test("console: sessions of a user are shown and ended", async () => {
    await site.open(page, `/console/users/${id}`);
    await confirm(page, "Sign out everywhere");
    await says(page, "All sessions have ended.");
    await says(page, "This user is not signed in anywhere.");
    assert.equal(await (await site.request(grace, "/get-session")).json(), null);
  });
  await suite.test("console: a ban asks once, says what it does, and holds until it is lifted", async () => {
    await page.getByLabel("Reason (optional)").fill("testing");
    await page.getByLabel("For how long").selectOption("One week");
    await section(page, "More actions").getByRole("button", { name: "Ban user" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByText("will be signed out everywhere and cannot sign in any more").waitFor();
    await dialog.getByRole("button", { name: "Cancel" }).click();
    assert.equal((await site.request(grace, "/sign-in/email", { email: "grace@example.com", password: "a compiler for all" })).status(), 200);
    await section(page, "More actions").getByRole("button", { name: "Ban user" }).click();
    await dialog.getByRole("button", { name: "Ban user" }).click();
    await says(page, "Banned: testing.");
    assert.equal((await site.request(grace, "/sign-in/email", { email: "grace@example.com", password: "a compiler for all" })).status(), 403);
    await section(page, "More actions").getByRole("button", { name: "Lift the ban" }).click();
    await says(page, "The ban is lifted.");
    assert.equal((await site.request(grace, "/sign-in/email", { email: "grace@example.com", password: "a compiler for all" })).status(), 200);
  });
  await suite.test("console: an administrator acts as a user, finds the console closed, and returns", async () => {
    await confirm(page, "Act as this user", section(page, "More actions"));
    await page.waitForURL("**/account");
    await site.open(page, "/console");
    await page.getByRole("heading", { name: "You are acting as somebody else" }).waitFor();
    await page.getByRole("button", { name: "Stop and return" }).click();
    await page.getByRole("heading", { name: "Overview", level: 1 }).waitFor();
  });
  await suite.test("console: an administrator removes a user, but not themselves", async () => {
    await site.open(page, `/console/users/${admin.user.id}`);
    await says(page, "You cannot ban or remove yourself.");
    assert.equal(await page.getByRole("button", { name: "Remove user" }).count(), 0);
    await site.open(page, `/console/users/${id}`);
    await confirm(page, "Remove user", section(page, "More actions"));
    await page.waitForURL("**/console/users");
    await says(page, "1–25 of 31");
    await site.open(page, `/console/users/${id}`);
    await says(page, "There is no such user.");
  });
  await grace?.close();
}

/** Signing in on the server's own page leads back to the page of the console. */
async function testSignIn(suite, site) {
  await suite.test("console: an administrator signs in on the way to it, and signs out", async () => {
    const context = await site.person();
    const page = await context.newPage();
    await site.open(page, "/console/users?search=ada");
    await page.getByLabel("E-mail address").fill("ada@example.com");
    await page.getByLabel("Password", { exact: true }).fill(password);
    await page.getByRole("button", { name: "Sign in", exact: true }).click();
    await page.waitForURL("**/console/users?search=ada");
    await row(page, "ada@example.com").waitFor();
    await page.getByRole("button", { name: "Sign out" }).click();
    await page.waitForURL("**/sign-in");
    await site.open(page, "/console");
    await page.waitForURL((url) => url.pathname === "/sign-in");
    assert.deepEqual(context.problems, []);
    await context.close();
  });
}

async function testOther(suite, site, admin, page) {
  await suite.test("console: organizations with members and invitations", async () => {
    await site.open(page, "/console/organizations");
    await says(page, "There are no organizations yet.");
    const { id } = await site.call(admin, "/organization/create", { name: "Analytical Engines Ltd.", slug: "engines" });
    await site.call(admin, "/organization/invite-member", { email: "mary@example.com", role: "member", organizationId: id });
    await page.reload();
    await page.getByRole("link", { name: "Analytical Engines Ltd." }).click();
    await row(page, "Ada Lovelace").getByText("owner").waitFor();
    await section(page, "Invitations").getByText("mary@example.com").waitFor();
    await section(page, "Invitations").getByText("pending").waitFor();
  });
  await suite.test("console: API keys are disabled and deleted", async () => {
    const { key } = await site.call(admin, "/api-key/create", { name: "Backup script" });
    await site.call(admin, "/api-key/create", { name: "Old machine" });
    await site.open(page, "/console/api-keys");
    assert.ok(!(await page.content()).includes(key), "the page contains a key");
    await row(page, "Backup script").getByRole("link", { name: "Ada Lovelace" }).waitFor();
    await row(page, "Backup script").getByRole("button", { name: "Disable" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Disable" }).click();
    await says(page, "“Backup script” is disabled.");
    await row(page, "Backup script").getByText("Disabled").waitFor();
    await row(page, "Old machine").getByRole("button", { name: "Delete" }).click();
    await page.getByRole("dialog").getByText("This cannot be undone.").waitFor();
    await page.getByRole("dialog").getByRole("button", { name: "Delete" }).click();
    await row(page, "Old machine").waitFor({ state: "detached" });
    const { apiKeys } = await site.call(admin, "/console/api-keys");
    assert.deepEqual(apiKeys.map((one) => [one.name, one.enabled]), [["Backup script", false]]);
    await site.open(page, `/console/users/${admin.user.id}`);
    await page.getByRole("main").getByRole("link", { name: "API keys" }).click();
    await says(page, "1–1 of 1");
    await page.getByRole("button", { name: "Keys of everybody" }).click();
    await page.waitForURL("**/console/api-keys");
  });
  await suite.test("console: the signing key is rotated, and tokens of the old one stay valid", async () => {
    await site.call(admin, "/token");
    const keySet = async () => (await site.call(admin, "/jwks")).keys.map((key) => key.kid);
    const [old] = await keySet();
    await site.open(page, "/console/keys");
    await row(page, old).getByText("Signs").waitFor();
    await confirm(page, "Rotate key");
    await says(page, "A new key signs from now on.");
    await row(page, old).getByText("Verifies only").waitFor();
    const keys = await keySet();
    assert.ok(keys.length === 2 && keys.includes(old), String(keys));
  });
  await suite.test("console: mail that was refused is sent again or deleted", async () => {
    await site.signUp("Rose", "refused@example.com");
    await site.signUp("Ruth", "refused-too@example.com");
    for (const email of ["refused@example.com", "refused-too@example.com"]) await site.call(admin, "/request-password-reset", { email });
    await site.open(page, "/console/mail");
    for (let i = 0; i < 100 && (await page.getByRole("row").filter({ hasText: "Not sent" }).count()) < 2; i++) {
      await page.waitForTimeout(200);
      await page.reload({ waitUntil: "networkidle" });
    }
    await site.open(page, "/console");
    await says(page, "Messages that could not be sent: 2.");
    await site.open(page, "/console/mail");
    await row(page, "refused-too@example.com").getByRole("button", { name: "Delete" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Delete" }).click();
    await row(page, "refused-too@example.com").waitFor({ state: "detached" });
    site.post.refuses = false;
    await row(page, "refused@example.com").getByRole("button", { name: "Send again" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Send again" }).click();
    await says(page, "The messages are queued again.");
    await site.message("refused@example.com");
  });
  await suite.test("console: the rules of the rate limits, and who is limited", async () => {
    await site.open(page, "/console/limits");
    await says(page, "Nobody is limited at the moment.");
    await row(page, "/verify-password").getByText("1 in 10 minutes").waitFor();
    for (let i = 0; i < 3; i++) await site.request(admin, "/verify-password", { password: "wrong" });
    await page.reload();
    await section(page, "Limited at the moment").getByText(/^[0-9a-f]{16}$/).waitFor();
  });
  await suite.test("console: the audit log shows what was done here, and is intact", async () => {
    await site.open(page, "/console/audit");
    await row(page, "console_keys_rotated").first().waitFor();
    await page.getByLabel("Event").fill("user_banned");
    await page.getByLabel("Event").press("Enter");
    await says(page, "Entries: 1");
    await row(page, "user_banned").getByTitle(admin.user.id).waitFor();
    await page.getByRole("button", { name: "Verify" }).click();
    await says(page, "The log is intact.");
    await site.open(page, `/console/audit?user=${admin.user.id}`);
    await row(page, "user_signed_in").first().waitFor();
  });
  await suite.test("console: with the keyboard alone", async () => {
    await site.open(page, "/console/users");
    await says(page, "1–25 of");
    await page.keyboard.press("Tab");
    assert.equal(await page.evaluate(() => document.activeElement.textContent), "Skip to the content");
    await page.keyboard.press("Enter");
    await page.keyboard.press("Tab");
    const focused = () => page.evaluate(() => document.activeElement.textContent);
    assert.equal(await focused(), "New user");
    await page.keyboard.press("Enter");
    await page.getByRole("dialog").waitFor();
    assert.ok(await page.evaluate(() => document.querySelector("dialog").contains(document.activeElement)));
    await page.keyboard.press("Escape");
    await page.getByRole("dialog").waitFor({ state: "hidden" });
    assert.equal(await focused(), "New user");
    await page.keyboard.press("Tab");
    await page.keyboard.type("person30");
    await says(page, "1–1 of 1");
  });
}

const everything = "{ user: [create, list, set-role, ban, impersonate, delete, set-password, set-email, set-phone, get, update], session: [list, revoke, delete] }";

/** Somebody who may only look is offered no action. */
async function testRights(site, admin) {
  await site.call(admin, "/admin/create-user", { name: "Support", email: "support@example.com", password: "correct horse battery", role: "support" });
  const context = await site.signedIn("support@example.com");
  const page = await context.newPage();
  await site.open(page, `/console/users/${admin.user.id}`);
  await page.getByRole("button", { name: "Save" }).waitFor({ state: "detached" });
  await row(page, "Chrome").or(page.getByRole("row").nth(1)).first().waitFor();
  assert.deepEqual(await page.getByRole("main").getByRole("button").allInnerTexts(), []);
  await page.getByRole("link", { name: "All users" }).click();
  await says(page, "1–2 of 2");
  await page.getByRole("button", { name: "New user" }).waitFor({ state: "detached" });
  assert.deepEqual(context.problems, []);
  await context.close();
}

/** Servers without the plugins, and without the pages on which people sign in. */
async function testMissing(suite, app) {
  await suite.test("console: says which lines are missing", async () => {
    for (const [plugins, text] of [["", "plugins:\n  admin: {}\n  console: {}"], ["admin: {}", "plugins:\n  console: {}"]]) {
      const site = await Site.start(app, `console-without-${plugins.length}`, { plugins });
      const context = await site.person();
      const page = await context.newPage();
      await site.open(page, "/console/users");
      await page.getByText("Add these lines").waitFor();
      assert.equal(await page.getByLabel("betterauth.yaml").innerText(), text);
      assert.deepEqual(context.problems, []);
      await context.close();
      await site.stop();
    }
    const site = await Site.start(app, "console-few", { plugins: `admin: { roles: { admin: ${everything}, support: { user: [list, get], session: [list] }, user: {} } }, console: {}` });
    const context = await site.administrator();
    const page = await context.newPage();
    for (const [path, plugin] of [["organizations", "organization"], ["api-keys", "api-key"], ["keys", "jwt"], ["audit", "audit-log"], ["oauth-clients", "oauth-provider"]]) {
      await site.open(page, `/console/${path}`);
      await page.getByRole("heading", { name: "This is not turned on" }).waitFor();
      assert.equal(await page.getByLabel("betterauth.yaml").innerText(), `plugins:\n  ${plugin}: {}`);
    }
    await site.open(page, "/console");
    await page.getByRole("link", { name: /^1\s*Users$/ }).waitFor();
    assert.deepEqual(context.problems, []);
    await testRights(site, context);
    await context.close();
    await site.stop();
  });
  await suite.test("console: without the other pages it asks to sign in elsewhere", async () => {
    const site = await Site.start(app, "console-alone", { mode: "test", plugins: "admin: {}, console: {}" });
    const stranger = await site.person();
    const page = await stranger.newPage();
    await site.open(page, "/console");
    await says(page, "Please sign in to your application as an administrator");
    const admin = await site.administrator();
    const other = await admin.newPage();
    await site.open(other, "/console");
    await other.getByRole("heading", { name: "Overview", level: 1 }).waitFor();
    await stranger.close();
    await admin.close();
    await site.stop();
  });
}

/** Ten thousand users and more organizations than fit on a page, on PostgreSQL. */
async function testMany(suite, app) {
  if (!app.postgres) return;
  const site = await Site.start(app, "console-many", { database: await app.postgres.create("console") });
  const admin = await site.administrator();
  await app.postgres.query(`insert into "user" (id, name, email, "emailVerified", "createdAt", "updatedAt", role)
    select 'many' || i, 'Person ' || i, 'person' || i || '@many.example.com', i % 2 = 0, now() - i * interval '1 minute', now(), 'user' from generate_series(1, 10000) as i`, "console");
  await app.postgres.query(`insert into organization (id, name, slug, "createdAt") select 'many' || i, 'Society ' || i, 'society-' || i, now() from generate_series(1, 60) as i`, "console");
  const page = await admin.newPage();
  await suite.test("console: ten thousand users on PostgreSQL", async () => {
    await site.open(page, "/console/users");
    await says(page, "1–25 of 10,001");
    await page.getByRole("button", { name: "Next" }).click();
    await says(page, "26–50 of 10,001");
    await site.open(page, "/console/users?page=401");
    await says(page, "10,001–10,001 of 10,001");
    await row(page, "Person 10000").waitFor();
    await site.open(page, "/console/users?show=unverified");
    await says(page, "1–25 of 5,000");
    await page.getByLabel("Search", { exact: true }).fill("person9999@");
    await says(page, "1–1 of 1");
    await site.open(page, "/console/users?page=99999");
    await page.getByRole("button", { name: "Previous" }).click();
    await says(page, "10,001–10,001 of 10,001");
    await site.open(page, "/console/organizations?page=3");
    await says(page, "51–60 of 60");
    assert.deepEqual(admin.problems, []);
  });
  await admin.close();
  await site.stop();
}
