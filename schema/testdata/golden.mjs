// Writes golden.json: the answers of the reference's own endpoint schemas and of zod,
// through better-call's validator, to many inputs; and the documents that the reference's
// OpenAPI generator writes for the schemas.
// Run: TZ=UTC node testdata/golden.mjs <node_modules of the reference> > testdata/golden.json
const ref = process.argv[2];
const z = await import(`${ref}/zod/index.js`);
const { betterAuth } = await import(`${ref}/better-auth/dist/index.mjs`);
const p = await import(`${ref}/better-auth/dist/plugins/index.mjs`);
const { runValidation } = await import(`${ref}/better-call/dist/validator.mjs`);
const stub = async () => {};
const auth = betterAuth({
  secret: "a secret of more than thirty-two characters, for nothing", baseURL: "http://localhost:3000", logger: { disabled: true },
  emailAndPassword: { enabled: true },
  plugins: [p.twoFactor(), p.admin(), p.organization({ dynamicAccessControl: { enabled: true }, ac: undefined, teams: { enabled: true } }), p.magicLink({ sendMagicLink: stub }), p.emailOTP({ sendVerificationOTP: stub }), p.deviceAuthorization(), p.siwe({ domain: "x", getNonce: stub, verifyMessage: stub, anonymous: false }), p.openAPI()],
});
const api = auth.api;
const body = (n) => api[n].options.body, query = (n) => api[n].options.query;
// name: [schema, a value that passes]
const endpoints = {
  "sign-up/email": [body("signUpEmail"), { name: "Ada", email: "ada@example.com", password: "pw", image: "i", callbackURL: "/", rememberMe: true }],
  "sign-in/email": [body("signInEmail"), { email: "a", password: "b", callbackURL: "/", rememberMe: false }],
  "sign-in/social": [body("signInSocial"), { provider: "google", callbackURL: "/", idToken: { token: "t", expiresAt: 5, user: { name: { firstName: "A" }, email: "e" } }, scopes: ["a"], additionalData: { a: [1] } }],
  "link-social": [body("linkSocialAccount"), { provider: "github", idToken: { token: "t", nonce: "n" }, scopes: [], additionalParams: { a: "b" } }],
  "sign-out": [body("signOut"), { callbackURL: "/", disableRedirect: true, state: "s" }],
  "get-session": [query("getSession"), { disableCookieCache: "true", disableRefresh: "" }],
  "revoke-session": [body("revokeSession"), { token: "t" }],
  "update-user": [body("updateUser"), { name: "n", image: null, extra: { a: 1 } }],
  "change-password": [body("changePassword"), { newPassword: "a", currentPassword: "b", revokeOtherSessions: true }],
  "verify-password": [body("verifyPassword"), { password: "p" }],
  "delete-user": [body("deleteUser"), { callbackURL: "/", password: "p", token: "t" }],
  "delete-user/callback": [query("deleteUserCallback"), { token: "t", callbackURL: "/" }],
  "unlink-account": [body("unlinkAccount"), { accountId: "x" }],
  "get-access-token": [body("getAccessToken"), { accountId: "x", userId: "u" }],
  "reset-password": [body("resetPassword"), { newPassword: "a", token: "t" }],
  "reset-password?": [query("resetPassword"), { token: "t" }],
  "request-password-reset": [body("requestPasswordReset"), { email: "a@b.co", redirectTo: "/" }],
  "change-email": [body("changeEmail"), { newEmail: "a@b.co", callbackURL: "/" }],
  "callback": [query("callbackOAuth"), { code: "c", state: "s", error: "e" }],
  "two-factor/enable": [body("enableTwoFactor"), { password: "p", method: "otp", issuer: "i" }],
  "admin/set-role": [body("setRole"), { userId: "u", role: ["a"] }],
  "admin/create-user": [body("createUser"), { email: "e", name: "n", password: "p", role: "r", data: { a: 1 } }],
  "admin/list-users": [query("listUsers"), { searchValue: "v", searchField: "email", searchOperator: "contains", limit: "10", offset: 1, filterValue: ["a"], sortDirection: "asc" }],
  "admin/set-user-password": [body("setUserPassword"), { newPassword: "p", userId: "u" }],
  "admin/has-permission": [body("userHasPermission"), { userId: "u", permissions: { user: ["create"] } }],
  "organization/create": [body("createOrganization"), { name: "n", slug: "s", userId: 5, logo: null, metadata: { a: 1 }, keepCurrentActiveOrganization: true }],
  "organization/invite-member": [body("createInvitation"), { email: "e", role: "member", teamId: ["t"], resend: true }],
  "organization/delete-role": [body("deleteOrgRole"), { organizationId: "o", roleName: "r" }],
  "organization/get-full": [query("getFullOrganization"), { organizationId: "o", membersLimit: "10" }],
  "magic-link": [body("signInMagicLink"), { email: "a@b.co", name: "n", metadata: { a: 1 } }],
  "email-otp/send": [body("sendVerificationOTP"), { email: "e", type: "sign-in" }],
  "device/token": [body("deviceToken"), { grant_type: "urn:ietf:params:oauth:grant-type:device_code", device_code: "d", client_id: "c" }],
  "siwe/nonce": [body("getSiweNonce"), {}],
  "siwe/verify": [body("verifySiweMessage"), { message: "m", signature: "s", email: "a@b.co" }],
};
const U = Symbol("undefined");
const whole = [U, null, "x", 5, true, [], [1], {}];
const parts = [U, null, "", "x", 5, false, [], ["x", 1], {}, { a: 1 }];
const cases = [], docs = {};
async function run(name, schema, v) {
  const input = v === U ? undefined : JSON.parse(typeof v === "string" && v.startsWith("raw:") ? v.slice(4) : JSON.stringify(v));
  let out;
  try { const r = await runValidation({ body: schema }, { body: input }); out = r.error ? { message: r.error.message } : { value: JSON.stringify(r.data.body) ?? "undefined" }; }
  catch (e) { out = { message: `[body] ${e.message}` }; }
  const text = v === U ? "undefined" : typeof v === "string" && v.startsWith("raw:") ? v.slice(4) : JSON.stringify(v);
  cases.push([name, text, out.value ?? null, out.message ?? null]);
}
for (const [name, [schema, good]] of Object.entries(endpoints)) {
  if (!schema) throw new Error(name);
  for (const v of [good, ...whole]) await run(name, schema, v);
  await run(name, schema, { ...good, unknown: 1, 7: "seven", constructor: "c" });
  await run(name, schema, 'raw:{"__proto__":{"a":1},"b":2}');
  for (const key of Object.keys(good)) for (const part of parts) {
    const v = { ...good };
    if (part === U) delete v[key]; else v[key] = part;
    await run(name, schema, v);
  }
}
await run("sign-in/social", endpoints["sign-in/social"][0], { provider: "x", idToken: { token: 1, user: { name: { firstName: 2, lastName: null }, email: [] } }, scopes: [1, "a", null], additionalData: [] });
await run("get-access-token", endpoints["get-access-token"][0], { useAccountCookie: true });
await run("get-access-token", endpoints["get-access-token"][0], { useAccountCookie: true, accountId: "a" });
await run("get-access-token", endpoints["get-access-token"][0], { accountId: "a", more: 1 });
await run("admin/has-permission", endpoints["admin/has-permission"][0], { permission: { a: ["b"] }, permissions: { a: ["b"] } });
await run("admin/has-permission", endpoints["admin/has-permission"][0], { permission: { a: ["b"] } });
const emails = ["a@b.co", "a.b+c_d'e-f@x-y.example.org", "a@b", "a@b.c", ".a@b.co", "a..b@b.co", "a.@b.co", "a'@b.co", "'a@b.co", "a@-b.co", "a@b-.co", "a@b..co", "a@.b.co", "a@b.co1", "é@b.co", "a@é.co", "a@@b.co", "a b@c.de", "", "@b.co", "a@", "A@B.CO", "a@b.co\n", "a@1.2.3.co"];
const urls = ["http://a", " http://ab/ ", "http://a b", "http://", "http:a", "http:/a", "https:\\\\a\\b", "a", "/a", "mailto:x", "javascript:alert(1)", "ftp://x", "http://a:99999", "http://a:80", "http://a:", "http://a:x", "http://[::1]", "http://[::1", "http://[::1]:8", "http://[x]", "http://1.2.3.4", "http://1.2.3.256", "http://1.2.3.4.5", "http://0x7f.1", "http://256", "http://u:p@h", "http://@", "http://u@", "http://a%20b", "http://a%41b", "http://é.com", "http://a<b", "x://a b", "x://", "x:", "http://a\n.b", "1x://a", "file:///a", "file://h/a", "http://a_b.c", "custom+app://cb", "exp://1.2.3.4:80/--/", "http://a.b.", "http://*.a.com", "http://xn--a", "", "://a", "http://a^b", "http://a|b", "http://a?b c", "http://.", "file://[::1]", "file://[::1", "http://--a", "http://日本.jp", "x://[1]", "http://a#b c"];
const uuids = ["00000000-0000-0000-0000-000000000000", "ffffffff-ffff-ffff-ffff-ffffffffffff", "FFFFFFFF-FFFF-FFFF-FFFF-FFFFFFFFFFFF", "123e4567-e89b-12d3-a456-426614174000", "123e4567-e89b-92d3-a456-426614174000", "123e4567-e89b-12d3-c456-426614174000", "123e4567e89b12d3a456426614174000", "x"];
const mixed = [U, null, "", "a", "ab", "abc", "abcdef", "😀", "😀😀", 0, 1, 2.5, -3, 5, 1e300, -1e300, true, false, [], ["a"], ["a", "b", "c"], [1, "a"], {}, { a: "x" }, { length: 2 }, { length: 9 }, { length: null }, { toString: 1 }, [{ toString: 1 }], "raw:1e999", "raw:-0", "12", " 7 ", "0x10", "true", "2024-01-02", "2024-01-02T03:04:05.6Z", "nonsense", [5], [["a"], null], 8.64e15, 8.65e15, { a: { b: 1 }, k: "v", 3: 4 }, { k: 5 }, { t: "x", n: 1 }, { t: "y", n: "s" }, { t: "q" }, { t: "x", n: "bad" }, { a: 1, b: 2 }, { b: "s", c: "s" }, { KEY: 1, key: 2 }, { on: 1, off: 2 }, { on: 1 }, { on: 1, off: 2, more: 3 }];
const s = z.string, n = z.number, o = z.object;
const synthetic = {
  email: [z.email(), emails], emailMin: [s().min(5).email(), ["a", "abcdef", "a@b.co"]], minEmail: [z.email("bad email").min(9, "too short"), ["a", "a@b.co", 5]],
  url: [z.url(), urls], uuid: [z.uuid(), uuids],
  string: [s()], min: [s().min(2)], max: [s().max(2)], length: [s().length(2)], nonempty: [s().nonempty("say something")], regex: [s().regex(/^[a-c/]+$/)], regexMsg: [s().regex(/^a/, "must begin with a").min(3)],
  number: [n()], range: [n().min(1).max(3)], int: [n().int().positive().max(3)], intMin: [n().min(4).int()], boolean: [z.boolean()], any: [z.any()], null: [z.null()], date: [z.date()], json: [z.json()],
  cString: [z.coerce.string()], cStringMin: [z.coerce.string().min(3)], cNumber: [z.coerce.number()], cBoolean: [z.coerce.boolean()], cDate: [z.coerce.date(), mixed.filter((v) => !["12", " 7 "].includes(v) && v?.[0] !== 5)],
  literal: [z.literal("a")], literals: [z.literal([5, "a", null, true])], enum: [z.enum(["a", "abc"])], enum1: [z.enum(["a"])],
  array: [z.array(s())], arrayMax: [z.array(s()).max(1)], arrayMinMax: [z.array(s()).min(2).max(2)], arrayRefine: [z.array(s()).refine(() => false, "no").max(1)], arrayNonempty: [z.array(z.any()).nonempty()],
  record: [z.record(z.string(), n())], recordKey: [z.record(s().regex(/^[a-z]+$/), z.any())], recordEnum: [z.record(z.enum(["on", "off"]), n())],
  optional: [s().optional()], nullable: [s().nullable()], nullish: [s().min(2).nullish()], default: [s().default("d")], catch: [n().catch(7)], defaultOptional: [z.boolean().default(true).optional()],
  union: [z.union([s().min(3), n()])], unionChecks: [z.union([s().min(3), s().max(0)])], unionObjects: [z.union([o({ a: s() }), o({ b: n() })])], xor: [z.xor([o({ a: z.any() }), o({ b: z.any() })])],
  disc: [z.discriminatedUnion("t", [o({ t: z.literal("x"), n: n() }), o({ t: z.enum(["y", "z"]), n: s() })])],
  object: [o({ a: s(), k: s().optional() })], objAny: [o({ a: z.any() })], objCoerce: [o({ a: z.coerce.string(), k: z.coerce.boolean().optional() })], objDefault: [o({ k: s().default("d"), a: s().default("e").optional(), b: n().catch(1), c: s().nullish() })],
  objUnion: [o({ a: z.union([s().optional(), z.array(s()).optional()]) })], objTransform: [o({ a: s().transform((v) => v.length), k: s().optional().transform((v) => v ?? "none") })],
  strict: [z.strictObject({ a: s() })], loose: [z.looseObject({ a: s().optional() })], catchall: [o({ a: s().optional() }).catchall(s())], strictMsg: [o({ a: s() }, "own text").strict()],
  refine: [o({ a: s().min(2) }).refine(() => false, { message: "never", path: ["a", 0] })], refineBool: [s().min(2).refine((v) => v === "x")], strictRefine: [z.strictObject({ k: s().optional() }).refine((v) => v.k !== "v", { message: "no v" })],
  and: [o({ a: s() }).and(z.record(s(), z.any()))], andStrict: [z.strictObject({ a: z.any() }).and(z.strictObject({ b: z.any().optional(), a: z.any() }))], andKeys: [z.record(s().regex(/^[a-z]+$/), z.any()).and(z.strictObject({ KEY: z.any().optional() }))], andClash: [z.coerce.string().and(z.any())], andStrictRecord: [z.strictObject({ a: z.any().optional() }).and(z.record(s(), z.any()))],
  trim: [s().trim().min(1).toLowerCase(), ["  ", " A ", "", 5, [1]]], message: [z.string("need text").min(3), ["a", 5, "abc"]], pipeStop: [s().min(3).transform((v) => v + "!"), ["a", "abc", 5]],
};
for (const [name, [schema, inputs]] of Object.entries(synthetic)) for (const v of inputs ?? mixed) await run("zod:" + name, schema, v);
for (const [name, [schema]] of Object.entries(endpoints)) {
  const doc = await generated(schema);
  if (doc !== undefined) docs[name] = doc;
}
// The generator is not exported; a plugin's endpoint with that body shows its output.
async function generated(schema) {
  const { createAuthEndpoint } = await import(`${ref}/better-auth/dist/api/index.mjs`);
  const a = betterAuth({ secret: "a secret of more than thirty-two characters, for nothing", baseURL: "http://localhost:3000", logger: { disabled: true }, plugins: [p.openAPI(), { id: "probe", endpoints: { probe: createAuthEndpoint("/probe", { method: "POST", body: schema }, async () => null) } }] });
  const rb = (await a.api.generateOpenAPISchema()).paths["/probe"].post.requestBody;
  return { required: rb.required ?? false, schema: JSON.stringify(rb.content["application/json"].schema) };
}
console.log(`{"docs":${JSON.stringify(docs)},\n"cases":[\n${cases.map((c) => JSON.stringify(c)).join(",\n")}\n]}`);
