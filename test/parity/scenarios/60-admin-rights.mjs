// Who may do what: every role, every action, on oneself and on somebody else. The table is data.
import { password } from "../people.mjs";
import { make, own, plugins } from "../admins.mjs";

const permissions = {
  user: ["create", "list", "set-role", "ban", "impersonate", "impersonate-admins", "delete", "set-password", "set-email", "set-phone", "get", "update"],
  session: ["list", "revoke", "delete"],
};
const single = Object.entries(permissions).flatMap(([resource, actions]) => actions.map((action) => [`${resource}-${action}`, { [resource]: [action] }]));
const roles = {
  ...Object.fromEntries(single), admin: permissions, user: {},
  updater: { user: ["update", "set-email"] }, maker: { user: ["create", "set-role", "ban"] },
};

/** An action: path and body (a query for GET) for the user it is about. Those that end something come last. */
const actions = [
  ["get-user", (id) => `?id=${id}`], ["list-users", () => "?limit=1&sortBy=email"],
  ["list-user-sessions", (userId) => ({ userId })],
  ["has-permission", () => ({ permissions: { user: ["ban"] } })],
  ["set-role", (userId, role) => ({ userId, role })],
  ["set-user-password", (userId) => ({ userId, newPassword: password })],
  ...[{ name: "N" }, { role: "user" }, { banReason: "x" }, { emailVerified: true }, { phoneNumber: "+1" }, { name: "M", email: "root@example.com" }].map((data) => ["update-user", (userId) => ({ userId, data })]),
  ["create-user", (id) => ({ name: "C", email: `c-${id.slice(0, 8)}@example.com`.toLowerCase() })],
  ["create-user", (id) => ({ name: "D", email: `d-${id.slice(0, 8)}@example.com`.toLowerCase(), role: "user" })],
  ["create-user", (id) => ({ name: "E", email: `e-${id.slice(0, 8)}@example.com`.toLowerCase(), data: { banned: false } })],
  ["unban-user", (userId) => ({ userId })], ["ban-user", (userId) => ({ userId })],
  ["revoke-user-session", () => ({ sessionToken: "none" })],
  ["unban-user", (userId) => ({ userId })],
  ["impersonate-user", (userId) => ({ userId })], ["stop-impersonating", () => ({})],
  ["remove-user", (userId) => ({ userId })],
  ["revoke-user-sessions", (userId) => ({ userId })],
];

async function table(s, role) {
  const me = await own(s, { role, data: { id: "AAAAAAAAroot0000000000000000root" } });
  const other = await make(s, "other@example.com", { role: "user", data: { id: "BBBBBBBBother000000000000000other" } });
  for (const [path, of] of actions)
    for (const user of [other, me]) {
      const input = of(user.id, role);
      if (typeof input === "string") await s.get(`/admin/${path}${input}`);
      else await s.post(`/admin/${path}`, input);
    }
  await s.get("/get-session");
}

/** Roles that the options do not have one by one, with the built-in roles. */
const odd = ["admin,user", "user,admin", " admin", "user, admin", "ghost", "ADMIN", "ghost,admin", ","];

export default [
  ...Object.keys(roles).map((role) => ({ name: `admin rights: ${role}`, config: { plugins: plugins({ roles }) }, run: (s) => table(s, role) })),
  ...odd.map((role) => ({ name: `admin rights: built in, "${role}"`, config: { plugins: plugins() }, run: (s) => table(s, role) })),
  { name: "admin rights: two roles that only together have them", config: { plugins: plugins({ roles }) }, run: (s) => table(s, ["user-list", "user-ban"]) },
];
