// Teams in invitations, and in members that the program adds.
import { enter, found, get, join, newTeam, post, withTeams } from "../teams.mjs";

const hook = (name) => ({ webhook: `hook:${name}` });
const invite = (s, email, teamId, more = {}) => post(s, "invite-member", { email, role: "member", teamId, ...more });

async function teams(s) {
  const { org, user: owner } = await found(s);
  const main = (await get(s, "list-teams")).json[0];
  const design = await newTeam(s, "Design");
  const { org: foreign } = await found(s, "stranger");
  const foreignTeam = (await get(s, "list-teams")).json[0];
  s.as("owner");
  return { org, owner, main, design, foreign, foreignTeam };
}

async function given(s) {
  const { main, design, foreignTeam } = await teams(s);
  const values = [
    design.id, [design.id], [main.id, design.id], [design.id, design.id], [], "", [""], null, 5, {}, [5], "none", [design.id, "none"], `${main.id},${design.id}`, [`${main.id},${design.id}`], foreignTeam.id,
    [design.id, foreignTeam.id], ",", ` ${design.id}`, undefined,
  ];
  for (const [i, teamId] of values.entries()) await invite(s, `a${i}@example.com`, teamId);
  await invite(s, "a0@example.com", main.id, { resend: true });
  await get(s, "list-invitations");
}

/** Accepting joins the teams; one alone becomes the active team. */
async function accepted(s) {
  const { org, main, design, owner } = await teams(s);
  const wants = { one: design.id, two: [main.id, design.id], twice: [design.id, design.id], zero: [], none: undefined };
  const ids = {};
  for (const [name, teamId] of Object.entries(wants)) ids[name] = (await invite(s, `${name}@example.com`, teamId)).json?.id;
  for (const name of Object.keys(wants)) {
    await enter(s, name);
    await get(s, "get-invitation", { id: ids[name] });
    await get(s, "list-user-invitations");
    await post(s, "accept-invitation", { invitationId: ids[name] });
    await s.get("/get-session");
    await get(s, "list-user-teams");
    await get(s, "list-team-members");
    await get(s, "list-user-teams", { organizationId: org.id });
  }
  await get(s.as("owner"), "list-team-members", { teamId: main.id });
  await post(s, "add-team-member", { teamId: design.id, userId: owner.id });
  await get(s, "list-team-members", { teamId: design.id });
}

/** A team that goes while an invitation to it is open. */
async function removed(s) {
  const { main, design } = await teams(s);
  const [third, fourth] = [await newTeam(s, "Third"), await newTeam(s, "Fourth")];
  const open = { one: design.id, two: [main.id, design.id], three: [design.id, third.id, main.id], gone: third.id, other: main.id };
  const ids = {};
  for (const [name, teamId] of Object.entries(open)) ids[name] = (await invite(s, `${name}@example.com`, teamId)).json?.id;
  const canceled = (await invite(s, "canceled@example.com", design.id)).json;
  await post(s, "cancel-invitation", { invitationId: canceled.id });
  await enter(s, "rejecting");
  const rejected = (await invite(s.as("owner"), "rejecting@example.com", design.id)).json;
  await post(s.as("rejecting"), "reject-invitation", { invitationId: rejected.id });
  await post(s.as("owner"), "remove-team", { teamId: design.id });
  await get(s, "list-invitations");
  // Past the reference's care: the row of the team goes without the endpoint.
  await s.db.all(`delete from "team" where "id" = '${third.id}'`);
  await post(s, "remove-team", { teamId: fourth.id });
  for (const name of Object.keys(open)) {
    await enter(s, name);
    await post(s, "accept-invitation", { invitationId: ids[name] });
    await get(s, "list-user-teams");
    await get(s, "get-invitation", { id: ids[name] });
    await s.get("/get-session");
  }
}

async function expired(s) {
  const { design } = await teams(s);
  const invitation = (await invite(s, "late@example.com", design.id)).json;
  s.advance(3 * 86400);
  await post(s, "remove-team", { teamId: design.id });
  await enter(s, "late");
  await post(s, "accept-invitation", { invitationId: invitation.id });
  await get(s.as("owner"), "list-invitations");
}

/** Two invitations to a team with one place. */
async function limited(s) {
  const { org, main, design } = await teams(s);
  const ids = {};
  for (const name of ["ann", "ben"]) ids[name] = (await invite(s, `${name}@example.com`, design.id)).json?.id;
  const both = (await invite(s, "cat@example.com", [design.id, main.id])).json?.id;
  for (const [name, id] of [...Object.entries(ids), ["cat", both]]) {
    await enter(s, name);
    await post(s, "accept-invitation", { invitationId: id });
    await s.get("/get-session");
    await get(s, "list-user-teams");
    await get(s, "get-full-organization");
  }
  s.as("owner");
  await get(s, "list-invitations");
  await get(s, "list-members");
  await invite(s, "dan@example.com", design.id);
  await get(s, "list-teams", { organizationId: org.id });
}

async function added(s) {
  const { org, design, foreignTeam, foreign } = await teams(s);
  const users = [];
  for (const name of ["ann", "ben", "cat"]) users.push(await enter(s, name));
  s.as("owner");
  const add = (user, teamId, more = {}, opts = {}) => s.api("addMember", { body: { userId: user.id, role: "member", organizationId: org.id, teamId, ...more } }, opts);
  for (const teamId of ["none", foreignTeam.id, 5, ["x"], null]) await add(users[0], teamId);
  await add(users[0], design.id);
  await add(users[0], design.id);
  await add(users[1], "");
  await add(users[2], design.id, { organizationId: undefined }, { cookies: true });
  await add(users[2], design.id, { organizationId: foreign.id });
  await get(s, "list-members");
  for (const user of users) await get(s, "list-user-teams", { userId: user.id });
}

const organizationHooks = { beforeCreateInvitation: hook("create"), afterCreateInvitation: hook("created"), beforeAcceptInvitation: hook("accept"), afterAcceptInvitation: hook("accepted"), beforeAddMember: hook("add"), afterAddMember: hook("added") };
const mailing = { sendInvitationEmail: hook("mail"), organizationHooks };

async function told(s) {
  const { org, main, design } = await teams(s);
  const ids = [];
  for (const [i, teamId] of [design.id, [main.id, design.id], [], undefined].entries()) ids.push((await invite(s, `u${i}@example.com`, teamId)).json?.id);
  for (const [i, id] of ids.entries()) {
    await enter(s, `u${i}`);
    await post(s, "accept-invitation", { invitationId: id });
  }
  const ann = await enter(s, "ann");
  await s.api("addMember", { body: { userId: ann.id, organizationId: org.id, role: "member", teamId: design.id } });
  await get(s, "list-user-teams");
}

async function full(s) {
  const { org } = await teams(s);
  await join(s, org, "ann", "member");
  await get(s, "get-full-organization");
  await get(s, "get-full-organization", { membersLimit: 1 });
}

export default [
  { name: "organization team invitations: what teamId may be", config: withTeams(), run: given },
  { name: "organization team invitations: what teamId may be, with a limit", config: withTeams({ maximumMembersPerTeam: 1 }), run: given },
  { name: "organization team invitations: accepted", config: withTeams(), run: accepted },
  { name: "organization team invitations: accepted, with a cookie cache", config: { ...withTeams(), session: { cookieCache: { enabled: true } } }, run: accepted },
  { name: "organization team invitations: accepted, with a limit", config: withTeams({ maximumMembersPerTeam: 2 }), run: accepted },
  { name: "organization team invitations: a team that was removed", config: withTeams(), run: removed },
  { name: "organization team invitations: expired", config: withTeams(), run: expired },
  { name: "organization team invitations: one place", config: withTeams({ maximumMembersPerTeam: 1 }), dbs: ["sqlite", "postgres"], run: limited },
  { name: "organization team invitations: one place, a function", config: withTeams({ maximumMembersPerTeam: hook("max") }), hooks: { max: () => ({ result: 1 }) }, run: limited },
  { name: "organization team invitations: members that the program adds", config: withTeams(), run: added },
  { name: "organization team invitations: hooks and the mail", config: withTeams({}, mailing), run: told },
  { name: "organization team invitations: a hook that chooses the teams", config: withTeams({}, mailing), hooks: { create: ({ data: [{ invitation }] }) => ({ result: { data: { teamIds: invitation.teamIds.slice(0, 1), teamId: "ignored" } } }) }, run: told },
  { name: "organization team invitations: the full organization", config: withTeams(), run: full },
];
