// The `auth` object of Better Auth for a server in another process: what toNextJsHandler, middleware and server
// components need of it, over HTTP. It holds no secret and makes no decisions: every answer comes from the server.
import { endpoints } from "./endpoints.mjs";
import { APIError } from "./error.mjs";

export { APIError };

// Headers that belong to one connection, or that fetch sets itself.
const connectionHeaders = [
  "connection", "keep-alive", "proxy-authenticate", "proxy-authorization", "proxy-connection", "te", "trailer",
  "transfer-encoding", "upgrade", "host", "content-length", "accept-encoding", "expect",
];
// fetch has already decoded the body and may have changed its length.
const decodedHeaders = ["content-encoding", "content-length", "transfer-encoding", "connection", "keep-alive"];
// Headers about the browser's request for the page must not be sent with this call.
const browserHeaders = ["origin", "referer", "content-type", "sec-fetch-site", "sec-fetch-mode", "sec-fetch-dest", "sec-fetch-user"];

const without = (headers, names) => {
  const left = new Headers(headers);
  for (const name of names) left.delete(name);
  return left;
};

const trimmed = (url) => url.replace(/\/+$/, "");

function readSettings(given) {
  const env = globalThis.process?.env ?? {};
  const baseURL = trimmed(given.baseURL ?? env.BETTER_AUTH_URL ?? "http://localhost:3000");
  return {
    serverURL: trimmed(given.serverURL ?? env.BETTER_AUTH_SERVER_URL ?? "http://127.0.0.1:3210"),
    origin: new URL(baseURL).origin,
    basePath: trimmed(given.basePath ?? "/api/auth"),
    timeout: given.timeout ?? 10_000,
    cookies: given.cookies,
    fetch: given.fetch ?? ((url, init) => (init.headers.get("sec-fetch-mode") === "navigate" && navigate(url, init)) || fetch(url, init)),
    endpoints: { ...endpoints, ...given.endpoints },
  };
}

// fetch replaces Sec-Fetch-Mode by "cors", and servers answer that with JSON instead of a redirect. Node's own client, where
// there is one, leaves it; a connection of its own cannot turn out to be closed.
function navigate(url, { method, headers, body, signal }) {
  const builtin = globalThis.process?.getBuiltinModule?.(new URL(url).protocol.slice(0, -1));
  if (!builtin) return undefined;
  return new Promise((resolve, reject) => {
    const request = builtin.request(url, { method, headers: Object.fromEntries(headers), signal, agent: false }, (answer) => {
      const parts = [];
      answer.on("data", (part) => parts.push(part));
      answer.on("error", reject);
      answer.on("end", () => resolve(received(answer, parts)));
    });
    request.on("error", (error) => reject(signal.aborted ? signal.reason : error));
    request.end(body && new Uint8Array(body));
  });
}

function received({ statusCode, rawHeaders }, parts) {
  const headers = new Headers();
  for (let i = 0; i < rawHeaders.length; i += 2) headers.append(rawHeaders[i], rawHeaders[i + 1]);
  return new Response(parts.length > 0 ? new Blob(parts) : null, { status: statusCode, headers });
}

/** Sends a request to the server. A GET is repeated once if its connection broke: the server may have restarted. */
async function send(settings, url, init) {
  const attempt = () => settings.fetch(url, { ...init, redirect: "manual", cache: "no-store", signal: AbortSignal.timeout(settings.timeout) });
  try {
    return await attempt();
  } catch (broken) {
    if (init.method !== "GET" || broken?.name === "TimeoutError") throw unreachable(broken);
    try {
      return await attempt();
    } catch (again) {
      throw unreachable(again);
    }
  }
}

function unreachable(cause) {
  const body = { message: "The authentication server cannot be reached", code: "AUTH_SERVER_UNREACHABLE" };
  return new APIError(503, body, new Headers({ "retry-after": "1" }), { cause });
}

async function handle(settings, request) {
  const { pathname, search, host, protocol } = new URL(request.url);
  const headers = without(request.headers, connectionHeaders);
  if (!headers.has("x-forwarded-host")) headers.set("x-forwarded-host", request.headers.get("host") ?? host);
  if (!headers.has("x-forwarded-proto")) headers.set("x-forwarded-proto", protocol.slice(0, -1));
  const init = { method: request.method, headers };
  // Bodies are small, and a buffered one can be sent without chunked encoding.
  if (request.body) init.body = await request.arrayBuffer();
  try {
    const answer = await send(settings, settings.serverURL + pathname + search, init);
    return new Response(answer.body, { status: answer.status, headers: without(answer.headers, decodedHeaders) });
  } catch (error) {
    if (!(error instanceof APIError)) throw error;
    return Response.json(error.body, { status: error.statusCode, headers: error.headers });
  }
}

function address(settings, path, { params = {}, query = {} }) {
  const filled = path.replace(/:(\w+)/g, (_, name) => {
    if (params[name] === undefined) throw new TypeError(`params.${name} is missing`);
    return encodeURIComponent(params[name]);
  });
  const url = new URL(settings.serverURL + settings.basePath + filled);
  for (const [name, value] of Object.entries(query)) {
    for (const one of [value].flat()) if (one !== undefined && one !== null) url.searchParams.append(name, String(one));
  }
  return url;
}

async function call(settings, name, input = {}) {
  const [methods, path] = settings.endpoints[name].split(" ");
  const method = input.method ?? (input.body !== undefined && methods.includes("POST") ? "POST" : methods.split(",")[0]);
  const headers = without(input.headers ?? {}, [...connectionHeaders, ...browserHeaders]);
  headers.set("origin", settings.origin);
  const init = { method, headers };
  if (input.body !== undefined) {
    headers.set("content-type", "application/json");
    init.body = JSON.stringify(input.body);
  }
  const query = { ...input.query };
  // If the expiry moved in the database but the new cookie could not be set, the session would end early in the browser.
  if (name === "getSession" && settings.cookies && !(await settings.cookies.writable())) query.disableRefresh ??= true;
  const answer = await send(settings, address(settings, path, { params: input.params, query }), init);
  const lines = answer.headers.getSetCookie();
  if (lines.length > 0) await settings.cookies?.write(lines);
  if (input.asResponse) return new Response(answer.body, { status: answer.status, headers: without(answer.headers, decodedHeaders) });
  return unpack(answer, input);
}

async function unpack(answer, { returnHeaders, returnStatus }) {
  const text = await answer.text();
  let value = text;
  if (answer.headers.get("content-type")?.includes("json")) value = text === "" ? undefined : JSON.parse(text);
  if (!answer.ok) throw new APIError(answer.status, value === "" ? undefined : value, answer.headers);
  if (!returnHeaders && !returnStatus) return value;
  return { ...(returnHeaders && { headers: answer.headers }), response: value, ...(returnStatus && { status: answer.status }) };
}

/** Returns an `auth` object for the server at settings.serverURL. See index.d.mts. */
export function remoteAuth(given = {}) {
  const settings = readSettings(given);
  const handler = (request) => handle(settings, request);
  const api = Object.fromEntries(Object.keys(settings.endpoints).map((name) => [name, (input) => call(settings, name, input)]));
  return { handler, fetch: handler, api, options: given.options ?? {}, $Infer: {} };
}
