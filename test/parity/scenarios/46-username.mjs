// The username plugin.
import { alice, bob, password, signUp } from "../people.mjs";

const plugins = (more = {}) => ({ username: more });
const enter = (s, username = "alice_1", more = {}, opts) => s.post("/sign-in/username", { username, password, ...more }, opts);
const free = (s, username) => s.post("/is-username-available", { username });
const join = (s, username, more = {}, who = alice) => signUp(s, who, { username, ...more });
const rename = (s, more) => s.post("/update-user", more);

// Names that the default rules judge, with those that look alike after conversion to lower case.
const names = [
  "ab", "abc", "a".repeat(30), "a".repeat(31), "Alice_1", "a.b.c", "a-b-c", "a b c", " abc", "abc\n", "abc\u0000", "@abc", "alice@example.com",
  "\u212Aelvin", "\u0130lker", "straße", "jose\u0301", "josé", "аlice", "alice\u200b", "ＡＬＩＣＥ", "ΑΣ", "😀", "😀😀", "\ud800ab", "__proto__", "null",
];

async function flow(s) {
  await join(s, "Alice_1");
  await s.get("/get-session");
  await enter(s.forget(), "alice_1");
  await enter(s.forget(), "ALICE_1", { rememberMe: false });
  await s.get("/get-session");
  await enter(s, "Alice_1", { password: "wrong-password" });
  await enter(s, "nobody");
  await enter(s, "ALICE_1", { callbackURL: "/dashboard", rememberMe: true });
  await free(s, "alice_1");
  await free(s, "Alice_1");
  await free(s, "bobby");
  await join(s.as("bob"), "aLICE_1", {}, bob);
  await join(s, "Bobby", { displayUsername: "Bob by Name" }, bob);
  await rename(s, { username: "ALICE_1" });
  await rename(s, { username: "BOBBY" });
  await rename(s, { username: "Robert", displayUsername: "Bert" });
  await s.get("/get-session");
  await enter(s, "bobby", { password: bob.password });
  await enter(s, "robert", { password: bob.password });
  await rename(s, { displayUsername: "Bertie" });
  await rename(s, { name: "Bert" });
  await s.get("/get-session");
  await rename(s, { username: null });
  await s.get("/get-session");
}

async function noTexts(s) {
  await signUp(s, bob);
  for (const value of [0, 5, 123456, true, false, ["abc"], { a: 1 }]) {
    await join(s, value, {}, { ...alice, email: `${typeof value}${JSON.stringify(value).length}@example.com` });
    await rename(s, { username: value });
  }
}

const post = "post-normalization";
const options = {
  "short and long ones": { minUsernameLength: 2, maxUsernameLength: 8 },
  "a validator": { usernameValidator: { webhook: "hook:valid" } },
  "a validator for display usernames": { displayUsernameValidator: { webhook: "hook:valid" } },
  "not normalized": { usernameNormalization: false },
  "normalized by a callback": { usernameNormalization: { webhook: "hook:dashed" } },
  "display usernames normalized by a callback": { displayUsernameNormalization: { webhook: "hook:dashed" } },
  "display usernames not normalized": { displayUsernameNormalization: false },
  "validated after they are normalized": { validationOrder: { username: post }, usernameNormalization: { webhook: "hook:dashed" }, usernameValidator: { webhook: "hook:valid" } },
  "display usernames validated after they are normalized": { validationOrder: { displayUsername: post }, displayUsernameNormalization: { webhook: "hook:dashed" }, displayUsernameValidator: { webhook: "hook:valid" } },
  "validated before they are normalized": { validationOrder: { username: "pre-normalization", displayUsername: "pre-normalization" }, usernameNormalization: { webhook: "hook:dashed" }, displayUsernameNormalization: { webhook: "hook:dashed" } },
  "no display username": { displayUsername: false, displayUsernameValidator: { webhook: "hook:valid" }, displayUsernameNormalization: { webhook: "hook:dashed" } },
  "with a display username": { displayUsername: true, immutableUsername: false },
};
const hooks = {
  valid: ({ data: [name] }) => ({ result: !/^(taboo|bad)/i.test(name) }),
  dashed: ({ data: [name] }) => ({ result: name.trim().toLowerCase().replaceAll(" ", "-") }),
  mail: (call, s) => void (s.link = call.data[0]),
  otp: (call, s) => void (s.code = call.data[0]),
  row: () => ({}),
  drop: (call, s) => (s.dropping ? { result: false } : {}),
  refuses: () => ({ status: 403, body: { status: 403, code: "NOT_NOW", message: "Not now" } }),
  breaks: () => ({ status: 500, body: { $error: true, name: "Error", message: "broken" } }),
  fails: () => ({ status: 500, body: { $error: true, name: "Error", message: "no mail" } }),
};

export default [
  { name: "username: sign up, sign in, change", config: { plugins: plugins() }, verifyHashes: true, run: flow },
  { name: "username: PostgreSQL and MariaDB", dbs: ["postgres", "mysql"], config: { plugins: plugins() }, run: flow },
  { name: "username: in Redis", config: { plugins: plugins(), secondaryStorage: { provider: "redis" } }, run: flow },
  { name: "username: stateless", dbs: ["none"], config: { plugins: plugins(), database: undefined }, run: flow },
  { name: "username: cookie cache", config: { plugins: plugins(), session: { cookieCache: { enabled: true } } }, run: flow },
  {
    name: "username: which names are valid",
    config: { plugins: plugins() },
    async run(s) {
      await signUp(s);
      for (const [i, name] of names.entries()) {
        await free(s, name);
        await enter(s, name, {}, { cookies: false });
        await rename(s, { username: name });
        await signUp(s.as(`other${i}`), { ...alice, email: `n${i}@example.com` }, { username: name });
        s.as("default");
      }
    },
  },
  {
    name: "username: bad input",
    config: { plugins: plugins() },
    async run(s) {
      for (const path of ["/sign-in/username", "/is-username-available"]) {
        await s.post(path, {});
        await s.post(path);
        await s.post(path, { username: 1, password: 1, rememberMe: "x", callbackURL: 1 });
        await s.post(path, { username: "", password: "" });
        await s.post(path, { username: "alice", password: "" });
        await s.post(path, []);
        await s.get(path);
      }
      await enter(s, "alice", { password: "x".repeat(129) });
      await enter(s, "alice", { callbackURL: "https://evil.example/" });
      await rename(s, { username: "free_name" });
      await rename(s, { username: "x" });
      await join(s, "alice_1");
      await s.as("bob");
      await rename(s, { username: "alice_1" });
      for (const value of [null, ""]) {
        await signUp(s, { ...bob, email: `${value}@example.com` }, { username: value });
        await signUp(s, { ...bob, email: `d${value}@example.com` }, { username: "named" + value, displayUsername: value });
        await rename(s, { username: value });
        await rename(s, { displayUsername: value });
      }
      for (const value of [0, 5, 123456, true, false, ["abc"], { a: 1 }]) {
        await signUp(s, { ...bob, email: `${JSON.stringify(value).length}${typeof value}@example.com` }, { displayUsername: value });
        await rename(s, { displayUsername: value });
      }
    },
  },
  {
    name: "username: what is no text",
    config: { plugins: plugins() },
    run: noTexts,
  },
  {
    name: "username: what is no text, as it is",
    config: { plugins: plugins({ usernameNormalization: false }) },
    run: noTexts,
  },
  {
    name: "username: bodies that are no objects",
    config: { plugins: plugins() },
    async run(s) {
      await signUp(s, bob);
      for (const raw of [undefined, "null", "5", '"text"', "[]", "true"]) {
        await s.post("/sign-up/email", undefined, { raw, type: "application/json" });
        await s.post("/update-user", undefined, { raw, type: "application/json" });
      }
    },
  },
  {
    name: "username: immutable",
    config: { plugins: plugins({ immutableUsername: true }) },
    async run(s) {
      await signUp(s);
      await rename(s, { username: null });
      await rename(s, { username: "first" });
      await rename(s, { username: "second" });
      await rename(s, { username: "First" });
      await rename(s, { displayUsername: "Second" });
      await s.get("/get-session");
      await rename(s.as("nobody"), { username: "second" });
      await join(s, "second", {}, bob);
      await rename(s, { username: "first" });
      await rename(s, { username: "third" });
    },
  },
  {
    name: "username: immutable, removed and set again",
    config: { plugins: plugins({ immutableUsername: true }) },
    async run(s) {
      await join(s, "first");
      await rename(s, { username: null });
      await rename(s, { username: "second" });
      await s.get("/get-session");
    },
  },
  {
    name: "username: from the display username",
    config: { plugins: plugins() },
    async run(s) {
      for (const [i, displayUsername] of ["Alice", "Alice in Wonderland", "x", "ALICE", 5, ""].entries()) {
        await signUp(s.as(`a${i}`), { ...alice, email: `a${i}@example.com` }, { displayUsername });
        await s.get("/get-session");
      }
      await signUp(s.as("n"), { ...alice, email: "n@example.com" }, { displayUsername: "Nemo", username: null });
    },
  },
  ...Object.entries(options).map(([name, own]) => ({
    name: `username: ${name}`,
    config: { plugins: plugins(own) },
    hooks,
    async run(s) {
      const people = [
        { username: "ab" }, { username: "Mrs Smith" }, { username: "Smith" }, { username: "SMITH" }, { displayUsername: "A-B-C-D" }, { displayUsername: "bad" },
        { username: "Display", displayUsername: "bad" }, { username: "Shown", displayUsername: "Very Shown" }, { username: "longer_than_eight" }, { username: "taboo" },
      ];
      for (const [i, more] of people.entries()) {
        await signUp(s.as(`p${i}`), { ...alice, email: `p${i}@example.com` }, more);
        await s.get("/get-session");
        if (more.username) {
          await free(s, more.username);
          await enter(s.as("visitor"), more.username, { password });
          await enter(s.forget(), more.username.toLowerCase(), { password });
        }
        await signUp(s.as(`q${i}`), { ...alice, email: `q${i}@example.com` });
        await rename(s, { ...more, ...(more.username ? { username: `${more.username}2` } : {}) });
        await s.get("/get-session");
      }
    },
  })),
  {
    name: "username: other names in the database",
    config: { plugins: plugins({ schema: { user: { modelName: "people", fields: { username: "login_name", displayUsername: "shown_name" } } } }) },
    run: flow,
  },
  {
    name: "username: other names in the database, PostgreSQL and MariaDB",
    dbs: ["postgres", "mysql"],
    config: { plugins: plugins({ schema: { user: { modelName: "people", fields: { username: "login_name", displayUsername: "shown_name" } } } }) },
    run: flow,
  },
  ...[
    ["sent again at each sign-in", { sendVerificationEmail: { webhook: "hook:mail" }, sendOnSignIn: true }],
    ["not sent again", { sendVerificationEmail: { webhook: "hook:mail" }, sendOnSignIn: false }],
    ["without a sender", {}],
    ["the sender fails", { sendVerificationEmail: { webhook: "hook:fails" }, sendOnSignIn: true }],
  ].map(([name, emailVerification]) => ({
    name: `username: an address that is not verified, ${name}`,
    config: { plugins: plugins(), emailAndPassword: { requireEmailVerification: true }, emailVerification },
    hooks,
    async run(s) {
      await join(s, "alice_1");
      await join(s, "alice_1", {}, bob);
      await join(s, "alice_2");
      await enter(s, "alice_1");
      await enter(s, "alice_1", { callbackURL: "/next?a=b" });
      await enter(s, "alice_1", { password: "wrong-password" });
      if (s.link) await s.get(`/verify-email?token=${s.link.token}`);
      await enter(s, "alice_1");
    },
  })),
  {
    name: "username: users without a password",
    config: { plugins: plugins() },
    async run(s) {
      await join(s, "alice_1");
      await join(s, "bobby", {}, bob);
      await s.db.all("update account set password = null");
      await enter(s.forget(), "alice_1");
      await s.db.all("delete from account");
      await enter(s, "alice_1");
    },
  },
  {
    name: "username: no session",
    config: { plugins: plugins(), databaseHooks: { session: { create: { before: { webhook: "hook:drop" } } } } },
    hooks,
    async run(s) {
      await join(s, "alice_1");
      s.dropping = true;
      await enter(s.forget(), "alice_1");
    },
  },
  {
    name: "username: users whom other endpoints create and change",
    config: { plugins: { ...plugins({ displayUsernameValidator: { webhook: "hook:valid" } }), "email-otp": { sendVerificationOTP: { webhook: "hook:otp" } } }, databaseHooks: { user: { create: { before: { webhook: "hook:row" } }, update: { before: { webhook: "hook:row" } } } } },
    hooks,
    async run(s) {
      const people = [{ username: "Otto" }, { username: "otto" }, { username: "o" }, { username: "o".repeat(31) }, { username: "o-o-o" }, { username: "Olga", displayUsername: "bad" }, { username: "Olga", displayUsername: "Olga!" }, { displayUsername: "Only Shown" }, { username: null }, { username: "" }];
      for (const [i, more] of people.entries()) {
        const email = `o${i}@example.com`;
        await s.as(`o${i}`).post("/email-otp/send-verification-otp", { email, type: "sign-in" });
        await s.post("/sign-in/email-otp", { email, otp: s.code.otp, ...more });
        await s.get("/get-session");
      }
    },
  },
  {
    name: "username: callbacks that fail",
    config: { plugins: plugins({ usernameValidator: { webhook: "hook:refuses" } }) },
    hooks,
    async run(s) {
      await join(s, "Alice_1");
      await enter(s);
      await free(s, "abc");
      await signUp(s);
      await rename(s, { username: "abc" });
    },
  },
  {
    name: "username: normalizations that fail",
    config: { plugins: plugins({ usernameNormalization: { webhook: "hook:refuses" }, displayUsernameNormalization: { webhook: "hook:breaks" } }) },
    hooks,
    async run(s) {
      await join(s, "Alice_1");
      await enter(s);
      await free(s, "abc");
      await signUp(s, alice, { displayUsername: "not a name" });
      await signUp(s);
      await rename(s, { displayUsername: "not a name" });
    },
  },
  {
    name: "username: origins",
    config: { plugins: plugins() },
    async run(s) {
      await join(s, "alice_1");
      for (const origin of ["http://evil.example", "null", null]) {
        await enter(s, "alice_1", {}, { origin, label: `origin ${origin}` });
        await enter(s, "alice_1", {}, { origin, cookies: false });
        await enter(s, "alice_1", { callbackURL: "//evil.example" }, { origin, cookies: false });
        await s.post("/is-username-available", { username: "abc" }, { origin, cookies: false });
      }
      await enter(s, "alice_1", {}, { cookies: false, headers: { "sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate" } });
    },
  },
  {
    name: "username: the official client",
    config: { plugins: plugins() },
    async run(s) {
      const { usernameClient } = await import("better-auth/client/plugins");
      const client = await s.client({ plugins: [usernameClient()] });
      await client.signUp.email({ ...alice, username: "Alice_1" });
      await client.signOut();
      const { data } = await client.signIn.username({ username: "alice_1", password });
      s.note("signed in as", data?.user?.username);
      s.note("free", [(await client.isUsernameAvailable({ username: "ALICE_1" })).data, (await client.isUsernameAvailable({ username: "bobby" })).data]);
      await client.updateUser({ username: "Alice_2" });
      const wrong = await client.signIn.username({ username: "alice_2", password: "wrong-password" });
      s.note("refused", wrong.error?.code);
    },
  },
  {
    name: "username: called from code",
    config: { plugins: plugins() },
    async run(s) {
      await s.api("signUpEmail", { body: { ...alice, username: "Alice_1" } });
      await s.api("signUpEmail", { body: { ...bob, username: "ALICE_1" } });
      await s.api("signInUsername", { body: { username: "ALICE_1", password } });
      await s.api("signInUsername", { body: { username: "ALICE_1", password: "wrong-password" } });
      await s.api("isUsernameAvailable", { body: { username: "alice_1" } });
      await s.api("updateUser", { body: { username: "x" } });
    },
  },
  { name: "username: in the OpenAPI document", config: { plugins: { ...plugins(), "open-api": {} } }, run: (s) => s.get("/open-api/generate-schema") },
  {
    name: "username: limits",
    config: { plugins: plugins(), rateLimit: { enabled: true } },
    async run(s) {
      for (let i = 0; i < 5; i++) await enter(s, "alice_1", {}, { clock: s.now });
      for (let i = 0; i < 5; i++) await free(s, "alice_1");
    },
  },
];
