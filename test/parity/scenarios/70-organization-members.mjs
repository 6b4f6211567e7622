// The plugin organization: members and their roles.
import { password } from "../people.mjs";
import { add, enter, found, get, invite, person, plugins, post, staff, topic } from "../organizations.mjs";

const scenario = topic("members");
const fresh = "/get-session?disableCookieCache=true";
const serial = { advanced: { database: { generateId: "serial" } } };

async function adding(s) {
  const { org, member } = await staff(s, "member");
  const other = await found(s, "other");
  const users = [];
  for (let i = 0; i < 14; i++) users.push((await s.api("createUser", { body: { name: `U${i}`, email: `u${i}@example.com` } })).json?.user.id);
  const make = (body, opts) => s.api("addMember", { body: { organizationId: org?.id, role: "member", ...body } }, opts);
  for (const [i, body] of [{ role: "owner" }, { role: ["admin", " member"] }, { role: " admin , member " }, { role: "" }, { role: [] }, { role: "ghost" }, { role: ["ghost", "__proto__"] }, { createdAt: "2000-01-01T00:00:00.000Z", id: "chosen", unknown: 1 }].entries())
    await make({ userId: users[i], ...body });
  await make({ userId: users[0] });
  await make({ userId: member?.user?.id });
  await make({ userId: "nobody" });
  await make({ userId: users[8], organizationId: "nowhere" });
  await make({ userId: users[8], organizationId: undefined });
  await make({ userId: users[8], organizationId: undefined }, { cookies: true });
  await make({ userId: users[8], organizationId: undefined, role: "owner" }, { cookies: true });
  await make({ userId: users[9] }, { cookies: true });
  await s.as("member");
  await make({ userId: users[10] }, { cookies: true });
  await make({ userId: users[11], organizationId: other?.id }, { cookies: true });
  await make({ userId: users[12], organizationId: undefined }, { cookies: true });
  await make({ userId: users[13], teamId: "some-team" });
  for (const body of [{}, { userId: null }, { userId: undefined }, { userId: 7 }, { userId: users[13], role: 7 }, { userId: users[13], role: undefined }, { userId: users[13], organizationId: 7 }]) await make(body);
  await post(s, "add-member", { userId: users[13], role: "owner", organizationId: org?.id });
  await get(s, "list-members", { organizationId: org?.id });
}

async function listing(s) {
  const { org } = await staff(s, "admin", "member");
  await found(s, "other");
  await enter(s, "stranger");
  s.as("owner");
  for (const query of [
    {}, { organizationId: org?.id }, { organizationSlug: "acme" }, { organizationSlug: "acme", organizationId: "nowhere" }, { organizationSlug: "nowhere" }, { organizationId: "nowhere" }, { organizationId: "" },
    ...["1", "2", "0", "-1", "x", "1.5", "", "200"].flatMap((limit) => [{ limit }, { offset: limit }, { limit, offset: "1" }]),
    { sortBy: "createdAt" }, { sortBy: "createdAt", sortDirection: "desc" }, { sortBy: "role" }, { sortBy: "role", sortDirection: "desc" }, { sortBy: "role", sortDirection: "up" }, { sortDirection: "desc" }, { sortBy: "role", limit: "2", offset: "1" },
    { filterField: "role", filterValue: "admin" }, { filterField: "role", filterValue: "adm", filterOperator: "contains" }, { filterField: "role", filterValue: "adm", filterOperator: "starts_with" }, { filterField: "role", filterValue: "ber", filterOperator: "ends_with" },
    { filterField: "role", filterValue: "admin", filterOperator: "ne" }, { filterField: "role", filterValue: "admin", filterOperator: "eq" }, { filterField: "role", filterValue: "member", filterOperator: "gt" }, { filterField: "role", filterValue: "member", filterOperator: "lte" },
    { filterField: "role", filterValue: "x", filterOperator: "like" }, { filterField: "role", filterOperator: "eq" }, { filterField: "role", filterValue: "" }, { filterField: "", filterValue: "admin" }, { filterValue: "admin" },
    { filterField: "organizationId", filterValue: "nowhere" }, { filterField: "createdAt", filterValue: "2031-01-15T10:20:32.456Z", filterOperator: "gt" },
  ]) await get(s, "list-members", { organizationId: org?.id, ...query });
  for (const operator of ["in", "not_in", "eq"]) await s.get(`/organization/list-members?organizationId=${org?.id}&filterField=role&filterOperator=${operator}&filterValue=admin&filterValue=member&sortBy=createdAt`);
  for (const browser of ["admin", "member", "stranger", "nobody"]) {
    s.as(browser);
    for (const query of [{}, { organizationId: org?.id }, { organizationSlug: "acme" }, { organizationSlug: "other" }]) await get(s, "list-members", query);
  }
}

/** Fields that do not exist or that belong to others. */
async function strangeFields(s) {
  const { org } = await staff(s, "member");
  for (const field of ["ghost", "user.email", "email", "password", "__proto__", "id; drop table member", "\"id\"", "userId"]) {
    await get(s, "list-members", { organizationId: org?.id, filterField: field, filterValue: "x" });
    await get(s, "list-members", { organizationId: org?.id, sortBy: field === "userId" ? "createdAt" : field });
  }
  await s.get(`/organization/list-members?organizationId=${org?.id}&filterField=role&filterOperator=in&filterValue=admin`);
  await s.get(`/organization/list-members?organizationId=${org?.id}&sortBy=role&sortBy=id`);
}

async function reading(s) {
  const { org, owner, member } = await staff(s, "admin", "member");
  const other = await found(s, "other");
  await enter(s, "stranger");
  for (const browser of ["owner", "member", "stranger", "nobody"]) {
    s.as(browser);
    await get(s, "get-active-member");
    for (const query of [
      {}, { organizationId: org?.id }, { organizationSlug: "acme" }, { organizationId: other?.id, organizationSlug: "acme" }, { organizationSlug: "nowhere" }, { organizationId: "nowhere" }, { organizationId: "", userId: "" },
      { userId: owner.user?.id }, { userId: member?.user?.id }, { userId: member?.user?.id, organizationId: org?.id }, { userId: "nobody", organizationId: org?.id }, { userId: member?.user?.id, organizationId: other?.id },
    ]) await get(s, "get-active-member-role", query);
  }
  await post(s.as("owner"), "set-active", { organizationId: null });
  await get(s, "get-active-member");
  await get(s, "get-active-member-role");
}

async function removing(s) {
  const { org, owner, admin, member } = await staff(s, "admin", "member");
  const other = await found(s, "other");
  const second = await enter(s, "second");
  const co = await add(s, org, second, "admin,owner");
  await enter(s, "stranger");
  const elsewhere = await found(s, "elsewhere");
  const remove = (memberIdOrEmail, organizationId = org?.id) => post(s, "remove-member", { memberIdOrEmail, organizationId });
  for (const browser of ["stranger", "nobody", "member"]) {
    s.as(browser);
    for (const who of [owner, admin, member]) await remove(who?.member?.id);
    await remove("member@example.com");
    await remove("nobody@example.com");
    await remove("nowhere");
  }
  s.as("admin");
  for (const id of [owner.member?.id, co?.id, "owner@example.com", elsewhere?.members?.[0]?.id, "stranger@example.com"]) await remove(id);
  await remove(elsewhere?.members?.[0]?.id, elsewhere?.id);
  await remove("MEMBER@example.com");
  await remove(member?.member?.id);
  await s.as("member").get(fresh);
  s.as("owner");
  await remove(elsewhere?.members?.[0]?.id);
  await remove(elsewhere?.members?.[0]?.id, other?.id);
  await remove("");
  await remove("@");
  await post(s, "remove-member", { memberIdOrEmail: admin?.member?.id });
  await post(s, "set-active", { organizationId: org?.id });
  await post(s, "remove-member", { memberIdOrEmail: admin?.member?.id });
  await remove(co?.id, other?.id);
  await remove(owner.member?.id);
  await s.get(fresh);
  await remove(co?.id);
  s.as("second");
  await remove(co?.id);
  await remove("second@example.com");
  await get(s, "list-members", { organizationId: org?.id });
}

async function roles(s) {
  const { org, owner, admin, member } = await staff(s, "admin", "member");
  const other = await found(s, "other");
  await enter(s, "stranger");
  const elsewhere = await found(s, "elsewhere");
  const set = (memberId, role, organizationId = org?.id) => post(s, "update-member-role", { memberId, role, organizationId });
  for (const browser of ["stranger", "nobody", "member"]) {
    s.as(browser);
    for (const who of [owner, admin, member]) for (const role of ["owner", "admin", "member"]) await set(who?.member?.id, role);
  }
  s.as("admin");
  for (const who of [owner, member, admin]) for (const role of ["owner", "member", " owner ", ["member", "owner"], "member,owner", "admin"]) await set(who?.member?.id, role);
  s.as("owner");
  for (const role of ["admin", ["admin", "member"], " admin ,member", ["admin, member", ""], "", [], " , ", "ghost", ["member", "ghost", "spook"], "ADMIN", "constructor", "member,member", null, 7, [7], undefined]) await set(member?.member?.id, role);
  for (const id of ["", "nowhere", elsewhere?.members?.[0]?.id, other?.members?.[0]?.id]) await set(id, "member");
  for (const organizationId of [other?.id, elsewhere?.id, "nowhere", ""]) await set(member?.member?.id, "member", organizationId);
  await post(s, "update-member-role", { memberId: member?.member?.id, role: "member" });
  await set(owner.member?.id, "member");
  await set(owner.member?.id, ["owner", "admin"]);
  await set(owner.member?.id, "owner");
  await set(member?.member?.id, "owner");
  await set(owner.member?.id, "admin");
  await set(owner.member?.id, "owner");
  await set(member?.member?.id, "admin");
  await set(member?.member?.id, "owner", "nowhere");
  await get(s, "list-members", { organizationId: org?.id, sortBy: "createdAt" });
}

async function leaving(s) {
  const { org, member } = await staff(s, "admin", "member");
  const second = await enter(s, "second");
  await add(s, org, second, " owner,admin");
  await enter(s, "stranger");
  const leave = (browser, organizationId = org?.id) => post(s.as(browser), "leave", { organizationId });
  for (const browser of ["nobody", "stranger", "member", "member"]) await leave(browser);
  await s.as("member").get(fresh);
  await leave("admin", "nowhere");
  await leave("admin", "");
  for (const organizationId of [null, 7, undefined]) await post(s.as("admin"), "leave", { organizationId });
  await leave("owner");
  await s.as("owner").get(fresh);
  await leave("second");
  await get(s.as("second"), "list-members", { organizationId: org?.id });
  await leave("admin");
  await leave("second");
  s.note("was", member?.member?.role);
}

const size = { webhook: "hook:size" };
async function limited(s) {
  const { org } = await staff(s, "member", "admin");
  await add(s, org, await enter(s, "third"));
  await add(s, org, await enter(s, "fourth"));
  for (const membersLimit of [undefined, "1", "3"]) await get(s.as("owner"), "get-full-organization", membersLimit ? { membersLimit } : {});
  await get(s, "list-members");
  await get(s, "list-members", { limit: "50" });
  const made = await invite(s, org, "fifth@example.com");
  await enter(s, "fifth");
  await post(s, "accept-invitation", { invitationId: made?.id });
}

export default [
  scenario("adding", {}, adding, { config: { plugins: plugins({}, { admin: {} }) } }),
  scenario("listing", {}, listing),
  scenario("listing on PostgreSQL and MariaDB", {}, listing, { config: serial, dbs: ["postgres", "mysql"] }),
  scenario("listing by fields that do not exist", {}, strangeFields),
  scenario("reading", {}, reading),
  scenario("removing", {}, removing),
  scenario("removing on PostgreSQL and MariaDB", {}, removing, { config: serial, dbs: ["postgres", "mysql"] }),
  scenario("roles", {}, roles),
  scenario("roles on PostgreSQL and MariaDB", {}, roles, { config: serial, dbs: ["postgres", "mysql"] }),
  scenario("leaving", {}, leaving),
  scenario("leaving with sessions in Redis", {}, leaving, { config: { secondaryStorage: { provider: "redis" } } }),
  scenario("a limit", { membershipLimit: 3 }, limited),
  scenario("a limit of nothing", { membershipLimit: 0 }, limited),
  scenario("a limit from a callback", { membershipLimit: size }, limited, { hooks: { size: ({ data: [user] }) => ({ result: user.name === "Fourth" ? 1 : 5 }) } }),
  scenario("a limit from a callback that refuses", { membershipLimit: size }, limited, { hooks: { size: () => ({ status: 402, body: { status: 402, code: "PAY", message: "Pay first" } }) } }),
  scenario("fields of the user that members see", {}, async (s) => {
    await s.as("owner").post("/sign-up/email", { ...person("owner"), image: "https://a.example/o.png", nick: "Boss" });
    const org = await found(s, "acme");
    await get(s, "list-members");
    await get(s, "get-full-organization", { organizationId: org?.id });
    await get(s, "get-active-member");
    await s.post("/delete-user", { password });
    await enter(s, "second");
    await get(s, "list-members", { organizationId: org?.id });
  }, { config: { user: { deleteUser: { enabled: true }, additionalFields: { nick: { type: "string", required: false } } } } }),
];
