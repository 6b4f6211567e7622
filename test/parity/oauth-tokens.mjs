// What the scenarios about the token endpoint of the plugin oauth-provider share.
import { createHash } from "node:crypto";
import { calculateJwkThumbprint, exportJWK, generateKeyPair, SignJWT } from "jose";
import { authorize, begin, callback, change, code, grant, provider, redeem, register, verifier } from "./oauth-flow.mjs";
import { start } from "./client.mjs";

export const origin = "http://localhost:3000";
export const base = `${origin}/api/auth`;
export const api = "https://api.example.com";
export const assertionType = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
export const scopes = ["openid", "profile", "email", "offline_access", "read", "write"];

/** Sends a form to an endpoint, without cookies. Values that are lists are repeated. */
export function send(s, path, form, { headers, ...opts } = {}) {
  const body = new URLSearchParams();
  for (const [name, value] of Object.entries(form)) for (const one of [value ?? []].flat()) body.append(name, one);
  return s.post(path, undefined, { form: body, cookies: false, origin: null, headers, ...opts });
}

export const secretOf = (client) => (client.client_secret ? { client_id: client.client_id, client_secret: client.client_secret } : { client_id: client.client_id });

export const token = (s, client, form, opts) => send(s, "/oauth2/token", { ...secretOf(client), ...form }, opts);
export const refresh = (s, client, refresh_token, more = {}, opts) => token(s, client, { grant_type: "refresh_token", refresh_token, ...more }, opts);
export const introspect = (s, client, given, more = {}, opts) => send(s, "/oauth2/introspect", { ...secretOf(client), token: given, ...more }, opts);
export const revoke = (s, client, given, more = {}, opts) => send(s, "/oauth2/revoke", { ...secretOf(client), token: given, ...more }, opts);
export const userInfo = (s, given, { scheme = "Bearer", headers, ...opts } = {}) =>
  s.get("/oauth2/userinfo", { headers: { ...(given !== undefined && { authorization: `${scheme} ${given}` }), ...headers }, cookies: false, ...opts });

/** Resolves to a new code for a client that needs no consent. */
export const fresh = async (s, client, more) => code(await authorize(s, client, more));

/** A user, a client that needs no consent, and its tokens. */
export async function tokens(s, more = { scope: "openid profile email offline_access", nonce: "n-1" }, client = {}) {
  const made = await begin(s, { skip_consent: true, ...client });
  const got = await redeem(s, made, await fresh(s, made, more));
  return { client: made, ...got.json };
}

const owner = { name: "Owner", email: "owner@example.com", password: "owners-password-1" };

/** Calls an endpoint as the host program does, for the user who owns the clients. */
export async function manage(s, name, input) {
  if (!s.jars.has("owner")) await s.post("/sign-up/email", owner, { browser: "owner" });
  return s.api(name, { ...input, headers: [["cookie", s.jar("owner").header()]] });
}

export const link = (s, identifier, { client_id }) => manage(s, "adminLinkClientResource", { params: { identifier, client_id } });

/** Creates a resource and links clients to it. */
export async function resource(s, body, ...clients) {
  await manage(s, "adminCreateOAuthResource", { body });
  for (const client of clients) await link(s, body.identifier, client);
}

/** A key pair for both servers. */
export async function keyPair(alg) {
  const { publicKey, privateKey } = await generateKeyPair(alg, { extractable: true });
  const jwk = await exportJWK(publicKey);
  return { alg, jwk, privateKey, thumbprint: await calculateJwkThumbprint(jwk), secretJwk: await exportJWK(privateKey) };
}

/** The second of the next request. */
export const second = (s) => Math.floor((s.now + 1000) / 1000);
export const began = Math.floor(start / 1000);

const count = (s) => (s.made = (s.made ?? 0) + 1);
const signed = (key, header, claims) => new SignJWT(claims).setProtectedHeader({ alg: key.alg, ...header }).sign(key.privateKey);
const without = (o) => Object.fromEntries(Object.entries(o).filter(([, v]) => v !== undefined));

/** A DPoP proof; more changes its claims, header its header. */
export const proof = (s, key, htm, path, more = {}, header = {}) =>
  signed(key, without({ typ: "dpop+jwt", jwk: key.jwk, ...header }), without({ htm, htu: base + path, jti: `proof-${count(s)}`, iat: second(s), ...more }));

export const ath = (given) => createHash("sha256").update(given ?? "").digest("base64url");

/** An assertion of a client. */
export const assertion = (s, key, client, more = {}, header = {}) =>
  signed(key, without(header), without({
    iss: client.client_id, sub: client.client_id, aud: `${base}/oauth2/token`, jti: `assertion-${count(s)}`, iat: second(s), exp: second(s) + 60, ...more,
  }));

export const scenario = (name, run, options, more = {}) => {
  const { hooks = {}, dbs, unorderedCalls, ...config } = more;
  return { name: `oauth token: ${name}`, config: provider({ scopes, ...options }, config), hooks, run, ...(dbs && { dbs }), ...(unorderedCalls && { unorderedCalls }) };
};

export { authorize, begin, callback, change, code, grant, redeem, register, verifier };
