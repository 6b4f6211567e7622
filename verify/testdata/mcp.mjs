// Writes mcp.json: requests to an MCP server, and how the npm package answers them with
// createMcpProtectedRequestHandler.
//   npm install @better-auth/mcp@1.7.5 better-auth@1.7.25 (anywhere), then
//   node mcp.mjs <that directory>/node_modules > mcp.json
import http from "node:http";
import path from "node:path";
import { createHash } from "node:crypto";
import { pathToFileURL } from "node:url";
import { createRequire } from "node:module";

const root = path.resolve(process.argv[2] ?? "node_modules");
const require = createRequire(path.join(root, "x.js"));
const { SignJWT, calculateJwkThumbprint, exportJWK, generateKeyPair } = await import(require.resolve("jose"));
const { createMcpProtectedRequestHandler } = await import(pathToFileURL(path.join(root, "@better-auth/mcp/dist/index.mjs")));

for (const level of ["log", "info", "warn", "error"]) console[level] = () => {};
const issuer = "https://auth.example.com/api/auth";
const resource = "https://api.example.com/mcp";
const now = Math.floor(Date.now() / 1000);
const make = async (kid) => {
	const pair = await generateKeyPair("ES256", { extractable: true });
	return { kid, ...pair, jwk: { ...(await exportJWK(pair.publicKey)), kid, alg: "ES256" } };
};
const [key, stranger, device] = [await make("k1"), await make("k1"), await make(undefined)];
const { kty, crv, x, y } = device.jwk;
const jwk = { kty, crv, x, y };
const jkt = await calculateJwkThumbprint(jwk);

const good = { iss: issuer, aud: resource, sub: "u1", azp: "c1", scope: "mcp:read profile", iat: now, exp: now + 600 };
const without = (o) => Object.fromEntries(Object.entries(o).filter(([, v]) => v !== undefined));
const token = (more = {}, { header = {}, by = key } = {}) =>
	new SignJWT(without({ ...good, ...more })).setProtectedHeader(without({ alg: "ES256", kid: "k1", typ: "at+jwt", ...header })).sign(by.privateKey);
let proofs = 0;
const proof = (bound, more = {}, header = {}) => new SignJWT(without({
	htm: "POST", htu: resource, jti: `p${++proofs}`, iat: now, ath: createHash("sha256").update(bound).digest("base64url"), ...more,
})).setProtectedHeader(without({ alg: "ES256", typ: "dpop+jwt", jwk, ...header })).sign(device.privateKey);

const bound = await token({ cnf: { jkt } });
const opaque = { active: true, ...good, client_id: "c1", token_type: "Bearer" };
// What the introspection endpoint says about tokens; a status is a failure.
const introspected = {
	"opaque-good": opaque, "opaque-ended": { active: false }, "opaque-elsewhere": { ...opaque, aud: "https://other.example.com" },
	"opaque-stranger": { ...opaque, iss: "https://other.example.com" }, "opaque-old": { ...opaque, exp: now - 60 }, "opaque-narrow": { ...opaque, scope: "profile" },
	"opaque-nothing": without({ ...opaque, aud: undefined }), "opaque-failing": 500, "opaque-bound": { ...opaque, cnf: { jkt }, token_type: "DPoP" }, "opaque-odd": { ...opaque, scope: ["mcp:read"] },
};
const asked = [];
const server = http.createServer((req, res) => {
	const parts = [];
	req.on("data", (d) => parts.push(d));
	req.on("end", () => {
		res.setHeader("content-type", "application/json");
		if (req.url === "/jwks") return res.end(JSON.stringify({ keys: [key.jwk] }));
		const form = Object.fromEntries(new URLSearchParams(Buffer.concat(parts).toString()));
		asked.push(form);
		const answer = introspected[form.token] ?? { active: false };
		if (typeof answer === "number") res.statusCode = answer;
		res.end(JSON.stringify(typeof answer === "number" ? {} : answer));
	});
}).listen(0, "127.0.0.1");
await new Promise((done) => server.on("listening", done));
const base = `http://127.0.0.1:${server.address().port}`;

const remoteVerify = { introspectUrl: `${base}/introspect`, clientId: "api", clientSecret: "s3cret" };
const local = { issuer, audience: resource, jwksUrl: `${base}/jwks` };
const handlers = {
	plain: local,
	scopes: { ...local, requiredScopes: ["mcp:read"] },
	more: { ...local, requiredScopes: ["mcp:read", "mcp:write", "mcp:delete"], challengeScopes: ["mcp:read"] },
	introspection: { issuer, audience: resource, requiredScopes: ["mcp:read"], remoteVerify },
	"without audience": { issuer, audience: resource, remoteVerify: { ...remoteVerify, allowMissingAudience: true } },
	both: { ...local, remoteVerify },
};

const bearer = (given) => ({ authorization: `Bearer ${given}` });
const dpop = (given, shown) => without({ authorization: `DPoP ${given}`, dpop: shown });
const used = await proof(bound);
const jwts = [
	["no token", {}],
	["an empty header", { authorization: "" }],
	["no token after the scheme", { authorization: "Bearer " }],
	["another scheme", { authorization: "Basic dTpw" }],
	["no scheme", { authorization: await token() }],
	["a valid token", bearer(await token())],
	["a small scheme", { authorization: `bearer ${await token()}` }],
	["nonsense", bearer("x")],
	["nonsense with dots", bearer("a.b.c")],
	["expired", bearer(await token({ exp: now - 60 }))],
	["not yet valid", bearer(await token({ nbf: now + 300 }))],
	["another issuer", bearer(await token({ iss: "https://other.example.com" }))],
	["another audience", bearer(await token({ aud: "https://other.example.com" }))],
	["several audiences", bearer(await token({ aud: ["https://other.example.com", resource] }))],
	["another key", bearer(await token({}, { by: stranger }))],
	["an unknown key", bearer(await token({}, { header: { kid: "k2" } }))],
	["no scope", bearer(await token({ scope: undefined }))],
	["an odd scope", bearer(await token({ scope: ["mcp:read"] }))],
	["a bound token without a proof", dpop(bound)],
	["a bound token as Bearer", bearer(bound)],
	["a free token with DPoP", dpop(await token(), await proof(bound))],
	["a bound token", dpop(bound, used)],
	["a proof again", dpop(bound, used)],
	["a proof for another method", dpop(bound, await proof(bound, { htm: "GET" }))],
	["a proof for another address", dpop(bound, await proof(bound, { htu: "https://other.example.com/mcp" }))],
	["an old proof", dpop(bound, await proof(bound, { iat: now - 1000 }))],
	["a proof for another token", dpop(bound, await proof(await token()))],
	["a proof of another type", dpop(bound, await proof(bound, {}, { typ: "jwt" }))],
	["a broken proof", dpop(bound, "x")],
];
const opaques = Object.keys(introspected).map((name) => [name, name === "opaque-bound" ? dpop(name, undefined) : bearer(name)]);
const list = {
	plain: jwts,
	scopes: jwts,
	more: jwts.filter(([name]) => /no token$|valid token$|no scope$/.test(name)),
	introspection: [...opaques, ["no token", {}], ["a bound opaque token", dpop("opaque-bound", await proof("opaque-bound"))]],
	"without audience": opaques,
	both: [["a valid token that has ended", bearer(await token())], ["another key", bearer(await token({}, { by: stranger }))], ["opaque-good", bearer("opaque-good")]],
};

const cases = [];
for (const [setup, requests] of Object.entries(list)) {
	const handler = createMcpProtectedRequestHandler(handlers[setup], (_, claims) => new Response(claims.sub));
	// The replay store of the package is shared by all handlers.
	const again = new Map();
	for (const [name, headers] of requests) {
		const sent = { ...headers };
		if (setup !== "plain" && headers.dpop === used) {
			if (!again.has(used)) again.set(used, await proof(bound));
			sent.dpop = again.get(used);
		} else if (setup !== "plain" && headers.dpop && headers.dpop.includes(".")) continue;
		if (setup === "introspection" && headers.dpop) sent.dpop = headers.dpop;
		const before = asked.length;
		let answer;
		try {
			const response = await handler(new Request(resource, { method: "POST", headers: sent }));
			answer = { status: response.status, challenge: response.headers.get("www-authenticate") ?? "", body: await response.text() };
		} catch (e) {
			answer = { thrown: e.message };
		}
		cases.push({ setup, name, headers: sent, ...answer, asked: asked.length - before });
	}
}
server.close();
process.stdout.write(`${JSON.stringify({ now, keys: [key.jwk], introspected, form: asked[0], cases }, null, "\t")}\n`);
process.exit(0);
