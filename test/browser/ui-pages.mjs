// The pages of the binary before somebody is signed in, against `betterauth serve` on SQLite: every way to sign in, signing up, a new password,
// the second factor, invitations, devices, the same without scripts, in German, and what they look like.
import assert from "node:assert/strict";
import { mkdir } from "node:fs/promises";
import path from "node:path";
import { totp, wrongCode } from "./authenticator.mjs";
import { fieldNote } from "./flows.mjs";
import { Device } from "./passkeys/site.mjs";
import { testPagesLooks } from "./ui-pages/looks.mjs";
import { everything } from "./ui-pages/settings.mjs";
import { Hosted, look, password, Visitor } from "./ui-pages/site.mjs";
import { testCodes, testGate, testStrict } from "./ui-pages/strict.mjs";

const ada = { Name: "Ada Lovelace", "E-mail address": "ada@example.com", Password: password };

export async function testPages(suite, app, images) {
  const site = await Hosted.start(app, "pages", everything, { provider: true });
  const open = (options) => Visitor.come(app, site, options);
  try {
    await testPassword(suite, open);
    await testMessages(suite, open, site);
    await testFactor(suite, open, site);
    await testPasskey(suite, open);
    await testProvider(suite, open);
    await testInvitation(suite, open, site);
    await testDevice(suite, open, site);
    await mkdir(images, { recursive: true });
    await testPlain(suite, open, images);
    await testAddresses(suite, open);
    await testPagesLooks(suite, app, site, images);
  } finally {
    await site.stop();
  }
  await testStrict(suite, app);
  await testGate(suite, app);
  await testCodes(suite, app);
}

async function testPassword(suite, open) {
  const visitor = await open();
  const { page } = visitor;
  await suite.test("pages: signing up refuses mistakes at their fields", async () => {
    await visitor.open("/sign-up?redirectTo=%2Fsign-in%3Fnow");
    await visitor.fill({}, "Create account");
    assert.deepEqual(await fieldNote(page, "Name"), { invalid: "true", text: "Please fill in this field.", focused: true });
    await visitor.fill({ ...ada, Username: "countess", Password: "short" }, "Create account");
    await visitor.says("Use at least 8 characters.");
    assert.equal((await fieldNote(page, "Password")).focused, true);
    await visitor.fill({ "E-mail address": "ada", Password: password }, "Create account");
    await visitor.says("This is not an e-mail address.");
  });
  await suite.test("pages: signing up signs in and leads to the wanted page", async () => {
    await visitor.fill({ "E-mail address": "ada@example.com" }, "Create account");
    await page.waitForURL((url) => url.search === "?now");
    await visitor.says("You are signed in as ada@example.com.");
    assert.equal(await visitor.who(), "ada@example.com");
  });
  await suite.test("pages: signing in with the keyboard only, by address and by username", async () => {
    for (const who of ["ada@example.com", "Countess"]) {
      await visitor.signOut();
      await visitor.open("/sign-in?redirectTo=%2Fdevice");
      await page.getByLabel("E-mail address or username").focus();
      await page.keyboard.type(who);
      for (let i = 0; i < 2; i++) await page.keyboard.press("Tab");
      await page.keyboard.type("wrong password");
      await page.keyboard.press("Enter");
      await page.getByRole("alert").filter({ hasText: "is wrong." }).waitFor();
      await page.getByLabel("Password", { exact: true }).fill(password);
      await page.keyboard.press("Enter");
      await visitor.at("/device");
    }
  });
  await suite.test("pages: the way that was used last is marked", async () => {
    await visitor.signOut();
    await visitor.open("/sign-in");
    await visitor.says("You signed in with your password last time.");
    visitor.fine();
  });
  await visitor.close();
}

async function testMessages(suite, open, site) {
  const visitor = await open();
  const { page } = visitor;
  await suite.test("pages: a forgotten password is set again by the link in the mail, once", async () => {
    await visitor.open("/sign-in");
    await page.getByRole("link", { name: "Forgot your password?" }).click();
    await visitor.fill({ "E-mail address": "ada@example.com" }, "Send me a link");
    await visitor.says("If ada@example.com has an account here");
    const { url } = await site.inbox.wait("ada@example.com", "reset-password");
    await page.goto(url);
    await visitor.at("/reset-password");
    await visitor.fill({ "New password": "another long password" }, "Save the new password");
    await visitor.says("Your password is changed.");
    await visitor.fill({ "E-mail address or username": "ada@example.com", Password: "another long password" }, "Sign in");
    await visitor.at("/account");
    await page.goto(url);
    await visitor.says("This link was used already, or it is too old.");
    await page.getByRole("link", { name: "Ask for a new link" }).click();
    await visitor.at("/forgot-password");
  });
  await suite.test("pages: a link by mail signs in, and creates the account", async () => {
    await visitor.signOut();
    await visitor.open("/sign-in?redirectTo=%2Fdevice");
    await page.getByRole("button", { name: "E-mail me a sign-in link" }).click();
    await visitor.fill({ "E-mail address": "grace@example.com" }, "Send me a link");
    await visitor.says("We have sent a link to grace@example.com.");
    await page.getByRole("button", { name: "Send it again" }).click();
    await visitor.says("We have sent it again.");
    const { url } = await site.inbox.wait("grace@example.com", "magic-link", 2);
    await page.goto(url);
    await visitor.at("/device");
    await visitor.says("You are signed in as grace@example.com.");
    await visitor.signOut();
    await page.goto(url);
    await visitor.at("/sign-in");
    await page.getByRole("alert").waitFor();
  });
  await suite.test("pages: a code by mail signs in", async () => {
    await visitor.open("/sign-in?redirectTo=%2Fdevice");
    await page.getByRole("button", { name: "E-mail me a code" }).click();
    await visitor.fill({ "E-mail address": "ada@example.com" }, "Send me a code");
    await visitor.says("We have sent a code to ada@example.com.");
    const code = (await site.inbox.wait("ada@example.com", "otp-sign-in")).code;
    await visitor.fill({ Code: code === "000000" ? "111111" : "000000" }, "Continue");
    await visitor.says("This code is wrong.");
    await visitor.fill({ Code: ` ${code.slice(0, 3)} ${code.slice(3)} ` }, "Continue");
    await visitor.at("/device");
    await visitor.signOut();
  });
  await suite.test("pages: a code to the phone signs in", async () => {
    const phoneNumber = "+491701234567";
    const sent = () => site.inbox.messages.findLast((m) => m.phoneNumber === phoneNumber).code;
    const { cookie } = await site.signUp("phone@example.com", { username: "phone" });
    await site.post("/phone-number/send-otp", { phoneNumber }, cookie);
    assert.equal((await site.post("/phone-number/verify", { phoneNumber, code: sent(), updatePhoneNumber: true }, cookie)).status, 200);
    await visitor.open("/sign-in?redirectTo=%2Fdevice");
    await page.getByRole("button", { name: "Use my phone number" }).click();
    await visitor.fill({ "Phone number": "+49 170 1234567" }, "Send me a code");
    await visitor.says("We have sent a code to +491701234567.");
    await visitor.fill({ Code: sent() }, "Continue");
    await visitor.at("/device");
    assert.equal(await visitor.who(), "phone@example.com");
    visitor.fine();
  });
  await visitor.close();
}

async function testFactor(suite, open, site) {
  const visitor = await open();
  const { page } = visitor;
  const { cookie } = await site.signUp("factor@example.com", { username: "factor" });
  const enabled = await (await site.post("/two-factor/enable", { password }, cookie)).json();
  const key = new URL(enabled.totpURI).searchParams.get("secret");
  assert.equal((await site.post("/two-factor/verify-totp", { code: totp(key) }, cookie)).status, 200);
  const start = async () => {
    await visitor.signOut();
    await visitor.open("/sign-in?redirectTo=%2Fdevice");
    await visitor.fill({ "E-mail address or username": "factor@example.com", Password: password }, "Sign in");
    await visitor.at("/two-factor");
  };
  await suite.test("pages: two factors: a wrong code is refused, the right one signs in", async () => {
    await start();
    await visitor.fill({ Code: wrongCode(key) }, "Continue");
    await visitor.says("This code is wrong or too old.");
    await visitor.fill({ Code: totp(key, 1) }, "Continue");
    await visitor.at("/device");
  });
  await suite.test("pages: two factors: a code by mail, and the device is trusted from then on", async () => {
    await start();
    await page.getByRole("button", { name: "Send me a code" }).click();
    await visitor.says("Enter the code that we have sent you.");
    const { code } = await site.inbox.wait("factor@example.com", "two-factor-otp");
    await page.getByLabel("Do not ask again on this device").check();
    await visitor.fill({ Code: code }, "Continue");
    await visitor.at("/device");
    await visitor.context.clearCookies({ name: /session/ });
    await visitor.open("/sign-in?redirectTo=%2Fdevice");
    await visitor.fill({ "E-mail address or username": "factor@example.com", Password: password }, "Sign in");
    await visitor.at("/device");
    await visitor.context.clearCookies();
  });
  await suite.test("pages: two factors: a backup code works once; without a sign-in there is nothing to confirm", async () => {
    for (const works of [true, false]) {
      await start();
      await page.getByRole("button", { name: "Use a backup code" }).click();
      await visitor.fill({ "Backup code": enabled.backupCodes[0] }, "Continue");
      if (works) await visitor.at("/device");
      else await visitor.says("This is none of your backup codes");
    }
    await visitor.context.clearCookies();
    await visitor.fill({ "Backup code": enabled.backupCodes[1] }, "Continue");
    await visitor.says("Please start again.");
    await visitor.open("/two-factor");
    await visitor.says("There is no sign-in to confirm.");
    visitor.fine();
  });
  await visitor.close();
}

async function testPasskey(suite, open) {
  const visitor = await open();
  const { page } = visitor;
  await suite.test("pages: passkey: autofill or the button signs in", async () => {
    const device = await Device.plug(page);
    await visitor.open("/sign-up?redirectTo=%2Fdevice");
    await visitor.fill({ ...ada, "E-mail address": "key@example.com", Username: "keyring" }, "Create account");
    await visitor.at("/device");
    const added = await page.evaluate(async () => {
      const options = await (await fetch("/api/auth/passkey/generate-register-options")).json();
      const credential = await navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(options) });
      return (await fetch("/api/auth/passkey/verify-registration", { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify({ response: credential.toJSON() }) })).status;
    });
    assert.equal(added, 200);
    await visitor.signOut();
    await visitor.open("/sign-in?redirectTo=%2Fdevice");
    const done = visitor.at("/device");
    // The browser's autofill may have signed in already.
    await page.getByRole("button", { name: "Continue with a passkey" }).click({ timeout: 5000 }).catch(() => {});
    await done;
    assert.equal(await visitor.who(), "key@example.com");
    await device.unplug();
    visitor.fine();
  });
  await visitor.close();
}

async function testProvider(suite, open) {
  const visitor = await open();
  const { page } = visitor;
  await suite.test("pages: provider: signing in with it leads to the wanted page; a refusal comes back with its reason", async () => {
    await visitor.open("/sign-in?redirectTo=%2Fdevice");
    await page.getByRole("button", { name: "Continue with example-id" }).click();
    await page.getByRole("button", { name: "Cancel" }).click();
    await visitor.at("/sign-in");
    await page.getByRole("alert").filter({ hasText: "You cancelled at the provider." }).waitFor();
    assert.equal(new URL(page.url()).searchParams.get("redirectTo"), "/device");
    await page.getByRole("button", { name: "Continue with example-id" }).click();
    await visitor.fill({ "E-mail address": "linus@example.com" }, "Continue");
    await visitor.at("/device");
    visitor.fine();
  });
  await visitor.close();
}

async function testInvitation(suite, open, site) {
  const owner = await site.signUp("owner@example.com", { username: "owner" });
  const name = `<b onclick="alert(1)">Engines</b> of a very long name ${"and on ".repeat(9)}`;
  const organization = await (await site.post("/organization/create", { name, slug: "engines" }, owner.cookie)).json();
  await site.post("/organization/invite-member", { email: "invited@example.com", role: "member", organizationId: organization.id }, owner.cookie);
  const { url } = await site.inbox.wait("invited@example.com", "invitation");
  const visitor = await open({ viewport: { width: 360, height: 740 } });
  const { page } = visitor;
  await suite.test("pages: invitation: somebody new opens the link, signs up and joins; markup in the name is text", async () => {
    await page.goto(url);
    await visitor.at("/sign-in");
    await page.getByRole("link", { name: "Create an account" }).click();
    await visitor.fill({ ...ada, "E-mail address": "invited@example.com", Username: "invited" }, "Create account");
    await page.getByRole("heading", { name: `Join ${name.trim()}` }).waitFor();
    await visitor.says("owner@example.com invites you to this organization as member.");
    assert.equal(await page.locator("h1 b").count(), 0);
    await page.getByRole("button", { name: "Join", exact: true }).click();
    await visitor.at("/account/organizations");
  });
  await suite.test("pages: invitation: it works once, and for nobody else", async () => {
    await page.goto(url);
    await visitor.says("This invitation was used, withdrawn, or is too old.");
    await site.post("/organization/invite-member", { email: "other@example.com", role: "member", organizationId: organization.id }, owner.cookie);
    await page.goto((await site.inbox.wait("other@example.com", "invitation")).url);
    await visitor.says("This invitation was sent to another address.");
    await page.getByRole("button", { name: "Use another account" }).click();
    await visitor.at("/sign-in");
    visitor.fine();
  });
  await visitor.close();
}

async function testDevice(suite, open, site) {
  const visitor = await open();
  const { page } = visitor;
  const request = async () => (await site.post("/device/code", { client_id: "<i>television</i>", scope: "openid profile" })).json();
  const token = async (code) => (await site.post("/device/token", { grant_type: "urn:ietf:params:oauth:grant-type:device_code", device_code: code.device_code, client_id: "<i>television</i>" })).json();
  await suite.test("pages: device: the code is entered after signing in, compared and approved", async () => {
    const code = await request();
    await page.goto(code.verification_uri_complete);
    await visitor.at("/sign-in");
    await visitor.fill({ "E-mail address or username": "owner@example.com", Password: password }, "Sign in");
    await visitor.says("Does your device show this code?");
    await visitor.says(code.user_code);
    await visitor.says("<i>television</i>");
    await page.getByRole("button", { name: "Yes, connect it" }).click();
    await visitor.says("The device is connected.");
    assert.ok((await token(code)).access_token);
  });
  await suite.test("pages: device: a wrong code is explained; a device can be refused", async () => {
    const code = await request();
    await visitor.open("/device");
    await visitor.fill({ Code: "AAAAAAAA" }, "Continue");
    await visitor.says("This code is wrong.");
    await visitor.fill({ Code: `${code.user_code.slice(0, 4)}-${code.user_code.slice(4)}`.toLowerCase() }, "Continue");
    await page.getByRole("button", { name: "No", exact: true }).click();
    await visitor.says("The device was refused.");
    assert.equal((await token(code)).error, "access_denied");
    visitor.fine();
  });
  await visitor.close();
}

// Playwright's getByText does not look into noscript.
async function testPlain(suite, open, images) {
  const visitor = await open({ javaScriptEnabled: false, viewport: { width: 360, height: 740 } });
  const { page } = visitor;
  await suite.test("pages: without scripts: sign up, a wrong password, sign in", async () => {
    await page.goto(`${visitor.site.url}/sign-up?redirectTo=%2Fhealthz`);
    await visitor.fill({ ...ada, "E-mail address": "plain@example.com", Username: "plain" }, "Create account");
    await visitor.at("/healthz");
    assert.equal(await visitor.who(), "plain@example.com");
    await visitor.signOut();
    await page.goto(`${visitor.site.url}/sign-in`);
    await visitor.fill({ "E-mail address or username": "plain@example.com", Password: "wrong" }, "Sign in");
    assert.equal(await page.getByRole("alert").textContent(), "The e-mail address or the password is wrong.");
    await visitor.fill({ Password: password }, "Sign in");
    await visitor.at("/account");
  });
  await suite.test("pages: without scripts: a new password by the link in the mail", async () => {
    await page.goto(`${visitor.site.url}/forgot-password`);
    await visitor.fill({ "E-mail address": "plain@example.com" }, "Send me a link");
    assert.match(await page.getByRole("status").textContent(), /a link is on its way/);
    await page.goto((await visitor.site.inbox.wait("plain@example.com", "reset-password")).url);
    await visitor.fill({ "New password": "yet another password" }, "Save the new password");
    assert.match(await page.getByRole("status").textContent(), /^Your password is changed\./);
    await look(page, path.join(images, "ui-sign-in-plain-light-mobile.png"), 360);
  });
  await visitor.close();
}

async function testAddresses(suite, open) {
  const visitor = await open();
  const { page } = visitor;
  const signIn = () => visitor.fill({ "E-mail address or username": "owner@example.com", Password: password }, "Sign in");
  await suite.test("pages: attack: no page leads to another site", async () => {
    for (const evil of ["https://evil.example", "//evil.example", "javascript:alert(document.domain)", "/\\evil.example"]) {
      await visitor.signOut();
      await visitor.open(`/sign-in?redirectTo=${encodeURIComponent(evil)}`);
      await signIn();
      await visitor.at("/account");
      for (const where of ["/two-factor", "/verify-email?verified=true", "/sign-in"]) {
        await visitor.open(`${where}${where.includes("?") ? "&" : "?"}redirectTo=${encodeURIComponent(evil)}`);
        const links = await page.locator("a").evaluateAll((all) => all.map((a) => a.href));
        assert.ok(links.every((link) => new URL(link).origin === visitor.site.url), links.join(" "));
        assert.equal(new URL(page.url()).origin, visitor.site.url);
      }
    }
    visitor.fine();
  });
  await suite.test("pages: attack: a page is shown in no frame", async () => {
    await page.route("https://evil.example/", (route) => route.fulfill({ contentType: "text/html", body: `<iframe src="${visitor.site.url}/sign-in"></iframe>` }));
    await page.goto("https://evil.example/");
    assert.deepEqual(page.frames().slice(1).map((frame) => frame.url()), ["chrome-error://chromewebdata/"]);
  });
  await visitor.close();
}
