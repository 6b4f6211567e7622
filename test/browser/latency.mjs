// What a middleware's check adds to a page: none, our server over HTTP, and the reference inside Next.js. The page is the
// same, static and behind middleware; only lib/auth.ts differs. Not part of the tests: node latency.mjs
import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import http from "node:http";
import os from "node:os";
import path from "node:path";
import { App, next } from "./app.mjs";
import { freePort, here, Program, run, stopAll } from "./processes.mjs";

const rounds = 5;
const perRound = 300;

const inProcess = `
import { betterAuth } from "better-auth";
import { nextCookies } from "better-auth/next-js";
import { bearer, jwt } from "better-auth/plugins";
import { Pool } from "pg";

export const auth = betterAuth({
  database: new Pool({ connectionString: process.env.DATABASE_URL }),
  baseURL: process.env.BETTER_AUTH_URL,
  secret: process.env.BETTER_AUTH_SECRET,
  emailAndPassword: { enabled: true },
  session: { cookieCache: { enabled: true, maxAge: 300 } },
  rateLimit: { enabled: false },
  plugins: [jwt(), bearer(), nextCookies()],
});
export type Session = typeof auth.$Infer.Session;
export type User = Session["user"];
`;

// Both run as proxy.ts, in Node: the reference's database driver needs that. /help has no check, /security asks, /tasks
// reads the cookie cache.
async function variant(name, authFile) {
  const dir = await mkdtemp(path.join(os.tmpdir(), `latency-${name}-`));
  await cp(next, dir, { recursive: true, filter: (from) => !from.includes(`${path.sep}.next`) });
  const guard = await readFile(path.join(next, "middleware.ts"), "utf8");
  await rm(path.join(dir, "middleware.ts"));
  await writeFile(path.join(dir, "proxy.ts"), guard.replace("function middleware", "function proxy"));
  for (const where of ["help", "tasks/help"]) await cp(path.join(dir, "app/(app)/security"), path.join(dir, `app/(app)/${where}`), { recursive: true });
  if (authFile) {
    await writeFile(path.join(dir, "lib/auth.ts"), authFile);
    await writeFile(path.join(dir, "pg.d.ts"), 'declare module "pg";\n');
    for (const pkg of ["pg", "pg-connection-string", "pg-pool", "pg-protocol", "pg-types", "pgpass", "pg-int8", "postgres-array", "postgres-bytea", "postgres-date", "postgres-interval", "split2", "xtend"])
      await cp(path.join(here, "node_modules", pkg), path.join(dir, "node_modules", pkg), { recursive: true });
  }
  return dir;
}

const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });

function get(url, cookie) {
  return new Promise((resolve, reject) => {
    const start = process.hrtime.bigint();
    http.get(url, { agent, headers: { cookie } }, (res) => {
      res.resume().on("end", () => (res.statusCode === 200 ? resolve(Number(process.hrtime.bigint() - start) / 1e6) : reject(new Error(`${url}: ${res.statusCode}`))));
    }).on("error", reject);
  });
}

const quantile = (sorted, q) => sorted[Math.floor((sorted.length - 1) * q)];

const app = new App();
const folders = [];
try {
  await app.build({ fresh: false });
  await app.startDatabase();
  await app.startAuth();
  const answer = await fetch(`${app.authURL}/api/auth/sign-up/email`, { method: "POST", headers: { "content-type": "application/json", origin: app.url }, body: JSON.stringify({ name: "L", email: "l@example.com", password: "password1234" }) });
  const cookie = answer.headers.getSetCookie().map((line) => line.split(";")[0]).join("; ");
  const sites = {};
  for (const [name, file] of [["ours", undefined], ["reference in process", inProcess]]) {
    const dir = await variant(name.split(" ")[0], file);
    folders.push(dir);
    const env = { ...app.webEnv, ...app.authEnv };
    await run(process.execPath, ["node_modules/next/dist/bin/next", "build"], { cwd: dir, env });
    const port = await freePort();
    sites[name] = `http://127.0.0.1:${port}`;
    await new Program(name, process.execPath, ["node_modules/next/dist/bin/next", "start", "-p", String(port)], { cwd: dir, env }).ready(`${sites[name]}/help`);
  }
  const cases = [
    ["no check", `${sites.ours}/help`],
    ["cookie cache, no call", `${sites.ours}/tasks/help`],
    ["real check, our server", `${sites.ours}/security`],
    ["real check, reference in process", `${sites["reference in process"]}/security`],
  ];
  const all = new Map(cases.map(([name]) => [name, []]));
  for (const [, url] of cases) for (let i = 0; i < 200; i++) await get(url, cookie);
  for (let round = 0; round < rounds; round++) {
    for (const [name, url] of cases) {
      const times = [];
      for (let i = 0; i < perRound; i++) times.push(await get(url, cookie));
      times.sort((a, b) => a - b);
      all.get(name).push({ p50: quantile(times, 0.5), p99: quantile(times, 0.99) });
    }
  }
  const median = (list) => list.sort((a, b) => a - b)[Math.floor(list.length / 2)];
  console.log(`| page | p50 ms | p99 ms |\n| --- | --- | --- |`);
  for (const [name, list] of all) console.log(`| ${name} | ${median(list.map((l) => l.p50)).toFixed(2)} | ${median(list.map((l) => l.p99)).toFixed(2)} |`);
} finally {
  agent.destroy();
  await stopAll();
  await app.end();
  for (const dir of folders) await rm(dir, { recursive: true, force: true });
}
