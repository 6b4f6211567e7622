// A server with the console, its administrator, and what happened in the mail.
import assert from "node:assert/strict";
import http from "node:http";
import { mkdir, writeFile } from "node:fs/promises";
import { password } from "./app.mjs";
import { freePort, Program, run, until } from "./processes.mjs";

/** Takes the server's mail; an address that begins with "refused" is refused for good. */
class Post {
  messages = [];

  static async open() {
    const post = new Post();
    post.server = http.createServer(async (request, response) => {
      let text = "";
      for await (const part of request) text += part;
      const message = JSON.parse(text).data[0];
      const refused = post.refuses && message.to.startsWith("refused");
      if (!refused) post.messages.push(message);
      response.writeHead(refused ? 422 : 200, { "content-type": "application/json" }).end(refused ? '{"message":"no such mailbox"}' : "{}");
    });
    post.refuses = true;
    await new Promise((resolve) => post.server.listen(0, "127.0.0.1", resolve));
    post.url = `http://127.0.0.1:${post.server.address().port}/`;
    return post;
  }
}

const everything = "admin: { allowImpersonatingAdmins: true }, console: {}, audit-log: {}, organization: {}, api-key: {}, jwt: {}, oauth-provider: { scopes: [openid, profile, email, offline_access, \"files:read\"] }";

export class Site {
  /** Starts a server on a database; its administrator exists before it runs. */
  static async start(app, name, { database, mode = "development", plugins = everything } = {}) {
    const site = Object.assign(new Site(), { app, dir: `${app.dir}/${name}`, post: await Post.open() });
    const port = await freePort();
    site.url = `http://localhost:${port}`;
    site.config = `${site.dir}/betterauth.yaml`;
    await mkdir(site.dir, { recursive: true });
    await writeFile(
      site.config,
      `mode: ${mode}
baseURL: ${site.url}
database: ${database ?? `sqlite:${site.dir}/auth.db`}
emailAndPassword: { enabled: true, sendResetPassword: mail }
mail: { from: Console <no-reply@example.com>, webhook: "${site.post.url}" }
rateLimit: { enabled: true, window: 60, max: 100000, customRules: { "/sign-in/*": { window: 60, max: 100000 }, "/verify-password": { window: 600, max: 1 } } }
plugins: { ${plugins} }
`,
    );
    site.program = await new Program("betterauth", `${app.bins}/betterauth`, ["serve", "--config", site.config, "--listen", `127.0.0.1:${port}`, "--migrate"], { cwd: site.dir, env: site.env }).ready(`${site.url}/api/auth/ok`);
    return site;
  }

  get env() {
    return { BETTER_AUTH_SECRET: this.app.secret, BETTER_AUTH_URL: "", DATABASE_URL: "" };
  }

  /** Makes an administrator with the command line, and signs them in. */
  async administrator(email = "ada@example.com", options = {}) {
    await run("sh", ["-c", `printf %s "$PASSWORD" | ${this.app.bins}/betterauth user create --admin --verified --name "Ada Lovelace" --config ${this.config} ${email}`], { env: { ...this.env, PASSWORD: password } });
    return this.signedIn(email, options);
  }

  async person(options = {}) {
    const context = await this.app.person({ locale: "en-US", ...options });
    context.problems = [];
    context.on("console", (message) => {
      // A refused request is written there by the browser; the tests look at the page instead.
      if (message.type() === "error" && !message.text().startsWith("Failed to load resource")) context.problems.push(message.text());
    });
    context.on("weberror", (error) => context.problems.push(String(error.error())));
    return context;
  }

  /** Signs a user up, without a browser. */
  async signUp(name, email) {
    const answer = await fetch(`${this.url}/api/auth/sign-up/email`, { method: "POST", headers: { "content-type": "application/json", origin: this.url }, body: JSON.stringify({ name, email, password }) });
    assert.equal(answer.status, 200, await answer.clone().text());
    return (await answer.json()).user;
  }

  async signedIn(email, options) {
    const context = await this.person(options);
    context.user = (await this.call(context, "/sign-in/email", { email, password })).user;
    return context;
  }

  /** Calls an endpoint with the cookies of a browser. */
  async request(context, path, data) {
    const options = { headers: { origin: this.url } };
    return data ? context.request.post(`${this.url}/api/auth${path}`, { ...options, data }) : context.request.get(`${this.url}/api/auth${path}`, options);
  }
  async call(context, path, data) {
    const answer = await this.request(context, path, data);
    assert.ok(answer.ok(), `${path}: ${answer.status()} ${await answer.text()}`);
    return answer.json();
  }

  async open(page, path) {
    await page.goto(this.url + path);
  }

  /** Waits for a message to somebody. */
  message(to) {
    return until(async () => {
      const found = this.post.messages.find((message) => message.to === to);
      if (!found) throw new Error(`no message to ${to} came`);
      return found;
    }, "the mail", 20);
  }

  async stop() {
    await this.program.stop();
    await new Promise((resolve) => this.post.server.close(resolve));
  }
}
