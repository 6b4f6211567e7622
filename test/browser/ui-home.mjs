// The first page of development: what somebody does in the first five minutes, in a browser against the real binary.
import assert from "node:assert/strict";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import http from "node:http";
import path from "node:path";
import { password } from "./app.mjs";
import { fill } from "./flows.mjs";
import { shoot } from "./looks.mjs";
import { Device } from "./passkeys/site.mjs";
import { freePort, Program } from "./processes.mjs";
import { testSnippets } from "./ui-home-snippets.mjs";

export const views = ["start", "connect", "api", "keys", "config", "doctor"];
const newPassword = "quite another battery";
const mostBytes = 100_000; // compressed, of everything that the first page loads

/** A server in a folder of its own, as somebody starts it who has just cloned the repository. */
export class Started {
  static async in(app, name, { config, env = {} } = {}) {
    const it = new Started();
    it.dir = path.join(app.dir, `home-${name}`);
    await mkdir(it.dir);
    it.port = await freePort();
    it.url = `http://localhost:${it.port}`;
    if (config) await writeFile(path.join(it.dir, "betterauth.yaml"), config.replaceAll("$URL", it.url));
    const clean = Object.fromEntries(["BETTER_AUTH_URL", "BETTER_AUTH_SECRET", "BETTER_AUTH_MODE", "NODE_ENV", "DATABASE_URL", "PORT"].map((name) => [name, ""]));
    it.program = new Program("betterauth", `${app.bins}/betterauth`, ["serve", "--listen", `127.0.0.1:${it.port}`], { cwd: it.dir, env: { ...clean, ...env } });
    await it.program.ready(`${it.url}/api/auth/ok`);
    return it;
  }
  stop() {
    return this.program.stop();
  }
}

/** A page that remembers everything that must not happen on it. */
export async function open(context, url) {
  const page = await context.newPage();
  page.on("pageerror", (error) => context.errors.push(String(error)));
  page.on("console", (message) => {
    // An answer such as 401 is reported as a failed resource; everything else is an error, above all violations of the policy.
    if (message.type() === "error" && !message.text().startsWith("Failed to load resource")) context.errors.push(message.text());
  });
  page.on("request", (request) => {
    if (!request.url().startsWith(`${new URL(url).origin}/`) && !request.url().startsWith("data:")) context.errors.push(`a request to ${request.url()}`);
  });
  page.on("response", (response) => response.status() >= 500 && context.errors.push(`${response.status()} ${response.url()}`));
  await page.goto(url);
  return page;
}

const card = (page, title) => page.locator("section").filter({ has: page.getByRole("heading", { name: title, level: 2 }) });
const heading = (page, name) => page.getByRole("heading", { name, exact: true }).waitFor();
const view = (page, name) => page.getByRole("navigation", { name: "Parts of this page" }).getByRole("link", { name, exact: true }).click();
const signUp = (page, email, name = "Ada Lovelace") => fill(page, { Name: name, "E-mail address": email, Password: password }, /^Sign up$/);
const signIn = (page, email, secret = password) => fill(page, { "E-mail address": email, Password: secret }, /^Sign in$/);
const signedIn = (page) => heading(page, "You are signed in");
const signOut = (page) => page.getByRole("button", { name: "Sign out" }).click();

export async function testHome(suite, app, images) {
  const first = await Started.in(app, "empty");
  try {
    await testFirstMinutes(suite, app, first, "home");
    await testViews(suite, app, first);
    await testSnippets(suite, app, first);
    await testHomeAttacks(suite, app, first);
    await testHomeLooks(suite, app, first, images);
  } finally {
    await first.stop();
  }
  await testOtherConfigs(suite, app);
  if (!app.postgres) return;
  const second = await Started.in(app, "postgres", { env: { DATABASE_URL: await app.postgres.create("home") } });
  try {
    await testFirstMinutes(suite, app, second, "home on PostgreSQL");
  } finally {
    await second.stop();
  }
}

/** Returns the milliseconds from the start of a navigation until the form can be filled in; nothing depends on it. */
async function usableAfter(app, url) {
  const times = [];
  for (let i = 0; i < 5; i++) {
    const context = await app.person();
    await context.addInitScript(() => {
      const look = () => {
        const field = document.querySelector("form input[name=email]");
        if (field && !field.closest("[aria-busy]")) globalThis.usable ??= performance.now();
      };
      new MutationObserver(look).observe(document, { subtree: true, childList: true, attributes: true });
    });
    const page = await context.newPage();
    await page.goto(url);
    times.push(await (await page.waitForFunction(() => globalThis.usable)).jsonValue());
    await context.close();
  }
  return times.sort((a, b) => a - b)[2];
}

async function testFirstMinutes(suite, app, server, label) {
  const context = await app.person({ locale: "en-US" });
  const email = "ada@example.com";
  let page;
  await suite.test(`${label}: serve prints the address of the first page, which is small`, async () => {
    assert.match(server.program.log, new RegExp(`Open +${server.url}/ `));
    page = await open(context, `${server.url}/healthz`);
    const cdp = await context.newCDPSession(page);
    await cdp.send("Network.enable");
    let bytes = 0;
    const outbox = page.waitForResponse((response) => response.url().endsWith("part=outbox"));
    cdp.on("Network.loadingFinished", (event) => (bytes += event.encodedDataLength));
    await page.goto(server.url);
    await heading(page, "Your server is running");
    await (await outbox).finished();
    assert.ok(bytes > 10_000 && bytes <= mostBytes, `${bytes} bytes`);
    await cdp.detach();
    console.log(`        ${bytes} bytes, usable after ${Math.round(await usableAfter(app, server.url))} ms`);
  });
  await suite.test(`${label}: sign up, and see the session and the JWT`, async () => {
    await signUp(page, email);
    await signedIn(page);
    const token = card(page, "JWT for your servers");
    await token.getByText("Valid", { exact: true }).waitFor();
    assert.equal(await claim(token, "email"), email);
    assert.equal(await claim(token, "iss"), server.url);
    const { user, session } = await (await context.request.get(`${server.url}/api/auth/get-session`)).json();
    assert.equal(await claim(token, "sub"), user.id);
    await card(page, "Session").getByText(session.id, { exact: true }).waitFor();
    await page.reload();
    await signedIn(page);
  });
  await suite.test(`${label}: a verification link from the outbox`, async () => {
    await page.getByRole("button", { name: "Send a verification link" }).click();
    await card(page, "Outbox").getByRole("link", { name: "Open the link" }).first().click();
    await page.getByText("Address verified").waitFor();
    assert.equal(new URL(page.url()).pathname, "/");
  });
  await suite.test(`${label}: sign out, a wrong password, a new one through the outbox, sign in`, async () => {
    await signOut(page);
    await signIn(page, email, "wrong password");
    await page.getByRole("alert").filter({ hasText: /Invalid|wrong/i }).waitFor();
    await page.getByRole("button", { name: "Forgotten password?" }).click();
    await fill(page, { "E-mail address": email }, "Send me a link");
    await page.getByText("a link is now in the outbox").waitFor();
    const message = card(page, "Outbox").getByRole("listitem").filter({ hasText: "Reset your" });
    await message.getByText(email, { exact: true }).waitFor();
    const link = await message.getByRole("link", { name: "Open the link" }).getAttribute("href");
    await message.getByRole("link", { name: "Open the link" }).click();
    await fill(page, { "New password": newPassword }, "Save the password");
    await page.getByText("The password is changed.").waitFor();
    assert.equal(page.url(), `${server.url}/`, "the token stays in the address");
    await signIn(page, email);
    await page.getByRole("alert").waitFor();
    await signIn(page, email, newPassword);
    await signedIn(page);
    await signOut(page);
    await page.goto(link);
    await page.getByText("has expired or was already used").waitFor();
    await page.getByRole("button", { name: "Ask for a new link" }).click();
    await heading(page, "Forgotten password");
  });
  await suite.test(`${label}: by keyboard alone`, async () => {
    await page.goto(server.url);
    await heading(page, "Sign up");
    await page.keyboard.press("Tab");
    assert.equal(await focused(page), "Skip to the content");
    await page.keyboard.press("Enter");
    for (const text of ["Mary Shelley", "mary@example.com"]) {
      await page.keyboard.press("Tab");
      await page.keyboard.type(text);
    }
    await page.keyboard.press("Tab"); // the button that shows the password
    await page.keyboard.press("Tab");
    await page.keyboard.type(password);
    await page.keyboard.press("Enter");
    await signedIn(page);
    await card(page, "You are signed in").getByText("mary@example.com").waitFor();
    assert.deepEqual(context.errors, []);
  });
  await context.close();
}

const claim = (part, name) => part.locator("dt").filter({ hasText: new RegExp(`^${name}$`) }).locator("xpath=following-sibling::dd[1]/span[1]").textContent();
const focused = (page) => page.evaluate(() => document.activeElement?.textContent);

async function testViews(suite, app, server) {
  const context = await app.person({ locale: "en-US" });
  const page = await open(context, server.url);
  await suite.test("home: an endpoint is tried, and the page follows", async () => {
    await signUp(page, "views@example.com");
    await signedIn(page);
    await view(page, "API");
    await page.getByLabel("Find an endpoint").fill("/update-user");
    await page.locator("summary").filter({ hasText: "/update-user" }).click();
    await page.getByLabel("name (optional)").fill("Augusta Ada King");
    await page.getByRole("button", { name: "Send", exact: true }).click();
    await page.getByText("200 OK").waitFor();
    await page.getByLabel("Answer").getByText('"status": true').waitFor();
    await page.getByLabel("Find an endpoint").fill("/sign-in/email");
    await page.locator("summary").filter({ hasText: "/sign-in/email" }).click();
    await page.getByLabel("email", { exact: true }).fill("views@example.com");
    await page.getByLabel("password", { exact: true }).fill("hunter2hunter2");
    await page.getByRole("button", { name: "Send", exact: true }).click();
    await page.getByText("401 Unauthorized").waitFor();
    await page.getByText("The same in JavaScript").click();
    assert.doesNotMatch(await page.getByLabel("The same in JavaScript").textContent(), /hunter2/);
    await page.getByLabel("Find an endpoint").fill("no such endpoint");
    await page.getByText("No endpoint has this text.").waitFor();
    await view(page, "Start");
    await card(page, "You are signed in").getByText("Augusta Ada King").waitFor();
  });
  await suite.test("home: the key set has the key of the token", async () => {
    const kid = await claim(card(page, "JWT for your servers"), "kid");
    await view(page, "Keys");
    await page.getByText(kid, { exact: true }).waitFor();
    await page.getByText(`${server.url}/api/auth/jwks`).waitFor();
  });
  await suite.test("home: a token with another signature is recognised", async () => {
    await page.route("**/api/auth/token", async (route) => {
      const answer = await route.fetch();
      const [head, claims, signature] = (await answer.json()).token.split(".");
      const other = [...signature].reverse().join("").replace(/.$/, "A"); // the last letter holds four bits
      await route.fulfill({ response: answer, json: { token: `${head}.${claims}.${other}` } });
    });
    await view(page, "Start");
    await card(page, "JWT for your servers").getByText("Not valid", { exact: true }).waitFor();
    await page.unroute("**/api/auth/token");
    await page.getByRole("button", { name: "New token" }).click();
    await card(page, "JWT for your servers").getByText("Valid", { exact: true }).waitFor();
  });
  await suite.test("home: options without the secret, and what doctor finds", async () => {
    await view(page, "Configuration");
    await page.getByRole("row").filter({ hasText: "emailAndPassword.sendResetPassword" }).getByText("mail", { exact: true }).waitFor();
    assert.equal(await page.getByText("session.expiresIn").count(), 0);
    await page.getByLabel("Also show defaults").check();
    await page.getByRole("row").filter({ hasText: "session.expiresIn" }).getByText("604800 seconds").waitFor();
    await page.getByLabel("Find an option").fill("secret");
    await page.getByText("(set), from betterauth.secret").waitFor();
    const secret = (await readFile(path.join(server.dir, "betterauth.secret"), "utf8")).trim();
    assert.ok(secret.length > 20 && !(await page.content()).includes(secret));
    await view(page, "Doctor");
    await page.getByRole("heading", { name: "0 errors, 0 warnings" }).waitFor();
    await page.getByRole("listitem").filter({ hasText: "sqlite:betterauth.db answers" }).waitFor();
    await page.getByRole("button", { name: "Check again" }).click();
    await page.getByRole("heading", { name: "0 errors, 0 warnings" }).waitFor();
  });
  await suite.test("home: through a proxy it keeps messages and options to itself, and says so", async () => {
    const far = await app.person({ locale: "en-US", extraHTTPHeaders: { "x-forwarded-for": "192.0.2.1" } });
    const other = await open(far, server.url);
    await card(other, "Outbox").getByText("The server shows this only to a browser on its own machine").waitFor();
    for (const name of ["API", "Configuration", "Doctor"]) {
      await view(other, name);
      await heading(other, { API: "API reference" }[name] ?? name);
      await other.getByText("The server shows this only to a browser on its own machine").waitFor();
    }
    await view(other, "Connect");
    await other.getByText(`${server.url}/api/auth/:path*`).waitFor();
    assert.deepEqual(far.errors, []);
    await far.close();
  });
  await suite.test("home: every text in German", async () => {
    const german = await app.person({ locale: "de-DE" });
    const other = await open(german, server.url);
    await other.getByRole("heading", { name: "Ihr Server läuft" }).waitFor();
    assert.equal(await other.locator("html").getAttribute("lang"), "de");
    for (const name of views) {
      await other.goto(`${server.url}/#${name}`);
      await other.locator("main section").first().waitFor();
      assert.doesNotMatch(await other.locator("body").innerText(), /\b(home|common|error)\.[a-z]/);
    }
    await other.getByRole("link", { name: "English" }).click();
    await other.getByRole("heading", { name: "Doctor" }).waitFor();
    assert.deepEqual([...context.errors, ...german.errors], []);
    await german.close();
  });
  await context.close();
}

async function testHomeAttacks(suite, app, server) {
  const markup = `<img src=x onerror="document.title='owned'">"';</script>`;
  await suite.test("home: attack: markup in a name, a subject and a link stays text", async () => {
    const context = await app.person({ locale: "en-US" });
    const page = await open(context, server.url);
    await signUp(page, `${"long".repeat(14)}@${"markup.".repeat(8)}example.com`, markup + "Wolfeschlegelsteinhausenbergerdorff".repeat(4));
    await signedIn(page);
    await page.getByText(markup).first().waitFor();
    await page.setViewportSize({ width: 360, height: 800 });
    await card(page, "JWT for your servers").getByText("Valid", { exact: true }).waitFor();
    assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), 360, "something sticks out");
    await page.goto(`${server.url}/?error=${encodeURIComponent(markup)}`);
    await page.getByText(markup).first().waitFor();
    assert.equal(await page.locator("main img, main script").count(), 0);
    assert.doesNotMatch(await page.title(), /owned/);
    assert.deepEqual(context.errors, []);
    await context.close();
  });
  await suite.test("home: attack: another site can neither read the messages nor frame the page", async () => {
    const evil = http.createServer((_, response) => response.writeHead(200, { "content-type": "text/html" }).end(`<iframe src="${server.url}/"></iframe>`));
    await new Promise((resolve) => evil.listen(0, "127.0.0.1", resolve));
    const context = await app.person();
    const page = await context.newPage();
    await page.goto(`http://127.0.0.1:${evil.address().port}/`, { waitUntil: "networkidle" });
    for (const part of ["outbox", "config"]) {
      const read = await page.evaluate((url) => fetch(url, { credentials: "include" }).then((answer) => answer.text(), () => "refused"), `${server.url}/_ui/home.json?part=${part}`);
      assert.equal(read, "refused");
    }
    assert.equal(await page.frames()[1].locator("main").count(), 0);
    await context.close();
    evil.closeAllConnections();
    evil.close();
  });
}

async function testOtherConfigs(suite, app) {
  const passkeys = await Started.in(app, "passkey", { config: "mode: development\nsecret: home-secret-3b9e0d57a1c64f82b7d5e6\nbaseURL: $URL\nemailAndPassword: { enabled: true }\nplugins: { passkey: {} }\n" });
  await suite.test("home: with a config file: a passkey is added, and signs in; without jwt it says what to add", async () => {
    const context = await app.person({ locale: "en-US" });
    const page = await open(context, passkeys.url);
    await Device.plug(page);
    await signUp(page, "key@example.com");
    await signedIn(page);
    await card(page, "JWT for your servers").getByText("jwt: {}").waitFor();
    await page.getByRole("button", { name: "Add a passkey" }).click();
    await card(page, "Passkeys").getByRole("listitem").waitFor();
    await signOut(page);
    await page.getByRole("button", { name: "Sign in with a passkey" }).click();
    await signedIn(page);
    await card(page, "You are signed in").getByText("key@example.com").waitFor();
    assert.deepEqual(context.errors, []);
    await context.close();
  });
  await passkeys.stop();
  const strict = await Started.in(app, "strict", { config: "mode: development\nsecret: home-secret-3b9e0d57a1c64f82b7d5e6\nbaseURL: http://localhost:1\nemailAndPassword: { enabled: true, requireEmailVerification: true }\nemailVerification: { sendOnSignUp: true, sendVerificationEmail: mail }\n" });
  await suite.test("home: behind a front end it says why the server refuses its pages", async () => {
    const context = await app.person({ locale: "en-US" });
    const page = await open(context, strict.url);
    await signUp(page, "strict@example.com");
    await page.getByRole("alert").filter({ hasText: `does not trust pages at ${strict.url}` }).waitFor();
    assert.deepEqual(context.errors, []);
    await context.close();
  });
  await strict.stop();
}

const sizes = { desktop: { width: 1280, height: 800 }, mobile: { width: 360, height: 800 } };

async function testHomeLooks(suite, app, server, folder) {
  await mkdir(folder, { recursive: true });
  const writer = await app.person({ locale: "en-US" });
  const page = await open(writer, server.url);
  await signUp(page, "looks@example.com", "Ada Lovelace");
  await signedIn(page);
  await page.getByRole("button", { name: "Send a verification link" }).click();
  await page.getByText("The link is in the outbox.").waitFor();
  const state = await writer.storageState();
  await writer.close();
  for (const colorScheme of ["light", "dark"])
    for (const [size, viewport] of Object.entries(sizes))
      await suite.test(`home: looks: ${colorScheme}, ${size}`, async () => {
        // The policy of the page forbids axe.
        const options = { colorScheme, viewport, locale: "en-US", bypassCSP: true, reducedMotion: "reduce" };
        const file = (name) => path.join(folder, `first-page${name}-${colorScheme}-${size}.png`);
        const stranger = await app.person(options);
        const empty = await open(stranger, server.url);
        await heading(empty, "Sign up");
        await shoot(empty, file("-signed-out"), viewport);
        await empty.getByRole("button", { name: "I have an account" }).click();
        await signIn(empty, "nobody@example.com");
        await empty.getByRole("alert").waitFor();
        await shoot(empty, path.join(app.dir, "problem.png"), viewport);
        await stranger.close();
        const user = await app.person({ ...options, storageState: state });
        const page = await open(user, server.url);
        await card(page, "JWT for your servers").getByText("Valid", { exact: true }).waitFor();
        await card(page, "Outbox").getByRole("listitem").first().waitFor();
        await page.setViewportSize({ ...viewport, height: 1200 });
        await shoot(page, file(""), viewport);
        await page.setViewportSize(viewport);
        for (const name of views.slice(1)) {
          await page.goto(`${server.url}/#${name}`);
          await page.locator("main section").first().waitFor();
          if (name === "api") await page.locator("summary").filter({ hasText: "/sign-up/email" }).click();
          if (name === "doctor") await page.getByRole("listitem").first().waitFor();
          await page.evaluate(() => scrollTo(0, 0));
          await shoot(page, file(`-${name}`), viewport);
        }
        assert.deepEqual([...stranger.errors, ...user.errors], []);
        await user.close();
      });
}
