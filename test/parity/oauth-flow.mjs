// Clients of the plugin oauth-provider: how they are registered, and how a browser takes their requests through the flow.
import { createHash } from "node:crypto";
import { alice, signUp } from "./people.mjs";

export const callback = "https://app.example.com/callback";
export const verifier = "a-code-verifier-of-more-than-forty-three-characters-000";
export const challenge = createHash("sha256").update(verifier).digest("base64url");

/** A config with the plugin. */
export const provider = (options = {}, { plugins, ...more } = {}) => ({
  ...more,
  plugins: { jwt: {}, "oauth-provider": { loginPage: "/login", consentPage: "/consent", ...options }, ...plugins },
});

const owner = { name: "Owner", email: "owner@example.com", password: "owners-password-1" };

/**
 * Registers a client as the host program does, for a user of its own who is signed in in another browser. It gets the same
 * id on both servers, so that signatures of requests can be compared.
 */
export async function register(s, more = {}) {
  if (!s.jars.has("owner")) await s.post("/sign-up/email", owner, { browser: "owner" });
  const body = { redirect_uris: [callback], token_endpoint_auth_method: "client_secret_post", ...more };
  const { json } = await s.api("adminCreateOAuthClient", { body, headers: [["cookie", s.jar("owner").header()], ["host", new URL(s.origin).host]] });
  if (!json?.client_id) throw new Error(`no client: ${JSON.stringify(json)}`);
  const client_id = `client-${(s.clients = (s.clients ?? 0) + 1)}`;
  await change(s, json, { clientId: client_id });
  return { ...json, client_id };
}

/** Changes columns of a client. Lists are written as JSON. s.column is the name of a column and of the table, if they are renamed. */
export async function change(s, client, columns) {
  const q = (name) => s.db.quote(s.column?.(name) ?? name);
  const text = (v) => (typeof v === "string" ? `'${v}'` : Array.isArray(v) ? `'${JSON.stringify(v)}'` : String(v));
  const set = Object.entries(columns).map(([name, v]) => `${q(name)} = ${text(v)}`);
  await s.db.all(`update ${q("oauthClient")} set ${set} where ${q("clientId")} = '${client.client_id}'`);
}

/** A body of the same length on both servers, whatever the encoding of a signature in it needs. */
const padded = (body) => ({ raw: JSON.stringify(body).padEnd(2500), type: "application/json" });
export const send = (s, path, body, opts) => s.post(path, undefined, { ...padded(body), ...opts });

export const params = (client, more = {}) => {
  const all = {
    response_type: "code", client_id: client.client_id, redirect_uri: callback, scope: "openid", state: "state-1",
    code_challenge: challenge, code_challenge_method: "S256", ...more,
  };
  const out = new URLSearchParams();
  for (const [name, value] of Object.entries(all)) for (const one of [value ?? []].flat()) out.append(name, one);
  return out;
};

export const navigate = { accept: "text/html,application/xhtml+xml", "sec-fetch-mode": "navigate" };

/** Sends a request as a browser that opens the address. */
export const authorize = (s, client, more, { headers = navigate, ...opts } = {}) =>
  s.get(`/oauth2/authorize?${params(client, more)}`, { headers, ...opts });

/** Where an answer sends the browser. */
export const target = (answer) => {
  const to = answer.json?.url ?? answer.headers.location?.[0];
  return to === undefined ? undefined : new URL(to, "http://localhost:3000");
};

/** The signed request in the query of a page. */
export const signed = (answer) => target(answer)?.search.slice(1) ?? "";

export const code = (answer) => target(answer)?.searchParams.get("code");

export const consent = (s, oauth_query, more = {}, label) => send(s, "/oauth2/consent", { accept: true, oauth_query, ...more }, { label });
export const next = (s, oauth_query, more, opts) => send(s, "/oauth2/continue", { ...more, oauth_query }, opts);

/** A user who is signed in, and a client. */
export async function begin(s, client = {}, who = alice) {
  await signUp(s, who);
  return register(s, client);
}

/** Takes a request of a client through sign-in (if needed) and consent. Resolves to the answer with the code. */
export async function grant(s, client, more) {
  const first = await authorize(s, client, more);
  if (code(first)) return first;
  return consent(s, signed(first));
}

export const redeem = (s, client, given, more = {}) =>
  s.post("/oauth2/token", undefined, {
    form: {
      grant_type: "authorization_code", code: given, redirect_uri: callback, code_verifier: verifier, client_id: client.client_id,
      ...(client.client_secret && { client_secret: client.client_secret }), ...more,
    },
    cookies: false, origin: null,
  });
