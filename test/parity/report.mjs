// Prints the result on the terminal, and writes docs/parity.md.
import { readFileSync } from "node:fs";
import { codes, endpoints, options } from "./coverage.mjs";

const meaningless = JSON.parse(readFileSync(new URL("./meaningless.json", import.meta.url)));

const short = (value) => {
  const text = value === undefined ? "(absent)" : typeof value === "string" ? value : JSON.stringify(value);
  return text.length > 500 ? `${text.slice(0, 500)}…` : text;
};

export function printDifference(scenario, d) {
  const lines = [
    `DIFFERENCE ${scenario} · ${d.step >= 0 ? `step ${d.step + 1} ` : ""}${d.title} · ${d.where}${d.why ? ` (${d.why})` : ""}`,
    `    reference: ${short(d.reference)}`,
    `    ours:      ${short(d.ours)}`,
  ];
  if (d.sent) lines.push(`    sent:      ${d.sent}`);
  console.log(lines.join("\n"));
}

/** The last line of a run. */
export function summary(coverage, scenarios, differences) {
  const { http, server, codes: seen, options: set } = coverage.totals();
  const part = (name, [n, all]) => `${name} ${n}/${all}`;
  return `parity: ${[part("http", http), part("server", server), part("codes", seen), part("options", set)].join(", ")}, scenarios ${scenarios}, differences ${differences}`;
}

const groupBy = (list, key) => {
  const out = new Map();
  for (const item of list) out.set(key(item), [...(out.get(key(item)) ?? []), item]);
  return out;
};

function section(title, all, covered, name) {
  const lines = [`## ${title}`, "", "| plugin | covered | not yet |", "| --- | --- | --- |"];
  for (const [plugin, items] of groupBy(all, (x) => x.plugin)) {
    const done = items.filter((x) => covered.has(`${plugin} ${name(x)}`));
    const missing = items.filter((x) => !covered.has(`${plugin} ${name(x)}`)).map(name);
    lines.push(`| ${plugin} | ${done.length} of ${items.length} | ${missing.join(", ")} |`);
  }
  return [...lines, ""];
}

function optionSection(covered) {
  const lines = ["## Options", "", "Covered: set in a scenario whose answers were all equal. Without meaning: of no use in a server of its own, each with the reason. Left: neither.", ""];
  lines.push("| plugin | options | covered | without meaning | left |", "| --- | --- | --- | --- | --- |");
  const named = (list) => list.map((p) => `\`${p}\``).join(", ");
  const details = [];
  for (const [owner, paths] of Object.entries(options)) {
    const isDone = (p) => covered.has(`${owner} ${p}`);
    const without = meaningless.filter((m) => m.plugin === owner && !isDone(m.path));
    const left = paths.filter((p) => !isDone(p) && !without.some((m) => m.path === p));
    const done = paths.filter(isDone);
    lines.push(`| ${owner} | ${paths.length} | ${done.length} | ${without.length} | ${left.length} |`);
    if (done.length === 0) continue;
    details.push(`* **${owner}** ${done.length} of ${paths.length}: ${named(done)}`);
    for (const reason of new Set(without.map((m) => m.reason))) {
      details.push(`  * without meaning ${named(without.filter((m) => m.reason === reason).map((m) => m.path))}: ${reason}`);
    }
    if (left.length) details.push(`  * left: ${named(left)}`);
  }
  return [...lines, "", ...details, ""];
}

/** The text of docs/parity.md. */
export function page({ coverage, line, allowed, unreachable, scenarios, used }) {
  const listed = (list, text) => (list.length ? list.map(text) : ["None."]);
  return [
    "# Parity with the npm package",
    "",
    "Written by `test/parity/run.mjs --write`. The same scenarios run on better-auth 1.7.25 and on this server; every",
    "status, header, cookie, body and row is compared by value. Covered means: seen, and equal on both.",
    "",
    `    ${line}`,
    "",
    ...section("HTTP endpoints", endpoints.filter((e) => e.http), coverage.http, (e) => e.name),
    ...section("Server-only endpoints", endpoints.filter((e) => e.serverOnly), coverage.server, (e) => e.name),
    ...section("Error codes", codes, coverage.codes, (c) => c.code),
    "## Codes proven unreachable",
    "",
    ...listed(unreachable, (u) => `* ${u.plugin} \`${u.code}\`: ${u.reason}`),
    "",
    "## Allowed differences",
    "",
    ...listed(allowed, (d, i) => `* ${d.reason} (${used.get(allowed.indexOf(d)) ?? 0} seen)`),
    "",
    ...optionSection(coverage.options),
    "## Scenarios",
    "",
    ...scenarios.map((s) => `* ${s}`),
    "",
  ].join("\n");
}
