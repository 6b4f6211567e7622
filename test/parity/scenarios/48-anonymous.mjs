// The anonymous plugin, alone and on the way to every kind of real sign-in.
import { Authenticator } from "../authenticator.mjs";
import * as factor from "../factor.mjs";
import { alice, bob, signIn, signUp } from "../people.mjs";
import { begin, egress, follow, idToken, provider as answering } from "../oauth/fake.mjs";
import { register, signInWith } from "./50-passkey.mjs";

const keep = (name) => (call, s) => void (s[name] = call.data[0]);
const octo = {
  users: [["/user/emails", [{ email: "octo@example.com", primary: true, verified: true }]], ["api.github.com/user", { id: 7, login: "octo", name: "Octo", email: "octo@example.com", avatar_url: "https://p/o.png" }]],
};
const failed = { status: 500, body: { $error: true, name: "Error", message: "boom" } };
const teapot = { status: 418, body: { status: 418, code: "TEAPOT", message: "short and stout" } };
const hooks = {
  linked: () => ({}),
  link: keep("link"),
  otp: keep("code"),
  verify: keep("verification"),
  sms: keep("sms"),
  egress: (call, s) => answering(octo)(call, s),
  drop: () => ({ result: false }),
  fail: () => failed,
  teapot: () => teapot,
};
const linked = { onLinkAccount: { webhook: "hook:linked" } };
const plugins = (own = linked, more = {}) => ({ anonymous: own, ...more });
const others = { passkey: {}, username: {}, "phone-number": { sendOTP: { webhook: "hook:sms" } }, ...factor.plugins(), "magic-link": { sendMagicLink: { webhook: "hook:link" } }, "email-otp": { sendVerificationOTP: { webhook: "hook:otp" } } };
const github = { socialProviders: { github: { clientId: "client-1", clientSecret: "secret-1" } } };
const google = { socialProviders: { google: { clientId: "client-1", clientSecret: "secret-1" } } };
const anonymous = (s, opts) => s.post("/sign-in/anonymous", {}, opts);
const remove = (s) => s.post("/delete-anonymous-user", {});
const tail = (url) => new URL(url).pathname.replace("/api/auth", "") + new URL(url).search;

/** The ways of signing in for real, each from a browser that is signed in anonymously. */
const ways = {
  "sign up": (s) => signUp(s),
  "sign in": (s) => s.post("/sign-in/email", signIn(bob)),
  "sign in, not remembered": (s) => s.post("/sign-in/email", { ...signIn(bob), rememberMe: false }),
  "a wrong password": (s) => s.post("/sign-in/email", { ...signIn(bob), password: "wrong-password" }),
  "a magic link": async (s) => {
    await s.post("/sign-in/magic-link", { email: alice.email, callbackURL: "/dash" });
    await s.get(tail(s.link.url));
  },
  "a code": async (s) => {
    await s.post("/email-otp/send-verification-otp", { email: alice.email, type: "sign-in" });
    await s.post("/sign-in/email-otp", { email: alice.email, otp: s.code.otp });
  },
  "a code that verifies": async (s) => {
    await s.post("/email-otp/send-verification-otp", { email: bob.email, type: "email-verification" });
    await s.post("/email-otp/verify-email", { email: bob.email, otp: s.code.otp });
  },
  "a link that verifies": async (s) => {
    await s.post("/send-verification-email", { email: bob.email }, { cookies: false });
    await s.get(tail(s.verification.url));
  },
  "a passkey": async (s) => {
    const key = new Authenticator("key", { alg: -8 });
    await register(s.as("bob"), key);
    await signInWith(s.as("default"), key);
  },
  "a user name": async (s) => {
    await s.as("bob").post("/update-user", { username: "bobby" });
    await s.as("default").post("/sign-in/username", { username: "bobby", password: bob.password });
  },
  "a phone number": async (s) => {
    const phoneNumber = "+491701234567";
    for (const [browser, more] of [["bob", { updatePhoneNumber: true }], ["default", {}]]) {
      await s.as(browser).post("/phone-number/send-otp", { phoneNumber });
      await s.post("/phone-number/verify", { phoneNumber, code: s.sms.code, ...more });
    }
  },
  "a password and a second factor": async (s) => {
    await factor.begin(s.as("bob"), bob);
    await factor.verify(s);
    await factor.enter(s.as("default"), bob);
    await s.get("/get-session");
    await factor.verify(s);
  },
  "a provider": async (s) => {
    const state = await begin(s, { provider: "github", callbackURL: "/dash" });
    await s.get(`/callback/github?code=code-1&state=${state}`);
  },
  "a provider, and the browser at its end has no session": async (s) => {
    const state = await begin(s, { provider: "github", callbackURL: "/dash" });
    await s.forget("session_token", "session_data").get(`/callback/github?code=code-1&state=${state}`);
  },
  "a provider, and somebody else is signed in at its end": async (s) => {
    const state = await begin(s, { provider: "github", callbackURL: "/dash" });
    const cookie = s.jar().header().split("; ").filter((c) => c.includes(".state=")).concat(s.jar("bob").header()).join("; ");
    await s.get(`/callback/github?code=code-1&state=${state}`, { cookie });
  },
  "a provider that refuses": async (s) => {
    const state = await begin(s, { provider: "github", callbackURL: "/dash" });
    await s.get(`/callback/github?error=access_denied&state=${state}`);
  },
};

async function upgrade(s, way) {
  await signUp(s.as("bob"), bob);
  await anonymous(s.as("default"));
  await s.get("/get-session");
  await way(s);
  await s.get("/get-session?disableCookieCache=true");
}

const everything = (more = {}) => ({
  ...egress, ...github,
  emailVerification: { sendVerificationEmail: { webhook: "hook:verify" }, autoSignInAfterVerification: true },
  plugins: plugins(linked, others),
  ...more,
});

async function flow(s) {
  await remove(s);
  await anonymous(s);
  await s.get("/get-session");
  await anonymous(s);
  await signUp(s);
  await s.get("/get-session");
  await s.get("/list-sessions");
  await remove(s);
  await anonymous(s);
  await s.get("/get-session");
  await s.post("/sign-out", {});
  await anonymous(s.as("second").forget());
  await s.post("/update-user", { name: "Known" });
  await remove(s);
  await s.get("/get-session");
  await remove(s);
}

const scenario = (name, own, run, more = {}) => ({ name: `anonymous: ${name}`, config: { plugins: plugins(own), ...more.config }, hooks: { ...hooks, ...more.hooks }, ...(more.dbs ? { dbs: more.dbs } : {}), run });
const three = async (s) => {
  await anonymous(s);
  await s.get("/get-session");
  await anonymous(s.as("second"));
  await remove(s);
};
const session = (hook, when = "create") => ({ databaseHooks: { session: { [when]: { before: { webhook: `hook:${hook}` } } } } });
const user = (hook, when = "create") => ({ databaseHooks: { user: { [when]: { before: { webhook: `hook:${hook}` } } } } });

export default [
  scenario("in and out", linked, flow),
  scenario("PostgreSQL and MariaDB", linked, flow, { dbs: ["postgres", "mysql"] }),
  scenario("in Redis", linked, flow, { config: { secondaryStorage: { provider: "redis" } } }),
  scenario("in Redis and the database", linked, flow, { config: { secondaryStorage: { provider: "redis" }, session: { storeSessionInDatabase: true } } }),
  scenario("cookie cache", linked, flow, { config: { session: { cookieCache: { enabled: true } } } }),
  scenario("stateless", linked, flow, { dbs: ["none"], config: { database: undefined } }),
  scenario("no options", {}, flow),
  scenario("with bearer, jwt and one-time-token", linked, async (s) => {
    const { headers, json } = await anonymous(s, { cookies: false, keepJar: true });
    const bearer = headers["set-auth-token"]?.[0] ?? json.token;
    await s.get("/get-session", { bearer, cookies: false, keepJar: true });
    await s.get("/token", { bearer, cookies: false, keepJar: true });
    await s.post("/sign-up/email", alice, { bearer, cookies: false, keepJar: true });
    await s.get("/get-session", { bearer, cookies: false, keepJar: true });
  }, { config: { plugins: plugins(linked, { bearer: {}, jwt: {}, "one-time-token": { setOttHeaderOnNewSession: true } }) } }),
  ...Object.entries(ways).map(([name, way]) => ({ name: `anonymous, then ${name}`, config: everything(), hooks, run: (s) => upgrade(s, way) })),
  ...["a provider", "sign in"].flatMap((name) => [
    { name: `anonymous with a cached session, then ${name}`, config: everything({ session: { cookieCache: { enabled: true } } }), hooks, run: (s) => upgrade(s, ways[name]) },
    { name: `anonymous in Redis, then ${name}`, config: everything({ secondaryStorage: { provider: "redis" } }), hooks, run: (s) => upgrade(s, ways[name]) },
    { name: `anonymous on other databases, then ${name}`, dbs: ["postgres", "mysql"], config: everything(), hooks, run: (s) => upgrade(s, ways[name]) },
    { name: `anonymous and kept, then ${name}`, config: everything({ plugins: plugins({ ...linked, disableDeleteAnonymousUser: true }) }), hooks, run: (s) => upgrade(s, ways[name]) },
    { name: `anonymous without a callback, then ${name}`, config: everything({ plugins: plugins({}) }), hooks, run: (s) => upgrade(s, ways[name]) },
    { name: `anonymous, the callback refuses, then ${name}`, config: everything({ plugins: plugins({ onLinkAccount: { webhook: "hook:teapot" } }) }), hooks, run: (s) => upgrade(s, ways[name]) },
    { name: `anonymous, the callback fails, then ${name}`, config: everything({ plugins: plugins({ onLinkAccount: { webhook: "hook:fail" } }) }), hooks, run: (s) => upgrade(s, ways[name]) },
    { name: `anonymous, the user cannot be deleted, then ${name}`, config: everything(user("fail", "delete")), hooks, run: (s) => upgrade(s, ways[name]) },
    { name: `anonymous, a hook keeps the user, then ${name}`, config: everything(user("drop", "delete")), hooks, run: (s) => upgrade(s, ways[name]) },
  ]),
  {
    name: "anonymous, then an ID token",
    config: { ...egress, ...google, plugins: plugins(linked, { "one-tap": {} }) },
    hooks,
    async run(s) {
      for (const [path, body] of [["/sign-in/social", (token) => ({ provider: "google", idToken: { token } })], ["/one-tap/callback", (token) => ({ idToken: token })]]) {
        await anonymous(s.forget());
        const token = await idToken({ iss: "https://accounts.google.com", aud: "client-1", sub: path, email: `${path.slice(1, 4)}@example.com`, email_verified: true, name: "G" }, s);
        await s.post(path, body(token));
        await s.get("/get-session");
      }
    },
  },
  {
    name: "anonymous: a flow that names another anonymous user by itself",
    config: everything(),
    hooks,
    async run(s) {
      const victim = await anonymous(s.as("victim"));
      const additionalData = { serverContext: { anonymousUserId: victim.json.user.id }, anonymousUserId: victim.json.user.id };
      const state = await begin(s.as("default"), { provider: "github", callbackURL: "/dash", additionalData });
      await s.get(`/callback/github?code=code-1&state=${state}`);
      await s.as("victim").get("/get-session");
    },
  },
  {
    name: "anonymous: a flow whose anonymous user or session has ended",
    config: everything(),
    hooks,
    async run(s) {
      for (const [name, end] of Object.entries({ session: () => s.post("/sign-out", {}, { keepJar: true }), user: () => s.post("/delete-anonymous-user", {}, { keepJar: true }) })) {
        await anonymous(s.as(name));
        const state = await begin(s, { provider: "github", callbackURL: "/dash" });
        await end();
        await s.forget("session_token").get(`/callback/github?code=code-1&state=${state}`);
      }
    },
  },
  {
    name: "anonymous: linking a provider changes nothing",
    config: everything(),
    hooks,
    async run(s) {
      await anonymous(s);
      const state = follow(s, await s.post("/link-social", { provider: "github", callbackURL: "/linked" }));
      await s.get(`/callback/github?code=code-1&state=${state}`);
      await s.get("/get-session");
      await s.get("/list-accounts");
    },
  },
  {
    name: "anonymous: verifies an address of its own",
    config: everything({ user: { changeEmail: { enabled: true } } }),
    hooks,
    async run(s) {
      await anonymous(s);
      await s.post("/change-email", { newEmail: "real@example.com", callbackURL: "/there" });
      await s.get(tail(s.verification.url));
      await s.get("/get-session");
      await signUp(s);
      await s.get("/get-session");
    },
  },
  {
    name: "anonymous: two in a row",
    config: everything(),
    hooks,
    async run(s) {
      const first = await anonymous(s);
      await anonymous(s.as("second"));
      await signUp(s.as("default"));
      await s.as("second").post("/sign-in/email", signIn(alice));
      await s.get("/get-session");
      await s.note("the first is gone", (await s.db.all(`select id from user where id = '${first.json.user.id}'`)).length);
    },
  },
  scenario("nobody makes himself anonymous", {}, async (s) => {
    await signUp(s, { ...alice, isAnonymous: true });
    await signUp(s, { ...alice, isAnonymous: false });
    await s.post("/update-user", { isAnonymous: true });
    await s.post("/update-user", { isAnonymous: false });
    await s.get("/get-session");
    await remove(s);
    await anonymous(s.as("second"));
    await s.post("/update-user", { isAnonymous: false });
    await s.get("/get-session");
  }),
  scenario("a domain of one's own", { emailDomainName: "guests.example.com" }, three),
  scenario("a name from a callback", { generateName: { webhook: "hook:name" } }, three, { hooks: { name: (call, s) => ({ result: (s.n = (s.n ?? 0) + 1) === 1 ? "Guest 1" : "" }) } }),
  scenario("a callback for the name fails", { generateName: { webhook: "hook:fail" } }, three),
  scenario("a callback for the name refuses", { generateName: { webhook: "hook:teapot" } }, three),
  scenario("an address from a callback", { generateRandomEmail: { webhook: "hook:email" }, emailDomainName: "guests.example.com" }, three, { hooks: { email: (call, s) => ({ result: (s.n = (s.n ?? 0) + 1) === 1 ? "Guest.One@Example.com" : "" }) } }),
  scenario("no addresses", { generateRandomEmail: { webhook: "hook:email" } }, async (s) => {
    for (const email of ["x", "a@b", "a b@example.com", "a@example.com "]) {
      s.email = email;
      await anonymous(s);
    }
  }, { hooks: { email: (call, s) => ({ result: s.email }) } }),
  scenario("an address that is taken", { generateRandomEmail: { webhook: "hook:email" } }, three, { hooks: { email: () => ({ result: "guest@example.com" }) } }),
  scenario("no deletion", { disableDeleteAnonymousUser: true }, async (s) => {
    await remove(s);
    await three(s);
    await signUp(s);
    await remove(s);
  }),
  scenario("a column of one's own", { schema: { user: { modelName: "guests", fields: { isAnonymous: "is_guest" } } } }, flow),
  scenario("a hook drops the user", {}, three, { config: user("drop") }),
  scenario("a hook drops the session", {}, three, { config: session("drop") }),
  scenario("a hook keeps the session from being deleted", {}, three, { config: session("drop", "delete") }),
  scenario("the sessions cannot be deleted", {}, three, { config: session("fail", "delete") }),
  scenario("a hook refuses to delete the sessions", {}, three, { config: session("teapot", "delete") }),
  scenario("a hook keeps the user from being deleted", {}, three, { config: user("drop", "delete") }),
  scenario("the user cannot be deleted", {}, three, { config: user("fail", "delete") }),
  scenario("users are checked", {}, three, { config: { user: { validateUserInfo: { webhook: "hook:check" } } }, hooks: { check: () => ({ result: { error: "no_guests", errorDescription: "No guests" } }) } }),
  scenario("bad input and origins", linked, async (s) => {
    for (const path of ["/sign-in/anonymous", "/delete-anonymous-user"]) {
      await s.get(path);
      await s.post(path);
      await s.post(path, [1]);
      await s.post(path, undefined, { raw: "{", type: "application/json" });
      await s.post(path, {}, { origin: "https://evil.example" });
      await s.forget();
      await s.post(path, {}, { origin: "https://evil.example" });
      await s.post(path, {}, { origin: null });
    }
    await s.api("signInAnonymous", {});
    await s.api("deleteAnonymousUser", {});
    await s.api("deleteAnonymousUser", {}, { cookies: true });
  }),
  scenario("rate limit", linked, async (s) => {
    for (let i = 0; i < 4; i++) await anonymous(s.forget());
    for (let i = 0; i < 4; i++) await remove(s);
  }, { config: { rateLimit: { enabled: true } } }),
  scenario("hooks of the program see the call", linked, async (s) => {
    await anonymous(s);
    await signUp(s);
  }, { config: { hooks: { after: { webhook: "hook:after" } } }, hooks: { after: () => ({}) } }),
  scenario("the document", {}, (s) => s.get("/open-api/generate-schema"), { config: { plugins: plugins({}, { "open-api": {} }) } }),
  {
    name: "anonymous: the official client",
    config: { plugins: plugins() },
    hooks,
    async run(s) {
      const { anonymousClient } = await import("better-auth/client/plugins");
      const client = await s.client({ plugins: [anonymousClient()] });
      s.note("in", (await client.signIn.anonymous()).data?.user);
      s.note("again", (await client.signIn.anonymous()).error?.code);
      s.note("up", (await client.signUp.email(alice)).data?.user);
      s.note("who", (await client.getSession()).data?.user);
      s.note("not", (await client.deleteAnonymousUser()).error?.code);
      await client.signOut();
      await client.signIn.anonymous();
      s.note("gone", (await client.deleteAnonymousUser()).data);
    },
  },
  {
    name: "anonymous: signing in with the cookies of a session that has ended",
    config: everything(),
    hooks,
    async run(s) {
      await signUp(s, bob);
      await s.post("/sign-out", {}, { keepJar: true });
      await s.fork("second").fork("third");
      await s.as("default").post("/sign-in/email", signIn(bob));
      await s.get("/get-session");
      await anonymous(s.as("second"));
      await s.get("/get-session");
      await ways["a provider"](s.as("third"));
      await s.get("/get-session");
    },
  },
];
