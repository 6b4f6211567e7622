// The one-time-token plugin.
import { alice, day, minute, signUp } from "../people.mjs";

const plugins = (more = {}) => ({ "one-time-token": more });
const verify = (s, token, opts) => s.post("/one-time-token/verify", { token }, opts);

async function flow(s) {
  await s.get("/one-time-token/generate");
  await signUp(s);
  const { json } = await s.get("/one-time-token/generate");
  await verify(s.as("other"), json?.token);
  await s.get("/get-session");
  await verify(s, json?.token);
  const late = await s.as("default").get("/one-time-token/generate");
  await verify(s.advance(10 * minute), late.json?.token);
  const gone = await s.get("/one-time-token/generate");
  await s.post("/sign-out", {});
  await verify(s, gone.json?.token);
  await verify(s, "x");
  await s.post("/one-time-token/verify", {});
  await s.post("/one-time-token/verify", { token: 1 });
  await s.post("/one-time-token/generate", {});
}

const variants = {
  "defaults": {},
  "hashed": { storeToken: "hashed" },
  "hashed by a callback": { storeToken: { type: "custom-hasher", hash: { webhook: "hook:hash" } } },
  "token from a callback": { generateToken: { webhook: "hook:token" } },
  "half a minute": { expiresIn: 0.5 },
  "twenty minutes": { expiresIn: 20 },
  "no cookie": { disableSetSessionCookie: true },
  "header on new sessions": { setOttHeaderOnNewSession: true },
  "not for clients": { disableClientRequest: true },
};
const hooks = { hash: ({ data: [token] }) => ({ result: `h${token}` }), token: (call, s) => ({ result: `t-${(s.n = (s.n ?? 0) + 1)}` }) };

export default [
  ...Object.entries(variants).map(([name, options]) => ({ name: `one-time token: ${name}`, config: { plugins: plugins(options) }, hooks, run: flow })),
  { name: "one-time token: PostgreSQL and MariaDB", dbs: ["postgres", "mysql"], config: { plugins: plugins() }, run: flow },
  { name: "one-time token: in Redis", config: { plugins: plugins(), secondaryStorage: { provider: "redis" } }, run: flow },
  { name: "one-time token: cookie cache and bearer", config: { plugins: { bearer: {}, ...plugins({ setOttHeaderOnNewSession: true }) }, session: { cookieCache: { enabled: true } } }, run: flow },
  {
    name: "one-time token: from code",
    config: { plugins: plugins({ disableClientRequest: true }) },
    async run(s) {
      await signUp(s);
      const { json } = await s.api("generateOneTimeToken", {}, { cookies: true });
      await s.api("generateOneTimeToken", {});
      await s.api("verifyOneTimeToken", { body: { token: json?.token } });
    },
  },
  {
    name: "one-time token: of a session that ended",
    config: { plugins: plugins({ expiresIn: 20 * 24 * 60 }), session: { expiresIn: 7 * day } },
    async run(s) {
      await signUp(s, alice);
      const { json } = await s.get("/one-time-token/generate");
      await verify(s.as("other").advance(8 * day), json.token);
      await s.get("/get-session");
    },
  },
  {
    name: "one-time token: works once, also in a race",
    dbs: ["sqlite", "postgres", "mysql"],
    config: { plugins: plugins() },
    rows: false,
    async run(s) {
      await signUp(s);
      const { json } = await s.get("/one-time-token/generate");
      const call = ["POST", "/one-time-token/verify", { token: json.token }];
      await s.race([call, call, call, call]);
    },
  },
];
