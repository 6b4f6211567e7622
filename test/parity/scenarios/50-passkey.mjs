// The passkey plugin: endpoints, options and codes. 51-passkey-checks plays the ceremonies that must fail.
import { Authenticator } from "../authenticator.mjs";
import { alice, bob, day, minute, signUp } from "../people.mjs";

export const plugins = (more = {}) => ({ passkey: more });
const optionsOf = async (s, what, query = "") => (await s.get(`/passkey/generate-${what}-options${query}`)).json;
export const register = async (s, key, { query, changes, ...more } = {}, opts) =>
  s.post("/passkey/verify-registration", { response: key.create(await optionsOf(s, "register", query), changes), ...more }, opts);
export const signInWith = async (s, key, changes, opts) =>
  s.post("/passkey/verify-authentication", { response: key.get(await optionsOf(s, "authenticate"), changes) }, opts);

async function flow(s) {
  await s.get("/passkey/generate-register-options");
  await s.get("/passkey/list-user-passkeys");
  await signUp(s);
  await s.get("/passkey/list-user-passkeys");
  const phone = new Authenticator("phone", { synced: true, aaguid: "ea9b8d66-4d01-1d21-3ce4-b6b48cb575d4" });
  const { json: row } = await register(s, phone, { name: "  Phone " });
  const stick = new Authenticator("stick", { alg: -8, verifies: false, transports: ["usb", "nfc"] });
  await register(s, stick, { query: "?authenticatorAttachment=cross-platform&name=Ada%20L&context=c" });
  await register(s, new Authenticator("laptop", { alg: -257, counts: false }), { changes: { response: { transports: undefined } } });
  await optionsOf(s, "register");
  await s.get("/passkey/list-user-passkeys");
  await optionsOf(s, "authenticate");
  await s.post("/passkey/update-passkey", { id: row?.id, name: "  Old phone " });
  await s.get("/passkey/list-user-passkeys");
  s.as("other");
  await signInWith(s, phone);
  await s.get("/get-session");
  await signInWith(s, phone);
  await signInWith(s.forget(), stick);
  await signUp(s.as("bob"), bob);
  await s.post("/passkey/update-passkey", { id: row?.id, name: "Bob's" });
  await s.post("/passkey/delete-passkey", { id: row?.id });
  await signInWith(s, phone);
  await s.get("/get-session");
  await s.as("default").post("/passkey/delete-passkey", { id: row?.id });
  await s.post("/passkey/delete-passkey", { id: row?.id });
  await s.post("/passkey/update-passkey", { id: row?.id, name: "x" });
  await signInWith(s.as("gone"), phone);
  await s.as("default").get("/passkey/list-user-passkeys");
}

const names = { name: "label", publicKey: "public_key", userId: "owner", credentialID: "credential", counter: "uses", deviceType: "device", backedUp: "backed", transports: "ways", createdAt: "made", aaguid: "model" };
const variants = {
  "defaults": {},
  "domain, name and origin": { rpID: "localhost", rpName: "Acme", origin: "http://localhost:3000" },
  "several origins": { origin: ["https://other.example", "http://localhost:3000"] },
  "origin null": { origin: null },
  "cookie of another name": { advanced: { webAuthnChallengeCookie: "challenge" } },
  "selection": { authenticatorSelection: { residentKey: "required", userVerification: "discouraged", authenticatorAttachment: "platform", requireResidentKey: false } },
  "selection of one kind": { authenticatorSelection: { authenticatorAttachment: "cross-platform", requireResidentKey: true } },
  "extensions": {
    registration: { extensions: { appid: "https://a.example", credProps: false, hmacCreateSecret: true, minPinLength: true, prf: { eval: { first: "AA" } } } },
    authentication: { extensions: { appid: "https://a.example", credProps: true, hmacCreateSecret: true, minPinLength: true } },
  },
  "extensions from callbacks": { registration: { extensions: { webhook: "hook:extensions" } }, authentication: { extensions: { webhook: "hook:extensions" } } },
  "extensions from callbacks that have none": { registration: { extensions: { webhook: "hook:none" } }, authentication: { extensions: { webhook: "hook:none" } } },
  "names of table and columns": { schema: { passkey: { modelName: "credentials", fields: names } } },
};
const hooks = {
  extensions: () => ({ result: { prf: { eval: { first: "AA" } } } }),
  none: () => ({}),
  resolve: ({ data: [{ context }] }, s) => ({ result: s.resolved ?? { id: s.userId, name: "resolved", displayName: context ?? undefined } }),
  after: (call, s) => s.after ?? {},
};
const resolving = (more = {}) => plugins({ registration: { requireSession: false, resolveUser: { webhook: "hook:resolve" }, afterVerification: { webhook: "hook:after" }, ...more } });

/** Signs up and forgets the session: what follows has none. */
async function nobody(s, who = alice) {
  const { json } = await signUp(s, who);
  s.userId = json.user.id;
  return s.as("nobody").forget();
}

export default [
  ...Object.entries(variants).map(([name, options]) => ({ name: `passkey: ${name}`, config: { plugins: plugins(options) }, hooks, run: flow })),
  { name: "passkey: PostgreSQL", dbs: ["postgres"], config: { plugins: plugins() }, run: flow },
  // With serial ids, so that MariaDB returns rows in the order in which they were written.
  { name: "passkey: MariaDB", dbs: ["mysql"], config: { plugins: plugins(), advanced: { database: { generateId: "serial" } } }, run: flow },
  { name: "passkey: in Redis", config: { plugins: plugins(), secondaryStorage: { provider: "redis" } }, run: flow },
  { name: "passkey: in Redis and database", config: { plugins: plugins(), secondaryStorage: { provider: "redis" }, verification: { storeInDatabase: true }, session: { storeSessionInDatabase: true } }, run: flow },
  { name: "passkey: identifiers hashed", config: { plugins: plugins(), verification: { storeIdentifier: "hashed" } }, run: flow },
  { name: "passkey: stateless", dbs: ["none"], config: { plugins: plugins(), database: undefined }, run: flow },
  { name: "passkey: cookie cache", config: { plugins: plugins(), session: { cookieCache: { enabled: true } } }, run: flow },
  { name: "passkey: serial ids", config: { plugins: plugins(), advanced: { database: { generateId: "serial" } } }, run: flow },
  {
    name: "passkey: base URL and cookies",
    config: { appName: "Acme", baseURL: "https://auth.acme.example", plugins: plugins(), advanced: { cookiePrefix: "acme", cookies: { "better-auth-passkey": { name: "pk", attributes: { sameSite: "none", maxAge: 7 } } } } },
    run: async (s) => {
      await signUp(s);
      const key = new Authenticator("k", { origin: "https://auth.acme.example", rpId: "auth.acme.example" });
      await register(s, key);
      await signInWith(s.as("other"), key);
    },
  },
  {
    name: "passkey: several hosts",
    config: { baseURL: { allowedHosts: ["*.acme.example", "localhost:3000"] }, plugins: plugins() },
    origin: "http://localhost:3000",
    async run(s) {
      await s.get("/passkey/generate-authenticate-options", { host: "a.acme.example" });
      await s.get("/passkey/generate-authenticate-options");
    },
  },
  {
    name: "passkey: no base URL",
    config: { baseURL: undefined, plugins: plugins() },
    async run(s) {
      await s.get("/passkey/generate-authenticate-options", { host: "auth.acme.example" });
      await s.get("/passkey/generate-authenticate-options", { host: "other.acme.example:8080" });
    },
  },
  {
    name: "passkey: every algorithm",
    config: { plugins: plugins() },
    async run(s) {
      await signUp(s);
      for (const alg of [-7, -8, -257]) {
        const key = new Authenticator(`alg${alg}`, { alg });
        await register(s, key, { name: `${alg}` });
        await signInWith(s.fork(`in${alg}`).forget(), key);
        s.as("default");
        const self = new Authenticator(`self${alg}`, { alg });
        await register(s, self, { changes: { fmt: "packed" } });
        await signInWith(s.fork(`self${alg}`).forget(), self);
        s.as("default");
      }
      await s.get("/passkey/list-user-passkeys");
    },
  },
  {
    name: "passkey: session too old",
    config: { plugins: plugins(), session: { freshAge: 10 * minute } },
    async run(s) {
      await signUp(s);
      const options = await optionsOf(s, "register");
      s.advance(20 * minute);
      await optionsOf(s, "register");
      await s.post("/passkey/verify-registration", { response: new Authenticator("k").create(options) });
      await s.get("/passkey/list-user-passkeys");
    },
  },
  {
    name: "passkey: challenges",
    config: { plugins: plugins(), session: { freshAge: 0 } },
    async run(s) {
      await signUp(s);
      const key = new Authenticator("k");
      const late = await optionsOf(s, "register");
      await s.advance(6 * minute).post("/passkey/verify-registration", { response: key.create(late) });
      const options = await optionsOf(s, "register");
      const { cookies } = s.jar();
      const name = [...cookies.keys()].find((k) => k.endsWith("better-auth-passkey"));
      const value = cookies.get(name);
      const send = (response) => s.post("/passkey/verify-registration", { response });
      s.forget("better-auth-passkey");
      await send(key.create(options));
      s.setCookie(name, value.replace(/^./, (c) => (c === "a" ? "b" : "a")));
      await send(key.create(options));
      s.setCookie(name, value);
      await send(key.create(options));
      await send(key.create(options));
      const wrong = await optionsOf(s, "authenticate");
      await send(key.create(wrong));
      const crossed = await optionsOf(s, "register");
      await s.post("/passkey/verify-authentication", { response: key.get(crossed) });
      await s.post("/passkey/verify-authentication", { response: key.get(crossed) });
      const expired = await optionsOf(s, "authenticate");
      await s.advance(6 * minute).post("/passkey/verify-authentication", { response: key.get(expired) });
      const once = await optionsOf(s, "authenticate");
      const answer = { response: key.get(once) };
      await s.post("/passkey/verify-authentication", answer);
      await s.post("/passkey/verify-authentication", answer);
      await s.forget("better-auth-passkey").post("/passkey/verify-authentication", answer);
    },
  },
  {
    name: "passkey: one challenge in a race",
    dbs: ["sqlite", "postgres", "mysql"],
    config: { plugins: plugins() },
    rows: false,
    async run(s) {
      await signUp(s);
      const key = new Authenticator("k");
      await register(s, key);
      const call = ["POST", "/passkey/verify-authentication", { response: key.get(await optionsOf(s, "authenticate")) }];
      await s.race([call, call, call]);
    },
  },
  {
    name: "passkey: of another user",
    config: { plugins: plugins() },
    async run(s) {
      await signUp(s);
      const options = await optionsOf(s, "register");
      const { cookies } = s.jar();
      const name = [...cookies.keys()].find((k) => k.endsWith("better-auth-passkey"));
      await signUp(s.as("bob"), bob);
      s.setCookie(name, cookies.get(name));
      await s.post("/passkey/verify-registration", { response: new Authenticator("k").create(options) });
      await s.get("/passkey/list-user-passkeys");
    },
  },
  {
    name: "passkey: registration begins a session",
    config: { plugins: plugins() },
    async run(s) {
      await signUp(s);
      await register(s, new Authenticator("k"), { createSession: true, name: "K" });
      await s.get("/get-session");
      await s.get("/list-sessions");
      await register(s, new Authenticator("l"), { createSession: false });
    },
  },
  ...["sqlite", "postgres"].map((db) => ({
    name: `passkey: registration without a session, ${db}`,
    dbs: [db],
    config: { plugins: resolving() },
    hooks,
    async run(s) {
      await nobody(s);
      const query = "?context=Ada%20L";
      const key = (n) => new Authenticator(n, { alg: -8 });
      await register(s, key("a"), { query });
      await register(s, key("b"), { query, createSession: true, name: "B" });
      await s.get("/get-session");
      s.forget();
      s.after = { result: { name: "  From the callback " } };
      await register(s, key("c"));
      await register(s, key("d"), { name: " " });
      await register(s, key("e"), { name: "Mine" });
      const other = await signUp(s.as("bob"), bob);
      s.as("nobody").after = { result: { userId: other.json.user.id } };
      await register(s, key("f"));
      await register(s, key("g"), { createSession: true });
      await s.get("/get-session");
      s.forget();
      s.after = { result: { userId: "nobody-at-all" } };
      await register(s, key("h"));
      await register(s, key("i"), { createSession: true });
      s.after = { result: {} };
      for (const resolved of [{}, { id: "", name: "x" }, { id: "x", name: "" }, null]) {
        s.resolved = resolved;
        await optionsOf(s, "register");
      }
      s.resolved = { id: "nobody-at-all", name: "nobody" };
      await register(s, key("j"));
      await register(s, key("k"), { createSession: true });
    },
  })),
  {
    name: "passkey: callbacks, in a session",
    config: { plugins: resolving() },
    hooks,
    async run(s) {
      await signUp(s);
      await register(s, new Authenticator("a", { alg: -8 }), { query: "?context=c" });
      const other = await signUp(s.as("bob"), bob);
      s.as("default").after = { result: { userId: other.json.user.id } };
      await register(s, new Authenticator("b", { alg: -8 }));
      s.after = { result: { userId: (await s.get("/get-session")).json.user.id, name: "Named" } };
      await register(s, new Authenticator("c", { alg: -8 }));
      await nobody(s.as("carol"), { ...bob, email: "carol@example.com" });
      const options = await optionsOf(s, "register");
      const { cookies } = s.jar();
      s.as("default");
      for (const [name, value] of cookies) s.setCookie(name, value);
      await s.post("/passkey/verify-registration", { response: new Authenticator("d").create(options) });
    },
  },
  ...Object.entries({
    "an API error": { status: 418, body: { code: "NO", message: "no", status: "FORBIDDEN" } },
    "another error": { status: 500, body: { $error: true, name: "Error", message: "broken" } },
  }).map(([name, failure]) => ({
    name: `passkey: callbacks that throw ${name}`,
    config: {
      plugins: plugins({
        registration: { requireSession: false, resolveUser: { webhook: "hook:throw" }, afterVerification: { webhook: "hook:throw" }, extensions: { webhook: "hook:later" } },
        authentication: { afterVerification: { webhook: "hook:throw" }, extensions: { webhook: "hook:later" } },
      }),
    },
    hooks: { throw: (call, s) => (s.calm ? {} : failure), later: (call, s) => (s.late ? failure : {}) },
    async run(s) {
      await optionsOf(s, "register");
      await signUp(s);
      const key = new Authenticator("k", { alg: -8 });
      await register(s, key);
      await register(s, key, { createSession: true });
      s.calm = true;
      await register(s, key);
      s.calm = false;
      await signInWith(s.as("other"), key);
      await s.get("/get-session");
      s.late = true;
      await optionsOf(s, "authenticate");
      await optionsOf(s.as("default"), "register");
    },
  })),
  {
    name: "passkey: callback after a sign-in",
    config: { plugins: plugins({ authentication: { afterVerification: { webhook: "hook:after" } } }) },
    hooks,
    async run(s) {
      await signUp(s);
      for (const alg of [-8]) {
        const key = new Authenticator(`k${alg}`, { alg, synced: true });
        await register(s, key, { changes: { extensions: { credProtect: 2, nested: { a: [1, "x", true] } } } });
        await signInWith(s, key, { extensions: { uvm: [[2, 4, 2]] } });
      }
    },
  },
  {
    name: "passkey: no way to name the user",
    config: { plugins: plugins({ registration: { requireSession: false } }) },
    async run(s) {
      await optionsOf(s, "register");
      await signUp(s);
      await register(s, new Authenticator("k"));
    },
  },
  {
    name: "passkey: sessions that are dropped",
    config: { plugins: plugins(), databaseHooks: { session: { create: { before: { webhook: "hook:before" } } } } },
    hooks: { before: (call, s) => (s.drop ? { result: false } : {}) },
    async run(s) {
      await signUp(s);
      const key = new Authenticator("k", { alg: -8 });
      await register(s, key);
      s.drop = true;
      await signInWith(s.as("other"), key);
      await register(s.as("default"), new Authenticator("l", { alg: -8 }), { createSession: true });
      await s.get("/passkey/list-user-passkeys");
    },
  },
  {
    name: "passkey: verification values that are dropped",
    config: { plugins: plugins(), databaseHooks: { verification: { create: { before: { webhook: "hook:drop" } } } } },
    hooks: { drop: () => ({ result: false }) },
    async run(s) {
      await signUp(s);
      await register(s, new Authenticator("k"));
    },
  },
  {
    name: "passkey: user deleted meanwhile",
    config: { plugins: plugins(), user: { deleteUser: { enabled: true } }, session: { freshAge: 0 } },
    async run(s) {
      await signUp(s);
      const key = new Authenticator("k");
      await register(s, key);
      await s.post("/delete-user", {});
      await signInWith(s.as("other"), key);
    },
  },
  {
    name: "passkey: fields of the user that are not shown",
    config: { plugins: plugins(), user: { additionalFields: { color: { type: "string", required: false, defaultValue: "red" }, secret: { type: "string", required: false, returned: false, input: false, defaultValue: "s" } } } },
    async run(s) {
      await signUp(s);
      const key = new Authenticator("k");
      await register(s, key, { createSession: true });
      await signInWith(s.as("other"), key);
    },
  },
  {
    name: "passkey: bad input",
    config: { plugins: plugins() },
    async run(s) {
      for (const path of ["delete-passkey", "update-passkey", "verify-registration", "verify-authentication"]) await s.post(`/passkey/${path}`, { id: "x", name: "y", response: {} });
      await signUp(s);
      for (const path of ["delete-passkey", "update-passkey", "verify-registration", "verify-authentication"]) {
        for (const body of [undefined, {}, [], { id: 1, name: 1, response: 1, createSession: 1 }, { id: "", name: " ", response: [] }, { id: "x", name: "y", response: null }, { id: "x", name: " y ", response: {} }])
          await s.post(`/passkey/${path}`, body);
        await s.get(`/passkey/${path}`);
      }
      for (const query of ["?authenticatorAttachment=phone", "?authenticatorAttachment=", "?name=", "?name=a&name=b", "?context="]) await s.get(`/passkey/generate-register-options${query}`);
      for (const path of ["generate-register-options", "generate-authenticate-options", "list-user-passkeys"]) await s.post(`/passkey/${path}`, {});
    },
  },
  {
    name: "passkey: origins",
    config: { plugins: plugins(), trustedOrigins: ["http://app.example"] },
    async run(s) {
      await signUp(s);
      const key = new Authenticator("k");
      await register(s, key);
      for (const origin of ["http://evil.example", "http://app.example", "null", null]) {
        const away = Object.assign(key.clone(), { origin: origin ?? "http://localhost:3000" });
        await signInWith(s, away, {}, { origin });
        await register(s, new Authenticator(`at ${origin}`, { origin: away.origin }), {}, { origin });
      }
    },
  },
  {
    name: "passkey: from code",
    config: { plugins: plugins() },
    async run(s) {
      await s.api("generatePasskeyAuthenticationOptions", {});
      await s.api("generatePasskeyRegistrationOptions", {});
      await s.api("listPasskeys", {});
      await s.api("verifyPasskeyAuthentication", { body: { response: {} } });
      await s.api("verifyPasskeyRegistration", { body: { response: {} } });
      await signUp(s);
      await register(s, new Authenticator("k"));
      await s.api("generatePasskeyRegistrationOptions", { query: { name: "N" } }, { cookies: true });
      const { json } = await s.api("listPasskeys", {}, { cookies: true });
      await s.api("updatePasskey", { body: { id: json?.[0].id, name: "N" } }, { cookies: true });
      await s.api("deletePasskey", { body: { id: json?.[0].id } }, { cookies: true });
    },
  },
  {
    name: "passkey: the official client",
    config: { plugins: plugins() },
    async run(s) {
      const { passkeyClient } = await import("@better-auth/passkey/client");
      const client = await s.client({ plugins: [passkeyClient()] });
      await client.signUp.email(alice);
      const key = new Authenticator("k");
      const { data } = await client.$fetch("/passkey/generate-register-options");
      const made = await client.$fetch("/passkey/verify-registration", { method: "POST", body: { response: key.create(data), name: "K" } });
      s.note("rows", (await client.passkey.listUserPasskeys()).data);
      s.note("renamed", await client.passkey.updatePasskey({ id: made.data.id, name: "New" }));
      s.note("deleted", await client.passkey.deletePasskey({ id: made.data.id }));
      s.note("gone", (await client.passkey.deletePasskey({ id: made.data.id })).error);
    },
  },
  {
    name: "passkey: OpenAPI",
    config: { plugins: { passkey: {}, "open-api": {} } },
    async run(s) {
      await s.get("/open-api/generate-schema");
    },
  },
  {
    name: "passkey: limits",
    config: { plugins: plugins(), rateLimit: { enabled: true, window: 10, max: 3 } },
    async run(s) {
      for (let i = 0; i < 5; i++) await s.get("/passkey/generate-authenticate-options", { headers: { "x-forwarded-for": "192.0.2.7" } });
    },
  },
  {
    name: "passkey: a day later",
    config: { plugins: plugins() },
    async run(s) {
      await signUp(s);
      const key = new Authenticator("k");
      await register(s, key);
      await signInWith(s.as("other").advance(2 * day), key);
      await optionsOf(s, "register");
    },
  },
];
