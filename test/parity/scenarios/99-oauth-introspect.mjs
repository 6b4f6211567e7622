// Introspection, revocation and /oauth2/userinfo of the plugin oauth-provider.
import { api, authorize, base, begin, change, fresh, introspect, link, manage, redeem, refresh, register, resource, revoke, scenario, send, tokens, userInfo } from "../oauth-tokens.mjs";
import { hour } from "../people.mjs";

const hints = ["access_token", "refresh_token", "other", ""];
const nonsense = ["x", "a.b", "a.b.c", "..", "Bearer x", "bearer  y", "Token x", " ", "ü"];
const b64 = (text) => Buffer.from(text).toString("base64url");
const forged = ["eyJhbGciOiJub25lIn0.e30.", `${b64('{"alg":"EdDSA","kid":"x"}')}.e30.AAAA`, `${b64('{"alg":"HS256"}')}.e30.AAAA`];

async function inspect(s) {
  const { client, access_token, refresh_token, id_token } = await tokens(s);
  const other = await register(s, {});
  const open = await register(s, { token_endpoint_auth_method: "none" });
  for (const token_type_hint of hints) {
    for (const given of [access_token, refresh_token, "x"]) await introspect(s, client, given, { token_type_hint });
  }
  await introspect(s, other, access_token);
  await introspect(s, other, refresh_token);
  await introspect(s, client, id_token);
  for (const given of nonsense) await introspect(s, client, given);
  await introspect(s, client, "");
  await introspect(s, client, undefined);
  await introspect(s, client, ["a", "b"]);
  await introspect(s, open, access_token);
  await introspect(s, client, access_token, { client_secret: "x" });
  await introspect(s, client, access_token, { client_secret: undefined });
  await introspect(s, client, access_token, { client_id: undefined });
  await introspect(s, { client_id: "nobody", client_secret: "x" }, access_token);
  const basic = (id, secret) => ({ headers: { authorization: `Basic ${btoa(`${id}:${secret}`)}` } });
  await send(s, "/oauth2/introspect", { token: access_token }, basic(client.client_id, client.client_secret));
  await change(s, client, { tokenEndpointAuthMethod: "client_secret_basic" });
  await send(s, "/oauth2/introspect", { token: access_token }, basic(client.client_id, client.client_secret));
  await send(s, "/oauth2/introspect", { token: access_token }, basic(client.client_id, "x"));
  await send(s, "/oauth2/introspect", {}, {});
  await s.post("/oauth2/introspect", { token: access_token }, { cookies: false });
  await s.get("/oauth2/introspect", { cookies: false });
  await change(s, client, { tokenEndpointAuthMethod: "client_secret_post" });
  await introspect(s.advance(2 * hour), client, access_token);
  await introspect(s, client, refresh_token);
  await refresh(s, client, refresh_token);
  await introspect(s, client, refresh_token);
}

async function revocations(s) {
  const scope = { scope: "openid offline_access", nonce: "1" };
  const { client, access_token, refresh_token } = await tokens(s, scope);
  const other = await register(s, {});
  const open = await register(s, { token_endpoint_auth_method: "none", skip_consent: true });
  await revoke(s, other, access_token);
  await revoke(s, other, refresh_token);
  await revoke(s, { client_id: "nobody", client_secret: "x" }, access_token);
  await revoke(s, client, access_token, { client_secret: "x" });
  await revoke(s, client, access_token, { client_id: undefined });
  await revoke(s, client, "");
  await revoke(s, client, undefined);
  for (const given of nonsense) await revoke(s, client, given);
  for (const token_type_hint of hints) await revoke(s, client, "x", { token_type_hint });
  await revoke(s, client, refresh_token, { token_type_hint: "access_token" });
  await revoke(s, client, access_token, { token_type_hint: "refresh_token" });
  await userInfo(s, access_token);
  await revoke(s, client, access_token);
  await revoke(s, client, access_token);
  await userInfo(s, access_token);
  const next = (await refresh(s, client, refresh_token)).json;
  await revoke(s, client, `Bearer ${next.refresh_token}`, { token_type_hint: "refresh_token" });
  await userInfo(s, next.access_token);
  await revoke(s, client, next.refresh_token, { token_type_hint: "refresh_token" });
  await refresh(s, client, next.refresh_token);
  const third = (await redeem(s, client, await fresh(s, client, scope))).json;
  const fourth = (await refresh(s, client, third.refresh_token)).json;
  await revoke(s, client, third.refresh_token);
  await refresh(s, client, fourth.refresh_token);
  const mine = (await redeem(s, open, await fresh(s, open, scope))).json;
  await revoke(s, open, mine.refresh_token);
  await revoke(s, open, mine.access_token);
  await resource(s, { identifier: api }, client);
  const jwt = (await redeem(s, client, await fresh(s, client, { ...scope, resource: api }))).json;
  await revoke(s, client, jwt.access_token);
  await revoke(s, client, jwt.access_token, { token_type_hint: "refresh_token" });
  await revoke(s, other, jwt.access_token);
  await revoke(s.advance(2 * hour), client, jwt.access_token);
  await s.post("/oauth2/revoke", { token: "x" }, { cookies: false });
}

async function people(s) {
  const { client, access_token, id_token, refresh_token } = await tokens(s);
  await userInfo(s, undefined);
  for (const given of ["", "x", "a.b.c", id_token, refresh_token]) await userInfo(s, given);
  for (const scheme of ["bearer", "BEARER ", "Token", "Basic", "DPoP", "dpop"]) await userInfo(s, access_token, { scheme });
  await s.get("/oauth2/userinfo", { headers: { authorization: access_token }, cookies: false });
  await s.get(`/oauth2/userinfo?access_token=${access_token}`, { cookies: false });
  const post = (form, headers) => s.post("/oauth2/userinfo", undefined, { form, headers, cookies: false });
  await post({ access_token });
  await post({ access_token, other: "x" });
  await post({ access_token: "" });
  await post({});
  await post({ access_token }, { authorization: `Bearer ${access_token}` });
  await post({}, { authorization: `Bearer ${access_token}` });
  await s.post("/oauth2/userinfo", { access_token }, { cookies: false });
  await s.post("/oauth2/userinfo", undefined, { cookies: false, headers: { authorization: `Bearer ${access_token}` } });
  await s.get("/oauth2/userinfo", { headers: { authorization: `Bearer ${access_token}` } });
  for (const name of ["Ada", "Ada Lovelace", "  Ada  King  of Lovelace ", "Ada\tLovelace", ""]) {
    await s.db.all(`update ${s.db.quote("user")} set name = '${name}', image = 'https://x.example.com/ada.png' where email = 'alice@example.com'`);
    await userInfo(s, access_token);
  }
  for (const scope of ["openid", "openid email", "email", "openid profile"]) await userInfo(s, (await redeem(s, client, await fresh(s, client, { scope }))).json?.access_token);
  const asked = { userinfo: { email: null, name: { essential: true }, shoe_size: null, sub: null } };
  const some = (await redeem(s, client, await fresh(s, client, { scope: "openid offline_access", nonce: "1", claims: JSON.stringify(asked) }))).json;
  await userInfo(s, some.access_token);
  const next = (await refresh(s, client, some.refresh_token)).json;
  await userInfo(s, next.access_token);
  await resource(s, { identifier: api }, client);
  const jwt = (await redeem(s, client, await fresh(s, client, { scope: "openid", resource: api, claims: JSON.stringify(asked) }))).json;
  await userInfo(s, jwt.access_token);
  await change(s, client, { disabled: s.db.kind === "postgres" ? true : 1 });
  await userInfo(s, access_token);
  await userInfo(s, jwt.access_token);
}

export default [
  scenario("introspection", inspect),
  scenario("revocation", revocations),
  scenario("the user", people),
  scenario("forged tokens", async (s) => {
    const { client } = await tokens(s);
    for (const given of forged) {
      await introspect(s, client, given);
      await revoke(s, client, given);
      await userInfo(s, given);
    }
  }),
  scenario("a narrow list of claims", async (s) => {
    const client = await begin(s, { skip_consent: true });
    const claims = JSON.stringify({ userinfo: { email: null, name: null } });
    const got = (await redeem(s, client, await fresh(s, client, { scope: "openid", claims }))).json;
    await userInfo(s, got.access_token);
  }, { advertisedMetadata: { claims_supported: ["sub", "email"] } }),
  scenario("a shared resource", async (s) => {
    const { client } = await tokens(s);
    const server = await register(s, {});
    const other = await register(s, {});
    await resource(s, { identifier: api, customClaims: { tenant: "t" } }, client, server);
    const jwt = (await redeem(s, client, await fresh(s, client, { resource: api }))).json;
    for (const one of [client, server, other]) await introspect(s, one, jwt.access_token);
    await manage(s, "adminUnlinkClientResource", { params: { identifier: api, client_id: server.client_id } });
    await introspect(s, server, jwt.access_token);
    await link(s, api, other);
    await introspect(s, other, jwt.access_token);
    await authorize(s, client, { resource: `${base}/oauth2/userinfo` });
  }),
  scenario("a shared resource with opaque tokens", async (s) => {
    const { client } = await tokens(s, { scope: "openid" });
    const server = await register(s, {});
    await resource(s, { identifier: api, customClaims: { tenant: "t", active: false } }, client, server);
    const got = (await redeem(s, client, await fresh(s, client, { resource: api, scope: "openid email" }))).json;
    for (const one of [client, server]) await introspect(s, one, got.access_token);
    await userInfo(s, got.access_token);
    await manage(s, "adminDeleteOAuthResource", { params: { identifier: api } });
    await introspect(s, client, got.access_token);
    await userInfo(s, got.access_token);
  }, { disableJwtPlugin: true }),
].map((one) => ({ ...one, name: one.name.replace("oauth token:", "oauth introspect:") }));
