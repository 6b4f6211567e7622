// The account pages under other settings: confirmations by mail, sign-ins that are too old, users without a password, less than everything.
import assert from "node:assert/strict";
import { password } from "./app.mjs";
import { fill } from "./flows.mjs";
import { sleep } from "./processes.mjs";
import { dialog, PageServer } from "./ui-account-site.mjs";

const linkIn = (message) => message.text.match(/https?:\S+/)[0];

export async function testOtherSettings(suite, app) {
  const site = new PageServer(app);
  const otp = { webhook: `${(await site.openInbox()).url}` };
  await site.start({
    name: "other",
    options: {
      session: { freshAge: 2 },
      user: { changeEmail: { enabled: true, sendChangeEmailConfirmation: "mail" }, deleteUser: { enabled: true, sendDeleteAccountVerification: "mail" } },
      plugins: {
        "magic-link": { sendMagicLink: "mail" }, username: { immutableUsername: true }, "two-factor": { otpOptions: { sendOTP: otp } }, passkey: {},
        organization: { allowUserToCreateOrganization: false, disableOrganizationDeletion: true }, "api-key": { configurations: [{ requireName: true, keyExpiration: { disableCustomExpiresTime: true } }] },
      },
    },
  });
  try {
    await testConfirmations(suite, site);
    await testPasswordless(suite, site);
    await testStale(suite, site);
  } finally {
    await site.end();
  }
  await testStateless(suite, app);
}

async function testStateless(suite, app) {
  await suite.test("account: without a database, a session outlives the server in its cookie", async () => {
    const options = { database: "none", plugins: {}, user: {}, emailVerification: {}, emailAndPassword: { enabled: true }, mail: undefined };
    const site = await new PageServer(app).start({ name: "stateless", options });
    const ada = await site.join("stateless@example.com");
    await ada.says("stateless@example.com");
    await site.stop();
    await site.start({ name: "stateless" });
    await ada.open("/account");
    await ada.says("stateless@example.com");
    assert.deepEqual(ada.context.errors, []);
    await ada.context.close();
    await site.end();
  });
}

async function testConfirmations(suite, site) {
  const ada = await site.join("confirm@example.com", "");
  const { page } = ada;
  await suite.test("account: the present address confirms a change before the new one", async () => {
    await site.verify(ada);
    await ada.open("/account/security");
    const part = ada.part("E-mail address");
    await part.getByRole("button", { name: "Change" }).click();
    await fill(page, { "New e-mail address": "new@example.com" }, "Change address");
    await ada.says("A link is on its way to confirm@example.com, your present address.");
    await page.goto(linkIn(await site.inbox.wait("confirm@example.com", "change-email")));
    await part.getByText("confirm@example.com").waitFor();
    await page.goto(linkIn(await site.inbox.wait("new@example.com", "verify-email")));
    await part.getByText("new@example.com").waitFor();
  });
  await suite.test("account: a username that cannot be changed is chosen once", async () => {
    const part = ada.part("Username");
    await part.getByRole("button", { name: "Choose one" }).click();
    await part.getByText("it cannot be changed later").waitFor();
    await fill(page, { "Your username": "ada" }, "Save");
    await ada.says("Your username is saved.");
    assert.equal(await part.getByRole("button").count(), 0);
  });
  await suite.test("account: codes that are sent are a second factor", async () => {
    const part = ada.part("Two-step sign-in");
    await part.getByRole("button", { name: "Use codes that we send" }).click();
    await dialog(page).getByLabel("Your password").fill(password);
    await dialog(page).getByRole("button", { name: "Turn on" }).click();
    await ada.says("Two-step sign-in is on. The next time you sign in, we send you a code.");
  });
  await suite.test("account: who may not create organizations or choose a lifetime is not offered it; a key needs its name", async () => {
    await ada.open("/account/organizations");
    await ada.says("You are not in an organization yet.");
    assert.equal(await page.getByRole("button", { name: "New organization" }).count(), 0);
    await ada.open("/account/api-keys");
    await ada.says("You have no API keys yet.");
    assert.equal(await page.getByLabel("Lifetime").count(), 0);
    await page.getByRole("button", { name: "Create key" }).click();
    assert.equal(await page.getByLabel("Name", { exact: true }).evaluate((input) => input.validity.valueMissing), true);
  });
  await suite.test("account: with a link, nothing is deleted before it is opened", async () => {
    await ada.open("/account/delete");
    await page.getByRole("button", { name: "Delete account" }).click();
    await dialog(page).getByLabel("Your password").fill(password);
    await dialog(page).getByRole("button", { name: "Delete account" }).click();
    await ada.says("Open it in this browser to delete your account.");
    await ada.open("/account");
    await ada.says("new@example.com");
    await page.goto(linkIn(await site.inbox.wait("new@example.com", "delete-account")));
    await page.waitForURL((url) => url.pathname === "/sign-in");
    const answer = await ada.context.request.post(`${site.url}/api/auth/sign-in/email`, { data: { email: "new@example.com", password }, headers: { origin: site.url } });
    assert.equal(answer.status(), 401);
    assert.deepEqual(ada.context.errors, []);
  });
  await ada.context.close();
}

async function testPasswordless(suite, site) {
  await suite.test("account: somebody without a password can set one, and is told what needs one", async () => {
    const context = await site.person();
    await site.post(context, "/sign-in/magic-link", { email: "magic@example.com" });
    await context.request.get(linkIn(await site.inbox.wait("magic@example.com", "magic-link")));
    const magic = await site.at(context, "/account/security", { email: "magic@example.com" });
    await magic.part("Two-step sign-in").getByText("This step comes after a password").waitFor();
    await magic.part("Password").getByText("You have no password.").waitFor();
    await magic.page.getByRole("button", { name: "Send link to set one" }).click();
    await magic.says("A link to set a password is on its way to magic@example.com.");
    const url = new URL(linkIn(await site.inbox.wait("magic@example.com", "reset-password")));
    assert.ok(decodeURIComponent(url.search).includes("/reset-password"), String(url));
    await magic.open("/account/delete");
    await magic.page.getByRole("button", { name: "Delete account" }).click();
    await dialog(magic.page).getByText("Opening it deletes your account.").waitFor();
    assert.equal(await dialog(magic.page).getByLabel("Your password").count(), 0);
    await dialog(magic.page).getByRole("button", { name: "Cancel" }).click();
    assert.deepEqual(context.errors, []);
    await context.close();
  });
}

async function testStale(suite, site) {
  await suite.test("account: a sign-in that is too old can be repeated there and then", async () => {
    const ada = await site.join("stale@example.com", "");
    await sleep(2500);
    await ada.open("/account/sessions");
    await ada.says("You signed in a while ago.");
    await ada.page.getByRole("button", { name: "Sign in again" }).click();
    await ada.page.waitForURL((url) => url.pathname === "/sign-in");
    assert.equal(new URL(ada.page.url()).searchParams.get("redirectTo"), "/account/sessions");
    assert.equal(await (await ada.context.request.get(`${site.url}/api/auth/get-session`)).json(), null);
    assert.deepEqual(ada.context.errors, []);
    await ada.context.close();
  });
}
