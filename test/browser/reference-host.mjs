// The npm package as a server of its own, on the same database and secret as ours.
import http from "node:http";
import { oauthProvider, oauthProviderOpenIdConfigMetadata } from "@better-auth/oauth-provider";
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
  plugins: [
    jwt(), bearer(), twoFactor(), passkey(), organization({ teams: { enabled: true } }),
    oauthProvider({ loginPage: "/signin", consentPage: "/consent", selectAccount: { page: "/select-account", shouldRedirect: () => false }, signup: { page: "/signup" } }),
  ],
});

// The package leaves the routes of its metadata to the application.
const metadata = oauthProviderOpenIdConfigMetadata(auth);
const handler = toNodeHandler(async (request) => (new URL(request.url).pathname === "/api/auth/.well-known/openid-configuration" ? metadata(request) : auth.handler(request)));
http.createServer(handler).listen(Number(process.env.PORT), "127.0.0.1");
