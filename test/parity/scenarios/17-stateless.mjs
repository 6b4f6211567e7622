// Without a database: the session lives in the cookie.
import { alice, bob, day, hour, minute, signIn, signUp } from "../people.mjs";

async function flow(s) {
  await signUp(s);
  await s.get("/get-session");
  await s.get("/get-session?disableCookieCache=true");
  await s.post("/update-user", { name: "Al" });
  await s.get("/get-session");
  await s.post("/update-session", { x: 1 });
  await s.get("/list-sessions");
  await s.get("/list-accounts");
  await s.post("/change-password", { currentPassword: alice.password, newPassword: "password5678" });
  await s.advance(10 * minute).get("/get-session");
  await s.advance(day).get("/get-session");
  await s.advance(5 * day).get("/get-session");
  await s.advance(hour).get("/list-accounts");
  await s.post("/sign-in/email", signIn(alice));
  await s.post("/sign-up/email", alice);
  await s.post("/sign-up/email", bob);
  await s.post("/revoke-sessions", {});
  await s.get("/get-session");
  await s.post("/sign-out", {});
  await s.get("/get-session");
}

const cases = {
  "defaults": {},
  "compact": { session: { cookieCache: { strategy: "compact" } } },
  "jwt": { session: { cookieCache: { strategy: "jwt" } } },
  "refreshCache with updateAge": { session: { cookieCache: { enabled: true, maxAge: 300, refreshCache: { updateAge: 100 } } } },
  "refreshCache off": { session: { cookieCache: { maxAge: 300, refreshCache: false } } },
  "short": { session: { expiresIn: hour } },
  "not stored account cookie": { account: { storeAccountCookie: false } },
  "versioned secrets": { secret: undefined, secrets: [{ version: 2, value: "second-secret-aaaaaaaaaaaaaaaaaaaaaaaa" }, { version: 1, value: "first-secret-bbbbbbbbbbbbbbbbbbbbbbbbb" }] },
};

export default Object.entries(cases).map(([name, config]) => ({ name, config, dbs: ["none"], run: flow }));
