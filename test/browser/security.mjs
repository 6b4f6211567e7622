// The security page and what it changes at the sign-in: a second step, passkeys, devices.
import assert from "node:assert/strict";
import { password } from "./app.mjs";
import { readQR, totp, wrongCode } from "./authenticator.mjs";
import { at, fieldNote, fill } from "./flows.mjs";
import { Device } from "./passkeys/site.mjs";

const digits = "2. Enter the six digits that it shows";

/** A person with an account, and the pages of the example. */
export class Member {
  static async join(app, email) {
    const member = new Member();
    const context = await app.signedIn(email);
    return Object.assign(member, { app, email, context, page: await context.newPage() });
  }
  /** The same person in another browser. */
  async elsewhere() {
    const context = await this.app.person();
    return Object.assign(new Member(), { app: this.app, email: this.email, key: this.key, context, page: await context.newPage() });
  }
  async open(path = "/security") {
    await this.page.goto(this.app.url + path, { waitUntil: "networkidle" });
  }
  async signOut() {
    await this.page.getByRole("button", { name: "Sign out" }).click();
    await at(this.page, "/signin");
  }
  /** Gives the password; some land at the second step. */
  async givePassword(lands, next = "") {
    await this.page.goto(`${this.app.url}/signin${next && `?next=${next}`}`);
    await fill(this.page, { "E-mail address": this.email, Password: password }, "Sign in");
    await at(this.page, lands);
  }
  async giveCode(code, { trust = false } = {}) {
    await this.page.getByLabel("Code from your app").fill(code);
    if (trust) await this.page.getByLabel("Trust this browser for 30 days").check();
    await this.page.getByRole("button", { name: "Continue" }).click();
  }
  async giveBackupCode(code) {
    await this.page.getByRole("button", { name: "Use a backup code instead" }).click();
    await this.page.getByLabel("Backup code").fill(code);
    await this.page.getByRole("button", { name: "Continue" }).click();
  }
  async who() {
    return (await (await this.context.request.get(`${this.app.url}/api/auth/get-session`)).json())?.user ?? null;
  }
  card(title) {
    return this.page.locator("section").filter({ has: this.page.getByRole("heading", { name: title, level: 2 }) });
  }
  says(text) {
    return this.page.getByText(text).waitFor();
  }
  backupCodes() {
    return this.page.getByRole("region", { name: "Backup codes" }).getByRole("listitem").allTextContents();
  }
  /** Sets the second step up, and remembers the key. */
  async connectApp() {
    await this.open();
    await this.page.getByRole("button", { name: "Set up an authenticator app" }).click();
    await fill(this.page, { "Your password": password }, "Continue");
    this.key = (await this.page.locator("[data-key]").textContent()).replaceAll(" ", "");
    await fill(this.page, { [digits]: totp(this.key) }, "Turn on");
    await this.says("Two-step sign-in is on.");
  }
}

export async function testTwoFactor(suite, app) {
  const ada = await Member.join(app, "two-step@example.com");
  const { page } = ada;
  const card = ada.card("Two-step sign-in");
  let codes;
  await suite.test("security: setting up two-step sign-in asks for the password", async () => {
    await ada.open();
    await card.getByText("Off", { exact: true }).waitFor();
    await card.getByRole("button", { name: "Set up an authenticator app" }).click();
    await fill(page, { "Your password": "not this one" }, "Continue");
    await ada.says("This is not your current password.");
    assert.deepEqual(await fieldNote(page, "Your password"), { invalid: "true", text: "This is not your current password.", focused: true });
    assert.equal(await page.locator("[data-key]").count(), 0);
  });
  await suite.test("security: the QR code has the key that is shown, the site and the account", async () => {
    await fill(page, { "Your password": password }, "Continue");
    ada.key = (await page.locator("[data-key]").textContent()).replaceAll(" ", "");
    assert.match(ada.key, /^[A-Z2-7]{32,}$/);
    const uri = new URL(await readQR(page.getByRole("img", { name: "QR code for the authenticator app" }), app.dir));
    assert.equal(uri.protocol, "otpauth:");
    assert.equal(decodeURIComponent(uri.pathname.split("/").at(-1)), "Taskbook:two-step@example.com");
    assert.deepEqual([uri.searchParams.get("secret"), uri.searchParams.get("issuer")], [ada.key, "Taskbook"]);
  });
  await suite.test("security: a wrong code turns nothing on, the right one does and shows backup codes", async () => {
    await fill(page, { [digits]: wrongCode(ada.key) }, "Turn on");
    await ada.says("This code is wrong or too old. Enter the one that the app shows now.");
    assert.equal((await fieldNote(page, digits)).focused, true);
    assert.notEqual((await ada.who()).twoFactorEnabled, true);
    const right = totp(ada.key);
    await fill(page, { [digits]: `${right.slice(0, 3)} ${right.slice(3)}` }, "Turn on");
    await ada.says("Two-step sign-in is on.");
    await card.getByText("On", { exact: true }).waitFor();
    assert.equal((await ada.who()).twoFactorEnabled, true);
    codes = await ada.backupCodes();
    assert.equal(new Set(codes).size, 10);
    await page.getByRole("button", { name: "I have kept them" }).click();
    assert.deepEqual(await ada.backupCodes(), []);
    await page.reload();
    await card.getByRole("button", { name: "Turn off" }).waitFor();
    assert.deepEqual(await ada.backupCodes(), []);
  });
  await suite.test("two-step: the password alone signs nobody in; a wrong code neither", async () => {
    await ada.signOut();
    await ada.givePassword("/two-factor", "/tasks");
    assert.equal(await ada.who(), null);
    await ada.giveCode("");
    await ada.says("Enter the code.");
    await ada.giveCode(wrongCode(ada.key));
    await ada.says("This code is wrong or too old.");
    assert.deepEqual(await fieldNote(page, "Code from your app"), { invalid: "true", text: "This code is wrong or too old.", focused: true });
    assert.equal(await ada.who(), null);
    const tab = await ada.context.newPage();
    await tab.goto(`${app.url}/tasks`);
    assert.equal(new URL(tab.url()).pathname, "/signin");
    await tab.close();
  });
  await suite.test("two-step: the code of the app signs in, and leads to the page that was wanted", async () => {
    await ada.giveCode(totp(ada.key));
    await at(page, "/tasks");
    assert.equal((await ada.who()).email, ada.email);
    await ada.signOut();
  });
  await suite.test("two-step: a backup code signs in, once", async () => {
    await ada.givePassword("/two-factor");
    await ada.giveBackupCode(codes[3]);
    await at(page, "/dashboard");
    await ada.signOut();
    await ada.givePassword("/two-factor");
    await ada.giveBackupCode(codes[3]);
    await ada.says("This is none of your backup codes, or it has been used.");
    assert.equal(await ada.who(), null);
  });
  await suite.test("two-step: the app can be used after all; without a mouse, and with trust in the browser", async () => {
    await page.getByRole("button", { name: "Use the app instead" }).press("Enter");
    await page.getByLabel("Code from your app").waitFor();
    await page.waitForFunction(() => document.activeElement?.getAttribute("name") === "code");
    await page.keyboard.type(totp(ada.key));
    await page.keyboard.press("Tab");
    await page.keyboard.press("Space");
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    await at(page, "/dashboard");
  });
  await suite.test("two-step: a trusted browser is not asked again, another one is", async () => {
    await page.getByRole("heading", { name: /Hello/ }).waitFor();
    await ada.signOut();
    await ada.givePassword("/dashboard");
    const other = await ada.elsewhere();
    await other.givePassword("/two-factor");
    assert.equal(await other.who(), null);
    await other.context.close();
  });
  await suite.test("security: new backup codes replace the old ones", async () => {
    await ada.open();
    await card.getByRole("button", { name: "New backup codes" }).click();
    await fill(page, { "Your password": password }, "Create new codes");
    await ada.says("You have new backup codes.");
    const fresh = await ada.backupCodes();
    assert.equal(new Set([...fresh, ...codes]).size, 20);
    const other = await ada.elsewhere();
    await other.givePassword("/two-factor");
    await other.giveBackupCode(codes[4]);
    await other.says("This is none of your backup codes, or it has been used.");
    await other.page.getByLabel("Backup code").fill(fresh[4]);
    await other.page.getByRole("button", { name: "Continue" }).click();
    await at(other.page, "/dashboard");
    await other.context.close();
  });
  await suite.test("security: turned off without a mouse, after which the password is enough", async () => {
    const off = card.getByRole("button", { name: "Turn off" });
    await off.focus();
    await page.keyboard.press("Enter");
    await page.getByText("Your password alone will sign you in again").waitFor();
    await page.keyboard.type("not this one");
    await page.keyboard.press("Enter");
    await ada.says("This is not your current password.");
    assert.equal((await ada.who()).twoFactorEnabled, true);
    await page.keyboard.press("Control+A");
    await page.keyboard.type(password);
    await page.keyboard.press("Enter");
    await ada.says("Two-step sign-in is off.");
    assert.equal(await card.evaluate((section) => section.contains(document.activeElement)), true, "the focus stays in the card");
    const other = await ada.elsewhere();
    await other.givePassword("/dashboard");
    await other.context.close();
  });
  await suite.test("security: who has no password is told to set one first", async () => {
    const member = await Member.join(app, "no-password@example.com");
    await app.postgres.query(`update account set "providerId" = 'example-id' where "userId" = '${member.context.user.id}'`, "app");
    await member.open();
    await member.page.getByRole("button", { name: "Set up an authenticator app" }).click();
    await member.says("This step comes after a password, and you have none.");
    await member.context.close();
  });
  await suite.test("two-step: the page without a sign-in before it says so", async () => {
    const member = await ada.elsewhere();
    await member.open("/two-factor?next=//evil.example/");
    await member.giveCode("123456");
    await member.says("This sign-in is over");
    await member.page.getByRole("link", { name: "Sign in another way" }).click();
    await at(member.page, "/signin");
    assert.equal(new URL(member.page.url()).searchParams.get("next"), "/dashboard");
    await member.context.close();
  });
  await suite.test("security: no script error came up with two-step sign-in", async () => assert.deepEqual(ada.context.errors, []));
  await ada.context.close();
}

export async function testPasskeyPages(suite, app) {
  const grace = await Member.join(app, "keys@example.com");
  const { page } = grace;
  const card = grace.card("Passkeys");
  const row = card.getByRole("listitem");
  const device = await Device.plug(page);
  // A virtual authenticator decides at the beginning of a ceremony whether a person is there.
  const present = (enabled) => device.send("setAutomaticPresenceSimulation", { enabled });
  const lastUse = async () => (await app.postgres.query(`select "lastUsedAt" from passkey where "userId" = '${grace.context.user.id}'`, "app"))[0].lastUsedAt;
  await suite.test("security: a passkey is added, with the name of the browser", async () => {
    await grace.open();
    await card.getByRole("button", { name: "Add a passkey" }).click();
    await grace.says("Your passkey is ready.");
    await row.getByText("Chrome on Linux").waitFor();
    await row.getByText("Not used yet").waitFor();
    assert.equal(await lastUse(), null);
  });
  await suite.test("security: a device that has one already gets no second", async () => {
    await card.getByRole("button", { name: "Add another passkey" }).click();
    await grace.says("This device already has a passkey for your account.");
    assert.equal(await row.count(), 1);
  });
  await suite.test("security: a passkey is renamed, without a mouse", async () => {
    await row.getByRole("button", { name: "Rename Chrome on Linux" }).press("Enter");
    await page.getByLabel("Name of the passkey").waitFor();
    await page.keyboard.press("Control+A");
    await page.keyboard.type("Grace's laptop");
    await page.keyboard.press("Enter");
    await grace.says("The passkey is now called “Grace's laptop”.");
    assert.equal(await card.evaluate((section) => section.contains(document.activeElement)), true, "the focus stays in the card");
    await page.reload();
    await row.getByText("Grace's laptop").waitFor();
  });
  await suite.test("sign-in: the button signs in with the passkey, and its last use is shown", async () => {
    await present(false);
    await grace.signOut();
    assert.equal(await grace.who(), null);
    await present(true);
    await page.getByRole("button", { name: "Continue with a passkey" }).click();
    await at(page, "/dashboard");
    assert.equal((await grace.who()).email, grace.email);
    await grace.open();
    await row.getByText("Last used").waitFor();
    assert.ok(Math.abs((await lastUse()) - Date.now()) < 60_000);
  });
  await suite.test("sign-in: the address field offers the passkey, and choosing it signs in", async () => {
    await present(false);
    await grace.signOut();
    assert.equal(await page.getByLabel("E-mail address").getAttribute("autocomplete"), "username webauthn");
    assert.equal(await grace.who(), null, "nobody has chosen yet");
    await present(true);
    await page.goto(`${app.url}/signin?next=%2Ftasks`);
    await at(page, "/tasks");
    assert.equal((await grace.who()).email, grace.email);
  });
  await suite.test("sign-in: the offer is renewed before the server forgets it", async () => {
    const other = await grace.elsewhere();
    let asked = 0;
    other.page.on("request", (request) => request.url().includes("/passkey/generate-authenticate-options") && asked++);
    await other.page.clock.install();
    await other.open("/signin");
    await other.page.waitForFunction(() => document.querySelector("input[autocomplete$=webauthn]"));
    assert.equal(asked, 1);
    const again = other.page.waitForRequest(/generate-authenticate-options/);
    await other.page.clock.fastForward("04:05");
    await again;
    assert.equal(asked, 2);
    await other.context.close();
  });
  await suite.test("sign-in: a PIN that is wrong signs nobody in, and says so", async () => {
    await present(false);
    await grace.signOut();
    await present(true);
    await device.send("setUserVerified", { isUserVerified: false });
    await page.getByRole("button", { name: "Continue with a passkey" }).click();
    await grace.says("Nobody was signed in.");
    assert.equal(await grace.who(), null);
    await device.send("setUserVerified", { isUserVerified: true });
    await page.getByRole("button", { name: "Continue with a passkey" }).click();
    await at(page, "/dashboard");
  });
  await suite.test("security: a session that is a day old adds no passkey", async () => {
    await app.postgres.query(`update session set "createdAt" = now() - interval '2 days' where "userId" = '${grace.context.user.id}'`, "app");
    await grace.context.clearCookies({ name: "better-auth.session_data" });
    await grace.open();
    await card.getByRole("button", { name: "Add another passkey" }).click();
    await grace.says("Sign in again to add a passkey.");
  });
  await suite.test("security: removing a passkey asks first; then it signs nobody in", async () => {
    await row.getByRole("button", { name: "Remove Grace's laptop" }).press("Enter");
    await grace.says("It will no longer sign you in.");
    await page.keyboard.press("Enter"); // the focus is on the harmless answer
    await row.getByRole("button", { name: "Remove Grace's laptop" }).click();
    await row.getByRole("button", { name: "Remove passkey" }).click();
    await grace.says("The passkey is removed.");
    assert.equal(await row.count(), 0);
    await present(false);
    await grace.signOut();
    await present(true);
    await page.getByRole("button", { name: "Continue with a passkey" }).click();
    await grace.says("This passkey is not known here.");
    assert.equal(await grace.who(), null);
  });
  await suite.test("security: no script error came up with passkeys", async () => assert.deepEqual(grace.context.errors, []));
  await grace.context.close();
}

export async function testDevices(suite, app) {
  await suite.test("security: the devices are listed, and another one is signed out", async () => {
    const member = await Member.join(app, "devices@example.com");
    const other = await member.elsewhere();
    await other.givePassword("/dashboard");
    await member.open();
    const rows = member.card("Devices").getByRole("listitem");
    await rows.getByText("This browser").waitFor();
    assert.equal(await rows.count(), 2);
    await rows.getByRole("button", { name: "End session" }).click();
    await rows.nth(1).waitFor({ state: "detached" });
    await other.page.reload();
    await at(other.page, "/signin");
    await Promise.all([member.context.close(), other.context.close()]);
  });
}

/** What was set up here works on the reference, with the column lastUsedAt in its table, and here again. */
export async function testFactorsOnBoth(suite, app) {
  await suite.test("swap: two-step sign-in and a passkey from here work on the reference", async () => {
    const member = await Member.join(app, "both@example.com");
    const { page } = member;
    const device = await Device.plug(page);
    const present = (enabled) => device.send("setAutomaticPresenceSimulation", { enabled });
    await member.connectApp();
    const backup = await member.backupCodes();
    await page.getByRole("button", { name: "Add a passkey" }).click();
    await member.says("Your passkey is ready.");
    await present(false);
    await member.signOut();
    await present(true);
    await page.getByRole("button", { name: "Continue with a passkey" }).click();
    await at(page, "/dashboard");
    await present(false);
    await member.signOut();
    const used = async () => (await app.postgres.query(`select "lastUsedAt", counter from passkey where "userId" = '${member.context.user.id}'`, "app"))[0];
    const before = await used();
    await app.auth.stop();
    await app.startReference();
    await member.givePassword("/two-factor");
    await member.giveCode(totp(member.key));
    await at(page, "/dashboard");
    await member.signOut();
    await member.givePassword("/two-factor");
    await member.giveBackupCode(backup[0]);
    await at(page, "/dashboard");
    await member.signOut();
    await present(true);
    await page.getByRole("button", { name: "Continue with a passkey" }).click();
    await at(page, "/dashboard");
    await present(false);
    const second = await Device.plug(page, { transport: "usb" });
    await device.unplug();
    await member.open();
    await page.getByRole("button", { name: "Add another passkey" }).click();
    await member.says("Your passkey is ready.");
    await second.send("setAutomaticPresenceSimulation", { enabled: false });
    await member.signOut();
    const rows = await app.postgres.query(`select "lastUsedAt", counter from passkey where "userId" = '${member.context.user.id}' order by "createdAt"`, "app");
    assert.deepEqual(rows[0].lastUsedAt, before.lastUsedAt, "the reference does not write it");
    assert.ok(rows[0].counter > before.counter);
    assert.equal(rows[1].lastUsedAt, null);
    await app.reference.stop();
    await app.startAuth();
    await page.reload();
    await member.givePassword("/two-factor");
    await member.giveBackupCode(backup[0]);
    await member.says("This is none of your backup codes, or it has been used.");
    await second.send("setAutomaticPresenceSimulation", { enabled: true });
    await member.open("/signin");
    await page.getByRole("button", { name: "Continue with a passkey" }).click();
    await at(page, "/dashboard");
    await member.open();
    await page.getByRole("list", { name: "Passkeys" }).getByText("Last used").nth(1).waitFor();
    await member.context.close();
  });
}
