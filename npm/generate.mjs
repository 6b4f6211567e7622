// Prints endpoints.mjs from an inventory of the reference's endpoints: node generate.mjs endpoints.json > endpoints.mjs
import { readFileSync } from "node:fs";

const { endpoints } = JSON.parse(readFileSync(process.argv[2], "utf8"));
const lines = new Map();
for (const e of endpoints) {
  if (!e.http || !e.path) continue;
  const methods = [e.method].flat().filter((m) => m !== "*");
  lines.set(e.name, `  ${e.name}: "${methods.join(",") || "GET"} ${e.path}",`);
}
console.log("// Every endpoint of better-auth 1.7.25 that has a URL, by its name in auth.api. Made by generate.mjs.");
console.log("export const endpoints = {");
for (const name of [...lines.keys()].sort()) console.log(lines.get(name));
console.log("};");
