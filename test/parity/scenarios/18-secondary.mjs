// Secondary storage: in memory, Redis, callbacks.
import { alice, bob, day, signIn, signUp } from "../people.mjs";

async function flow(s) {
  await signUp(s);
  await s.get("/get-session");
  await s.as("phone").post("/sign-in/email", signIn(alice));
  await s.get("/list-sessions");
  await s.post("/update-user", { name: "Al" });
  await s.as("default").get("/get-session");
  await s.post("/update-session", { theme: "dark" });
  await s.get("/get-session");
  const { json } = await s.as("tablet").post("/sign-in/email", { ...signIn(alice), rememberMe: false });
  await s.as("default").post("/revoke-session", { token: json.token });
  await s.as("tablet").get("/get-session");
  await s.as("default").advance(2 * day).get("/get-session");
  await s.post("/sign-in/email", signIn(alice));
  await s.get("/list-sessions");
  await s.post("/revoke-other-sessions", {});
  await s.as("phone").get("/get-session");
  await s.as("default").post("/change-password", { currentPassword: alice.password, newPassword: "password5678", revokeOtherSessions: true });
  await s.get("/get-session");
  await s.post("/request-password-reset", { email: alice.email });
  if (s.resetMail) await s.post("/reset-password", { newPassword: "password9012", token: s.resetMail.token });
  await s.post("/sign-in/email", { email: alice.email, password: "password9012" });
  await s.post("/sign-out", {});
  await s.get("/get-session");
  await signUp(s, bob);
  await s.post("/delete-user", {});
  await s.get("/get-session");
}

const base = {
  session: { additionalFields: { theme: { type: "string", required: false } } },
  user: { deleteUser: { enabled: true } },
  emailAndPassword: { sendResetPassword: { webhook: "hook:reset" } },
};
const hooks = { reset: (call, s) => void (s.resetMail = call.data[0]) };
const session = (more) => ({ ...base, session: { ...base.session, ...more } });

const variants = {
  "plain": base,
  "sessions in the database too": session({ storeSessionInDatabase: true }),
  "sessions kept in the database": session({ storeSessionInDatabase: true, preserveSessionInDatabase: true }),
  "with cookie cache": session({ cookieCache: { enabled: true } }),
  "verifications in the database": { ...base, verification: { storeInDatabase: true } },
};

function storageHooks() {
  const of = (s) => (s.stored ??= new Map());
  return {
    get: ({ data: [key] }, s) => ({ result: of(s).get(key) ?? null }),
    set: ({ data: [key, value] }, s) => void of(s).set(key, value),
    delete: ({ data: [key] }, s) => void of(s).delete(key),
    take: ({ data: [key] }, s) => {
      const result = of(s).get(key) ?? null;
      of(s).delete(key);
      return { result };
    },
    increment: ({ data: [key] }, s) => {
      const n = Number(of(s).get(key) ?? 0) + 1;
      of(s).set(key, String(n));
      return { result: n };
    },
  };
}

export default [
  ...Object.entries(variants).flatMap(([name, config]) => [
    { name: `memory: ${name}`, config: { ...config, secondaryStorage: { provider: "memory" } }, hooks, run: flow },
    { name: `redis: ${name}`, config: { ...config, secondaryStorage: { provider: "redis" } }, hooks, run: flow },
  ]),
  { name: "memory, no database", dbs: ["none"], config: { ...base, secondaryStorage: { provider: "memory" } }, hooks, run: flow },
  {
    name: "callbacks",
    unorderedCalls: true,
    config: { ...base, secondaryStorage: { get: { webhook: "hook:get" }, set: { webhook: "hook:set" }, delete: { webhook: "hook:delete" }, getAndDelete: { webhook: "hook:take" }, increment: { webhook: "hook:increment" } } },
    hooks: { ...hooks, ...storageHooks() },
    // One session at a time: the reference processes several concurrently, in no fixed order.
    async run(s) {
      await signUp(s);
      await s.get("/get-session");
      await s.post("/update-user", { name: "Al" });
      await s.post("/update-session", { theme: "dark" });
      await s.advance(2 * day).get("/get-session");
      await s.get("/list-sessions");
      await s.post("/request-password-reset", { email: alice.email });
      await s.post("/reset-password", { newPassword: "password9012", token: s.resetMail.token });
      await s.post("/sign-out", {});
      await s.get("/get-session");
    },
  },
];
