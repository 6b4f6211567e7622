import type { CookieWriter } from "./index.mjs";

/** For the setting `cookies` of remoteAuth: passes refreshed cookies on wherever Next.js lets them be set. */
export declare function nextCookies(): CookieWriter;

/** Reads one Set-Cookie line into the arguments of Next's `cookies().set`. */
export declare function parseSetCookie(line: string): { name: string; value: string; options: Record<string, unknown> };
