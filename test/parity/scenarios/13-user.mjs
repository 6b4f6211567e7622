// The user's own data: profile, passwords, deletion, accounts.
import { alice, bob, day, hour, signIn, signUp } from "../people.mjs";

const at = "2031-01-15 10:20:30.456";
const quoted = (v) => (v === null ? "null" : `'${v}'`);

/** Puts an account row of another provider beside the credential account of the one user there is. */
async function addAccount(s, providerId, accountId, more = {}) {
  const [user] = await s.db.all(`select ${s.db.quote("id")} as id from ${s.db.quote("user")}`);
  const row = { id: `acc-${providerId}-${accountId}`, providerId, accountId, userId: user.id, createdAt: "2031-01-15T10:20:30.456Z", updatedAt: "2031-01-15T10:20:30.456Z", ...more };
  const columns = Object.keys(row).map((c) => s.db.quote(c)).join(", ");
  await s.db.all(`insert into ${s.db.quote("account")} (${columns}) values (${Object.values(row).map(quoted).join(", ")})`);
  return row.id;
}

export default [
  {
    name: "update-user",
    dbs: ["sqlite", "postgres", "mysql"],
    async run(s) {
      await signUp(s);
      for (const body of [{ name: "Al" }, { image: "https://x.y/z.png" }, { image: null }, { name: "" }, {}, { email: "new@example.com" }, { email: "" }, { id: "x" }, { emailVerified: true }, { name: 5 }, { name: null }, { image: 5 }, { name: "A", unknown: 1 }, [], undefined, { createdAt: "2020-01-01" }])
        await s.post("/update-user", body);
      await s.get("/get-session");
    },
  },
  {
    name: "update-user reaches the cache cookie",
    config: { session: { cookieCache: { enabled: true } } },
    async run(s) {
      await signUp(s, alice, { rememberMe: false });
      await s.post("/update-user", { name: "Al" });
      await s.get("/get-session");
    },
  },
  {
    name: "change and verify password",
    verifyHashes: true,
    async run(s) {
      await signUp(s);
      await s.as("phone").post("/sign-in/email", signIn(alice));
      await s.as("default").post("/verify-password", { password: alice.password });
      await s.post("/verify-password", { password: "wrong-password" });
      await s.post("/verify-password", { password: "" });
      await s.post("/change-password", { currentPassword: "wrong-password", newPassword: "password5678" });
      await s.post("/change-password", { currentPassword: alice.password, newPassword: "short" });
      await s.post("/change-password", { currentPassword: alice.password, newPassword: "x".repeat(129) });
      await s.post("/change-password", { currentPassword: alice.password, newPassword: "password5678" });
      await s.as("phone").get("/get-session");
      await s.as("default").post("/change-password", { currentPassword: "password5678", newPassword: "password9012", revokeOtherSessions: true });
      await s.as("phone").get("/get-session");
      await s.as("default").get("/get-session");
      await s.get("/list-sessions");
      await s.post("/sign-in/email", { email: alice.email, password: "password9012" });
      await s.post("/sign-in/email", signIn(alice));
    },
  },
  {
    name: "set a first password, as the host program",
    verifyHashes: true,
    async run(s) {
      await signUp(s);
      await s.api("setPassword", { body: { newPassword: "password5678" } }, { cookies: true });
      await addAccount(s, "google", "g-1");
      await s.db.all("delete from account where providerId = 'credential'");
      await s.post("/change-password", { currentPassword: alice.password, newPassword: "password5678" });
      await s.post("/verify-password", { password: alice.password });
      await s.post("/sign-in/email", signIn(alice));
      await s.api("setPassword", { body: { newPassword: "short" } }, { cookies: true });
      await s.api("setPassword", { body: { newPassword: "x".repeat(129) } }, { cookies: true });
      await s.api("setPassword", { body: {} }, { cookies: true });
      await s.api("setPassword", {}, { cookies: true });
      await s.api("setPassword", { body: { newPassword: "password5678" } }, { cookies: true });
      await s.get("/list-accounts");
      await s.post("/verify-password", { password: "password5678" });
      await s.db.all("update account set password = null where providerId = 'credential'");
      await s.post("/verify-password", { password: "password5678" });
      await s.post("/sign-in/email", { email: alice.email, password: "password5678" });
      await s.api("setPassword", { body: { newPassword: "password9012" } }, { cookies: true });
      await s.post("/set-password", { newPassword: "password9012" });
    },
  },
  {
    name: "endpoints called as the host program",
    config: { plugins: { jwt: {} } },
    async run(s) {
      await s.api("signUpEmail", { body: alice });
      await s.api("signUpEmail", { body: { ...alice, email: "x" } });
      await s.api("signInEmail", { body: signIn(alice) });
      await s.api("signInEmail", { body: { email: alice.email } });
      const signed = await s.post("/sign-in/email", signIn(alice));
      s.note("signed in", signed.status);
      await s.api("getSession", {}, { cookies: true });
      await s.api("getSession", { headers: [] });
      await s.api("getSession", {});
      await s.api("listSessions", {}, { cookies: true });
      await s.api("updateUser", { body: { name: "Al" } }, { cookies: true });
      await s.api("changePassword", { body: { currentPassword: "x", newPassword: "password5678" } }, { cookies: true });
      await s.api("getToken", {}, { cookies: true });
      await s.api("getJwks", {});
      await s.api("ok", {});
      await s.api("error", { query: { error: "x" } });
      await s.api("signOut", {}, { cookies: true });
      await s.api("nothing", {});
      await s.api("constructor", {});
    },
  },
  {
    name: "delete user: disabled",
    async run(s) {
      await signUp(s);
      await s.post("/delete-user", {});
      await s.get("/delete-user/callback?token=x");
    },
  },
  {
    name: "delete user: fresh, password, token",
    dbs: ["sqlite", "postgres", "mysql"],
    config: { user: { deleteUser: { enabled: true } } },
    async run(s) {
      await signUp(s, bob);
      await signUp(s.as("alice"), alice);
      await s.post("/delete-user", { password: "wrong-password" });
      await s.post("/delete-user", { token: "unknown" });
      await s.get("/delete-user/callback");
      await s.get("/delete-user/callback?token=unknown");
      await s.get("/delete-user/callback?token=unknown&callbackURL=/bye");
      await s.get("/delete-user/callback?token=unknown&callbackURL=https://evil.example/");
      await s.post("/delete-user", { callbackURL: "https://evil.example/" });
      await s.fork("other").as("alice").post("/delete-user", {});
      await s.as("other").get("/get-session");
      await s.as("alice").get("/get-session");
      await signUp(s, alice);
      await s.advance(2 * day).post("/delete-user", { password: alice.password });
      await s.as("default").get("/get-session");
    },
  },
  {
    name: "delete user: by mail, with callbacks",
    config: {
      user: { deleteUser: { enabled: true, deleteTokenExpiresIn: 100, sendDeleteAccountVerification: { webhook: "hook:mail" }, beforeDelete: { webhook: "hook:before" }, afterDelete: { webhook: "hook:after" } } },
    },
    hooks: { mail: (call, s) => void (s.mail = call.data[0]) },
    async run(s) {
      await signUp(s);
      await s.post("/delete-user", {});
      await s.advance(200).get(`/delete-user/callback?token=${s.mail.token}`);
      await s.post("/delete-user", { callbackURL: "/bye?x=1" });
      const { token } = s.mail;
      await signUp(s.as("bob"), bob);
      await s.get(`/delete-user/callback?token=${token}`);
      await s.as("nobody").get(`/delete-user/callback?token=${token}`);
      await s.as("default").post("/delete-user", { callbackURL: "/bye" });
      await s.get(`/delete-user/callback?token=${s.mail.token}&callbackURL=${encodeURIComponent("/bye?x=1")}`);
      await s.get("/get-session");
      await s.as("bob").post("/delete-user", { password: bob.password });
      await s.post("/delete-user", { token: s.mail.token });
    },
  },
  {
    name: "delete user: the callback forbids it",
    config: { user: { deleteUser: { enabled: true, beforeDelete: { webhook: "hook:before" } } } },
    hooks: { before: () => ({ status: 409, body: { code: "HAS_DEBTS", message: "Pay first", sum: 3 } }) },
    async run(s) {
      await signUp(s);
      await s.post("/delete-user", {});
      await s.get("/get-session");
    },
  },
  {
    name: "accounts: list and unlink",
    async run(s) {
      await signUp(s);
      const [own] = (await s.get("/list-accounts")).json;
      await s.post("/unlink-account", { accountId: own.id });
      const google = await addAccount(s, "google", "g-1", { scope: "openid,email", accessToken: "at", refreshToken: "rt" });
      const github = await addAccount(s, "github", "h-1", { scope: "" });
      await s.get("/list-accounts");
      await s.post("/unlink-account", { accountId: "unknown" });
      await s.post("/unlink-account", {});
      await s.post("/unlink-account", { accountId: "g-1" });
      await s.post("/unlink-account", { accountId: google });
      await s.get("/list-accounts");
      await s.post("/unlink-account", { accountId: own.id });
      await s.post("/sign-in/email", signIn(alice));
      await s.post("/unlink-account", { accountId: github });
    },
  },
  {
    name: "accounts: the last one may go",
    config: { account: { accountLinking: { allowUnlinkingAll: true } } },
    async run(s) {
      await signUp(s);
      const [own] = (await s.get("/list-accounts")).json;
      await s.post("/unlink-account", { accountId: own.id });
      await s.get("/list-accounts");
    },
  },
  {
    name: "accounts: tokens without a provider",
    async run(s) {
      await signUp(s);
      const google = await addAccount(s, "google", "g-1", { accessToken: "at", refreshToken: "rt" });
      const [own] = (await s.get("/list-accounts")).json;
      for (const accountId of [own.id, google, "unknown"]) {
        await s.post("/get-access-token", { accountId });
        await s.post("/refresh-token", { accountId });
        await s.get(`/account-info?accountId=${accountId}`);
      }
      await s.post("/get-access-token", {});
      await s.post("/get-access-token", { useAccountCookie: true });
      await s.post("/refresh-token", { useAccountCookie: true });
      await s.post("/refresh-token", {});
      await s.get("/account-info");
      await s.get("/account-info?useAccountCookie=true");
    },
  },
  {
    name: "social sign-in without providers",
    async run(s) {
      await s.post("/sign-in/social", { provider: "google" });
      await s.post("/sign-in/social", { provider: "nothing" });
      await s.post("/sign-in/social", {});
      await s.get("/callback/google");
      await s.get("/callback/google?error=access_denied&state=x");
      await s.get("/callback/google?code=x");
      await s.get("/callback/google?code=x&state=y");
      await s.post("/callback/google", { code: "x", state: "y" });
      await s.get("/callback/nothing?code=x&state=y");
      await signUp(s);
      await s.post("/link-social", { provider: "google" });
      await s.post("/link-social", { provider: "nothing", callbackURL: "/x" });
    },
  },
  {
    name: "error and ok pages",
    async run(s) {
      await s.get("/ok");
      for (const query of ["", "?error=foo", "?error=a%20b", "?error=%3Cscript%3E", "?error=state_mismatch&error_description=It%20%22failed%22%20%3Cb%3E", "?error=A_b-9", "?error=a'b", "?error=%26amp%3B", "?error_description=only", "?error=x&error=y", `?error=${"x".repeat(300)}`])
        await s.get(`/error${query}`);
      await s.post("/error", {});
      await s.post("/ok", {});
    },
  },
  {
    name: "the error page in production",
    config: { $test: { env: "production" }, rateLimit: { enabled: false } },
    async run(s) {
      await s.get("/error?error=foo&error_description=bar");
      await s.get("/error");
    },
  },
  {
    name: "own error page and address",
    config: { onAPIError: { errorURL: "https://app.example/failed?x=1" } },
    async run(s) {
      await s.get("/error?error=foo");
      await s.get("/error?error=a%26b&error_description=c");
      await s.get("/error");
      await s.get("/callback/google?code=x&state=y");
    },
  },
  {
    name: "a styled error page",
    config: {
      appName: "Acme",
      onAPIError: {
        customizeDefaultErrorPage: {
          disableBackgroundGrid: true, disableCornerDecorations: true, disableTitleBorder: true,
          colors: { background: "#fff", foreground: "#111", primary: "#22f", primaryForeground: "#fff", mutedForeground: "#888", border: "#ccc", destructive: "#f00", titleBorder: "#0f0", titleColor: "#00f", gridColor: "#eee", cardBackground: "#fafafa", cornerBorder: "#abc" },
          size: { radiusSm: "1px", radiusMd: "2px", radiusLg: "3px", textSm: "4px", text2xl: "5px", text4xl: "6px", text6xl: "7px" },
          font: { defaultFamily: "Arial", monoFamily: "Courier" },
        },
      },
    },
    async run(s) {
      await s.get("/error?error=foo");
      await s.get("/error?error=foo&error_description=why");
    },
  },
];

export { addAccount, at, hour };
