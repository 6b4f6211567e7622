// The custom-session plugin.
import { alice, bob, day, hour, minute, signIn, signUp } from "../people.mjs";

const answers = {
  custom: ({ data: [{ session, user, needsRefresh }] }) => ({ result: { user: { ...user, roles: ["a"] }, session, at: session.expiresAt, until: [session.expiresAt, { b: user.createdAt }], more: { b: 1, a: null }, needsRefresh } }),
  nothing: () => ({}),
  null: () => ({ result: null }),
  empty: () => ({ result: {} }),
  list: () => ({ result: [1, "b", { c: null }] }),
  text: () => ({ result: "hello" }),
  number: () => ({ result: 0 }),
  false: () => ({ result: false }),
  time: ({ data: [{ session }] }) => ({ result: session.expiresAt }),
  fails: () => ({ status: 500, body: { $error: true, name: "Error", message: "boom" } }),
  teapot: () => ({ status: 418, body: { status: 418, code: "TEAPOT", message: "short and stout" } }),
  seen: () => ({}),
  drop: () => ({ result: false }),
};
const plugins = (hook = "custom", more = {}, pluginOptions) => ({ "custom-session": { fn: { webhook: `hook:${hook}` }, ...(pluginOptions ? { pluginOptions } : {}) }, ...more });
const hooks = answers;

async function flow(s) {
  await s.get("/get-session");
  await signUp(s, alice);
  await s.get("/get-session");
  await s.get("/get-session?disableCookieCache=true&disableRefresh=true");
  await s.get("/session");
  await s.post("/get-session", {});
  await s.post("/update-user", { name: "Al" });
  await s.get("/get-session");
  await s.get("/list-sessions");
  await s.advance(10 * minute).get("/get-session");
  await s.advance(2 * day).get("/get-session");
  await s.get("/get-session?disableRefresh=true");
  await s.advance(8 * day).get("/get-session");
  await s.get("/get-session");
  await s.post("/sign-in/email", { ...signIn(alice), rememberMe: false });
  await s.get("/get-session");
  await s.advance(2 * hour).get("/get-session");
  await s.post("/sign-out", {});
  await s.get("/get-session");
}

const scenario = (name, config, run = flow, more = {}) => ({ name: `custom session: ${name}`, config: { plugins: plugins(), ...config }, hooks, run, ...more });
const short = async (s) => {
  await s.get("/get-session");
  await signUp(s, alice);
  await s.get("/get-session");
  await s.advance(2 * day).get("/get-session");
  await s.get("/list-sessions");
};
async function devices(s) {
  await s.get("/multi-session/list-device-sessions");
  await signUp(s, alice);
  await s.get("/multi-session/list-device-sessions");
  await signUp(s, bob);
  await s.get("/multi-session/list-device-sessions");
  await s.post("/multi-session/list-device-sessions", {});
  await s.get("/get-session");
}

export default [
  scenario("answers of one's own", {}),
  scenario("PostgreSQL and MariaDB", {}, short, { dbs: ["postgres", "mysql"] }),
  scenario("in Redis", { secondaryStorage: { provider: "redis" } }),
  scenario("stateless", { database: undefined }, flow, { dbs: ["none"] }),
  ...["compact", "jwt", "jwe"].map((strategy) => scenario(`cookie cache, ${strategy}`, { session: { cookieCache: { enabled: true, strategy } } })),
  scenario("refresh deferred", { session: { deferSessionRefresh: true } }),
  scenario("no refresh", { session: { disableSessionRefresh: true } }),
  scenario("cookies with many attributes", { session: { cookieCache: { enabled: true } }, advanced: { useSecureCookies: true, defaultCookieAttributes: { sameSite: "none", partitioned: true, path: "/api" } } }, async (s) => {
    await signUp(s, alice);
    await s.advance(2 * day).get("/get-session");
    await s.get("/get-session?disableCookieCache=true");
  }),
  scenario("cookies with an end", { advanced: { defaultCookieAttributes: { expires: "2031-02-01T00:00:00.000Z" } } }, async (s) => {
    await signUp(s, alice);
    await s.advance(2 * day).get("/get-session");
  }),
  scenario("hidden fields", { user: { additionalFields: { note: { type: "string", required: false, returned: false, defaultValue: "n" }, shown: { type: "date", required: false } } }, session: { additionalFields: { trace: { type: "string", required: false, returned: false, defaultValue: "t" } } } }, async (s) => {
    await signUp(s, { ...alice, shown: "2030-01-01T00:00:00.000Z" });
    await s.get("/get-session");
  }),
  ...["nothing", "null", "empty", "list", "text", "number", "false", "time", "fails", "teapot"].flatMap((hook) => [
    scenario(`the callback: ${hook}`, { plugins: plugins(hook) }, short),
    scenario(`the callback for devices: ${hook}`, { plugins: plugins(hook, { "multi-session": {} }, { shouldMutateListDeviceSessionsEndpoint: true }) }, devices),
  ]),
  ...[true, false, undefined].flatMap((on) => [
    scenario(`devices changed: ${on}`, { plugins: plugins("custom", { "multi-session": {} }, { shouldMutateListDeviceSessionsEndpoint: on }) }, devices),
    scenario(`devices changed by a plugin before: ${on}`, { plugins: { "multi-session": {}, ...plugins("custom", {}, { shouldMutateListDeviceSessionsEndpoint: on }) } }, devices),
  ]),
  scenario("arguments that only give types", { plugins: { "custom-session": { fn: { webhook: "hook:custom" }, options: { emailAndPassword: { enabled: true } } } } }, short),
  scenario("hooks of the program", { hooks: { before: { webhook: "hook:seen" }, after: { webhook: "hook:seen" } } }, short),
  scenario("a hook that answers first", { hooks: { before: { webhook: "hook:first" } } }, short, { hooks: { ...hooks, first: ({ data: [c] }) => (c.path === "/get-session" ? { result: { mine: true } } : {}) } }),
  scenario("the session ends while it is read", { databaseHooks: { session: { update: { before: { webhook: "hook:drop" } } } } }, short),
  scenario("with bearer, jwt and one-time-token", { plugins: plugins("custom", { bearer: {}, jwt: {}, "one-time-token": {} }) }, async (s) => {
    const { headers } = await signUp(s, alice);
    const bearer = headers["set-auth-token"][0];
    await s.get("/get-session", { bearer, cookies: false });
    await s.get("/token", { bearer, cookies: false });
    await s.get("/get-session");
    const { json } = await s.get("/one-time-token/generate");
    await s.post("/one-time-token/verify", { token: json?.token });
    await s.advance(2 * day).get("/get-session", { bearer, cookies: false });
  }),
  scenario("with anonymous and last-login-method", { plugins: plugins("custom", { anonymous: {}, "last-login-method": { storeInDatabase: true } }) }, async (s) => {
    await s.post("/sign-in/anonymous", {});
    await s.get("/get-session");
    await s.post("/sign-in/anonymous", {});
    await signUp(s, alice);
    await s.get("/get-session");
  }),
  scenario("bad input", {}, async (s) => {
    await signUp(s, alice);
    for (const query of ["disableCookieCache=x", "disableCookieCache=", "disableRefresh=0", "disableRefresh=1&disableRefresh=2", "other=1"]) await s.get(`/get-session?${query}`);
    await s.get("/get-session/");
    await s.request("HEAD", "/get-session");
    await s.request("PUT", "/get-session", {});
  }),
  scenario("from code", {}, async (s) => {
    await signUp(s, alice);
    await s.api("getSession", {});
    await s.api("getSession", { headers: [] });
    await s.api("getSession", {}, { cookies: true });
    await s.api("getSession", { query: { disableCookieCache: true } }, { cookies: true });
  }),
  scenario("rate limit", { rateLimit: { enabled: true, max: 2 } }, async (s) => {
    for (let i = 0; i < 3; i++) await s.get("/get-session");
  }),
  scenario("disabled", { disabledPaths: ["/get-session"] }, async (s) => {
    await signUp(s, alice);
    await s.get("/get-session");
    await s.get("/list-sessions");
  }),
  scenario("the document", { plugins: plugins("custom", { "open-api": {} }) }, (s) => s.get("/open-api/generate-schema")),
  scenario("the official client", {}, async (s) => {
    const { customSessionClient } = await import("better-auth/client/plugins");
    const client = await s.client({ plugins: [customSessionClient()] });
    s.note("nobody", (await client.getSession()).data);
    await client.signUp.email(alice);
    s.note("custom", (await client.getSession()).data);
    await client.signOut();
    s.note("out", (await client.getSession()).data);
  }),
];
