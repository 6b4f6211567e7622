// The session cache in the cookie: strategies, versions, expiry, chunks.
import { alice, bob, day, minute, signIn, signUp } from "../people.mjs";

async function life(s) {
  await signUp(s);
  await s.get("/get-session");
  await s.get("/get-session?disableCookieCache=true");
  await s.post("/update-user", { name: "Alicia" });
  await s.get("/get-session");
  await s.advance(4 * minute).get("/get-session");
  await s.advance(2 * minute).get("/get-session");
  await s.get("/list-accounts");
  await s.advance(day).get("/get-session");
  const gone = s.fork("stolen");
  await s.as("default").post("/sign-out", {});
  await gone.as("stolen").get("/get-session");
  await s.get("/list-sessions");
  await s.get("/get-session?disableCookieCache=true");
  await s.as("default").post("/sign-in/email", { ...signIn(alice), rememberMe: false });
  await s.advance(30).get("/get-session");
  await s.advance(60).get("/get-session");
  await s.advance(5 * minute).get("/get-session");
  await s.post("/sign-out", {});
}

async function tampered(s) {
  await signUp(s);
  const data = s.cookie("session_data");
  const token = s.cookie("session_token");
  await signUp(s.as("bob"), bob);
  const foreign = s.cookie("session_data");
  s.as("default");
  for (const [label, cookie] of Object.entries({
    "no token": `better-auth.session_data=${data}`,
    "bad token": `better-auth.session_token=x.y; better-auth.session_data=${data}`,
    "another's data": `better-auth.session_token=${token}; better-auth.session_data=${foreign}`,
    "broken data": `better-auth.session_token=${token}; better-auth.session_data=${data.slice(0, -3)}`,
    "no data": `better-auth.session_token=${token}`,
    "empty data": `better-auth.session_token=${token}; better-auth.session_data=`,
    "text data": `better-auth.session_token=${token}; better-auth.session_data=hello`,
    "chunks": `better-auth.session_token=${token}; better-auth.session_data.0=${data.slice(0, 50)}; better-auth.session_data.1=${data.slice(50)}`,
    "chunks in disorder": `better-auth.session_token=${token}; better-auth.session_data.1=${data.slice(50)}; better-auth.session_data.0=${data.slice(0, 50)}`,
    "a chunk is missing": `better-auth.session_token=${token}; better-auth.session_data.1=${data.slice(50)}`,
    "a strange chunk": `better-auth.session_token=${token}; better-auth.session_data.01=${data}; better-auth.session_data.x=1`,
  })) {
    await s.get("/get-session", { cookie, label, keepJar: true });
    await s.post("/update-user", { name: label }, { cookie, label: `${label}: update`, keepJar: true });
  }
}

export default [
  ...["compact", "jwt", "jwe"].map((strategy) => ({ name: `life with ${strategy}`, config: { session: { cookieCache: { enabled: true, strategy } } }, run: life })),
  ...["compact", "jwt", "jwe"].map((strategy) => ({ name: `tampered ${strategy}`, config: { session: { cookieCache: { enabled: true, strategy } } }, run: tampered })),
  { name: "default strategy, maxAge 60", config: { session: { cookieCache: { enabled: true, maxAge: 60 } } }, run: life },
  { name: "cache off, cookie sent", run: tampered2 },
  {
    name: "version text",
    config: { session: { cookieCache: { enabled: true, version: "2" } } },
    run: life,
  },
  {
    name: "version from a callback",
    config: { session: { cookieCache: { enabled: true, version: { webhook: "hook:version" } } } },
    hooks: { version: ({ data: [, user] }) => ({ result: `v-${user.name}` }) },
    async run(s) {
      await signUp(s);
      await s.get("/get-session");
      await s.post("/update-user", { name: "Zoe" });
      await s.get("/get-session");
    },
  },
  {
    name: "refreshCache is ignored beside a database",
    config: { session: { cookieCache: { enabled: true, refreshCache: true } } },
    run: life,
  },
  ...["compact", "jwe"].map((strategy) => ({
    name: `chunked ${strategy}`,
    config: { session: { cookieCache: { enabled: true, strategy } }, user: { additionalFields: { bio: { type: "string", required: false } } } },
    async run(s) {
      await signUp(s, alice, { bio: "é<&>\u2028".repeat(900) });
      await s.get("/get-session");
      await s.post("/update-user", { bio: "z".repeat(9000) });
      await s.get("/get-session");
      await s.post("/update-user", { bio: "short" });
      await s.get("/get-session");
      await s.post("/update-user", { bio: "y".repeat(3500) });
      await s.post("/sign-out", {});
    },
  })),
  {
    name: "a cached session whose row is gone",
    config: { session: { cookieCache: { enabled: true }, additionalFields: { theme: { type: "string", required: false } } } },
    async run(s) {
      await signUp(s);
      await s.db.all("delete from session");
      await s.get("/get-session");
      await s.fork("copy").post("/update-session", { theme: "dark" });
      await s.as("default").post("/update-user", { name: "Al" });
      await s.get("/get-session");
    },
  },
  {
    name: "numbers and unusual text in the cache",
    config: {
      session: { cookieCache: { enabled: true } },
      user: { additionalFields: { score: { type: "number", required: false }, data: { type: "json", required: false }, tags: { type: "string[]", required: false }, nums: { type: "number[]", required: false } } },
    },
    async run(s) {
      await signUp(s, { ...alice, name: "<&>\u2028\u2029\u0001\u007f😀\\/\"" }, { score: 0.1, tags: ["x", "é"], nums: [1, 2.5] });
      await s.get("/get-session");
      for (const body of [{ score: 1e21 }, { score: 1e-7 }, { score: -0 }, { score: 123456789012 }, { data: { b: 1, a: [true, null], 10: "x", 2: "y" } }, { tags: [] }])
        await s.post("/update-user", body), await s.get("/get-session"), await s.get("/get-session?disableCookieCache=true");
    },
  },
];

async function tampered2(s) {
  await signUp(s);
  const token = s.cookie("session_token");
  await s.get("/get-session", { cookie: `better-auth.session_token=${token}; better-auth.session_data=abc`, keepJar: true });
  await s.get("/get-session", { cookie: `better-auth.session_token=${token}; better-auth.session_data.0=abc; better-auth.session_data.1=d`, keepJar: true });
  await s.get("/get-session", { cookie: "better-auth.session_data=abc", keepJar: true });
  await s.post("/sign-out", {}, { cookie: `better-auth.session_token=${token}; better-auth.session_data=abc; better-auth.session_data.0=x; better-auth.dont_remember=true.x` });
}
