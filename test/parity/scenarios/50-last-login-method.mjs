// The last-login-method plugin.
import { Authenticator } from "../authenticator.mjs";
import * as factor from "../factor.mjs";
import { alice, bob, signIn, signUp } from "../people.mjs";
import { begin, egress, idToken, provider as answering } from "../oauth/fake.mjs";
import { register, signInWith } from "./50-passkey.mjs";

const octo = {
  users: [["/user/emails", [{ email: "octo@example.com", primary: true, verified: true }]], ["api.github.com/user", { id: 7, login: "octo", name: "Octo", email: "octo@example.com" }]],
};
const keep = (name) => (call, s) => void (s[name] = call.data[0]);
const hooks = {
  otp: keep("code"), link: keep("link"), verify: keep("verification"),
  egress: (call, s) => answering(octo)(call, s),
  yes: () => ({ result: true }), no: () => ({ result: false }), nothing: () => ({}),
  fails: () => ({ status: 500, body: { $error: true, name: "Error", message: "boom" } }),
  teapot: () => ({ status: 418, body: { status: 418, code: "TEAPOT", message: "short and stout" } }),
  // By the path, and nothing for sign-ups.
  own: ({ data: [c] }) => ({ result: c.path === "/sign-in/email" ? "password" : c.path === "/sign-up/email" ? "" : null }),
  always: () => ({ result: "own" }),
};
const plugins = (own = {}, more = {}) => ({
  "last-login-method": own, "magic-link": { sendMagicLink: { webhook: "hook:link" } }, "email-otp": { sendVerificationOTP: { webhook: "hook:otp" } }, ...more,
});
const config = (own, more = {}) => ({
  ...egress,
  socialProviders: { github: { clientId: "client-1", clientSecret: "secret-1" }, google: { clientId: "client-1", clientSecret: "secret-1" } },
  emailVerification: { sendVerificationEmail: { webhook: "hook:verify" }, autoSignInAfterVerification: true },
  ...more,
  plugins: plugins(own, more.plugins),
});
const tail = (url) => new URL(url).pathname.replace("/api/auth", "") + new URL(url).search;

async function everyWay(s) {
  await s.get("/get-session");
  await s.post("/sign-in/email", signIn(bob));
  await signUp(s, alice);
  await s.get("/get-session");
  await s.post("/sign-in/magic-link", { email: "carol@example.com", callbackURL: "/dash" });
  await s.get(tail(s.link.url));
  await s.get("/get-session");
  await s.post("/sign-in/email", signIn(alice));
  await s.get("/get-session?disableCookieCache=true");
  await s.post("/email-otp/send-verification-otp", { email: "dave@example.com", type: "sign-in" });
  await s.post("/sign-in/email-otp", { email: "dave@example.com", otp: s.code.otp });
  const state = await begin(s, { provider: "github", callbackURL: "/dash" });
  await s.get(`/callback/github?code=code-1&state=${state}`);
  await s.get("/get-session");
  const again = await begin(s, { provider: "github", callbackURL: "/dash" });
  await s.get(`/callback/github?error=access_denied&state=${again}`);
  await s.get("/callback/github?code=x&state=y");
  await s.post("/send-verification-email", { email: alice.email }, { cookies: false });
  await s.get(tail(s.verification.url));
  await s.post("/update-user", { name: "Al" });
  await s.post("/change-password", { currentPassword: alice.password, newPassword: "password5678", revokeOtherSessions: true });
  await s.post("/update-user", { lastLoginMethod: "forged" });
  await s.post("/sign-out", {});
  await signUp(s.forget(), { ...bob, lastLoginMethod: "forged" });
}

const scenario = (name, own, run = everyWay, { more, ...rest } = {}) => ({ name: `last login method: ${name}`, config: config(own, more), hooks, run, ...rest });
const stored = { storeInDatabase: true };

export default [
  scenario("in a cookie", {}),
  scenario("in the database", stored),
  scenario("in the database, PostgreSQL and MariaDB", stored, async (s) => {
    await signUp(s, alice);
    await s.post("/sign-in/email", signIn(alice));
    const state = await begin(s, { provider: "github", callbackURL: "/dash" });
    await s.get(`/callback/github?code=code-1&state=${state}`);
    await s.get("/get-session");
  }, { dbs: ["postgres", "mysql"] }),
  scenario("in the database and Redis", stored, everyWay, { more: { secondaryStorage: { provider: "redis" } } }),
  scenario("in the database and the cookie cache", stored, everyWay, { more: { session: { cookieCache: { enabled: true } } } }),
  scenario("stateless", {}, everyWay, { dbs: ["none"], more: { database: undefined } }),
  scenario("in the memory of a stateless server", stored, everyWay, { dbs: ["none"], more: { database: undefined } }),
  scenario("another column", { ...stored, schema: { user: { lastLoginMethod: "last_way_in" } } }),
  scenario("another column, not stored", { schema: { user: { lastLoginMethod: "last_way_in" } } }),
  scenario("another cookie", { cookieName: "way-in", maxAge: 60 }),
  ...[0, 34560000].map((maxAge) => scenario(`max age ${maxAge}`, { maxAge }, (s) => signUp(s))),
  scenario("secure cookies", {}, (s) => signUp(s), { more: { advanced: { useSecureCookies: true } } }),
  scenario("cookies for a domain", {}, (s) => signUp(s), { more: { advanced: { crossSubDomainCookies: { enabled: true, domain: "example.com" }, defaultCookieAttributes: { sameSite: "none", httpOnly: true, partitioned: true } } } }),
  scenario("a session cookie of another name", {}, everyWay, { more: { advanced: { cookiePrefix: "app", cookies: { session_token: { name: "sid", attributes: { path: "/api", maxAge: 10 } } } } } }),
  scenario("names from a callback", { customResolveMethod: { webhook: "hook:own" } }),
  scenario("names from a callback, in the database", { ...stored, customResolveMethod: { webhook: "hook:own" } }),
  scenario("a callback that always names one", { ...stored, customResolveMethod: { webhook: "hook:always" } }),
  scenario("a callback that names none", { customResolveMethod: { webhook: "hook:nothing" } }),
  ...["fails", "teapot"].map((hook) => scenario(`a callback for the name: ${hook}`, { customResolveMethod: { webhook: `hook:${hook}` } }, (s) => signUp(s))),
  scenario("a callback for the name refuses, in the database", { ...stored, customResolveMethod: { webhook: "hook:teapot" } }, (s) => signUp(s)),
  ...["yes", "no", "nothing", "fails", "teapot"].map((hook) => scenario(`asked before the cookie: ${hook}`, { beforeStoreCookie: { webhook: `hook:${hook}` }, ...stored }, async (s) => {
    await signUp(s);
    await s.post("/sign-in/email", signIn(alice));
    await s.get("/get-session");
    await s.post("/sign-out", {});
  })),
  scenario("an ID token and one tap", stored, async (s) => {
    for (const [path, body] of [["/sign-in/social", (token) => ({ provider: "google", idToken: { token } })], ["/one-tap/callback", (token) => ({ idToken: token })]]) {
      const token = await idToken({ iss: "https://accounts.google.com", aud: "client-1", sub: "g-1", email: "g@example.com", email_verified: true, name: "G" }, s);
      await s.post(path, body(token));
      await s.get("/get-session");
    }
  }, { more: { plugins: { "one-tap": {} } } }),
  scenario("a passkey and a user name", stored, async (s) => {
    await signUp(s, { ...alice, username: "alice" });
    const key = new Authenticator("key", { alg: -8 });
    await register(s, key);
    await s.post("/sign-in/username", { username: "alice", password: alice.password });
    await signInWith(s.as("second"), key);
    await s.get("/get-session");
  }, { more: { plugins: { passkey: {}, username: {} } } }),
  {
    name: "last login method: a second factor",
    config: { plugins: { ...factor.plugins(), "last-login-method": stored } },
    async run(s) {
      await factor.set(s);
      await factor.enter(s);
      await factor.verify(s);
      await s.get("/get-session");
    },
  },
  scenario("with anonymous, bearer, jwt, one-time-token and multi-session", stored, async (s) => {
    await s.post("/sign-in/anonymous", {});
    await signUp(s);
    const { json } = await s.get("/one-time-token/generate");
    await s.post("/one-time-token/verify", { token: json?.token });
    await s.post("/sign-in/email", { ...signIn(alice), rememberMe: false });
    await s.get("/token");
    await s.post("/sign-out", {});
  }, { more: { plugins: { anonymous: {}, bearer: {}, jwt: {}, "one-time-token": {}, "multi-session": {} } } }),
  scenario("the user cannot be changed", stored, async (s) => {
    await signUp(s);
    await s.post("/sign-in/email", signIn(alice));
    await s.get("/get-session");
  }, { more: { databaseHooks: { user: { update: { before: { webhook: "hook:fails" } } } } } }),
  scenario("a hook keeps the user from being changed", stored, async (s) => {
    await signUp(s);
    await s.post("/sign-in/email", signIn(alice));
    await s.get("/get-session");
  }, { more: { databaseHooks: { user: { update: { before: { webhook: "hook:no" } } } } } }),
  scenario("hooks of the program see the field", stored, async (s) => {
    await signUp(s);
    await s.post("/sign-in/email", signIn(alice));
  }, { more: { databaseHooks: { user: { create: { before: { webhook: "hook:nothing" }, after: { webhook: "hook:nothing" } }, update: { before: { webhook: "hook:nothing" }, after: { webhook: "hook:nothing" } } }, session: { create: { after: { webhook: "hook:nothing" } } } } } }),
  scenario("from code", stored, async (s) => {
    await s.api("signUpEmail", { body: alice });
    await s.api("signInEmail", { body: signIn(alice) });
    await s.api("signInEmail", { body: signIn(alice), headers: [["x-a", "b"]] });
  }),
  { name: "last login method: the document", config: { plugins: { "last-login-method": stored, "open-api": {} } }, run: (s) => s.get("/open-api/generate-schema") },
  scenario("the official client", {}, async (s) => {
    const { lastLoginMethodClient } = await import("better-auth/client/plugins");
    const client = await s.client({ plugins: [lastLoginMethodClient()] });
    // The plugin reads document.cookie; both sides of the comparison run at once, so it is there only while it reads.
    const inPage = (read) => {
      globalThis.document = { get cookie() { return s.jar().header(); }, set cookie(line) { if (/expires=Thu, 01 Jan 1970/.test(line)) s.jar().cookies.delete(line.split("=")[0]); } };
      try {
        return read();
      } finally {
        delete globalThis.document;
      }
    };
    s.note("before", inPage(() => client.getLastUsedLoginMethod()));
    await client.signUp.email(alice);
    s.note("after", inPage(() => [client.getLastUsedLoginMethod(), client.isLastUsedLoginMethod("email"), client.isLastUsedLoginMethod("google")]));
    inPage(() => client.clearLastUsedLoginMethod());
    s.note("cleared", inPage(() => client.getLastUsedLoginMethod()));
  }),
];
