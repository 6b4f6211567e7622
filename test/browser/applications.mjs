// The example as the identity provider of other applications: its pages for consent and the choice of an account, and the
// list of what a user has allowed. With our server and with the npm package.
import assert from "node:assert/strict";
import { mkdir } from "node:fs/promises";
import { password } from "./app.mjs";
import { totp } from "./authenticator.mjs";
import { at, fill } from "./flows.mjs";
import { shoot } from "./looks.mjs";
import { consent } from "./providers.mjs";
import { RelyingParty } from "./relying-party.mjs";

const heading = (page, name) => page.getByRole("heading", { name, level: 1 }).waitFor();
const press = (page, name) => page.getByRole("button", { name, exact: true }).click();
const signIn = (page, email) => fill(page, { "E-mail address": email, Password: password }, "Sign in");

export async function testApplications(suite, app, images) {
  const party = await new RelyingParty(`${app.url}/api/auth`).start();
  await testRegistration(suite, app, party);
  await testFlow(suite, app, party, "server");
  await testWays(suite, app, party);
  await testLooksOfApplications(suite, app, images);
  await app.auth.stop();
  await app.startReference();
  await testFlow(suite, app, party, "reference");
  await app.reference.stop();
  await app.startAuth();
  await party.stop();
}

async function testRegistration(suite, app, party) {
  const context = await app.signedIn("developer@example.com");
  const page = await context.newPage();
  const create = (name, address) => fill(page, { "Name of a new application": name, "Address to which people return": address }, "Create application");
  await suite.test("applications: a user registers one, whose secret is shown once", async () => {
    await page.goto(`${app.url}/applications`);
    await page.getByText("No application is connected.").waitFor();
    await create("", "wiki");
    await page.getByText("Give it a name.").waitFor();
    await page.getByText("Enter the whole address").waitFor();
    await create("Team Wiki", "http://wiki.example.com/callback");
    await page.getByRole("alert").filter({ hasText: /HTTPS/i }).waitFor();
    await create("Team <b>Wiki</b>", party.callback);
    const shown = page.getByRole("region", { name: "New application" });
    const client = { id: await shown.locator("[data-client-id]").textContent(), secret: await shown.locator("[data-client-secret]").textContent() };
    await party.know(client);
    await page.reload();
    await page.getByText(client.id).waitFor();
    assert.equal((await page.content()).includes(client.secret), false);
  });
  await suite.test("applications: one without a secret is registered, and deleted", async () => {
    await page.getByLabel("It runs on people’s devices").check();
    await create("Phone app", "com.example.phone:/callback");
    await page.getByRole("region", { name: "New application" }).waitFor();
    assert.equal(await page.locator("[data-client-secret]").count(), 0);
    await press(page, "Delete Phone app");
    await press(page, "Delete application");
    await page.getByText("Phone app is deleted.").waitFor();
    assert.equal(await page.getByRole("list", { name: "Your applications" }).getByRole("listitem").count(), 1);
    assert.deepEqual(context.errors, []);
  });
  await context.close();
}

async function testFlow(suite, app, party, name) {
  const email = `reader-${name}@example.com`;
  const context = await app.person();
  const page = await context.newPage();
  const asked = () => heading(page, "Allow Team <b>Wiki</b>?");

  await suite.test(`applications with the ${name}: a new user signs up on the way, allows, and the application gets tokens and the profile`, async () => {
    await party.send(page);
    await at(page, "/signin");
    await page.getByRole("link", { name: "Create an account" }).click();
    await fill(page, { Name: "Ada Lovelace", "E-mail address": email, Password: password }, "Create account");
    await asked();
    assert.deepEqual(await page.getByRole("list", { name: "What it asks for" }).getByRole("listitem").allTextContents(), ["Know who you are here", "See your name and picture", "See your e-mail address", "Stay connected while you are away"]);
    await page.getByText(`Afterwards you return to ${new URL(party.origin).host}.`).waitFor();
    await page.getByText(`Signed in as ${email}.`).waitFor();
    await press(page, "Allow");
    const { tokens, user } = await party.signedIn(page);
    assert.deepEqual([user.name, user.email, typeof tokens.refresh_token], ["Ada Lovelace", email, "string"]);
  });
  await suite.test(`applications with the ${name}: what was allowed is not asked for again, unless the application wants that`, async () => {
    await party.send(page);
    assert.equal((await party.signedIn(page)).user.email, email);
    await party.send(page, { prompt: "consent" });
    await asked();
    await press(page, "Deny");
    assert.equal(await party.refused(page), "access_denied");
  });
  await suite.test(`applications with the ${name}: the choice of an account, and of another one`, async () => {
    await party.send(page, { prompt: "select_account" });
    await heading(page, "Choose an account");
    await page.getByRole("button", { name: email }).click();
    assert.equal((await party.signedIn(page)).user.email, email);
    await party.send(page, { prompt: "select_account" });
    await page.getByRole("link", { name: "Use another account" }).click();
    await signIn(page, "developer@example.com");
    await asked();
    await page.getByText("Signed in as developer@example.com.").waitFor();
    await press(page, "Deny");
    assert.equal(await party.refused(page), "access_denied");
  });
  await suite.test(`applications with the ${name}: who is signed in signs in again if the application wants that`, async () => {
    await party.send(page, { prompt: "login" });
    await at(page, "/signin");
    await signIn(page, email);
    assert.equal((await party.signedIn(page)).user.email, email);
  });
  await suite.test(`applications with the ${name}: a disconnected one has to ask again`, async () => {
    await page.goto(`${app.url}/applications`);
    const row = page.getByRole("list", { name: "Connected applications" }).getByRole("listitem");
    await row.getByText("See your name and picture").waitFor();
    await press(page, "Disconnect Team <b>Wiki</b>");
    await page.getByText("Team <b>Wiki</b> is disconnected.").waitFor();
    await page.getByText("No application is connected.").waitFor();
    await party.send(page);
    await asked();
  });
  await suite.test(`applications with the ${name}: a session that ends on the way is no end of the request`, async () => {
    await context.clearCookies();
    await page.reload();
    await at(page, "/signin");
    await signIn(page, email);
    await asked();
  });
  await suite.test(`applications with the ${name}: one that wants a new user opens the registration`, async () => {
    const other = await app.person();
    const form = await other.newPage();
    await party.send(form, { prompt: "create" });
    await at(form, "/signup");
    await fill(form, { Name: "New", "E-mail address": `new-${name}@example.com`, Password: password }, "Create account");
    await form.getByRole("button", { name: `new-${name}@example.com` }).click();
    await heading(form, "Allow Team <b>Wiki</b>?");
    await other.close();
  });
  await suite.test(`applications with the ${name}: a changed request is refused, and a page without one says so`, async () => {
    const forged = new URL(page.url());
    forged.searchParams.set("redirect_uri", "https://evil.example/");
    await page.goto(forged.href);
    await press(page, "Allow");
    await page.getByRole("alert").filter({ hasText: "too old, or it was changed" }).waitFor();
    assert.equal(new URL(page.url()).pathname, "/consent");
    for (const path of ["/consent", "/select-account"]) {
      await page.goto(app.url + path);
      await page.getByRole("alert").filter({ hasText: "too old, or it was changed" }).waitFor();
    }
    assert.deepEqual(context.errors, []);
  });
  await context.close();
}

/** The other ways to sign in, each of which has to lead back to the application. */
async function testWays(suite, app, party) {
  const arrive = async () => {
    const context = await app.person();
    const page = await context.newPage();
    await party.send(page);
    await at(page, "/signin");
    return page;
  };
  const finish = async (page, email) => {
    await page.getByText(`Signed in as ${email}.`).waitFor();
    await press(page, "Allow");
    assert.equal((await party.signedIn(page)).user.email, email);
    await page.context().close();
  };
  await suite.test("applications: a link by e-mail leads back to the application", async () => {
    const page = await arrive();
    await page.getByRole("link", { name: "Get a link by e-mail" }).click();
    await heading(page, "Sign in by e-mail");
    await fill(page, { "E-mail address": "linked@example.com" }, "Send me a link");
    await page.goto((await app.inbox.wait("linked@example.com", "magic-link")).url);
    await finish(page, "linked@example.com");
  });
  await suite.test("applications: a provider leads back to the application", async () => {
    const page = await arrive();
    await press(page, "Continue with Example ID");
    await consent(page, "provided@example.com");
    await finish(page, "provided@example.com");
  });
  await suite.test("applications: the second step leads back to the application, and the first alone does not", async () => {
    const user = await app.signedIn("careful@example.com");
    const post = async (path, data) => (await user.request.post(`${app.url}/api/auth${path}`, { data, headers: { origin: app.url } })).json();
    const { totpURI, backupCodes } = await post("/two-factor/enable", { password });
    await post("/two-factor/verify-totp", { code: totp(new URL(totpURI).searchParams.get("secret")) });
    await user.close();
    const page = await arrive();
    await signIn(page, "careful@example.com");
    await heading(page, "One more step");
    await press(page, "Use a backup code instead");
    await fill(page, { "Backup code": backupCodes[0] }, "Continue");
    await finish(page, "careful@example.com");
  });
}

const wiki = {
  client_name: "Team Wiki", application_type: "native", logo_uri: "https://wiki.example.com/logo.svg", client_uri: "https://wiki.example.com",
  policy_uri: "https://wiki.example.com/privacy", tos_uri: "javascript:alert(1)",
};
const logo = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24"><rect width="24" height="24" rx="6" fill="#3b5bdb"/><path d="m5 8 3 9 4-8 4 8 3-9" fill="none" stroke="#fff" stroke-width="2"/></svg>';

async function testLooksOfApplications(suite, app, images) {
  const party = await new RelyingParty(`${app.url}/api/auth`).start();
  await mkdir(images, { recursive: true });
  const user = await app.signedIn("looks-applications@example.com");
  const register = async (data) => (await user.request.post(`${app.url}/api/auth/oauth2/create-client`, { data, headers: { origin: app.url } })).json();
  const { client_id: id, client_secret: secret } = await register({ ...wiki, redirect_uris: [party.callback] });
  await party.know({ id, secret });
  await register({ client_name: "Reading list", redirect_uris: ["https://reading.example.com/callback"] });
  const state = await user.storageState();
  await user.close();
  const pages = [
    { name: "application-consent", open: (view) => party.send(view, { prompt: "consent" }), text: "Afterwards you return" },
    { name: "application-account", open: (view) => party.send(view, { prompt: "select_account" }), text: "Use another account" },
    { name: "applications", open: (view) => view.goto(`${app.url}/applications`), text: "Reading list" },
  ];
  const person = async (options) => {
    const context = await app.person({ storageState: state, reducedMotion: "reduce", ...options });
    await context.route(wiki.logo_uri, (route) => route.fulfill({ contentType: "image/svg+xml", body: logo }));
    return context;
  };
  await suite.test("applications: the logo is shown and its links are of the web", async () => {
    const context = await person();
    const page = await context.newPage();
    await party.send(page);
    await page.getByRole("link", { name: "Privacy" }).waitFor();
    assert.ok(await page.locator("img").evaluate((img) => img.decode().then(() => img.naturalWidth > 0)));
    assert.deepEqual(await page.locator("a[target]").evaluateAll((links) => links.map((a) => [a.textContent, a.getAttribute("href")])), [["Website", wiki.client_uri], ["Privacy", wiki.policy_uri]]);
    await press(page, "Allow");
    await party.signedIn(page);
    await context.close();
  });
  for (const colorScheme of ["light", "dark"]) {
    for (const [size, viewport] of Object.entries({ desktop: { width: 1280, height: 800 }, mobile: { width: 390, height: 844 } })) {
      const context = await person({ colorScheme, viewport });
      for (const { name, open, text } of pages) {
        await suite.test(`applications: looks, ${name}, ${colorScheme}, ${size}`, async () => {
          const view = await context.newPage();
          await open(view);
          await view.getByText(text).first().waitFor();
          if (name === "applications") await view.getByText("See your e-mail address").waitFor();
          await shoot(view, `${images}/${name}-${colorScheme}-${size}.png`, viewport);
          await view.close();
        });
      }
      await context.close();
    }
  }
  await party.stop();
}
