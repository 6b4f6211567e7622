// Flows by mail, their rarer branches: forged and expired tokens, deleted users, hooks that drop or reject.
import { SignJWT } from "jose";
import { alice, bob, signIn, signUp } from "../people.mjs";

const keep = (name) => (call, s) => void (s[name] = call.data[0]);
const mails = { verify: keep("verification"), reset: keep("resetMail"), change: keep("changeMail"), deletion: keep("deletion"), link: keep("link"), otp: keep("code") };
const tail = (url) => new URL(url).pathname.replace("/api/auth", "") + new URL(url).search;
const verify = { emailVerification: { sendVerificationEmail: { webhook: "hook:verify" } } };
const wrong = (otp) => (otp[0] === "0" ? "1" : "0") + otp.slice(1);
const fails = { status: 500, body: { $error: true, name: "Error", message: "boom" } };
const teapot = { status: 418, body: { code: "TEAPOT", message: "short and stout" } };

/** A token that the server would have made, of other claims. */
async function forged(s, claims, secret) {
  const at = Math.floor(s.now / 1000);
  return new SignJWT(claims).setProtectedHeader({ alg: "HS256" }).setIssuedAt(at).setExpirationTime(at + 3600).sign(new TextEncoder().encode(secret));
}
const secret = "by-mail-secret-5b2f8c1e9d7a4630b1c2d3e4";
const withSecret = (config) => ({ secret, ...config });
const follow = async (s, claims, more = "", key = secret) => s.get(`/verify-email?token=${await forged(s, claims, key)}${more}`);
const setVerified = (s, yes = 1) => s.db.all(`update user set emailVerified = ${yes}`);
const idOf = async (s, who = alice) => (await s.db.all(`select id from user where email = '${who.email}'`))[0]?.id;

export default [
  {
    name: "by mail: tokens of other claims",
    config: withSecret(verify),
    hooks: mails,
    async run(s) {
      await signUp(s);
      const userId = await idOf(s);
      const email = alice.email;
      for (const more of ["", "&callbackURL=/there?x=1"]) {
        await follow(s, { email, updateTo: "new@example.com" }, more);
        await follow(s, { email, updateTo: "new@example.com", userId: "nobody" }, more);
        await follow(s, { email: bob.email, updateTo: "new@example.com", userId }, more);
        await follow(s, { email: "nobody@example.com" }, more);
        await follow(s, { email, userId: "nobody" }, more);
        await follow(s, { email: "x" }, more);
        await follow(s, { userId }, more);
        await follow(s, { email, updateTo: 1, userId }, more);
        await follow(s, { email, updateTo: null, userId }, more);
        await follow(s, { email, requestType: true }, more);
        await follow(s, { email, userId }, more, "another-secret-0123456789-0123456789");
      }
      await follow(s, { email, updateTo: "", userId });
      await s.get("/get-session");
      await follow(s, { email, userId });
    },
  },
  {
    name: "by mail: tokens of the older change of address",
    config: withSecret(verify),
    hooks: mails,
    async run(s) {
      await signUp(s);
      const userId = await idOf(s);
      await follow(s, { email: alice.email, updateTo: "two@example.com", userId });
      await s.get("/get-session");
      await follow(s.as("nobody"), { email: "two@example.com", updateTo: "three@example.com", userId }, "&callbackURL=/there");
      await s.get(tail(s.verification.url));
      await follow(s.as("default"), { email: "three@example.com", updateTo: "four@example.com", userId, requestType: "other" }, "&callbackURL=/there");
      await s.get("/get-session");
      await signUp(s.as("bob"), bob);
      await follow(s, { email: "four@example.com", updateTo: "five@example.com", userId });
    },
  },
  {
    name: "by mail: the older change of address, no sender",
    config: withSecret({}),
    async run(s) {
      await signUp(s);
      const userId = await idOf(s);
      await follow(s, { email: alice.email, updateTo: "two@example.com", userId });
      await follow(s, { email: "two@example.com", updateTo: "three@example.com", userId, requestType: "change-email-confirmation" });
    },
  },
  {
    name: "by mail: the address is taken meanwhile",
    config: withSecret({ ...verify, user: { changeEmail: { enabled: true } } }),
    hooks: mails,
    async run(s) {
      await signUp(s);
      await s.post("/change-email", { newEmail: bob.email });
      const { token } = s.verification;
      await signUp(s.as("bob"), bob);
      await s.as("nobody").get(`/verify-email?token=${token}`);
      await s.as("default").get("/get-session");
    },
  },
  {
    name: "by mail: change of address, verified, with hooks",
    config: { ...verify, emailVerification: { sendVerificationEmail: { webhook: "hook:verify" }, afterEmailVerification: { webhook: "hook:after" }, beforeEmailVerification: { webhook: "hook:before" } }, user: { changeEmail: { enabled: true, sendChangeEmailConfirmation: { webhook: "hook:change" } } }, session: { cookieCache: { enabled: true } } },
    hooks: mails,
    async run(s) {
      await signUp(s);
      await setVerified(s);
      await s.post("/sign-in/email", signIn(alice));
      await s.post("/change-email", { newEmail: "two@example.com" });
      await s.get(`/verify-email?token=${s.changeMail.token}`);
      await s.get(`/verify-email?token=${s.verification.token}`);
      await s.get("/get-session");
      await s.get(`/verify-email?token=${s.verification.token}`);
    },
  },
  {
    name: "by mail: verified already, and whose user is gone",
    config: verify,
    hooks: mails,
    async run(s) {
      await signUp(s);
      await s.post("/send-verification-email", { email: alice.email });
      await s.get(`/verify-email?token=${s.verification.token}`);
      await s.get(`/verify-email?token=${s.verification.token}`);
      await s.db.all("delete from session");
      await s.db.all("delete from account");
      await s.db.all("delete from user");
      await s.get(`/verify-email?token=${s.verification.token}`);
      await s.get(tail(s.verification.url));
      await signUp(s.as("again"));
      await s.get(`/verify-email?token=${s.verification.token}`);
    },
  },
  {
    name: "by mail: signed in by the verification, with sessions there",
    config: { emailVerification: { sendVerificationEmail: { webhook: "hook:verify" }, autoSignInAfterVerification: true }, session: { cookieCache: { enabled: true } } },
    hooks: mails,
    async run(s) {
      await signUp(s);
      await s.post("/send-verification-email", { email: alice.email });
      await s.get(`/verify-email?token=${s.verification.token}`);
      await s.get("/get-session");
      await s.get("/list-sessions");
      await signUp(s.as("bob"), bob);
      await s.post("/send-verification-email", { email: bob.email });
      await s.as("default").get(tail(s.verification.url));
      await s.get("/get-session");
    },
  },
  ...[["session", "create"], ["user", "update"]].flatMap(([model, op]) => [["drops", () => ({ result: false })], ["refuses", () => teapot], ["fails", () => fails]].map(([what, no]) => ({
    name: `by mail: a hook ${what}: ${model} ${op}`,
    config: {
      emailVerification: { sendVerificationEmail: { webhook: "hook:verify" }, autoSignInAfterVerification: true, afterEmailVerification: { webhook: "hook:after" } },
      user: { changeEmail: { enabled: true, updateEmailWithoutVerification: true } },
      emailAndPassword: { autoSignIn: false },
      databaseHooks: { [model]: { [op]: { before: { webhook: "hook:no" } } } },
      plugins: { "magic-link": { sendMagicLink: { webhook: "hook:link" } }, "email-otp": { sendVerificationOTP: { webhook: "hook:otp" } }, "one-time-token": {} },
    },
    hooks: { ...mails, no },
    async run(s) {
      await signUp(s);
      await s.post("/send-verification-email", { email: alice.email });
      await s.get(`/verify-email?token=${s.verification.token}`);
      await s.get(tail(s.verification.url));
      await s.post("/email-otp/send-verification-otp", { email: alice.email, type: "email-verification" });
      await s.post("/email-otp/verify-email", { email: alice.email, otp: s.code.otp });
      await s.db.all("update user set emailVerified = 0");
      await s.post("/sign-in/email", signIn(alice));
      await s.post("/change-email", { newEmail: "third@example.com" });
      await s.get("/get-session");
      await s.forget();
      for (const who of [alice.email, "new@example.com"]) {
        await s.db.all("update user set emailVerified = 0");
        await s.post("/sign-in/magic-link", { email: who, callbackURL: "/in", errorCallbackURL: "/no" });
        await s.get(tail(s.link.url));
        await s.db.all("update user set emailVerified = 0");
        await s.post("/email-otp/send-verification-otp", { email: who, type: "sign-in" });
        await s.post("/sign-in/email-otp", { email: who, otp: s.code.otp });
      }
      // A takeover that a hook stopped: the reference leaves half of it, this server nothing.
      for (const table of ["account", "session"]) await s.db.all(`delete from ${table}`);
    },
  }))),
  {
    name: "by mail: a hook drops what a code proves",
    config: {
      emailVerification: { afterEmailVerification: { webhook: "hook:after" }, beforeEmailVerification: { webhook: "hook:before" } },
      databaseHooks: { user: { update: { before: { webhook: "hook:no" } } } },
      plugins: { "email-otp": { sendVerificationOTP: { webhook: "hook:otp" }, changeEmail: { enabled: true } } },
    },
    hooks: { ...mails, no: () => ({ result: false }) },
    async run(s) {
      await signUp(s);
      await s.post("/email-otp/request-email-change", { newEmail: "new@example.com" });
      await s.post("/email-otp/change-email", { newEmail: "new@example.com", otp: s.code.otp });
      for (const browser of ["default", "nobody"]) {
        await s.post("/email-otp/send-verification-otp", { email: alice.email, type: "email-verification" });
        await s.as(browser).post("/email-otp/verify-email", { email: alice.email, otp: s.code.otp });
      }
      await s.post("/email-otp/request-password-reset", { email: alice.email });
      await s.post("/email-otp/reset-password", { email: alice.email, otp: s.code.otp, password: "password5678" });
    },
  },
  ...[["drops", () => ({ result: false })], ["refuses", () => teapot], ["fails", () => fails]].flatMap(([what, no]) => ["user", "verification"].map((model) => ({
    name: `by mail: a hook ${what}: ${model} create`,
    config: {
      emailAndPassword: { requireEmailVerification: true, sendResetPassword: { webhook: "hook:reset" } },
      user: { deleteUser: { enabled: true, sendDeleteAccountVerification: { webhook: "hook:deletion" } } },
      databaseHooks: { [model]: { create: { before: { webhook: "hook:no" } } } },
      plugins: { "magic-link": { sendMagicLink: { webhook: "hook:link" } }, "email-otp": { sendVerificationOTP: { webhook: "hook:otp" }, changeEmail: { enabled: true } }, "one-time-token": {} },
    },
    hooks: { ...mails, no },
    async run(s) {
      await signUp(s);
      await setVerified(s);
      await s.post("/sign-in/email", signIn(alice));
      for (const email of [alice.email, "new@example.com"]) {
        await s.post("/request-password-reset", { email });
        await s.post("/sign-in/magic-link", { email, callbackURL: "/in", errorCallbackURL: "/no" });
        if (s.link) await s.get(tail(s.link.url), { cookies: false, keepJar: true });
        for (const type of ["sign-in", "email-verification", "forget-password"]) await s.post("/email-otp/send-verification-otp", { email, type });
        if (s.code) await s.post("/sign-in/email-otp", { email, otp: s.code.otp }, { cookies: false, keepJar: true });
      }
      await s.post("/email-otp/request-email-change", { newEmail: "third@example.com" });
      await s.post("/delete-user", {});
      await s.get("/one-time-token/generate");
    },
  }))),
  {
    name: "by mail: a user is refused, which must not tell",
    config: { emailAndPassword: { requireEmailVerification: true }, ...verify, user: { validateUserInfo: { webhook: "hook:check" } } },
    hooks: { ...mails, check: ({ data: [info] }) => ((info.user ?? info).email === bob.email ? { result: { error: "banned", errorDescription: "no bobs" } } : {}) },
    async run(s) {
      await signUp(s);
      await signUp(s, bob, { image: "https://x.y/z.png" });
      await signUp(s, bob);
    },
  },
  {
    name: "by mail: verification required, nothing can send",
    config: { emailAndPassword: { requireEmailVerification: true }, emailVerification: { sendOnSignIn: true } },
    async run(s) {
      await signUp(s);
      await s.post("/sign-in/email", signIn(alice));
      await s.post("/sign-in/email", { ...signIn(alice), password: "wrong-password" });
    },
  },
  {
    name: "by mail: verification required, the senders fail",
    config: {
      emailAndPassword: { requireEmailVerification: true, onExistingUserSignUp: { webhook: "hook:fails" }, onPasswordReset: { webhook: "hook:fails" }, sendResetPassword: { webhook: "hook:reset" } },
      emailVerification: { sendVerificationEmail: { webhook: "hook:fails" }, sendOnSignIn: true },
      user: { changeEmail: { enabled: true, updateEmailWithoutVerification: true, sendChangeEmailConfirmation: { webhook: "hook:fails" } }, deleteUser: { enabled: true, sendDeleteAccountVerification: { webhook: "hook:fails" } } },
    },
    hooks: { ...mails, fails: () => fails },
    async run(s) {
      await signUp(s);
      await signUp(s);
      await s.post("/sign-in/email", signIn(alice));
      await s.post("/send-verification-email", { email: alice.email });
      await s.post("/send-verification-email", { email: bob.email });
      await s.post("/request-password-reset", { email: alice.email });
      await s.post("/reset-password", { newPassword: "password5678", token: s.resetMail.token });
      await setVerified(s);
      await s.post("/sign-in/email", { email: alice.email, password: "password5678" });
      await s.post("/change-email", { newEmail: "new@example.com" });
      await s.post("/delete-user", {});
      await setVerified(s, 0);
      await s.post("/change-email", { newEmail: "new@example.com" });
      await s.post("/send-verification-email", { email: "new@example.com" });
      await s.post("/change-email", { newEmail: "third@example.com" });
    },
  },
  {
    name: "by mail: the hooks around a verification refuse",
    config: { emailVerification: { sendVerificationEmail: { webhook: "hook:verify" }, beforeEmailVerification: { webhook: "hook:before" }, afterEmailVerification: { webhook: "hook:after" } } },
    hooks: { ...mails, before: (call, s) => [fails, teapot][(s.b = (s.b ?? -1) + 1)] ?? {}, after: () => teapot },
    async run(s) {
      await signUp(s);
      await s.post("/send-verification-email", { email: alice.email });
      for (let i = 0; i < 4; i++) await s.get(tail(s.verification.url));
    },
  },
  {
    name: "by mail: change the address at once, and verify it then",
    config: { ...verify, user: { changeEmail: { enabled: true, updateEmailWithoutVerification: true } }, session: { cookieCache: { enabled: true } } },
    hooks: mails,
    async run(s) {
      await signUp(s, bob);
      await signUp(s.forget());
      await s.post("/change-email", { newEmail: bob.email });
      await s.post("/change-email", { newEmail: "New@example.com", callbackURL: "/there" });
      await s.get(tail(s.verification.url));
      await s.post("/change-email", { newEmail: "third@example.com" });
      await s.get(tail(s.verification.url));
      await s.get("/get-session");
      await s.post("/change-email", {});
      await s.forget().post("/change-email", { newEmail: "x@example.com" });
    },
  },
  {
    name: "by mail: delete the account, the rest of it",
    dbs: ["sqlite", "postgres", "mysql"],
    config: { user: { deleteUser: { enabled: true, sendDeleteAccountVerification: { webhook: "hook:deletion" } } } },
    hooks: mails,
    async run(s) {
      await signUp(s);
      await s.post("/delete-user", { password: alice.password });
      await s.post("/delete-user", { password: "wrong-password" });
      await s.post("/delete-user", { password: "x".repeat(200) });
      await s.post("/delete-user", { token: s.deletion.token, password: "wrong-password" });
      await s.db.all(`delete from ${s.db.quote("account")}`);
      await s.post("/delete-user", { password: alice.password });
      await signUp(s.as("bob"), bob);
      await s.post("/delete-user", { token: s.deletion.token });
      await s.as("default").get(`/delete-user/callback?token=${s.deletion.token}`);
      await s.post("/delete-user", { callbackURL: "http://localhost:3000/bye?a=b#c" });
      await s.get(tail(s.deletion.url));
      await s.get("/get-session");
    },
  },
  {
    name: "by mail: deletion in Redis, with a stale cache",
    config: { user: { deleteUser: { enabled: true, sendDeleteAccountVerification: { webhook: "hook:deletion" } } }, secondaryStorage: { provider: "redis" }, session: { cookieCache: { enabled: true } } },
    hooks: mails,
    async run(s) {
      await signUp(s);
      await s.post("/delete-user", {});
      await s.fork("other").post("/revoke-sessions", {});
      await s.as("default").get(tail(s.deletion.url));
      await s.post("/sign-in/email", signIn(alice));
      await s.post("/delete-user", {});
      await s.get(tail(s.deletion.url));
      await s.get("/get-session");
    },
  },
  {
    name: "by mail: codes, the rest of them",
    config: { plugins: { "email-otp": { sendVerificationOTP: { webhook: "hook:otp" }, generateOTP: { webhook: "hook:none" }, changeEmail: { enabled: true }, sendVerificationOnSignUp: true } } },
    hooks: { ...mails, none: () => ({}) },
    async run(s) {
      await signUp(s);
      await s.post("/forget-password/email-otp", { email: "nobody@example.com" });
      await s.post("/email-otp/request-email-change", { newEmail: "new@example.com" });
      const { otp } = s.code;
      await s.post("/email-otp/change-email", { newEmail: alice.email, otp });
      await signUp(s.as("bob"), { ...bob, email: "new@example.com" });
      await s.as("default").post("/email-otp/change-email", { newEmail: "new@example.com", otp });
      await s.post("/email-otp/send-verification-otp", { email: alice.email, type: "sign-in" });
      await s.db.all(`update verification set value = '${s.code.otp}'`);
      await s.post("/sign-in/email-otp", { email: alice.email, otp: wrong(s.code.otp) });
      await s.post("/sign-in/email-otp", { email: alice.email, otp: s.code.otp });
    },
  },
  {
    name: "by mail: a code to change an address whose user is gone",
    config: { plugins: { "email-otp": { sendVerificationOTP: { webhook: "hook:otp" }, changeEmail: { enabled: true } } }, secondaryStorage: { provider: "redis" } },
    hooks: mails,
    async run(s) {
      await signUp(s);
      await s.post("/email-otp/request-email-change", { newEmail: "new@example.com" });
      await s.db.all("delete from account");
      await s.db.all("delete from user");
      await s.post("/email-otp/change-email", { newEmail: "new@example.com", otp: s.code.otp });
    },
  },
  {
    name: "by mail: a code sent again, encrypted by callbacks",
    config: { plugins: { "email-otp": { sendVerificationOTP: { webhook: "hook:otp" }, resendStrategy: "reuse", storeOTP: { encrypt: { webhook: "hook:mirror" }, decrypt: { webhook: "hook:mirror" } } } } },
    hooks: { ...mails, mirror: ({ data: [text] }) => ({ result: [...text].reverse().join("") }) },
    async run(s) {
      for (let i = 0; i < 2; i++) await s.post("/email-otp/send-verification-otp", { email: alice.email, type: "sign-in" });
      await s.post("/sign-in/email-otp", { email: alice.email, otp: s.code.otp });
    },
  },
  ...[["fails once", [fails]], ["drops the second", [{}, { result: false }]], ["drops the third", [{}, {}, { result: false }]]].map(([what, answers]) => ({
    name: `by mail: a code is put back, a hook ${what}`,
    config: { plugins: { "email-otp": { sendVerificationOTP: { webhook: "hook:otp" } } }, databaseHooks: { verification: { create: { before: { webhook: "hook:no" } } } } },
    hooks: { ...mails, no: (call, s) => answers[(s.n = (s.n ?? -1) + 1)] ?? {} },
    async run(s) {
      await s.post("/email-otp/send-verification-otp", { email: alice.email, type: "sign-in" });
      if (!s.code) return;
      const body = { email: alice.email, type: "sign-in", otp: s.code.otp };
      await s.post("/email-otp/check-verification-otp", body);
      await s.post("/email-otp/check-verification-otp", { ...body, otp: wrong(s.code.otp) });
      await s.post("/sign-in/email-otp", { email: alice.email, otp: s.code.otp });
    },
  })),
  {
    name: "by mail: at the root",
    config: { basePath: "/", ...verify, emailAndPassword: { sendResetPassword: { webhook: "hook:reset" } }, plugins: { "magic-link": { sendMagicLink: { webhook: "hook:link" } } } },
    hooks: mails,
    async run(s) {
      await signUp(s);
      await s.post("/send-verification-email", { email: alice.email });
      await s.post("/request-password-reset", { email: alice.email });
      await s.post("/sign-in/magic-link", { email: alice.email });
    },
  },
];
