// Who may sign up, sign in and link with a provider, and which rows result.
import { alice, bob, signUp } from "../people.mjs";
import { begin, egress, follow, provider as answering } from "../oauth/fake.mjs";

const github = (user, verified = true) => ({
  users: [["/user/emails", [{ email: user.email, primary: true, verified }]], ["api.github.com/user", { id: 7, login: "octo", name: "Octo", avatar_url: "https://p/o.png", ...user }]],
});
const octo = github({ email: "octo@example.com" });
const client = { clientId: "client-1", clientSecret: "secret-1" };

const scenario = (name, { canned = octo, options = {}, account, config = {}, hooks = {}, run = signIn, dbs }) => ({
  name,
  ...(dbs ? { dbs } : {}),
  config: { ...egress, ...config, account, socialProviders: { github: { ...client, ...options } } },
  hooks: { egress: (call, s) => answering(s.canned ?? canned)(call, s), ...hooks },
  run,
});

async function callback(s, state, more = "") {
  return s.get(`/callback/github?code=code-1&state=${state}${more}`);
}
async function signIn(s, body = {}) {
  const state = await begin(s, { provider: "github", callbackURL: "/dash", newUserCallbackURL: "/new", errorCallbackURL: "/failed?x=1", ...body });
  await callback(s, state);
  await s.get("/get-session");
}
async function link(s, body = {}) {
  const state = follow(s, await s.post("/link-social", { provider: "github", callbackURL: "/linked", errorCallbackURL: "/failed", ...body }));
  await callback(s, state);
  return (await s.get("/list-accounts")).json;
}
const known = async (s) => {
  await signUp(s, { ...alice, email: "octo@example.com" });
  await s.forget();
  await signIn(s);
};
const verified = { databaseHooks: { user: { create: { before: { webhook: "hook:verified" } } } } };
const asVerified = { verified: () => ({ result: { data: { emailVerified: true } } }) };

const linking = (accountLinking) => ({ accountLinking });

export default [
  scenario("sign up, then sign in", { dbs: ["sqlite", "postgres", "mysql"], run: async (s) => {
    await signIn(s);
    await s.as("second").forget();
    await signIn(s);
    await s.get("/list-accounts");
  } }),
  scenario("one callback, twice", { run: async (s) => {
    const state = await begin(s, { provider: "github", callbackURL: "/dash" });
    await callback(s, state);
    await callback(s, state);
    await callback(s, "unknown");
    await callback(s, "");
    await s.get("/callback/github?code=x");
    await s.get("/callback/github");
    await s.get("/callback/github?state=a&state=b");
    await s.post("/callback/github", { code: "c", state: "s", error: "e", error_description: "d", iss: "i", user: "u" });
    await s.post("/callback/github?code=q", undefined, { form: { code: "c", state: "s&t" } });
  } }),
  scenario("sign-up refused", { options: { disableSignUp: true } }),
  scenario("sign-up by request only", { options: { disableImplicitSignUp: true }, run: async (s) => {
    await signIn(s);
    await signIn(s, { requestSignUp: false });
    await signIn(s, { requestSignUp: true });
  } }),
  scenario("the provider's profile wins", { options: { overrideUserInfoOnSignIn: true }, run: async (s) => {
    await signIn(s);
    s.canned = github({ email: "Octo2@example.com", name: "Renamed" }, false);
    await signIn(s);
    s.canned = github({ email: "octo2@example.com", name: null, avatar_url: null });
    await signIn(s);
  } }),
  scenario("no address", { canned: github({ email: null }), run: async (s) => {
    s.canned = { users: [["/user/emails", []], ["api.github.com/user", { id: 7, login: "octo" }]] };
    await signIn(s);
  } }),
  scenario("no account id", { canned: github({ email: "octo@example.com", id: "" }) }),
  scenario("a blank account id", { canned: github({ email: "octo@example.com", id: "  " }) }),
  scenario("a null account id", { canned: github({ email: "octo@example.com", id: null }) }),
  scenario("unverified at the provider", { canned: github({ email: "octo@example.com" }, false) }),
  scenario("verified as a text", { options: { mapProfileToUser: { webhook: "hook:map" } }, hooks: { map: () => ({ result: { emailVerified: "false" } }) } }),
  scenario("a known address, not verified here", { run: known }),
  scenario("a known and verified address", { config: verified, hooks: asVerified, run: known }),
  scenario("a known and verified address, unverified at the provider", { config: verified, hooks: asVerified, canned: github({ email: "octo@example.com" }, false), run: known }),
  scenario("a known address, the provider trusted", { config: verified, hooks: asVerified, canned: github({ email: "octo@example.com" }, false), account: linking({ trustedProviders: ["github"] }), run: known }),
  scenario("a known address, local verification not needed", { account: linking({ requireLocalEmailVerified: false }), run: known }),
  scenario("a known address, linking off", { config: verified, hooks: asVerified, account: linking({ enabled: false }), run: known }),
  scenario("a known address, no implicit linking", { config: verified, hooks: asVerified, account: linking({ disableImplicitLinking: true }), run: known }),
  scenario("a known address, the profile taken over", { config: verified, hooks: asVerified, account: linking({ updateUserInfoOnLink: true }), run: known }),
  scenario("link: same address", { run: async (s) => {
    await signUp(s, { ...alice, email: "octo@example.com" });
    await link(s);
    s.canned = { ...octo, token: { scope: "three two" } };
    await link(s, { scopes: ["three"] });
    const accounts = (await s.get("/list-accounts")).json;
    for (const { id } of accounts) await s.post("/unlink-account", { accountId: id });
  } }),
  scenario("link: another address", { run: async (s) => {
    await signUp(s, alice);
    await link(s);
  } }),
  scenario("link: another address allowed, the profile taken over", { account: linking({ allowDifferentEmails: true, updateUserInfoOnLink: true }), run: async (s) => {
    await signUp(s, alice);
    await link(s);
    await s.get("/get-session");
    await s.as("bob");
    await signUp(s, bob);
    await link(s);
  } }),
  scenario("link: unverified at the provider", { canned: github({ email: "octo@example.com" }, false), run: async (s) => {
    await signUp(s, { ...alice, email: "octo@example.com" });
    await link(s);
  } }),
  scenario("link: the session ended meanwhile", { run: async (s) => {
    await signUp(s, { ...alice, email: "octo@example.com" });
    const state = follow(s, await s.post("/link-social", { provider: "github", callbackURL: "/linked" }));
    await s.post("/sign-out", {}, { keepJar: true });
    await callback(s, state);
  } }),
  scenario("link: nobody is signed in", { run: async (s) => {
    await s.post("/link-social", { provider: "github" });
  } }),
  scenario("validateUserInfo", { config: { user: { validateUserInfo: { webhook: "hook:validate" } } }, hooks: { validate: (call, s) => (s.refuse ? { result: { error: "not_here", errorDescription: "Not here" } } : {}) }, run: async (s) => {
    s.refuse = true;
    await signIn(s);
    s.refuse = false;
    await signIn(s);
    s.refuse = true;
    await signIn(s);
    await link(s);
  } }),
  scenario("hooks see what is written", { config: { databaseHooks: { user: { create: { before: { webhook: "hook:user" } }, update: { before: { webhook: "hook:userUpdate" } } }, account: { create: { before: { webhook: "hook:account" }, after: { webhook: "hook:accountAfter" } }, update: { before: { webhook: "hook:accountUpdate" } } } } }, run: async (s) => {
    await signIn(s);
    await signIn(s);
  } }),
  scenario("a hook drops the account", { config: { databaseHooks: { account: { create: { before: { webhook: "hook:drop" } } } } }, hooks: { drop: () => ({ result: false }) } }),
  scenario("a hook drops the user", { config: { databaseHooks: { user: { create: { before: { webhook: "hook:drop" } } } } }, hooks: { drop: () => ({ result: false }) } }),
  scenario("a hook drops the session", { config: { databaseHooks: { session: { create: { before: { webhook: "hook:drop" } } } } }, hooks: { drop: () => ({ result: false }) } }),
  scenario("added fields", { options: { mapProfileToUser: { webhook: "hook:map" } }, hooks: { map: () => ({ result: { locale: "de", role: "admin" } }) }, config: { user: { additionalFields: { locale: { type: "string" }, role: { type: "string", input: false, defaultValue: "user" } } } } }),
  scenario("a needed field is missing", { config: { user: { additionalFields: { locale: { type: "string", required: true } } } } }),
  scenario("verification wanted", { canned: github({ email: "octo@example.com" }, false), options: { requireEmailVerification: true }, config: { emailVerification: { sendVerificationEmail: { webhook: "hook:mail" }, sendOnSignIn: true } }, run: async (s) => {
    await signIn(s);
    await signIn(s);
  } }),
  scenario("verification mailed on sign-up", { canned: github({ email: "octo@example.com" }, false), config: { emailVerification: { sendVerificationEmail: { webhook: "hook:mail" }, sendOnSignUp: true } } }),
  scenario("tokens encrypted", { account: { encryptOAuthTokens: true }, run: async (s) => {
    await signIn(s);
    const [{ id }] = (await s.get("/list-accounts")).json;
    await s.post("/get-access-token", { accountId: id });
    await s.post("/refresh-token", { accountId: id });
    await s.advance(3590).post("/get-access-token", { accountId: id });
    await s.get(`/account-info?accountId=${id}`);
  } }),
  scenario("tokens kept as they were", { account: { updateAccountOnSignIn: false }, run: async (s) => {
    await signIn(s);
    s.canned = { ...octo, token: { access_token: "access-9", refresh_token: "refresh-9" } };
    await signIn(s);
  } }),
  ...[["sqlite", {}], ["none", {}]].map(([kind, more]) => scenario(`account cookie, ${kind}`, { dbs: [kind], account: { storeAccountCookie: true, ...more }, run: async (s) => {
    await signIn(s);
    await s.post("/get-access-token", { useAccountCookie: true });
    await s.post("/refresh-token", { useAccountCookie: true });
    await s.get("/account-info?useAccountCookie=true");
    await s.post("/get-access-token", { useAccountCookie: false });
    await s.post("/get-access-token", {});
    await s.post("/get-access-token", { accountId: "x", useAccountCookie: true });
    await s.post("/get-access-token", { accountId: "x" });
    await signIn(s);
    await s.advance(3598).post("/get-access-token", { useAccountCookie: true });
    await s.post("/sign-out", {});
    await s.post("/get-access-token", { useAccountCookie: true });
  } })),
  scenario("refusals of the token endpoints", { run: async (s) => {
    await s.post("/get-access-token", { accountId: "x" });
    await s.get("/account-info?accountId=x");
    await s.get("/account-info");
    await signUp(s, alice);
    const [{ id }] = (await s.get("/list-accounts")).json;
    for (const path of ["/get-access-token", "/refresh-token"]) {
      await s.post(path, { accountId: id });
      await s.post(path, { useAccountCookie: true });
    }
    await s.get(`/account-info?accountId=${id}`);
    await s.api("getAccessToken", { body: { accountId: "x" } });
    await s.api("getAccessToken", { body: { accountId: "x", userId: "u" } });
  } }),
  scenario("a refresh that fails", { canned: { ...octo, refresh: { $status: 400, $body: { error: "invalid_grant" } } }, run: async (s) => {
    await signIn(s);
    const [{ id }] = (await s.get("/list-accounts")).json;
    await s.post("/refresh-token", { accountId: id });
    await s.advance(3598).post("/get-access-token", { accountId: id });
  } }),
  scenario("the state in a cookie", { account: { storeStateStrategy: "cookie" }, run: async (s) => {
    const state = await begin(s, { provider: "github", callbackURL: "/dash", errorCallbackURL: "/failed" });
    const kept = s.cookie("oauth_state");
    await callback(s, "another-state-of-the-same-length");
    s.setCookie("better-auth.oauth_state", kept);
    await callback(s, state);
    s.setCookie("better-auth.oauth_state", "00ff");
    await callback(s, state);
  } }),
  scenario("error page of one's own", { config: { onAPIError: { errorURL: "/oops?a=b#c" } }, run: async (s) => {
    await callback(s, "unknown");
    const state = await begin(s, { provider: "github", callbackURL: "/dash" });
    await s.get(`/callback/github?error=access_denied&state=${state}`);
  } }),
];
