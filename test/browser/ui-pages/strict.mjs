// The pages where signing up is not open to everybody at once.
import assert from "node:assert/strict";
import { codes, gated, strict } from "./settings.mjs";
import { Hosted, password, Visitor } from "./site.mjs";

const ada = { Name: "Ada Lovelace", "E-mail address": "ada@example.com", Password: password };

export async function testStrict(suite, app) {
  // On PostgreSQL, where the run has one.
  const site = await Hosted.start(app, "strict", strict, { database: await app.postgres?.create("pages_strict") });
  try {
    const visitor = await Visitor.come(app, site);
    await suite.test("pages: verification: signing up leads to the inbox, the link to the wanted page; below a path of its own", async () => {
      await visitor.open("/auth/sign-up?redirectTo=https%3A%2F%2Fapp.example.com%2Fdesk");
      await visitor.page.route("https://app.example.com/**", (route) => route.fulfill({ contentType: "text/html", body: "<h1>The application</h1>" }));
      await visitor.fill({ ...ada, Company: "Engines" }, "Create account");
      await visitor.says("We have sent a link to ada@example.com.");
      assert.equal(await visitor.who(), null);
      await visitor.open("/auth/sign-in?redirectTo=https%3A%2F%2Fapp.example.com%2Fdesk");
      await visitor.fill({ "E-mail address": "ada@example.com", Password: password }, "Sign in");
      await visitor.says("Please confirm your e-mail address first.");
      await visitor.page.getByRole("button", { name: "Send it again" }).click();
      await visitor.says("We have sent it again.");
      await visitor.page.goto((await site.inbox.wait("ada@example.com", "verify-email", 2)).url);
      await visitor.at("/auth/verify-email");
      await visitor.says("Your e-mail address is confirmed.");
      visitor.fine();
      await visitor.page.getByRole("link", { name: "Continue" }).click();
      await visitor.page.getByRole("heading", { name: "The application" }).waitFor();
    });
    await suite.test("pages: verification: a link that is too old says so", async () => {
      await visitor.signOut();
      await visitor.open("/auth/verify-email?error=TOKEN_EXPIRED");
      await visitor.says("This link is too old.");
      await visitor.fill({ "E-mail address": "nobody@example.com" }, "Send me a link");
      await visitor.says("We have sent a link to nobody@example.com.");
    });
    await visitor.close();
  } finally {
    await site.stop();
  }
}

export async function testGate(suite, app) {
  const site = await Hosted.start(app, "gate", gated);
  try {
    const visitor = await Visitor.come(app, site, { locale: "de-DE" });
    await suite.test("pages: gate, in German: somebody who may not sign up yet is put on the waiting list", async () => {
      await visitor.open("/sign-up");
      await visitor.fill({ Name: "Ada", "E-Mail-Adresse": "ada@example.com", Passwort: password }, "Konto anlegen");
      await visitor.says("Wir haben Sie auf die Warteliste gesetzt");
      await visitor.page.getByRole("link", { name: "English" }).click();
      await visitor.page.getByRole("heading", { name: "Create an account" }).waitFor();
      await visitor.open("/sign-in");
      await visitor.page.getByRole("heading", { name: "Sign in" }).waitFor();
      visitor.fine();
    });
    await visitor.close();
  } finally {
    await site.stop();
  }
}

export async function testCodes(suite, app) {
  const site = await Hosted.start(app, "codes", codes);
  try {
    const visitor = await Visitor.come(app, site);
    const code = async (kind, count) => (await site.inbox.wait("ada@example.com", kind, count)).code;
    await suite.test("pages: codes: one confirms the address and signs in", async () => {
      await visitor.open("/sign-up?redirectTo=%2Fsign-in%3Fnow");
      await visitor.fill(ada, "Create account");
      await visitor.says("We have sent a code to ada@example.com.");
      await visitor.fill({ "Code from the message": await code("otp-email-verification") }, "Confirm");
      await visitor.says("You are signed in as ada@example.com.");
    });
    await suite.test("pages: codes: one resets the password", async () => {
      await visitor.signOut();
      await visitor.open("/forgot-password");
      await visitor.fill({ "E-mail address": "ada@example.com" }, "Send me a code");
      await visitor.says("If ada@example.com has an account here, a code is on its way.");
      await visitor.fill({ Code: await code("otp-forget-password"), "New password": "another long password" }, "Save the new password");
      await visitor.says("Your password is changed.");
      await visitor.fill({ "E-mail address": "ada@example.com", Password: "another long password" }, "Sign in");
      await visitor.at("/account");
      visitor.fine();
    });
    await visitor.close();
  } finally {
    await site.stop();
  }
}
