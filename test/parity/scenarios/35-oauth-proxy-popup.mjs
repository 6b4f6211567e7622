// oauth-proxy and oauth-popup.
import { alice, signUp } from "../people.mjs";
import { begin, egress, follow, provider as answering } from "../oauth/fake.mjs";

const octo = { users: [["/user/emails", [{ email: "octo@example.com", primary: true, verified: true }]], ["api.github.com/user", { id: 7, login: "octo", name: "Octo", email: "octo@example.com" }]] };
const socialProviders = { github: { clientId: "client-1", clientSecret: "secret-1" } };

const scenario = (name, plugins, run, { config = {}, canned = octo, dbs } = {}) => ({
  name, ...(dbs ? { dbs } : {}),
  config: { ...egress, ...config, socialProviders: { github: { ...socialProviders.github, ...config.github } }, github: undefined, plugins },
  hooks: { egress: (call, s) => answering(s.canned ?? canned)(call, s) },
  run,
});
const tail = (url) => {
  const { pathname, search } = new URL(url);
  return pathname.replace("/api/auth", "") + search;
};
const locationOf = ({ headers }) => [headers.location].flat()[0];

// The same server also acts as the production server: it opens the envelope that it has written.
async function detour(s, more = "", body = {}) {
  const state = await begin(s, { provider: "github", callbackURL: "/dash", newUserCallbackURL: "/new", errorCallbackURL: "/failed", ...body });
  const back = locationOf(await s.get(`/callback/github?code=code-1&state=${encodeURIComponent(state)}${more}`));
  return back;
}
const proxy = { productionURL: "https://app.example.com", currentURL: "http://localhost:3000" };

const popup = (s, more = {}, opts) => s.get(`/oauth-popup/start?${new URLSearchParams({ provider: "github", popupOrigin: "http://localhost:3000", popupNonce: "n-1", ...more })}`, opts);
async function popped(s, more = {}, query = "") {
  const answer = await popup(s, more);
  const url = new URL(locationOf(answer));
  await s.get(`/callback/github?code=code-1&state=${url.searchParams.get("state")}${query}`);
  await s.get("/get-session");
}

export default [
  scenario("proxy: a flow by way of production", { "oauth-proxy": proxy }, async (s) => {
    const back = await detour(s);
    await s.get(tail(back));
    await s.get("/get-session");
    await s.get(tail(back));
  }),
  scenario("proxy: the old path", { "oauth-proxy": proxy }, async (s) => {
    const back = await detour(s);
    await s.get(tail(back).replace("/callback/github/oauth-proxy", "/oauth-proxy-callback"));
  }),
  scenario("proxy: refusals", { "oauth-proxy": proxy }, async (s) => {
    await s.get("/callback/github/oauth-proxy");
    await s.get("/callback/github/oauth-proxy?callbackURL=/dash");
    await s.get("/callback/github/oauth-proxy?callbackURL=/dash&profile=00ff");
    await s.get("/callback/github/oauth-proxy?callbackURL=https://evil.example&profile=x");
    const back = await detour(s);
    await s.get(tail(back).replace("/callback/github", "/callback/gitlab"));
    await s.advance(120).get(tail(back));
    await detour(s, "&error=access_denied");
    s.canned = { token: { $status: 400, $body: {} } };
    await detour(s);
  }),
  scenario("proxy: no sign-up", { "oauth-proxy": proxy }, async (s) => {
    await s.get(tail(await detour(s)));
  }, { config: { github: { disableSignUp: true } } }),
  scenario("proxy: sign-up by request", { "oauth-proxy": proxy }, async (s) => {
    await s.get(tail(await detour(s)));
    await s.get(tail(await detour(s, "", { requestSignUp: true })));
  }, { config: { github: { disableImplicitSignUp: true } } }),
  scenario("proxy: linking", { "oauth-proxy": proxy }, async (s) => {
    await signUp(s, { ...alice, email: "octo@example.com" });
    const state = follow(s, await s.post("/link-social", { provider: "github", callbackURL: "/linked" }));
    const back = locationOf(await s.get(`/callback/github?code=code-1&state=${encodeURIComponent(state)}`));
    await s.get(tail(back));
    await s.get("/list-accounts");
  }),
  scenario("proxy: own secret and age", { "oauth-proxy": { ...proxy, secret: "proxy-secret-0123456789-0123456789", maxAge: 600 } }, async (s) => {
    const back = await detour(s);
    await s.advance(300).get(tail(back));
  }),
  scenario("proxy: secrets by version", { "oauth-proxy": { ...proxy, secret: { keys: { 1: "proxy-secret-one-0123456789-0123456789", 3: "proxy-secret-three-0123456789-01234567" }, currentVersion: 3, legacySecret: "proxy-secret-old-0123456789-0123456789" } } }, async (s) => {
    const back = await detour(s);
    s.note("the state is sealed by the current version", /[?&]profile=%24ba%243%24/.test(back));
    await s.get(tail(back));
    await s.get("/get-session");
    // A text that is not an envelope is decrypted with the legacy secret.
    await s.get("/callback/github/oauth-proxy?callbackURL=/dash&profile=00ff");
    await s.get(tail(back).replace("%24ba%243", "%24ba%241"));
    await s.get(tail(back).replace("%24ba%243", "%24ba%249"));
  }),
  scenario("proxy: state in a cookie", { "oauth-proxy": proxy }, async (s) => {
    await s.get(tail(await detour(s)));
  }, { config: { account: { storeStateStrategy: "cookie" } } }),
  scenario("proxy: production itself", { "oauth-proxy": { productionURL: "http://localhost:3000" } }, async (s) => {
    const state = await begin(s, { provider: "github", callbackURL: "/dash" }, { urlHost: "localhost:3000" });
    await s.get(`/callback/github?code=code-1&state=${state}`, { urlHost: "localhost:3000" });
  }),
  scenario("proxy: asked not to", { "oauth-proxy": proxy }, async (s) => {
    const state = await begin(s, { provider: "github", callbackURL: "/dash" }, { headers: { "x-skip-oauth-proxy": "1" } });
    await s.get(`/callback/github?code=code-1&state=${state}`);
  }),
  scenario("proxy: nothing set", { "oauth-proxy": {} }, async (s) => {
    const state = await begin(s, { provider: "github", callbackURL: "/dash" }, { urlHost: "preview.example:1" });
    await s.get(`/callback/github?code=code-1&state=${encodeURIComponent(state)}`);
  }),
  scenario("popup", { "oauth-popup": {}, bearer: {} }, async (s) => {
    await popped(s, { callbackURL: "/dash", scopes: "a,b", requestSignUp: "true", additionalData: JSON.stringify({ n: 1, link: { userId: "x" }, callbackURL: "//evil" }) });
    await popped(s);
  }),
  scenario("popup: refusals", { "oauth-popup": {} }, async (s) => {
    await popup(s, { popupOrigin: "https://evil.example" });
    await popup(s, { popupOrigin: "/x" });
    await popup(s, { provider: "nobody</script>" });
    await popup(s, { callbackURL: "https://evil.example" });
    await popup(s, { errorCallbackURL: "//evil.example" });
    await popup(s, { newUserCallbackURL: "https://evil.example" });
    await popup(s, { additionalData: "not json" });
    await s.get("/oauth-popup/start");
  }),
  scenario("popup: errors", { "oauth-popup": {} }, async (s) => {
    await popped(s, { errorCallbackURL: "/failed" }, "&error=access_denied&error_description=no");
    await popped(s, {}, "&error=access_denied");
    const { headers } = await popup(s);
    const state = new URL([headers.location].flat()[0]).searchParams.get("state");
    await s.get(`/callback/github?code=code-1&state=${state}x`);
  }),
  scenario("popup: an ordinary flow beside it", { "oauth-popup": {} }, async (s) => {
    const state = await begin(s, { provider: "github", callbackURL: "/dash" });
    await s.get(`/callback/github?code=code-1&state=${state}`);
  }),
  scenario("popup: state in a cookie", { "oauth-popup": {}, bearer: {} }, (s) => popped(s, { callbackURL: "/dash" }), { config: { account: { storeStateStrategy: "cookie" } } }),
];
