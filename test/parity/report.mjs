// Says what was found: on the terminal, and in docs/parity.md.
import { codes, endpoints, options } from "./coverage.mjs";

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
  const lines = ["## Options", "", "Set in a scenario whose answers were all equal.", ""];
  for (const [owner, paths] of Object.entries(options)) {
    const done = paths.filter((p) => covered.has(`${owner} ${p}`));
    lines.push(`* **${owner}** ${done.length} of ${paths.length}${done.length ? `: ${done.map((p) => `\`${p}\``).join(", ")}` : ""}`);
  }
  return [...lines, ""];
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
