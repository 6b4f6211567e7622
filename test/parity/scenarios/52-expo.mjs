// The expo plugin, alone and with the official client of an app.
import { asked, inApp } from "../expo.mjs";
import { alice, bob, signIn, signUp } from "../people.mjs";
import { begin, egress, follow, idToken, provider as answering } from "../oauth/fake.mjs";

const octo = {
  users: [["/user/emails", [{ email: "octo@example.com", primary: true, verified: true }]], ["api.github.com/user", { id: 7, login: "octo", name: "Octo", email: "octo@example.com" }]],
};
const keep = (name) => (call, s) => void (s[name] = call.data[0]);
const hooks = {
  egress: (call, s) => answering(octo)(call, s),
  link: keep("link"), verify: keep("verification"), linked: () => ({}), seen: () => ({}),
};
const client = { clientId: "client-1", clientSecret: "secret-1" };
const base = {
  ...egress,
  trustedOrigins: ["myapp://"],
  account: { accountLinking: { allowDifferentEmails: true } },
  socialProviders: { github: client, google: client },
  emailVerification: { sendVerificationEmail: { webhook: "hook:verify" }, autoSignInAfterVerification: true },
};
const config = (own = {}, { plugins, ...more } = {}) => ({ ...base, ...more, plugins: { expo: own, "magic-link": { sendMagicLink: { webhook: "hook:link" } }, ...plugins } });
const scenario = (name, run, { own, more, ...rest } = {}) => ({ name: `expo: ${name}`, config: config(own, more), hooks, run, ...rest });

const callback = (state) => `/callback/github?code=code-1&state=${state}`;
const proxy = (s, params, opts) => s.get(`/expo-authorization-proxy?${new URLSearchParams(params)}`, opts);
const tail = (url) => new URL(url).pathname.replace("/api/auth", "") + new URL(url).search;
const scheme = "myapp://dash";
const fromApp = (origin) => ({ origin: null, headers: { "expo-origin": origin } });

async function wholeApp(s) {
  await inApp(s, async (app) => {
    s.note("up", (await app.signUp.email(alice)).data?.user);
    s.note("who", (await app.getSession(asked)).data?.user);
    s.note("cookie", (await app.getCookie()).split("=")[0]);
    s.note("sessions", (await app.listSessions()).data?.length);
    await app.signOut();
    s.note("out", (await app.getSession(asked)).data);
    s.note("wrong", (await app.signIn.email({ email: alice.email, password: "wrong-password" })).error?.code);
    await app.signIn.email({ email: alice.email, password: alice.password });
    s.note("linked", (await app.linkSocial({ provider: "github", callbackURL: "/dash" })).data?.redirect);
    s.note("accounts", (await app.listAccounts()).data?.map((a) => a.providerId).sort());
    await app.signOut();
    await app.signIn.social({ provider: "github", callbackURL: "/dash" });
    s.note("octo", (await app.getSession(asked)).data?.user.email);
  }, { answer: callback });
}

/** A flow that an app begins, as far as the browser. */
async function flow(s, body = {}) {
  const answer = await s.as("app").post("/sign-in/social", { provider: "github", callbackURL: scheme, ...body }, fromApp("myapp://"));
  return { url: answer.json?.url, state: follow(s, answer), sealed: s.cookie("oauth_state") };
}
const inCookie = { account: { ...base.account, storeStateStrategy: "cookie" } };

export default [
  scenario("an app of the official client", wholeApp),
  scenario("an app, PostgreSQL and MariaDB", wholeApp, { dbs: ["postgres", "mysql"] }),
  scenario("an app, in Redis", wholeApp, { more: { secondaryStorage: { provider: "redis" } } }),
  scenario("an app, cookie cache", wholeApp, { more: { session: { cookieCache: { enabled: true } } } }),
  scenario("an app, the flow in a cookie", wholeApp, { more: inCookie }),
  scenario("an app, stateless", wholeApp, { dbs: ["none"], more: { database: undefined } }),
  scenario("an app, secure cookies", wholeApp, { more: { advanced: { useSecureCookies: true } } }),
  scenario("an app of anonymous users", async (s) => {
    await inApp(s, async (app) => {
      s.note("in", (await app.$fetch("/sign-in/anonymous", { method: "POST", body: {} })).data?.user);
      await app.signIn.social({ provider: "github", callbackURL: "/dash" });
      s.note("octo", (await app.getSession(asked)).data?.user.email);
    }, { answer: callback });
  }, { more: { plugins: { anonymous: { onLinkAccount: { webhook: "hook:linked" } } } } }),
  scenario("an app with an ID token", async (s) => {
    await inApp(s, async (app) => {
      const token = await idToken({ iss: "https://accounts.google.com", aud: "client-1", sub: "g-1", email: "g@example.com", email_verified: true, name: "G" }, s);
      s.note("google", (await app.signIn.social({ provider: "google", idToken: { token } })).data?.user?.email);
      s.note("who", (await app.getSession(asked)).data?.user.email);
    });
  }),
  scenario("an app whose user cancels", async (s) => {
    await inApp(s, async (app) => {
      await app.signIn.social({ provider: "github", callbackURL: "/dash", errorCallbackURL: "/failed" });
      s.note("nobody", (await app.getSession(asked)).data);
    }, { answer: (state) => `/callback/github?error=access_denied&state=${state}` });
  }),
  scenario("origins that an app says", async (s) => {
    await signUp(s, alice);
    for (const origin of ["myapp://", "myapp://other/path", "exp://192.168.0.2:8081", "exp://", "evil://", "https://evil.example", "http://localhost:3000", "null", "x", ""]) {
      await s.post("/update-user", { name: "A" }, { ...fromApp(origin), label: `expo-origin ${origin}` });
      await s.post("/update-user", { name: "A" }, { origin: "https://evil.example", headers: { "expo-origin": origin }, label: `origin and expo-origin ${origin}` });
      await s.post("/sign-in/email", signIn(alice), { ...fromApp(origin), cookies: false, keepJar: true, label: `sign in from ${origin}` });
    }
    await s.post("/update-user", { name: "A" }, { origin: null });
    await s.post("/update-user", { name: "A" }, { origin: "null", headers: { "expo-origin": "myapp://" } });
  }),
  scenario("origins that an app says, not believed", async (s) => {
    await signUp(s, alice);
    for (const origin of ["myapp://", "exp://x"]) await s.post("/update-user", { name: "A" }, fromApp(origin));
    await s.post("/update-user", { name: "A" }, { origin: "myapp://" });
  }, { own: { disableOriginOverride: true } }),
  ...["development", "production", "test"].map((env) => scenario(`exp:// in ${env}`, async (s) => {
    await signUp(s, alice);
    for (const origin of ["exp://192.168.0.2:8081", "exp://u.expo.dev/x", "exps://x"]) await s.post("/update-user", { name: "A" }, { ...fromApp(origin), label: `in ${env} from ${origin}` });
    await begin(s, { provider: "github", callbackURL: "exp://192.168.0.2:8081/--/dash" });
  }, { more: { $test: { env, egress: "hook:egress" }, rateLimit: { enabled: false }, advanced: { disableCSRFCheck: false, disableOriginCheck: false } } })),
  scenario("hooks of the program see the origin", async (s) => {
    await s.post("/sign-up/email", alice, fromApp("myapp://"));
  }, { more: { hooks: { before: { webhook: "hook:seen" } } } }),
  scenario("where a flow returns to", async (s) => {
    for (const callbackURL of [scheme, "myapp://", "myapp:///a/b?x=1&y=%20z+#part", "myapp://host/a?cookie=old&cookie=older", "/dash", "http://localhost:3000/dash", "myapp:dash"]) {
      await s.as(callbackURL);
      const state = await begin(s, { provider: "github", callbackURL, newUserCallbackURL: callbackURL, errorCallbackURL: callbackURL }, { label: `to ${callbackURL}` });
      await s.get(callback(state));
      const refused = await begin(s, { provider: "github", callbackURL, errorCallbackURL: callbackURL });
      await s.get(`/callback/github?error=access_denied&state=${refused}`);
    }
    await s.get("/callback/github?code=x&state=unknown");
  }),
  scenario("where links return to", async (s) => {
    await signUp(s, alice);
    for (const callbackURL of [scheme, "/dash"]) {
      await s.post("/sign-in/magic-link", { email: bob.email, callbackURL });
      await s.as(callbackURL).get(tail(s.link.url));
      await s.get(tail(s.link.url));
      await s.as("default").post("/send-verification-email", { email: alice.email, callbackURL });
      await s.get(tail(s.verification.url));
      await s.get(tail(s.verification.url));
    }
  }),
  scenario("cookies of many sessions for an app", async (s) => {
    await signUp(s, alice);
    const state = await begin(s, { provider: "github", callbackURL: scheme });
    await s.get(callback(state));
  }, { more: { plugins: { "last-login-method": {}, bearer: {} }, session: { cookieCache: { enabled: true } } } }),
  ...Object.entries({ "in the database": {}, "in a cookie": inCookie }).map(([name, more]) => scenario(`the way to the provider, the flow ${name}`, async (s) => {
    const { url, state, sealed } = await flow(s);
    const params = { authorizationURL: url, ...(sealed ? { oauthState: decodeURIComponent(sealed) } : {}) };
    await proxy(s.as("browser"), params);
    await s.get(callback(state));
    await proxy(s, params, { label: "refused here: again, after its end" });
    for (const authorizationURL of ["", "x", "/x", "//github.com/x", "http://github.com/x?state=a", "http://localhost:3000/x?state=a", "javascript:alert(1)", "data:text/html,x", `${url}#x`, "https://", "https:///"]) await proxy(s, { ...params, authorizationURL }, { label: `to ${authorizationURL.slice(0, 40)}` });
    await s.get("/expo-authorization-proxy");
    await s.get("/expo-authorization-proxy?authorizationURL=https://a.example&authorizationURL=https://b.example");
    await s.post("/expo-authorization-proxy", { authorizationURL: url });
    await s.api("expoAuthorizationProxy", { query: { authorizationURL: "x" } });
  }, { more })),
  scenario("the way to the provider on another scheme", async (s) => {
    const { url } = await flow(s);
    await proxy(s.as("browser"), { authorizationURL: url.replace("https://github.com", "https://app.example.com") }, { label: "to this server itself" });
    await proxy(s, { authorizationURL: "https://github.com/login/oauth/authorize" });
  }, { more: { baseURL: "https://app.example.com" } }),
  // The reference signs every state, and redirects to every site with https.
  scenario("the way to elsewhere", async (s) => {
    const { url } = await flow(s);
    const other = new URL(url);
    other.searchParams.set("state", "somebody-elses-session-token");
    await proxy(s.as("browser"), { authorizationURL: String(other) }, { label: "refused here: a state of no flow" });
    await proxy(s, { authorizationURL: url.replace("https://github.com", "https://evil.example") }, { label: "refused here: a site of no provider" });
    await proxy(s, { authorizationURL: url.replace("/login/oauth/authorize", "/login/oauth/other") }, { label: "refused here: a path of no provider" });
  }),
  scenario("the document", (s) => s.get("/open-api/generate-schema"), { more: { plugins: { "open-api": {} } } }),
];
