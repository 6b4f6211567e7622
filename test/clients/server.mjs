// The server under test: the betterauth binary with an SQLite file in a temporary folder, and a browser that signs in to it.
import { spawn } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import net from "node:net";
import os from "node:os";
import path from "node:path";

export const root = path.resolve(import.meta.dirname, "../..");

/** Runs a program to its end; rejects with its output if it fails. */
export function run(command, args, options = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: root, stdio: ["ignore", "pipe", "pipe"], ...options });
    let output = "";
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (text) => (output += text));
    child.on("error", reject);
    child.on("close", (code) => (code === 0 ? resolve(output) : reject(new Error(`${command} ${args.join(" ")} ended with ${code}\n${output}`))));
  });
}

export function freePort() {
  return new Promise((resolve, reject) => {
    const server = net.createServer();
    server.on("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

/** A running betterauth with `plugins` in its config file. */
export class Server {
  static async start(bin, plugins, port) {
    const self = new Server();
    self.dir = await mkdtemp(path.join(os.tmpdir(), "betterauth-clients-"));
    port ??= await freePort();
    self.origin = `http://localhost:${port}`;
    self.issuer = `${self.origin}/api/auth`;
    const config = path.join(self.dir, "betterauth.json");
    Object.assign(self, { bin, config });
    await writeFile(config, JSON.stringify({
      mode: "test", baseURL: self.origin, secret: "clients-secret-9d1c7be04f2a4a6fb3e85c", database: `sqlite:${path.join(self.dir, "app.db")}`,
      emailAndPassword: { enabled: true }, rateLimit: { enabled: false }, plugins,
    }));
    self.log = "";
    self.process = spawn(bin, ["serve", "--migrate", "--config", config, "--listen", `127.0.0.1:${port}`], { stdio: ["ignore", "pipe", "pipe"] });
    for (const stream of [self.process.stdout, self.process.stderr]) stream.on("data", (text) => (self.log += text));
    const ended = new Promise((resolve) => self.process.once("exit", resolve));
    self.ended = ended;
    for (let i = 0; ; i++) {
      if (self.process.exitCode !== null) throw new Error(`the server ended:\n${self.log}`);
      const answer = await fetch(`${self.origin}/readyz`).catch(() => undefined);
      if (answer?.ok) return self;
      if (i > 600) throw new Error(`the server does not become ready:\n${self.log}`);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }

  /** Registers a client as the operator does, with `betterauth client create`. */
  async createClient(name, ...flags) {
    return JSON.parse(await run(this.bin, ["client", "create", name, ...flags, "--json", "--config", this.config]));
  }

  async stop() {
    this.process.kill();
    await this.ended;
    await rm(this.dir, { recursive: true, force: true });
  }
}

const ada = { name: "Ada", email: "ada@example.com", password: "correct horse battery staple" };

/** A browser with cookies and a user, who signs in and allows what clients ask for. */
export class Browser {
  cookies = new Map();
  pages = []; // paths of the pages that the server showed
  constructor(server) {
    this.server = server;
  }

  async fetch(url, { body, ...init } = {}) {
    const headers = { cookie: [...this.cookies].map(([name, value]) => `${name}=${value}`).join("; "), origin: this.server.origin };
    if (body) headers["content-type"] = "application/json";
    const answer = await fetch(new URL(url, `${this.server.issuer}/`), {
      ...init, redirect: "manual", method: body ? "POST" : "GET", body: body && JSON.stringify(body), headers: { ...headers, ...init.headers },
    });
    for (const line of answer.headers.getSetCookie()) {
      const [pair, ...attributes] = line.split(/;\s*/);
      const at = pair.indexOf("=");
      if (attributes.some((a) => /^max-age=0$/i.test(a))) this.cookies.delete(pair.slice(0, at));
      else this.cookies.set(pair.slice(0, at), pair.slice(at + 1));
    }
    return answer;
  }

  async post(path, body) {
    const answer = await this.fetch(`${this.server.issuer}${path}`, { body });
    const json = await answer.json();
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${JSON.stringify(json)}`);
    return json;
  }

  signUp() {
    return this.post("/sign-up/email", ada);
  }

  /** Opens an address and does what the pages ask for, until the browser is sent to `callback`. Resolves to that address. */
  async follow(address, callback) {
    let next = new URL(address);
    for (let i = 0; i < 10; i++) {
      if (next.href.startsWith(callback)) return next;
      this.pages.push(next.pathname);
      if (next.pathname === "/sign-in") {
        next = this.sent(await this.post("/sign-in/email", { email: ada.email, password: ada.password, oauth_query: next.search.slice(1) }));
      } else if (next.pathname === "/consent") {
        next = this.sent(await this.post("/oauth2/consent", { accept: true, oauth_query: next.search.slice(1) }));
      } else {
        const answer = await this.fetch(next, { headers: { accept: "text/html" } });
        const text = await answer.text();
        // Node's fetch is no navigation, so the server answers with the address.
        const to = answer.headers.get("location") ?? (answer.ok && text.startsWith("{") ? JSON.parse(text).url : undefined);
        if (!to) throw new Error(`${next.pathname}: ${answer.status} ${text.slice(0, 500)}`);
        next = new URL(to, next);
      }
    }
    throw new Error(`the browser is sent around: ${this.pages.join(" ")}`);
  }

  sent(json) {
    if (!json.url) throw new Error(`no address to go to: ${JSON.stringify(json)}`);
    return new URL(json.url, this.server.origin);
  }
}
