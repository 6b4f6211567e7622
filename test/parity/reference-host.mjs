// Child process that hosts many instances of the npm package, each on its own port. It speaks the line protocol of
// `betterauth blackbox` plus two operations: {"op":"migrate"} and {"op":"close"}.
import { world } from "./host/clock.mjs";
import "./host/egress.mjs";
import "./host/scrypt.mjs";
import http from "node:http";
import readline from "node:readline";
import { betterAuth } from "better-auth";
import { toNodeHandler } from "better-auth/node";
import { getMigrations } from "better-auth/db/migration";
import { translate } from "./host/options.mjs";

for (const level of ["log", "info", "warn", "error", "debug"])
  console[level] = (...args) => process.env.PARITY_DEBUG && process.stderr.write(args.map(String).join(" ") + "\n");
process.on("unhandledRejection", (e) => console.error("unhandled rejection", e?.stack ?? e));

const instances = new Map();

const takeHeader = (req, name) => {
  const value = req.headers[name];
  delete req.headers[name];
  return value;
};

async function readBody(req) {
  const parts = [];
  for await (const part of req) parts.push(part);
  return Buffer.concat(parts).toString();
}

function send(res, status, value) {
  res.writeHead(status, value === undefined ? {} : { "content-type": "application/json" });
  res.end(value === undefined ? undefined : JSON.stringify(value));
}

async function sendResponse(res, response) {
  for (const [name, value] of response.headers) res.appendHeader(name, value);
  res.writeHead(response.status);
  res.end(Buffer.from(await response.arrayBuffer()));
}

// Calls auth.api[name] like code of the program; the answer is written like that of the endpoint.
async function callApi(auth, name, req, res) {
  const fn = Object.hasOwn(auth.api, name) ? auth.api[name] : undefined;
  if (!fn) return send(res, 404);
  const text = await readBody(req);
  const { body, query, params, headers } = text ? JSON.parse(text) : {};
  try {
    const input = { body, query, params, returnHeaders: true };
    if (headers) input.headers = new Headers(headers);
    const got = await fn(input);
    if (got.response instanceof Response) return await sendResponse(res, got.response);
    for (const [name, value] of got.headers ?? []) res.appendHeader(name, value);
    res.setHeader("content-type", "application/json");
    res.end(got.response === undefined ? undefined : JSON.stringify(got.response));
  } catch (e) {
    if (e?.name === "APIError") {
      res.writeHead(e.statusCode, { "content-type": "application/json" });
      return res.end(e.body === undefined ? undefined : JSON.stringify(e.body));
    }
    console.error(e?.stack ?? e);
    send(res, 500);
  }
}

// The URL used by the caller, if it differs from that of the Host header and the socket.
function movedHandler(handler, scheme, host) {
  if (!scheme && !host) return handler;
  return (request) => {
    const url = new URL(request.url);
    if (scheme) url.protocol = scheme;
    if (host) [url.host, url.port] = [host, host.split(":")[1] ?? ""];
    return handler(new Request(url, request));
  };
}

function serve(auth, settings) {
  // Kept connections stay open: a request on its way to a connection that closes would be a difference by chance.
  return http.createServer({ keepAliveTimeout: 0 }, (req, res) => {
    const clock = takeHeader(req, "x-test-clock");
    const scheme = takeHeader(req, "x-test-scheme");
    const host = takeHeader(req, "x-test-url-host");
    const store = { ...settings, self: auth, now: clock === undefined ? undefined : Number(clock) };
    world.run(store, async () => {
      try {
        const api = /^\/__test\/api\/(\w+)$/.exec(req.url);
        if (api) return await callApi(auth, api[1], req, res);
        await toNodeHandler(movedHandler(auth.handler, scheme, host))(req, res);
      } catch (e) {
        console.error(e?.stack ?? e);
        if (!res.headersSent) send(res, 500);
      }
    });
  });
}

const operations = {
  async migrate({ config }) {
    const { options, close } = await translate(config);
    try {
      const { runMigrations } = await getMigrations(options);
      await runMigrations();
    } finally {
      await close();
    }
    return {};
  },
  async serve({ instance, listen, config }) {
    const { env: _env, ...settings } = config.$test ?? {};
    const { options, close } = await translate(config);
    const auth = await world.run(settings, async () => {
      const made = betterAuth(options);
      await made.$context;
      return made;
    });
    const server = serve(auth, settings);
    const [host, port] = (listen ?? "127.0.0.1:0").split(":");
    await new Promise((resolve) => server.listen(Number(port), host, resolve));
    instances.set(instance, { server, close });
    return { url: `http://${host}:${server.address().port}` };
  },
  async close({ instance }) {
    const running = instances.get(instance);
    instances.delete(instance);
    running?.server.closeAllConnections();
    running?.server.close();
    await running?.close();
    return {};
  },
};

const lines = readline.createInterface({ input: process.stdin });
lines.on("line", async (line) => {
  const message = JSON.parse(line);
  let answer;
  try {
    answer = await operations[message.op ?? "serve"](message);
  } catch (e) {
    // The reference removes the stack of its own errors.
    answer = { error: e?.stack || e?.message || String(e) };
  }
  process.stdout.write(JSON.stringify({ instance: message.instance, seq: message.seq, ...answer }) + "\n");
});
lines.on("close", () => process.exit(0));
