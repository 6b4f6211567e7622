// Temporary PostgreSQL, MariaDB and Redis servers from installed programs, in temporary folders on free ports.
import { execFile, spawn } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { chmod, mkdtemp, rm } from "node:fs/promises";
import net from "node:net";
import os from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import Redis from "ioredis";
import mysql from "mysql2/promise";
import pg from "pg";

const run = promisify(execFile);

function findProgram(name, places) {
  const inPath = (process.env.PATH ?? "").split(":").map((dir) => path.join(dir, name));
  return [...places, ...inPath].find((file) => existsSync(file));
}

function postgresProgram(name) {
  const root = "/usr/lib/postgresql";
  const versions = existsSync(root) ? readdirSync(root).sort((a, b) => b - a) : [];
  return findProgram(name, versions.map((v) => path.join(root, v, "bin", name)));
}

function freePort() {
  return new Promise((resolve) => {
    const probe = net.createServer().listen(0, "127.0.0.1", () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });
}

async function until(attempt, what) {
  for (let i = 0; i < 150; i++) {
    try {
      return await attempt();
    } catch (e) {
      if (i === 149) throw new Error(`${what} did not start: ${e.message}`);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}

// PostgreSQL and MariaDB refuse to run as root: then their own system users are used.
function asUser(user, command, args) {
  if (process.getuid() !== 0) return [command, args];
  return ["setpriv", ["--reuid", user, "--regid", user, "--clear-groups", command, ...args]];
}

async function folderFor(user) {
  const dir = await mkdtemp(path.join(os.tmpdir(), "parity-db-"));
  await chmod(dir, 0o755);
  if (process.getuid() === 0 && user) await run("chown", [user, dir]);
  return dir;
}

function background(command, args, dir) {
  const child = spawn(command, args, { stdio: "ignore", cwd: dir });
  child.on("error", () => {});
  return async () => {
    const gone = new Promise((resolve) => (child.exitCode === null ? child.on("exit", resolve) : resolve()));
    child.kill("SIGTERM");
    const timer = setTimeout(() => child.kill("SIGKILL"), 5000);
    await gone;
    clearTimeout(timer);
    await rm(dir, { recursive: true, force: true });
  };
}

async function startPostgres() {
  const [initdb, server] = [postgresProgram("initdb"), postgresProgram("postgres")];
  if (!initdb || !server) return { missing: "no PostgreSQL programs" };
  const dir = await folderFor("postgres");
  await run(...asUser("postgres", initdb, ["-D", `${dir}/data`, "-A", "trust", "-U", "postgres", "--no-sync", "-E", "UTF8", "--locale", "C"]), { cwd: dir });
  const port = await freePort();
  const settings = { listen_addresses: "127.0.0.1", port, unix_socket_directories: dir, fsync: "off", synchronous_commit: "off", full_page_writes: "off", max_connections: 400, timezone: "UTC" };
  const flags = Object.entries(settings).flatMap(([k, v]) => ["-c", `${k}=${v}`]);
  const stop = background(...asUser("postgres", server, ["-D", `${dir}/data`, ...flags]), dir);
  const admin = `postgres://postgres@127.0.0.1:${port}/postgres`;
  const query = async (sql) => {
    const client = new pg.Client({ connectionString: admin });
    await client.connect();
    try {
      await client.query(sql);
    } finally {
      await client.end();
    }
  };
  await until(() => query("select 1"), "PostgreSQL");
  return {
    stop,
    create: async (name) => (await query(`create database ${name}`), { provider: "postgres", url: `postgres://postgres@127.0.0.1:${port}/${name}` }),
    drop: (name) => query(`drop database if exists ${name} with (force)`),
  };
}

async function startMysql() {
  const server = findProgram("mariadbd", ["/usr/sbin/mariadbd"]) ?? findProgram("mysqld", ["/usr/sbin/mysqld"]);
  const install = findProgram("mariadb-install-db", ["/usr/bin/mariadb-install-db"]);
  if (!server || !install) return { missing: "no MariaDB programs" };
  const dir = await folderFor("mysql");
  const common = ["--no-defaults", `--datadir=${dir}/data`, `--tmpdir=${dir}`];
  await run(...asUser("mysql", install, [...common, "--auth-root-authentication-method=normal", "--skip-test-db"]), { cwd: dir });
  const port = await freePort();
  const args = [...common, "--bind-address=127.0.0.1", `--port=${port}`, `--socket=${dir}/s.sock`, `--pid-file=${dir}/pid`, "--innodb-flush-log-at-trx-commit=0", "--innodb-buffer-pool-size=64M", "--max-connections=400", "--default-time-zone=+00:00", "--skip-log-bin"];
  const stop = background(...asUser("mysql", server, args), dir);
  const query = async (sql) => {
    const client = await mysql.createConnection({ host: "127.0.0.1", port, user: "root" });
    try {
      await client.query(sql);
    } finally {
      await client.end();
    }
  };
  await until(() => query("select 1"), "MariaDB");
  return {
    stop,
    create: async (name) => (await query(`create database ${name}`), { provider: "mysql", url: `mysql://root@127.0.0.1:${port}/${name}` }),
    drop: (name) => query(`drop database if exists ${name}`),
  };
}

async function startRedis() {
  const server = findProgram("redis-server", []) ?? findProgram("valkey-server", []);
  if (!server) return { missing: "no Redis program" };
  const dir = await folderFor();
  const port = await freePort();
  const stop = background(server, ["--port", String(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--databases", "1024", "--dir", dir], dir);
  await until(async () => {
    const client = new Redis(port, "127.0.0.1", { lazyConnect: true, retryStrategy: null });
    client.on("error", () => {});
    try {
      await client.connect();
    } finally {
      client.disconnect();
    }
  }, "Redis");
  let next = 0;
  return { stop, create: async () => ({ provider: "redis", url: `redis://127.0.0.1:${port}/${next++}` }), drop: async () => {} };
}

const starters = { postgres: startPostgres, mysql: startMysql, redis: startRedis };

/** Starts servers when they are first asked for. */
export class Databases {
  #servers = new Map();
  #count = 0;
  async start() {
    this.dir = await mkdtemp(path.join(os.tmpdir(), "parity-"));
    return this;
  }
  #server(kind) {
    if (!this.#servers.has(kind)) this.#servers.set(kind, starters[kind]().catch((e) => ({ missing: e.message })));
    return this.#servers.get(kind);
  }
  /** Resolves to undefined, or to the reason why databases of this kind cannot be had. */
  async missing(kind) {
    if (kind === "sqlite" || kind === "none") return undefined;
    return (await this.#server(kind)).missing;
  }
  /** A new, empty database: {provider, url, drop}. */
  async create(kind) {
    const name = `parity_${process.pid}_${++this.#count}`;
    if (kind === "sqlite") {
      const file = path.join(this.dir, `${name}.sqlite`);
      return { provider: "sqlite", url: `file:${file}`, file, drop: () => rm(file, { force: true }) };
    }
    const server = await this.#server(kind);
    const made = await server.create(name);
    return { ...made, drop: () => server.drop(name) };
  }
  async end() {
    for (const server of this.#servers.values()) await (await server).stop?.();
    await rm(this.dir, { recursive: true, force: true });
  }
}
