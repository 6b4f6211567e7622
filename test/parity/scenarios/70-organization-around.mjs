// The plugin organization with what is around it: the OpenAPI document, database hooks of sessions, deleted users.
import { add, enter, found, get, invite, person, plugins, post, topic } from "../organizations.mjs";
import { password } from "../people.mjs";

const scenario = topic("organization around");
const session = { databaseHooks: { session: { create: { before: { webhook: "hook:session" } }, update: { before: { webhook: "hook:update" } } } } };

/** A hook makes an organization active in every new session; a hook of updates sees the changes. */
async function hooked(s) {
  await enter(s, "owner");
  s.vars.id = (await found(s, "acme"))?.id;
  await s.post("/sign-out", {});
  await s.post("/sign-in/email", { email: person("owner").email, password });
  await s.get("/get-session");
  await get(s, "get-active-member");
  await get(s, "get-full-organization");
  await post(s, "set-active", { organizationId: null });
  await get(s, "get-active-member");
  await post(s, "set-active", { organizationSlug: "acme" });
  await s.get("/get-session");
}

/** The hook keeps the session from being changed. */
async function kept(s) {
  await enter(s, "owner");
  const org = await found(s, "acme", { keepCurrentActiveOrganization: true });
  for (const [path, body] of [["create", { name: "N", slug: "other" }], ["leave", { organizationId: org?.id }], ["delete", { organizationId: org?.id }]]) await post(s, path, body);
  await get(s, "list");
  await s.get("/get-session");
}

async function deletedUsers(s) {
  await enter(s, "owner");
  const org = await found(s, "acme");
  const second = await enter(s, "second");
  await add(s, org, second, "owner");
  await invite(s.as("owner"), org, "carol@example.com");
  await s.post("/delete-user", { password });
  await get(s.as("second"), "get-full-organization", { organizationId: org?.id });
  await get(s, "list-members", { organizationId: org?.id });
  await get(s, "list-invitations", { organizationId: org?.id });
  await post(s, "leave", { organizationId: org?.id });
  await s.post("/delete-user", { password });
}

const result = (data) => ({ result: { data } });

export default [
  scenario("described", {}, async (s) => { await s.get("/open-api/generate-schema"); }, { config: { plugins: plugins({}, { "open-api": {} }) } }),
  scenario("described with fields", { schema: { organization: { additionalFields: { plan: { type: "string" }, seats: { type: "number", required: false } } }, invitation: { additionalFields: { note: { type: "string", required: false } } } } },
    async (s) => { await s.get("/open-api/generate-schema"); },
    { config: { plugins: plugins({ schema: { organization: { additionalFields: { plan: { type: "string" }, seats: { type: "number", required: false } } }, invitation: { additionalFields: { note: { type: "string", required: false } } } } }, { "open-api": {} }) } }),
  scenario("an active organization from a database hook", {}, hooked, { config: session, hooks: { session: (_, s) => (s.vars.id ? result({ activeOrganizationId: s.vars.id }) : {}), update: () => ({}) } }),
  scenario("a database hook keeps the session unchanged", {}, kept, { config: session, hooks: { session: () => ({}), update: () => ({ result: false }) } }),
  scenario("users who are deleted", {}, deletedUsers, { config: { user: { deleteUser: { enabled: true } } } }),
  scenario("users who are deleted on PostgreSQL and MariaDB", {}, deletedUsers, { config: { user: { deleteUser: { enabled: true } } }, dbs: ["postgres", "mysql"] }),
];
