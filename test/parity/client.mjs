// Drives one server: a raw HTTP client with a clock and a cookie jar for each named browser. It writes a transcript.
import http from "node:http";
import { Buffer } from "node:buffer";

/** The first instant of every scenario. Each request is one second later than the one before. */
export const start = Date.UTC(2031, 0, 15, 10, 20, 30, 456);

class Jar {
  cookies = new Map();
  store(lines) {
    for (const line of lines) {
      const [pair, ...attributes] = line.split("; ");
      const at = pair.indexOf("=");
      const name = pair.slice(0, at);
      if (attributes.some((a) => /^max-age=0$/i.test(a))) this.cookies.delete(name);
      else this.cookies.set(name, pair.slice(at + 1));
    }
  }
  header() {
    return [...this.cookies].map(([name, value]) => `${name}=${value}`).join("; ");
  }
}

const isPlain = (v) => v !== null && typeof v === "object" && !Buffer.isBuffer(v);

function encodeBody(body, opts) {
  if (opts.raw !== undefined) return { payload: Buffer.from(opts.raw), type: opts.type };
  if (opts.form) return { payload: Buffer.from(new URLSearchParams(opts.form).toString()), type: opts.type ?? "application/x-www-form-urlencoded" };
  if (body === undefined) return { type: opts.type };
  const text = isPlain(body) || typeof body !== "string" ? JSON.stringify(body) : body;
  return { payload: Buffer.from(text), type: opts.type === undefined ? "application/json" : opts.type };
}

export class Driver {
  #agent = new http.Agent({ keepAlive: true, maxSockets: 8 });
  #pendingHooks = [];
  #browser = "default";
  jars = new Map();
  transcript = [];
  now = start;
  passwords = new Set();

  /** url and db are set when the server runs. */
  constructor({ origin, basePath, url, db, hooks = {}, vars = {} }) {
    Object.assign(this, { url, origin, basePath, db, hooks, vars });
  }

  jar(name = this.#browser) {
    if (!this.jars.has(name)) this.jars.set(name, new Jar());
    return this.jars.get(name);
  }
  /** Value of a cookie of the current browser, by its last name part (session_token, session_data). */
  cookie(name) {
    for (const [key, value] of this.jar().cookies) if (key === name || key.endsWith(`.${name}`)) return value;
  }
  setCookie(name, value) {
    this.jar().cookies.set(name, value);
  }
  /** Switches to another browser. */
  as(name) {
    this.#browser = name;
    return this;
  }
  /** Copies the cookies of the current browser to a new one and switches to it. */
  fork(name) {
    const copy = new Jar();
    copy.cookies = new Map(this.jar().cookies);
    this.jars.set(name, copy);
    return this.as(name);
  }
  forget(...names) {
    const { cookies } = this.jar();
    if (names.length === 0) cookies.clear();
    for (const key of [...cookies.keys()]) if (names.some((n) => key === n || key.endsWith(`.${n}`))) cookies.delete(key);
    return this;
  }
  advance(seconds) {
    this.now += seconds * 1000;
    return this;
  }

  get(path, opts) {
    return this.request("GET", path, undefined, opts);
  }
  post(path, body, opts) {
    return this.request("POST", path, body, opts);
  }
  /** Calls an endpoint as code in the host program would. input: {body, query, params, headers}; cookies: true adds the jar. */
  api(name, input = {}, { cookies = false, ...opts } = {}) {
    const headers = cookies ? [["cookie", this.jar().header()], ...(input.headers ?? [])] : input.headers;
    return this.request("POST", `/__test/api/${name}`, { ...input, headers }, { ...opts, absolute: true, cookies: false, origin: null, server: name });
  }
  /** Requests under one clock reading at once; answers are recorded in the order of their status. */
  async race(calls) {
    const clock = this.now + 1000;
    const got = await Promise.all(calls.map(([method, path, body, opts]) => this.send(method, path, body, { ...opts, clock })));
    got.sort((a, b) => a.status - b.status);
    for (const answer of got) this.record(answer);
    return got;
  }

  async request(method, path, body, opts = {}) {
    const answer = await this.send(method, path, body, opts);
    this.record(answer);
    if (opts.cookies !== false && !opts.keepJar) this.jar(opts.browser).store(answer.setCookie);
    return answer;
  }
  record(answer) {
    answer.hooks = this.#pendingHooks.splice(0);
    this.transcript.push(answer);
  }
  note(label, value) {
    this.transcript.push({ label, note: value });
  }

  async send(method, path, body, opts = {}) {
    const full = opts.absolute ? path : this.basePath + path;
    const { payload, type } = encodeBody(body, opts);
    this.#collectPasswords(body ?? opts.form);
    this.now = opts.clock ?? this.now + 1000;
    const headers = this.#headers(method, payload, type, opts);
    const answer = await this.#exchange(method, full, headers, payload);
    const shown = opts.raw !== undefined ? String(opts.raw) : payload?.toString();
    return { method, path: full, server: opts.server, label: opts.label, sent: shown?.slice(0, 300), ...answer };
  }
  #headers(method, payload, type, opts) {
    const list = [["host", opts.host ?? new URL(this.origin).host], ["user-agent", "parity/1"], ["x-test-clock", String(this.now)]];
    const cookie = opts.cookies === false ? "" : (opts.cookie ?? this.jar(opts.browser).header());
    if (cookie) list.push(["cookie", cookie]);
    const origin = opts.origin === undefined ? (method === "GET" || method === "HEAD" ? null : this.origin) : opts.origin;
    if (origin !== null) list.push(["origin", origin]);
    if (type) list.push(["content-type", type]);
    if (payload) list.push(["content-length", String(payload.length)]);
    if (opts.bearer) list.push(["authorization", `Bearer ${opts.bearer}`]);
    if (opts.scheme) list.push(["x-test-scheme", opts.scheme]);
    if (opts.urlHost) list.push(["x-test-url-host", opts.urlHost]);
    for (const [name, value] of Object.entries(opts.headers ?? {})) {
      for (const one of [value].flat()) list.push([name, one]);
    }
    return list;
  }
  #exchange(method, path, headers, payload) {
    const { hostname, port } = new URL(this.url);
    return new Promise((resolve) => {
      const req = http.request({ hostname, port, method, path, agent: this.#agent, setHost: false, timeout: 60_000 });
      for (const name of new Set(headers.map(([n]) => n))) {
        const values = headers.filter(([n]) => n === name).map(([, v]) => v);
        req.setHeader(name, values.length === 1 ? values[0] : values);
      }
      req.on("timeout", () => req.destroy(new Error("no answer in 60 s")));
      req.on("error", (e) => resolve({ status: 0, headers: {}, setCookie: [], body: `connection failed: ${e.message}` }));
      req.on("response", (res) => {
        const parts = [];
        res.on("data", (d) => parts.push(d));
        res.on("error", () => resolve({ status: res.statusCode, headers: {}, setCookie: [], body: "connection broken" }));
        res.on("end", () => resolve(answerOf(res, Buffer.concat(parts))));
      });
      req.end(payload);
    });
  }
  #collectPasswords(body) {
    if (!body || typeof body !== "object") return;
    for (const [key, value] of Object.entries(body)) {
      if (/password$/i.test(key) && typeof value === "string") this.passwords.add(value);
      else if (value && typeof value === "object") this.#collectPasswords(value);
    }
  }

  /** Answers a callback of the server and keeps it for the transcript. */
  async callback(name, text) {
    const call = JSON.parse(text);
    this.#pendingHooks.push({ name, ...call });
    const handle = this.hooks[name];
    const answer = (await handle?.(call, this)) ?? {};
    if (answer.status) return { status: answer.status, body: answer.body ?? {}, headers: answer.headers };
    return { status: 200, body: answer };
  }
  /** Calls that came after the last answer. */
  lateHooks() {
    return this.#pendingHooks.splice(0);
  }

  /** The official browser client, talking through this driver. */
  async client(options = {}) {
    const { createAuthClient } = await import("better-auth/client");
    const customFetchImpl = async (input, init = {}) => {
      const url = new URL(String(input));
      const headers = Object.fromEntries(new Headers(init.headers));
      const type = headers["content-type"];
      delete headers["content-type"];
      const raw = init.body === undefined || init.body === null ? undefined : String(init.body);
      const got = await this.request(init.method ?? "GET", url.pathname + url.search, undefined, { absolute: true, raw, type, headers });
      const sent = got.status === 204 || got.status === 304 ? null : got.body;
      return new Response(sent, { status: got.status, headers: got.rawHeaders });
    };
    return createAuthClient({ baseURL: this.origin + this.basePath, fetchOptions: { customFetchImpl }, ...options });
  }
  end() {
    this.#agent.destroy();
  }
}

function answerOf(res, bytes) {
  const headers = {};
  const rawHeaders = [];
  for (let i = 0; i < res.rawHeaders.length; i += 2) {
    const name = res.rawHeaders[i].toLowerCase();
    rawHeaders.push([name, res.rawHeaders[i + 1]]);
    (headers[name] ??= []).push(res.rawHeaders[i + 1]);
  }
  const setCookie = headers["set-cookie"] ?? [];
  delete headers["set-cookie"];
  const body = bytes.toString("utf8");
  let json;
  try {
    json = body === "" ? undefined : JSON.parse(body);
  } catch {}
  return { status: res.statusCode, headers, setCookie, rawHeaders, body, json };
}
