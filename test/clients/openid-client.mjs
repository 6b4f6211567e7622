// openid-client (npm), a certified OpenID relying party.
import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import path from "node:path";
import * as client from "openid-client";
import { Browser } from "./server.mjs";

const callback = "https://app.example.com/callback";
const insecure = { execute: [client.allowInsecureRequests] };

/** Takes a user through the code flow. Resolves to the tokens. */
async function codeFlow(config, browser, { scope = "openid profile email offline_access", options, more = {} } = {}) {
  const verifier = client.randomPKCECodeVerifier();
  const state = client.randomState();
  const nonce = client.randomNonce();
  const address = client.buildAuthorizationUrl(config, {
    redirect_uri: callback, scope, state, nonce, code_challenge: await client.calculatePKCECodeChallenge(verifier), code_challenge_method: "S256", ...more,
  });
  const end = await browser.follow(address, callback);
  const tokens = await client.authorizationCodeGrant(config, end, { pkceCodeVerifier: verifier, expectedState: state, expectedNonce: nonce, idTokenExpected: true }, undefined, options);
  return { tokens, end, verifier, state, nonce };
}

const register = (server, metadata = {}, auth) =>
  client.dynamicClientRegistration(new URL(server.issuer), { redirect_uris: [callback], post_logout_redirect_uris: [callback], grant_types: ["authorization_code", "refresh_token"], ...metadata }, auth, insecure);

export default function tests({ server }) {
  return [
    ["discovery, registration and the code flow", async () => {
      const config = await register(server, { token_endpoint_auth_method: "none" });
      const metadata = config.serverMetadata();
      assert.equal(metadata.issuer, server.issuer);
      assert.ok(metadata.code_challenge_methods_supported.includes("S256"));
      const browser = new Browser(server);
      const { tokens } = await codeFlow(config, browser);
      assert.deepEqual(browser.pages.filter((page) => !page.startsWith("/api/")), ["/sign-in", "/consent"]);
      const claims = tokens.claims();
      const user = await client.fetchUserInfo(config, tokens.access_token, claims.sub);
      assert.equal(user.email, "ada@example.com");
      assert.equal(user.name, "Ada");
    }],
    ["refresh tokens rotate, and a used one ends the grant", async () => {
      const config = await register(server, { token_endpoint_auth_method: "none" });
      const { tokens } = await codeFlow(config, await signedIn(server));
      const second = await client.refreshTokenGrant(config, tokens.refresh_token);
      assert.notEqual(second.refresh_token, tokens.refresh_token);
      await assert.rejects(client.refreshTokenGrant(config, tokens.refresh_token), { error: "invalid_grant" });
      await assert.rejects(client.refreshTokenGrant(config, second.refresh_token), { error: "invalid_grant" });
    }],
    ["a code is redeemed once", async () => {
      const config = await register(server, { token_endpoint_auth_method: "none" });
      const { end, verifier, state, nonce } = await codeFlow(config, await signedIn(server));
      await assert.rejects(
        client.authorizationCodeGrant(config, end, { pkceCodeVerifier: verifier, expectedState: state, expectedNonce: nonce }), { error: "invalid_grant" });
    }],
    ["a confidential client: introspection and revocation", async () => {
      const config = await confidential(server, "client_secret_basic");
      const { tokens } = await codeFlow(config, await signedIn(server), { more: { prompt: "consent" } });
      assert.equal((await client.tokenIntrospection(config, tokens.refresh_token)).active, true);
      await client.tokenRevocation(config, tokens.refresh_token, { token_type_hint: "refresh_token" });
      assert.equal((await client.tokenIntrospection(config, tokens.refresh_token)).active, false);
    }],
    ["client_secret_post", async () => {
      const config = await confidential(server, "client_secret_post");
      const { tokens } = await codeFlow(config, await signedIn(server), { scope: "openid" });
      assert.equal(tokens.scope, "openid");
    }],
    ["DPoP: tokens are bound to a key", async () => {
      const config = await register(server, { token_endpoint_auth_method: "none" });
      const proof = client.getDPoPHandle(config, await client.randomDPoPKeyPair("ES256"));
      const { tokens } = await codeFlow(config, await signedIn(server), { options: { DPoP: proof } });
      assert.equal(tokens.token_type, "dpop");
      const user = await client.fetchUserInfo(config, tokens.access_token, tokens.claims().sub, { DPoP: proof });
      assert.equal(user.email, "ada@example.com");
      const other = client.getDPoPHandle(config, await client.randomDPoPKeyPair("ES256"));
      await assert.rejects(client.fetchUserInfo(config, tokens.access_token, tokens.claims().sub, { DPoP: other }));
      await assert.rejects(client.refreshTokenGrant(config, tokens.refresh_token, undefined, { DPoP: other }));
      const second = await client.refreshTokenGrant(config, tokens.refresh_token, undefined, { DPoP: proof });
      assert.equal(second.token_type, "dpop");
    }],
    ["private_key_jwt and client credentials", async () => {
      const { publicKey, privateKey } = await crypto.subtle.generateKey({ name: "ECDSA", namedCurve: "P-256" }, true, ["sign", "verify"]);
      const jwk = { ...(await crypto.subtle.exportKey("jwk", publicKey)), kid: "one", alg: "ES256", use: "sig" };
      const file = path.join(server.dir, "jwks.json");
      await writeFile(file, JSON.stringify({ keys: [jwk] }));
      const made = await server.createClient("A job", "--auth-method", "private_key_jwt", "--jwks-file", file, "--client-credentials", "read");
      const config = await client.discovery(new URL(server.issuer), made.client_id, { token_endpoint_auth_method: "private_key_jwt" }, client.PrivateKeyJwt({ key: privateKey, kid: "one" }), insecure);
      const tokens = await client.clientCredentialsGrant(config, { scope: "read" });
      assert.equal(tokens.scope, "read");
      const { privateKey: other } = await crypto.subtle.generateKey({ name: "ECDSA", namedCurve: "P-256" }, true, ["sign", "verify"]);
      const stranger = await client.discovery(new URL(server.issuer), made.client_id, {}, client.PrivateKeyJwt({ key: other, kid: "one" }), insecure);
      await assert.rejects(client.clientCredentialsGrant(stranger, { scope: "read" }), { error: "invalid_client" });
    }],
  ];
}

async function signedIn(server) {
  const browser = new Browser(server);
  await browser.post("/sign-in/email", { email: "ada@example.com", password: "correct horse battery staple" });
  return browser;
}

/** Creates a client as a signed-in user. */
async function create(server, metadata) {
  const browser = await signedIn(server);
  return browser.post("/oauth2/create-client", { redirect_uris: [callback], ...metadata });
}

async function confidential(server, method) {
  const made = await create(server, { token_endpoint_auth_method: method, grant_types: ["authorization_code", "refresh_token"] });
  const auth = method === "client_secret_post" ? client.ClientSecretPost(made.client_secret) : client.ClientSecretBasic(made.client_secret);
  return client.discovery(new URL(server.issuer), made.client_id, { client_secret: made.client_secret }, auth, insecure);
}
