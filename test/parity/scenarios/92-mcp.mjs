// The mcp plugin: oauth-provider with the address of an MCP server.
import { create, register, web } from "../oauth-clients.mjs";
import { signUp } from "../people.mjs";

const resource = "https://mcp.example.com/mcp";
const mcp = (options = {}, more = {}) => ({ plugins: { jwt: {}, mcp: { loginPage: "/login", consentPage: "/consent", resource, ...options }, ...more } });
const absolute = (s, path, method = "GET") => s.request(method, path, undefined, { absolute: true });
const documents = ["oauth-protected-resource", "oauth-authorization-server", "openid-configuration"];

async function metadata(s) {
  for (const name of documents) {
    for (const path of ["", "/mcp", "/mcp/", "/other", "/api/auth"]) await absolute(s, `/.well-known/${name}${path}`);
    for (const method of ["HEAD", "POST", "DELETE"]) await absolute(s, `/.well-known/${name}`, method);
    await absolute(s, `/api/auth/.well-known/${name}`);
  }
  await s.api("getOAuthServerConfig");
}

async function clients(s) {
  await register(s.as("stranger"), { ...web, token_endpoint_auth_method: "none" }, { cookies: false });
  await register(s, { ...web, resources: [resource] }, { cookies: false });
  await register(s, { ...web, resources: ["https://other.example.com"] }, { cookies: false });
  await signUp(s.as("default"));
  await create(s);
  await s.get("/oauth2/get-clients");
  await s.api("adminListOAuthResources", {}, { cookies: true });
}

const open = { allowDynamicClientRegistration: true, allowUnauthenticatedClientRegistration: true };
const refused = (name, options) => ({ name: `mcp refused: ${name}`, config: mcp(options), run: () => {} });

const hook = (name) => ({ webhook: `hook:${name}` });
const hooks = {
  yes: () => ({ result: true }), no: () => ({ result: false }), nothing: () => ({}), claims: () => ({ result: { claim: "value" } }),
  next: (_, s) => ({ result: `made-${(s.made = (s.made ?? 0) + 1)}` }), hash: ({ data: [secret] }) => ({ result: `hash of ${secret}` }), verify: ({ data: [secret, stored] }) => ({ result: stored === `hash of ${secret}` }),
  token: () => ({ result: { token: "token" } }),
};
const limits = Object.fromEntries(["token", "authorize", "introspect", "revoke", "register", "userinfo"].map((name, n) => [name, { window: 10 + n, max: 20 + n }]));
const everything = {
  ...open, scopes: ["openid", "profile", "email", "offline_access", "read"], accessTokenExpiresIn: 60, m2mAccessTokenExpiresIn: 61, idTokenExpiresIn: 62, refreshTokenExpiresIn: 63, codeExpiresIn: 64, assertionMaxLifetime: 65,
  advertisedMetadata: { scopes_supported: ["openid", "read"], claims_supported: ["sub"] }, allowPublicClientPrelogin: true, cachedResources: [resource], cachedTrustedClients: ["trusted"],
  clientPrivileges: hook("yes"), resourcePrivileges: hook("yes"), clientReference: hook("nothing"), validateInitialAccessToken: hook("claims"),
  clientRegistrationAllowedResources: [resource], clientRegistrationAllowedScopes: ["read"], clientRegistrationDefaultScopes: ["openid"], clientRegistrationClientSecretExpiration: "30d", clientRegistrationRequirePKCE: false,
  customAccessTokenClaims: hook("claims"), customIdTokenClaims: hook("claims"), customTokenResponseFields: hook("claims"), customUserInfoClaims: hook("claims"), dpop: { proofMaxAgeSeconds: 60, signingAlgorithms: ["ES256"] },
  enforcePerClientResources: true, formatRefreshToken: { encrypt: hook("hash"), decrypt: hook("token") }, generateClientId: hook("next"), generateClientSecret: hook("next"), generateOpaqueAccessToken: hook("next"), generateRefreshToken: hook("next"),
  grantTypes: ["authorization_code", "refresh_token"], pairwiseSecret: "a secret of at least thirty-two characters", postLogin: { page: "/step", shouldRedirect: hook("no"), consentReferenceId: hook("nothing") },
  prefix: { clientSecret: "cs_", opaqueAccessToken: "at_", refreshToken: "rt_" }, rateLimit: limits, requestUriResolver: hook("nothing"), resourceSeedMode: "merge",
  resources: [{ identifier: resource, name: "MCP", accessTokenTtl: 30, refreshTokenTtl: 40, allowedScopes: ["read"], customClaims: { a: 1 }, disabled: false, metadata: { b: 2 }, signingAlgorithm: "ES256", signingKeyId: "key", dpopBoundAccessTokensRequired: true }],
  scopeExpirations: { openid: "1m", profile: 4_000_000_000, email: "2m", offline_access: "3m" }, selectAccount: { page: "/accounts", shouldRedirect: hook("no") }, signup: { page: "/sign-up", shouldRedirect: hook("no") },
  storeClientSecret: { hash: hook("hash"), verify: hook("verify") }, storeTokens: { hash: hook("hash") },
};

// Resources of the options are rows only once something asks for them (docs/plugins/oauth-provider.md).
export default [
  { name: "mcp: metadata", config: mcp(), run: metadata, rows: false },
  { name: "mcp: metadata with scopes", config: mcp({ scopes: ["openid", "phone", "address", "read", "write"], dpop: { signingAlgorithms: ["ES256"] } }), run: metadata, rows: false },
  { name: "mcp: metadata with fewer scopes", config: mcp({ scopes: ["openid", "read", "write"], advertisedMetadata: { scopes_supported: ["openid", "read"] } }), run: metadata, rows: false },
  { name: "mcp: a resource with a policy", config: mcp({ resources: [{ identifier: resource, dpopBoundAccessTokensRequired: true, name: "MCP" }, "https://other.example.com"] }), run: metadata, rows: false },
  { name: "mcp: at the root", config: { ...mcp({ resource: "https://mcp.example.com" }), advanced: { skipTrailingSlashes: true } }, run: metadata, rows: false },
  { name: "mcp: on this machine", config: mcp({ resource: "http://localhost:4000/mcp" }, { jwt: { jwt: { issuer: "https://id.example.com/tenant" } } }), run: metadata, rows: false },
  { name: "mcp: clients", config: mcp(open), run: clients },
  { name: "mcp: clients with more resources", config: mcp({ ...open, resources: ["https://other.example.com"], clientRegistrationDefaultResources: ["https://other.example.com"], refreshTokenReuseInterval: 0 }), run: clients, rows: false },
  { name: "mcp: every option", config: mcp(everything), hooks, run: clients, rows: false },
  { name: "mcp: without jwt", config: { plugins: { mcp: { loginPage: "/login", consentPage: "/consent", resource, ...open, disableJwtPlugin: true, storeClientSecret: { encrypt: hook("hash"), decrypt: hook("hash") } } } }, hooks, run: clients, rows: false },
  refused("no resource", { resource: undefined }), refused("no URL", { resource: "nonsense" }), refused("credentials", { resource: "https://u@mcp.example.com" }),
  refused("a fragment", { resource: "https://mcp.example.com/#a" }), refused("a query", { resource: "https://mcp.example.com/?a" }), refused("not secure", { resource: "http://mcp.example.com/" }),
  refused("not this machine", { resource: "http://a.localhost/mcp" }),
];
