// One list of tests for every tasks backend: who may call, with which tokens, and what is answered.
import assert from "node:assert/strict";
import http from "node:http";
import path from "node:path";
import { exportJWK, generateKeyPair, SignJWT } from "jose";
import { freePort, Program, root, until } from "./processes.mjs";

const examples = path.join(root, "examples");

/** How to start each backend. `bins` holds the built Go programs. */
export const backends = {
  fastapi: () => ({ command: "/usr/bin/python3", args: (port) => ["-m", "uvicorn", "main:app", "--host", "127.0.0.1", "--port", String(port)], cwd: `${examples}/fastapi` }),
  express: () => ({ command: process.execPath, args: () => ["server.mjs"], cwd: `${examples}/express` }),
  go: (bins) => ({ command: `${bins}/backend`, args: () => [], cwd: examples }),
  embed: (bins) => ({ command: `${bins}/embed`, args: () => [], cwd: examples }),
};

export async function startBackend(name, { bins, port, env }) {
  const { command, args, cwd } = backends[name](bins);
  const program = new Program(name, command, args(port), { cwd, env: { PORT: String(port), PYTHONDONTWRITEBYTECODE: "1", ...env } });
  return program.ready(`http://127.0.0.1:${port}/health`);
}

/** Stands for the auth server: a key set whose fetches are counted, and tokens of any kind. */
class Issuer {
  origin = "http://localhost:3000";
  fetches = 0;
  keys = new Map();

  async start() {
    this.server = http.createServer((_, res) => {
      this.fetches++;
      if (this.down) return res.writeHead(500).end();
      const keys = [...this.keys.values()].map(({ jwk }) => jwk);
      res.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify({ keys }));
    });
    const port = await freePort();
    await new Promise((resolve) => this.server.listen(port, "127.0.0.1", resolve));
    this.url = `http://127.0.0.1:${port}/api/auth/jwks`;
    await this.addKey("first");
    return this;
  }
  async makeKey(kid, alg = "EdDSA") {
    const { publicKey, privateKey } = await generateKeyPair(alg, { extractable: true, crv: "Ed25519" });
    return { privateKey, alg, jwk: { ...(await exportJWK(publicKey)), kid, alg } };
  }
  async addKey(kid, alg) {
    this.keys.set(kid, await this.makeKey(kid, alg));
  }
  async token(user, { kid = "first", key = this.keys.get(kid), iss = this.origin, aud = this.origin, expires = 900, header = {} } = {}) {
    const now = Math.floor(Date.now() / 1000);
    return new SignJWT({ sub: user, email: `${user}@example.com` })
      .setProtectedHeader({ alg: key.alg, kid, ...header })
      .setIssuedAt(now - 10).setIssuer(iss).setAudience(aud).setExpirationTime(now + expires)
      .sign(key.privateKey);
  }
  stop() {
    this.server.closeAllConnections();
    this.server.close();
  }
}

export function client(base, token) {
  return async (method, url, body, headers = {}) => {
    const answer = await fetch(base + url, {
      method,
      headers: { ...(token && { authorization: `Bearer ${token}` }), ...(body !== undefined && { "content-type": "application/json" }), ...headers },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    const text = await answer.text();
    return { status: answer.status, headers: answer.headers, body: text ? JSON.parse(text) : undefined };
  };
}

/** Create, read, change, delete; and nobody reads another's. */
async function tasksWork(base, one, other) {
  const call = client(base, one.token);
  assert.deepEqual((await call("GET", `/api/${one.id}/tasks`)).body, []);
  const made = await call("POST", `/api/${one.id}/tasks`, { title: "  Water the plants " });
  assert.equal(made.status, 201);
  assert.deepEqual({ ...made.body, id: "" }, { id: "", title: "Water the plants", done: false });
  const at = `/api/${one.id}/tasks/${made.body.id}`;
  assert.deepEqual((await call("PATCH", at, { done: true })).body, { ...made.body, done: true });
  assert.equal((await call("POST", `/api/${one.id}/tasks`, { title: " " })).status, 400);
  assert.equal((await call("POST", `/api/${one.id}/tasks`, { title: "x".repeat(201) })).status, 400);
  assert.equal((await call("GET", `/api/${one.id}/tasks`)).body.length, 1);

  const stranger = client(base, other.token);
  for (const [method, url, body] of [["GET", `/api/${one.id}/tasks`], ["POST", `/api/${one.id}/tasks`, { title: "x" }], ["PATCH", at, { done: false }], ["DELETE", at]]) {
    const refused = await stranger(method, url, body);
    assert.equal(refused.status, 403, `${method} by a stranger`);
    assert.equal(refused.body.error, "forbidden");
  }
  assert.deepEqual((await stranger("GET", `/api/${other.id}/tasks`)).body, []);
  assert.equal((await stranger("DELETE", `/api/${other.id}/tasks/${made.body.id}`)).status, 404);

  assert.equal((await call("DELETE", at)).status, 204);
  assert.equal((await call("DELETE", at)).status, 404);
}

async function refuses(base, user, token, reason) {
  const got = await client(base, token)("GET", `/api/${user}/tasks`, undefined, { origin: "http://localhost:3000" });
  assert.equal(got.status, 401);
  assert.match(got.body.error_description, reason);
  assert.match(got.headers.get("www-authenticate") ?? "", /^Bearer/);
  assert.equal(got.headers.get("access-control-allow-origin"), "http://localhost:3000", "the page must be able to read why");
}

async function corsWorks(base) {
  const ask = (origin) => fetch(`${base}/api/u/tasks`, { method: "OPTIONS", headers: { origin, "access-control-request-method": "PATCH", "access-control-request-headers": "authorization" } });
  const good = await ask("http://localhost:3000");
  assert.ok(good.ok);
  assert.equal(good.headers.get("access-control-allow-origin"), "http://localhost:3000");
  assert.match(good.headers.get("access-control-allow-methods"), /PATCH/);
  assert.match(good.headers.get("access-control-allow-headers"), /authorization/i);
  assert.equal((await ask("https://evil.example")).headers.get("access-control-allow-origin"), null);
}

async function contract(suite, name, bins) {
  const issuer = await new Issuer().start();
  const port = await freePort();
  const base = `http://127.0.0.1:${port}`;
  const backend = await startBackend(name, { bins, port, env: { BETTER_AUTH_URL: issuer.origin, BETTER_AUTH_JWKS_URL: issuer.url } });
  const one = { id: "user-one", token: await issuer.token("user-one") };
  const other = { id: "user-two", token: await issuer.token("user-two") };
  await suite.test(`${name}: tasks are kept per user, and another's are 403`, () => tasksWork(base, one, other));
  await suite.test(`${name}: the keys are fetched once`, async () => assert.equal(issuer.fetches, 1));
  await suite.test(`${name}: CORS for the front end only`, () => corsWorks(base));

  const [head, payload, signature] = one.token.split(".");
  const forged = await issuer.makeKey("first");
  const unsigned = `${Buffer.from('{"alg":"none","kid":"first"}').toString("base64url")}.${payload}.`;
  const symmetric = await new SignJWT({ sub: one.id }).setProtectedHeader({ alg: "HS256", kid: "first" }).setExpirationTime("1h").sign(Buffer.from(issuer.keys.get("first").jwk.x, "base64url"));
  const changed = `${head}.${Buffer.from(JSON.stringify({ ...JSON.parse(Buffer.from(payload, "base64url")), sub: "user-two" })).toString("base64url")}.${signature}`;
  for (const [what, token, reason] of [
    ["no token", undefined, /bearer token is required/],
    ["an expired token", await issuer.token(one.id, { expires: -1 }), /expired/],
    ["another issuer", await issuer.token(one.id, { iss: "https://evil.example" }), /another issuer/],
    ["another audience", await issuer.token(one.id, { aud: "https://other.example" }), /another audience/],
    ["a foreign key", await issuer.token(one.id, { key: forged }), /signature is wrong/],
    ["changed claims", changed, /signature is wrong/],
    ["no signature", unsigned, /algorithm is not accepted|malformed/],
    ["a symmetric signature", symmetric, /algorithm is not accepted/],
    ["no token at all but text", "abc", /malformed/],
    ["a bad escape in its place", "a.b.c", /malformed/],
  ]) {
    await suite.test(`${name}: 401 for ${what}`, () => refuses(base, one.id, token, reason));
  }
  await suite.test(`${name}: 401 for a key that is unknown, and few fetches for many of them`, async () => {
    const before = issuer.fetches;
    for (let i = 0; i < 12; i++) await refuses(base, one.id, await issuer.token(one.id, { kid: `unknown-${i}`, key: forged }), /unknown key/);
    assert.ok(issuer.fetches - before < 12, `${issuer.fetches - before} fetches for 12 tokens`);
  });
  await backend.stop();
  issuer.stop();
}

async function rotation(suite, name, bins) {
  const issuer = await new Issuer().start();
  const port = await freePort();
  const base = `http://127.0.0.1:${port}`;
  const backend = await startBackend(name, { bins, port, env: { BETTER_AUTH_URL: issuer.origin, BETTER_AUTH_JWKS_URL: issuer.url } });
  const list = (token) => client(base, token)("GET", "/api/u/tasks");
  await suite.test(`${name}: a new key is noticed, the old one stays good, and old keys serve while the server is away`, async () => {
    const old = await issuer.token("u");
    assert.equal((await list(old)).status, 200);
    await issuer.addKey("second");
    const fresh = await issuer.token("u", { kid: "second" });
    await until(async () => assert.equal((await list(fresh)).status, 200), "the new key", 20);
    assert.equal((await list(old)).status, 200);
    issuer.down = true;
    assert.equal((await list(old)).status, 200);
    assert.equal((await list(fresh)).status, 200);
  });
  await backend.stop();
  issuer.stop();
}

async function unreachable(suite, name, bins) {
  const port = await freePort();
  const backend = await startBackend(name, { bins, port, env: { BETTER_AUTH_JWKS_URL: `http://127.0.0.1:${await freePort()}/jwks` } });
  await suite.test(`${name}: 503, not 401, when the keys cannot be had`, async () => {
    const issuer = await new Issuer().start();
    const got = await client(`http://127.0.0.1:${port}`, await issuer.token("u"))("GET", "/api/u/tasks");
    issuer.stop();
    assert.equal(got.status, 503);
    assert.equal(got.body.error, "temporarily_unavailable");
  });
  await backend.stop();
}

/** The embedding program has keys of its own: tokens come from its own endpoints. */
async function embedded(suite, bins, databaseURL) {
  const start = async (lifetime) => {
    const port = await freePort();
    const base = `http://localhost:${port}`;
    const env = { BETTER_AUTH_URL: base, BETTER_AUTH_SECRET: "embed-secret-51c9e07d3fb24a8896d0e2c4", DATABASE_URL: databaseURL, ALLOWED_ORIGINS: "http://localhost:3000", JWT_LIFETIME: lifetime };
    return { base, program: await startBackend("embed", { bins, port, env }) };
  };
  const signUp = async (base, email) => {
    // Node's fetch sends Sec-Fetch-Mode, as a browser does, and then the origin has to be right.
    const { body } = await client(base)("POST", "/api/auth/sign-up/email", { name: "A", email, password: "password1234" }, { origin: base });
    const got = await client(base, body.token)("GET", "/api/auth/token");
    return { id: body.user.id, session: body.token, token: got.body.token };
  };
  const { base, program } = await start("15m");
  const one = await signUp(base, "one@example.com");
  const other = await signUp(base, "two@example.com");
  await suite.test("embed: tasks are kept per user, and another's are 403", () => tasksWork(base, one, other));
  await suite.test("embed: CORS for the front end only", () => corsWorks(base));
  const forged = await new Issuer().makeKey("first");
  const kid = JSON.parse(Buffer.from(one.token.split(".")[0], "base64url")).kid;
  const issuer = Object.assign(new Issuer(), { origin: base });
  for (const [what, token, reason] of [
    ["no token", undefined, /bearer token is required/],
    ["a foreign key", await issuer.token(one.id, { kid, key: forged }), /signature is wrong/],
    ["an unknown key", await issuer.token(one.id, { kid: "other", key: forged }), /unknown key/],
    ["text", "abc", /malformed/],
  ]) {
    await suite.test(`embed: 401 for ${what}`, () => refuses(base, one.id, token, reason));
  }
  await program.stop();
  const short = await start("1s");
  await suite.test("embed: 401 for an expired token", async () => {
    const { body } = await client(short.base)("POST", "/api/auth/sign-in/email", { email: "one@example.com", password: "password1234" }, { origin: short.base });
    const { body: { token } } = await client(short.base, body.token)("GET", "/api/auth/token");
    const { exp } = JSON.parse(Buffer.from(token.split(".")[1], "base64url"));
    await until(async () => assert.ok(Date.now() >= exp * 1000), "the end of the token");
    await refuses(short.base, one.id, token, /expired/);
  });
  await short.program.stop();
}

export async function testBackends(suite, bins, databaseURL) {
  for (const name of ["fastapi", "express", "go"]) {
    await contract(suite, name, bins);
    await rotation(suite, name, bins);
    await unreachable(suite, name, bins);
  }
  await embedded(suite, bins, databaseURL);
}
