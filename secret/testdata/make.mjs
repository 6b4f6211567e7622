// Generates more.json with the npm package better-auth. Run from a folder whose
// node_modules holds better-auth@1.7.25 (BETTERAUTH_REFERENCE names it):
//
//   BETTERAUTH_REFERENCE=/path/to/node_modules node make.mjs > more.json
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
import path from "node:path";

const modules = path.resolve(process.env.BETTERAUTH_REFERENCE);
const load = (file) => import(pathToFileURL(path.join(modules, file)).href);
const require = createRequire(path.join(modules, "x.js"));
const jose = await import(pathToFileURL(require.resolve("jose")).href);
const crypto_ = await load("better-auth/dist/crypto/index.mjs");
const { derivePurposeKey } = await load("better-auth/dist/crypto/purpose.mjs");
const secrets = await load("better-auth/dist/context/secret-utils.mjs");
const { estimateEntropy } = { estimateEntropy: (s) => { const u = new Set(s).size; return u === 0 ? 0 : Math.log2(Math.pow(u, s.length)); } };
const quiet = { warn() {} };

const secret = "make-secret-ABCDEFGHIJKLMNOPQRSTUVWXYZ-0123456789";
const list = [{ version: 3, value: "third-" + secret }, { version: 1, value: "first-" + secret }];
const legacy = "legacy-" + secret;
const config = secrets.buildSecretConfig(list, legacy);
const decade = 315360000;
const out = { secret, list, legacy };

out.sign = [];
for (const value of ["", "a", "token.with.dots", "pässwörd 😀", "x".repeat(3000)])
  out.sign.push({ value, signature: await crypto_.makeSignature(value, secret) });

out.password = [];
for (const password of ["", "plain password", "ﬁ ligature", "Å ångström", "😀😀😀😀"])
  out.password.push({ password, hash: await crypto_.hashPassword(password) });

out.encrypt = [];
for (const plain of ["", "hello", "wörld 😀"]) {
  out.encrypt.push({ plain, bare: await crypto_.symmetricEncrypt({ key: secret, data: plain }),
    envelope: await crypto_.symmetricEncrypt({ key: config, data: plain }),
    old: crypto_.formatEnvelope(1, await crypto_.symmetricEncrypt({ key: list[1].value, data: plain })),
    legacy: await crypto_.symmetricEncrypt({ key: legacy, data: plain }) });
}

const purpose = derivePurposeKey(config, "oauth-state-cookie");
out.purpose = { name: "oauth-state-cookie", keys: [...purpose.keys].map(([version, value]) => ({ version, value })), legacy: purpose.legacySecret };

const claims = { email: "a<b>&c@d.e", nested: { b: 1, a: [1, 2] }, text: "ü  😀" };
out.jwt = { claims: JSON.stringify(claims), token: await crypto_.signJWT(claims, secret, decade) };
const salt = "better-auth-session";
out.jwe = { claims: JSON.stringify(claims), salt,
  single: await crypto_.symmetricEncodeJWT(claims, secret, salt, decade),
  versioned: await crypto_.symmetricEncodeJWT(claims, config, salt, decade),
  old: await crypto_.symmetricEncodeJWT(claims, list[1].value, salt, decade),
  legacy: await crypto_.symmetricEncodeJWT(claims, legacy, salt, decade),
  stranger: await crypto_.symmetricEncodeJWT(claims, "another", salt, decade),
  expired: await crypto_.symmetricEncodeJWT(claims, secret, salt, -20) };

out.jwk = [];
for (const alg of ["EdDSA", "Ed25519", "ES256", "ES384", "ES512", "RS256", "PS256"]) {
  const pair = await jose.generateKeyPair(alg, { extractable: true });
  const pub = await jose.exportJWK(pair.publicKey);
  out.jwk.push({ alg, public: JSON.stringify(pub), private: JSON.stringify(await jose.exportJWK(pair.privateKey)),
    thumbprint: await jose.calculateJwkThumbprint(pub),
    claims: JSON.stringify({ sub: "u1", n: 1 }),
    token: await new jose.SignJWT({ sub: "u1", n: 1 }).setProtectedHeader({ alg, kid: "k1" }).sign(pair.privateKey) });
}

out.parseVersions = ["", "2:new,1:old", " 2 : spaced , 1:old ", "2abc:x", "x:y", "-1:y", "1:", "1", "1:a:b", "1:a,", "+4:z"].map((env) => {
  try { return { env, list: secrets.parseSecretsEnv(env) }; } catch (e) { return { env, error: e.message }; }
});
out.validate = [[], [{ version: -1, value: "x" }], [{ version: 1, value: "" }], [{ version: 1, value: "x" }, { version: 1, value: "y" }], [{ version: 0, value: "x" }]].map((list) => {
  try { secrets.validateSecretsArray(list, quiet); return { list, error: "" }; } catch (e) { return { list, error: e.message }; }
});
out.entropy = ["", "a", "aaaa", "abcd", "ä😀x", secret].map((text) => ({ text, bits: estimateEntropy(text) }));

// Claims: the results of jose's jwtVerify at the second 1000000.
const at = 1000000, key = new TextEncoder().encode(secret);
const cases = [
  [{}, {}], [{ exp: at + 1 }, {}], [{ exp: at }, {}], [{ exp: at - 1 }, {}], [{ exp: at - 14 }, { clockTolerance: 15 }], [{ exp: at - 15 }, { clockTolerance: 15 }],
  [{ exp: at + 0.5 }, {}], [{ exp: "soon" }, {}], [{ exp: null }, {}], [{ nbf: at }, {}], [{ nbf: at + 1 }, {}], [{ nbf: at + 1 }, { clockTolerance: 1 }], [{ nbf: true }, {}],
  [{ nbf: at + 1, exp: at - 1 }, {}], [{ iat: "x" }, {}], [{ iat: at + 100 }, {}],
  [{ iss: "a" }, { issuer: "a" }], [{ iss: "b" }, { issuer: "a" }], [{}, { issuer: "a" }], [{ iss: "b" }, { issuer: ["a", "b"] }], [{ iss: 1 }, { issuer: "a" }], [{ iss: null }, { issuer: "a" }],
  [{ aud: "a" }, { audience: "a" }], [{ aud: ["x", "a"] }, { audience: "a" }], [{ aud: ["x"] }, { audience: ["a", "x"] }], [{ aud: [] }, { audience: "a" }], [{ aud: [1, "a"] }, { audience: "a" }], [{ aud: 5 }, { audience: "a" }], [{}, { audience: "a" }],
  [{ sub: "s" }, { subject: "s" }], [{ sub: "t" }, { subject: "s" }], [{}, { subject: "s" }],
  [{ iat: at - 10 }, { maxTokenAge: 10 }], [{ iat: at - 11 }, { maxTokenAge: 10 }], [{ iat: at - 11 }, { maxTokenAge: 10, clockTolerance: 1 }], [{ iat: at + 1 }, { maxTokenAge: 10 }], [{ iat: at + 1 }, { maxTokenAge: 10, clockTolerance: 1 }], [{}, { maxTokenAge: 10 }],
  [{ jti: "1" }, { requiredClaims: ["jti"] }], [{ jti: null }, { requiredClaims: ["jti"] }], [{}, { requiredClaims: ["jti"] }],
  [{}, { typ: "JWT" }, "jwt"], [{}, { typ: "at+jwt" }, "application/AT+JWT"], [{}, { typ: "JWT" }], [{}, { typ: "JWT" }, "x/jwt"],
];
out.claims = [];
for (const [payload, options, typ] of cases) {
  const token = await new jose.CompactSign(new TextEncoder().encode(JSON.stringify(payload))).setProtectedHeader({ alg: "HS256", ...(typ ? { typ } : {}) }).sign(key);
  let result = "ok";
  try { await jose.jwtVerify(token, key, { ...options, currentDate: new Date(at * 1000) }); } catch (e) { result = e.code === "ERR_JWT_EXPIRED" ? "expired" : "invalid"; }
  out.claims.push({ token, payload: JSON.stringify(payload), options, result });
}
console.log(JSON.stringify(out, null, 1));
