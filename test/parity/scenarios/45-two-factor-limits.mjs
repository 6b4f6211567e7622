// The two-factor plugin: what ends a sign-in, locks an account, and rows that are not as usual.
import { symmetricEncrypt } from "better-auth/crypto";
import { App, begin, code, enter, hooks, now, otpOptions, plugins, post, set, verify, wrong } from "../factor.mjs";
import { hour, minute, password } from "../people.mjs";

export default [
  {
    name: "two factor: a challenge ends",
    config: { plugins: plugins({ otpOptions: { ...otpOptions, period: 60 } }) },
    hooks,
    async run(s) {
      await set(s);
      await enter(s);
      await post(s, "send-otp");
      await post(s, "verify-otp", { code: s.sent.otp }, { clock: s.now + 11 * minute * 1000 });
      await enter(s.forget());
      await verify(s.advance(11 * minute));
      await enter(s.forget());
      await post(s.advance(11 * minute), "verify-backup-code", { code: s.codes[0] });
      await enter(s.forget());
      await verify(s.advance(9 * minute));
      const spent = s.jar().header();
      await enter(s.forget());
      const open = s.jar().header();
      await verify(s);
      await verify(s.as("thief"), {}, { cookie: open });
      await verify(s.as("thief"), {}, { cookie: spent });
      await post(s, "send-otp", {}, { cookie: "better-auth.two_factor=2fa-forged.c2lnbmF0dXJl" });
    },
  },
  {
    name: "two factor: five wrong codes end a challenge",
    config: { plugins: plugins() },
    hooks,
    async run(s) {
      await set(s);
      await enter(s);
      for (let i = 0; i < 3; i++) await verify(s, { code: wrong(await code(s)) });
      for (let i = 0; i < 2; i++) await post(s, "verify-backup-code", { code: "nonsense" });
      await verify(s);
      await verify(s);
      await enter(s.forget());
      for (let i = 0; i < 4; i++) await verify(s, { code: wrong(await code(s)) });
      await verify(s);
      await enter(s.forget());
      for (let i = 0; i < 6; i++) await post(s, "verify-backup-code", { code: "nonsense" });
    },
  },
  {
    name: "two factor: wrong codes lock the account",
    config: { plugins: plugins({ accountLockout: { maxFailedAttempts: 4, durationSeconds: 300 } }) },
    hooks,
    async run(s) {
      await set(s);
      await enter(s);
      await verify(s, { code: wrong(await code(s)) });
      await post(s, "verify-backup-code", { code: "nonsense" });
      await post(s, "send-otp");
      await post(s, "verify-otp", { code: wrong(s.sent.otp) });
      await enter(s.as("other"));
      await verify(s, { code: wrong(await code(s)) });
      for (const name of ["default", "other"]) {
        await verify(s.as(name));
        await post(s, "verify-backup-code", { code: s.codes[0] });
        await post(s, "verify-otp", { code: s.sent.otp });
        await post(s, "send-otp");
      }
      await enter(s.as("third"));
      await verify(s);
      await verify(s.advance(200));
      await verify(s.advance(100));
      await s.get("/get-session");
    },
  },
  {
    name: "two factor: the tenth wrong code locks, a right one before it does not",
    config: { plugins: plugins() },
    hooks,
    async run(s) {
      await set(s);
      for (let n = 0; n < 9; n++) {
        if (n % 4 === 0) await enter(s.forget());
        await verify(s, { code: wrong(await code(s)) });
      }
      await verify(s);
      for (let n = 0; n < 11; n++) {
        if (n % 4 === 0) await enter(s.forget());
        await verify(s, { code: wrong(await code(s)) });
      }
      await verify(s);
      await enter(s.forget().advance(15 * minute));
      await verify(s);
    },
  },
  {
    name: "two factor: no lock",
    config: { plugins: plugins({ accountLockout: { enabled: false, maxFailedAttempts: 1 } }) },
    hooks,
    async run(s) {
      await set(s);
      await enter(s);
      for (let n = 0; n < 3; n++) await verify(s, { code: wrong(await code(s)) });
      await verify(s);
    },
  },
  {
    name: "two factor: a lock at once",
    config: { plugins: plugins({ accountLockout: { maxFailedAttempts: 0 } }) },
    hooks,
    async run(s) {
      await set(s);
      await enter(s);
      await verify(s, { code: wrong(await code(s)) });
      await verify(s);
    },
  },
  {
    name: "two factor: imported secrets in base 32",
    config: { plugins: plugins() },
    hooks,
    async run(s) {
      await begin(s);
      for (const text of ["JBSWY3DPEHPK3PXP", "jbswy3dpehpk3pxp", "JBSWY3DP======", "JBSWY3", "JBSWY3DPE", "JBSWY3D", "JBS", "JB SW"]) {
        const sealed = await symmetricEncrypt({ key: s.vars.secret, data: `base32:${text}` });
        await s.db.all(`update twoFactor set secret = '${sealed}'`);
        const { json } = await post(s, "get-totp-uri", { password });
        if (!json?.totpURI) await post(s, "verify-totp", { code: "123456" });
        else await post(s, "verify-totp", { code: await new App(json.totpURI).at(now(s)) });
      }
      await s.db.all(`update twoFactor set secret = 'not encrypted'`);
      await post(s, "get-totp-uri", { password });
      await enter(s.forget());
      await post(s, "verify-totp", { code: "123456" });
      await post(s, "verify-backup-code", { code: "nonsense" });
      await post(s, "verify-backup-code", { code: s.codes[0] });
    },
  },
  {
    name: "two factor: rows of older versions, and without a user's flag",
    config: { plugins: plugins() },
    hooks,
    async run(s) {
      await set(s);
      await s.db.all("update twoFactor set verified = null, failedVerificationCount = null");
      await enter(s);
      await verify(s, { code: wrong(await code(s)) });
      await verify(s);
      await post(s, "enable", { password });
      await s.db.all("update twoFactor set verified = 0");
      await enter(s.forget());
      await verify(s);
      await post(s, "verify-backup-code", { code: s.codes[0] });
      await s.db.all("update user set twoFactorEnabled = 0");
      await enter(s.forget());
      await verify(s);
      await s.db.all("update twoFactor set backupCodes = 'not encrypted'");
      await post(s, "verify-backup-code", { code: s.codes[0] });
      await s.db.all(`update twoFactor set backupCodes = '${await symmetricEncrypt({ key: s.vars.secret, data: "no list" })}'`);
      await post(s, "verify-backup-code", { code: s.codes[0] });
      const [user] = await s.db.all("select id from user");
      await s.api("viewBackupCodes", { body: { userId: user.id } });
      await s.db.all("delete from twoFactor");
      await s.db.all("update user set twoFactorEnabled = 1");
      await enter(s.forget());
      await post(s, "send-otp");
      await s.db.all("update user set twoFactorEnabled = 0");
      await post(s, "verify-otp", { code: s.sent.otp });
      await enter(s.forget());
      await s.db.all("update user set twoFactorEnabled = 1");
      await post(s, "generate-backup-codes", { password });
      await enter(s.forget());
      await s.db.all("delete from session");
      await s.db.all("delete from account");
      await s.db.all("delete from user");
      await post(s, "send-otp");
    },
  },
  {
    name: "two factor: rate limit",
    config: { plugins: plugins(), rateLimit: { enabled: true } },
    hooks,
    async run(s) {
      for (const path of ["enable", "disable", "get-totp-uri", "verify-totp", "send-otp", "verify-otp", "verify-backup-code", "generate-backup-codes"])
        for (let i = 0; i < 4; i++) await post(s, path);
      await post(s.advance(hour), "enable");
    },
  },
];
