// The account pages of the binary, with everything that a configuration can enable: what a person does there.
import assert from "node:assert/strict";
import { mkdir } from "node:fs/promises";
import { password } from "./app.mjs";
import { fill } from "./flows.mjs";
import { Device } from "./passkeys/site.mjs";
import { freePort } from "./processes.mjs";
import { testDeletion, testFactor, testImpersonation, testKeyPage, testMarkup, testOrganizationPages, testPlain } from "./ui-account-more.mjs";
import { preparePictures, testAccountLooks } from "./ui-account-looks.mjs";
import { testOtherSettings } from "./ui-account-other.mjs";
import { chrome, dialog, PageServer, phone } from "./ui-account-site.mjs";

const linkIn = (message) => message.text.match(/https?:\S+/)[0];

export async function testAccountPages(suite, app, images) {
  app.ports ??= {};
  app.ports.provider ??= await freePort();
  app.providerURL ??= `http://localhost:${app.ports.provider}`;
  if (!app.provider) await app.startProvider();
  // On PostgreSQL where there is one; the other servers here are on SQLite.
  const site = await new PageServer(app).start({ database: await app.postgres?.create("account_pages") });
  try {
    await testProfile(suite, site);
    await testSecurity(suite, site);
    await testFactor(suite, site);
    await testSessions(suite, site);
    await testOrganizationPages(suite, site);
    await testKeyPage(suite, site);
    await testMarkup(suite, site);
    await testDeletion(suite, site);
    await testImpersonation(suite, site);
    await mkdir(images, { recursive: true });
    await testAccountLooks(suite, site, images, await preparePictures(site));
  } finally {
    await site.end();
  }
  await testOtherSettings(suite, app);
  await testPlain(suite, app);
}

async function testProfile(suite, site) {
  await suite.test("account: a visitor is sent to the sign-in page, and would come back", async () => {
    const context = await site.person();
    const page = await context.newPage();
    await page.goto(`${site.url}/account/sessions`);
    await page.waitForURL((url) => url.pathname === "/sign-in");
    assert.equal(new URL(page.url()).searchParams.get("redirectTo"), "/account/sessions");
    await context.close();
  });
  const ada = await site.join("profile@example.com");
  const { page } = ada;
  await suite.test("account: the name is changed, and further fields are shown without the hidden ones", async () => {
    await ada.post("/update-user", { favouriteColour: "teal", newsletter: true, secretNote: "nobody sees this" });
    await ada.open("/account");
    await ada.says("Favourite colour");
    await ada.says("teal");
    assert.equal(await page.getByText("nobody sees this").count() + (await page.getByText("Secret note").count()), 0);
    await fill(page, { Name: "Ada King" }, "Save");
    await ada.says("Saved.");
    await page.locator(".person").getByText("Ada King").waitFor();
    await page.reload();
    assert.equal(await page.getByLabel("Name", { exact: true }).inputValue(), "Ada King");
  });
  await suite.test("account: the keyboard alone reaches navigation, form and sign-out, and the focus is visible", async () => {
    await ada.open("/account");
    await page.getByLabel("Name", { exact: true }).waitFor();
    const order = [];
    for (let i = 0; i < 14; i++) {
      await page.keyboard.press("Tab");
      order.push(await page.evaluate(() => document.activeElement?.textContent?.trim() || document.activeElement?.getAttribute("name")));
    }
    const expected = ["Skip to the content", "Sign out", "Profile", "Security", "Sessions", "Organizations", "API keys", "Delete account", "name", "Save"];
    assert.deepEqual(order.filter((text) => expected.includes(text)), expected);
    await page.getByLabel("Name", { exact: true }).focus();
    await page.keyboard.type("!");
    await page.keyboard.press("Enter");
    await ada.says("Saved.");
  });
  await suite.test("account: in German", async () => {
    await ada.open("/account/security?lang=de");
    await page.getByRole("heading", { name: "Sicherheit" }).waitFor();
    await page.getByRole("heading", { name: "Anmeldung in zwei Schritten" }).waitFor();
    assert.equal(await page.evaluate(() => document.documentElement.lang), "de");
    await page.getByRole("link", { name: "English" }).click();
    await page.getByRole("heading", { name: "Security" }).waitFor();
  });
  await suite.test("account: signing out leads to the sign-in page, and ends the session", async () => {
    await ada.open("/account");
    await page.getByRole("button", { name: "Sign out" }).click();
    await page.waitForURL((url) => url.pathname === "/sign-in");
    assert.equal(await (await ada.context.request.get(`${site.url}/api/auth/get-session`)).json(), null);
    assert.deepEqual(ada.context.errors, []);
  });
  await ada.context.close();
}

async function testSecurity(suite, site) {
  const ada = await site.join("security@example.com", "/account/security");
  const { page } = ada;
  await suite.test("account: a link verifies the address, another changes it", async () => {
    const part = ada.part("E-mail address");
    await part.getByText("Not verified").waitFor();
    await part.getByRole("button", { name: "Send link to verify" }).click();
    await ada.says("A link is on its way to security@example.com");
    await page.goto(linkIn(await site.inbox.wait("security@example.com", "verify-email")));
    assert.equal(new URL(page.url()).pathname + new URL(page.url()).search, "/verify-email?verified=true&redirectTo=%2Faccount%2Fsecurity");
    await ada.open("/account/security");
    await part.getByText("Verified", { exact: true }).waitFor();
    await part.getByRole("button", { name: "Change" }).click();
    await fill(page, { "New e-mail address": "ada.king@example.com" }, "Change address");
    await ada.says("A link is on its way to ada.king@example.com");
    await page.goto(linkIn(await site.inbox.wait("ada.king@example.com", "verify-email")));
    await page.waitForURL((url) => url.pathname === "/account/security");
    await part.getByText("ada.king@example.com").waitFor();
  });
  await suite.test("account: a username is chosen; one that is taken is refused in plain words", async () => {
    const other = await site.person();
    await site.post(other, "/sign-up/email", { name: "Other", email: "other.name@example.com", password, username: "taken" });
    await other.close();
    const part = ada.part("Username");
    await part.getByRole("button", { name: "Choose one" }).click();
    await fill(page, { "Your username": "taken" }, "Save");
    await ada.says("Somebody else has this username.");
    await fill(page, { "Your username": "Ada_K" }, "Save");
    await ada.says("Your username is saved.");
    await part.getByText("Ada_K").waitFor();
  });
  await suite.test("account: a phone number is proved with a code, and removed", async () => {
    const part = ada.part("Phone number");
    await part.getByRole("button", { name: "Add" }).click();
    await fill(page, { "Your phone number": "+491701234567" }, "Send code");
    await page.getByText("We have sent it to +491701234567.").waitFor();
    await fill(page, { Code: "000000" }, "Confirm");
    await ada.says("That code is not right.");
    await fill(page, { Code: site.inbox.messages.findLast((m) => m.phoneNumber === "+491701234567").code }, "Confirm");
    await ada.says("Your phone number is verified and saved.");
    await part.getByText("Verified", { exact: true }).waitFor();
    await part.getByRole("button", { name: "Remove" }).click();
    await dialog(page).getByText("sign in with +491701234567").waitFor();
    await dialog(page).getByRole("button", { name: "Remove" }).click();
    await part.getByText("Not set").waitFor();
  });
  await suite.test("account: the password is changed with the current one, and others are signed out", async () => {
    const other = await site.person();
    await site.post(other, "/sign-in/email", { email: "ada.king@example.com", password });
    const part = ada.part("Password");
    await part.getByRole("button", { name: "Change" }).click();
    await page.waitForFunction(() => document.activeElement.name === "current"); // the focus follows into the form
    await fill(page, { "Current password": "wrong", "New password": `${password}!` }, "Change password");
    await ada.says("That is not your password.");
    await fill(page, { "Current password": password }, "Change password");
    await ada.says("Your password is changed, and all other devices are signed out.");
    assert.equal(await (await other.request.get(`${site.url}/api/auth/get-session`)).json(), null);
    await other.close();
  });
  await suite.test("account: a provider is linked and unlinked, and the last way in stays", async () => {
    const part = ada.part("Ways to sign in");
    await part.getByRole("button", { name: "Link example-id" }).click();
    await page.getByRole("heading", { name: "Example ID" }).waitFor();
    await page.getByLabel("Name", { exact: true }).fill("Ada");
    await page.getByLabel("E-mail address").fill("ada.king@example.com");
    await page.getByLabel("Example ID has confirmed this address").check();
    await page.getByRole("button", { name: "Continue" }).click();
    await page.waitForURL((url) => url.pathname === "/account/security");
    await part.getByText("Linked", { exact: true }).waitFor();
    await part.getByRole("button", { name: "Unlink example-id" }).click();
    await dialog(page).getByRole("button", { name: "Unlink" }).click();
    await ada.says("example-id is no longer linked.");
  });
  await suite.test("account: an error of the provider is explained, and no other text is taken from the address", async () => {
    await ada.open("/account/security?error=access_denied");
    await ada.says("You cancelled at the provider.");
    await ada.open("/account/security?error=Call%20us%20at%20555&error_description=Call%20us");
    await ada.says("That did not work.");
    assert.equal(await page.getByText("Call us").count(), 0);
    await page.waitForFunction(() => location.search === "");
  });
  await suite.test("account: a passkey is added, renamed and removed", async () => {
    const device = await Device.plug(page);
    const part = ada.part("Passkeys");
    await part.getByText("You have no passkeys yet.").waitFor();
    await part.getByRole("button", { name: "Add passkey" }).click();
    await ada.says("Your passkey is ready.");
    await part.getByRole("list").getByText("Chrome on Linux").waitFor();
    await part.getByRole("button", { name: "Add passkey" }).click();
    await ada.says("This device already has a passkey");
    await part.getByRole("button", { name: "Rename Chrome on Linux" }).click();
    await fill(page, { "Name of the passkey": "Laptop" }, "Save");
    await ada.says("The passkey is now called “Laptop”.");
    await part.getByRole("button", { name: "Remove Laptop" }).click();
    await dialog(page).getByRole("button", { name: "Remove" }).waitFor();
    await page.keyboard.press("Escape");
    await part.getByRole("list").getByText("Laptop").waitFor();
    await part.getByRole("button", { name: "Remove Laptop" }).click();
    await dialog(page).getByRole("button", { name: "Remove" }).click();
    await ada.says("The passkey is removed.");
    await ada.says("You have no passkeys yet.");
    // The button that had the focus is gone: it is on the part, not lost.
    await page.waitForFunction(() => document.activeElement !== document.body && document.activeElement.closest("section")?.textContent.startsWith("Passkeys"));
    await device.unplug();
    assert.deepEqual(ada.context.errors, []);
  });
  await ada.context.close();
}

async function testSessions(suite, site) {
  const ada = await site.join("sessions@example.com", "");
  const { page } = ada;
  const elsewhere = async (userAgent) => {
    const context = await site.person({ userAgent });
    await site.post(context, "/sign-in/email", { email: "sessions@example.com", password });
    return context;
  };
  const isIn = async (context) => (await (await context.request.get(`${site.url}/api/auth/get-session`)).json()) !== null;
  await suite.test("account: sessions have the names of devices, and one or all others are ended", async () => {
    const [mobile, script, third] = [await elsewhere(phone), await elsewhere("curl/8.0"), await elsewhere(chrome)];
    await ada.open("/account/sessions");
    const list = page.getByRole("list", { name: "Where you are signed in" });
    assert.match(await list.getByRole("listitem").first().textContent(), /Chrome on Linux.*This device/);
    const rows = await (await ada.context.request.get(`${site.url}/api/auth/list-sessions`)).json();
    const shown = await page.content();
    assert.deepEqual(rows.filter(({ token }) => shown.includes(token)), []);
    await list.getByRole("button", { name: "Sign out Safari on iPhone" }).click();
    await dialog(page).getByRole("button", { name: "Sign out" }).click();
    await ada.says("The device is signed out.");
    assert.deepEqual([await isIn(mobile), await isIn(script), await isIn(third)], [false, true, true]);
    await list.getByText("curl/8.0").waitFor();
    await page.getByRole("button", { name: "Sign out all others" }).click();
    await dialog(page).getByRole("button", { name: "Sign out all others" }).click();
    await ada.says("All other devices are signed out.");
    assert.deepEqual([await isIn(ada.context), await isIn(script), await isIn(third)], [true, false, false]);
    for (const context of [mobile, script, third]) await context.close();
  });
  await suite.test("account: a session that was ended elsewhere leads to the sign-in page", async () => {
    const other = await elsewhere(chrome);
    await ada.open("/account");
    await page.getByLabel("Name", { exact: true }).waitFor();
    await site.post(other, "/revoke-other-sessions", {});
    await fill(page, { Name: "Nobody" }, "Save");
    await page.waitForURL((url) => url.pathname === "/sign-in");
    await other.close();
    assert.deepEqual(ada.context.errors, []);
  });
  await ada.context.close();
}
