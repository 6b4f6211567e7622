import assert from "node:assert/strict";
import http from "node:http";
import { after, before, beforeEach, test } from "node:test";
import { APIError, remoteAuth } from "../index.mjs";
import { parseSetCookie } from "../next.mjs";

let server, serverURL, seen, answer;

before(async () => {
  server = http.createServer(async (req, res) => {
    const parts = [];
    for await (const part of req) parts.push(part);
    seen.push({ method: req.method, url: req.url, headers: req.headers, body: Buffer.concat(parts).toString() });
    answer(req, res);
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  serverURL = `http://127.0.0.1:${server.address().port}`;
});
after(() => (server.closeAllConnections(), server.close()));
beforeEach(() => {
  seen = [];
  answer = json(200, {});
});

const json = (status, value, headers = {}) => (_, res) => {
  res.writeHead(status, { "content-type": "application/json", ...headers });
  res.end(JSON.stringify(value));
};
const remote = (settings) => remoteAuth({ serverURL, baseURL: "https://app.example.com", ...settings });

test("handler passes a request on as it is, and several cookies back", async () => {
  answer = json(200, { ok: 1 }, { "set-cookie": ["a=1; Path=/", "b=2; Path=/"], "set-auth-jwt": "x" });
  const got = await remote().handler(new Request("https://app.example.com/api/auth/sign-in/email?x=%20y", {
    method: "POST", body: '{"email":"a"}', headers: { "content-type": "application/json", origin: "https://evil.example", cookie: "s=1", "user-agent": "UA" },
  }));
  const [{ method, url, headers, body }] = seen;
  assert.deepEqual([method, url, body], ["POST", "/api/auth/sign-in/email?x=%20y", '{"email":"a"}']);
  assert.equal(headers.origin, "https://evil.example", "the server must judge the browser's own origin");
  assert.equal(headers.cookie, "s=1");
  assert.equal(headers["user-agent"], "UA");
  assert.equal(headers["x-forwarded-host"], "app.example.com");
  assert.equal(headers["x-forwarded-proto"], "https");
  assert.deepEqual(got.headers.getSetCookie(), ["a=1; Path=/", "b=2; Path=/"]);
  assert.equal(got.headers.get("set-auth-jwt"), "x");
  assert.deepEqual(await got.json(), { ok: 1 });
});

test("handler does not follow redirects", async () => {
  answer = (_, res) => res.writeHead(302, { location: "/dash", "set-cookie": "a=1" }).end();
  const got = await remote().handler(new Request("http://localhost:3000/api/auth/verify-email"));
  assert.deepEqual([got.status, got.headers.get("location")], [302, "/dash"]);
  assert.deepEqual(got.headers.getSetCookie(), ["a=1"]);
});

test("handler passes navigations on as such, with their redirects, cookies and bodies", async () => {
  answer = (_, res) => res.writeHead(302, { location: "https://wiki.example.com/callback?code=1", "set-cookie": ["a=1", "b=2"] }).end();
  const headers = { "sec-fetch-mode": "navigate", "sec-fetch-site": "cross-site", accept: "text/html", cookie: "s=1" };
  const got = await remote().handler(new Request("https://app.example.com/api/auth/oauth2/authorize?x=1", { headers }));
  assert.deepEqual([got.status, got.headers.get("location"), got.headers.getSetCookie()], [302, "https://wiki.example.com/callback?code=1", ["a=1", "b=2"]]);
  const [{ headers: sent, url }] = seen;
  assert.deepEqual([url, sent["sec-fetch-mode"], sent["sec-fetch-site"], sent.cookie, sent["x-forwarded-host"]], ["/api/auth/oauth2/authorize?x=1", "navigate", "cross-site", "s=1", "app.example.com"]);
  answer = (_, res) => res.writeHead(200, { "content-type": "text/html" }).end("<p>Grüße</p>");
  const page = await remote().handler(new Request("https://app.example.com/api/auth/callback/apple", { method: "POST", body: "code=ü", headers }));
  assert.deepEqual([await page.text(), page.headers.get("content-type"), seen[1].body, seen[1].method], ["<p>Grüße</p>", "text/html", "code=ü", "POST"]);
});

test("handler answers a navigation with 503 when there is no server, or when it is too slow", async () => {
  const request = () => new Request("http://localhost:3000/api/auth/ok", { headers: { "sec-fetch-mode": "navigate" } });
  assert.equal((await remoteAuth({ serverURL: "http://127.0.0.1:1" }).handler(request())).status, 503);
  answer = () => {};
  assert.equal((await remote({ timeout: 50 }).handler(request())).status, 503);
  answer = (_, res) => res.writeHead(200).write("half");
  assert.equal((await remote({ timeout: 50 }).handler(request())).status, 503);
  assert.equal(seen.length, 2, "a timeout is not tried again");
});

test("handler answers 503 when there is no server", async () => {
  const got = await remoteAuth({ serverURL: "http://127.0.0.1:1" }).handler(new Request("http://localhost:3000/api/auth/ok"));
  assert.equal(got.status, 503);
  assert.equal((await got.json()).code, "AUTH_SERVER_UNREACHABLE");
});

test("api.getSession sends the caller's cookies, and no claim of the browser about our call", async () => {
  answer = json(200, { user: { id: "u" } });
  const headers = new Headers({ cookie: "s=1", "sec-fetch-site": "cross-site", origin: "https://evil.example", "content-type": "text/plain", host: "evil.example" });
  assert.deepEqual(await remote().api.getSession({ headers, query: { disableCookieCache: true } }), { user: { id: "u" } });
  const [{ method, url, headers: sent }] = seen;
  assert.deepEqual([method, url], ["GET", "/api/auth/get-session?disableCookieCache=true"]);
  assert.equal(sent.cookie, "s=1");
  assert.equal(sent.origin, "https://app.example.com");
  assert.equal(sent["sec-fetch-site"] ?? "absent", "absent");
  assert.equal(sent["content-type"] ?? "absent", "absent");
  assert.notEqual(sent.host, "evil.example");
});

test("api returns null for nobody, and throws what better-auth takes for an APIError", async () => {
  answer = json(200, null);
  assert.equal(await remote().api.getSession({ headers: {} }), null);
  answer = json(401, { message: "Unauthorized", code: "UNAUTHORIZED" });
  await assert.rejects(remote().api.getToken({ headers: {} }), (e) => {
    assert.ok(e instanceof APIError);
    assert.deepEqual([e.name, e.status, e.statusCode, e.message, e.body.code], ["APIError", "UNAUTHORIZED", 401, "Unauthorized", "UNAUTHORIZED"]);
    return true;
  });
});

test("api fills in bodies, paths, answers with headers", async () => {
  answer = json(200, { done: true }, { "set-cookie": "a=1" });
  const got = await remote().api.signInEmail({ body: { email: "a@b.c", password: "x" }, returnHeaders: true });
  assert.deepEqual([seen[0].method, seen[0].url, seen[0].body], ["POST", "/api/auth/sign-in/email", '{"email":"a@b.c","password":"x"}']);
  assert.deepEqual(got.headers.getSetCookie(), ["a=1"]);
  assert.deepEqual(got.response, { done: true });
  await remote({ endpoints: { hello: "GET /hello/:name" } }).api.hello({ params: { name: "a/b" }, query: { n: [1, 2] } });
  assert.equal(seen[1].url, "/api/auth/hello/a%2Fb?n=1&n=2");
  await assert.rejects(remote().api.callbackOAuth({}), /params.id is missing/);
  assert.equal((await remote().api.ok({ asResponse: true })).status, 200);
});

test("cookies of calls are written where that is possible, and sessions are not moved where it is not", async () => {
  answer = json(200, null, { "set-cookie": ["a=1", "b=2"] });
  const written = [];
  const cookies = (can) => ({ writable: () => can, write: (lines) => void written.push(...lines) });
  await remote({ cookies: cookies(true) }).api.getSession({ headers: {} });
  assert.deepEqual(written, ["a=1", "b=2"]);
  assert.equal(seen[0].url, "/api/auth/get-session");
  await remote({ cookies: cookies(false) }).api.getSession({ headers: {} });
  assert.equal(seen[1].url, "/api/auth/get-session?disableRefresh=true");
});

test("a GET survives one broken connection, a POST is not sent twice", async () => {
  let failures = 1;
  const flaky = (...args) => (failures-- > 0 ? Promise.reject(new TypeError("fetch failed")) : fetch(...args));
  answer = json(200, { ok: true });
  assert.deepEqual(await remote({ fetch: flaky }).api.ok(), { ok: true });
  failures = 1;
  await assert.rejects(remote({ fetch: flaky }).api.signOut({ headers: {} }), { statusCode: 503 });
  assert.equal(seen.length, 1);
});

test("a Set-Cookie line becomes what Next's cookies().set takes", () => {
  assert.deepEqual(parseSetCookie("__Secure-x.y=a%2Bb%3D.c=d; Max-Age=60; Domain=.example.com; Path=/; HttpOnly; Secure; SameSite=Lax"), {
    name: "__Secure-x.y", value: "a+b=.c=d",
    options: { maxAge: 60, domain: ".example.com", path: "/", httpOnly: true, secure: true, sameSite: "lax" },
  });
  assert.deepEqual(parseSetCookie("gone=; Max-Age=0"), { name: "gone", value: "", options: { maxAge: 0 } });
  assert.equal(parseSetCookie("odd=%zz").value, "%zz");
});
