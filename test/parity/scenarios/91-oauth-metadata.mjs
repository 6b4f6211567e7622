// The oauth-provider plugin: the metadata, at the addresses that follow from the issuer.
import { provider } from "../oauth-clients.mjs";

const names = ["oauth-authorization-server", "openid-configuration"];
const absolute = (s, path, method = "GET", opts = {}) => s.request(method, path, undefined, { absolute: true, ...opts });

/** Asks for both documents at every address that they could have. */
const everywhere = (path = "/api/auth", more = []) => async (s) => {
  for (const name of names) {
    for (const at of new Set([`/.well-known/${name}`, `/.well-known/${name}${path}`, `${path}/.well-known/${name}`, `/api/auth/.well-known/${name}`, ...more])) {
      await absolute(s, at);
    }
  }
  await s.api("getOAuthServerConfig");
  await s.api("getOpenIdConfig");
};

async function methods(s) {
  for (const name of names) {
    const path = `/api/auth/.well-known/${name}`;
    for (const method of ["HEAD", "POST", "PUT", "DELETE"]) await absolute(s, path, method);
    await absolute(s, `${path}/`);
    await absolute(s, `${path}?a=b`);
    await absolute(s, path, "GET", { host: "other.example.com" });
  }
}

const long = "a secret of at least thirty-two characters";

export default [
  { name: "metadata: defaults", config: provider(), run: everywhere() },
  { name: "metadata: methods", config: provider(), run: methods },
  { name: "metadata: slashes at the end", config: { ...provider(), advanced: { skipTrailingSlashes: true } }, run: methods },
  { name: "metadata: without openid", config: provider({ scopes: ["read", "write", "read", ""] }), run: everywhere() },
  {
    name: "metadata: what it shows",
    config: provider({ scopes: ["openid", "profile", "read"], advertisedMetadata: { scopes_supported: ["openid"], claims_supported: ["sub", "name"] } }),
    run: everywhere(),
  },
  {
    name: "metadata: everything allowed",
    config: provider({
      allowDynamicClientRegistration: true, allowUnauthenticatedClientRegistration: true, pairwiseSecret: long, grantTypes: ["authorization_code"],
      dpop: { signingAlgorithms: ["ES256"], proofMaxAgeSeconds: 60 },
    }),
    run: everywhere(),
  },
  { name: "metadata: no codes", config: provider({ grantTypes: ["client_credentials"], allowDynamicClientRegistration: true }), run: everywhere() },
  { name: "metadata: without jwt", config: { plugins: { "oauth-provider": { loginPage: "/login", consentPage: "/consent", disableJwtPlugin: true } } }, run: everywhere() },
  {
    name: "metadata: an issuer with a path",
    config: provider({}, { jwt: { jwt: { issuer: "https://id.example.com/tenant/?a=b#c" }, jwks: { jwksPath: "/keys", keyPairConfigs: [{ alg: "ES256" }, { alg: "RS256" }] } } }),
    run: everywhere("/tenant", names.map((name) => `/tenant/.well-known/${name}`)),
  },
  {
    name: "metadata: an issuer without https",
    config: provider({}, { jwt: { jwt: { issuer: "http://id.example.com/" }, jwks: { remoteUrl: "https://keys.example.com/jwks", keyPairConfig: { alg: "RS256" } } } }),
    run: everywhere(""),
  },
  { name: "metadata: another base path", config: { ...provider(), basePath: "/auth" }, run: everywhere("/auth") },
  { name: "metadata: a base URL with a path", config: { ...provider(), baseURL: "http://localhost:3000/deep/auth" }, run: everywhere("/deep/auth") },
  { name: "metadata refused: without the plugin jwt", config: { plugins: { "oauth-provider": { loginPage: "/login", consentPage: "/consent" } } }, run: () => {} },
  { name: "metadata refused: a short pairwise secret", config: provider({ pairwiseSecret: "short" }), run: () => {} },
  { name: "metadata refused: refresh without codes", config: provider({ grantTypes: ["refresh_token"] }), run: () => {} },
  { name: "metadata refused: a scope that nobody has", config: provider({ advertisedMetadata: { scopes_supported: ["other"] } }), run: () => {} },
  { name: "metadata refused: a registration scope that nobody has", config: provider({ clientRegistrationDefaultScopes: ["other"] }), run: () => {} },
  { name: "metadata refused: another registration scope that nobody has", config: provider({ clientRegistrationAllowedScopes: ["other"] }), run: () => {} },
  { name: "metadata refused: a default resource that is no resource", config: provider({ clientRegistrationDefaultResources: ["https://api.example.com"] }), run: () => {} },
  { name: "metadata refused: an allowed resource that is no resource", config: provider({ clientRegistrationAllowedResources: ["https://api.example.com"] }), run: () => {} },
  { name: "metadata refused: encrypted secrets", config: provider({ storeClientSecret: "encrypted" }), run: () => {} },
  { name: "metadata refused: hashed secrets without jwt", config: provider({ storeClientSecret: "hashed", disableJwtPlugin: true }), run: () => {} },
];
