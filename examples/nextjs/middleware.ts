import { getCookieCache } from "better-auth/cookies";
import { NextResponse } from "next/server";
import type { NextRequest } from "next/server";
import { auth } from "./lib/auth";

// In production better-auth expects the cookie of an https site unless configured otherwise.
const cookieCache = { secret: process.env.BETTER_AUTH_SECRET, isSecure: process.env.BETTER_AUTH_URL?.startsWith("https://") ?? false };

// Two ways to find the user. The cookie cache costs nothing: the server signed it with the shared secret,
// and it is at most five minutes old. A call is always current: it notices a session that was revoked a second ago.
async function getSession(request: NextRequest) {
  if (request.nextUrl.pathname.startsWith("/tasks")) {
    const cached = await getCookieCache(request, cookieCache);
    if (cached) return cached;
  }
  return auth.api.getSession({ headers: request.headers, query: { disableCookieCache: true } });
}

export async function middleware(request: NextRequest) {
  const session = await getSession(request);
  const { pathname, search, searchParams } = request.nextUrl;
  const isAuthPage = pathname === "/signin" || pathname === "/signup";
  const isRequest = searchParams.has("sig"); // of an application: who is signed in may have to sign in again for it
  if (session && isAuthPage && !isRequest) return NextResponse.redirect(new URL("/dashboard", request.url));
  if (!session && !isAuthPage) {
    const signIn = new URL("/signin", request.url);
    if (isRequest) signIn.search = search;
    else signIn.searchParams.set("next", pathname + search);
    return NextResponse.redirect(signIn);
  }
  return NextResponse.next();
}

export const config = {
  matcher: ["/dashboard/:path*", "/accept-invitation/:path*", "/applications/:path*", "/consent", "/keys/:path*", "/organization/:path*", "/sessions/:path*", "/security/:path*", "/select-account", "/tasks/:path*", "/signin", "/signup"],
};
