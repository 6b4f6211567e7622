// node run.mjs [--filter x] [--self] [--seed n] [--bin path] [--workers n] [--notes] [--write]
import { mkdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { parseArgs } from "node:util";
import { here, onNewerNode } from "./processes.mjs";

if (await onNewerNode()) await main();

async function main() {
  const { values: flags } = parseArgs({
    options: {
      filter: { type: "string" }, self: { type: "boolean" }, seed: { type: "string" }, bin: { type: "string" },
      workers: { type: "string" }, notes: { type: "boolean" }, write: { type: "boolean" }, times: { type: "boolean" },
    },
  });
  const { Coverage } = await import("./coverage.mjs");
  const { page, printDifference, summary } = await import("./report.mjs");
  const { random, runAll, scenarios, shuffled } = await import("./suite.mjs");
  const { allowed, unreachable } = await import("./differences.mjs");
  const { openContext } = await import("./context.mjs");

  const all = await scenarios(flags.filter);
  const list = flags.seed ? shuffled(all, random(Number(flags.seed))) : all;
  const context = await openContext({ self: flags.self, bin: flags.bin });
  const coverage = new Coverage();
  const used = new Map();
  const done = [];
  let differences = 0;

  const isAllowed = (scenario, d) => {
    const at = allowed.findIndex((a) => ["scenario", "title", "where"].every((k) => !a[k] || a[k].test(k === "scenario" ? scenario.name : String(d[k]))));
    if (at >= 0) used.set(at, (used.get(at) ?? 0) + 1);
    return at >= 0;
  };
  const report = (scenario, result, ms) => {
    if (flags.times) console.log(`${String(ms).padStart(6)} ms ${scenario.name}${result.refused ? " (refused)" : ""}`);
    if (result.skipped) {
      console.log(`SKIPPED ${scenario.name}: ${result.skipped}`);
      if (process.env.CI === "true") differences++;
      return;
    }
    const real = result.differences.filter((d) => !isAllowed(scenario, d));
    for (const d of real) printDifference(scenario.name, d);
    if (flags.notes) for (const note of result.notes) console.log(`note ${scenario.name} · ${note}`);
    differences += real.length;
    done.push(scenario.name);
    // A step counts as equal if all of its differences are allowed.
    const equal = new Set(result.transcript?.map((_, i) => i).filter((i) => !real.some((d) => d.step === i)));
    if (result.transcript) coverage.add({ config: result.config, transcript: result.transcript, equal, whole: real.length === 0 && !result.refused });
  };

  try {
    await runAll(list, context, Number(flags.workers ?? 4), report);
  } finally {
    await context.end();
  }
  const line = summary(coverage, done.length, differences);
  if (flags.write) {
    const file = path.join(here, "..", "..", "docs", "parity.md");
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, page({ coverage, line, allowed, unreachable, scenarios: done.sort(), used }));
    await writeReadme(line);
  }
  console.log(line);
  process.exit(differences > 0 ? 1 : 0);
}

/** Puts the figures between the marks of the project's README. */
async function writeReadme(line) {
  const file = path.join(here, "..", "..", "README.md");
  const text = await readFile(file, "utf8");
  await writeFile(file, text.replace(/<!-- parity -->[^]*?<!-- \/parity -->/, `<!-- parity -->\n    ${line}\n<!-- /parity -->`));
}
