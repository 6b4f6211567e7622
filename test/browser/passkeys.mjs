// Passkeys in Chromium, with its virtual authenticators and the official client against our server.
import assert from "node:assert/strict";
import { password } from "./app.mjs";
import { sleep } from "./processes.mjs";
import { Device, Site } from "./passkeys/site.mjs";

/** A person on the site: the page, calls of the client, and what the page sent. */
class Person {
  sent = [];
  static async open(app, site) {
    const person = new Person();
    person.site = site;
    person.context = await app.person();
    person.page = await person.context.newPage();
    person.page.on("request", (r) => r.method() === "POST" && person.sent.push({ path: new URL(r.url()).pathname.replace("/api/auth", ""), body: r.postDataJSON() }));
    await person.go();
    return person;
  }
  async go(url = this.site.url) {
    await this.page.goto(url, { waitUntil: "networkidle" });
  }
  async signUp(email) {
    const { error } = await this.page.evaluate((who) => client.signUp.email(who), { name: "Ada", email, password });
    assert.equal(error, null);
  }
  add(options = {}) {
    return this.page.evaluate((o) => client.passkey.addPasskey(o), options);
  }
  signIn(options = {}) {
    return this.page.evaluate((o) => client.signIn.passkey(o), options);
  }
  signOut() {
    return this.page.evaluate(() => client.signOut());
  }
  async who() {
    return (await this.page.evaluate(() => client.getSession())).data?.user.email ?? null;
  }
  async passkeys() {
    return (await this.page.evaluate(() => client.passkey.listUserPasskeys())).data;
  }
  /** The body of the last POST to a path. */
  last(path) {
    return this.sent.findLast((s) => s.path === path)?.body;
  }
  /** A request with the cookies of the page, from elsewhere. */
  async post(path, data, origin = this.site.url) {
    const answer = await this.context.request.post(`${this.site.url}/api/auth${path}`, { data, headers: { origin } });
    return { status: answer.status(), ...(await answer.json()) };
  }
  close() {
    return this.context.close();
  }
}

const signInPath = "/passkey/verify-authentication";

export async function testPasskeys(suite, app) {
  const site = await new Site(app.dir, `${app.bins}/betterauth`).start();
  const open = () => Person.open(app, site);
  try {
    await testResidentKeys(suite, open, site);
    await testOtherKeys(suite, open, site);
    await testAutofill(suite, open);
    await testAttacks(suite, open, site);
  } finally {
    await site.stop();
  }
  await testRequiredVerification(suite, app);
}

async function testResidentKeys(suite, open, site) {
  const ada = await open();
  const device = await Device.plug(ada.page);
  await suite.test("passkeys: one is registered, listed, renamed and kept on the authenticator", async () => {
    await ada.signUp("ada@example.com");
    const { data, error } = await ada.add({ name: "Phone" });
    assert.equal(error, null);
    assert.deepEqual([data.name, data.deviceType, data.backedUp, data.transports], ["Phone", "singleDevice", false, "internal"]);
    const [credential] = await device.credentials();
    assert.equal(credential.isResidentCredential, true);
    assert.equal(credential.rpId, "localhost");
    assert.equal(Buffer.from(credential.credentialId, "base64").toString("base64url"), data.credentialID);
    await ada.page.evaluate((id) => client.passkey.updatePasskey({ id, name: "Old phone" }), data.id);
    assert.deepEqual((await ada.passkeys()).map((p) => p.name), ["Old phone"]);
  });
  await suite.test("passkeys: the same authenticator is not registered twice", async () => {
    const { error } = await ada.add();
    assert.equal(error.code, "ERROR_AUTHENTICATOR_PREVIOUSLY_REGISTERED");
    assert.equal((await ada.passkeys()).length, 1);
  });
  await suite.test("passkeys: it signs in without a name, and tells that the user was verified", async () => {
    await ada.signOut();
    assert.equal(await ada.who(), null);
    const { data, error } = await ada.signIn();
    assert.equal(error, null);
    assert.equal(data.user.email, "ada@example.com");
    assert.equal(await ada.who(), "ada@example.com");
    assert.equal(site.told.at(-1).authenticationInfo.userVerified, true);
    await ada.signOut();
    assert.equal((await ada.signIn()).error, null);
  });
  await suite.test("passkeys: a second one, on a security key, and a session that it begins", async () => {
    const stick = await Device.plug(ada.page, { transport: "usb" });
    await device.unplug();
    const { data, error } = await ada.add({ authenticatorAttachment: "cross-platform", createSession: true });
    assert.equal(error, null);
    assert.deepEqual([data.transports, data.user.email], ["usb", "ada@example.com"]);
    assert.equal((await ada.passkeys()).length, 2);
    await ada.signOut();
    assert.equal((await ada.signIn()).data.user.email, "ada@example.com");
    await ada.page.evaluate((id) => client.passkey.deletePasskey({ id }), data.id);
    await ada.signOut();
    assert.equal((await ada.signIn()).error.code, "PASSKEY_NOT_FOUND");
    assert.equal(await ada.who(), null);
    await stick.unplug();
  });
  await ada.close();
}

async function testOtherKeys(suite, open, site) {
  await suite.test("passkeys: a key that is not resident works where the user is known", async () => {
    const person = await open();
    const device = await Device.plug(person.page, { transport: "usb", hasResidentKey: false });
    await person.signUp("stick@example.com");
    assert.equal((await person.add()).error, null);
    assert.equal((await device.credentials())[0].isResidentCredential, false);
    const { data } = await person.signIn(); // in a session, its keys are named
    assert.equal(data.user.email, "stick@example.com");
    await person.signOut();
    await Promise.race([person.signIn().catch(() => {}), sleep(3000)]);
    assert.equal(await person.who(), null);
    await person.close();
  });
  await suite.test("passkeys: an authenticator that verifies nobody signs in, and tells so", async () => {
    const person = await open();
    await Device.plug(person.page, { hasUserVerification: false, isUserVerified: false });
    await person.signUp("unverified@example.com");
    assert.equal((await person.add()).error, null);
    assert.equal(site.told.at(-1).registrationInfo.userVerified, false);
    // In the session: Chromium keeps no resident key on an authenticator that verifies nobody.
    assert.equal((await person.signIn()).data.user.email, "unverified@example.com");
    assert.equal(site.told.at(-1).authenticationInfo.userVerified, false);
    await person.close();
  });
  await suite.test("passkeys: a PIN that is wrong signs nobody in", async () => {
    const person = await open();
    const device = await Device.plug(person.page);
    await person.signUp("pin@example.com");
    assert.equal((await person.add()).error, null);
    await person.signOut();
    await device.send("setUserVerified", { isUserVerified: false });
    assert.match((await person.signIn()).error.message, /cancelled/i);
    assert.equal(await person.who(), null);
    await person.close();
  });
  await suite.test("passkeys: one that may leave its device is known as such", async () => {
    const person = await open();
    await Device.plug(person.page, { defaultBackupEligibility: true, defaultBackupState: true });
    await person.signUp("synced@example.com");
    const { data } = await person.add();
    assert.deepEqual([data.deviceType, data.backedUp], ["multiDevice", true]);
    await person.close();
  });
}

async function testRequiredVerification(suite, app) {
  const site = await new Site(app.dir, `${app.bins}/betterauth`).start({ authenticatorSelection: { residentKey: "required", userVerification: "required" } });
  try {
    await suite.test("passkeys: with verification required, an authenticator without it is not registered", async () => {
      const person = await Person.open(app, site);
      await person.signUp("required@example.com");
      const plain = await Device.plug(person.page, { hasUserVerification: false, isUserVerified: false });
      await Promise.race([person.add().catch(() => {}), sleep(3000)]);
      assert.deepEqual(await person.passkeys(), []);
      await plain.unplug();
      await person.go();
      await Device.plug(person.page);
      assert.equal((await person.add()).error, null);
      assert.equal((await person.passkeys()).length, 1);
      await person.close();
    });
  } finally {
    await site.stop();
  }
}

async function testAutofill(suite, open) {
  await suite.test("passkeys: conditional UI: the field offers the passkey, and choosing it signs in", async () => {
    const person = await open();
    const device = await Device.plug(person.page);
    await person.signUp("autofill@example.com");
    assert.equal((await person.add()).error, null);
    await person.signOut();
    await device.send("setAutomaticPresenceSimulation", { enabled: false });
    await person.go();
    assert.equal(await person.page.evaluate(() => PublicKeyCredential.isConditionalMediationAvailable()), true);
    await person.page.evaluate(() => void (globalThis.pending = client.signIn.passkey({ autoFill: true })));
    await person.page.getByLabel("E-mail address").click();
    await sleep(500);
    assert.equal(await person.who(), null, "nobody has chosen yet");
    // The virtual authenticator decides at the beginning of a ceremony whether a person is there, who then chooses.
    await device.send("setAutomaticPresenceSimulation", { enabled: true });
    await person.go();
    const { data, error } = await person.signIn({ autoFill: true });
    assert.equal(error, null);
    assert.equal(data.user.email, "autofill@example.com");
    assert.equal(await person.who(), "autofill@example.com");
    await person.close();
  });
}

async function testAttacks(suite, open, site) {
  const person = await open();
  const device = await Device.plug(person.page);
  await person.signUp("victim@example.com");
  assert.equal((await person.add()).error, null);
  await suite.test("passkeys: a response is not accepted again", async () => {
    await person.signOut();
    assert.equal((await person.signIn()).error, null);
    const replay = person.last(signInPath);
    await person.signOut();
    const again = await person.post(signInPath, replay);
    assert.deepEqual([again.status, again.code], [400, "CHALLENGE_NOT_FOUND"]);
    await person.page.evaluate(() => client.$fetch("/passkey/generate-authenticate-options"));
    const other = await person.post(signInPath, replay);
    assert.deepEqual([other.status, other.code], [400, "AUTHENTICATION_FAILED"], "under another challenge");
    assert.equal(await person.who(), null);
  });
  await suite.test("passkeys: a copy of an authenticator is refused once the original was used", async () => {
    const [original] = await device.credentials();
    assert.equal((await person.signIn()).error, null);
    await person.signOut();
    const thief = await open();
    const copy = await Device.plug(thief.page);
    const { credentialId, isResidentCredential, rpId, privateKey, userHandle, signCount } = original;
    await copy.send("addCredential", { credential: { credentialId, isResidentCredential, rpId, privateKey, userHandle, signCount } });
    assert.equal((await thief.signIn()).error.code, "AUTHENTICATION_FAILED");
    assert.equal(await thief.who(), null);
    await thief.close();
    assert.equal((await person.signIn()).error, null, "the original still works");
    await person.signOut();
  });
  await suite.test("passkeys: a response that a page of another origin got is refused", async () => {
    // Another port of the same host: passkeys of localhost work there too, for a page that is not the site's.
    const evil = await new Site(site.dir, site.binary).start();
    const thief = await open();
    const trap = await Device.plug(thief.page);
    const [{ credentialId, isResidentCredential, rpId, privateKey, userHandle, signCount }] = await device.credentials();
    await trap.send("addCredential", { credential: { credentialId, isResidentCredential, rpId, privateKey, userHandle, signCount } });
    const options = await thief.page.evaluate(async () => (await client.$fetch("/passkey/generate-authenticate-options")).data);
    await thief.page.goto(evil.url);
    const response = await thief.page.evaluate(async ({ challenge, rpId: site }) => {
      const bytes = (text) => Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (c) => c.charCodeAt(0));
      const credential = await navigator.credentials.get({ publicKey: { challenge: bytes(challenge), rpId: site, userVerification: "preferred" } });
      return credential.toJSON();
    }, options);
    assert.match(Buffer.from(response.response.clientDataJSON, "base64url").toString(), new RegExp(evil.url));
    const got = await thief.post(signInPath, { response });
    assert.deepEqual([got.status, got.code], [400, "AUTHENTICATION_FAILED"]);
    const fromThere = await thief.post(signInPath, { response }, evil.url);
    assert.deepEqual([fromThere.status, fromThere.code], [403, "INVALID_ORIGIN"]);
    await thief.go();
    assert.equal(await thief.who(), null);
    await thief.close();
    await evil.stop();
  });
  await suite.test("passkeys: the challenge of a sign-in registers nothing", async () => {
    assert.equal((await person.signIn()).error, null);
    const other = await Device.plug(person.page, { transport: "usb" });
    await person.page.route("**/passkey/generate-register-options*", async (route) => {
      const answer = await route.fetch();
      const real = await answer.json();
      const stolen = await (await person.context.request.get(`${site.url}/api/auth/passkey/generate-authenticate-options`)).json();
      await route.fulfill({ response: answer, headers: { "content-type": "application/json" }, json: { ...real, excludeCredentials: [], challenge: stolen.challenge } });
    });
    assert.equal((await person.add({ authenticatorAttachment: "cross-platform" })).error.code, "CHALLENGE_NOT_FOUND");
    await person.page.unroute("**/passkey/generate-register-options*");
    assert.equal((await person.passkeys()).length, 1);
    await other.unplug();
  });
  await suite.test("passkeys: no script error came up on the way", async () => assert.deepEqual(person.context.errors, []));
  await person.close();
}
