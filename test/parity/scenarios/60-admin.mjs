// The admin plugin: what administrators do. Its options are in 60-admin-options, who may do what in 60-admin-rights.
import { alice, bob, day, hour, password, signIn, signUp } from "../people.mjs";
import { make, own, plugins, root } from "../admins.mjs";

const post = (s, path, body, opts) => s.post(`/admin/${path}`, body, opts);
const list = (s, query) => s.get(`/admin/list-users${query}`);

/** Everything once, by an administrator of the role admin. */
export async function flow(s) {
  await own(s);
  const b = (await signUp(s.as("bob"), bob)).json;
  await s.get("/list-sessions");
  await post(s, "set-role", { userId: b.user.id, role: "admin" });
  const id = b.user.id;
  s.as("default");
  await s.get("/get-session");
  await s.get(`/admin/get-user?id=${id}`);
  await s.get("/admin/get-user?id=nobody");
  await s.get("/admin/get-user");
  await list(s, "?sortBy=email");
  await post(s, "list-user-sessions", { userId: id });
  await post(s, "list-user-sessions", { userId: "nobody" });
  await post(s, "update-user", { userId: id, data: { name: "Robert", image: "https://a.example/b.png" } });
  await s.as("bob").get("/get-session?disableCookieCache=true");
  await post(s.as("default"), "set-role", { userId: id, role: ["user", "helper"] });
  await post(s, "set-role", { userId: "nobody", role: "user" });
  await post(s, "has-permission", { permissions: { user: ["ban"], session: ["list"] } });
  await post(s, "impersonate-user", { userId: id });
  await s.get("/get-session");
  await s.get("/list-sessions");
  await s.as("bob").get("/list-sessions");
  await s.as("default").post("/admin/stop-impersonating", {});
  await s.post("/admin/stop-impersonating", {});
  await s.get("/get-session");
  await post(s, "revoke-user-session", { sessionToken: b.token });
  await post(s, "revoke-user-session", { sessionToken: "none" });
  await s.as("bob").get("/get-session?disableCookieCache=true");
  await s.post("/sign-in/email", signIn(bob));
  await post(s.as("default"), "revoke-user-sessions", { userId: id });
  await post(s, "revoke-user-sessions", { userId: "nobody" });
  await s.as("bob").get("/get-session?disableCookieCache=true");
  await s.post("/sign-in/email", signIn(bob));
  await post(s.as("default"), "set-user-password", { userId: id, newPassword: "another-password" });
  await s.as("bob").get("/get-session?disableCookieCache=true");
  await s.post("/sign-in/email", signIn(bob));
  await s.post("/sign-in/email", { email: bob.email, password: "another-password" });
  await post(s.as("default"), "ban-user", { userId: id, banReason: "spam" });
  await s.as("bob").get("/get-session?disableCookieCache=true");
  await s.post("/sign-in/email", { email: bob.email, password: "another-password" });
  await post(s.as("default"), "impersonate-user", { userId: id });
  await s.get("/get-session");
  await post(s, "unban-user", { userId: id });
  await s.as("bob").post("/sign-in/email", { email: bob.email, password: "another-password" });
  await post(s.as("default"), "remove-user", { userId: id });
  await post(s, "remove-user", { userId: id });
  await s.as("bob").get("/get-session?disableCookieCache=true");
  await s.post("/sign-in/email", { email: bob.email, password: "another-password" });
}

const scenario = (name, options, run, { config, ...more } = {}) => ({ name: `admin: ${name}`, config: { plugins: plugins(options), ...config }, run, ...more });

async function creating(s) {
  await own(s);
  const create = (body, opts) => post(s, "create-user", { name: "C", ...body }, opts);
  await create({ email: "Carol@Example.com", password });
  await s.as("carol").post("/sign-in/email", { email: "carol@example.com", password });
  s.as("default");
  await create({ email: "carol@example.com", password });
  await create({ email: "dave@example.com" });
  await create({ email: "eve@example.com", password: "" });
  await create({ email: "fay@example.com", password: "short" });
  await create({ email: "gil@example.com", password: "x".repeat(129) });
  await create({ email: "no address" });
  await create({ email: "hal@example.com", role: "helper" });
  await create({ email: "ian@example.com", role: ["helper", "admin"] });
  await create({ email: "jim@example.com", role: [] });
  await create({ email: "kim@example.com", data: { role: "helper" } });
  await create({ email: "leo@example.com", role: "user", data: { role: "helper" } });
  await create({ email: "max@example.com", data: { role: 7 } });
  await create({ email: "ned@example.com", data: { role: ["user", 7] } });
  await create({ email: "oda@example.com", data: { banned: true, banReason: "early", banExpires: "2031-02-01T00:00:00.000Z" } });
  await create({ email: "pat@example.com", data: { image: "https://a.example/p.png", emailVerified: true, unknown: 1, id: "chosen-id-of-pat" } });
  await create({ email: "quin@example.com", data: { email: "other@example.com", name: "Other" } });
  await create({ email: "ron@example.com", name: undefined });
  await create({ name: "No address" });
  await create({ email: "sue@example.com", role: 7 });
  await create({ email: "tom@example.com", data: "x" });
  await list(s, "?sortBy=email&limit=50");
  await s.as("nobody").post("/admin/create-user", { name: "U", email: "uwe@example.com" });
  await s.api("createUser", { body: { name: "V", email: "vic@example.com", password, role: "admin", data: { banned: false } } });
  await s.api("createUser", { body: { name: "W", email: "wim@example.com" }, headers: [] });
}

async function updating(s) {
  const me = await own(s);
  const b = await make(s, "bob@example.com", {});
  const change = (data, userId = b.id) => post(s, "update-user", { userId, data });
  await change({});
  await change({ name: "Bobby" });
  await change({ email: "Robert@Example.com" });
  await change({ email: root.email });
  await change({ email: "robert@example.com" });
  await change({ email: "none" });
  await change({ email: 7 });
  await change({ emailVerified: true });
  await change({ password: "password1234" });
  await change({ id: "other" });
  await change({ id: "other", password: "p" });
  await change({ role: "helper" });
  await change({ role: ["helper", "user"] });
  await change({ role: [] });
  await change({ role: null });
  await change({ role: ["user", 7] });
  await change({ banned: true, banReason: "rude", banExpires: "2031-01-16T00:00:00.000Z" });
  await change({ banned: false, banReason: null, banExpires: null });
  await change({ banned: true }, me.id);
  await change({ banned: false }, me.id);
  await change({ name: "X" }, "nobody");
  await change({ email: root.email }, me.id);
  await change({ phoneNumber: "+491701234567" });
  await change({ unknown: 1 });
  await change("x");
  await post(s, "update-user", { userId: b.id });
  await post(s, "update-user", { data: { name: "Y" } });
  await s.get(`/admin/get-user?id=${b.id}`);
}

async function listing(s) {
  await own(s);
  for (const [i, name] of ["Anna", "Ben", "Cora", "Dan", "Eva", "Anton"].entries())
    await make(s.advance(day), `${name.toLowerCase()}@${i % 2 ? "Odd" : "even"}.example`, { name, data: { emailVerified: i % 2 === 0, role: i < 3 ? "helper" : "user" } });
  for (const query of [
    "", "?limit=2&sortBy=name", "?limit=2&offset=2&sortBy=name", "?sortBy=name&sortDirection=desc", "?sortBy=createdAt&sortDirection=desc&limit=3", "?sortDirection=desc&limit=3",
    "?searchValue=an&sortBy=name", "?searchValue=an&searchField=name&sortBy=name", "?searchValue=an&searchField=name&searchOperator=ends_with&sortBy=name",
    "?searchValue=An&searchField=name&searchOperator=starts_with&sortBy=name", "?searchValue=odd.example&searchOperator=ends_with&sortBy=name", "?searchValue=", "?searchValue=nobody",
    "?searchField=role&searchValue=x", "?searchOperator=eq&searchValue=x",
    "?filterValue=eva@even.example", "?filterField=role&filterValue=helper&sortBy=name", "?filterField=role&filterValue=helper&filterOperator=ne&sortBy=name",
    "?filterField=emailVerified&filterValue=true&sortBy=name", "?filterField=emailVerified&filterValue=false&sortBy=name", "?filterField=name&filterOperator=gt&filterValue=Cora&sortBy=name",
    "?filterField=name&filterOperator=gte&filterValue=Cora&sortBy=name", "?filterField=name&filterOperator=lt&filterValue=Cora&sortBy=name", "?filterField=name&filterOperator=lte&filterValue=Cora&sortBy=name",
    "?filterField=name&filterOperator=in&filterValue=Cora&filterValue=Dan&sortBy=name", "?filterField=name&filterOperator=in&filterValue=Cora", "?filterField=name&filterOperator=not_in&filterValue=Cora&filterValue=Dan&sortBy=name",
    "?filterField=name&filterOperator=not_in&filterValue=Cora&sortBy=name", "?filterField=name&filterOperator=contains&filterValue=o&sortBy=name", "?filterField=name&filterOperator=starts_with&filterValue=A&sortBy=name",
    "?filterField=name&filterOperator=ends_with&filterValue=a&sortBy=name", "?filterField=ghost&filterValue=x", "?sortBy=ghost", "?filterField=name&filterOperator=like&filterValue=x", "?sortDirection=up",
    "?searchValue=an&searchField=name&filterField=role&filterValue=helper&sortBy=name", "?limit=0&sortBy=name", "?limit=x&sortBy=name", "?offset=5&limit=10&sortBy=name", "?offset=x&sortBy=name", "?limit=1e1&sortBy=name",
    "?filterField=name&filterValue=", "?filterField=banExpires&filterValue=2031-01-01", "?limit=100&offset=1000",
  ]) await list(s, query);
  for (const query of [{ limit: 2, sortBy: "name" }, { filterField: "emailVerified", filterValue: true, sortBy: "name" }, { filterField: "name", filterOperator: "in", filterValue: ["Eva", "Dan"], sortBy: "name" }])
    await s.api("listUsers", { query }, { cookies: true });
}

/** Names and answers where each body misses something or has it wrong. */
async function badInput(s) {
  await own(s);
  for (const path of ["set-role", "update-user", "list-user-sessions", "ban-user", "unban-user", "impersonate-user", "revoke-user-session", "revoke-user-sessions", "remove-user", "set-user-password", "has-permission", "create-user"]) {
    for (const body of [{}, [], "x", null, { userId: 7 }, { userId: null }, { userId: {}, role: 7, data: [], banReason: 7, banExpiresIn: "x", sessionToken: 7, newPassword: 7 }]) await post(s, path, body);
    await post(s, path, undefined);
  }
  for (const body of [
    { permission: { user: ["ban"] } }, { permissions: { user: ["ban"] }, permission: { user: ["ban"] } }, { permissions: { user: "ban" } }, { permissions: {} }, { permissions: { user: [] } }, { permissions: { ghost: ["x"] } },
    { permissions: { user: ["ban", "fly"] } }, { permissions: { user: ["ban"] }, role: 7 }, { permissions: { user: ["ban"] }, role: "user" }, { permissions: { user: ["ban"] }, userId: "nobody" },
  ]) await post(s, "has-permission", body);
  await post(s, "set-user-password", { userId: "", newPassword: "" });
  await post(s, "set-user-password", { userId: "nobody", newPassword: "short" });
  await post(s, "set-user-password", { userId: "nobody", newPassword: "x".repeat(129) });
  await post(s, "set-user-password", { userId: "nobody", newPassword: "password1234" });
  for (const path of ["set-role", "get-user", "stop-impersonating"]) await s.get(`/admin/${path}`);
}

/** Calls of the program itself, without a client. */
async function fromTheProgram(s) {
  const admin = await make(s, root.email, { role: "admin", password });
  const permissions = { user: ["ban"] };
  for (const body of [{ permissions }, { permissions, role: "admin" }, { permissions, role: "user" }, { permissions, userId: admin.id }, { permissions, userId: "nobody" }, { permissions, userId: admin.id, role: "user" }, { permission: permissions }])
    await s.api("userHasPermission", { body });
  await s.api("userHasPermission", { body: { permissions, role: "admin" }, headers: [] });
  for (const [name, input] of Object.entries({ setRole: { body: { userId: admin.id, role: "x" } }, getUser: { query: { id: admin.id } }, listUsers: { query: {} }, banUser: { body: { userId: admin.id } }, stopImpersonating: {} })) {
    await s.api(name, input);
    await s.api(name, { ...input, headers: [] });
  }
}

export default [
  scenario("everything", {}, flow, { verifyHashes: true }),
  scenario("everything on PostgreSQL and MariaDB", {}, flow, { dbs: ["postgres", "mysql"] }),
  scenario("everything in Redis", {}, flow, { config: { secondaryStorage: { provider: "redis" } } }),
  scenario("everything in Redis and the database", {}, flow, { config: { secondaryStorage: { provider: "redis" }, session: { storeSessionInDatabase: true } } }),
  scenario("everything with the cookie cache", {}, flow, { config: { session: { cookieCache: { enabled: true } } } }),
  scenario("everything with secure cookies of another name", {}, flow, { config: { advanced: { useSecureCookies: true, cookiePrefix: "app", defaultCookieAttributes: { sameSite: "strict" } } } }),
  scenario("users are created", {}, creating, { verifyHashes: true }),
  scenario("users are created on PostgreSQL and MariaDB", {}, creating, { dbs: ["postgres", "mysql"] }),
  scenario("users are changed", {}, updating),
  scenario("users are changed in Redis", {}, updating, { config: { secondaryStorage: { provider: "redis" } } }),
  scenario("users are listed", {}, listing),
  scenario("signs that databases know", {}, async (s) => {
    await own(s);
    for (const query of ["?searchValue=r_ot&searchField=name", "?searchValue=%25&searchField=name", "?filterField=name&filterOperator=starts_with&filterValue=R%25t"]) await list(s, query);
  }),
  scenario("bad input", {}, badInput, { rows: false }),
  scenario("calls of the program", {}, fromTheProgram),
  scenario("described", {}, async (s) => { await s.get("/open-api/generate-schema"); }, { config: { plugins: { "open-api": {}, ...plugins() } } }),
  scenario("the official client", {}, async (s) => {
    const me = await own(s);
    const { adminClient } = await import("better-auth/client/plugins");
    const { admin } = await s.client({ plugins: [adminClient()] });
    const { data } = await admin.createUser({ name: "B", email: bob.email, password });
    const userId = data.user.id;
    await admin.listUsers({ query: { searchValue: "bob", limit: 5, sortBy: "email", sortDirection: "desc" } });
    await admin.getUser({ query: { id: userId } });
    await admin.setRole({ userId, role: "admin" });
    await admin.updateUser({ userId, data: { name: "Bob" } });
    await admin.setUserPassword({ userId, newPassword: "password5678" });
    await admin.banUser({ userId, banExpiresIn: hour });
    await admin.unbanUser({ userId });
    await admin.listUserSessions({ userId: me.id });
    await admin.setRole({ userId, role: "user" });
    await admin.impersonateUser({ userId });
    await admin.stopImpersonating();
    await admin.hasPermission({ permissions: { user: ["list"] } });
    await admin.revokeUserSessions({ userId });
    await admin.removeUser({ userId });
  }),
  scenario("strangers", {}, async (s) => {
    await signUp(s.as("alice"), alice);
    for (const browser of ["nobody", "alice"]) {
      s.as(browser);
      await s.get("/admin/list-users");
      await s.get("/admin/get-user?id=x");
      for (const path of ["stop-impersonating", "has-permission"]) await post(s, path, { permissions: { user: ["list"] } });
      await s.post("/update-user", { role: "admin" });
      await s.post("/update-user", { banned: false, banReason: "x", banExpires: "2031-01-01T00:00:00.000Z" });
      await s.post("/update-session", { impersonatedBy: "x" });
    }
    await signUp(s.as("mallory"), bob, { role: "admin" });
    await signUp(s, bob, { banned: true });
    await signUp(s, bob, { impersonatedBy: "x" });
  }),
  scenario("hooks drop what administrators write", {}, async (s) => {
    const me = await own(s);
    const b = await make(s, bob.email, { password });
    s.dropping = true;
    await post(s, "create-user", { name: "C", email: "carol@example.com" });
    await post(s, "set-role", { userId: b.id, role: "admin" });
    await post(s, "update-user", { userId: b.id, data: { name: "X" } });
    await post(s, "ban-user", { userId: b.id });
    await post(s, "unban-user", { userId: b.id });
    await post(s, "impersonate-user", { userId: b.id });
    await post(s, "remove-user", { userId: b.id });
    await s.get(`/admin/get-user?id=${me.id}`);
  }, {
    hooks: { row: (call, s) => (s.dropping ? { result: false } : {}) },
    config: { databaseHooks: { user: { create: { before: { webhook: "hook:row" } }, update: { before: { webhook: "hook:row" } }, delete: { before: { webhook: "hook:row" } } }, session: { create: { before: { webhook: "hook:row" } } } } },
  }),
];
