// The api-key plugin: options, and keys that stand for sessions.
import { alice, day, minute, signUp } from "../people.mjs";

const hook = (name) => ({ webhook: `hook:${name}` });
const letters = (n) => (n > 25 ? letters(Math.floor(n / 26)) : "") + String.fromCharCode(97 + (n % 26));
const hooks = {
  key: ({ data: [{ length, prefix }] }, s) => ({ result: `${prefix ?? ""}key${letters((s.keys = (s.keys ?? 0) + 1))}`.padEnd(length, "x") }),
  admits: ({ data: [{ key }] }) => ({ result: !key.startsWith("no_") }),
  refuses: () => ({ status: 403, body: { status: 403, code: "NO", message: "not this one" } }),
  permissions: ({ data: [owner] }) => ({ result: owner ? { files: ["read"] } : {} }),
  getter: () => ({ result: 7 }),
  mine: ({ data: [{ headers }] }) => ({ result: headers?.find?.(([name]) => name === "x-mine")?.[1] ?? headers?.["x-mine"] ?? null }),
  get: ({ data: [key] }, s) => ({ result: s.kept?.[key] ?? null }),
  set: ({ data: [key, value] }, s) => { (s.kept ??= {})[key] = value; return {}; },
  remove: ({ data: [key] }, s) => { delete s.kept?.[key]; return {}; },
};
const named = { customKeyGenerator: hook("key") };
const plugins = (...configurations) => ({ "api-key": { configurations } });
const make = (s, body = {}) => s.post("/api-key/create", body);
const made = (s, body) => s.api("createApiKey", { body });
const verify = (s, key, more = {}) => s.api("verifyApiKey", { body: { key, ...more } });
const withKey = (key, name = "x-api-key") => ({ cookies: false, headers: { [name]: key } });

async function flow(s) {
  const { json: user } = await signUp(s);
  for (const body of [
    {}, { name: "ab" }, { name: "abcdef" }, { prefix: "no_" }, { prefix: "p" }, { name: "abc", prefix: "pqr_" }, { name: "abc", expiresIn: day }, { name: "abc", expiresIn: 40 * day },
    { name: "abc", expiresIn: 60 }, { name: "abc", metadata: { a: 1 } }, { name: "abc", metadata: "x" },
  ]) {
    const { json: key } = await make(s, body);
    await verify(s, key?.key);
    await verify(s, key?.key, { permissions: { files: ["read"] } });
    await s.post("/api-key/update", { keyId: key?.id ?? "x", ...body });
  }
  await s.get("/api-key/list?sortBy=createdAt");
  const { json: key } = await made(s, { userId: user?.user.id, name: "abc" });
  for (let i = 0; i < 4; i++) await verify(s, key?.key);
  await verify(s.advance(2 * minute), key?.key);
  await verify(s.advance(2 * day), key?.key);
}

const variants = {
  "lengths": { minimumNameLength: 3, maximumNameLength: 5, minimumPrefixLength: 2, maximumPrefixLength: 3, defaultKeyLength: 20 },
  "no lower limits": { minimumNameLength: 0, minimumPrefixLength: 0 },
  "names are needed": { requireName: true },
  "prefix": { defaultPrefix: "app_", startingCharactersConfig: { charactersLength: 9 } },
  "no start": { startingCharactersConfig: { shouldStore: false } },
  "empty start": { startingCharactersConfig: { charactersLength: 0 } },
  "plain text": { disableKeyHashing: true },
  "metadata": { enableMetadata: true },
  "life": { keyExpiration: { defaultExpiresIn: 3600, minExpiresIn: 2, maxExpiresIn: 30 } },
  "any life": { keyExpiration: { minExpiresIn: 0, maxExpiresIn: 100000 } },
  "fixed life": { keyExpiration: { defaultExpiresIn: 86400, disableCustomExpiresTime: true } },
  "limit": { rateLimit: { maxRequests: 2, timeWindow: 60_000 } },
  "no limit": { rateLimit: { enabled: false } },
  "permissions": { permissions: { defaultPermissions: { files: ["read", "write"] } } },
  "permissions from a callback": { permissions: { defaultPermissions: hook("permissions") } },
  "validator": { customAPIKeyValidator: hook("admits") },
  "own storage": { storage: "secondary-storage", customStorage: { get: hook("get"), set: hook("set"), delete: hook("remove"), getAndDelete: hook("get"), increment: hook("get") } },
};

const fields = Object.fromEntries([
  "configId", "createdAt", "enabled", "expiresAt", "key", "lastRefillAt", "lastRequest", "metadata", "name", "permissions", "prefix", "rateLimitEnabled", "rateLimitMax",
  "rateLimitTimeWindow", "referenceId", "refillAmount", "refillInterval", "remaining", "requestCount", "start", "updatedAt",
].map((name) => [name, name.replace(/[A-Z]/g, (c) => `_${c.toLowerCase()}`) + "_1"]));

export default [
  ...Object.entries(variants).map(([name, options]) => ({
    name: `api key options: ${name}`, config: { plugins: plugins({ ...named, ...options }) }, hooks, unorderedCalls: true, run: flow,
  })),
  {
    name: "api key options: renamed",
    config: { plugins: { "api-key": { configurations: [{ ...named, enableMetadata: true }], schema: { apikey: { modelName: "keys", fields } } } } },
    hooks,
    run: flow,
  },
  {
    name: "api key options: several configurations",
    config: {
      plugins: plugins(
        { ...named, configId: "default", defaultPrefix: "d_", rateLimit: { maxRequests: 50 } },
        { ...named, configId: "admin", defaultPrefix: "a_", rateLimit: { maxRequests: 3 }, customAPIKeyValidator: hook("admits") },
        { ...named, configId: "org", references: "organization" },
        { ...named, configId: "cached", storage: "secondary-storage", apiKeyHeaders: ["x-one", "x-two"], enableSessionForAPIKeys: true },
      ),
      secondaryStorage: { provider: "memory" },
    },
    hooks,
    async run(s) {
      const { json: user } = await signUp(s);
      for (const configId of [undefined, "default", "admin", "org", "cached", "unknown"]) {
        const { json: key } = await make(s, { configId });
        await make(s, { configId, organizationId: "o1" });
        await s.api("createApiKey", { body: { configId, organizationId: "o1" } });
        await s.api("createApiKey", { body: { configId, organizationId: "o1", userId: user?.user.id } });
        for (const other of [undefined, "default", "admin", "org", "cached", "unknown"]) {
          await s.get(`/api-key/get?id=${key?.id}${other ? `&configId=${other}` : ""}`);
          await verify(s, key?.key, other ? { configId: other } : {});
        }
        await s.post("/api-key/update", { keyId: key?.id ?? "x", configId, name: "new" });
        await s.get("/get-session", withKey(key?.key ?? "x", "x-two"));
      }
      await verify(s, "no_key", { configId: "admin" });
      for (const query of ["?sortBy=createdAt", "?configId=admin", "?configId=org", "?configId=cached", "?configId=unknown", "?organizationId=o1", "?sortBy=createdAt&sortDirection=desc"]) await s.get(`/api-key/list${query}`);
    },
  },
  {
    name: "api key options: no default configuration",
    config: { plugins: plugins({ ...named, configId: "a" }, { ...named, configId: "b" }) },
    hooks,
    async run(s) {
      await signUp(s);
      const { json: key } = await make(s, { configId: "a" });
      await make(s);
      await s.get(`/api-key/get?id=${key?.id}`);
      await s.get(`/api-key/get?id=${key?.id}&configId=a`);
      await verify(s, key?.key);
      await verify(s, key?.key, { configId: "a" });
      await s.post("/api-key/update", { keyId: key?.id, name: "x" });
      await s.post("/api-key/delete", { keyId: key?.id });
      await s.get("/api-key/list?sortBy=createdAt");
      await s.get("/api-key/list?configId=c");
    },
  },
  ...["refused: configurations without names", "refused: one name twice"].map((name, i) => ({
    name: `api key options: ${name}`, config: { plugins: plugins({ configId: "a" }, i === 0 ? {} : { configId: "a" }) }, async run() {},
  })),
  {
    name: "api key options: sessions",
    config: { plugins: plugins({ ...named, enableSessionForAPIKeys: true, rateLimit: { maxRequests: 30 } }), session: { cookieCache: { enabled: true } } },
    hooks,
    dbs: ["sqlite", "postgres", "mysql"],
    async run(s) {
      const { json: user } = await signUp(s);
      const { json: key } = await made(s, { userId: user?.user.id });
      const { json: ends } = await made(s, { userId: user?.user.id, expiresIn: 2 * day, remaining: 2 });
      const { json: nobody } = await made(s, { userId: "nobody" });
      for (const k of [key?.key, ends?.key, nobody?.key, "short", "x".repeat(64)]) await s.get("/get-session", withKey(k));
      await s.get("/get-session", withKey(""));
      await s.get("/get-session", withKey(key?.key, "x-other"));
      await s.get("/list-sessions", withKey(key?.key));
      await s.get("/list-accounts", withKey(key?.key));
      await s.post("/change-password", { currentPassword: alice.password, newPassword: "password5678" }, withKey(key?.key));
      await s.post("/api-key/create", { name: "by a key" }, withKey(key?.key));
      await s.post("/api-key/create", { userId: user?.user.id }, withKey(key?.key));
      await s.get("/api-key/list?sortBy=createdAt", withKey(key?.key));
      await s.post("/sign-in/email", { email: alice.email, password: alice.password }, withKey("short"));
      await s.post("/api-key/update", { keyId: key?.id, enabled: false });
      await s.get("/get-session", withKey(key?.key));
      await s.get("/get-session", withKey(ends?.key));
      await s.get("/get-session", withKey(ends?.key));
      await s.get("/get-session");
      const { json: soon } = await made(s, { userId: user?.user.id, expiresIn: day });
      await s.get("/get-session", withKey(soon?.key));
      await s.get("/get-session", withKey(soon?.key, "x-api-key"));
      await s.get("/get-session", withKey((s.advance(2 * day), soon?.key)));
      await s.get("/get-session", withKey(soon?.key));
    },
  },
  {
    name: "api key options: sessions, one header and a limit",
    config: { plugins: plugins({ ...named, enableSessionForAPIKeys: true, apiKeyHeaders: "X-Key", rateLimit: { maxRequests: 2 }, customAPIKeyValidator: hook("admits") }) },
    hooks,
    async run(s) {
      await signUp(s);
      const { json: key } = await make(s);
      const { json: no } = await make(s, { prefix: "no_" });
      await s.get("/get-session", withKey(no?.key, "x-key"));
      for (let i = 0; i < 3; i++) await s.get("/get-session", withKey(key?.key, "x-key"));
      await s.get("/get-session", withKey(key?.key));
    },
  },
  {
    name: "api key options: sessions of organizations",
    config: { plugins: plugins({ ...named, enableSessionForAPIKeys: true, references: "organization" }) },
    hooks,
    async run(s) {
      await signUp(s);
      await make(s);
      await make(s, { organizationId: "o1" });
      await s.get("/api-key/list?sortBy=createdAt");
      await s.get("/api-key/list?organizationId=o1");
      await s.get("/get-session", withKey("x".repeat(64)));
    },
  },
  {
    name: "api key options: a getter that returns no text",
    config: { plugins: plugins({ ...named, enableSessionForAPIKeys: true, customAPIKeyGetter: hook("getter") }) },
    hooks,
    unorderedCalls: true,
    async run(s) {
      await s.get("/get-session");
      await signUp(s);
    },
  },
  {
    name: "api key options: a getter",
    config: { plugins: plugins({ ...named, enableSessionForAPIKeys: true, customAPIKeyGetter: hook("mine") }) },
    hooks,
    unorderedCalls: true,
    async run(s) {
      await signUp(s);
      const { json: key } = await make(s);
      await s.get("/get-session", withKey(key?.key, "x-mine"));
      await s.get("/get-session", withKey(key?.key));
    },
  },
  {
    name: "api key options: a banned user",
    config: { plugins: plugins(named), user: { additionalFields: { banned: { type: "boolean", required: false } } } },
    hooks,
    async run(s) {
      await s.post("/sign-up/email", { ...alice, banned: true });
      const { json: key } = await make(s);
      await s.post("/api-key/delete", { keyId: key?.id });
    },
  },
  {
    name: "api key options: a validator that fails",
    config: { plugins: plugins({ ...named, enableSessionForAPIKeys: true, customAPIKeyValidator: hook("refuses") }) },
    hooks,
    async run(s) {
      await signUp(s);
      const { json: key } = await make(s);
      await verify(s, key?.key);
      await s.get("/get-session", withKey(key?.key));
    },
  },
];
