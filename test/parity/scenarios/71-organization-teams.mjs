// Teams of an organization: the nine endpoints, who may call them, and what they answer to bad input.
import { enter, found, get, join, newTeam, organization, post, withTeams } from "../teams.mjs";

const config = withTeams();

/** An owner with a second organization, an admin, a member, a stranger with an organization, and somebody without one. */
async function company(s) {
  const { user: owner, org } = await found(s);
  const main = (await get(s, "list-teams")).json[0];
  const design = await newTeam(s, "Design");
  const second = (await post(s, "create", { name: "Second", slug: "second", keepCurrentActiveOrganization: true })).json;
  const secondTeam = (await get(s, "list-teams", { organizationId: second.id })).json[0];
  const admin = await join(s, org, "admin", "admin");
  const member = await join(s, org, "member");
  const { user: stranger, org: foreign } = await found(s, "stranger");
  const foreignTeam = (await get(s, "list-teams")).json[0];
  const lone = await enter(s, "lone");
  return { owner, org, main, design, second, secondTeam, admin, member, stranger, foreign, foreignTeam, lone };
}

const people = ["owner", "admin", "member", "stranger", "lone", "nobody"];

async function life(s) {
  const { user: owner, org } = await found(s);
  await get(s, "list-teams");
  const design = await newTeam(s, "Design");
  await post(s, "update-team", { teamId: design.id, data: { name: "Designers" } });
  await s.get("/get-session");
  const member = await join(s, org, "member");
  s.as("owner");
  for (const userId of [member.id, owner.id, member.id]) await post(s, "add-team-member", { teamId: design.id, userId });
  await post(s, "set-active-team", { teamId: design.id });
  await s.get("/get-session");
  await get(s, "list-team-members");
  await get(s, "list-user-teams");
  await get(s, "list-user-teams", { userId: member.id });
  s.as("member");
  await get(s, "list-team-members", { teamId: design.id });
  await get(s, "list-user-teams");
  await post(s, "set-active-team", { teamId: design.id });
  s.as("owner");
  await post(s, "remove-team-member", { teamId: design.id, userId: member.id });
  await get(s, "list-team-members");
  await post(s, "remove-team", { teamId: design.id });
  await post(s, "set-active-team", { teamId: null });
  await post(s, "remove-team", { teamId: design.id });
  await get(s, "list-teams");
  await s.get("/get-session");
}

async function create(s) {
  const { org, second, foreign } = await company(s);
  s.as("owner");
  for (const body of [
    undefined, {}, { name: 5 }, { name: "" }, { name: "x", organizationId: 5 }, { name: "x", organizationId: "" }, { name: "x", organizationId: null },
    { name: "x", id: "own-id", memberCount: 7, createdAt: "2020-01-01", foo: 1 }, { name: "Same" }, { name: "Same" },
    { name: "x", organizationId: second.id }, { name: "x", organizationId: foreign.id }, { name: "x", organizationId: "none" },
  ]) await post(s, "create-team", body);
  await s.post("/organization/create-team", undefined, { raw: "{", type: "application/json" });
  for (const who of people) {
    s.as(who);
    await post(s, "create-team", { name: `by ${who}` });
    await post(s, "create-team", { name: `by ${who}`, organizationId: org.id });
  }
  await s.as("owner").get("/organization/create-team");
  await get(s, "list-teams");
}

async function server(s) {
  const { org, main, owner } = await company(s);
  const made = (await s.api("createTeam", { body: { name: "Made", organizationId: org.id } })).json;
  await s.api("createTeam", { body: { name: "Made" } });
  await s.api("createTeam", { body: { name: "Made", organizationId: "none" } });
  await s.api("createTeam", { body: { name: "Made", organizationId: org.id }, headers: [] });
  await s.as("owner").api("createTeam", { body: { name: "Made by the owner" } }, { cookies: true });
  for (const body of [{ teamId: made.id }, { teamId: "none", organizationId: org.id }, { teamId: made.id, organizationId: "none" }, { teamId: made.id, organizationId: org.id }]) {
    await s.api("removeTeam", { body, headers: [] });
    await s.api("removeTeam", { body });
  }
  for (const name of ["updateTeam", "listOrganizationTeams", "setActiveTeam", "listUserTeams", "listTeamMembers", "addTeamMember", "removeTeamMember"]) {
    const body = { teamId: main.id, userId: owner.id, data: { name: "New" } };
    const input = /^list/.test(name) ? { query: { teamId: main.id, organizationId: org.id } } : { body };
    await s.api(name, input);
    await s.api(name, { ...input, headers: [] });
    await s.api(name, input, { cookies: true });
    if (/^list/.test(name)) await s.api(name, {}, { cookies: true });
  }
}

async function update(s) {
  const { org, design, second, secondTeam, foreign, foreignTeam } = await company(s);
  s.as("owner");
  const teamId = design.id;
  for (const body of [
    undefined, {}, { teamId }, { data: {} }, { teamId, data: null }, { teamId, data: {} }, { teamId: 5, data: {} }, { teamId, data: { name: "" } }, { teamId, data: { name: null } },
    { teamId, data: { name: 5 } }, { teamId, data: { id: "x", name: "No id" } }, { teamId, data: { createdAt: "2020-01-01T00:00:00.000Z", updatedAt: "2020-01-01T00:00:00.000Z" } },
    { teamId, data: { organizationId: org.id, name: "Own" } }, { teamId, data: { organizationId: second.id, name: "Moved" } },
    { teamId, data: { organizationId: foreign.id, name: "Away" } }, { teamId, data: { organizationId: "", name: "Empty" } }, { teamId, data: { organizationId: null } },
    { teamId: secondTeam.id, data: { name: "S" } }, { teamId: secondTeam.id, data: { name: "S", organizationId: second.id } },
    { teamId: foreignTeam.id, data: { name: "F" } }, { teamId: foreignTeam.id, data: { name: "F", organizationId: foreign.id } }, { teamId: "none", data: { name: "N" } },
    { teamId, data: { memberCount: 99, name: "Counted" } }, { teamId, organizationId: second.id, data: { name: "Outer" } },
  ]) await post(s, "update-team", body);
  for (const who of people) await post(s.as(who), "update-team", { teamId, data: { name: `by ${who}` } });
  await get(s.as("owner"), "list-teams");
}

async function remove(s) {
  const { org, main, design, second, secondTeam, foreign, foreignTeam, owner } = await company(s);
  const teams = [];
  s.as("owner");
  for (const who of people) teams.push(await newTeam(s, `for ${who}`));
  await post(s, "add-team-member", { teamId: design.id, userId: owner.id });
  for (const body of [
    undefined, {}, { teamId: 5 }, { teamId: null }, { teamId: "" }, { teamId: "none" }, { teamId: design.id, organizationId: second.id }, { teamId: design.id, organizationId: foreign.id },
    { teamId: secondTeam.id }, { teamId: secondTeam.id, organizationId: second.id }, { teamId: foreignTeam.id }, { teamId: foreignTeam.id, organizationId: foreign.id }, { teamId: design.id, organizationId: "" },
    { teamId: main.id },
  ]) await post(s, "remove-team", body);
  for (const [i, who] of people.entries()) await post(s.as(who), "remove-team", { teamId: teams[i].id });
  await post(s.as("lone"), "remove-team", { teamId: main.id, organizationId: org.id });
  s.as("owner");
  for (const team of (await get(s, "list-teams")).json) await post(s, "remove-team", { teamId: team.id });
  await post(s, "set-active-team", { teamId: null });
  for (const team of (await get(s, "list-teams")).json) await post(s, "remove-team", { teamId: team.id });
  await get(s, "list-teams");
}

async function activate(s) {
  const { main, design, second, secondTeam, foreignTeam, owner } = await company(s);
  s.as("owner");
  await post(s, "add-team-member", { teamId: design.id, userId: owner.id });
  for (const body of [undefined, {}, { teamId: 5 }, { teamId: "" }, { teamId: "none" }, { teamId: design.id }, {}, { teamId: main.id }, { teamId: secondTeam.id }, { teamId: foreignTeam.id }, { teamId: null }, { teamId: null }, {}, { teamId: "" }]) {
    await post(s, "set-active-team", body);
  }
  await post(s, "set-active-team", { teamId: design.id });
  await post(s, "set-active", { organizationId: second.id });
  await s.get("/get-session");
  await post(s, "set-active-team", {});
  await get(s, "list-team-members");
  await post(s, "set-active-team", { teamId: secondTeam.id });
  await post(s, "set-active", { organizationId: null });
  await s.get("/get-session");
  for (const body of [{}, { teamId: secondTeam.id }, { teamId: null }]) await post(s, "set-active-team", body);
  for (const who of people.slice(1)) await post(s.as(who), "set-active-team", { teamId: design.id });
}

async function lists(s) {
  const { org, main, design, second, secondTeam, foreign, foreignTeam, owner, admin, member, stranger, lone } = await company(s);
  s.as("owner");
  for (const [teamId, userId] of [[design.id, owner.id], [design.id, member.id], [main.id, member.id]]) await post(s, "add-team-member", { teamId, userId });
  for (const who of people) {
    s.as(who);
    for (const query of [{}, { organizationId: org.id }, { organizationId: second.id }, { organizationId: foreign.id }, { organizationId: "" }, { organizationId: "none" }]) {
      await get(s, "list-teams", query);
      await get(s, "list-user-teams", query);
    }
    for (const user of [owner, admin, member, stranger, lone, { id: "none" }]) {
      await get(s, "list-user-teams", { userId: user.id });
      await get(s, "list-user-teams", { userId: user.id, organizationId: org.id });
    }
    await get(s, "list-user-teams", { userId: member.id, organizationId: foreign.id });
    await get(s, "get-full-organization");
    for (const query of [{}, { teamId: "" }, { teamId: "none" }, { teamId: main.id }, { teamId: design.id }, { teamId: secondTeam.id }, { teamId: foreignTeam.id }]) await get(s, "list-team-members", query);
  }
  for (const path of ["list-teams?organizationId=a&organizationId=b", "list-user-teams?userId=a&userId=b", "list-team-members?teamId=a&teamId=b"]) await s.as("owner").get(`/organization/${path}`);
  for (const path of ["list-teams", "list-user-teams", "list-team-members"]) await post(s, path, {});
}

async function members(s) {
  const { org, main, design, second, secondTeam, foreign, foreignTeam, owner, admin, member, stranger, lone } = await company(s);
  const bodies = [
    undefined, {}, { teamId: design.id }, { userId: member.id }, { teamId: 5, userId: member.id }, { teamId: design.id, userId: null }, { teamId: design.id, userId: 7 }, { teamId: design.id, userId: {} },
    { teamId: "none", userId: member.id }, { teamId: design.id, userId: "none" }, { teamId: design.id, userId: stranger.id }, { teamId: design.id, userId: lone.id },
    { teamId: secondTeam.id, userId: owner.id }, { teamId: secondTeam.id, userId: owner.id, organizationId: second.id }, { teamId: secondTeam.id, userId: member.id, organizationId: second.id },
    { teamId: foreignTeam.id, userId: owner.id }, { teamId: foreignTeam.id, userId: stranger.id, organizationId: foreign.id }, { teamId: design.id, userId: member.id, organizationId: "" },
    { teamId: design.id, userId: member.id, organizationId: 5 }, { teamId: design.id, userId: member.id, createdAt: "2020-01-01", membershipKey: "x" }, { teamId: design.id, userId: owner.id },
  ];
  for (const path of ["add-team-member", "remove-team-member"]) {
    s.as("owner");
    for (const body of bodies) await post(s, path, body);
    await get(s, "list-team-members", { teamId: design.id });
    for (const who of people) {
      await post(s.as(who), path, { teamId: main.id, userId: admin.id });
      await post(s, path, { teamId: main.id, userId: admin.id, organizationId: org.id });
    }
  }
}

/** Somebody who left, or was removed, leaves the teams too. */
async function leaving(s) {
  const { org, main, design, admin, member } = await company(s);
  s.as("owner");
  for (const userId of [admin.id, member.id]) for (const team of [main, design]) await post(s, "add-team-member", { teamId: team.id, userId });
  await s.as("admin").post("/organization/set-active-team", { teamId: design.id });
  await post(s.as("owner"), "remove-member", { memberIdOrEmail: "admin@example.com" });
  await post(s.as("member"), "leave", { organizationId: org.id });
  for (const who of ["admin", "member"]) {
    s.as(who);
    await s.get("/get-session");
    await get(s, "list-user-teams");
    await get(s, "list-team-members", { teamId: design.id });
    await post(s, "set-active-team", { teamId: design.id });
    await get(s, "list-teams");
  }
  await s.as("owner").api("addMember", { body: { userId: member.id, organizationId: org.id, role: "member", teamId: design.id } });
  await post(s, "remove-member", { memberIdOrEmail: member.id });
  await post(s, "delete", { organizationId: org.id });
  await get(s, "list-teams", { organizationId: org.id });
  await get(s, "list-user-teams");
}

/** What is left in the tables of somebody who is no member any more gives no right. */
async function leftover(s) {
  const { org, design, member } = await company(s);
  await post(s.as("owner"), "add-team-member", { teamId: design.id, userId: member.id });
  await s.db.all(`delete from "member" where "userId" = '${member.id}'`);
  s.as("member");
  for (const query of [{}, { organizationId: org.id }]) await get(s, "list-user-teams", query);
  await get(s, "list-team-members", { teamId: design.id });
  await post(s, "set-active-team", { teamId: design.id });
  s.as("owner");
  for (const path of ["add-team-member", "remove-team-member"]) await post(s, path, { teamId: design.id, userId: member.id });
  await get(s, "list-user-teams", { userId: member.id });
}

const off = async (s) => {
  const { org, user } = await found(s);
  for (const path of ["create-team", "update-team", "remove-team", "set-active-team", "add-team-member", "remove-team-member"]) await post(s, path, { teamId: "x", name: "x", userId: user.id, data: {} });
  for (const path of ["list-teams", "list-user-teams", "list-team-members"]) await get(s, path);
  await s.api("createTeam", { body: { name: "x", organizationId: org.id } });
  await post(s, "invite-member", { email: "new@example.com", role: "member", teamId: "x" });
  await post(s, "invite-member", { email: "many@example.com", role: "member", teamId: ["x", "y,z"] });
  const other = await enter(s, "other");
  for (const teamId of ["x", ""]) await s.api("addMember", { body: { userId: other.id, organizationId: org.id, role: "member", teamId } });
  await get(s.as("owner"), "get-full-organization");
  await s.get("/get-session");
};

export default [
  { name: "organization teams: the life of a team", config, dbs: ["sqlite", "postgres", "mysql"], run: life },
  { name: "organization teams: without a database", config, dbs: ["none"], run: life },
  ...["serial", "uuid"].map((generateId) => ({ name: `organization teams: the life of a team, ids ${generateId}`, config: { ...config, advanced: { database: { generateId } } }, dbs: ["sqlite", "postgres"], run: life })),
  { name: "organization teams: create", config, run: create },
  { name: "organization teams: called by the program", config, run: server },
  { name: "organization teams: update", config, run: update },
  { name: "organization teams: remove", config, run: remove },
  { name: "organization teams: set active", config, run: activate },
  { name: "organization teams: lists", config, run: lists },
  { name: "organization teams: members", config, run: members },
  { name: "organization teams: leaving the organization", config, run: leaving },
  { name: "organization teams: rows of a former member", config, run: leftover },
  {
    name: "organization teams: in the document, with roles", config: { plugins: { organization: { teams: { enabled: true }, dynamicAccessControl: { enabled: true } }, "open-api": {} } },
    run: (s) => s.get("/open-api/generate-schema"),
  },
  { name: "organization teams: not enabled", config: organization(), run: off },
  { name: "organization teams: enabled is false", config: withTeams({ enabled: false }), run: off },
];
