// The reference as it is deployed: better-auth behind toNodeHandler and node:http, one process.
import http from "node:http";
import { betterAuth } from "better-auth";
import { toNodeHandler } from "better-auth/node";
import { jwt } from "better-auth/plugins";
import { oauthProvider } from "@better-auth/oauth-provider";

const { BENCH_DATABASE, BENCH_LISTEN, BENCH_SECRET, BENCH_SETUP } = process.env;
const [host, port] = BENCH_LISTEN.split(":");

async function database() {
  if (BENCH_DATABASE.startsWith("sqlite:")) {
    const { DatabaseSync } = await import("node:sqlite");
    const db = new DatabaseSync(BENCH_DATABASE.slice("sqlite:".length));
    db.exec("PRAGMA busy_timeout = 5000; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL");
    return db;
  }
  const { default: pg } = await import("pg");
  return new pg.Pool({ connectionString: BENCH_DATABASE, max: 10 });
}

const auth = betterAuth({
  secret: BENCH_SECRET,
  baseURL: `http://${BENCH_LISTEN}`,
  database: await database(),
  emailAndPassword: { enabled: true },
  rateLimit: { enabled: false },
  session: { cookieCache: { enabled: BENCH_SETUP === "cached", maxAge: 3600 } },
  plugins: [
    jwt({ disableSettingJwtHeader: BENCH_SETUP !== "header" }),
    ...(BENCH_SETUP === "provider" ? [oauthProvider({ loginPage: "/sign-in", consentPage: "/consent", scopes: ["openid", "profile", "email", "offline_access", "read"] })] : []),
  ],
  telemetry: { enabled: false },
});

http.createServer(toNodeHandler(auth)).listen(Number(port), host);
