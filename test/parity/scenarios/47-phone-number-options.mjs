// The phone-number plugin: its options, users who are created, and what fails.
import { alice, bob, password, signUp } from "../people.mjs";
import { number, signsUp, plugins, hooks, wrong, send, verify, enter, ask, reset, owner, flow } from "./47-phone-number.mjs";

export default [
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
];
