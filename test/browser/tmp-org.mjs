import { App } from "./app.mjs";
import { testKeys, testOrganizations } from "./organizations.mjs";
import { testLooks } from "./looks.mjs";
import { stopAll } from "./processes.mjs";
import { Suite } from "./suite.mjs";
const app = new App();
const suite = new Suite({});
const looks = new Suite({ only: process.env.LOOKS ?? "organization" });
try {
  await app.build({ fresh: false });
  await app.startDatabase();
  await app.buildWeb();
  await app.startProvider();
  await app.startAuth();
  await app.startWeb();
  await app.startBrowser();
  await app.startBackend("embed");
  await testOrganizations(suite, app);
  await testKeys(suite, app);
  await testLooks(looks, app, "/tmp/orgimages");
} catch (e) { console.log(e.stack); } finally { await app.end().catch(console.error); await stopAll(); }
suite.report(); looks.report();
