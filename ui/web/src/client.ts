import { createAuthClient } from "better-auth/client";
import type { BetterAuthClientPlugin } from "better-auth/client";
import { server } from "./server";

/** Returns the official client of this server, with the plugins that a page uses. */
export function client<const P extends BetterAuthClientPlugin[]>(plugins: P) {
  return createAuthClient({ baseURL: location.origin, basePath: server.endpoints, plugins });
}
