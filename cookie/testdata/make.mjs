// Generates vectors.json with the npm package better-auth. Run with the folder that
// holds better-auth@1.7.25:
//
//   BETTERAUTH_REFERENCE=/path/to/node_modules node make.mjs > vectors.json
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
import path from "node:path";

const fixed = 1800000000123; // the clock of everything below
const RealDate = Date;
globalThis.Date = class extends RealDate {
  constructor(...args) { args.length ? super(...args) : super(fixed); }
  static now() { return fixed; }
};

const modules = path.resolve(process.env.BETTERAUTH_REFERENCE);
const load = (file) => import(pathToFileURL(path.join(modules, file)).href);
const call = await import(pathToFileURL(createRequire(path.join(modules, "x.js")).resolve("better-call")).href);
const callCookies = await load("better-call/dist/cookies.mjs");
const cookies = await load("better-auth/dist/cookies/index.mjs");
const { signJWT, symmetricEncodeJWT } = await load("better-auth/dist/crypto/jwt.mjs");
const { createHMAC } = await load("@better-auth/utils/dist/hmac.mjs");
const { base64Url } = await load("@better-auth/utils/dist/base64.mjs");

const secret = "make-secret-ABCDEFGHIJKLMNOPQRSTUVWXYZ-0123456789";
const out = { secret, now: fixed };
const attempt = (fn) => { try { return { result: fn() }; } catch (e) { return { error: e.message }; } };

const all = [...Array(95).keys()].map((i) => String.fromCharCode(32 + i)).join("");
out.serialize = [
  ["a", "b"], ["a", ""], ["a", all + "äß€😀\n"], ["a", "b", { maxAge: 0 }], ["a", "b", { maxAge: -1 }], ["a", "b", { maxAge: 34560000 }], ["a", "b", { maxAge: 34560001 }],
  ["a", "b", { maxAge: 60, domain: ".x.org", path: "/p", expires: new Date(fixed), httpOnly: true, secure: true, sameSite: "lax", partitioned: true }],
  ["a", "b", { sameSite: "none" }], ["a", "b", { sameSite: "None" }], ["a", "b", { sameSite: "Strict" }], ["a", "b", { partitioned: true }],
  ["__Secure-a", "b", {}], ["__secure-a", "b", { path: "/x" }], ["__Host-a", "b", { domain: "x", path: "/y" }], ["__HOST-a", "b", {}],
  ["a", "b", { prefix: "host", domain: "x" }], ["a", "b", { prefix: "secure" }],
].map(([name, value, attributes]) => ({ name, value, attributes: attributes ?? {}, ...attempt(() => call.serializeCookie(name, value, attributes)) }));

out.parse = [
  "", "a", "a=", "=b", "a=b", "a=b; c=d", "a=b;c=d", "a=1; a=2; b=3; a=4", "a=b=c; d", "x; a=b", "x;y;a=b", " a = b ; c\t=\td ", 'a="b"', 'a="b', 'a="', 'a="é"; b="x" y', 'a=b"c',
  "a=%20%C3%BC", "a=%C3", "a=%zz", "a=%", "a=%E2%82%AC%", "a=%ED%A0%80", "a=%F0%9F%98%80", "a=%C0%80", "a b=c", "a@=c", "ä=1; b=ü", "a=ü%C3%BC", "a=\u00a0x\u00a0", "a=1;;b=2;", ";a=1", "a=b, c=d", "a=\\", "a=x\ty", "__proto__=1; constructor=2", "a=1; =2; a", "=; =",
].map((header) => ({ header, first: [...callCookies.parseCookies(header)], last: [...cookies.parseCookies(header)] }));

const optionSets = [
  {}, { baseURL: "http://localhost:3000" }, { baseURL: "https://App.example.com:8443/x" }, { advanced: { useSecureCookies: true } }, { baseURL: "https://a.b", advanced: { useSecureCookies: false } },
  { baseURL: { allowedHosts: ["a"], protocol: "https" } }, { baseURL: { allowedHosts: ["a"], protocol: "http" } }, { baseURL: { allowedHosts: ["a"], protocol: "auto" } },
  { baseURL: "https://App.example.com", advanced: { crossSubDomainCookies: { enabled: true } } }, { advanced: { crossSubDomainCookies: { enabled: true } } },
  { baseURL: { allowedHosts: ["a"] }, advanced: { crossSubDomainCookies: { enabled: true } } }, { advanced: { crossSubDomainCookies: { enabled: true, domain: ".x.org" } } }, { advanced: { crossSubDomainCookies: { enabled: false, domain: ".x.org" } } },
  { advanced: { cookiePrefix: "my", defaultCookieAttributes: { sameSite: "none", secure: true, path: "/p", maxAge: 7 } } },
  { advanced: { cookies: { session_token: { name: "sid", attributes: { httpOnly: false, maxAge: 9 } }, dont_remember: { attributes: { domain: "d" } } }, defaultCookieAttributes: { httpOnly: true, partitioned: true } } },
  { baseURL: "https://a.b", advanced: { cookies: { session_data: { name: "sd" } } } }, { session: { expiresIn: 100, cookieCache: { maxAge: 50 } } },
];
out.options = optionSets.map((options) => ({ options, ...attempt(() => cookies.getCookies(options)) }));

const logger = { warn() {}, debug() {}, error() {} };
const context = (header, extra = {}) => {
  const set = [];
  const ctx = {
    headers: new Headers(header ? { cookie: header } : {}), set,
    getCookie: (name) => callCookies.parseCookies(header).get(name) || null,
    setCookie: (name, value, attributes) => set.push(call.serializeCookie(name, value, attributes)),
    context: { logger, secret, secretConfig: secret, sessionConfig: {}, options: { session: { cookieCache: { enabled: true, ...extra } } }, authCookies: cookies.getCookies({ session: { cookieCache: extra } }) },
  };
  return ctx;
};
const long = (n) => "abcdefghij".repeat(Math.ceil(n / 10)).slice(0, n);
out.chunk = [
  ["n", "", 10], ["n", "", 4000], ["n", "", 5000], ["n", "n=old", 10], ["n", "n=old", 5000], ["n", "n.0=a; n.1=b; x=y; n.2=c", 10], ["n", "n.2=c; n.0=a; n.1=b; n=z", 9000], ["n", "n.00=a; n.-1=b; n.1e0=c; n.x=d; n.=e; n.7=f", 10],
  ["7", "7.1=a; 7=b; 7.0=c", 10], ["7", "7.1=a", 10], ["7", "7.1=a", 5000], ["n", "n.0=x", 500000], ["better-auth.session_data", "better-auth.session_data.0=a; better-auth.session_data=b; better-auth.session_data.1=c", 4100],
].map(([name, header, size]) => {
  const ctx = context(header), attributes = { secure: false, sameSite: "lax", path: "/", httpOnly: true, maxAge: 300 };
  const store = cookies.createSessionStore(name, attributes, ctx);
  store.setCookies(store.chunk(long(size), attributes));
  const ctx2 = context(header), cleaner = cookies.createSessionStore(name, attributes, ctx2);
  cleaner.setCookies(cleaner.clean());
  return { name, header, size, lines: ctx.set, clean: ctx2.set };
});
out.read = ["", "n=a", "n=; n.0=b; n.1=c", "n.1=b; n.0=a; n.10=d; n.2=c", "n.0=a; n.0=b", "n.01=a", "n=a; n=b; n.0=c", "m=1", 'n.0="q"; n.1=%41'].map((header) => ({ header, value: cookies.getChunkedCookie(context(header), "n") }));

// The session cache.
const session = { expiresAt: new Date(fixed + 1000), token: "t1", createdAt: new Date(1), updatedAt: new Date(2), ipAddress: "", userAgent: 'a "b" <c>\u2028', userId: "u1", id: "s1", activeOrganizationId: null };
const user = { name: "Ä 😀", email: "A@B.c", emailVerified: false, image: null, createdAt: new Date(1), updatedAt: new Date(2), id: "u1", score: 1.5, "7": "seven", tags: ["x"] };
out.cache = [];
for (const strategy of ["compact", "jwt", "jwe"]) for (const remember of [true, false]) {
  const ctx = context("", { strategy, version: "v<2>" });
  await cookies.setCookieCache(ctx, { session, user }, !remember);
  const value = decodeURIComponent(ctx.set[0].slice(ctx.set[0].indexOf("=") + 1).split(";")[0]);
  const decoded = await cookies.decodeCookieCache(context("", { strategy }), value);
  out.cache.push({ strategy, maxAge: remember ? 300 : 0, session: JSON.stringify(session), user: JSON.stringify(user), version: "v<2>", value, decoded: pick(decoded) });
}
function pick(decoded) {
  if (!decoded) return null;
  const { session: s, expiresAt } = decoded;
  return { session: JSON.stringify(s.session), user: JSON.stringify(s.user), updatedAt: s.updatedAt, version: s.version ?? "", expiresAt };
}

// Valid and invalid payloads; each is signed as the reference signs.
const S = JSON.parse(JSON.stringify(session)), U = JSON.parse(JSON.stringify(user));
const without = (o, ...keys) => Object.fromEntries(Object.entries(o).filter(([k]) => !keys.includes(k)));
const payloads = [
  { session: S, user: U, updatedAt: 5, version: "1" }, { session: S, user: U, updatedAt: 5 }, { session: S, user: U, updatedAt: "5" }, { session: S, user: U }, { session: S, user: U, updatedAt: 5, version: 1 }, { session: S, user: U, updatedAt: 5, version: null },
  { session: S, updatedAt: 5 }, { session: null, user: U, updatedAt: 5 }, { session: [], user: U, updatedAt: 5 }, { session: S, user: "u", updatedAt: 5 }, {}, { session: S, user: U, updatedAt: 5, extra: { a: 1 } },
  ...["id", "createdAt", "updatedAt", "userId", "expiresAt", "token", "ipAddress", "userAgent"].flatMap((k) => [without(S, k), { ...S, [k]: null }, { ...S, [k]: 5 }]).map((s) => ({ session: s, user: U, updatedAt: 5 })),
  ...["id", "createdAt", "updatedAt", "email", "emailVerified", "name", "image"].flatMap((k) => [without(U, k), { ...U, [k]: null }, { ...U, [k]: 5 }, { ...U, [k]: true }]).map((u) => ({ session: S, user: u, updatedAt: 5 })),
  { session: { ...S, expiresAt: "2030-01-01" }, user: U, updatedAt: 5 }, { session: { ...S, expiresAt: "2030-13-01T00:00:00.000Z" }, user: U, updatedAt: 5 }, { session: { ...S, expiresAt: "2030-12-31T23:59:59.999Z" }, user: U, updatedAt: 5 },
  { session: S, user: { ...U, email: "ÀÉİΣ@X.Y" }, updatedAt: 5 }, { session: S, user: { ...U, email: 'Q"\\@X' }, updatedAt: 5 },
];
out.payloads = [];
for (const payload of payloads) {
  const expiresAt = fixed + 60000, sign = (s) => createHMAC("SHA-256", "base64urlnopad").sign(secret, s);
  const value = base64Url.encode(JSON.stringify({ session: payload, expiresAt, signature: await sign(JSON.stringify({ ...payload, expiresAt })) }), { padding: false });
  out.payloads.push({ strategy: "compact", value, decoded: pick(await cookies.decodeCookieCache(context("", { strategy: "compact" }), value)) });
}
for (const payload of payloads.slice(0, 8)) {
  const jwt = await signJWT(payload, secret, 60), jwe = await symmetricEncodeJWT(payload, secret, "better-auth-session", 60);
  for (const [strategy, value] of [["jwt", jwt], ["jwe", jwe]]) out.payloads.push({ strategy, value, decoded: pick(await cookies.decodeCookieCache(context("", { strategy }), value)) });
}
// The same content in another layout, and invalid texts.
const good = payloads[0], goodSign = await createHMAC("SHA-256", "base64urlnopad").sign(secret, JSON.stringify({ ...good, expiresAt: 9 }));
const std = (s) => Buffer.from(s).toString("base64");
for (const text of [
  JSON.stringify({ session: good, expiresAt: 9, signature: goodSign }, null, 2), JSON.stringify({ signature: goodSign, session: good, expiresAt: 9 }), JSON.stringify({ session: good, expiresAt: 9, signature: goodSign, more: 1 }),
  JSON.stringify({ session: good, expiresAt: 9, signature: goodSign + "=" }), JSON.stringify({ session: good, expiresAt: 10, signature: goodSign }), JSON.stringify({ session: good, expiresAt: "9", signature: goodSign }),
  JSON.stringify({ session: good, expiresAt: 9, signature: std(Buffer.from(goodSign, "base64url")) }), JSON.stringify({ session: { ...good, updatedAt: 6 }, expiresAt: 9, signature: goodSign }), JSON.stringify({ session: good, expiresAt: 9, signature: "" }),
  "null", "[]", "{}", '{"session":{', '{"session":{},"expiresAt":9,"signature":"' + goodSign + '"}', "",
]) for (const value of [base64Url.encode(text, { padding: false }), std(text)]) out.payloads.push({ strategy: "compact", value, decoded: await cookies.decodeCookieCache(context("", {}), value).then(pick, () => null) });
for (const value of ["", "!", "a", "a.b.c", "a..b.c.d"]) for (const strategy of ["compact", "jwt", "jwe"]) out.payloads.push({ strategy, value, decoded: await cookies.decodeCookieCache(context("", { strategy }), value).then(pick, () => null) });
console.log(JSON.stringify(out, null, 1));
