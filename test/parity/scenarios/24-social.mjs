// Social sign-in up to the provider: addresses, state, rejections.
import { alice, signUp } from "../people.mjs";

const socialProviders = {
  github: { clientId: "gh-id", clientSecret: "gh-secret", scope: ["repo"] },
  google: { clientId: "go-id", clientSecret: "go-secret", prompt: "consent", accessType: "offline", disableSignUp: true },
  discord: { clientId: "di-id", clientSecret: "di-secret", enabled: false },
  gitlab: { clientId: "gl-id", clientSecret: "gl-secret", issuer: "https://gitlab.example", disableDefaultScope: true, redirectURI: "https://app.example/cb" },
};

const stateOf = (answer) => new URL(answer.json.url).searchParams.get("state");

async function starts(s) {
  for (const provider of ["github", "google", "discord", "gitlab", "nothing"])
    await s.post("/sign-in/social", { provider, callbackURL: "/dash" }, { label: `start ${provider}` });
  await s.post("/sign-in/social", { provider: "github", disableRedirect: true });
  await s.post("/sign-in/social", { provider: "github", scopes: ["x", "y"], loginHint: "me", requestSignUp: true, additionalParams: { a: "b" }, additionalData: { n: 1 }, errorCallbackURL: "/failed", newUserCallbackURL: "/new" });
  await s.post("/sign-in/social", { provider: "github", additionalParams: { state: "x", client_id: "y" } });
  await s.post("/sign-in/social", { provider: "github", idToken: { token: "x" } });
  await s.post("/sign-in/social", { provider: "google", idToken: { token: "x" } });
  await s.post("/sign-in/social", { provider: "github" }, { form: { provider: "github" } });
}

async function callbacks(s) {
  const state = stateOf(await s.post("/sign-in/social", { provider: "github", callbackURL: "/dash", errorCallbackURL: "/failed" }));
  await s.get(`/callback/github?state=${state}&error=access_denied&error_description=no%20way`);
  await s.get(`/callback/github?state=${state}`);
  await s.get(`/callback/github?code=x&state=${state.slice(1)}`);
  await s.get(`/callback/nothing?code=x&state=${state}`);
  const again = stateOf(await s.post("/sign-in/social", { provider: "github", callbackURL: "/dash" }));
  await s.as("another browser").get(`/callback/github?code=x&state=${again}`);
  await s.as("default").advance(700).get(`/callback/github?code=x&state=${again}`);
  await s.post("/callback/github", undefined, { form: { code: "x", state: again } });
  await s.post("/callback/github?state=a", { code: "x", state: again });
}

async function linking(s) {
  await signUp(s, alice);
  await s.post("/link-social", { provider: "github", callbackURL: "/linked" });
  await s.post("/link-social", { provider: "github", scopes: ["more"], disableRedirect: true });
  await s.post("/link-social", { provider: "discord" });
  await s.post("/link-social", { provider: "github", idToken: { token: "x" } });
  await s.post("/link-social", { provider: "github", callbackURL: "//evil.io" });
}

const variants = {
  "defaults": {},
  "state in a cookie": { account: { storeStateStrategy: "cookie" } },
  "cookie check skipped": { account: { skipStateCookieCheck: true } },
  "linking off": { account: { accountLinking: { enabled: false } } },
  "hashed state": { verification: { storeIdentifier: "hashed" } },
  "secrets by version": { secret: undefined, secrets: [{ version: 2, value: "second-secret-aaaaaaaaaaaaaaaaaaaaaaaa" }], account: { storeStateStrategy: "cookie" } },
};

export default [
  ...Object.entries(variants).flatMap(([name, config]) => [
    { name: `start: ${name}`, config: { ...config, socialProviders }, run: starts },
    { name: `callback: ${name}`, config: { ...config, socialProviders }, run: callbacks },
    { name: `link: ${name}`, config: { ...config, socialProviders }, run: linking },
  ]),
  { name: "start and callback without a database", dbs: ["none"], config: { socialProviders }, async run(s) {
    await starts(s);
    await callbacks(s);
  } },
  { name: "host program without a base URL", config: { baseURL: undefined, socialProviders }, async run(s) {
    await s.api("signInSocial", { body: { provider: "github" } });
    await s.api("signInSocial", { body: { provider: "github", callbackURL: "/x" } });
  } },
];
