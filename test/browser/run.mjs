// Clicks through the pages of the server and the example applications in Chromium. Options: --part pages or --part examples (one of the two),
// --only TEXT (tests whose name holds it; some need those before them; a name of `topics` builds nothing but the server, and
// `applications` starts no backend), --quick (no npm ci:
// what is installed is used), --images (keep the pictures under docs/images).
import path from "node:path";
import { parseArgs } from "node:util";
import { App } from "./app.mjs";
import { testApplications } from "./applications.mjs";
import { testBackends } from "./backends.mjs";
import { testAccount, testKeyboard, testSignUp, testTasks, testTokens } from "./flows.mjs";
import { testLooks } from "./looks.mjs";
import { testForgotten, testMagicLink, testOutbox, testVerification } from "./mail.mjs";
import { testKeys, testOrganizations } from "./organizations.mjs";
import { testPasskeys } from "./passkeys.mjs";
import { root, run, startPostgres, stopAll } from "./processes.mjs";
import { testLinking, testProvider } from "./providers.mjs";
import { testDevices, testFactorsOnBoth, testPasskeyPages, testTwoFactor } from "./security.mjs";
import { Suite } from "./suite.mjs";
import { testAccountPages } from "./ui-account.mjs";
import { testConsent } from "./ui-consent.mjs";
import { testConsole } from "./ui-console.mjs";
import { testHome } from "./ui-home.mjs";
import { testPages } from "./ui-pages.mjs";
import { testComingAndGoing, testCookieCaches, testCookies, testRewrite } from "./wiring.mjs";

const { values: options } = parseArgs({
  options: { only: { type: "string" }, quick: { type: "boolean" }, images: { type: "boolean" }, part: { type: "string" } },
});

// The pages of the server, and passkeys, which need nothing but the server.
const topics = { passkeys: testPasskeys, home: testHome, pages: testPages, account: testAccountPages, consent: testConsent, console: testConsole };

const imagesOf = (app) => (options.images ? path.join(root, "docs/images") : path.join(app.dir, "images"));

async function main(suite) {
  const topic = Object.keys(topics).find((name) => options.only?.startsWith(name));
  if (options.part !== "examples" && (topic || options.part || !options.only)) await withApp((app) => testServer(suite, app, topic ? [topic] : Object.keys(topics)));
  if (options.part !== "pages" && !topic) await withApp((app) => testExamples(suite, app));
}

async function withApp(test) {
  const app = new App();
  try {
    await test(app);
  } finally {
    await app.end().catch((error) => console.error(error));
  }
}

async function testServer(suite, app, names) {
  await app.buildServer();
  app.postgres = await startPostgres();
  await app.startBrowser();
  for (const name of names) await topics[name](suite, app, imagesOf(app));
}

async function testExamples(suite, app) {
  await app.build({ fresh: !options.quick });
  await suite.test("js: the package's own tests", () => run(process.execPath, ["--test"], { cwd: path.join(root, "js") }));
  await app.startDatabase();
  if (options.only?.startsWith("applications")) return testApplicationsAlone(suite, app);
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
  await testApplications(suite, app, imagesOf(app));
  await testLooks(suite, app, imagesOf(app));
  await testOutbox(suite, app, imagesOf(app));
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

async function testApplicationsAlone(suite, app) {
  await app.buildWeb();
  await app.startProvider();
  await app.startAuth();
  await app.startWeb();
  await app.startBrowser();
  await testApplications(suite, app, imagesOf(app));
}

const suite = new Suite({ only: options.only });
let fine = false;
for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => stopAll().then(() => process.exit(130)));
try {
  await main(suite);
  fine = true;
} catch (error) {
  suite.failures.push("the run itself");
  console.log(error.stack ?? error);
} finally {
  await stopAll();
}
process.exit(suite.report() && fine ? 0 : 1);
