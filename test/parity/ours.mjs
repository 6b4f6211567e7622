// This server: the binary built with -tags blackbox.
import { execFile } from "node:child_process";
import { mkdtemp } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { here, LineServer } from "./processes.mjs";

/** Resolves to the path of the binary: given, from BETTERAUTH_BIN, or built now. */
export async function binary(given) {
  if (given ?? process.env.BETTERAUTH_BIN) return path.resolve(given ?? process.env.BETTERAUTH_BIN);
  const out = path.join(await mkdtemp(path.join(os.tmpdir(), "parity-bin-")), "betterauth");
  const root = path.join(here, "..", "..");
  await promisify(execFile)("go", ["build", "-tags", "blackbox", "-o", out, "./cmd/betterauth"], { cwd: root });
  return out;
}

export class Ours {
  name = "ours";
  #server;
  constructor(file) {
    this.file = file;
  }
  #running() {
    // A crash must not hide the results of all later scenarios.
    if (!this.#server || this.#server.dead) this.#server = new LineServer(this.file, ["blackbox"]);
    return this.#server;
  }
  serve(instance, config) {
    return this.#running().ask({ instance, listen: "127.0.0.1:0", config });
  }
  async close(instance) {
    if (this.#server && !this.#server.dead) await this.#server.ask({ instance, close: true });
  }
  get log() {
    return this.#server?.log ?? "";
  }
  async end() {
    await this.#server?.end();
  }
}
