// What turns.mjs plays with clients of the plugin oauth-provider. `this` is its Play.
import { callback, code, params, signed, target, verifier } from "./oauth-flow.mjs";

const out = "https://app.example.com/out";
const html = { accept: "text/html", "sec-fetch-mode": "navigate" };
const outside = { cookies: false, keepJar: true, origin: null };

/** The options of the plugin. */
export const provider = { loginPage: "/login", consentPage: "/consent", refreshTokenReuseInterval: 0 };

export const clients = {
  async registered(browser) {
    this.turn("adminCreateOAuthClient");
    const cookie = this.driver.as(browser.name).jar().header();
    const body = {
      redirect_uris: [callback], post_logout_redirect_uris: [out], enable_end_session: true, token_endpoint_auth_method: this.pick(["client_secret_post", "none"]),
    };
    const made = await this.driver.api("adminCreateOAuthClient", { body, headers: [["cookie", cookie]] });
    this.expect(typeof made.json?.client_id === "string", "a client is registered", made);
    return made.json;
  },
  async form(path, client, fields) {
    this.turn(`POST ${path}`);
    const secret = client.client_secret ? { client_secret: client.client_secret } : {};
    return this.driver.post(path, undefined, { ...outside, form: { client_id: client.client_id, ...secret, ...fields } });
  },
  async asked(browser, client, more) {
    return this.call(browser, "GET", `/oauth2/authorize?${params(client, more)}`, undefined, { headers: html });
  },

  /** A client of one server asks at the other; page, consent, code, tokens and sign-out wander between them. */
  async client() {
    const browser = this.pick(this.signedIn());
    const { user } = browser;
    const client = await this.registered(browser);
    const scope = "openid email offline_access";
    const first = await this.asked(browser, client, { scope });
    this.expect(target(first)?.pathname === "/consent", "the user is asked", first);
    const forged = await this.call(browser, "POST", "/oauth2/consent", { accept: true, oauth_query: signed(first).replace("offline_access", "profile") });
    this.expect(forged.json?.error === "invalid_signature", "a changed request is refused", forged);
    const agreed = await this.call(browser, "POST", "/oauth2/consent", { accept: true, oauth_query: signed(first) });
    this.expect(code(agreed), "a code is given", agreed);
    const given = { grant_type: "authorization_code", code: code(agreed), redirect_uri: callback, code_verifier: verifier };
    const wrong = await this.form("/oauth2/token", client, { ...given, code_verifier: `${verifier}x` });
    this.expect(wrong.status === 401 || wrong.status === 400, "a wrong verifier is refused", wrong);
    const second = await this.asked(browser, client, { scope });
    this.expect(code(second), "a second code needs no consent", second);
    const tokens = await this.form("/oauth2/token", client, { ...given, code: code(second) });
    this.expect(tokens.status === 200 && tokens.json.refresh_token && tokens.json.id_token, "a code is redeemed", tokens);
    const spent = await this.form("/oauth2/token", client, { ...given, code: code(second) });
    this.expect(spent.status >= 400, "a code works once", spent);
    await this.tokensOf(browser, client, { scope, given });
    await this.leaves(browser, client, user, { scope, given });
  },

  /** Tokens of one server are used, renewed, read and revoked at the other. */
  async tokensOf(browser, client, { scope, given }) {
    const { user } = browser;
    const fresh = await this.asked(browser, client, { scope });
    const tokens = (await this.form("/oauth2/token", client, { ...given, code: code(fresh) })).json;
    const info = await this.call(browser, "GET", "/oauth2/userinfo", undefined, { ...outside, bearer: tokens?.access_token });
    this.expect(info.json?.sub === user.id && info.json.email === user.email, "a token reads the user", info);
    const renewed = await this.form("/oauth2/token", client, { grant_type: "refresh_token", refresh_token: tokens.refresh_token });
    this.expect(renewed.json?.refresh_token && renewed.json.refresh_token !== tokens.refresh_token, "a token is renewed", renewed);
    if (client.client_secret) {
      const read = await this.form("/oauth2/introspect", client, { token: renewed.json.access_token });
      this.expect(read.json?.active === true && read.json.sub === user.id, "a token is active", read);
    }
    const gone = await this.form("/oauth2/revoke", client, { token: renewed.json.refresh_token, token_type_hint: "refresh_token" });
    this.expect(gone.status === 200, "a token is revoked", gone);
    const dead = await this.form("/oauth2/token", client, { grant_type: "refresh_token", refresh_token: renewed.json.refresh_token });
    this.expect(dead.status === 400, "a revoked token is refused", dead);
  },

  /** An ID token of one server signs out at the other; the tokens of the session end, those for offline access do not. */
  async leaves(browser, client, user, { scope, given }) {
    const fresh = await this.asked(browser, client, { scope });
    const tokens = (await this.form("/oauth2/token", client, { ...given, code: code(fresh) })).json;
    if (!tokens?.id_token) return;
    const ended = await this.call(browser, "GET", `/oauth2/end-session?${new URLSearchParams({ id_token_hint: tokens.id_token, post_logout_redirect_uri: out, state: "s" })}`, undefined, { headers: html });
    this.expect(ended.headers.location?.[0] === `${out}?state=s`, "a client signs out", ended);
    browser.user = null;
    const info = await this.call(browser, "GET", "/oauth2/userinfo", undefined, { ...outside, bearer: tokens.access_token });
    this.expect(info.status === 401, "a token ends with its session", info);
    const offline = await this.form("/oauth2/token", client, { grant_type: "refresh_token", refresh_token: tokens.refresh_token });
    this.expect(offline.status === 200, "offline access goes on", offline);
    const page = await this.asked(browser, client, { scope });
    this.expect(target(page)?.pathname === "/login", "the user signs in again", page);
    const back = await this.call(browser, "POST", "/sign-in/email", { email: user.email, password: user.password, oauth_query: signed(page) });
    this.expect(code(back), "and is back at the client", back);
    const session = await this.call(browser, "GET", "/get-session?disableCookieCache=true");
    Object.assign(browser, { user, token: session.json.session.token });
  },
};
