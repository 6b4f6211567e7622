// The api-key plugin: keys of organizations.
import { alice, day, signUp } from "../people.mjs";
import { add, enter, found, post, staff } from "../organizations.mjs";

const hook = (name) => ({ webhook: `hook:${name}` });
const letters = (n) => (n > 25 ? letters(Math.floor(n / 26)) : "") + String.fromCharCode(97 + (n % 26));
const hooks = {
  key: ({ data: [{ length, prefix }] }, s) => ({ result: `${prefix ?? ""}key${letters((s.keys = (s.keys ?? 0) + 1))}`.padEnd(length, "x") }),
  permissions: ({ data: [owner] }) => ({ result: { owner: [owner.length > 5 ? "long" : "short"] } }),
};
const named = { customKeyGenerator: hook("key") };
const ofOrg = { ...named, references: "organization" };
const both = [named, { ...ofOrg, configId: "org" }].map((c, i) => (i === 0 ? { ...c, configId: "default" } : c));

const make = (s, body = {}, opts) => s.post("/api-key/create", body, opts);
const change = (s, keyId, body, opts) => s.post("/api-key/update", { keyId, ...body }, opts);
const drop = (s, keyId, more = {}, opts) => s.post("/api-key/delete", { keyId, ...more }, opts);
const read = (s, id, configId, opts) => s.get(`/api-key/get?id=${encodeURIComponent(id ?? "x")}${configId ? `&configId=${configId}` : ""}`, opts);
const list = (s, organizationId, more = "", opts) => s.get(`/api-key/list?sortBy=createdAt&organizationId=${encodeURIComponent(organizationId ?? "x")}${more}`, opts);
const made = (s, body) => s.api("createApiKey", { body });
const updated = (s, body) => s.api("updateApiKey", { body });
const verify = (s, key, more = {}) => s.api("verifyApiKey", { body: { key, ...more } });

const actions = ["create", "read", "update", "delete"];
const own = { organization: ["update", "delete"], member: ["create", "update", "delete"], invitation: ["create", "cancel"], team: ["create", "update", "delete"], ac: ["create", "read", "update", "delete"] };
const ac = { ...own, apiKey: actions };
const roles = {
  owner: own, admin: { ...own, apiKey: ["create", "read"] }, member: { organization: [], apiKey: ["read"] }, keeper: { apiKey: actions }, nobody: { organization: [] },
  ...Object.fromEntries(actions.map((action) => [`to-${action}`, { apiKey: [action] }])),
};
const config = (configurations, organization = { ac, roles }, more = {}) => ({
  plugins: { organization, "api-key": { configurations } }, ...more,
});

/** Everything once: an owner, a member who may read, and a stranger. */
async function flow(s, configId) {
  const where = configId ? { configId } : {};
  const { org, owner, member } = await staff(s, "member");
  const organizationId = org?.id;
  await make(s, { ...where });
  await make(s, { ...where, organizationId: "nowhere" });
  await make(s, { ...where, organizationId: 5 });
  await make(s, { ...where, organizationId: "" });
  await make(s, { ...where, organizationId, userId: owner.user?.id });
  await make(s, { ...where, organizationId, remaining: 5 });
  const { json: key } = await make(s, { ...where, organizationId, name: "ci", prefix: "ci_", expiresIn: 2 * day });
  const { json: second } = await make(s.as("owner"), { ...where, organizationId, metadata: { a: 1 } });
  await verify(s, key?.key, where);
  await verify(s, second?.key, { ...where, permissions: { files: ["read"] } });
  await read(s, key?.id, configId);
  await list(s, organizationId);
  await list(s, organizationId, "&sortDirection=desc&limit=1&offset=1");
  await list(s, organizationId, "&configId=default");
  await list(s, organizationId, "&configId=org");
  await list(s, "");
  await s.get("/api-key/list?sortBy=createdAt");
  await change(s, key?.id, { ...where, name: "cd", enabled: false });
  await verify(s, key?.key, where);
  await change(s, key?.id, { ...where, enabled: true, userId: owner.user?.id });
  await change(s, key?.id, { ...where, name: "mine", userId: member.user?.id });
  s.as("member");
  await read(s, key?.id, configId);
  await list(s, organizationId);
  await make(s, { ...where, organizationId });
  await change(s, key?.id, { ...where, name: "mine" });
  await drop(s, key?.id, where);
  await enter(s, "stranger");
  const other = await found(s, "other");
  await read(s, key?.id, configId);
  await list(s, organizationId);
  await make(s, { ...where, organizationId });
  await change(s, key?.id, { ...where, name: "mine" });
  await drop(s, key?.id, where);
  await make(s, { ...where, organizationId: other?.id, name: "of another" });
  await list(s, other?.id);
  s.as("owner");
  await list(s, other?.id);
  await drop(s, second?.id, where);
  await drop(s, second?.id, where);
  await list(s, organizationId);
  await post(s, "remove-member", { organizationId, memberIdOrEmail: "member@example.com" });
  await read(s.as("member"), key?.id, configId);
  await list(s, organizationId);
  await s.as("owner").forget();
  await make(s, { ...where, organizationId });
  await list(s, organizationId);
  await read(s, key?.id, configId);
  await change(s, key?.id, { ...where, name: "x" });
  await drop(s, key?.id, where);
  await verify(s.advance(3 * day), key?.key, where);
}

/** What programs do, with and without a user whom they name. */
async function programs(s) {
  const { org, owner, member } = await staff(s, "member", "keeper");
  const organizationId = org?.id;
  await made(s, { configId: "org" });
  await made(s, { configId: "org", organizationId });
  await made(s, { configId: "org", organizationId, userId: "nobody" });
  await made(s, { configId: "org", organizationId, userId: member.user?.id });
  await made(s, { configId: "org", organizationId: "nowhere", userId: owner.user?.id });
  await made(s, { organizationId, userId: owner.user?.id });
  const { json: key } = await made(s, {
    configId: "org", organizationId, userId: owner.user?.id, remaining: 2, refillAmount: 2, refillInterval: 60_000, rateLimitMax: 30, rateLimitTimeWindow: 120_000,
    permissions: { files: ["read"] },
  });
  for (let i = 0; i < 3; i++) await verify(s, key?.key, { configId: "org" });
  await verify(s.advance(90), key?.key);
  await verify(s, key?.key);
  await verify(s, key?.key, { configId: "default" });
  await updated(s, { configId: "org", keyId: key?.id, remaining: 9 });
  await updated(s, { configId: "org", keyId: key?.id, userId: member.user?.id, remaining: 9 });
  await updated(s, { configId: "org", keyId: key?.id, userId: "nobody", remaining: 9 });
  await updated(s, { configId: "org", keyId: key?.id, userId: owner.user?.id, remaining: 9, permissions: null });
  await updated(s, { keyId: key?.id, userId: owner.user?.id, remaining: 9 });
  await verify(s, key?.key, { configId: "org" });
  await s.api("createApiKey", { body: { configId: "org", organizationId, userId: member.user?.id } }, { cookies: true });
  await s.api("createApiKey", { body: { configId: "org", organizationId } }, { cookies: true });
  await s.api("updateApiKey", { body: { configId: "org", keyId: key?.id, name: "x" } }, { cookies: true });
  await list(s, organizationId);
  await make(s, { name: "of the user" });
  await s.get("/api-key/list?sortBy=createdAt");
  await s.get("/api-key/list?sortBy=createdAt&configId=org");
  await post(s, "delete", { organizationId });
  await verify(s, key?.key, { configId: "org" });
  await list(s, organizationId);
  await read(s, key?.id, "org");
}

/** One role, with each action on a key of its own organization, of another one and of none. */
async function rights(s, role) {
  await enter(s, "owner-b");
  const other = await found(s, "other");
  const { json: theirs } = await make(s, { organizationId: other?.id });
  await enter(s, "owner-a");
  const org = await found(s, "acme");
  const { json: ours } = await make(s, { organizationId: org?.id });
  const user = await enter(s, "subject");
  if (role !== undefined) await add(s, org, user, role);
  s.as("subject");
  for (const [key, organizationId] of [[ours, org?.id], [theirs, other?.id], [ours, other?.id], [{ id: "nothing" }, "nowhere"]]) {
    await list(s, organizationId);
    await make(s, { organizationId });
    await read(s, key?.id);
    await change(s, key?.id, { name: "changed" });
    await drop(s, key?.id);
  }
}

const places = {
  "in the secondary storage": { storage: "secondary-storage" },
  "in both": { storage: "secondary-storage", fallbackToDatabase: true },
};
const odd = [undefined, "owner", "admin", "member", "keeper", "nobody", "ghost", "to-read,to-create", " keeper", "Keeper", "", "owner,ghost"];
const stored = (role) => ({ ...hooks, member: ({ data: [{ user }] }) => (user.name === "Subject" ? { result: { data: { role } } } : {}) });
const scenario = (name, run, configurations, more = {}) => ({ name: `api key organizations: ${name}`, config: config(configurations, more.organization, more.config), hooks, run, dbs: more.dbs });

export default [
  scenario("the only kind", (s) => flow(s), [{ ...ofOrg, enableMetadata: true }], { dbs: ["sqlite", "postgres", "mysql"] }),
  scenario("one of two kinds", (s) => flow(s, "org"), both),
  ...Object.entries(places).map(([name, options]) =>
    scenario(name, (s) => flow(s), [{ ...ofOrg, ...options }], { config: { secondaryStorage: { provider: "redis" }, session: { cookieCache: { enabled: true } } } })),
  scenario("programs", programs, both, { dbs: ["sqlite", "postgres", "mysql"] }),
  ...[...odd, ...actions.map((action) => `to-${action}`)].map((role) => ({
    name: `api key organizations: rights of ${role === undefined ? "somebody else" : `"${role}"`}`,
    config: config([ofOrg], { ac, roles, organizationHooks: { beforeAddMember: hook("member") } }),
    hooks: stored(role),
    run: (s) => rights(s, role),
  })),
  ...["owner", "admin", "member"].map((role) => ({
    name: `api key organizations: built-in rights of ${role}`, config: config([ofOrg], {}), hooks, run: (s) => rights(s, role),
  })),
  scenario("another creator", (s) => rights(s, "owner"), [ofOrg], { organization: { creatorRole: "admin" } }),
  scenario("another creator, an admin", (s) => rights(s, "admin"), [ofOrg], { organization: { creatorRole: "admin" } }),
  scenario("roles that members create", async (s) => {
    const { org } = await staff(s, "nobody", "member");
    const organizationId = org?.id;
    const created = async (role, permission) => post(s.as("owner"), "create-role", { organizationId, role, permission });
    const { json: key } = await make(s.as("owner"), { organizationId });
    const tries = async () => {
      await list(s, organizationId);
      await read(s, key?.id);
      await make(s, { organizationId });
      await change(s, key?.id, { name: "changed" });
    };
    await created("key-reader", { apiKey: ["read"] });
    await created("key-maker", { apiKey: ["create", "read"], member: ["create"] });
    for (const [who, role] of [["nobody", "key-reader"], ["member", "key-maker"], ["member", "member,key-reader"], ["nobody", "nobody"]]) {
      const { json } = await s.as("owner").get(`/organization/list-members?organizationId=${organizationId}`);
      const member = json?.members?.find((m) => m.user.email === `${who}@example.com`);
      await post(s, "update-member-role", { organizationId, memberId: member?.id, role: role.split(",") });
      s.as(who);
      await tries();
    }
    await post(s.as("owner"), "update-role", { organizationId, roleName: "key-reader", data: { permission: { apiKey: ["update"] } } });
    s.as("member");
    await tries();
  }, [ofOrg], { organization: { ac, roles: { ...roles, owner: { ...own, apiKey: actions } }, dynamicAccessControl: { enabled: true } } }),
  scenario("default permissions", (s) => flow(s), [{ ...ofOrg, permissions: { defaultPermissions: hook("permissions") } }]),
  scenario("sessions", async (s) => {
    const { org } = await staff(s);
    const { json: key } = await make(s, { organizationId: org?.id });
    await s.get("/get-session", { cookies: false, headers: { "x-api-key": key?.key } });
    await s.get("/organization/list", { cookies: false, headers: { "x-api-key": key?.key } });
    await verify(s, key?.key);
  }, [{ ...ofOrg, enableSessionForAPIKeys: true }]),
  scenario("a session from a key of the owner", async (s) => {
    const { org } = await staff(s);
    const { json: key } = await make(s);
    const opts = { cookies: false, headers: { "x-api-key": key?.key } };
    const { json: theirs } = await make(s, { configId: "org", organizationId: org?.id }, opts);
    await list(s, org?.id, "", opts);
    await read(s, theirs?.id, "org", opts);
  }, both.map((c, i) => (i === 0 ? { ...c, enableSessionForAPIKeys: true } : c))),
  {
    name: "api key organizations: without the plugin organization",
    config: { plugins: { "api-key": { configurations: both } } },
    hooks,
    async run(s) {
      await signUp(s);
      await make(s, { configId: "org", organizationId: "o" });
      await list(s, "o");
      await make(s.as("nobody"), { configId: "org", organizationId: "o" });
      await s.post("/sign-in/email", { email: alice.email, password: alice.password });
      await list(s, "o", "&configId=org");
    },
  },
];
