// Tokens of the plugin oauth-provider that are signed elsewhere: every place that verifies one, with the keys at
// jwks.remoteUrl, and with those keys gone, wrong or out of reach.
import { SignJWT } from "jose";
import { api, keyPair, introspect, resource, revoke, userInfo } from "../oauth-tokens.mjs";
import { begin, code, grant, navigate, provider, redeem } from "../oauth-flow.mjs";
import { alice, signIn } from "../people.mjs";

const pair = await keyPair("ES256");
const stranger = await keyPair("ES256");
const published = { ...pair.jwk, kid: "elsewhere", alg: "ES256", use: "sig" };
const out = "https://app.example.com/out";

const signWith = (key, header, claims) => new SignJWT(claims).setProtectedHeader({ alg: "ES256", ...header }).sign(key.privateKey);

const hooks = {
  sign: async ({ data: [claims, header] }, s) => ({ result: await signWith(pair, { kid: "elsewhere", ...header, ...s.header }, claims) }),
  egress: (_, s) => s.keys ?? { status: 200, body: { keys: [published] } },
};

// The reference keeps key sets in memory by their address, for all its instances: each scenario has an address of its own.
let sets = 0;
const scenario = (name, run, own = {}) => ({
  name: `oauth keys elsewhere: ${name}`,
  config: provider({ scopes: ["openid", "profile", "email", "offline_access"] }, {
    $test: { env: "development", egress: "hook:egress" },
    plugins: { jwt: {
      jwks: { remoteUrl: `https://keys${++sets}.example.com/jwks`, keyPairConfig: { alg: "ES256" } }, jwt: { sign: { webhook: "hook:sign" } }, ...own,
    } },
  }),
  hooks,
  run,
});

const end = (s, query, opts) => s.get(`/oauth2/end-session?${new URLSearchParams(query)}`, opts);
const client = { skip_consent: true, enable_end_session: true, post_logout_redirect_uris: [out] };

/** A user, a client, and its tokens: a JWT for a resource, and an ID token. */
async function signedIn(s) {
  const made = await begin(s, client);
  await resource(s, { identifier: api }, made);
  return [made, await tokens(s, made)];
}

const tokens = async (s, made) => (await redeem(s, made, code(await grant(s, made, { scope: "openid email", resource: api })))).json;

/** Uses the tokens wherever the server verifies one. The last request signs out. */
async function everywhere(s, made, { access_token, id_token }) {
  await userInfo(s, access_token);
  await introspect(s, made, access_token);
  await introspect(s, made, access_token, { token_type_hint: "refresh_token" });
  await revoke(s, made, access_token);
  await revoke(s, made, access_token, { token_type_hint: "refresh_token" });
  await s.api("verifyJWT", { body: { token: access_token } });
  await end(s, { id_token_hint: id_token, post_logout_redirect_uri: out }, { cookies: false });
  await s.post("/sign-in/email", signIn(alice));
  await end(s, { id_token_hint: id_token, client_id: made.client_id, post_logout_redirect_uri: out, state: "1" }, { headers: navigate });
  await s.get("/get-session");
}

/** With keys that cannot be read, or do not include that of the token. */
const failing = (name, keys, header) => scenario(name, async (s) => {
  s.header = header;
  const [made, got] = await signedIn(s);
  s.keys = keys;
  await everywhere(s, made, got);
});

export default [
  scenario("valid tokens", async (s) => {
    const [made, got] = await signedIn(s);
    await everywhere(s, made, got);
    await everywhere(s.advance(30 * 24 * 3600), made, got);
  }),
  scenario("the browser's own session", async (s) => {
    const [, { id_token }] = await signedIn(s);
    await end(s, { id_token_hint: id_token, post_logout_redirect_uri: out, state: "a b" }, { headers: navigate });
    await s.get("/get-session");
  }),
  failing("no answer", { status: 599, headers: [["x-egress-error", "refused"]] }),
  failing("an error", { status: 503, body: { message: "later" } }),
  failing("no set", { status: 200, body: { other: 1 } }),
  failing("no JSON", { status: 200, body: "<p>", headers: [["content-type", "text/html"]] }),
  failing("a redirect", { status: 302, headers: [["location", "https://other.example.com/jwks"]], body: "" }),
  failing("no keys", { status: 200, body: { keys: [] } }),
  failing("another key of that name", { status: 200, body: { keys: [{ ...stranger.jwk, kid: "elsewhere", alg: "ES256" }] } }),
  failing("another name", { status: 200, body: { keys: [{ ...published, kid: "other" }] } }),
  failing("a key that is not for signatures", { status: 200, body: { keys: [{ ...published, use: "enc" }] } }),
  failing("a token without the name of a key", { status: 200, body: { keys: [published] } }, { kid: undefined }),
  scenario("the browser while the keys are out of reach", async (s) => {
    const [made, { id_token }] = await signedIn(s);
    s.keys = { status: 599, headers: [["x-egress-error", "refused"]] };
    for (const more of [{}, { client_id: made.client_id }, { client_id: "nobody" }])
      for (const headers of [navigate, {}]) await end(s, { id_token_hint: id_token, post_logout_redirect_uri: out, ...more }, { headers });
    await s.get("/get-session");
  }),
  scenario("forged tokens", async (s) => {
    const [made, { access_token, id_token }] = await signedIn(s);
    const claims = (token) => JSON.parse(Buffer.from((token ?? ".e30.").split(".")[1], "base64url").toString());
    for (const header of [{ kid: "elsewhere" }, { kid: "other" }, {}]) {
      const access = await signWith(stranger, header, claims(access_token));
      await userInfo(s, access);
      await introspect(s, made, access);
      await revoke(s, made, access);
      await end(s, { id_token_hint: await signWith(stranger, header, claims(id_token)), client_id: made.client_id }, { cookies: false });
    }
  }),
];
