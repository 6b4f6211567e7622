// The client of these pages, and where they lead.
import { passkeyClient } from "@better-auth/passkey/client";
import { createAuthClient } from "better-auth/client";
import {
  deviceAuthorizationClient,
  emailOTPClient,
  lastLoginMethodClient,
  magicLinkClient,
  organizationClient,
  phoneNumberClient,
  twoFactorClient,
  usernameClient,
} from "better-auth/client/plugins";
import { oauthProviderClient } from "@better-auth/oauth-provider/client";
import { has, page, server } from "../server";
import { next as usual, signedQuery } from "./authorization";

// These pages decide themselves where they lead after an answer.
export const auth = createAuthClient({
  baseURL: location.origin,
  basePath: server.endpoints,
  disableDefaultFetchPlugins: true,
  plugins: [
    passkeyClient(),
    magicLinkClient(),
    emailOTPClient(),
    phoneNumberClient(),
    usernameClient(),
    twoFactorClient(),
    organizationClient(),
    deviceAuthorizationClient(),
    lastLoginMethodClient(),
    oauthProviderClient(),
  ],
});

export const query = new URLSearchParams(location.search);

/** Returns the address of a page that leads to `next` in the end. */
export function withNext(path: string, next = usual): string {
  const request = signedQuery();
  if (request && next === usual) return `${page(path)}${path.includes("?") ? "&" : "?"}${request}`;
  if (next === page("/account")) return page(path);
  return `${page(path)}${path.includes("?") ? "&" : "?"}redirectTo=${encodeURIComponent(next)}`;
}

/** Returns where a link or a provider sends the browser back to, signed in or with a second factor to give. */
export function landing(): string {
  return has("two-factor") ? withNext("/two-factor") : usual;
}

/** Returns where the link of a mail that confirms an address leads. */
export function verified(): string {
  return withNext("/verify-email?verified=true");
}

let gone = false;

/** Reports whether the browser is on its way to another page. */
export function leaving(): boolean {
  return gone;
}

export function leave(address: string) {
  gone = true;
  location.assign(address);
}

// The page comes back as it was left when somebody goes back to it.
addEventListener("pageshow", (event) => {
  if (event.persisted) location.reload();
});

/** Goes on after an answer that starts a session, or asks for a second factor first. */
export function finish(data: unknown) {
  if (data && typeof data === "object" && "twoFactorRedirect" in data && data.twoFactorRedirect) {
    const methods = "twoFactorMethods" in data && Array.isArray(data.twoFactorMethods) ? data.twoFactorMethods.join(",") : "totp";
    return leave(withNext(`/two-factor?twoFactorRedirect=true&twoFactorMethods=${encodeURIComponent(methods)}`));
  }
  // The request of a client goes on at the address of the answer, unless that is the callbackURL of the sign-in.
  if (signedQuery() && data && typeof data === "object" && "url" in data && typeof data.url === "string" && data.url !== verified()) return leave(data.url);
  leave(usual);
}
