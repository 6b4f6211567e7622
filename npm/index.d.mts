import type { Auth, BetterAuthOptions } from "better-auth";

/** Writes cookies into the answer that the framework is making. `nextCookies` of better-auth-remote/next is one. */
export interface CookieWriter {
  /** Whether cookies can be set where the call is made. */
  writable(): boolean | Promise<boolean>;
  /** Takes lines as Set-Cookie headers hold them. */
  write(lines: string[]): void | Promise<void>;
}

export interface RemoteSettings<Options extends BetterAuthOptions = BetterAuthOptions> {
  /** Where the server listens. Default: BETTER_AUTH_SERVER_URL, else http://127.0.0.1:3210. */
  serverURL?: string;
  /** The public address, the server's own baseURL. Default: BETTER_AUTH_URL, else http://localhost:3000. */
  baseURL?: string;
  /** Default: /api/auth. */
  basePath?: string;
  /** Milliseconds that a call may take. Default: 10000. */
  timeout?: number;
  /** Passes cookies that calls of `api` bring on to the browser. */
  cookies?: CookieWriter;
  /** More calls for `api`, such as `{ hello: "GET /hello/:name" }`. */
  endpoints?: Record<string, `${string} /${string}`>;
  /** Used instead of the global fetch. */
  fetch?: typeof fetch;
  /** For the types only: plugins and additional fields, as the server is configured. */
  options?: Options;
}

/** The part of Better Auth's `Auth` that makes sense from another process. Calls without a URL are not there at run time. */
export type RemoteAuth<Options extends BetterAuthOptions = BetterAuthOptions> = Pick<
  Auth<Options>,
  "handler" | "fetch" | "api" | "options" | "$Infer"
>;

/**
 * An `auth` object whose server is another process. `handler` passes requests on as they are, answers and cookies
 * back; `api` calls endpoints by name with the caller's headers.
 */
export declare function remoteAuth<Options extends BetterAuthOptions = {}>(settings?: RemoteSettings<Options>): RemoteAuth<Options>;

/** What a call of `api` throws when the server refuses it, or with the code AUTH_SERVER_UNREACHABLE when there is none. */
export declare class APIError extends Error {
  readonly statusCode: number;
  readonly status: string | number;
  readonly body: { message?: string; code?: string } & Record<string, unknown> | undefined;
  readonly headers: Headers;
}
