// Organizations: several people in one, invitations by mail, roles, teams; and a person's API keys.
import assert from "node:assert/strict";
import { password } from "./app.mjs";
import { at, fill } from "./flows.mjs";
import { Member } from "./security.mjs";

const card = (page, title) => page.locator("section").filter({ has: page.getByRole("heading", { name: title, level: 2 }) });
const switcher = (page) => page.getByRole("combobox", { name: "Organization" });
const says = (page, text) => page.getByText(text).first().waitFor();

async function invite(owner, email, role = "Member") {
  const form = card(owner.page, "Invitations");
  await form.getByLabel("Role of the person").selectOption(role);
  await fill(owner.page, { "E-mail address of the person": email }, "Invite");
  await says(owner.page, `An invitation is on its way to ${email}.`);
}

/** The state of a browser whose user is in an organization with members, invitations and a team, and has API keys. */
export async function prepareOrganization(app) {
  const owner = await app.signedIn("crew@organizations.example.com");
  const caller = (context) => async (path, data) => {
    const answer = await context.request.post(`${app.url}/api/auth${path}`, { data, headers: { origin: app.url } });
    assert.ok(answer.ok(), `${path}: ${answer.status()} ${await answer.text()}`);
    return answer.json();
  };
  const post = caller(owner);
  const { id: organizationId } = await post("/organization/create", { name: "Analytical Engines Ltd.", slug: "looks" });
  await post("/organization/set-active", { organizationId });
  for (const [name, email, role] of [["Grace Hopper", "hopper@organizations.example.com", "admin"], ["Charles Babbage of the Difference Engine, Turner and Mathematician", "a-very-long-address-of-somebody-with-patience@engines.organizations.example.com", "member"]]) {
    const context = await app.signedIn(email);
    await caller(context)("/update-user", { name });
    const { id: invitationId } = await post("/organization/invite-member", { email, role, organizationId });
    await caller(context)("/organization/accept-invitation", { invitationId });
    await context.close();
  }
  await post("/organization/invite-member", { email: "mary@engines.organizations.example.com", role: "member", organizationId });
  const team = await post("/organization/create-team", { name: "Punch cards", organizationId });
  await post("/organization/add-team-member", { teamId: team.id, userId: owner.user.id });
  await post("/api-key/create", { name: "Backup script", expiresIn: 90 * 86_400 });
  const { id: keyId } = await post("/api-key/create", { name: "Old machine" });
  await post("/api-key/update", { keyId, enabled: false });
  const state = await owner.storageState();
  await owner.close();
  return state;
}

export async function testOrganizations(suite, app) {
  const ada = await Member.join(app, "owner@organizations.example.com");
  const { page } = ada;
  let link, grace;

  await suite.test("organization: creating one makes its creator the owner and opens it", async () => {
    await ada.open("/organization");
    await fill(page, { Name: "" }, "Create organization");
    await says(page, "Give it a name.");
    await page.getByLabel("Name", { exact: true }).fill("Analytical Engines Ltd.");
    assert.equal(await page.getByLabel("Address", { exact: true }).inputValue(), "analytical-engines-ltd");
    await page.getByRole("button", { name: "Create organization" }).click();
    await page.getByRole("heading", { name: "Analytical Engines Ltd.", level: 1 }).waitFor();
    await says(page, "You are owner here.");
    await card(page, "Members").getByText("owner@organizations.example.com").waitFor();
  });
  await suite.test("organization: an address that is taken is refused", async () => {
    const other = await Member.join(app, "second@organizations.example.com");
    await other.open("/organization");
    await fill(other.page, { Name: "Another", Address: "analytical-engines-ltd" }, "Create organization");
    await says(other.page, "There is already an organization with this address.");
    await other.context.close();
  });
  await suite.test("organization: the switcher leads out of it and back", async () => {
    await switcher(page).selectOption("Personal");
    await page.getByRole("heading", { name: "New organization" }).waitFor();
    await switcher(page).selectOption("Analytical Engines Ltd.");
    await page.getByRole("heading", { name: "Analytical Engines Ltd.", level: 1 }).waitFor();
    await page.reload();
    await page.getByRole("heading", { name: "Analytical Engines Ltd.", level: 1 }).waitFor();
  });
  await suite.test("organization: an invitation comes by mail", async () => {
    await fill(page, { "E-mail address of the person": "nobody" }, "Invite");
    await says(page, "This is not an e-mail address.");
    await invite(ada, "grace@organizations.example.com");
    const mail = await app.inbox.wait("grace@organizations.example.com", "invitation");
    assert.match(mail.subject, /Analytical Engines Ltd\./);
    assert.equal(new URL(mail.url).origin, app.url);
    link = mail.url;
    await card(page, "Invitations").getByRole("list", { name: "Open invitations" }).getByText("grace@organizations.example.com").waitFor();
    await fill(page, { "E-mail address of the person": "grace@organizations.example.com" }, "Invite");
    await says(page, "This person is already invited.");
  });
  await suite.test("organization: somebody else cannot use the link", async () => {
    const other = await Member.join(app, "stranger@organizations.example.com");
    await other.page.goto(link);
    await says(other.page, "This invitation was sent to another address.");
    await other.context.close();
  });
  await suite.test("organization: a new person opens the link, signs up and joins", async () => {
    const context = await app.person();
    grace = { context, page: await context.newPage() };
    await grace.page.goto(link);
    await at(grace.page, "/signin");
    await grace.page.getByRole("link", { name: "Create an account" }).click();
    await fill(grace.page, { Name: "Grace Hopper", "E-mail address": "grace@organizations.example.com", Password: password }, "Create account");
    await grace.page.getByRole("heading", { name: "Join Analytical Engines Ltd." }).waitFor();
    await says(grace.page, "owner@organizations.example.com invites you as member.");
    await grace.page.getByRole("button", { name: "Join" }).click();
    await at(grace.page, "/organization");
    await says(grace.page, "You are member here.");
  });
  await suite.test("organization: a member sees the others and changes nothing", async () => {
    await card(grace.page, "Members").getByText("owner@organizations.example.com").waitFor();
    for (const name of ["Invite", "Add team", "Save name", "Delete organization"]) assert.equal(await grace.page.getByRole("button", { name, exact: true }).count(), 0, name);
    assert.equal(await grace.page.getByRole("combobox", { name: /^Role of/ }).count(), 0);
  });
  await suite.test("organization: a link works once", async () => {
    await grace.page.goto(link);
    await says(grace.page, "This invitation is over");
  });
  await suite.test("organization: a new role is there at once", async () => {
    await page.reload();
    await page.getByLabel("Role of Grace Hopper").selectOption("Admin");
    await says(page, "Grace Hopper is now admin.");
    await grace.page.goto(`${app.url}/organization`);
    await says(grace.page, "You are admin here.");
    await grace.page.getByRole("button", { name: "Invite", exact: true }).waitFor();
    assert.equal(await grace.page.getByRole("button", { name: "Remove Ada Lovelace" }).count(), 0);
  });
  await suite.test("organization: a withdrawn invitation is over", async () => {
    await invite(ada, "late@organizations.example.com", "Admin");
    const { url } = await app.inbox.wait("late@organizations.example.com", "invitation");
    await page.getByRole("button", { name: "Withdraw the invitation of late@organizations.example.com" }).click();
    await says(page, "The invitation of late@organizations.example.com is withdrawn.");
    const late = await Member.join(app, "late@organizations.example.com");
    await late.page.goto(url);
    await says(late.page, "This invitation is over");
    await late.context.close();
  });
  await suite.test("organization: an invitation can be declined from the page", async () => {
    await invite(ada, "shy@organizations.example.com");
    const shy = await Member.join(app, "shy@organizations.example.com");
    // Only somebody with a verified address sees the invitations that were sent to it.
    await app.postgres.query(`update "user" set "emailVerified" = true where email = 'shy@organizations.example.com'`, "app");
    await shy.context.clearCookies({ name: "better-auth.session_data" });
    await shy.open("/organization");
    await card(shy.page, "You are invited").getByText("Analytical Engines Ltd.").waitFor();
    await shy.page.getByRole("link", { name: "Look at it" }).click();
    await shy.page.getByRole("button", { name: "No, thank you" }).click();
    await at(shy.page, "/organization");
    await shy.page.getByRole("heading", { name: "New organization" }).waitFor();
    await shy.context.close();
  });
  await suite.test("teams: one is created, filled, renamed and removed", async () => {
    const teams = card(page, "Teams");
    await page.reload();
    await fill(page, { "Name of a new team": "Punch cards" }, "Add team");
    await says(page, "The team “Punch cards” is there.");
    await teams.getByRole("button", { name: "Change Punch cards" }).click();
    await teams.getByLabel("Grace Hopper").click(); // it is checked once the server has answered
    await says(page, "Grace Hopper is now in “Punch cards”.");
    await fill(page, { "Name of the team": "Loom" }, "Save team name");
    await says(page, "The team is now called “Loom”.");
    await teams.getByRole("listitem").filter({ hasText: "Loom" }).getByText("Grace Hopper").waitFor();
    await teams.getByRole("button", { name: "Remove Loom" }).click();
    await teams.getByRole("button", { name: "Remove team" }).click();
    await says(page, "The team “Loom” is removed.");
  });
  await suite.test("organization: the only owner cannot leave it", async () => {
    await page.getByRole("button", { name: "Leave organization" }).click();
    await page.getByRole("button", { name: "Leave Analytical Engines Ltd." }).click();
    await says(page, "You are the only owner.");
  });
  await suite.test("organization: a removed member is out at once", async () => {
    await page.getByRole("button", { name: "Remove Grace Hopper" }).click();
    await says(page, "They will lose access at once.");
    await page.getByRole("button", { name: "Remove member" }).click();
    await says(page, "Grace Hopper is no longer a member.");
    await grace.page.goto(`${app.url}/organization`);
    await grace.page.getByRole("heading", { name: "New organization" }).waitFor();
    assert.equal(await switcher(grace.page).count(), 0);
  });
  await suite.test("organization: the owner renames and deletes it", async () => {
    await fill(page, { "Name of the organization": "Engines & Sons" }, "Save name");
    await page.getByRole("heading", { name: "Engines & Sons", level: 1 }).waitFor();
    await page.getByRole("button", { name: "Delete organization" }).click();
    await says(page, "This cannot be undone.");
    await page.getByRole("button", { name: "Delete Engines & Sons" }).click();
    await page.getByRole("heading", { name: "New organization" }).waitFor();
    assert.deepEqual([...ada.context.errors, ...grace.context.errors], []);
  });
  await Promise.all([ada.context.close(), grace?.context.close()]);
}

export async function testKeys(suite, app) {
  const ada = await Member.join(app, "keys@organizations.example.com");
  const { page } = ada;
  let key;
  await suite.test("keys: a new key is shown once", async () => {
    await ada.open("/keys");
    await says(page, "No keys yet.");
    await fill(page, { "Name of a new key": "" }, "Create key");
    await says(page, "Give the key a name");
    await page.getByLabel("Lifetime").selectOption("One year");
    await fill(page, { "Name of a new key": "Backup script" }, "Create key");
    key = await page.locator("[data-api-key]").textContent();
    assert.match(key, /^\w{64}$/);
    await page.getByRole("list", { name: "API keys" }).getByText("Backup script").waitFor();
    await page.getByRole("button", { name: "I have it" }).click();
    assert.equal(await page.getByText(key).count(), 0);
    await page.reload();
    const row = page.getByRole("list", { name: "API keys" }).getByRole("listitem");
    await row.getByText(`${key.slice(0, 6)}…`).waitFor();
    assert.ok(!(await page.content()).includes(key));
  });
  await suite.test("keys: one is switched off and on", async () => {
    await page.getByRole("button", { name: "Switch off Backup script" }).click();
    await says(page, "“Backup script” is switched off.");
    await page.getByRole("list", { name: "API keys" }).getByText("Off", { exact: true }).waitFor();
    await page.getByRole("button", { name: "Switch on Backup script" }).click();
    await says(page, "“Backup script” is switched on.");
  });
  await suite.test("keys: one is deleted", async () => {
    await page.getByRole("button", { name: "Delete Backup script" }).click();
    await says(page, "Programs that use it will be refused.");
    await page.getByRole("button", { name: "Delete key" }).click();
    await says(page, "“Backup script” is deleted.");
    await says(page, "No keys yet.");
    assert.deepEqual(ada.context.errors, []);
  });
  await ada.context.close();
}
