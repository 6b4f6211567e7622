// Device codes as a grant of the plugin oauth-provider (oauthDeviceAuthorization).
import { api, assertion, assertionType, base, begin, change, introspect, keyPair, proof, refresh, register, resource, scenario, send, token, userInfo } from "../oauth-tokens.mjs";
import { bob, signUp } from "../people.mjs";

const grant_type = "urn:ietf:params:oauth:grant-type:device_code";
const auth = (client) => ({ client_id: client.client_id, client_secret: client.client_secret });
const ask = async (s, form, opts) => (await send(s, "/device/code", form, opts)).json ?? {};
const poll = (s, client, device_code, more = {}, opts) => token(s, client, { grant_type, device_code, ...more }, opts);
const approve = async (s, userCode) => {
  await s.get(`/device?user_code=${encodeURIComponent(userCode)}`);
  await s.post("/device/approve", { userCode });
};
const tv = { grant_types: [grant_type, "refresh_token"] };

async function flow(s) {
  const client = await begin(s, tv);
  const given = await ask(s, { ...auth(client), scope: "  openid   profile offline_access " });
  await poll(s, client, given.device_code);
  await poll(s, client, given.device_code);
  await approve(s, given.user_code);
  await s.post("/device/token", { grant_type, device_code: given.device_code, client_id: client.client_id }, { cookies: false });
  const got = (await poll(s.advance(10), client, given.device_code)).json ?? {};
  await poll(s.advance(10), client, given.device_code);
  await userInfo(s, got.access_token);
  await introspect(s, client, got.access_token);
  await refresh(s, client, got.refresh_token);
}

async function resources(s) {
  const client = await begin(s, tv);
  const other = await register(s, tv);
  await resource(s, { identifier: api, allowedScopes: ["openid", "read"] }, client);
  await resource(s, { identifier: `${api}/2` }, client);
  for (const more of [{ resource: `${api}/3` }, { resource: "x" }, { resource: "" }, { resource: `${api}#x` }, { resource: [api, "x"] }, { resource: api, scope: "email" }, { resource: "javascript:1" }]) await ask(s, { ...auth(client), ...more });
  await ask(s, { ...auth(other), resource: api });
  const both = await ask(s, { ...auth(client), resource: [api, `${api}/2`], scope: "openid read" });
  await approve(s, both.user_code);
  await poll(s, client, both.device_code, { resource: `${api}/3` });
  const got = (await poll(s.advance(10), client, both.device_code, { resource: api })).json ?? {};
  await introspect(s, client, got.access_token);
  const one = await ask(s, { ...auth(client), resource: api, scope: "openid read" });
  await approve(s, one.user_code);
  const jwt = (await poll(s, client, one.device_code)).json ?? {};
  await introspect(s, client, jwt.access_token);
  const none = await ask(s, { ...auth(client), scope: "openid" });
  await approve(s, none.user_code);
  await poll(s, client, none.device_code, { resource: api });
}

async function refusals(s) {
  const client = await begin(s, tv);
  const other = await register(s, tv);
  const web = await register(s, {});
  const open = await register(s, { ...tv, token_endpoint_auth_method: "none" });
  for (const form of [
    {}, { client_id: "" }, { client_id: "nobody" }, { client_id: "nobody", client_secret: "x" }, { client_id: client.client_id }, { ...auth(client), client_secret: "x" }, auth(web), { ...auth(client), scope: "openid other" },
    { ...auth(client), client_id: [client.client_id, "x"] }, { ...auth(client), scope: ["a", "b"] }, { ...auth(client), client_assertion: "x" }, { client_assertion: "x" }, { ...auth(client), user_id: "" },
  ]) await ask(s, form);
  await s.post("/device/code", auth(client), { cookies: false });
  await s.post("/device/code", { ...auth(client), resource: [] }, { cookies: false });
  await s.post("/device/code", { ...auth(client), resource: 1 }, { cookies: false });
  await s.post("/device/code", { client_id: 1, resource: 1 }, { cookies: false });
  const basic = { headers: { authorization: `Basic ${btoa(`${client.client_id}:${client.client_secret}`)}` } };
  await ask(s, {}, basic);
  await change(s, client, { tokenEndpointAuthMethod: "client_secret_basic" });
  const given = await ask(s, { scope: "openid" }, basic);
  await ask(s, { client_id: "x" }, basic);
  await change(s, client, { tokenEndpointAuthMethod: "client_secret_post" });
  for (const more of [{ device_code: undefined }, { device_code: "" }, { device_code: "x" }, { client_secret: "x" }, { client_id: "x" }, { client_id: undefined }]) await poll(s, client, given.device_code, more);
  await poll(s, other, given.device_code);
  await poll(s, open, given.device_code);
  const mine = await ask(s, { client_id: open.client_id, scope: "openid" });
  await approve(s, mine.user_code);
  await poll(s, open, mine.device_code);
  await signUp(s.as("bob"), bob);
  await s.get(`/device?user_code=${given.user_code}`);
  await s.post("/device/deny", { userCode: given.user_code });
  await poll(s.advance(10), client, given.device_code);
  await poll(s.advance(10), client, given.device_code);
  const late = await ask(s, auth(client));
  await poll(s.advance(4000), client, late.device_code);
  await s.get("/.well-known/openid-configuration", { cookies: false });
}

const key = await keyPair("ES256");

export default [
  scenario("devices", flow),
  scenario("devices and resources", resources),
  scenario("devices that are refused", refusals),
  scenario("devices with a check of others", async (s) => {
    const client = await begin(s, tv);
    await ask(s, { client_id: "nobody" });
    await ask(s, { client_id: "tv" });
    await ask(s, auth(client));
  }, {}, { plugins: { "device-authorization": { oauth: true, validateClient: { webhook: "hook:known" } } }, hooks: { known: ({ data: [id] }) => ({ result: id === "tv" }) } }),
  scenario("devices with keys", async (s) => {
    const client = await begin(s, { ...tv, token_endpoint_auth_method: "private_key_jwt", jwks: { keys: [key.jwk] } });
    const by = async (path) => ({ client_assertion_type: assertionType, client_assertion: await assertion(s, key, client, { aud: base + path }) });
    await ask(s, await by("/oauth2/token"));
    const given = await ask(s, { ...(await by("/device/code")), scope: "openid" });
    await approve(s, given.user_code);
    const dpop = await proof(s, key, "POST", "/oauth2/token");
    await send(s, "/oauth2/token", { grant_type, device_code: given.device_code, ...(await by("/oauth2/token")) }, { headers: { dpop } });
  }),
  scenario("devices: times, lengths, page and names", flow, {}, {
    plugins: {
      "device-authorization": {
        oauth: true, expiresIn: "10 minutes", interval: "2s", deviceCodeLength: 191, userCodeLength: 24, verificationUri: "/activate",
        schema: {
          deviceCode: {
            modelName: "device_codes",
            fields: {
              deviceCode: "device_code", userCode: "user_code", userId: "user_id", expiresAt: "expires_at", status: "state", lastPolledAt: "last_polled_at",
              pollingInterval: "polling_interval", clientId: "client_id", scope: "scopes",
            },
          },
        },
      },
    },
  }),
  scenario("devices: codes from callbacks", flow, {}, {
    plugins: { "device-authorization": { oauth: true, generateDeviceCode: { webhook: "hook:device" }, generateUserCode: { webhook: "hook:user" }, onDeviceAuthRequest: { webhook: "hook:told" } } },
    hooks: { device: () => ({ result: "device-code-1" }), user: () => ({ result: "WDJB-MJHT" }), told: () => ({ result: null }) },
  }),
].map((one) => ({ ...one, config: { ...one.config, plugins: { "device-authorization": { oauth: true }, ...one.config.plugins } } }));
