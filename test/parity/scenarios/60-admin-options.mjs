// The options of the admin plugin: bans, impersonation, roles, names of columns.
import { alice, bob, day, hour, password, signIn, signUp } from "../people.mjs";
import { make, own, plugins } from "../admins.mjs";

const post = (s, path, body, opts) => s.post(`/admin/${path}`, body, opts);
const enter = (s) => s.as("bob").post("/sign-in/email", signIn(bob));
const scenario = (name, options, run, { config, ...more } = {}) => ({ name: `admin options: ${name}`, config: { plugins: plugins(options), ...config }, run, ...more });

async function bans(s) {
  await own(s);
  const { id: userId } = (await signUp(s.as("bob"), bob)).json.user;
  for (const ban of [{}, { banReason: "" }, { banReason: "spam", banExpiresIn: 0 }, { banExpiresIn: 60 }, { banExpiresIn: 0.5 }, { banExpiresIn: -60 }, { banExpiresIn: day }]) {
    await post(s.as("default"), "ban-user", { userId, ...ban });
    await enter(s);
    await enter(s.advance(61));
    await s.get("/get-session");
  }
  await enter(s.advance(2 * day));
  await s.get("/get-session");
  await s.as("default").get(`/admin/get-user?id=${userId}`);
}

async function impersonation(s) {
  await own(s);
  const other = await make(s, "other@example.com", { role: "admin", password });
  const padded = await make(s, "padded@example.com", { role: " admin", password });
  const b = await make(s, bob.email, { password });
  await post(s, "impersonate-user", { userId: other.id });
  await post(s, "stop-impersonating", {});
  await post(s, "impersonate-user", { userId: padded?.id ?? "nobody" });
  await post(s, "stop-impersonating", {});
  await post(s, "impersonate-user", { userId: "nobody" });
  await post(s, "impersonate-user", { userId: b.id });
  await s.advance(50).get("/get-session");
  await post(s, "impersonate-user", { userId: other.id });
  await s.advance(hour).get("/get-session");
  await post(s, "stop-impersonating", {});
  await s.get("/get-session");
}

/** What the cookie of the administrator's own session is worth. */
async function ownCookie(s) {
  await own(s);
  await s.post("/sign-in/email", { email: "root@example.com", password, rememberMe: false });
  const b = await make(s, bob.email, { password });
  const bobs = (await enter(s)).json.token;
  await post(s.as("default"), "impersonate-user", { userId: b.id });
  const real = s.cookie("admin_session");
  const jar = new Map(s.jar().cookies);
  const name = [...jar.keys()].find((key) => key.endsWith("admin_session"));
  for (const value of [undefined, "x", `${bobs}:`, encodeURIComponent(`${bobs}:.${decodeURIComponent(real).split(".").pop()}`)]) {
    const cookies = new Map(jar);
    if (value === undefined) cookies.delete(name);
    else cookies.set(name, value);
    await post(s, "stop-impersonating", {}, { cookie: [...cookies].map(([k, v]) => `${k}=${v}`).join("; "), keepJar: true });
  }
  await s.fork("copy").as("default");
  await post(s, "stop-impersonating", {});
  await s.get("/get-session");
  await post(s.as("copy"), "stop-impersonating", {});
  await post(s.as("default"), "impersonate-user", { userId: b.id });
  await s.fork("again").as("other").post("/sign-in/email", { email: "root@example.com", password });
  await s.post("/revoke-other-sessions", {});
  await post(s.as("default"), "stop-impersonating", {});
  await s.get("/get-session");
}

const mail = { webhook: "hook:message" };
const roles = {
  admin: { user: ["create", "list", "set-role", "ban", "impersonate", "impersonate-admins", "delete", "set-password", "set-email", "set-phone", "get", "update"], session: ["list", "revoke"], project: ["create", "share"] },
  user: { project: ["create"] }, helper: { user: ["list", "get", "impersonate"], project: [] }, owner: { user: ["ban"] },
};
const ac = { user: roles.admin.user, session: ["list", "revoke", "delete"], project: ["create", "share", "delete"] };

async function ownRoles(s) {
  await own(s);
  const b = await make(s, bob.email, { password });
  for (const role of ["helper", "ghost", ["helper", "user"], ["helper", "ghost"], "helper,user", "Helper", " helper", ""]) {
    await post(s, "set-role", { userId: b.id, role });
    await post(s, "update-user", { userId: b.id, data: { role } });
    await post(s, "create-user", { name: "N", email: `${encodeURIComponent(role)}@example.com`.replace(/[%,]/g, "-"), role });
  }
  await enter(s);
  for (const permissions of [{ project: ["create"] }, { project: ["share"] }, { user: ["list"], project: ["create"] }, { user: ["list"], session: ["list"] }, { ghost: ["x"] }, { project: [] }]) {
    await post(s.as("bob"), "has-permission", { permissions });
    await post(s.as("default"), "has-permission", { permissions });
  }
  await s.as("bob").get("/admin/list-users?limit=1&sortBy=email");
  await post(s, "ban-user", { userId: b.id });
}

export default [
  scenario("bans", {}, bans),
  scenario("bans on PostgreSQL and MariaDB", {}, bans, { dbs: ["postgres", "mysql"] }),
  scenario("bans with defaults", { defaultBanReason: "because", defaultBanExpiresIn: hour }, bans),
  scenario("message for the banned", { bannedUserMessage: "Go away" }, bans),
  scenario("message for the banned from a callback", { bannedUserMessage: mail }, bans, { hooks: { message: ({ data: [user] }) => ({ result: `${user.email}: ${user.banReason}` }) } }),
  scenario("message for the banned from a callback that refuses", { bannedUserMessage: mail }, bans, { hooks: { message: () => ({ status: 429, body: { status: 429, code: "SLOW_DOWN", message: "Slow down" } }) } }),
  scenario("message for the banned in other sign-ins", {}, async (s) => {
    await own(s);
    const b = await make(s, bob.email, { data: { banned: true } });
    await s.as("bob").post("/sign-in/magic-link", { email: bob.email });
    await s.get(`/magic-link/verify?token=${s.link.token}`);
    await s.post("/email-otp/send-verification-otp", { email: bob.email, type: "sign-in" });
    await s.post("/sign-in/email-otp", { email: bob.email, otp: s.code.otp });
    await post(s.as("default"), "impersonate-user", { userId: b.id });
  }, {
    hooks: { link: (call, s) => void (s.link = call.data[0]), otp: (call, s) => void (s.code = call.data[0]) },
    config: { plugins: plugins({}, { "magic-link": { sendMagicLink: { webhook: "hook:link" } }, "email-otp": { sendVerificationOTP: { webhook: "hook:otp" } } }) },
  }),
  scenario("impersonation", {}, impersonation),
  scenario("impersonation in Redis", {}, impersonation, { config: { secondaryStorage: { provider: "redis" } } }),
  scenario("impersonation with the cookie cache", {}, impersonation, { config: { session: { cookieCache: { enabled: true } } } }),
  scenario("a long impersonation", { impersonationSessionDuration: 30 * day }, impersonation, { config: { secondaryStorage: { provider: "redis" } } }),
  scenario("a short impersonation", { impersonationSessionDuration: 30 }, impersonation),
  scenario("admins impersonate each other", { allowImpersonatingAdmins: true }, impersonation),
  scenario("admins do not impersonate each other", { allowImpersonatingAdmins: false }, impersonation),
  scenario("impersonation with the permission for admins", { roles }, impersonation),
  scenario("other admin roles", { adminRoles: ["owner"], roles }, impersonation),
  scenario("other admin roles as a text", { adminRoles: "owner,helper", roles }, impersonation),
  scenario("other admin roles in capitals", { adminRoles: ["ADMIN"] }, impersonation),
  scenario("impersonation among several sessions", {}, impersonation, { config: { plugins: plugins({}, { "multi-session": {} }) } }),
  scenario("the administrator's own session", {}, ownCookie),
  scenario("the administrator is removed meanwhile", {}, async (s) => {
    const me = await own(s);
    const b = await make(s, bob.email, { password });
    await post(s, "impersonate-user", { userId: b.id });
    await make(s, "second@example.com", { role: "admin", password });
    await s.as("second").post("/sign-in/email", { email: "second@example.com", password });
    await post(s, "remove-user", { userId: me.id });
    await post(s.as("default"), "stop-impersonating", {});
    await s.get("/get-session");
  }),
  scenario("roles as data", { ac, roles }, ownRoles),
  scenario("roles as data without statements", { roles }, ownRoles),
  scenario("another default role", { defaultRole: "helper", roles }, async (s) => {
    await signUp(s, alice);
    await make(s, bob.email, { password });
    await post(s, "create-user", { name: "N", email: "n@example.com" });
    await s.get("/admin/list-users?sortBy=email");
    await s.get("/get-session");
  }),
  scenario("a default role that does not exist", { defaultRole: "ghost" }, async (s) => {
    await signUp(s, alice);
    await s.get("/admin/list-users");
    await post(s, "has-permission", { permissions: { user: ["list"] } });
  }),
  scenario("administrators by id", { adminUserIds: ["the-root", "the-other"] }, async (s) => {
    await own(s, { data: { id: "the-root" } });
    const b = await make(s, bob.email, { password });
    await make(s, "other@example.com", { password, data: { id: "the-other" } });
    await post(s, "impersonate-user", { userId: "the-other" });
    await post(s, "has-permission", { permissions: { anything: ["at all"] } });
    await s.get("/admin/list-users?sortBy=email");
    await post(s, "impersonate-user", { userId: b.id });
    await s.get("/admin/list-users?sortBy=email");
    await post(s, "stop-impersonating", {});
    await s.api("userHasPermission", { body: { permissions: { user: ["x"] }, userId: "the-root", role: "user" } });
    await s.api("userHasPermission", { body: { permissions: { user: ["x"] }, userId: "the-root" } });
  }),
  scenario("other names of columns", { schema: { user: { fields: { role: "the_role", banned: "is_banned", banReason: "why", banExpires: "until" } }, session: { fields: { impersonatedBy: "really" } } } }, async (s) => {
    await impersonation(s);
    const b = await make(s, "carl@example.com", { password });
    await post(s, "ban-user", { userId: b.id, banReason: "x", banExpiresIn: hour });
    await s.get("/admin/list-users?filterField=banned&filterValue=true");
  }),
  scenario("other names of tables", { schema: { user: { modelName: "people" }, session: { modelName: "visits" } } }, impersonation),
  scenario("refused: admin roles that are none", { adminRoles: ["admin", "ghost"] }, async () => {}),
  scenario("refused: admin roles with blanks", { adminRoles: "admin, user" }, async () => {}),
  scenario("phone numbers", {}, async (s) => {
    await own(s);
    const b = await make(s, bob.email, { password });
    for (const data of [{ phoneNumber: "+491701234567" }, { phoneNumber: "+491701234567", phoneNumberVerified: true }, { phoneNumber: null }]) await post(s, "update-user", { userId: b.id, data });
  }, { hooks: { sms: () => {} }, config: { plugins: plugins({}, { "phone-number": { sendOTP: { webhook: "hook:sms" } } }) } }),
];
