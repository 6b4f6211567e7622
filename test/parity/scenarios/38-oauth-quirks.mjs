// Details of a flow that are easily missed: margins of renewal, contents of a state, redirects of errors and new users.
import { alice, signUp } from "../people.mjs";
import { begin, egress, follow, provider as answering } from "../oauth/fake.mjs";

const octo = { users: [["/user/emails", [{ email: "octo@example.com", primary: true, verified: true }]], ["api.github.com/user", { id: 7, login: "octo", name: "Octo", email: "octo@example.com" }]] };

const scenario = (name, run, { options = {}, config = {}, hooks = {} } = {}) => ({
  name,
  config: { ...egress, ...config, socialProviders: { github: { clientId: "client-1", clientSecret: "secret-1", ...options } } },
  hooks: { egress: (call, s) => answering({ ...octo, ...s.canned })(call, s), ...hooks },
  run,
});
const back = (s, state, more = "") => s.get(`/callback/github?code=code-1&state=${state}${more}`);
async function signedIn(s, body = {}) {
  await back(s, await begin(s, { provider: "github", callbackURL: "/dash", ...body }));
  const { json } = await s.get("/list-accounts");
  return Array.isArray(json) ? json[0]?.id : undefined;
}

// A token with a lifetime of an hour, used a given number of milliseconds before its expiry.
const margins = [5001, 5000, 4999, 1, 0, -1];
const renewals = { encrypted: { encryptOAuthTokens: true }, cookie: { storeAccountCookie: true }, "cookie, encrypted": { storeAccountCookie: true, encryptOAuthTokens: true } };

export default [
  scenario("margin of renewal", async (s) => {
    s.canned = { refresh: { access_token: "access-2", refresh_token: "refresh-2" } };
    const accountId = await signedIn(s);
    const [row] = await s.db.all("SELECT accessTokenExpiresAt AS ends FROM account");
    const ends = new Date(row.ends).getTime();
    for (const margin of margins) await s.post("/get-access-token", { accountId }, { clock: ends - margin });
  }),
  ...Object.entries(renewals).map(([name, account]) => scenario(`renewed by every endpoint: ${name}`, async (s) => {
    const accountId = await signedIn(s);
    const one = account.storeAccountCookie ? { useAccountCookie: true } : { accountId };
    s.canned = { refresh: { access_token: "access-3", expires_in: 60, refresh_token_expires_in: 600, scope: "fewer", id_token: "renewed" } };
    await s.advance(3599).get(`/account-info?${account.storeAccountCookie ? "useAccountCookie=true" : `accountId=${accountId}`}`);
    await s.post("/get-access-token", one);
    await s.post("/refresh-token", one);
    s.canned = { refresh: { access_token: "access-4", refresh_token: null, expires_in: 0 } };
    await s.post("/refresh-token", one);
    s.canned = { refresh: { access_token: "" } };
    await s.post("/refresh-token", one);
    await s.advance(90).post("/get-access-token", one);
    await s.get("/list-accounts");
  }, { config: { account } })),
  scenario("what token answers may look like", async (s) => {
    const odd = [
      { expires_in: "3600" }, { expires_in: -5 }, { expires_in: null }, { expires_in: 1.5 }, { scope: ["a", "b"] }, { scope: "a,b c" }, { scope: null }, { scope: "" },
      { token_type: null }, { refresh_token: null, refresh_token_expires_in: 60 }, { access_token: null }, { access_token: 5 }, { id_token: "not a token" },
    ];
    for (const token of odd) {
      s.canned = { token };
      await signedIn(s.as(JSON.stringify(token)));
    }
  }),
  scenario("what a state carries", async (s) => {
    const data = { n: 1, nested: { list: [null, "x"] }, callbackURL: "//evil.example", codeVerifier: "mine", errorURL: "//evil.example", link: { userId: "u", email: "e" }, expiresAt: 1, oauthState: "mine", requestSignUp: true, serverContext: { x: 1 }, __proto__: { y: 1 } };
    await signedIn(s, { additionalData: data });
    await signedIn(s, { additionalData: {} });
    await s.post("/sign-in/social", { provider: "github", additionalData: [] });
    await s.post("/sign-in/social", { provider: "github", additionalData: "x" });
    await s.post("/link-social", { provider: "github", additionalData: data, loginHint: "me", additionalParams: { a: "b" }, scopes: ["x"], requestSignUp: true });
  }),
  scenario("hints, scopes and parameters of a request", async (s) => {
    for (const more of [
      { loginHint: "" }, { loginHint: "ä b&c=d" }, { scopes: [] }, { scopes: ["a b", "a b", ""] }, { scopes: "x" }, { additionalParams: {} }, { additionalParams: { "": "x", "a b": "ä+&" } },
      { additionalParams: { a: 1 } }, { additionalParams: { nonce: "x" } }, { additionalParams: { login_hint: "other", prompt: "none" }, loginHint: "me" }, { disableRedirect: false }, { disableRedirect: "yes" }, { requestSignUp: "yes" },
      { loginHint: 5 }, { callbackURL: 5 }, { provider: "GitHub" }, { provider: "" }, { provider: undefined },
    ]) await s.post("/sign-in/social", { provider: "github", callbackURL: "/dash", ...more });
  }),
  scenario("where people are sent", async (s) => {
    for (const [i, body] of [
      {}, { callbackURL: undefined }, { callbackURL: "" }, { callbackURL: "http://localhost:3000/a?b=c#d" }, { newUserCallbackURL: "/new?x=1#y" }, { newUserCallbackURL: "" },
      { errorCallbackURL: "/failed?error=old&x=1#top" }, { errorCallbackURL: "http://localhost:3000/f" }, { errorCallbackURL: "" },
    ].entries()) {
      s.canned = { users: [["/user/emails", [{ email: `o${i}@example.com`, primary: true, verified: true }]], ["api.github.com/user", { id: 70 + i, login: "octo", email: `o${i}@example.com` }]] };
      s.as(`browser ${i}`);
      await back(s, await begin(s, { provider: "github", callbackURL: "/dash", ...body }));
      await back(s, await begin(s, { provider: "github", callbackURL: "/dash", ...body }));
      const state = await begin(s, { provider: "github", callbackURL: "/dash", ...body });
      await s.get(`/callback/github?state=${state}&error=access_denied&error_description=${encodeURIComponent("no & never/ü")}`);
      await s.get(`/callback/github?state=${await begin(s, { provider: "github", callbackURL: "/dash", ...body })}&error=`);
      await s.get(`/callback/github?state=${await begin(s, { provider: "github", callbackURL: "/dash", ...body })}&code=`);
    }
  }),
  scenario("an error page of one's own", async (s) => {
    s.canned = { token: { $status: 400, $body: {} } };
    await back(s, await begin(s, { provider: "github", callbackURL: "/dash" }));
    await back(s, await begin(s, { provider: "github", callbackURL: "/dash", errorCallbackURL: "/failed" }));
    await back(s, "unknown");
    await s.get("/callback/github?code=c");
  }, { config: { onAPIError: { errorURL: "https://app.example/oops?a=b" } } }),
  scenario("linking: where people are sent, and twice", async (s) => {
    await signUp(s, { ...alice, email: "octo@example.com" });
    for (const body of [{}, { callbackURL: "/linked?x=1" }, { callbackURL: "/linked", errorCallbackURL: "/failed?y#z" }, { disableRedirect: true }]) {
      const state = follow(s, await s.post("/link-social", { provider: "github", ...body }));
      await back(s, state);
      const refused = follow(s, await s.post("/link-social", { provider: "github", ...body }));
      await s.get(`/callback/github?state=${refused}&error=access_denied`);
    }
    await s.get("/list-accounts");
  }),
  scenario("a state of another browser's link", async (s) => {
    await signUp(s, { ...alice, email: "octo@example.com" });
    const state = follow(s, await s.post("/link-social", { provider: "github", callbackURL: "/linked", errorCallbackURL: "/failed" }));
    await back(s.as("another browser"), state);
    await back(s.as("default"), state);
  }, { config: { account: { skipStateCookieCheck: true } } }),
  scenario("a posted callback keeps everything", async (s) => {
    const state = await begin(s, { provider: "github", callbackURL: "/dash" });
    const answer = await s.post("/callback/github?extra=1&iss=i", undefined, { form: { code: "code-1", state, user: '{"name":"x"}', device_id: "d", other: "dropped" } });
    await s.get([answer.headers.location].flat()[0].replace("http://localhost:3000/api/auth", ""));
  }),
];
