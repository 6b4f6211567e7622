// Servers under test: child processes that speak the line protocol of BLACKBOX.md.
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import readline from "node:readline";
import { fileURLToPath } from "node:url";

export const here = path.dirname(fileURLToPath(import.meta.url));

/** Path of a Node that has node:sqlite: this one, or the one from the npm package node-<platform>-<arch>. */
export function newerNode() {
  if (Number(process.versions.node.split(".")[0]) >= 22) return process.execPath;
  const require = createRequire(import.meta.url);
  const manifest = require.resolve(`node-${process.platform}-${process.arch}/package.json`);
  return path.join(path.dirname(manifest), "bin", "node");
}

/** Runs the calling script again with a newer Node when this one has no node:sqlite; resolves to false if it did. */
export async function onNewerNode() {
  if (Number(process.versions.node.split(".")[0]) >= 22) return true;
  const args = ["--disable-warning=ExperimentalWarning", ...process.argv.slice(1)];
  const child = spawn(newerNode(), args, { stdio: "inherit" });
  for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => child.kill(signal));
  process.exitCode = await new Promise((resolve) => child.on("exit", (code) => resolve(code ?? 1)));
  return false;
}

/** A child that answers one JSON line for each JSON line. */
export class LineServer {
  #child;
  #waiting = [];
  #exit;
  constructor(command, args, { env = {}, cwd = here } = {}) {
    this.#child = spawn(command, args, { cwd, env: { ...process.env, ...env }, stdio: ["pipe", "pipe", "pipe"] });
    this.log = "";
    this.#child.stderr.on("data", (d) => {
      this.log = (this.log + d).slice(-200_000);
      if (process.env.PARITY_DEBUG) process.stderr.write(d);
    });
    readline.createInterface({ input: this.#child.stdout }).on("line", (line) => {
      if (line.startsWith("{")) this.#deliver(JSON.parse(line));
    });
    this.#child.stdin.on("error", () => {});
    this.#child.on("error", (e) => this.#fail(String(e)));
    this.#child.on("exit", (code, signal) => this.#fail(`process ended (${signal ?? code}): ${this.log.slice(-2000)}`));
  }
  #deliver(answer) {
    const at = this.#waiting.findIndex((w) => w.instance === answer.instance);
    if (at >= 0) this.#waiting.splice(at, 1)[0].resolve(answer);
  }
  #fail(reason) {
    this.#exit = reason;
    for (const w of this.#waiting.splice(0)) w.resolve({ error: reason, dead: true });
  }
  get dead() {
    return this.#exit;
  }
  ask(message) {
    if (this.#exit) return Promise.resolve({ error: this.#exit, dead: true });
    return new Promise((resolve) => {
      this.#waiting.push({ instance: message.instance, resolve });
      this.#child.stdin.write(JSON.stringify(message) + "\n");
    });
  }
  end() {
    this.#child.stdin.end();
    if (this.#exit) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.#child.kill("SIGKILL"), 3000);
      this.#child.on("exit", () => (clearTimeout(timer), resolve()));
    });
  }
}

export const exists = (file) => existsSync(file);
