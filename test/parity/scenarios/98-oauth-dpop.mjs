// DPoP (RFC 9449) in the plugin oauth-provider: tokens that are bound to a key.
import { api, ath, base, begin, fresh, introspect, keyPair, proof, redeem, refresh, register, resource, revoke, scenario, second, token, userInfo } from "../oauth-tokens.mjs";

const keys = { ES256: await keyPair("ES256"), EdDSA: await keyPair("EdDSA"), RS256: await keyPair("RS256"), PS256: await keyPair("PS256"), ES512: await keyPair("ES512"), ES384: await keyPair("ES384") };
const key = keys.ES256;
const thief = keys.EdDSA;
const b64 = (text) => Buffer.from(text).toString("base64url");
const at = (s, more, header, one = key) => proof(s, one, "POST", "/oauth2/token", more, header);
const dpop = (text) => ({ headers: { dpop: text } });
const show = (s, given, text) => userInfo(s, given, { scheme: "DPoP", ...(text !== undefined && dpop(text)) });
const about = (s, given, more, header, one = key) => proof(s, one, "GET", "/oauth2/userinfo", { ath: ath(given), ...more }, header);

/** redeem with a header; redeem of oauth-flow.mjs sends none. */
async function issue(s, client, text, more = { scope: "openid offline_access", nonce: "1" }, form = {}) {
  const given = await fresh(s, client, more);
  const sent = {
    grant_type: "authorization_code", code: given, redirect_uri: "https://app.example.com/callback", code_verifier: "a-code-verifier-of-more-than-forty-three-characters-000", ...form,
  };
  return (await token(s, client, sent, text === undefined ? {} : dpop(text))).json ?? {};
}

async function flow(s) {
  const client = await begin(s, { skip_consent: true });
  const got = await issue(s, client, await at(s));
  await introspect(s, client, got.access_token);
  await introspect(s, client, got.refresh_token);
  await introspect(s, client, `DPoP ${got.access_token}`);
  await show(s, got.access_token, await about(s, got.access_token));
  await show(s, got.access_token);
  await userInfo(s, got.access_token);
  await show(s, got.access_token, await about(s, got.access_token, {}, {}, thief));
  const used = await about(s, got.access_token);
  await show(s, got.access_token, used);
  await show(s, got.access_token, used);
  await refresh(s, client, got.refresh_token);
  await refresh(s, client, got.refresh_token, {}, dpop(await at(s, {}, {}, thief)));
  const next = (await refresh(s, client, got.refresh_token, {}, dpop(await at(s)))).json;
  await show(s, next?.access_token, await about(s, next?.access_token));
  await refresh(s, client, got.refresh_token, {}, dpop(await at(s)));
  const once = await at(s);
  await issue(s, client, once);
  await issue(s, client, once);
  const plain = await issue(s, client);
  await show(s, plain.access_token, await about(s, plain.access_token));
  await userInfo(s, plain.access_token, dpop(await about(s, plain.access_token)));
  await refresh(s, client, plain.refresh_token, {}, dpop(await at(s)));
}

const now = (s) => second(s);
const claims = (s) => [
  { htm: "GET" }, { htm: "post" }, { htm: undefined }, { htm: 1 }, { htu: `${base}/oauth2/userinfo` }, { htu: `${base}/oauth2/token?x=1` }, { htu: `${base}/oauth2/token#x` }, { htu: `${base}/oauth2/token#` },
  { htu: "x" }, { htu: "" }, { htu: undefined }, { htu: "https://evil.example.com/api/auth/oauth2/token" }, { htu: `${base}/oauth2/token/` }, { htu: `${base.toUpperCase().replace("API/AUTH", "api/auth")}/oauth2/token` },
  { htu: `${base}/oauth2/%74oken` }, { htu: `${base}/x/../oauth2/token` }, { htu: "data:text/plain,x" }, { jti: undefined }, { jti: "" }, { jti: 1 }, { jti: "x".repeat(512) }, { jti: "x".repeat(513) }, { jti: "😀".repeat(257) },
  { iat: undefined }, { iat: "1" }, { iat: now(s) + 5 }, { iat: now(s) + 30 }, { iat: now(s) - 290 }, { iat: now(s) - 400 }, { iat: now(s) + 0.5 }, { exp: now(s) - 10 }, { exp: "x" }, { nbf: now(s) + 60 }, { ath: "x" }, { more: 1 },
];

async function proofs(s) {
  const client = await begin(s, { skip_consent: true });
  const list = claims(s);
  for (const more of list) await issue(s, client, await at(s, more, {}), { scope: "openid" });
  for (const one of Object.values(keys)) await issue(s, client, await at(s, {}, {}, one), { scope: "openid" });
  const { d: _d, ...own } = key.secretJwk;
  for (const header of [
    { typ: "JWT" }, { typ: undefined }, { typ: "DPOP+JWT" }, { jwk: undefined }, { jwk: {} }, { jwk: key.secretJwk }, { jwk: { kty: "oct", k: "AAAA" } }, { jwk: thief.jwk }, { jwk: { ...own, x: "AAAA" } }, { jwk: { ...own, alg: "ES256", kid: "x", use: "sig" } },
    { jwk: [] }, { jwk: "x" }, { kid: "x" },
  ]) await issue(s, client, await at(s, {}, header), { scope: "openid" });
  for (const text of ["", "x", "a.b", "a.b.c", "..", "e30.e30.e30", "a.b.c.d", `${b64('{"typ":"dpop+jwt","alg":"none"}')}.e30.x`, `${b64('{"typ":"dpop+jwt","alg":"HS256"}')}.e30.x`, `${b64('{"typ":"dpop+jwt"}')}.e30.x`]) {
    await issue(s, client, text, { scope: "openid" });
  }
}

async function needed(s) {
  const client = await begin(s, { skip_consent: true, dpop_bound_access_tokens: true });
  await issue(s, client);
  const got = await issue(s, client, await at(s));
  await refresh(s, client, got.refresh_token);
  await refresh(s, client, got.refresh_token, {}, dpop(await at(s)));
  const open = await register(s, { skip_consent: true });
  await resource(s, { identifier: api, dpopBoundAccessTokensRequired: true }, open);
  await issue(s, open, undefined, { resource: api });
  const jwt = await issue(s, open, await at(s), { resource: api });
  await introspect(s, open, jwt.access_token);
  await show(s, jwt.access_token, await about(s, jwt.access_token));
  await userInfo(s, jwt.access_token);
  await revoke(s, open, jwt.access_token);
  for (const text of [undefined, await at(s, {}, {}, thief), await at(s)]) await issue(s, open, text, { dpop_jkt: key.thumbprint });
  const public_ = await register(s, { skip_consent: true, token_endpoint_auth_method: "none" });
  const bound = await issue(s, public_, await at(s));
  await refresh(s, public_, bound.refresh_token);
  await refresh(s, public_, bound.refresh_token, {}, dpop(await at(s, {}, {}, thief)));
  await refresh(s, public_, bound.refresh_token, {}, dpop(await at(s)));
}

async function narrow(s) {
  const client = await begin(s, { skip_consent: true });
  await issue(s, client, await at(s, { iat: now(s) - 40 }));
  await issue(s, client, await at(s, { iat: now(s) - 10 }));
  await issue(s, client, await at(s, {}, {}, thief));
  const got = await issue(s, client, await at(s));
  await show(s, got.access_token, await about(s, got.access_token, {}, {}, thief));
  await show(s, got.access_token, await about(s, got.access_token, { iat: now(s) - 40 }));
}

export default [
  scenario("a bound token", flow),
  scenario("a bound token on PostgreSQL", flow, {}, { dbs: ["postgres"] }), // on MariaDB the id of a used proof is too long for the reference
  scenario("proofs", proofs),
  scenario("where a proof is needed", needed),
  scenario("young proofs of one algorithm", narrow, { dpop: { proofMaxAgeSeconds: 30, signingAlgorithms: ["ES256"] } }),
  scenario("a refresh within an interval", async (s) => {
    const client = await begin(s, { skip_consent: true });
    const got = await issue(s, client, await at(s));
    await refresh(s, client, got.refresh_token, {}, dpop(await at(s)));
    await refresh(s, client, got.refresh_token, {}, dpop(await at(s)));
    await refresh(s, client, got.refresh_token, {}, dpop(await at(s, {}, {}, thief)));
    await refresh(s, client, got.refresh_token);
  }, { refreshTokenReuseInterval: 60 }),
].map((one) => ({ ...one, name: one.name.replace("oauth token:", "oauth dpop:") }));
