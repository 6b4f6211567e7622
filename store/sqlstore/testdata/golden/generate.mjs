// Generates the golden files in this folder with the npm package: the DDL that it writes and
// the rows it stores, for every engine and kind of ids.
//
//   cd <folder with node_modules> && node <this file> <postgres url> <mysql url>
//
// Both urls name a server and an account that may create databases; each run
// uses databases of its own and drops them.
import { createRequire } from "node:module";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const require = createRequire(join(process.cwd(), "index.js"));
const load = (name) => import(pathToFileURL(require.resolve(name)).href);
const { betterAuth } = await load("better-auth");
const { getMigrations } = await load("better-auth/db/migration");
const Database = (await load("better-sqlite3")).default;
const pg = (await load("pg")).default;
const mysql = await load("mysql2/promise");
const { Kysely, PostgresDialect } = await load("kysely");
const here = dirname(fileURLToPath(import.meta.url));
const [pgURL, mysqlURL] = process.argv.slice(2);

const plugin = {
	id: "golden",
	schema: {
		thing: {
			fields: {
				text: { type: "string", required: false },
				number: { type: "number", required: false },
				big: { type: "number", bigint: true, required: false },
				flag: { type: "boolean", required: false },
				at: { type: "date", required: false },
				data: { type: "json", required: false },
				tags: { type: "string[]", required: false },
				sizes: { type: "number[]", required: false },
				kind: { type: ["a", "b"], required: false },
				title: { type: "string", sortable: true },
				code: { type: "string", unique: true },
				slug: { type: "string", index: true },
				madeAt: { type: "date", defaultValue: () => new Date() },
			},
		},
		link: {
			fields: {
				userId: { type: "string", required: false, references: { model: "user", field: "id", onDelete: "set null" } },
				thingId: { type: "string", references: { model: "thing", field: "id" }, index: true, fieldName: "thing_id" },
				left: { type: "string" },
				right: { type: "string" },
				rank: { type: "number" },
			},
			indexes: [
				{ fields: ["left", "right"], unique: true },
				{ fields: ["rank", "thingId"], name: "link_by_rank" },
			],
		},
	},
};
const additionalFields = {
	nickname: { type: "string", required: false, unique: true },
	role: { type: "string", defaultValue: "it's \"user\"" },
	score: { type: "number", defaultValue: 5 },
	vip: { type: "boolean", defaultValue: true },
	since: { type: "date", defaultValue: () => new Date() },
	tag: { type: "string", required: false, index: true },
};

const base = { secret: "golden-golden-golden-golden-golden", baseURL: "http://localhost:3000", telemetry: { enabled: false }, logger: { disabled: true } };
const full = { ...base, plugins: [plugin], rateLimit: { storage: "database", enabled: true }, user: { additionalFields } };
const idKinds = { text: undefined, uuid: "uuid", serial: "serial" };
const at = new Date("2024-02-29T23:59:59.999Z");

async function rows(auth, ids) {
	const { adapter } = await auth.$context;
	const id = (text, uuid, serial) => ({ text, uuid, serial })[ids];
	const create = (model, data) => adapter.create({ model, data, forceAllowId: true });
	const user = await create("user", { id: id("user-one", "0b7d6c5e-1f2a-4b3c-8d4e-5f6a7b8c9d0e", 7), name: "Zoë 🙂", email: "zoe@example.com", emailVerified: true, createdAt: at, updatedAt: at, since: at });
	const thing = await create("thing", {
		id: id("thing-one", "1b7d6c5e-1f2a-4b3c-8d4e-5f6a7b8c9d0e", 8), text: "a'b\"c\\d\n🙂", number: -42, big: 9007199254740991, flag: false, at,
		data: { b: 1, a: [true, null, "x"], date: "2024-01-01" }, tags: ["a", "b c", "🙂"], sizes: [1, -2.5], kind: "a", title: "t", code: "c1", slug: "s", madeAt: at,
	});
	await create("thing", { id: id("thing-two", "2b7d6c5e-1f2a-4b3c-8d4e-5f6a7b8c9d0e", 9), text: null, flag: true, at: null, data: null, tags: null, sizes: null, title: "u", code: "c2", slug: "s", madeAt: at });
	await create("link", { id: id("link-one", "3b7d6c5e-1f2a-4b3c-8d4e-5f6a7b8c9d0e", 10), userId: user.id, thingId: thing.id, left: "l", right: "r", rank: 3 });
	await create("rateLimit", { id: id("rate-one", "4b7d6c5e-1f2a-4b3c-8d4e-5f6a7b8c9d0e", 11), key: "k", count: 1, lastRequest: 1709251199999 });
}

const tables = ["user", "thing", "link", "rateLimit"];

const engines = {
	async sqlite(run) {
		const db = new Database(":memory:");
		const dump = (t) => db.prepare(`select * from "${t}" order by id`).all().map((r) => {
			const kinds = db.prepare(`select ${Object.keys(r).map((c) => `typeof("${c}") as "${c}"`).join(", ")} from "${t}" where id = ?`).get(r.id);
			return Object.fromEntries(Object.entries(r).map(([k, v]) => [k, [kinds[k], v]]));
		});
		const restore = (t) => dump(t).map((r) => insert(t, r, '"', (v) => v[1]));
		await run(db, dump, restore);
	},
	async postgres(run) {
		const admin = new pg.Client(pgURL);
		await admin.connect();
		const name = `golden_${process.pid}_${Date.now()}`;
		await admin.query(`create database ${name}`);
		const url = new URL(pgURL);
		url.pathname = "/" + name;
		const pool = new pg.Pool({ connectionString: url.href });
		const dump = async (t) => {
			const cols = (await pool.query("select column_name, udt_name from information_schema.columns where table_name = $1 and table_schema = 'public' order by ordinal_position", [t])).rows;
			const list = cols.map((c) => `("${c.column_name}")::text as "${c.column_name}"`).join(", ");
			await pool.query("set timezone to 'UTC'");
			const rows = (await pool.query(`select ${list} from "${t}" order by "${t}".id`)).rows;
			return rows.map((r) => Object.fromEntries(cols.map((c) => [c.column_name, [c.udt_name, r[c.column_name]]])));
		};
		const restore = async (t) => (await dump(t)).map((r) => insert(t, r, '"', (v) => v[1]));
		await run(pool, dump, restore);
		await pool.end();
		await admin.query(`drop database ${name}`);
		await admin.end();
	},
	async mariadb(run) {
		const admin = await mysql.createConnection(mysqlURL);
		const name = `golden_${process.pid}_${Date.now()}`;
		await admin.query(`create database ${name}`);
		const url = new URL(mysqlURL);
		const raw = mysql.createPool({ host: url.hostname, port: Number(url.port || 3306), user: url.username, password: url.password, database: name });
		const dump = async (t) => {
			const [cols] = await raw.query("select column_name as name, column_type as type from information_schema.columns where table_schema = database() and table_name = ? order by ordinal_position", [t]);
			const [rows] = await raw.query(`select ${cols.map((c) => `cast(\`${c.name}\` as char) as \`${c.name}\``).join(", ")} from \`${t}\` order by \`${t}\`.id`);
			return rows.map((r) => Object.fromEntries(cols.map((c) => [c.name, [c.type, r[c.name]]])));
		};
		const restore = async (t) => (await dump(t)).map((r) => insert(t, r, "`", (v) => v[1]));
		await run(raw, dump, restore);
		await raw.end();
		await admin.query(`drop database ${name}`);
		await admin.end();
	},
};

function insert(table, row, quote, value) {
	const text = (v) => v === null ? "NULL" : typeof v === "number" ? String(v) : `'${(quote === "`" ? v.replaceAll("\\", "\\\\") : v).replaceAll("'", "''")}'`;
	const q = (n) => quote + n + quote;
	return `INSERT INTO ${q(table)} (${Object.keys(row).map(q).join(", ")}) VALUES (${Object.values(row).map((v) => text(value(v))).join(", ")})`;
}

for (const [engine, open] of Object.entries(engines)) {
	for (const [ids, generateId] of Object.entries(idKinds)) {
		const dir = join(here, engine);
		mkdirSync(dir, { recursive: true });
		const advanced = generateId ? { database: { generateId } } : {};
		await open(async (database, dump, restore) => {
			const options = { ...full, database, advanced };
			const m = await getMigrations(options);
			writeFileSync(join(dir, `create_${ids}.sql`), (await m.compileMigrations()) + "\n");
			await m.runMigrations();
			await rows(betterAuth(options), ids);
			const all = {}, sql = [];
			for (const t of tables) {
				all[t] = await dump(t);
				sql.push(...await restore(t));
			}
			writeFileSync(join(dir, `rows_${ids}.json`), JSON.stringify(all, null, "\t") + "\n");
			writeFileSync(join(dir, `rows_${ids}.sql`), sql.join(";\n") + ";\n");
			const again = await getMigrations(options);
			if ((await again.compileMigrations()) !== ";") throw new Error(`${engine} ${ids}: the second plan is not empty`);
		});
		await open(async (database) => {
			const small = { ...base, database, advanced };
			await (await getMigrations(small)).runMigrations();
			const m = await getMigrations({ ...full, database, advanced });
			writeFileSync(join(dir, `add_${ids}.sql`), (await m.compileMigrations()) + "\n");
			await m.runMigrations();
		});
	}
}

await engines.postgres(async (pool) => {
	const db = new Kysely({ dialect: new PostgresDialect({ pool }) });
	const bossId = { type: "string", unique: true, references: { model: "user", field: "id" } };
	const m = await getMigrations({ ...base, database: { db, type: "postgres", schemaName: "auth" }, user: { additionalFields: { bossId } } });
	writeFileSync(join(here, "postgres", "create_in_schema.sql"), (await m.compileMigrations()) + "\n");
});
