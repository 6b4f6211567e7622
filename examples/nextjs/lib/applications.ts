const scopes: Record<string, string> = {
  openid: "Know who you are here",
  profile: "See your name and picture",
  email: "See your e-mail address",
  offline_access: "Stay connected while you are away",
};

/** Returns what a scope allows, as people read it; its name if there is no text. */
export const scopeText = (scope: string) => scopes[scope] ?? scope;

/** What the errors of the OAuth endpoints mean to people. */
export const applicationErrors: Record<string, string> = {
  invalid_signature: "This request is too old, or it was changed. Go back to the application and start again.",
  invalid_redirect_uri: "The address must use https. On your own machine it may be http://127.0.0.1/… or http://localhost/…",
};

/** Returns the host of an address, or its scheme for addresses of apps; empty if it is none. */
export function hostOf(address: string) {
  if (!URL.canParse(address)) return "";
  const { host, protocol } = new URL(address);
  return host || protocol.slice(0, -1);
}
