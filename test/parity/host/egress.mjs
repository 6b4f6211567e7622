// Sends every outbound fetch of an instance with $test.egress to that address, as BLACKBOX.md describes. A request for the
// instance's own key set is answered by itself: nothing listens at its base URL.
import { world } from "./clock.mjs";

const realFetch = globalThis.fetch;

const ownKeys = (input, { options }) => {
  const url = typeof input === "string" ? input : (input.url ?? String(input));
  return typeof options.baseURL === "string" && url.startsWith(`${options.baseURL}/`) && url.endsWith("/jwks") ? url : undefined;
};

globalThis.fetch = async (input, init) => {
  const { self } = world.getStore() ?? {};
  const keys = self && ownKeys(input, self);
  if (keys) return self.handler(new Request(keys, { headers: { accept: "application/json" } }));
  const egress = world.getStore()?.egress;
  if (!egress) return realFetch(input, init);
  const request = new Request(input, init);
  const headers = new Headers(request.headers);
  headers.set("x-egress-url", request.url);
  headers.set("x-egress-redirect", request.redirect);
  const hasBody = request.method !== "GET" && request.method !== "HEAD";
  const answer = await realFetch(egress, {
    method: request.method,
    headers,
    body: hasBody ? await request.arrayBuffer() : undefined,
    redirect: "manual",
    signal: request.signal,
  });
  if (answer.status === 599) throw new TypeError(answer.headers.get("x-egress-error") ?? "fetch failed");
  if (request.redirect === "error" && answer.status >= 300 && answer.status < 400 && answer.status !== 304) throw new TypeError("fetch failed");
  return answer;
};
