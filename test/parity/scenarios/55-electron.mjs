// The electron plugin of @better-auth/electron.
import { createHash, createHmac } from "node:crypto";
import { alice, bob, hour, minute, signIn, signUp } from "../people.mjs";
import { egress, provider as answering } from "../oauth/fake.mjs";

const octo = { users: [["/user/emails", [{ email: "octo@example.com", primary: true, verified: true }]], ["api.github.com/user", { id: 7, login: "octo", name: "Octo", email: "octo@example.com" }]] };
const socialProviders = { github: { clientId: "client-1", clientSecret: "secret-1" } };
const plugins = (more = {}) => ({ electron: more });

const verifier = "a-verifier-of-the-application-0123456789abcdef";
const challenge = createHash("sha256").update(verifier).digest("base64url");
const wanted = (more = {}) => `?${new URLSearchParams({ client_id: "electron", code_challenge: challenge, state: "state-of-the-app", ...more })}`;
const redeem = (s, token, more = {}, opts) => s.post("/electron/token", { token, state: "state-of-the-app", code_verifier: verifier, ...more }, opts);
const codeOf = ({ json }) => json?.electron_authorization_code ?? "none";
/** The code in the cookie that the page reads. */
const shown = (s, name = "better-auth.electron") => {
  const value = s.jar().cookies.get(name);
  return value ? JSON.parse(Buffer.from(decodeURIComponent(value), "base64url")).identifier : "none";
};
const transfer = (s, query = wanted(), body = {}, opts) => s.post(`/electron/transfer-user${query}`, body, opts);

/** The internet: github, and this server itself, which the reference calls over the network. */
async function network(call, s) {
  const { url, method, body } = call.data[0];
  if (!url.startsWith(`${s.origin}${s.basePath}`)) return answering(octo)(call, s);
  const { pathname, search } = new URL(url);
  const got = await s.send(method, pathname + search, undefined, { absolute: true, raw: body, type: "application/json", clock: s.now });
  return { status: got.status, body: got.body, headers: { "set-cookie": got.setCookie } };
}
const proxied = { ...egress, socialProviders };
const init = (s, more = {}, opts) => s.get(`/electron/init-oauth-proxy?${new URLSearchParams({ provider: "github", state: "state-of-the-app", code_challenge: challenge, ...more })}`, opts);

async function flow(s) {
  const up = await s.post(`/sign-up/email${wanted()}`, alice);
  const app = await redeem(s.as("app"), codeOf(up));
  await s.get("/get-session");
  await redeem(s, codeOf(up));
  await s.get("/get-session", { cookies: false, bearer: app.json?.token });
  const again = await s.as("browser").post(`/sign-in/email${wanted()}`, signIn(alice));
  await redeem(s.as("second app"), shown(s.as("browser")));
  await redeem(s, codeOf(again));
  const moved = await transfer(s.as("browser"));
  await redeem(s.as("third app"), codeOf(moved));
  await s.get("/get-session");
  await s.as("browser").get("/get-session");
}

const variants = {
  "defaults": {},
  "another name": { clientID: "my-app" },
  "another prefix": { cookiePrefix: "my" },
  "short": { codeExpiresIn: 30, redirectCookieExpiresIn: 20 },
};
const surroundings = {
  "a prefix of all cookies": { advanced: { cookiePrefix: "my" } },
  "the same prefix twice": { advanced: { cookiePrefix: "my" }, plugins: plugins({ cookiePrefix: "my" }) },
  "secure cookies": { advanced: { useSecureCookies: true } },
  "own attributes": { advanced: { defaultCookieAttributes: { sameSite: "none", secure: true, partitioned: true }, cookies: { session_token: { name: "sess", attributes: { path: "/api" } }, transfer_token: { attributes: { sameSite: "strict" } } } } },
  "cookie cache": { session: { cookieCache: { enabled: true } } },
  "identifiers hashed": { verification: { storeIdentifier: "hashed" } },
  "in Redis": { secondaryStorage: { provider: "redis" } },
  "hidden fields": { user: { additionalFields: { secret: { type: "string", required: false, returned: false, defaultValue: "x" }, color: { type: "string", required: false, defaultValue: "red" } } } },
};

export default [
  ...Object.entries(variants).map(([name, options]) => ({
    name: `electron: ${name}`,
    config: { plugins: { bearer: {}, ...plugins(options) } },
    async run(s) {
      await flow(s);
      await s.as("other").post(`/sign-in/email${wanted({ client_id: "my-app" })}`, signIn(alice));
      await transfer(s, wanted({ client_id: "my-app" }));
      await redeem(s.as("late").advance(40), codeOf(await transfer(s.as("other"), wanted({ client_id: options.clientID ?? "electron" }))));
      await redeem(s.advance(40), shown(s.as("other"), `${options.cookiePrefix ?? "better-auth"}.${options.clientID ?? "electron"}`));
    },
  })),
  ...Object.entries(surroundings).map(([name, config]) => ({ name: `electron: ${name}`, config: { plugins: { bearer: {}, ...plugins() }, ...config }, run: flow })),
  { name: "electron: PostgreSQL and MariaDB", dbs: ["postgres", "mysql"], config: { plugins: { bearer: {}, ...plugins() } }, run: flow },
  { name: "electron: stateless", dbs: ["none"], config: { plugins: { bearer: {}, ...plugins() }, database: undefined }, run: flow },
  {
    name: "electron: codes",
    config: { plugins: plugins() },
    async run(s) {
      await signUp(s);
      const fresh = async () => codeOf(await transfer(s.as("default")));
      await redeem(s, "unknown");
      const late = await fresh();
      await redeem(s.advance(301), late);
      const edge = await fresh();
      await redeem(s.advance(298).as("edge"), edge);
      const first = await fresh();
      await redeem(s.as("app"), first, { state: "another" });
      await redeem(s, first);
      const second = await fresh();
      await redeem(s, second, { code_verifier: "another" });
      await redeem(s, second);
      const table = s.db.quote("verification");
      for (const value of ["", "no json", "null", "5", "[]", '{"userId":"x"}', '{"state":"state-of-the-app"}', `{"state":"state-of-the-app","codeChallenge":"${challenge}"}`, `{"state":"state-of-the-app","codeChallenge":"${challenge}","userId":"nobody"}`]) {
        const code = await fresh();
        await s.db.all(`update ${table} set value = '${value}' where identifier = 'electron:${code}'`);
        await redeem(s.as("app"), code);
      }
    },
  },
  {
    name: "electron: a session that hooks drop",
    config: { plugins: plugins(), databaseHooks: { session: { create: { before: { webhook: "hook:drop" } } } } },
    hooks: { drop: (call, s) => (s.dropping ? { result: false } : {}) },
    async run(s) {
      await signUp(s);
      const code = codeOf(await transfer(s));
      s.dropping = true;
      await redeem(s.as("app"), code);
    },
  },
  {
    name: "electron: transfer of a user",
    config: { plugins: plugins(), trustedOrigins: ["https://desk.example.com"] },
    async run(s) {
      await transfer(s);
      await signUp(s);
      for (const body of [{}, { callbackURL: "/done" }, { callbackURL: "" }, { callbackURL: "https://desk.example.com/x" }, { callbackURL: "https://evil.example" }, { callbackURL: 1 }, undefined]) await transfer(s, wanted(), body);
      for (const more of [{ client_id: "other" }, { state: "" }, { code_challenge: "" }, { client_id: "" }, { client_id: "other", state: "" }]) await transfer(s, wanted(more));
      for (const query of ["", "?client_id=electron", "?client_id=electron&state=a", "?client_id=electron&client_id=b&state=a&code_challenge=c"]) await transfer(s, query);
      await transfer(s, wanted(), {}, { origin: "https://evil.example" });
    },
  },
  {
    name: "electron: sign-ins that take several calls",
    config: { plugins: { ...plugins(), "magic-link": { sendMagicLink: { webhook: "hook:mail" } }, "email-otp": { sendVerificationOTP: { webhook: "hook:mail" } }, "one-time-token": {} }, emailVerification: { sendVerificationEmail: { webhook: "hook:mail" }, autoSignInAfterVerification: true, sendOnSignUp: true }, emailAndPassword: { requireEmailVerification: true } },
    hooks: { mail: (call, s) => void (s.mail = call.data[0]) },
    async run(s) {
      await s.post(`/sign-up/email${wanted()}`, alice);
      await s.get(`/verify-email?token=${s.mail.token}`);
      await redeem(s.as("app"), shown(s.as("default")));
      for (const callbackURL of [undefined, "/done"]) {
        await s.as(`link ${callbackURL}`).post(`/sign-in/magic-link${wanted()}`, { email: alice.email, callbackURL });
        const got = await s.get(`/magic-link/verify?token=${s.mail.token}${callbackURL ? "&callbackURL=/done" : ""}`);
        await redeem(s.as(`app ${callbackURL}`), shown(s.as(`link ${callbackURL}`)));
        await redeem(s, codeOf(got));
      }
      await s.as("code").post("/email-otp/send-verification-otp", { email: alice.email, type: "sign-in" });
      const got = await s.post(`/sign-in/email-otp${wanted()}`, { email: alice.email, otp: s.mail.otp });
      await redeem(s.as("code app"), codeOf(got));
      await s.as("wrong").post(`/sign-in/email${wanted()}`, { ...signIn(alice), password: "wrong-password" });
      await s.post("/sign-in/email", signIn(alice));
      await s.as("elsewhere").post(`/sign-in/email${wanted()}`, { ...signIn(alice), password: "wrong-password" });
      const { json } = await s.as("code").get("/one-time-token/generate");
      await s.as("elsewhere").post("/one-time-token/verify", { token: json?.token });
      await s.get("/get-session");
    },
  },
  {
    name: "electron: what a sign-in may ask for",
    config: { plugins: plugins() },
    async run(s) {
      await signUp(s);
      for (const query of ["", "?client_id=electron", wanted({ state: "" }), wanted({ code_challenge: "" }), wanted({ client_id: "other" }), `${wanted()}&client_id=electron`, `${wanted()}&more=1`, "?client_id=electron&state=a&state=b&code_challenge=c", wanted({ state: "ünïcode ✓ \"quoted\"" })])
        await s.as(`of ${query}`).post(`/sign-in/email${query}`, signIn(alice), { label: `sign in with ${query}` });
      s.as("forged").setCookie("better-auth.transfer_token", encodeURIComponent(JSON.stringify({ client_id: "electron", code_challenge: challenge, state: "x" })));
      await s.post("/sign-in/email", signIn(alice));
    },
  },
  {
    name: "electron: a request that is kept and is not JSON",
    config: { plugins: plugins(), secret: "electron-secret-5d0f9a7be1c24836a9b8c7d6" },
    async run(s) {
      await signUp(s.as("someone"));
      const mac = createHmac("sha256", "electron-secret-5d0f9a7be1c24836a9b8c7d6").update("no json").digest("base64");
      s.as("other").setCookie("better-auth.transfer_token", encodeURIComponent(`no json.${mac}`));
      await s.post("/sign-in/email", signIn(alice));
    },
  },
  {
    name: "electron: bad input",
    config: { plugins: plugins(), socialProviders },
    async run(s) {
      for (const body of [undefined, {}, [], { token: "", state: "", code_verifier: "" }, { token: 1, state: 1, code_verifier: 1 }]) await s.post("/electron/token", body);
      for (const query of ["", "?provider=", "?provider=github", "?provider=github&state=a", "?provider=a&provider=b&state=&code_challenge="]) await s.get(`/electron/init-oauth-proxy${query}`);
      await s.get("/electron/token");
      await s.post("/electron/init-oauth-proxy", {});
      await s.get("/electron/transfer-user");
    },
  },
  {
    name: "electron: origins of applications",
    config: { plugins: plugins(), trustedOrigins: ["com.example.app:/"] },
    async run(s) {
      await signUp(s);
      for (const origin of ["com.example.app:/", "com.example.app://", "com.evil.app:/", "https://evil.example", "null", null]) {
        const code = codeOf(await transfer(s.as("default")));
        await redeem(s.as(`app ${origin}`), code, {}, { origin, label: `no cookie, ${origin}` });
        await redeem(s.as("default"), codeOf(await transfer(s)), {}, { origin, keepJar: true, label: `cookie, ${origin}` });
      }
    },
  },
  {
    name: "electron: a provider",
    config: { plugins: plugins(), ...proxied },
    hooks: { egress: network },
    async run(s) {
      const { headers } = await init(s);
      const at = new URL([headers.location].flat()[0] ?? "http://x");
      const back = await s.get(`/callback/github?code=code-1&state=${at.searchParams.get("state")}`);
      await redeem(s.as("app"), shown(s.as("default")));
      await redeem(s, codeOf(back));
      await s.get("/get-session");
      await init(s.as("default"));
      await init(s.as("other"), { state: "", code_challenge: "" });
      await init(s, { callbackURL: "/dash", scopes: "repo", client_id: "other" });
    },
  },
  ...Object.entries({ "a name": { clientID: "my-app" }, "an empty name": {} }).map(([name, options]) => ({
    name: `electron: a provider, ${name}`,
    config: { plugins: plugins(options), ...proxied, account: { storeStateStrategy: "cookie" } },
    hooks: { egress: network },
    run: (s) => init(s),
  })),
  {
    name: "electron: providers that fail",
    config: { plugins: plugins(), ...proxied, disabledPaths: [] },
    hooks: { egress: network },
    async run(s) {
      await init(s, { provider: "gitlab" });
      await init(s, { provider: "nothing" });
      await signUp(s, bob);
      await init(s);
      await init(s, { provider: "gitlab" });
    },
  },
  { name: "electron: sign-in with providers is disabled", config: { plugins: plugins(), ...proxied, disabledPaths: ["/sign-in/social"] }, hooks: { egress: network }, run: (s) => init(s) },
  {
    name: "electron: from code",
    config: { plugins: plugins() },
    async run(s) {
      await signUp(s);
      const { json } = await s.api("electronTransferUser", { query: { client_id: "electron", state: "state-of-the-app", code_challenge: challenge }, body: {} }, { cookies: true });
      await s.api("electronTransferUser", { query: { client_id: "electron", state: "a", code_challenge: "c" }, body: {} });
      await s.api("electronTransferUser", { query: { client_id: "electron", state: "a", code_challenge: "c" } }, { cookies: true });
      await s.api("electronToken", { body: { token: json?.electron_authorization_code, state: "state-of-the-app", code_verifier: verifier } });
      await s.api("signInEmail", { body: signIn(alice), query: { client_id: "electron", state: "a", code_challenge: challenge } });
    },
  },
  {
    name: "electron: the official client of the page",
    config: { plugins: plugins() },
    async run(s) {
      const { electronProxyClient } = await import("@better-auth/electron/proxy");
      const client = await s.client({ plugins: [electronProxyClient({ protocol: "com.example.app" })] });
      const up = await client.signUp.email({ ...alice, fetchOptions: { query: { client_id: "electron", state: "state-of-the-app", code_challenge: challenge } } });
      await redeem(s.as("app"), up.data?.electron_authorization_code);
      const moved = await s.as("default") && await client.electron.transferUser({ fetchOptions: { query: { client_id: "electron", state: "state-of-the-app", code_challenge: challenge } }, callbackURL: "/done" });
      s.note("moved", { ...moved.data, electron_authorization_code: undefined });
      await redeem(s.as("second"), moved.data?.electron_authorization_code);
    },
  },
  {
    name: "electron: a code works once, also in a race",
    dbs: ["sqlite", "postgres", "mysql"],
    config: { plugins: plugins() },
    rows: false,
    async run(s) {
      await signUp(s);
      const call = ["POST", "/electron/token", { token: codeOf(await transfer(s)), state: "state-of-the-app", code_verifier: verifier }, { cookies: false }];
      await s.race([call, call, call, call]);
    },
  },
  { name: "electron: rate limit", config: { plugins: plugins(), rateLimit: { enabled: true, max: 4 } }, async run(s) {
    for (let i = 0; i < 6; i++) await redeem(s, "x");
    await redeem(s.advance(hour), "x");
    await redeem(s.advance(minute), "x");
  } },
  { name: "electron: described", config: { plugins: { "open-api": {}, ...plugins() } }, async run(s) {
    await s.get("/open-api/generate-schema");
  } },
];
