// What a person does: signs up, looks around, works, signs out, with more than one tab and browser.
import assert from "node:assert/strict";
import { password } from "./app.mjs";

/** Waits until a page is at a path. */
export const at = (page, path) => page.waitForURL((url) => url.pathname === path);

/** Fills in a form by its labels and sends it. */
export async function fill(page, fields, button) {
  for (const [label, value] of Object.entries(fields)) await page.getByLabel(label, { exact: true }).fill(value);
  await page.getByRole("button", { name: button }).click();
}

/** The note beside a field, and whether the field has the focus. */
export const fieldNote = (page, label) => page.getByLabel(label, { exact: true }).evaluate((input) => {
  const note = document.getElementById(input.getAttribute("aria-describedby") ?? "");
  return { invalid: input.getAttribute("aria-invalid"), text: note?.textContent ?? "", focused: document.activeElement === input };
});

export async function testSignUp(suite, app) {
  const context = await app.person();
  const page = await context.newPage();
  const ada = { Name: "Ada Lovelace", "E-mail address": "ada@example.com", Password: password };

  await suite.test("sign-up: a short password is refused beside its field", async () => {
    await page.goto(`${app.url}/signup`);
    await fill(page, { ...ada, Password: "short" }, "Create account");
    await page.getByRole("alert").filter({ hasText: "at least 8" }).waitFor();
    assert.deepEqual(await fieldNote(page, "Password"), { invalid: "true", text: "Use at least 8 characters.", focused: true });
    assert.equal(new URL(page.url()).pathname, "/signup");
  });
  await suite.test("sign-up: a bad address and empty fields are refused beside theirs", async () => {
    await fill(page, { ...ada, "E-mail address": "ada" }, "Create account");
    await page.getByText("This is not an e-mail address.").waitFor();
    await fill(page, { Name: "", "E-mail address": "", Password: "" }, "Create account");
    assert.equal((await fieldNote(page, "Name")).focused, true);
    assert.match((await fieldNote(page, "E-mail address")).text, /Enter your e-mail/);
  });
  await suite.test("sign-up: signs in and opens the dashboard with the profile", async () => {
    await fill(page, ada, "Create account");
    await at(page, "/dashboard");
    await page.getByRole("heading", { name: "Hello, Ada Lovelace" }).waitFor();
    assert.equal(await page.locator('[data-fact="E-mail address"]').textContent(), "ada@example.com");
  });
  await suite.test("session: a reload keeps it", async () => {
    await page.reload();
    await page.getByRole("heading", { name: "Hello, Ada Lovelace" }).waitFor();
  });
  await suite.test("sign-up: a taken address is refused beside its field", async () => {
    const other = await app.person();
    const form = await other.newPage();
    await form.goto(`${app.url}/signup`);
    await fill(form, ada, "Create account");
    await form.getByText("There is already an account with this address.").waitFor();
    assert.equal((await fieldNote(form, "E-mail address")).invalid, "true");
    await other.close();
  });
  await suite.test("middleware: who is signed in is sent away from sign-in and sign-up", async () => {
    for (const path of ["/signin", "/signup"]) {
      await page.goto(app.url + path);
      assert.equal(new URL(page.url()).pathname, "/dashboard");
    }
  });
  await suite.test("sign-out: the button ends the session", async () => {
    await page.getByRole("button", { name: "Sign out" }).click();
    await at(page, "/signin");
    assert.equal(await (await context.request.get(`${app.url}/api/auth/get-session`)).json(), null);
  });
  await suite.test("middleware: strangers are sent to sign-in from every protected page, and back after it", async () => {
    for (const path of ["/dashboard", "/sessions", "/security", "/tasks"]) {
      await page.goto(app.url + path);
      const { pathname, searchParams } = new URL(page.url());
      assert.deepEqual([pathname, searchParams.get("next")], ["/signin", path]);
    }
    await fill(page, { "E-mail address": ada["E-mail address"], Password: "wrong password" }, "Sign in");
    await page.getByText("E-mail address or password is wrong.").waitFor();
    await fill(page, { "E-mail address": ada["E-mail address"], Password: password }, "Sign in");
    await at(page, "/tasks");
  });
  await suite.test("sign-in: another site is no place to go back to", async () => {
    await context.clearCookies();
    await page.goto(`${app.url}/signin?next=//evil.example/`);
    await fill(page, { "E-mail address": ada["E-mail address"], Password: password }, "Sign in");
    await at(page, "/dashboard");
  });
  await suite.test("pages: no script error came up on the way", async () => assert.deepEqual(context.errors, []));
  await context.close();
}

export async function testKeyboard(suite, app) {
  await suite.test("keyboard: signing in and out without a mouse", async () => {
    const context = await app.person();
    const page = await context.newPage();
    await page.goto(`${app.url}/signin`);
    for (let i = 0; i < 10 && !(await fieldNote(page, "E-mail address")).focused; i++) await page.keyboard.press("Tab");
    await page.keyboard.type("ada@example.com");
    await page.keyboard.press("Tab");
    await page.keyboard.type(password);
    await page.keyboard.press("Enter");
    await at(page, "/dashboard");
    await page.getByRole("heading", { name: /Hello/ }).waitFor();
    await page.keyboard.press("Tab");
    const button = page.getByRole("button", { name: "Sign out" });
    for (let i = 0; i < 12 && !(await button.evaluate((b) => b === document.activeElement)); i++) await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    await at(page, "/signin");
    await context.close();
  });
}

export async function testAccount(suite, app) {
  const context = await app.signedIn("grace@example.com");
  const page = await context.newPage();
  await suite.test("profile: a new name is kept", async () => {
    await page.goto(`${app.url}/dashboard`);
    await fill(page, { "Your name": "Grace Hopper" }, "Save");
    await page.getByRole("heading", { name: "Hello, Grace Hopper" }).waitFor();
    await page.reload();
    await page.getByRole("heading", { name: "Hello, Grace Hopper" }).waitFor();
  });

  const second = await app.person({ userAgent: "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0" });
  const away = await second.newPage();
  await suite.test("sessions: another browser is listed, and ends when it is told to", async () => {
    await away.goto(`${app.url}/signin`);
    await fill(away, { "E-mail address": "grace@example.com", Password: password }, "Sign in");
    await at(away, "/dashboard");
    await page.goto(`${app.url}/sessions`);
    const row = page.getByRole("listitem").filter({ hasText: "Firefox on Linux" });
    await row.getByRole("button", { name: "End session" }).click();
    await row.waitFor({ state: "detached" });
    await page.getByText("This browser").waitFor();
    await away.reload();
    assert.equal(new URL(away.url()).pathname, "/signin");
  });
  await suite.test("security: a new password, with the current one wrong first, ends the other sessions", async () => {
    await fill(away, { "E-mail address": "grace@example.com", Password: password }, "Sign in");
    await at(away, "/dashboard");
    await page.goto(`${app.url}/security`);
    await fill(page, { "Current password": "not this one", "New password": "a new long password" }, "Change password");
    await page.getByText("This is not your current password.").waitFor();
    await fill(page, { "Current password": password, "New password": "short" }, "Change password");
    await page.getByText("Use at least 8 characters.").waitFor();
    await fill(page, { "Current password": password, "New password": "a new long password" }, "Change password");
    await page.getByText("Your password is changed.").waitFor();
    await page.goto(`${app.url}/dashboard`);
    assert.equal(new URL(page.url()).pathname, "/dashboard");
    await away.reload();
    assert.equal(new URL(away.url()).pathname, "/signin");
    await fill(away, { "E-mail address": "grace@example.com", Password: password }, "Sign in");
    await away.getByText("E-mail address or password is wrong.").waitFor();
  });
  await second.close();

  await suite.test("sign-out in one tab is seen in the other", async () => {
    const tab = await context.newPage();
    await tab.goto(`${app.url}/security`);
    await tab.getByRole("heading", { name: "Security" }).waitFor();
    await page.goto(`${app.url}/dashboard`);
    await page.getByRole("button", { name: "Sign out" }).click();
    await at(page, "/signin");
    await at(tab, "/signin");
  });
  await context.close();
}

/** The tasks page, against the backend that runs now. */
export async function testTasks(suite, app, name) {
  await suite.test(`tasks with ${name}: added, done, kept over a reload, deleted, through the JWT`, async () => {
    const context = await app.signedIn(`tasks-${name}@example.com`);
    const page = await context.newPage();
    const tokens = [];
    page.on("request", (r) => r.url().startsWith(app.apiURL) && r.method() !== "OPTIONS" && tokens.push(r.headers().authorization));
    await page.goto(`${app.url}/tasks`);
    await page.getByText("Nothing to do.").waitFor();
    await fill(page, { "New task": "Water the plants" }, "Add");
    await page.getByLabel("Water the plants", { exact: true }).click();
    await page.locator("span.line-through").waitFor();
    await page.reload();
    const box = page.getByRole("checkbox", { name: "Water the plants" });
    await box.waitFor();
    assert.equal(await box.isChecked(), true);
    await page.getByRole("button", { name: "Delete Water the plants" }).click();
    await page.getByText("Nothing to do.").waitFor();
    assert.ok(tokens.length >= 5 && tokens.every((t) => /^Bearer ey[\w-]+\.[\w-]+\.[\w-]+$/.test(t)));

    const other = await app.signedIn(`other-${name}@example.com`);
    const { token } = await (await other.request.get(`${app.url}/api/auth/token`)).json();
    const refused = await fetch(`${app.apiURL}/api/${context.user.id}/tasks`, { headers: { authorization: `Bearer ${token}` } });
    assert.equal(refused.status, 403);
    assert.deepEqual(context.errors, []);
    await Promise.all([context.close(), other.close()]);
  });
}

export async function testTokens(suite, app) {
  await suite.test("jwt: one token serves many calls, and one that is over is replaced", async () => {
    const context = await app.signedIn("clock@example.com");
    const page = await context.newPage();
    let asked = 0;
    page.on("request", (r) => r.url().endsWith("/api/auth/token") && asked++);
    await page.clock.install();
    await page.goto(`${app.url}/tasks`);
    await fill(page, { "New task": "One" }, "Add");
    await page.getByLabel("One", { exact: true }).waitFor();
    assert.equal(asked, 1);
    await page.clock.fastForward("16:00");
    await fill(page, { "New task": "Two" }, "Add");
    await page.getByLabel("Two", { exact: true }).waitFor();
    assert.equal(asked, 2);
    await context.close();
  });
  await suite.test("jwt: a token that the backend refuses is replaced once, unseen", async () => {
    const context = await app.signedIn("refused@example.com");
    const page = await context.newPage();
    let spoilt = 0;
    await page.route("**/api/auth/token", async (route) => {
      const answer = await route.fetch();
      const { token } = await answer.json();
      await route.fulfill({ response: answer, json: { token: spoilt++ === 0 ? `${token.slice(0, -8)}AAAAAAAA` : token } });
    });
    await page.goto(`${app.url}/tasks`);
    await page.getByText("Nothing to do.").waitFor();
    assert.equal(spoilt, 2);
    await context.close();
  });
  await suite.test("tasks: a backend that is away is told to the person, who can try again", async () => {
    const context = await app.signedIn("away@example.com");
    const page = await context.newPage();
    await page.route(`${app.apiURL}/**`, (route) => route.abort());
    await page.goto(`${app.url}/tasks`);
    await page.getByText("The task service cannot be reached.").waitFor();
    await page.unroute(`${app.apiURL}/**`);
    await page.getByRole("button", { name: "Try again" }).click();
    await page.getByText("Nothing to do.").waitFor();
    await context.close();
  });
}
