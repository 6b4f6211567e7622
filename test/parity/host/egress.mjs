// Sends every outbound fetch of an instance with $test.egress to that address, as BLACKBOX.md describes.
import { world } from "./clock.mjs";

const realFetch = globalThis.fetch;

globalThis.fetch = async (input, init) => {
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
  return answer;
};
