// The account pages, continued: second factor, organizations, API keys, deletion; attacks.
import assert from "node:assert/strict";
import { password } from "./app.mjs";
import { readQR, totp, wrongCode } from "./authenticator.mjs";
import { fill } from "./flows.mjs";
import { Device } from "./passkeys/site.mjs";
import { dialog, PageServer } from "./ui-account-site.mjs";

export async function testFactor(suite, site) {
  const ada = await site.join("factor@example.com", "/account/security");
  const { page } = ada;
  const part = ada.part("Two-step sign-in");
  let key;
  await suite.test("account: an authenticator app is set up from the QR code", async () => {
    await part.getByText("Off", { exact: true }).waitFor();
    await part.getByRole("button", { name: "Set up an authenticator app" }).click();
    await dialog(page).getByLabel("Your password").fill("not this one");
    await dialog(page).getByRole("button", { name: "Continue" }).click();
    await dialog(page).getByText("That is not your password.").waitFor();
    await dialog(page).getByLabel("Your password").fill(password);
    await dialog(page).getByRole("button", { name: "Continue" }).click();
    const uri = new URL(await readQR(page.getByRole("img", { name: "QR code for your authenticator app" }), site.app.dir));
    key = uri.searchParams.get("secret");
    assert.equal((await page.locator("[data-key]").textContent()).replaceAll(" ", ""), key);
    await fill(page, { "Code that the app shows": wrongCode(key) }, "Turn on");
    await ada.says("That code is not right.");
    await fill(page, { "Code that the app shows": totp(key) }, "Turn on");
    await ada.says("Two-step sign-in is on.");
    await part.getByText("On", { exact: true }).waitFor();
  });
  await suite.test("account: backup codes are shown once, and new ones replace them", async () => {
    const region = page.getByRole("region", { name: "Backup codes" });
    const first = await region.getByRole("listitem").allTextContents();
    assert.equal(new Set(first).size, 10);
    await region.getByRole("button", { name: "I have kept them" }).click();
    await region.waitFor({ state: "detached" });
    await part.getByRole("button", { name: "Create new backup codes" }).click();
    await dialog(page).getByLabel("Your password").fill(password);
    await dialog(page).getByRole("button", { name: "Create new backup codes" }).click();
    const second = await region.getByRole("listitem").allTextContents();
    assert.equal(second.filter((code) => first.includes(code)).length, 0);
    await page.reload();
    await part.getByText("On", { exact: true }).waitFor();
    assert.equal(await region.count(), 0);
  });
  await suite.test("account: it is turned off with the password", async () => {
    await part.getByRole("button", { name: "Turn off" }).click();
    await dialog(page).getByLabel("Your password").fill(password);
    await dialog(page).getByRole("button", { name: "Turn off" }).click();
    await ada.says("Two-step sign-in is off.");
    await part.getByText("Off", { exact: true }).waitFor();
    assert.deepEqual(ada.context.errors, []);
  });
  await ada.context.close();
}

export async function testOrganizationPages(suite, site) {
  const ada = await site.join("org-owner@example.com", "/account/organizations");
  const grace = await site.join("org-member@example.com", "", { name: "Grace Hopper" });
  const { page } = ada;
  await suite.test("account: an organization is created, entered and left as the active one", async () => {
    await ada.says("You are not in an organization yet.");
    await page.getByRole("button", { name: "New organization" }).click();
    await dialog(page).getByLabel("Name", { exact: true }).fill("Analytical Engines Ltd.");
    assert.equal(await dialog(page).getByLabel("Short name for addresses").inputValue(), "analytical-engines-ltd");
    await dialog(page).getByRole("button", { name: "Create" }).click();
    await ada.says("“Analytical Engines Ltd.” is created.");
    const list = page.getByRole("list", { name: "Your organizations" });
    await list.getByText("Active", { exact: true }).waitFor();
    await list.getByRole("button", { name: "Deactivate Analytical Engines Ltd." }).click();
    await ada.says("No organization is active now.");
    await list.getByRole("button", { name: "Switch to Analytical Engines Ltd." }).click();
    await ada.says("“Analytical Engines Ltd.” is now active.");
    await page.getByRole("button", { name: "New organization" }).click();
    await dialog(page).getByLabel("Name", { exact: true }).fill("Analytical Engines Ltd");
    await dialog(page).getByRole("button", { name: "Create" }).click();
    await dialog(page).getByText("There is already an organization with this short name.").waitFor();
    await dialog(page).getByRole("button", { name: "Cancel" }).click();
  });
  await suite.test("account: somebody is invited, accepts on the page, and sees no more than a member may", async () => {
    await page.getByRole("link", { name: "Analytical Engines Ltd." }).click();
    await page.getByRole("heading", { name: "Analytical Engines Ltd.", level: 1 }).waitFor();
    await fill(page, { "E-mail address": "org-member@example.com" }, "Invite");
    await ada.says("org-member@example.com is invited.");
    await grace.open("/account/organizations");
    await grace.says("verify your e-mail address first");
    await site.verify(grace);
    await grace.open("/account/organizations");
    await grace.page.getByRole("button", { name: "Accept the invitation to Analytical Engines Ltd." }).click();
    await grace.says("You are now in “Analytical Engines Ltd.”.");
    await grace.page.getByRole("link", { name: "Analytical Engines Ltd." }).click();
    await grace.part("Members").getByText("org-owner@example.com").waitFor();
    await grace.part("Teams").waitFor();
    for (const title of ["Invitations", "Settings", "Delete organization"]) assert.equal(await grace.part(title).count(), 0, title);
    assert.equal(await grace.page.getByRole("button", { name: /Remove|Change/ }).count(), 0);
  });
  await suite.test("account: a role is changed, a team is made and filled", async () => {
    await page.reload();
    await page.getByLabel("Role of Grace Hopper").selectOption("Admin");
    await ada.says("Grace Hopper now has the role “Admin”.");
    await fill(page, { "Name of the team": "Punch cards" }, "Create team");
    await ada.says("The team “Punch cards” is created.");
    await page.getByRole("button", { name: "Change Punch cards" }).click();
    await dialog(page).getByLabel("Grace Hopper").click();
    await dialog(page).getByText("Grace Hopper is in the team.").waitFor();
    await dialog(page).getByRole("button", { name: "Cancel" }).click();
  });
  await suite.test("account: the only owner cannot leave; a member is removed; the organization is deleted", async () => {
    await ada.open("/account/organizations");
    await page.getByRole("button", { name: "Leave Analytical Engines Ltd." }).click();
    await dialog(page).getByRole("button", { name: "Leave" }).click();
    await dialog(page).getByText("You are the only owner.").waitFor();
    await dialog(page).getByRole("button", { name: "Cancel" }).click();
    await page.getByRole("link", { name: "Analytical Engines Ltd." }).click();
    await page.getByRole("button", { name: "Remove Grace Hopper" }).click();
    await dialog(page).getByRole("button", { name: "Remove" }).click();
    await ada.says("Grace Hopper is no longer a member.");
    await grace.page.reload();
    await grace.says("You are in no such organization.");
    await page.getByRole("button", { name: "Delete organization" }).click();
    await dialog(page).getByRole("button", { name: "Delete organization" }).click();
    await ada.says("You are not in an organization yet.");
    assert.deepEqual([...ada.context.errors, ...grace.context.errors], []);
  });
  await ada.context.close();
  await grace.context.close();
}

export async function testKeyPage(suite, site) {
  const ada = await site.join("keys@example.com", "/account/api-keys");
  const { page } = ada;
  await suite.test("account: an API key is shown once, turned off and on, and deleted", async () => {
    await ada.says("You have no API keys yet.");
    await page.getByLabel("Lifetime").selectOption("365 days");
    await fill(page, { Name: "Backup script" }, "Create key");
    const key = await page.locator("[data-api-key]").textContent();
    assert.match(key, /^\w{64}$/);
    await page.getByRole("button", { name: "I have it" }).click();
    await page.locator("[data-api-key]").waitFor({ state: "detached" });
    await page.reload();
    const row = page.getByRole("list", { name: "API keys" }).getByRole("listitem");
    await row.getByText(`${key.slice(0, 6)}…`).waitFor();
    assert.ok(!(await page.content()).includes(key));
    await row.getByRole("button", { name: "Turn off Backup script" }).click();
    await ada.says("“Backup script” is turned off.");
    await row.getByRole("button", { name: "Turn on Backup script" }).click();
    await ada.says("“Backup script” is turned on.");
    await row.getByRole("button", { name: "Delete Backup script" }).click();
    await dialog(page).getByText("Programs that use this key will be refused at once.").waitFor();
    await dialog(page).getByRole("button", { name: "Delete" }).click();
    await ada.says("“Backup script” is deleted.");
    await ada.says("You have no API keys yet.");
    assert.deepEqual(ada.context.errors, []);
  });
  await ada.context.close();
}

const markup = '<img src=x onerror="alert(1)"><script>alert(2)</script>{{7*7}}';

/** Everything that users name carries markup: it is shown as text, and the policy has nothing to stop. */
export async function testMarkup(suite, site) {
  const ada = await site.join("markup@example.com", "", { name: markup });
  const { page } = ada;
  const inert = async (where, ready) => {
    await ada.open(where);
    await page.getByText(ready).first().waitFor();
    const found = await page.evaluate(() => document.querySelectorAll("#app img, #app script, #app iframe").length);
    assert.equal(found, 0, where);
    assert.ok((await page.locator("#app").innerText()).includes("<img src=x"), where);
  };
  await suite.test("account: attack: markup in the names of users, sessions, organizations, teams, keys and passkeys stays text", async () => {
    const { id: organizationId } = await ada.post("/organization/create", { name: markup, slug: "markup" });
    await ada.post("/organization/create-team", { name: markup, organizationId });
    await ada.post("/organization/invite-member", { email: "victim@example.com", role: "member", organizationId });
    await ada.post("/api-key/create", { name: "<img src=x onerror=alert(3)>" });
    await ada.context.request.post(`${site.url}/api/auth/sign-in/email`, { data: { email: "markup@example.com", password }, headers: { origin: site.url, "user-agent": markup } });
    await ada.post("/update-user", { image: "javascript:alert(4)", favouriteColour: markup });
    await inert("/account", "Favourite colour");
    await inert("/account/sessions", "This device");
    await inert("/account/organizations", "markup");
    await page.getByRole("button", { name: /^Leave/ }).click();
    await dialog(page).getByRole("heading").waitFor();
    await inert(`/account/organizations/${organizationId}`, "victim@example.com");
    await inert("/account/api-keys", "Delete");
    await ada.open("/account/security");
    assert.equal(await page.evaluate(() => document.documentElement.innerHTML.includes("javascript:")), false);
    assert.deepEqual(ada.context.errors, []);
  });
  await suite.test("account: attack: markup in the name of a passkey stays text", async () => {
    await ada.open("/account/security");
    const own = await Device.plug(page);
    await page.getByRole("button", { name: "Add passkey" }).click();
    await page.getByRole("button", { name: /^Rename / }).click();
    await fill(page, { "Name of the passkey": "<img src=x onerror=alert(5)>" }, "Save");
    await ada.says("The passkey is now called “<img src=x onerror=alert(5)>”.");
    await inert("/account/security", "<img src=x onerror=alert(5)>");
    await own.unplug();
    assert.deepEqual(ada.context.errors, []);
  });
  await ada.context.close();
}

export async function testDeletion(suite, site) {
  const ada = await site.join("deletion@example.com", "/account/delete");
  const { page } = ada;
  await suite.test("account: it is deleted with the password, and signing in within the period takes that back", async () => {
    await ada.says("You can come back within 30 days by signing in.");
    await page.getByRole("button", { name: "Delete account" }).click();
    await dialog(page).getByLabel("Your password").fill("not this one");
    await dialog(page).getByRole("button", { name: "Delete account" }).click();
    await dialog(page).getByText("That is not your password.").waitFor();
    await dialog(page).getByLabel("Your password").fill(password);
    await dialog(page).getByRole("button", { name: "Delete account" }).click();
    await page.getByRole("heading", { name: "Your account is deleted" }).waitFor();
    assert.equal(await (await ada.context.request.get(`${site.url}/api/auth/get-session`)).json(), null);
    await ada.post("/sign-in/email", { email: "deletion@example.com", password });
    await ada.open("/account");
    await ada.says("deletion@example.com");
    assert.deepEqual(ada.context.errors, []);
  });
  await ada.context.close();
}

export async function testImpersonation(suite, site) {
  const boss = await site.join("boss@example.com", "", { name: "The Boss" });
  const name = "Grace <img src=x onerror=alert(6)>";
  const target = await site.join("target@example.com", "", { name });
  await suite.test("account: a banner shows that an administrator acts as somebody, and leads back", async () => {
    await site.stop();
    site.config.plugins.admin = { adminUserIds: [boss.user.id] };
    await site.start();
    await boss.post("/admin/impersonate-user", { userId: target.user.id });
    const { page } = boss;
    await boss.open("/account/delete");
    const banner = page.getByRole("complementary", { name: "Impersonation" });
    await banner.getByText(`You are acting as ${name}.`).waitFor();
    await boss.says("cannot delete that account here");
    await banner.getByRole("button", { name: "Stop" }).click();
    await page.waitForURL((url) => url.pathname.startsWith("/console/users/") || url.pathname === "/account");
    const { user } = await (await boss.context.request.get(`${site.url}/api/auth/get-session`)).json();
    assert.equal(user.email, "boss@example.com");
    await boss.open("/account");
    await boss.says("boss@example.com");
    assert.equal(await banner.count(), 0);
    assert.deepEqual(boss.context.errors, []);
  });
  await boss.context.close();
  await target.context.close();
}

/** A server with a password and nothing else shows nothing else. Its pages are below a path. */
export async function testPlain(suite, app) {
  const options = { plugins: {}, user: {}, emailVerification: {}, emailAndPassword: { enabled: true }, mail: undefined, ui: { path: "/auth" } };
  const site = await new PageServer(app).start({ name: "plain", options });
  const ada = await site.join("plain@example.com", "");
  const { page } = ada;
  await suite.test("account: what the configuration does not enable is not shown", async () => {
    await ada.open("/auth/account/security");
    await ada.part("Password").waitFor();
    assert.deepEqual(await page.getByRole("heading").allTextContents(), ["Security", "E-mail address", "Password"]);
    assert.deepEqual(await page.getByRole("navigation", { name: "Security" }).getByRole("link").allTextContents(), ["Profile", "Security", "Sessions"]);
    assert.equal(await ada.part("E-mail address").getByRole("button").count(), 0);
    for (const where of ["/account/organizations", "/account/api-keys", "/account/delete", "/account/nothing"]) {
      await ada.open(`/auth${where}`);
      await ada.says("There is no such page.");
    }
  });
  await suite.test("account: pages below a path link to each other", async () => {
    await page.getByRole("link", { name: "Sessions" }).click();
    await ada.says("This device");
    await page.getByRole("button", { name: "Sign out" }).click();
    await page.waitForURL((url) => url.pathname === "/auth/sign-in");
    await ada.open("/auth/account/sessions");
    await page.waitForURL((url) => url.searchParams.get("redirectTo") === "/auth/account/sessions");
  });
  await suite.test("account: a server that does not answer is no blank page", async () => {
    await page.route("**/get-session*", (route) => route.abort());
    await ada.open("/auth/account");
    await page.getByRole("alert").getByText("The server does not answer at the moment.").waitFor();
    await page.unroute("**/get-session*");
    await page.route("**/get-session*", (route) => route.fulfill({ status: 429, json: {} }));
    await ada.open("/auth/account");
    await page.getByRole("alert").getByText("Too many attempts.").waitFor();
    assert.deepEqual(ada.context.errors, []);
  });
  await ada.context.close();
  await site.end();
}
