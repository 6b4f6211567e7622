// The plugin organization: organizations themselves. Invitations, members, hooks, options, rights and bad input have files of their own.
import { day, hour, password } from "../people.mjs";
import { add, enter, found, get, invite, person, plugins, post, staff, topic, verified } from "../organizations.mjs";

const scenario = topic("organization");
const fresh = "/get-session?disableCookieCache=true";

/** Everything once: an owner, an admin who is invited, a member who is added. */
export async function flow(s) {
  const owner = await enter(s, "owner");
  const org = await found(s, "acme", { logo: "https://a.example/l.png", metadata: { plan: "free", seats: [1, 2] } });
  await s.get(fresh);
  await get(s, "get-active-member");
  await get(s, "get-active-member-role");
  await post(s, "check-slug", { slug: "acme" });
  await post(s, "check-slug", { slug: "other" });
  const invitation = await invite(s, org, "admin@example.com", { role: "admin" });
  await get(s, "list-invitations");
  const admin = await enter(s, "admin");
  await get(s, "get-invitation", { id: invitation?.id });
  await post(s, "accept-invitation", { invitationId: invitation?.id });
  await post(s, "accept-invitation", { invitationId: invitation?.id });
  await s.get(fresh);
  await get(s, "list");
  const carol = await enter(s, "carol");
  const member = await add(s, org, carol);
  await post(s, "set-active", { organizationSlug: "acme" });
  await s.get(fresh);
  await post(s.as("admin"), "update", { data: { name: "Acme Inc.", metadata: { plan: "paid" } } });
  await post(s, "update-member-role", { memberId: member?.id, role: ["member", "admin"] });
  await get(s, "get-full-organization");
  await get(s, "list-members", { sortBy: "createdAt" });
  await post(s.as("owner"), "has-permission", { permissions: { organization: ["delete"] } });
  await post(s, "remove-member", { memberIdOrEmail: "carol@example.com" });
  await s.as("carol").get(fresh);
  await get(s, "get-active-member");
  await post(s.as("admin"), "leave", { organizationId: org?.id });
  await s.get(fresh);
  const second = await invite(s.as("owner"), org, "admin@example.com");
  await post(s.as("admin"), "reject-invitation", { invitationId: second?.id });
  const third = await invite(s.as("owner"), org, "admin@example.com");
  await post(s, "cancel-invitation", { invitationId: third?.id });
  await get(s, "list-invitations");
  await post(s, "delete", { organizationId: org?.id });
  await s.get(fresh);
  await get(s, "list");
  s.note("three users", new Set([owner?.id, admin?.id, carol?.id]).size);
}

async function creating(s) {
  await enter(s, "owner");
  for (const body of [
    { slug: "one" }, { slug: "one" }, { slug: "ONE" }, { slug: " one " }, { slug: "two", name: " " }, { slug: "ünï", name: "Ü 😀" },
    { slug: "three", logo: null }, { slug: "four", logo: "" }, { slug: "five", metadata: {} }, { slug: "six", metadata: { a: { b: [null, 1.5, "x"] } } },
    { slug: "seven", keepCurrentActiveOrganization: true }, { slug: "eight", keepCurrentActiveOrganization: false }, { slug: "nine", userId: "somebody" },
    { slug: "ten", id: "chosen-id", createdAt: "2000-01-01T00:00:00.000Z", unknown: 1 }, { slug: "a/b?c#d" }, { slug: "x".repeat(300) },
    { slug: "", name: "" }, { slug: "eleven", name: undefined }, { name: "no slug" },
  ]) {
    await post(s, "create", { name: "Name", ...body });
    await get(s, "get-active-member-role");
  }
  await get(s, "list");
  await post(s.as("nobody"), "create", { name: "N", slug: "nobody" });
  const other = await enter(s, "other");
  await post(s.as("nobody"), "create", { name: "N", slug: "nobody", userId: other?.id });
  await post(s.as("owner"), "create", { name: "N", slug: "for-other", userId: other?.id });
  await get(s.as("other"), "list");
}

/** Creation by the program, without a request or with headers. */
async function byProgram(s) {
  const owner = await enter(s, "owner");
  const create = (body, opts) => s.api("createOrganization", { body: { name: "N", ...body } }, opts);
  await create({ slug: "a" });
  await create({ slug: "b", userId: owner?.id });
  await create({ slug: "c", userId: "nobody" });
  await create({ slug: "d", userId: 7 });
  await create({ slug: "e" }, { cookies: true });
  await create({ slug: "f", userId: "nobody" }, { cookies: true });
  await s.api("createOrganization", { body: { name: "N", slug: "g", userId: owner?.id }, headers: [["x-some", "header"]] });
  await create({ slug: "b", userId: owner?.id });
  await get(s, "list");
  await s.api("checkOrganizationSlug", { body: { slug: "b" } });
  await s.api("checkOrganizationSlug", { body: { slug: "b" }, headers: [] });
  await s.api("checkOrganizationSlug", { body: { slug: "zz" } }, { cookies: true });
  for (const name of ["updateOrganization", "deleteOrganization", "setActiveOrganization", "createInvitation", "acceptInvitation", "rejectInvitation", "cancelInvitation", "removeMember", "updateMemberRole", "leaveOrganization", "hasPermission"])
    for (const opts of [{}, { cookies: true }]) await s.api(name, { body: {} }, opts);
  for (const name of ["getOrganization", "getFullOrganization", "listOrganizations", "getInvitation", "listInvitations", "getActiveMember", "listMembers", "getActiveMemberRole", "listUserInvitations"])
    for (const opts of [{}, { cookies: true }]) await s.api(name, { query: {} }, opts);
  await s.api("noSuchEndpoint", {});
}

async function updating(s) {
  const { org } = await staff(s, "member");
  const other = await found(s, "other");
  const update = (data, organizationId = org?.id) => post(s, "update", { data, organizationId });
  for (const data of [
    {}, { name: "New" }, { name: "" }, { slug: "acme" }, { slug: "other" }, { slug: "" }, { slug: "new-slug" }, { logo: "l" }, { logo: null }, { metadata: { a: 1 } }, { metadata: {} }, { metadata: null },
    { metadata: "{}" }, { name: "B", slug: "b", logo: "c", metadata: { d: 1 } }, { id: "x", createdAt: "2000-01-01T00:00:00.000Z" }, { unknown: 1 }, { name: null },
  ]) await update(data);
  await update({ name: "X" }, "nowhere");
  await update({ name: "Active" }, undefined);
  await update({ name: "Other" }, other?.id);
  await post(s, "set-active", { organizationId: null });
  await update({ name: "None active" }, "");
  await post(s, "update", { data: { name: "None active" } });
  for (const browser of ["member", "nobody"]) {
    s.as(browser);
    await update({ name: "X" });
    await update({ name: "X" }, other?.id);
  }
  await enter(s, "stranger");
  await update({ name: "X" });
  await update({ slug: "acme" });
}

async function deleting(s) {
  const { org, member, admin } = await staff(s, "member", "admin");
  const other = await found(s, "other");
  const pending = await invite(s, org, "new@example.com");
  for (const browser of ["nobody", "member", "admin"]) await post(s.as(browser), "delete", { organizationId: org?.id });
  await enter(s, "stranger");
  await post(s, "delete", { organizationId: org?.id });
  s.as("owner");
  for (const organizationId of ["", "nowhere", undefined, null]) await post(s, "delete", { organizationId });
  await post(s, "delete", { organizationId: org?.id });
  await s.get(fresh);
  await get(s, "list");
  for (const browser of ["member", "admin"]) {
    await s.as(browser).get(fresh);
    await get(s, "get-full-organization");
    await get(s, "get-organization");
    await get(s, "list-members");
    await s.get(fresh);
  }
  await enter(s, "new");
  await post(s, "accept-invitation", { invitationId: pending?.id });
  await post(s.as("owner"), "delete", { organizationId: other?.id });
  await s.get(fresh);
  await found(s, "acme");
  s.note("roles", [member?.member?.role, admin?.member?.role]);
}

async function activating(s) {
  const { org } = await staff(s, "member");
  const other = await found(s, "other");
  for (const body of [
    { organizationId: org?.id }, {}, { organizationSlug: "other" }, { organizationId: org?.id, organizationSlug: "other" }, { organizationSlug: "nowhere" }, { organizationId: "nowhere" }, {},
    { organizationId: org?.id }, { organizationId: "" }, { organizationSlug: "" }, { organizationId: null, organizationSlug: "other" }, { organizationId: null }, {}, { organizationId: other?.id },
  ]) {
    await post(s, "set-active", body);
    await s.get(fresh);
  }
  s.as("member");
  await post(s, "set-active", { organizationId: other?.id });
  await s.get(fresh);
  await post(s, "set-active", { organizationSlug: "other" });
  await post(s, "set-active", { organizationSlug: "acme" });
  await s.get("/get-session");
  await s.post("/update-session", { activeOrganizationId: other?.id });
  await get(s, "get-organization");
  await get(s, "get-organization", { organizationSlug: "other" });
  await s.get(fresh);
  await get(s, "get-organization");
  await post(s, "set-active", { organizationSlug: "acme" });
  await get(s, "get-full-organization", { organizationId: other?.id });
  await s.get(fresh);
  await post(s.as("nobody"), "set-active", { organizationId: org?.id });
  await s.as("member").post("/sign-in/email", { email: person("member").email, password });
  await s.get(fresh);
}

async function reading(s) {
  const { org } = await staff(s, "admin", "member");
  const other = await found(s, "other", { keepCurrentActiveOrganization: true });
  await invite(s, org, "a@example.com", { role: "owner" });
  await invite(s, org, "b@example.com", { role: "admin" });
  await invite(s, org, "c@example.com", { role: ["member", "owner"] });
  await enter(s, "stranger");
  for (const browser of ["owner", "admin", "member", "stranger", "nobody"]) {
    s.as(browser);
    for (const path of ["get-organization", "get-full-organization"])
      for (const query of [{}, { organizationId: org?.id }, { organizationSlug: "acme" }, { organizationId: other?.id, organizationSlug: "acme" }, { organizationSlug: "nowhere" }, { organizationId: "nowhere" }, { organizationId: "" }, { organizationId: other?.id }]) {
        await get(s, path, query);
        if (browser === "member") await post(s, "set-active", { organizationId: org?.id });
      }
    for (const membersLimit of ["1", "2", "0", "-1", "x", "1.5", "", "100"]) await get(s, "get-full-organization", { membersLimit, organizationId: org?.id });
    await get(s, "list");
    await get(s, "list", { unknown: 1 });
  }
}

async function checking(s) {
  await enter(s, "owner");
  await found(s, "acme");
  for (const browser of ["owner", "nobody"]) for (const slug of ["acme", "ACME", " acme", "", "free", "acme\u0000", 7, null, undefined]) await post(s.as(browser), "check-slug", { slug });
}

/** The permissions asked for, in every form. */
async function asking(s) {
  const { org } = await staff(s, "admin", "member");
  const other = await found(s, "other");
  const asked = [
    { permissions: { organization: ["update"] } }, { permissions: { organization: ["update", "delete"] } }, { permissions: { member: ["create"], invitation: ["create"] } }, { permissions: { member: [] } }, { permissions: {} },
    { permissions: { ac: ["read"] } }, { permissions: { ghost: ["x"] } }, { permissions: { organization: ["ghost"] } }, { permission: { organization: ["update"] } },
    { permission: { organization: ["update"] }, permissions: { organization: ["update"] } }, {}, { permissions: { organization: "update" } }, { permissions: ["organization"] }, { permissions: null },
  ];
  for (const browser of ["owner", "admin", "member", "nobody"]) {
    s.as(browser);
    for (const body of asked) await post(s, "has-permission", { organizationId: org?.id, ...body });
    for (const organizationId of [undefined, "", "nowhere", other?.id]) await post(s, "has-permission", { organizationId, permissions: { organization: ["update"] } });
  }
  await enter(s, "stranger");
  await post(s, "has-permission", { permissions: { organization: ["update"] } });
  await post(s, "has-permission", { organizationId: org?.id, permissions: { organization: ["update"] } });
}

async function client(s) {
  const { organizationClient } = await import("better-auth/client/plugins");
  const auth = await s.client({ plugins: [organizationClient()] });
  const organization = auth.organization;
  const results = [];
  const done = async (call) => results.push(Boolean((await call).data));
  s.as("owner");
  await auth.signUp.email(person("owner"));
  const { data: org } = await organization.create({ name: "Acme", slug: "acme", metadata: { a: 1 } });
  await done(organization.checkSlug({ slug: "acme" }));
  await done(organization.list());
  await done(organization.update({ data: { name: "Acme Inc." } }));
  await done(organization.getFullOrganization());
  await done(organization.getFullOrganization({ query: { organizationSlug: "acme", membersLimit: 5 } }));
  const { data: invitation } = await organization.inviteMember({ email: person("carol").email, role: ["member", "admin"] });
  await done(organization.inviteMember({ email: person("carol").email, role: "member", resend: true }));
  await done(organization.listInvitations());
  s.as("carol");
  await auth.signUp.email(person("carol"));
  await done(organization.getInvitation({ query: { id: invitation?.id } }));
  await done(organization.acceptInvitation({ invitationId: invitation?.id }));
  await done(organization.getActiveMember());
  await done(organization.getActiveMemberRole());
  await done(organization.listUserInvitations());
  s.as("owner");
  const { data: list } = await organization.listMembers({ query: { limit: 10, sortBy: "createdAt", sortDirection: "desc", filterField: "role", filterOperator: "contains", filterValue: "admin" } });
  const { id: memberId } = list?.members?.[0] ?? {};
  await done(organization.updateMemberRole({ memberId, role: "member" }));
  await done(organization.hasPermission({ permissions: { member: ["delete"] } }));
  s.note("at the client", [organization.checkRolePermission({ role: "admin", permissions: { organization: ["delete"] } }), organization.checkRolePermission({ role: "owner", permissions: { organization: ["delete"] } })]);
  await done(organization.removeMember({ memberIdOrEmail: memberId }));
  for (const [what, email] of [["rejectInvitation", "carol"], ["cancelInvitation", "owner"]]) {
    const { data: again } = await organization.inviteMember({ email: person("carol").email, role: "member" });
    s.as(email);
    await done(organization[what]({ invitationId: again?.id }));
    s.as("owner");
  }
  await done(organization.setActive({ organizationId: null }));
  await done(organization.setActive({ organizationSlug: "acme" }));
  await done(organization.leave({ organizationId: org?.id }));
  await done(organization.delete({ organizationId: org?.id }));
  s.note("results", results);
}

const cache = { session: { cookieCache: { enabled: true, maxAge: hour } } };

export default [
  scenario("everything once", {}, flow),
  scenario("everything once on other databases", {}, flow, { dbs: ["postgres", "none"] }),
  // MariaDB returns rows in the order of their ids, so these must not be random.
  scenario("everything once on MariaDB", {}, flow, { config: { advanced: { database: { generateId: "serial" } } }, dbs: ["mysql"] }),
  scenario("everything once with sessions in Redis", {}, flow, { config: { secondaryStorage: { provider: "redis" } } }),
  scenario("everything once with sessions in both", {}, flow, { config: { secondaryStorage: { provider: "memory" }, session: { storeSessionInDatabase: true } } }),
  scenario("everything once with the cookie cache", {}, flow, { config: cache }),
  scenario("everything once with numbered ids", {}, flow, { config: { advanced: { database: { generateId: "serial" } } } }),
  scenario("everything once with UUIDs", {}, flow, { config: { advanced: { database: { generateId: "uuid" } } } }),
  scenario("everything once with joins", {}, flow, { config: { experimental: { joins: true } } }),
  scenario("everything once with joins on other databases", {}, flow, { config: { experimental: { joins: true }, advanced: { database: { generateId: "serial" } } }, dbs: ["postgres", "mysql"] }),
  scenario("creating", {}, creating),
  scenario("creating with sessions in Redis", {}, creating, { config: { secondaryStorage: { provider: "redis" } } }),
  scenario("by the program", {}, byProgram),
  scenario("by the program on PostgreSQL and MariaDB", {}, byProgram, { config: { advanced: { database: { generateId: "serial" } } }, dbs: ["postgres", "mysql"] }),
  scenario("updating", {}, updating),
  scenario("deleting", {}, deleting),
  scenario("deleting on PostgreSQL and MariaDB", {}, deleting, { dbs: ["postgres", "mysql"] }),
  scenario("no deletion", { disableOrganizationDeletion: true }, deleting),
  scenario("the active organization", {}, activating),
  scenario("the active organization and the cookie cache", {}, activating, { config: cache }),
  scenario("the active organization in Redis", {}, activating, { config: { secondaryStorage: { provider: "redis" } } }),
  scenario("reading", {}, reading),
  scenario("reading with joins", {}, reading, { config: { experimental: { joins: true } } }),
  scenario("checking slugs", {}, checking),
  scenario("asking for permissions", {}, asking),
  scenario("the official client", {}, client),
  scenario("with bearer tokens", {}, async (s) => {
    const { token } = (await s.post("/sign-up/email", person("owner"))).json ?? {};
    const bearer = { bearer: token, cookies: false, keepJar: true };
    const { json: org } = await post(s, "create", { name: "A", slug: "a" }, bearer);
    await get(s, "get-full-organization", {}, bearer);
    await post(s, "set-active", { organizationId: org?.id }, bearer);
    await get(s, "get-active-member", {}, bearer);
    await post(s, "delete", { organizationId: org?.id }, { ...bearer, origin: "https://evil.example" });
    await post(s, "delete", { organizationId: org?.id }, { origin: "https://evil.example" });
  }, { config: { plugins: plugins({}, { bearer: {} }) } }),
  scenario("an expired session", {}, async (s) => {
    const { org } = await staff(s);
    await s.advance(8 * day);
    await get(s, "get-full-organization");
    await post(s, "update", { data: { name: "x" }, organizationId: org?.id });
  }),
  scenario("users who are removed", {}, async (s) => {
    const { org } = await staff(s, "admin");
    await verified(s, "carol");
    await s.as("admin").post("/delete-user", { password });
    await get(s.as("owner"), "list-members");
    await get(s, "get-full-organization", { organizationId: org?.id });
  }, { config: { user: { deleteUser: { enabled: true } }, plugins: plugins({}, { admin: {} }) } }),
];
