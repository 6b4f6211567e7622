// Hooks before and after endpoints, and around rows.
import { alice, bob, signIn, signUp } from "../people.mjs";

const cookieLine = "extra=1; Path=/; HttpOnly";
const on = (path, answer) => ({ data: [c] }) => (c.path === path ? (typeof answer === "function" ? answer(c) : answer) : {});

async function flow(s) {
  await signUp(s);
  await s.get("/get-session");
  await s.post("/sign-in/email", { ...signIn(alice), password: "wrong-password" });
  await s.post("/update-user", { name: "Al" });
  await s.get("/list-sessions?a=b&a=c");
  await s.get("/error?error=x");
  await s.get("/callback/google?code=x&state=y");
  await s.get("/reset-password/abc?callbackURL=/x");
  await s.get("/nowhere");
  await s.post("/sign-in/email", { email: "x" });
  await s.api("signInEmail", { body: signIn(alice) });
  await s.post("/sign-out", {});
}

const before = { hooks: { before: { webhook: "hook:before" } } };
const after = { hooks: { after: { webhook: "hook:after" } } };
const ops = ["create", "update", "delete"];
const rowHooks = (models, make) => ({ databaseHooks: Object.fromEntries(models.map((m) => [m, Object.fromEntries(ops.map((op) => [op, make(m, op)]))])) });

const watchRows = rowHooks(["user", "session", "account", "verification"], (m, op) => ({ before: { webhook: `hook:${m}-${op}-before` }, after: { webhook: `hook:${m}-${op}-after` } }));

async function rows(s) {
  await signUp(s);
  await s.post("/update-user", { name: "Al" });
  await s.post("/change-password", { currentPassword: alice.password, newPassword: "password5678", revokeOtherSessions: true });
  await s.post("/request-password-reset", { email: alice.email });
  if (s.resetMail) await s.post("/reset-password", { newPassword: "password9012", token: s.resetMail.token });
  await s.advance(2 * 86400).get("/get-session");
  await s.post("/sign-out", {});
  await s.post("/sign-in/email", { email: alice.email, password: "password9012" });
  await s.post("/delete-user", {});
}
const forRows = { user: { deleteUser: { enabled: true } }, emailAndPassword: { sendResetPassword: { webhook: "hook:reset" } } };
const reset = (call, s) => void (s.resetMail = call.data[0]);

export default [
  { name: "before: watches", config: before, run: flow },
  { name: "after: watches", config: after, run: flow },
  { name: "both, with credentials", config: { hooks: { before: { webhook: "hook:b", credentials: true }, after: { webhook: "hook:a", credentials: true } }, plugins: { jwt: {}, bearer: {} } }, run: flow },
  {
    name: "before: refuses",
    config: before,
    hooks: { before: on("/sign-in/email", { status: 403, body: { code: "CLOSED", message: "Come back later", until: 9 } }) },
    run: flow,
  },
  {
    name: "before: refuses with headers and a named status",
    config: before,
    hooks: { before: on("/update-user", { status: 500, body: { status: "PAYMENT_REQUIRED", message: "Pay", headers: [["x-price", "3"]] } }) },
    run: flow,
  },
  {
    name: "before: fails",
    config: before,
    hooks: { before: on("/update-user", { status: 500, body: { $error: true, name: "TypeError", message: "x is not a function" } }) },
    run: flow,
  },
  {
    name: "before: answers itself",
    config: { ...before, ...{ hooks: { before: { webhook: "hook:before" }, after: { webhook: "hook:after" } } } },
    hooks: { before: on("/get-session", { result: { mine: true, list: [1, null] }, headers: [["x-before", "1"], ["set-cookie", cookieLine]] }) },
    run: flow,
  },
  {
    name: "before: sets headers only",
    config: before,
    hooks: { before: () => ({ headers: [["x-before", "1"], ["set-cookie", cookieLine], ["cache-control", "private"]] }) },
    run: flow,
  },
  {
    name: "before: rewrites body, query and headers",
    config: before,
    hooks: {
      before: ({ data: [c] }) => {
        if (c.path === "/sign-up/email") return { result: { context: { body: { ...c.body, name: "Rewritten", image: "https://x.y/i" } } } };
        if (c.path === "/list-sessions") return { result: { context: { query: { a: "z" } } } };
        if (c.path === "/sign-in/email") return { result: { context: { headers: [["user-agent", "rewritten/1"]] } } };
        return {};
      },
    },
    async run(s) {
      await flow(s);
      await s.post("/sign-in/email", signIn(alice));
      await s.get("/list-sessions");
    },
  },
  {
    name: "after: replaces the answer",
    config: after,
    hooks: { after: on("/get-session", (c) => ({ result: { was: c.context.returned, extra: [1] }, headers: [["x-after", "1"], ["set-cookie", cookieLine]] })) },
    run: flow,
  },
  {
    name: "after: throws an API error",
    config: after,
    hooks: { after: on("/update-user", { status: 418, body: { code: "TEAPOT", message: "short and stout" } }) },
    run: flow,
  },
  {
    name: "after: fails",
    config: after,
    hooks: { after: on("/update-user", { status: 500, body: { $error: true, name: "Error", message: "boom" } }) },
    run: flow,
  },
  {
    name: "after: mends an error",
    config: after,
    hooks: { after: on("/sign-in/email", (c) => (c.context.returned?.$type === "apierror" ? { result: { fine: true } } : {})) },
    run: flow,
  },
  {
    name: "after: sees the new session",
    config: { ...after, session: { cookieCache: { enabled: true } } },
    hooks: { after: ({ data: [c] }) => (c.context.newSession ? { headers: [["x-user", c.context.newSession.user.name]] } : {}) },
    run: flow,
  },
  { name: "rows: watched", config: { ...forRows, ...watchRows }, hooks: { reset }, run: rows },
  {
    name: "rows: changed before they are written",
    config: { ...forRows, ...rowHooks(["user", "session"], (m, op) => (op === "delete" ? {} : { before: { webhook: `hook:${m}-${op}` } })) },
    hooks: {
      reset,
      "user-create": ({ data: [row] }) => ({ result: { data: { ...row, name: `${row.name}!`, email: `x-${row.email}` } } }),
      "user-update": ({ data: [row] }) => ({ result: { data: { ...row, image: "https://x.y/changed" } } }),
      "session-create": ({ data: [row] }) => ({ result: { data: { ...row, userAgent: "changed", expiresAt: "2031-06-01T00:00:00.000Z" } } }),
    },
    run: rows,
  },
  ...[["user", "create"], ["session", "create"], ["account", "create"], ["user", "update"], ["account", "update"], ["session", "delete"], ["user", "delete"]].flatMap(([model, op]) => [
    { name: `rows: ${model} ${op} forbidden`, config: { ...forRows, databaseHooks: { [model]: { [op]: { before: { webhook: "hook:no" } } } } }, hooks: { reset, no: () => ({ result: false }) }, run: rows },
    { name: `rows: ${model} ${op} throws`, config: { ...forRows, databaseHooks: { [model]: { [op]: { before: { webhook: "hook:no" } } } } }, hooks: { reset, no: () => ({ status: 403, body: { code: "NO", message: "not allowed" } }) }, run: rows },
  ]),
  {
    name: "rows: an after hook fails",
    config: { databaseHooks: { user: { create: { after: { webhook: "hook:no" } } } } },
    hooks: { no: () => ({ status: 500, body: { $error: true, name: "Error", message: "boom" } }) },
    async run(s) {
      await signUp(s);
      await s.post("/sign-in/email", signIn(alice));
    },
  },
  {
    name: "rows: refusal in a transaction leaves nothing",
    dbs: ["sqlite", "postgres", "mysql"],
    config: { databaseHooks: { account: { create: { before: { webhook: "hook:no" } } } } },
    hooks: { no: () => ({ status: 409, body: { message: "no account" } }) },
    async run(s) {
      await signUp(s);
      await signUp(s);
    },
  },
  {
    name: "users are checked before they are made",
    config: { user: { validateUserInfo: { webhook: "hook:check" } } },
    hooks: { check: ({ data: [info] }) => ((info.user ?? info).email === bob.email ? { status: 403, body: { code: "BANNED", message: "no bobs" } } : {}) },
    async run(s) {
      await signUp(s);
      await signUp(s.forget(), bob);
    },
  },
  {
    name: "errors are told",
    unorderedCalls: true,
    config: { onAPIError: { onError: { webhook: "hook:error" } } },
    async run(s) {
      await s.get("/list-sessions");
      await s.post("/sign-in/email", { email: "x" });
      await s.post("/sign-in/email", undefined, { raw: "{", type: "application/json" });
    },
  },
];
