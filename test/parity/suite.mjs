// Finds the scenarios and runs them, several at a time.
import { readdir } from "node:fs/promises";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { here } from "./processes.mjs";
import { runScenario } from "./runner.mjs";

/** Resolves to all scenarios, one entry for each database kind a scenario names in `dbs` (default: SQLite). */
export async function scenarios(filter) {
  const dir = path.join(here, "scenarios");
  const out = [];
  for (const file of (await readdir(dir)).filter((f) => f.endsWith(".mjs")).sort()) {
    const { default: list } = await import(pathToFileURL(path.join(dir, file)));
    for (const scenario of list) {
      const kinds = scenario.dbs ?? ["sqlite"];
      for (const kind of kinds) {
        const name = `${file.replace(/\.mjs$/, "")}/${scenario.name}${kinds.length > 1 || kind !== "sqlite" ? ` [${kind}]` : ""}`;
        if (!filter || name.includes(filter)) out.push({ ...scenario, name, kind });
      }
    }
  }
  return out;
}

/** A small generator, so that a run can be repeated from its seed. */
export function random(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

export function shuffled(list, next) {
  const out = [...list];
  for (let i = out.length - 1; i > 0; i--) {
    const j = Math.floor(next() * (i + 1));
    [out[i], out[j]] = [out[j], out[i]];
  }
  return out;
}

function within(ms, promise) {
  let timer;
  const late = new Promise((_, reject) => (timer = setTimeout(() => reject(new Error(`no end after ${ms} ms`)), ms)));
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

// A short random value may happen to have no capital letter: one in 30,000 of twenty characters. So a form that differs
// counts if it differs again. What a server does after its answer may be done, or not yet, when the next request comes:
// a scenario of that kind says `background`, and its differences count if they are there three times.
async function play(scenario, context) {
  const once = () => within(scenario.timeout ?? 240_000, runScenario(scenario, scenario.kind, context));
  const byChance = ({ differences = [] }) => differences.length > 0 && differences.every((d) => /^form (lower|mixed):\d+ \/ (lower|mixed):/.test(d.why));
  let result = await once();
  if (byChance(result)) result = await once();
  for (let more = scenario.background ? 2 : 0; more > 0 && result.differences?.length > 0; more--) result = await once();
  return result;
}

/** Runs list with `workers` at a time; report(scenario, result, ms) is called as each ends. */
export async function runAll(list, context, workers, report) {
  const queue = [...list];
  const work = async () => {
    for (let scenario = queue.shift(); scenario; scenario = queue.shift()) {
      const began = Date.now();
      let result;
      try {
        result = await play(scenario, context);
      } catch (e) {
        result = { differences: [{ step: -1, title: "harness", where: "threw", reference: e.stack, ours: undefined }], notes: [] };
      }
      report(scenario, result, Date.now() - began);
    }
  };
  await Promise.all(Array.from({ length: workers }, work));
}
