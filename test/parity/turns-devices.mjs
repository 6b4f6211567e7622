// What turns.mjs plays with devices, desktop applications and wallets. `this` is its Play.
import { createHash, randomBytes } from "node:crypto";
import { verifyMessage } from "viem";
import { privateKeyToAccount } from "viem/accounts";
import { createSiweMessage } from "viem/siwe";

/** What callbacks answer; the others are senders. */
export const answers = {
  nonce: () => randomBytes(16).toString("hex"),
  signature: ({ address, message, signature }) => verifyMessage({ address, message, signature }),
};

export const devices = {
  /** A device asks on one server, its owner decides on another, and it redeems its code on either. */
  async device() {
    const browser = this.pick(this.signedIn());
    const tv = this.open();
    const asked = await this.call(tv, "POST", "/device/code", { client_id: "tv" });
    const { device_code, user_code } = asked.json ?? {};
    const poll = () => this.call(tv, "POST", "/device/token", { grant_type: "urn:ietf:params:oauth:grant-type:device_code", device_code, client_id: "tv" });
    const early = await poll();
    this.expect(early.json?.error === "authorization_pending", "a device waits for its owner", early);
    const shown = await this.call(browser, "GET", `/device?user_code=${user_code}`);
    this.expect(shown.json?.client_id === "tv", "the owner sees what the device is", shown);
    const decision = this.next() < 0.8 ? "approve" : "deny";
    const decided = await this.call(browser, "POST", `/device/${decision}`, { userCode: user_code });
    this.expect(decided.status === 200, "the owner decides", decided);
    this.driver.advance(5);
    const got = await poll();
    if (decision === "deny") return this.expect(got.json?.error === "access_denied", "a denied device gets nothing", got);
    const bearer = { bearer: got.json?.access_token, cookies: false, keepJar: true };
    const session = await this.call(tv, "GET", "/get-session", undefined, bearer);
    this.expect(session.json?.user.id === browser.user.id, "the device has its owner's session", session);
    const again = await poll();
    this.expect(again.json?.error === "invalid_grant", "a device code works once", again);
    const out = await this.call(tv, "POST", "/sign-out", {}, bearer);
    this.expect(out.status === 200, "a device signs out", out);
  },

  /** A browser is handed a code on one server, and its desktop application redeems it on either. */
  async application() {
    const browser = this.pick(this.signedIn());
    const code_verifier = randomBytes(32).toString("base64url");
    const query = new URLSearchParams({ client_id: "electron", state: "s", code_challenge: createHash("sha256").update(code_verifier).digest("base64url") });
    const moved = await this.call(browser, "POST", `/electron/transfer-user?${query}&disableCookieCache=true`, {});
    const sent = { token: moved.json?.electron_authorization_code, state: "s", code_verifier };
    const app = this.open();
    const got = await this.call(app, "POST", "/electron/token", sent);
    this.expect(got.json?.user?.id === browser.user.id, "an application has its user's session", got);
    const again = await this.call(this.open(), "POST", "/electron/token", sent);
    this.expect(again.status === 404, "a code works once", again);
    await this.call(app, "POST", "/sign-out", {});
  },

  /** A wallet that signed in on one server signs in on the other, also from another chain. */
  async wallet() {
    const account = privateKeyToAccount(`0x${String((this.wallets += 1)).padStart(64, "0")}`);
    const enter = async (chainId) => {
      const browser = this.open();
      const { json } = await this.call(browser, "POST", "/siwe/nonce");
      const message = createSiweMessage({ address: account.address, chainId, domain: "localhost:3000", nonce: json?.nonce, uri: "http://localhost:3000", version: "1", issuedAt: new Date(this.driver.now) });
      const sent = { message, signature: await account.signMessage({ message }) };
      const got = await this.call(browser, "POST", "/siwe/verify", sent);
      this.expect(got.json?.user?.walletAddress === account.address, "a wallet signs in", got);
      const again = await this.call(this.open(), "POST", "/siwe/verify", sent);
      this.expect(again.status === 401, "a message works once", again);
      const session = await this.call(browser, "GET", "/get-session");
      this.expect(session.json?.user.id === got.json.user.id, "a wallet has a session", session);
      await this.call(browser, "POST", "/sign-out", {});
      return got.json.user.id;
    };
    const [first, second, third] = [await enter(1), await enter(1), await enter(10)];
    this.expect(first === second && second === third, "a wallet stays the same user's", { body: `${first} ${second} ${third}` });
  },
};
