// node shared-oauth.mjs [--bin path]: OAuth flows that begin on one server and end on the other, on one database: state
// rows, encrypted state cookies, links, account cookies and encrypted tokens work on both.
import { parseArgs } from "node:util";
import { onNewerNode } from "./processes.mjs";

async function main() {
  const { values: flags } = parseArgs({ options: { bin: { type: "string" } } });
  const { openContext } = await import("./context.mjs");
  const context = await openContext({ bin: flags.bin });
  let failed = 0;
  try {
    for (const [name, account] of Object.entries(variants)) {
      for (const turned of [false, true]) {
        const title = `${name}, begun on ${turned ? "ours" : "the reference"}`;
        try {
          await play(context, account, turned);
          console.log(`ok   ${title}`);
        } catch (e) {
          failed++;
          console.log(`FAIL ${title}: ${e.message}`);
        }
      }
    }
  } finally {
    await context.end();
  }
  process.exit(failed ? 1 : 0);
}

const variants = {
  "state in the database": {},
  "state in a cookie": { storeStateStrategy: "cookie" },
  "tokens encrypted, account cookie": { encryptOAuthTokens: true, storeAccountCookie: true },
};

let numbered = 0;

async function play({ sides, databases, recorder, migrator }, account, turned) {
  const { Driver } = await import("./client.mjs");
  const { describe, follow, provider } = await import("./oauth/fake.mjs");
  const id = `shared${++numbered}`;
  const octo = { users: [["/user/emails", [{ email: "octo@example.com", primary: true, verified: true }]], ["api.github.com/user", { id: 7, login: "octo", email: "octo@example.com" }]] };
  const database = await databases.create("sqlite");
  const drivers = [];
  const egress = recorder.register(id, (name, text, req) => provider(octo)({ data: [describe(req, text)] }, drivers[0]));
  const config = {
    secret: "shared-secret-4f6b1d0e8a7c4c3e9b2d5a60", baseURL: "http://localhost:3000", emailAndPassword: { enabled: true }, account,
    database: { provider: database.provider, url: database.url }, socialProviders: { github: { clientId: "c", clientSecret: "s" } },
    $test: { env: "development", egress: `${egress}/egress` },
  };
  try {
    const { error } = await migrator.migrate(id, config);
    if (error) throw new Error(error);
    for (const server of turned ? [...sides].reverse() : sides) {
      const { url, error } = await server.serve(id, config);
      if (error) throw new Error(error);
      const driver = new Driver({ origin: config.baseURL, basePath: "/api/auth" });
      driver.url = url;
      drivers.push(driver);
    }
    const [first, second] = drivers;
    second.jars = first.jars; // one browser
    const expect = (what, got, want) => {
      if (got !== want) throw new Error(`${what}: ${got}, want ${want}`);
    };
    const at = (answer) => [answer.headers.location].flat()[0];
    const turn = (to, from) => ((to.now = from.now), to);

    const state = follow(first, await first.post("/sign-in/social", { provider: "github", callbackURL: "/dash", newUserCallbackURL: "/new" }));
    expect("end of the sign-up", at(await turn(second, first).get(`/callback/github?code=c&state=${state}`)), "/new");
    const again = await turn(first, second).get(`/callback/github?code=c&state=${state}`);
    if (!/state_mismatch/.test(at(again))) throw new Error(`the state worked twice: ${at(again)}`);

    const linked = follow(second, await turn(second, first).post("/link-social", { provider: "github", callbackURL: "/linked" }));
    expect("end of the link", at(await turn(first, second).get(`/callback/github?code=c&state=${linked}`)), "/linked");
    const [row] = (await turn(second, first).get("/list-accounts")).json;
    for (const driver of drivers) {
      const other = driver === first ? second : first;
      expect("access token", (await turn(driver, other).post("/get-access-token", { accountId: row.id })).json.accessToken, driver === first ? "access-1" : "access-2");
      expect("refreshed", (await driver.post("/refresh-token", { accountId: row.id })).json.refreshToken, "refresh-2");
    }
    if (account.storeAccountCookie) {
      const last = follow(first, await turn(first, second).post("/sign-in/social", { provider: "github", callbackURL: "/dash" }));
      await first.get(`/callback/github?code=c&state=${last}`);
      for (const driver of [turn(second, first), first]) expect("account cookie", (await driver.post("/get-access-token", { useAccountCookie: true })).status, 200);
    }
  } finally {
    for (const driver of drivers) driver.end();
    for (const server of sides) await server.close(id);
    recorder.remove(id);
    await database.drop();
  }
}

if (await onNewerNode()) await main();
