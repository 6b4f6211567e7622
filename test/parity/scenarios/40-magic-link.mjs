// The magic-link plugin.
import { alice, bob, minute, signIn, signUp } from "../people.mjs";

const hooks = { link: (call, s) => void (s.link = call.data[0]) };
const plugins = (more = {}) => ({ "magic-link": { sendMagicLink: { webhook: "hook:link" }, ...more } });
const tail = (url) => new URL(url).pathname.replace("/api/auth", "") + new URL(url).search;
const ask = (s, email = alice.email, more = {}, opts) => s.post("/sign-in/magic-link", { email, ...more }, opts);

async function flow(s) {
  await ask(s, "New@Example.com", { name: "New" });
  await s.get(`/magic-link/verify?token=${s.link.token}`);
  await s.get("/get-session");
  await s.get(`/magic-link/verify?token=${s.link.token}`);
  await ask(s.forget(), "new@example.com", { callbackURL: "/dash?a=b c" });
  await s.get(tail(s.link.url));
  await s.get(tail(s.link.url));
  await s.get("/get-session");
  await ask(s.as("other"), "third@example.com", { callbackURL: "/dash", newUserCallbackURL: "/welcome", errorCallbackURL: "/oops?x=1" });
  await s.get(tail(s.link.url));
  await s.get(tail(s.link.url));
  await s.get("/get-session");
}

export default [
  { name: "magic link: sign up, sign in, used once", config: { plugins: plugins() }, hooks, run: flow },
  { name: "magic link: PostgreSQL and MariaDB", dbs: ["postgres", "mysql"], config: { plugins: plugins() }, hooks, run: flow },
  { name: "magic link: hashed", config: { plugins: plugins({ storeToken: "hashed" }) }, hooks, run: flow },
  { name: "magic link: hashed by a callback", config: { plugins: plugins({ storeToken: { type: "custom-hasher", hash: { webhook: "hook:hash" } } }) }, hooks: { ...hooks, hash: ({ data: [token] }) => ({ result: [...token].reverse().join("") }) }, run: flow },
  { name: "magic link: token from a callback", config: { plugins: plugins({ generateToken: { webhook: "hook:token" } }) }, hooks: { ...hooks, token: (call, s) => ({ result: `t-${(s.n = (s.n ?? 0) + 1)}` }) }, run: flow },
  { name: "magic link: in Redis", config: { plugins: plugins(), secondaryStorage: { provider: "redis" } }, hooks, run: flow },
  { name: "magic link: stateless", dbs: ["none"], config: { plugins: plugins(), database: undefined }, hooks, run: flow },
  { name: "magic link: identifiers hashed", config: { plugins: plugins(), verification: { storeIdentifier: "hashed" } }, hooks, run: flow },
  { name: "magic link: cookie cache", config: { plugins: plugins(), session: { cookieCache: { enabled: true } } }, hooks, run: flow },
  { name: "magic link: base path", config: { plugins: plugins(), basePath: "/a/b" }, hooks, async run(s) {
    await ask(s, alice.email, { callbackURL: "http://localhost:3000/x#y" });
    await s.get(tail(s.link.url).replace("/a/b", ""));
  } },
  {
    name: "magic link: bad input",
    config: { plugins: plugins() },
    hooks,
    async run(s) {
      await s.post("/sign-in/magic-link", {});
      await s.post("/sign-in/magic-link");
      await ask(s, "x");
      await ask(s, 1);
      await ask(s, alice.email, { name: 1, callbackURL: [], metadata: "x" });
      await ask(s, alice.email, { metadata: { a: [1, { b: null }], "1": 2 }, extra: 1, name: "" });
      for (const field of ["callbackURL", "newUserCallbackURL", "errorCallbackURL"]) {
        await ask(s, alice.email, { [field]: "https://evil.example/" });
        await s.get(`/magic-link/verify?token=x&${field}=https://evil.example/`);
        await s.get(`/magic-link/verify?token=x&${field}=//evil.example/`);
        await s.get(`/magic-link/verify?token=x&${field}=`);
        await s.get(`/magic-link/verify?token=x&${field}=/a%20b?c=d%26e`);
      }
      await s.get("/magic-link/verify");
      await s.get("/magic-link/verify?token=");
      await s.get("/magic-link/verify?token=x&token=y");
      await s.get("/magic-link/verify?token=x&errorCallbackURL=http://localhost:3000/e?error=old%26k=~*");
      await s.post("/magic-link/verify", { token: "x" });
      await s.get("/sign-in/magic-link");
    },
  },
  {
    name: "magic link: origins",
    config: { plugins: plugins() },
    hooks,
    async run(s) {
      for (const origin of ["http://evil.example", "null", null])
        await ask(s, alice.email, {}, { origin, label: `origin ${origin}` });
      await ask(s, alice.email, {}, { headers: { "sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate" } });
      await ask(s, alice.email, {}, { origin: null, headers: { "sec-fetch-site": "same-origin" } });
      await ask(s, alice.email, {}, { origin: null, headers: { referer: "http://evil.example/" } });
    },
  },
  {
    name: "magic link: expires",
    config: { plugins: plugins({ expiresIn: 60 }) },
    hooks,
    async run(s) {
      await ask(s);
      await s.advance(2 * minute).get(tail(s.link.url));
      await ask(s);
      await s.advance(50).get(tail(s.link.url));
    },
  },
  {
    name: "magic link: no sign up",
    config: { plugins: plugins({ disableSignUp: true }) },
    hooks,
    async run(s) {
      await ask(s, "nobody@example.com", { callbackURL: "/in", errorCallbackURL: "/no" });
      await s.get(tail(s.link.url));
      await signUp(s);
      await ask(s.forget(), alice.email, { callbackURL: "/in" });
      await s.get(tail(s.link.url));
      await s.get("/get-session");
    },
  },
  {
    name: "magic link: an account made by somebody else is taken over clean",
    dbs: ["sqlite", "postgres"], // on MariaDB the reference ends in a 500 here
    config: { plugins: plugins(), session: { cookieCache: { enabled: true } } },
    hooks,
    async run(s) {
      await signUp(s.as("attacker"));
      await s.get("/get-session");
      await ask(s.as("owner"));
      await s.get(`/magic-link/verify?token=${s.link.token}`);
      await s.get("/get-session");
      await s.get("/list-accounts");
      await s.as("attacker").get("/get-session?disableCookieCache=true");
      await s.forget().post("/sign-in/email", signIn(alice));
      await ask(s.as("owner"));
      await s.get(`/magic-link/verify?token=${s.link.token}`);
    },
  },
  {
    name: "magic link: the sender fails",
    config: { plugins: { "magic-link": { sendMagicLink: { webhook: "hook:fails" } } } },
    hooks: { fails: ({ data: [{ email }] }) => (email === alice.email ? { status: 500, body: { $error: true, name: "Error", message: "down" } } : { status: 429, body: { status: 429, code: "SLOW_DOWN", message: "Slow down" } }) },
    async run(s) {
      await ask(s);
      await ask(s, bob.email);
    },
  },
  {
    name: "magic link: no sender",
    config: { plugins: { "magic-link": {} } },
    async run(s) {
      await ask(s);
      await s.get("/magic-link/verify?token=x");
    },
  },
  {
    name: "magic link: hooks refuse",
    config: { plugins: plugins(), databaseHooks: { user: { create: { before: { webhook: "hook:before" } } } }, user: { validateUserInfo: { webhook: "hook:validate" } } },
    hooks: {
      ...hooks,
      before: ({ data: [user] }) => (user.email === alice.email ? { result: false } : user.email === bob.email ? { status: 400, body: { code: "NO_BOB", message: "No Bob" } } : {}),
      validate: ({ data: [{ user }] }) => (user.email.startsWith("x") ? { result: { error: "domain_refused", errorDescription: "Not this domain" } } : {}),
    },
    async run(s) {
      for (const email of [alice.email, bob.email, "x@example.com", "fine@example.com"]) {
        await ask(s.forget(), email, { callbackURL: "/in" });
        await s.get(tail(s.link.url));
      }
    },
  },
  {
    name: "magic link: values of another kind are left alone",
    config: { plugins: plugins() },
    hooks,
    async run(s) {
      await ask(s);
      for (const value of ["x", "{}", "[]", JSON.stringify({ type: "magic-link", email: "x" }), JSON.stringify({ type: "magic-link", email: alice.email, more: 1 }), JSON.stringify({ type: "other", email: alice.email })]) {
        await s.db.all(`update verification set value = '${value}'`);
        await s.get(`/magic-link/verify?token=${s.link.token}`);
      }
      await s.db.all(`update verification set value = '${JSON.stringify({ email: alice.email, type: "magic-link" })}'`);
      await s.get(`/magic-link/verify?token=${s.link.token}`);
    },
  },
  {
    name: "magic link: two users race for one link",
    dbs: ["sqlite", "postgres", "mysql"],
    config: { plugins: plugins() },
    hooks,
    rows: false,
    async run(s) {
      await signUp(s);
      await s.db.all(`update ${s.db.quote("user")} set ${s.db.quote("emailVerified")} = true`);
      await ask(s.forget());
      const call = ["GET", `/magic-link/verify?token=${s.link.token}`];
      const got = await s.race([call, call, call, call]);
      s.note("winners", got.filter((a) => a.setCookie.length > 0).length);
    },
  },
  {
    name: "magic link: rate limit",
    config: { plugins: plugins(), rateLimit: { enabled: true } },
    hooks,
    async run(s) {
      for (let i = 0; i < 6; i++) await ask(s);
      for (let i = 0; i < 6; i++) await s.get("/magic-link/verify?token=x");
      await s.advance(minute).get("/magic-link/verify?token=x");
    },
  },
  {
    name: "magic link: rate limit of one's own",
    config: { plugins: plugins({ rateLimit: { window: 10, max: 2 }, allowedAttempts: 3 }), rateLimit: { enabled: true } },
    hooks,
    async run(s) {
      for (let i = 0; i < 4; i++) await ask(s);
      await s.advance(20);
      await ask(s);
    },
  },
];
