// The reference side: processes that host the npm package. better-auth reads NODE_ENV once, at import, so there is
// one process per value; its in-memory rate limiter is global to a process, so such a scenario gets its own.
import { LineServer, newerNode } from "./processes.mjs";

function limiterInMemory(config) {
  const production = config.$test?.env === "production";
  const enabled = config.rateLimit?.enabled ?? production;
  const storage = config.rateLimit?.storage ?? (config.secondaryStorage ? "secondary-storage" : "memory");
  return enabled && storage === "memory" && !config.rateLimit?.customStorage;
}

export class Reference {
  name = "reference";
  #shared = new Map();
  #owned = new Map();

  #start(env) {
    const args = ["--disable-warning=ExperimentalWarning", "reference-host.mjs"];
    return new LineServer(newerNode(), args, { env: { NODE_ENV: env, BETTER_AUTH_TELEMETRY: "0" } });
  }
  #sharedHost(env) {
    if (!this.#shared.has(env)) this.#shared.set(env, this.#start(env));
    return this.#shared.get(env);
  }
  /** Makes the tables that a config needs; resolves to {} or {error}. */
  migrate(instance, config) {
    return this.#sharedHost("development").ask({ op: "migrate", instance: `migrate-${instance}`, config });
  }
  /** Starts an instance; resolves to {url} or {error}. */
  async serve(instance, config) {
    const env = config.$test?.env ?? "development";
    const own = limiterInMemory(config);
    const host = own ? this.#start(env) : this.#sharedHost(env);
    this.#owned.set(instance, { host, own });
    return host.ask({ op: "serve", instance, listen: "127.0.0.1:0", config });
  }
  async close(instance) {
    const { host, own } = this.#owned.get(instance) ?? {};
    this.#owned.delete(instance);
    if (!host) return;
    if (own) await host.end();
    else await host.ask({ op: "close", instance });
  }
  async end() {
    await Promise.all([...this.#shared.values()].map((host) => host.end()));
  }
}
