// Who may do what in organizations: every role, every action, in one's own organization, in another and in none. The table is data.
import { add, enter, found, get, invite, person, plugins, post } from "../organizations.mjs";

const permissions = {
  organization: ["update", "delete"], member: ["create", "update", "delete"], invitation: ["create", "cancel"],
  team: ["create", "update", "delete"], ac: ["create", "read", "update", "delete"],
};
const single = Object.entries(permissions).slice(0, 3).flatMap(([resource, actions]) => actions.map((action) => [`${resource}-${action}`, { [resource]: [action] }]));
const roles = { ...Object.fromEntries(single), owner: permissions, admin: { ...permissions, organization: ["update"] }, member: {} };

/**
 * An action: path and input for a target: the organization named in the request, and the people and the invitation that
 * belong to it or to the other one. A text instead of an input is a query. Those that end something come last.
 */
const actions = [
  ["get-organization", ({ organizationId }) => new URLSearchParams({ organizationId })],
  ["get-full-organization", ({ organizationId }) => new URLSearchParams({ organizationId })],
  ["get-full-organization", ({ organizationSlug }) => new URLSearchParams({ organizationSlug })],
  ["list-members", ({ organizationId }) => new URLSearchParams({ organizationId })],
  ["list-members", ({ organizationSlug }) => new URLSearchParams({ organizationSlug })],
  ["list-invitations", ({ organizationId }) => new URLSearchParams({ organizationId })],
  ["get-active-member-role", ({ organizationId, victim }) => new URLSearchParams({ organizationId, userId: victim.userId })],
  ["get-invitation", ({ invitation }) => new URLSearchParams({ id: invitation })],
  ["has-permission", ({ organizationId }) => ({ organizationId, permissions: { member: ["update"] } })],
  ["set-active", ({ organizationId }) => ({ organizationId })],
  ["set-active", ({ organizationSlug }) => ({ organizationSlug })],
  ["update", ({ organizationId }) => ({ organizationId, data: { logo: "mine" } })],
  ...["member", "admin", "owner"].map((role) => ["invite-member", ({ organizationId, tag }) => ({ organizationId, email: `${role}-${tag}@example.com`, role })]),
  ["invite-member", ({ organizationId }) => ({ organizationId, email: "pending@example.com", role: "member", resend: true })],
  ["accept-invitation", ({ invitation }) => ({ invitationId: invitation })],
  ["reject-invitation", ({ invitation }) => ({ invitationId: invitation })],
  ["cancel-invitation", ({ invitation }) => ({ invitationId: invitation })],
  ...["member", "admin", "owner"].map((role) => ["update-member-role", ({ organizationId, victim }) => ({ organizationId, memberId: victim.id, role })]),
  ["update-member-role", ({ organizationId, owner }) => ({ organizationId, memberId: owner.id, role: "member" })],
  ["update-member-role", ({ organizationId, self }) => ({ organizationId, memberId: self, role: "owner" })],
  ["remove-member", ({ organizationId, owner }) => ({ organizationId, memberIdOrEmail: owner.id })],
  ["remove-member", ({ organizationId, victim }) => ({ organizationId, memberIdOrEmail: victim.id })],
  ["remove-member", ({ organizationId, tag }) => ({ organizationId, memberIdOrEmail: `victim-${tag[0]}@example.com` })],
];
/** The same about teams and about roles of organizations. */
const parts = [
  ["list-teams", ({ organizationId }) => new URLSearchParams({ organizationId })],
  ["list-user-teams", ({ organizationId, victim }) => new URLSearchParams({ organizationId, userId: victim.userId })],
  ["list-team-members", ({ team }) => new URLSearchParams({ teamId: team })],
  ["list-roles", ({ organizationId }) => new URLSearchParams({ organizationId })],
  ["get-role", ({ organizationId }) => new URLSearchParams({ organizationId, roleName: "helper" })],
  ["get-role", ({ organizationId, role }) => new URLSearchParams({ organizationId, roleId: role })],
  ["set-active-team", ({ team }) => ({ teamId: team })],
  ["create-team", ({ organizationId, tag }) => ({ organizationId, name: tag })],
  ["update-team", ({ organizationId, team }) => ({ teamId: team, data: { name: "Mine", organizationId } })],
  ["add-team-member", ({ organizationId, team, victim }) => ({ organizationId, teamId: team, userId: victim.userId })],
  ["remove-team-member", ({ organizationId, team, victim }) => ({ organizationId, teamId: team, userId: victim.userId })],
  ["remove-team", ({ organizationId, team }) => ({ organizationId, teamId: team })],
  ["create-role", ({ organizationId, tag }) => ({ organizationId, role: tag, permission: { member: ["update"] } })],
  ["create-role", ({ organizationId, tag }) => ({ organizationId, role: `more ${tag}`, permission: { organization: ["delete"] } })],
  ["update-role", ({ organizationId, role }) => ({ organizationId, roleId: role, data: { permission: { member: ["update"] } } })],
  ["delete-role", ({ organizationId, role }) => ({ organizationId, roleId: role })],
  ["delete-role", ({ organizationId }) => ({ organizationId, roleName: "other" })],
];
const last = [["delete", ({ organizationId }) => ({ organizationId })], ["leave", ({ organizationId }) => ({ organizationId })]];

/** An organization with an owner, a member and a pending invitation. */
async function tenant(s, letter) {
  await enter(s, `owner-${letter}`);
  const org = await found(s, `org-${letter}`);
  const victim = await add(s, org, (await s.as("x").post("/sign-up/email", person(`victim-${letter}`))).json?.user);
  const invitation = await invite(s.as(`owner-${letter}`), org, "pending@example.com");
  const out = { organizationId: org?.id, organizationSlug: org?.slug, owner: org?.members?.[0], victim, invitation: invitation?.id };
  if (!s.vars.config.plugins.organization.dynamicAccessControl) return out;
  // In the second organization the role of the same name may do everything.
  const permission = letter === "a" ? { member: ["update"], invitation: ["create"], team: ["update"], ac: ["read", "update"] } : permissions;
  const role = (await post(s, "create-role", { organizationId: org?.id, role: "helper", permission })).json?.roleData?.id;
  await post(s, "create-role", { organizationId: org?.id, role: "other", permission: { member: ["update"] } });
  return { ...out, role, team: (await get(s, "list-teams", { organizationId: org?.id })).json?.[0]?.id };
}

async function play(s, [path, of], target) {
  const input = of(target);
  const opts = { label: `${path}: ${target.tag}` };
  return input instanceof URLSearchParams ? s.get(`/organization/${path}?${input}`, opts) : post(s, path, input, opts);
}

async function table(s, role, { list = actions, before } = {}) {
  const [a, b] = [await tenant(s, "a"), await tenant(s, "b")];
  const user = await enter(s, "subject");
  const member = role === undefined ? undefined : await add(s, { id: a.organizationId }, user, "member");
  const self = member?.id ?? "nobody";
  await before?.(s, a);
  s.as("subject");
  const targets = [
    { ...b, self, tag: "b of b" }, { ...b, organizationId: a.organizationId, self, tag: "b of a" }, { ...a, organizationId: b.organizationId, self, tag: "a of b" },
    { ...a, organizationId: "nowhere", organizationSlug: "nowhere", self, tag: "a of nowhere" }, { ...a, organizationId: "", self, tag: "a of none" }, { ...a, self, tag: "a of a" },
  ];
  for (const target of targets) {
    await post(s, "set-active", { organizationId: a.organizationId });
    for (const action of list) await play(s, action, target);
  }
  for (const target of targets.toReversed()) for (const action of last) await play(s, action, target);
  await get(s, "list");
  await s.get("/get-session?disableCookieCache=true");
}

/** Roles that are stored as they stand here: the hook writes them. undefined: not a member. */
const odd = ["owner", "admin", "member", " owner", "admin, owner", "member , admin", "member,admin", "ghost", "ghost,admin", "Owner", "", ",", undefined];
const stored = (role) => ({ member: ({ data: [{ user }] }) => (user.name === "Subject" ? { result: { data: { role } } } : {}) });
const scenario = (name, role, options, more) => ({
  name: `organization rights: ${name}`,
  config: { plugins: plugins({ ...options, organizationHooks: { beforeAddMember: { webhook: "hook:member" } } }) },
  hooks: stored(role),
  run: (s) => table(s, role, more),
  timeout: 240_000,
});

const dynamic = { ac: permissions, dynamicAccessControl: { enabled: true }, teams: { enabled: true } };
const gone = (s) => s.db.all(`delete from ${s.db.quote("organizationRole")}`);

export default [
  ...single.map(([role]) => scenario(`the role ${role}`, role, { roles })),
  ...odd.map((role) => scenario(role === undefined ? "not a member" : `built in, "${role}"`, role, {})),
  scenario("two roles that only together have them", "member-update,invitation-create", { roles }),
  scenario("another creator, an owner", "owner", { creatorRole: "admin" }),
  ...["owner", "admin", "member", "helper", " helper , member", "other", "Helper", undefined].map((role) => scenario(role === undefined ? "teams and roles, not a member" : `teams and roles, "${role}"`, role, dynamic, { list: parts })),
  scenario('roles of organizations, "helper"', "helper", dynamic),
  scenario("a role that was deleted under a member", "helper", dynamic, { before: gone }),
  scenario("teams and roles, a role that was deleted under a member", "member,helper", dynamic, { list: parts, before: gone }),
  scenario("another creator, an admin", "member, admin", { creatorRole: "admin" }),
];
