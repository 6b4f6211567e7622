// The two-factor plugin: setting up a factor and signing in with it.
import { App, begin, code, enter, hooks, now, plugins, post, set, verify, wrong } from "../factor.mjs";
import { alice, bob, day, hour, minute, password, signIn, signUp } from "../people.mjs";

export default [
  {
    name: "two factor: an app, from beginning to end",
    config: { plugins: plugins() },
    hooks,
    async run(s) {
      await begin(s);
      await s.get("/get-session");
      await post(s, "get-totp-uri", { password });
      await verify(s, { code: wrong(await code(s)) });
      await verify(s);
      await s.get("/get-session");
      await post(s, "get-totp-uri", { password });
      await post(s, "enable", { password });
      await verify(s);
      await enter(s.as("other"));
      await s.get("/get-session");
      await s.get("/list-sessions");
      await verify(s, { code: wrong(await code(s)) });
      await verify(s, { code: await code(s, -1) });
      await s.get("/get-session");
      await enter(s.forget());
      await verify(s, { code: await code(s, 1) });
      await enter(s.forget());
      await verify(s, { code: await code(s, 2) });
      await verify(s, { code: await code(s, -2) });
      await verify(s);
      await verify(s);
      await post(s, "disable", { password: "wrong-password" });
      await post(s, "disable", { password });
      await s.get("/get-session");
      await verify(s, { code: "123456" });
      await enter(s.forget());
    },
  },
  {
    name: "two factor: of strangers and with bad bodies",
    config: { plugins: plugins() },
    hooks,
    async run(s) {
      const all = ["enable", "disable", "get-totp-uri", "verify-totp", "send-otp", "verify-otp", "verify-backup-code", "generate-backup-codes"];
      for (const path of all) await post(s, path);
      for (const path of all) await post(s, path, { password, code: "123456" });
      for (const path of all) await post(s, path, { password: 1, code: 2, method: 3, issuer: 4, trustDevice: 5, disableSession: 6 });
      for (const path of all) await s.request("POST", `/two-factor/${path}`);
      for (const path of all) await s.get(`/two-factor/${path}`);
      await signUp(s);
      for (const path of all) await post(s, path);
      for (const path of all) await post(s, path, { password: 1, code: 2, method: "sms" });
      for (const path of all) await post(s, path, { password: null, code: null, method: null, issuer: null, trustDevice: null });
      for (const path of ["enable", "disable", "get-totp-uri", "generate-backup-codes"]) {
        await post(s, path, { password: "" });
        await post(s, path, { password: "wrong-password" });
        await post(s, path, { password: "x".repeat(200) });
      }
      for (const path of all.slice(3)) await post(s, path, { password, code: "123456" });
      await post(s, "get-totp-uri", { password });
      await post(s, "send-otp", null);
      await post(s, "disable", { password });
    },
  },
  {
    name: "two factor: backup codes",
    config: { plugins: plugins() },
    hooks,
    async run(s) {
      await set(s);
      const use = (backup, more) => post(s, "verify-backup-code", { code: backup, ...more });
      await enter(s);
      await use("wrong-codes");
      await use(s.codes[0]);
      await s.get("/get-session");
      await use(s.codes[0]);
      await use(s.codes[1]);
      await use(s.codes[2], { disableSession: true });
      await enter(s.forget());
      await use(s.codes[1]);
      await use(s.codes[3], { disableSession: true });
      await s.get("/get-session");
      await use(s.codes[4]);
      await enter(s.forget());
      await use(s.codes[5], { trustDevice: true });
      await post(s, "generate-backup-codes", { password: "wrong-password" });
      const { json } = await post(s, "generate-backup-codes", { password });
      await use(s.codes[6]);
      await use(json?.backupCodes[0]);
      await enter(s.forget());
      await use(json?.backupCodes[1]);
      const [user] = await s.db.all(`select id from ${s.db.quote("user")}`);
      await s.api("viewBackupCodes", { body: { userId: user.id } });
      await s.api("viewBackupCodes", { body: { userId: "nobody" } });
      await s.api("viewBackupCodes", { body: { userId: 1 } });
      await s.api("viewBackupCodes", { body: {} });
    },
  },
  {
    name: "two factor: codes that are sent",
    config: { plugins: plugins() },
    hooks,
    async run(s) {
      await begin(s, alice, { method: "otp" });
      await s.get("/get-session");
      await enter(s.as("other"));
      await post(s, "verify-otp", { code: "123456" });
      await post(s, "send-otp");
      await post(s, "verify-otp", { code: wrong(s.sent.otp) });
      await post(s, "verify-totp", { code: s.sent.otp });
      await post(s, "verify-backup-code", { code: s.sent.otp });
      await post(s, "verify-otp", { code: s.sent.otp });
      await s.get("/get-session");
      await post(s, "verify-otp", { code: s.sent.otp });
      await post(s, "send-otp", { trustDevice: true });
      await post(s, "verify-otp", { code: s.sent.otp });
      await enter(s.forget());
      await post(s, "send-otp");
      const first = s.sent.otp;
      await post(s, "send-otp");
      s.note("another code", first !== s.sent.otp);
      for (let i = 0; i < 6; i++) await post(s, "verify-otp", { code: wrong(s.sent.otp) });
      await post(s, "verify-otp", { code: s.sent.otp });
      await post(s, "send-otp");
      await post(s, "verify-otp", { code: s.sent.otp }, { clock: s.now + 4 * minute * 1000 });
      await post(s, "send-otp");
      await post(s, "verify-otp", { code: s.sent.otp, trustDevice: true });
      await post(s, "generate-backup-codes", { password });
    },
  },
  {
    name: "two factor: enabled by a code that was sent",
    config: { plugins: plugins(), session: { additionalFields: { kind: { type: "string", required: false, defaultValue: "web" } } } },
    hooks,
    async run(s) {
      await signUp(s);
      await s.post("/update-session", { kind: "phone" });
      await post(s, "send-otp");
      await post(s, "verify-otp", { code: wrong(s.sent.otp) });
      await post(s, "verify-otp", { code: s.sent.otp });
      await s.get("/get-session");
      await enter(s.as("other"));
      await post(s, "send-otp");
      await post(s, "verify-otp", { code: s.sent.otp });
      await begin(s);
      await enter(s.as("third"));
      await verify(s);
      await verify(s.as("other"));
      await enter(s.as("third"));
      await verify(s);
    },
  },
  {
    name: "two factor: a new app before the old one was proven",
    config: { plugins: plugins() },
    hooks,
    async run(s) {
      await begin(s);
      const old = s.app;
      await begin(s);
      await post(s, "verify-totp", { code: await old.at(now(s)) });
      await post(s, "verify-backup-code", { code: s.codes[0] });
      await post(s, "generate-backup-codes", { password });
      await verify(s);
      await begin(s);
      await post(s, "enable", { password, method: "otp" });
      await post(s, "generate-backup-codes", { password });
    },
  },
  {
    name: "two factor: a trusted device",
    config: { plugins: plugins() },
    hooks,
    async run(s) {
      await set(s);
      await enter(s);
      await verify(s, { trustDevice: true });
      await s.post("/sign-out", {});
      const stolen = s.jar().header();
      await enter(s);
      await s.get("/get-session");
      await s.post("/sign-out", {});
      await enter(s.as("thief"), alice, {}, { cookie: stolen });
      await s.as("default");
      await enter(s.advance(29 * day));
      await s.post("/sign-out", {});
      await enter(s.advance(31 * day));
      await verify(s, { trustDevice: true });
      await post(s, "disable", { password });
      await begin(s);
      await verify(s);
      await enter(s);
    },
  },
  {
    name: "two factor: a device of two users",
    config: { plugins: plugins() },
    hooks,
    rows: false,
    async run(s) {
      await set(s);
      await enter(s);
      await verify(s, { trustDevice: true });
      await s.post("/sign-out", {});
      await set(s, bob);
      await enter(s, bob);
      await verify(s, { trustDevice: true });
      await s.post("/sign-out", {});
      await enter(s);
    },
  },
  {
    name: "two factor: a device that is trusted for an hour",
    config: { plugins: plugins({ trustDeviceMaxAge: hour }) },
    hooks,
    async run(s) {
      await set(s);
      await enter(s);
      await verify(s, { trustDevice: true });
      await s.post("/sign-out", {});
      await enter(s.advance(50 * minute));
      await s.post("/sign-out", {});
      await enter(s.advance(50 * minute));
      await s.post("/sign-out", {});
      await enter(s.advance(70 * minute));
    },
  },
  {
    name: "two factor: not remembered",
    config: { plugins: plugins(), session: { cookieCache: { enabled: true } } },
    hooks,
    async run(s) {
      await set(s);
      await enter(s, alice, { rememberMe: false });
      await verify(s);
      await s.get("/get-session");
      await enter(s.forget(), alice, { rememberMe: false });
      await verify(s, { trustDevice: true });
      await s.get("/get-session");
      await enter(s, alice, { rememberMe: false, callbackURL: "/there" });
      await enter(s.as("other"), alice, { rememberMe: false, callbackURL: "/there" });
      await verify(s);
      await enter(s);
      await verify(s);
    },
  },
  {
    name: "two factor: only after a password",
    config: { plugins: { ...plugins(), "email-otp": { sendVerificationOTP: { webhook: "hook:mail" } } }, emailAndPassword: { autoSignIn: true } },
    hooks: { ...hooks, mail: (call, s) => void (s.mailed = call.data[0]) },
    async run(s) {
      await signUp(s);
      await s.db.all("update user set emailVerified = 1");
      await set(s.forget("nothing"));
      await s.post("/email-otp/send-verification-otp", { email: alice.email, type: "sign-in" });
      await s.post("/sign-in/email-otp", { email: alice.email, otp: s.mailed.otp });
      await s.get("/get-session");
    },
  },
  {
    name: "two factor: the official client",
    config: { plugins: plugins() },
    hooks,
    async run(s) {
      const { twoFactorClient } = await import("better-auth/client/plugins");
      const told = [];
      const client = await s.client({ plugins: [twoFactorClient({ onTwoFactorRedirect: (to) => void told.push(to) })] });
      await client.signUp.email(alice);
      const { data } = await client.twoFactor.enable({ password });
      s.app = new App(data.totpURI);
      await client.twoFactor.verifyTotp({ code: await code(s) });
      await client.twoFactor.getTotpUri({ password });
      await client.signOut();
      await client.signIn.email(signIn(alice));
      await client.twoFactor.sendOtp();
      await client.twoFactor.verifyOtp({ code: s.sent.otp, trustDevice: true });
      await client.twoFactor.generateBackupCodes({ password });
      await client.twoFactor.verifyBackupCode({ code: data.backupCodes[0] });
      await client.twoFactor.disable({ password });
      s.note("told", told);
    },
  },
  {
    name: "two factor: of code in the host program",
    config: { plugins: plugins() },
    hooks,
    async run(s) {
      await s.api("generateTOTP", { body: { secret: "a-secret-of-the-host-program" } });
      await s.advance(30).api("generateTOTP", { body: { secret: "ein Geheimnis mit Ümläuten" } });
      await s.api("generateTOTP", { body: { secret: "" } });
      await s.api("generateTOTP", { body: {} });
      await s.api("generateTOTP", {});
      await signUp(s);
      const { json } = await s.api("enableTwoFactor", { body: { password } }, { cookies: true });
      s.app = new App(json.totpURI);
      await s.api("verifyTOTP", { body: { code: await code(s) } }, { cookies: true });
      await s.api("enableTwoFactor", { body: { password } });
      await s.api("verifyTOTP", { body: { code: "123456" } });
      await s.api("sendTwoFactorOTP", {});
      await s.api("signInEmail", { body: signIn(alice) });
      await enter(s.forget());
      await s.api("sendTwoFactorOTP", {}, { cookies: true });
      await s.api("verifyTwoFactorOTP", { body: { code: s.sent.otp } }, { cookies: true });
    },
  },
];
