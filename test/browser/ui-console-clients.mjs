// OAuth clients and consents in the console: an operator makes a client, a user allows it something, the operator ends that.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { run } from "./processes.mjs";

const callback = "https://wiki.example.com/callback";
const verifier = "a-code-verifier-of-more-than-forty-three-characters";

const says = (page, text) => page.getByText(text, { exact: false }).first().waitFor();
const section = (page, title) => page.locator("section").filter({ has: page.getByRole("heading", { name: title, level: 2 }) });
const row = (page, text) => page.getByRole("row").filter({ hasText: text });
const fact = (page, name) => page.locator("dt", { hasText: new RegExp(`^${name}$`) }).locator("xpath=following-sibling::dd[1]").innerText();

/** Presses a button, and the one that confirms it in the dialog. */
async function confirm(page, name) {
  await page.getByRole("main").getByRole("button", { name, exact: true }).click();
  await page.getByRole("dialog").getByRole("button", { name, exact: true }).click();
}

/** Lets the user of a context allow a client, without a page, and returns the code that the client gets. */
export async function allow(site, context, clientId) {
  const query = new URLSearchParams({
    response_type: "code", client_id: clientId, redirect_uri: callback, scope: "openid files:read offline_access", state: "s",
    code_challenge: createHash("sha256").update(verifier).digest("base64url"), code_challenge_method: "S256",
  });
  const asked = await context.request.get(`${site.url}/api/auth/oauth2/authorize?${query}`, { maxRedirects: 0 });
  const to = new URL(asked.headers().location, site.url);
  if (to.origin !== site.url) return to.searchParams.get("code");
  assert.equal(to.pathname, "/consent", to.href);
  const { url } = await site.call(context, "/oauth2/consent", { accept: true, oauth_query: to.search.slice(1) });
  return new URL(url).searchParams.get("code");
}

/** Calls the token endpoint as a client. */
export async function token(site, { clientId, secret }, fields) {
  const answer = await fetch(`${site.url}/api/auth/oauth2/token`, {
    method: "POST", headers: { authorization: `Basic ${Buffer.from(`${clientId}:${secret}`).toString("base64")}` }, body: new URLSearchParams(fields),
  });
  return { status: answer.status, ...(await answer.json()) };
}

export const redeem = (site, client, code) => token(site, client, { grant_type: "authorization_code", code, redirect_uri: callback, code_verifier: verifier });
const refresh = (site, client, refresh_token) => token(site, client, { grant_type: "refresh_token", refresh_token });

export async function testConsoleClients(suite, site, admin, page) {
  const client = {};
  let path, mary, tokens;

  await suite.test("console: an administrator creates an OAuth client, and sees its secret once", async () => {
    await site.open(page, "/console/oauth-clients");
    await says(page, "There are no clients yet.");
    await page.getByRole("button", { name: "New client" }).click();
    const form = page.getByRole("dialog");
    await form.getByLabel("Name").fill("Team Wiki");
    await form.getByRole("button", { name: "Create client" }).click();
    await says(form, "Give a redirect address");
    await form.getByLabel("Redirect addresses").fill("http://wiki.example.com/callback");
    await form.getByRole("button", { name: "Create client" }).click();
    await says(form, "The server does not accept this:");
    await form.getByLabel("Redirect addresses").fill(`${callback}\n\n  https://wiki.example.com/other  `);
    const asked = form.getByRole("group", { name: "Scopes that it may ask users for" });
    await asked.getByLabel("email").uncheck();
    await form.getByRole("group", { name: "Scopes for itself" }).getByLabel("files:read").check();
    await form.getByRole("button", { name: "Create client" }).click();
    await says(form, "It is shown only this once.");
    client.clientId = await form.getByLabel("Client ID").innerText();
    client.secret = await form.getByLabel("Client secret").innerText();
    await form.getByRole("button", { name: "Done" }).click();
    await page.getByRole("heading", { name: "Team Wiki", level: 2 }).waitFor();
    path = new URL(page.url()).pathname;
    assert.equal(await fact(page, "Redirect addresses"), `${callback}\nhttps://wiki.example.com/other`);
    assert.equal(await fact(page, "Scopes"), "openid profile offline_access files:read");
    assert.equal(await fact(page, "Client secret"), "Set");
    assert.equal(await fact(page, "Owner"), "Nobody");
    assert.ok(!(await page.content()).includes(client.secret), "the secret is shown again");
    assert.equal((await token(site, client, { grant_type: "client_credentials" })).scope, "files:read");
  });
  await suite.test("console: clients of users and of the command line are in the list, which is searched", async () => {
    await site.call(admin, "/oauth2/create-client", { client_name: "Of Ada", redirect_uris: [callback], token_endpoint_auth_method: "none" });
    await run(`${site.app.bins}/betterauth`, ["client", "create", "By command", "--redirect-uri", callback, "--skip-consent", "--config", site.config], { env: site.env });
    await site.open(page, "/console/oauth-clients");
    await says(page, "1–3 of 3");
    await row(page, "By command").getByText("Without consent").waitFor();
    await row(page, "Of Ada").getByText("Public").waitFor();
    await row(page, "Of Ada").getByRole("link", { name: "Ada Lovelace" }).waitFor();
    await page.getByLabel("Search", { exact: true }).fill(client.clientId.slice(4, 20));
    await says(page, "1–1 of 1");
    await row(page, "Team Wiki").waitFor();
    await site.open(page, `/console/users/${admin.user.id}`);
    await page.getByRole("main").getByRole("link", { name: "OAuth clients" }).click();
    await says(page, "1–1 of 1");
    await page.getByRole("button", { name: "Clients of everybody" }).click();
    await says(page, "1–3 of 3");
  });
  await suite.test("console: a client gets another name and other addresses", async () => {
    await site.open(page, path);
    await page.getByLabel("Name").fill("Wiki of the team");
    await page.getByLabel("Redirect addresses").fill("https://wiki.example.com/callback#fragment");
    await page.getByRole("button", { name: "Save" }).click();
    await says(page, "The server does not accept this:");
    await page.getByLabel("Redirect addresses").fill(callback);
    await page.getByRole("button", { name: "Save" }).click();
    await says(page, "The changes are saved.");
    await page.getByRole("heading", { name: "Wiki of the team", level: 2 }).waitFor();
    assert.equal(await fact(page, "Redirect addresses"), callback);
  });
  await suite.test("console: what a user allowed is shown with the client and with the user, and revoked", async () => {
    const user = await site.signUp("Mary Somerville", "reader@example.com");
    mary = await site.signedIn("reader@example.com");
    tokens = await redeem(site, client, await allow(site, mary, client.clientId));
    assert.equal(tokens.status, 200, JSON.stringify(tokens));
    tokens = await refresh(site, client, tokens.refresh_token);
    await page.reload();
    await section(page, "Consents").getByRole("row").filter({ hasText: "reader@example.com" }).getByText("openid files:read offline_access").waitFor();
    assert.deepEqual([await fact(page, "Consents"), await fact(page, "Valid refresh tokens")], ["1", "1"]);
    await row(page, "reader@example.com").getByRole("link", { name: "Mary Somerville" }).click();
    await page.waitForURL(`**/console/users/${user.id}`);
    await section(page, "Consents").getByRole("link", { name: "Wiki of the team" }).waitFor();
    await page.getByRole("button", { name: "Revoke access: Wiki of the team" }).click();
    await says(page.getByRole("dialog"), "“Wiki of the team” loses its access to Mary Somerville at once");
    await page.getByRole("dialog").getByRole("button", { name: "Cancel" }).click();
    tokens = await refresh(site, client, tokens.refresh_token);
    assert.equal(tokens.status, 200);
    await page.getByRole("button", { name: "Revoke access: Wiki of the team" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Revoke access" }).click();
    await says(page, "“Wiki of the team” has no access to Mary Somerville any more.");
    await says(page, "No consents.");
    assert.equal((await refresh(site, client, tokens.refresh_token)).error, "invalid_grant");
    const { consents } = await site.call(admin, "/console/oauth-consents");
    assert.deepEqual(consents, []);
  });
  await suite.test("console: after that the client asks the user again, and is revoked on its own page", async () => {
    tokens = await redeem(site, client, await allow(site, mary, client.clientId));
    await site.open(page, path);
    await page.getByRole("button", { name: "Revoke access: Mary Somerville" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Revoke access" }).click();
    await says(page, "No consents.");
    await page.waitForFunction(() => /Valid refresh tokens\s*0/.test(document.querySelector("dl").innerText));
    assert.equal((await refresh(site, client, tokens.refresh_token)).error, "invalid_grant");
    await mary.close();
  });
  await suite.test("console: a client gets a new secret, is disabled and enabled", async () => {
    const old = { ...client };
    await confirm(page, "New secret");
    await says(page.getByRole("dialog"), "It is shown only this once.");
    client.secret = await page.getByRole("dialog").getByLabel("Client secret").innerText();
    await page.getByRole("dialog").getByRole("button", { name: "Done" }).click();
    assert.ok(!(await page.content()).includes(client.secret), "the secret is shown again");
    const works = async (one) => (await token(site, one, { grant_type: "client_credentials" })).status === 200;
    assert.deepEqual([await works(old), await works(client)], [false, true]);
    await confirm(page, "Disable");
    await says(page, "“Wiki of the team” is disabled.");
    await page.getByRole("button", { name: "Enable" }).waitFor();
    assert.equal(await works(client), false);
    await confirm(page, "Enable");
    await says(page, "“Wiki of the team” is enabled.");
    assert.equal(await works(client), true);
  });
  await suite.test("console: somebody who may only look is offered no action with clients", async () => {
    const other = await admin.newPage();
    await other.route("**/api/auth/console/oauth-*", async (route) => {
      const answer = await route.fetch();
      await route.fulfill({ response: answer, json: { ...(await answer.json()), may: false } });
    });
    await site.open(other, path);
    await section(other, "Consents").getByText("No consents.").waitFor();
    assert.deepEqual(await other.getByRole("main").getByRole("button").allInnerTexts(), ["Copy"]);
    await site.open(other, "/console/oauth-clients");
    await says(other, "1–3 of 3");
    assert.deepEqual(await other.getByRole("main").getByRole("button").allInnerTexts(), []);
    await other.close();
  });
  await suite.test("console: a client is deleted", async () => {
    await confirm(page, "Delete client");
    await page.waitForURL("**/console/oauth-clients");
    await says(page, "1–2 of 2");
    assert.equal((await token(site, client, { grant_type: "client_credentials" })).status, 401);
    await site.open(page, path);
    await says(page, "This does not exist, or not any more.");
    const { entries } = await site.call(admin, "/console/audit?limit=200");
    const names = entries.map((one) => one.eventType).filter((name) => name.startsWith("oauth_client") || name === "oauth_access_revoked").reverse();
    assert.deepEqual(names, ["oauth_client_registered", "oauth_client_registered", "oauth_client_registered", "oauth_client_updated", "oauth_access_revoked", "oauth_access_revoked",
      "oauth_client_secret_rotated", "oauth_client_disabled", "oauth_client_enabled", "oauth_client_deleted"]);
    assert.ok(!JSON.stringify(entries).includes(client.secret), "the audit log has a secret");
  });
}
