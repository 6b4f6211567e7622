// Lets the npm package better-auth check the output of our Go code. Reads a list of
// {kind, ...} from standard input, prints a list of results. Started by
// TestReferenceReadsOurs; BETTERAUTH_REFERENCE names the node_modules folder.
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
import fs from "node:fs";
import path from "node:path";

const modules = path.resolve(process.env.BETTERAUTH_REFERENCE);
const url = (file) => pathToFileURL(file).href;
const jose = await import(url(createRequire(path.join(modules, "x.js")).resolve("jose")));
const crypto_ = await import(url(path.join(modules, "better-auth/dist/crypto/index.mjs")));
const { buildSecretConfig } = await import(url(path.join(modules, "better-auth/dist/context/secret-utils.mjs")));

const key = (item) => (item.list ? buildSecretConfig(item.list, item.legacy) : item.secret);
const checks = {
  password: async (item) => (await crypto_.verifyPassword({ hash: item.hash, password: item.password })) && "true",
  sign: async (item) => await crypto_.makeSignature(item.value, item.secret),
  decrypt: async (item) => await crypto_.symmetricDecrypt({ key: key(item), data: item.text }),
  jwt: async (item) => JSON.stringify(await crypto_.verifyJWT(item.text, item.secret)),
  jwe: async (item) => JSON.stringify(await crypto_.symmetricDecodeJWT(item.text, key(item), item.salt)),
  jwk: async (item) => {
    const privateKey = await jose.importJWK(JSON.parse(item.private), item.alg, { extractable: true });
    const exported = JSON.stringify(await jose.exportJWK(privateKey));
    if (exported !== item.private) return "exported differently: " + exported;
    const { payload } = await jose.jwtVerify(item.text, await jose.importJWK(JSON.parse(item.public), item.alg), { algorithms: [item.alg] });
    return JSON.stringify(payload);
  },
};
const results = [];
for (const item of JSON.parse(fs.readFileSync(0, "utf8"))) {
  try { results.push(String(await checks[item.kind](item))); } catch (e) { results.push("error: " + e.message); }
}
console.log(JSON.stringify(results));
