// Options of the teams of an organization: limits, the default team, hooks, fields and tables.
import { enter, found, get, join, newTeam, organization, post, withTeams } from "../teams.mjs";

const hook = (name) => ({ webhook: `hook:${name}` });
const odd = [{ name: "0", value: 0 }, { name: "one", value: 1 }, { name: "two", value: 2 }];

async function fill(s) {
  const { org, user: owner } = await found(s);
  for (const name of ["A", "B", "C"]) await newTeam(s, name);
  const [first, last] = [(await get(s, "list-teams")).json[0], (await get(s, "list-teams")).json.at(-1)];
  await s.api("createTeam", { body: { name: "Made", organizationId: org.id } });
  const members = [];
  for (const name of ["ann", "ben"]) members.push(await join(s, org, name));
  s.as("owner");
  for (const user of [...members, owner, members[0]]) if (first) await post(s, "add-team-member", { teamId: first.id, userId: user.id });
  if (first) await post(s, "remove-team-member", { teamId: first.id, userId: owner.id });
  if (first) await post(s, "add-team-member", { teamId: first.id, userId: members[1].id });
  for (const team of [first, last]) if (team) await get(s, "list-team-members", { teamId: team.id });
}

async function full(s) {
  const { org, user: owner } = await found(s);
  const team = (await get(s, "list-teams")).json[0];
  const [ann, ben] = [await enter(s, "ann"), await enter(s, "ben")];
  await s.as("owner").api("addMember", { body: { userId: ann.id, organizationId: org.id, role: "member", teamId: team.id } });
  await s.api("addMember", { body: { userId: ben.id, organizationId: org.id, role: "member", teamId: team.id } });
  await s.api("addMember", { body: { userId: ben.id, role: "member", teamId: team.id } }, { cookies: true });
  await get(s, "list-members");
  await get(s, "list-user-teams", { userId: ben.id });
  for (const teamId of [team.id, [team.id], "none"]) await post(s, "invite-member", { email: `x${String(teamId).length}@example.com`, role: "member", teamId });
  await post(s, "remove-team-member", { teamId: team.id, userId: owner.id });
  await post(s, "invite-member", { email: "last@example.com", role: "member", teamId: team.id });
}

/** The database kept too low a count of a team's members, as an older version left it. */
async function miscounted(s) {
  const { org, user: owner } = await found(s);
  const team = (await get(s, "list-teams")).json[0];
  const ann = await join(s, org, "ann");
  const ben = await join(s, org, "ben");
  await s.db.all(`update "team" set "memberCount" = 0`);
  s.as("owner");
  for (const user of [ann, ben]) await post(s, "add-team-member", { teamId: team.id, userId: user.id });
  await s.db.all(`update "team" set "memberCount" = 0`);
  for (const user of [ann, owner]) await post(s, "remove-team-member", { teamId: team.id, userId: user.id });
  await post(s, "add-team-member", { teamId: team.id, userId: ben.id });
  await s.db.all(`update "teamMember" set "membershipKey" = null`);
  for (const user of [ben, ann]) await post(s, "add-team-member", { teamId: team.id, userId: user.id });
}

async function emptied(s) {
  await found(s);
  await post(s, "set-active-team", { teamId: null });
  for (const team of (await get(s, "list-teams")).json) await post(s, "remove-team", { teamId: team.id });
  await get(s, "list-teams");
  await get(s, "list-user-teams");
  await get(s, "get-full-organization");
}

async function begun(s) {
  const { org } = await found(s);
  await s.get("/get-session");
  await get(s, "list-teams");
  await get(s, "list-user-teams");
  await get(s, "list-team-members");
  await post(s, "create", { name: "Kept", slug: "kept", keepCurrentActiveOrganization: true });
  await s.get("/get-session");
  const user = await enter(s, "made");
  const made = (await s.api("createOrganization", { body: { name: "Made", slug: "made", userId: user.id } })).json;
  await post(s, "set-active", { organizationId: made.id });
  await get(s, "list-teams");
  await get(s, "list-user-teams");
  await post(s.as("owner"), "delete", { organizationId: org.id });
}

const teamHooks = ["CreateTeam", "UpdateTeam", "DeleteTeam", "AddTeamMember", "RemoveTeamMember"];
const organizationHooks = Object.fromEntries(teamHooks.flatMap((name) => [`before${name}`, `after${name}`]).map((name) => [name, hook(name)]));

async function hooked(s) {
  const { org } = await found(s);
  const team = await newTeam(s, "Design");
  await s.api("createTeam", { body: { name: "Made", organizationId: org.id } });
  const ann = await join(s, org, "ann");
  s.as("owner");
  const teamId = team?.id ?? "none";
  await post(s, "update-team", { teamId, data: { name: "Designers" } });
  await post(s, "update-team", { teamId, data: {} });
  for (const path of ["add-team-member", "add-team-member", "remove-team-member", "remove-team-member"]) await post(s, path, { teamId, userId: ann.id });
  await s.api("removeTeam", { body: { teamId, organizationId: org.id } });
  await post(s, "remove-team", { teamId });
  for (const one of [(await get(s, "list-teams")).json].flat()) await post(s, "remove-team", { teamId: one.id });
  await get(s, "list-teams");
}

const changing = {
  beforeCreateTeam: ({ data: [{ team }] }) => ({ result: { data: { name: `${team.name} (changed)`, id: `id-of-${team.name.replaceAll(" ", "-")}`, updatedAt: "2020-01-02T03:04:05.000Z", memberCount: 5 } } }),
  beforeUpdateTeam: ({ data: [{ updates }] }) => ({ result: { data: { name: `${updates.name} (changed)`, id: "other" } } }),
  beforeAddTeamMember: () => ({ result: { data: { userId: "other" } } }),
  beforeDeleteTeam: () => ({ result: { data: { id: "other" } } }),
  beforeRemoveTeamMember: () => ({ result: { data: { userId: "other" } } }),
};
const refusal = { status: 400, body: { status: 418, code: "NO", message: "Refused by the hook" } };

/** Hooks that answer something other than an object with data. */
const useless = [null, true, "data", { name: "x" }, [], { data: {} }];

async function additional(s) {
  const { org } = await found(s);
  const team = await newTeam(s, "Plain");
  for (const more of [{ color: "red", secret: "s", locked: "l", size: 5 }, { color: 5 }, { color: null }, { size: "5" }, { color: "blue", size: null, unknown: 1 }, { color: "green", tags: ["a", "b"] }]) {
    await post(s, "create-team", { name: "More", ...more });
    await post(s, "update-team", { teamId: team?.id ?? "none", data: more });
  }
  await get(s, "list-teams");
  await get(s, "list-user-teams");
  for (const one of (await get(s, "list-teams")).json.slice(0, 2)) await post(s, "set-active-team", { teamId: one.id });
  await get(s, "get-full-organization");
  await s.api("createTeam", { body: { name: "Made", organizationId: org.id, color: "black", locked: "l" } });
}

const fields = {
  color: { type: "string", required: false }, secret: { type: "string", required: false, returned: false }, locked: { type: "string", required: false, input: false, defaultValue: "fixed" },
  size: { type: "number", required: false, defaultValue: 3 }, tags: { type: "string[]", required: false },
};
const needed = { color: { type: "string", required: true, defaultValue: "grey" } };

const renamed = {
  team: { modelName: "groups", fields: { name: "title", organizationId: "org_id", memberCount: "member_count", createdAt: "created_at", updatedAt: "updated_at" } },
  teamMember: { modelName: "group_members", fields: { teamId: "group_id", userId: "user_id", membershipKey: "membership_key", createdAt: "created_at" } },
  session: { fields: { activeOrganizationId: "org", activeTeamId: "grp" } }, invitation: { fields: { teamId: "group_ids" } },
};

async function renamedTables(s, full) {
  const { org } = await found(s);
  const team = await newTeam(s, "Design");
  const ann = await join(s, org, "ann");
  s.as("owner");
  for (const path of ["add-team-member", "set-active-team"]) await post(s, path, { teamId: team.id, userId: (await s.get("/get-session")).json.user.id });
  await post(s, "add-team-member", { teamId: team.id, userId: ann.id });
  await post(s, "update-team", { teamId: team.id, data: { name: "D" } });
  await post(s, "invite-member", { email: "x@example.com", role: "member", teamId: team.id });
  if (full) await get(s, "get-full-organization");
  for (const path of ["list-teams", "list-user-teams", "list-team-members"]) await get(s, path);
  await s.get("/get-session");
  await post(s, "remove-member", { memberIdOrEmail: "ann@example.com" });
  await post(s, "set-active-team", { teamId: null });
  await post(s, "remove-team", { teamId: team.id });
}

const permissions = { organization: ["update", "delete"], member: ["create", "update", "delete"], invitation: ["create", "cancel"], team: ["create", "update", "delete"], ac: ["create", "read", "update", "delete"] };
const single = Object.fromEntries(Object.entries(permissions).flatMap(([resource, actions]) => actions.map((action) => [`${resource}-${action}`, { [resource]: [action] }])));
const roles = { ...single, owner: permissions, none: {} };

/** What each role may do with teams. */
async function rights(s, role) {
  const { org, user: owner } = await found(s);
  const team = await newTeam(s, "Design");
  const user = await join(s, org, "worker", role);
  await post(s, "create-team", { name: "By the worker" });
  await post(s, "update-team", { teamId: team.id, data: { name: "Renamed" } });
  await post(s, "add-team-member", { teamId: team.id, userId: user.id });
  await get(s, "list-user-teams", { userId: owner.id });
  await get(s, "list-team-members", { teamId: team.id });
  await post(s, "remove-team-member", { teamId: team.id, userId: user.id });
  await post(s, "remove-team", { teamId: team.id });
}

const cached = { session: { cookieCache: { enabled: true, maxAge: 300 } } };

async function active(s) {
  const { org, user } = await found(s);
  const team = await newTeam(s, "Design");
  await post(s, "add-team-member", { teamId: team.id, userId: user.id });
  await post(s, "set-active-team", { teamId: team.id });
  await s.get("/get-session");
  s.advance(100);
  await post(s, "set-active-team", {});
  await post(s, "set-active-team", { teamId: null });
  await s.get("/get-session");
  await get(s, "list-team-members");
  await post(s, "set-active", { organizationId: org.id });
}

const answers = (...values) => {
  let at = 0;
  return () => ({ result: values[Math.min(at++, values.length - 1)] });
};

export default [
  ...odd.map(({ name, value }) => ({ name: `organization team options: maximumTeams ${name}`, config: withTeams({ maximumTeams: value }), run: fill })),
  { name: "organization team options: maximumTeams without a default team", config: withTeams({ maximumTeams: 2, defaultTeam: { enabled: false } }), run: fill },
  { name: "organization team options: maximumTeams, a function", config: withTeams({ maximumTeams: hook("max") }), hooks: { max: () => ({ result: 3 }) }, run: fill },
  { name: "organization team options: maximumTeams, a function without a limit", config: withTeams({ maximumTeams: hook("max") }), hooks: { max: () => ({ result: null }) }, run: fill },
  { name: "organization team options: maximumTeams, a function that refuses", config: withTeams({ maximumTeams: hook("max") }), hooks: { max: () => refusal }, run: fill },
  ...odd.map(({ name, value }) => ({ name: `organization team options: maximumMembersPerTeam ${name}`, config: withTeams({ maximumMembersPerTeam: value }), run: fill })),
  { name: "organization team options: maximumMembersPerTeam, a function", config: withTeams({ maximumMembersPerTeam: hook("max") }), hooks: { max: () => ({ result: 2 }) }, run: fill },
  { name: "organization team options: maximumMembersPerTeam, a function that refuses", config: withTeams({ maximumMembersPerTeam: hook("max") }), hooks: { max: () => refusal }, run: fill },
  { name: "organization team options: a team is full", config: withTeams({ maximumMembersPerTeam: 1 }), run: full },
  { name: "organization team options: a team is full, a function", config: withTeams({ maximumMembersPerTeam: hook("max") }), hooks: { max: () => ({ result: 1 }) }, run: full },
  { name: "organization team options: a team without a limit", config: withTeams(), run: full },
  { name: "organization team options: a count that is wrong", config: withTeams({ maximumMembersPerTeam: 2 }), run: miscounted },
  { name: "organization team options: allowRemovingAllTeams", config: withTeams({ allowRemovingAllTeams: true }), run: emptied },
  { name: "organization team options: the last team", config: withTeams({ allowRemovingAllTeams: false }), run: emptied },
  { name: "organization team options: the default team", config: withTeams({ defaultTeam: { enabled: true } }), run: begun },
  { name: "organization team options: no default team", config: withTeams({ defaultTeam: { enabled: false } }), run: begun },
  { name: "organization team options: a default team of the program", config: withTeams({ defaultTeam: { enabled: true, customCreateDefaultTeam: hook("custom") } }), hooks: { custom: () => ({ result: null }) }, run: begun },
  { name: "organization team options: the program fails at the default team", config: withTeams({ defaultTeam: { enabled: true, customCreateDefaultTeam: hook("custom") } }), hooks: { custom: () => refusal }, run: begun },
  {
    name: "organization team options: a default team that the program has stored", config: withTeams({ defaultTeam: { enabled: true, customCreateDefaultTeam: hook("custom") } }),
    hooks: {
      custom: async ({ data: [org] }, s) => {
        const row = { id: `of-${org.slug}`, name: "Stored", organizationId: org.id, memberCount: 0, createdAt: "2031-01-01T00:00:00.000Z" };
        await s.db.all(`insert into "team" ("id", "name", "organizationId", "memberCount", "createdAt") values ('${row.id}', 'Stored', '${org.id}', 0, '${row.createdAt}')`);
        return { result: row };
      },
    },
    run: begun,
  },
  { name: "organization team hooks: called", config: withTeams({}, { organizationHooks }), run: hooked },
  { name: "organization team hooks: data", config: withTeams({}, { organizationHooks }), hooks: changing, run: hooked },
  ...Object.keys(organizationHooks).map((name) => ({ name: `organization team hooks: ${name} refuses`, config: withTeams({}, { organizationHooks }), hooks: { [name]: () => refusal }, run: hooked })),
  ...useless.map((result, i) => ({
    name: `organization team hooks: useless answer ${i}`, config: withTeams({}, { organizationHooks }),
    hooks: { beforeCreateTeam: () => ({ result }), beforeUpdateTeam: () => ({ result }), beforeAddTeamMember: () => ({ result }), beforeDeleteTeam: () => ({ result }) }, run: hooked,
  })),
  { name: "organization team hooks: answers of after hooks", config: withTeams({}, { organizationHooks }), hooks: { afterCreateTeam: answers({ data: { name: "x" } }), afterUpdateTeam: answers({ data: { name: "x" } }) }, run: hooked },
  { name: "organization team fields: additional", config: withTeams({}, { schema: { team: { additionalFields: fields } } }), run: additional },
  { name: "organization team fields: required", config: withTeams({}, { schema: { team: { additionalFields: needed } } }), run: additional },
  { name: "organization team fields: without a database", config: withTeams({}, { schema: { team: { additionalFields: fields } } }), dbs: ["none"], run: additional },
  { name: "organization team fields: renamed", config: withTeams({}, { schema: renamed }), dbs: ["postgres", "mysql"], run: renamedTables },
  { name: "organization team fields: renamed, SQLite", config: withTeams({}, { schema: renamed }), run: (s) => renamedTables(s, true) },
  ...Object.keys(roles).map((role) => ({ name: `organization team rights: ${role}`, config: { plugins: { organization: { teams: { enabled: true }, roles, ac: permissions } } }, run: (s) => rights(s, role) })),
  ...["none,team-create,team-update", " team-create , team-update", "member", "Admin", "ghost", "admin,owner"].map((role) => ({
    name: `organization team rights: "${role}"`, config: { plugins: { organization: { teams: { enabled: true }, ...(role.includes("team") && { roles }) } } }, run: (s) => rights(s, role),
  })),
  { name: "organization team session: cookie cache", config: { ...withTeams(), ...cached }, run: active },
  { name: "organization team session: secondary storage", config: { ...withTeams(), secondaryStorage: { provider: "memory" } }, run: active },
  { name: "organization team session: both storages", config: { ...withTeams(), secondaryStorage: { provider: "memory" }, session: { storeSessionInDatabase: true } }, run: active },
  { name: "organization team session: no teams, renamed field", config: organization({ schema: { session: { fields: { activeOrganizationId: "org" } } } }), run: found },
];
