// Writes npm.json: a key set and tokens made by the library with which the reference signs
// tokens.
//   npm install better-auth@1.7.25 (anywhere), then
//   node npm.mjs <that directory>/node_modules > npm.json
import path from "node:path";
import { createRequire } from "node:module";

const require = createRequire(path.resolve(process.argv[2] ?? "node_modules", "x.js"));
const { SignJWT, exportJWK, generateKeyPair } = await import(require.resolve("jose"));

const keys = [];
const tokens = {};
for (const alg of ["EdDSA", "ES256", "ES512", "RS256", "PS256"]) {
	const pair = await generateKeyPair(alg, { extractable: true, crv: alg === "EdDSA" ? "Ed25519" : undefined });
	const jwk = await exportJWK(pair.publicKey);
	keys.push({ alg, ...(jwk.crv && { crv: jwk.crv }), ...jwk, kid: `kid-${alg}` });
	tokens[alg] = await new SignJWT({ iat: 1800000000, name: "Ada", email: "ada@example.com", emailVerified: true, image: null, createdAt: "2026-01-01T00:00:00.000Z", id: "u1", sub: "u1", exp: 1800000900, iss: "https://auth.example.com", aud: "https://auth.example.com" })
		.setProtectedHeader({ alg, kid: `kid-${alg}` })
		.sign(pair.privateKey);
}
process.stdout.write(JSON.stringify({ keys, tokens }, null, "\t") + "\n");
