// Cookies of remote calls in Next.js: in middleware, route handlers and server actions they reach the browser; a server
// component cannot set any, and then the session is not moved either.

async function cookieStore() {
  try {
    const { cookies } = await import("next/headers.js");
    return await cookies();
  } catch {
    return undefined; // outside a request, or while a page is made at build time
  }
}

// In a component Next.js puts the same throwing function in the place of set, delete and clear. Asking so has no side
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

// Next encodes the value again.
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
