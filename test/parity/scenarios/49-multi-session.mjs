// The multi-session plugin.
import * as factor from "../factor.mjs";
import { alice, bob, day, signIn, signUp } from "../people.mjs";
import { begin, egress, provider as answering } from "../oauth/fake.mjs";

const carol = { name: "Carol", email: "carol@example.com", password: "carols-password" };
const octo = {
  users: [["/user/emails", [{ email: "octo@example.com", primary: true, verified: true }]], ["api.github.com/user", { id: 7, login: "octo", name: "Octo", email: "octo@example.com" }]],
};
const hooks = {
  otp: (call, s) => void (s.code = call.data[0]),
  link: (call, s) => void (s.link = call.data[0]),
  egress: (call, s) => answering(octo)(call, s),
  drop: () => ({ result: false }),
  seen: () => ({}),
};
const plugins = (own = {}, more = {}) => ({ "multi-session": own, ...more });
const list = (s, opts) => s.get("/multi-session/list-device-sessions", opts);
const activate = (s, sessionToken, opts) => s.post("/multi-session/set-active", { sessionToken }, opts);
const revoke = (s, sessionToken, opts) => s.post("/multi-session/revoke", { sessionToken }, opts);
const nameOf = (token, prefix = "better-auth.session_token") => `${prefix}_multi-${token.toLowerCase()}`;
/** The cookies of the browser, with some changed; undefined takes one away. */
const cookies = (s, changes) => {
  const all = { ...Object.fromEntries(s.jar().cookies), ...changes };
  return Object.entries(all).filter(([, v]) => v !== undefined).map(([k, v]) => `${k}=${v}`).join("; ");
};

async function flow(s) {
  await list(s);
  const a = (await signUp(s, alice)).json.token;
  await list(s);
  const b = (await signUp(s, bob)).json.token;
  await list(s);
  await s.get("/get-session");
  await activate(s, a);
  await s.get("/get-session?disableCookieCache=true");
  await activate(s, b.toUpperCase());
  await s.get("/get-session");
  const again = (await s.post("/sign-in/email", signIn(alice))).json.token;
  await list(s);
  await activate(s, a);
  await revoke(s, b);
  await list(s);
  await revoke(s, again);
  await s.get("/get-session");
  await list(s);
  await revoke(s, again);
  await s.post("/sign-in/email", signIn(alice));
  await s.post("/sign-in/email", signIn(bob));
  await s.fork("copy").as("default").post("/sign-out", {});
  await s.get("/get-session");
  await list(s);
  await list(s.as("copy"));
  await s.get("/get-session?disableCookieCache=true");
}

/** Where several sessions end at once, their rows are found in any order; here each ends alone. */
async function oneAtATime(s) {
  const a = (await signUp(s, alice)).json.token;
  const b = (await signUp(s, bob)).json.token;
  await revoke(s, a);
  await list(s);
  await s.post("/sign-in/email", signIn(bob));
  await list(s);
  await activate(s, b);
  await s.post("/sign-out", {});
  await s.get("/get-session");
}

const scenario = (name, own, run, { config, ...more } = {}) => ({ name: `multi session: ${name}`, config: { plugins: plugins(own), ...config }, hooks, run, ...more });

export default [
  scenario("several users in one browser", {}, flow),
  scenario("PostgreSQL and MariaDB", {}, flow, { dbs: ["postgres", "mysql"] }),
  scenario("in Redis", {}, flow, { config: { secondaryStorage: { provider: "redis" } } }),
  scenario("in Redis and the database", {}, flow, { config: { secondaryStorage: { provider: "redis" }, session: { storeSessionInDatabase: true } } }),
  scenario("in Redis, kept in the database", {}, flow, { config: { secondaryStorage: { provider: "redis" }, session: { storeSessionInDatabase: true, preserveSessionInDatabase: true } } }),
  scenario("cookie cache", {}, flow, { config: { session: { cookieCache: { enabled: true } } } }),
  scenario("stateless", {}, flow, { dbs: ["none"], config: { database: undefined } }),
  scenario("secure cookies", {}, flow, { config: { advanced: { useSecureCookies: true } } }),
  scenario("cookies of another name and with other attributes", {}, flow, { config: { advanced: { cookiePrefix: "app", defaultCookieAttributes: { sameSite: "strict" }, cookies: { session_token: { name: "sid", attributes: { path: "/api", maxAge: 1000 } } } } } }),
  scenario("across subdomains", {}, flow, { config: { advanced: { crossSubDomainCookies: { enabled: true, domain: "example.com" } } } }),
  scenario("short sessions", {}, flow, { config: { session: { expiresIn: 3600, updateAge: 0 } } }),
  scenario("hidden fields", {}, flow, { config: { user: { additionalFields: { note: { type: "string", required: false, returned: false, defaultValue: "n" } } }, session: { additionalFields: { trace: { type: "string", required: false, returned: false, defaultValue: "t" }, shown: { type: "string", required: false, defaultValue: "s" } }, cookieCache: { enabled: true } } } }),
  scenario("hooks of rows see what ends", {}, oneAtATime, { config: { databaseHooks: { session: { delete: { before: { webhook: "hook:seen" } }, create: { after: { webhook: "hook:seen" } } } } } }),
  scenario("a hook keeps sessions from ending", {}, oneAtATime, { config: { databaseHooks: { session: { delete: { before: { webhook: "hook:drop" } } } } } }),
  ...[0, 1, 2, 5, undefined].map((maximumSessions) =>
    scenario(`at most ${maximumSessions}`, { maximumSessions }, async (s) => {
      for (const who of [alice, bob, carol, { ...carol, email: "dave@example.com" }, { ...carol, email: "eve@example.com" }, { ...carol, email: "fay@example.com" }, { ...carol, email: "gil@example.com" }]) await signUp(s, who);
      await list(s);
      await s.post("/sign-in/email", signIn(alice));
      await list(s);
      await s.post("/sign-out", {});
    })),
  scenario("not remembered", {}, async (s) => {
    const a = (await signUp(s, { ...alice, rememberMe: false })).json.token;
    const b = (await signUp(s, bob)).json.token;
    await activate(s, a);
    await s.post("/sign-in/email", { ...signIn(bob), rememberMe: false });
    await activate(s, a);
    await list(s.advance(2 * day));
    await activate(s, a);
    await activate(s, b);
  }),
  scenario("sessions that have expired", {}, async (s) => {
    const a = (await signUp(s, alice)).json.token;
    const b = (await signUp(s.advance(5 * day), bob)).json.token;
    await s.advance(3 * day);
    await list(s);
    await activate(s, a);
    await list(s);
    await revoke(s, b);
    await s.get("/get-session");
    await list(s);
  }),
  scenario("an expired session is not the next one", {}, async (s) => {
    await signUp(s, alice);
    const b = (await signUp(s.advance(5 * day), bob)).json.token;
    await revoke(s.advance(3 * day), b);
    await s.get("/get-session");
  }),
  scenario("sessions that were ended elsewhere", {}, async (s) => {
    const a = (await signUp(s, alice)).json.token;
    await signUp(s, bob);
    await s.fork("copy");
    await activate(s, a);
    await s.post("/revoke-sessions", {});
    await list(s.as("default"));
    await activate(s, a);
    await activate(s, a);
    await s.post("/sign-out", {});
  }),
  scenario("a session from before the plugin", {}, async (s) => {
    const a = (await signUp(s, alice)).json.token;
    await s.forget(nameOf(a));
    await list(s);
    await revoke(s, a);
    await s.get("/get-session");
    await s.advance(2 * day).get("/get-session");
    await list(s);
    await revoke(s, a);
  }),
  scenario("forged cookies", {}, async (s) => {
    const a = (await signUp(s.as("victim"), alice)).json.token;
    await signUp(s.as("default"), bob);
    const own = s.cookie("session_token");
    for (const value of [a, `${a}.`, `${a}.${"A".repeat(43)}=`, `${a}.${decodeURIComponent(own).split(".")[1]}`, "", "x"]) {
      const cookie = cookies(s, { [nameOf(a)]: encodeURIComponent(value) });
      await list(s, { cookie, label: `list with ${value.length}` });
      await activate(s, a, { cookie });
      await revoke(s, a, { cookie });
      await s.post("/sign-in/email", { ...signIn(bob), password: "wrong-password" }, { cookie });
    }
    await s.post("/sign-out", {}, { cookie: cookies(s, { [nameOf(a)]: encodeURIComponent(`${a}.${"A".repeat(43)}=`) }) });
    await s.as("victim").get("/get-session?disableCookieCache=true");
  }),
  scenario("cookies of another program", {}, async (s) => {
    s.setCookie("app_multi-1", "x");
    s.setCookie("app_multi-2", "y");
    await signUp(s, alice);
    await signUp(s, bob);
    await list(s);
    await s.post("/sign-out", {});
  }),
  scenario("one session under another name", {}, async (s) => {
    const a = (await signUp(s, alice)).json.token;
    const b = (await signUp(s, bob)).json.token;
    const [ca, cb] = [a, b].map((t) => s.jar().cookies.get(nameOf(t)));
    const cookie = cookies(s, { [nameOf(a)]: cb, [nameOf(b)]: ca, "x_multi-y": ca, "x_multi-z": ca });
    await list(s, { cookie });
    await activate(s, a, { cookie });
    await revoke(s, a, { cookie });
    await list(s);
  }),
  scenario("a provider and codes", {}, async (s) => {
    await signUp(s, alice);
    await s.post("/email-otp/send-verification-otp", { email: bob.email, type: "sign-in" });
    await s.post("/sign-in/email-otp", { email: bob.email, otp: s.code.otp });
    await s.post("/sign-in/magic-link", { email: carol.email });
    await s.get(`/magic-link/verify?token=${s.link.token}`);
    const state = await begin(s, { provider: "github", callbackURL: "/dash" });
    await s.get(`/callback/github?code=code-1&state=${state}`);
    await list(s);
    const { json } = await s.get("/one-time-token/generate");
    await s.post("/one-time-token/verify", { token: json?.token });
    await list(s);
    await s.post("/change-password", { currentPassword: "x", newPassword: "password5678" });
  }, { config: { ...egress, socialProviders: { github: { clientId: "client-1", clientSecret: "secret-1" } }, plugins: plugins({}, { "email-otp": { sendVerificationOTP: { webhook: "hook:otp" } }, "magic-link": { sendMagicLink: { webhook: "hook:link" } }, "one-time-token": {} }) } }),
  scenario("password change starts another session", {}, async (s) => {
    await signUp(s, bob);
    await signUp(s, alice);
    await s.post("/change-password", { currentPassword: alice.password, newPassword: "password5678", revokeOtherSessions: true });
    await list(s);
    await s.get("/get-session");
  }),
  scenario("with bearer and jwt", {}, async (s) => {
    const { headers } = await signUp(s, alice);
    const bearer = headers["set-auth-token"][0];
    const b = (await signUp(s, bob)).json.token;
    await activate(s, b);
    await revoke(s, b, { bearer });
    await list(s, { bearer, cookies: false });
    await s.get("/token");
  }, { config: { plugins: plugins({}, { bearer: {}, jwt: {} }) } }),
  scenario("with a second factor", {}, async (s) => {
    await factor.begin(s.as("phone"));
    await factor.verify(s);
    const b = (await signUp(s.as("default"), bob)).json.token;
    await factor.enter(s);
    await list(s);
    await factor.verify(s, { trustDevice: true });
    await list(s);
    await activate(s, b);
    await factor.enter(s);
    await list(s);
  }, { config: { plugins: { ...factor.plugins(), ...plugins() } } }),
  scenario("with anonymous", {}, async (s) => {
    await s.post("/sign-in/anonymous", {});
    await list(s);
    await signUp(s, alice);
    await list(s);
    await s.post("/sign-in/anonymous", {});
    await list(s);
    await s.post("/sign-in/email", signIn(alice));
    await list(s);
  }, { config: { plugins: plugins({}, { anonymous: {} }) } }),
  scenario("bad input and origins", {}, async (s) => {
    for (const signedIn of [false, true]) {
      if (signedIn) await signUp(s, alice);
      for (const path of ["set-active", "revoke"]) {
        await s.post(`/multi-session/${path}`);
        await s.post(`/multi-session/${path}`, {});
        await s.post(`/multi-session/${path}`, { sessionToken: 1 });
        for (const sessionToken of ["", "x", "a; b=c", "é", "x".repeat(300)]) await s.post(`/multi-session/${path}`, { sessionToken });
        await s.post(`/multi-session/${path}`, { sessionToken: "x" }, { origin: "https://evil.example" });
        await s.get(`/multi-session/${path}`);
      }
      await s.post("/multi-session/list-device-sessions", {});
    }
    await s.api("listDeviceSessions");
    await s.api("listDeviceSessions", { headers: [] });
    await s.api("listDeviceSessions", {}, { cookies: true });
    await s.api("setActiveSession", { body: { sessionToken: "x" } });
    await s.api("setActiveSession", { body: { sessionToken: "x" } }, { cookies: true });
    await s.api("revokeDeviceSession", { body: { sessionToken: "x" } }, { cookies: true });
    await s.api("signInEmail", { body: signIn(alice) });
  }),
  scenario("the document", {}, (s) => s.get("/open-api/generate-schema"), { config: { plugins: plugins({}, { "open-api": {} }) } }),
  scenario("the official client", {}, async (s) => {
    const { multiSessionClient } = await import("better-auth/client/plugins");
    const client = await s.client({ plugins: [multiSessionClient()] });
    const a = await client.signUp.email(alice);
    await client.signUp.email(bob);
    s.note("all", (await client.multiSession.listDeviceSessions()).data?.length);
    s.note("Alice", (await client.multiSession.setActive({ sessionToken: a.data.token })).data);
    s.note("who", (await client.getSession()).data?.user);
    s.note("revoked", (await client.multiSession.revoke({ sessionToken: a.data.token })).data);
    s.note("Bob", (await client.getSession()).data?.user);
    s.note("nobody", (await client.multiSession.setActive({ sessionToken: "x" })).error?.code);
    await client.signOut();
    s.note("none", (await client.multiSession.listDeviceSessions()).data);
  }),
];
