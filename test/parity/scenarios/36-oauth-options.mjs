// Every option of a social provider, set for all 36 at once: the start of a flow, the requests sent, who may sign up.
import { begin, egress, idToken, provider as answering } from "../oauth/fake.mjs";
import { providers } from "../oauth/providers.mjs";

const ids = Object.keys(providers);

/** All 36 providers, each with options of its own besides its client. */
const everyone = (own) => Object.fromEntries(ids.map((id) => {
  const { options } = providers[id];
  return [id, { ...options, ...(typeof own === "function" ? own(id, options) : own) }];
}));

function scenario(name, own, run, { config = {}, hooks = {} } = {}) {
  return {
    name: `all: ${name}`,
    timeout: 300_000,
    config: { ...egress, ...config, socialProviders: everyone(own) },
    hooks: { egress: (call, s) => answering(s.canned ?? {})(call, s), ...hooks },
    run: async (s) => {
      for (const id of ids) {
        s.canned = providers[id].full;
        s.id = id;
        await run(s.as(id), id, providers[id].callback ?? "");
      }
    },
  };
}

/** A flow to its end. */
async function flow(s, id, more, body = {}, tail = "") {
  const state = await begin(s, { provider: id, callbackURL: "/dash", newUserCallbackURL: "/new", errorCallbackURL: "/failed", ...body });
  if (state) await s.get(`/callback/${id}?code=code-1&state=${encodeURIComponent(state)}${more}${tail}`);
}

/** A flow, and the renewal of its tokens. */
async function renewed(s, id, more, body) {
  await flow(s, id, more, body);
  const { json } = await s.get("/list-accounts");
  if (Array.isArray(json) && json[0]) await s.post("/refresh-token", { accountId: json[0].id });
}

const changing = { map: (call, s) => ({ result: { name: `Mapped ${s.now}`, image: `https://p/${s.now}.png`, email: `${s.id}@Example.com`, ...s.mapped } }) };

// A token that the provider itself could have signed, for any provider.
const tokenOf = (s, id) => {
  const { claims } = providers[id].full;
  return idToken(claims ?? { iss: `https://${id}.example`, aud: "client-1", sub: `${id}-1`, name: "Some One", email: `${id}@example.com`, email_verified: true }, s);
};
const withToken = async (s, id, path, more = {}) => s.post(path, { provider: id, idToken: { token: await tokenOf(s, id), accessToken: "access-1", ...more } });

export default [
  scenario("what a flow begins with", (id) => ({
    enabled: true, scope: ["one", "two"], disableDefaultScope: true, redirectURI: `https://app.example/${id}?x=1`, prompt: "select_account consent", responseMode: "form_post",
    authorizationEndpoint: "https://auth.example/authorize?tenant=a%20b&scope=x&prompt=y#top", clientKey: `key-${id}`,
  }), (s, id, more) => renewed(s, id, more, { scopes: ["three"], loginHint: "me@example.com", additionalParams: { audience: "mine", scope: "no", prompt: "none" } })),
  scenario("scopes besides the default ones", { scope: ["one", "email", "openid"], responseMode: "query", prompt: "none" }, (s, id, more) => renewed(s, id, more, { scopes: ["one", "three"] })),
  scenario("no default scopes, and none asked for", { scope: undefined, disableDefaultScope: true }, renewed),
  scenario("scopes of nobody", { scope: [], disableDefaultScope: false }, (s, id) => begin(s, { provider: id, scopes: [] })),
  scenario("several client ids", (id) => ({ clientId: ["client-1", "client-2"], ...(id === "tiktok" ? { clientKey: "key-1" } : {}) }), renewed),
  scenario("a client id that needs encoding", { clientId: "client 1:ä/+", clientSecret: "secret 1:ü%&=", clientKey: "key 1:ä/+" }, renewed),
  scenario("no secret", { clientSecret: undefined }, renewed),
  scenario("turned off", { enabled: false }, async (s, id) => {
    await s.post("/sign-in/social", { provider: id });
    await s.get(`/callback/${id}?code=x&state=y`);
  }),
  scenario("no sign-up", { disableSignUp: true }, (s, id, more) => flow(s, id, more, { requestSignUp: true })),
  scenario("sign-up by request", { disableImplicitSignUp: true }, async (s, id, more) => {
    await flow(s, id, more);
    await flow(s, id, more, { requestSignUp: true });
    await flow(s, id, more);
  }),
  scenario("the provider's profile wins", { overrideUserInfoOnSignIn: true, mapProfileToUser: { webhook: "hook:map" } }, async (s, id, more) => {
    s.mapped = { emailVerified: true };
    await flow(s, id, more);
    s.mapped = { email: `${id}2@example.com`, emailVerified: false, image: null };
    await flow(s, id, more);
    await s.get("/get-session");
  }, { hooks: changing }),
  scenario("the user's profile stays", { overrideUserInfoOnSignIn: false, mapProfileToUser: { webhook: "hook:map" } }, async (s, id, more) => {
    s.mapped = { emailVerified: false };
    await flow(s, id, more);
    s.mapped = { emailVerified: true };
    await flow(s, id, more);
  }, { hooks: changing }),
  scenario("what mapProfileToUser may leave out", { mapProfileToUser: { webhook: "hook:map" } }, async (s, id, more) => {
    for (const told of [undefined, null, {}, { name: null, email: null, image: null, emailVerified: null, id: "other" }, { name: "", email: `${id}@x.example` }]) {
      s.told = told;
      await flow(s.as(`${id} ${JSON.stringify(told)}`), id, more);
    }
  }, { hooks: { map: (call, s) => (s.told === undefined ? {} : { result: s.told }) } }),
  scenario("mapProfileToUser that fails", { mapProfileToUser: { webhook: "hook:map" } }, flow, { hooks: { map: () => ({ status: 418, body: { code: "TEAPOT", message: "no" } }) } }),
  scenario("getUserInfo tells nobody", { getUserInfo: { webhook: "hook:info" } }, async (s, id, more) => {
    for (const told of [null, { user: null, data: {} }, { data: {} }]) {
      s.told = told;
      await flow(s, id, more);
    }
  }, { hooks: { info: (call, s) => ({ result: s.told }) } }),
  scenario("verification of the address wanted", { requireEmailVerification: true, mapProfileToUser: { webhook: "hook:map" } }, async (s, id, more) => {
    s.mapped = { emailVerified: false };
    await flow(s, id, more);
    await flow(s, id, more);
    s.mapped = { emailVerified: true };
    await flow(s, id, more);
  }, { hooks: changing, config: { emailVerification: { sendVerificationEmail: { webhook: "hook:mail" }, sendOnSignIn: true } } }),
  scenario("renewing by oneself", { refreshAccessToken: { webhook: "hook:refresh" } }, async (s, id, more) => {
    await flow(s, id, more);
    const { json } = await s.get("/list-accounts");
    if (!Array.isArray(json) || !json[0]) return;
    const one = { accountId: json[0].id };
    for (const told of [{ accessToken: "own", refreshToken: "own-r", accessTokenExpiresAt: "2031-01-16T00:00:00.000Z", refreshTokenExpiresAt: "2031-02-16T00:00:00.000Z", idToken: "own-id", scopes: ["a"] }, { accessToken: "only" }, {}, null]) {
      s.told = told;
      await s.post("/refresh-token", one);
    }
    // The last token has expired long ago.
    for (const told of [null, {}, { accessToken: "last", accessTokenExpiresAt: "2031-03-16T00:00:00.000Z" }]) {
      s.told = told;
      await s.post("/get-access-token", one, { clock: Date.UTC(2031, 1, 1) + s.now % 1e6 });
      s.now = Date.UTC(2031, 0, 15, 12) + ids.indexOf(id) * 60_000;
    }
  }, { hooks: { refresh: (call, s) => ({ result: s.told }) } }),
  scenario("a client's id token", { disableIdTokenSignIn: false }, async (s, id) => {
    await withToken(s, id, "/sign-in/social");
    await withToken(s, id, "/link-social");
  }),
  scenario("a verification of one's own", { verifyIdToken: { webhook: "hook:verify" } }, async (s, id) => {
    await withToken(s, id, "/sign-in/social", { nonce: "no" });
    await withToken(s, id, "/sign-in/social", { nonce: "yes" });
    await withToken(s, id, "/link-social", { nonce: "yes", refreshToken: "refresh-0" });
  }, { hooks: { verify: (call) => ({ result: call.data[1] === "yes" }) } }),
  scenario("a verification of one's own that fails", { verifyIdToken: { webhook: "hook:verify" } }, (s, id) => withToken(s, id, "/sign-in/social"), { hooks: { verify: () => ({ status: 418, body: { code: "TEAPOT" } }) } }),
  scenario("no sign-in by id token", { disableIdTokenSignIn: true, verifyIdToken: { webhook: "hook:verify" } }, (s, id) => withToken(s, id, "/sign-in/social"), { hooks: { verify: () => ({ result: true }) } }),

  ...specials(),
];

/** What only one provider knows. */
function specials() {
  const of = (id, name, own, { run = renewed, config = {}, hooks = {}, canned } = {}) => ({
    name: `${id}: ${name}`,
    config: { ...egress, ...config, socialProviders: { [id]: { ...providers[id].options, ...own } } },
    hooks: { egress: answering(canned ?? providers[id].full), ...hooks },
    run: (s) => run(s, id, providers[id].callback ?? ""),
  });
  const assertion = { hooks: { assert: (call) => ({ result: `signed for ${call.data[0].grantType}` }) } };
  const audiences = async (s, id) => {
    for (const aud of ["one", "two", "app.bundle", "client-1", ["one", "x"]]) {
      const token = await idToken({ ...providers.apple.full.claims, aud, sub: String(aud), email: `${aud}@example.com` }, s);
      await s.post("/sign-in/social", { provider: id, idToken: { token } });
    }
  };
  const starts = (s, id) => begin(s, { provider: id, callbackURL: "/dash" });
  const auth = (method, more) => ({ tokenEndpointAuth: { method, ...more } });
  const secretless = { clientSecret: undefined };
  const custom = auth("custom", { customizeRequest: { webhook: "hook:change" } });
  const customized = { change: (call) => ({ result: { body: { extra: `for ${call.data[0].grantType}`, redirect_uri: null, client_id: "client-9" }, headers: { Authorization: "Custom one", "X-Token": "t" } } }) };
  const asserted = auth("private_key_jwt", { getClientAssertion: { webhook: "hook:assert" } });
  return [
    of("apple", "audiences", { audience: ["one", "two"] }, { run: audiences }),
    of("apple", "one audience", { audience: "one", appBundleIdentifier: undefined }, { run: audiences }),
    of("apple", "no audience", { audience: [] }, { run: audiences }),
    of("apple", "the client as audience", { appBundleIdentifier: undefined }, { run: audiences }),
    ...["client_secret_basic", "client_secret_post", "none"].map((method) => of("cloudflare", `method ${method}`, { tokenEndpointAuthMethod: method })),
    of("cloudflare", "method none, no secret", { ...secretless, tokenEndpointAuthMethod: "none" }),
    of("cloudflare", "no method, no secret", secretless),
    of("cloudflare", "authentication wins over the method", { tokenEndpointAuthMethod: "client_secret_post", ...auth("client_secret_basic") }),
    ...["cloudflare", "vercel"].flatMap((id) => [
      of(id, "assertion", { ...secretless, ...asserted }, assertion),
      of(id, "assertion that fails", { ...secretless, ...asserted }, { hooks: { assert: () => ({ status: 500, body: {} }) } }),
      of(id, "client_secret_basic", auth("client_secret_basic")),
      of(id, "client_secret_post", auth("client_secret_post")),
      of(id, "authentication none", { ...secretless, ...auth("none") }),
    ]),
    ...["cloudflare", "vercel"].map((id) => of(id, "a request of one's own", custom, { hooks: customized })),
    of("vercel", "a request of one's own, half an assertion", custom, { hooks: { change: () => ({ result: { body: { client_assertion: "half" } } }) } }),
    of("cloudflare", "a request of one's own that fails", custom, { hooks: { change: () => ({ status: 500, body: {} }) } }),
    of("cloudflare", "assertion and secret", asserted, assertion),
    of("cloudflare", "none and secret", auth("none")),
    of("cloudflare", "basic, no secret", { ...secretless, ...auth("client_secret_basic") }),
    of("vercel", "refused: assertion and secret", asserted, assertion),
    of("vercel", "refused: none and secret", auth("none")),
    of("vercel", "refused: basic, no secret", { ...secretless, ...auth("client_secret_basic") }),
    of("vercel", "refused: post, no secret", { ...secretless, ...auth("client_secret_post") }),
    of("cognito", "a secret is wanted", { requireClientSecret: true }),
    of("cognito", "a secret is wanted and not there", { ...secretless, requireClientSecret: true }),
    of("cognito", "no secret is wanted", { ...secretless, requireClientSecret: false, identityProvider: undefined, domain: "pool.example.com" }),
    ...["domain", "region", "userPoolId"].map((name) => of("cognito", `refused: no ${name}`, { [name]: undefined })),
    of("google", "no granted scopes", { includeGrantedScopes: false }),
    of("google", "granted scopes", { includeGrantedScopes: true, display: "popup", accessType: "online", hd: "*" }),
    of("google", "little is set", { display: undefined, accessType: undefined, hd: undefined, prompt: undefined }),
    of("microsoft", "another authority", { authority: "https://login.example.us///", profilePhotoSize: 648 }, { canned: { ...providers.microsoft.full, claims: { ...providers.microsoft.full.claims, iss: "https://login.example.us/tenant-1/v2.0" } } }),
    of("microsoft", "another authority, its id token", { authority: "https://login.example.us/", disableProfilePhoto: true }, { run: async (s, id) => {
      for (const iss of ["https://login.example.us/tenant-1/v2.0", "https://login.microsoftonline.com/tenant-1/v2.0"])
        await s.post("/sign-in/social", { provider: id, idToken: { token: await idToken({ ...providers.microsoft.full.claims, iss }, s) } });
    } }),
    of("microsoft", "assertion", { ...secretless, clientAssertion: { webhook: "hook:assert" } }, assertion),
    of("microsoft", "refused: assertion and secret", { clientAssertion: { webhook: "hook:assert" } }, assertion),
    of("microsoft", "any tenant", { tenantId: undefined, disableProfilePhoto: true }),
    of("salesforce", "an address of one's own", { loginUrl: "mine.my.salesforce.com" }),
    of("salesforce", "production", { environment: "production" }),
    of("salesforce", "no environment", { environment: undefined }),
    of("paypal", "sandbox, with the address", { environment: "sandbox", requestShippingAddress: true }),
    of("paypal", "no environment", { environment: undefined }),
    of("paybin", "an issuer of one's own", { issuer: "https://pay.example.com" }),
    of("vk", "dark", { scheme: "dark" }),
    of("wechat", "a website", { platformType: "WebsiteApp", lang: "cn" }),
    of("wechat", "no language", { lang: undefined }),
    of("zoom", "no proof key", { pkce: false }),
    of("zoom", "proof key", { pkce: true }),
    of("reddit", "temporary", { duration: "temporary" }),
    of("reddit", "no duration", { duration: undefined }),
    of("dropbox", "online", { accessType: "online" }),
    of("dropbox", "legacy", { accessType: "legacy" }),
    of("discord", "no permissions", { permissions: undefined }, { run: starts }),
    of("discord", "permissions without the bot", { scope: undefined }, { run: starts }),
    of("discord", "permissions of nothing", { permissions: 0 }, { run: starts }),
    of("facebook", "little is set", { configId: undefined, fields: undefined }),
    of("gitlab", "no issuer", { issuer: undefined }),
    of("twitch", "no claims", { claims: undefined }),
    of("twitch", "claims of nothing", { claims: [] }),
  ];
}
