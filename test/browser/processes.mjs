// Programs that the tests start, and stop by their own process group only.
import { execFile, spawn } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { chmod, mkdtemp, rm } from "node:fs/promises";
import net from "node:net";
import os from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import pg from "pg";

const execute = promisify(execFile);

export const here = path.dirname(fileURLToPath(import.meta.url));
export const root = path.resolve(here, "../..");
export const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

// As in app.mjs: a kept connection that its server closes while a request is on its way. The request is sent again.
const send = globalThis.fetch;
globalThis.fetch = (url, more) => send(url, more).catch((error) => {
  if (!["ECONNRESET", "EPIPE", "UND_ERR_SOCKET"].includes(error.cause?.code)) throw error;
  return send(url, more);
});

/** Runs a program to its end; its output is in the error when it fails. */
export async function run(command, args, { cwd = root, env = {} } = {}) {
  try {
    const { stdout } = await execute(command, args, { cwd, env: { ...process.env, ...env }, maxBuffer: 1 << 26 });
    return stdout;
  } catch (error) {
    throw new Error(`${command} ${args.join(" ")}: ${error.message}\n${error.stdout ?? ""}${error.stderr ?? ""}`);
  }
}

export function freePort() {
  return new Promise((resolve) => {
    const probe = net.createServer().listen(0, "127.0.0.1", () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });
}

/** Repeats an attempt until it succeeds. */
export async function until(attempt, what, seconds = 60) {
  const end = Date.now() + seconds * 1000;
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      if (Date.now() > end) throw new Error(`${what}: ${error.message}`);
      await sleep(100);
    }
  }
}

const running = new Set();

/** A program that runs until it is stopped. */
export class Program {
  log = "";

  constructor(name, command, args, { cwd = root, env = {} } = {}) {
    this.name = name;
    this.child = spawn(command, args, { cwd, env: { ...process.env, ...env }, stdio: ["ignore", "pipe", "pipe"], detached: true });
    running.add(this);
    for (const stream of [this.child.stdout, this.child.stderr]) stream.on("data", (data) => (this.log = (this.log + data).slice(-400_000)));
    this.ended = new Promise((resolve) => {
      this.child.on("error", (error) => ((this.log += error), resolve()));
      this.child.on("exit", resolve);
    });
    this.ended.then(() => running.delete(this));
  }

  /** Waits until an address answers with a status below 500. */
  async ready(url) {
    await until(async () => {
      if (this.child.exitCode !== null) throw new Error("it ended");
      const answer = await fetch(url, { redirect: "manual" });
      if (answer.status >= 500) throw new Error(`status ${answer.status}`);
    }, `${this.name} at ${url}`).catch((error) => {
      throw new Error(`${error.message}\n${this.log.slice(-3000)}`);
    });
    return this;
  }

  async stop(signal = "SIGTERM") {
    if (!running.has(this)) return;
    const kill = (s) => {
      try {
        process.kill(-this.child.pid, s);
      } catch {
        // it has ended already
      }
    };
    kill(signal);
    const timer = setTimeout(() => kill("SIGKILL"), 10_000);
    await this.ended;
    clearTimeout(timer);
  }
}

export async function stopAll() {
  await Promise.all([...running].map((program) => program.stop()));
}

function postgresProgram(name) {
  const base = "/usr/lib/postgresql";
  const versions = existsSync(base) ? readdirSync(base).sort((a, b) => b - a) : [];
  const found = versions.map((v) => path.join(base, v, "bin", name)).find(existsSync);
  if (!found) throw new Error(`PostgreSQL's ${name} is not installed`);
  return found;
}

/** A throw-away PostgreSQL; create() makes a database and resolves to its URL. */
export async function startPostgres() {
  // PostgreSQL refuses to run as root: then its own system user does.
  const asUser = (args) => (process.getuid() === 0 ? ["setpriv", "--reuid", "postgres", "--regid", "postgres", "--clear-groups", ...args] : args);
  const dir = await mkdtemp(path.join(os.tmpdir(), "browser-db-"));
  await chmod(dir, 0o755);
  if (process.getuid() === 0) await run("chown", ["postgres", dir]);
  const [init, ...initArgs] = asUser([postgresProgram("initdb"), "-D", `${dir}/data`, "-A", "trust", "-U", "postgres", "--no-sync", "-E", "UTF8", "--locale", "C"]);
  await run(init, initArgs, { cwd: dir });
  const port = await freePort();
  const settings = { listen_addresses: "127.0.0.1", port, unix_socket_directories: dir, fsync: "off", synchronous_commit: "off", max_connections: 100 };
  const flags = Object.entries(settings).flatMap(([k, v]) => ["-c", `${k}=${v}`]);
  const [server, ...serverArgs] = asUser([postgresProgram("postgres"), "-D", `${dir}/data`, ...flags]);
  const program = new Program("PostgreSQL", server, serverArgs, { cwd: dir });
  const address = (name) => `postgres://postgres@127.0.0.1:${port}/${name}`;
  const query = async (sql, name = "postgres") => {
    const client = new pg.Client({ connectionString: address(name) });
    await client.connect();
    try {
      return (await client.query(sql)).rows;
    } finally {
      await client.end();
    }
  };
  await until(() => query("select 1"), "PostgreSQL");
  return {
    query,
    create: async (name) => (await query(`create database ${name}`), `${address(name)}?sslmode=disable`),
    stop: async () => {
      await program.stop("SIGINT");
      await rm(dir, { recursive: true, force: true });
    },
  };
}
