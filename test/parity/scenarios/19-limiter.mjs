// The rate limiter: storages, rules, windows, addresses.
import { alice, signIn } from "../people.mjs";

const from = (ip) => ({ headers: { "x-forwarded-for": ip } });

async function burst(s, count, path = "/ok", opts) {
  for (let i = 0; i < count; i++) await s.get(path, { ...opts, clock: s.now });
}

async function windows(s) {
  await burst(s, 5);
  await s.get("/get-session", { clock: s.now });
  await s.advance(9).get("/ok");
  await s.advance(2).get("/ok");
  await burst(s, 4);
  await burst(s, 2, "/ok", from("203.0.113.7"));
  await s.advance(11);
  await burst(s, 4);
}

// Here, paths without an endpoint are counted in one row; the reference has a row for each (docs/differences.md).
async function nowhere(s) {
  await burst(s, 4, "/nowhere");
  await burst(s, 1, "/ok");
  await s.advance(11);
  await burst(s, 4, "/elsewhere");
}

async function special(s) {
  for (let i = 0; i < 5; i++) await s.post("/sign-in/email", { ...signIn(alice), email: "x" }, { clock: s.now });
  await s.post("/sign-in/social", { provider: "x" }, { clock: s.now });
  for (let i = 0; i < 4; i++) await s.post("/sign-up/email", {}, { clock: s.now });
  for (let i = 0; i < 4; i++) await s.post("/change-password", {}, { clock: s.now });
  for (let i = 0; i < 4; i++) await s.post("/request-password-reset", {}, { clock: s.now });
  for (let i = 0; i < 4; i++) await s.post("/send-verification-email", {}, { clock: s.now });
  await s.advance(12).post("/sign-in/email", {});
  await s.post("/request-password-reset", {});
  await s.advance(61).post("/request-password-reset", {});
}

const rate = (more) => ({ rateLimit: { enabled: true, window: 10, max: 3, ...more } });

export default [
  { name: "windows, memory", config: rate(), run: windows },
  { name: "windows, database", dbs: ["sqlite", "postgres", "mysql"], config: rate({ storage: "database" }), run: windows },
  { name: "paths of no endpoint, memory", config: rate(), run: nowhere },
  { name: "paths of no endpoint, database", config: rate({ storage: "database" }), rows: false, run: nowhere },
  { name: "windows, secondary storage in memory", config: { ...rate(), secondaryStorage: { provider: "memory" } }, run: windows },
  { name: "burst, Redis", config: { ...rate({ window: 60 }), secondaryStorage: { provider: "redis" } }, async run(s) {
    await burst(s, 5);
  } },
  { name: "defaults in production", config: { $test: { env: "production" } }, run: special },
  { name: "defaults in production, address known", config: { $test: { env: "production" } }, async run(s) {
    for (let i = 0; i < 5; i++) await s.post("/sign-in/email", {}, { ...from("203.0.113.7"), clock: s.now });
    await s.post("/sign-in/email", {}, { ...from("203.0.113.8"), clock: s.now });
    await s.post("/sign-in/email", {}, { clock: s.now });
    await s.post("//sign-in/email", {}, { ...from("203.0.113.7"), clock: s.now });
    await s.post("/sign-in/email/", {}, { ...from("203.0.113.7"), clock: s.now });
    await s.post("/sign-in%2Femail", {}, { ...from("203.0.113.7"), clock: s.now });
    await s.post("/SIGN-IN/email", {}, { ...from("203.0.113.7"), clock: s.now });
  } },
  { name: "off in development", async run(s) {
    await burst(s, 4, "/sign-in/email");
  } },
  { name: "on in development", config: { rateLimit: { enabled: true } }, run: special },
  { name: "hundred in ten seconds", config: { rateLimit: { enabled: true } }, async run(s) {
    await burst(s, 102);
  } },
  {
    name: "own rules",
    config: rate({ customRules: { "/ok": { window: 5, max: 1 }, "/sign-in/*": { window: 100, max: 2 }, "/error": false, "/get-session": { webhook: "hook:rule" }, "/list-*": { webhook: "hook:none" } } }),
    hooks: { rule: ({ data: [, current] }) => ({ result: { window: current.window, max: 1 } }), none: () => ({ result: false }) },
    async run(s) {
      await burst(s, 3);
      await burst(s, 5, "/error");
      await burst(s, 3, "/get-session");
      await burst(s, 5, "/list-sessions");
      for (let i = 0; i < 4; i++) await s.post("/sign-in/email", {}, { clock: s.now });
    },
  },
  {
    name: "own storage",
    config: rate({ customStorage: { consume: { webhook: "hook:consume" } } }),
    hooks: { consume: (_, s) => ({ result: (s.n = (s.n ?? 0) + 1) > 2 ? { allowed: false, retryAfter: 7 } : { allowed: true, retryAfter: null } }) },
    async run(s) {
      await burst(s, 4);
    },
  },
  {
    name: "addresses",
    config: rate({ max: 1 }),
    async run(s) {
      for (const ip of ["203.0.113.1", "203.0.113.1 ", "203.0.113.1, 10.0.0.1", "nonsense", "", "::1", "2001:db8::1", "2001:db8:0:0:1::1", "2001:db8:0:1::1", "::ffff:203.0.113.1", "203.0.113.1:80", "[2001:db8::1]", "fe80::1%eth0", "2001:DB8::1", "1.2.3", "01.2.3.4"])
        await s.get("/ok", { ...from(ip), clock: s.now, label: `from ${ip}` });
    },
  },
  {
    name: "address options",
    config: { ...rate({ max: 1 }), advanced: { ipAddress: { ipAddressHeaders: ["cf-connecting-ip", "x-real-ip"], ipv6Subnet: 48 } } },
    async run(s) {
      for (const headers of [{ "cf-connecting-ip": "203.0.113.1" }, { "x-real-ip": "203.0.113.1" }, { "x-real-ip": "203.0.113.2" }, { "x-forwarded-for": "203.0.113.3" }, { "x-real-ip": "2001:db8:1:2::1" }, { "x-real-ip": "2001:db8:1:3::1" }, { "cf-connecting-ip": "x", "x-real-ip": "203.0.113.4" }])
        await s.get("/ok", { headers, clock: s.now, label: JSON.stringify(headers) });
    },
  },
  {
    name: "trusted proxies",
    config: { ...rate({ max: 1 }), advanced: { ipAddress: { trustedProxies: ["10.0.0.0/8", "203.0.113.200", "nonsense"] } } },
    async run(s) {
      for (const ip of ["203.0.113.1, 10.0.0.1", "203.0.113.2, 203.0.113.1, 10.0.0.1", "10.0.0.1, 10.0.0.2", "203.0.113.9, 203.0.113.200", "x, 10.0.0.1", "203.0.113.1", "203.0.113.5, x"])
        await s.get("/ok", { ...from(ip), clock: s.now, label: `from ${ip}` });
    },
  },
  {
    name: "no tracking of addresses",
    config: { ...rate({ max: 1 }), advanced: { ipAddress: { disableIpTracking: true } } },
    async run(s) {
      await burst(s, 3);
      await s.post("/sign-up/email", alice, from("203.0.113.1"));
      await s.get("/get-session");
    },
  },
  {
    name: "a race takes no more than the limit",
    config: rate({ storage: "database" }),
    rows: false,
    async run(s) {
      await s.get("/ok", { clock: s.now + 1000 });
      s.now -= 1000;
      await s.race(Array.from({ length: 6 }, () => ["GET", "/ok"]));
    },
  },
];
