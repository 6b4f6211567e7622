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
  const { pathname, search } = request.nextUrl;
  const isAuthPage = pathname === "/signin" || pathname === "/signup";
  if (session && isAuthPage) return NextResponse.redirect(new URL("/dashboard", request.url));
  if (!session && !isAuthPage) {
    const signIn = new URL("/signin", request.url);
    signIn.searchParams.set("next", pathname + search);
    return NextResponse.redirect(signIn);
  }
  return NextResponse.next();
}

export const config = {
  matcher: ["/dashboard/:path*", "/accept-invitation/:path*", "/keys/:path*", "/organization/:path*", "/sessions/:path*", "/security/:path*", "/tasks/:path*", "/signin", "/signup"],
};
