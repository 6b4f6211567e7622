// The phone-number plugin. The service that sends messages is played by webhooks.
import { alice, bob, minute, password, signUp } from "../people.mjs";

const number = "+491701234567";
const sender = { sendOTP: { webhook: "hook:sms" }, sendPasswordResetOTP: { webhook: "hook:reset" } };
const signsUp = { signUpOnVerification: { getTempEmail: { webhook: "hook:email" }, getTempName: { webhook: "hook:name" } } };
const plugins = (more = {}) => ({ "phone-number": { ...sender, ...more } });
const hooks = {
  sms: (call, s) => void (s.sms = call.data[0]),
  reset: (call, s) => void (s.reset = call.data[0]),
  email: ({ data: [phone] }) => ({ result: `${phone.replace(/\D/g, "")}@Phone.example` }),
  name: ({ data: [phone] }) => ({ result: `Caller ${phone.slice(-4)}` }),
  valid: ({ data: [phone] }) => ({ result: /^\+\d{6,15}$/.test(phone) }),
  check: ({ data: [{ code }] }) => ({ result: code === "424242" }),
  verified: () => ({}),
  done: () => ({}),
  row: () => ({}),
  drop: (call, s) => (s.dropping ? { result: false } : {}),
  down: () => ({ status: 503, body: "<html>down</html>" }),
  slowDown: () => ({ status: 429, body: { status: 429, code: "SLOW_DOWN", message: "Slow down" } }),
  broken: () => ({ status: 500, body: { $error: true, name: "Error", message: "no credit" } }),
};
const wrong = (code) => (code[0] === "0" ? "1" : "0") + code.slice(1);
const send = (s, phoneNumber = number, opts) => s.post("/phone-number/send-otp", { phoneNumber }, opts);
const verify = (s, code = s.sms.code, more = {}) => s.post("/phone-number/verify", { phoneNumber: number, code, ...more });
const enter = (s, more = {}, opts) => s.post("/sign-in/phone-number", { phoneNumber: number, password, ...more }, opts);
const ask = (s, phoneNumber = number) => s.post("/phone-number/request-password-reset", { phoneNumber });
const reset = (s, otp = s.reset?.code, more = {}) => s.post("/phone-number/reset-password", { phoneNumber: number, otp, newPassword: "password5678", ...more });

/** Gives a number to a user who has signed up with an address. */
async function owner(s, who = alice) {
  await signUp(s, who);
  await send(s);
  await verify(s, undefined, { updatePhoneNumber: true });
}

async function flow(s) {
  await owner(s);
  await s.get("/get-session");
  await send(s.as("bob"));
  await verify(s, wrong(s.sms.code));
  await verify(s);
  await verify(s);
  await s.get("/get-session");
  await enter(s.forget());
  await enter(s, { password: "wrong-password" });
  await enter(s, { phoneNumber: "+490000000" });
  await enter(s, { rememberMe: false });
  await s.get("/get-session");
  await ask(s.forget());
  await reset(s, wrong(s.reset.code));
  await reset(s, s.reset.code, { newPassword: "short" });
  await reset(s, s.reset.code, { newPassword: "x".repeat(129) });
  await reset(s);
  await reset(s);
  await enter(s);
  await enter(s, { password: "password5678" });
  await send(s);
  await verify(s, undefined, { disableSession: true });
  await send(s);
  await s.api("consumePhoneNumberOTP", { body: { phoneNumber: number, code: wrong(s.sms.code) } });
  await s.api("consumePhoneNumberOTP", { body: { phoneNumber: number, code: s.sms.code } });
  await s.api("consumePhoneNumberOTP", { body: { phoneNumber: number, code: s.sms.code } });
  await send(s, "+4990000001");
  await s.post("/phone-number/verify", { phoneNumber: "+4990000001", code: s.sms.code });
  await s.post("/update-user", { phoneNumber: "+4990000001" });
  await s.post("/update-user", { phoneNumber: null });
  await s.get("/get-session");
}

export default [
  { name: "phone number: verify, sign in, reset", config: { plugins: plugins() }, hooks, verifyHashes: true, run: flow },
  { name: "phone number: PostgreSQL and MariaDB", dbs: ["postgres", "mysql"], config: { plugins: plugins(signsUp) }, hooks, run: flow },
  { name: "phone number: in Redis", config: { plugins: plugins(), secondaryStorage: { provider: "redis" } }, hooks, run: flow },
  { name: "phone number: in Redis and the database", config: { plugins: plugins(), secondaryStorage: { provider: "redis" }, verification: { storeInDatabase: true }, session: { storeSessionInDatabase: true } }, hooks, run: flow },
  { name: "phone number: stateless", dbs: ["none"], config: { plugins: plugins(signsUp), database: undefined }, hooks, run: flow },
  { name: "phone number: cookie cache", config: { plugins: plugins(), session: { cookieCache: { enabled: true } } }, hooks, run: flow },
  { name: "phone number: identifiers hashed", config: { plugins: plugins(), verification: { storeIdentifier: "hashed" } }, hooks, run: flow },
  { name: "phone number: users are created", config: { plugins: plugins(signsUp) }, hooks, run: flow },
  {
    name: "phone number: bad input",
    config: { plugins: plugins({ phoneNumberValidator: { webhook: "hook:valid" } }) },
    hooks,
    async run(s) {
      const paths = ["/sign-in/phone-number", "/phone-number/send-otp", "/phone-number/verify", "/phone-number/request-password-reset", "/phone-number/reset-password"];
      for (const path of paths) {
        await s.post(path, {});
        await s.post(path);
        await s.post(path, []);
        await s.post(path, { phoneNumber: 1, password: 1, code: 1, otp: 1, newPassword: 1, rememberMe: 1, disableSession: 1, updatePhoneNumber: 1 });
        await s.post(path, { phoneNumber: "", password: "", code: "", otp: "", newPassword: "" });
        await s.post(path, { phoneNumber: "not a number", password, code: "1", otp: "1", newPassword: password });
        await s.get(path);
      }
      await enter(s, { password: "x".repeat(129) });
      for (const phoneNumber of ["+12345", "+123456", "+1234567890123456", "+1 234 567", "123456", "+१२३४५६"]) await send(s, phoneNumber);
      await s.api("consumePhoneNumberOTP", { body: {} });
      await s.post("/phone-number/consume-otp", { phoneNumber: number, code: "1" });
    },
  },
  {
    name: "phone number: any text is a number",
    config: { plugins: plugins(signsUp) },
    hooks: { ...hooks, email: ({ data: [phone] }) => ({ result: `${Buffer.from(phone).toString("hex")}@phone.example` }) },
    async run(s) {
      for (const phoneNumber of ["", " ", "x", "+49 170", "+49170", "+49170 ", "\u0967\u0968", "alice@example.com", "phone-number-otp-1", "+49:170"]) {
        await send(s, phoneNumber);
        await s.post("/phone-number/verify", { phoneNumber, code: s.sms.code });
        await s.get("/get-session");
      }
    },
  },
  {
    name: "phone number: attempts",
    config: { plugins: plugins() },
    hooks,
    async run(s) {
      await owner(s);
      await verify(s, "123456");
      await send(s);
      for (let i = 0; i < 4; i++) await verify(s, wrong(s.sms.code));
      await verify(s);
      await send(s);
      for (let i = 0; i < 2; i++) await verify(s, wrong(s.sms.code));
      await verify(s);
      await send(s);
      const first = s.sms.code;
      await send(s);
      await verify(s, first);
      await verify(s);
      await ask(s);
      for (let i = 0; i < 4; i++) await reset(s, wrong(s.reset.code));
      await reset(s);
      await send(s);
      await reset(s, s.sms.code);
      await ask(s);
      await verify(s, s.reset.code);
    },
  },
  {
    name: "phone number: attempts of one's own",
    config: { plugins: plugins({ allowedAttempts: 1 }) },
    hooks,
    async run(s) {
      await owner(s);
      await send(s);
      await verify(s, wrong(s.sms.code));
      await verify(s);
      await verify(s);
      await send(s);
      await verify(s, wrong(s.sms.code));
      await send(s);
      await verify(s);
    },
  },
  {
    name: "phone number: expires",
    config: { plugins: plugins({ expiresIn: 60, otpLength: 8 }) },
    hooks,
    async run(s) {
      await owner(s);
      await send(s);
      await verify(s.advance(2 * minute));
      await verify(s);
      await send(s);
      await verify(s.advance(50));
      await ask(s);
      await reset(s.advance(2 * minute));
      await reset(s);
    },
  },
  {
    name: "phone number: expires, in Redis",
    config: { plugins: plugins({ expiresIn: 60 }), secondaryStorage: { provider: "redis" } },
    hooks,
    async run(s) {
      await owner(s);
      await send(s);
      await verify(s.advance(2 * minute));
    },
  },
  {
    name: "phone number: nobody has it",
    config: { plugins: plugins() },
    hooks,
    async run(s) {
      await send(s);
      await verify(s);
      await ask(s);
      await reset(s, "123456");
      await s.db.all("update verification set value = '123456:0' where identifier like 'phone-number-reset%'");
      await reset(s, "123456");
      await reset(s, "123456");
      await enter(s);
    },
  },
  {
    name: "phone number: changed while signed in",
    config: { plugins: plugins({ callbackOnVerification: { webhook: "hook:verified" } }), session: { cookieCache: { enabled: true } } },
    hooks,
    async run(s) {
      await send(s);
      await verify(s, undefined, { updatePhoneNumber: true });
      await owner(s.as("alice"));
      await s.get("/get-session");
      await s.get("/get-session?disableCookieCache=true");
      await send(s);
      await verify(s, undefined, { updatePhoneNumber: true });
      await owner(s.as("bob"), bob);
      await send(s, "+4990000001");
      await s.post("/phone-number/verify", { phoneNumber: "+4990000001", code: s.sms.code, updatePhoneNumber: true });
      await s.get("/get-session?disableCookieCache=true");
      await s.post("/update-user", { phoneNumber: "+4990000002" });
      await s.post("/update-user", { phoneNumber: "" });
      await s.post("/update-user", { phoneNumber: null, name: "Bobby" });
      await s.get("/get-session");
      await s.post("/update-user", { phoneNumberVerified: true });
      await s.post("/update-user", { phoneNumberVerified: false });
      await s.as("nobody").post("/update-user", { phoneNumber: "+4990000003" });
      await s.post("/update-user", { phoneNumber: null });
      await send(s.as("alice"), "+4990000004");
      await s.post("/phone-number/verify", { phoneNumber: "+4990000004", code: s.sms.code, updatePhoneNumber: true, disableSession: true });
      await s.as("bob").fork("stolen");
      await s.as("bob").post("/sign-out", {});
      await send(s.as("stolen"), "+4990000005");
      await s.post("/phone-number/verify", { phoneNumber: "+4990000005", code: s.sms.code, updatePhoneNumber: true });
    },
  },
  {
    name: "phone number: set at a sign-up",
    config: { plugins: plugins() },
    hooks,
    async run(s) {
      await signUp(s, alice, { phoneNumber: number });
      await signUp(s, alice, { phoneNumber: number, phoneNumberVerified: true });
      await signUp(s, alice, { phoneNumberVerified: false });
      await signUp(s.as("bob"), bob, { phoneNumber: null });
      await signUp(s.as("c"), { ...bob, email: "c@example.com" }, { phoneNumber: "" });
      for (const phoneNumber of [5, true, [number]]) await signUp(s.as("d"), { ...bob, email: "d@example.com" }, { phoneNumber });
      await s.get("/get-session");
    },
  },
  {
    name: "phone number: bodies that are no objects",
    config: { plugins: plugins() },
    hooks,
    async run(s) {
      await signUp(s);
      for (const raw of [undefined, "null", "5", '"text"', "[]", "true"]) await s.post("/update-user", undefined, { raw, type: "application/json" });
    },
  },
  {
    name: "phone number: numbers of other endpoints and of hooks",
    config: { plugins: { ...plugins(), "email-otp": { sendVerificationOTP: { webhook: "hook:otp" } } }, databaseHooks: { user: { create: { before: { webhook: "hook:row" } }, update: { before: { webhook: "hook:row" } } } } },
    hooks: { ...hooks, otp: (call, s) => void (s.otp = call.data[0]), row: (call, s) => ({ result: { data: s.adds ?? {} } }) },
    async run(s) {
      const code = async (more) => {
        await s.post("/email-otp/send-verification-otp", { email: "o@example.com", type: "sign-in" });
        return s.post("/sign-in/email-otp", { email: "o@example.com", otp: s.otp.otp, ...more });
      };
      await code({ phoneNumber: number });
      await code({});
      await s.get("/get-session");
      s.adds = { phoneNumber: "+4980000000" };
      await s.post("/update-user", { name: "By a hook" });
      await s.get("/get-session");
      await signUp(s.as("alice"));
      await s.get("/get-session");
    },
  },
  {
    name: "phone number: created with fields of one's own",
    config: {
      plugins: { ...plugins(signsUp), username: {} },
      user: { additionalFields: { color: { type: "string", required: false }, size: { type: "number", required: false, defaultValue: 4 }, secret: { type: "string", required: false, input: false }, needed: { type: "string", required: true } } },
    },
    hooks,
    async run(s) {
      for (const more of [{}, { needed: "x", secret: "y" }, { needed: "x", phoneNumberVerified: true }, { needed: "x", username: "a" }, { needed: "x", color: "red", username: "Caller_1", unknown: 1, id: "x", email: "own@example.com", name: "Own", emailVerified: true, image: "https://i.example/x.png" }]) {
        await send(s);
        await verify(s, undefined, more);
      }
      await s.get("/get-session");
      await send(s);
      await verify(s, undefined, { color: "blue", needed: "z" });
    },
  },
  {
    name: "phone number: created, named by the number",
    config: { plugins: plugins({ signUpOnVerification: { getTempEmail: { webhook: "hook:email" } }, callbackOnVerification: { webhook: "hook:verified" } }) },
    hooks,
    async run(s) {
      await send(s);
      await verify(s, undefined, { disableSession: true });
      await s.get("/get-session");
      await send(s);
      await verify(s);
    },
  },
  {
    name: "phone number: the address of a new user is taken",
    config: { plugins: plugins({ signUpOnVerification: { getTempEmail: { webhook: "hook:email" } } }) },
    hooks: { ...hooks, email: () => ({ result: alice.email }) },
    async run(s) {
      await signUp(s);
      await send(s.forget());
      await verify(s);
    },
  },
  {
    name: "phone number: only verified ones",
    config: { plugins: plugins({ requireVerification: true }) },
    hooks,
    async run(s) {
      await owner(s);
      await s.db.all(`update "user" set "phoneNumberVerified" = 0`);
      await enter(s.forget());
      await ask(s);
      const { code } = s.sms;
      await s.db.all("update verification set value = '123456:0' where identifier like 'phone-number-reset%'");
      await reset(s, "123456");
      await verify(s, wrong(code));
      await verify(s, code);
      await enter(s.forget());
      await ask(s);
      await reset(s);
      await enter(s, { password: "password5678" });
    },
  },
  {
    name: "phone number: only verified ones, a stranger's guess",
    config: { plugins: plugins({ requireVerification: true }) },
    hooks,
    async run(s) {
      await owner(s);
      await s.db.all(`update "user" set "phoneNumberVerified" = 0`);
      await enter(s.forget(), { password: "wrong-password" });
    },
  },
  {
    name: "phone number: users without a password",
    config: { plugins: plugins() },
    hooks,
    async run(s) {
      await owner(s);
      await s.db.all("delete from account");
      await enter(s.forget());
      await ask(s);
      await reset(s);
      await enter(s, { password: "password5678" });
    },
  },
  {
    name: "phone number: users with an empty account",
    config: { plugins: plugins() },
    hooks,
    async run(s) {
      await owner(s);
      await s.db.all("update account set password = null");
      await enter(s.forget());
    },
  },
  {
    name: "phone number: codes checked by the service",
    config: { plugins: plugins({ ...signsUp, verifyOTP: { webhook: "hook:check" } }) },
    hooks,
    async run(s) {
      await verify(s, "424242");
      await send(s.forget());
      await verify(s, s.sms.code);
      await verify(s, "424242");
      await s.api("consumePhoneNumberOTP", { body: { phoneNumber: number, code: "111111" } });
      await s.api("consumePhoneNumberOTP", { body: { phoneNumber: number, code: "424242" } });
      await ask(s);
      await reset(s, "111111");
      await reset(s, "424242");
      await reset(s, "424242", { phoneNumber: "+4990000001" });
      await enter(s, { password: "password5678" });
      await send(s);
      await verify(s, "424242", { phoneNumber: "+4990000002", updatePhoneNumber: true });
      for (let i = 0; i < 5; i++) await verify(s, "111111");
    },
  },
  {
    name: "phone number: reset revokes sessions and tells",
    config: { plugins: plugins(), emailAndPassword: { onPasswordReset: { webhook: "hook:done" }, revokeSessionsOnPasswordReset: true } },
    hooks,
    async run(s) {
      await owner(s);
      await ask(s);
      await reset(s);
      await s.get("/get-session");
      await s.post("/sign-in/email", { email: alice.email, password: "password5678" });
    },
  },
  {
    name: "phone number: reset revokes sessions in Redis",
    config: { plugins: plugins(), emailAndPassword: { revokeSessionsOnPasswordReset: true }, secondaryStorage: { provider: "redis" } },
    hooks,
    async run(s) {
      await owner(s);
      await ask(s);
      await reset(s);
      await s.get("/get-session");
    },
  },
  { name: "phone number: no senders", config: { plugins: { "phone-number": { requireVerification: true } } }, hooks, async run(s) {
    await signUp(s);
    await send(s);
    await s.db.all(`update "user" set "phoneNumber" = '${number}'`);
    await enter(s);
    await ask(s);
  } },
  ...Object.entries({ "is down": "down", "refuses": "slowDown", "fails": "broken" }).map(([name, hook]) => ({
    name: `phone number: the sender ${name}`,
    config: { plugins: plugins({ requireVerification: true, sendOTP: { webhook: `hook:${hook}` }, sendPasswordResetOTP: { webhook: `hook:${hook}` } }) },
    hooks,
    async run(s) {
      await signUp(s);
      await send(s);
      await s.db.all(`update "user" set "phoneNumber" = '${number}', "phoneNumberVerified" = 0`);
      await enter(s);
      await s.db.all(`update "user" set "phoneNumberVerified" = 1`);
      await ask(s);
    },
  })),
  ...Object.entries({
    "phoneNumberValidator": { phoneNumberValidator: { webhook: "hook:slowDown" } },
    "verifyOTP": { verifyOTP: { webhook: "hook:slowDown" } },
    "verifyOTP, broken": { verifyOTP: { webhook: "hook:broken" } },
    "callbackOnVerification": { callbackOnVerification: { webhook: "hook:slowDown" } },
    "getTempEmail": { signUpOnVerification: { getTempEmail: { webhook: "hook:slowDown" } } },
    "getTempName": { signUpOnVerification: { getTempEmail: { webhook: "hook:email" }, getTempName: { webhook: "hook:broken" } } },
  }).map(([name, own]) => ({
    name: `phone number: a failing ${name}`,
    config: { plugins: plugins(own) },
    hooks,
    async run(s) {
      await send(s);
      await verify(s, s.sms?.code ?? "1");
      await signUp(s);
      await send(s);
      await verify(s, s.sms?.code ?? "1", { updatePhoneNumber: true });
      await enter(s);
      await reset(s, "1");
    },
  })),
  ...["user", "session"].map((model) => ({
    name: `phone number: a hook drops the ${model}`,
    config: { plugins: plugins(signsUp), databaseHooks: { [model]: { create: { before: { webhook: "hook:drop" } }, ...(model === "user" ? { update: { before: { webhook: "hook:drop" } } } : {}) } } },
    hooks,
    async run(s) {
      await owner(s);
      s.dropping = true;
      await send(s);
      await verify(s);
      await enter(s);
      await send(s, "+4990000001");
      await s.post("/phone-number/verify", { phoneNumber: "+4990000001", code: s.sms.code });
      await send(s, "+4990000002");
      await s.post("/phone-number/verify", { phoneNumber: "+4990000002", code: s.sms.code, updatePhoneNumber: true });
    },
  })),
  {
    name: "phone number: other names in the database",
    config: { plugins: plugins({ ...signsUp, schema: { user: { modelName: "people", fields: { phoneNumber: "phone", phoneNumberVerified: "phone_ok" } } } }) },
    hooks,
    run: flow,
  },
  {
    name: "phone number: other names in the database, PostgreSQL and MariaDB",
    dbs: ["postgres", "mysql"],
    config: { plugins: plugins({ schema: { user: { fields: { phoneNumber: "phone", phoneNumberVerified: "phone_ok" } } } }) },
    hooks,
    run: flow,
  },
  {
    name: "phone number: origins",
    config: { plugins: plugins() },
    hooks,
    async run(s) {
      await owner(s);
      for (const origin of ["http://evil.example", "null", null]) {
        await send(s, number, { origin, label: `origin ${origin}` });
        await send(s, number, { origin, cookies: false });
        await enter(s, {}, { origin, cookies: false });
      }
    },
  },
  {
    name: "phone number: called from code",
    config: { plugins: plugins(signsUp) },
    hooks,
    async run(s) {
      await s.api("sendPhoneNumberOTP", { body: { phoneNumber: number } });
      await s.api("verifyPhoneNumber", { body: { phoneNumber: number, code: s.sms.code } });
      await s.api("requestPasswordResetPhoneNumber", { body: { phoneNumber: number } });
      await s.api("resetPasswordPhoneNumber", { body: { phoneNumber: number, otp: s.reset.code, newPassword: password } });
      await s.api("signInPhoneNumber", { body: { phoneNumber: number, password } });
      await s.api("updateUser", { body: { phoneNumber: number } });
    },
  },
  {
    name: "phone number: the official client",
    config: { plugins: plugins(signsUp) },
    hooks,
    async run(s) {
      const { phoneNumberClient } = await import("better-auth/client/plugins");
      const client = await s.client({ plugins: [phoneNumberClient()] });
      await client.phoneNumber.sendOtp({ phoneNumber: number });
      const { data } = await client.phoneNumber.verify({ phoneNumber: number, code: s.sms.code });
      s.note("verified", [data?.status, data?.user?.phoneNumberVerified]);
      await client.phoneNumber.requestPasswordReset({ phoneNumber: number });
      await client.phoneNumber.resetPassword({ phoneNumber: number, otp: s.reset.code, newPassword: password });
      await client.signOut();
      const inside = await client.signIn.phoneNumber({ phoneNumber: number, password, rememberMe: true });
      s.note("signed in as", inside.data?.user?.phoneNumber);
      const refused = await client.signIn.phoneNumber({ phoneNumber: number, password: "wrong-password" });
      s.note("refused", refused.error?.code);
    },
  },
  { name: "phone number: in the OpenAPI document", config: { plugins: { ...plugins(), "open-api": {} } }, hooks, run: (s) => s.get("/open-api/generate-schema") },
  {
    name: "phone number: limits",
    config: { plugins: plugins(), rateLimit: { enabled: true } },
    hooks,
    async run(s) {
      for (let i = 0; i < 12; i++) await send(s, number, { clock: s.now });
      for (let i = 0; i < 12; i++) await verify(s, "1");
      await send(s.advance(minute));
      for (let i = 0; i < 5; i++) await enter(s, {}, { clock: s.now });
    },
  },
  {
    name: "phone number: a code works once, also in a race",
    dbs: ["sqlite", "postgres", "mysql"],
    config: { plugins: plugins(signsUp) },
    hooks,
    rows: false,
    async run(s) {
      await send(s);
      await verify(s);
      await send(s);
      // Those who lose find the code taken or gone; which of the two is a matter of luck.
      const body = { phoneNumber: number, code: s.sms.code, disableSession: true };
      const got = await Promise.all([1, 2, 3, 4].map(() => s.send("POST", "/phone-number/verify", body, { clock: s.now })));
      s.note("answers", got.map((a) => a.status).sort());
    },
  },
];
