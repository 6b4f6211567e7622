// How the Next.js example and the server fit together: cookies both ways, calls that middleware makes, the second
// wiring, and servers that come and go.
import assert from "node:assert/strict";
import { getCookieCache, getSessionCookie } from "better-auth/cookies";
import { readFile, writeFile } from "node:fs/promises";
import { password } from "./app.mjs";
import { client } from "./backends.mjs";
import { fill } from "./flows.mjs";
import { freePort, Program, until } from "./processes.mjs";

const cookieNames = (lines) => lines.map((line) => line.split("=")[0]).sort();
const linesOf = (answer) => answer.headersArray().filter((h) => h.name.toLowerCase() === "set-cookie").map((h) => h.value);

export async function testCookies(suite, app) {
  const context = await app.signedIn("cookies@example.com");
  const get = (path) => context.request.get(app.url + path, { maxRedirects: 0 });
  const stored = async (name) => (await context.cookies()).find((c) => c.name === `better-auth.${name}`);
  // The server's log comes through a pipe: a call that leaves a mark shows that everything before it has arrived.
  let marks = 0;
  const calls = async () => {
    const mark = `/mark-${++marks}-`;
    await fetch(app.authURL + mark);
    await until(async () => assert.ok(app.auth.log.includes(mark)), "the request log");
    return app.auth.log.match(/path=\S*get-session/g)?.length ?? 0;
  };
  const callsOf = async (path) => {
    const before = await calls();
    await get(path);
    return (await calls()) - before;
  };

  await suite.test("cookies: sign-up brings both through Next.js, HttpOnly, Lax and with their lifetimes", async () => {
    for (const [name, seconds] of [["session_token", 604800], ["session_data", 300]]) {
      const cookie = await stored(name);
      assert.deepEqual([cookie.httpOnly, cookie.sameSite, cookie.path], [true, "Lax", "/"], name);
      assert.ok(Math.abs(cookie.expires - Date.now() / 1000 - seconds) < 60, `${name} ends at ${cookie.expires}`);
    }
  });
  await suite.test("cookies: what middleware's call refreshes reaches the browser", async () => {
    await context.clearCookies({ name: "better-auth.session_data" });
    const answer = await get("/dashboard");
    assert.equal(answer.status(), 200);
    assert.deepEqual(cookieNames(linesOf(answer)), ["better-auth.session_data"]);
    assert.ok(await stored("session_data"));
  });
  await suite.test("cookies: a session whose end is due is moved, in the database and in the browser", async () => {
    const before = await stored("session_token");
    await app.postgres.query(`update session set "expiresAt" = now() + interval '2 days' where token = '${context.token}'`, "app");
    const answer = await get("/dashboard");
    const line = linesOf(answer).find((l) => l.startsWith("better-auth.session_token="));
    assert.match(line ?? "", /Max-Age=604800/i);
    assert.equal((await stored("session_token")).value, before.value, "the same token, encoded the same way");
    const [row] = await app.postgres.query(`select "expiresAt" > now() + interval '6 days' as moved from session where token = '${context.token}'`, "app");
    assert.equal(row.moved, true);
  });
  await suite.test("middleware: with getCookieCache there is no call, with the real check one", async () => {
    assert.equal(await callsOf("/tasks"), 1, "the page's own");
    assert.equal(await callsOf("/dashboard"), 2, "the page's own and middleware's");
    await context.clearCookies({ name: "better-auth.session_data" });
    assert.equal(await callsOf("/tasks"), 2, "without the cache middleware has to ask");
  });
  await suite.test("middleware: a forged cookie cache is nobody", async () => {
    const forged = await app.person();
    await forged.addCookies([
      { name: "better-auth.session_token", value: "x.AAAA", url: app.url },
      { name: "better-auth.session_data", value: Buffer.from(JSON.stringify({ session: { session: { token: "x" }, user: { id: "1" } }, expiresAt: Date.now() + 1e6, signature: "AAAA" })).toString("base64url"), url: app.url },
    ]);
    const answer = await forged.request.get(`${app.url}/tasks`, { maxRedirects: 0 });
    assert.deepEqual([answer.status(), new URL(answer.headers().location, app.url).pathname], [307, "/signin"]);
    await forged.close();
  });
  await suite.test("routes: /api/auth/get-session and the document's /api/auth/session both answer", async () => {
    for (const path of ["/api/auth/get-session", "/api/auth/session"]) {
      const answer = await get(path);
      assert.equal(answer.status(), 200, path);
      assert.equal((await answer.json()).user.email, "cookies@example.com");
    }
  });
  await suite.test("routes: the key set is at /api/auth/jwks, Ed25519, made by itself", async () => {
    const { keys } = await (await fetch(`${app.url}/api/auth/jwks`)).json();
    assert.deepEqual(keys.map(({ alg, crv, kty }) => [alg, crv, kty]), [["EdDSA", "Ed25519", "OKP"]]);
    assert.ok(keys.every((key) => key.d === undefined));
  });
  await suite.test("routes: another site's page cannot post through Next.js", async () => {
    const answer = await context.request.post(`${app.url}/api/auth/sign-out`, { data: {}, headers: { origin: "https://evil.example" } });
    assert.deepEqual([answer.status(), (await answer.json()).code], [403, "INVALID_ORIGIN"]);
  });
  await context.close();
}

/** Our cookies, read in Node by the package's own functions, with each strategy. */
export async function testCookieCaches(suite, app) {
  for (const strategy of ["compact", "jwt", "jwe"]) {
    await suite.test(`better-auth/cookies reads our cookies in Node: ${strategy}`, async () => {
      const port = await freePort();
      const url = `http://127.0.0.1:${port}`;
      const file = `${app.dir}/${strategy}.yaml`;
      const text = await readFile(app.config, "utf8");
      await writeFile(file, text.replace("    maxAge: 300", `    maxAge: 300\n    strategy: ${strategy}`));
      const env = { ...app.authEnv, BETTER_AUTH_URL: url };
      const server = await new Program("betterauth", `${app.bins}/betterauth`, ["serve", "--config", file, "--listen", `127.0.0.1:${port}`], { env }).ready(`${url}/api/auth/ok`);
      const answer = await fetch(`${url}/api/auth/sign-up/email`, { method: "POST", headers: { "content-type": "application/json", origin: url }, body: JSON.stringify({ name: "C", email: `${strategy}@example.com`, password }) });
      const cookie = answer.headers.getSetCookie().map((line) => line.split(";")[0]).join("; ");
      const headers = new Headers({ cookie });
      const { token } = await answer.json();
      assert.ok(decodeURIComponent(getSessionCookie(headers)).startsWith(`${token}.`));
      const cached = await getCookieCache(headers, { secret: app.secret, strategy, isSecure: false });
      assert.deepEqual([cached?.user.email, cached?.session.token], [`${strategy}@example.com`, token]);
      assert.equal(await getCookieCache(headers, { secret: "another-secret-another-secret-another", strategy, isSecure: false }), null);
      await server.stop();
    });
  }
}

export async function testRewrite(suite, app) {
  await suite.test("rewrite: with one line in next.config instead of the route file, a person signs up and in", async () => {
    await app.startRewrite();
    const context = await app.person();
    context.setDefaultTimeout(60_000); // the development server compiles each page when it is first asked for
    const page = await context.newPage();
    await page.goto(`${app.rewriteURL}/signup`, { waitUntil: "networkidle" });
    await fill(page, { Name: "Rita", "E-mail address": "rita@example.com", Password: password }, "Create account");
    await page.getByRole("heading", { name: "Hello, Rita" }).waitFor();
    const answer = await context.request.get(`${app.rewriteURL}/api/auth/get-session`);
    assert.equal((await answer.json()).user.email, "rita@example.com");
    await context.close();
    await app.rewrite.stop();
  });
}

export async function testComingAndGoing(suite, app) {
  const context = await app.signedIn("stay@example.com");
  const page = await context.newPage();
  const isIn = async () => {
    await context.clearCookies({ name: "better-auth.session_data" }); // so that nothing is answered from a cache
    await page.goto(`${app.url}/dashboard`);
    await page.getByRole("heading", { name: "Hello, Ada Lovelace" }).waitFor();
  };
  await suite.test("restart: the server starts anew and nobody is signed out", async () => {
    await isIn();
    await app.auth.stop();
    const away = await fetch(`${app.url}/api/auth/get-session`);
    assert.deepEqual([away.status, (await away.json()).code], [503, "AUTH_SERVER_UNREACHABLE"]);
    await app.startAuth();
    await isIn();
  });
  await suite.test("keys: after a rotation, tokens old and new are both good", async () => {
    const token = async () => (await (await context.request.get(`${app.url}/api/auth/token`)).json()).token;
    const list = async (t) => (await client(app.apiURL, t)("GET", `/api/${context.user.id}/tasks`)).status;
    const kid = (t) => JSON.parse(Buffer.from(t.split(".")[0], "base64url")).kid;
    const old = await token();
    assert.equal(await list(old), 200);
    await app.command("keys", "rotate");
    const fresh = await until(async () => {
      const t = await token();
      assert.notEqual(kid(t), kid(old));
      return t;
    }, "a token signed with the new key", 75);
    await until(async () => assert.equal(await list(fresh), 200), "the new key", 20);
    assert.equal(await list(old), 200);
    await page.goto(`${app.url}/tasks`);
    await page.getByText("Nothing to do.").waitFor();
  });
  await suite.test("swap: the reference takes over the same database, and the person stays signed in", async () => {
    await app.auth.stop();
    await app.startReference();
    await isIn();
    const signedOnReference = await app.signedIn("reference@example.com");
    await app.reference.stop();
    await app.startAuth();
    await isIn();
    const other = await signedOnReference.newPage();
    await other.goto(`${app.url}/dashboard`);
    await other.getByRole("heading", { name: "Hello, Ada Lovelace" }).waitFor();
    await other.goto(`${app.url}/tasks`);
    await other.getByText("Nothing to do.").waitFor();
    await signedOnReference.close();
  });
  await suite.test("swap: a password that either of the two hashed opens the other", async () => {
    const signIn = async (email) => {
      const person = await app.person();
      const form = await person.newPage();
      await form.goto(`${app.url}/signin`);
      await fill(form, { "E-mail address": email, Password: password }, "Sign in");
      await form.getByRole("heading", { name: /Hello/ }).waitFor();
      await person.close();
    };
    await signIn("reference@example.com");
    await app.auth.stop();
    await app.startReference();
    await signIn("stay@example.com");
    await app.reference.stop();
    await app.startAuth();
  });
  await context.close();
}
