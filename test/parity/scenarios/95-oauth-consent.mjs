// Consent, and what continues an authorization request of the plugin oauth-provider.
import { authorize, begin, consent, grant, navigate, params, provider, register, send, signed } from "../oauth-flow.mjs";
import { begin as social, egress, provider as answering } from "../oauth/fake.mjs";
import { begin as factor, code as appCode, verify } from "../factor.mjs";
import { alice, bob, day, minute, signIn, signUp } from "../people.mjs";

const hook = (name) => ({ webhook: `hook:${name}` });
const scenario = (name, run, options, more) => ({ name: `oauth consent: ${name}`, config: provider(options, more), run });
const select = { selectAccount: { page: "/accounts", shouldRedirect: hook("no") } };

async function tampered(s, post, query) {
  const changed = (fn) => {
    const q = new URLSearchParams(query);
    fn(q);
    return q.toString();
  };
  for (const [name, oauth_query] of Object.entries({
    "none": undefined, "empty": "", "no text": 7, "an object": { sig: "x" }, "a list": ["sig=x"], "nonsense": "x", "no signature": changed((q) => q.delete("sig")), "another signature": changed((q) => q.set("sig", `A${q.get("sig").slice(1)}`)),
    "two signatures": `${query}&sig=${encodeURIComponent(new URLSearchParams(query).get("sig"))}`, "another redirect": changed((q) => q.set("redirect_uri", "https://evil.example")), "more scopes": changed((q) => q.set("scope", "openid email")),
    "another end": changed((q) => q.set("exp", "99999999999")), "more parameters": `${query}&utm_source=mail`, "another order": changed((q) => q.sort()), "a question mark": `?${query}`, "no end": changed((q) => q.delete("exp")),
  })) await post(oauth_query, name);
}

export default [
  scenario("the answer", async (s) => {
    const client = await begin(s, { scope: "openid email profile offline_access" });
    const page = await authorize(s, client, { scope: "openid email profile", claims: '{"userinfo":{"email":null,"name":null},"id_token":{"acr":null}}' });
    const oauth_query = signed(page);
    for (const [name, body] of Object.entries({
      "refused": { accept: false }, "refused, a scope": { accept: false, scope: "openid" }, "no accept": { accept: undefined }, "accept as a text": { accept: "true" }, "a foreign scope": { scope: "openid offline_access" },
      "an empty scope": { scope: "" }, "a foreign claim": { claims: { userinfo: { picture: null } } }, "claims that are none": { claims: "x" }, "claims of a list": { claims: [] }, "wrong claims": { claims: { userinfo: 1 } },
      "less": { scope: "openid email" }, "less claims": { claims: { userinfo: { email: null } } }, "claims as a text": { claims: '{"userinfo":{"name":null}}' }, "no claims": { claims: {} }, "everything": {},
    })) await consent(s, oauth_query, { ...body }, name);
    await authorize(s, client, { scope: "openid email profile" });
    const { json } = await s.get("/oauth2/get-consents");
    s.note("consents", json?.map((c) => [c.scopes, c.requestedUserInfoClaims, c.resources]));
    await send(s, "/oauth2/consent", { accept: true, oauth_query }, { cookies: false });
    await s.advance(700);
    await consent(s, oauth_query);
  }),
  scenario("tampered requests", async (s) => {
    const client = await begin(s);
    const query = signed(await authorize(s, client));
    await tampered(s, (oauth_query, label) => send(s, "/oauth2/consent", { accept: true, oauth_query }, { label: `consent: ${label}` }), query);
    await tampered(s, (oauth_query, label) => send(s, "/oauth2/continue", { selected: true, oauth_query }, { label: `continue: ${label}` }), query);
    await tampered(s, (oauth_query, label) => send(s, "/sign-in/email", { ...signIn(alice), oauth_query }, { label: `sign-in: ${label}` }), query);
  }),
  scenario("expired requests", async (s) => {
    const client = await begin(s);
    const query = signed(await authorize(s, client));
    await consent(s.advance(598), query, { accept: false });
    await consent(s, query, { accept: false });
    await consent(s, query, { accept: false });
  }, { codeExpiresIn: 600 }),
  scenario("after a sign-in", async (s) => {
    await signUp(s);
    const client = await register(s);
    for (const prompt of [undefined, "login", "consent", "login consent", "create", "select_account login"]) {
      await s.forget();
      const page = await authorize(s, client, { prompt, max_age: "1000" }, { label: `prompt ${prompt}` });
      await send(s, "/sign-in/email", { ...signIn(alice), password: "wrong-password", oauth_query: signed(page) });
      const next = await send(s, "/sign-in/email", { ...signIn(alice), oauth_query: signed(page) });
      await consent(s, signed(next));
    }
    await s.forget();
    const page = signed(await authorize(s, client));
    for (const headers of [navigate, { accept: "text/html" }, { accept: "application/json, text/html" }, { "sec-fetch-mode": "cors", accept: "text/html" }, { "sec-fetch-mode": "Navigate" }, {}])
      await send(s, "/sign-in/email", { ...signIn(alice), oauth_query: page }, { headers });
    await send(s, "/sign-in/email", { ...signIn(alice), oauth_query: page, callbackURL: "/home" });
    await s.post("/sign-in/email", signIn(alice));
    await s.post("/sign-out", { oauth_query: page });
  }, { ...select, selectAccount: { page: "/accounts", shouldRedirect: hook("no") } }),
  scenario("a new sign-in is asked for", async (s) => {
    const client = await begin(s);
    const page = signed(await authorize(s.advance(minute), client, { prompt: "login consent", max_age: "30" }));
    await consent(s, page);
    await send(s, "/oauth2/continue", { selected: true, oauth_query: page });
    const next = await send(s, "/sign-in/email", { ...signIn(alice), oauth_query: page });
    await consent(s, page);
    await consent(s, signed(next));
  }),
  scenario("after a registration", async (s) => {
    const client = await register(s, { skip_consent: true });
    const page = signed(await authorize(s, client, { prompt: "create" }));
    const next = await send(s, "/sign-up/email", { ...bob, oauth_query: page });
    await send(s, "/oauth2/continue", { created: true, oauth_query: page });
    await send(s, "/oauth2/continue", { created: true, oauth_query: signed(next) });
    await send(s, "/oauth2/continue", { oauth_query: page });
    await send(s, "/oauth2/continue", { selected: false, created: false, postLogin: false, oauth_query: page });
    await send(s, "/oauth2/continue", { selected: "yes", oauth_query: page });
    await send(s, "/oauth2/continue", { selected: true, oauth_query: page }, { cookies: false });
    await s.post("/oauth2/continue", { selected: true });
    await s.post("/oauth2/continue", undefined);
  }, { signup: { page: "/register" } }),
  {
    ...scenario("after a sign-in elsewhere", async (s) => {
      const client = await register(s, { skip_consent: true });
      for (const headers of [navigate, { accept: "application/json" }, { "sec-fetch-mode": "cors" }, { accept: "*/*" }]) {
        await s.forget();
        const page = signed(await authorize(s, client, { prompt: "login", max_age: "1000" }));
        const state = await social(s, { provider: "google", callbackURL: "/home", oauth_query: page });
        await s.get(`/callback/google?code=c&state=${state}`, { headers });
      }
      await s.forget();
      const state = await social(s, { provider: "google", callbackURL: "/home", additionalData: { serverContext: { query: params(client).toString() } } });
      await s.get(`/callback/google?code=c&state=${state}`, { headers: navigate });
    }, {}, { ...egress, socialProviders: { google: { clientId: "g", clientSecret: "s" } } }),
    hooks: { egress: (call, s) => answering({ claims: { iss: "https://accounts.google.com", aud: "g", sub: "1", email: "g@example.com", email_verified: true, name: "G" } })(call, s) },
  },
  scenario("after a second factor", async (s) => {
    await factor(s);
    await verify(s);
    const client = await register(s, { skip_consent: true });
    await s.forget();
    for (const prompt of [undefined, "login"]) {
      const page = signed(await authorize(s, client, { prompt, max_age: "600" }));
      await send(s, "/sign-in/email", { ...signIn(alice), oauth_query: page });
      await send(s, "/two-factor/verify-totp", { code: "000000", oauth_query: page });
      await send(s, "/two-factor/verify-totp", { code: await appCode(s), oauth_query: page });
      await s.get("/get-session");
      await s.forget();
    }
    const page = signed(await authorize(s, client));
    await send(s, "/sign-in/email", { ...signIn(alice), oauth_query: page });
    await s.post("/two-factor/verify-totp", { code: await appCode(s) });
    await authorize(s, client);
  }, {}, { plugins: { "two-factor": {} } }),
  scenario("with a bearer token", async (s) => {
    const { json } = await signUp(s);
    const client = await register(s);
    const bearer = json.token;
    await s.forget();
    const page = await authorize(s, client, {}, { bearer });
    await send(s, "/oauth2/consent", { accept: true, oauth_query: signed(page) }, { bearer });
  }, {}, { plugins: { bearer: {} } }),
  scenario("what a user allowed", async (s) => {
    const client = await begin(s, { scope: "openid email profile" });
    await grant(s, client, { scope: "openid email" });
    const second = await register(s);
    await grant(s, second, { scope: "openid profile", claims: '{"userinfo":{"email":null}}' });
    const { json: all } = await s.get("/oauth2/get-consents");
    const id = all?.[0]?.id;
    await s.get(`/oauth2/get-consent?id=${id}`);
    for (const query of ["", "?id=", "?id=nothing", `?id=${id}&id=${id}`]) await s.get(`/oauth2/get-consent${query}`);
    for (const body of [
      { id, update: { scopes: ["openid", "profile"] } }, { id, update: { scopes: ["openid", "offline_access"] } }, { id, update: { scopes: [] } }, { id, update: { scopes: "openid" } }, { id, update: {} }, { id }, { id: "", update: { scopes: [] } },
      { id: "nothing", update: { scopes: [] } }, { id, update: { scopes: ["openid"], clientId: "x" } }, { id: all?.[1]?.id, update: { scopes: ["offline_access"] } },
    ]) await s.post("/oauth2/update-consent", body);
    await signUp(s.as("bob"), bob);
    await s.get("/oauth2/get-consents");
    await s.get(`/oauth2/get-consent?id=${id}`);
    await s.post("/oauth2/update-consent", { id, update: { scopes: [] } });
    await s.post("/oauth2/delete-consent", { id });
    await s.as("nobody").get("/oauth2/get-consents");
    await s.get(`/oauth2/get-consent?id=${id}`);
    await s.post("/oauth2/update-consent", { id, update: { scopes: [] } });
    await s.post("/oauth2/delete-consent", { id });
    s.as("default");
    for (const body of [{ id: "nothing" }, { id: "" }, {}, { id }, { id }]) await s.post("/oauth2/delete-consent", body);
    await s.get("/oauth2/get-consents");
    await authorize(s, client, { scope: "openid" });
    await authorize(s, second, { scope: "openid profile" });
  }),
  scenario("resources", async (s) => {
    const client = await begin(s);
    const [a, b] = ["https://api.example.com/a", "https://api.example.com/b"];
    await authorize(s, client, { resource: a });
    for (const resource of [a, [a, b], b, [a, a], [b, "http://localhost:3000/api/auth/oauth2/userinfo"]]) {
      const page = await authorize(s, client, { resource }, { label: `${resource}` });
      if (signed(page).includes("sig=")) await consent(s, signed(page));
      await authorize(s, client, { resource }, { label: `${resource}, again` });
    }
    await authorize(s, client);
    await authorize(s, client, { resource: "https://api.example.com/c" });
    await authorize(s, client, { resource: "https://api.example.com/narrow", scope: "openid" });
    await s.get("/oauth2/get-consents");
  }, { enforcePerClientResources: false, resources: ["https://api.example.com/a", "https://api.example.com/b", { identifier: "https://api.example.com/narrow", allowedScopes: ["email"] }] }),
  scenario("a session that is extended", async (s) => {
    const client = await begin(s);
    await grant(s, client);
    await authorize(s.advance(2 * day), client);
    await authorize(s.advance(2 * day), client, { prompt: "login" });
    await authorize(s.advance(2 * day), client, { prompt: "select_account" });
    const page = await authorize(s.advance(2 * day), client, { scope: "openid email" });
    await consent(s, signed(page));
    const other = await authorize(s, client, { scope: "openid profile", prompt: "login" });
    await send(s.advance(2 * day - 599), "/update-user", { name: "Alice B", oauth_query: signed(other) });
    await send(s, "/update-user", { name: "Alice C" });
  }, { codeExpiresIn: 3 * day, selectAccount: { page: "/accounts", shouldRedirect: hook("no") } }),
  scenario("renamed tables", async (s) => {
    const client = await begin(s);
    await grant(s, client);
    await s.get("/oauth2/get-consents");
  }, { schema: { oauthConsent: { modelName: "consents", fields: { clientId: "client_id", userId: "user_id", scopes: "allowed" } } } }),
];
