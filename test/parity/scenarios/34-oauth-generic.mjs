// generic-oauth: discovery, required claims of tokens, the helpers, signing out at the provider, shared callbacks.
import { alice, signUp } from "../people.mjs";
import { begin, egress, follow, idToken, provider as answering } from "../oauth/fake.mjs";

const issuer = "https://idp.example.com";
const document = {
  issuer, authorization_endpoint: `${issuer}/authorize?tenant=a%20b&scope=x`, token_endpoint: `${issuer}/token`, userinfo_endpoint: `${issuer}/userinfo`,
  jwks_uri: `${issuer}/jwks`, end_session_endpoint: `${issuer}/logout?x=1`, id_token_signing_alg_values_supported: ["RS256"],
};
const well = "/.well-known/openid-configuration";
const claims = { iss: issuer, aud: "client-1", sub: "sub-1", name: "Ann", email: "ann@example.com", email_verified: true, picture: "https://p/a.png" };
const profile = { id: "id-1", sub: "sub-1", name: "Ann", email: "ann@example.com", email_verified: true, picture: "https://p/a.png" };
const discovered = { providerId: "idp", clientId: "client-1", clientSecret: "secret-1", discoveryUrl: issuer + well };
const plain = { providerId: "plain", clientId: "client-1", clientSecret: "secret-1", authorizationUrl: `${issuer}/authorize`, tokenUrl: `${issuer}/token`, userInfoUrl: `${issuer}/userinfo` };

const scenario = (name, own, { canned = {}, doc = document, config = {}, hooks = {}, run, more = [] } = {}) => ({
  name,
  config: { ...egress, ...config, plugins: { "generic-oauth": { config: [own, ...more] } } },
  hooks: {
    egress: (call, s) => answering({ users: [[well, s.doc ?? doc], ["/userinfo", s.profile ?? profile]], ...canned, ...s.canned })(call, s),
    ...hooks,
  },
  run: run ?? ((s) => flow(s, own.providerId)),
});

async function flow(s, provider, body = {}, more = "") {
  const state = await begin(s, { provider, callbackURL: "/dash", errorCallbackURL: "/failed", ...body });
  await s.get(`/callback/${provider}?code=code-1&state=${state}${more}`);
  await s.get("/get-session");
  const { json } = await s.get("/list-accounts");
  const account = Array.isArray(json) ? json[0] : undefined;
  if (!account) return;
  await s.post("/refresh-token", { accountId: account.id });
  await s.get(`/account-info?accountId=${account.id}`);
}

export default [
  scenario("discovered", discovered, { canned: { claims } }),
  scenario("discovered, no id token", discovered),
  scenario("discovered, the id token without an address", discovered, { canned: { claims: { ...claims, email: undefined } } }),
  scenario("discovered, the profile of another subject", discovered, { canned: { claims: { ...claims, email: undefined }, users: [[well, document], ["/userinfo", { ...profile, sub: "sub-2" }]] } }),
  ...Object.entries({
    "wrong audience": { aud: "other" }, "wrong issuer": { iss: "https://evil.example" }, expired: { exp: 1 }, "wrong nonce": { nonce: "other" },
    "no nonce": { nonce: undefined }, "no subject": { sub: undefined },
  }).map(([name, more]) => scenario(`id token: ${name}`, discovered, { canned: { claims: { ...claims, ...more } } })),
  scenario("id token: wrong key", discovered, { canned: { claims, signing: { wrongKey: true } } }),
  scenario("id token: algorithm not announced", discovered, { canned: { claims }, doc: { ...document, id_token_signing_alg_values_supported: ["ES256"] } }),
  scenario("id token: nonce not bound", { ...discovered, disableIdTokenNonceBinding: true }, { canned: { claims: { ...claims, nonce: undefined } } }),
  scenario("callback of another issuer", discovered, { canned: { claims }, run: (s) => flow(s, "idp", {}, "&iss=https://evil.example") }),
  scenario("callback of this issuer", discovered, { canned: { claims }, run: (s) => flow(s, "idp", {}, `&iss=${issuer}`) }),
  scenario("client's id token", discovered, { run: async (s) => {
    await s.post("/sign-in/social", { provider: "idp", idToken: { token: await idToken(claims, s) } });
    await s.post("/sign-in/social", { provider: "idp", idToken: { token: await idToken({ ...claims, aud: "x" }, s) } });
  } }),
  scenario("begun by the provider", { ...discovered, allowIdpInitiated: true }, { canned: { claims }, run: async (s) => {
    const { headers } = await s.get("/callback/idp?code=code-0");
    const url = new URL([headers.location].flat()[0]);
    s.nonce = url.searchParams.get("nonce");
    await s.get(`/callback/idp?code=code-1&state=${url.searchParams.get("state")}`);
  } }),
  scenario("everything set", {
    ...discovered, scopes: ["openid", "mail"], redirectURI: "https://app.example/cb", responseType: "code", responseMode: "form_post", prompt: "consent", accessType: "offline", pkce: false,
    authorizationUrlParams: { audience: "api", login_hint: "x", state: "no" }, tokenUrlParams: { resource: "r", code: "no" }, authorizationHeaders: { "X-Token": "1" }, authentication: "basic",
    accessTokenExpiresIn: 60, refreshTokenParams: { scope: "less", grant_type: "no" }, overrideUserInfo: true,
  }, { canned: { claims, token: { expires_in: undefined } }, run: (s) => flow(s, "idp", { scopes: ["more"], loginHint: "me", additionalParams: { audience: "mine" } }) }),
  scenario("addresses win over discovery", { ...discovered, authorizationUrl: "https://a.example/a", tokenUrl: "https://a.example/t", userInfoUrl: "https://a.example/userinfo" }),
  scenario("plain", plain),
  ...["https://idp.example.com", "https://idp.example.com//a//token/", "HTTPS://IDP.example.com:443/T/ü:x/a+b,c@d;(e)?x=a+b&y=%2f", "https://u:p@idp.example.com/token#part"].map((tokenUrl) =>
    scenario(`a token address in another spelling: ${tokenUrl}`, { ...plain, tokenUrl, userInfoUrl: `${tokenUrl}/userinfo` }, { canned: { users: [["userinfo", profile]] } })),
  scenario("a token address with percent-encoded parts", { ...plain, tokenUrl: `${issuer}/my%20realm/token` }),
  scenario("plain, secret in the header", { ...plain, authentication: "basic" }),
  scenario("plain, no secret", { ...plain, clientSecret: undefined }),
  scenario("plain, no id", plain, { canned: { users: [["/userinfo", { ...profile, id: undefined }]] } }),
  scenario("plain, no address", plain, { canned: { users: [["/userinfo", { ...profile, email: undefined }]] } }),
  scenario("plain, profile refused", plain, { canned: { users: [["/userinfo", { $status: 403, $body: {} }]] } }),
  scenario("plain, token refused", plain, { canned: { token: { $status: 400, $body: { error: "invalid_grant" } } } }),
  scenario("plain, client's id token", plain, { run: (s) => s.post("/sign-in/social", { provider: "plain", idToken: { token: "x" } }) }),
  scenario("callbacks", {
    ...plain, getToken: { webhook: "hook:token" }, getUserInfo: { webhook: "hook:info" }, mapProfileToUser: { webhook: "hook:map" }, accountSubject: { webhook: "hook:subject" },
    refreshTokenParams: { webhook: "hook:params" },
  }, { hooks: {
    token: () => ({ result: { accessToken: "own", refreshToken: "own-r", scopes: ["a", "b"] } }), info: () => ({ result: { id: 5, email: "own@example.com", emailVerified: "true", image: null, name: "Own" } }),
    map: () => ({ result: { name: "Mapped" } }), subject: () => ({ result: 42 }), params: () => ({ result: { scope: "told" } }),
  } }),
  scenario("refused: no secret is wanted, but there is one", { ...plain, tokenEndpointAuth: { method: "none" } }),
  scenario("refused: basic without a secret", { ...plain, clientSecret: undefined, authentication: "basic" }),
  scenario("secret in the body", { ...plain, tokenEndpointAuth: { method: "client_secret_post" } }),
  scenario("private key", { ...plain, clientSecret: undefined, tokenEndpointAuth: { method: "private_key_jwt", getClientAssertion: { webhook: "hook:assert" } } }, { hooks: { assert: () => ({ result: "signed" }) } }),
  scenario("a request of one's own", { ...plain, tokenEndpointAuth: { method: "custom", customizeRequest: { webhook: "hook:change" } } }, { hooks: { change: () => ({ result: { body: { client_assertion: "a", client_assertion_type: "t" } } }) } }),
  scenario("no authorization address", { ...plain, authorizationUrl: undefined }),
  scenario("a name of its own", { ...plain, name: "My Provider" }),
  scenario("verification of the address wanted", { ...plain, requireEmailVerification: true }, { canned: { users: [["/userinfo", { ...profile, email_verified: false }]] }, config: { emailVerification: { sendVerificationEmail: { webhook: "hook:mail" }, sendOnSignIn: true } }, run: async (s) => {
    await flow(s, "plain");
    await flow(s, "plain");
  } }),
  scenario("no token address, tokens by a callback", { ...plain, tokenUrl: undefined, getToken: { webhook: "hook:token" } }, { hooks: { token: () => ({ result: { accessToken: "own", refreshToken: "own-r", accessTokenExpiresAt: "2031-01-15T10:20:40.000Z" } }) }, run: async (s) => {
    await flow(s, "plain");
    const [{ id }] = (await s.get("/list-accounts")).json;
    await s.advance(60).post("/get-access-token", { accountId: id });
    await s.api("refreshToken", { body: { accountId: id } }, { cookies: true });
  } }),
  scenario("no token address", { ...plain, tokenUrl: undefined }),
  scenario("verified id tokens needed, discovery lacks keys", { ...discovered, requireIdTokenVerification: true }, { doc: { ...document, jwks_uri: undefined } }),
  scenario("discovery that fails and then works", discovered, { canned: { claims }, doc: { $status: 500, $body: "" }, run: async (s) => {
    await s.post("/sign-in/social", { provider: "idp" });
    s.doc = document;
    await flow(s, "idp");
  } }),
  scenario("discovery with headers", { ...discovered, discoveryHeaders: { "X-Discovery": "secret" } }, { canned: { claims } }),
  scenario("discovery with an issuer that is none", discovered, { doc: { ...document, issuer: "nope" } }),
  scenario("the name of a social provider", { ...plain, providerId: "github" }, { config: { socialProviders: { github: { clientId: "gh", clientSecret: "gh" } } } }),
  scenario("sign-up off", { ...plain, disableSignUp: true }),
  scenario("sign-up by request", { ...plain, disableImplicitSignUp: true }),
  scenario("linking", plain, { run: async (s) => {
    await signUp(s, { ...alice, email: "ann@example.com" });
    const state = follow(s, await s.post("/link-social", { provider: "plain", callbackURL: "/linked" }));
    await s.get(`/callback/plain?code=code-1&state=${state}`);
    await s.get("/list-accounts");
  } }),
  scenario("signing out at the provider", { ...discovered, postLogoutRedirectURI: "/bye" }, { canned: { claims }, run: async (s) => {
    for (const body of [{}, { disableRedirect: true, state: "s" }, { callbackURL: "/home", state: "s" }, { callbackURL: "https://evil.example" }]) {
      const state = await begin(s, { provider: "idp", callbackURL: "/dash" });
      await s.get(`/callback/idp?code=code-1&state=${state}`);
      await s.post("/sign-out", body);
    }
    await s.post("/sign-out", {});
  } }),
  scenario("not signing out at the provider", { ...discovered, disableProviderLogout: true }, { canned: { claims }, run: async (s) => {
    const state = await begin(s, { provider: "idp", callbackURL: "/dash" });
    await s.get(`/callback/idp?code=code-1&state=${state}`);
    await s.post("/sign-out", {});
  } }),
  scenario("signing out, no id token, no redirect", { ...plain, endSessionEndpoint: `${issuer}/logout` }, { run: async (s) => {
    const state = await begin(s, { provider: "plain", callbackURL: "/dash" });
    await s.get(`/callback/plain?code=code-1&state=${state}`);
    await s.post("/sign-out", {});
  } }),
];
