/** The query of a page, as Next.js gives it. */
export type Params = Record<string, string | string[] | undefined>;

/** Where a visitor of a sign-in page goes after it, and the query with which the other sign-in pages know that too. */
export type Arrival = { next: string; query: string };

// The server's own parameters of a signed query.
const internal = ["ba_iat", "ba_pl", "ba_param", "exp", "sig"];

/** Reads the query of a sign-in page: `next` is a path of this site, `sig` belongs to the request of an application. */
export function arrivalOf(params: Params): Arrival {
  const all = new URLSearchParams(Object.entries(params).flatMap(([name, value]) => [value ?? []].flat().map((one) => [name, one])));
  if (all.has("sig")) return { next: requestAgain(all), query: `?${all}` };
  const next = nextPath(params.next);
  return { next, query: `?next=${encodeURIComponent(next)}` };
}

/**
 * Returns the address of an application's request, for sign-ins that end in another page, such as a link in a mail. Others
 * continue by the answer of the server: see use-enter.ts. The user has just signed in, so that wish is fulfilled.
 */
function requestAgain(signed: URLSearchParams): string {
  const names = signed.getAll("ba_param").filter((name) => !internal.includes(name));
  const request = new URLSearchParams([...signed].filter(([name]) => names.includes(name)));
  const prompt = (request.get("prompt") ?? "").split(" ").filter((one) => one !== "login" && one !== "create");
  request.delete("prompt");
  if (prompt.join("")) request.set("prompt", prompt.join(" "));
  return `/api/auth/oauth2/authorize?${request}`;
}

/** Returns the page to open after signing in: a path of this site, never another site. */
function nextPath(wanted: string | string[] | undefined): string {
  if (typeof wanted !== "string" || !wanted.startsWith("/") || /^\/[/\\]|[\\\u0000-\u001f]/.test(wanted)) return "/dashboard";
  return wanted;
}
