// The plugin organization: invitations.
import { day, hour } from "../people.mjs";
import { add, enter, found, get, invite, person, plugins, post, staff, topic, verified } from "../organizations.mjs";

const scenario = topic("invitations");
const fresh = "/get-session?disableCookieCache=true";
const mail = { sendInvitationEmail: { webhook: "hook:mail" } };
const admin = (options = {}) => ({ config: { plugins: plugins(options, { admin: {} }) } });

async function inviting(s) {
  const { org, member } = await staff(s, "admin", "member");
  const other = await found(s, "other");
  const asked = [
    { email: "a@example.com" }, { email: "a@example.com" }, { email: "A@Example.COM" }, { email: "a@example.com", resend: true }, { email: "a@example.com", resend: false }, { email: "A@EXAMPLE.com", resend: true, role: "admin" },
    { email: "b@example.com", role: "owner" }, { email: "b@example.com", resend: true }, { email: "c@example.com", role: "admin" }, { email: "d@example.com", role: ["member", "admin"] }, { email: "e@example.com", role: "member,admin" },
    { email: "f@example.com", role: " admin , owner " }, { email: "g@example.com", role: ["admin ,member", ""] }, { email: "h@example.com", role: "" }, { email: "h@example.com", role: [] }, { email: "h@example.com", role: " , " },
    { email: "h@example.com", role: "ghost" }, { email: "h@example.com", role: ["member", "ghost", "spook"] }, { email: "h@example.com", role: "Owner" }, { email: "h@example.com", role: "__proto__" }, { email: "h@example.com", role: "toString" },
    { email: "member@example.com" }, { email: "MEMBER@example.com" }, { email: "owner@example.com", role: "owner" }, { email: "no address" }, { email: "" }, { email: " i@example.com" }, { email: "ünï@example.com" },
    { email: "j@example.com", teamId: "some-team" }, { email: "k@example.com", teamId: ["one", "two"] }, { email: "l@example.com", teamId: [] }, { email: "m@example.com", teamId: "" },
    { email: "n@example.com", status: "accepted", inviterId: "somebody", expiresAt: "2050-01-01T00:00:00.000Z", id: "chosen" },
  ];
  for (const browser of ["owner", "admin", "member", "nobody"]) {
    s.as(browser);
    for (const body of asked) await post(s, "invite-member", { role: "member", organizationId: org?.id, ...body, email: browser === "admin" && body.email ? `x${body.email}` : body.email });
    await post(s, "invite-member", { email: "admin@example.com", role: "member", organizationId: org?.id });
    for (const organizationId of [undefined, "", "nowhere", other?.id]) await post(s, "invite-member", { email: `${browser}1@example.com`, role: "member", organizationId });
    await get(s, "list-invitations", { organizationId: org?.id });
    await get(s, "list-invitations");
  }
  await enter(s, "stranger");
  await invite(s, org, "z@example.com");
  await invite(s, undefined, "z@example.com");
  s.note("member", member?.member?.role);
}

async function answering(s) {
  const { org } = await staff(s, "admin", "member");
  await enter(s, "carol");
  await enter(s, "dave");
  const ids = {};
  for (const name of ["first", "second", "third", "fourth"]) {
    ids[name] = (await invite(s.as("owner"), org, name === "fourth" ? "dave@example.com" : "carol@example.com", { role: name === "first" ? "owner" : "member" }))?.id;
    for (const browser of ["dave", "carol", "nobody"].slice(name === "fourth" ? 1 : 0)) {
      s.as(browser);
      if (browser === "carol" && name === "second") continue;
      await get(s, "get-invitation", { id: ids[name] });
      if (name === "first" || browser !== "carol") await post(s, "accept-invitation", { invitationId: ids[name] });
      await s.get(fresh);
      await post(s, "reject-invitation", { invitationId: ids[name] });
      await post(s, "cancel-invitation", { invitationId: ids[name] });
      await get(s, "get-invitation", { id: ids[name] });
    }
    if (name === "first") await post(s.as("carol"), "leave", { organizationId: org?.id });
    for (const browser of ["member", "admin", "owner"]) await post(s.as(browser), "cancel-invitation", { invitationId: ids[name] });
    await get(s, "list-invitations", { organizationId: org?.id });
  }
  for (const path of ["accept-invitation", "reject-invitation", "cancel-invitation"]) for (const invitationId of ["", "nowhere", null, 7, undefined]) await post(s.as("carol"), path, { invitationId });
  for (const id of ["", "nowhere"]) await get(s, "get-invitation", { id });
  await get(s, "get-invitation");
  await get(s, "list-members", { organizationId: org?.id });
}

async function expiring(s) {
  const { org } = await staff(s);
  const id = (await invite(s, org, "carol@example.com"))?.id;
  await enter(s, "carol");
  const wait = s.vars.config.plugins.organization.invitationExpiresIn || 2 * day;
  await s.advance(wait - 5);
  await get(s, "get-invitation", { id });
  await s.advance(10);
  await get(s, "get-invitation", { id });
  await post(s, "accept-invitation", { invitationId: id });
  await get(s.as("owner"), "list-invitations");
  const again = await invite(s, org, "carol@example.com");
  await invite(s.advance(hour), org, "carol@example.com", { resend: true });
  await post(s, "cancel-invitation", { invitationId: id });
  await post(s.as("carol"), "accept-invitation", { invitationId: again?.id });
  await post(s, "reject-invitation", { invitationId: id });
  await post(s, "reject-invitation", { invitationId: again?.id });
  await get(s.as("owner"), "list-invitations");
}

/** Addresses that are proven and those that are not. */
async function proving(s) {
  const { org } = await staff(s);
  await verified(s, "proven");
  await enter(s, "unproven");
  for (const name of ["proven", "unproven"]) {
    for (const path of ["reject-invitation", "accept-invitation"]) {
      const made = await invite(s.as("owner"), org, `${name}@example.com`);
      await get(s.as(name), "get-invitation", { id: made?.id });
      await get(s, "list-user-invitations");
      await post(s, path, { invitationId: made?.id });
      await get(s, "list-user-invitations");
      await post(s.as("owner"), "cancel-invitation", { invitationId: made?.id });
    }
  }
}

async function mine(s) {
  const { org } = await staff(s);
  const other = await found(s, "other");
  await verified(s, "carol");
  await invite(s.as("owner"), org, "Carol@Example.com");
  await invite(s, other, "carol@example.com", { role: "owner" });
  await get(s.as("carol"), "list-user-invitations");
  await get(s, "list-user-invitations", { email: "owner@example.com" });
  await get(s, "list-user-invitations", { email: "" });
  await get(s.as("nobody"), "list-user-invitations");
  await get(s, "list-user-invitations", { email: "carol@example.com" });
  await get(s.as("owner"), "list-user-invitations");
  await s.api("listUserInvitations", { query: { email: "carol@example.com" } });
  await s.api("listUserInvitations", { query: { email: "CAROL@example.com" } });
  await s.api("listUserInvitations", { query: { email: "nobody@example.com" } });
  await s.api("listUserInvitations", { query: { email: "carol@example.com" }, headers: [] });
  await s.as("carol").api("listUserInvitations", { query: { email: "owner@example.com" } }, { cookies: true });
  await post(s.as("owner"), "delete", { organizationId: other?.id });
  await get(s.as("carol"), "list-user-invitations");
  await s.advance(3 * day);
  await get(s, "list-user-invitations");
}

async function inviter(s) {
  const { org, admin: a } = await staff(s, "admin");
  const made = await invite(s.as("admin"), org, "carol@example.com");
  await enter(s, "carol");
  await get(s, "get-invitation", { id: made?.id });
  await post(s.as("owner"), "remove-member", { memberIdOrEmail: a.member?.id });
  await get(s.as("carol"), "get-invitation", { id: made?.id });
  await post(s, "accept-invitation", { invitationId: made?.id });
  await s.get(fresh);
}

async function mailed(s) {
  const { org } = await staff(s, "admin");
  await invite(s, org, "Carol@Example.com", { role: ["admin", " member"] });
  await invite(s.advance(60), org, "carol@example.com", { resend: true });
  await invite(s.as("admin"), org, "dave@example.com", { role: "owner" });
  await invite(s, org, "dave@example.com");
  await get(s, "list-invitations");
}

async function again(s) {
  const { org } = await staff(s, "admin");
  for (const role of ["owner", "member", "admin"]) await invite(s, org, "carol@example.com", { role });
  for (const role of ["owner", "member"]) await invite(s.as("admin"), org, "carol@example.com", { role, resend: true });
  await invite(s, org, "carol@example.com");
  await get(s.as("owner"), "list-invitations");
}

async function limited(s) {
  const { org } = await staff(s, "admin");
  for (const name of ["a", "b", "c", "d"]) await invite(s, org, `${name}@example.com`);
  await invite(s, org, "a@example.com", { resend: true });
  const list = (await get(s, "list-invitations")).json;
  await post(s, "cancel-invitation", { invitationId: list?.[0]?.id });
  for (const name of ["e", "f"]) await invite(s.as("admin"), org, `${name}@example.com`);
  await s.advance(3 * day);
  await invite(s, org, "g@example.com");
}

const limit = { webhook: "hook:limit" };

export default [
  scenario("inviting", {}, inviting),
  scenario("inviting with several at once", { cancelPendingInvitationsOnReInvite: true }, inviting),
  scenario("answering", {}, answering),
  scenario("answering on PostgreSQL and MariaDB", {}, answering, { dbs: ["postgres", "mysql"], config: { advanced: { database: { generateId: "serial" } }, plugins: plugins({ requireEmailVerificationOnInvitation: false }) } }),
  scenario("expiring", {}, expiring),
  scenario("expiring after a minute", { invitationExpiresIn: 60 }, expiring),
  scenario("expiring after nothing", { invitationExpiresIn: 0 }, expiring),
  scenario("proof of addresses", {}, proving, admin()),
  scenario("proof of addresses required", {}, proving, admin({ requireEmailVerificationOnInvitation: true })),
  scenario("proof of addresses not required", {}, proving, admin({ requireEmailVerificationOnInvitation: false })),
  ...["serial", "uuid"].map((generateId) => scenario(`proof of addresses with ids of the kind ${generateId}`, {}, proving, { config: { advanced: { database: { generateId } }, plugins: plugins({}, { admin: {} }) } })),
  scenario("proof of addresses with own ids", {}, proving, {
    config: { advanced: { database: { generateId: { webhook: "hook:id" } } }, plugins: plugins({}, { admin: {} }) },
    hooks: { id: ({ data: [{ model }] }, s) => ({ result: `${model}-${(s.made = (s.made ?? 0) + 1)}` }) },
  }),
  scenario("one's own", {}, mine, admin()),
  scenario("one's own on PostgreSQL and MariaDB", {}, mine, { ...admin(), dbs: ["postgres", "mysql"], config: { ...admin().config, advanced: { database: { generateId: "serial" } } } }),
  scenario("one's own with joins", {}, mine, { config: { ...admin().config, experimental: { joins: true } } }),
  scenario("an inviter who has gone", {}, inviter),
  scenario("by mail", mail, mailed, { hooks: { mail: () => {} } }),
  scenario("by mail that fails", mail, mailed, { hooks: { mail: () => ({ status: 503, body: { status: 503, code: "NO_MAIL", message: "No mail" } }) } }),
  scenario("by mail that breaks", mail, mailed, { hooks: { mail: () => ({ status: 500, body: { $error: true, message: "broken" } }) } }),
  scenario("the same address again", {}, again),
  scenario("the same address again cancels", { cancelPendingInvitationsOnReInvite: true }, again),
  scenario("a limit", { invitationLimit: 2 }, limited),
  scenario("a limit of none", { invitationLimit: 0 }, limited),
  scenario("a limit from a callback", { invitationLimit: limit }, limited, { hooks: { limit: ({ data: [{ user }] }) => ({ result: user.name === "Admin" ? 3 : 1 }) } }),
  scenario("a limit from a callback that refuses", { invitationLimit: limit }, limited, { hooks: { limit: () => ({ status: 402, body: { status: 402, code: "PAY", message: "Pay first" } }) } }),
  scenario("a limit of members", { membershipLimit: 2 }, async (s) => {
    const { org } = await staff(s);
    const made = [];
    for (const name of ["carol", "dave"]) made.push((await invite(s, org, person(name).email))?.id);
    for (const [i, name] of ["carol", "dave"].entries()) {
      await enter(s, name);
      await post(s, "accept-invitation", { invitationId: made[i] });
    }
    await add(s, org, await enter(s, "eve"));
    await post(s.as("owner"), "remove-member", { memberIdOrEmail: "carol@example.com" });
    await post(s.as("dave"), "accept-invitation", { invitationId: made[1] });
  }),
];
