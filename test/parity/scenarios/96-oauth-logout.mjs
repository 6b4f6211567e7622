// The end of sessions at the request of clients, and what clients are told of it, of the plugin oauth-provider.
import { authorize, begin, code, consent, grant, navigate, provider, redeem, register, signed } from "../oauth-flow.mjs";
import { alice, bob, signIn, signUp } from "../people.mjs";

const out = "https://app.example.com/out";
const ending = { skip_consent: true, enable_end_session: true, post_logout_redirect_uris: [out, `${out}?a=b%20c`] };
// The reference keeps key sets in memory by their address, for all its instances: each scenario has an address of its own.
let ports = 3100;
const scenario = (name, run, options, more) => ({ name: `oauth logout: ${name}`, config: { baseURL: `http://localhost:${++ports}`, ...provider(options, more) }, run });
const end = (s, query, opts) => s.get(`/oauth2/end-session?${new URLSearchParams(query)}`, opts);
const confirm = (s, opts) => s.post("/oauth2/end-session/confirm", undefined, { form: { action: "confirm" }, headers: navigate, ...opts });

/** Signs in and resolves to the ID token that the client got. */
async function token(s, client, more) {
  const { json } = await redeem(s, client, code(await grant(s, client, more)));
  return json?.id_token;
}

async function signedIn(s, own = {}, who = alice) {
  const client = await begin(s, { ...ending, ...own }, who);
  return [client, await token(s, client)];
}

const flow = async (s) => {
  const [client, id_token_hint] = await signedIn(s);
  await end(s, { id_token_hint }, { headers: navigate });
  await s.get("/get-session");
  await s.post("/sign-in/email", signIn(alice));
  await end(s, { id_token_hint, post_logout_redirect_uri: out }, { headers: navigate });
  await confirm(s);
  await s.get("/get-session");
  await end(s, { id_token_hint, post_logout_redirect_uri: out, state: "s 1" }, { headers: navigate });
};

export default [
  scenario("the way", flow),
  ...["postgres", "mysql"].map((db) => ({ ...scenario(`the way on ${db}`, flow), dbs: [db] })),
  scenario("the way, sessions in Redis and the database", flow, {}, { secondaryStorage: { provider: "redis" }, session: { storeSessionInDatabase: true } }),
  scenario("the way, own secrets", flow, { disableJwtPlugin: true }),
  ...[["a browser", navigate], ["a script", { "sec-fetch-mode": "cors" }], ["a program", {}], ["JSON", { accept: "application/json" }]].map(([name, headers]) => scenario(`redirects: ${name}`, async (s) => {
    const client = await begin(s, ending);
    for (const more of [
      {}, { post_logout_redirect_uri: out }, { post_logout_redirect_uri: out, state: "a b" }, { post_logout_redirect_uri: `${out}?a=b%20c`, state: "ä" }, { post_logout_redirect_uri: `${out}/x` }, { post_logout_redirect_uri: "https://evil.example" },
      { post_logout_redirect_uri: out, state: "" }, { state: "alone" }, { client_id: client.client_id, post_logout_redirect_uri: out }, { client_id: "other" }, { client_id: "", post_logout_redirect_uri: out },
    ]) {
      await s.forget();
      await s.post("/sign-in/email", signIn(alice));
      const id_token_hint = await token(s, client);
      await end(s, { id_token_hint, ...more }, { headers });
      await s.get("/get-session");
    }
  })),
  scenario("by POST", async (s) => {
    const [client, id_token_hint] = await signedIn(s);
    await s.post("/oauth2/end-session", { id_token_hint: "x", post_logout_redirect_uri: "nonsense" });
    await s.post("/oauth2/end-session", { id_token_hint: 1 });
    await s.post("/oauth2/end-session", undefined, { raw: "{", type: "application/json" });
    await s.post("/oauth2/end-session", undefined, { raw: "<a/>", type: "text/xml" });
    await s.post(`/oauth2/end-session?${new URLSearchParams({ id_token_hint, state: "of the query", post_logout_redirect_uri: out })}`, undefined, { form: { state: "of the body" }, headers: navigate });
    await s.post("/sign-in/email", signIn(alice));
    await s.post("/oauth2/end-session", { id_token_hint: await token(s, client) });
    await s.post("/sign-in/email", signIn(alice));
    await s.post("/oauth2/end-session", undefined, { form: { id_token_hint: await token(s, client) }, origin: "https://app.example.com" });
    await s.post("/oauth2/end-session", undefined, { form: { id_token_hint: await token(s, client) }, origin: "https://app.example.com", cookies: false });
    await s.get("/get-session");
  }),
  ...[["a browser", navigate], ["a program", {}]].map(([name, headers]) => scenario(`wrong requests: ${name}`, async (s) => {
    const [client, hint] = await signedIn(s);
    const other = await register(s, { ...ending });
    const off = await register(s, { ...ending, enable_end_session: false });
    const [head, body, mac] = (hint ?? "..").split(".");
    for (const [label, query] of Object.entries({
      "nothing": {}, "no token": { id_token_hint: "x" }, "an empty token": { id_token_hint: "" }, "of another client": { id_token_hint: hint, client_id: other.client_id }, "an unknown client": { id_token_hint: hint, client_id: "nobody" },
      "a client that must not": { client_id: off.client_id }, "a hint for a client that must not": { id_token_hint: hint, client_id: off.client_id }, "an unknown client alone": { client_id: "nobody" }, "a forged token": { id_token_hint: `${head}.${body}.AAAA` },
      "no signature": { id_token_hint: `${head}.${body}.` }, "alg none": { id_token_hint: `${Buffer.from('{"alg":"none"}').toString("base64url")}.${body}.` }, "no URL": { post_logout_redirect_uri: "x" }, "javascript": { post_logout_redirect_uri: "javascript:alert(1)" },
      "a fragment": { post_logout_redirect_uri: `${out}#x` }, "http": { post_logout_redirect_uri: "http://app.example.com/out" }, "a forged token of a client": { id_token_hint: `${head}.${body}.AAAA`, client_id: client.client_id, post_logout_redirect_uri: out },
    })) await end(s, query, { headers, label });
    for (const query of [`client_id=${client.client_id}&client_id=x`, "id_token_hint=a&id_token_hint=b", "state=a&state=b"]) await s.get(`/oauth2/end-session?${query}`, { headers });
    await s.get("/get-session");
  })),
  scenario("the user is asked", async (s) => {
    const [client, hint] = await signedIn(s);
    const { client_id } = client;
    for (const [label, query] of Object.entries({
      "nothing": {}, "a client": { client_id }, "where to": { client_id, post_logout_redirect_uri: out }, "where to, with a state": { client_id, post_logout_redirect_uri: out, state: "a&b" }, "elsewhere": { client_id, post_logout_redirect_uri: "https://evil.example" },
      "an empty state": { client_id, post_logout_redirect_uri: out, state: "" },
    })) {
      await end(s, query, { headers: navigate, label });
      await confirm(s);
      await s.get("/get-session");
      await confirm(s);
      await end(s, query, { headers: navigate, label: `${label}, signed out` });
      await confirm(s);
      await confirm(s, { headers: {} });
      await s.post("/sign-in/email", signIn(alice));
    }
    await signUp(s.as("bob"), bob);
    await end(s, { id_token_hint: hint, post_logout_redirect_uri: out }, { headers: navigate });
    await confirm(s, { form: { action: "no" } });
    await confirm(s, { form: {} });
    await s.post("/oauth2/end-session/confirm", { action: "confirm" });
    await confirm(s, { origin: "https://evil.example" });
    await confirm(s.advance(301));
    await s.get("/get-session");
    await end(s, {}, { headers: navigate });
    await s.post("/sign-out", {});
    await s.post("/sign-in/email", signIn(bob));
    await confirm(s);
    await s.get("/get-session");
    await confirm(s, { cookies: false });
    await confirm(s.as("nobody"));
  }),
  scenario("without the browser", async (s) => {
    const [client, hint] = await signedIn(s);
    await end(s, { id_token_hint: hint, post_logout_redirect_uri: out }, { cookies: false });
    await s.get("/get-session");
    await end(s, { id_token_hint: hint }, { cookies: false });
  }),
  scenario("clients that changed since", async (s) => {
    const [client] = await signedIn(s);
    const set = (text) => s.db.all(`update ${s.db.quote("oauthClient")} set ${text}`);
    const quoted = (name) => s.db.quote(name);
    for (const change of ["disabled = 1", "disabled = 0", `${quoted("enableEndSession")} = 0`, `${quoted("enableEndSession")} = 1`, `${quoted("postLogoutRedirectUris")} = '[]'`]) {
      await end(s, { client_id: client.client_id, post_logout_redirect_uri: out }, { headers: navigate, label: `before ${change}` });
      await set(change);
      await confirm(s);
      await s.post("/sign-in/email", signIn(alice));
    }
  }),
  {
    ...scenario("clients are told", async (s) => {
      const told = { ...ending, backchannel_logout_uri: "https://rp.example.com/logout", scope: "openid email offline_access" };
      const client = await begin(s, told);
      const pairwise = await register(s, { ...told, backchannel_logout_uri: "https://pairwise.example.com/logout?x=1", subject_type: "pairwise" });
      const failing = await register(s, { ...told, backchannel_logout_uri: "https://failing.example.com/logout" });
      const silent = await register(s, { ...ending });
      await s.get("/jwks");
      const tokens = async () => {
        for (const one of [client, pairwise, failing, silent]) await token(s, one, { scope: "openid offline_access" });
        await redeem(s, client, code(await grant(s, client, { scope: "openid" })));
      };
      await tokens();
      await s.post("/sign-out", {});
      await s.post("/sign-in/email", signIn(alice));
      await tokens();
      await s.post("/revoke-sessions", {});
      await s.post("/sign-in/email", signIn(alice));
      await end(s, { id_token_hint: await token(s, client) }, { headers: navigate });
      await s.post("/sign-in/email", signIn(alice));
      await s.post("/sign-out", {});
    }, { pairwiseSecret: "a-secret-of-more-than-thirty-two-characters" }, { $test: { env: "development", egress: "hook:egress" } }),
    unorderedCalls: true,
    hooks: { egress: ({ data: [request] }) => (request.url.includes("failing") ? { status: 500, body: {} } : { status: 200, body: {} }) },
  },
];
