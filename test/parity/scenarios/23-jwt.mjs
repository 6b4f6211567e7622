// The jwt, bearer and open-api plugins.
import { alice, day, hour, signIn, signUp } from "../people.mjs";

async function tokens(s) {
  await s.get("/token");
  await signUp(s);
  await s.get("/get-session");
  await s.get("/token");
  await s.get("/jwks");
  const { token } = (await s.get("/token")).json ?? {};
  await s.api("signJWT", { body: { payload: { sub: "x", a: [1, null], n: 1.5 } } });
  const signed = await s.api("signJWT", { body: { payload: { sub: "u-1", role: "admin", iat: 5, exp: 2000000000 } } });
  await s.api("signJWT", { body: { payload: { sub: "x" }, overrideOptions: { jwt: { issuer: "me", audience: ["a", "b"], expirationTime: "2h" } } } });
  await s.api("signJWT", { body: {} });
  await s.api("signJWT", { body: { payload: "x" } });
  await s.api("signJWT", {});
  for (const text of [token, signed.json?.token, "x", "a.b.c", "", token && `${token.slice(0, -4)}AAAA`]) {
    await s.api("verifyJWT", { body: { token: text } }, { label: "verify" });
    await s.api("verifyJWT", { body: { token: text, issuer: "me" } }, { label: "verify for another issuer" });
  }
  await s.api("verifyJWT", { body: {} });
  await s.advance(hour).api("verifyJWT", { body: { token } });
  await s.post("/sign-jwt", { payload: {} });
  await s.get("/get-session");
  await s.post("/update-user", { name: "Al" });
  await s.get("/token");
  await s.post("/sign-out", {});
  await s.get("/token");
}

const jwt = (options) => ({ plugins: { jwt: options } });
const keys = (alg, more) => ({ jwks: { keyPairConfig: { alg, ...more } } });

const variants = {
  "defaults": {},
  "EdDSA named": keys("EdDSA", { crv: "Ed25519" }),
  "ES256": keys("ES256"),
  "ES512": keys("ES512"),
  "RS256": keys("RS256"),
  "RS256, 3072 bits": keys("RS256", { modulusLength: 3072 }),
  "PS256": keys("PS256"),
  "several algorithms": { jwks: { keyPairConfigs: [{ alg: "EdDSA" }, { alg: "ES256" }] } },
  "several algorithms, curve and size named": { jwks: { keyPairConfigs: [{ alg: "EdDSA", crv: "Ed25519" }, { alg: "RS256", modulusLength: 3072 }] } },
  "keys in clear": { jwks: { disablePrivateKeyEncryption: true } },
  "another path": { jwks: { jwksPath: "/.well-known/jwks.json" } },
  "issuer, audience, lifetime": { jwt: { issuer: "https://issuer.example", audience: "https://aud.example", expirationTime: "2h" } },
  "audiences, lifetime in days": { jwt: { audience: ["a", "b"], expirationTime: "7 days" } },
  "lifetime a number": { jwt: { expirationTime: 1940000000 } },
  "no header": { disableSettingJwtHeader: true },
};

const rotation = { jwks: { rotationInterval: day, gracePeriod: 2 * day } };

export default [
  ...Object.entries(variants).map(([name, options]) => ({ name: `jwt: ${name}`, config: jwt(options), run: tokens })),
  { name: "jwt: PostgreSQL and MariaDB", dbs: ["postgres", "mysql"], config: jwt({}), run: tokens },
  {
    name: "jwt: payload and subject from callbacks",
    config: jwt({ jwt: { definePayload: { webhook: "hook:payload" }, getSubject: { webhook: "hook:subject" } } }),
    hooks: { payload: ({ data: [{ user }] }) => ({ result: { mail: user.email, roles: ["a"], n: 1, nothing: null } }), subject: ({ data: [{ user }] }) => ({ result: `mail:${user.email}` }) },
    run: tokens,
  },
  {
    name: "jwt: signed elsewhere",
    config: jwt({ jwks: { remoteUrl: "https://keys.example.com/jwks", keyPairConfig: { alg: "ES256" } }, jwt: { sign: { webhook: "hook:sign" } } }),
    hooks: { sign: ({ data: [payload] }) => ({ result: `signed.${Buffer.from(JSON.stringify(Object.keys(payload))).toString("hex")}.x` }) },
    async run(s) {
      await signUp(s);
      await s.get("/token");
      await s.get("/get-session");
      await s.get("/jwks");
    },
  },
  {
    name: "jwt: keys kept by callbacks",
    config: jwt({ adapter: { getJwks: { webhook: "hook:all" }, createJwk: { webhook: "hook:make" } } }),
    hooks: {
      all: (_, s) => ({ result: s.keys ?? [] }),
      make: ({ data: [key] }, s) => {
        s.keys = [{ ...key, id: "kept-1" }];
        return { result: s.keys[0] };
      },
    },
    run: tokens,
  },
  {
    name: "jwt: rotation and grace",
    config: jwt(rotation),
    async run(s) {
      await signUp(s);
      for (const jump of [0, day + 10, 10, day, day, day]) {
        await s.advance(jump).get("/token");
        await s.get("/jwks");
      }
    },
  },
  {
    name: "jwt: a session cache signed with the keys",
    config: { plugins: { jwt: { sessionCookieCache: true } }, session: { cookieCache: { enabled: true, strategy: "jwt" } } },
    async run(s) {
      await signUp(s);
      await s.get("/get-session");
      await s.get("/jwks");
      await s.advance(200).get("/get-session");
      await s.advance(200).get("/get-session");
      await s.get("/token");
      const data = s.cookie("session_data");
      s.setCookie("better-auth.session_data", `${data?.slice(0, -5)}AAAAA`);
      await s.get("/get-session");
      await s.post("/sign-out", {});
    },
  },
  { name: "jwt: an unreadable key", config: jwt({}), async run(s) {
    await signUp(s);
    await s.get("/token");
    await s.db.all("update jwks set privateKey = '\"00\"'");
    await s.get("/token");
    await s.get("/get-session");
    await s.get("/jwks");
  } },
  { name: "jwt: cached session", config: { plugins: { jwt: {} }, session: { cookieCache: { enabled: true } } }, run: tokens },
  { name: "jwt: added user fields", config: { plugins: { jwt: {} }, user: { additionalFields: { plan: { type: "string", required: false, defaultValue: "x" }, hidden: { type: "string", required: false, returned: false } } } }, async run(s) {
    await signUp(s, alice, { hidden: "h" });
    await s.get("/token");
  } },
  ...[{}, { requireSignature: true }].map((options) => ({
    name: `bearer ${JSON.stringify(options)}`,
    config: { plugins: { bearer: options } },
    async run(s) {
      const up = await signUp(s);
      const signed = up.headers["set-auth-token"]?.[0] ?? "";
      const raw = up.json.token;
      s.forget();
      const values = { signed: `Bearer ${signed}`, escaped: `Bearer ${encodeURIComponent(signed)}`, raw: `Bearer ${raw}`, "lower case": `bearer ${signed}`, "no scheme": signed, basic: `Basic ${signed}`, empty: "Bearer ", spaces: `Bearer   ${signed}`, broken: `Bearer ${signed.slice(0, -3)}`, "another signature": `Bearer ${raw}.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=`, text: "Bearer x", "percent": "Bearer %zz", dots: "Bearer a.b.c" };
      for (const [label, authorization] of Object.entries(values)) {
        await s.get("/get-session", { headers: { authorization }, label });
        await s.post("/update-user", { name: "Al" }, { headers: { authorization }, origin: null, label: `${label}: update` });
        await s.post("/update-user", { name: "Al" }, { headers: { authorization }, label: `${label}: update with origin` });
      }
      await s.get("/list-sessions", { bearer: signed });
      await s.get("/get-session", { bearer: signed, cookie: "better-auth.session_token=x.y" });
      await s.api("getSession", { headers: [["authorization", `Bearer ${signed}`]] });
      await s.post("/sign-in/email", signIn(alice), { bearer: signed });
      await s.post("/sign-out", {}, { bearer: signed, cookies: false });
      await s.get("/get-session", { bearer: signed, cookies: false });
    },
  })),
  { name: "bearer and jwt together", config: { plugins: { bearer: {}, jwt: {} }, session: { cookieCache: { enabled: true } } }, async run(s) {
    const up = await signUp(s);
    await s.get("/get-session");
    await s.get("/token", { bearer: up.headers["set-auth-token"]?.[0], cookies: false });
    await s.get("/get-session", { bearer: up.json.token, cookies: false });
  } },
  ...[{}, { path: "/docs" }, { theme: "moon", nonce: "abc\"123" }, { disableDefaultReference: true }].map((options) => ({
    name: `open-api ${JSON.stringify(options)}`,
    config: { plugins: { "open-api": options, jwt: {}, bearer: {} }, user: { additionalFields: { plan: { type: "string", required: true }, n: { type: "number", required: false, input: false, defaultValue: 4 } } } },
    async run(s) {
      await s.get("/open-api/generate-schema");
      await s.get("/reference");
      await s.get("/docs");
      await s.api("generateOpenAPISchema", {});
    },
  })),
  { name: "open-api of a renamed schema", config: { disabledPaths: ["/ok", "/sign-in/email"], plugins: { "open-api": {} }, user: { modelName: "people", fields: { name: "full_name" } } }, async run(s) {
    await s.get("/open-api/generate-schema");
  } },
];
