// Paths, base URLs, environment, secrets.
import { alice, signIn, signUp } from "../people.mjs";

const mail = { reset: (call, s) => void (s.resetMail = call.data[0]) };
const reset = { emailAndPassword: { sendResetPassword: { webhook: "hook:reset" } } };

async function short(s) {
  await signUp(s);
  await s.get("/get-session");
  await s.post("/sign-out", {});
}

// Shows the base URL that the server uses: in the mail's link, in the error redirect, in the token's issuer.
async function urls(s, opts = {}) {
  await s.get("/ok", opts);
  await signUp(s);
  await s.post("/request-password-reset", { email: alice.email }, { ...opts, origin: null, cookies: false });
  await s.get("/callback/google?code=x&state=y", opts);
  await s.get("/token", opts);
  await s.get("/get-session", opts);
}

const refused = (name, config) => ({ name: `refused: ${name}`, config, run: short });

export default [
  {
    name: "disabled paths",
    config: { disabledPaths: ["/sign-up/email", "/get-session", "/reset-password/:token", "/sign-in"] },
    async run(s) {
      await signUp(s);
      for (const path of ["/get-session", "/get-session/", "//get-session", "/GET-session", "/get-session?x=1", "/get-session%2F", "/get%2Dsession", "/reset-password/abc?callbackURL=/x", "/ok", "/sign-in"]) await s.get(path);
      await s.post("/sign-in/email", signIn(alice));
      await s.api("signUpEmail", { body: alice });
    },
  },
  {
    name: "paths that are not there",
    async run(s) {
      for (const path of ["", "/", "/nowhere", "/ok/", "//ok", "/ok//", "/./ok", "/x/../ok", "/OK", "/ok%20", "/o%6b", "/ok;a=b", "/ok?", "/ok#x", "/sign-in", "/get-session/x", "/reset-password/", "/callback/", "/session"]) await s.get(path, { label: `GET ${path}` });
      for (const method of ["HEAD", "OPTIONS", "PUT", "DELETE", "PATCH"]) await s.request(method, "/ok"), await s.request(method, "/sign-in/email", method === "HEAD" ? undefined : {});
      await s.post("/ok", {});
      await s.get("/sign-in/email");
      for (const path of ["/", "/api", "/api/auth", "/api/authx/ok", "/API/AUTH/ok", "/api//auth/ok", "/ok"]) await s.get(path, { absolute: true });
    },
  },
  { name: "trailing slashes may be skipped", config: { advanced: { skipTrailingSlashes: true } }, async run(s) {
    for (const path of ["/ok/", "/ok", "/ok//", "//ok", "/get-session/", "/nowhere/"]) await s.get(path);
    await s.post("/sign-up/email/", alice);
  } },
  { name: "another base path", config: { basePath: "/auth/v1", plugins: { jwt: {} }, ...reset }, hooks: mail, run: urls },
  { name: "base path /", config: { basePath: "/", ...reset }, hooks: mail, async run(s) {
    await s.get("ok");
    await s.get("/ok", { absolute: true });
    await s.post("/sign-up/email", alice, { absolute: true });
    await s.get("/get-session", { absolute: true });
  } },
  { name: "a base URL with a path", config: { baseURL: "http://localhost:3000/accounts", basePath: "/accounts", plugins: { jwt: {} }, ...reset }, hooks: mail, run: urls },
  { name: "a base URL that ends with a slash", config: { baseURL: "http://localhost:3000/", plugins: { jwt: {} }, ...reset }, hooks: mail, run: urls },
  { name: "no base URL: from the request", config: { baseURL: undefined, plugins: { jwt: {} }, ...reset }, hooks: mail, async run(s) {
    await urls(s);
    await urls(s, { scheme: "https", urlHost: "seen.example.com" });
    await urls(s, { host: "other.example:8080" });
    await urls(s, { headers: { "x-forwarded-host": "fwd.example.com", "x-forwarded-proto": "https" } });
  } },
  { name: "no base URL: proxy headers trusted", config: { baseURL: undefined, advanced: { trustedProxyHeaders: true }, plugins: { jwt: {} }, ...reset }, hooks: mail, async run(s) {
    await urls(s, { headers: { "x-forwarded-host": "fwd.example.com", "x-forwarded-proto": "https" } });
    for (const host of ["a.example.com, b.example.com", "bad host", "evil.io/path", "x@evil.io", "[::1]:80", "", "a".repeat(300)]) await urls(s, { headers: { "x-forwarded-host": host, "x-forwarded-proto": "https" }, label: `forwarded ${host.slice(0, 20)}` });
    await s.get("/callback/google?code=x&state=y", { headers: { "x-forwarded-host": "a.example.com", "x-forwarded-proto": "gopher" } });
  } },
  { name: "base URL from the environment", config: { baseURL: undefined, plugins: { jwt: {} }, ...reset, $test: { env: "development", environ: { BETTER_AUTH_URL: "https://env.example.com" } } }, hooks: mail, run: urls },
  {
    name: "dynamic base URL",
    config: { baseURL: { allowedHosts: ["app.example.com", "*.preview.example.com", "localhost:*"], protocol: "https", fallback: "https://fallback.example.com" }, plugins: { jwt: {} }, ...reset },
    hooks: mail,
    async run(s) {
      for (const host of ["app.example.com", "pr-1.preview.example.com", "localhost:4000", "evil.io", "app.example.com.evil.io", "x.app.example.com"]) {
        await s.get("/callback/google?code=x&state=y", { host, label: `host ${host}` });
        await s.post("/sign-up/email", { ...alice, email: `a@${host.replace(":", "-")}` }, { host, cookies: false, label: `sign up ${host}`, origin: `https://${host}` });
      }
      await s.get("/callback/google?code=x&state=y", { host: "app.example.com", headers: { "x-forwarded-host": "pr-2.preview.example.com" } });
      await s.api("signInEmail", { body: { email: "a@app.example.com", password: alice.password } });
    },
  },
  {
    name: "dynamic base URL without fallback, proxied",
    config: { baseURL: { allowedHosts: ["app.example.com", "http://full.example.com"], protocol: "auto" }, advanced: { trustedProxyHeaders: true, crossSubDomainCookies: { enabled: true } } },
    async run(s) {
      for (const headers of [{ "x-forwarded-host": "app.example.com", "x-forwarded-proto": "https" }, { "x-forwarded-host": "app.example.com" }, { "x-forwarded-host": "full.example.com" }]) {
        await s.get("/callback/google?code=x&state=y", { headers, label: JSON.stringify(headers) });
        await s.post("/sign-up/email", { ...alice, email: `a${Object.keys(headers).length}@${headers["x-forwarded-host"]}` }, { headers, cookies: false, origin: "https://app.example.com" });
      }
      await s.api("getSession", { headers: [["host", "app.example.com"]] });
      await s.api("signUpEmail", { body: alice });
    },
  },
  { name: "secret from the environment", config: { secret: undefined, $test: { env: "development", environ: { BETTER_AUTH_SECRET: "environment-secret-0123456789abcdef" } } }, run: short },
  { name: "secret from AUTH_SECRET", config: { secret: undefined, $test: { env: "development", environ: { AUTH_SECRET: "auth-environment-secret-0123456789" } } }, run: short },
  { name: "default secret in test", config: { secret: undefined, $test: { env: "test" } }, run: short },
  {
    name: "secrets by version",
    config: { secret: undefined, secrets: [{ version: 3, value: "third-secret-cccccccccccccccccccccccccc" }, { version: 1, value: "first-secret-bbbbbbbbbbbbbbbbbbbbbbbbb" }], session: { cookieCache: { enabled: true, strategy: "jwe" } }, plugins: { jwt: {} } },
    async run(s) {
      await short(s);
      await s.post("/sign-in/email", signIn(alice));
      await s.get("/token");
      await s.get("/get-session");
    },
  },
  { name: "secrets from the environment", config: { secret: undefined, $test: { env: "development", environ: { BETTER_AUTH_SECRETS: "2:second-secret-aaaaaaaaaaaaaaaaaaaaaaaa, 1:first-secret-bbbbbbbbbbbbbbbbbbbbbbbbb" } }, plugins: { jwt: {} } }, async run(s) {
    await short(s);
    await s.get("/jwks");
  } },
  refused("default secret in production", { secret: undefined, $test: { env: "production" } }),
  refused("no secrets", { secret: undefined, secrets: [] }),
  refused("a version twice", { secrets: [{ version: 1, value: "a".repeat(32) }, { version: 1, value: "b".repeat(32) }] }),
  refused("an empty secret", { secrets: [{ version: 1, value: "" }] }),
  refused("a negative version", { secrets: [{ version: -1, value: "a".repeat(32) }] }),
  refused("secrets of a wrong form", { secret: undefined, $test: { env: "development", environ: { BETTER_AUTH_SECRETS: "nonsense" } } }),
  refused("no allowed hosts", { baseURL: { allowedHosts: [] } }),
  refused("a base URL that is none", { baseURL: "localhost:3000" }),
  refused("cross subdomain without a base URL", { baseURL: undefined, advanced: { crossSubDomainCookies: { enabled: true } } }),
  refused("a key path with dots", { plugins: { jwt: { jwks: { jwksPath: "/../x" } } } }),
  refused("a key path without slash", { plugins: { jwt: { jwks: { jwksPath: "x" } } } }),
  refused("own signing without an address of the keys", { plugins: { jwt: { jwt: { sign: { webhook: "hook:x" } } } } }),
  refused("an address of keys without algorithm", { plugins: { jwt: { jwks: { remoteUrl: "https://keys.example.com" } } } }),
  refused("cached sessions signed, with another strategy", { plugins: { jwt: { sessionCookieCache: true } } }),
  {
    name: "ip address in the session",
    config: { advanced: { ipAddress: { ipAddressHeaders: ["x-real-ip"] } } },
    async run(s) {
      for (const ip of ["203.0.113.1", "2001:db8::1", "::ffff:203.0.113.1", "nonsense", "203.0.113.1, 10.0.0.1"]) {
        await s.post("/sign-up/email", { ...alice, email: `a${s.transcript.length}@b.co` }, { headers: { "x-real-ip": ip }, label: `ip ${ip}` });
        await s.get("/get-session");
      }
      await s.post("/sign-in/email", { email: "a0@b.co", password: alice.password }, { headers: { "user-agent": "x".repeat(600) } });
      await s.get("/get-session");
    },
  },
  { name: "no address known in production", config: { $test: { env: "production" }, rateLimit: { enabled: false } }, run: short },
  { name: "no tracking of addresses", config: { advanced: { ipAddress: { disableIpTracking: true } } }, run: short },
  { name: "application name, logger, telemetry", config: { appName: "Acme", logger: { disabled: true, level: "error", disableColors: true }, telemetry: { enabled: false, debug: false }, experimental: { instrumentation: { enabled: false } } }, run: short },
  { name: "the database's calls are logged", config: { database: { debugLogs: true } }, run: short },
  { name: "schema validation off", config: { advanced: { database: { validateSchema: false } } }, run: short },
  { name: "errors are thrown", config: { onAPIError: { throw: true } }, async run(s) {
    await s.get("/ok");
    await s.get("/list-sessions");
    await s.post("/sign-in/email", { email: "x" });
  } },
];
