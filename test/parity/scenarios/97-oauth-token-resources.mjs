// Resources, client assertions and options at the token endpoint of the plugin oauth-provider.
import {
  api, assertion, assertionType, base, begin, change, fresh, introspect, keyPair, link, manage, redeem, refresh, register, resource, revoke, scenario, send, token, tokens, userInfo,
} from "../oauth-tokens.mjs";

const second = `${api}/second`;
const open = { enforcePerClientResources: false };
const machine = async (s, more) => {
  const client = await register(s, { grant_types: ["client_credentials"], ...more });
  await change(s, client, { clientCredentialsScopes: ["read", "write"] });
  return client;
};

async function audiences(s) {
  const client = await begin(s, { skip_consent: true });
  await resource(s, { identifier: api, accessTokenTtl: 600, refreshTokenTtl: 900, customClaims: { tenant: "t", sub: "x", cnf: 1 } }, client);
  await resource(s, { identifier: second, allowedScopes: ["openid", "profile"], accessTokenTtl: 300, customClaims: { tenant: "u" } }, client);
  await resource(s, { identifier: `${api}/off`, disabled: true }, client);
  await resource(s, { identifier: `${api}/other` });
  const all = { scope: "openid email profile offline_access", nonce: "n" };
  const one = (await redeem(s, client, await fresh(s, client, { ...all, resource: api }))).json;
  await userInfo(s, one.access_token);
  await introspect(s, client, one.access_token);
  await introspect(s, client, one.access_token, { token_type_hint: "access_token" });
  await revoke(s, client, one.access_token);
  const both = (await redeem(s, client, await fresh(s, client, { ...all, resource: [api, second] }))).json;
  await introspect(s, client, both.access_token);
  await refresh(s, client, both.refresh_token, { resource: `${api}/other` });
  const narrow = (await refresh(s, client, both.refresh_token, { resource: second })).json;
  await introspect(s, client, narrow.access_token);
  await refresh(s, client, narrow.refresh_token, { resource: [api, second] });
  await redeem(s, client, await fresh(s, client, { ...all, resource: [api, second] }), { resource: api });
  await redeem(s, client, await fresh(s, client, { ...all, resource: api }), { resource: second });
  await redeem(s, client, await fresh(s, client, all), { resource: second });
  await redeem(s, client, await fresh(s, client, { scope: "email" }), { resource: second });
  await redeem(s, client, await fresh(s, client, { scope: "email" }), { resource: api });
  await redeem(s, client, await fresh(s, client), { resource: `${api}/off` });
  await redeem(s, client, await fresh(s, client), { resource: `${api}/other` });
  await redeem(s, client, await fresh(s, client), { resource: `${base}/oauth2/userinfo` });
  const stranger = await register(s, {});
  const linked = await register(s, {});
  await link(s, api, linked);
  await introspect(s, stranger, one.access_token);
  await introspect(s, linked, one.access_token);
  await s.db.all(`update ${s.db.quote("oauthResource")} set disabled = 1 where identifier = '${api}'`);
  await introspect(s, client, one.access_token);
  await manage(s, "adminDeleteOAuthResource", { params: { identifier: api } });
  await introspect(s, client, one.access_token);
  await userInfo(s, one.access_token);
  await s.post("/sign-out", {});
  await introspect(s, client, both.access_token);
  await introspect(s, client, narrow.access_token);
}

async function machines(s) {
  await resource(s, { identifier: api });
  await resource(s, { identifier: second, accessTokenTtl: 30 });
  const client = await machine(s);
  const own = { grant_type: "client_credentials" };
  const jwt = (await token(s, client, { ...own, resource: api })).json;
  await introspect(s, client, jwt.access_token);
  await userInfo(s, jwt.access_token);
  const opaque = (await token(s, client, { ...own, scope: "read" })).json;
  await introspect(s, client, opaque.access_token);
  await userInfo(s, opaque.access_token);
  await revoke(s, client, opaque.access_token);
  await introspect(s, client, opaque.access_token);
  await token(s, client, { ...own, resource: [api, second] });
  await token(s, client, { ...own, resource: "https://nobody.example.com" });
  await introspect(s.advance(10_000), client, jwt.access_token);
  await revoke(s, client, jwt.access_token);
}

async function pinned(s) {
  const client = await begin(s, { skip_consent: true });
  const key = (await s.get("/jwks")).json.keys[0].kid;
  await resource(s, { identifier: api, signingAlgorithm: "ES256" });
  await resource(s, { identifier: second, signingKeyId: key });
  await resource(s, { identifier: `${api}/3`, signingAlgorithm: "RS256" });
  await resource(s, { identifier: `${api}/4`, signingKeyId: "x" });
  await resource(s, { identifier: `${api}/5`, signingAlgorithm: "ES256", signingKeyId: key });
  for (const one of [api, second, [api, second], `${api}/3`, [api, `${api}/3`], [second, `${api}/4`], `${api}/5`]) {
    const got = (await redeem(s, client, await fresh(s, client, { resource: one }))).json;
    if (got?.access_token) await introspect(s, client, got.access_token);
  }
  await s.get("/jwks");
}

const keys = { RS256: await keyPair("RS256"), PS512: await keyPair("PS512"), ES256: await keyPair("ES256"), ES384: await keyPair("ES384"), EdDSA: await keyPair("EdDSA") };

async function assertions(s) {
  const set = Object.entries(keys).map(([alg, key]) => ({ ...key.jwk, kid: alg, alg }));
  const client = await machine(s, { token_endpoint_auth_method: "private_key_jwt", jwks: { keys: set } });
  const other = await machine(s);
  const own = { grant_type: "client_credentials", client_assertion_type: assertionType };
  const ask = async (key, more, header, form = {}) => send(s, "/oauth2/token", { ...own, client_assertion: await assertion(s, key, client, more, header), ...form });
  for (const [alg, key] of Object.entries(keys)) {
    await ask(key, {}, { kid: alg });
    await ask(key);
  }
  const key = keys.ES256;
  const now = Math.floor(s.now / 1000);
  for (const more of [
    { iss: "x" }, { sub: "nobody" }, { sub: undefined }, { iss: undefined }, { sub: undefined, iss: undefined }, { sub: 1 }, { aud: undefined }, { aud: base }, { aud: [base, "x"] }, { aud: "x" },
    { aud: `${base}/oauth2/introspect` }, { exp: undefined }, { exp: now - 1 }, { exp: now + 400 }, { exp: "1" }, { iat: now - 400 }, { iat: undefined }, { iat: now + 100 }, { nbf: now + 1000 },
    { jti: undefined }, { jti: "" }, { jti: 1 }, { jti: "once" }, { jti: "once" }, { sub: other.client_id, iss: other.client_id },
  ]) await ask(key, more);
  await ask(key, {}, { kid: "x" });
  await ask(key, {}, { kid: "EdDSA" });
  await ask(key, {}, {}, { client_id: client.client_id });
  await ask(key, {}, {}, { client_id: "x" });
  await ask(key, {}, {}, { client_secret: "x" });
  await ask(key, {}, {}, { client_assertion_type: "x" });
  for (const text of ["x", "a.b.c", "", "eyJhbGciOiJub25lIn0.e30.", "eyJhbGciOiJIUzI1NiJ9.e30.AAAA", "e30.e30.", `${btoa('{"alg":"ES256"}')}.x.y`]) await ask(key, {}, {}, { client_assertion: text });
  await send(s, "/oauth2/token", { grant_type: "client_credentials", client_id: client.client_id });
  await send(s, "/oauth2/token", { grant_type: "client_credentials", client_id: client.client_id, client_secret: "x" });
  const { access_token } = (await ask(key)).json ?? {};
  const at = async (path, aud) => send(s, path, { client_assertion_type: assertionType, client_assertion: await assertion(s, key, client, { aud }), token: access_token });
  await at("/oauth2/introspect", `${base}/oauth2/introspect`);
  await at("/oauth2/introspect", `${base}/oauth2/token`);
  await at("/oauth2/revoke", `${base}/oauth2/revoke`);
  await at("/oauth2/introspect", base);
}

async function everyToken(s) {
  await resource(s, { identifier: api });
  const { client, access_token, refresh_token } = await tokens(s);
  await userInfo(s, access_token);
  await introspect(s, client, access_token);
  await introspect(s, client, refresh_token);
  await introspect(s, client, refresh_token, { token_type_hint: "refresh_token" });
  const next = (await refresh(s, client, refresh_token)).json;
  await refresh(s, client, "x");
  const jwt = (await redeem(s, client, await fresh(s, client, { resource: api, scope: "openid email" }))).json;
  await userInfo(s, jwt?.access_token);
  await introspect(s, client, jwt?.access_token);
  await revoke(s, client, next?.refresh_token);
  await revoke(s, client, next?.access_token);
  const own = await machine(s);
  await token(s, own, { grant_type: "client_credentials" });
}

const hook = (name) => ({ webhook: `hook:${name}` });
const hooks = {
  access: ({ data: [{ user, scopes, resources }] }) => ({ result: { email: user?.email ?? null, sub: "forged", iss: "forged", n: [scopes.length, resources?.length ?? null] } }),
  id: ({ data: [{ scopes }] }) => ({ result: { plan: scopes.join("+"), sub: "forged", nonce: "forged", name: "Named", sid: "x" } }),
  info: ({ data: [{ scopes, requestedClaims }] }) => ({ result: { sub: "forged", name: "Other", more: { scopes, requestedClaims } } }),
  response: ({ data: [{ grantType, scopes }] }) => ({ result: { access_token: "forged", grant: grantType, scopes } }),
  opaque: (call, s) => ({ result: `opaque-${(s.opaque = (s.opaque ?? 0) + 1)}` }),
  refresh: (call, s) => ({ result: `refresh-${(s.refreshes = (s.refreshes ?? 0) + 1)}` }),
  hash: ({ data: [text, type] }) => ({ result: `${type}:${[...text].reverse().join("")}` }),
  decrypt: ({ data: [token] }) => ({ result: { token } }),
  secret: ({ data: [text] }) => ({ result: `h(${text})` }),
  right: ({ data: [given, stored] }) => ({ result: stored === `h(${given})` }),
  plain: ({ data: [stored] }) => ({ result: stored.slice(2, -1) }),
};

const variants = {
  "lifetimes": { accessTokenExpiresIn: 100, m2mAccessTokenExpiresIn: 200, refreshTokenExpiresIn: 300, idTokenExpiresIn: 400, codeExpiresIn: 500 },
  "lifetimes of scopes": { scopeExpirations: { email: "5m", read: "2m", openid: "1 day" } },
  "ends of scopes": { scopeExpirations: { email: 1926239000 } },
  "prefixes": { prefix: { opaqueAccessToken: "acc_", refreshToken: "ref_", clientSecret: "sec_" } },
  "claims": { customAccessTokenClaims: hook("access"), customIdTokenClaims: hook("id"), customUserInfoClaims: hook("info"), customTokenResponseFields: hook("response") },
  "generated tokens": { generateOpaqueAccessToken: hook("opaque"), generateRefreshToken: hook("refresh") },
  "stored tokens": { storeTokens: { hash: hook("hash") } },
  "hashed tokens": { storeTokens: "hashed" },
  "read refresh tokens": { formatRefreshToken: { decrypt: hook("decrypt") }, prefix: { refreshToken: "r_" } },
  "without the plugin jwt": { disableJwtPlugin: true },
  "hashed secrets": { storeClientSecret: "hashed" },
  "secrets with a hash": { storeClientSecret: { hash: hook("secret") } },
  "secrets with a check": { storeClientSecret: { hash: hook("secret"), verify: hook("right") } },
  "encrypted secrets": { disableJwtPlugin: true, storeClientSecret: "encrypted" },
  "secrets with a cipher": { disableJwtPlugin: true, storeClientSecret: { encrypt: hook("secret"), decrypt: hook("plain") } },
  "clients in memory": { cachedTrustedClients: ["client-1", "client-2"] },
  "resources in memory": { cachedResources: [api] },
  "pairwise subjects": { pairwiseSecret: "a-pairwise-secret-of-32-characters!!" },
};

async function limited(s) {
  const client = await begin(s, { skip_consent: true });
  for (let i = 0; i < 3; i++) await token(s, client, { grant_type: "client_credentials" });
  for (let i = 0; i < 3; i++) await introspect(s, client, "x");
  for (let i = 0; i < 3; i++) await revoke(s, client, "x");
  for (let i = 0; i < 3; i++) await userInfo(s, "x");
  await token(s.advance(100), client, { grant_type: "client_credentials" });
}
const limit = { window: 30, max: 2 };

export default [
  scenario("limits", limited, { rateLimit: { token: limit, introspect: limit, revoke: limit, userinfo: limit } }, { rateLimit: { enabled: true } }),
  scenario("no limits", limited, { rateLimit: { token: false, introspect: false, revoke: false, userinfo: false } }, { rateLimit: { enabled: true, max: 2, window: 30 } }),
  scenario("limits by default", async (s) => {
    const client = await begin(s, { skip_consent: true });
    for (let i = 0; i < 21; i++) await token(s, client, { grant_type: "client_credentials" });
    for (let i = 0; i < 31; i++) await revoke(s, client, "x");
    for (let i = 0; i < 61; i++) await userInfo(s, "x");
  }, {}, { rateLimit: { enabled: true } }),
  scenario("resources", audiences),
  scenario("machines", machines, open),
  scenario("resources with keys of their own", pinned, open, { plugins: { jwt: { jwks: { keyPairConfigs: [{ alg: "ES256" }] } } } }),
  scenario("assertions", assertions),
  scenario("assertions with a short life", async (s) => {
    const key = keys.ES256;
    const client = await machine(s, { token_endpoint_auth_method: "private_key_jwt", jwks: { keys: [key.jwk] } });
    for (const exp of [20, 40]) {
      const client_assertion = await assertion(s, key, client, { exp: Math.floor(s.now / 1000) + exp });
      await send(s, "/oauth2/token", { grant_type: "client_credentials", client_assertion_type: assertionType, client_assertion });
    }
  }, { assertionMaxLifetime: 30 }),
  scenario("an issuer of its own", everyToken, open, { plugins: { jwt: { jwt: { issuer: "https://issuer.example.com/x/" } } } }),
  ...Object.entries(variants).map(([name, options]) => scenario(`options: ${name}`, everyToken, { ...open, ...options }, { hooks, unorderedCalls: true })),
  scenario("options: pairwise clients", async (s) => {
    await resource(s, { identifier: api });
    const client = await begin(s, { skip_consent: true, subject_type: "pairwise" });
    const other = await register(s, { subject_type: "pairwise" });
    await link(s, api, other);
    for (const more of [{}, { resource: api }]) {
      const got = (await redeem(s, client, await fresh(s, client, { scope: "openid offline_access", nonce: "1", ...more }))).json;
      await userInfo(s, got.access_token);
      await introspect(s, client, got.access_token);
      await introspect(s, other, got.access_token);
      await introspect(s, client, got.refresh_token);
    }
  }, { ...open, pairwiseSecret: "a-pairwise-secret-of-32-characters!!" }),
];
