// Names and attributes of cookies.
import { alice, signIn, signUp } from "../people.mjs";

async function flow(s) {
  await signUp(s);
  await s.get("/get-session");
  await s.post("/sign-in/email", { ...signIn(alice), rememberMe: false });
  await s.get("/get-session");
  await s.post("/sign-out", {});
}

const cached = { session: { cookieCache: { enabled: true } } };
const https = { baseURL: "https://auth.example.com" };

const cases = {
  "prefix": { ...cached, advanced: { cookiePrefix: "acme" } },
  "https base URL": { ...cached, ...https },
  "secure cookies on http": { ...cached, advanced: { useSecureCookies: true } },
  "insecure cookies on https": { ...cached, ...https, advanced: { useSecureCookies: false } },
  "production without a base URL": { ...cached, baseURL: undefined, rateLimit: { enabled: false }, $test: { env: "production" } },
  "production on http": { ...cached, rateLimit: { enabled: false }, $test: { env: "production" } },
  "across subdomains": { ...cached, ...https, advanced: { crossSubDomainCookies: { enabled: true } } },
  "across subdomains, own domain": { ...cached, ...https, advanced: { crossSubDomainCookies: { enabled: true, domain: ".example.com", additionalCookies: ["x"] } } },
  "own names": { ...cached, advanced: { cookies: { session_token: { name: "sid" }, session_data: { name: "sdata" }, dont_remember: { name: "forget" } } } },
  "own names with secure": { ...cached, ...https, advanced: { cookies: { session_token: { name: "sid" } } } },
  "own attributes": { ...cached, advanced: { cookies: { session_token: { attributes: { sameSite: "strict", path: "/app", httpOnly: false, domain: "example.com", maxAge: 5, secure: true, partitioned: true } }, session_data: { name: "d", attributes: { maxAge: 77 } }, dont_remember: { attributes: { maxAge: 9 } } } } },
  "expires": { advanced: { cookies: { session_token: { attributes: { expires: "2031-02-01T00:00:00.000Z" } } } } },
  "default attributes": { ...cached, advanced: { defaultCookieAttributes: { sameSite: "none", secure: true, partitioned: true, path: "/auth", domain: "d.example.com", httpOnly: false, maxAge: 1000, expires: "2031-02-01T00:00:00.000Z" } } },
  "host prefix": { advanced: { useSecureCookies: false, cookies: { session_token: { name: "sid", attributes: { prefix: "host", secure: true } } }, defaultCookieAttributes: { prefix: "secure" } } },
  "short session": { ...cached, session: { expiresIn: 100, cookieCache: { enabled: true, maxAge: 50 } } },
  "long session": { session: { expiresIn: 34560000 } },
};

export default Object.entries(cases).map(([name, config]) => ({ name, config, run: flow }));
