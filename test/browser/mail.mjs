// What people do with links that were sent to them: confirm an address, set a new password, sign in.
import assert from "node:assert/strict";
import path from "node:path";
import { password } from "./app.mjs";
import { at, fill } from "./flows.mjs";
import { shoot } from "./looks.mjs";

const newPassword = "quite another battery";

async function signUp(app, page, email, name = "Mary Shelley") {
  await page.goto(`${app.url}/signup`);
  await fill(page, { Name: name, "E-mail address": email, Password: password }, "Create account");
}

async function signIn(app, page, email, secret) {
  await page.goto(`${app.url}/signin`);
  await fill(page, { "E-mail address": email, Password: secret }, "Sign in");
}

export async function testVerification(suite, app) {
  const context = await app.person();
  const page = await context.newPage();
  const email = "mary@example.com";
  const banner = page.getByRole("complementary", { name: "Confirm your address" });

  await suite.test("verification: the first mail comes by itself, the banner sends another", async () => {
    await signUp(app, page, email);
    await at(page, "/dashboard");
    const first = await app.inbox.wait(email, "verify-email");
    assert.match(first.subject, /Taskbook/);
    await banner.getByRole("button", { name: "Send it again" }).click();
    await banner.getByText("A new link is on its way").waitFor();
    await app.inbox.wait(email, "verify-email", 2);
    assert.equal(await page.locator('[data-fact="Address confirmed"]').textContent(), "Not yet");
  });
  await suite.test("verification: a link that was tampered with says so, and a new one can be had there", async () => {
    const { url } = await app.inbox.wait(email, "verify-email");
    await page.goto(url.replace(/token=[^&]+/, (token) => `${token}AAAA`));
    await at(page, "/verified");
    await page.getByText("This link has been used already, or is too old.").waitFor();
    await fill(page, { "E-mail address": email }, "Send a new link");
    await page.getByText("a link is on its way").waitFor();
    await app.inbox.wait(email, "verify-email", 3);
  });
  await suite.test("verification: the link confirms the address, and the banner goes", async () => {
    const { url } = await app.inbox.wait(email, "verify-email");
    await page.goto(url);
    await at(page, "/verified");
    await page.getByRole("link", { name: "Go to your profile" }).click();
    await at(page, "/dashboard");
    await page.getByRole("heading", { name: "Hello, Mary Shelley" }).waitFor();
    assert.equal(await page.locator('[data-fact="Address confirmed"]').textContent(), "Yes");
    assert.equal(await banner.count(), 0);
    assert.deepEqual(context.errors, []);
  });
  await context.close();
}

export async function testForgotten(suite, app) {
  const context = await app.signedIn("forgetful@example.com");
  const page = await context.newPage();
  const other = await app.person();
  const form = await other.newPage();
  const ask = async (email) => {
    await form.goto(`${app.url}/signin`);
    await form.getByRole("link", { name: "Forgot your password?" }).click();
    await at(form, "/forgot-password");
    await fill(form, { "E-mail address": email }, "Send me a link");
    return form.getByRole("status").textContent();
  };
  let link;

  await suite.test("forgotten password: the page says the same of a known and an unknown address; one gets a mail", async () => {
    const known = await ask("forgetful@example.com");
    const unknown = await ask("nobody@example.com");
    assert.equal(unknown.replace("nobody", "forgetful"), known);
    link = (await app.inbox.wait("forgetful@example.com", "reset-password")).url;
    assert.equal(app.inbox.messages.filter((m) => m.to === "nobody@example.com").length, 0);
  });
  await suite.test("forgotten password: the link leads to a form that refuses a short password, and takes a good one", async () => {
    await form.goto(link);
    await at(form, "/reset-password");
    await fill(form, { "New password": "short" }, "Set password");
    await form.getByText("Use at least 8 characters.").waitFor();
    await fill(form, { "New password": newPassword }, "Set password");
    await at(form, "/signin");
    await form.getByText("Your new password is set.").waitFor();
  });
  await suite.test("forgotten password: the old one is refused, the new one opens, and other browsers are out", async () => {
    await signIn(app, form, "forgetful@example.com", password);
    await form.getByText("E-mail address or password is wrong.").waitFor();
    await signIn(app, form, "forgetful@example.com", newPassword);
    await at(form, "/dashboard");
    await page.goto(`${app.url}/dashboard`);
    assert.equal(new URL(page.url()).pathname, "/signin");
  });
  await suite.test("forgotten password: the link works once", async () => {
    await form.goto(link);
    await at(form, "/reset-password");
    await form.getByText("This link has been used already, or is too old.").waitFor();
    await form.getByRole("link", { name: "Get a new link" }).click();
    await at(form, "/forgot-password");
    assert.deepEqual([...context.errors, ...other.errors], []);
  });
  await Promise.all([context.close(), other.close()]);
}

export async function testMagicLink(suite, app) {
  const context = await app.person();
  const page = await context.newPage();
  let link;
  await suite.test("magic link: signs a new person in, on the page that was wanted", async () => {
    await page.goto(`${app.url}/tasks`);
    await page.getByRole("link", { name: "Get a link by e-mail" }).click();
    await at(page, "/signin/link");
    await fill(page, { "E-mail address": "not an address" }, "Send me a link");
    await page.getByText("This is not an e-mail address.").waitFor();
    await fill(page, { "E-mail address": "link@example.com" }, "Send me a link");
    await page.getByText("We have sent a link to link@example.com.").waitFor();
    link = (await app.inbox.wait("link@example.com", "magic-link")).url;
    await page.goto(link);
    await at(page, "/tasks");
    await page.getByText("Nothing to do.").waitFor();
    await page.goto(`${app.url}/dashboard`);
    assert.equal(await page.locator('[data-fact="Address confirmed"]').textContent(), "Yes");
  });
  await suite.test("magic link: works once, in any browser", async () => {
    const other = await app.person();
    const again = await other.newPage();
    await again.goto(link);
    await at(again, "/signin");
    await again.getByText("This link has been used already, or is too old.").waitFor();
    assert.equal((await other.cookies()).some((c) => c.name === "better-auth.session_token"), false);
    await other.close();
    assert.deepEqual(context.errors, []);
  });
  await context.close();
}

/** Development, where addresses must be confirmed: mail is in the outbox. */
export async function testOutbox(suite, app, images) {
  const email = "outbox@example.com";
  const context = await app.person();
  const page = await context.newPage();
  const outbox = `${app.authURL}/api/auth/outbox`;
  await app.auth.stop();
  await app.startAuth({ config: app.strictConfig, mode: "development" });

  await suite.test("outbox: where addresses must be confirmed, nobody is in before", async () => {
    await signUp(app, page, email);
    await page.getByText(`Almost done. We have sent a link to ${email}`).waitFor();
    await page.goto(`${app.url}/dashboard`);
    assert.equal(new URL(page.url()).pathname, "/signin");
    await signIn(app, page, email, password);
    await page.getByText("Confirm your address first").waitFor();
  });
  await suite.test("outbox: the message is on the page and on the terminal, not at the front end", async () => {
    await page.goto(outbox);
    const message = page.getByRole("group").filter({ hasText: email }).first();
    await message.locator("summary").click();
    const shown = await message.getByRole("link").first().getAttribute("href");
    assert.ok(app.auth.log.includes(shown), "the link on the terminal");
    const frame = message.frameLocator("iframe");
    assert.equal(await frame.getByRole("link").first().getAttribute("href"), shown);
    assert.equal((await context.request.get(`${app.url}/api/auth/outbox`)).status(), 404);
  });
  for (const colorScheme of ["light", "dark"]) {
    for (const [size, viewport] of Object.entries({ desktop: { width: 1280, height: 800 }, mobile: { width: 390, height: 844 } })) {
      await suite.test(`looks: outbox, ${colorScheme}, ${size}`, async () => {
        const viewer = await app.person({ colorScheme, viewport, bypassCSP: true });
        const view = await viewer.newPage();
        await view.goto(outbox);
        await view.locator("summary").first().click();
        await shoot(view, path.join(images, `outbox-${colorScheme}-${size}.png`), viewport);
        await viewer.close();
      });
    }
  }
  await suite.test("outbox: the link there confirms the address and signs in", async () => {
    const message = page.getByRole("group").filter({ hasText: email }).first();
    await message.getByRole("link").first().click();
    await at(page, "/verified");
    await page.getByRole("link", { name: "Go to your profile" }).click();
    await page.getByRole("heading", { name: "Hello, Mary Shelley" }).waitFor();
    assert.deepEqual(context.errors, []);
  });
  await context.close();
  await app.auth.stop();
  await app.startAuth();
}
