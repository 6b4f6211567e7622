// Reading, listing, refreshing and revoking sessions.
import { alice, bob, day, hour, signIn, signUp } from "../people.mjs";

export default [
  {
    name: "get-session: forms of asking",
    async run(s) {
      await s.get("/get-session");
      await signUp(s);
      for (const query of ["?disableCookieCache=true", "?disableCookieCache=false", "?disableCookieCache", "?disableRefresh=true", "?disableCookieCache=1&disableRefresh=1", "?x=y", "?disableCookieCache=true&disableCookieCache=true"])
        await s.get(`/get-session${query}`);
      await s.post("/get-session", {});
      await s.post("/get-session");
      const token = s.cookie("session_token");
      const [value, mac] = [token.split(".")[0], token.split(".")[1]];
      const bad = ["x", "x.y", token.slice(1), `${token}a`, decodeURIComponent(token), value, `${value}.`, `.${mac}`, "%", "%E0%A4%A", "", `"${token}"`];
      for (const [i, text] of bad.entries())
        await s.get("/get-session", { cookie: `better-auth.session_token=${text}`, label: `bad cookie ${i}`, keepJar: true });
      await s.get("/get-session", { cookie: `better-auth.session_token=${token}; better-auth.session_token=x`, keepJar: true });
      await s.get("/get-session", { cookie: `better-auth.session_token=x; better-auth.session_token=${token}`, keepJar: true, label: "a forged cookie before a good one of the same name" });
      await s.get("/get-session", { cookie: `a=b;better-auth.session_token=${token}`, keepJar: true });
      await s.get("/get-session", { cookie: ` ; ;=; better-auth.session_token = ${token} ;`, keepJar: true });
      await s.get("/get-session", { cookie: `__Secure-better-auth.session_token=${token}`, keepJar: true });
      await s.get("/get-session", { cookie: `BETTER-AUTH.session_token=${token}`, keepJar: true });
      await s.get("/get-session", { headers: { authorization: `Bearer ${decodeURIComponent(token)}` }, cookies: false });
    },
  },
  {
    name: "refresh and expiry by the clock",
    dbs: ["sqlite", "postgres", "mysql"],
    async run(s) {
      await signUp(s);
      await s.advance(day - 10).get("/get-session");
      await s.advance(20).get("/get-session");
      await s.get("/get-session");
      await s.advance(2 * day).get("/get-session?disableRefresh=true");
      await s.get("/list-accounts");
      await s.get("/get-session");
      await s.advance(7 * day - 2).get("/get-session?disableRefresh=true");
      await s.advance(5).get("/get-session");
      await s.get("/get-session");
      await s.post("/sign-in/email", signIn(alice));
    },
  },
  {
    name: "not remembered: one day, never refreshed",
    async run(s) {
      await signUp(s, alice, { rememberMe: false });
      await s.advance(hour).get("/get-session");
      await s.post("/update-user", { name: "Al" });
      await s.advance(23 * hour - 60).get("/get-session");
      await s.advance(120).get("/get-session");
      await s.post("/sign-in/email", { ...signIn(alice), rememberMe: false });
      await s.post("/sign-in/email", signIn(alice));
      await s.advance(2 * day).get("/get-session");
    },
  },
  ...[
    { name: "expiresIn and updateAge", session: { expiresIn: 600, updateAge: 60 }, jumps: [50, 20, 580, 700] },
    { name: "updateAge 0", session: { updateAge: 0 }, jumps: [1, 1] },
    { name: "disableSessionRefresh", session: { disableSessionRefresh: true }, jumps: [2 * day, 4 * day, 2 * day] },
    { name: "freshAge 0", session: { freshAge: 0 }, jumps: [2 * day, 3 * day] },
    { name: "freshAge 10", session: { freshAge: 10 }, jumps: [5, 10] },
  ].map(({ name, session, jumps }) => ({
    name,
    config: { session, user: { deleteUser: { enabled: true } } },
    async run(s) {
      await signUp(s);
      for (const jump of jumps) {
        await s.advance(jump).get("/get-session");
        await s.get("/list-sessions");
      }
      await s.post("/unlink-account", { accountId: "x" });
      await s.post("/delete-user", {});
    },
  })),
  {
    name: "deferSessionRefresh",
    config: { session: { deferSessionRefresh: true } },
    async run(s) {
      await signUp(s);
      await s.get("/get-session");
      await s.post("/get-session", {});
      await s.post("/get-session");
      await s.advance(2 * day).get("/get-session");
      await s.post("/get-session", {});
      await s.get("/get-session");
      await s.advance(8 * day).get("/get-session");
      await s.post("/get-session", {});
    },
  },
  {
    name: "deferSessionRefresh with cookie cache",
    config: { session: { deferSessionRefresh: true, cookieCache: { enabled: true } } },
    async run(s) {
      await signUp(s);
      await s.get("/get-session");
      await s.advance(2 * day).get("/get-session");
      await s.post("/get-session?disableCookieCache=true", {});
      await s.advance(8 * day);
      await s.fork("expired").get("/get-session");
      await s.post("/get-session", {});
    },
  },
  {
    name: "list and revoke",
    dbs: ["sqlite", "postgres", "mysql"],
    async run(s) {
      const first = await signUp(s);
      const second = await s.as("phone").post("/sign-in/email", signIn(alice), { headers: { "user-agent": "phone/2", "x-forwarded-for": "203.0.113.9" } });
      await s.as("tablet").post("/sign-in/email", signIn(alice));
      const other = await signUp(s.as("bob"), bob);
      await s.as("default").get("/list-sessions");
      await s.post("/revoke-session", { token: second.json.token });
      await s.post("/revoke-session", { token: "unknown" });
      await s.post("/revoke-session", { token: other.json.token });
      await s.post("/revoke-session", {});
      await s.as("phone").get("/get-session");
      await s.as("bob").get("/get-session");
      await s.as("default").get("/list-sessions");
      await s.post("/revoke-other-sessions", {});
      await s.as("tablet").get("/get-session");
      await s.as("default").get("/get-session");
      await s.post("/revoke-session", { token: first.json.token });
      await s.get("/get-session");
      await s.post("/sign-in/email", signIn(alice));
      await s.post("/revoke-sessions", {});
      await s.get("/list-sessions");
      await s.as("bob").get("/list-sessions");
    },
  },
  {
    name: "anonymous calls",
    async run(s) {
      for (const path of ["/list-sessions", "/list-accounts", "/account-info?accountId=x", "/get-session"]) await s.get(path);
      for (const [path, body] of [["/revoke-session", { token: "x" }], ["/revoke-sessions"], ["/revoke-other-sessions"], ["/update-session", {}], ["/update-user", { name: "x" }], ["/change-password", { newPassword: "x".repeat(9), currentPassword: "y" }], ["/verify-password", { password: "x" }], ["/delete-user", {}], ["/unlink-account", { accountId: "x" }], ["/change-email", { newEmail: "a@b.co" }], ["/link-social", { provider: "google" }], ["/refresh-token", { accountId: "x" }], ["/get-access-token", { accountId: "x" }], ["/sign-out"]])
        await s.post(path, body);
      await s.get("/delete-user/callback?token=x");
      await s.api("setPassword", { body: { newPassword: "password1234" } });
      await s.api("setPassword", { body: { newPassword: "password1234" }, headers: [] });
    },
  },
  {
    name: "not fresh any more",
    config: { user: { deleteUser: { enabled: true } } },
    async run(s) {
      await signUp(s);
      await s.advance(day).get("/list-sessions");
      await s.post("/unlink-account", { accountId: "x" });
      await s.post("/delete-user", {});
      await s.post("/delete-user", { password: "wrong-password" });
      await s.post("/revoke-other-sessions", {});
      await s.post("/delete-user", { password: alice.password });
    },
  },
  {
    name: "session of a user that is gone",
    async run(s) {
      await signUp(s);
      await s.db.all("pragma foreign_keys = off");
      await s.db.all("delete from user");
      await s.get("/get-session");
      await s.get("/list-sessions");
      await s.post("/update-user", { name: "x" });
    },
  },
  {
    name: "update-session without fields",
    async run(s) {
      await signUp(s);
      for (const body of [{}, { token: "x" }, { userId: "x", expiresAt: 1 }, { unknown: 1 }, undefined, []]) await s.post("/update-session", body);
    },
  },
  {
    name: "update-session with fields",
    config: { session: { cookieCache: { enabled: true }, additionalFields: { theme: { type: "string", required: false }, count: { type: "number", required: false }, secretNote: { type: "string", required: false, returned: false }, fixed: { type: "string", required: false, input: false, defaultValue: "f" }, dark: { type: "boolean", required: false }, tags: { type: "string[]", required: false }, when: { type: "date", required: false } } } },
    async run(s) {
      await signUp(s);
      await s.get("/get-session");
      await s.post("/update-session", { theme: "dark" });
      await s.post("/update-session", { theme: null, count: 3, dark: true, tags: ["a", "b"], secretNote: "n", when: "2030-01-02T03:04:05.678Z" });
      await s.post("/update-session", { fixed: "x" });
      await s.post("/update-session", { count: "3" });
      await s.post("/update-session", { dark: "yes" });
      await s.post("/update-session", { tags: "a" });
      await s.post("/update-session", { when: "tomorrow" });
      await s.post("/update-session", { theme: 7, unknown: true });
      await s.get("/get-session");
      await s.get("/get-session?disableCookieCache=true");
      await s.get("/list-sessions");
    },
  },
];
