// Origin, CSRF and callback URL checks, including past attacks.
import { alice, signIn, signUp } from "../people.mjs";

const origins = ["http://localhost:3000", "http://localhost:3001", "http://localhost", "https://localhost:3000", "http://LOCALHOST:3000", "http://localhost:3000/", "http://localhost:3000/path", "http://localhost:3000.evil.io", "http://evil.io?http://localhost:3000", "http://evil.io#http://localhost:3000", "http://localhost:3000@evil.io", "http://evil.io", "null", "", "file://", "x", "//localhost:3000", "http://app.example.com", "http://a.b.example.com", "https://app.example.com", "http://example.com", "http://xexample.com", "https://one.two.secure.io", "http://one.secure.io", "https://secure.io", "https://a.com.evil.io", "myapp://", "myapp://x", "exp://192.168.1.9:8081", "http://192.168.7.1", "http://192.168.7.1:99", "https://port.io:8443", "https://port.io", "capacitor://localhost"];

const targets = ["/", "/dash", "/dash?a=b&c=d", "/a/b-c_d.e", "//evil.io", "/\\evil.io", "\\/evil.io", "\\\\evil.io", "/%5Cevil.io", "/%2Fevil.io", "/%2f/evil.io", "/a/%2e%2e/b", "/../x", "https:evil.io", "https:/evil.io", "https://evil.io", "http://localhost:3000/x", "http://localhost:3000@evil.io/", "http://localhost:3000.evil.io/", "http://evil.io/?http://localhost:3000", "javascript:alert(1)", "data:text/html,x", "/\tx", "/\nx", "/\r\nx", "\t//evil.io", " /x", "/x y", "/ü", "x", "?a=b", "#a", "", "/x#y", "/x;y", "/@evil.io", "/x@y", "/:x", "/~x", "/x*y", "/x,y", "/x|y", "/x'y", "/(x)", "http://app.example.com/y", "https://one.two.secure.io/z", "myapp://open", "https://a.com.evil.io", "ftp://localhost:3000/"];

const trustedOrigins = ["http://*.example.com", "https://*.secure.io", "myapp://", "exp://192.168.*.*:*/**", "http://192.168.*.*", "https://port.io:8443", "*.bare.io", "https://a?c.io"];

// Without cookies the check comes after the schema, so the body must be valid; hashes by callback keep it fast.
const stranger = { email: "nobody@example.com", password: "password1234" };
const quick = { password: { hash: { webhook: "hook:hash" }, verify: { webhook: "hook:verify" } } };
const quickHooks = { hash: () => ({ result: "hash" }), verify: () => ({ result: true }) };

async function everyOrigin(s) {
  await signUp(s, alice, undefined);
  for (const origin of origins) {
    await s.post("/update-user", { name: "A" }, { origin, label: `origin ${origin}` });
    await s.post("/sign-in/email", stranger, { origin, cookies: false, label: `sign in, origin ${origin}` });
  }
  await s.post("/update-user", { name: "A" }, { origin: null, label: "no origin" });
  for (const referer of ["http://localhost:3000/page", "http://evil.io/page", "x", ""])
    await s.post("/update-user", { name: "A" }, { origin: null, headers: { referer }, label: `referer ${referer}` });
  await s.post("/update-user", { name: "A" }, { headers: { referer: "http://evil.io" }, label: "good origin, bad referer" });
  await s.post("/sign-out", {}, { origin: "http://evil.io" });
  await s.get("/get-session", { origin: "http://evil.io" });
  await s.post("/nowhere", {}, { origin: "http://evil.io" });
  await s.post("/ok", {}, { origin: "http://evil.io" });
}

async function fetchMetadata(s) {
  const sites = ["cross-site", "same-site", "same-origin", "none", ""];
  for (const site of sites) {
    for (const mode of ["navigate", "cors", ""]) {
      for (const origin of [null, "http://localhost:3000", "null"]) {
        const headers = { "sec-fetch-site": site, "sec-fetch-mode": mode, "sec-fetch-dest": "document" };
        await s.post("/sign-in/email", stranger, { origin, headers, cookies: false, label: `${site}/${mode}/${origin}` });
      }
    }
  }
  await s.post("/sign-in/email", stranger, { origin: null, cookies: false });
  await s.post("/sign-up/email", alice, { origin: null, headers: { "sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate" }, cookies: false });
  await s.post("/sign-up/email", alice, { origin: "null", headers: { "sec-fetch-site": "same-origin" }, cookie: "a=b" });
  await s.post("/sign-in/email", undefined, { form: stranger, origin: "http://evil.io", cookies: false });
}

async function everyTarget(s) {
  for (const url of targets) {
    await s.post("/sign-in/email", { email: "x", callbackURL: url }, { cookies: false, label: `callbackURL ${url}` });
    await s.get(`/reset-password/unknown?callbackURL=${encodeURIComponent(url)}`, { label: `reset callbackURL ${url}` });
  }
  for (const key of ["callbackURL", "redirectTo", "errorCallbackURL", "newUserCallbackURL"]) {
    for (const url of ["/ok", "//evil.io", "https://evil.io", 5, null, ["//evil.io"], { a: 1 }, true, ""])
      await s.post("/request-password-reset", { email: "a@b.co", [key]: url }, { label: `${key} ${JSON.stringify(url)}` });
  }
  await s.post("/sign-in/email?callbackURL=//evil.io", { email: "x" });
  await s.post("/sign-in/email?callbackURL=//evil.io&callbackURL=/x", { email: "x" });
  await s.post("/sign-in/social", { provider: "google", callbackURL: "/x", errorCallbackURL: "//evil.io" });
  await s.get("/verify-email?token=x&callbackURL=//evil.io");
  await s.get("/delete-user/callback?token=x&callbackURL=//evil.io");
}

const variants = {
  "defaults": {},
  "trusted origins": { trustedOrigins },
  "trusted origins from the environment": { $test: { env: "development", environ: { BETTER_AUTH_TRUSTED_ORIGINS: "http://app.example.com,https://*.secure.io" } } },
  "test environment": { $test: { env: "test" } },
  "test environment, checked": { $test: { env: "test" }, advanced: { disableOriginCheck: false } },
  "CSRF check off": { advanced: { disableCSRFCheck: true } },
  "origin check off": { advanced: { disableOriginCheck: true } },
  "origin check off, CSRF on": { advanced: { disableOriginCheck: true, disableCSRFCheck: false } },
  "origin check off for paths": { advanced: { disableOriginCheck: ["/update-user", "/sign-in/"] } },
};

export default [
  ...Object.entries(variants).flatMap(([name, config]) => [
    { name: `origins: ${name}`, config: { ...config, emailAndPassword: quick }, hooks: quickHooks, run: everyOrigin },
    { name: `targets: ${name}`, config: { ...config, emailAndPassword: { sendResetPassword: { webhook: "hook:x" } } }, run: everyTarget },
  ]),
  { name: "fetch metadata", config: { emailAndPassword: quick }, hooks: quickHooks, run: fetchMetadata },
  { name: "fetch metadata, trusted", config: { trustedOrigins, emailAndPassword: quick }, hooks: quickHooks, run: fetchMetadata },
  {
    name: "trusted origins from a callback",
    config: { trustedOrigins: { webhook: "hook:origins" } },
    hooks: { origins: ({ data: [request] }) => ({ result: ["http://always.io", ...(request?.url?.includes("update-user") ? ["http://app.example.com"] : [])] }) },
    async run(s) {
      await signUp(s);
      for (const origin of ["http://always.io", "http://app.example.com", "http://evil.io"]) await s.post("/update-user", { name: "A" }, { origin });
      await s.post("/sign-in/email", signIn(alice), { origin: "http://app.example.com" });
    },
  },
  {
    name: "the host's own origin when none is configured",
    config: { baseURL: undefined },
    async run(s) {
      await signUp(s);
      await s.post("/update-user", { name: "A" }, { host: "other.example:81", origin: "http://other.example:81" });
      await s.post("/update-user", { name: "A" }, { host: "other.example:81" });
      await s.post("/update-user", { name: "A" }, { headers: { "x-forwarded-host": "evil.io" }, origin: "http://evil.io" });
      await s.post("/update-user", { name: "A" }, { headers: { "x-forwarded-host": "evil.io", "x-forwarded-proto": "https" }, origin: "https://evil.io" });
      await s.post("/update-user", { name: "A" }, { origin: "null", headers: { "sec-fetch-site": "same-origin" } });
    },
  },
];
