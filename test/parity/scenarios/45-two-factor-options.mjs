// The two-factor plugin: every option, storages, databases, cookies, hooks.
import { App, wrong } from "../factor.mjs";
import { alice, minute, password, signIn, signUp } from "../people.mjs";

const hooks = {
  otp: (call, s) => void (s.sent = call.data[0]),
  encrypt: ({ data: [text] }) => ({ result: Buffer.from(text).toString("base64url") }),
  decrypt: ({ data: [text] }) => ({ result: Buffer.from(text, "base64url").toString() }),
  mirror: ({ data: [text] }) => ({ result: [...text].reverse().join("") }),
  codes: () => ({ result: ["first", "second", "third"] }),
  seen: () => ({}),
};
const hook = (name) => ({ webhook: `hook:${name}` });
const otpOptions = { sendOTP: hook("otp") };
const plugins = (more = {}) => ({ "two-factor": { ...more, otpOptions: { ...otpOptions, ...more.otpOptions } } });
const post = (s, path, body = {}, opts) => s.post(`/two-factor/${path}`, body, opts);
const enter = (s, more = {}) => s.post("/sign-in/email", { ...signIn(alice), ...more });
const code = async (s) => (s.app ? s.app.at(s.now + 1000) : "123456");

async function begin(s, more = {}) {
  const { json } = await post(s, "enable", { password, ...more });
  s.codes = json?.backupCodes ?? [];
  s.app = json?.totpURI && new App(json.totpURI);
}

/** Everything once, in few steps. */
async function flow(s) {
  await signUp(s);
  await begin(s);
  await post(s, "verify-totp", { code: wrong(await code(s)) });
  await post(s, "verify-totp", { code: await code(s) });
  await s.get("/get-session");
  await post(s, "get-totp-uri", { password });
  await enter(s.as("other"));
  await s.get("/get-session");
  await post(s, "verify-totp", { code: wrong(await code(s)) });
  await post(s, "verify-totp", { code: await code(s), trustDevice: true });
  await s.get("/get-session");
  await s.post("/sign-out", {});
  await enter(s);
  await enter(s.as("third"));
  await post(s, "verify-backup-code", { code: s.codes[0] ?? "none" });
  await enter(s.as("fourth"));
  await post(s, "send-otp");
  for (let i = 0; i < 2; i++) await post(s, "verify-otp", { code: wrong(s.sent?.otp ?? "123456") });
  await post(s, "verify-otp", { code: s.sent?.otp ?? "123456" });
  await s.get("/get-session");
  const { json } = await post(s.as("third"), "generate-backup-codes", { password });
  await enter(s.as("fifth"));
  await post(s, "verify-backup-code", { code: json?.backupCodes?.[1] ?? "none" });
  const [user] = (await s.db?.all(`select id from ${s.db.quote("user")}`).catch(() => [])) ?? [];
  if (user) await s.api("viewBackupCodes", { body: { userId: user.id } });
  await s.api("generateTOTP", { body: { secret: "a-secret-of-the-host-program" } });
  await post(s.as("third"), "disable", { password });
  await enter(s.as("sixth"));
}

const variants = {
  "an issuer": { issuer: "Äcme & Söhne (~*') / 50% +" },
  "eight digits, a minute": { totpOptions: { digits: 8, period: 60 } },
  "no digits, no period": { totpOptions: { digits: 0 }, otpOptions: { period: 0, allowedAttempts: 0 } },
  "no apps": { totpOptions: { disable: true } },
  "apps that count at once": { skipVerificationOnEnable: true },
  "codes of eight digits, hashed": { otpOptions: { digits: 8, period: 1, allowedAttempts: 2, storeOTP: "hashed" } },
  "codes in plain": { otpOptions: { storeOTP: "plain", allowedAttempts: 1 } },
  "codes encrypted": { otpOptions: { storeOTP: "encrypted" } },
  "codes hashed by a callback": { otpOptions: { storeOTP: { hash: hook("mirror") } } },
  "codes encrypted by callbacks": { otpOptions: { storeOTP: { encrypt: hook("mirror"), decrypt: hook("mirror") } } },
  "three long backup codes": { backupCodeOptions: { amount: 3, length: 20 } },
  "no backup codes": { backupCodeOptions: { amount: 0 } },
  "backup codes of a callback": { backupCodeOptions: { customBackupCodesGenerate: hook("codes") } },
  "backup codes in plain": { backupCodeOptions: { storeBackupCodes: "plain" } },
  "backup codes encrypted": { backupCodeOptions: { storeBackupCodes: "encrypted" } },
  "backup codes encrypted by callbacks": { backupCodeOptions: { storeBackupCodes: { encrypt: hook("encrypt"), decrypt: hook("decrypt") } } },
  "short cookies": { twoFactorCookieMaxAge: 60, trustDeviceMaxAge: 120 },
  "a table of another name": { twoFactorTable: "factors", schema: { twoFactor: { modelName: "ignored" } } },
  "other names": {
    schema: {
      user: { modelName: "people", fields: { twoFactorEnabled: "has_factor" } },
      twoFactor: { modelName: "factors", fields: { secret: "key", backupCodes: "backup", userId: "owner", verified: "seen", failedVerificationCount: "failed", lockedUntil: "locked" } },
    },
  },
  "no password needed": { allowPasswordless: true },
};

/** Users without a password manage their factor. */
async function without(s) {
  await signUp(s);
  await s.db.all("update account set password = null");
  await post(s, "enable");
  await begin(s, { password: "" });
  await begin(s);
  await post(s, "verify-totp", { code: await code(s) });
  await post(s, "get-totp-uri");
  await post(s, "generate-backup-codes");
  await post(s, "get-totp-uri", { password });
  await post(s, "generate-backup-codes", { password });
  await s.db.all("delete from account");
  await post(s, "get-totp-uri");
  await post(s, "generate-backup-codes");
  await post(s, "disable");
  await s.get("/get-session");
}

const config = (more = {}, own = {}) => ({ plugins: plugins(own), ...more });
const cached = (strategy) => ({ session: { cookieCache: { enabled: true, strategy } } });

export default [
  ...Object.entries(variants).map(([name, options]) => ({ name: `two factor: ${name}`, config: { plugins: plugins(options) }, hooks, run: flow })),
  ...[{}, { allowPasswordless: true }, { totpOptions: { allowPasswordless: true } }, { backupCodeOptions: { allowPasswordless: true } },
    { allowPasswordless: true, totpOptions: { allowPasswordless: false }, backupCodeOptions: { allowPasswordless: false } },
  ].map((options, i) => ({ name: `two factor: without a password, ${i}`, config: { plugins: plugins(options) }, hooks, run: without })),
  { name: "two factor: with a password, though none is needed", config: config({}, { allowPasswordless: true }), hooks, async run(s) {
    await signUp(s);
    for (const path of ["enable", "disable", "get-totp-uri", "generate-backup-codes"]) for (const body of [{}, { password: "wrong-password" }, { password: 1 }, { password: null }]) await post(s, path, body);
    await begin(s);
    await post(s, "verify-totp", { code: await code(s) });
    for (const path of ["get-totp-uri", "generate-backup-codes", "disable"]) for (const body of [{}, { password: "wrong-password" }, { password }]) await post(s, path, body);
  } },
  { name: "two factor: no sender", config: { plugins: { "two-factor": {} } }, async run(s) {
    await signUp(s);
    await post(s, "enable", { password, method: "otp" });
    await post(s, "send-otp");
    await post(s, "verify-otp", { code: "123456" });
    await begin(s, { issuer: "One's own" });
    await post(s, "verify-totp", { code: await code(s) });
    await enter(s.as("other"));
    await post(s, "send-otp");
  } },
  { name: "two factor: the sender fails", config: { plugins: plugins({ otpOptions: { sendOTP: hook("fails") } }) }, hooks: { fails: () => ({ status: 500, body: { $error: true, name: "Error", message: "boom" } }) }, async run(s) {
    await signUp(s);
    await post(s, "send-otp");
  } },
  { name: "two factor: no apps and no sender", config: { plugins: { "two-factor": { totpOptions: { disable: true } } } }, run: flow },
  { name: "two factor: PostgreSQL and MariaDB", dbs: ["postgres", "mysql"], config: config(), hooks, run: flow },
  { name: "two factor: other names there", dbs: ["postgres", "mysql"], config: config({}, variants["other names"]), hooks, run: flow },
  { name: "two factor: numbers as ids", dbs: ["sqlite", "postgres", "mysql"], config: config({ advanced: { database: { generateId: "serial" } } }), hooks, run: flow },
  { name: "two factor: without a database", dbs: ["none"], config: config(), hooks, run: flow },
  { name: "two factor: in Redis", config: config({ secondaryStorage: { provider: "redis" } }), hooks, run: flow },
  { name: "two factor: in Redis and the database", config: config({ secondaryStorage: { provider: "redis" }, verification: { storeInDatabase: true }, session: { storeSessionInDatabase: true } }), hooks, run: flow },
  { name: "two factor: hashed identifiers", config: config({ verification: { storeIdentifier: "hashed" } }), hooks, run: flow },
  ...["compact", "jwt", "jwe"].map((strategy) => ({ name: `two factor: cookie cache, ${strategy}`, config: config(cached(strategy)), hooks, run: flow })),
  { name: "two factor: cookie cache in Redis", config: config({ ...cached(), secondaryStorage: { provider: "redis" } }), hooks, run: flow },
  { name: "two factor: bearer tokens and one-time tokens", config: { plugins: { ...plugins(), bearer: {}, "one-time-token": { setOttHeaderOnNewSession: true } } }, hooks, run: flow },
  { name: "two factor: after an anonymous session", config: { plugins: { ...plugins(), anonymous: {} } }, hooks, async run(s) {
    await signUp(s);
    await begin(s);
    await post(s, "verify-totp", { code: await code(s) });
    await s.as("guest").post("/sign-in/anonymous", {});
    await enter(s);
    await post(s, "verify-totp", { code: await code(s) });
    await s.get("/get-session");
  } },
  { name: "two factor: a name and a password", config: { plugins: { ...plugins(), username: {} } }, hooks, async run(s) {
    await signUp(s, { ...alice, username: "alice" });
    await begin(s);
    await post(s, "verify-totp", { code: await code(s) });
    await s.as("other").post("/sign-in/username", { username: "alice", password });
    await s.get("/get-session");
    await post(s, "verify-totp", { code: await code(s) });
  } },
  { name: "two factor: a number and a password", config: { plugins: { ...plugins(), "phone-number": { sendOTP: hook("seen") } } }, hooks, async run(s) {
    await signUp(s);
    await begin(s);
    await post(s, "verify-totp", { code: await code(s) });
    await s.db.all("update user set phoneNumber = '+491234567', phoneNumberVerified = 1");
    await s.as("other").post("/sign-in/phone-number", { phoneNumber: "+491234567", password });
    await s.get("/get-session");
    await post(s, "verify-totp", { code: await code(s) });
  } },
  { name: "two factor: an administrator acts as a user with a factor", config: { plugins: { ...plugins(), admin: {} } }, hooks, async run(s) {
    const { json: up } = await signUp(s);
    await begin(s);
    await post(s, "verify-totp", { code: await code(s) });
    await signUp(s.as("admin"), { ...alice, email: "admin@example.com" });
    await s.db.all("update user set role = 'admin' where email = 'admin@example.com'");
    await s.post("/admin/impersonate-user", { userId: up.user.id });
    await s.get("/get-session");
    await post(s, "verify-totp", { code: await code(s) });
    await s.post("/admin/stop-impersonating", {});
    await s.post("/admin/ban-user", { userId: up.user.id });
    await enter(s.as("banned"));
    await post(s, "verify-totp", { code: await code(s) });
  } },
  { name: "two factor: cookies of other names", config: config({ baseURL: "https://auth.example.com", advanced: { cookiePrefix: "acme", cookies: { two_factor: { name: "second", attributes: { sameSite: "strict" } }, trust_device: { attributes: { maxAge: 5 } } }, defaultCookieAttributes: { partitioned: true } } }), hooks, run: flow },
  { name: "two factor: across subdomains", config: config({ baseURL: "https://auth.example.com", advanced: { crossSubDomainCookies: { enabled: true, domain: "example.com" } } }), hooks, run: flow },
  { name: "two factor: versioned secrets", config: config({ secrets: [{ version: 2, value: "parity-secret-of-version-two-0123456789" }, { version: 1, value: "parity-secret-of-version-one-0123456789" }] }), hooks, run: flow },
  { name: "two factor: account cookie and state in a cookie", config: config({ account: { storeAccountCookie: true, storeStateStrategy: "cookie" }, ...cached() }), hooks, run: flow },
  { name: "two factor: database hooks", config: config({ databaseHooks: { user: { update: { before: hook("seen"), after: hook("seen") } }, session: { create: { before: hook("seen"), after: hook("seen") } }, verification: { create: { before: hook("seen") } } } }), hooks, run: flow },
  { name: "two factor: hooks after", config: config({ hooks: { after: hook("seen") } }), hooks, run: flow },
  { name: "two factor: sessions are not created", config: config({ databaseHooks: { session: { create: { before: hook("drop") } } } }), hooks: { ...hooks, drop: (call, s) => (s.drops ? { result: false } : {}) }, async run(s) {
    await signUp(s);
    await begin(s);
    await post(s, "verify-totp", { code: await code(s) });
    await enter(s.as("other"));
    s.drops = true;
    await post(s, "verify-totp", { code: await code(s) });
    await post(s, "verify-totp", { code: await code(s) });
    await enter(s);
  } },
  { name: "two factor: in the document", config: { plugins: { ...plugins({ allowPasswordless: true }), "open-api": {} } }, hooks, async run(s) {
    await s.get("/open-api/generate-schema");
  } },
  { name: "two factor: in the document, with passwords", config: { plugins: { ...plugins(), "open-api": {} } }, hooks, async run(s) {
    await s.get("/open-api/generate-schema");
  } },
  { name: "two factor: a user who is deleted", config: config({ user: { deleteUser: { enabled: true } } }), hooks, async run(s) {
    await signUp(s);
    await begin(s);
    await post(s, "verify-totp", { code: await code(s) });
    await enter(s.fork("other").forget());
    await s.as("default").post("/delete-user", { password });
    await post(s.as("other"), "verify-totp", { code: await code(s) });
  } },
  {
    name: "two factor: a code works once, also in a race",
    dbs: ["sqlite", "postgres", "mysql"],
    config: config(),
    hooks,
    rows: false,
    async run(s) {
      await signUp(s);
      await begin(s);
      await post(s, "verify-totp", { code: await code(s) });
      await post(s, "send-otp");
      const call = ["POST", "/two-factor/verify-otp", { code: s.sent.otp }];
      const got = await s.race([call, call, call, call]);
      s.note("won", got.filter((a) => a.status === 200).length);
    },
  },
];
