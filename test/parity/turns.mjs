// One database, two servers, and requests to either in random order: each continues what the other began.
// node turns.mjs [--self] [--seed n] [--bin path] [--requests n] [--only sqlite,postgres,mysql,redis]
import { parseArgs } from "node:util";
import { Authenticator } from "./authenticator.mjs";
import { App, wrong } from "./factor.mjs";
import { onNewerNode } from "./processes.mjs";
import { clients, provider as authorization } from "./turns-clients.mjs";
import { answers, devices } from "./turns-devices.mjs";
import { keys, kinds } from "./turns-keys.mjs";
import { organizations } from "./turns-organizations.mjs";

const config = {
  secret: "turns-secret-5d0f9a7be1c24836a9b8c7d6",
  baseURL: "http://localhost:3000",
  emailAndPassword: { enabled: true },
  session: { expiresIn: 60 * 86400, freshAge: 0, cookieCache: { enabled: true } },
  user: { deleteUser: { enabled: true } },
  plugins: {
    // Everybody is an administrator.
    admin: { defaultRole: "admin", allowImpersonatingAdmins: true },
    anonymous: { onLinkAccount: { webhook: "linked" } },
    bearer: {},
    "device-authorization": {},
    electron: {},
    jwt: {},
    "multi-session": {},
    "one-time-token": {},
    organization: {},
    passkey: {},
    "phone-number": { sendOTP: { webhook: "phone" }, sendPasswordResetOTP: { webhook: "phone" }, requireVerification: true },
    siwe: { domain: "localhost:3000", getNonce: { webhook: "nonce" }, verifyMessage: { webhook: "signature" } },
    "two-factor": { otpOptions: { sendOTP: { webhook: "factor" }, storeOTP: "encrypted" } },
    username: {},
    "magic-link": { sendMagicLink: { webhook: "link" } }, "email-otp": { sendVerificationOTP: { webhook: "code" }, storeOTP: "encrypted" },
  },
  $test: { env: "development" },
};

class Failed extends Error {}

/** A model of who is signed in where, beside the real thing. */
class Play {
  users = [];
  browsers = [];
  count = 0;
  wallets = 0;
  constructor(driver, urls, next, mails, { kind, redis, self }) {
    Object.assign(this, { driver, urls, next, mails, kind, redis, self });
  }
  pick(list) {
    return list[Math.floor(this.next() * list.length)];
  }
  turn(what) {
    const turn = Math.floor(this.next() * this.urls.length);
    this.driver.url = this.urls[turn];
    this.count++;
    this.ours = turn > 0 && !this.self;
    this.last = `${what} at ${turn === 0 ? "the reference" : this.self ? "its double" : "ours"}`;
  }
  async call(browser, method, path, body, opts = {}) {
    this.turn(`${method} ${path}`);
    return this.driver.as(browser.name).request(method, path, body, opts);
  }
  /** A call of the program itself, without a request. */
  async program(name, body) {
    this.turn(name);
    return this.driver.api(name, { body });
  }
  expect(condition, what, answer) {
    if (!condition) throw new Failed(`${what}; request ${this.count}, ${this.last}: ${answer?.status} ${answer?.body?.slice(0, 300)}`);
  }
  open() {
    const browser = { name: `b${this.browsers.length}`, user: null };
    this.browsers.push(browser);
    return browser;
  }
  signedIn() {
    return this.browsers.filter((b) => b.user);
  }
  of(user) {
    return this.browsers.filter((b) => b.user === user);
  }

  async signUp() {
    const n = this.users.length;
    const user = { email: `user${n}@example.com`, password: `password-${n}-0`, name: `User ${n}`, username: `User_${n}` };
    const browser = this.open();
    const got = await this.call(browser, "POST", "/sign-up/email", user);
    this.expect(got.status === 200, "sign-up works", got);
    Object.assign(user, { id: got.json.user.id, keys: [] });
    Object.assign(browser, { user, token: got.json.token });
    this.users.push(user);
    // On MariaDB the reference answers 500 when a link or a code first verifies an address.
    if (this.kind === "mysql") await this.resetByCode(user);
  }
  async signIn() {
    const user = this.pick(this.users);
    const browser = this.open();
    const got = await this.call(browser, "POST", "/sign-in/email", { email: user.email, password: user.password });
    this.expect(got.status === 200 && got.json.user.name === user.name, "sign-in works", got);
    Object.assign(browser, { user, token: got.json.token });
  }
  /** A name that was given on one server signs in on the other, in any case. */
  async signInByName() {
    const user = this.pick(this.users);
    const browser = this.open();
    const username = this.next() < 0.5 ? user.username.toUpperCase() : user.username.toLowerCase();
    const got = await this.call(browser, "POST", "/sign-in/username", { username, password: user.password });
    this.expect(got.status === 200 && got.json.user.id === user.id, "the username signs in", got);
    Object.assign(browser, { user, token: got.json.token });
  }
  async changeName() {
    const browser = this.pick(this.signedIn());
    const { user } = browser;
    const username = `Name_${this.count}`;
    const got = await this.call(browser, "POST", "/update-user", { username });
    this.expect(got.status === 200, "the username changes", got);
    const free = await this.call(this.open(), "POST", "/is-username-available", { username: username.toUpperCase() });
    this.expect(free.json?.available === false, "and is taken", free);
    user.username = username;
  }
  /** A number that was proven on one server, with a code of the other, signs in on both. */
  async proveNumber() {
    const browser = this.pick(this.signedIn());
    const phoneNumber = `+49170${String(this.count).padStart(7, "0")}`;
    await this.call(browser, "POST", "/phone-number/send-otp", { phoneNumber });
    const { code } = this.mails.pop();
    const bad = await this.call(browser, "POST", "/phone-number/verify", { phoneNumber, code: code === "000000" ? "111111" : "000000" });
    this.expect(bad.status === 400, "a wrong code is refused", bad);
    const got = await this.call(browser, "POST", "/phone-number/verify", { phoneNumber, code, updatePhoneNumber: true });
    this.expect(got.status === 200 && got.json.user.phoneNumber === phoneNumber, "the number is proven", got);
    const again = await this.call(browser, "POST", "/phone-number/verify", { phoneNumber, code });
    this.expect(again.status === 400, "a code works once", again);
    browser.user.phoneNumber = phoneNumber;
  }
  async signInByPhone() {
    const known = this.users.filter((u) => u.phoneNumber);
    if (known.length === 0) return this.signedIn().length ? this.proveNumber() : this.signIn();
    const user = this.pick(known);
    const { phoneNumber } = user;
    const browser = this.open();
    if (this.next() < 0.5) {
      await this.call(browser, "POST", "/phone-number/request-password-reset", { phoneNumber });
      const newPassword = `password-${this.count}-phone`;
      const reset = await this.call(browser, "POST", "/phone-number/reset-password", { phoneNumber, otp: this.mails.pop().code, newPassword });
      this.expect(reset.status === 200, "the password is reset by phone", reset);
      user.password = newPassword;
    }
    const got = await this.call(browser, "POST", "/sign-in/phone-number", { phoneNumber, password: user.password });
    this.expect(got.status === 200 && got.json.user.id === user.id, "the number signs in", got);
    Object.assign(browser, { user, token: got.json.token });
  }
  async wrongPassword() {
    const got = await this.call(this.open(), "POST", "/sign-in/email", { email: this.pick(this.users).email, password: "wrong-password" });
    this.expect(got.status === 401, "a wrong password is refused", got);
  }
  async session() {
    const browser = this.pick(this.browsers);
    const sure = !browser.user || this.next() < 0.5;
    const got = await this.call(browser, "GET", `/get-session${sure ? "?disableCookieCache=true" : ""}`);
    this.expect(got.status === 200, "get-session answers", got);
    if (!browser.user) return this.expect(got.json === null, "who is signed out stays out", got);
    this.expect(got.json?.user.id === browser.user.id && got.json.session.token === browser.token, "who is signed in stays in", got);
    if (sure) this.expect(got.json.user.name === browser.user.name, "the name is the newest", got);
  }
  async list() {
    const browser = this.pick(this.signedIn());
    const got = await this.call(browser, "GET", "/list-sessions?disableCookieCache=true");
    const tokens = this.of(browser.user).map((b) => b.token).sort();
    this.expect(JSON.stringify(got.json?.map((x) => x.token).sort()) === JSON.stringify(tokens), "all sessions are listed, and no other", got);
  }
  async revoke() {
    const browser = this.pick(this.signedIn());
    const other = this.pick(this.of(browser.user));
    const got = await this.call(browser, "POST", "/revoke-session", { token: other.token });
    this.expect(got.status === 200, "a session is revoked", got);
    other.user = null;
  }
  async revokeOthers() {
    const browser = this.pick(this.signedIn());
    const got = await this.call(browser, "POST", "/revoke-other-sessions", {});
    this.expect(got.status === 200, "other sessions are revoked", got);
    for (const other of this.of(browser.user)) if (other !== browser) other.user = null;
  }
  async rename() {
    const browser = this.pick(this.signedIn());
    const name = `Name ${this.count}`;
    const got = await this.call(browser, "POST", "/update-user", { name });
    this.expect(got.status === 200, "the name changes", got);
    browser.user.name = name;
  }
  async changePassword() {
    const browser = this.pick(this.signedIn());
    const { user } = browser;
    const newPassword = `password-${this.count}-new`;
    const revokeOtherSessions = this.next() < 0.5;
    const got = await this.call(browser, "POST", "/change-password", { currentPassword: user.password, newPassword, revokeOtherSessions });
    this.expect(got.status === 200, "the password changes", got);
    user.password = newPassword;
    if (!revokeOtherSessions) return;
    for (const other of this.of(user)) if (other !== browser) other.user = null;
    browser.token = got.json.token;
  }
  async token() {
    const { createLocalJWKSet, jwtVerify } = await import("jose");
    const browser = this.pick(this.signedIn());
    const got = await this.call(browser, "GET", "/token");
    this.expect(got.status === 200, "a token is given", got);
    const keys = await this.call(browser, "GET", "/jwks");
    this.expect(keys.json?.keys?.length === 1, "both servers use one key", keys);
    const { payload } = await jwtVerify(got.json.token, createLocalJWKSet(keys.json), { currentDate: new Date(this.driver.now) });
    this.expect(payload.sub === browser.user.id, "the token is the user's", got);
  }
  /** The first proof of an account's address removes the password and the sessions from before; ours also what plugins added. */
  async prove(browser, user, got) {
    this.expect(got.status === 200 && got.json.user.id === user.id && got.json.user.emailVerified, "the proof signs in", got);
    if (!user.verified) for (const other of this.of(user)) other.user = null;
    if (!user.verified && this.ours) Object.assign(user, { keys: [], phoneNumber: undefined });
    Object.assign(browser, { user, token: got.json.token });
    const hadPassword = user.verified;
    user.verified = true;
    if (!hadPassword) await this.resetByCode(user);
  }
  async link() {
    const user = this.pick(this.users);
    const browser = this.open();
    await this.call(browser, "POST", "/sign-in/magic-link", { email: user.email });
    const path = `/magic-link/verify?token=${this.mails.pop().token}`;
    await this.prove(browser, user, await this.call(browser, "GET", path));
    const again = await this.call(this.open(), "GET", path);
    this.expect(again.status === 302 && again.setCookie.length === 0, "a link works once", again);
  }
  async code() {
    const user = this.pick(this.users);
    const browser = this.open();
    await this.call(browser, "POST", "/email-otp/send-verification-otp", { email: user.email, type: "sign-in" });
    const { otp } = this.mails.pop();
    const bad = await this.call(browser, "POST", "/sign-in/email-otp", { email: user.email, otp: otp === "000000" ? "111111" : "000000" });
    this.expect(bad.status === 400, "a wrong code is refused", bad);
    await this.prove(browser, user, await this.call(browser, "POST", "/sign-in/email-otp", { email: user.email, otp }));
    const again = await this.call(this.open(), "POST", "/sign-in/email-otp", { email: user.email, otp });
    this.expect(again.status === 400, "a code works once", again);
  }
  async resetByCode(user = this.pick(this.users)) {
    const browser = this.open();
    await this.call(browser, "POST", "/email-otp/request-password-reset", { email: user.email });
    const password = `password-${this.count}-reset`;
    const got = await this.call(browser, "POST", "/email-otp/reset-password", { email: user.email, otp: this.mails.pop().otp, password });
    this.expect(got.status === 200, "the password is reset by a code", got);
    Object.assign(user, { password, verified: true });
  }
  async oneTimeToken() {
    const browser = this.pick(this.signedIn());
    const { json } = await this.call(browser, "GET", "/one-time-token/generate?disableCookieCache=true");
    const nobody = { cookies: false, keepJar: true };
    const got = await this.call(browser, "POST", "/one-time-token/verify", { token: json?.token }, nobody);
    this.expect(got.json?.session?.token === browser.token, "the token stands for the session", got);
    const again = await this.call(browser, "POST", "/one-time-token/verify", { token: json?.token }, nobody);
    this.expect(again.status === 400, "a one-time token works once", again);
  }
  async addPasskey() {
    const browser = this.pick(this.signedIn());
    const { user } = browser;
    const key = new Authenticator(`${user.email} ${user.keys.length}`, { alg: this.pick([-7, -8, -257]), counts: this.next() < 0.5 });
    const options = await this.call(browser, "GET", "/passkey/generate-register-options");
    const known = options.json?.excludeCredentials?.map((c) => c.id).sort();
    this.expect(JSON.stringify(known) === JSON.stringify(user.keys.map((k) => k.id.toString("base64url")).sort()), "known passkeys are excluded", options);
    const response = key.create(options.json);
    const got = await this.call(browser, "POST", "/passkey/verify-registration", { response, name: "Key" });
    this.expect(got.status === 200 && got.json.userId === user.id, "a passkey is registered", got);
    user.keys.push(key);
    const again = await this.call(browser, "POST", "/passkey/verify-registration", { response });
    this.expect(again.status === 400, "a challenge works once", again);
  }
  async usePasskey() {
    const user = this.pick(this.users.filter((u) => u.keys.length > 0));
    if (!user) return;
    const key = this.pick(user.keys);
    const browser = this.open();
    const clone = key.clone();
    const sign = async (who, challenged) => {
      const options = await this.call(challenged, "GET", "/passkey/generate-authenticate-options");
      return this.call(challenged, "POST", "/passkey/verify-authentication", { response: who.get(options.json) });
    };
    const got = await sign(key, browser);
    this.expect(got.status === 200 && got.json.user.id === user.id, "a passkey signs in", got);
    Object.assign(browser, { user, token: got.json.session.token });
    if (!key.counts) return;
    const copied = await sign(clone, this.open());
    this.expect(copied.status === 400, "a copy of a passkey is refused", copied);
  }

  /** An anonymous user of one server is linked by the other. */
  async guest() {
    const user = this.pick(this.users);
    const browser = this.open();
    const guest = await this.call(browser, "POST", "/sign-in/anonymous", {});
    this.expect(guest.json?.user.isAnonymous === true, "anybody gets in anonymously", guest);
    const cookie = this.driver.as(browser.name).jar().header();
    const got = await this.call(browser, "POST", "/sign-in/email", { email: user.email, password: user.password });
    this.expect(got.status === 200, "an anonymous user signs in", got);
    const { anonymousUser, newUser } = this.mails.pop() ?? {};
    this.expect(anonymousUser?.user.id === guest.json.user.id && newUser.user.id === user.id, "both users are told", got);
    Object.assign(browser, { user, token: got.json.token });
    const gone = await this.call(browser, "GET", "/get-session?disableCookieCache=true", undefined, { cookie, keepJar: true });
    this.expect(gone.json === null, "the anonymous user is gone", gone);
  }

  /** Two users share a browser; the cookies of one server work on the other. */
  async share() {
    const [first, second] = [this.pick(this.users), this.pick(this.users)];
    if (first === second) return;
    const browser = this.open();
    const tokens = [];
    for (const { email, password } of [first, second]) tokens.push((await this.call(browser, "POST", "/sign-in/email", { email, password })).json?.token);
    const list = await this.call(browser, "GET", "/multi-session/list-device-sessions");
    this.expect(JSON.stringify(list.json?.map((s) => s.session.token).sort()) === JSON.stringify([...tokens].sort()), "both sessions are listed", list);
    for (const [i, user] of [first, second].entries()) {
      const got = await this.call(browser, "POST", "/multi-session/set-active", { sessionToken: tokens[i] });
      this.expect(got.json?.user.id === user.id, "a session is activated", got);
      const now = await this.call(browser, "GET", "/get-session");
      this.expect(now.json?.session.token === tokens[i], "the active session is the current one", now);
    }
    const revoked = await this.call(browser, "POST", "/multi-session/revoke", { sessionToken: tokens[0] });
    this.expect(revoked.status === 200, "a session of the browser is revoked", revoked);
    Object.assign(browser, { user: second, token: tokens[1] });
  }

  async signOut() {
    const browser = this.pick(this.signedIn());
    const stolen = this.driver.as(browser.name).jar().header();
    const got = await this.call(browser, "POST", "/sign-out", {});
    this.expect(got.status === 200, "sign-out works", got);
    browser.user = null;
    const after = await this.call(browser, "GET", "/get-session?disableCookieCache=true", undefined, { cookie: stolen, keepJar: true });
    this.expect(after.json === null, "the old cookies are worth nothing", after);
  }

  /** A second factor is set up, used in three ways on three devices, and removed. */
  async secondFactor() {
    const owner = this.pick(this.signedIn());
    const { user } = owner;
    const post = (browser, path, body) => this.call(browser, "POST", `/two-factor/${path}`, body);
    const renewed = async () => (owner.token = (await this.call(owner, "GET", "/get-session?disableCookieCache=true")).json.session.token);
    const made = await post(owner, "enable", { password: user.password });
    this.expect(made.json?.backupCodes?.length === 10, "an app is set up", made);
    const app = new App(made.json.totpURI);
    const code = () => app.at(this.driver.now + 1000);
    const proven = await post(owner, "verify-totp", { code: await code() });
    this.expect(proven.status === 200, "a code of the app is accepted", proven);
    await renewed();
    const challenged = async (browser = this.open()) => {
      const got = await this.call(browser, "POST", "/sign-in/email", { email: user.email, password: user.password });
      this.expect(got.json?.twoFactorRedirect === true && !got.setCookie.some((c) => /session_token=[^;]/.test(c)), "the factor is asked for", got);
      return browser;
    };
    const signedIn = (browser, got) => {
      this.expect(got.status === 200 && got.json.user.id === user.id, "the factor signs in", got);
      Object.assign(browser, { user, token: got.json.token });
    };

    const device = await challenged();
    const bad = await post(device, "verify-totp", { code: wrong(await code()) });
    this.expect(bad.status === 401, "a wrong code of the app is refused", bad);
    signedIn(device, await post(device, "verify-totp", { code: await code(), trustDevice: true }));
    for (let i = 0; i < 2; i++) {
      await this.call(device, "POST", "/sign-out", {});
      signedIn(device, await this.call(device, "POST", "/sign-in/email", { email: user.email, password: user.password }));
    }

    const mailed = await challenged();
    await post(mailed, "send-otp", {});
    const { otp } = this.mails.pop();
    const missed = await post(mailed, "verify-otp", { code: wrong(otp) });
    this.expect(missed.status === 401, "a wrong code that was sent is refused", missed);
    signedIn(mailed, await post(mailed, "verify-otp", { code: otp }));

    const spare = await challenged();
    signedIn(spare, await post(spare, "verify-backup-code", { code: made.json.backupCodes[0] }));
    const again = await post(await challenged(), "verify-backup-code", { code: made.json.backupCodes[0] });
    this.expect(again.status === 401, "a backup code works once", again);

    const off = await post(owner, "disable", { password: user.password });
    this.expect(off.status === 200, "the factor is removed", off);
    await renewed();
  }

  async step() {
    const always = [this.signUp];
    // Weights: what stands here several times is done more often.
    const known = [
      this.guest,
      this.share,
      this.signIn,
      this.signInByName,
      this.signInByPhone,
      this.wrongPassword,
      this.link,
      this.code,
      this.countedKey,
      this.limitedKey,
      this.resetByCode,
      this.usePasskey,
      this.wallet,
      ...Array(3).fill(this.session),
    ];
    const inside = [
      this.addPasskey,
      this.administration,
      this.application,
      this.changeName,
      this.changePassword,
      ...(this.redis ? [] : [this.client]),
      this.company,
      this.device,
      this.list,
      this.oneTimeToken,
      this.proveNumber,
      this.rename,
      this.revoke,
      this.revokeOthers,
      this.secondFactor,
      this.signOut,
      this.userKey,
      ...Array(2).fill(this.token),
      ...Array(2).fill(this.session),
    ];
    const actions = this.users.length === 0 ? always : [...always, ...known, ...(this.signedIn().length ? [...inside, ...inside] : [])];
    // Far less than expiresIn in total, so that no session expires; enough for refreshes.
    this.driver.advance(Math.floor(this.next() * 3 * 3600));
    await this.pick(actions).call(this);
  }
}

Object.assign(Play.prototype, clients, devices, keys, organizations);

/** Plays on one kind of database from the moment begin; resolves to what happened and the moment at the end. */
async function play(name, context, { seed, requests, self, begin }) {
  const { Driver } = await import("./client.mjs");
  const { random } = await import("./suite.mjs");
  const kind = name === "redis" ? "sqlite" : name;
  for (const wanted of [kind, name]) {
    const missing = await context.databases.missing(wanted);
    if (missing) return { text: `${name} skipped (${missing})`, failed: process.env.CI === "true" };
  }
  const { provider, url, drop } = await context.databases.create(kind);
  const mails = [];
  const recorder = context.recorder.register(`turns-${name}`, async (what, text) => {
    const [given] = JSON.parse(text).data;
    if (answers[what]) return { body: { result: await answers[what](given) } };
    mails.push(given);
    return { status: 200 };
  });
  const told = JSON.parse(JSON.stringify(config), (key, value) => (key === "webhook" ? `${recorder}/${value}` : value));
  const own = { ...told, database: { provider, url } };
  own.plugins["api-key"] = { configurations: kinds(name === "redis") };
  // With a secondary storage the plugin needs sessions in the database too.
  if (name !== "redis") own.plugins["oauth-provider"] = authorization;
  if (name === "redis") own.secondaryStorage = { provider: "redis", url: (await context.databases.create("redis")).url };
  const unmade = (await context.migrator.migrate(`turns-${name}`, own)).error;
  if (unmade) return { text: `${name} not migrated: ${unmade}`, failed: true };
  const served = await Promise.all(context.sides.map((side) => side.serve(`turns-${name}`, own)));
  const refused = served.find((s) => s.error);
  if (refused) return { text: `${name} not started: ${refused.error}`, failed: true };
  const driver = new Driver({ origin: "http://localhost:3000", basePath: "/api/auth" });
  const game = new Play(driver, served.map((s) => s.url), random(seed), mails, { kind, redis: name === "redis", self });
  driver.now = begin;
  try {
    while (game.count < requests) await game.step();
    return { text: `${name} ok (${game.count} requests, seed ${seed})`, end: driver.now };
  } catch (e) {
    return { text: `${name} FAILED (seed ${seed}): ${e instanceof Failed ? e.message : e.stack} [request ${game.count}, ${game.last}]`, failed: true, end: driver.now };
  } finally {
    driver.end();
    await Promise.all(context.sides.map((side) => side.close(`turns-${name}`)));
    await drop();
  }
}

async function main() {
  const { values: flags } = parseArgs({
    options: { self: { type: "boolean" }, seed: { type: "string" }, bin: { type: "string" }, requests: { type: "string" }, only: { type: "string" } },
  });
  const { openContext } = await import("./context.mjs");
  const { start } = await import("./client.mjs");
  const seed = Number(flags.seed ?? Date.now() % 1_000_000);
  const requests = Number(flags.requests ?? 150);
  const context = await openContext({ self: flags.self, bin: flags.bin });
  const results = [];
  try {
    // The reference keeps key sets in memory by their address, for all its instances: the next play begins when they are out of date.
    let begin = start;
    for (const name of (flags.only ?? "sqlite,postgres,mysql,redis").split(",")) {
      const result = await play(name, context, { seed, requests, self: flags.self, begin });
      results.push(result);
      begin = (result.end ?? begin) + 3_600_000;
    }
  } finally {
    await context.end();
  }
  console.log(`turns: ${results.map((r) => r.text).join(", ")}`);
  process.exit(results.some((r) => r.failed) ? 1 : 0);
}

if (await onNewerNode()) await main();
