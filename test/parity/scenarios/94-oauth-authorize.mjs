// Authorization requests of the plugin oauth-provider.
import { authorize, begin, callback, change, consent, grant, navigate, next, params, provider, register, send, signed } from "../oauth-flow.mjs";
import { alice, bob, signIn, signUp } from "../people.mjs";

const hooks = { yes: () => ({ result: true }), no: () => ({ result: false }) };
const hook = (name) => ({ webhook: `hook:${name}` });
const scenario = (name, run, options, more) => ({ name: `oauth authorize: ${name}`, config: provider(options, more), hooks, run });

// What is wrong with a request, by the parameters that differ from a good one. undefined leaves one out.
const wrong = {
  "no response type": { response_type: undefined }, "another response type": { response_type: "token" }, "two response types": { response_type: ["code", "code"] },
  "id_token": { response_type: "id_token" }, "id_token, in the query": { response_type: "id_token", response_mode: "query" }, "an empty response type": { response_type: "" },
  "in the fragment": { response_type: "x", response_mode: "fragment" }, "no client": { client_id: undefined }, "an empty client": { client_id: "" },
  "two clients": { client_id: ["client-1", "client-1"] }, "an unknown client": { client_id: "nobody" }, "no redirect": { redirect_uri: undefined },
  "another redirect": { redirect_uri: "https://app.example.com/other" }, "a longer redirect": { redirect_uri: `${callback}/x` }, "a redirect with a query": { redirect_uri: `${callback}?a=1` },
  "a redirect with a fragment": { redirect_uri: `${callback}#a` }, "a redirect in capitals": { redirect_uri: "https://APP.example.com/callback" },
  "an encoded redirect": { redirect_uri: "https://app.example.com/%63allback" }, "a redirect with a port": { redirect_uri: "https://app.example.com:443/callback" },
  "a redirect with a user": { redirect_uri: "https://a:b@app.example.com/callback" }, "a redirect that is no URL": { redirect_uri: "callback" },
  "a redirect with blanks": { redirect_uri: ` ${callback} ` }, "javascript": { redirect_uri: "javascript:alert(1)" }, "data": { redirect_uri: "data:text/html,x" }, "http": { redirect_uri: "http://app.example.com/callback" },
  "an empty redirect": { redirect_uri: "" }, "two redirects": { redirect_uri: [callback, callback] }, "an unknown scope": { scope: "openid other more" },
  "an empty scope": { scope: "" }, "two scopes": { scope: ["openid", "email"] }, "blanks in the scope": { scope: "  openid   email " }, "no scope": { scope: undefined },
  "no challenge": { code_challenge: undefined }, "no challenge at all": { code_challenge: undefined, code_challenge_method: undefined }, "no method": { code_challenge_method: undefined },
  "plain": { code_challenge_method: "plain" }, "two methods": { code_challenge_method: ["S256", "S256"] }, "an empty challenge": { code_challenge: "" },
  "an unknown prompt": { prompt: "login other" }, "an empty prompt": { prompt: "" }, "none and login": { prompt: "none login" }, "select_account": { prompt: "select_account" },
  "two prompts": { prompt: ["login", "consent"] }, "max_age -1": { max_age: "-1" }, "max_age 1.5": { max_age: "1.5" }, "max_age x": { max_age: "x" }, "max_age empty": { max_age: "" },
  "max_age blank": { max_age: " " }, "max_age twice": { max_age: ["1", "2"] }, "max_age Infinity": { max_age: "Infinity" }, "a request object": { request: "eyJhbGciOiJub25lIn0.e30." },
  "a request_uri": { request_uri: "urn:a" }, "both": { request: "a", request_uri: "urn:a" }, "a request_uri without a client": { request_uri: "urn:a", client_id: undefined },
  "two states": { state: ["a", "b"] }, "two nonces": { nonce: ["a", "b"] }, "a thumbprint": { dpop_jkt: "short" }, "claims": { claims: "{" }, "claims of a list": { claims: "[]" },
  "claims twice": { claims: ["{}", "{}"] }, "claims of wrong members": { claims: '{"userinfo":{"email":1}}' }, "claims without openid": { claims: "{}", scope: "email" },
  "an essential acr": { claims: '{"id_token":{"acr":{"essential":true,"value":"2"}}}' }, "essential acrs": { claims: '{"id_token":{"acr":{"essential":true,"values":["1"]}}}' },
  "a wrong acr": { claims: '{"id_token":{"acr":{"essential":1}}}' }, "a resource": { resource: "https://api.example.com" }, "a resource that is no URI": { resource: "api" },
  "a resource with a fragment": { resource: "https://api.example.com#a" }, "a resource that runs code": { resource: "javascript:1" },
  "resources": { resource: ["https://api.example.com", "https://b.example.com#x"] }, "resources, one no URI": { resource: ["https://api.example.com", "b"] }, "two display values": { display: ["a", "b"] },
};

const right = {
  "a good acr": { claims: '{"id_token":{"acr":{"essential":true,"values":["1","0"]}}}' }, "a voluntary acr": { claims: '{"id_token":{"acr":{"value":"7"}}}' },
  "claims": { claims: '{"userinfo":{"email":{"essential":true},"name":null,"shoe_size":null},"id_token":{"x":null}}' }, "more parameters": { foo: "bar", list: ["a", "b"], "ui_locales": "de en", sig: "x", exp: "1", ba_iat: "1", ba_pl: "x", ba_param: "z" },
  "a long state": { state: "ä b+c&d=e%f~*'()!" }, "no state": { state: undefined }, "an empty state": { state: "" }, "max_age": { max_age: "1000" }, "max_age in hex": { max_age: "0x10" }, "prompt login": { prompt: "login" },
  "prompt create": { prompt: "create" }, "prompt consent": { prompt: "consent" }, "prompt login consent": { prompt: "login  consent" }, "max_age 0": { max_age: "0" }, "a nonce": { nonce: "n" },
  "a response mode": { response_mode: "query" }, "a thumbprint": { dpop_jkt: "A".repeat(43) }, "a userinfo resource": { resource: "http://localhost:3000/api/auth/oauth2/userinfo" }, "max_age 1": { max_age: "1" },
};

async function everything(s, client, list) {
  for (const [name, more] of Object.entries(list)) await authorize(s, client, more, { label: name });
}

async function flow(s) {
  const client = await register(s);
  const page = await authorize(s, client, { scope: "openid email" });
  await s.post("/sign-up/email", { ...alice, oauth_query: signed(page) });
  const asked = await authorize(s, client, { scope: "openid email" });
  await consent(s, signed(asked));
  await authorize(s, client, { scope: "openid email" });
  await authorize(s, client, { scope: "email", prompt: "none" });
  await authorize(s, client, { scope: "openid profile", prompt: "none" });
  const again = await authorize(s, client, { scope: "openid profile" });
  await consent(s, signed(again), { accept: false });
  await authorize(s, client, {}, { headers: { accept: "application/json" } });
  await authorize(s, client, {}, { headers: { "sec-fetch-mode": "cors" } });
  await authorize(s, client, {}, { headers: {} });
  await s.forget();
  await authorize(s, client, { prompt: "none" });
}

const refuses = [400, 401, 403].map((status) => [`${status}`, () => ({ status, body: { status, error: "x", message: "no" } })]);

export default [
  scenario("the way", flow),
  { ...scenario("the way on PostgreSQL and MariaDB", flow), dbs: ["postgres", "mysql"] },
  scenario("the way with the cookie cache", flow, {}, { session: { cookieCache: { enabled: true } } }),
  scenario("the way with sessions in Redis and the database", flow, {}, { secondaryStorage: { provider: "redis" }, session: { storeSessionInDatabase: true } }),
  scenario("the way with another base path, https and own names of cookies", flow, {}, { baseURL: "https://id.example.com", basePath: "/auth", advanced: { cookiePrefix: "own", cookies: { session_token: { name: "tok", attributes: { sameSite: "none" } } } } }),
  scenario("the way with hosts", flow, {}, { baseURL: { allowedHosts: ["localhost:3000", "*.example.com"] } }),
  {
    ...scenario("what hooks are told", async (s) => {
      const client = await register(s);
      const page = await authorize(s, client, { prompt: "login" });
      await signUp(s);
      await s.forget();
      const asked = await send(s, "/sign-in/email", { ...signIn(alice), oauth_query: signed(page) });
      await consent(s, signed(asked));
      await next(s, signed(asked), { selected: true });
      await authorize(s, client, {}, { headers: { accept: "application/json" } });
      await authorize(s, client, { scope: "x" });
    }, {}, { hooks: { before: hook("told"), after: hook("told") } }),
    hooks: { ...hooks, told: () => ({}) },
  },
  {
    ...scenario("hooks that change the answer", async (s) => {
      const client = await register(s);
      const page = await authorize(s, client, { prompt: "login" });
      await signUp(s);
      s.answer = ({ path }) => (path === "/oauth2/authorize" ? { result: { changed: true } } : {});
      await send(s, "/sign-in/email", { ...signIn(alice), oauth_query: signed(page) });
      await authorize(s, client);
      s.answer = ({ path }) => (path === "/oauth2/authorize" ? { status: 403, body: { status: 403, message: "no", code: "NO" } } : {});
      await send(s, "/sign-in/email", { ...signIn(alice), oauth_query: signed(page) });
      await authorize(s, client);
    }, {}, { hooks: { after: hook("answers") } }),
    hooks: { ...hooks, answers: ({ data: [context] }, s) => s.answer?.(context) ?? {} },
  },
  ...[["2 in 10 seconds", { window: 10, max: 2 }], ["off", false], ["the default", undefined]].map(([name, authorizeLimit]) => scenario(`rate limit: ${name}`, async (s) => {
    const client = await register(s);
    for (let i = 0; i < 33; i++) await authorize(s, client, {}, { clock: s.now });
    await authorize(s.advance(11), client);
  }, authorizeLimit === undefined ? {} : { rateLimit: { authorize: authorizeLimit } }, { rateLimit: { enabled: true } })),
  scenario("malformed requests of strangers", async (s) => everything(s, await register(s), wrong)),
  scenario("malformed requests of users", async (s) => everything(s, await begin(s), wrong)),
  scenario("requests of strangers", async (s) => everything(s, await register(s), right)),
  scenario("requests of users", async (s) => {
    const client = await begin(s);
    await everything(s, client, right);
    await grant(s, client);
    await everything(s, client, right);
  }),
  scenario("without consent", async (s) => {
    const client = await begin(s, { skip_consent: true });
    await everything(s, client, right);
    await authorize(s, client, { scope: undefined });
    await authorize(s.advance(100), client, { max_age: "50" });
    await authorize(s, client, { max_age: "50", prompt: "none" });
  }),
  scenario("by POST", async (s) => {
    const client = await begin(s, { skip_consent: true });
    const send = (more, opts) => s.post("/oauth2/authorize", undefined, { form: params(client, more), headers: navigate, ...opts });
    await send();
    await send({ scope: "other" });
    await send({ state: ["a", "b"] });
    await send({ redirect_uri: "https://evil.example" });
    await send({}, { origin: "https://app.example.com" });
    await send({}, { origin: "https://app.example.com", cookies: false });
    await s.post(`/oauth2/authorize?${params(client)}`, undefined, { headers: navigate });
    await s.post(`/oauth2/authorize?${params(client)}`, undefined, { form: { client_id: "x" }, headers: navigate });
    await s.post("/oauth2/authorize", Object.fromEntries(params(client)));
    await s.post("/oauth2/authorize", undefined, { raw: "", type: "application/x-www-form-urlencoded" });
    await s.request("PUT", "/oauth2/authorize", undefined, { form: params(client) });
  }),
  scenario("clients of several kinds", async (s) => {
    await signUp(s);
    const kinds = {
      "public": { token_endpoint_auth_method: "none" }, "without PKCE": { require_pkce: false }, "with PKCE": { require_pkce: true }, "scopes": { scope: "openid email" },
      "no codes": { grant_types: ["client_credentials"], response_types: [], redirect_uris: undefined }, "disabled": {},
    };
    for (const [name, own] of Object.entries(kinds)) {
      const client = await register(s, { skip_consent: true, ...own });
      if (name === "disabled") await change(s, client, { disabled: 1 });
      const bare = { code_challenge: undefined, code_challenge_method: undefined };
      for (const [what, more] of Object.entries({
        "with a challenge": {}, "without": bare, "offline": { ...bare, scope: "openid offline_access" }, "offline with a nonce": { ...bare, scope: "openid offline_access", nonce: "n" },
        "offline without openid": { ...bare, scope: "offline_access", nonce: "n" }, "half": { code_challenge: undefined }, "no scope": { ...bare, scope: undefined }, "a scope of others": { scope: "profile" },
      })) await authorize(s, client, more, { label: `${name}: ${what}` });
    }
  }),
  scenario("redirect addresses of apps", async (s) => {
    await signUp(s);
    const list = ["http://127.0.0.1/cb", "http://localhost:1234/cb", "http://[::1]:1/cb?x=1", "http://127.1.2.3:80/a", "https://localhost:1/cb", "myapp://host/path", "com.example.app:/cb", "http://app.localhost:3/cb"];
    const client = await register(s, { skip_consent: true, token_endpoint_auth_method: "none" });
    await change(s, client, { redirectUris: list });
    for (const redirect_uri of [
      ...list, "http://127.0.0.1:9999/cb", "http://127.0.0.1:/cb", "http://127.0.0.1:0/cb", "http://127.0.0.1:99999/cb", "http://127.0.0.1:80/cb", "http://127.0.0.2:1/cb", "http://localhost/cb", "http://localhost:77/cb/", "http://LOCALHOST:77/cb",
      "http://[::1]/cb?x=1", "http://[::1]:88/cb?x=1", "http://[::1]:88/cb?x=2", "http://[0:0:0:0:0:0:0:1]:88/cb?x=1", "http://127.1.2.3/a", "http://127.1.2.3:1/a/", "http://127.1:1/cb", "http://2130706433:1/cb", "http://0x7f.0.0.1:1/cb",
      "https://localhost:2/cb", "http://localhost:77@evil.example/cb", "http://127.0.0.1:1/cb#x", "http:/127.0.0.1:1/cb", "http:\\\\127.0.0.1:1/cb", "myapp://host/path/", "myapp://host:1/path", "com.example.app:/cb/x", "COM.example.app:/cb",
      "http://app.localhost:4/cb", "http://localhost.:77/cb", "http://127.0.0.1.:77/cb", "http://[::ffff:127.0.0.1]:1/cb", "http://127.0.0.1:1 /cb", "http://127.0.0.1:1\t/cb",
    ]) await authorize(s, client, { redirect_uri }, { label: redirect_uri });
  }),
  scenario("redirect addresses with queries", async (s) => {
    await signUp(s);
    const list = [`${callback}?a=b%20c&code=1&state=2`, `${callback}?`, `${callback}?x=ä&&y`, "https://app.example.com", "https://app.example.com/ä b"];
    const client = await register(s, { skip_consent: true });
    await change(s, client, { redirectUris: list });
    for (const redirect_uri of list) {
      await authorize(s, client, { redirect_uri }, { label: redirect_uri });
      await authorize(s, client, { redirect_uri, scope: "x" }, { label: `${redirect_uri}: refused` });
      await authorize(s, client, { redirect_uri, response_type: "id_token" }, { label: `${redirect_uri}: in the fragment` });
    }
  }),
  ...[["a page", { selectAccount: { page: "/accounts", shouldRedirect: hook("yes") } }], ["nobody", { selectAccount: { page: "/accounts", shouldRedirect: hook("no") } }], ["no page", { selectAccount: { shouldRedirect: hook("yes") } }]].map(([name, options]) =>
    scenario(`choice of an account: ${name}`, async (s) => {
      const client = await begin(s);
      for (const prompt of [undefined, "select_account", "none", "select_account consent", "login select_account"]) {
        const page = await authorize(s, client, { prompt }, { label: `prompt ${prompt}` });
        const after = await next(s, signed(page), { selected: true });
        await consent(s, signed(after));
      }
    }, options)),
  ...[["true", () => ({ result: true })], ["another page", () => ({ result: "/profile?a=1" })], ["false", () => ({ result: false })], ["empty", () => ({ result: "" })], ...refuses].map(([name, answer]) => ({
    ...scenario(`registration: ${name}`, async (s) => {
      const client = await begin(s);
      for (const prompt of [undefined, "create", "none"]) {
        const page = await authorize(s, client, { prompt }, { label: `prompt ${prompt}` });
        await next(s, signed(page), { created: true });
      }
    }, { signup: { page: "/register", shouldRedirect: hook("step") } }),
    hooks: { ...hooks, step: answer },
  })),
  {
    ...scenario("a step after the sign-in", async (s) => {
      const client = await begin(s);
      s.needed = true;
      const page = await authorize(s, client);
      await authorize(s, client, { prompt: "none" });
      await next(s, signed(page), { postLogin: true });
      s.needed = false;
      const asked = await next(s, signed(page), { postLogin: true });
      s.needed = true;
      await consent(s, signed(asked));
      await next(s, signed(asked), { postLogin: true });
      s.reference = "org-2";
      await consent(s, signed(asked));
      await authorize(s, client);
      s.needed = false;
      await authorize(s, client);
      s.reference = undefined;
      await authorize(s, client);
      s.reference = "org-3";
      const other = await authorize(s, client);
      await signUp(s.as("bob"), bob);
      await consent(s, signed(other));
    }, { postLogin: { page: "/organization", shouldRedirect: hook("needed"), consentReferenceId: hook("reference") } }),
    hooks: { ...hooks, needed: (call, s) => ({ result: s.needed }), reference: (call, s) => ({ result: s.reference }) },
  },
  {
    ...scenario("a step after the sign-in, refused", async (s) => {
      const client = await begin(s, { skip_consent: true });
      await authorize(s, client);
    }, { postLogin: { page: "/organization", shouldRedirect: hook("no"), consentReferenceId: hook("refused") } }),
    hooks: { ...hooks, refused: () => ({ status: 400, body: { status: 400, error: "set_organization", error_description: "must set organization for these scopes" } }) },
  },
  {
    ...scenario("request_uri", async (s) => {
      const client = await begin(s, { skip_consent: true });
      const uri = (name, more = {}) => s.get(`/oauth2/authorize?${new URLSearchParams({ client_id: client.client_id, request_uri: `urn:${name}`, ...more })}`, { headers: navigate, label: name });
      s.stored = Object.fromEntries(params(client));
      for (const name of ["good", "nothing", "false", "another", "wrong", "numbers"]) await uri(name, { state: "other" });
      await uri("good", { redirect_uri: "https://evil.example" });
    }, { requestUriResolver: hook("resolve") }),
    hooks: {
      ...hooks,
      resolve: ({ data: [{ requestUri }] }, s) => {
        const stored = s.stored;
        return {
          "urn:good": { result: stored }, "urn:nothing": { result: null }, "urn:false": {}, "urn:another": { result: { ...stored, client_id: "other" } },
          "urn:wrong": { result: { ...stored, scope: "other" } }, "urn:numbers": { result: { ...stored, max_age: 500, claims: { userinfo: { email: null } } } },
        }[requestUri] ?? {};
      },
    },
  },
  scenario("described", async (s) => {
    await s.get("/open-api/generate-schema");
  }, {}, { plugins: { "open-api": {} } }),
  scenario("no codes here", async (s) => {
    await authorize(s, { client_id: "x" });
  }, { grantTypes: ["client_credentials"] }),
  ...[["an issuer", { jwt: { jwt: { issuer: "https://id.example.com/a/?x=1#y" } } }], ["an issuer without https", { jwt: { jwt: { issuer: "http://id.example.com" } } }], ["an issuer that is no URL", { jwt: { jwt: { issuer: "https://[" } } }]].filter(([name]) => name !== "an issuer that is no URL").map(([name, plugins]) =>
    scenario(name, async (s) => {
      const client = await begin(s, { skip_consent: true });
      await authorize(s, client);
      await authorize(s, client, { scope: "x" });
    }, {}, { plugins })),
  scenario("an error page of the app", async (s) => {
    await everything(s, await begin(s), { "unknown": { client_id: "nobody" }, "redirect": { redirect_uri: "https://evil.example" } });
  }, {}, { onAPIError: { errorURL: "https://app.example.com/oops?a=1" } }),
  {
    ...scenario("from code", async (s) => {
      const client = await begin(s);
      await s.api("oauth2Authorize", { query: Object.fromEntries(params(client)) });
      await s.api("oauth2Authorize", { query: Object.fromEntries(params(client)) }, { cookies: true });
    }),
  },
  {
    ...scenario("codes are stored by a callback", async (s) => {
      const client = await begin(s, { skip_consent: true });
      await authorize(s, client);
    }, { storeTokens: { hash: hook("hash") }, codeExpiresIn: 77 }),
    hooks: { ...hooks, hash: ({ data: [token, kind] }) => ({ result: `${kind}-${token}` }) },
  },
];
