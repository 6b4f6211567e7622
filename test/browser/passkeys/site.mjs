// A site with one page and our server behind it, and Chromium's virtual authenticators.
import { build } from "esbuild";
import { writeFile } from "node:fs/promises";
import http from "node:http";
import path from "node:path";
import { freePort, here, Program } from "../processes.mjs";

const html = `<!doctype html><title>Passkeys</title>
<form><label>E-mail address <input name="email" autocomplete="username webauthn"></label></form>
<script type="module" src="/page.js"></script>`;

const readAll = async (stream) => {
  const parts = [];
  for await (const part of stream) parts.push(part);
  return Buffer.concat(parts);
};

export class Site {
  /** What the server told its webhook, by event. */
  told = [];

  constructor(dir, binary) {
    Object.assign(this, { dir, binary });
  }

  async start(passkey = {}) {
    const page = await build({ entryPoints: [path.join(here, "passkeys/page.mjs")], bundle: true, format: "esm", write: false, logLevel: "silent" });
    this.script = page.outputFiles[0].contents;
    this.web = http.createServer((req, res) => this.serve(req, res).catch((error) => res.writeHead(500).end(String(error))));
    await new Promise((resolve) => this.web.listen(0, "127.0.0.1", resolve));
    this.url = `http://localhost:${this.web.address().port}`;
    const port = await freePort();
    this.server = `http://127.0.0.1:${port}`;
    const tell = { webhook: `${this.url}/told` };
    const config = {
      baseURL: this.url, secret: "passkeys-secret-3b9e0d57a1c64f82b7d5e6", database: `sqlite:${this.dir}/passkeys-${port}.sqlite`,
      emailAndPassword: { enabled: true }, rateLimit: { enabled: false },
      plugins: { passkey: { ...passkey, registration: { afterVerification: tell }, authentication: { afterVerification: tell } } },
    };
    const file = `${this.dir}/passkeys-${port}.json`;
    await writeFile(file, JSON.stringify(config));
    this.program = await new Program("betterauth", this.binary, ["serve", "--config", file, "--listen", `127.0.0.1:${port}`, "--migrate"], { env: { BETTER_AUTH_MODE: "development" } }).ready(`${this.server}/api/auth/ok`);
    return this;
  }
  async serve(req, res) {
    if (req.url === "/told") {
      const { event, data } = JSON.parse(await readAll(req));
      this.told.push({ event, ...data[0].verification });
      return res.writeHead(200, { "content-type": "application/json" }).end("{}");
    }
    if (!req.url.startsWith("/api/auth/")) {
      const isScript = req.url === "/page.js";
      return res.writeHead(200, { "content-type": isScript ? "text/javascript" : "text/html" }).end(isScript ? this.script : html);
    }
    const body = req.method === "GET" ? undefined : await readAll(req);
    const { connection: _, "content-length": _length, ...headers } = req.headers;
    const answer = await fetch(this.server + req.url, { method: req.method, headers, body, redirect: "manual" });
    res.statusCode = answer.status;
    for (const [name, value] of answer.headers) if (!["content-length", "content-encoding", "transfer-encoding", "connection"].includes(name)) res.appendHeader(name, value);
    res.end(Buffer.from(await answer.arrayBuffer()));
  }
  async stop() {
    await this.program?.stop();
    this.web?.closeAllConnections();
    this.web?.close();
  }
}

/** An authenticator of one page, as Chromium plays it. */
export class Device {
  static async plug(page, options = {}) {
    const cdp = await page.context().newCDPSession(page);
    await cdp.send("WebAuthn.enable", { enableUI: false });
    const device = new Device();
    Object.assign(device, { cdp });
    device.id = (await cdp.send("WebAuthn.addVirtualAuthenticator", {
      options: { protocol: "ctap2", transport: "internal", hasResidentKey: true, hasUserVerification: true, isUserVerified: true, automaticPresenceSimulation: true, ...options },
    })).authenticatorId;
    return device;
  }
  send(method, params = {}) {
    return this.cdp.send(`WebAuthn.${method}`, { authenticatorId: this.id, ...params });
  }
  async credentials() {
    return (await this.send("getCredentials")).credentials;
  }
  unplug() {
    return this.send("removeVirtualAuthenticator");
  }
}
