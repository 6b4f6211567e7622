// The official client with the plugin two-factor's option policy, which the server of the npm package does not have.
// node factor-policy.mjs [--bin path]
import assert from "node:assert/strict";
import { parseArgs } from "node:util";
import { Driver } from "./client.mjs";
import { App } from "./factor.mjs";
import { Recorder } from "./hooks.mjs";
import { Ours, binary } from "./ours.mjs";
import { alice, minute, password, signIn } from "./people.mjs";
import { onNewerNode } from "./processes.mjs";

const origin = "http://localhost:3000";

async function play(server, recorder) {
  const { magicLinkClient, twoFactorClient } = await import("better-auth/client/plugins");
  const mails = [];
  const hooks = recorder.register("policy", (_, text) => (mails.push(JSON.parse(text).data[0]), { status: 200 }));
  const { url, error } = await server.serve("policy", {
    secret: "policy-secret-7c1e5d0f9a7be1c24836a9b8",
    baseURL: origin,
    emailAndPassword: { enabled: true },
    session: { cookieCache: { enabled: true } },
    plugins: {
      "magic-link": { sendMagicLink: { webhook: `${hooks}/link` } },
      "two-factor": { policy: { ask: "everySignIn", for: "all", enrol: "required", page: "/second" } },
    },
    $test: { env: "development" },
  });
  assert.equal(error, undefined);
  const driver = new Driver({ origin, basePath: "/api/auth", url });
  const told = [];
  const client = await driver.client({ plugins: [magicLinkClient(), twoFactorClient({ onTwoFactorRedirect: (to) => void told.push(to) })] });
  const signedIn = async () => (await client.getSession()).data?.user;
  const code = (app) => app.at(driver.now + 1000);

  // A new user sets up an app before there is a session.
  const up = await client.signUp.email(alice);
  assert.equal(up.data.twoFactorEnrol, true);
  assert.deepEqual(told, [{ twoFactorMethods: [] }]);
  assert.equal(await signedIn(), undefined);
  const { data: made } = await client.twoFactor.enable({ password });
  const app = new App(made.totpURI);
  const first = await client.twoFactor.verifyTotp({ code: await code(app) });
  assert.equal(first.data.user.twoFactorEnabled, true);
  assert.equal((await signedIn()).email, alice.email);
  await client.signOut();

  // A password asks for it.
  driver.advance(minute);
  assert.deepEqual((await client.signIn.email(signIn(alice))).data, { twoFactorRedirect: true, twoFactorMethods: ["totp"] });
  assert.equal(await signedIn(), undefined);
  await client.twoFactor.verifyBackupCode({ code: made.backupCodes[0] });
  assert.equal((await signedIn()).email, alice.email);
  await client.signOut();

  // A link sends the browser to the page, on which the client goes on.
  driver.advance(minute);
  await client.signIn.magicLink({ email: alice.email, callbackURL: "/dashboard" });
  const link = new URL(mails.pop().url);
  const opened = await driver.get(link.pathname.replace("/api/auth", "") + link.search);
  assert.equal(opened.status, 302);
  const page = new URL(opened.headers.location[0]);
  assert.equal(page.pathname, "/second");
  assert.deepEqual(Object.fromEntries(page.searchParams), { twoFactorRedirect: "true", twoFactorMethods: "totp", callbackURL: `${origin}/dashboard` });
  assert.equal(await signedIn(), undefined);
  const wrong = await client.twoFactor.verifyTotp({ code: "000000" });
  assert.equal(wrong.error.code, "INVALID_CODE");
  const done = await client.twoFactor.verifyTotp({ code: await code(app), trustDevice: true });
  assert.equal(done.data.user.email, alice.email);
  assert.equal((await signedIn()).email, alice.email);
  driver.end();
}

if (await onNewerNode()) {
  const { values: flags } = parseArgs({ options: { bin: { type: "string" } } });
  const server = new Ours(await binary(flags.bin));
  const recorder = await new Recorder().start();
  try {
    await play(server, recorder);
    console.log("factor-policy: ok");
  } finally {
    await server.end();
    await recorder.end();
  }
}
