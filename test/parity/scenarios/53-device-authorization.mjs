// The device-authorization plugin.
import { alice, bob, day, minute, signIn, signUp } from "../people.mjs";

const carol = { ...alice, email: "carol@example.com" };
const dave = { ...alice, email: "dave@example.com" };
const grant_type = "urn:ietf:params:oauth:grant-type:device_code";
const plugins = (more = {}) => ({ "device-authorization": more });
const ask = (s, more = {}, opts) => s.post("/device/code", { client_id: "tv", scope: "read write", ...more }, opts);
const poll = (s, device_code, client_id = "tv") => s.post("/device/token", { grant_type, device_code, client_id }, { cookies: false });
const enter = (s, code) => s.get(`/device?user_code=${encodeURIComponent(code)}`);
const approve = (s, userCode) => s.post("/device/approve", { userCode });
const deny = (s, userCode) => s.post("/device/deny", { userCode });
const codes = async (s, more) => (await ask(s, more)).json ?? {};

async function flow(s) {
  const { device_code, user_code } = await codes(s);
  await poll(s, "x");
  await poll(s, device_code);
  await poll(s, device_code);
  await poll(s.advance(4), device_code);
  await poll(s.advance(5), device_code, "another");
  await enter(s, user_code);
  await enter(s, "WRONG");
  await approve(s, user_code);
  await deny(s, user_code);
  await signUp(s);
  await approve(s, user_code);
  await deny(s, user_code);
  await approve(s, "WRONG");
  await deny(s, "WRONG");
  await enter(s, user_code);
  await signUp(s.as("bob"), bob);
  await enter(s, user_code);
  await approve(s, user_code);
  await deny(s, user_code);
  await approve(s.as("default"), user_code);
  await approve(s, user_code);
  await deny(s, user_code);
  await enter(s, user_code);
  const { json } = await poll(s.advance(5), device_code);
  await s.get("/get-session", { cookies: false, bearer: json?.access_token });
  await s.get("/list-sessions");
  await poll(s.advance(5), device_code);
  await enter(s, user_code);
}

async function denied(s) {
  const { device_code, user_code } = await codes(s);
  await signUp(s, carol);
  await enter(s, user_code);
  await deny(s, user_code);
  await deny(s, user_code);
  await approve(s, user_code);
  await poll(s, device_code);
  await poll(s.advance(5), device_code);
}

async function expired(s) {
  const { device_code, user_code } = await codes(s);
  await signUp(s, dave);
  await enter(s, user_code);
  s.advance(2 * day);
  await s.post("/sign-in/email", signIn(dave));
  await enter(s, user_code);
  await approve(s, user_code);
  await deny(s, user_code);
  await poll(s, device_code);
  await poll(s, device_code);
  await enter(s, user_code);
}

const hooks = {
  device: (call, s) => ({ result: `device-${(s.devices = (s.devices ?? 0) + 1)}` }),
  user: (call, s) => ({ result: `Code é ${(s.users = (s.users ?? 0) + 1)}` }),
  same: () => ({ result: "ALWAYSTHESAME" }),
  twice: (call, s) => ({ result: `T-${Math.floor((s.twice = (s.twice ?? 0) + 1) / 3)}` }),
  nothing: () => ({}),
  long: () => ({ result: "ä".repeat(192) }),
  fits: () => ({ result: "😀".repeat(191) }),
  known: ({ data: [id] }) => ({ result: id === "tv" }),
  told: () => ({}),
  refuses: () => ({ status: 403, body: { status: 403, error: "access_denied", error_description: "Not this one" } }),
  fails: () => ({ status: 500, body: { $error: true, message: "broken" } }),
};
const hook = (name) => ({ webhook: `hook:${name}` });

const variants = {
  "defaults": {},
  "ten minutes, two seconds": { expiresIn: "10 minutes", interval: "2s" },
  "fractions": { expiresIn: "90.5 s", interval: "1.5 secs" },
  "any pace": { interval: "0s" },
  "long codes": { deviceCodeLength: 191, userCodeLength: 24 },
  "codes from callbacks": { generateDeviceCode: hook("device"), generateUserCode: hook("user") },
  "clients are checked": { validateClient: hook("known") },
  "requests are told": { onDeviceAuthRequest: hook("told") },
  "renamed": {
    schema: {
      deviceCode: {
        modelName: "device_codes",
        fields: {
          deviceCode: "device_code", userCode: "user_code", userId: "user_id", expiresAt: "expires_at", status: "state", lastPolledAt: "last_polled_at",
          pollingInterval: "polling_interval", clientId: "client_id", scope: "scopes",
        },
      },
    },
  },
};

const pages = ["/device", "/enter?lang=en&user_code=old", "https://tv.example.com", "https://tv.example.com/a b?x=%20y+z#part", "activate", "", "app:enter"];
const status = (s, text) => s.db.all(`update ${s.db.quote("deviceCode")} set ${text}`);

export default [
  ...Object.entries(variants).map(([name, options]) => ({
    name: `device: ${name}`,
    config: { plugins: { bearer: {}, ...plugins(options) } },
    hooks,
    async run(s) {
      await flow(s);
      await denied(s.as("third").forget());
    },
  })),
  ...["10 minutes", "1d", "1 hour"].map((expiresIn) => ({ name: `device: expires after ${expiresIn}`, config: { plugins: plugins({ expiresIn }) }, run: expired })),
  { name: "device: PostgreSQL and MariaDB", dbs: ["postgres", "mysql"], config: { plugins: { bearer: {}, ...plugins() } }, async run(s) {
    await flow(s);
    await denied(s.as("third").forget());
    await expired(s.as("fourth").forget());
  } },
  { name: "device: sessions in Redis", config: { plugins: { bearer: {}, ...plugins() }, secondaryStorage: { provider: "redis" } }, run: flow },
  { name: "device: sessions in Redis and the database", config: { plugins: { bearer: {}, ...plugins() }, secondaryStorage: { provider: "redis" }, session: { storeSessionInDatabase: true } }, run: flow },
  { name: "device: stateless", dbs: ["none"], config: { plugins: { bearer: {}, ...plugins() }, database: undefined }, run: flow },
  {
    name: "device: cookie cache, of a session that was revoked",
    config: { plugins: { bearer: {}, jwt: {}, "one-time-token": { setOttHeaderOnNewSession: true }, ...plugins() }, session: { cookieCache: { enabled: true } } },
    async run(s) {
      await flow(s);
      const { user_code } = await codes(s.advance(minute));
      await s.fork("stolen").get("/get-session");
      await s.as("default").post("/sign-out", {});
      await s.as("stolen").get("/get-session");
      await enter(s, user_code);
      await approve(s, user_code);
      await deny(s, user_code);
    },
  },
  {
    name: "device: how a user code may be typed",
    config: { plugins: plugins({ generateUserCode: hook("word") }) },
    hooks: { word: () => ({ result: "WDJBMJHT" }) },
    async run(s) {
      await codes(s);
      await enter(s, " wdjb-mjht.");
      await signUp(s);
      for (const text of ["WDJBMJHT1", "WDJBMJHTé", "", "--", "IO10", "wdjbmjht", "WDJB MJHT", "wDjBmJhT?"]) await enter(s, text);
      await approve(s, "w.d.j.b.m.j.h.t");
    },
  },
  {
    name: "device: a user code of one's own is taken as it is",
    config: { plugins: plugins({ generateUserCode: hook("word"), userCodeLength: 4 }) },
    hooks: { word: () => ({ result: "ab-cd" }) },
    async run(s) {
      await codes(s);
      await signUp(s);
      for (const text of ["AB-CD", "abcd", "ABCD", "ab-cd"]) await enter(s, text);
    },
  },
  {
    name: "device: a code that is bound to a user",
    config: { plugins: plugins({ interval: "0s" }) },
    async run(s) {
      const { json } = await signUp(s);
      const { user_code, device_code } = await codes(s, { user_id: json.user.id });
      await signUp(s.as("bob"), bob);
      await enter(s, user_code);
      await approve(s, user_code);
      await approve(s.as("default"), user_code);
      await poll(s, device_code);
      const other = await codes(s, { user_id: "" });
      await enter(s.as("bob"), other.user_code);
      await ask(s, { user_id: "nobody", scope: "" });
    },
  },
  {
    name: "device: forms",
    config: { plugins: plugins({ onDeviceAuthRequest: hook("told") }) },
    hooks,
    async run(s) {
      const form = (raw, type = "application/x-www-form-urlencoded") => s.post("/device/code", undefined, { raw, type });
      for (const raw of [
        "client_id=tv&scope=a+b", "client_id=tv&client_id=tv", "client_id=&client_id=tv", "client_id=tv&client_id=", "scope=a&client_id=tv&scope=b", "client_id=tv&scope=&user_id=",
        "client_id=tv&user_id=a&user_id=b", "client_id=", "", "scope=a", "client_id=tv&other=1&other=2", "client_id=%74v&scope=%ZZ",
      ]) await form(raw);
      await form("client_id=tv&scope=a&scope=b", "Application/X-WWW-Form-Urlencoded; charset=utf-8");
      await form("client_id=tv", "text/plain");
      await form("<a/>", "application/xml");
      await s.post("/device/token", undefined, { form: { grant_type, device_code: "x", client_id: "tv" } });
    },
  },
  {
    name: "device: bad input",
    config: { plugins: plugins() },
    async run(s) {
      for (const body of [undefined, {}, [], { client_id: 1, scope: 1, user_id: 1 }, { client_id: "" }, { client_id: null }]) await s.post("/device/code", body);
      await s.post("/device/code", undefined, { raw: "{", type: "application/json" });
      for (const body of [undefined, {}, { grant_type: "password", device_code: 1, client_id: 1 }, { grant_type, device_code: "x" }, { grant_type, client_id: "tv" }]) await s.post("/device/token", body);
      await s.get("/device");
      await s.get("/device?user_code=a&user_code=b");
      for (const path of ["approve", "deny"]) for (const body of [undefined, {}, { userCode: 1 }]) await s.post(`/device/${path}`, body);
      for (const path of ["code", "token", "approve", "deny"]) await s.get(`/device/${path}`);
      await s.post("/device", {});
    },
  },
  {
    name: "device: origins",
    config: { plugins: plugins() },
    async run(s) {
      const { user_code } = await codes(s);
      await signUp(s);
      await enter(s, user_code);
      for (const origin of ["http://evil.example", "null", null]) {
        for (const path of ["approve", "deny"]) await s.post(`/device/${path}`, { userCode: user_code }, { origin, label: `${path} ${origin}` });
        await ask(s, {}, { origin, cookies: false });
        await s.post("/device/token", { grant_type, device_code: "x", client_id: "tv" }, { origin, cookies: false });
      }
    },
  },
  ...pages.map((verificationUri) => ({ name: `device: the page ${verificationUri}`, config: { plugins: plugins({ verificationUri }) }, run: (s) => ask(s) })),
  { name: "device: the page of a base path", config: { basePath: "/a/b", plugins: plugins({ verificationUri: "enter" }) }, run: (s) => ask(s) },
  {
    name: "device: the page of several hosts",
    config: { baseURL: { allowedHosts: ["localhost:3000", "*.example.com"], fallback: "http://localhost:3000" }, plugins: plugins() },
    origin: "http://localhost:3000",
    async run(s) {
      await ask(s);
      await ask(s, {}, { host: "app.example.com", origin: "https://app.example.com" });
    },
  },
  ...[["same", "same"], ["device", "same"], ["same", "user"], ["twice", "user"], ["nothing", "user"], ["device", "nothing"], ["long", "user"], ["device", "long"], ["fits", "fits"], ["refuses", "user"], ["device", "fails"]].map(([device, user]) => ({
    name: `device: callbacks that make codes: ${device}, ${user}`,
    config: { plugins: plugins({ generateDeviceCode: hook(device), generateUserCode: hook(user) }) },
    hooks,
    async run(s) {
      for (let i = 0; i < 4; i++) await ask(s);
    },
  })),
  { name: "device: codes that collide on PostgreSQL and MariaDB", dbs: ["postgres", "mysql"], config: { plugins: plugins({ generateDeviceCode: hook("device"), generateUserCode: hook("twice") }) }, hooks, async run(s) {
    for (let i = 0; i < 4; i++) await ask(s);
  } },
  ...["known", "refuses", "fails", "nothing"].map((name) => ({
    name: `device: a client's check that ${name}`,
    config: { plugins: plugins({ validateClient: hook(name) }) },
    hooks,
    async run(s) {
      const { device_code } = await codes(s);
      await ask(s, { client_id: "evil" });
      await poll(s, device_code ?? "x");
      await poll(s, device_code ?? "x", "evil");
    },
  })),
  ...["refuses", "fails"].map((name) => ({ name: `device: a request's callback that ${name}`, config: { plugins: plugins({ onDeviceAuthRequest: hook(name) }) }, hooks, async run(s) {
    await ask(s);
    await ask(s, { scope: undefined });
  } })),
  {
    name: "device: rows that make no sense, users that are gone",
    config: { plugins: plugins({ interval: "0s" }) },
    async run(s) {
      await signUp(s);
      const { device_code, user_code } = await codes(s);
      await status(s, "status = 'lost'");
      await poll(s, device_code);
      await enter(s, user_code);
      await approve(s, user_code);
      await status(s, "status = 'approved'");
      await poll(s, device_code);
      await status(s, `${s.db.quote("userId")} = 'nobody'`);
      await poll(s, device_code);
      await status(s, `status = 'pending', ${s.db.quote("clientId")} = null`);
      await poll(s, device_code, "whoever");
      await status(s, "status = 'approved'");
      await poll(s, device_code, "whoever");
    },
  },
  {
    name: "device: a session that a hook drops",
    config: { plugins: plugins({ interval: "0s" }), databaseHooks: { session: { create: { before: hook("drop") } } } },
    hooks: { drop: (call, s) => (s.dropping ? { result: false } : {}) },
    async run(s) {
      const { device_code, user_code } = await codes(s);
      await signUp(s);
      await enter(s, user_code);
      await approve(s, user_code);
      s.dropping = true;
      await poll(s, device_code);
      await poll(s, device_code);
    },
  },
  {
    name: "device: hooks see the session",
    config: { plugins: plugins(), hooks: { after: hook("after") }, databaseHooks: { session: { create: { after: hook("made") } } } },
    hooks,
    async run(s) {
      const { device_code, user_code } = await codes(s);
      await signUp(s);
      await enter(s, user_code);
      await approve(s, user_code);
      await poll(s, device_code);
    },
  },
  {
    name: "device: from code",
    config: { plugins: plugins({ interval: "0s" }) },
    async run(s) {
      const { json } = await s.api("deviceCode", { body: { client_id: "tv" } });
      await s.api("deviceCode", { body: {} });
      await s.api("deviceVerify", { query: { user_code: json.user_code } });
      await s.api("deviceVerify", { query: {} });
      await s.api("deviceApprove", { body: { userCode: json.user_code } });
      await s.api("deviceDeny", { body: { userCode: json.user_code } });
      await signUp(s);
      await s.api("deviceVerify", { query: { user_code: json.user_code } }, { cookies: true });
      await s.api("deviceApprove", { body: { userCode: json.user_code } }, { cookies: true });
      await s.api("deviceDeny", { body: { userCode: json.user_code } }, { cookies: true });
      await s.api("deviceToken", { body: { grant_type, device_code: json.device_code, client_id: "tv" } });
    },
  },
  {
    name: "device: the official client",
    config: { plugins: { bearer: {}, ...plugins() } },
    async run(s) {
      const { deviceAuthorizationClient } = await import("better-auth/client/plugins");
      const client = await s.client({ plugins: [deviceAuthorizationClient()] });
      const { data } = await client.device.code({ client_id: "tv", scope: "read" });
      await signUp(s);
      const shown = await client.device({ query: { user_code: data.user_code } });
      s.note("shown", shown);
      s.note("approved", await client.device.approve({ userCode: data.user_code }));
      s.note("denied", await client.device.deny({ userCode: data.user_code }));
      const token = await client.device.token({ grant_type, device_code: data.device_code, client_id: "tv" });
      s.note("token", token);
    },
  },
  {
    name: "device: a code works once, also in a race",
    dbs: ["sqlite", "postgres", "mysql"],
    config: { plugins: plugins({ interval: "0s" }) },
    rows: false,
    async run(s) {
      const { device_code, user_code } = await codes(s);
      await signUp(s);
      await enter(s, user_code);
      await approve(s, user_code);
      const call = ["POST", "/device/token", { grant_type, device_code, client_id: "tv" }, { cookies: false }];
      await s.race([call, call, call, call]);
    },
  },
  {
    name: "device: rate limit",
    config: { plugins: plugins({ expiresIn: "2m" }), rateLimit: { enabled: true } },
    async run(s) {
      for (let i = 0; i < 7; i++) await enter(s, "AAAAAAAA");
      await enter(s.advance(100), "AAAAAAAA");
      await enter(s.advance(30), "AAAAAAAA");
      for (let i = 0; i < 3; i++) await ask(s);
    },
  },
  { name: "device: described", config: { plugins: { "open-api": {}, ...plugins() } }, async run(s) {
    await s.get("/open-api/generate-schema");
  } },
  ...Object.entries({
    "no unit": { expiresIn: "30" }, "a number": { interval: 5 }, "another unit": { expiresIn: "3 blinks" }, "fewer than one": { deviceCodeLength: -1 }, "too many": { userCodeLength: 192 },
    "half a character": { deviceCodeLength: 1.5 }, "no text": { verificationUri: 1 },
  }).map(([name, options]) => ({ name: `refused: device: ${name}`, config: { plugins: plugins(options) }, run: (s) => s.get("/ok") })),
];
