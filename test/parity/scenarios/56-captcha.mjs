// The captcha plugin. The services are played by the hook "egress".
import { egress } from "../oauth/fake.mjs";
import { alice, signIn } from "../people.mjs";

const providers = ["cloudflare-turnstile", "google-recaptcha", "hcaptcha", "captchafox"];
const json = (body, more = {}) => ({ status: 200, body: typeof body === "string" ? body : JSON.stringify(body), ...more });
const down = { status: 599, headers: { "x-egress-error": "connection refused" } };
const token = (value = "token-1") => ({ headers: { "x-captcha-response": value } });

const scenario = (name, options, run, { says = { success: true }, config = {}, ...more } = {}) => ({
  name: `captcha: ${name}`,
  config: { ...egress, ...config, plugins: { captcha: { secretKey: "secret-1 &=", ...options } } },
  hooks: { egress: (call, s) => { const answer = s.says ?? says; return answer.status ? answer : json(answer); } },
  run,
  ...more,
});

async function flow(s) {
  await s.post("/sign-up/email", alice);
  await s.post("/sign-up/email", alice, { headers: { "x-captcha-response": "" } });
  await s.post("/sign-up/email", alice, token());
  await s.get("/get-session");
  await s.post("/sign-in/email", signIn(alice), token("a token/with+signs=&%C3%BC~*"));
  await s.post("/sign-in/email", { ...signIn(alice), password: "wrong-password" }, token());
  await s.post("/request-password-reset", { email: alice.email }, token());
  s.says = { success: false, "error-codes": ["invalid-input-response"], hostname: "localhost", action: "login" };
  await s.post("/sign-in/email", signIn(alice), token("bad"));
  await s.post("/sign-up/email", { ...alice, email: "other@example.com" }, token("bad"));
  await s.post("/request-password-reset", { email: alice.email }, token("bad"));
}

// What the service answers, when something is wrong with it.
const failures = {
  "down": down,
  "status 500": json({ success: true }, { status: 500 }),
  "status 500 without an answer": { status: 500, body: "" },
  "status 404": json({ success: true }, { status: 404 }),
  "status 429": json("slow down", { status: 429, headers: { "content-type": "text/plain" } }),
  "a redirect": { status: 302, body: "", headers: { location: "https://other.example/verify" } },
  "empty": json(""),
  "null": json("null"),
  "false": json("false"),
  "zero": json("0"),
  "true": json("true"),
  "a text": json('"success"'),
  "garbage": json("{success"),
  "html": json("<html>success</html>", { headers: { "content-type": "text/html" } }),
  "json as text": json('{"success":false}', { headers: { "content-type": "text/plain" } }),
  "bytes": json('{"success":true}', { headers: { "content-type": "application/octet-stream" } }),
  "a list": json('[{"success":true}]'),
  "no success": json("{}"),
  "success is null": json('{"success":null}'),
};

async function failing(s) {
  for (const [label, answer] of Object.entries(failures)) {
    s.says = answer;
    await s.post("/sign-up/email", alice, { ...token(), label });
  }
}

// Each answer is {says, label}.
const answers = (list) => async (s) => {
  for (const says of list) {
    s.says = says;
    await s.post("/sign-in/email", signIn(alice), { ...token(), label: JSON.stringify(says) });
  }
};
const scored = [{ success: true, score: 0.9 }, { success: true, score: 0.5 }, { success: true, score: 0.49 }, { success: true, score: 0.3 }, { success: true, score: 0 }, { success: true }, { success: false, score: 0.9 }];
const named = [
  { success: true, action: "login", hostname: "app.example.com" }, { success: true, action: "signup", hostname: "app.example.com" }, { success: true, hostname: "app.example.com" },
  { success: true, action: "login", hostname: "evil.example" }, { success: true, action: "login" }, { success: true, action: "login", hostname: "" },
  { success: false, action: "login", hostname: "app.example.com" },
];

async function paths(s) {
  for (const path of ["/sign-up/email", "/sign-in/email", "/request-password-reset", "/sign-in/email/", "/sign-in/social", "/ok", "/get-session", "/nowhere"]) {
    await s.post(path, {});
    await s.get(path);
  }
  for (const path of ["//sign-in/email", "/sign-in//email", "///sign-in///email//", "/sign-in/./email", "/x/../sign-in/email", "/sign-in/%65mail", "/SIGN-IN/email", "/sign-in/email?x=1"])
    await s.post(path, signIn(alice));
  await s.post("/sign-in/email", signIn(alice), { origin: "http://evil.example" });
  await s.request("PUT", "/sign-in/email", signIn(alice));
  await s.request("OPTIONS", "/sign-in/email");
  await s.post("/sign-in/email", undefined, { raw: "{", type: "application/json" });
  await s.post("/sign-in/email", signIn(alice), { headers: { "x-captcha-response": ["one", "two"] } });
}

const botHooks = {
  check: (call, s) => s.verdict ?? { result: { isBot: false } },
  validate: (call, s) => s.decision ?? { result: call.data[0].verification?.verifiedBotName === "good" },
};
const bot = { provider: "vercel-botid", secretKey: undefined, checkBotId: { webhook: "hook:check" } };
const verdicts = [{ result: { isBot: false } }, { result: { isBot: true } }, { result: {} }, { result: { isBot: "false" } }, {}, { status: 400, body: { message: "no", code: "NO" } }, { body: { $error: true, name: "Error", message: "down" }, status: 500 }];

async function bots(s) {
  for (const verdict of verdicts) {
    s.verdict = verdict;
    await s.post("/sign-up/email", alice, { label: JSON.stringify(verdict) });
  }
}

async function decided(s) {
  for (const result of [{ isBot: true, isVerifiedBot: true, verifiedBotName: "good", verifiedBotCategory: "search", more: 1 }, { isBot: false }]) {
    s.verdict = { result };
    await s.post("/sign-up/email", alice, { label: JSON.stringify(result), headers: { "x-is-human": "proof" } });
  }
  for (const decision of [{ result: true }, { result: false }, {}, { status: 418, body: { message: "no", code: "NO" } }]) {
    s.decision = decision;
    await s.post("/sign-in/email", signIn(alice), { label: JSON.stringify(decision) });
  }
}

export default [
  ...providers.map((provider) => scenario(provider, { provider }, flow)),
  ...providers.map((provider) => scenario(`${provider}, failing`, { provider }, failing)),
  ...providers.map((provider) => scenario(`${provider}, another URL and a site key`, { provider, siteVerifyURLOverride: "https://verify.example.com/check?x=1", siteKey: "site 1" }, flow)),
  scenario("PostgreSQL and MariaDB", { provider: "hcaptcha" }, flow, { dbs: ["postgres", "mysql"] }),
  scenario("scores", { provider: "google-recaptcha" }, answers(scored)),
  scenario("scores, a lower bound", { provider: "google-recaptcha", minScore: 0.3 }, answers(scored)),
  scenario("scores, no bound", { provider: "google-recaptcha", minScore: 0 }, answers(scored)),
  scenario("scores are for Google only", { provider: "hcaptcha", minScore: 0.9 }, answers(scored)),
  ...["cloudflare-turnstile", "google-recaptcha", "hcaptcha"].flatMap((provider) => [
    scenario(`${provider}, action`, { provider, expectedAction: "login" }, answers(named)),
    scenario(`${provider}, host names`, { provider, allowedHostnames: ["www.example.com", "app.example.com"] }, answers(named)),
    scenario(`${provider}, no host names`, { provider, expectedAction: "", allowedHostnames: [] }, answers(named)),
  ]),
  scenario("answers of an odd shape", { provider: "google-recaptcha" }, answers([{ success: "false" }, { success: 1 }, { success: {} }, { success: true, score: "0.1" }, { success: true, score: null }])),
  scenario("paths", { provider: "hcaptcha" }, paths),
  scenario("paths with a slash at the end", { provider: "hcaptcha" }, paths, { config: { advanced: { skipTrailingSlashes: true } } }),
  scenario("paths of one's own", { provider: "hcaptcha", endpoints: ["/sign-in/*", "/get-session"] }, paths),
  scenario("paths of every depth", { provider: "hcaptcha", endpoints: ["/sign-*/**"] }, paths),
  scenario("all paths", { provider: "hcaptcha", endpoints: ["**"] }, paths),
  scenario("no paths", { provider: "hcaptcha", endpoints: [] }, paths),
  scenario("another base path", { provider: "hcaptcha" }, paths, { config: { basePath: "/auth" } }),
  scenario("base path of the base URL", { provider: "hcaptcha" }, async (s) => {
    for (const path of ["/auth/v1/sign-in/email", "/auth/v1//sign-in/email"]) await s.post(path, signIn(alice), { absolute: true });
  }, { config: { baseURL: "http://localhost:3000/auth/v1" } }),
  scenario("after the limit", { provider: "hcaptcha" }, async (s) => {
    for (let i = 0; i < 5; i++) await s.post("/sign-in/email", signIn(alice));
  }, { config: { rateLimit: { enabled: true } } }),
  scenario("disabled paths", { provider: "hcaptcha" }, (s) => s.post("/sign-in/email", signIn(alice)), { config: { disabledPaths: ["/sign-in/email"] } }),
  scenario("address of the client", { provider: "captchafox" }, async (s) => {
    for (const ip of ["203.0.113.7", "2001:db8::1", "nonsense", "1.2.3.4, 5.6.7.8"]) await s.post("/sign-in/email", signIn(alice), { headers: { ...token().headers, "x-forwarded-for": ip } });
  }),
  scenario("address of the client, in production", { provider: "cloudflare-turnstile" }, async (s) => {
    for (const ip of [undefined, "203.0.113.7"]) await s.post("/sign-in/email", signIn(alice), { headers: { ...token().headers, ...(ip ? { "x-forwarded-for": ip } : {}) } });
  }, { config: { $test: { env: "production", egress: "hook:egress" }, baseURL: "https://app.example.com" } }),
  scenario("address not tracked", { provider: "hcaptcha" }, (s) => s.post("/sign-in/email", signIn(alice), { headers: { ...token().headers, "x-forwarded-for": "203.0.113.7" } }), { config: { advanced: { ipAddress: { disableIpTracking: true } } } }),
  scenario("no secret key", { provider: "hcaptcha", secretKey: undefined }, async (s) => {
    await s.post("/sign-in/email", signIn(alice));
    await s.post("/sign-in/email", signIn(alice), token());
  }),
  scenario("not told to onAPIError", { provider: "hcaptcha" }, async (s) => {
    await s.post("/sign-in/email", signIn(alice));
    s.says = down;
    await s.post("/sign-in/email", signIn(alice), token());
  }, { config: { onAPIError: { onError: { webhook: "hook:error" } } } }),
  scenario("before hooks", { provider: "hcaptcha" }, async (s) => {
    await s.post("/sign-in/email", signIn(alice));
    await s.post("/sign-in/email", signIn(alice), token());
  }, { config: { hooks: { before: { webhook: "hook:before" } } } }),
  scenario("from code", { provider: "hcaptcha" }, (s) => s.api("signUpEmail", { body: alice, headers: [] })),
  scenario("official client", { provider: "cloudflare-turnstile" }, async (s) => {
    const client = await s.client();
    s.note("no response", await client.signUp.email(alice).then(({ error }) => [error?.status, error?.code, error?.message]));
    s.note("a response", await client.signUp.email({ ...alice, fetchOptions: token() }).then(({ data, error }) => [data?.user?.email, error]));
  }),
  scenario("slow", { provider: "hcaptcha" }, (s) => s.post("/sign-in/email", signIn(alice), token()), {
    says: { status: 200, body: "" },
    hooks: { egress: () => new Promise((resolve) => setTimeout(() => resolve(json({ success: true })), 11_500)) },
  }),
  ...[["BotID", bot, bots], ["BotID, decided by a callback", { ...bot, validateRequest: { webhook: "hook:validate" } }, decided], ["BotID, not set", { ...bot, checkBotId: undefined }, (s) => s.post("/sign-in/email", signIn(alice))]]
    .map(([name, options, run]) => scenario(name, options, run, { hooks: botHooks })),
  scenario("BotID, other paths", { ...bot, endpoints: ["/ok"] }, async (s) => {
    for (const verdict of verdicts.slice(0, 2)) {
      s.verdict = verdict;
      await s.get("/ok");
      await s.post("/sign-up/email", alice);
    }
  }, { hooks: botHooks }),
];
