// Our server with its account pages, and people who use them.
import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { password } from "./app.mjs";
import { Inbox } from "./inbox.mjs";
import { freePort, Program } from "./processes.mjs";

export const chrome = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36";
export const phone = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1";

/** Our server with its pages, and what it sends. */
export class PageServer {
  constructor(app) {
    this.app = app;
  }
  async openInbox() {
    return (this.inbox ??= await Inbox.open());
  }
  async start({ name = "account", options = {}, database } = {}) {
    await this.openInbox();
    this.port ??= await freePort();
    this.url = `http://localhost:${this.port}`;
    this.config ??= {
      baseURL: this.url, secret: "account-pages-secret-7d1f0c9b52e84a63b0d2", database: database ?? `sqlite:${this.app.dir}/${name}.sqlite`, appName: "Taskbook",
      emailAndPassword: { enabled: true, sendResetPassword: "mail" },
      emailVerification: { sendVerificationEmail: "mail" },
      rateLimit: { enabled: false },
      user: {
        changeEmail: { enabled: true }, deleteUser: { enabled: true, gracePeriod: "30d" },
        additionalFields: { favouriteColour: { type: "string", required: false }, newsletter: { type: "boolean", required: false }, secretNote: { type: "string", required: false, returned: false } },
      },
      plugins: {
        username: {}, passkey: { trackLastUse: true }, "two-factor": {}, admin: {}, "api-key": {}, "phone-number": { sendOTP: { webhook: this.inbox.url } },
        organization: { sendInvitationEmail: "mail", teams: { enabled: true } },
        "generic-oauth": { config: [{ providerId: "example-id", discoveryUrl: `${this.app.providerURL}/.well-known/openid-configuration`, clientId: "taskbook", clientSecret: "taskbook-secret", scopes: ["openid", "profile", "email"], pkce: true }] },
      },
      mail: { from: "Taskbook <no-reply@example.com>", webhook: this.inbox.url },
      ...options,
    };
    const file = `${this.app.dir}/${name}.json`;
    await writeFile(file, JSON.stringify(this.config));
    this.program = new Program("betterauth", `${this.app.bins}/betterauth`, ["serve", "--config", file, "--listen", `127.0.0.1:${this.port}`, "--migrate"], { env: { BETTER_AUTH_MODE: "development" } });
    await this.program.ready(`${this.url}/api/auth/ok`);
    return this;
  }
  /** A browser whose console errors and violations of the policy are kept. */
  async person(options = {}) {
    const context = await this.app.person({ locale: "en-US", userAgent: chrome, ...options });
    await context.addInitScript(() => document.addEventListener("securitypolicyviolation", (e) => console.error(`policy: ${e.violatedDirective} ${e.blockedURI}`)));
    context.on("console", (message) => message.type() === "error" && !message.text().startsWith("Failed to load resource") && context.errors.push(message.text()));
    context.on("dialog", (dialog) => (context.errors.push(`dialog ${dialog.message()}`), dialog.dismiss()));
    return context;
  }
  async post(context, where, data) {
    const answer = await context.request.post(`${this.url}/api/auth${where}`, { data, headers: { origin: this.url } });
    const body = await answer.json().catch(() => null);
    assert.ok(answer.ok(), `${where}: ${answer.status()} ${JSON.stringify(body)}`);
    return body;
  }
  /** A browser in which a new user is signed in, at a page. */
  async join(email, where = "/account", { name = "Ada Lovelace", ...options } = {}) {
    const context = await this.person(options);
    const { user } = await this.post(context, "/sign-up/email", { name, email, password });
    return this.at(context, where, user);
  }
  async at(context, where, user) {
    const page = await context.newPage();
    const person = { context, page, user, open: (to) => page.goto(this.url + to), says: (text) => page.getByText(text).first().waitFor() };
    person.part = (title) => page.locator("section").filter({ has: page.getByRole("heading", { name: title, level: 2, exact: true }) });
    person.post = (to, data) => this.post(context, to, data);
    if (where) await person.open(where);
    return person;
  }
  /** Opens the link that verifies the address of somebody. */
  async verify({ context, user: { email } }) {
    await this.post(context, "/send-verification-email", { email });
    await context.request.get((await this.inbox.wait(email, "verify-email")).text.match(/https?:\S+/)[0]);
  }
  async stop() {
    await this.program?.stop();
  }
  async end() {
    await this.stop();
    await this.inbox?.close();
  }
}

export const dialog = (page) => page.getByRole("dialog");
