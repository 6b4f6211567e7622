// The oauth-provider plugin: clients that register themselves (RFC 7591).
import { get, provider, register, web } from "../oauth-clients.mjs";
import { alice, signUp } from "../people.mjs";

const hooks = {};
const hook = (name) => ({ webhook: `hook:${name}` });
const stranger = (s, body, opts) => register(s.as("stranger"), body, { cookies: false, ...opts });
const open = { allowDynamicClientRegistration: true, allowUnauthenticatedClientRegistration: true };
const api = "https://api.example.com", other = "https://other.example.com", off = "https://off.example.com";

const good = [
  web, { ...web, token_endpoint_auth_method: "none" }, { ...web, token_endpoint_auth_method: "client_secret_post", scope: "openid profile" },
  { ...web, grant_types: ["authorization_code", "refresh_token"], response_types: ["code"], application_type: "web", contacts: ["a@example.com"] },
  { redirect_uris: ["http://localhost:1234/callback"], application_type: "native", token_endpoint_auth_method: "none" },
  { ...web, dpop_bound_access_tokens: true, software_id: "a", software_version: "1", software_statement: "x", unknown: "member", client_id: "mine", client_secret: "mine", disabled: true },
  { ...web, subject_type: "public", post_logout_redirect_uris: ["https://app.example.com/bye"], backchannel_logout_uri: "https://app.example.com/out" },
];
const wrong = [
  {}, [], { redirect_uris: [] }, { redirect_uris: "https://a.example.com" }, { redirect_uris: [1] }, { redirect_uris: ["nonsense", "javascript:a"] }, { redirect_uris: ["https://a.example.com/#x"] },
  { ...web, client_name: " " }, { ...web, client_name: 1 }, { ...web, scope: ["openid"] }, { ...web, scope: "other" }, { ...web, contacts: [] }, { ...web, contacts: [1] },
  { ...web, post_logout_redirect_uris: ["nonsense"] }, { ...web, post_logout_redirect_uris: {} }, { ...web, software_statement: 1 }, { ...web, backchannel_logout_uri: "x" },
  { ...web, response_types: ["token"] }, { ...web, response_types: "code" }, { ...web, application_type: "server" }, { ...web, subject_type: "pairwise" }, { ...web, subject_type: "x" },
  { ...web, dpop_bound_access_tokens: 1 }, { ...web, skip_consent: true }, { ...web, skip_consent: null }, { ...web, jwks: [] }, { ...web, jwks: { keys: [1] } },
  { ...web, grant_types: ["client_credentials"] }, { ...web, grant_types: ["a"] }, { ...web, grant_types: [] }, { ...web, token_endpoint_auth_method: "a" },
  { ...web, resources: "https://a.example.com" }, { ...web, resources: ["nonsense"] }, { ...web, resources: ["https://a.example.com#x"] }, { ...web, resources: ["javascript:a"] }, { ...web, resources: [""] }, { ...web, resources: [api] },
];

async function all(s) {
  for (const body of [...good, ...wrong]) await stranger(s, body);
  await s.as("stranger").post("/oauth2/register", undefined, { raw: "{", type: "application/json" });
  await s.post("/oauth2/register", undefined, { form: { redirect_uris: "https://a.example.com" } });
  await s.as("default");
  await signUp(s);
  const { json: made } = await register(s, good[0]);
  await register(s, { ...web, grant_types: ["client_credentials", "authorization_code"], response_types: ["code"], scope: "openid" });
  await get(s, made?.client_id);
}

async function closed(s) {
  await stranger(s, web);
  await stranger(s, web, { bearer: "token" });
  await stranger(s, web, { headers: { authorization: "Bearer" } });
  await stranger(s, web, { headers: { authorization: "Bearer a b" } });
  await stranger(s, web, { headers: { authorization: "Basic a" } });
  await stranger(s, wrong[0]);
  await signUp(s.as("default"));
  await register(s, web);
  await register(s, web, { bearer: "token" });
}

hooks.token = ({ data: [{ initialAccessToken: token }] }) => {
  if (token === "team") return { result: { referenceId: "team" } };
  if (token === "good") return { result: {} };
  if (token === "error") return { status: 403, body: { message: "not today", code: "NOT_TODAY" } };
  if (token === "broken") return { body: { $error: true, message: "broken" } };
  return { result: false };
};

async function tokens(s) {
  for (const token of ["team", "good", "bad", "error", "broken"]) await stranger(s, { ...web, client_name: token }, { bearer: token });
  await stranger(s, { ...web, grant_types: ["client_credentials"], response_types: [] }, { bearer: "good" });
  await stranger(s, web);
  await stranger(s, web, { headers: { authorization: "bearer team" } });
}

hooks.owner = ({ data: [{ user }] }) => ({ result: user.name === alice.name ? "team" : null });
hooks.may = ({ data: [{ action }] }, s) => ({ result: s.denied !== action });

async function owned(s) {
  await signUp(s);
  const { json: made } = await register(s, web);
  await get(s, made?.client_id);
  s.denied = "create";
  await register(s, web);
}

const resources = [api, { identifier: other, name: "Other" }, { identifier: off, disabled: true }];
async function linked(s) {
  for (const given of [undefined, [], [api], [other], [other, other, api], [off], ["https://nobody.example.com"]]) {
    await stranger(s, { ...web, ...(given && { resources: given }) });
  }
}

const scopes = ["openid", "profile", "email", "offline_access", "read", "write"];

export default [
  { name: "register: closed", config: provider(), run: closed },
  { name: "register: closed, though open", config: provider({ allowUnauthenticatedClientRegistration: true }), run: closed },
  { name: "register: users only", config: provider({ allowDynamicClientRegistration: true }), run: closed },
  { name: "register: everybody", config: provider(open), run: all },
  { name: "register: everybody, on PostgreSQL and MariaDB", dbs: ["postgres", "mysql"], config: provider(open), run: all },
  { name: "register: scopes", config: provider({ ...open, scopes, clientRegistrationDefaultScopes: ["openid", "read"], clientRegistrationAllowedScopes: ["write", "openid"] }), run: all },
  { name: "register: more scopes", config: provider({ ...open, scopes, clientRegistrationAllowedScopes: ["write"] }), run: all },
  { name: "register: without PKCE", config: provider({ ...open, clientRegistrationRequirePKCE: false, clientRegistrationClientSecretExpiration: "30d" }), run: all },
  { name: "register: pairwise", config: provider({ ...open, pairwiseSecret: "a secret of at least thirty-two characters" }), run: all },
  { name: "register: initial access tokens", config: provider({ allowDynamicClientRegistration: true, validateInitialAccessToken: hook("token") }), hooks, run: tokens },
  { name: "register: limits of its own", config: provider({ ...open, rateLimit: { register: { window: 30, max: 2 } }, scopeExpirations: { profile: "5m", offline_access: "1h" } }), run: closed },
  { name: "register: without a limit", config: provider({ ...open, rateLimit: { register: false } }), run: closed },
  { name: "register: owners", config: provider({ ...open, clientReference: hook("owner"), clientPrivileges: hook("may") }), hooks, run: owned },
  { name: "register: resources", config: provider({ ...open, resources, clientRegistrationDefaultResources: [api], clientRegistrationAllowedResources: [other, off] }), run: linked },
  { name: "register: a disabled default resource", config: provider({ ...open, resources, clientRegistrationDefaultResources: [off] }), run: linked },
];
