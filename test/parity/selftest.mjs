// Proves that the comparison can fail: the reference against itself has no difference; the reference against itself behind
// a proxy that changes one thing has at least one, for each such change.
import http from "node:http";
import { onNewerNode } from "./processes.mjs";

const editJSON = (edit) => (answer) => {
  try {
    const value = JSON.parse(answer.body);
    const changed = edit(value);
    return { ...answer, body: JSON.stringify(changed === undefined ? value : changed) };
  } catch {
    return answer;
  }
};
const editHeaders = (edit) => (answer) => ({ ...answer, headers: answer.headers.flatMap(([n, v]) => edit(n, v)) });
const editCookie = (edit) => editHeaders((n, v) => [[n, n === "set-cookie" ? edit(v) : v]]);
const firstToken = {};

/** One defect each; the value is applied to every answer. */
const defects = {
  "another status": (a) => ({ ...a, status: a.status === 401 ? 403 : a.status }),
  "a missing header": editHeaders((n, v) => (n === "cache-control" ? [] : [[n, v]])),
  "an extra header": (a) => ({ ...a, headers: [...a.headers, ["x-powered-by", "x"]] }),
  "a charset": editHeaders((n, v) => [[n, n === "content-type" ? `${v}; charset=utf-8` : v]]),
  "Max-Age off by one": editCookie((v) => v.replace("Max-Age=604800", "Max-Age=604799")),
  "attributes in another order": editCookie((v) => v.replace("Path=/; HttpOnly", "HttpOnly; Path=/")),
  "an unescaped cookie": editCookie((v) => v.replaceAll("%3D", "=").replaceAll("%2B", "+").replaceAll("%2F", "/")),
  "a wrong cookie signature": editCookie((v) => v.replace(/\.(.)([\w%]{40,})/, (_, c, rest) => `.${c === "A" ? "B" : "A"}${rest}`)),
  "cookies in another order": (a) => ({ ...a, headers: [...a.headers].reverse() }),
  "a cookie twice": (a) => ({ ...a, headers: [...a.headers, ...a.headers.filter(([n]) => n === "set-cookie").slice(0, 1)] }),
  "null instead of absent": editJSON((v) => void (v && (v.nothing = null))),
  "absent instead of null": editJSON((v) => void (v?.user && delete v.user.image)),
  "a time off by one millisecond": editJSON((v) => void (v?.user && (v.user.createdAt = new Date(Date.parse(v.user.createdAt) + 1).toISOString()))),
  "a time without milliseconds": editJSON((v) => void (v?.user && (v.user.createdAt = v.user.createdAt.replace(/\.\d+Z/, "Z")))),
  "an id of another form": editJSON((v) => void (v?.user && (v.user.id = v.user.id.toLowerCase()))),
  "a shorter id": editJSON((v) => void (v?.user && (v.user.id = v.user.id.slice(1)))),
  "another id each time": editJSON((v) => void (v?.user && (v.user.id = Array.from({ length: 32 }, () => "aB3xYz9Qk"[Math.floor(Math.random() * 9)]).join("")))),
  "the same token for two sessions": editJSON((v) => {
    if (v?.token?.length === 32) v.token = firstToken.value ??= v.token;
  }),
  "an array in another order": editJSON((v) => (Array.isArray(v) ? v.reverse() : undefined)),
  "a shorter array": editJSON((v) => (Array.isArray(v) ? v.slice(1) : undefined)),
  "a number as text": editJSON((v) => void (v && "emailVerified" in (v.user ?? {}) && (v.user.emailVerified = "false"))),
  "another message": editJSON((v) => void (v?.message && (v.message += "."))),
  "another code": editJSON((v) => void (v?.code && (v.code = v.code.toLowerCase()))),
  "a JWT claim changed": editJSON((v) => {
    if (!/^eyJ/.test(v?.token ?? "")) return;
    const [h, p, s] = v.token.split(".");
    const claims = JSON.parse(Buffer.from(p, "base64url").toString());
    claims.exp++;
    v.token = [h, Buffer.from(JSON.stringify(claims)).toString("base64url"), s].join(".");
  }),
  "a JWT signature broken": editJSON((v) => void (/^eyJ/.test(v?.token ?? "") && (v.token = v.token.slice(0, -6) + (v.token.endsWith("A") ? "BBBBBA" : "AAAAAA")))),
  "a session cache re-signed wrongly": editCookie((v) => v.replace(/(session_data=eyJ\w+?)([\w-]{8}); /, (_, head) => `${head}AAAAAAAA; `)),
  "a body where none was": (a) => (a.body === "" ? { ...a, body: "{}" } : a),
  "a row changed in the database": null,
};

class Broken {
  name = "broken";
  constructor(inner, defect) {
    Object.assign(this, { inner, defect, proxies: new Map() });
  }
  async serve(instance, config) {
    const answer = await this.inner.serve(instance, config);
    if (!answer.url) return answer;
    const { hostname, port } = new URL(answer.url);
    const proxy = http.createServer({ keepAliveTimeout: 0 }, (req, res) => {
      const headers = req.headers;
      const out = http.request({ hostname, port, method: req.method, path: req.url, headers, setHost: false }, (got) => {
        const parts = [];
        got.on("data", (d) => parts.push(d));
        got.on("end", () => this.#pass(got, Buffer.concat(parts).toString(), res));
      });
      req.pipe(out);
    });
    await new Promise((resolve) => proxy.listen(0, "127.0.0.1", resolve));
    this.proxies.set(instance, proxy);
    return { url: `http://127.0.0.1:${proxy.address().port}` };
  }
  #pass(got, body, res) {
    const headers = [];
    for (let i = 0; i < got.rawHeaders.length; i += 2) headers.push([got.rawHeaders[i].toLowerCase(), got.rawHeaders[i + 1]]);
    const kept = headers.filter(([n]) => !["content-length", "transfer-encoding", "connection", "keep-alive", "date"].includes(n));
    const answer = this.defect({ status: got.statusCode, headers: kept, body });
    for (const name of new Set(answer.headers.map(([n]) => n))) res.setHeader(name, answer.headers.filter(([n]) => n === name).map(([, v]) => v));
    res.writeHead(answer.status);
    res.end(answer.body);
  }
  async close(instance) {
    const proxy = this.proxies.get(instance);
    proxy?.closeAllConnections();
    proxy?.close();
    await this.inner.close(instance);
  }
  async end() {}
}

const person = { name: "Al", email: "al@example.com", password: "password1234" };
const flow = (touch) => ({
  name: "self-test",
  config: { session: { cookieCache: { enabled: true } }, plugins: { jwt: {}, bearer: {} } },
  async run(s) {
    await s.post("/sign-up/email", person);
    await s.get("/get-session");
    await s.as("second").post("/sign-in/email", person);
    await s.get("/list-sessions");
    await s.get("/token");
    await s.get("/jwks");
    await s.post("/change-password", { currentPassword: "wrong-password", newPassword: "password12345" });
    await s.as("nobody").get("/list-sessions");
    await s.get("/nowhere");
    if (touch) await touch(s);
  },
});

if (await onNewerNode()) await main();

async function main() {
  const { Databases } = await import("./databases.mjs");
  const { Recorder } = await import("./hooks.mjs");
  const { Reference } = await import("./reference.mjs");
  const { runScenario } = await import("./runner.mjs");
  const [reference, second] = [new Reference(), new Reference()];
  const shared = { migrator: reference, databases: await new Databases().start(), recorder: await new Recorder().start() };
  let failures = 0;
  const expect = (name, ok, detail) => {
    if (!ok) failures++;
    console.log(`${ok ? "ok  " : "FAIL"} ${name}${detail ? `: ${detail}` : ""}`);
  };
  const first = (result) => result.differences[0] && `${result.differences[0].title} ${result.differences[0].where}`;
  try {
    const clean = await runScenario(flow(), "sqlite", { ...shared, sides: [reference, second] });
    expect("the reference equals itself", clean.differences.length === 0, first(clean));
    const proxied = await runScenario(flow(), "sqlite", { ...shared, sides: [reference, new Broken(second, (a) => a)] });
    expect("a proxy that breaks nothing is equal", proxied.differences.length === 0, first(proxied));
    for (const [name, defect] of Object.entries(defects)) {
      delete firstToken.value;
      let touched = 0;
      // Only the second side's rows are changed: both sides run the same function, so it counts its calls.
      const touch = defect ? undefined : (s) => touched++ || s.db.all("update user set name = 'Mallory'");
      const other = defect ? new Broken(second, defect) : second;
      const result = await runScenario(flow(touch), "sqlite", { ...shared, sides: [reference, other] });
      expect(`finds ${name}`, result.differences.length > 0, first(result));
    }
  } finally {
    await Promise.all([reference.end(), second.end()]);
    await shared.databases.end();
    await shared.recorder.end();
  }
  console.log(failures === 0 ? "self-test: ok" : `self-test: ${failures} failures`);
  process.exit(failures === 0 ? 0 : 1);
}
