// Added fields, renamed tables and columns, ids of every kind, databases with options.
import { alice, bob, signIn, signUp } from "../people.mjs";

const fields = {
  plan: { type: "string", required: false, defaultValue: "free" },
  age: { type: "number", required: false },
  agreed: { type: "boolean", required: true },
  nick: { type: "string", required: false, fieldName: "nick_name" },
  hidden: { type: "string", required: false, returned: false },
  level: { type: "number", required: false, input: false, defaultValue: 3 },
  tags: { type: "string[]", required: false },
  born: { type: "date", required: false },
  color: { type: ["red", "green"], required: false },
  big: { type: "number", bigint: true, required: false },
  prefs: { type: "json", required: false },
};
const full = { age: 41, agreed: true, nick: "al", hidden: "h", tags: ["a", "b"], born: "1990-01-02T00:00:00.000Z", color: "red", big: 9007199254740991, prefs: { a: [1, null] } };

async function user(s) {
  await signUp(s, alice);
  await signUp(s, alice, full);
  await s.get("/get-session");
  for (const body of [{ age: null }, { age: "x" }, { agreed: false }, { agreed: "yes" }, { agreed: null }, { nick: "" }, { hidden: "z" }, { level: 9 }, { tags: "a" }, { tags: [1] }, { tags: null }, { born: "nonsense" }, { born: 5 }, { color: "blue" }, { color: "green" }, { big: 1 }, { prefs: "text" }, { prefs: null }, { unknown: 1 }, { plan: "gold", age: 2.5 }])
    await s.post("/update-user", body);
  await s.get("/get-session");
  await signUp(s.forget(), bob, { agreed: false, plan: null, level: 8 });
  await signUp(s.forget(), { ...bob, email: "b2@example.com" }, { agreed: "true" });
  await s.post("/sign-up/email", undefined, { form: { ...bob, email: "b3@example.com", agreed: "true", age: "7" } });
}

const renamed = {
  user: { modelName: "people", fields: { name: "full_name", email: "mail", emailVerified: "mail_verified", image: "picture", createdAt: "created_at", updatedAt: "updated_at" } },
  session: { modelName: "logins", fields: { token: "login_token", userId: "person_id", expiresAt: "expires_at", ipAddress: "ip", userAgent: "agent", createdAt: "created_at", updatedAt: "updated_at" } },
  account: { modelName: "accounts", fields: { accountId: "account_id", providerId: "provider_id", userId: "person_id", password: "pass", accessToken: "at", refreshToken: "rt", idToken: "it", accessTokenExpiresAt: "at_exp", refreshTokenExpiresAt: "rt_exp", scope: "scopes", createdAt: "created_at", updatedAt: "updated_at" } },
  verification: { modelName: "tokens", fields: { identifier: "ident", value: "val", expiresAt: "expires_at", createdAt: "created_at", updatedAt: "updated_at" } },
};

async function whole(s) {
  await signUp(s);
  await s.get("/get-session");
  await s.post("/update-user", { name: "Al", image: "https://x.y/z" });
  await s.as("phone").post("/sign-in/email", signIn(alice));
  await s.get("/list-sessions");
  await s.get("/list-accounts");
  await s.post("/revoke-other-sessions", {});
  await s.post("/change-password", { currentPassword: alice.password, newPassword: "password5678", revokeOtherSessions: true });
  await s.post("/request-password-reset", { email: alice.email });
  await s.post("/delete-user", {});
}

const all = ["sqlite", "postgres", "mysql"];

export default [
  { name: "user fields", dbs: all, config: { user: { additionalFields: fields } }, run: user },
  { name: "user fields in the cache", config: { user: { additionalFields: fields }, session: { cookieCache: { enabled: true } } }, run: user },
  {
    name: "a unique field",
    config: { user: { additionalFields: { handle: { type: "string", required: false, unique: true, index: true, sortable: true } } } },
    async run(s) {
      await signUp(s, alice, { handle: "a" });
      await signUp(s.forget(), bob, { handle: "a" });
      await signUp(s, bob, { handle: "b" });
      await s.post("/update-user", { handle: "a" });
    },
  },
  {
    name: "a field that refers to a table",
    config: { user: { additionalFields: { inviter: { type: "string", required: false, references: { model: "user", field: "id", onDelete: "set null" } } } } },
    async run(s) {
      const first = await signUp(s);
      await signUp(s.forget(), bob, { inviter: first.json.user.id });
      await signUp(s.forget(), { ...bob, email: "b2@example.com" }, { inviter: "nobody" });
    },
  },
  {
    name: "fields changed by callbacks",
    config: { user: { additionalFields: { slug: { type: "string", required: false, transform: { input: { webhook: "hook:in" }, output: { webhook: "hook:out" } } }, code: { type: "string", required: false, input: false, defaultValue: { webhook: "hook:made" } } } } },
    hooks: { in: ({ data: [v] }) => ({ result: v && `${v}-in` }), out: ({ data: [v] }) => ({ result: v && `${v}-out` }), made: () => ({ result: "made" }) },
    async run(s) {
      await signUp(s, alice, { slug: "x" });
      await s.get("/get-session");
      await s.post("/update-user", { slug: "y" });
      await s.get("/get-session");
    },
  },
  {
    name: "fields that a validator checks",
    config: { user: { additionalFields: { plate: { type: "string", required: false, validator: { input: { webhook: "hook:plate" } }, transform: { input: { webhook: "hook:never" } } }, age: { type: "number", required: true, validator: { input: { webhook: "hook:age" } } } } } },
    hooks: {
      plate: ({ data: [v] }) => ({ result: { "": { issues: [{}] }, bad: { issues: [{ message: "No such plate" }, { message: "x" }] }, odd: { issues: [] }, none: {}, empty: { value: null } }[v] ?? { value: String(v).toUpperCase() } }),
      age: ({ data: [v] }) => (v > 17 ? { result: { value: v } } : { result: { issues: [{ message: "Too young" }] } }),
      never: () => ({ result: "never" }),
    },
    async run(s) {
      for (const [i, more] of [{ plate: "ab", age: 20 }, { plate: "bad", age: 20 }, { plate: "", age: 20 }, { plate: "odd", age: 20 }, { plate: "none", age: 20 }, { plate: "empty", age: 20 }, { age: 3 }, { plate: null, age: 20 }, {}].entries())
        await signUp(s.forget(), { ...alice, email: `a${i}@example.com` }, more);
      await s.post("/sign-in/email", { email: "a0@example.com", password: alice.password });
      await s.post("/update-user", { plate: "cd" });
      await s.post("/update-user", { plate: "bad" });
      await s.post("/update-user", { age: 2 });
      await s.get("/get-session");
    },
  },
  {
    name: "a field that every update sets",
    dbs: all,
    config: { user: { additionalFields: { seen: { type: "string", required: false, input: false, onUpdate: { webhook: "hook:seen" } } } }, session: { additionalFields: { turn: { type: "string", required: false, input: false, onUpdate: { webhook: "hook:seen" } } } } },
    hooks: { seen: (call, s) => ({ result: `at ${s.now}` }) },
    async run(s) {
      await signUp(s, alice);
      await s.post("/update-user", { name: "Al" });
      await s.get("/get-session");
      await s.advance(2 * 86400).get("/get-session");
    },
  },
  {
    name: "session and account fields",
    dbs: all,
    config: {
      session: { additionalFields: { device: { type: "string", required: false, defaultValue: "web" }, n: { type: "number", required: false, input: false, defaultValue: 1 } } },
      account: { additionalFields: { label: { type: "string", required: false, defaultValue: "own" } } },
      verification: { additionalFields: { note: { type: "string", required: false } } },
    },
    async run(s) {
      await signUp(s);
      await s.get("/get-session");
      await s.post("/update-session", { device: "tv" });
      await s.get("/list-sessions");
      await s.get("/list-accounts");
    },
  },
  {
    name: "renamed tables and columns",
    dbs: all,
    config: { ...renamed, user: { ...renamed.user, deleteUser: { enabled: true } }, emailAndPassword: { sendResetPassword: { webhook: "hook:reset" } } },
    run: whole,
  },
  {
    name: "renamed rate limit and key tables",
    config: { rateLimit: { enabled: true, storage: "database", modelName: "limits", fields: { key: "k", count: "n", lastRequest: "last" } }, plugins: { jwt: { schema: { jwks: { modelName: "keys", fields: { publicKey: "pub", privateKey: "priv", createdAt: "made", expiresAt: "ends", alg: "algorithm", crv: "curve" } } } } } },
    async run(s) {
      await signUp(s);
      await s.get("/token");
      await s.get("/jwks");
    },
  },
  { name: "casing snake", config: { database: { casing: "snake" }, user: { deleteUser: { enabled: true } } }, dbs: all, run: whole },
  { name: "schemaName", config: { database: { schemaName: "public" }, user: { deleteUser: { enabled: true } } }, dbs: ["postgres"], run: whole },
  { name: "without transactions", config: { database: { transaction: false }, user: { deleteUser: { enabled: true } } }, run: whole },
  { name: "joins", config: { advanced: { database: { joins: true } }, user: { deleteUser: { enabled: true } } }, dbs: all, run: whole },
  { name: "ids: uuid", config: { advanced: { database: { generateId: "uuid" } }, user: { deleteUser: { enabled: true } } }, dbs: all, run: whole },
  { name: "ids: serial", config: { advanced: { database: { generateId: "serial" } }, user: { deleteUser: { enabled: true } } }, dbs: all, run: whole },
  {
    name: "ids: a callback",
    config: { advanced: { database: { generateId: { webhook: "hook:id" } } } },
    hooks: { id: ({ data: [{ model, size }] }, s) => ({ result: `${model}-${(s.made = (s.made ?? 0) + 1)}-${size ?? "x"}` }) },
    run: whole,
  },
  {
    name: "ids: the old option is not used for rows",
    config: { advanced: { generateId: { webhook: "hook:id" } } },
    hooks: { id: () => ({ result: "fixed" }) },
    run: whole,
  },
  {
    name: "find-many limit",
    config: { advanced: { database: { defaultFindManyLimit: 2 } } },
    async run(s) {
      await signUp(s);
      for (let i = 0; i < 3; i++) await s.post("/sign-in/email", signIn(alice));
      await s.get("/list-sessions");
    },
  },
];
