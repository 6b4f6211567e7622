// node run.mjs [--bin path] [--only text]: real OAuth, OpenID and MCP clients against the server. Each line is one test.
import os from "node:os";
import path from "node:path";
import { mkdtemp, rm } from "node:fs/promises";
import { parseArgs } from "node:util";
import mcpTests from "./mcp.mjs";
import openidTests from "./openid-client.mjs";
import { Browser, freePort, root, run, Server } from "./server.mjs";

const { values: flags } = parseArgs({ options: { bin: { type: "string" }, only: { type: "string" } } });
const dir = await mkdtemp(path.join(os.tmpdir(), "betterauth-clients-"));
let failed = 0;

async function test(name, play) {
  if (flags.only && !name.includes(flags.only)) return;
  try {
    await play();
    console.log(`ok   ${name}`);
  } catch (error) {
    failed++;
    console.log(`FAILED ${name}: ${error.stack ?? error}${error.cause ? `\n  ${error.cause.stack ?? JSON.stringify(error.cause)}` : ""}`);
  }
}

const pages = { loginPage: "/sign-in", consentPage: "/consent" };
const open = { allowDynamicClientRegistration: true, allowUnauthenticatedClientRegistration: true };
const servers = [];
try {
  const bin = flags.bin ?? process.env.BETTERAUTH_BIN ?? path.join(dir, "betterauth");
  if (!flags.bin && !process.env.BETTERAUTH_BIN) await run("go", ["build", "-o", bin, "./cmd/betterauth"]);

  const server = await Server.start(bin, { jwt: {}, "oauth-provider": { ...pages, ...open, scopes: ["openid", "profile", "email", "offline_access", "read"] } });
  servers.push(server);
  await new Browser(server).signUp();
  for (const [name, play] of openidTests({ server })) await test(`openid-client: ${name}`, play);

  const zitadel = path.join(dir, "zitadel");
  await test("zitadel/oidc builds", () => run("go", ["build", "-o", zitadel, "."], { cwd: path.join(root, "test/clients/zitadel") }));
  await test("zitadel/oidc: discovery, code and PKCE, user info, refresh, private-key JWT, end of the session", async () => {
    const made = await server.createClient("A portal", "--redirect-uri", "https://app.example.com/callback", "--post-logout-uri", "https://app.example.com/callback", "--auth-method", "client_secret_post");
    await run(zitadel, [server.origin, server.issuer, made.client_id, made.client_secret]);
  });

  const port = await freePort();
  const resource = `http://localhost:${port}/mcp`;
  const mcp = await Server.start(bin, { jwt: {}, mcp: { ...pages, ...open, resource } });
  servers.push(mcp);
  await new Browser(mcp).signUp();
  for (const [name, play] of mcpTests({ server: mcp, port, resource })) await test(`MCP SDK: ${name}`, play);
} finally {
  for (const server of servers) await server.stop();
  await rm(dir, { recursive: true, force: true });
}
console.log(failed ? `FAILED clients: ${failed}` : "ok   clients: everything passed");
process.exit(failed ? 1 : 0);
