// Signing up and in with e-mail and password, and signing out.
import { alice, bob, signIn, signUp } from "../people.mjs";

export default [
  {
    name: "sign up, get session, sign out",
    dbs: ["sqlite", "postgres", "mysql"],
    verifyHashes: true,
    async run(s) {
      await s.get("/ok");
      await signUp(s, alice, { image: "https://example.com/a.png" });
      await s.get("/get-session");
      await s.post("/sign-out", {});
      await s.get("/get-session");
      await s.post("/sign-out");
      await s.post("/sign-in/email", signIn(alice));
      await s.get("/list-sessions");
      await s.post("/sign-out", {});
    },
  },
  {
    name: "sign up: refused input",
    async run(s) {
      await signUp(s, { ...alice, password: "short" });
      await signUp(s, { ...alice, password: "x".repeat(129) });
      await signUp(s, { ...alice, email: "not-an-email" });
      await signUp(s, { ...alice, email: "" });
      await signUp(s, { ...alice, password: "" });
      await signUp(s, { ...alice, name: "" });
      await signUp(s, alice, { email: "ALICE@Example.COM" });
      await s.forget().post("/sign-up/email", alice);
      await s.post("/sign-up/email", { ...alice, email: "Alice@EXAMPLE.com" });
      await s.post("/sign-in/email", { email: "aLiCe@example.com", password: alice.password });
      for (const email of ["a@b", "a@b.c", "a b@c.de", "a@b.co ", "ä@b.de", "a@ä.de", "a..b@c.de", ".a@c.de", "a@-c.de", "a'b@c.de", "a+b@c.de", `${"a".repeat(65)}@c.de`])
        await s.forget().post("/sign-up/email", { name: "n", email, password: "1234567" }, { label: `email ${email}` });
    },
  },
  {
    name: "sign up: unusual but allowed",
    verifyHashes: true,
    async run(s) {
      await signUp(s, { name: "Ünï ✓ <b>\"'&", email: "u+tag@example.com", password: "pässwörd①ﬁ" });
      await s.get("/get-session");
      await s.forget().post("/sign-in/email", { email: "u+tag@example.com", password: "pässwörd1fi" });
      await s.forget().post("/sign-in/email", { email: "u+tag@example.com", password: "pa\u0308sswo\u0308rd①ﬁ" });
      await s.forget().post("/sign-up/email", { ...bob, password: "😀😀😀😀", extra: 1, id: "x", emailVerified: true, role: "admin", createdAt: "2020-01-01T00:00:00.000Z" });
      await s.get("/get-session");
      await signUp(s.forget(), { ...bob, email: "b2@example.com" }, { callbackURL: "/welcome", rememberMe: false });
      await s.get("/get-session");
    },
  },
  {
    name: "form-encoded sign up and in",
    async run(s) {
      await s.post("/sign-up/email", undefined, { form: alice });
      await s.forget().post("/sign-in/email", undefined, { form: signIn(alice) });
      await s.forget().post("/sign-in/email", undefined, { form: { ...signIn(alice), rememberMe: "false" } });
      await s.post("/sign-in/email", undefined, { raw: "email=alice%40example.com&email=b%40example.com&password=password1234", type: "application/x-www-form-urlencoded" });
      await s.post("/sign-in/email", undefined, { raw: "", type: "application/x-www-form-urlencoded" });
      await s.post("/sign-in/email", undefined, { raw: "email=alice%40example.com&password=password1234", type: "application/x-www-form-urlencoded; charset=utf-8" });
      await s.post("/sign-out", undefined, { form: { a: "b" } });
      await s.post("/update-user", undefined, { form: { name: "x" } });
    },
  },
  {
    name: "sign in: wrong, remembered, redirected",
    async run(s) {
      await s.post("/sign-in/email", signIn(alice));
      await signUp(s);
      await s.forget().post("/sign-in/email", { ...signIn(alice), password: "wrong-password" });
      await s.post("/sign-in/email", { ...signIn(alice), email: "x" });
      await s.post("/sign-in/email", { ...signIn(alice), callbackURL: "/dash" });
      await s.forget().post("/sign-in/email", { ...signIn(alice), callbackURL: "http://localhost:3000/dash?a=b#c" });
      await s.forget().post("/sign-in/email", { ...signIn(alice), rememberMe: false });
      await s.get("/get-session");
      await s.post("/sign-in/email", { ...signIn(alice), rememberMe: true });
      await s.get("/get-session");
      await s.post("/sign-out", {});
    },
  },
  {
    name: "password sign up disabled",
    config: { emailAndPassword: { enabled: true, disableSignUp: true } },
    async run(s) {
      await signUp(s);
      await s.post("/sign-in/email", signIn(alice));
    },
  },
  {
    name: "e-mail and password disabled",
    config: { emailAndPassword: { enabled: false } },
    async run(s) {
      await signUp(s);
      await s.post("/sign-in/email", signIn(alice));
      await s.post("/request-password-reset", { email: alice.email });
    },
  },
  {
    name: "no automatic sign in; generic answer for a known address",
    config: { emailAndPassword: { autoSignIn: false, onExistingUserSignUp: { webhook: "hook:existing" } }, user: { additionalFields: { plan: { type: "string", required: false, defaultValue: "free" } } } },
    async run(s) {
      await signUp(s);
      await s.get("/get-session");
      await signUp(s);
      await signUp(s, alice, { name: "Other", image: "https://x.y/z.png", plan: "gold" });
      await s.post("/sign-in/email", signIn(alice));
    },
  },
  {
    name: "synthetic user from a callback",
    config: {
      emailAndPassword: { autoSignIn: false, customSyntheticUser: { webhook: "hook:synthetic" } },
      user: { additionalFields: { plan: { type: "string", required: false } } },
    },
    hooks: { synthetic: ({ data: [{ coreFields, additionalFields, id }] }) => ({ result: { ...coreFields, ...additionalFields, plan: "made", id } }) },
    async run(s) {
      await signUp(s, alice, { plan: "a" });
      await signUp(s, alice, { plan: "b" });
    },
  },
  {
    name: "password length limits",
    config: { emailAndPassword: { minPasswordLength: 4, maxPasswordLength: 12 } },
    async run(s) {
      await signUp(s, { ...alice, password: "abc" });
      await signUp(s, { ...alice, password: "abcdefghijklm" });
      await signUp(s, { ...alice, password: "abcd" });
      await s.post("/change-password", { currentPassword: "abcd", newPassword: "x" });
      await s.post("/change-password", { currentPassword: "abcd", newPassword: "x".repeat(13) });
      await s.post("/change-password", { currentPassword: "x".repeat(13), newPassword: "abcde" });
      await s.post("/change-password", { currentPassword: "abcd", newPassword: "😀😀" });
    },
  },
  {
    name: "own hash and verify",
    config: { emailAndPassword: { password: { hash: { webhook: "hook:hash" }, verify: { webhook: "hook:verify" } } } },
    hooks: {
      hash: ({ data: [text] }) => ({ result: `plain:${text}` }),
      verify: ({ data: [{ hash, password }] }) => ({ result: hash === `plain:${password}` }),
    },
    async run(s) {
      await signUp(s);
      await s.forget().post("/sign-in/email", signIn(alice));
      await s.post("/sign-in/email", { ...signIn(alice), password: "wrong-password" });
      await s.post("/sign-in/email", { ...signIn(alice), email: "nobody@example.com" });
      await s.post("/verify-password", { password: alice.password });
      await s.post("/change-password", { currentPassword: alice.password, newPassword: "other-password" });
      await s.post("/verify-password", { password: "nope-nope" });
    },
  },
  {
    name: "sign-ups race for one address",
    rows: false,
    async run(s) {
      const call = ["POST", "/sign-up/email", alice, { cookies: false }];
      const got = await s.send(...call);
      s.note("first", got.status);
      await s.race([call, call, call]);
    },
  },
  {
    name: "official client",
    config: { plugins: { jwt: {} } },
    async run(s) {
      const client = await s.client();
      s.note("sign up", (await client.signUp.email(alice)).error);
      s.note("session", Object.keys((await client.getSession()).data));
      s.note("wrong", (await client.signIn.email({ ...signIn(alice), password: "wrong-password" })).error);
      s.note("update", (await client.updateUser({ name: "Al" })).data);
      s.note("token", Object.keys((await client.token()).data));
      s.note("jwks", Object.keys((await client.jwks()).data));
      s.note("sessions", (await client.listSessions()).data.length);
      s.note("out", (await client.signOut()).data);
      s.note("gone", (await client.getSession()).data);
    },
  },
];
