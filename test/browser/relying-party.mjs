// An application of somebody else, in which people sign in with the example: openid-client behind a small web server.
import http from "node:http";
import * as oidc from "openid-client";

const scope = "openid profile email offline_access";

export class RelyingParty {
  constructor(issuer) {
    this.issuer = issuer;
  }
  async start() {
    this.server = http.createServer((request, response) => {
      const url = new URL(request.url, this.origin);
      if (url.pathname === "/callback") this.came?.(url);
      response.writeHead(url.pathname === "/callback" ? 200 : 404, { "content-type": "text/html" }).end('<!doctype html><html lang="en"><title>Wiki</title><h1>Wiki</h1></html>');
    });
    await new Promise((resolve) => this.server.listen(0, "127.0.0.1", resolve));
    this.origin = `http://127.0.0.1:${this.server.address().port}`;
    this.callback = `${this.origin}/callback`;
    return this;
  }
  async know(client) {
    this.client = client;
    this.config = await oidc.discovery(new URL(this.issuer), client.id, { client_secret: client.secret }, oidc.ClientSecretBasic(client.secret), { execute: [oidc.allowInsecureRequests] });
  }
  /** Sends a browser to the provider. */
  async send(page, more = {}) {
    this.asked = { pkceCodeVerifier: oidc.randomPKCECodeVerifier(), expectedState: oidc.randomState(), expectedNonce: oidc.randomNonce() };
    this.answer = new Promise((resolve) => (this.came = resolve));
    const address = oidc.buildAuthorizationUrl(this.config, {
      redirect_uri: this.callback, scope, state: this.asked.expectedState, nonce: this.asked.expectedNonce,
      code_challenge: await oidc.calculatePKCECodeChallenge(this.asked.pkceCodeVerifier), code_challenge_method: "S256", ...more,
    });
    await page.goto(address.href);
  }
  /** Waits for the browser to come back. Resolves to the address with which it came. */
  async returned(page) {
    await page.waitForURL(`${this.callback}?**`);
    return this.answer;
  }
  /** Redeems the code with which the browser comes back, checks the ID token, and resolves to who the user is. */
  async signedIn(page) {
    const tokens = await oidc.authorizationCodeGrant(this.config, await this.returned(page), { ...this.asked, idTokenExpected: true });
    return { tokens, user: await oidc.fetchUserInfo(this.config, tokens.access_token, tokens.claims().sub) };
  }
  /** Resolves to the error with which the browser comes back. */
  async refused(page) {
    return oidc.authorizationCodeGrant(this.config, await this.returned(page), this.asked).then(() => "none", (error) => error.error);
  }
  stop() {
    this.server.closeAllConnections();
    return new Promise((resolve) => this.server.close(resolve));
  }
}
