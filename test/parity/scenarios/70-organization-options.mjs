// The plugin organization: options.
import { alice, password } from "../people.mjs";
import { add, enter, found, get, invite, person, plugins, post, staff, topic } from "../organizations.mjs";
import { flow } from "./70-organization.mjs";

const scenario = topic("organization options");
const hook = { webhook: "hook:asked" };
const pay = () => ({ status: 402, body: { status: 402, code: "PAY", message: "Pay first" } });

async function creating(s) {
  for (const name of ["owner", "carol"]) {
    const user = await enter(s, name);
    for (const slug of ["a", "b", "c"]) await found(s, `${name}-${slug}`);
    for (const slug of ["d", "e"]) await s.api("createOrganization", { body: { name: "N", slug: `${name}-${slug}`, userId: user?.id } });
    await s.api("createOrganization", { body: { name: "N", slug: `${name}-f`, userId: user?.id } }, { cookies: true });
    await get(s, "list");
  }
}

const ac = { organization: ["update", "delete"], member: ["create", "update", "delete"], invitation: ["create", "cancel"], team: ["create", "update", "delete"], ac: ["create", "read", "update", "delete"], project: ["create", "share"] };
const roles = { owner: ac, admin: { member: ["update"], project: ["create", "share"] }, sales: { invitation: ["create"], project: ["create"] }, empty: {} };

async function ownRoles(s) {
  const { org } = await staff(s, "admin", "sales", "member", "ghost");
  const asked = [{ project: ["create"] }, { project: ["share"] }, { invitation: ["create"] }, { invitation: ["create"], project: ["create"] }, { invitation: ["create"], project: ["share"] }, { organization: ["update"] }, { ghost: ["x"] }, { ac: ["read"] }];
  for (const browser of ["owner", "admin", "sales", "member", "ghost"]) {
    s.as(browser);
    for (const permissions of asked) await post(s, "has-permission", { organizationId: org?.id, permissions });
    for (const role of ["sales", "member", "empty", "ghost", ["sales", "owner"]]) await invite(s, org, `${browser}-${role}@example.com`, { role });
    await post(s, "update", { organizationId: org?.id, data: { logo: browser } });
    await get(s, "list-invitations", { organizationId: org?.id });
    await get(s, "get-full-organization", { organizationId: org?.id });
  }
  await post(s.as("admin"), "update-member-role", { organizationId: org?.id, memberId: org?.members?.[0]?.id, role: "sales" });
  await add(s, org, await enter(s, "several"), ["sales", "admin"]);
  for (const permissions of [{ invitation: ["create"], project: ["share"] }, { member: ["update"] }, { member: ["update"], invitation: ["create"] }]) await post(s, "has-permission", { organizationId: org?.id, permissions });
}

async function creator(s) {
  const { org, owner, admin } = await staff(s, "admin", "boss", "member");
  for (const browser of ["owner", "boss", "admin"]) {
    s.as(browser);
    for (const role of ["boss", "owner", "admin"]) await invite(s, org, `${browser}-${role}@example.com`, { role });
    await post(s, "update-member-role", { organizationId: org?.id, memberId: admin?.member?.id, role: ["admin", "boss"] });
    await post(s, "update-member-role", { organizationId: org?.id, memberId: owner?.member?.id, role: "member" });
    await get(s, "list-invitations", { organizationId: org?.id });
    await post(s, "leave", { organizationId: org?.id });
    await post(s, "update", { organizationId: org?.id, data: { logo: browser } });
    await get(s, "list-members", { organizationId: org?.id, sortBy: "createdAt" });
  }
}

const additional = (more) => ({
  plan: { type: "string", required: true }, seats: { type: "number", required: false, defaultValue: 3 }, hidden: { type: "string", required: false, returned: false, defaultValue: "secret" },
  fixed: { type: "string", required: false, input: false, defaultValue: "fixed" }, until: { type: "date", required: false }, active: { type: "boolean", required: false }, tags: { type: "string[]", required: false }, ...more,
});
const withFields = { schema: { organization: { additionalFields: additional() }, member: { additionalFields: additional({ plan: { type: "string", required: false, defaultValue: "basic" } }) }, invitation: { additionalFields: additional() } } };

async function fields(s) {
  await enter(s, "owner");
  await found(s, "none");
  const values = [{ plan: "free" }, { plan: 7 }, { plan: "p", seats: 5, hidden: "h", active: true, tags: ["a", "b"] }, { plan: "p", fixed: "x" }, { plan: "p", seats: "5" }, { plan: null }, { plan: "p", until: "soon" }, { plan: "p", until: "2040-01-01T00:00:00.000Z" }, { plan: "p", active: "yes" }, { plan: "p", tags: "a" }];
  let org;
  for (const [i, value] of values.entries()) org = (await post(s, "create", { name: "N", slug: `s${i}`, ...value })).json?.id ? (await get(s, "get-organization", { organizationSlug: `s${i}` })).json : org;
  for (const value of values) await post(s, "update", { organizationId: org?.id, data: value });
  await get(s, "list");
  await get(s, "get-full-organization", { organizationId: org?.id });
  for (const [i, value] of values.entries()) await invite(s, org, `i${i}@example.com`, value);
  await invite(s, org, "carol@example.com", values[2]);
  await get(s, "list-invitations", { organizationId: org?.id });
  for (const [i, value] of values.entries()) {
    const user = (await s.as(`m${i}`).post("/sign-up/email", person(`m${i}`))).json?.user;
    await s.api("addMember", { body: { organizationId: org?.id, userId: user?.id, role: "member", ...value } });
  }
  s.as("owner");
  await get(s, "list-members", { organizationId: org?.id });
  await get(s, "get-active-member");
  await get(s, "get-full-organization", { organizationId: org?.id });
  const { id } = (await invite(s, org, "dave@example.com", values[2])) ?? {};
  await enter(s, "dave");
  await get(s, "get-invitation", { id });
  await post(s, "accept-invitation", { invitationId: id });
}

const column = (name) => `${name.replace(/[A-Z]/g, (c) => `_${c.toLowerCase()}`)}_1`;
const named = (...names) => Object.fromEntries(names.map((name) => [name, column(name)]));
const renamed = {
  schema: {
    organization: { modelName: "companies", fields: named("name", "slug", "logo", "metadata", "createdAt") },
    member: { modelName: "employees", fields: named("organizationId", "userId", "role", "createdAt") },
    invitation: { modelName: "letters", fields: named("organizationId", "email", "role", "status", "expiresAt", "createdAt", "inviterId") },
    session: { fields: named("activeOrganizationId") },
  },
};

export default [
  scenario("nobody creates organizations", { allowUserToCreateOrganization: false }, creating),
  scenario("everybody creates organizations", { allowUserToCreateOrganization: true }, creating),
  scenario("a callback decides who creates organizations", { allowUserToCreateOrganization: hook }, creating, { hooks: { asked: ({ data: [user] }) => ({ result: user.name === "Carol" }) } }),
  scenario("a callback refuses who creates organizations", { allowUserToCreateOrganization: hook }, creating, { hooks: { asked: pay } }),
  scenario("a callback answers nothing", { allowUserToCreateOrganization: hook, organizationLimit: hook }, creating, { hooks: { asked: () => {} } }),
  scenario("a limit of organizations", { organizationLimit: 2 }, creating),
  scenario("a limit of no organizations", { organizationLimit: 0 }, creating),
  scenario("a callback is the limit", { organizationLimit: hook }, creating, { hooks: { asked: ({ data: [user] }) => ({ result: user.name === "Carol" }) } }),
  scenario("a callback refuses as the limit", { organizationLimit: hook }, creating, { hooks: { asked: pay } }),
  scenario("roles as data", { ac, roles }, ownRoles),
  scenario("roles as data without statements", { roles }, ownRoles),
  scenario("another role of creators", { creatorRole: "boss", ac, roles: { ...roles, boss: ac } }, creator),
  scenario("admins are the creators", { creatorRole: "admin" }, creator),
  scenario("a role of creators that does not exist", { creatorRole: "boss" }, creator),
  scenario("additional fields", withFields, fields),
  scenario("additional fields on PostgreSQL and MariaDB", withFields, fields, { config: { advanced: { database: { generateId: "serial" } } }, dbs: ["postgres", "mysql"] }),
  scenario("other names of tables and columns", renamed, flow),
  scenario("other names of tables and columns with joins", renamed, flow, { config: { experimental: { joins: true } } }),
  scenario("other names of tables and columns on PostgreSQL and MariaDB", renamed, flow, { config: { advanced: { database: { generateId: "serial" } } }, dbs: ["postgres", "mysql"] }),
  scenario("other names for users", {}, flow, { config: { user: { modelName: "people", fields: { name: "full_name", email: "mail" } }, session: { modelName: "visits" } } }),
  scenario("with the plugins admin and custom session", {}, async (s) => {
    const { org } = await staff(s, "member");
    await get(s, "get-full-organization", { organizationId: org?.id });
    await s.get("/get-session");
    const root = (await s.api("createUser", { body: { ...alice, role: "admin" } })).json?.user;
    const userId = (await s.as("owner").get("/get-session")).json?.user.id;
    await s.as("root").post("/sign-in/email", { email: alice.email, password });
    await s.post("/admin/impersonate-user", { userId });
    await get(s.as("root"), "list");
    s.note("root", root?.role);
  }, { config: { plugins: plugins({}, { admin: {}, "custom-session": { fn: { webhook: "hook:session" } } }) }, hooks: { session: ({ data: [{ user, session }] }) => ({ result: { user, session, extra: 1 } }) } }),
  scenario("with the cookies of several sessions", {}, async (s) => {
    await enter(s, "owner");
    await found(s, "acme");
    await s.post("/sign-up/email", person("carol"));
    await s.get("/get-session");
    const { json: list } = await s.get("/multi-session/list-device-sessions");
    for (const { session } of list ?? []) {
      await s.post("/multi-session/set-active", { sessionToken: session.token });
      await get(s, "get-full-organization");
    }
  }, { config: { plugins: plugins({}, { "multi-session": {} }) }, unorderedCalls: true }),
];
