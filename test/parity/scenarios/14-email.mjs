// Flows by mail: verification, password reset, change of address. The mails are callbacks.
import { alice, bob, hour, signIn, signUp } from "../people.mjs";

const keep = (name) => (call, s) => void (s[name] = call.data[0]);
const mails = { verify: keep("verification"), reset: keep("resetMail"), change: keep("changeMail") };
const tail = (url) => new URL(url).pathname.replace("/api/auth", "") + new URL(url).search;

export default [
  {
    name: "verification required",
    config: {
      emailAndPassword: { requireEmailVerification: true },
      emailVerification: { sendVerificationEmail: { webhook: "hook:verify" }, autoSignInAfterVerification: true, beforeEmailVerification: { webhook: "hook:before" }, afterEmailVerification: { webhook: "hook:after" } },
    },
    hooks: mails,
    async run(s) {
      await signUp(s, alice, { callbackURL: "/welcome" });
      await signUp(s);
      await s.post("/sign-in/email", signIn(alice));
      await s.post("/sign-in/email", { ...signIn(alice), password: "wrong-password" });
      await s.post("/send-verification-email", { email: alice.email, callbackURL: "/hi" });
      await s.post("/send-verification-email", { email: "nobody@example.com" });
      await s.post("/send-verification-email", { email: "x" });
      await s.get("/verify-email?token=x");
      await s.get("/verify-email?token=x&callbackURL=/hi");
      await s.get("/verify-email");
      const { url, token } = s.verification;
      await s.get(`/verify-email?token=${token}&callbackURL=https://evil.example`);
      await s.get(tail(url));
      await s.get(tail(url));
      await s.get("/get-session");
      await s.post("/send-verification-email", { email: alice.email });
      await s.forget().post("/send-verification-email", { email: alice.email });
      await s.post("/sign-in/email", signIn(alice));
    },
  },
  {
    name: "verification sent on sign up and on sign in; it expires",
    config: { emailAndPassword: { requireEmailVerification: true }, emailVerification: { sendVerificationEmail: { webhook: "hook:verify" }, sendOnSignUp: false, sendOnSignIn: true, expiresIn: 60 } },
    hooks: mails,
    async run(s) {
      await signUp(s);
      await s.post("/sign-in/email", { ...signIn(alice), callbackURL: "/in" });
      const { token } = s.verification;
      await s.advance(120).get(`/verify-email?token=${token}`);
      await s.get(`/verify-email?token=${token}&callbackURL=/hi`);
      await s.post("/sign-in/email", signIn(alice));
      await s.get(`/verify-email?token=${s.verification.token}`);
      await s.post("/sign-in/email", signIn(alice));
    },
  },
  {
    name: "verification without a sender",
    async run(s) {
      await signUp(s);
      await s.post("/send-verification-email", { email: alice.email });
      await s.post("/request-password-reset", { email: alice.email });
      await s.post("/change-email", { newEmail: "new@example.com" });
      await s.get("/verify-email?token=x");
    },
  },
  {
    name: "verification asked for by a signed-in user",
    config: { emailVerification: { sendVerificationEmail: { webhook: "hook:verify" }, sendOnSignUp: true } },
    hooks: mails,
    async run(s) {
      await signUp(s);
      await s.post("/send-verification-email", { email: bob.email });
      await s.post("/send-verification-email", { email: "Alice@example.com" });
      await s.post("/send-verification-email", { email: alice.email, callbackURL: "/a?b=c" });
      await s.get(tail(s.verification.url));
      await s.get("/get-session");
      await s.post("/send-verification-email", { email: alice.email });
    },
  },
  {
    name: "reset a password",
    verifyHashes: true,
    config: { emailAndPassword: { sendResetPassword: { webhook: "hook:reset" }, onPasswordReset: { webhook: "hook:done" }, revokeSessionsOnPasswordReset: true, resetPasswordTokenExpiresIn: 600 } },
    hooks: mails,
    async run(s) {
      await signUp(s);
      await s.post("/request-password-reset", { email: "nobody@example.com" });
      await s.post("/request-password-reset", { email: alice.email, redirectTo: "https://evil.example/" });
      await s.post("/request-password-reset", { email: "ALICE@example.com", redirectTo: "/new" });
      await s.post("/request-password-reset", { email: alice.email, redirectTo: "http://localhost:3000/new?a=b" });
      const { url, token } = s.resetMail;
      await s.get(tail(url));
      await s.get(`/reset-password/${token}?callbackURL=/new`);
      await s.get(`/reset-password/${token}`);
      await s.get(`/reset-password/${token}?callbackURL=https://evil.example`);
      await s.get("/reset-password/unknown?callbackURL=/new");
      await s.get("/reset-password/unknown?callbackURL=");
      await s.post("/reset-password", { newPassword: "short", token });
      await s.post("/reset-password", { newPassword: "x".repeat(129), token });
      await s.post("/reset-password", { newPassword: "password5678", token: "unknown" });
      await s.post("/reset-password", { newPassword: "password5678" });
      await s.post("/reset-password", { token });
      await s.post(`/reset-password?token=${token}`, { newPassword: "password5678" });
      await s.post("/reset-password", { newPassword: "password9999", token });
      await s.get("/get-session");
      await s.forget().post("/sign-in/email", signIn(alice));
      await s.post("/sign-in/email", { email: alice.email, password: "password5678" });
      await s.post("/request-password-reset", { email: alice.email });
      await s.advance(700).get(`/reset-password/${s.resetMail.token}?callbackURL=/new`);
      await s.post("/reset-password", { newPassword: "password9999", token: s.resetMail.token });
    },
  },
  {
    name: "reset gives a password to an account without one",
    config: { emailAndPassword: { sendResetPassword: { webhook: "hook:reset" } } },
    hooks: mails,
    async run(s) {
      await signUp(s);
      await s.db.all("delete from account");
      await s.post("/request-password-reset", { email: alice.email });
      await s.post("/reset-password", { newPassword: "password5678", token: s.resetMail.token });
      await s.get("/get-session");
      await s.post("/sign-in/email", { email: alice.email, password: "password5678" });
      await s.post("/request-password-reset", { email: alice.email });
      await s.db.all("pragma foreign_keys = off");
      await s.db.all("delete from user");
      await s.post("/reset-password", { newPassword: "password5678", token: s.resetMail.token });
    },
  },
  {
    name: "a reset token works once, also in a race",
    config: { emailAndPassword: { sendResetPassword: { webhook: "hook:reset" } } },
    hooks: mails,
    rows: false,
    async run(s) {
      await signUp(s);
      await s.post("/request-password-reset", { email: alice.email });
      const call = ["POST", "/reset-password", { newPassword: "password5678", token: s.resetMail.token }];
      await s.race([call, call, call]);
    },
  },
  {
    name: "change the address",
    config: { user: { changeEmail: { enabled: true, sendChangeEmailConfirmation: { webhook: "hook:change" } } }, emailVerification: { sendVerificationEmail: { webhook: "hook:verify" } } },
    hooks: mails,
    async run(s) {
      await signUp(s, bob);
      await signUp(s.forget());
      await s.post("/change-email", { newEmail: alice.email });
      await s.post("/change-email", { newEmail: bob.email });
      await s.post("/change-email", { newEmail: "x" });
      await s.post("/change-email", { newEmail: "New@Example.com", callbackURL: "/changed" });
      await s.get(tail(s.verification.url));
      await s.get("/get-session");
      await s.post("/send-verification-email", { email: "new@example.com" });
      await s.get(tail(s.verification.url));
      await s.post("/change-email", { newEmail: "third@example.com", callbackURL: "https://evil.example/" });
      await s.post("/change-email", { newEmail: "third@example.com" });
      if (s.changeMail) await s.get(tail(s.changeMail.url));
      await s.get(tail(s.verification.url));
      await s.get("/get-session");
      await s.as("nobody").get(tail(s.verification.url));
    },
  },
  {
    name: "another user follows the link",
    config: { user: { changeEmail: { enabled: true } }, emailVerification: { sendVerificationEmail: { webhook: "hook:verify" } } },
    hooks: mails,
    async run(s) {
      await signUp(s);
      await s.post("/change-email", { newEmail: "new@example.com" });
      const { url } = s.verification;
      await signUp(s.as("bob"), bob);
      await s.get(tail(url));
      await s.get(`/verify-email?token=${s.verification.token}`);
      await s.as("default").get(`/verify-email?token=${s.verification.token}`);
    },
  },
  {
    name: "change the address without verification",
    config: { user: { changeEmail: { enabled: true, updateEmailWithoutVerification: true } } },
    async run(s) {
      await signUp(s);
      await s.post("/change-email", { newEmail: "new@example.com" });
      await s.get("/get-session");
      await s.db.all("update user set emailVerified = 1");
      await s.post("/change-email", { newEmail: "third@example.com" });
    },
  },
  {
    name: "change the address: nothing can send",
    config: { user: { changeEmail: { enabled: true } } },
    async run(s) {
      await signUp(s);
      await s.post("/change-email", { newEmail: "new@example.com" });
      await s.advance(hour).post("/change-email", { newEmail: "new@example.com" });
    },
  },
  {
    name: "hashed verification identifiers",
    config: { verification: { storeIdentifier: "hashed", disableCleanup: true }, emailAndPassword: { sendResetPassword: { webhook: "hook:reset" } } },
    hooks: mails,
    async run(s) {
      await signUp(s);
      await s.post("/request-password-reset", { email: alice.email });
      await s.advance(4000).post("/request-password-reset", { email: alice.email });
      await s.post("/reset-password", { newPassword: "password5678", token: s.resetMail.token });
    },
  },
  {
    name: "hashed for some identifiers",
    config: { verification: { storeIdentifier: { default: "plain", overrides: { "reset-password": "hashed" } } }, emailAndPassword: { sendResetPassword: { webhook: "hook:reset" } } },
    hooks: mails,
    async run(s) {
      await signUp(s);
      await s.post("/request-password-reset", { email: alice.email });
      await s.post("/reset-password", { newPassword: "password5678", token: s.resetMail.token });
    },
  },
  ...Object.entries({
    "all of them": { hash: { webhook: "hook:hash" } },
    "those without a rule": { default: { hash: { webhook: "hook:hash" } }, overrides: { "reset-password": "plain" } },
    "those with a rule": { default: "hashed", overrides: { "reset-password": { hash: { webhook: "hook:hash" } }, reset: "plain" } },
  }).map(([name, storeIdentifier]) => ({
    name: `verification identifiers hashed by a callback: ${name}`,
    config: { verification: { storeIdentifier }, emailAndPassword: { sendResetPassword: { webhook: "hook:reset" } }, user: { deleteUser: { enabled: true, sendDeleteAccountVerification: { webhook: "hook:del" } } } },
    hooks: { ...mails, hash: ({ data: [identifier] }) => ({ result: `hashed ${identifier}` }), del: ({ data: [{ token }] }, s) => void (s.deletion = token) },
    async run(s) {
      await signUp(s);
      await s.post("/request-password-reset", { email: alice.email });
      await s.post("/delete-user", {});
      await s.post("/reset-password", { newPassword: "password5678", token: s.resetMail.token });
      await s.post("/reset-password", { newPassword: "password5678", token: s.resetMail.token });
      await s.get(`/delete-user/callback?token=${s.deletion}`);
    },
  })),
  {
    name: "old rows are swept",
    config: { emailAndPassword: { sendResetPassword: { webhook: "hook:reset" } } },
    hooks: mails,
    async run(s) {
      await signUp(s);
      for (const jump of [0, 30, 3700, 30, 120]) await s.advance(jump).post("/request-password-reset", { email: alice.email });
      await s.get(`/reset-password/${s.resetMail.token}?callbackURL=/x`);
    },
  },
  {
    name: "the sender fails",
    config: { emailAndPassword: { sendResetPassword: { webhook: "hook:fails" } }, emailVerification: { sendVerificationEmail: { webhook: "hook:fails" }, sendOnSignUp: true } },
    hooks: { fails: () => ({ status: 500, body: { $error: true, name: "Error", message: "smtp down" } }) },
    async run(s) {
      await signUp(s);
      await s.post("/request-password-reset", { email: alice.email });
      await s.post("/send-verification-email", { email: alice.email });
    },
  },
];
