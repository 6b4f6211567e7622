// The token endpoint of the plugin oauth-provider: codes, client authentication, refresh tokens.
import {
  api, authorize, begin, callback, change, code, fresh, grant, introspect, redeem, refresh, register, scenario, send, token, tokens, userInfo, verifier,
} from "../oauth-tokens.mjs";
import { day } from "../people.mjs";

// Parameters that differ from a good redemption. undefined leaves one out.
const wrong = {
  "no grant": { grant_type: undefined }, "an empty grant": { grant_type: "" }, "a blank grant": { grant_type: " " }, "another grant": { grant_type: "password" },
  "two grants": { grant_type: ["authorization_code", "authorization_code"] }, "a grant with blanks": { grant_type: " authorization_code " },
  "no code": { code: undefined }, "an empty code": { code: "" }, "another code": { code: "x" }, "no client": { client_id: undefined }, "an empty client": { client_id: "" },
  "another client": { client_id: "nobody" }, "two clients": { client_id: ["client-1", "client-1"] }, "no secret": { client_secret: undefined }, "an empty secret": { client_secret: "" },
  "another secret": { client_secret: "x" }, "two secrets": { client_secret: ["a", "b"] }, "no redirect": { redirect_uri: undefined }, "an empty redirect": { redirect_uri: "" },
  "another redirect": { redirect_uri: `${callback}/x` }, "a redirect that is no URL": { redirect_uri: "x" }, "a redirect that runs code": { redirect_uri: "javascript:1" },
  "a redirect with a fragment": { redirect_uri: `${callback}#x` }, "an insecure redirect": { redirect_uri: "http://app.example.com/callback" }, "no verifier": { code_verifier: undefined },
  "an empty verifier": { code_verifier: "" }, "another verifier": { code_verifier: "x" }, "neither": { code_verifier: undefined, client_secret: undefined },
  "a resource": { resource: api }, "a resource that is no URI": { resource: "x" }, "an empty resource": { resource: "" }, "a resource with a fragment": { resource: `${api}#x` },
  "a resource that runs code": { resource: "javascript:1" }, "resources": { resource: [api, `${api}/2`] }, "the userinfo resource": { resource: "http://localhost:3000/api/auth/oauth2/userinfo" },
  "an assertion without a type": { client_assertion: "x", client_secret: undefined }, "a type without an assertion": { client_assertion_type: "x", client_secret: undefined },
  "an assertion and a secret": { client_assertion: "x", client_assertion_type: "y" }, "more parameters": { foo: "bar", scope: "other" },
};

async function redeemAll(s, client, more) {
  for (const change of Object.values(wrong)) await redeem(s, client, await fresh(s, client, more), { ...change });
}

async function flow(s) {
  const client = await begin(s, { skip_consent: true });
  const first = await fresh(s, client, { scope: "openid profile email offline_access", nonce: "n-1" });
  const got = (await redeem(s, client, first)).json;
  await userInfo(s, got.access_token);
  await introspect(s, client, got.access_token);
  await introspect(s, client, got.refresh_token);
  const next = (await refresh(s.advance(60), client, got.refresh_token)).json;
  await userInfo(s, next.access_token);
  await refresh(s, client, next.refresh_token, { scope: "openid" });
  await userInfo(s, got.access_token);
  const again = await fresh(s, client);
  const once = (await redeem(s, client, again)).json;
  await redeem(s, client, again);
  await userInfo(s, once.access_token);
  await refresh(s, client, got.refresh_token);
  await userInfo(s, next.access_token);
}

const basic = (id, secret) => ({ authorization: `Basic ${Buffer.from(`${encodeURIComponent(id)}:${encodeURIComponent(secret)}`).toString("base64")}` });
const machine = async (s, more) => {
  const client = await register(s, { grant_types: ["client_credentials"], ...more });
  await change(s, client, { clientCredentialsScopes: ["read", "write"] });
  return client;
};

async function authentication(s) {
  const client = await machine(s, { token_endpoint_auth_method: "client_secret_basic" });
  const post = await machine(s);
  const open = await register(s, { token_endpoint_auth_method: "none" });
  const form = { grant_type: "client_credentials" };
  const ask = (headers, more = {}) => send(s, "/oauth2/token", { ...form, ...more }, { headers });
  const { client_id, client_secret } = client;
  await ask(basic(client_id, client_secret));
  await ask(basic(client_id, client_secret), { scope: "read" });
  await ask(basic(client_id, client_secret), { scope: "read openid other" });
  await ask(basic(client_id, client_secret), { scope: "" });
  await ask({ authorization: basic(client_id, client_secret).authorization.replace("Basic ", "bAsIc   ") });
  for (const authorization of [
    "Basic", "Basic ", "Basic x", "Basic ***", "Basic Og==", `Basic ${btoa("a:")}`, `Basic ${btoa(":b")}`, `Basic ${btoa("nobody:x")}`, `Basic ${btoa(`${client_id}:x`)}`,
    `Basic ${btoa(`${client_id}:${client_secret}:`)}`, `Basic ${btoa(`${client_id}:%zz+%20`)}`, `Basic ${btoa(`${post.client_id}:${post.client_secret}`)}`, `Basic ${btoa(`${open.client_id}:x`)}`,
    "Bearer x", "Bearer", "DPoP x y", "\"x\" y", "(", "Digest username=\"a\"", "Basic\tx",
  ]) await ask({ authorization });
  await ask(basic(client_id, client_secret), { client_secret });
  await ask(basic(client_id, client_secret), { client_id });
  await ask(basic(client_id, client_secret), { client_id: "other" });
  await ask({}, { client_id, client_secret });
  await ask({}, { client_id: post.client_id, client_secret: post.client_secret });
  await ask({}, { client_id: post.client_id, client_secret: "x" });
  await ask({}, { client_id: post.client_id });
  await ask({}, { client_id: open.client_id });
  await ask({}, { client_id: open.client_id, client_secret: "x" });
  await ask({}, {});
  await ask({}, { client_id: "nobody", client_secret: "x" });
  await s.db.all(`update ${s.db.quote("oauthClient")} set disabled = ${s.db.kind === "postgres" ? "true" : 1}`);
  await ask(basic(client_id, client_secret));
  await ask({}, { client_id: post.client_id, client_secret: post.client_secret });
  await s.post("/oauth2/token", { ...form, client_id, client_secret }, { cookies: false });
  await s.post("/oauth2/token", undefined, { cookies: false });
  await s.get("/oauth2/token", { cookies: false });
}

async function renewals(s) {
  const { client, refresh_token: first } = await tokens(s);
  const other = await register(s, {});
  await refresh(s, client, undefined);
  await refresh(s, client, "");
  await refresh(s, client, "x");
  await refresh(s, other, first);
  await refresh(s, client, first, { client_secret: "x" });
  await refresh(s, client, first, { client_id: undefined });
  await refresh(s, client, first, { client_secret: undefined });
  await refresh(s, client, first, { scope: "openid read" });
  await refresh(s, client, first, { scope: "" });
  const narrow = (await refresh(s, client, first, { scope: "email" })).json;
  await refresh(s, client, narrow.refresh_token);
  const { refresh_token: wide } = (await redeem(s, client, await fresh(s, client, { scope: "openid offline_access", nonce: "n-2" }))).json;
  await refresh(s.advance(29 * day), client, wide);
  await refresh(s.advance(31 * day), client, wide);
  await refresh(s, client, wide, { resource: api });
}

async function reuse(s) {
  const { client, refresh_token: first, access_token } = await tokens(s);
  const next = (await refresh(s, client, first)).json;
  await refresh(s, client, first);
  await refresh(s, client, next.refresh_token);
  await userInfo(s, next.access_token);
  await userInfo(s, access_token);
}

async function interval(s) {
  const { client, refresh_token: first } = await tokens(s);
  const next = (await refresh(s, client, first)).json;
  await refresh(s.advance(5), client, first);
  await refresh(s, client, first, { scope: "openid" });
  await refresh(s, client, first, { scope: "email offline_access profile openid" });
  await refresh(s, client, next.refresh_token);
  await refresh(s.advance(60), client, first);
  await refresh(s, client, next.refresh_token);
}

async function grants(s) {
  const narrow = await begin(s, { skip_consent: true, grant_types: ["authorization_code"] });
  await redeem(s, narrow, await fresh(s, narrow, { scope: "openid offline_access", nonce: "1" }));
  await token(s, narrow, { grant_type: "client_credentials" });
  const open = await register(s, { token_endpoint_auth_method: "none", skip_consent: true });
  const given = (await redeem(s, open, await fresh(s, open, { scope: "openid offline_access", nonce: "1" }))).json;
  await redeem(s, open, await fresh(s, open), { code_verifier: undefined });
  await redeem(s, open, await fresh(s, open), { client_secret: "x" });
  await refresh(s, open, given.refresh_token);
  const free = await register(s, { skip_consent: true, require_pkce: false });
  const plain = { code_challenge: undefined, code_challenge_method: undefined };
  await redeem(s, free, await fresh(s, free, plain), { code_verifier: undefined });
  await redeem(s, free, await fresh(s, free, plain));
  await redeem(s, free, await fresh(s, free), { code_verifier: undefined });
  const offline = { scope: "openid offline_access" };
  await redeem(s, free, await fresh(s, free, { ...offline, nonce: "1", ...plain }), { code_verifier: undefined });
  await redeem(s, free, await fresh(s, free, offline));
}

async function ended(s) {
  const { client, refresh_token, access_token } = await tokens(s);
  const late = await fresh(s, client);
  await redeem(s.advance(601), client, late);
  const given = await fresh(s, client);
  await s.post("/sign-out", {});
  await redeem(s, client, given);
  await userInfo(s, access_token);
  await introspect(s, client, access_token);
  await refresh(s, client, refresh_token);
}

async function consents(s) {
  const client = await begin(s);
  const { json } = await redeem(s, client, code(await grant(s, client, { scope: "openid email", claims: JSON.stringify({ userinfo: { picture: null, given_name: null } }) })));
  await userInfo(s, json.access_token);
  await introspect(s, client, json.access_token);
  await authorize(s, client, { scope: "openid email" });
}

export default [
  scenario("the way", flow),
  scenario("the way on PostgreSQL and MariaDB", flow, {}, { dbs: ["postgres", "mysql"] }),
  scenario("wrong redemptions", async (s) => redeemAll(s, await begin(s, { skip_consent: true }), { scope: "openid" })),
  scenario("wrong redemptions of a public client", async (s) => redeemAll(s, await begin(s, { skip_consent: true, token_endpoint_auth_method: "none" }), { scope: "openid" })),
  scenario("how clients authenticate", authentication),
  scenario("refresh tokens", renewals),
  scenario("a refresh token twice", reuse),
  scenario("a refresh token twice within an interval", interval, { refreshTokenReuseInterval: 30 }),
  scenario("grants of clients, proof keys", grants),
  scenario("what a session's end ends", ended),
  scenario("claims that a client names", consents),
  scenario("without grants", async (s) => {
    const client = await begin(s, { skip_consent: true });
    await redeem(s, client, "x");
    await refresh(s, client, "x");
    await token(s, client, { grant_type: "client_credentials" });
  }, { grantTypes: ["authorization_code"] }),
];
