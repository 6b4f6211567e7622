// What turns.mjs plays with API keys. `this` is its Play.

/** The kinds of keys: in the database, and with Redis also in it, with and without the database. */
export const kinds = (redis) => [
  { configId: "default", enableSessionForAPIKeys: true, enableMetadata: true, rateLimit: { enabled: false } },
  ...(redis ? [
    { configId: "cached", storage: "secondary-storage", fallbackToDatabase: true, enableMetadata: true },
    { configId: "kept", storage: "secondary-storage", enableMetadata: true },
  ] : []),
];

const minute = 60_000;

export const keys = {
  configId() {
    return this.pick(kinds(this.redis)).configId;
  },
  async verifies(key, configId, permissions) {
    return (await this.program("verifyApiKey", { key, configId, permissions })).json ?? {};
  },
  refused(got, code, what) {
    this.expect(got.valid === false && got.error?.code === code, what, { body: JSON.stringify(got) });
  },

  /** A key of one server is read, changed and used on the other, until it is deleted. */
  async userKey() {
    const browser = this.pick(this.signedIn());
    const configId = this.configId();
    const made = await this.call(browser, "POST", "/api-key/create", { name: "ci", configId, metadata: { n: this.count } });
    this.expect(made.status === 200 && made.json.referenceId === browser.user.id, "a key is created", made);
    const { id, key, metadata } = made.json;
    const first = await this.verifies(key, configId);
    this.expect(first.valid && first.key.id === id && JSON.stringify(first.key.metadata) === JSON.stringify(metadata), "a key is valid", { body: JSON.stringify(first) });
    const shown = await this.call(browser, "GET", `/api-key/get?id=${id}&configId=${configId}`);
    this.expect(shown.json?.lastRequest === first.key.lastRequest, "the last use is shown", shown);
    const named = await this.call(browser, "POST", "/api-key/update", { keyId: id, configId, name: `cd ${this.count}`, enabled: false });
    this.expect(named.status === 200, "a key is disabled", named);
    this.refused(await this.verifies(key, configId), "KEY_DISABLED", "a disabled key is refused");
    const list = await this.call(browser, "GET", `/api-key/list?configId=${configId}`);
    this.expect(list.json?.apiKeys.find((k) => k.id === id)?.name === named.json.name, "a list has the new name", list);
    await this.call(browser, "POST", "/api-key/update", { keyId: id, configId, enabled: true });
    this.expect((await this.verifies(key, configId)).valid, "a key is enabled again");
    if (configId === "default") {
      const session = await this.call(this.open(), "GET", "/get-session", undefined, { headers: { "x-api-key": key }, cookies: false, keepJar: true });
      this.expect(session.json?.user.id === browser.user.id, "a key stands for a session", session);
    }
    const gone = await this.call(browser, "POST", "/api-key/delete", { keyId: id, configId });
    this.expect(gone.json?.success === true, "a key is deleted", gone);
    this.refused(await this.verifies(key, configId), "INVALID_API_KEY", "a deleted key is refused");
    const after = await this.call(browser, "GET", `/api-key/get?id=${id}&configId=${configId}`);
    this.expect(after.status === 404, "a deleted key is gone", after);
  },

  /** Both servers count the same quota, which fills up again, and expiry ends the key. */
  async countedKey() {
    const user = this.pick(this.users);
    const configId = this.configId();
    const made = await this.program("createApiKey", {
      userId: user.id, configId, remaining: 2, refillAmount: 3, refillInterval: 30 * minute, rateLimitEnabled: false, expiresIn: 86_400,
    });
    const { key } = made.json;
    const uses = async (...left) => {
      for (const n of left) {
        const got = await this.verifies(key, configId);
        this.expect(got.valid && got.key.remaining === n, `${n} uses are left`, { body: JSON.stringify(got) });
      }
      this.refused(await this.verifies(key, configId), "USAGE_EXCEEDED", "no use is left");
    };
    await uses(1, 0);
    this.driver.advance(31 * 60);
    await uses(2, 1, 0);
    this.driver.advance(25 * 3600);
    this.refused(await this.verifies(key, configId), "KEY_EXPIRED", "a key expires");
    const one = await this.program("createApiKey", { userId: user.id, configId, remaining: 1, rateLimitEnabled: false });
    this.expect((await this.verifies(one.json.key, configId)).valid, "the last use is one");
    this.refused(await this.verifies(one.json.key, configId), "USAGE_EXCEEDED", "a second one is none");
    this.refused(await this.verifies(one.json.key, configId), "INVALID_API_KEY", "and deletes the key");
  },

  /** Both servers count in the same window, and permissions are the same on both. */
  async limitedKey() {
    const user = this.pick(this.users);
    const configId = kinds(this.redis).length > 1 ? this.pick(["cached", "kept"]) : "default";
    const { json } = await this.program("createApiKey", {
      userId: user.id, configId, rateLimitMax: 3, rateLimitTimeWindow: 10 * minute, permissions: { files: ["read"] },
    });
    const asks = (action) => this.verifies(json.key, configId, { files: [action] });
    this.refused(await asks("write"), "KEY_NOT_FOUND", "a permission that the key lacks is refused");
    const limited = configId !== "default"; // the default kind has no limits
    for (let i = 1; i <= 3; i++) this.expect((await asks("read")).key?.requestCount === (limited ? i : 0), "a use is counted");
    const fourth = await asks("read");
    if (!limited) return this.expect(fourth.valid, "there is no limit");
    this.refused(fourth, "RATE_LIMITED", "a key is limited");
    this.driver.advance(11 * 60);
    this.expect((await asks("read")).key?.requestCount === 1, "the window begins again");
  },
};
