// The official SDK of the Model Context Protocol: its client finds the authorization server through a small MCP server, registers, gets
// a token and calls a tool. The MCP server checks tokens with the key set, as any backend does.
import assert from "node:assert/strict";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import { UnauthorizedError } from "@modelcontextprotocol/sdk/client/auth.js";
import { McpServer } from "@modelcontextprotocol/sdk/server/mcp.js";
import { StreamableHTTPServerTransport } from "@modelcontextprotocol/sdk/server/streamableHttp.js";
import express from "express";
import { createRemoteJWKSet, jwtVerify } from "jose";
import { Browser } from "./server.mjs";

const callback = "http://localhost:4998/callback";

/** An MCP server with one tool, which answers with the subject of the token. */
function start({ server, port, resource }) {
  const keys = createRemoteJWKSet(new URL(`${server.issuer}/jwks`));
  const metadata = `${server.origin}/.well-known/oauth-protected-resource/mcp`;
  const app = express();
  app.use(express.json());
  // RFC 9728: the document of the resource, which the authorization server makes.
  app.get("/.well-known/oauth-protected-resource/mcp", async (_, res) => res.json(await (await fetch(metadata)).json()));
  app.all("/mcp", async (req, res) => {
    let claims;
    try {
      const token = req.headers.authorization?.match(/^Bearer (.+)$/)?.[1] ?? "";
      ({ payload: claims } = await jwtVerify(token, keys, { issuer: server.issuer, audience: resource }));
    } catch {
      res.setHeader("WWW-Authenticate", `Bearer resource_metadata="http://localhost:${port}/.well-known/oauth-protected-resource/mcp"`);
      return res.status(401).json({ error: "invalid_token" });
    }
    const mcp = new McpServer({ name: "clock", version: "1.0.0" });
    mcp.registerTool("whoami", { description: "Tells who calls" }, async () => ({ content: [{ type: "text", text: claims.sub }] }));
    const transport = new StreamableHTTPServerTransport({ sessionIdGenerator: undefined });
    res.on("close", () => transport.close());
    await mcp.connect(transport);
    await transport.handleRequest(req, res, req.body);
  });
  return new Promise((resolve) => {
    const listening = app.listen(port, "127.0.0.1", () => resolve(listening));
  });
}

/** What an MCP client keeps: its registration, tokens and verifier, in memory. */
class Memory {
  get redirectUrl() { return callback; }
  get clientMetadata() {
    return { client_name: "A test", application_type: "native", redirect_uris: [callback], grant_types: ["authorization_code", "refresh_token"], response_types: ["code"], token_endpoint_auth_method: "none" };
  }
  clientInformation() { return this.client; }
  saveClientInformation(client) { this.client = client; }
  tokens() { return this.kept; }
  saveTokens(tokens) { this.kept = tokens; }
  redirectToAuthorization(address) { this.address = address; }
  saveCodeVerifier(verifier) { this.verifier = verifier; }
  codeVerifier() { return this.verifier; }
}

export default function tests({ server, port, resource }) {
  return [
    ["registers, authorizes and calls a tool", async () => {
      const listening = await start({ server, port, resource });
      try {
        const browser = new Browser(server);
        const { user } = await browser.post("/sign-in/email", { email: "ada@example.com", password: "correct horse battery staple" });
        const memory = new Memory();
        const transport = () => new StreamableHTTPClientTransport(new URL(resource), { authProvider: memory });
        const first = transport();
        await assert.rejects(new Client({ name: "test", version: "1" }).connect(first), UnauthorizedError);
        assert.ok(memory.client.client_id);
        const end = await browser.follow(memory.address, callback);
        await first.finishAuth(end.searchParams.get("code"));
        const client = new Client({ name: "test", version: "1" });
        await client.connect(transport());
        const answer = await client.callTool({ name: "whoami", arguments: {} });
        assert.equal(answer.content[0].text, user.id);
        await client.close();
      } finally {
        listening.closeAllConnections();
        await new Promise((resolve) => listening.close(resolve));
      }
    }],
  ];
}
