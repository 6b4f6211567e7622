// Each of the 36 providers from the authorization address to renewed tokens, with the requests sent and the results of the
// same fixed answers.
import { begin, egress, provider as answering } from "../oauth/fake.mjs";
import { providers } from "../oauth/providers.mjs";

const request = { callbackURL: "/dash", newUserCallbackURL: "/new", errorCallbackURL: "/failed", scopes: ["extra"], loginHint: "me", additionalParams: { hint: "a b", audience: "mine" } };

function scenario(name, id, canned, { options = {}, hooks = {}, config = {}, run } = {}) {
  const { options: own, callback = "" } = providers[id];
  return {
    name: `${id}: ${name}`,
    config: { ...egress, ...config, socialProviders: { [id]: { ...own, ...options } } },
    hooks: { egress: answering(canned), ...hooks },
    run: run ?? (async (s) => {
      const state = await begin(s, { provider: id, ...request });
      await s.get(`/callback/${id}?code=code-1&state=${state}${callback}`);
    }),
  };
}

async function only(s) {
  const { json } = await s.get("/list-accounts");
  return Array.isArray(json) ? json[0] : undefined;
}

async function whole(s, id, callback) {
  const state = await begin(s, { provider: id, ...request });
  await s.get(`/callback/${id}?code=code-1&state=${state}${callback}`);
  await s.get("/get-session");
  const account = await only(s);
  if (!account) return;
  const one = { accountId: account.id };
  await s.post("/get-access-token", one);
  await s.get(`/account-info?accountId=${account.id}`);
  await s.post("/refresh-token", one);
  await s.advance(1798).post("/get-access-token", one);
  await s.as("again").post("/get-access-token", one);
  const second = await begin(s, { provider: id, callbackURL: "/dash", newUserCallbackURL: "/new" });
  await s.get(`/callback/${id}?code=code-2&state=${second}${callback}`);
}

export default Object.entries(providers).flatMap(([id, { full, bare, more = {}, callback = "" }]) => [
  scenario("full", id, full, { run: (s) => whole(s, id, callback) }),
  scenario("bare", id, bare, { run: (s) => whole(s, id, callback) }),
  ...Object.entries(more).map(([name, canned]) => scenario(name, id, canned)),
  scenario("mapProfileToUser", id, full, {
    options: { mapProfileToUser: { webhook: "hook:map" } },
    hooks: { map: () => ({ result: { name: "Mapped", email: "mapped@example.com", locale: "de" } }) },
    config: { user: { additionalFields: { locale: { type: "string", required: false } } } },
  }),
  scenario("getUserInfo and refreshAccessToken", id, full, {
    options: { getUserInfo: { webhook: "hook:info" }, refreshAccessToken: { webhook: "hook:refresh" } },
    hooks: {
      info: () => ({ result: { user: { name: "Own", email: "own@example.com", emailVerified: true }, data: { sub: "s", id: "i", account_id: "a", oid: "o", user_id: "u", openid: "w", response: { id: "r" }, data: { id: "d", user: { open_id: "t" } }, user: { user_id: "v" }, "https://slack.com/user_id": "k" } } }),
      refresh: () => ({ result: { accessToken: "own-access", refreshToken: "own-refresh" } }),
    },
    run: async (s) => {
      const state = await begin(s, { provider: id, callbackURL: "/dash" });
      await s.get(`/callback/${id}?code=code-1&state=${state}${callback}`);
      const account = await only(s);
      if (account) await s.post("/refresh-token", { accountId: account.id });
    },
  }),
  scenario("token refused", id, { ...full, token: { $status: 400, $body: { error: "invalid_grant" } } }),
  scenario("profile refused", id, { ...full, claims: undefined, users: (full.users ?? []).map(([part]) => [part, { $status: 401, $body: { error: "unauthorized" } }]) }),
  scenario("token redirects", id, { ...full, token: { $status: 302, $headers: { location: "https://elsewhere.example/" } } }),
  scenario("no client", id, full, { options: { clientId: undefined, clientSecret: undefined, clientKey: undefined } }),
]);
