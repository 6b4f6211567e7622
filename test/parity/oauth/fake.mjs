// A fake authorization server for the outgoing requests of both servers: fixed tokens, profiles and keys by address, the
// same for both. Every request to it is recorded in the transcript, so that requests are compared too.
import { exportJWK, generateKeyPair, SignJWT } from "jose";

const keys = await generateKeyPair("RS256", { extractable: true });
export const jwk = { ...(await exportJWK(keys.publicKey)), kid: "key-1", alg: "RS256", use: "sig" };
const other = await generateKeyPair("RS256");

const shown = new Set(["authorization", "content-type", "accept", "user-agent", "notion-version", "x-discovery", "x-token", "add-padding", "if-none-match", "if-modified-since"]);

/** A token signed by the provider's key, or by another one under the same name. */
export function idToken(claims, s, { wrongKey, lifetime = 600, header = {} } = {}) {
  const now = Math.floor(s.now / 1000);
  return new SignJWT({ iat: now, exp: now + lifetime, ...claims })
    .setProtectedHeader({ alg: "RS256", kid: "key-1", ...header })
    .sign(wrongKey ? other.privateKey : keys.privateKey);
}

/** What is said of a request in the transcript. */
export function describe(req, text) {
  const headers = {};
  for (const [name, value] of Object.entries(req.headers)) {
    if (!shown.has(name)) continue;
    // Only header names that the servers set themselves count.
    if (name === "user-agent" && value !== "better-auth") continue;
    if (name === "accept" && value === "*/*") continue;
    headers[name] = name === "content-type" ? value.replace(/;charset=UTF-8$/i, "") : value;
  }
  return { method: req.method, url: req.headers["x-egress-url"], headers, body: text };
}

const isKeySet = /jwks|\/certs$|\/keys$/;

/**
 * The hook "egress" of a scenario. canned is {token, refresh, users: [[part of the address, answer]], claims}; an answer is
 * a body, or {$status, $headers, $body}; a function is called with (request, s).
 */
export function provider(canned) {
  return async (call, s) => {
    const request = call.data[0];
    const { url, body } = request;
    const form = new URLSearchParams(body);
    if (canned.keys !== undefined && isKeySet.test(url)) return wrap(await value(canned.keys, request, s));
    if (isKeySet.test(url)) return { status: 200, body: { keys: [jwk] } };
    for (const [part, answer] of canned.users ?? []) {
      if (url.includes(part)) return wrap(await value(answer, request, s));
    }
    if (form.get("grant_type") === "refresh_token" || url.includes("refresh_token")) return wrap(await value(canned.refresh ?? refreshed, request, s));
    if (form.get("grant_type") === "authorization_code" || url.includes("grant_type=authorization_code")) {
      const answer = await value(canned.token ?? {}, request, s);
      if (answer?.$status) return wrap(answer);
      const base = { access_token: "access-1", token_type: "Bearer", refresh_token: "refresh-1", expires_in: 3600, scope: "one two" };
      if (canned.claims) base.id_token = await idToken({ nonce: s.nonce, ...(await value(canned.claims, request, s)) }, s, canned.signing);
      return wrap(typeof answer === "string" ? answer : { ...base, ...answer });
    }
    return { status: 404, body: { error: "no such address", url } };
  };
}

const refreshed = { access_token: "access-2", token_type: "Bearer", refresh_token: "refresh-2", expires_in: 1800, scope: "one" };
const value = (v, request, s) => (typeof v === "function" ? v(request, s) : v);

function wrap(answer) {
  if (answer && typeof answer === "object" && "$status" in answer) return { status: answer.$status, body: answer.$body ?? "", headers: answer.$headers };
  return { status: 200, body: answer };
}

export const egress = { $test: { env: "development", egress: "hook:egress" } };

/** Starts a flow and keeps the state of the address that the answer sends to. */
export async function begin(s, body, opts) {
  const answer = await s.post("/sign-in/social", body, opts);
  return follow(s, answer);
}
export function follow(s, answer) {
  if (!answer.json?.url) return undefined;
  const url = new URL(answer.json.url);
  s.nonce = url.searchParams.get("nonce") ?? undefined;
  return url.searchParams.get("state");
}
