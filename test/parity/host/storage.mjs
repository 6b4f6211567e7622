// Databases and secondary storages of reference instances.
import { DatabaseSync } from "node:sqlite";
import pg from "pg";
import mysql from "mysql2/promise";
import Redis from "ioredis";

/** Opens config.database; returns the value for the option and a function that closes it. */
export function openDatabase(config) {
  if (!config || config === "none") return { value: undefined, close() {} };
  const { provider, url } = config;
  const extra = Object.fromEntries(Object.entries(config).filter(([k]) => !["provider", "url", "migrate"].includes(k)));
  if (provider === "sqlite") {
    const db = new DatabaseSync(url.replace(/^file:/, "").replace(/\?.*$/, ""));
    db.exec("PRAGMA busy_timeout = 5000; PRAGMA synchronous = OFF");
    return { value: db, extra, close: () => db.close() };
  }
  if (provider === "postgres") {
    const pool = new pg.Pool({ connectionString: url, max: 3 });
    pool.on("error", () => {});
    return { value: pool, extra, close: () => pool.end() };
  }
  if (provider === "mysql" || provider === "mariadb") {
    const pool = mysql.createPool({ uri: url, connectionLimit: 3, timezone: "Z" });
    return { value: pool, extra, close: () => pool.end() };
  }
  throw new Error(`unknown database provider ${provider}`);
}

function memoryStorage() {
  const entries = new Map();
  const live = (key) => {
    const e = entries.get(key);
    if (e && e.expires <= Date.now()) entries.delete(key);
    return entries.get(key);
  };
  const set = (key, value, ttl) =>
    void entries.set(key, { value, expires: ttl === undefined ? Infinity : Date.now() + ttl * 1000 });
  return {
    get: (key) => live(key)?.value ?? null,
    set,
    delete: (key) => void entries.delete(key),
    getAndDelete: (key) => {
      const value = live(key)?.value ?? null;
      entries.delete(key);
      return value;
    },
    increment: (key, ttl) => {
      const e = live(key);
      if (!e) return set(key, "1", ttl), 1;
      e.value = String(Number(e.value) + 1);
      return Number(e.value);
    },
  };
}

// Key prefix and commands are those of the npm package @better-auth/redis-storage.
function redisStorage(redis, prefix) {
  const increment =
    "local n = redis.call('INCR', KEYS[1]) if n == 1 then redis.call('EXPIRE', KEYS[1], ARGV[1]) end return n";
  return {
    get: (key) => redis.get(prefix + key),
    set: async (key, value, ttl) => {
      if (ttl !== undefined && ttl > 0) await redis.setex(prefix + key, ttl, value);
      else await redis.set(prefix + key, value);
    },
    delete: async (key) => void (await redis.del(prefix + key)),
    getAndDelete: (key) => redis.getdel(prefix + key),
    increment: (key, ttl) => redis.eval(increment, 1, prefix + key, String(ttl)),
  };
}

export function openSecondaryStorage(config) {
  if (config.provider === "memory") return { value: memoryStorage(), close() {} };
  if (config.provider === "redis") {
    const redis = new Redis(config.url, { lazyConnect: false });
    redis.on("error", () => {});
    return { value: redisStorage(redis, config.keyPrefix ?? "better-auth:"), close: () => redis.disconnect() };
  }
  throw new Error(`unknown secondary storage ${config.provider}`);
}
