// Roles that members create for their organization: the five endpoints, who may call them, and what such a role allows.
import { enter, found, get, join, organization, post } from "../teams.mjs";

const hook = (name) => ({ webhook: `hook:${name}` });
export const statements = {
  organization: ["update", "delete"], member: ["create", "update", "delete"], invitation: ["create", "cancel"], team: ["create", "update", "delete"], ac: ["create", "read", "update", "delete"],
  project: ["create", "share", "delete"],
};
const { project: _, ...builtIn } = statements;
const roles = {
  owner: statements, admin: { ...statements, organization: ["update"], project: ["create", "share"] }, member: { ac: ["read"], project: ["create"] },
  ...Object.fromEntries(statements.ac.map((action) => [`ac-${action}`, { ac: [action] }])), none: {},
};
const dynamic = (more = {}, own = {}) => organization({ ac: statements, dynamicAccessControl: { enabled: true, ...own }, ...more });
const config = dynamic({ roles });
const people = ["owner", "admin", "member", "stranger", "lone", "nobody"];

async function company(s) {
  const { user: owner, org } = await found(s);
  const second = (await post(s, "create", { name: "Second", slug: "second", keepCurrentActiveOrganization: true })).json;
  const admin = await join(s, org, "admin", "admin");
  const member = await join(s, org, "member");
  const { org: foreign } = await found(s, "stranger");
  const away = (await make(s, "away", { ac: ["read"] })).json?.roleData;
  const lone = await enter(s, "lone");
  s.as("owner");
  return { owner, org, second, admin, member, foreign, away, lone };
}

const make = (s, role, permission = { project: ["create"] }, more = {}) => post(s, "create-role", { role, permission, ...more });
const allowed = (s, permissions, more = {}) => post(s, "has-permission", { permissions, ...more });

async function life(s) {
  const { org } = await found(s);
  const made = (await make(s, "Editor", { project: ["create", "share"], member: [] })).json.roleData;
  await get(s, "list-roles");
  await get(s, "get-role", { roleName: "editor" });
  await get(s, "get-role", { roleId: made.id });
  const ann = await join(s, org, "ann", "editor");
  await allowed(s, { project: ["share"] });
  await allowed(s, { project: ["delete"] });
  s.as("owner");
  await post(s, "delete-role", { roleName: "editor" });
  await post(s, "update-role", { roleName: "editor", data: { permission: { project: ["delete"] } } });
  await get(s, "list-roles");
  await allowed(s.as("ann"), { project: ["share"] });
  await allowed(s, { project: ["delete"] });
  s.as("owner");
  await post(s, "update-role", { roleId: made.id, data: { roleName: "Writer" } });
  await allowed(s.as("ann"), { project: ["delete"] });
  s.as("owner");
  await post(s, "update-member-role", { memberId: ann.member.id, role: ["writer", "member"] });
  await allowed(s.as("ann"), { project: ["delete"] });
  s.as("owner");
  await post(s, "delete-role", { roleId: made.id });
  await post(s, "update-member-role", { memberId: ann.member.id, role: "member" });
  await post(s, "delete-role", { roleId: made.id });
  await get(s, "list-roles");
  await get(s, "get-role", { roleId: made.id });
}

async function create(s) {
  const { org, second, foreign } = await company(s);
  for (const body of [
    undefined, {}, { role: "x" }, { permission: {} }, { role: 5, permission: {} }, { role: "x", permission: [] }, { role: "x", permission: "all" }, { role: "x", permission: { project: "create" } },
    { role: "x", permission: { project: [5] } }, { role: "x", permission: null }, { role: "x", permission: {}, organizationId: 5 }, { role: "x", permission: {}, organizationId: null },
    { role: "x", permission: {}, additionalFields: null }, { role: "x", permission: {}, additionalFields: { role: "owner", organizationId: foreign.id, id: "own" } },
    { role: "id", permission: {}, id: "own-id", createdAt: "2020-01-01" }, { role: "Upper Case", permission: {} }, { role: "upper case", permission: {} }, { role: " upper case", permission: {} },
    { role: "", permission: {} }, { role: "a,b", permission: {} }, { role: "owner", permission: {} }, { role: "OWNER", permission: {} }, { role: " owner", permission: {} }, { role: "none", permission: {} },
    { role: "empty", permission: { project: [], ac: [] } }, { role: "bad-resource", permission: { ghost: ["x"] } }, { role: "bad-resource", permission: { ghost: [] } },
    { role: "bad-action", permission: { project: ["fly"] } }, { role: "bad-both", permission: { project: ["fly", "create", "sing"], member: ["fly"] } },
    { role: "double", permission: { project: ["create", "create"] } }, { role: "second", permission: {}, organizationId: second.id }, { role: "foreign", permission: {}, organizationId: foreign.id },
    { role: "nowhere", permission: {}, organizationId: "none" }, { role: "blank", permission: {}, organizationId: "" },
  ]) await post(s, "create-role", body);
  for (const who of people) {
    s.as(who);
    await make(s, `by ${who}`);
    await make(s, `all by ${who}`, statements);
    await make(s, `told by ${who}`, {}, { organizationId: org.id });
  }
  await get(s.as("owner"), "list-roles");
  await post(s.as("owner"), "set-active", { organizationId: null });
  await make(s, "late");
  await get(s, "create-role");
}

async function read(s) {
  const { org, second, foreign, away } = await company(s);
  const mine = (await make(s, "editor")).json.roleData;
  const other = (await make(s, "editor", { project: ["delete"] }, { organizationId: second.id })).json.roleData;
  const queries = [
    {}, { roleName: "" }, { roleId: "" }, { roleName: "editor" }, { roleName: "Editor" }, { roleName: " editor" }, { roleName: "owner" }, { roleName: "none" }, { roleId: mine.id }, { roleId: "none" },
    { roleId: other.id }, { roleId: other.id, organizationId: second.id }, { roleName: "editor", organizationId: second.id }, { roleId: away.id }, { roleName: "away" }, { roleId: away.id, organizationId: foreign.id },
    { roleName: "editor", organizationId: "none" }, { roleName: "editor", organizationId: "" }, { roleName: "editor", roleId: other.id }, { roleName: "", roleId: mine.id }, { organizationId: org.id },
  ];
  for (const query of queries) await get(s, "get-role", query);
  await s.get("/organization/get-role?roleName=a&roleName=b");
  await s.get("/organization/list-roles?organizationId=a&organizationId=b");
  for (const query of [{}, { organizationId: second.id }, { organizationId: foreign.id }, { organizationId: "" }, { organizationId: "none" }]) await get(s, "list-roles", query);
  for (const who of people) {
    s.as(who);
    await get(s, "list-roles");
    await get(s, "list-roles", { organizationId: org.id });
    await get(s, "get-role", { roleName: "editor" });
    await get(s, "get-role", { roleName: "editor", organizationId: org.id });
  }
  for (const name of ["listOrgRoles", "getOrgRole"]) {
    s.as("owner");
    await s.api(name);
    await s.api(name, { headers: [] });
    if (name === "listOrgRoles") await s.api(name, {}, { cookies: true });
    await s.api(name, { query: {} }, { cookies: true });
    await s.api(name, { query: { roleName: "editor" } }, { cookies: true });
  }
}

async function update(s) {
  const { org, second, foreign, away } = await company(s);
  const mine = (await make(s, "editor")).json.roleData;
  await make(s, "taken");
  const other = (await make(s, "other", { project: ["delete"] }, { organizationId: second.id })).json.roleData;
  const change = (body) => post(s, "update-role", body);
  const roleName = "editor";
  for (const body of [
    undefined, {}, { roleName }, { data: {} }, { roleName, data: null }, { roleName, data: {} }, { roleName: "", data: {} }, { roleName: 5, data: {} }, { roleId: "", data: {} }, { roleId: 5, data: {} },
    { roleName, data: { permission: null } }, { roleName, data: { permission: [] } }, { roleName, data: { permission: {} } }, { roleName, data: { permission: { project: "x" } } },
    { roleName, data: { permission: { ghost: [] } } }, { roleName, data: { permission: { project: ["fly"] } } }, { roleName, data: { permission: { project: ["share", "share"] } } },
    { roleName, data: { roleName: null } }, { roleName, data: { roleName: 5 } }, { roleName, data: { roleName: "" } }, { roleName, data: { roleName: "EDITOR" } }, { roleName, data: { roleName: "taken" } },
    { roleName, data: { roleName: "Owner" } }, { roleName, data: { roleName: " owner" } }, { roleName: " owner", data: { roleName } }, { roleName: "owner", data: { permission: {} } },
    { roleName: "Editor", data: { permission: {} } }, { roleName: "none-such", data: {} }, { roleId: "none", data: {} }, { roleId: other.id, data: { permission: {} } }, { roleId: away.id, data: { permission: {} } },
    { roleId: other.id, organizationId: second.id, data: { permission: { project: [] } } }, { roleId: away.id, organizationId: foreign.id, data: { permission: {} } }, { roleName, organizationId: "", data: {} },
    { roleName, organizationId: "none", data: {} }, { roleName, roleId: other.id, data: { permission: { member: ["create"] } } },
    { roleName, data: { id: "x", organizationId: foreign.id, role: "owner", createdAt: "2020-01-01", permission: { ac: ["read"] } } }, { roleName, data: { permission: { ac: ["read"] }, roleName: "Both" } },
    { roleName: "both", data: { permission: { ghost: [] }, roleName: "not" } }, { roleName: "both", data: { permission: {}, roleName: "taken" } },
  ]) await change(body);
  await get(s, "list-roles");
  for (const who of people) {
    s.as(who);
    await change({ roleId: mine.id, data: { permission: { project: ["create"] } } });
    await change({ roleId: mine.id, data: { permission: statements } });
    await change({ roleId: mine.id, organizationId: org.id, data: { roleName: `by ${who}` } });
  }
  await get(s.as("owner"), "get-role", { roleId: mine.id });
  await post(s, "set-active", { organizationId: null });
  await change({ roleId: mine.id, data: {} });
}

async function remove(s) {
  const { org, second, foreign, away, member } = await company(s);
  const mine = (await make(s, "editor", { ac: ["read"] })).json.roleData;
  const names = people.map((who) => `for ${who}`);
  for (const name of names) await make(s, name, {});
  const other = (await make(s, "other", { team: ["delete"] }, { organizationId: second.id })).json.roleData;
  for (const body of [
    undefined, {}, { roleName: "" }, { roleId: "" }, { roleName: 5 }, { roleId: null }, { roleName: "owner" }, { roleName: "member" }, { roleName: "Owner" }, { roleName: "Editor" }, { roleName: "none-such" },
    { roleId: "none" }, { roleId: other.id }, { roleId: away.id }, { roleName: "away" }, { roleId: away.id, organizationId: foreign.id }, { roleName: "editor", organizationId: "" },
    { roleName: "editor", organizationId: "none" }, { roleName: "editor", organizationId: second.id }, { roleName: "", roleId: "none" }, { roleName: "none-such", roleId: mine.id },
  ]) await post(s, "delete-role", body);
  await post(s, "delete-role", { roleId: other.id, organizationId: second.id });
  for (const [i, who] of people.entries()) await post(s.as(who), "delete-role", { roleName: names[i] });
  await post(s.as("lone"), "delete-role", { roleName: "editor", organizationId: org.id });
  s.as("owner");
  for (const role of ["editor", "member,editor", "editors", "xeditor,member"]) {
    await s.db.all(`update "member" set "role" = '${role}' where "userId" = '${member.id}'`);
    await post(s, "delete-role", { roleName: "editor" });
  }
  await get(s, "list-roles");
  await post(s, "set-active", { organizationId: null });
  await post(s, "delete-role", { roleId: mine.id });
}

/** Every action on roles by members with each role. */
async function rights(s, role) {
  const { org } = await found(s);
  await make(s, "old", { project: ["share"] });
  await make(s, "older", {});
  await join(s, org, "worker", role);
  await get(s, "list-roles");
  await get(s, "get-role", { roleName: "old" });
  for (const [name, permission] of Object.entries({ none: {}, own: { ac: ["create"] }, most: { project: ["create", "share"] }, all: statements })) {
    await make(s, `new-${name}`, permission);
    await post(s, "update-role", { roleName: "old", data: { permission } });
  }
  await post(s, "update-role", { roleName: "old", data: { roleName: "renamed" } });
  await post(s, "delete-role", { roleName: "older" });
}

async function limit(s) {
  const { org } = await found(s);
  for (const role of ["a", "b", "a", "c", "d"]) await make(s, role);
  await make(s, "ghost", { ghost: [] });
  await post(s, "delete-role", { roleName: "a" });
  await make(s, "e");
  const second = (await post(s, "create", { name: "Second", slug: "second" })).json;
  await make(s, "a");
  await make(s, "z", {}, { organizationId: org.id });
  await get(s, "list-roles", { organizationId: second.id });
}

/** A role of the database in every place that takes the name of a role. */
async function used(s) {
  const { org } = await found(s);
  await make(s, "seller", { project: ["share"], invitation: ["create"], member: ["create", "update", "delete"] });
  await make(s, "buyer", { project: ["delete"] });
  const ann = await join(s, org, "ann", "seller");
  s.as("owner");
  for (const role of ["buyer", ["buyer", "member"], "buyer, seller", "Buyer", "ghost", "buyer,ghost", " buyer "]) {
    await post(s, "invite-member", { email: `${String(role).length}-${[role].flat().length}@example.com`, role });
    await post(s, "update-member-role", { memberId: ann.member.id, role });
  }
  const ben = await enter(s, "ben");
  const invitation = (await post(s.as("owner"), "invite-member", { email: "ben@example.com", role: ["buyer", "seller"] })).json;
  await post(s.as("ben"), "accept-invitation", { invitationId: invitation?.id });
  await get(s, "get-active-member-role");
  for (const permissions of [{ project: ["share"] }, { project: ["delete"] }, { project: ["share", "delete"] }, { invitation: ["create"], project: ["share"] }, { ghost: ["x"] }, {}]) await allowed(s, permissions);
  await post(s, "invite-member", { email: "owner2@example.com", role: "owner" });
  await post(s, "invite-member", { email: "buyer2@example.com", role: "buyer" });
  await get(s, "list-invitations");
  const cat = await join(s, org, "cat", "member");
  await post(s.as("ben"), "update-member-role", { memberId: cat.member?.id ?? "none", role: "buyer" });
  await post(s, "update-member-role", { memberId: cat.member?.id ?? "none", role: "owner" });
  await allowed(s.as("cat"), { project: ["delete"] });
  await s.api("addMember", { body: { userId: ben.id, organizationId: org.id, role: "buyer" } });
  await post(s.as("ben"), "remove-member", { memberIdOrEmail: "cat@example.com" });
}

/** An invitation to a role that is gone when it is accepted. */
async function gone(s) {
  await found(s);
  await make(s, "temp", { project: ["share"] });
  const invitation = (await post(s, "invite-member", { email: "ann@example.com", role: "temp" })).json;
  await post(s, "delete-role", { roleName: "temp" });
  await enter(s, "ann");
  await post(s, "accept-invitation", { invitationId: invitation.id });
  await allowed(s, { project: ["share"] });
  await get(s, "list-roles");
  await post(s.as("owner"), "create-role", { role: "temp", permission: { project: ["share"] } });
  await allowed(s.as("ann"), { project: ["share"] });
}

/** What is in the table, by either server. */
async function stored(s) {
  const { org } = await found(s);
  const made = (await make(s, "editor", { project: ["share"] })).json.roleData;
  await join(s, org, "ann", "editor,member");
  const write = (text) => s.db.all(`update "organizationRole" set "permission" = '${text}' where "id" = '${made.id}'`);
  const seen = async () => {
    await allowed(s.as("ann"), { project: ["share"] });
    s.as("owner");
    await get(s, "list-roles");
    await get(s, "get-role", { roleName: "editor" });
    await make(s, "new");
    await post(s, "update-role", { roleName: "editor", data: {} });
    await post(s, "delete-role", { roleName: "new" });
  };
  for (const text of ['{"project":["share"],"ghost":["x"]}', '{"project":["fly"]}', "{}", '{"project":"share"}', '{"project":[1]}', "[]", "null", "5", '"text"', "", "no JSON"]) {
    await write(text);
    await seen();
  }
}

/** A role of the table with the name of one of the options adds to it. */
async function merged(s) {
  const { org } = await found(s);
  await join(s, org, "ann", "member");
  const insert = (id, role, permission) => s.db.all(
    `insert into "organizationRole" ("id", "organizationId", "role", "permission", "createdAt") values ('${id}', '${org.id}', '${role}', '${JSON.stringify(permission)}', '2031-01-01T00:00:00.000Z')`);
  await insert("r1", "member", { project: ["share", "delete"], team: ["create"] });
  await insert("r2", "member", { project: ["share"], organization: ["update"] });
  for (const permissions of [{ project: ["delete"] }, { project: ["create"] }, { team: ["create"] }, { organization: ["update"] }, { ac: ["read"] }, { member: ["create"] }]) await allowed(s, permissions);
  s.as("owner");
  await get(s, "list-roles");
  await post(s, "update-role", { roleName: "member", data: { permission: {} } });
  await post(s, "delete-role", { roleName: "member" });
  await post(s, "delete-role", { roleId: "r1" });
  await post(s, "update-role", { roleId: "r2", data: { roleName: "free" } });
  await post(s, "delete-role", { roleId: "r2" });
}

async function off(s) {
  await found(s);
  for (const path of ["create-role", "update-role", "delete-role"]) await post(s, path, { role: "x", roleName: "x", permission: {}, data: {} });
  for (const path of ["list-roles", "get-role?roleName=x"]) await s.get(`/organization/${path}`);
}

async function withoutStatements(s) {
  const { org, user } = await found(s);
  await make(s, "editor", {});
  await make(s, "editor", {}, { organizationId: "none" });
  await post(s, "update-role", { roleName: "editor", data: {} });
  await s.db.all(`insert into "organizationRole" ("id", "organizationId", "role", "permission", "createdAt") values ('r1', '${org.id}', 'editor', '{"organization":["update"]}', '2031-01-01T00:00:00.000Z')`);
  await get(s, "list-roles");
  await get(s, "get-role", { roleName: "editor" });
  await s.db.all(`update "member" set "role" = 'editor,owner' where "userId" = '${user.id}'`);
  await allowed(s, { organization: ["update"] });
  await s.db.all(`update "member" set "role" = 'editor' where "userId" = '${user.id}'`);
  await allowed(s, { organization: ["update"] });
  await s.db.all(`update "member" set "role" = 'owner' where "userId" = '${user.id}'`);
  await post(s, "invite-member", { email: "x@example.com", role: "editor" });
  await post(s, "delete-role", { roleName: "editor" });
}

async function program(s) {
  const { user } = await found(s);
  for (const [name, body] of [["createOrgRole", { role: "x", permission: {} }], ["updateOrgRole", { roleName: "x", data: { permission: { project: ["create"] } } }], ["deleteOrgRole", { roleName: "x" }]]) {
    await s.api(name, { body });
    await s.api(name, { body, headers: [] });
    await s.api(name, { body }, { cookies: true });
    await s.api(name, {}, { cookies: true });
  }
  s.note("user", user.name);
}

const fields = {
  color: { type: "string", required: false }, hidden: { type: "string", required: false, returned: false }, locked: { type: "string", required: false, input: false, defaultValue: "fixed" },
  size: { type: "number", required: false, defaultValue: 3 },
};
const needed = { color: { type: "string", required: true } };

async function additional(s) {
  await found(s);
  const values = [undefined, {}, { color: "red", hidden: "h", locked: "l", size: 5 }, { color: 5 }, { color: null }, { size: "5" }, { color: "blue", unknown: 1, role: "owner" }];
  for (const [i, more] of values.entries()) await post(s, "create-role", { role: `r${i}`, permission: {}, additionalFields: more });
  await post(s, "create-role", { role: "outer", permission: {}, color: "outer" });
  const roles = (await get(s, "list-roles")).json;
  for (const more of values) await post(s, "update-role", { roleId: roles[0]?.id ?? "none", data: { ...more, role: undefined } });
  await post(s, "update-role", { roleId: roles[0]?.id ?? "none", data: { additionalFields: { color: "inner" } } });
  await get(s, "list-roles");
  for (const one of roles) await get(s, "get-role", { roleId: one.id });
}

const renamed = {
  organizationRole: { modelName: "org_roles", fields: { organizationId: "org_id", role: "name", permission: "allowed", createdAt: "created_at", updatedAt: "updated_at" } },
  member: { modelName: "people", fields: { organizationId: "org_id", userId: "user_id", role: "job", createdAt: "created_at" } },
};

export default [
  { name: "organization roles: the life of a role", config, dbs: ["sqlite", "postgres", "mysql"], run: life },
  { name: "organization roles: without a database", config, dbs: ["none"], run: life },
  ...["serial", "uuid"].map((generateId) => ({ name: `organization roles: the life of a role, ids ${generateId}`, config: { ...config, advanced: { database: { generateId } } }, dbs: ["sqlite", "postgres"], run: life })),
  { name: "organization roles: create", config, run: create },
  { name: "organization roles: create, with the built-in roles", config: dynamic({ ac: builtIn }), run: create },
  { name: "organization roles: read", config, run: read },
  { name: "organization roles: update", config, run: update },
  { name: "organization roles: delete", config, run: remove },
  { name: "organization roles: delete, with the built-in roles", config: dynamic(), run: remove },
  ...[...Object.keys(roles), "none,ac-create", " ac-read , ac-delete", "ac-create,admin", "ghost"].map((role) => ({ name: `organization roles: rights of "${role}"`, config, run: (s) => rights(s, role) })),
  ...["owner", "admin", "member"].map((role) => ({ name: `organization roles: rights of the built-in "${role}"`, config: dynamic(), run: (s) => rights(s, role) })),
  { name: "organization roles: creatorRole", config: dynamic({ roles: { boss: statements, owner: {}, member: {} }, creatorRole: "boss" }), run: life },
  ...[0, 1, 2].map((n) => ({ name: `organization roles: at most ${n}`, config: dynamic({ roles }, { maximumRolesPerOrganization: n }), run: limit })),
  { name: "organization roles: at most 2, a function", config: dynamic({ roles }, { maximumRolesPerOrganization: hook("max") }), hooks: { max: () => ({ result: 2 }) }, run: limit },
  { name: "organization roles: a function that refuses", config: dynamic({ roles }, { maximumRolesPerOrganization: hook("max") }), hooks: { max: () => ({ status: 400, body: { status: 418, code: "NO", message: "Refused" } }) }, run: limit },
  { name: "organization roles: in use", config, run: used },
  { name: "organization roles: deleted before the invitation was accepted", config, run: gone },
  { name: "organization roles: rows that are not valid", config, run: stored },
  { name: "organization roles: rows with the names of the options", config, run: merged },
  { name: "organization roles: not enabled", config: organization({ ac: statements, roles }), run: off },
  { name: "organization roles: enabled is false", config: dynamic({ roles }, { enabled: false }), run: off },
  { name: "organization roles: without ac", config: organization({ dynamicAccessControl: { enabled: true } }), run: withoutStatements },
  { name: "organization roles: called by the program", config, run: program },
  { name: "organization roles: additional fields", config: dynamic({ roles, schema: { organizationRole: { additionalFields: fields } } }), run: additional },
  { name: "organization roles: a required field", config: dynamic({ roles, schema: { organizationRole: { additionalFields: needed } } }), run: additional },
  { name: "organization roles: renamed tables", config: dynamic({ roles, schema: renamed }), dbs: ["sqlite", "postgres", "mysql"], run: life },
];
