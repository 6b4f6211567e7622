// The first steps of a new user with the official client: start the server with nothing but Go, sign up, read the session,
// get a JWT, check it with jose against the key set, sign out.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { createAuthClient } from "better-auth/client";
import { jwtClient } from "better-auth/client/plugins";
import { createRemoteJWKSet, jwtVerify } from "jose";
import { here } from "./processes.mjs";

const dir = await mkdtemp(path.join(os.tmpdir(), "acceptance-"));
const root = path.join(here, "..", "..");
const urlFile = path.join(dir, "url");
const server = spawn("go", ["run", "-C", root, "./cmd/betterauth", "serve", "--listen", "127.0.0.1:0", "--url-file", urlFile, "--database", `sqlite:${dir}/auth.db`], {
  cwd: dir,
  env: { ...process.env, BETTER_AUTH_SECRET: "acceptance-secret-0123456789-abcdefghij" },
  stdio: ["ignore", "ignore", "pipe"],
  detached: true,
});
let log = "";
server.stderr.on("data", (text) => (log += text));

async function started() {
  for (let i = 0; i < 1200; i++) {
    const url = await readFile(urlFile, "utf8").catch(() => "");
    if (url.trim()) return url.trim();
    if (server.exitCode !== null) break;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`the server did not start:\n${log}`);
}

// Outside a browser the client keeps no cookies, so this does.
function browser(origin) {
  const jar = new Map();
  return async (input, init) => {
    const headers = new Headers(init?.headers);
    headers.set("origin", origin);
    if (jar.size) headers.set("cookie", [...jar].map(([k, v]) => `${k}=${v}`).join("; "));
    const res = await fetch(input, { ...init, headers });
    for (const line of res.headers.getSetCookie()) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(line);
      if (/max-age=0/i.test(line)) jar.delete(name);
      else jar.set(name, value);
    }
    return res;
  };
}

try {
  const url = await started();
  const { origin } = new URL(url);
  const client = createAuthClient({ baseURL: origin, plugins: [jwtClient()], fetchOptions: { customFetchImpl: browser(origin) } });
  const up = await client.signUp.email({ name: "Ada", email: "ada@example.com", password: "correct horse" });
  assert.equal(up.error, null);
  const session = await client.getSession();
  assert.equal(session.data.user.email, "ada@example.com");
  const token = await client.token();
  assert.equal(token.error, null);
  const { payload } = await jwtVerify(token.data.token, createRemoteJWKSet(new URL("/api/auth/jwks", origin)));
  assert.equal(payload.sub, session.data.user.id);
  assert.equal((await client.signOut()).data.success, true);
  assert.equal((await client.getSession()).data, null);
  console.log("acceptance: the official client signed up, in and out; its JWT verified with jose");
} finally {
  try {
    process.kill(-server.pid, "SIGTERM");
  } catch {}
  await new Promise((resolve) => (server.exitCode === null ? server.once("exit", resolve) : resolve()));
  await rm(dir, { recursive: true, force: true });
}
