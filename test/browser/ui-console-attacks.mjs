// What must not work at the console: strangers, ordinary users, sessions of somebody else, markup in what people wrote, other sites.
import assert from "node:assert/strict";
import http from "node:http";

const markup = `<img src=x onerror="window.hit=1"><script>window.hit=1</script>`;

/** What the console and the plugin admin can do to a user, a key, a client, the mail and the server. */
const actions = (userId, keyId, clientId) => [
  ["/console/oauth-client/create", { name: "Of the attacker", redirectUris: ["https://evil.example.com/"], skipConsent: true }],
  ["/console/oauth-client/update", { id: clientId, redirectUris: ["https://evil.example.com/"] }],
  ["/console/oauth-client/disable", { id: clientId }],
  ["/console/oauth-client/enable", { id: clientId }],
  ["/console/oauth-client/rotate-secret", { id: clientId }],
  ["/console/oauth-client/delete", { id: clientId }],
  ["/console/oauth-consent/revoke", { id: "1" }],
  ["/console/api-key/disable", { id: keyId }],
  ["/console/api-key/delete", { id: keyId }],
  ["/console/keys/rotate", {}],
  ["/console/mail/retry", { ids: ["1"] }],
  ["/console/mail/delete", { ids: ["1"] }],
  ["/console/user/send-reset", { id: userId }],
  ["/admin/ban-user", { userId }],
  ["/admin/set-role", { userId, role: "admin" }],
  ["/admin/update-user", { userId, data: { name: "Changed" } }],
  ["/admin/set-user-password", { userId, newPassword: "of the attacker" }],
  ["/admin/revoke-user-sessions", { userId }],
  ["/admin/create-user", { name: "Mallory", email: "mallory@example.com", role: "admin" }],
  ["/admin/impersonate-user", { userId }],
  ["/admin/remove-user", { userId }],
];

/** What the attacks would change. */
async function stateOf(site, admin, userId, keyId) {
  const { user } = await site.call(admin, `/console/user?id=${userId}`);
  const { sessions } = await site.call(admin, "/admin/list-user-sessions", { userId });
  const { apiKeys } = await site.call(admin, "/console/api-keys?limit=100");
  const { keys } = await site.call(admin, "/console/keys");
  const { clients } = await site.call(admin, "/console/oauth-clients");
  const { total } = await site.call(admin, "/admin/list-users?limit=1");
  return { name: user.name, role: user.role, banned: user.banned, sessions: sessions.length, key: apiKeys.find((one) => one.id === keyId)?.enabled, keys: keys.length, clients, total };
}

const post = ([path, data]) => fetch(`/api/auth${path}`, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(data) }).then((answer) => answer.status);

export async function testConsoleAttacks(suite, site, admin) {
  const victim = await site.signUp("Victim", "victim@example.com");
  await site.signUp("Mallory", "ordinary@example.com");
  const { id: keyId } = await site.call(admin, "/api-key/create", { name: "Of the victim" });
  await site.call(admin, "/oauth2/create-client", { client_name: "Of the administrator", redirect_uris: ["https://app.example.com/cb"] });
  const { clients } = await site.call(admin, "/console/oauth-clients");
  const all = actions(victim.id, keyId, clients[0].id);
  const before = await stateOf(site, admin, victim.id, keyId);
  const unchanged = async () => assert.deepEqual(await stateOf(site, admin, victim.id, keyId), before);

  await suite.test("console: attack: a stranger is sent to the sign-in page and sees nothing", async () => {
    const context = await site.person();
    const page = await context.newPage();
    const answers = watch(page);
    await page.goto(`${site.url}/console/users?search=ada`);
    await page.waitForURL((url) => url.pathname === "/sign-in");
    assert.equal(new URL(page.url()).searchParams.get("redirectTo"), "/console/users?search=ada");
    assert.deepEqual(answers.good(), []);
    await context.close();
  });
  await suite.test("console: attack: an ordinary user finds no access on any page and by no action", async () => {
    const context = await site.signedIn("ordinary@example.com");
    const page = await context.newPage();
    const answers = watch(page);
    for (const path of ["", "/users", `/users/${victim.id}`, "/organizations", "/api-keys", "/oauth-clients", `/oauth-clients/${clients[0].id}`, "/keys", "/mail", "/limits", "/audit"]) {
      await site.open(page, `/console${path}`);
      await page.getByRole("heading", { name: "No access" }).waitFor();
      assert.ok(!(await page.content()).includes("victim@example.com"));
    }
    for (const action of all) assert.equal(await page.evaluate(post, action), 403, action[0]);
    for (const path of ["overview", "figures", "organizations", "api-keys", `user?id=${victim.id}`, "keys", "mail", "rate-limits", "audit", "audit/verify", "oauth-clients", `oauth-client?id=${clients[0].id}`, "oauth-consents"])
      assert.equal(await page.evaluate((path) => fetch(`/api/auth/console/${path}`).then((answer) => answer.status), path), 403, path);
    assert.deepEqual(answers.good(), []);
    await unchanged();
    await context.close();
  });
  await suite.test("console: attack: a session in which an administrator acts as somebody else does nothing there", async () => {
    const other = await site.call(admin, "/admin/create-user", { name: "Other administrator", email: "other@example.com", password: "correct horse battery", role: "admin" });
    for (const userId of [other.user.id, victim.id]) {
      const context = await site.signedIn("other@example.com");
      const page = await context.newPage();
      await site.call(context, "/admin/impersonate-user", { userId: userId === victim.id ? victim.id : admin.user.id });
      await site.open(page, "/console/users");
      await page.getByRole("heading", { name: "You are acting as somebody else" }).waitFor();
      const mine = all.filter(([path]) => userId === victim.id || path.startsWith("/console/"));
      for (const action of mine) assert.equal(await page.evaluate(post, action), 403, action[0]);
      assert.equal(await page.evaluate(() => fetch("/api/auth/console/overview").then((answer) => answer.status)), 403);
      await site.call(context, "/admin/stop-impersonating", {});
      await context.close();
    }
    await site.call(admin, "/admin/remove-user", { userId: other.user.id });
    await site.call(admin, "/admin/list-user-sessions", { userId: victim.id });
    await unchanged();
  });
  await suite.test("console: attack: the pages forbid frames, scripts of others, and caches", async () => {
    const { headers } = await fetch(`${site.url}/console`);
    assert.match(headers.get("content-security-policy"), /default-src 'none'.*frame-ancestors 'none'/);
    assert.doesNotMatch(headers.get("content-security-policy"), /unsafe|\*|https?:/);
    assert.equal(headers.get("x-frame-options"), "DENY");
    assert.equal(headers.get("cache-control"), "no-store");
  });
  await suite.test("console: attack: other sites change nothing with the administrator's cookies", () => testForgery(site, admin, all, unchanged));
  await suite.test("console: attack: markup in what people wrote stays text", () => testMarkup(site, admin));
}

/** Notes which endpoints of the console and the plugin admin answered with success. */
function watch(page) {
  const seen = [];
  page.on("response", (answer) => {
    const { pathname } = new URL(answer.url());
    if (/^\/api\/auth\/(console|admin)\//.test(pathname)) seen.push([pathname, answer.status()]);
  });
  return { seen, good: () => seen.filter(([, status]) => status < 400) };
}

/** Sends every action from a page of another origin: of the same site, which gets the cookies, and of another. */
async function testForgery(site, admin, all, unchanged) {
  const server = http.createServer((request, response) => response.writeHead(200, { "content-type": "text/html" }).end("<title>Other site</title><p>Hello"));
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  try {
    for (const host of ["localhost", "127.0.0.1"]) {
      const page = await admin.newPage();
      const answers = watch(page);
      await page.goto(`http://${host}:${server.address().port}/`);
      for (const [path, data] of all) {
        await page.evaluate(
          async ({ url, body }) => {
            const send = (options) => fetch(url, { method: "POST", credentials: "include", body, ...options }).catch(() => {});
            await send({ headers: { "content-type": "application/json" } });
            await send({ mode: "no-cors", headers: { "content-type": "text/plain" } });
            await send({ mode: "no-cors", headers: { "content-type": "application/x-www-form-urlencoded" } });
            // A form whose text/plain is JSON: {"…":…,"x":"="}
            const form = document.body.appendChild(document.createElement("form"));
            Object.assign(form, { method: "post", action: url, enctype: "text/plain", target: "frame" });
            const field = form.appendChild(document.createElement("input"));
            field.name = `${body.slice(0, -1)}${body === "{}" ? "" : ","}"x":"`;
            field.value = '"}';
            const frame = document.createElement("iframe");
            frame.name = "frame";
            document.body.append(frame);
            const loaded = new Promise((resolve) => (frame.onload = resolve));
            form.submit();
            await loaded;
            form.remove();
            frame.remove();
          },
          { url: `${site.url}/api/auth${path}`, body: JSON.stringify(data) },
        );
      }
      assert.deepEqual(answers.good().filter(([path]) => !path.endsWith("/x")), [], host);
      assert.ok(answers.seen.length >= 3 * all.length, `${host}: only ${answers.seen.length} answers were seen`);
      await page.close();
      await unchanged();
    }
  } finally {
    await new Promise((resolve) => server.close(resolve));
  }
  // The browser writes refused requests of the other site to its console; the policy of our pages is what counts.
  admin.problems = admin.problems.filter((text) => !/blocked by CORS policy/.test(text));
}

async function testMarkup(site, admin) {
  const evil = await site.signUp(markup, "markup@example.com");
  const context = await site.person({ userAgent: markup });
  await site.call(context, "/sign-in/email", { email: "markup@example.com", password: "correct horse battery" });
  const { id } = await site.call(context, "/organization/create", { name: markup, slug: "markup" });
  await site.call(context, "/api-key/create", { name: markup.slice(0, 32) });
  await site.call(context, "/oauth2/create-client", { client_name: markup, redirect_uris: ["https://markup.example.com/cb"] });
  const { clients } = await site.call(admin, "/console/oauth-clients?search=onerror");
  await site.call(context, "/sign-out", {});
  await site.call(admin, "/admin/ban-user", { userId: evil.id, banReason: markup });
  const page = await admin.newPage();
  page.on("dialog", (dialog) => dialog.dismiss().then(() => assert.fail("a dialog opened")));
  for (const [path, text] of [
    ["/users?search=markup", markup],
    [`/users/${evil.id}`, `Banned: ${markup}`],
    ["/organizations?search=onerror", markup],
    [`/organizations/${id}`, markup],
    ["/api-keys", markup.slice(0, 32)],
    ["/oauth-clients?search=onerror", markup],
    [`/oauth-clients/${clients[0].id}`, markup],
    [`/audit?user=${evil.id}`, "user_banned"],
    [`/users/${encodeURIComponent(markup)}`, "There is no such user."],
    [`/users/..%2F..%2Fsign-out`, "There is no such user."],
  ]) {
    await site.open(page, `/console${path}`);
    await page.getByText(text).first().waitFor();
    assert.equal(await page.evaluate(() => window.hit), undefined, path);
    assert.equal(await page.locator("img[src=x]").count(), 0, path);
  }
  await page.getByRole("heading", { name: "Users", level: 1 }).waitFor();
  await page.close();
  await context.close();
}
