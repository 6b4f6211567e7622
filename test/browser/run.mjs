// Clicks through the example applications in Chromium. Options: --only TEXT (tests whose name holds it; some need those before them; "passkeys" and
// "pages" build nothing but the server), --quick (no npm ci: what is installed is used), --images (keep the pictures under docs/images).
import path from "node:path";
import { parseArgs } from "node:util";
import { App } from "./app.mjs";
import { testBackends } from "./backends.mjs";
import { testAccount, testKeyboard, testSignUp, testTasks, testTokens } from "./flows.mjs";
import { testLooks } from "./looks.mjs";
import { testForgotten, testMagicLink, testOutbox, testVerification } from "./mail.mjs";
import { testKeys, testOrganizations } from "./organizations.mjs";
import { testPasskeys } from "./passkeys.mjs";
import { root, run, stopAll } from "./processes.mjs";
import { testLinking, testProvider } from "./providers.mjs";
import { testDevices, testFactorsOnBoth, testPasskeyPages, testTwoFactor } from "./security.mjs";
import { Suite } from "./suite.mjs";
import { testPages } from "./ui-pages.mjs";
import { testComingAndGoing, testCookieCaches, testCookies, testRewrite } from "./wiring.mjs";

const { values: options } = parseArgs({
  options: { only: { type: "string" }, quick: { type: "boolean" }, images: { type: "boolean" } },
});

const imagesOf = (app) => (options.images ? path.join(root, "docs/images") : path.join(app.dir, "images"));

async function main(suite, app) {
  if (options.only?.startsWith("passkeys")) {
    await app.buildServer();
    await app.startBrowser();
    return testPasskeys(suite, app);
  }
  if (options.only?.startsWith("pages")) {
    await app.buildServer();
    await app.startBrowser();
    return testPages(suite, app, imagesOf(app));
  }
  await app.build({ fresh: !options.quick });
  await suite.test("js: the package's own tests", () => run(process.execPath, ["--test"], { cwd: path.join(root, "js") }));
  await app.startDatabase();
  // The backends are tested while Next.js builds.
  const web = app.buildWeb();
  web.catch(() => {});
  await testBackends(suite, app.bins, await app.postgres.create("embed"));
  await web;
  await app.startProvider();
  await app.startAuth();
  await app.startWeb();
  await app.startBrowser();
  await app.startBackend("fastapi");
  await testSignUp(suite, app);
  await testKeyboard(suite, app);
  await testAccount(suite, app);
  await testTasks(suite, app, "fastapi");
  await testTokens(suite, app);
  await testVerification(suite, app);
  await testForgotten(suite, app);
  await testMagicLink(suite, app);
  await testProvider(suite, app);
  await testLinking(suite, app);
  await testTwoFactor(suite, app);
  await testPasskeyPages(suite, app);
  await testDevices(suite, app);
  await testOrganizations(suite, app);
  await testKeys(suite, app);
  await testPasskeys(suite, app);
  const images = imagesOf(app);
  await testLooks(suite, app, images);
  await testOutbox(suite, app, images);
  await testPages(suite, app, images);
  await testCookies(suite, app);
  await testCookieCaches(suite, app);
  await testComingAndGoing(suite, app);
  await testFactorsOnBoth(suite, app);
  for (const name of ["express", "go", "embed"]) {
    await app.backend.stop();
    await app.startBackend(name);
    await testTasks(suite, app, name);
  }
  await testRewrite(suite, app);
}

const app = new App();
const suite = new Suite({ only: options.only });
let fine = false;
for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => stopAll().then(() => process.exit(130)));
try {
  await main(suite, app);
  fine = true;
} catch (error) {
  suite.failures.push("the run itself");
  console.log(error.stack ?? error);
} finally {
  await app.end().catch((error) => console.error(error));
  await stopAll();
}
process.exit(suite.report() && fine ? 0 : 1);
