// node shared-mail.mjs [--bin path] [--only name]: what one server sends by mail, the other accepts, once: links and
// codes in every stored form, on one database. The two servers are used in turn.
import { parseArgs } from "node:util";
import { onNewerNode } from "./processes.mjs";

const tail = (url) => new URL(url).pathname.replace("/api/auth", "") + new URL(url).search;
const at = (answer) => [answer.headers.location].flat()[0];
const wrong = (otp) => (otp[0] === "0" ? "1" : "0") + otp.slice(1);

/** kind: the database; redis: secondary storage besides; the rest is config. */
const places = {
  "plain": {},
  "hashed": { forms: { storeToken: "hashed", storeOTP: "hashed" } },
  "encrypted": { forms: { storeOTP: "encrypted" } },
  "identifiers hashed": { config: { verification: { storeIdentifier: "hashed" } } },
  "PostgreSQL": { kind: "postgres" },
  "MariaDB": { kind: "mysql", forms: { storeToken: "hashed", storeOTP: "encrypted" } },
  "Redis": { redis: true },
  "Redis, hashed": { redis: true, forms: { storeToken: "hashed", storeOTP: "hashed" }, config: { verification: { storeIdentifier: "hashed" } } },
  "Redis and database": { redis: true, config: { verification: { storeInDatabase: true } } },
};

class World {
  people = 0;
  constructor(drivers, turned, mails) {
    [this.first, this.second] = turned ? [drivers[1], drivers[0]] : drivers;
    Object.assign(this, { drivers, mails });
  }
  /** The newest mail; it must be there. */
  mail(what) {
    const mail = this.mails.pop();
    if (!mail) throw new Error(`${what}: no mail`);
    return mail;
  }
  expect(what, got, want) {
    if (got !== want) throw new Error(`${what}: ${got}, want ${want}`);
  }
  /** A browser of its own for who comes next; both servers see its cookies. */
  open() {
    const name = `${this.first === this.drivers[0] ? "r" : "o"}${++this.people}`;
    for (const d of [this.first, this.second]) d.as(name);
    return { name: "N", email: `${name}@example.com`, password: "password1234" };
  }
  async call(driver, method, path, body, opts) {
    const other = driver === this.first ? this.second : this.first;
    driver.now = Math.max(driver.now, other.now);
    return driver.request(method, path, body, opts);
  }
  async signUp(verified = true) {
    const who = this.open();
    const got = await this.call(this.first, "POST", "/sign-up/email", who);
    this.expect("sign-up", got.status, 200);
    const sent = this.mails.pop();
    if (verified) {
      this.expect("verification at sign-up", (await this.call(this.second, "GET", tail(sent.url))).status, 302);
      await this.signIn(this.second, who);
    } else if (sent) this.mails.push(sent);
    return who;
  }
  async signIn(driver, who, status = 200) {
    const got = await this.call(driver, "POST", "/sign-in/email", { email: who.email, password: who.password });
    this.expect("sign-in", got.status, status);
  }
  async session(driver) {
    return (await this.call(driver, "GET", "/get-session?disableCookieCache=true")).json;
  }
}

/** What begins on w.first and ends on w.second. */
const flows = {
  async "verification mail of a sign-up"(w) {
    const who = await w.signUp(false);
    await w.signIn(w.first, who, 403);
    await w.signIn(w.second, who, 403);
    const { url } = w.mail("sent on sign-in");
    w.expect("followed", at(await w.call(w.second, "GET", tail(url))), "/");
    await w.signIn(w.first, who);
  },
  async "verification mail asked for"(w) {
    const who = await w.signUp(false);
    w.mails.length = 0;
    const got = await w.call(w.first, "POST", "/send-verification-email", { email: who.email, callbackURL: "/there" });
    w.expect("asked", got.status, 200);
    w.expect("followed", at(await w.call(w.second, "GET", tail(w.mail("asked").url))), "/there");
    await w.signIn(w.first, who);
  },
  async "reset link"(w) {
    const who = await w.signUp();
    await w.call(w.first, "POST", "/request-password-reset", { email: who.email, redirectTo: "/new" });
    const { url, token } = w.mail("reset");
    for (const driver of [w.first, w.second]) w.expect("followed", at(await w.call(driver, "GET", tail(url))), `http://localhost:3000/new?token=${token}`);
    w.expect("reset", (await w.call(w.second, "POST", "/reset-password", { newPassword: "password5678", token })).status, 200);
    for (const driver of [w.first, w.second]) w.expect("used again", (await w.call(driver, "POST", "/reset-password", { newPassword: "password9999", token })).json.code, "INVALID_TOKEN");
    await w.signIn(w.first, { ...who, password: "password5678" });
  },
  async "change of address"(w) {
    const who = await w.signUp();
    const newEmail = `new-${who.email}`;
    w.expect("asked", (await w.call(w.first, "POST", "/change-email", { newEmail, callbackURL: "/changed" })).status, 200);
    w.expect("confirmed", at(await w.call(w.second, "GET", tail(w.mail("confirmation").url))), "/changed");
    const { url } = w.mail("verification");
    w.expect("verified", at(await w.call(w.first, "GET", tail(url))), "/changed");
    w.expect("the address", (await w.session(w.second))?.user.email, newEmail);
    if (!/INVALID_TOKEN/.test(at(await w.call(w.second, "GET", tail(url))))) throw new Error("the link worked twice");
  },
  async "link to delete the account"(w) {
    const who = await w.signUp();
    await w.call(w.first, "POST", "/delete-user", { callbackURL: "/bye" });
    const { url } = w.mail("deletion");
    w.expect("deleted", at(await w.call(w.second, "GET", tail(url))), "/bye");
    w.expect("signed out", await w.session(w.first), null);
    await w.signIn(w.first, who, 401);
  },
  async "magic link"(w) {
    const who = await w.signUp();
    await w.call(w.first, "POST", "/sign-in/magic-link", { email: who.email, callbackURL: "/in" });
    const { url } = w.mail("link");
    w.first.forget();
    w.second.forget();
    w.expect("followed", at(await w.call(w.second, "GET", tail(url))), "http://localhost:3000/in");
    w.expect("signed in", (await w.session(w.first))?.user.email, who.email);
    for (const driver of [w.first, w.second]) if (!/error=INVALID_TOKEN/.test(at(await w.call(driver, "GET", tail(url))))) throw new Error("the link worked twice");
  },
  async "magic link of somebody new"(w) {
    const who = w.open();
    await w.call(w.first, "POST", "/sign-in/magic-link", { email: who.email, name: "Newcomer", newUserCallbackURL: "/welcome", callbackURL: "/in" });
    w.expect("followed", at(await w.call(w.second, "GET", tail(w.mail("link").url))), "http://localhost:3000/welcome");
    w.expect("the name", (await w.session(w.first))?.user.name, "Newcomer");
  },
  async "code to sign in"(w) {
    const who = await w.signUp();
    await w.call(w.first, "POST", "/email-otp/send-verification-otp", { email: who.email, type: "sign-in" });
    const { otp } = w.mail("code");
    const enter = (driver, code) => w.call(driver, "POST", "/sign-in/email-otp", { email: who.email, otp: code });
    w.expect("wrong there", (await enter(w.second, wrong(otp))).json.code, "INVALID_OTP");
    w.expect("checked", (await w.call(w.second, "POST", "/email-otp/check-verification-otp", { email: who.email, type: "sign-in", otp })).status, 200);
    w.expect("wrong here", (await enter(w.first, wrong(otp))).json.code, "INVALID_OTP");
    w.expect("right", (await enter(w.second, otp)).status, 200);
    for (const driver of [w.first, w.second]) w.expect("used again", (await enter(driver, otp)).json.code, "INVALID_OTP");
  },
  async "guesses are counted by both"(w) {
    const who = await w.signUp();
    await w.call(w.first, "POST", "/email-otp/send-verification-otp", { email: who.email, type: "sign-in" });
    const { otp } = w.mail("code");
    for (const driver of [w.second, w.first, w.second]) w.expect("wrong", (await w.call(driver, "POST", "/sign-in/email-otp", { email: who.email, otp: wrong(otp) })).json.code, "INVALID_OTP");
    w.expect("one too many", (await w.call(w.first, "POST", "/sign-in/email-otp", { email: who.email, otp })).json.code, "TOO_MANY_ATTEMPTS");
    w.expect("gone", (await w.call(w.second, "POST", "/sign-in/email-otp", { email: who.email, otp })).json.code, "INVALID_OTP");
  },
  async "code to verify an address"(w) {
    const who = await w.signUp(false);
    w.mails.length = 0;
    await w.call(w.first, "POST", "/email-otp/send-verification-otp", { email: who.email, type: "email-verification" });
    w.expect("verified", (await w.call(w.second, "POST", "/email-otp/verify-email", { email: who.email, otp: w.mail("code").otp })).json.user?.emailVerified, true);
    await w.signIn(w.first, who);
  },
  async "code to reset a password"(w) {
    const who = await w.signUp();
    await w.call(w.first, "POST", "/email-otp/request-password-reset", { email: who.email });
    const body = { email: who.email, otp: w.mail("code").otp, password: "password5678" };
    w.expect("reset", (await w.call(w.second, "POST", "/email-otp/reset-password", body)).status, 200);
    w.expect("used again", (await w.call(w.first, "POST", "/email-otp/reset-password", body)).json.code, "INVALID_OTP");
    await w.signIn(w.first, { ...who, password: "password5678" });
  },
  async "code to change the address"(w) {
    const who = await w.signUp();
    const newEmail = `new-${who.email}`;
    await w.call(w.first, "POST", "/email-otp/request-email-change", { newEmail });
    w.expect("changed", (await w.call(w.second, "POST", "/email-otp/change-email", { newEmail, otp: w.mail("code").otp })).status, 200);
    w.expect("the address", (await w.session(w.first))?.user.email, newEmail);
  },
  async "one-time token"(w) {
    const who = await w.signUp();
    const { json } = await w.call(w.first, "GET", "/one-time-token/generate");
    const nobody = { cookies: false, keepJar: true };
    w.expect("redeemed", (await w.call(w.second, "POST", "/one-time-token/verify", { token: json?.token }, nobody)).json.user?.email, who.email);
    for (const driver of [w.first, w.second]) w.expect("used again", (await w.call(driver, "POST", "/one-time-token/verify", { token: json?.token }, nobody)).status, 400);
  },
};

let numbered = 0;

async function play({ sides, databases, recorder, migrator }, { kind = "sqlite", redis, forms = {}, config: own = {} }, report) {
  const { Driver } = await import("./client.mjs");
  const id = `mailed${++numbered}`;
  const database = await databases.create(kind);
  const mails = [];
  const hook = { webhook: `${recorder.register(id, (_, text) => (mails.push(JSON.parse(text).data[0]), { status: 200 }))}/mail` };
  const { storeToken, storeOTP } = forms;
  const config = {
    secret: "shared-secret-4f6b1d0e8a7c4c3e9b2d5a60", baseURL: "http://localhost:3000",
    emailAndPassword: { enabled: true, requireEmailVerification: true, sendResetPassword: hook },
    emailVerification: { sendVerificationEmail: hook, sendOnSignUp: true, sendOnSignIn: true },
    user: { changeEmail: { enabled: true, sendChangeEmailConfirmation: hook }, deleteUser: { enabled: true, sendDeleteAccountVerification: hook } },
    plugins: {
      "magic-link": { sendMagicLink: hook, ...(storeToken && { storeToken }) },
      "email-otp": { sendVerificationOTP: hook, changeEmail: { enabled: true }, ...(storeOTP && { storeOTP }) },
      "one-time-token": { ...(storeToken && { storeToken }) },
    },
    ...own,
    database: { provider: database.provider, url: database.url },
    ...(redis && { secondaryStorage: { provider: "redis", url: (await databases.create("redis")).url } }),
    $test: { env: "development" },
  };
  const drivers = [];
  try {
    const { error } = await migrator.migrate(id, config);
    if (error) throw new Error(error);
    for (const server of sides) {
      const { url, error } = await server.serve(id, config);
      if (error) throw new Error(error);
      const driver = new Driver({ origin: config.baseURL, basePath: "/api/auth" });
      driver.url = url;
      drivers.push(driver);
    }
    drivers[1].jars = drivers[0].jars; // one browser
    for (const turned of [false, true]) {
      const world = new World(drivers, turned, mails);
      for (const [name, flow] of Object.entries(flows)) {
        mails.length = 0;
        const title = `${name}, begun on ${turned ? "ours" : "the reference"}`;
        await flow(world).then(() => report(title), (e) => report(title, e));
      }
    }
  } finally {
    for (const driver of drivers) driver.end();
    for (const server of sides) await server.close(id);
    recorder.remove(id);
    await database.drop();
  }
}

async function main() {
  const { values: flags } = parseArgs({ options: { bin: { type: "string" }, only: { type: "string" } } });
  const { openContext } = await import("./context.mjs");
  const context = await openContext({ bin: flags.bin });
  let done = 0;
  let failed = 0;
  try {
    for (const [name, place] of Object.entries(places)) {
      if (flags.only && flags.only !== name) continue;
      const missing = [place.kind ?? "sqlite", ...(place.redis ? ["redis"] : [])];
      const reasons = (await Promise.all(missing.map((kind) => context.databases.missing(kind)))).filter(Boolean);
      if (reasons.length) {
        console.log(`SKIPPED ${name}: ${reasons[0]}`);
        if (process.env.CI === "true") failed++;
        continue;
      }
      await play(context, place, (title, error) => {
        done++;
        if (!error) return;
        failed++;
        console.log(`FAIL ${name}: ${title}: ${error.message}`);
      });
    }
  } finally {
    await context.end();
  }
  console.log(`mail between two servers: ${done} flows, ${failed} failed`);
  process.exit(failed ? 1 : 0);
}

if (await onNewerNode()) await main();
