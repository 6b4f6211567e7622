// Reads the rows that a flow has left in a database, and compares those of the two sides.
import { scrypt } from "node:crypto";
import { DatabaseSync } from "node:sqlite";
import { promisify } from "node:util";
import mysql from "mysql2/promise";
import pg from "pg";

const quoteOf = { sqlite: '"', postgres: '"', mysql: "`", mariadb: "`" };

/** A connection of the harness's own: tables(), all(sql), run(sql), close(). */
export async function connect({ provider, url }) {
  const q = quoteOf[provider];
  if (provider === "sqlite") {
    const db = new DatabaseSync(url.replace(/^file:/, ""));
    db.exec("PRAGMA busy_timeout = 5000");
    return {
      quote: (name) => q + name + q,
      tables: () => db.prepare("select name from sqlite_master where type = 'table' and name not like 'sqlite_%'").all().map((r) => r.name),
      all: async (sql) => db.prepare(sql).all(),
      close: () => db.close(),
    };
  }
  if (provider === "postgres") {
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    return {
      quote: (name) => q + name + q,
      tables: async () => (await client.query("select tablename from pg_tables where schemaname = current_schema()")).rows.map((r) => r.tablename),
      all: async (sql) => (await client.query(sql)).rows,
      close: () => client.end(),
    };
  }
  const client = await mysql.createConnection({ uri: url, timezone: "Z" });
  return {
    quote: (name) => q + name + q,
    tables: async () => (await client.query("show tables"))[0].map((r) => Object.values(r)[0]),
    all: async (sql) => (await client.query(sql))[0],
    close: () => client.end(),
  };
}

// Members by name, because their order is not compared.
const byName = (_, v) => (v && typeof v === "object" && !Array.isArray(v) ? Object.fromEntries(Object.entries(v).sort(([a], [b]) => (a < b ? -1 : 1))) : v);

// The order of rows must not depend on random values.
export const sortKey = (row) => JSON.stringify(row, byName).replace(/[A-Za-z0-9_-]{16,}/g, "#").replace(/"\d{6,8}(:\d)?"/g, "#$1").replace(/"[A-HJ-NP-Z2-9]{8}"/g, "#");

const plain = (value) => {
  if (value instanceof Date) return value.toISOString();
  if (typeof value === "bigint") return Number(value);
  if (value instanceof Uint8Array) return Buffer.from(value).toString("hex");
  return value;
};

/** Resolves to {table: [row]}. */
export async function readRows(db) {
  const out = {};
  for (const table of (await db.tables()).sort()) {
    const rows = (await db.all(`select * from ${db.quote(table)}`)).map((row) =>
      Object.fromEntries(Object.entries(row).map(([k, v]) => [k, plain(v)])),
    );
    const keyed = rows.map((row, i) => [sortKey(row), i, row]);
    out[table] = keyed.sort((a, b) => (a[0] < b[0] ? -1 : a[0] > b[0] ? 1 : a[1] - b[1])).map((k) => k[2]);
  }
  return out;
}

/** The public keys in the rows, as JWKs with kid. */
export function keysOfRows(rows) {
  const out = [];
  for (const row of Object.values(rows).flat()) {
    if (typeof row.publicKey !== "string" || !row.publicKey.startsWith("{")) continue;
    out.push({ ...JSON.parse(row.publicKey), kid: String(row.id) });
  }
  return out;
}

/** Resolves to the password, of those known, that a hash of the reference's format belongs to. */
export async function passwordOf(hash, passwords) {
  const [salt, key] = hash.split(":");
  for (const password of passwords) {
    const got = await promisify(scrypt)(password.normalize("NFKC"), salt, 64, { N: 16384, r: 16, p: 1, maxmem: 128 * 16384 * 16 * 2 });
    if (got.toString("hex") === key) return password;
  }
  return null;
}

/** Compares rows table by table, element by element. */
export async function compareRows(m, a, b) {
  const before = m.differences.length;
  for (const table of new Set([...Object.keys(a), ...Object.keys(b)])) {
    await m.value(a[table], b[table], `rows ${table}`);
  }
  for (const d of m.differences.slice(before)) Object.assign(d, { step: -1, title: "database" });
}

export async function compareHashes(m, a, b, passwordsA, passwordsB) {
  const hashes = (rows) => Object.values(rows).flat().map((r) => r.password).filter((p) => /^[0-9a-f]{32}:[0-9a-f]{128}$/.test(p ?? ""));
  const find = (rows, passwords) => Promise.all(hashes(rows).map((h) => passwordOf(h, passwords)));
  const [foundA, foundB] = [await find(a, passwordsA), await find(b, passwordsB)];
  const before = m.differences.length;
  await m.value(foundA, foundB, "passwords of the hashes");
  for (const d of m.differences.slice(before)) Object.assign(d, { step: -1, title: "database" });
}
