import type { NextConfig } from "next";

const toServer = (source: string) => ({ source, destination: `${process.env.BETTER_AUTH_SERVER_URL ?? "http://127.0.0.1:3210"}${source}` });

const rewrites: NextConfig["rewrites"] = async () => ({
  beforeFiles: [
    // The only document of the plugin oauth-provider that is not below /api/auth (RFC 8414).
    toServer("/.well-known/oauth-authorization-server/api/auth"),
    // The second wiring: with AUTH_WIRING=rewrite, one rewrite replaces app/api/auth/[...all]/route.ts.
    ...(process.env.AUTH_WIRING === "rewrite" ? [toServer("/api/auth/:path*")] : []),
  ],
});

const config: NextConfig = {
  poweredByHeader: false,
  devIndicators: false,
  turbopack: { root: import.meta.dirname },
  rewrites,
};

export default config;
