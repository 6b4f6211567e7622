// The JSON forms of arguments and answers of a callback (BLACKBOX.md, "Callbacks").

const isContext = (v) => typeof v.path !== "undefined" && v.context && typeof v.context === "object" && "authCookies" in v.context;
const isAuthContext = (v) => "authCookies" in v && "internalAdapter" in v;
const isAPIError = (v) => v instanceof Error && v.name === "APIError";
const hidden = new Set(["cookie", "authorization"]);

function headerList(headers, credentials) {
  const list = [];
  if (!headers) return list;
  new Headers(headers).forEach((value, name) => {
    if (credentials || !hidden.has(name)) list.push([name, value]);
  });
  return list;
}

function encodeContext(c, credentials) {
  const inner = { session: c.context.session ?? null, newSession: c.context.newSession ?? null, baseURL: c.context.baseURL };
  if (c.context.returned !== undefined) inner.returned = c.context.returned;
  if (c.context.responseHeaders) inner.responseHeaders = headerList(c.context.responseHeaders, true);
  return {
    $type: "context",
    path: c.path,
    method: c.request?.method ?? c.method,
    url: c.request?.url,
    body: c.body,
    query: c.query,
    params: c.params,
    headers: headerList(c.headers ?? c.request?.headers, credentials),
    context: encode(inner, credentials),
  };
}

export function encode(value, credentials = false) {
  if (value === undefined) return undefined;
  if (value === null || typeof value !== "object") return typeof value === "function" ? undefined : value;
  if (value instanceof Date) return value.toISOString();
  if (value instanceof Uint8Array) return Buffer.from(value).toString("base64url");
  if (value instanceof Request)
    return { $type: "request", url: value.url, method: value.method, headers: headerList(value.headers, credentials) };
  if (value instanceof Headers) return { $type: "headers", headers: headerList(value, credentials) };
  if (isAPIError(value)) return { $type: "apierror", status: value.statusCode, body: value.body ?? null };
  if (value instanceof Error) return { $type: "error", name: value.name, message: value.message };
  if (isContext(value)) return encodeContext(value, credentials);
  if (isAuthContext(value)) return { $type: "authcontext", baseURL: value.baseURL };
  if (Array.isArray(value)) return value.map((v) => (v === undefined ? null : encode(v, credentials)));
  return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, encode(v, credentials)]));
}

/** Arguments in order; trailing undefined ones are left out, inner ones are marked. */
export function encodeArguments(args, credentials) {
  const list = [...args];
  while (list.length > 0 && list.at(-1) === undefined) list.pop();
  return list.map((v) => (v === undefined ? { $type: "undefined" } : encode(v, credentials)));
}

const isoTime = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/;

export function decode(value) {
  if (typeof value === "string") return isoTime.test(value) ? new Date(value) : value;
  if (Array.isArray(value)) return value.map(decode);
  if (value && typeof value === "object")
    return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, decode(v)]));
  return value;
}
