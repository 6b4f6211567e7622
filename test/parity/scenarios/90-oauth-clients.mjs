// The oauth-provider plugin: clients that users and the program create, change and delete.
import { create, get, provider, update, web } from "../oauth-clients.mjs";
import { alice, bob, signUp } from "../people.mjs";

const hooks = {};
const publicClient = (s, id) => s.get(`/oauth2/public-client?client_id=${encodeURIComponent(id)}`);
const prelogin = (s, body) => s.post("/oauth2/public-client-prelogin", body);
const rotate = (s, client_id) => s.post("/oauth2/client/rotate-secret", { client_id });
const drop = (s, client_id) => s.post("/oauth2/delete-client", { client_id });
const asProgram = (s, name, body) => s.api(name, { body }, { cookies: true });
const rsa = { kty: "RSA", n: "sXch", e: "AQAB", kid: "1", alg: "RS256" };

const everything = {
  redirect_uris: ["https://app.example.com/callback", "https://app.example.com/other?a=b"], scope: "openid profile", client_name: "Everything",
  client_uri: "https://app.example.com", logo_uri: "https://app.example.com/logo.png", contacts: ["a@example.com", "b@example.com"],
  tos_uri: "https://app.example.com/tos", policy_uri: "https://app.example.com/policy", software_id: "id", software_version: "1",
  software_statement: "statement", post_logout_redirect_uris: ["https://app.example.com/bye"],
  backchannel_logout_uri: "https://app.example.com/logout", backchannel_logout_session_required: true,
  token_endpoint_auth_method: "client_secret_post", application_type: "web", grant_types: ["authorization_code", "refresh_token"],
  response_types: ["code"], dpop_bound_access_tokens: true,
};

async function flow(s) {
  await create(s);
  await signUp(s);
  const first = await create(s);
  const whole = await create(s, everything);
  const open = await create(s, { token_endpoint_auth_method: "none" });
  const app = await create(s, { redirect_uris: ["com.example.app:/callback", "http://127.0.0.1:3000/cb", "http://[::1]/cb"], application_type: "native", token_endpoint_auth_method: "none" });
  const keyed = await create(s, { token_endpoint_auth_method: "private_key_jwt", jwks: { keys: [rsa] } });
  const ids = [first, whole, open, app, keyed].map((c) => c?.client_id);
  for (const id of ids) await get(s, id);
  await s.get("/oauth2/get-clients");
  for (const id of [...ids, "nobody", ""]) await publicClient(s, id);
  await update(s, ids[0], { client_name: "Renamed", scope: "openid", contacts: ["c@example.com"] });
  await update(s, ids[0], {});
  await update(s, ids[0], { redirect_uris: ["http://app.example.com/callback"] });
  await update(s, ids[0], { redirect_uris: ["https://app.example.com/new"], grant_types: ["client_credentials"], response_types: [] });
  await update(s, ids[0], { grant_types: ["authorization_code", "client_credentials"], response_types: ["code"] });
  await update(s, ids[1], { backchannel_logout_uri: "https://10.0.0.1/logout" });
  await update(s, ids[1], { token_endpoint_auth_method: "none", disabled: true, client_secret: "mine", metadata: { a: 1 } });
  await update(s, "nobody", { client_name: "x" });
  for (const id of [...ids, "nobody"]) await rotate(s, id);
  await signUp(s.as("bob"), bob);
  await s.get("/oauth2/get-clients");
  await publicClient(s, ids[0]);
  await get(s, ids[0]);
  await update(s, ids[0], { client_name: "Bob's" });
  await rotate(s, ids[0]);
  await drop(s, ids[0]);
  await s.as("default");
  await drop(s, ids[0]);
  await drop(s, ids[0]);
  await get(s, ids[0]);
  await s.get("/oauth2/get-clients");
  await s.as("stranger");
  for (const path of ["get-clients", `get-client?client_id=${ids[1]}`, `public-client?client_id=${ids[1]}`]) await s.get(`/oauth2/${path}`);
  await update(s, ids[1], { client_name: "x" });
  await rotate(s, ids[1]);
  await drop(s, ids[1]);
  await prelogin(s, { client_id: ids[1] });
}

const wrong = [
  {}, { redirect_uris: [] }, { redirect_uris: ["nonsense"] }, { redirect_uris: ["javascript:alert(1)"] }, { redirect_uris: ["https://a.example.com/#x"] },
  { redirect_uris: ["http://a.example.com/cb"] }, { redirect_uris: ["https://u:p@a.example.com/cb"] }, { redirect_uris: ["https://localhost/cb"] },
  { redirect_uris: ["http://localhost:3000/cb"] }, { redirect_uris: ["https://127.0.0.1/cb"] }, { redirect_uris: ["https://localhost./cb"] }, { redirect_uris: [1] },
  ...["https://localhost/cb", "http://localhost/cb", "http://localhost:1/cb", "http://LOCALHOST/cb", "http://127.0.0.2/cb", "http://127.1/cb", "http://[::1]:9/cb", "http://[0::1]/cb",
    "myapp://cb", "com.example.app:/cb", "com.example.app://cb", "com.example.app:cb", "com..app:/cb", "ftp://a.example.com/", "mailto:a@example.com", "data:text/html,a", "a.b-:/c", "https://a.example.com/cb"]
    .map((uri) => ({ redirect_uris: [uri], application_type: "native" })),
  ...["server", ""].map((application_type) => ({ ...web, application_type })),
  ...["client_secret_jwt", " ", "", "none ", null].map((token_endpoint_auth_method) => ({ ...web, token_endpoint_auth_method })),
  ...[[], ["implicit"], ["client_credentials"], ["refresh_token"], ["authorization_code", "password"], "authorization_code", [""]].map((grant_types) => ({ ...web, grant_types })),
  ...[[], ["token"], ["code", "code"]].map((response_types) => ({ ...web, response_types })),
  { ...web, grant_types: ["client_credentials"], response_types: [] }, { grant_types: ["client_credentials"] },
  ...["other", "openid other", "", "  openid  "].map((scope) => ({ ...web, scope })),
  ...[[], [""], "a"].map((contacts) => ({ ...web, contacts })),
  ...["http://keys.example.com", "https://keys.example.com", "https://u@keys.example.com", "https://keys.example.com/#a", "https://10.0.0.1/", "https://metadata.google.internal/", "https://localhost/", "nonsense", "http://localhost:3000/keys", "https://trusted.example.com/keys"]
    .map((jwks_uri) => ({ ...web, jwks_uri, token_endpoint_auth_method: "private_key_jwt" })),
  { ...web, token_endpoint_auth_method: "private_key_jwt" }, { ...web, jwks: { keys: [rsa] }, jwks_uri: "https://trusted.example.com/keys" },
  ...[{}, { keys: [] }, { keys: [{}] }, { keys: ["a"] }, { keys: [{ kty: "oct", k: "a" }] }, { keys: [{ ...rsa, d: "a" }] }, { keys: [{ ...rsa, alg: "HS256" }] }, { keys: [{ ...rsa, alg: "ES256" }] },
    { keys: [{ kty: "EC", crv: "P-256", x: "a", y: "b" }] }, { keys: [{ kty: "EC", crv: "P-256", x: "a" }] }, { keys: [{ kty: "EC", crv: "secp256k1", x: "a", y: "b" }] }, { keys: [{ kty: "OKP", crv: "Ed25519", x: "a", alg: "EdDSA" }] },
    { keys: [{ kty: "OKP", crv: "X25519", x: "a" }] }, { keys: [{ kty: "EC", crv: "P-521", x: "a", y: "b", alg: "ES384" }] }].map((jwks) => ({ ...web, jwks, token_endpoint_auth_method: "private_key_jwt" })),
  ...["http://a.example.com/l", "https://10.1.2.3/l", "https://a.example.com/l#a", "https://u@a.example.com/l", "nonsense", "https://[::1]/l", "https://a.localhost/l"].map((backchannel_logout_uri) => ({ ...web, backchannel_logout_uri })),
  { ...web, dpop_bound_access_tokens: "yes" }, { ...web, skip_consent: true, require_pkce: false, subject_type: "pairwise", metadata: { a: 1 } },
];

async function refusals(s) {
  await signUp(s);
  for (const body of wrong) await s.post("/oauth2/create-client", body);
}

async function program(s) {
  await asProgram(s, "adminCreateOAuthClient", web);
  await signUp(s);
  await s.api("adminCreateOAuthClient", { body: web });
  const full = {
    ...everything, client_secret_expires_at: 1_900_000_000, skip_consent: true, enable_end_session: true, require_pkce: false, subject_type: "public",
    metadata: { note: "a", nested: { b: [1] }, clientId: "x", client_id: "y", scope: "z", redirectUris: [], resources: [] },
  };
  const { json: made } = await asProgram(s, "adminCreateOAuthClient", full);
  await asProgram(s, "adminCreateOAuthClient", { ...web, subject_type: "pairwise" });
  await asProgram(s, "adminCreateOAuthClient", { ...web, client_credentials_scopes: ["read"] });
  await asProgram(s, "adminCreateOAuthClient", { ...web, client_credentials_scopes: [] });
  await get(s, made?.client_id);
  await asProgram(s, "adminUpdateOAuthClient", { client_id: made?.client_id, update: { client_name: "Program", metadata: { other: true }, skip_consent: false, enable_end_session: false, dpop_bound_access_tokens: false } });
  await asProgram(s, "adminUpdateOAuthClient", { client_id: made?.client_id, update: {} });
  await asProgram(s, "adminUpdateOAuthClient", { client_id: made?.client_id, update: { client_credentials_scopes: ["read"] } });
  await asProgram(s, "adminUpdateOAuthClient", { client_id: made?.client_id, update: { metadata: {} } });
  await asProgram(s, "adminUpdateOAuthClient", { client_id: "nobody", update: {} });
  await s.api("adminUpdateOAuthClient", { body: { client_id: made?.client_id, update: {} } });
}

const scopes = ["openid", "profile", "email", "offline_access", "read", "write"];
hooks.may = ({ data: [{ action, user }] }, s) => ({ result: s.denied?.[user?.name] !== action });
const machine = { ...web, grant_types: ["authorization_code", "client_credentials"], response_types: ["code"] };

async function privileges(s) {
  await signUp(s);
  const { json: made } = await asProgram(s, "adminCreateOAuthClient", { ...machine, client_credentials_scopes: [" read ", "read", "write"] });
  const id = made?.client_id;
  for (const given of [["openid"], ["other"], [""]]) await asProgram(s, "adminCreateOAuthClient", { ...machine, client_credentials_scopes: given });
  await asProgram(s, "adminCreateOAuthClient", { ...machine, token_endpoint_auth_method: "none", client_credentials_scopes: ["read"] });
  await asProgram(s, "adminUpdateOAuthClient", { client_id: id, update: { client_credentials_scopes: ["write"] } });
  await asProgram(s, "adminUpdateOAuthClient", { client_id: id, update: { client_credentials_scopes: ["openid"] } });
  await update(s, id, { grant_types: ["authorization_code"] });
  await asProgram(s, "adminUpdateOAuthClient", { client_id: id, update: { grant_types: ["authorization_code", "client_credentials"], client_credentials_scopes: ["read"] } });
  await signUp(s.as("bob"), bob);
  await asProgram(s, "adminUpdateOAuthClient", { client_id: id, update: { client_credentials_scopes: ["write"] } });
  await asProgram(s, "adminUpdateOAuthClient", { client_id: id, update: { client_credentials_scopes: ["write"], client_name: "Bob's" } });
  await update(s, id, { client_credentials_scopes: ["read"] });
  await s.as("default");
  for (const action of ["create", "read", "update", "delete", "list", "rotate", "configure-client-credentials-scopes"]) {
    s.denied = { [alice.name]: action };
    await create(s);
    await get(s, id);
    await s.get("/oauth2/get-clients");
    await update(s, id, { client_name: action });
    await asProgram(s, "adminUpdateOAuthClient", { client_id: id, update: { client_credentials_scopes: ["write"] } });
    await rotate(s, id);
  }
  s.denied = { [alice.name]: "delete" };
  await drop(s, id);
}

hooks.owner = ({ data: [{ user, session }] }, s) => ({ result: s.owners?.[user?.name] ?? (session ? null : "nobody") });

async function references(s) {
  s.owners = { [alice.name]: "team" };
  await signUp(s);
  const shared = await create(s);
  await signUp(s.as("bob"), bob);
  const own = await create(s);
  await get(s, shared?.client_id);
  await s.get("/oauth2/get-clients");
  s.owners[bob.name] = "team";
  await get(s, shared?.client_id);
  await get(s, own?.client_id);
  await s.get("/oauth2/get-clients");
  await update(s, shared?.client_id, { client_name: "Ours" });
  await rotate(s, shared?.client_id);
  s.owners[bob.name] = "other";
  await update(s, shared?.client_id, { client_name: "Not ours" });
  await drop(s, shared?.client_id);
  s.owners[bob.name] = "team";
  await drop(s, shared?.client_id);
}

hooks.id = (_, s) => ({ result: `client-${(s.ids = (s.ids ?? 0) + 1)}` });
hooks.secret = (_, s) => ({ result: `secret-${(s.secrets = (s.secrets ?? 0) + 1)}` });
hooks.hash = ({ data: [secret] }) => ({ result: `hash of ${secret}` });
hooks.open = ({ data: [stored] }) => ({ result: stored.slice("hash of ".length) });
const hook = (name) => ({ webhook: `hook:${name}` });

async function secrets(s) {
  await signUp(s);
  const made = await create(s);
  await rotate(s, made?.client_id);
  await rotate(s, made?.client_id);
  await get(s, made?.client_id);
}

async function trusted(s) {
  await signUp(s);
  const made = await create(s);
  const id = made?.client_id;
  await get(s, id);
  await publicClient(s, id);
  await update(s, id, { client_name: "Changed" });
  await rotate(s, id);
  await drop(s, id);
  await get(s, id);
}

const withoutJwt = (options) => ({ plugins: { "oauth-provider": { loginPage: "/login", consentPage: "/consent", disableJwtPlugin: true, ...options } } });
const tables = {
  oauthClient: ["apps", "clientId clientSecret clientDiscoveryId disabled skipConsent enableEndSession subjectType scopes clientCredentialsScopes userId createdAt updatedAt name uri icon contacts tos policy softwareId softwareVersion softwareStatement redirectUris postLogoutRedirectUris backchannelLogoutUri backchannelLogoutSessionRequired tokenEndpointAuthMethod applicationType jwks jwksUri grantTypes responseTypes requirePKCE dpopBoundAccessTokens referenceId metadata"],
  oauthResource: ["apis", "identifier name accessTokenTtl refreshTokenTtl signingAlgorithm signingKeyId allowedScopes customClaims dpopBoundAccessTokensRequired disabled createdAt updatedAt policyVersion metadata"],
  oauthClientResource: ["app_apis", "clientId resourceId metadata createdAt"],
  oauthRefreshToken: ["refreshes", "token clientId sessionId userId referenceId authorizationCodeId resources requestedUserInfoClaims expiresAt createdAt revoked rotatedAt rotationReplayResponse rotationReplayExpiresAt authTime confirmation scopes"],
  oauthAccessToken: ["accesses", "token clientId sessionId userId referenceId authorizationCodeId resources requestedUserInfoClaims refreshId expiresAt createdAt revoked confirmation scopes"],
  oauthConsent: ["allowances", "clientId userId referenceId resources requestedUserInfoClaims scopes createdAt updatedAt"],
  oauthClientAssertion: ["assertions", "expiresAt"],
};
const renamed = Object.fromEntries(Object.entries(tables).map(([model, [modelName, names]]) => [model, { modelName, fields: Object.fromEntries(names.split(" ").map((n) => [n, `the_${n}`])) }]));
const inMcp = (options) => ({ plugins: { jwt: {}, mcp: { loginPage: "/login", consentPage: "/consent", resource: "https://mcp.example.com", ...options } } });

export default [
  { name: "clients: from creation to deletion", config: provider(), run: flow },
  { name: "clients: other names of tables and columns", config: provider({ schema: renamed }), run: flow },
  { name: "clients: other names of tables and columns in mcp", config: inMcp({ schema: renamed }), rows: false, run: flow },
  { name: "clients: on PostgreSQL and MariaDB", dbs: ["postgres", "mysql"], config: provider(), run: flow },
  { name: "clients: what is refused", config: { ...provider(), trustedOrigins: ["https://trusted.example.com"] }, run: refusals },
  { name: "clients: created by the program", config: provider({ scopes }), run: program },
  { name: "clients: pairwise subjects", config: provider({ pairwiseSecret: "a secret of at least thirty-two characters", scopes }), run: program },
  { name: "clients: privileges", config: provider({ scopes, clientPrivileges: hook("may") }), hooks, run: privileges },
  { name: "clients: scopes without privileges", config: provider({ scopes }), run: privileges },
  { name: "clients: references", config: provider({ clientReference: hook("owner") }), hooks, run: references },
  {
    name: "clients: made ids and secrets", config: provider({
      generateClientId: hook("id"), generateClientSecret: hook("secret"), prefix: { clientSecret: "cs_" }, storeClientSecret: { hash: hook("hash") },
    }), hooks, run: secrets,
  },
  { name: "clients: encrypted secrets", config: withoutJwt({}), run: secrets },
  { name: "clients: secrets encrypted elsewhere", config: withoutJwt({ storeClientSecret: { encrypt: hook("hash"), decrypt: hook("open") } }), hooks, run: secrets },
  { name: "clients: no logout tokens without jwt", config: withoutJwt({}), run: refusals },
  { name: "clients: trusted ones", config: provider({ generateClientId: hook("id"), cachedTrustedClients: ["client-1"] }), hooks, run: trusted },
];
