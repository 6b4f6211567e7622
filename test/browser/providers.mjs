// Signing in with a provider, and having one beside a password.
import assert from "node:assert/strict";
import { password } from "./app.mjs";
import { at, fill } from "./flows.mjs";

/** Says who one is at the provider. */
export async function consent(page, email, { name = "Charles Babbage", confirmed = true, answer = "Continue" } = {}) {
  await page.getByRole("heading", { name: "Example ID" }).waitFor();
  await page.getByLabel("Name", { exact: true }).fill(name);
  await page.getByLabel("E-mail address").fill(email);
  await page.getByLabel("Example ID has confirmed this address").setChecked(confirmed);
  await page.getByRole("button", { name: answer }).click();
}

const userOf = async (app, context) => (await (await context.request.get(`${app.url}/api/auth/get-session`)).json())?.user;
const leave = async (page) => {
  await page.getByRole("button", { name: "Sign out" }).click();
  await at(page, "/signin");
};
const start = async (app, page, where = "/signin") => {
  await page.goto(app.url + where);
  await page.getByRole("button", { name: "Continue with Example ID" }).click();
};

export async function testProvider(suite, app) {
  const context = await app.person();
  const page = await context.newPage();
  let first;
  await suite.test("provider: continuing with it makes an account, and is the way back into it", async () => {
    await start(app, page, "/signup");
    await consent(page, "charles@example.com");
    await at(page, "/dashboard");
    await page.getByRole("heading", { name: "Hello, Charles Babbage" }).waitFor();
    first = await userOf(app, context);
    assert.deepEqual([first.email, first.emailVerified], ["charles@example.com", true]);
    await leave(page);
    await start(app, page, "/tasks");
    await consent(page, "charles@example.com");
    await at(page, "/tasks");
    assert.equal((await userOf(app, context)).id, first.id);
    await leave(page);
  });
  await suite.test("provider: who cancels there is told so here, and is nobody", async () => {
    await start(app, page);
    await consent(page, "charles@example.com", { answer: "Cancel" });
    await at(page, "/signin");
    await page.getByText("You cancelled at the provider.").waitFor();
    assert.equal(await userOf(app, context), undefined);
  });
  await suite.test("provider: an address that somebody has here, unconfirmed, is not taken over", async () => {
    const owner = await app.signedIn("owner@example.com");
    await start(app, page);
    await consent(page, "owner@example.com");
    await at(page, "/signin");
    await page.getByText("There is already an account with this address.").waitFor();
    assert.equal(await userOf(app, context), undefined);
    await owner.close();
  });
  await suite.test("provider: a callback that another browser began is refused", async () => {
    await start(app, page);
    await page.getByRole("heading", { name: "Example ID" }).waitFor();
    const other = await app.person();
    const victim = await other.newPage();
    await victim.goto(page.url());
    await consent(victim, "charles@example.com");
    await victim.waitForURL(/error=state_mismatch/);
    assert.equal(await userOf(app, other), undefined);
    await other.close();
    assert.deepEqual(context.errors, []);
  });
  await context.close();
}

export async function testLinking(suite, app) {
  const context = await app.signedIn("linker@example.com");
  const page = await context.newPage();
  const row = (name) => page.getByRole("list", { name: "Ways to sign in" }).getByRole("listitem").filter({ hasText: name });
  const link = async (email, options) => {
    await page.goto(`${app.url}/security`);
    await page.getByRole("button", { name: "Link Example ID" }).click();
    await consent(page, email, options);
    await at(page, "/security");
  };

  await suite.test("linking: another address than the account's is refused, and said so", async () => {
    await link("somebody@example.com");
    await page.getByText("The provider knows you by another e-mail address").waitFor();
    await row("Example ID").getByText("Not linked").waitFor();
  });
  await suite.test("linking: the provider is linked, and then leads into the same account", async () => {
    await link("linker@example.com");
    await row("Example ID").getByText("Linked", { exact: true }).waitFor();
    await row("Password").getByText("Set", { exact: true }).waitFor();
    await leave(page);
    await start(app, page);
    await consent(page, "linker@example.com");
    await at(page, "/dashboard");
    assert.equal((await userOf(app, context)).id, context.user.id);
  });
  await suite.test("unlinking: the provider leads there no more, the password does", async () => {
    await page.goto(`${app.url}/security`);
    await page.getByRole("button", { name: "Unlink Example ID" }).click();
    await page.getByText("Example ID is no longer linked.").waitFor();
    await row("Example ID").getByText("Not linked").waitFor();
    const rows = await app.postgres.query(`select "providerId" from account where "userId" = '${context.user.id}'`, "app");
    assert.deepEqual(rows.map((r) => r.providerId), ["credential"]);
    await leave(page);
    await fill(page, { "E-mail address": "linker@example.com", Password: password }, "Sign in");
    await at(page, "/dashboard");
  });
  await context.close();

  await suite.test("unlinking: the only way in stays; with a password set by mail it may go", async () => {
    const guest = await app.person();
    const view = await guest.newPage();
    await start(app, view);
    await consent(view, "guest@example.com", { name: "Guest" });
    await at(view, "/dashboard");
    await view.goto(`${app.url}/security`);
    await view.getByRole("button", { name: "Unlink Example ID" }).click();
    await view.getByText("This is the only way into your account.").waitFor();
    await view.getByRole("button", { name: "Set a password" }).click();
    await view.getByText("A link to set a password is on its way").waitFor();
    await view.goto((await app.inbox.wait("guest@example.com", "reset-password")).url);
    await fill(view, { "New password": password }, "Set password");
    // Setting it ended every session.
    await at(view, "/signin");
    await fill(view, { "E-mail address": "guest@example.com", Password: password }, "Sign in");
    await at(view, "/dashboard");
    await view.goto(`${app.url}/security`);
    await view.getByRole("button", { name: "Unlink Example ID" }).click();
    await view.getByText("Example ID is no longer linked.").waitFor();
    assert.deepEqual(guest.errors, []);
    await guest.close();
  });
}
