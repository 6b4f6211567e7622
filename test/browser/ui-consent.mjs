// The pages of the identity provider: a client of others sends a user here, who signs in and allows what it asks for.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdir } from "node:fs/promises";
import { password } from "./app.mjs";
import { fill } from "./flows.mjs";
import { shoot } from "./looks.mjs";
import { run } from "./processes.mjs";
import { open, Started } from "./ui-home.mjs";

const callback = "https://wiki.example.com/callback";
const verifier = "a-code-verifier-of-more-than-forty-three-characters";
const config = `
baseURL: $URL
mode: development
secret: consent-secret-0c5b9e7a41d84f2c96e3
database: sqlite:app.db
emailAndPassword: { enabled: true }
plugins: { jwt: {}, oauth-provider: {} }
`;

export async function testConsent(suite, app, images) {
  const server = await Started.in(app, "consent", { config });
  try {
    const create = async (name) => JSON.parse(await run(`${app.bins}/betterauth`, ["client", "create", name, "--redirect-uri", callback, "--json"], { cwd: server.dir }));
    await testFlow(suite, app, server, await create("Team <b>Wiki</b>"));
    await testLooks(suite, app, server, await create("Team Wiki"), images);
  } finally {
    await server.stop();
  }
}

const request = (server, client, more = {}) =>
  `${server.url}/api/auth/oauth2/authorize?${new URLSearchParams({
    response_type: "code", client_id: client.client_id, redirect_uri: callback, scope: "openid profile email offline_access", state: "s",
    code_challenge: createHash("sha256").update(verifier).digest("base64url"), code_challenge_method: "S256", ...more,
  })}`;

/** Keeps the browser from leaving this machine, and resolves to the address that the client gets. */
async function returned(page, act) {
  let address;
  await page.context().route("https://wiki.example.com/**", (route) => {
    address = new URL(route.request().url());
    return route.fulfill({ contentType: "text/html", body: "<title>Back</title>" });
  });
  await act();
  await page.waitForURL("https://wiki.example.com/**");
  await page.context().unroute("https://wiki.example.com/**");
  return address;
}

const heading = (page, name) => page.getByRole("heading", { name, level: 1 }).waitFor();
const allow = (page) => page.getByRole("button", { name: "Allow", exact: true }).click();

async function redeem(server, client, code) {
  const answer = await fetch(`${server.url}/api/auth/oauth2/token`, {
    method: "POST", headers: { authorization: `Basic ${Buffer.from(`${client.client_id}:${client.client_secret}`).toString("base64")}` },
    body: new URLSearchParams({ grant_type: "authorization_code", code, redirect_uri: callback, code_verifier: verifier }),
  });
  assert.equal(answer.status, 200, await answer.clone().text());
  return answer.json();
}

async function testFlow(suite, app, server, client) {
  const context = await app.person({ locale: "en-US" });
  let page;
  const fine = () => {
    const strange = context.errors.filter((text) => !text.includes("wiki.example.com"));
    assert.deepEqual(strange, []);
  };
  await suite.test("consent: a new user signs up on the way, allows, and the client gets tokens", async () => {
    page = await open(context, server.url);
    await page.goto(request(server, client));
    await heading(page, "Sign in");
    await page.getByRole("link", { name: "Create an account" }).click();
    await fill(page, { Name: "Ada Lovelace", "E-mail address": "ada@example.com", Password: password }, /^Create/);
    await heading(page, "Allow Team <b>Wiki</b>?");
    await page.getByText("Your e-mail address", { exact: true }).waitFor();
    await page.getByText("Afterwards you return to wiki.example.com.").waitFor();
    const back = await returned(page, () => allow(page));
    assert.equal(back.searchParams.get("state"), "s");
    const tokens = await redeem(server, client, back.searchParams.get("code"));
    const user = await fetch(`${server.url}/api/auth/oauth2/userinfo`, { headers: { authorization: `Bearer ${tokens.access_token}` } });
    assert.equal((await user.json()).email, "ada@example.com");
    fine();
  });
  await suite.test("consent: what was allowed is not asked again", async () => {
    await page.goto(server.url);
    const back = await returned(page, () => page.goto(request(server, client)).catch(() => {}));
    assert.ok(back.searchParams.get("code"));
  });
  await suite.test("consent: prompt=login asks for the password, and prompt=consent for the consent", async () => {
    await page.goto(request(server, client, { prompt: "login consent" }));
    await heading(page, "Sign in");
    await fill(page, { "E-mail address": "ada@example.com", Password: password }, /^Sign in$/);
    await heading(page, "Allow Team <b>Wiki</b>?");
    const back = await returned(page, () => page.getByRole("button", { name: "Deny" }).click());
    assert.equal(back.searchParams.get("error"), "access_denied");
    fine();
  });
  await suite.test("consent: the choice of an account, with the keyboard", async () => {
    await page.goto(request(server, client, { prompt: "select_account" }));
    await heading(page, "Choose an account");
    const use = page.getByRole("button", { name: "Continue as ada@example.com" });
    await use.focus();
    const back = await returned(page, () => page.keyboard.press("Enter"));
    assert.ok(back.searchParams.get("code"));
    fine();
  });
  await suite.test("consent: a changed request is refused, and a page without one says so", async () => {
    await page.goto(request(server, client, { prompt: "consent" }));
    await heading(page, "Allow Team <b>Wiki</b>?");
    const forged = new URL(page.url());
    forged.searchParams.set("redirect_uri", "https://evil.example.com/");
    await page.goto(forged.href);
    await allow(page);
    await page.getByRole("alert").waitFor();
    assert.equal(new URL(page.url()).pathname, "/consent");
    await page.goto(`${server.url}/consent`);
    await page.getByText("This request is not valid.").waitFor();
    fine();
  });
  await context.close();
}

async function testLooks(suite, app, server, client, images) {
  await mkdir(images, { recursive: true });
  for (const colorScheme of ["light", "dark"]) {
    for (const [size, viewport] of Object.entries({ desktop: { width: 1280, height: 800 }, mobile: { width: 360, height: 740 } })) {
      await suite.test(`consent: looks, ${colorScheme}, ${size}`, async () => {
        const context = await app.person({ locale: "de-DE", colorScheme, viewport, bypassCSP: true, reducedMotion: "reduce" });
        const page = await open(context, server.url);
        await page.goto(request(server, client, { prompt: "consent" }));
        await fill(page, { "E-Mail-Adresse": "ada@example.com", Passwort: password }, /^Anmelden$/);
        await heading(page, "Team Wiki zulassen?");
        await shoot(page, `${images}/consent-${colorScheme}-${size}.png`, viewport);
        await context.close();
      });
    }
  }
}
