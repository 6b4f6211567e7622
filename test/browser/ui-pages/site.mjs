// The binary with its own pages, and browsers in which every error of a page counts.
import { createRequire } from "node:module";
import { writeFile } from "node:fs/promises";
import assert from "node:assert/strict";
import path from "node:path";
import { Inbox } from "../inbox.mjs";
import { freePort, Program, root } from "../processes.mjs";

const axe = createRequire(import.meta.url).resolve("axe-core/axe.min.js");

export const password = "correct horse battery";

export class Hosted {
  /** Starts `betterauth serve` with a config on a port of its own. */
  static async start(app, name, settings, { database, provider } = {}) {
    const site = new Hosted();
    const port = await freePort();
    site.inbox = await Inbox.open();
    site.url = `http://localhost:${port}`;
    if (provider) {
      const at = await freePort();
      site.provider = await new Program("Example ID", process.execPath, [path.join(root, "examples/provider/server.mjs")], { env: { PORT: String(at) } }).ready(`http://localhost:${at}/jwks`);
      site.providerURL = `http://localhost:${at}`;
    }
    const config = {
      baseURL: site.url, mode: "production", secret: "pages-secret-3b9e0d57a1c64f82b7d5e6f0", database: database ?? `sqlite:${app.dir}/${name}.sqlite`,
      emailAndPassword: { enabled: true, sendResetPassword: "mail" },
      rateLimit: { enabled: false },
      mail: { from: "Pages <no-reply@example.com>", webhook: site.inbox.url },
      ui: { enabled: true, name: "Analytical Engines" },
      ...settings(site),
    };
    const file = `${app.dir}/${name}.json`;
    await writeFile(file, JSON.stringify(config));
    site.program = await new Program("betterauth", `${app.bins}/betterauth`, ["serve", "--config", file, "--listen", `127.0.0.1:${port}`, "--migrate"], {}).ready(`${site.url}/api/auth/ok`);
    return site;
  }
  async stop() {
    await this.program.stop();
    await this.provider?.stop();
    await this.inbox.close();
  }
  /** Signs somebody up over the API. */
  async signUp(email, more = {}) {
    const answer = await this.post("/sign-up/email", { name: "Ada Lovelace", email, password, ...more });
    assert.equal(answer.status, 200, await answer.clone().text());
    return { ...(await answer.json()), cookie: answer.headers.getSetCookie().map((line) => line.split(";")[0]).join("; ") };
  }
  post(where, data, cookie) {
    return fetch(`${this.url}/api/auth${where}`, { method: "POST", headers: { "content-type": "application/json", origin: this.url, ...(cookie && { cookie }) }, body: JSON.stringify(data) });
  }
}

/** A person with a browser of their own, in English unless the options name another language. */
export class Visitor {
  static async come(app, site, options = {}) {
    const visitor = Object.assign(new Visitor(), { app, site, problems: [], expected: [] });
    visitor.context = await app.person({ locale: "en-US", ...options });
    visitor.page = await visitor.context.newPage();
    visitor.watch(visitor.page);
    return visitor;
  }
  /** Errors in the console count, except for the answers of the API that a test asked for. */
  watch(page) {
    page.on("console", (message) => {
      const text = message.text();
      if (message.type() !== "error" || /the server responded with a status of 4\d\d/.test(text) && message.location().url.includes("/api/auth/")) return;
      this.problems.push(`${text} (${message.location().url})`);
    });
    page.on("pageerror", (error) => this.problems.push(String(error)));
    page.on("request", (request) => {
      const { origin, protocol } = new URL(request.url());
      if (request.resourceType() !== "document" && origin !== this.site.url && protocol !== "data:") this.problems.push(`a request to ${request.url()}`);
    });
  }
  open(where) {
    return this.page.goto(this.site.url + where, { waitUntil: "networkidle" });
  }
  async fill(fields, button) {
    for (const [label, value] of Object.entries(fields)) await this.page.getByLabel(label, { exact: true }).fill(value);
    if (button) await this.page.getByRole("button", { name: button, exact: true }).click();
  }
  says(text) {
    return this.page.getByText(text).first().waitFor();
  }
  at(where) {
    return this.page.waitForURL((url) => url.pathname === where);
  }
  async who() {
    return (await (await this.context.request.get(`${this.site.url}/api/auth/get-session`)).json())?.user?.email ?? null;
  }
  signOut() {
    return this.context.clearCookies({ name: /session/ });
  }
  fine() {
    assert.deepEqual([...this.problems, ...this.context.errors], []);
  }
  close() {
    return this.context.close();
  }
}

/** Takes a picture of a page; nothing may stick out or be inaccessible. */
export async function look(page, file, width) {
  await page.screenshot({ path: file });
  const wide = await page.evaluate(() => document.documentElement.scrollWidth);
  assert.ok(wide <= width, `${wide} pixels wide`);
  // axe is a script, which a page without scripts does not run, and a test without them cannot judge.
  if (!(await page.evaluate(() => document.querySelector("noscript")?.childElementCount))) await inspect(page);
}

async function inspect(page) {
  await page.evaluate(await axeSource());
  const found = await page.evaluate(() => globalThis.axe.run({ runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] }));
  assert.deepEqual(found.violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.target).join(" ")} ${v.nodes[0].failureSummary ?? ""}`), []);
}

let source;
async function axeSource() {
  const { readFile } = await import("node:fs/promises");
  return (source ??= await readFile(axe, "utf8"));
}
