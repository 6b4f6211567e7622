// The request of an OAuth client that led here: it is in the query of the page, signed by the server.
import { server } from "../server";

const query = new URLSearchParams(location.search);
const internal = ["ba_iat", "ba_pl", "ba_param", "exp", "sig"];

/** Returns the part of the query that the server signed; undefined if no client led here. */
export function signedQuery(): string | undefined {
  const names = new Set(query.getAll("ba_param"));
  if (!query.has("sig") || names.size === 0) return undefined;
  const kept = [...query].filter(([name]) => name === "sig" || name === "ba_param" || names.has(name));
  return new URLSearchParams(kept).toString();
}

/** Where to go after signing in: back to the request of the client, or to what the server says. */
export const next = signedQuery() ? requestAgain() : server.next;

// The user has just signed in, so the client's wish for that is fulfilled.
function requestAgain(): string {
  const kept = [...query].filter(([name]) => query.getAll("ba_param").includes(name) && !internal.includes(name));
  const again = new URLSearchParams(kept);
  const prompt = (again.get("prompt") ?? "").split(" ").filter((one) => one !== "login" && one !== "create").join(" ");
  if (prompt) again.set("prompt", prompt);
  else again.delete("prompt");
  return `${server.endpoints}/oauth2/authorize?${again}`;
}
