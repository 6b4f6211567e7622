// The email-otp plugin.
import { alice, bob, hour, minute, signIn, signUp } from "../people.mjs";

const hooks = { otp: (call, s) => void (s.code = call.data[0]) };
const plugins = (more = {}) => ({ "email-otp": { sendVerificationOTP: { webhook: "hook:otp" }, ...more } });
const send = (s, type = "sign-in", email = alice.email, opts) => s.post("/email-otp/send-verification-otp", { email, type }, opts);
const wrong = (otp) => (otp[0] === "0" ? "1" : "0") + otp.slice(1);
const enter = (s, otp = s.code.otp, email = alice.email, more = {}) => s.post("/sign-in/email-otp", { email, otp, ...more });

async function flow(s) {
  await send(s, "sign-in", "New@Example.com");
  await enter(s, wrong(s.code.otp), "new@example.com");
  await s.post("/email-otp/check-verification-otp", { email: "new@example.com", type: "sign-in", otp: s.code.otp });
  await s.api("getVerificationOTP", { query: { email: "NEW@example.com", type: "sign-in" } });
  await enter(s, s.code.otp, "NEW@example.com", { name: "New", image: "https://i.example/x.png" });
  await s.get("/get-session");
  await enter(s, s.code.otp, "new@example.com");
  await signUp(s.as("alice"));
  await send(s, "email-verification");
  await s.post("/email-otp/check-verification-otp", { email: alice.email, type: "email-verification", otp: s.code.otp });
  await s.post("/email-otp/verify-email", { email: alice.email, otp: wrong(s.code.otp) });
  await s.post("/email-otp/verify-email", { email: "ALICE@example.com", otp: s.code.otp });
  await s.post("/email-otp/verify-email", { email: alice.email, otp: s.code.otp });
  await s.get("/get-session");
  await s.post("/email-otp/request-password-reset", { email: alice.email });
  await s.post("/email-otp/reset-password", { email: alice.email, otp: wrong(s.code.otp), password: "password5678" });
  await s.post("/email-otp/reset-password", { email: alice.email, otp: s.code.otp, password: "password5678" });
  await s.post("/email-otp/reset-password", { email: alice.email, otp: s.code.otp, password: "password9999" });
  await s.post("/sign-in/email", { email: alice.email, password: "password5678" });
  await s.post("/forget-password/email-otp", { email: alice.email });
  await s.api("getVerificationOTP", { query: { email: alice.email, type: "forget-password" } });
  await s.api("createVerificationOTP", { body: { email: bob.email, type: "sign-in" } });
}

const storage = {
  "plain": {},
  "hashed": { storeOTP: "hashed" },
  "encrypted": { storeOTP: "encrypted" },
  "hashed by a callback": { storeOTP: { hash: { webhook: "hook:mirror" } } },
  "encrypted by callbacks": { storeOTP: { encrypt: { webhook: "hook:mirror" }, decrypt: { webhook: "hook:mirror" } } },
  "code from a callback": { generateOTP: { webhook: "hook:make" } },
  "code from a callback that has none": { generateOTP: { webhook: "hook:none" } },
  "eight digits": { otpLength: 8 },
  "identifiers hashed": { generateOTP: { webhook: "hook:make" } },
};
const more = {
  ...hooks,
  mirror: ({ data: [text] }) => ({ result: [...text].reverse().join("") }),
  make: (call, s) => ({ result: String(100000 + (s.n = (s.n ?? 0) + 7)) }),
  none: () => ({}),
};
const change = { changeEmail: { enabled: true } };

export default [
  ...Object.entries(storage).map(([name, options]) => ({
    name: `email otp: ${name}`,
    config: { plugins: plugins(options), ...(name === "identifiers hashed" ? { verification: { storeIdentifier: "hashed" } } : {}) },
    hooks: more,
    verifyHashes: true,
    run: flow,
  })),
  { name: "email otp: PostgreSQL and MariaDB", dbs: ["postgres", "mysql"], config: { plugins: plugins() }, hooks, run: flow },
  { name: "email otp: in Redis", config: { plugins: plugins(), secondaryStorage: { provider: "redis" } }, hooks, run: flow },
  { name: "email otp: stateless", dbs: ["none"], config: { plugins: plugins(), database: undefined }, hooks, run: flow },
  { name: "email otp: cookie cache", config: { plugins: plugins(), session: { cookieCache: { enabled: true } } }, hooks, run: flow },
  {
    name: "email otp: bad input",
    config: { plugins: plugins(change) },
    hooks,
    async run(s) {
      await signUp(s);
      const paths = ["send-verification-otp", "check-verification-otp", "verify-email", "request-password-reset", "reset-password", "request-email-change", "change-email"];
      for (const path of [...paths.map((p) => `/email-otp/${p}`), "/sign-in/email-otp", "/forget-password/email-otp"]) {
        await s.post(path, {});
        await s.post(path);
        await s.post(path, { email: 1, newEmail: 1, otp: 1, type: "other", password: 1 });
        await s.post(path, { email: "x", newEmail: "x", otp: "1", type: "sign-in", password: "password1234" });
        await s.get(path);
      }
      await send(s, "change-email");
      await s.post("/sign-in/email-otp", { email: alice.email, otp: "1", name: 1, image: 1 });
      for (const password of ["short", "x".repeat(129)]) await s.post("/email-otp/reset-password", { email: alice.email, otp: "1", password });
      await s.api("getVerificationOTP", { query: {} });
      await s.api("createVerificationOTP", { body: {} });
      await s.api("createVerificationOTP", { body: { email: "x", type: "change-email" } });
      await s.post("/email-otp/create-verification-otp", {});
      await s.get("/email-otp/get-verification-otp");
    },
  },
  {
    name: "email otp: origins",
    config: { plugins: plugins() },
    hooks,
    async run(s) {
      for (const origin of ["http://evil.example", "null", null]) {
        await send(s, "sign-in", alice.email, { origin, label: `origin ${origin}` });
        await s.post("/sign-in/email-otp", { email: alice.email, otp: "1" }, { origin });
      }
      await send(s, "sign-in", alice.email, { headers: { "sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate" } });
    },
  },
  {
    name: "email otp: strangers",
    config: { plugins: plugins() },
    hooks,
    async run(s) {
      for (const type of ["email-verification", "forget-password", "sign-in"]) await send(s, type, "nobody@example.com");
      await s.post("/email-otp/request-password-reset", { email: "nobody@example.com" });
      for (const type of ["email-verification", "forget-password", "sign-in"]) {
        await s.post("/email-otp/check-verification-otp", { email: "nobody@example.com", type, otp: "123456" });
        await signUp(s.as(type), { ...alice, email: `${type}@example.com` });
        await s.post("/email-otp/check-verification-otp", { email: `${type}@example.com`, type, otp: "123456" });
      }
      await s.post("/email-otp/check-verification-otp", { email: "nobody@example.com", type: "sign-in", otp: s.code.otp });
      const { json } = await s.api("createVerificationOTP", { body: { email: "nobody@example.com", type: "email-verification" } });
      await s.post("/email-otp/verify-email", { email: "nobody@example.com", otp: json });
      const reset = await s.api("createVerificationOTP", { body: { email: "nobody@example.com", type: "forget-password" } });
      await s.post("/email-otp/reset-password", { email: "nobody@example.com", otp: reset.json, password: "password1234" });
    },
  },
  {
    name: "email otp: attempts",
    config: { plugins: plugins() },
    hooks,
    async run(s) {
      await send(s);
      for (let i = 0; i < 4; i++) await enter(s, wrong(s.code.otp));
      await enter(s);
      await send(s);
      for (let i = 0; i < 2; i++) await enter(s, wrong(s.code.otp));
      await enter(s);
    },
  },
  {
    name: "email otp: attempts of one's own, and of a check",
    config: { plugins: plugins({ allowedAttempts: 1 }) },
    hooks,
    async run(s) {
      await send(s);
      await s.post("/email-otp/check-verification-otp", { email: alice.email, type: "sign-in", otp: wrong(s.code.otp) });
      await s.post("/email-otp/check-verification-otp", { email: alice.email, type: "sign-in", otp: s.code.otp });
      await enter(s);
    },
  },
  {
    name: "email otp: expires",
    config: { plugins: plugins({ expiresIn: 60 }) },
    hooks,
    async run(s) {
      await send(s);
      await enter(s.advance(2 * minute));
      await enter(s);
      await send(s);
      await s.advance(2 * minute).api("getVerificationOTP", { query: { email: alice.email, type: "sign-in" } });
      await send(s);
      await enter(s.advance(50));
    },
  },
  ...["plain", "encrypted", "hashed"].map((storeOTP) => ({
    name: `email otp: sent again, ${storeOTP}`,
    config: { plugins: plugins({ storeOTP, resendStrategy: "reuse", expiresIn: 100 }) },
    hooks,
    async run(s) {
      await send(s);
      const first = s.code.otp;
      await send(s.advance(80));
      s.note("the same", s.code.otp === first);
      await enter(s, wrong(s.code.otp));
      await send(s.advance(80));
      for (let i = 0; i < 2; i++) await enter(s, wrong(s.code.otp));
      await send(s);
      await send(s.advance(200));
      await enter(s);
    },
  })),
  { name: "email otp: sent again from Redis", config: { plugins: plugins({ resendStrategy: "reuse" }), secondaryStorage: { provider: "redis" }, verification: { storeInDatabase: true } }, hooks, async run(s) {
    await send(s);
    await send(s.advance(200));
    await enter(s.advance(200));
  } },
  {
    name: "email otp: no sign up",
    config: { plugins: plugins({ disableSignUp: true }) },
    hooks,
    async run(s) {
      await send(s);
      await enter(s, "123456");
      const { json } = await s.api("createVerificationOTP", { body: { email: alice.email, type: "sign-in" } });
      await enter(s, json);
      await signUp(s);
      await send(s);
      await enter(s.forget());
    },
  },
  {
    name: "email otp: fields of one's own",
    config: { plugins: plugins(), user: { additionalFields: { color: { type: "string", required: false }, size: { type: "number", required: false, defaultValue: 4 }, secret: { type: "string", required: false, input: false } } } },
    hooks,
    async run(s) {
      await send(s);
      await enter(s, undefined, undefined, { color: "red", secret: "x" });
      await send(s);
      await enter(s, undefined, undefined, { color: "red", unknown: 1, id: "x", emailVerified: false });
    },
  },
  {
    name: "email otp: an account made by somebody else is taken over clean",
    dbs: ["sqlite", "postgres"], // on MariaDB the reference ends in a 500 here
    config: { plugins: plugins() },
    hooks,
    async run(s) {
      await signUp(s.as("attacker"));
      await send(s.as("owner"));
      await enter(s);
      await s.get("/get-session");
      await s.get("/list-accounts");
      await s.as("attacker").get("/get-session");
      await s.forget().post("/sign-in/email", signIn(alice));
    },
  },
  {
    name: "email otp: sign up sends a code",
    config: { plugins: plugins({ sendVerificationOnSignUp: true }), emailVerification: { autoSignInAfterVerification: true, beforeEmailVerification: { webhook: "hook:before" }, afterEmailVerification: { webhook: "hook:after" } }, emailAndPassword: { requireEmailVerification: true } },
    hooks,
    async run(s) {
      await signUp(s);
      await s.post("/email-otp/verify-email", { email: alice.email, otp: s.code.otp });
      await s.get("/get-session");
      await signUp(s.forget());
      await signUp(s, { ...bob, password: "x" });
    },
  },
  {
    name: "email otp: instead of the link",
    config: { plugins: plugins({ overrideDefaultEmailVerification: true, sendVerificationOnSignUp: true }), emailVerification: { sendOnSignUp: true } },
    hooks,
    async run(s) {
      await signUp(s);
      await s.post("/send-verification-email", { email: alice.email });
      await s.post("/email-otp/verify-email", { email: alice.email, otp: s.code.otp });
      await s.forget().post("/send-verification-email", { email: "nobody@example.com" });
    },
  },
  { name: "email otp: the options' sender wins over it", config: { plugins: plugins({ overrideDefaultEmailVerification: true }), emailVerification: { sendOnSignUp: true, sendVerificationEmail: { webhook: "hook:link" } } }, hooks, run: (s) => signUp(s) },
  {
    name: "email otp: change the address",
    config: { plugins: plugins(change), session: { cookieCache: { enabled: true } }, emailVerification: { beforeEmailVerification: { webhook: "hook:before" }, afterEmailVerification: { webhook: "hook:after" } } },
    hooks,
    async run(s) {
      await s.post("/email-otp/request-email-change", { newEmail: "new@example.com" });
      await signUp(s.as("bob"), bob);
      await signUp(s.as("default"));
      await s.post("/email-otp/request-email-change", { newEmail: alice.email });
      await s.post("/email-otp/request-email-change", { newEmail: bob.email });
      await s.post("/email-otp/request-email-change", { newEmail: "New@Example.com", otp: "1" });
      await s.post("/email-otp/change-email", { newEmail: "new@example.com", otp: wrong(s.code.otp) });
      await s.post("/email-otp/change-email", { newEmail: "other@example.com", otp: s.code.otp });
      await s.as("bob").post("/email-otp/change-email", { newEmail: "new@example.com", otp: s.code.otp });
      await s.as("default").post("/email-otp/change-email", { newEmail: "NEW@example.com", otp: s.code.otp });
      await s.get("/get-session");
      await s.get("/get-session?disableCookieCache=true");
      await s.post("/email-otp/request-email-change", { newEmail: "third@example.com" });
      await s.as("bob").post("/email-otp/request-email-change", { newEmail: "third@example.com" });
      await s.post("/email-otp/change-email", { newEmail: "third@example.com", otp: s.code.otp });
      const { json } = await s.as("default").api("createVerificationOTP", { body: { email: "third@example.com", type: "change-email" } });
      await s.post("/email-otp/change-email", { newEmail: "third@example.com", otp: json });
    },
  },
  {
    name: "email otp: change the address, both proven",
    config: { plugins: plugins({ changeEmail: { enabled: true, verifyCurrentEmail: true } }) },
    hooks,
    async run(s) {
      await signUp(s);
      await s.post("/email-otp/request-email-change", { newEmail: "new@example.com" });
      await s.post("/email-otp/request-email-change", { newEmail: "new@example.com", otp: "123456" });
      await send(s, "email-verification");
      await s.post("/email-otp/request-email-change", { newEmail: "new@example.com", otp: s.code.otp });
      await s.post("/email-otp/change-email", { newEmail: "new@example.com", otp: s.code.otp });
    },
  },
  {
    name: "email otp: no change of address",
    config: { plugins: plugins() },
    hooks,
    async run(s) {
      await signUp(s);
      await s.post("/email-otp/request-email-change", { newEmail: "new@example.com" });
      await s.post("/email-otp/change-email", { newEmail: "new@example.com", otp: "1" });
    },
  },
  {
    name: "email otp: reset revokes sessions and tells",
    config: { plugins: plugins(), emailAndPassword: { onPasswordReset: { webhook: "hook:done" }, revokeSessionsOnPasswordReset: true } },
    hooks,
    async run(s) {
      await signUp(s);
      await s.post("/email-otp/request-password-reset", { email: alice.email });
      await s.post("/email-otp/reset-password", { email: alice.email, otp: s.code.otp, password: "password5678" });
      await s.get("/get-session");
      await s.db.all("delete from account");
      await s.post("/email-otp/request-password-reset", { email: alice.email });
      await s.post("/email-otp/reset-password", { email: alice.email, otp: s.code.otp, password: "password9999" });
    },
  },
  {
    name: "email otp: the sender fails",
    config: { plugins: { "email-otp": { sendVerificationOTP: { webhook: "hook:fails" }, changeEmail: { enabled: true } } } },
    hooks: { fails: () => ({ status: 429, body: { status: 429, code: "SLOW_DOWN", message: "Slow down" } }) },
    async run(s) {
      await signUp(s);
      await send(s);
      await s.post("/email-otp/request-password-reset", { email: alice.email });
      await s.post("/email-otp/request-email-change", { newEmail: "new@example.com" });
    },
  },
  { name: "email otp: no sender", config: { plugins: { "email-otp": {} } }, async run(s) {
    await send(s);
    await s.post("/email-otp/send-verification-otp", { email: "x", type: "change-email" });
  } },
  {
    name: "email otp: a code works once, also in a race",
    dbs: ["sqlite", "postgres", "mysql"],
    config: { plugins: plugins() },
    hooks,
    rows: false,
    async run(s) {
      await signUp(s);
      await s.db.all(`update ${s.db.quote("user")} set ${s.db.quote("emailVerified")} = true`);
      await send(s.forget());
      const call = ["POST", "/sign-in/email-otp", { email: alice.email, otp: s.code.otp }];
      await s.race([call, call, call, call]);
    },
  },
  {
    name: "email otp: rate limit",
    config: { plugins: plugins(change), rateLimit: { enabled: true } },
    hooks,
    async run(s) {
      for (const path of ["send-verification-otp", "check-verification-otp", "verify-email", "request-password-reset", "reset-password", "request-email-change", "change-email"])
        for (let i = 0; i < 4; i++) await s.post(`/email-otp/${path}`, {});
      for (let i = 0; i < 4; i++) await s.post("/sign-in/email-otp", {});
      for (let i = 0; i < 4; i++) await s.post("/forget-password/email-otp", {});
      await s.advance(hour).post("/forget-password/email-otp", {});
    },
  },
  { name: "email otp: rate limit of one's own", config: { plugins: plugins({ rateLimit: { window: 5, max: 1 } }), rateLimit: { enabled: true } }, hooks, async run(s) {
    for (let i = 0; i < 3; i++) await send(s);
    await send(s.advance(10));
  } },
];
