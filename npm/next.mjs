// Cookies of remote calls in Next.js. In middleware, route handlers and server actions they reach the browser. A server
// component cannot set cookies, and then the session is not refreshed either.

async function cookieStore() {
  try {
    const { cookies } = await import("next/headers.js");
    return await cookies();
  } catch {
    return undefined; // outside a request, or while a page is generated at build time
  }
}

// In a component, Next.js replaces set, delete and clear by the same throwing function. This check has no side
// effect; a trial call of set would clear the browser's router cache.
const isWritable = (store) => store !== undefined && store.set !== store.delete;

const attributes = {
  "max-age": (v) => ({ maxAge: Number(v) }),
  expires: (v) => ({ expires: new Date(v) }),
  domain: (v) => ({ domain: v }),
  path: (v) => ({ path: v }),
  samesite: (v) => ({ sameSite: v.toLowerCase() }),
  httponly: () => ({ httpOnly: true }),
  secure: () => ({ secure: true }),
  partitioned: () => ({ partitioned: true }),
};

/** Reads one Set-Cookie line into the arguments of Next's cookies().set. */
export function parseSetCookie(line) {
  const [pair, ...rest] = line.split(";").map((part) => part.trim());
  const cut = pair.indexOf("=");
  const options = {};
  for (const part of rest) {
    const [name, value = ""] = part.split(/=(.*)/s);
    Object.assign(options, attributes[name.toLowerCase()]?.(value));
  }
  return { name: pair.slice(0, cut), value: decode(pair.slice(cut + 1)), options };
}

// Next.js encodes the value again.
function decode(value) {
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}

/** For the setting `cookies` of remoteAuth. */
export function nextCookies() {
  return {
    async writable() {
      return isWritable(await cookieStore());
    },
    async write(lines) {
      const store = await cookieStore();
      if (!isWritable(store)) return;
      for (const { name, value, options } of lines.map(parseSetCookie)) store.set(name, value, options);
    },
  };
}
