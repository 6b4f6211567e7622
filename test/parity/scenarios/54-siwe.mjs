// The siwe plugin. Messages are made and signed by viem.
import { verifyMessage } from "viem";
import { privateKeyToAccount } from "viem/accounts";
import { createSiweMessage } from "viem/siwe";
import { alice, hour, minute, signIn, signUp } from "../people.mjs";

const wallets = Array.from({ length: 4 }, (_, i) => privateKeyToAccount(`0x${String(i + 1).repeat(64)}`));
const hooks = {
  nonce: (call, s) => ({ result: `nonce${String((s.n = (s.n ?? 0) + 1)).padStart(4, "0")}` }),
  verify: async ({ data: [{ address, message, signature }] }) => ({ result: await verifyMessage({ address, message, signature }).catch(() => false) }),
  ens: ({ data: [{ walletAddress }] }) => ({ result: { name: `${walletAddress.slice(2, 6)}.eth`, avatar: "https://ens.example/a.png" } }),
  empty: () => ({}),
  bare: () => ({ result: {} }),
  blank: () => ({ result: { name: "", avatar: "" } }),
  refuses: () => ({ status: 403, body: { status: 403, code: "NO", message: "not allowed" } }),
  fails: () => ({ status: 500, body: { $error: true, message: "broken" } }),
  drop: () => ({ result: false }),
  told: () => ({}),
};
const hook = (name) => ({ webhook: `hook:${name}` });
const plugins = (more = {}) => ({ siwe: { domain: "localhost:3000", getNonce: hook("nonce"), verifyMessage: hook("verify"), ...more } });

const ask = async (s, path = "/siwe/nonce") => (await s.post(path)).json?.nonce ?? "nononce00";
const instant = (s, seconds) => new Date(s.now + seconds * 1000);

/** Asks for a nonce and has a wallet sign a message with it. */
async function signed(s, { wallet = wallets[0], edit = (text) => text, ...more } = {}) {
  const nonce = await ask(s);
  const fields = { address: wallet.address, chainId: 1, domain: "localhost:3000", nonce, uri: "http://localhost:3000/login", version: "1", issuedAt: instant(s, 0), ...more };
  const message = edit(createSiweMessage(fields));
  return { message, signature: await wallet.signMessage({ message }) };
}
const enter = async (s, made, more = {}, opts) => s.post("/siwe/verify", { ...(await signed(s, made)), ...more }, opts);

async function flow(s) {
  const first = await signed(s, { statement: "Welcome to parity" });
  await s.post("/siwe/verify", first);
  await s.get("/get-session");
  await s.get("/list-accounts");
  await s.post("/siwe/verify", first);
  await enter(s.as("again"));
  await enter(s, { chainId: 10 });
  await enter(s, { chainId: 10, resources: ["https://example.com/a", "ipfs://x"], requestId: "r1" });
  await enter(s.as("second"), { wallet: wallets[1], chainId: 137 });
  await s.get("/get-session");
  await ask(s, "/siwe/get-nonce");
  const { message } = await signed(s);
  await s.post("/siwe/verify", { message, signature: await wallets[1].signMessage({ message }) });
  await s.post("/siwe/verify", { message, signature: await wallets[0].signMessage({ message }) });
}

const line = (name, value) => (text) => text.replace(new RegExp(`^${name}: .*$`, "m"), value === undefined ? "" : `${name}: ${value}`);
const edits = {
  "another domain": { domain: "evil.example" },
  "a domain that begins alike": { domain: "localhost.evil.example:3000" },
  "a domain with another port": { domain: "localhost:3001" },
  "a scheme": { scheme: "https" },
  "no header": { edit: (text) => text.split("\n").slice(1).join("\n") },
  "another header": { edit: (text) => text.replace("wants you", "asks you") },
  "a header with blanks in the domain": { edit: (text) => text.replace("localhost:3000 ", "local host:3000 ") },
  "a domain in capitals": { edit: (text) => text.replace("localhost:3000 wants", "LOCALHOST:3000 wants") },
  "a domain with a path": { edit: (text) => text.replace("localhost:3000 wants", "localhost:3000/login wants") },
  "a domain with a user": { edit: (text) => text.replace("localhost:3000 wants", "me@localhost:3000 wants") },
  "an address in small letters": { edit: (text) => text.replace(wallets[0].address, wallets[0].address.toLowerCase()) },
  "an address in capitals": { edit: (text) => text.replace(wallets[0].address, `0x${wallets[0].address.slice(2).toUpperCase()}`) },
  "an address between blanks": { edit: (text) => text.replace(wallets[0].address, ` ${wallets[0].address}\u00a0`) },
  "an address that is too short": { edit: (text) => text.replace(wallets[0].address, wallets[0].address.slice(0, -1)) },
  "no address": { edit: (text) => text.replace(wallets[0].address, "") },
  "the address of another": { edit: (text) => text.replace(wallets[0].address, wallets[1].address) },
  "no chain": { edit: line("Chain ID") },
  "the chain 0": { edit: line("Chain ID", "0") },
  "a negative chain": { edit: line("Chain ID", "-1") },
  "half a chain": { edit: line("Chain ID", "1.5") },
  "a chain in hexadecimal form": { edit: line("Chain ID", "0x1") },
  "a chain with an exponent": { edit: line("Chain ID", " 1e0 ") },
  "a chain that is a text": { edit: line("Chain ID", "mainnet") },
  "an empty chain": { edit: line("Chain ID", "") },
  "no nonce": { edit: line("Nonce") },
  "a nonce that is unknown": { edit: line("Nonce", "unknown000") },
  "a nonce that is too short": { edit: line("Nonce", "short") },
  "a nonce with other characters": { edit: line("Nonce", "nonce-0001") },
  "a nonce that is too long": { edit: line("Nonce", "a".repeat(251)) },
  "a nonce of 250 characters": { edit: line("Nonce", "a".repeat(250)) },
  "two nonces": { edit: (text) => `${text}\nNonce: unknown000` },
  "two chains": { edit: (text) => `${text}\nChain ID: 5` },
  "another version": { edit: line("Version", "2") },
  "no version": { edit: line("Version") },
  "another URI": { edit: line("URI", "https://evil.example") },
  "no time": { edit: line("Issued At") },
  "an end that cannot be read": { edit: (text) => `${text}\nExpiration Time: soon` },
  "a begin that cannot be read": { edit: (text) => `${text}\nNot Before: soon` },
  "an end in another form": { edit: (text) => `${text}\nExpiration Time: 1 January 2020` },
  "carriage returns": { edit: (text) => text.replaceAll("\n", "\r\n") },
  "separators of lines": { edit: (text) => text.replace("Chain ID: 1", "Chain ID: 1\u2028") },
  "nothing but a text": { edit: () => "hello" },
};

const timed = { expired: [{ expirationTime: -1 }, { expirationTime: 1 }, { expirationTime: 2 }, { expirationTime: 60 }], "not yet valid": [{ notBefore: 60 }, { notBefore: 2 }, { notBefore: 1 }, { notBefore: -1 }] };

const variants = {
  "defaults": {},
  "domain with scheme and path": { domain: " HTTPS://LocalHost:3000/login?x " },
  "a domain for addresses": { emailDomainName: "wallets.example.com" },
  "names of ENS": { ensLookup: hook("ens") },
  "ENS that knows nothing": { ensLookup: hook("empty") },
  "ENS with an empty answer": { ensLookup: hook("bare") },
  "ENS with empty texts": { ensLookup: hook("blank") },
  "ENS that refuses": { ensLookup: hook("refuses") },
  "ENS that fails": { ensLookup: hook("fails") },
  "no signature is valid": { verifyMessage: hook("drop") },
  "the check answers nothing": { verifyMessage: hook("empty") },
  "the check refuses": { verifyMessage: hook("refuses") },
  "the check fails": { verifyMessage: hook("fails") },
  "renamed": {
    schema: { walletAddress: { modelName: "wallets", fields: { userId: "user_id", address: "addr", chainId: "chain_id", isPrimary: "is_primary", createdAt: "created_at" } } },
  },
};

const named = { email: "Ann@Example.com" };
async function withAddresses(s) {
  await signUp(s, alice);
  await enter(s.as("none"));
  await enter(s, {}, { email: "" });
  await enter(s, {}, { email: "x" });
  await enter(s, { wallet: wallets[0] }, named);
  await enter(s, { wallet: wallets[0] }, { email: "other@example.com" });
  await enter(s.as("second"), { wallet: wallets[1] }, named);
  await enter(s.as("third"), { wallet: wallets[2] }, { email: "ALICE@example.com" });
  await s.get("/get-session");
  await enter(s, { wallet: wallets[2], chainId: 5 }, { email: "late@example.com" });
  await enter(s.as("fourth"), { domain: "evil.example" }, named);
}

export default [
  ...Object.entries(variants).map(([name, options]) => ({ name: `siwe: ${name}`, config: { plugins: plugins(options) }, hooks, run: flow })),
  { name: "siwe: PostgreSQL and MariaDB", dbs: ["postgres", "mysql"], config: { plugins: plugins({ ensLookup: hook("ens") }) }, hooks, run: flow },
  { name: "siwe: in Redis", config: { plugins: plugins(), secondaryStorage: { provider: "redis" } }, hooks, run: flow },
  { name: "siwe: stateless", dbs: ["none"], config: { plugins: plugins(), database: undefined }, hooks, run: flow },
  { name: "siwe: identifiers hashed", config: { plugins: plugins(), verification: { storeIdentifier: "hashed" } }, hooks, run: flow },
  { name: "siwe: cookie cache and bearer", config: { plugins: { bearer: {}, ...plugins() }, session: { cookieCache: { enabled: true } } }, hooks, run: flow },
  ...["serial", "uuid"].map((generateId) => ({ name: `siwe: ids ${generateId}`, config: { plugins: plugins(), advanced: { database: { generateId } } }, hooks, run: flow })),
  ...Object.entries(edits).map(([name, made]) => ({
    name: `siwe: ${name}`,
    config: { plugins: plugins() },
    hooks,
    async run(s) {
      await enter(s, made);
      await s.get("/get-session");
    },
  })),
  ...Object.entries(timed).map(([name, list]) => ({
    name: `siwe: ${name}`,
    config: { plugins: plugins() },
    hooks,
    async run(s) {
      for (const fields of list) await enter(s.forget(), Object.fromEntries(Object.entries(fields).map(([key, seconds]) => [key, instant(s, seconds)])));
    },
  })),
  {
    name: "siwe: a nonce ends",
    config: { plugins: plugins() },
    hooks,
    async run(s) {
      const [late, early] = [await signed(s), await signed(s)];
      await s.advance(14 * minute).post("/siwe/verify", early);
      await s.advance(minute).post("/siwe/verify", late);
    },
  },
  ...["sqlite", "postgres"].map((db) => ({ name: `siwe: addresses of one's own, ${db}`, dbs: [db], config: { plugins: plugins({ anonymous: false }) }, hooks, run: withAddresses })),
  { name: "siwe: addresses of one's own, in Redis", config: { plugins: plugins({ anonymous: false }), secondaryStorage: { provider: "redis" } }, hooks, run: withAddresses },
  { name: "siwe: addresses of one's own, in Redis and the database", config: { plugins: plugins({ anonymous: false }), secondaryStorage: { provider: "redis" }, verification: { storeInDatabase: true } }, hooks, run: withAddresses },
  { name: "siwe: addresses that nobody asks for", config: { plugins: plugins({ anonymous: true }) }, hooks, async run(s) {
    await enter(s, {}, named);
    await enter(s, {}, { email: "x" });
    await enter(s, {}, { email: null });
  } },
  {
    name: "siwe: bad input",
    config: { plugins: plugins() },
    hooks,
    async run(s) {
      for (const body of [undefined, {}, { a: 1 }, [], null]) await s.post("/siwe/nonce", body);
      await s.post("/siwe/get-nonce", { walletAddress: wallets[0].address });
      for (const body of [undefined, {}, [], { message: "", signature: "" }, { message: 1, signature: 1, email: 1 }, { message: "m", signature: "s", walletAddress: "x", chainId: 1 }]) await s.post("/siwe/verify", body);
      for (const path of ["nonce", "get-nonce", "verify"]) await s.get(`/siwe/${path}`);
      await s.post("/siwe/verify", { message: "m", signature: "0x" });
      for (const signature of ["0x", "x", `0x${"0".repeat(130)}`, "é"]) await enter(s, {}, { signature });
    },
  },
  { name: "siwe: bad input, with addresses", config: { plugins: plugins({ anonymous: false }) }, hooks, async run(s) {
    for (const body of [undefined, {}, { email: "x" }, { message: "m", signature: "s" }, { message: "m", signature: "s", email: "x" }, { message: "m", signature: "s", other: 1 }, { message: 1, signature: "s" }]) await s.post("/siwe/verify", body);
  } },
  ...["empty", "refuses", "fails"].map((name) => ({ name: `siwe: a nonce of a callback: ${name}`, config: { plugins: plugins({ getNonce: hook(name) }) }, hooks, async run(s) {
    await s.post("/siwe/nonce");
    await s.post("/siwe/get-nonce", {});
  } })),
  ...["sho rt", "seven77", "exactly8", "with-hyphen", "a".repeat(250), "a".repeat(251)].map((nonce) => ({ name: `siwe: the nonce ${nonce.slice(0, 20)} of ${nonce.length}`, config: { plugins: plugins() }, hooks: { nonce: () => ({ result: nonce }) }, async run(s) {
    await s.post("/siwe/nonce");
  } })),
  ...["user", "account", "session"].flatMap((model) => ["drop", "refuses", "fails"].map((name) => ({
    name: `siwe: a hook of ${model}: ${name}`,
    config: { plugins: plugins(), databaseHooks: { [model]: { create: { before: hook(name), after: hook("told") } } } },
    hooks,
    run: (s) => enter(s),
  }))),
  ...["refuses", "fails", "told"].map((name) => ({ name: `siwe: a validation of users: ${name}`, config: { plugins: plugins(), user: { validateUserInfo: hook(name) } }, hooks, run: (s) => enter(s) })),
  {
    name: "siwe: users that are gone, wallets without a user",
    config: { plugins: plugins() },
    hooks,
    async run(s) {
      await enter(s);
      await s.db.all("pragma foreign_keys = off");
      await s.db.all("delete from user");
      await enter(s.forget());
      await s.get("/get-session");
    },
  },
  {
    name: "siwe: origins",
    config: { plugins: plugins() },
    hooks,
    async run(s) {
      for (const origin of ["http://evil.example", "null", null]) {
        await s.post("/siwe/nonce", {}, { origin });
        await enter(s, {}, {}, { origin, cookies: false });
      }
      await signUp(s);
      await enter(s, {}, {}, { origin: "http://evil.example" });
      await s.post("/sign-in/email", signIn(alice));
    },
  },
  {
    name: "siwe: from code",
    config: { plugins: plugins() },
    hooks,
    async run(s) {
      await s.api("getSiweNonce", {});
      await s.api("getNonce", { body: {} });
      await s.api("getNonce", { body: { a: 1 } });
      await s.api("verifySiweMessage", { body: await signed(s) });
      await s.api("verifySiweMessage", { body: {} });
    },
  },
  {
    name: "siwe: the official client",
    config: { plugins: plugins() },
    hooks,
    async run(s) {
      const { siweClient } = await import("better-auth/client/plugins");
      const client = await s.client({ plugins: [siweClient()] });
      const { data } = await client.siwe.nonce();
      const message = createSiweMessage({ address: wallets[3].address, chainId: 1, domain: "localhost:3000", nonce: data.nonce, uri: "http://localhost:3000", version: "1", issuedAt: instant(s, 0) });
      s.note("verified", await client.siwe.verify({ message, signature: await wallets[3].signMessage({ message }) }));
      s.note("session", (await client.getSession()).data?.user.name);
    },
  },
  {
    name: "siwe: a message works once, also in a race",
    dbs: ["sqlite", "postgres", "mysql"],
    config: { plugins: plugins() },
    hooks,
    rows: false,
    unorderedCalls: true,
    async run(s) {
      await enter(s);
      const call = ["POST", "/siwe/verify", await signed(s.forget())];
      await s.race([call, call, call, call]);
    },
  },
  { name: "siwe: rate limit", config: { plugins: plugins(), rateLimit: { enabled: true, max: 4 } }, hooks, async run(s) {
    for (let i = 0; i < 6; i++) await s.post("/siwe/nonce");
    for (let i = 0; i < 6; i++) await s.post("/siwe/verify", {});
    await s.advance(hour).post("/siwe/nonce");
  } },
  { name: "siwe: described", config: { plugins: { "open-api": {}, ...plugins() } }, hooks, async run(s) {
    await s.get("/open-api/generate-schema");
  } },
];
