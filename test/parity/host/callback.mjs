// Converts {webhook: URL} in a config to a function that posts to that URL and returns its answer.
import http from "node:http";
import { Worker, MessageChannel, receiveMessageOnPort } from "node:worker_threads";
import { APIError, createAuthMiddleware } from "better-auth/api";
import { decode, encodeArguments } from "./wire.mjs";

function post(url, text) {
  return new Promise((resolve, reject) => {
    const req = http.request(url, { method: "POST", headers: { "content-type": "application/json" } }, (res) => {
      const parts = [];
      res.on("data", (d) => parts.push(d));
      res.on("end", () => resolve({ status: res.statusCode, text: Buffer.concat(parts).toString() }));
    });
    req.on("error", reject);
    req.end(text);
  });
}

let worker;
const done = new Int32Array(new SharedArrayBuffer(4));

// The reference calls some options without await (customSyntheticUser, generateId, customResolveMethod, defaultValue, transform, generateClientId):
// a second thread makes the request while this one waits.
function postSync(url, text) {
  worker ??= new Worker(
    `const { workerData, parentPort } = require("node:worker_threads");
     parentPort.on("message", async ({ url, text, port }) => {
       let answer;
       try {
         const res = await fetch(url, { method: "POST", headers: { "content-type": "application/json" }, body: text });
         answer = { status: res.status, text: await res.text() };
       } catch (e) { answer = { failed: String(e) }; }
       port.postMessage(answer);
       Atomics.store(workerData, 0, 1);
       Atomics.notify(workerData, 0);
     });`,
    { eval: true, workerData: done },
  );
  worker.unref();
  const { port1, port2 } = new MessageChannel();
  Atomics.store(done, 0, 0);
  worker.postMessage({ url, text, port: port2 }, [port2]);
  Atomics.wait(done, 0, 0, 10_000);
  const got = receiveMessageOnPort(port1)?.message;
  port1.close();
  if (!got || got.failed) throw new Error(`callback failed: ${got?.failed ?? "timeout"}`);
  return got;
}

function read({ status, text }) {
  const answer = text ? JSON.parse(text) : {};
  if (status === 200) return answer;
  if (answer.$error) throw Object.assign(new Error(answer.message), { name: answer.name ?? "Error" });
  const { status: named, headers, ...body } = answer;
  throw new APIError(named ?? status, body, headers ? Object.fromEntries(headers) : {});
}

const resultOf = (answer) => ("result" in answer ? decode(answer.result) : undefined);

const calledSynchronously = new RegExp(`(${[
  "customSyntheticUser",
  "customBackupCodesGenerate",
  "generateId",
  "generateOTP",
  "defaultValue",
  "onUpdate",
  "transform\\.(input|output)",
  "allowDifferentEmails",
  "customResolveMethod",
  "customAPIKeyGetter",
  "[uU]sernameNormalization",
  "getTemp(Email|Name)",
  "generateClient(Id|Secret)",
].join("|")})$`);

function middleware(event, spec) {
  return createAuthMiddleware(async (c) => {
    const text = JSON.stringify({ event, data: encodeArguments([c], spec.credentials) });
    const answer = read(await post(spec.webhook, text));
    for (const [name, value] of answer.headers ?? []) {
      if (name.toLowerCase() === "set-cookie") c.responseHeaders.append(name, value);
      else c.setHeader(name, value);
    }
    const result = resultOf(answer);
    if (Array.isArray(result?.context?.headers)) result.context.headers = new Headers(result.context.headers);
    return result;
  });
}

// customizeRequest changes the request itself: the answer lists the parameters and headers to set; null removes one.
async function customize(event, spec, { body, headers, tokenEndpoint, grantType }) {
  const told = { grantType, tokenEndpoint, body: Object.fromEntries(body), headers: { ...headers } };
  const result = resultOf(read(await post(spec.webhook, JSON.stringify({ event, data: [told] })))) ?? {};
  for (const [name, value] of Object.entries(result.body ?? {})) value === null ? body.delete(name) : body.set(name, value);
  for (const [name, value] of Object.entries(result.headers ?? {})) {
    if (value === null) delete headers[name];
    else headers[name] = value;
  }
}

/** The function for the option at path `event`. */
export function callback(event, spec) {
  if (event === "hooks.before" || event === "hooks.after") return middleware(event, spec);
  if (event.endsWith(".customizeRequest")) return (request) => customize(event, spec, request);
  const textOf = (args) => JSON.stringify({ event, data: encodeArguments(args, spec.credentials) });
  if (event.endsWith(".validator.input")) {
    const validate = (value) => resultOf(read(postSync(spec.webhook, textOf([value]))));
    return { "~standard": { version: 1, vendor: "parity", validate } };
  }
  if (calledSynchronously.test(event)) return (...args) => resultOf(read(postSync(spec.webhook, textOf(args))));
  return async (...args) => resultOf(read(await post(spec.webhook, textOf(args))));
}
