// The npm package as a server of its own, on the same database and secret as ours.
import http from "node:http";
import { passkey } from "@better-auth/passkey";
import { betterAuth } from "better-auth";
import { toNodeHandler } from "better-auth/node";
import { bearer, jwt, organization, twoFactor } from "better-auth/plugins";
import pg from "pg";

const auth = betterAuth({
  database: new pg.Pool({ connectionString: process.env.DATABASE_URL }),
  baseURL: process.env.BETTER_AUTH_URL,
  secret: process.env.BETTER_AUTH_SECRET,
  appName: "Taskbook",
  emailAndPassword: { enabled: true },
  session: { cookieCache: { enabled: true, maxAge: 300 } },
  rateLimit: { enabled: false },
  plugins: [jwt(), bearer(), twoFactor(), passkey(), organization({ teams: { enabled: true } })],
});

http.createServer(toNodeHandler(auth)).listen(Number(process.env.PORT), "127.0.0.1");
