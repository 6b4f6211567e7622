// The helpers of generic-oauth, each with every option, all in one server.
import { begin, egress, provider as answering } from "../oauth/fake.mjs";

const tenant = "0123ABCD-0123-4567-89ab-0123456789ab";
const client = { clientId: "client-1", clientSecret: "secret-1" };
const well = "/.well-known/openid-configuration";
const discovery = (issuer) => ({
  issuer, authorization_endpoint: `${issuer}/authorize`, token_endpoint: `${issuer}/token`, userinfo_endpoint: `${issuer}/userinfo`, jwks_uri: `${issuer}/jwks`,
  end_session_endpoint: `${issuer}/logout`, id_token_signing_alg_values_supported: ["RS256"],
});
const entra = `https://login.microsoftonline.com/${tenant.toLowerCase()}/v2.0`;
const documents = {
  "https://mine.auth0.com": "https://mine.auth0.com/", "https://key.example.com/realms/one": "https://key.example.com/realms/one",
  "https://okta.example.com/oauth2/default": "https://okta.example.com/oauth2/default", [entra]: entra,
};
const person = (id, iss) => ({ iss, aud: "client-1", sub: `${id}-1`, name: `Ann ${id}`, email: `${id}@example.com`, email_verified: true, picture: `https://p/${id}.png` });

// needs: required options of the helper. full and bare: answers of the provider.
const helpers = {
  auth0: { needs: { domain: "mine.auth0.com" }, full: { claims: person("auth0", "https://mine.auth0.com/") }, bare: { users: [["/userinfo", { sub: "auth0-1", email: "auth0@example.com" }]] } },
  keycloak: { needs: { issuer: "https://key.example.com/realms/one/" }, full: { claims: person("keycloak", "https://key.example.com/realms/one") }, bare: { users: [["/userinfo", { sub: "keycloak-1", email: "keycloak@example.com" }]] } },
  okta: { needs: { issuer: "https://okta.example.com/oauth2/default" }, full: { claims: person("okta", "https://okta.example.com/oauth2/default") }, bare: { users: [["/userinfo", {}]] } },
  "microsoft-entra-id": {
    needs: { tenantId: tenant },
    full: { claims: { ...person("entra", entra), oid: "oid-1" }, users: [["graph.microsoft.com", { sub: "entra-1", name: "Other", picture: "https://p/other.png", extra: 1 }]] },
    bare: { claims: { iss: entra, aud: "client-1", sub: "entra-1", oid: "oid-1", givenname: "Ann", family_name: "Entra" }, users: [["graph.microsoft.com", { sub: "somebody else", email: "else@example.com" }]] },
    more: {
      "the address from the profile": { claims: { iss: entra, aud: "client-1", sub: "entra-1", oid: "oid-1" }, users: [["graph.microsoft.com", { sub: "entra-1", email: "told@example.com", given_name: "Told", email_verified: true }]] },
      "no oid": { claims: { ...person("entra", entra), oid: " " } },
      "no id token": { users: [["graph.microsoft.com", { sub: "entra-1", email: "told@example.com" }]] },
      "profile refused": { claims: { ...person("entra", entra), oid: "oid-1" }, users: [["graph.microsoft.com", { $status: 403, $body: {} }]] },
      "another tenant's token": { claims: { ...person("entra", "https://login.microsoftonline.com/other/v2.0"), oid: "oid-1" } },
    },
  },
  gumroad: {
    needs: {}, full: { users: [["api.gumroad.com/v2/user", { success: true, user: { user_id: "gum-1", name: "Gum", email: "gum@example.com", profile_url: "https://p/gum.png" } }]] },
    bare: { users: [["api.gumroad.com/v2/user", { success: true, user: { user_id: "gum-1", email: "gum@example.com" } }]] },
    more: { "no success": { users: [["api.gumroad.com/v2/user", { success: false, user: { user_id: "gum-1", email: "gum@example.com" } }]] }, "no id": { users: [["api.gumroad.com/v2/user", { success: true, user: { email: "gum@example.com" } }]] } },
  },
  hubspot: {
    needs: {}, full: { token: { access_token: "access/1 ü" }, users: [["/access-tokens/", { user_id: 7, user: "hub@example.com", hub_id: 3 }]] },
    bare: { users: [["/access-tokens/", { signed_access_token: { userId: 8 }, user: "hub@example.com" }]] },
    more: { "no id": { users: [["/access-tokens/", { user: "hub@example.com" }]] }, "an id of nothing": { users: [["/access-tokens/", { user_id: 0, user: "hub@example.com" }]] } },
  },
  line: {
    needs: {}, full: { claims: person("line", "https://access.line.me") }, bare: { users: [["/userinfo", { sub: "line-1", email: "line@example.com" }]] },
    more: { "an id token that is none": { token: { id_token: "x" }, users: [["/userinfo", { sub: "line-1", email: "line@example.com" }]] }, "profile refused": { users: [["/userinfo", { $status: 401, $body: {} }]] } },
  },
  patreon: {
    needs: {}, full: { users: [["/identity", { data: { id: "pat-1", attributes: { full_name: "Pat", email: "pat@example.com", image_url: "https://p/pat.png", is_email_verified: true } } }]] },
    bare: { users: [["/identity", { data: { id: "pat-1", attributes: { email: "pat@example.com" } } }]] },
    more: { "no data": { users: [["/identity", {}]] }, "no attributes": { users: [["/identity", { data: { id: "pat-1" } }]] } },
  },
  slack: {
    needs: {}, full: { users: [["openid.connect.userInfo", { ok: true, sub: "sla-1", name: "Sla", email: "sla@example.com", email_verified: true, picture: "https://p/sla.png" }]] },
    bare: { users: [["openid.connect.userInfo", { sub: "sla-1", email: "sla@example.com", "https://slack.com/user_image_512": "https://p/512.png" }]] },
    more: { "not ok": { users: [["openid.connect.userInfo", { ok: false, error: "invalid_auth" }]] } },
  },
  yandex: {
    needs: {}, full: { users: [["login.yandex.ru/info", { id: "yan-1", login: "yan", display_name: "Yan", real_name: "Yan Dex", default_email: "yan@example.com", default_avatar_id: "12/34", is_avatar_empty: false }]] },
    bare: { users: [["login.yandex.ru/info", { id: "yan-1", login: "yan", emails: ["yan@example.com"], default_avatar_id: "12/34", is_avatar_empty: true }]] },
    more: { "no address": { users: [["login.yandex.ru/info", { id: "yan-1", login: "yan", default_email: "", emails: ["yan@example.com"] }]] }, "first name": { users: [["login.yandex.ru/info", { id: "yan-1", real_name: null, first_name: "First", default_email: "yan@example.com" }]] } },
  },
};
const ids = Object.keys(helpers);

const answers = (canned) => answering({ ...canned, users: [...(canned.users ?? []), ...Object.entries(documents).map(([at, issuer]) => [at + well, discovery(issuer)])] });

function scenario(name, own, run, { config = {}, hooks = {} } = {}) {
  const list = ids.map((helper) => ({ helper, ...client, ...helpers[helper].needs, ...(typeof own === "function" ? own(helper) : own) }));
  return {
    name,
    timeout: 300_000,
    config: { ...egress, ...config, plugins: { "generic-oauth": { config: list } } },
    hooks: { egress: (call, s) => answers(s.canned ?? {})(call, s), ...hooks },
    run: async (s) => {
      for (const [i, id] of ids.entries()) {
        s.canned = helpers[id].full;
        await run(s.as(id), list[i].providerId ?? id, helpers[id]);
      }
    },
  };
}

async function flow(s, id, body = {}) {
  const state = await begin(s, { provider: id, callbackURL: "/dash", newUserCallbackURL: "/new", errorCallbackURL: "/failed", scopes: ["more"], loginHint: "me", additionalParams: { audience: "mine" }, ...body });
  if (state) await s.get(`/callback/${id}?code=code-1&state=${state}`);
}
async function whole(s, id, body) {
  await flow(s, id, body);
  await s.get("/get-session");
  const { json } = await s.get("/list-accounts");
  const account = Array.isArray(json) ? json[0] : undefined;
  if (account) {
    await s.post("/refresh-token", { accountId: account.id });
    await s.get(`/account-info?accountId=${account.id}`);
  }
  await s.post("/sign-out", {});
}
const assertion = { hooks: { assert: (call) => ({ result: `signed for ${call.data[0].tokenEndpoint}` }) } };
const refused = (name, config) => ({ name: `refused: ${name}`, config: { ...egress, plugins: { "generic-oauth": { config: [{ ...client, ...config }] } } }, hooks: { egress: answers({}) }, run: (s) => s.get("/ok") });

export default [
  scenario("defaults", {}, whole),
  scenario("a profile that tells little", {}, async (s, id, { bare }) => {
    s.canned = bare;
    await whole(s, id);
  }),
  scenario("profiles of other kinds", {}, async (s, id, { more = {} }) => {
    for (const [name, canned] of Object.entries(more)) {
      s.canned = canned;
      s.note(`${id}: ${name}`, name);
      await whole(s, id);
    }
  }),
  scenario("everything set", (id) => ({
    scopes: ["openid", "own"], redirectURI: `https://app.example/${id}`, pkce: false, overrideUserInfo: true, disableSignUp: false, disableImplicitSignUp: true, disableProviderLogout: false,
    endSessionEndpoint: `https://out.example/${id}?a=b%20c`, postLogoutRedirectURI: "/bye", tokenEndpointAuth: { method: "client_secret_basic" }, ...(id === "line" ? { providerId: "line-jp" } : {}),
  }), async (s, id, { full, bare }) => {
    await flow(s, id);
    await whole(s, id, { requestSignUp: true });
    s.canned = { ...bare, claims: full.claims && { ...full.claims, name: "Renamed", email_verified: false } };
    await whole(s, id);
  }),
  scenario("no scopes, proof key", { scopes: [], pkce: true, tokenEndpointAuth: { method: "client_secret_post" }, overrideUserInfo: false }, whole),
  scenario("no sign-up, no signing out there", { disableSignUp: true, disableImplicitSignUp: false, disableProviderLogout: true, endSessionEndpoint: "https://out.example/" }, (s, id) => whole(s, id, { requestSignUp: true })),
  scenario("signing out there is off", { disableProviderLogout: true }, whole),
  scenario("assertion", { clientSecret: undefined, tokenEndpointAuth: { method: "private_key_jwt", getClientAssertion: { webhook: "hook:assert" } } }, whole, assertion),
  scenario("a request of one's own", { tokenEndpointAuth: { method: "custom", customizeRequest: { webhook: "hook:change" } } }, whole, {
    hooks: { change: (call) => ({ result: { body: { extra: call.data[0].tokenEndpoint }, headers: { "X-Token": call.data[0].grantType, Accept: null } } }) },
  }),
  scenario("no secret", { clientSecret: undefined, tokenEndpointAuth: { method: "none" } }, whole),
  scenario("no secret, nothing said of it", { clientSecret: undefined }, whole),
  scenario("domains and issuers in other spellings", (id) => ({ auth0: { domain: "HTTP://mine.auth0.com/x" }, keycloak: { issuer: "https://key.example.com/realms/one" }, okta: { issuer: "https://okta.example.com/oauth2/default/" } })[id] ?? {}, (s, id) => begin(s, { provider: id })),
  ...["common", "", "0123abcd-0123-4567-89ab-0123456789a"].map((tenantId) => refused(`tenant ${tenantId || "of nothing"}`, { helper: "microsoft-entra-id", tenantId })),
  refused("a secret beside an assertion", { helper: "okta", ...helpers.okta.needs, tokenEndpointAuth: { method: "private_key_jwt", getClientAssertion: { webhook: "hook:assert" } } }),
];
