import type { NextConfig } from "next";

// The second wiring: with AUTH_WIRING=rewrite, one rewrite replaces app/api/auth/[...all]/route.ts.
const rewrites: NextConfig["rewrites"] = async () => ({
  beforeFiles: [{ source: "/api/auth/:path*", destination: `${process.env.BETTER_AUTH_SERVER_URL ?? "http://127.0.0.1:3210"}/api/auth/:path*` }],
});

const config: NextConfig = {
  poweredByHeader: false,
  devIndicators: false,
  turbopack: { root: import.meta.dirname },
  ...(process.env.AUTH_WIRING === "rewrite" && { rewrites }),
};

export default config;
