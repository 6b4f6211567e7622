// What the tests run against: our server on PostgreSQL, the production build of the Next.js example, a backend, a browser.
import { existsSync, mkdirSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { chromium } from "playwright-core";
import { startBackend } from "./backends.mjs";
import { Inbox } from "./inbox.mjs";
import { freePort, here, Program, root, run, startPostgres } from "./processes.mjs";

export const next = path.join(root, "examples/nextjs");
export const password = "correct horse battery";

const flags = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"];

export class App {
  secret = "browser-secret-7d1f0c9b52e84a63b0d2c7e9";
  revokes = 0;

  /** Chooses addresses and builds everything; resolves when all can be started. */
  async build({ fresh = true } = {}) {
    await this.buildServer("./examples/go/backend", "./examples/go/embed");
    this.ports = { web: await freePort(), auth: await freePort(), api: await freePort(), rewrite: await freePort(), provider: await freePort() };
    this.url = `http://localhost:${this.ports.web}`;
    this.authURL = `http://127.0.0.1:${this.ports.auth}`;
    this.apiURL = `http://localhost:${this.ports.api}`;
    this.providerURL = `http://localhost:${this.ports.provider}`;
    const install = (cwd) => (fresh || !existsSync(`${cwd}/node_modules`) ? run("npm", ["ci"], { cwd }) : undefined);
    await install(path.join(root, "examples/express"));
    await install(next);
  }
  /** Builds our server, and other programs of Go. */
  async buildServer(...others) {
    this.dir = await mkdtemp(path.join(os.tmpdir(), "browser-"));
    mkdirSync(this.bins);
    await run("go", ["build", "-o", this.bins, "./cmd/betterauth", ...others]);
  }
  get bins() {
    return `${this.dir}/bin`;
  }
  get webEnv() {
    return {
      NODE_ENV: "production",
      NEXT_TELEMETRY_DISABLED: "1",
      BETTER_AUTH_URL: this.url,
      BETTER_AUTH_SECRET: this.secret,
      BETTER_AUTH_SERVER_URL: this.authURL,
      NEXT_PUBLIC_API_URL: this.apiURL,
      SOCIAL_PROVIDERS: "example-id:Example ID",
    };
  }
  get authEnv() {
    return { BETTER_AUTH_URL: this.url, BETTER_AUTH_SECRET: this.secret, DATABASE_URL: this.database, BETTER_AUTH_MODE: "production", EXAMPLE_ID_URL: this.providerURL };
  }
  buildWeb() {
    return run(process.execPath, ["node_modules/next/dist/bin/next", "build"], { cwd: next, env: this.webEnv });
  }

  async startDatabase() {
    this.postgres = await startPostgres();
    this.database = await this.postgres.create("app");
    this.inbox = await Inbox.open();
    // The example's own config, without the limiter: one address signs in very often here.
    const text = await readFile(path.join(root, "examples/betterauth.yaml"), "utf8");
    const common = `${text}rateLimit:\n  enabled: false\ntrustedOrigins: ["http://localhost:${this.ports.rewrite}"]\n`;
    this.config = `${this.dir}/betterauth.yaml`;
    await writeFile(this.config, `${common}mail:\n  from: Taskbook <no-reply@example.com>\n  webhook: ${this.inbox.url}\n`);
    // In development mail is kept in the outbox; here nobody gets in before the link in it was opened.
    this.strictConfig = `${this.dir}/strict.yaml`;
    await writeFile(this.strictConfig, common.replace("  enabled: true\n", "  enabled: true\n  requireEmailVerification: true\n"));
  }
  async startAuth({ config = this.config, mode = "production" } = {}) {
    const args = ["serve", "--config", config, "--listen", `127.0.0.1:${this.ports.auth}`, "--migrate"];
    const env = { ...this.authEnv, BETTER_AUTH_MODE: mode };
    this.auth = await new Program("betterauth", `${this.bins}/betterauth`, args, { env }).ready(`${this.authURL}/api/auth/ok`);
  }
  async startProvider() {
    const env = { PORT: String(this.ports.provider) };
    this.provider = await new Program("Example ID", process.execPath, [path.join(root, "examples/provider/server.mjs")], { env }).ready(`${this.providerURL}/jwks`);
  }
  command(...args) {
    return run(`${this.bins}/betterauth`, [...args, "--config", this.config], { env: this.authEnv });
  }
  async startReference() {
    const env = { ...this.authEnv, PORT: String(this.ports.auth), NODE_ENV: "production", BETTER_AUTH_TELEMETRY: "0" };
    this.reference = await new Program("reference", process.execPath, ["reference-host.mjs"], { cwd: here, env }).ready(`${this.authURL}/api/auth/ok`);
  }
  async startBackend(name) {
    const env = { BETTER_AUTH_URL: this.url, BETTER_AUTH_SECRET: this.secret, DATABASE_URL: this.database };
    this.backend = await startBackend(name, { bins: this.bins, port: this.ports.api, env });
  }
  async startWeb() {
    const args = ["node_modules/next/dist/bin/next", "start", "-H", "127.0.0.1", "-p", String(this.ports.web)];
    this.web = await new Program("Next.js", process.execPath, args, { cwd: next, env: this.webEnv }).ready(this.url);
  }
  /** The second wiring, in Next's development server. */
  async startRewrite() {
    const env = { ...this.webEnv, NODE_ENV: "development", AUTH_WIRING: "rewrite" };
    const args = ["node_modules/next/dist/bin/next", "dev", "-H", "127.0.0.1", "-p", String(this.ports.rewrite)];
    this.rewriteURL = `http://localhost:${this.ports.rewrite}`;
    this.rewrite = await new Program("next dev", process.execPath, args, { cwd: next, env }).ready(this.rewriteURL);
  }

  async startBrowser() {
    this.browser = await chromium.launch({ executablePath: "/usr/bin/chromium", headless: true, args: flags });
  }
  /** A browser of its own: cookies, storage, and what went wrong on its pages. */
  async person(options = {}) {
    const context = await this.browser.newContext({ viewport: { width: 1280, height: 800 }, ...options });
    context.setDefaultTimeout(60_000); // the machine may be busy
    // Node closes a connection after five idle seconds, possibly while a request is on its way.
    const { request } = context;
    const send = request.fetch.bind(request);
    request.fetch = (url, more) => send(url, { maxRetries: 3, ...more });
    context.errors = [];
    context.on("weberror", (error) => context.errors.push(String(error.error())));
    return context;
  }
  /** A browser in which a new user is signed in. */
  async signedIn(email, options) {
    const context = await this.person(options);
    const answer = await context.request.post(`${this.url}/api/auth/sign-up/email`, { data: { name: "Ada Lovelace", email, password }, headers: { origin: this.url } });
    if (!answer.ok()) throw new Error(`sign-up: ${answer.status()} ${await answer.text()}`);
    const { user, token } = await answer.json();
    return Object.assign(context, { user, token });
  }

  async end() {
    await this.browser?.close();
    for (const program of [this.web, this.rewrite, this.auth, this.reference, this.backend, this.provider]) await program?.stop();
    await this.inbox?.close();
    await this.postgres?.stop();
    if (this.dir) await rm(this.dir, { recursive: true, force: true });
  }
}
