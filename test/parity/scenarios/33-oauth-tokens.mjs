// Signing in and linking with an ID token that the client obtained itself, and One Tap.
import { alice, signUp } from "../people.mjs";
import { egress, idToken, provider as answering } from "../oauth/fake.mjs";

const google = { iss: "https://accounts.google.com", aud: "client-1", sub: "go-1", name: "Goo", email: "go@example.com", email_verified: true, picture: "https://p/g.png" };
const client = { clientId: "client-1", clientSecret: "secret-1" };

const scenario = (name, run, { options = {}, config = {}, canned = {}, hooks = {}, id = "google" } = {}) => ({
  name,
  config: { ...egress, ...config, socialProviders: { [id]: { ...client, ...options }, ...config.socialProviders } },
  hooks: { egress: answering(canned), ...hooks },
  run,
});
const send = async (s, claims, { signing, provider = "google", path = "/sign-in/social", ...more } = {}) =>
  s.post(path, { provider, idToken: { token: await idToken({ ...google, ...claims }, s, signing), ...more.token }, ...more.body });

async function claimsOf(s, path) {
  await send(s, {}, { path });
  await send(s, { sub: "go-2", email: "GO2@example.com", email_verified: "false" }, { path });
  for (const claims of [{ aud: "other" }, { aud: ["other", "client-1"] }, { iss: "https://evil.example" }, { iss: "accounts.google.com" }, { email: undefined }, { sub: undefined }, { sub: "" }, { exp: 1 }, { nbf: 4e9 }, { iat: 1 }, { iat: undefined }, { iat: 4e9 }, { exp: undefined }])
    await send(s, claims, { path });
  await send(s, {}, { path, signing: { wrongKey: true } });
  await send(s, {}, { path, signing: { header: { kid: "nobody" } } });
  await send(s, {}, { path, signing: { header: { kid: undefined } } });
  await send(s, { nonce: "n-1" }, { path, token: { nonce: "n-1" } });
  await send(s, { nonce: "n-1" }, { path, token: { nonce: "n-2" } });
  await send(s, {}, { path, token: { nonce: "n-1" } });
  for (const token of ["", "x", "a.b.c", "a.b", "eyJhbGciOiJub25lIn0.e30."]) await s.post(path, { provider: "google", idToken: { token } });
}

const oneTap = (s, token) => s.post("/one-tap/callback", { idToken: token, callbackURL: "/dash" });
async function tap(s, claims, signing) {
  return oneTap(s, await idToken({ ...google, ...claims }, s, signing));
}
async function taps(s) {
  await tap(s, {});
  await s.get("/get-session");
  await tap(s, { name: "Other" });
  for (const claims of [{ aud: "other" }, { iss: "x" }, { email: undefined }, { sub: undefined }, { sub: "" }, { email_verified: "false", sub: "z", email: "z@example.com" }, { hd: "example.com", sub: "h", email: "h@example.com" }, { exp: 1 }]) await tap(s, claims);
  await tap(s, {}, { wrongKey: true });
  await oneTap(s, "x");
  await s.post("/one-tap/callback", {});
  await s.post("/one-tap/callback", { idToken: "x", callbackURL: "https://evil.example" });
}

export default [
  scenario("sign in: what a token must say", (s) => claimsOf(s, "/sign-in/social")),
  scenario("link: what a token must say", async (s) => {
    await signUp(s, { ...alice, email: "go@example.com" });
    await claimsOf(s, "/link-social");
    await s.get("/list-accounts");
  }),
  scenario("link: somebody else's account, another address", async (s) => {
    await send(s, {});
    await s.as("alice");
    await signUp(s, alice);
    await send(s, {}, { path: "/link-social" });
    await send(s, { sub: "x" }, { path: "/link-social" });
    await send(s, { sub: "y", email: alice.email }, { path: "/link-social", token: { accessToken: "a", refreshToken: "r" } });
    await send(s, { sub: "y", email: alice.email }, { path: "/link-social", token: { accessToken: "b" } });
    await send(s, { sub: "z", email: alice.email, email_verified: false }, { path: "/link-social" });
  }, { config: { account: { encryptOAuthTokens: true } } }),
  scenario("link: another address allowed", async (s) => {
    await signUp(s, alice);
    await send(s, {}, { path: "/link-social" });
    await s.get("/get-session");
  }, { config: { account: { accountLinking: { allowDifferentEmails: true, updateUserInfoOnLink: true } } } }),
  scenario("link: off", async (s) => {
    await signUp(s, { ...alice, email: "go@example.com" });
    await send(s, {}, { path: "/link-social" });
  }, { config: { account: { accountLinking: { enabled: false } } } }),
  scenario("a known address", async (s) => {
    await signUp(s, { ...alice, email: "go@example.com" });
    await send(s, {});
  }),
  scenario("no sign-up", async (s) => {
    await send(s, {});
    await send(s, {}, { body: { requestSignUp: true } });
  }, { options: { disableSignUp: true } }),
  scenario("sign-up by request", async (s) => {
    await send(s, {});
    await send(s, {}, { body: { requestSignUp: true } });
  }, { options: { disableImplicitSignUp: true } }),
  scenario("turned off", (s) => send(s, {}), { options: { disableIdTokenSignIn: true } }),
  scenario("a verification of one's own", async (s) => {
    await send(s, {}, { token: { nonce: "n" } });
    await send(s, { sub: "no" });
  }, { options: { verifyIdToken: { webhook: "hook:verify" } }, hooks: { verify: (call) => ({ result: call.data[1] === "n" }) } }),
  scenario("verification of the address wanted", async (s) => {
    await send(s, { email_verified: false });
    await send(s, { email_verified: false });
  }, { options: { requireEmailVerification: true } }),
  scenario("several client ids", async (s) => {
    for (const aud of ["client-1", "client-2", "client-3"]) await send(s, { aud });
  }, { options: { clientId: ["client-1", "client-2"] } }),
  scenario("keys that cannot be had", async (s) => {
    await send(s, {});
  }, { canned: { keys: { $status: 500, $body: {} } } }),
  scenario("apple: hashed nonce and posted name", async (s) => {
    const { createHash } = await import("node:crypto");
    const apple = { iss: "https://appleid.apple.com", aud: "client-1", sub: "ap-1", email: "ap@example.com", email_verified: "true", name: undefined };
    await send(s, { ...apple, nonce: createHash("sha256").update("n").digest("hex") }, { provider: "apple", token: { nonce: "n", user: { name: { firstName: "Ann", lastName: "Apple" } } } });
    await send(s, { ...apple, nonce: "m" }, { provider: "apple", token: { nonce: "n" } });
  }, { id: "apple" }),
  scenario("microsoft: tenants", async (s) => {
    const of = (tid) => ({ iss: `https://login.microsoftonline.com/${tid}/v2.0`, tid, oid: "ms-1" });
    await send(s, of("t-1"), { provider: "microsoft" });
    await send(s, { ...of("t-1"), iss: of("t-2").iss }, { provider: "microsoft" });
    await send(s, of("9188040d-6c67-4c5b-b112-36a304b66dad"), { provider: "microsoft" });
    await send(s, { ...of("t-1"), tid: undefined }, { provider: "microsoft" });
  }, { id: "microsoft", options: { tenantId: "organizations", disableProfilePhoto: true } }),
  scenario("line: the provider verifies", async (s) => {
    await send(s, { aud: "client-1" }, { provider: "line", token: { nonce: "n" } });
    await send(s, { aud: "client-1" }, { provider: "line", token: { nonce: "m" } });
  }, { id: "line", canned: { users: [["/oauth2/v2.1/verify", { aud: "client-1", nonce: "n", sub: "x" }]] } }),
  scenario("facebook: limited login and opaque tokens", async (s) => {
    await send(s, { iss: "https://www.facebook.com", sub: "fb-1" }, { provider: "facebook" });
    await s.post("/sign-in/social", { provider: "facebook", idToken: { token: "opaque" } });
    await s.post("/sign-in/social", { provider: "facebook", idToken: { token: "opaque", accessToken: "opaque" } });
  }, { id: "facebook", canned: { users: [["debug_token", { data: { is_valid: true, app_id: "client-1", user_id: "fb-2" } }], ["graph.facebook.com/me", { id: "fb-2", name: "F", email: "f@example.com", picture: { data: { url: "u" } } }]] } }),
  scenario("one tap", taps, { config: { plugins: { "one-tap": {} } } }),
  scenario("one tap without the provider", taps, { id: "github", config: { plugins: { "one-tap": { clientId: "client-1" } } } }),
  scenario("one tap without a client", taps, { id: "github", config: { plugins: { "one-tap": {} } } }),
  scenario("one tap of a domain", taps, { options: { hd: "example.com" }, config: { plugins: { "one-tap": {} } } }),
  scenario("one tap without sign-up", taps, { config: { plugins: { "one-tap": { disableSignup: true } } } }),
  scenario("one tap for a known address", async (s) => {
    await signUp(s, { ...alice, email: "go@example.com" });
    await tap(s, {});
  }, { config: { plugins: { "one-tap": {} } } }),
];
