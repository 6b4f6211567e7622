import type { twoFactor } from "better-auth/plugins";
import { remoteAuth } from "better-auth-remote";
import { nextCookies } from "better-auth-remote/next";

// The server is the Go program at BETTER_AUTH_SERVER_URL; this object calls it. Code that imports it looks the same as
// with a server in this process.
export const auth = remoteAuth({
  serverURL: process.env.BETTER_AUTH_SERVER_URL,
  baseURL: process.env.BETTER_AUTH_URL,
  cookies: nextCookies(),
  options: {} as { plugins: [ReturnType<typeof twoFactor>] }, // for the types: users have twoFactorEnabled
});

export type Session = typeof auth.$Infer.Session;
export type User = Session["user"];
