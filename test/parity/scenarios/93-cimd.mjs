// The cimd plugin: clients whose id is the URL of a document that describes them.
import { get, provider, update } from "../oauth-clients.mjs";
import { egress } from "../oauth/fake.mjs";
import { signUp } from "../people.mjs";

const at = "https://client.example.com/metadata.json";
const rsa = { kty: "RSA", n: "sXch", e: "AQAB", kid: "1" };
const minimal = { client_id: at, client_name: "Client", redirect_uris: ["https://client.example.com/callback"] };
const hooks = {
  /** s.document: a body, or {$status, $headers, $body}; a function is called with the URL. */
  egress: ({ data: [{ url }] }, s) => {
    const answer = typeof s.document === "function" ? s.document(url) : s.document;
    if (answer && "$status" in answer) return { status: answer.$status, headers: answer.$headers, body: answer.$body ?? "" };
    return { status: 200, body: answer };
  },
  allowed: ({ data: [url] }) => ({ result: !url.includes("forbidden") }),
  created: () => ({}), refreshed: () => ({}),
  broken: () => ({ body: { $error: true, message: "broken" } }),
};
const cimd = (options = {}, more = {}) => ({ ...egress, ...provider(more, { cimd: options }) });

/** Asks for the client, which reads its document. */
const ask = (s, id = at) => s.get(`/oauth2/public-client?client_id=${encodeURIComponent(id)}`);
/** Asks for the client of another document. */
async function asked(s, document, id = at) {
  s.document = document;
  return ask(s, id);
}

const complete = {
  ...minimal, scope: "openid profile", client_uri: "https://client.example.com", logo_uri: "https://cdn.example.com/logo.png", contacts: ["a@example.com"],
  tos_uri: "https://client.example.com/tos", policy_uri: "http://client.example.com/policy", software_id: "id", software_version: "1", software_statement: "s",
  post_logout_redirect_uris: ["https://client.example.com/bye", "http://localhost:3000/bye"], token_endpoint_auth_method: "none", grant_types: ["authorization_code", "refresh_token", "custom"],
  response_types: ["code"], application_type: "native", subject_type: "public", dpop_bound_access_tokens: true, extra: "member",
};

const documents = [
  minimal, complete, { client_id: at }, { ...minimal, client_name: undefined }, { ...minimal, client_id: undefined }, { ...minimal, client_id: `${at}/` }, { ...minimal, client_id: " " }, { ...minimal, client_name: " " },
  { ...minimal, client_secret: "a" }, { ...minimal, skip_consent: true }, { ...minimal, jwksUri: "a" }, { ...minimal, backchannel_logout_uri: "https://client.example.com/o" }, { ...minimal, backchannel_logout_session_required: true },
  ...["none", "private_key_jwt", "client_secret_basic", "client_secret_post", "client_secret_jwt", "other", " none "].map((token_endpoint_auth_method) => ({ ...minimal, token_endpoint_auth_method })),
  { ...minimal, token_endpoint_auth_method: "private_key_jwt", jwks: { keys: [rsa] } }, { ...minimal, jwks: { keys: [{ ...rsa, d: "x" }] } }, { ...minimal, jwks: { keys: [] } }, { ...minimal, jwks: [] },
  ...["https://client.example.com/keys", "https://other.example.com/keys", "http://client.example.com/keys", "https://u@client.example.com/keys", "https://client.example.com/keys#a", "nonsense", "https://10.0.0.1/keys"]
    .map((jwks_uri) => ({ ...minimal, token_endpoint_auth_method: "private_key_jwt", jwks_uri })),
  ...[[], ["nonsense"], ["http://client.example.com/callback"], ["http://127.0.0.1:1/cb"], ["com.example.app:/cb"], ["myapp://cb"], ["https://elsewhere.example.com/cb"], ["javascript:a"], "https://a.example.com"].map((redirect_uris) => ({ ...minimal, redirect_uris })),
  ...["client_uri", "logo_uri", "tos_uri", "policy_uri"].flatMap((name) => ["nonsense", "ftp://client.example.com", "https://u@client.example.com", "https://192.168.0.1/", "https://elsewhere.example.com", 1].map((v) => ({ ...minimal, [name]: v }))),
  ...[["https://elsewhere.example.com/bye"], ["com.example.app:/bye"], ["http://localhost/bye"], ["https://client.example.com:8443/bye"]].map((post_logout_redirect_uris) => ({ ...minimal, post_logout_redirect_uris })),
  { ...minimal, scope: "other" }, { ...minimal, grant_types: ["client_credentials"] }, { ...minimal, grant_types: ["custom"] }, { ...minimal, response_types: ["token"] }, { ...minimal, subject_type: "pairwise" },
  { ...minimal, resources: ["https://api.example.com"] }, { ...minimal, application_type: "web", redirect_uris: ["http://localhost/cb"] }, { ...minimal, client_id_issued_at: 1 },
  [], null, "text", 1,
];

async function validation(s) {
  await signUp(s);
  let n = 0;
  for (const document of documents) {
    const id = `https://client.example.com/${(n += 1)}`;
    const own = document && document.client_id === at ? { ...document, client_id: id } : document;
    await asked(s.advance(5), own, id);
    if (n === 2) await get(s, id);
  }
}

const urls = [
  "https://client.example.com", "https://client.example.com/", "https://client.example.com?a", "https:client.example.com/a", "https:/client.example.com/a", "https:///client.example.com/a", "HTTPS://client.example.com/up",
  "https://client.example.com/a/../b", "https://client.example.com/%2e/b", "https://client.example.com/a/..", "https://client.example.com/.hidden", "https://client.example.com/#a", "https://u:p@client.example.com/a",
  "https://client.example.com\\a", "https://10.0.0.1/a", "https://localhost/a", "https://[::1]/a", "https://[fd00::1]/a", "https://169.254.169.254/a", "https://metadata.google.internal/a", "https://127.1/a", "https://0x7f000001/a", "https://[::ffff:10.0.0.1]/a",
  "https://[64:ff9b::a00:1]/a", "https://[2002:a00:1::]/a", "https://100.64.0.1/a", "http://client.example.com/a", "ftp://client.example.com/a", "nonsense", "https://client.example.com/a?b=c", "https://forbidden.example.com/a", "https://client.example.com:8443/a", "https://client.example.com./dot",
];
async function addresses(s) {
  await signUp(s);
  for (const url of urls) await asked(s.advance(5), { ...minimal, client_id: url, redirect_uris: ["http://127.0.0.1/cb"] }, url);
}

const json = { "content-type": "application/json" };
async function answers(s) {
  await signUp(s);
  let n = 0;
  const next = () => `https://client.example.com/${(n += 1)}`;
  for (const status of [201, 204, 301, 302, 304, 404, 500, 599]) await asked(s.advance(5), { $status: status, $headers: { ...json, location: at }, $body: "" }, next());
  for (const type of ["text/plain", "application/json; charset=utf-8", "application/client+json", "application/jsonp", "text/json", ""]) {
    const id = next();
    await asked(s.advance(5), { $status: 200, $headers: { "content-type": type }, $body: JSON.stringify({ ...minimal, client_id: id }) }, id);
  }
  for (const body of ["", "{", "\u0000", `${" ".repeat(5200)}{}`]) await asked(s.advance(5), { $status: 200, $headers: json, $body: body }, next());
}

const headers = [
  {}, { "cache-control": "max-age=10" }, { "cache-control": "s-maxage=100, max-age=10" }, { "cache-control": "no-store" }, { "cache-control": "no-cache", etag: '"a"' }, { "cache-control": "private" }, { vary: "*" }, { vary: "accept" },
  { "cache-control": "max-age=100", age: "95" }, { "cache-control": "max-age=x" }, { "cache-control": "max-age=10, max-age=20" }, { "cache-control": 'max-age="30"' }, { "cache-control": "max-age=99999999" }, { age: "x", "cache-control": "s-maxage=" },
];
async function caching(s) {
  await signUp(s);
  for (const [n, more] of headers.entries()) {
    const id = `https://client-${n}.example.com/a`;
    let name = 0;
    s.document = () => ({ $status: 200, $headers: { ...json, ...more }, $body: JSON.stringify({ ...minimal, client_id: id, client_name: `Client ${(name += 1)}` }) });
    await ask(s, id);
    for (const seconds of [4, 20, 100, 3600]) await ask(s.advance(seconds), id);
  }
}

async function conditional(s) {
  await signUp(s);
  s.document = { $status: 200, $headers: { ...json, etag: '"v1"', "last-modified": "Wed, 15 Jan 2031 10:00:00 GMT", "cache-control": "max-age=10" }, $body: JSON.stringify(minimal) };
  await ask(s);
  await asked(s.advance(20), { $status: 304, $headers: {} });
  await ask(s);
  await asked(s.advance(20), { $status: 304, $headers: { "cache-control": "max-age=1000" } });
  await ask(s.advance(500));
  await asked(s.advance(1000), { $status: 200, $headers: json, $body: JSON.stringify({ ...minimal, client_name: "Renamed", client_uri: "https://client.example.com" }) });
  await asked(s.advance(4000), { $status: 500, $headers: json });
  await asked(s.advance(5), minimal);
  await s.get("/oauth2/get-clients");
  await update(s, at, { client_name: "Mine" });
}

async function limits(s) {
  await signUp(s);
  s.document = (url) => ({ $status: 200, $headers: { ...json, "cache-control": "no-store" }, $body: JSON.stringify({ ...minimal, client_id: url }) });
  for (let n = 0; n < 6; n++) await ask(s, "https://client.example.com/same");
  for (let n = 0; n < 6; n++) await ask(s, `https://client.example.com/${n}`);
  for (let n = 0; n < 6; n++) await ask(s, `https://client-${n}.example.com/a`);
  for (let n = 0; n < 3; n++) await ask(s.advance(61), `https://client-${n}.example.com/a`);
}

const hook = (name) => ({ webhook: `hook:${name}` });
const policy = { minimumFetchInterval: "3s", maximumFetchesPerMinute: 8, maximumFetchesPerOriginPerMinute: 4, maximumConcurrentFetches: 2, maximumConcurrentFetchesPerOrigin: 1 };

async function metadata(s) {
  await s.api("getOAuthServerConfig");
  await s.request("GET", "/api/auth/.well-known/openid-configuration", undefined, { absolute: true });
}

export default [
  { name: "cimd: documents", config: cimd(), hooks, run: validation },
  { name: "cimd: documents of MCP", config: cimd({ metadataProfile: "mcp-2026-07-28" }), hooks, run: validation },
  { name: "cimd: documents without bound fields", config: cimd({ originBoundFields: [] }), hooks, run: validation },
  { name: "cimd: other bound fields", config: cimd({ originBoundFields: ["redirect_uris", "contacts", "logo_uri", "dpop_bound_access_tokens"] }), hooks, run: validation },
  { name: "cimd: addresses", config: cimd({ isMetadataDocumentUrlAllowed: hook("allowed") }), hooks, run: addresses },
  { name: "cimd: answers", config: cimd(), hooks, run: answers },
  { name: "cimd: caching", config: cimd({ metadataFetchPolicy: { minimumFetchInterval: 0 } }), hooks, run: caching },
  { name: "cimd: caching for a minute", config: cimd({ metadataRevalidationInterval: 60 }), hooks, run: caching },
  { name: "cimd: caching for a day, in little memory", config: cimd({ metadataRevalidationInterval: "1d", maxCacheEntries: 2 }), hooks, run: caching },
  { name: "cimd: conditional requests", config: cimd({ onClientCreated: hook("created"), onClientRefreshed: hook("refreshed") }), hooks, run: conditional },
  { name: "cimd: callbacks that fail", config: cimd({ onClientCreated: hook("broken"), onClientRefreshed: hook("broken") }), hooks, run: conditional },
  { name: "cimd: limits", config: cimd({ metadataFetchPolicy: policy }), hooks, run: limits },
  { name: "cimd: resources and scopes", config: cimd({}, { resources: ["https://api.example.com"], clientRegistrationDefaultResources: ["https://api.example.com"], scopes: ["openid", "read", "write"], clientRegistrationDefaultScopes: ["openid"], clientRegistrationAllowedScopes: ["read"] }), hooks, run: conditional },
  { name: "cimd: metadata", config: cimd(), hooks, run: metadata },
  { name: "cimd refused: without oauth-provider", config: { plugins: { cimd: {} } }, run: () => {} },
  { name: "cimd refused: no room", config: cimd({ maxCacheEntries: 0 }), run: () => {} },
  { name: "cimd refused: a limit of nothing", config: cimd({ metadataFetchPolicy: { maximumFetchesPerMinute: 0 } }), run: () => {} },
  { name: "cimd refused: a negative interval", config: cimd({ metadataFetchPolicy: { minimumFetchInterval: -1 } }), run: () => {} },
];
