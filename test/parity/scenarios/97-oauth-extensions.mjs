// Extensions of the plugin oauth-provider: grants, client authentication, metadata, claims and client discovery, in the form
// of host/extensions.mjs.
import { api, assertionType, authorize, base, begin, change, code, fresh, introspect, link, manage, redeem, refresh, register, resource, revoke, scenario, second, send, token, tokens, userInfo } from "../oauth-tokens.mjs";
import { alice, bob, signUp } from "../people.mjs";
import { grant as consented } from "../oauth-flow.mjs";

const exchange = "urn:ietf:params:oauth:grant-type:token-exchange";
const plain = "urn:example:grant:plain";
const attest = "urn:example:attestation";
const hook = (name) => ({ webhook: `hook:${name}` });
const grants = [exchange, plain];
const refused = (error, error_description, status = "BAD_REQUEST") => ({ status: 400, body: { status, error, error_description } });

const extension = (name, run, extensions, hooks = {}, options = {}, more = {}) =>
  scenario(`extensions: ${name}`, run, { extensions, ...options }, { ...more, hooks });

/** Sends the grant; the answer of its hook is the plan. */
const use = (s, client, grant_type, plan, form = {}, opts) => {
  s.plan = plan;
  return token(s, client, { grant_type, ...form }, opts);
};
const planned = { plan: (_, s) => (s.plan?.status ? s.plan : { result: s.plan }) };
const everything = [{ grants: { [plain]: hook("plan"), [exchange]: hook("plan") } }];

const withGrants = (s, client = {}) => begin(s, { skip_consent: true, scope: "openid profile email offline_access read", ...client })
  .then(async (made) => { await change(s, made, { grantTypes: ["authorization_code", "refresh_token", ...grants] }); return made; });

async function issued(s) {
  const client = await withGrants(s);
  await resource(s, { identifier: api }, client);
  const issue = { scopes: ["openid", "offline_access", "read"] };
  for (const [label, plan] of Object.entries({
    "for a client": { authenticate: {}, issue: { scopes: ["read"] } },
    "for a user": { authenticate: {}, user: alice.email, issue },
    "for a resource": { authenticate: {}, user: alice.email, issue: { ...issue, resources: [api] } },
    "for a foreign resource": { authenticate: {}, user: alice.email, issue: { ...issue, resources: ["https://other.example.com"] } },
    "everything": {
      authenticate: { scopes: ["read"] }, user: alice.email,
      issue: {
        scopes: ["openid", "email", "offline_access"], resources: [api], originalResources: [api], referenceId: "ref-1", nonce: "n-1", authTime: "2031-01-15T09:00:00.000Z", requestedUserInfoClaims: ["name"],
        accessTokenClaims: { act: { sub: "x" }, iss: "evil", scope: "evil", sub: "evil", cnf: { jkt: "evil" } }, idTokenClaims: { amr: ["otp"], iss: "evil", aud: "evil", roles: ["a"], email: "evil" },
        tokenResponse: { issued_token_type: "urn:ietf:params:oauth:token-type:access_token", access_token: "evil", scope: "evil", expires_in: 1, n: null },
      },
    },
    "a confirmation": { authenticate: {}, user: alice.email, issue: { ...issue, resources: [api], confirmation: { jkt: "abc" } } },
    "another confirmation": { authenticate: {}, user: alice.email, issue: { ...issue, resources: [api], confirmation: { "x5t#S256": "abc" } } },
    "no scopes": { authenticate: {}, user: alice.email, issue: { scopes: [] } },
    "a scope that the client has not": { authenticate: { scopes: ["write"] }, user: alice.email, issue },
    "another client": { authenticate: {}, client: client.client_id, issue: { scopes: ["read"] } },
    "an unknown client": { authenticate: {}, client: "nobody", issue: { scopes: ["read"] } },
    "nothing": { authenticate: {} },
    "a refusal": refused("invalid_grant", "no such subject"),
    "a refusal of its own": { status: 403, body: { status: "FORBIDDEN", error: "access_denied", error_description: "not you", detail: { a: 1 } } },
  })) {
    const { json } = await use(s, client, exchange, plan, { subject_token: "x", resource: ["https://a.example.com", "https://b.example.com"], audience: "y" }, { label });
    if (!json?.access_token) continue;
    await introspect(s, client, json.access_token);
    if (json.id_token) await userInfo(s, json.access_token);
    if (json.refresh_token) await refresh(s, client, json.refresh_token);
  }
}

async function authenticated(s) {
  const client = await withGrants(s);
  const open = await withGrants(s.as("second"), { token_endpoint_auth_method: "none" }).catch(() => undefined) ?? await register(s, { token_endpoint_auth_method: "none" });
  await change(s, open, { grantTypes: grants });
  const other = await register(s, {});
  const issue = { scopes: ["read"] };
  for (const authenticate of [{}, { requireCredentials: false }, { requireCredentials: true, scopes: ["read"] }, { requireCredentials: false, scopes: ["write"] }]) {
    for (const [label, who] of Object.entries({ client, open, other, "no secret": { client_id: client.client_id }, "a wrong secret": { ...client, client_secret: "x" }, nobody: { client_id: "nobody", client_secret: "x" }, none: {} }))
      await use(s, who, plain, { authenticate, issue }, {}, { label: `${label} ${JSON.stringify(authenticate)}` });
  }
  await use(s, client, "urn:example:grant:unknown", { authenticate: {}, issue });
  await use(s, client, `${plain} `, { authenticate: {}, issue });
}

async function tokensOfOthers(s) {
  const client = await withGrants(s);
  const other = await register(s, {});
  await resource(s, { identifier: api }, client);
  const opaque = (await redeem(s, client, await fresh(s, client, { scope: "openid" }))).json.access_token;
  const jwt = (await redeem(s, client, await fresh(s, client, { scope: "openid", resource: api }))).json.access_token;
  for (const given of [opaque, jwt, "nonsense"]) {
    await use(s, client, exchange, { authenticate: {}, token: given, issue: { scopes: ["openid", "read"] } });
    for (const asking of [undefined, client.client_id, other.client_id]) await use(s, client, exchange, { validate: given, asking });
    await use(s, client, exchange, { hash: given });
  }
  await use(s, client, exchange, { token: opaque });
  await s.post("/sign-out", {});
  for (const given of [opaque, jwt]) await use(s, client, exchange, { authenticate: {}, token: given, issue: { scopes: ["openid"] } });
  for (const given of [opaque, jwt]) await use(s, client, exchange, { validate: given });
}

const attested = [{ clientAuthentication: { attested: { assertionTypes: [attest, "urn:example:other"], authenticate: hook("attest") }, "urn:example:self": { authenticate: hook("attest") } }, grants: { [plain]: hook("plan") } }];
const attesting = { attest: (_, s) => (s.attest?.status ? s.attest : { result: s.attest }), ...planned };

async function attestations(s) {
  const client = await withGrants(s, { token_endpoint_auth_method: "client_secret_post" });
  await change(s, client, { tokenEndpointAuthMethod: "attested", clientCredentialsScopes: ["read"], grantTypes: ["authorization_code", "refresh_token", "client_credentials", plain] });
  const self = await register(s, {});
  await change(s, self, { tokenEndpointAuthMethod: "urn:example:self", clientCredentialsScopes: ["read"], grantTypes: ["client_credentials"] });
  const usual = await register(s, {});
  const proof = (client_assertion_type = attest, more = {}) => ({ client_assertion: "a.b.c", client_assertion_type, ...more });
  const machine = (form, said, label) => { s.attest = said; return send(s, "/oauth2/token", { grant_type: "client_credentials", scope: "read", ...form }, { label }); };
  const good = { clientId: client.client_id };
  await machine(proof(), good, "without client_id");
  await machine(proof(attest, { client_id: client.client_id }), good, "with client_id");
  await machine(proof(attest, { client_id: "other" }), good, "another client_id");
  await machine(proof("urn:example:other"), good, "the second type");
  await machine(proof("urn:example:self"), { clientId: self.client_id }, "a method that is its type");
  await machine(proof("urn:example:self"), good, "the method of another client");
  await machine(proof("urn:example:unknown"), good, "an unknown type");
  await machine(proof(assertionType), good, "the type of private_key_jwt");
  await machine(proof(), { clientId: "nobody" }, "an unknown client");
  await machine(proof(), { clientId: usual.client_id }, "a client that authenticates otherwise");
  await machine(proof(), refused("invalid_client", "not attested"), "refused");
  await machine({ client_id: client.client_id, client_secret: client.client_secret }, good, "a secret instead");
  await machine({ client_id: client.client_id }, good, "nothing");
  await machine({ client_assertion: "x" }, good, "without a type");
  await machine({ client_assertion_type: attest }, good, "without an assertion");
  await machine(proof(attest, { client_id: client.client_id, client_secret: client.client_secret }), good, "and a secret");
  const bound = { clientId: client.client_id, confirmation: { jkt: "a-thumbprint" } };
  const made = (await machine(proof(), bound, "a confirmed key")).json;
  s.attest = good;
  await send(s, "/oauth2/introspect", { ...proof(), token: made?.access_token });
  await send(s, "/oauth2/introspect", { ...proof("urn:example:unknown"), token: made?.access_token });
  s.attest = bound;
  s.plan = { authenticate: {}, issue: { scopes: ["read"] } };
  await send(s, "/oauth2/token", { ...proof(), grant_type: plain });
  s.plan = { authenticate: {} };
  await send(s, "/oauth2/token", { ...proof(), grant_type: plain });
  s.attest = good;
  const user = (await send(s, "/oauth2/token", { ...proof(), grant_type: "authorization_code", code: await fresh(s, client, { scope: "openid offline_access" }), redirect_uri: "https://app.example.com/callback", code_verifier: "a-code-verifier-of-more-than-forty-three-characters-000" })).json;
  await send(s, "/oauth2/token", { ...proof(), grant_type: "refresh_token", refresh_token: user?.refresh_token });
  await send(s, "/oauth2/revoke", { ...proof(), token: user?.refresh_token });
  await send(s, "/oauth2/revoke", { ...proof(), token: user?.access_token });
}

async function consumed(s) {
  const client = await withGrants(s);
  await change(s, client, { tokenEndpointAuthMethod: "attested", clientCredentialsScopes: ["read"], grantTypes: ["client_credentials"] });
  const aud = `${base}/oauth2/token`;
  const now = () => second(s);
  for (const [label, claims] of Object.entries({
    "good": () => ({ aud, exp: now() + 60, jti: "1" }), "again": () => ({ aud, exp: now() + 60, jti: "1" }), "several audiences": () => ({ aud: ["x", aud], exp: now() + 60, jti: "2" }),
    "another audience": () => ({ aud: `${base}/oauth2/introspect`, exp: now() + 60, jti: "3" }), "no audience": () => ({ exp: now() + 60, jti: "4" }), "no jti": () => ({ aud, exp: now() + 60 }),
    "no exp": () => ({ aud, jti: "5" }), "old": () => ({ aud, exp: now() - 1, jti: "6" }), "too long": () => ({ aud, exp: now() + 3600, jti: "7" }), "old iat": () => ({ aud, exp: now() + 60, iat: now() - 3600, jti: "8" }), "a number as jti": () => ({ aud, exp: now() + 60, jti: 9 }),
  })) {
    s.attest = { clientId: client.client_id, consume: { namespace: `attested:${client.client_id}`, payload: claims() } };
    await send(s, "/oauth2/token", { grant_type: "client_credentials", client_assertion: "x", client_assertion_type: attest }, { label });
  }
  s.attest = { clientId: client.client_id, consume: { namespace: "attested:another", payload: { aud, exp: now() + 60, jti: "1" } } };
  await send(s, "/oauth2/token", { grant_type: "client_credentials", client_assertion: "x", client_assertion_type: attest }, { label: "another namespace" });
}

const documents = ["/.well-known/openid-configuration", "/.well-known/oauth-authorization-server"];
async function described(s) {
  for (const path of documents) await s.get(path);
  for (const path of documents) await s.request("GET", `${path}${path.includes("openid") ? "" : "/api/auth"}`, undefined, { origin: null });
  await s.api("getOAuthServerConfig", {});
  await s.api("getOpenIdConfig", {});
}

const claimed = (name) => ({ claims: { accessToken: hook(`${name}-access`), idToken: hook(`${name}-id`), userInfo: hook(`${name}-user`) } });
const answers = {
  "a-access": () => ({ result: { tenant: "a", shared: "first", iss: "evil", sub: "evil", scope: "evil", aud: "evil", exp: 1, jti: "evil", client_id: "evil", cnf: { jkt: "evil" }, sid: "evil", nothing: null } }),
  "a-id": () => ({ result: { department: "x", shared: "first", iss: "evil", sub: "evil", aud: "evil", nonce: "evil", at_hash: "evil", auth_time: 1, acr: "9", amr: ["x"], email: "evil@example.com", name: "Evil", nothing: null } }),
  "a-user": () => ({ result: { badge: 7, shared: "first", sub: "evil", email: "evil@example.com", name: "Evil", locale: "de", nothing: null } }),
  "b-access": () => ({ result: { shared: "second", level: 2 } }), "b-id": () => ({ result: { shared: "second", level: 2 } }), "b-user": () => ({ result: { shared: "second", level: 2 } }),
  none: () => ({ result: null }),
  custom: () => ({ result: { shared: "custom", level: "custom", email: "custom@example.com" } }),
  failing: () => refused("access_denied", "not now"),
};

async function claims(s) {
  const { client, ...opaque } = await tokens(s, { scope: "openid profile email offline_access", nonce: "n-1" }, { metadata: { team: "blue" } });
  await introspect(s, client, opaque.access_token);
  await userInfo(s, opaque.access_token);
  const next = (await refresh(s, client, opaque.refresh_token)).json;
  await userInfo(s, next?.access_token);
  await resource(s, { identifier: api, customClaims: { tenant: "of the resource", region: "eu" } }, client);
  const asked = JSON.stringify({ userinfo: { badge: null, locale: { essential: true }, picture: null } });
  const jwt = (await redeem(s, client, await fresh(s, client, { scope: "openid", resource: api, claims: asked }))).json;
  await introspect(s, client, jwt?.access_token);
  await userInfo(s, jwt?.access_token);
  const narrow = (await redeem(s, client, await fresh(s, client, { scope: "openid", claims: asked }))).json;
  await userInfo(s, narrow?.access_token);
  const machine = await register(s, {});
  await change(s, machine, { grantTypes: ["client_credentials"], clientCredentialsScopes: ["read"] });
  await link(s, api, machine);
  await introspect(s, machine, (await token(s, machine, { grant_type: "client_credentials" })).json?.access_token);
  await token(s, machine, { grant_type: "client_credentials", resource: api });
}

const found = [{ clientDiscovery: [
  { id: "registry", matches: "registry:", resolve: hook("resolve"), discoveryMetadata: { registry_supported: true, shared_member: "first", issuer: "evil" } },
  { id: "second", matches: "registry:b", resolve: hook("second"), discoveryMetadata: { shared_member: "second" } },
] }];
const open = { redirectUris: ["https://app.example.com/callback"], tokenEndpointAuthMethod: "none", scopes: ["openid"], skipConsent: true, requirePKCE: true };
const registry = {
  resolve: ({ data: [{ clientId, existing }] }, s) => {
    if (s.registry === "failing") return refused("invalid_client", "the registry is closed", "UNAUTHORIZED");
    if (s.registry === "gone" || !clientId.endsWith("app")) return { result: null };
    return { result: existing ? { name: `${existing} again` } : { name: "Found", ...open } };
  },
  second: ({ data: [{ clientId }] }) => ({ result: clientId.endsWith("other") ? { name: "Second", ...open } : null }),
};

async function discovered(s) {
  await signUp(s, alice);
  for (const path of documents) await s.get(path);
  const app = { client_id: "registry:a-app" };
  const first = code(await authorize(s, app));
  const got = (await redeem(s, app, first)).json;
  await userInfo(s, got?.access_token);
  await s.get(`/oauth2/public-client?client_id=${encodeURIComponent(app.client_id)}`);
  await authorize(s, { client_id: "registry:a-nothing" });
  await authorize(s, { client_id: "registry:b-other" });
  await authorize(s, { client_id: "registry:a-other" });
  await authorize(s, { client_id: "unregistry:a-app" });
  s.registry = "gone";
  await authorize(s, app);
  await userInfo(s, got?.access_token);
  s.registry = "failing";
  await authorize(s, app);
  await userInfo(s, got?.access_token);
  s.registry = undefined;
  await userInfo(s, got?.access_token);
}

const wrong = {
  "a grant that is no URI": { grants: { exchange: hook("plan") } }, "an empty grant": { grants: { " ": hook("plan") } },
  "a reserved method": { clientAuthentication: { private_key_jwt: { assertionTypes: [attest], authenticate: hook("attest") } } }, "an empty method": { clientAuthentication: { " ": { assertionTypes: [attest], authenticate: hook("attest") } } },
  "no types": { clientAuthentication: { attested: { assertionTypes: [], authenticate: hook("attest") } } }, "a type that is no URI": { clientAuthentication: { attested: { assertionTypes: ["x"], authenticate: hook("attest") } } },
  "a method that is no URI": { clientAuthentication: { attested: { authenticate: hook("attest") } } }, "a reserved type": { clientAuthentication: { attested: { assertionTypes: [assertionType], authenticate: hook("attest") } } },
  "an empty discovery": { clientDiscovery: [{ id: " ", matches: "x", resolve: hook("resolve") }] },
  "a type twice": { clientAuthentication: { one: { assertionTypes: [attest], authenticate: hook("attest") }, two: { assertionTypes: [attest], authenticate: hook("attest") } } },
};
const twice = {
  "a grant": { grants: { [plain]: hook("plan") } }, "a method": { clientAuthentication: { "urn:example:self": { authenticate: hook("attest") } } }, "a discovery": { clientDiscovery: [{ id: "x", matches: "x", resolve: hook("resolve") }] },
};
const refusals = [
  ...Object.entries(wrong).map(([name, one]) => extension(`refused: ${name}`, async () => {}, [one])),
  ...Object.entries(wrong).slice(0, 3).map(([name, one]) => extension(`refused: of another plugin, ${name}`, async () => {}, [{ ...one, companion: true }])),
  ...Object.entries(twice).flatMap(([name, one]) => [false, true].map((companion) => extension(`refused: ${name} twice${companion ? ", of another plugin" : ""}`, async () => {}, [one, { ...one, companion }]))),
];

export default [
  extension("grants issue tokens", issued, everything, planned),
  extension("grants issue tokens, own secrets", issued, everything, planned, { disableJwtPlugin: true }),
  extension("grants issue tokens on PostgreSQL and MariaDB", issued, everything, planned, {}, { dbs: ["postgres", "mysql"] }),
  extension("grants of another plugin", issued, everything.map((e) => ({ ...e, companion: true })), planned),
  extension("grants authenticate clients", authenticated, everything, planned),
  extension("grants look at tokens", tokensOfOthers, everything, planned),
  extension("client authentication", attestations, attested, attesting),
  extension("client authentication of another plugin", attestations, attested.map((e) => ({ ...e, companion: true })), attesting),
  extension("client authentication once", consumed, attested, attesting),
  extension("metadata", described, [
    ...everything, ...attested.map(({ clientAuthentication }) => ({ clientAuthentication })),
    { metadata: { "*": { issuer: "evil", token_endpoint: "evil", first: 1, shared: "first" }, "openid-configuration": { only_openid: true }, "oauth-authorization-server": { only_oauth: [1, { a: null }] }, seen: "seen_first" } },
    { metadata: { "*": { shared: "second", second: {} }, seen: "seen_second" } }, ...found,
  ], { ...attesting, ...registry }),
  extension("claims", claims, [claimed("a"), claimed("b")], answers),
  extension("claims, own secrets", claims, [claimed("a")], answers, { disableJwtPlugin: true }),
  extension("claims and those of the options", claims, [claimed("a")], answers, {
    customAccessTokenClaims: hook("custom"), customIdTokenClaims: hook("custom"), customUserInfoClaims: hook("custom"), pairwiseSecret: "a-secret-of-more-than-thirty-two-characters",
  }),
  extension("claims of none", claims, [{ claims: { accessToken: hook("none"), idToken: hook("none"), userInfo: hook("none") } }], answers),
  ...["accessToken", "idToken", "userInfo"].map((kind) => extension(`claims fail: ${kind}`, claims, [{ claims: { [kind]: hook("failing") } }], answers)),
  extension("client discovery", discovered, found, registry),
  extension("client discovery of another plugin", discovered, found.map((e) => ({ ...e, companion: true })), registry),
  ...refusals,
];
