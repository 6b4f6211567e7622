// Runs one scenario on two servers, each with its own database, and compares the results.
import { copyFile } from "node:fs/promises";
import { compareTranscripts, publishedKeys } from "./compare.mjs";
import { Driver } from "./client.mjs";
import { compareHashes, compareRows, connect, keysOfRows, readRows } from "./rows.mjs";
import { describe } from "./oauth/fake.mjs";
import { Opener } from "./values.mjs";

export const secret = "parity-secret-9f2b7c41d06e48a3b5c8e1d7";

const defaults = {
  secret,
  baseURL: "http://localhost:3000",
  emailAndPassword: { enabled: true },
  $test: { env: "development" },
};

const isObject = (v) => v && typeof v === "object" && !Array.isArray(v);

function merge(base, own) {
  const out = { ...base };
  for (const [key, value] of Object.entries(own)) {
    if (value === undefined) delete out[key];
    else out[key] = isObject(value) && isObject(base[key]) && !value.webhook ? merge(base[key], value) : value;
  }
  return out;
}

/** The config of a scenario with the defaults under it. A key set to undefined takes a default away. */
export const configOf = (scenario) => merge(defaults, scenario.config ?? {});

// {webhook: "hook:name"} becomes the recorder's URL for that side.
function withHooks(value, base) {
  if (typeof value === "string") return value.startsWith("hook:") ? `${base}/${value.slice(5)}` : value;
  if (Array.isArray(value)) return value.map((v) => withHooks(v, base));
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, withHooks(v, base)]));
}

function openerOf(config) {
  const environ = config.$test?.environ ?? {};
  const listed = config.secrets ?? environ.BETTER_AUTH_SECRETS?.split(",").map((e) => {
    const [version, ...rest] = e.trim().split(":");
    return { version: Number(version), value: rest.join(":") };
  });
  const single = config.secret ?? environ.BETTER_AUTH_SECRET ?? environ.AUTH_SECRET ?? "better-auth-secret-12345678901234567890";
  const secrets = [...(listed ?? []).map((s) => s.value), single];
  const key = listed?.length
    ? { keys: new Map(listed.map((s) => [Number(s.version), s.value])), currentVersion: Number(listed[0].version), legacySecret: single }
    : single;
  return new Opener(secrets, key);
}

// A request of the server to the internet, as a call of the hook "egress".
const outbound = (req, text) => JSON.stringify({ event: "egress", data: [describe(req, text)] });

let numbered = 0;

class Side {
  constructor(server, scenario, context) {
    Object.assign(this, { server, scenario, context, id: `s${++numbered}` });
  }
  async prepare(config, kind) {
    const { databases, recorder } = this.context;
    if (kind !== "none") this.database = await databases.create(kind);
    if (config.secondaryStorage?.provider === "redis") this.storage = await databases.create("redis");
    const hookBase = recorder.register(this.id, (name, text, req) => this.driver.callback(name, name === "egress" ? outbound(req, text) : text));
    this.config = withHooks(config, hookBase);
    if (this.database) this.config.database = { ...config.database, provider: this.database.provider, url: this.database.url };
    if (this.storage) this.config.secondaryStorage = { ...config.secondaryStorage, url: this.storage.url };
  }
  async start(config) {
    // A server may call back while it starts.
    this.driver = this.#driver(config);
    const { url, error } = await this.server.serve(this.id, this.config);
    if (error) return error;
    this.driver.url = url;
    if (this.database) this.driver.db = this.connection = await connect(this.database);
    return undefined;
  }
  #driver(config) {
    const origin = typeof config.baseURL === "string" ? new URL(config.baseURL).origin : (this.scenario.origin ?? "http://localhost:3000");
    return new Driver({
      origin,
      basePath: config.basePath ?? "/api/auth",
      hooks: this.scenario.hooks,
      vars: { secret: config.secret ?? secret, config },
    });
  }
  async play() {
    try {
      await this.scenario.run(this.driver);
    } catch (e) {
      this.driver.note("the scenario threw", `${e.name}: ${e.message}`);
      if (process.env.PARITY_DEBUG) console.error(this.scenario.name, this.server.name, e);
    }
    const late = this.driver.lateHooks();
    if (late.length) this.driver.note("late callbacks", late);
    this.rows = this.connection ? await readRows(this.connection) : {};
  }
  async end() {
    this.context.recorder.remove(this.id);
    this.driver?.end();
    await this.server.close(this.id);
    await this.connection?.close();
    await this.database?.drop();
  }
}

async function migrate(a, b, context) {
  if (!a.database) return undefined;
  const { error } = await context.migrator.migrate(a.id, a.config);
  if (error) return error;
  if (a.database.file) return void (await copyFile(a.database.file, b.database.file));
  return (await context.migrator.migrate(b.id, b.config)).error;
}

const failure = (where, reference, ours) => ({ differences: [{ step: -1, title: "start", where, reference, ours }], notes: [] });

// The error texts differ between the servers; only the rejection itself is compared.
function refusal(scenario, errorA, errorB, config) {
  const wrong = !errorA || !errorB || !scenario.name.includes("refused:");
  const result = wrong ? failure("the config", errorA ?? "accepted", errorB ?? "accepted") : { differences: [], notes: [] };
  return { ...result, refused: true, config, equal: new Set(), transcript: [] };
}

async function compare(a, b, config) {
  const openers = { reference: openerOf(config), ours: openerOf(config) };
  for (const [side, opener] of [[a, openers.reference], [b, openers.ours]]) {
    opener.addKeys(publishedKeys(side.driver.transcript));
    opener.addKeys(keysOfRows(side.rows));
  }
  const unordered = a.database !== undefined && a.database.provider !== "sqlite";
  const { matcher, equal } = await compareTranscripts(a.driver.transcript, b.driver.transcript, openers, { unordered, unorderedCalls: a.scenario.unorderedCalls });
  if (a.scenario.rows !== false) await compareRows(matcher, a.rows, b.rows);
  if (a.scenario.verifyHashes) await compareHashes(matcher, a.rows, b.rows, a.driver.passwords, b.driver.passwords);
  const threw = a.driver.transcript.find((step) => step.label === "the scenario threw");
  if (threw) matcher.differences.push({ step: -1, title: "the scenario itself threw", where: "on the reference", reference: threw.note });
  return { differences: matcher.differences, notes: matcher.notes, equal, transcript: a.driver.transcript };
}

/** Runs a scenario on context.sides = [reference, ours]; resolves to {differences, notes, equal, transcript, config} or {skipped}. */
export async function runScenario(scenario, kind, context) {
  const config = configOf(scenario);
  const wanted = [kind, config.secondaryStorage?.provider === "redis" ? "redis" : "none"];
  for (const one of wanted) {
    const missing = await context.databases.missing(one);
    if (missing) return { skipped: `${one}: ${missing}` };
  }
  const [a, b] = context.sides.map((server) => new Side(server, scenario, context));
  try {
    await Promise.all([a.prepare(config, kind), b.prepare(config, kind)]);
    const unmade = await migrate(a, b, context);
    const [errorA, errorB] = await Promise.all([unmade ?? a.start(config), b.start(config)]);
    if (errorA || errorB) return refusal(scenario, errorA, errorB, config);
    await Promise.all([a.play(), b.play()]);
    return { ...(await compare(a, b, config)), config: a.config };
  } finally {
    await Promise.all([a.end(), b.end()]);
  }
}
