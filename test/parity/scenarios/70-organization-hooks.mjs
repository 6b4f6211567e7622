// The plugin organization: its hooks (organizationHooks).
import { add, enter, found, get, invite, plugins, post, staff } from "../organizations.mjs";

const core = ["CreateOrganization", "UpdateOrganization", "DeleteOrganization", "AddMember", "RemoveMember", "UpdateMemberRole", "CreateInvitation", "AcceptInvitation", "RejectInvitation", "CancelInvitation"];
const events = core.flatMap((name) => [`before${name}`, `after${name}`]);
const organizationHooks = Object.fromEntries(events.map((event) => [event, { webhook: `hook:${event}` }]));
const fresh = "/get-session?disableCookieCache=true";

async function flow(s) {
  await enter(s, "owner");
  const org = await found(s, "acme", { metadata: { plan: "free" }, logo: "l" });
  await post(s, "update", { data: { name: "Acme Inc.", metadata: { plan: "paid" } }, organizationId: org?.id });
  const carol = await enter(s, "carol");
  const member = await add(s, org, carol, "member, admin");
  await post(s.as("owner"), "update-member-role", { organizationId: org?.id, memberId: member?.id, role: "member" });
  await post(s, "remove-member", { organizationId: org?.id, memberIdOrEmail: "carol@example.com" });
  for (const path of ["cancel-invitation", "reject-invitation", "accept-invitation"]) {
    const { id } = (await invite(s.as("owner"), org, "Carol@example.com", { role: ["member", "admin"] })) ?? {};
    await post(path.startsWith("cancel") ? s : s.as("carol"), path, { invitationId: id });
  }
  await s.as("carol").get(fresh);
  await get(s, "list-members", { organizationId: org?.id, sortBy: "createdAt" });
  await post(s, "leave", { organizationId: org?.id });
  const dave = await enter(s, "dave");
  const second = await add(s, org, dave);
  await post(s.as("owner"), "update-member-role", { organizationId: org?.id, memberId: second?.id, role: "admin" });
  await post(s, "remove-member", { organizationId: org?.id, memberIdOrEmail: second?.id });
  await post(s, "delete", { organizationId: org?.id });
  await get(s, "list");
}

const scenario = (name, hooks, more = {}) => ({ name: `organization hooks: ${name}`, config: { plugins: plugins({ organizationHooks }), ...more.config }, hooks, run: more.run ?? flow, dbs: more.dbs });
const all = (answer) => Object.fromEntries(events.map((event) => [event, answer]));
const refusing = () => ({ status: 402, body: { status: 402, code: "PAY", message: "Pay first" } });

/** What the hooks that may change data return; the others must be ignored. */
const changes = {
  beforeCreateOrganization: { name: "Changed", slug: "changed", logo: null, metadata: { changed: true } },
  beforeUpdateOrganization: { name: "Changed again", metadata: { again: true } },
  beforeAddMember: ({ member }) => ({ role: member.role === "owner" ? "owner" : "admin" }),
  beforeUpdateMemberRole: { role: "owner,admin" },
  beforeCreateInvitation: { role: "admin", email: "dave@example.com" },
};
const odd = {
  beforeCreateOrganization: { id: "id-of-the-organization", createdAt: "2000-01-01T00:00:00.000Z", unknown: 1, keepCurrentActiveOrganization: true },
  beforeUpdateOrganization: { id: "another-id", slug: "acme", unknown: 1 },
  beforeAddMember: { id: "another-id", createdAt: "2000-01-01T00:00:00.000Z", unknown: 1 },
  beforeUpdateMemberRole: { other: 1 },
  beforeCreateInvitation: { id: "id-of-the-invitation", status: "accepted", expiresAt: "2040-01-01T00:00:00.000Z", inviterId: "somebody", unknown: 1 },
};
const ignored = { name: "ignored", role: "owner", status: "accepted" };
const resultOf = (answer = ignored, [given]) => ({ result: { data: typeof answer === "function" ? answer(given) : answer } });
const returning = (data) => Object.fromEntries(events.map((event) => [event, (call) => resultOf(data[event], call.data)]));

export default [
  scenario("all are called", all(() => {})),
  scenario("all are called on PostgreSQL and MariaDB", all(() => {}), { config: { advanced: { database: { generateId: "serial" } } }, dbs: ["postgres", "mysql"] }),
  scenario("data is changed", returning(changes)),
  scenario("data is changed oddly", returning(odd)),
  scenario("data is changed oddly but not invalid", returning({ ...odd, beforeUpdateOrganization: { slug: "acme", unknown: 1 }, beforeCreateInvitation: { id: "id-of-the-invitation", status: "rejected", expiresAt: "2040-01-01T00:00:00.000Z", createdAt: "2000-01-01T00:00:00.000Z", unknown: 1 } })),
  scenario("members get a role that does not exist", returning({ beforeCreateOrganization: {}, beforeUpdateOrganization: {}, beforeAddMember: { role: "boss" }, beforeUpdateMemberRole: {}, beforeCreateInvitation: {} })),
  scenario("members get padded roles", returning({ beforeCreateOrganization: {}, beforeUpdateOrganization: {}, beforeAddMember: { role: " admin , owner " }, beforeUpdateMemberRole: { role: " admin " }, beforeCreateInvitation: { role: " admin, member" } })),
  ...[["nothing", null], ["false", false], ["a text", "x"], ["an empty object", {}], ["a list", []], ["no data", { data: null }], ["other data", { result: { name: "X" } }], ["a false answer", { data: {} }]].map(([what, result]) =>
    scenario(`the answer is ${what}`, all(() => ({ result })))),
  // Each hook refuses in turn: what comes before it stays done, what comes after it is not done.
  ...events.map((event) => scenario(`${event} refuses`, { [event]: refusing })),
  scenario("a hook breaks", { beforeCreateOrganization: () => ({ status: 500, body: { $error: true, message: "broken" } }) }),
  scenario("a hook breaks after", { afterAddMember: () => ({ status: 500, body: { $error: true, message: "broken" } }) }),
  scenario("an invitation is refused for one address only", { beforeAcceptInvitation: ({ data: [{ user }] }) => (user.name === "Carol" ? refusing() : {}) }, {
    async run(s) {
      const { org } = await staff(s);
      const ids = [];
      for (const name of ["carol", "dave"]) ids.push((await invite(s, org, `${name}@example.com`))?.id);
      for (const [i, name] of ["carol", "dave"].entries()) {
        await enter(s, name);
        await post(s, "accept-invitation", { invitationId: ids[i] });
        await get(s, "get-invitation", { id: ids[i] });
      }
      await get(s.as("owner"), "list-invitations");
    },
  }),
];
