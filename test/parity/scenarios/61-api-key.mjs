// The api-key plugin: the calls of users and programs.
import { apiKeyClient } from "@better-auth/api-key/client";
import { alice, bob, day, minute, signUp } from "../people.mjs";

const carol = { ...alice, email: "carol@example.com" };
const plugins = (...configurations) => ({ "api-key": configurations.length > 0 ? { configurations } : {} });
const make = (s, body = {}, opts) => s.post("/api-key/create", body, opts);
const change = (s, keyId, body, opts) => s.post("/api-key/update", { keyId, ...body }, opts);
const drop = (s, keyId, more = {}, opts) => s.post("/api-key/delete", { keyId, ...more }, opts);
const read = (s, id, more = "") => s.get(`/api-key/get?id=${encodeURIComponent(id)}${more}`);
const list = (s, query = "?sortBy=createdAt") => s.get(`/api-key/list${query}`);
const made = (s, body) => s.api("createApiKey", { body });
const verify = (s, key, more = {}) => s.api("verifyApiKey", { body: { key, ...more } });

const hooks = {};
const letters = (n) => (n > 25 ? letters(Math.floor(n / 26)) : "") + String.fromCharCode(97 + (n % 26));
hooks.key = ({ data: [{ length, prefix }] }, s) => ({ result: `${prefix ?? ""}key${letters((s.keys = (s.keys ?? 0) + 1))}`.padEnd(length, "x") });
const named = { customKeyGenerator: { webhook: "hook:key" } };

async function flow(s) {
  await make(s);
  const { json: user } = await signUp(s);
  const { json: first } = await make(s, { name: "ci", prefix: "ci_", expiresIn: day });
  const { json: second } = await make(s, { metadata: { a: [1, null, { b: "x" }] } });
  await read(s, first?.id);
  await list(s);
  await change(s, first?.id, { name: "cd", enabled: false, expiresIn: null });
  await verify(s, first?.key);
  await change(s, first?.id, { enabled: true, metadata: { b: 2 }, expiresIn: 2 * day });
  await verify(s, first?.key);
  await verify(s, first?.key, { configId: "default" });
  await verify(s, first?.key, { configId: "another" });
  await verify(s, "nonsense");
  await verify(s, second?.key, { permissions: { files: ["read"] } });
  await read(s, first?.id);
  const { json: bobs } = await signUp(s.as("bob"), bob);
  await read(s, first?.id);
  await list(s);
  await change(s, first?.id, { name: "mine" });
  await change(s, first?.id, { userId: user?.user.id, name: "mine" });
  await change(s, first?.id, { userId: bobs?.user.id, name: "mine" });
  await drop(s, first?.id);
  await make(s, { userId: user?.user.id });
  await make(s, { userId: bobs?.user.id });
  await s.as("default");
  const { json: given } = await made(s, {
    userId: user?.user.id, name: "given", remaining: 2, refillAmount: 3, refillInterval: 60_000, rateLimitMax: 4, rateLimitTimeWindow: 120_000,
    permissions: { files: ["read", "write"], users: ["read"] },
  });
  await verify(s, given?.key, { permissions: { files: ["read"] } });
  await verify(s, given?.key, { permissions: { files: ["delete"] } });
  await verify(s, given?.key);
  await verify(s, given?.key);
  await verify(s.advance(2 * minute), given?.key);
  await verify(s, given?.key);
  await read(s, given?.id);
  await list(s, "?sortBy=name");
  await list(s, "?sortBy=createdAt&sortDirection=desc&limit=2&offset=1");
  await drop(s, first?.id);
  await drop(s, first?.id);
  await read(s, first?.id);
  await verify(s, first?.key);
  await verify(s.advance(3 * day), second?.key);
}

async function spent(s, who) {
  const { json: user } = await signUp(s, who);
  const userId = user?.user.id;
  const { json: one } = await made(s, { userId, remaining: 1 });
  for (let i = 0; i < 3; i++) await verify(s, one?.key);
  const { json: limited } = await made(s, { userId, rateLimitMax: 2, rateLimitTimeWindow: 60_000 });
  for (let i = 0; i < 3; i++) await verify(s, limited?.key);
  await verify(s.advance(2 * minute), limited?.key);
  const { json: free } = await made(s, { userId, rateLimitEnabled: false });
  for (let i = 0; i < 12; i++) await verify(s, free?.key);
  const { json: short } = await made(s, { userId, expiresIn: day });
  await list(s);
  await verify(s.advance(2 * day), short?.key);
  await verify(s, short?.key);
  await s.api("deleteAllExpiredApiKeys", {});
}

const places = {
  "in the database": {},
  "in the secondary storage": { storage: "secondary-storage" },
  "in both": { storage: "secondary-storage", fallbackToDatabase: true },
  "deferred": { storage: "secondary-storage", fallbackToDatabase: true, deferUpdates: true },
};

export default [
  { name: "api key: users and programs", config: { plugins: plugins({ ...named, enableMetadata: true }) }, hooks, dbs: ["sqlite", "postgres", "mysql"], run: flow },
  { name: "api key: quotas, limits and expiry", config: { plugins: plugins(named) }, hooks, dbs: ["sqlite", "postgres", "mysql"], run: (s) => spent(s) },
  ...Object.entries(places).map(([name, options]) => ({
    name: `api key: ${name}`,
    config: { plugins: plugins({ ...named, ...options, enableMetadata: true }), secondaryStorage: { provider: "redis" }, session: { cookieCache: { enabled: true } } },
    hooks,
    background: options.deferUpdates,
    async run(s) {
      await flow(s);
      await spent(s.as("third"), carol);
    },
  })),
  {
    name: "api key: bodies",
    config: { plugins: plugins({ ...named, enableMetadata: true }) },
    hooks,
    async run(s) {
      const { json: user } = await signUp(s);
      const { json: key } = await make(s);
      const bodies = [
        {}, { name: 1 }, { name: "" }, { name: "x".repeat(33) }, { expiresIn: 0 }, { expiresIn: "1" }, { expiresIn: 60 }, { expiresIn: 400 * day }, { expiresIn: 1.5 * day },
        { prefix: "a b" }, { prefix: "" }, { prefix: "x".repeat(33) }, { metadata: "text" }, { metadata: 0 }, { metadata: null }, { metadata: [] }, { metadata: [1] },
        { remaining: -1 }, { remaining: null }, { remaining: 1 }, { remaining: 0 }, { refillAmount: 0 }, { refillAmount: 1 }, { refillInterval: 1 }, { rateLimitMax: 1 },
        { rateLimitTimeWindow: 1 }, { rateLimitEnabled: true }, { permissions: {} }, { permissions: null }, { permissions: { a: "b" } }, { configId: 1 }, { configId: "x" },
        { userId: 5 }, { userId: null }, { organizationId: 5 }, { enabled: "x" }, { enabled: null }, { keyId: 1 }, { keyId: null }, { other: 1 },
      ];
      for (const body of bodies) await make(s, body);
      for (const body of bodies) await change(s, key?.id, body);
      for (const body of bodies) await s.api("createApiKey", { body: { userId: user?.user.id, ...body } });
      for (const body of bodies) await s.api("updateApiKey", { body: { userId: user?.user.id, keyId: key?.id, ...body } });
      await made(s, {});
      await made(s, { userId: "nobody", refillAmount: 1 });
      await made(s, { userId: "nobody", refillInterval: 1 });
      await made(s, { userId: "nobody", refillInterval: 1, refillAmount: 2 });
      await s.api("updateApiKey", { body: { keyId: key?.id, name: "x" } });
      await s.api("updateApiKey", { body: { keyId: key?.id, userId: user?.user.id, refillAmount: 5 } });
      await s.api("updateApiKey", { body: { keyId: key?.id, userId: user?.user.id, refillInterval: 5 } });
      await s.api("updateApiKey", { body: { keyId: key?.id, userId: user?.user.id, permissions: null, refillAmount: 5, refillInterval: 9, rateLimitMax: 3 } });
      for (const body of [{}, { key: 1 }, { key: "x", permissions: [] }, { key: key?.key, permissions: {} }, { key: key?.key, configId: 1 }]) await s.api("verifyApiKey", { body });
      for (const query of ["?limit=x", "?limit=-1", "?limit=1.5", "?limit=", "?limit=0", "?offset=9", "?sortDirection=up", "?sortDirection=asc", "?configId=", "?configId=x", "?organizationId="]) await list(s, query);
      await read(s, "");
      await read(s, "x", "&configId=x");
      await s.get("/api-key/get");
      await drop(s, 1);
      await drop(s, "x", { configId: "x" });
      await s.forget();
      await drop(s, "x");
      await drop(s, 1);
      await read(s, "x");
      await list(s);
      await change(s, key?.id, { name: "y" });
      await change(s, key?.id, { name: "y", userId: user?.user.id });
    },
  },
  {
    name: "api key: the client",
    config: { plugins: plugins(named) },
    hooks,
    async run(s) {
      await signUp(s);
      const client = await s.client({ plugins: [apiKeyClient()] });
      const { data } = (await client.apiKey?.create({ name: "x" })) ?? {};
      await client.apiKey?.list();
      await client.apiKey?.get({ query: { id: data?.id } });
      await client.apiKey?.update({ keyId: data?.id, name: "y" });
      await client.apiKey?.delete({ keyId: data?.id });
    },
  },
  {
    name: "api key: random keys",
    config: { plugins: plugins({ startingCharactersConfig: { shouldStore: false } }) },
    async run(s) {
      await signUp(s);
      const { json } = await make(s, { prefix: "a_" });
      await verify(s, json?.key);
    },
  },
];
