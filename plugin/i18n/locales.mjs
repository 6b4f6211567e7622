// Writes locales.json, the texts of the npm package @better-auth/i18n by locale and error code, and locales.LICENSE, the
// license of that package.
//
//   cd test/parity && npm ci && cd ../../plugin/i18n && node locales.mjs
import { createRequire } from "node:module";
import { copyFileSync, writeFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const from = createRequire(new URL("../../test/parity/package.json", import.meta.url));
const locales = await import(pathToFileURL(from.resolve("@better-auth/i18n/locales")));
const names = Object.keys(locales).sort();
writeFileSync(new URL("locales.json", import.meta.url), `${JSON.stringify(Object.fromEntries(names.map((name) => [name, locales[name]])), null, 1)}\n`);
copyFileSync(new URL("../LICENSE.md", pathToFileURL(from.resolve("@better-auth/i18n"))), new URL("locales.LICENSE", import.meta.url));
console.log(names.join(" "));
