// The reference over the database of a large site (bench/scale.go).
import http from "node:http";
import { apiKey } from "@better-auth/api-key";
import { betterAuth } from "better-auth";
import { toNodeHandler } from "better-auth/node";
import { admin, organization } from "better-auth/plugins";
import pg from "pg";

const { BENCH_DATABASE, BENCH_LISTEN, BENCH_SECRET } = process.env;
const [host, port] = BENCH_LISTEN.split(":");

const auth = betterAuth({
  secret: BENCH_SECRET,
  baseURL: `http://${BENCH_LISTEN}`,
  database: new pg.Pool({ connectionString: BENCH_DATABASE, max: 10 }),
  emailAndPassword: { enabled: true },
  rateLimit: { enabled: false },
  plugins: [admin(), organization(), apiKey({ enableSessionForAPIKeys: true })],
  telemetry: { enabled: false },
});

http.createServer(toNodeHandler(auth)).listen(Number(port), host);
