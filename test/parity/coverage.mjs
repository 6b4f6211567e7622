// Lists what the run covered: endpoints, error codes and options, derived from answers that were equal on both sides.
import { readFileSync } from "node:fs";

const read = (name) => JSON.parse(readFileSync(new URL(`./wire/${name}.json`, import.meta.url)));

export const endpoints = read("endpoints");
export const codes = read("error-codes");
export const options = read("options");

const routed = endpoints.filter((e) => e.http).map((e) => ({
  ...e,
  methods: [e.method].flat(),
  pattern: new RegExp(`^${e.path.replace(/:[A-Za-z]+/g, "[^/]+")}$`),
}));

/** The endpoint of a request; plugins: set of enabled plugin ids. A plugin's endpoint hides core's. */
export function endpointOf(method, path, basePath, plugins) {
  const bare = path.split("?")[0];
  if (!bare.startsWith(basePath)) return undefined;
  const inner = bare.slice(basePath.length);
  const found = routed.filter((e) => plugins.has(e.plugin) && e.methods.includes(method) && e.pattern.test(inner));
  return found.find((e) => e.plugin !== "core" && !e.path.includes(":")) ?? found.find((e) => !e.path.includes(":")) ?? found[0];
}

function errorsOf(step) {
  const seen = [];
  if (step.json && typeof step.json.code === "string") seen.push({ code: step.json.code, message: step.json.message });
  // Errors in the form of OAuth carry the text of the code, not its name.
  else if (step.json && typeof step.json.error === "string") seen.push({ message: step.json.error_description });
  for (const location of step.headers?.location ?? []) {
    const error = /[?&#]error=([^&#]+)/.exec(location);
    if (error) seen.push({ code: decodeURIComponent(error[1]) });
  }
  return seen;
}

function optionTree(paths) {
  const root = {};
  for (const path of paths) {
    let node = root;
    for (const part of path.replaceAll("[]", ".[]").split(".")) node = (node.children ??= {})[part] ??= {};
    node.path = path;
  }
  return root;
}
const trees = Object.fromEntries(Object.entries(options).map(([owner, paths]) => [owner, optionTree(paths)]));

function* optionsIn(value, node) {
  if (node.path) yield node.path;
  if (!node.children || !value || typeof value !== "object") return;
  for (const [key, inner] of Object.entries(value)) {
    const child = Array.isArray(value) ? node.children["[]"] : (node.children[key] ?? node.children["<key>"]);
    if (child && inner !== undefined) yield* optionsIn(inner, child);
  }
  // The elements of some arrays are listed without [].
  if (Array.isArray(value) && !node.children["[]"]) for (const inner of value) yield* optionsIn(inner, { children: node.children });
}

const camel = (name) => name.replace(/-(\w)/g, (_, letter) => letter.toUpperCase());

/** The options of generic-oauth's helpers are listed under the helper's name. */
function helped(id, own) {
  if (id !== "generic-oauth") return own;
  const out = { ...own, config: own.config.filter((c) => !c.helper) };
  for (const { helper, ...given } of own.config.filter((c) => c.helper)) out[`${camel(helper)}()`] = given;
  return out;
}

export class Coverage {
  http = new Set();
  server = new Set();
  codes = new Set();
  options = new Set();

  /** Takes in the equal steps of a scenario; config counts only when every step was equal. */
  add({ config, transcript, equal, whole }) {
    const plugins = new Set(["core", ...Object.keys(config.plugins ?? {})]);
    if (plugins.has("mcp")) plugins.add("oauth-provider"); // mcp has its endpoints
    const basePath = config.basePath ?? "/api/auth";
    for (const number of equal) {
      const step = transcript[number];
      if (step?.method) this.#step(step, plugins, basePath);
    }
    if (whole) this.#config(config);
  }
  #step(step, plugins, basePath) {
    if (step.status === 0 || (step.status === 404 && step.body === "")) return;
    const endpoint = step.server
      ? endpoints.find((e) => e.name === step.server && plugins.has(e.plugin))
      : endpointOf(step.method, step.path, basePath, plugins);
    if (endpoint?.serverOnly && step.server) this.server.add(`${endpoint.plugin} ${endpoint.name}`);
    else if (endpoint && !step.server) this.http.add(`${endpoint.plugin} ${endpoint.name}`);
    for (const error of errorsOf(step)) this.#code(error, endpoint, plugins);
  }
  #code({ code, message }, endpoint, plugins) {
    if (code === undefined) {
      for (const c of codes) if (c.plugin === endpoint?.plugin && c.message === message) this.codes.add(`${c.plugin} ${c.code}`);
      return;
    }
    // Some codes have several texts (VALIDATION_ERROR, FIELD_NOT_ALLOWED): the text only distinguishes plugins.
    const named = codes.filter((c) => c.code === code && plugins.has(c.plugin));
    const worded = named.filter((c) => c.message === message);
    const same = worded.length > 0 ? worded : named;
    const owner = same.find((c) => c.plugin === endpoint?.plugin) ?? same.find((c) => c.plugin === "core");
    for (const c of owner ? [owner] : same) this.codes.add(`${c.plugin} ${c.code}`);
  }
  #config(config) {
    const { plugins = {}, $test: _test, ...core } = config;
    for (const path of optionsIn({ ...core, plugins: Object.keys(plugins).length ? [{}] : undefined }, trees.core)) this.options.add(`core ${path}`);
    for (const [id, own] of Object.entries(plugins)) {
      if (trees[id]) for (const path of optionsIn(helped(id, own ?? {}), trees[id])) this.options.add(`${id} ${path}`);
      // Here the reference's oauthDeviceAuthorization() is device-authorization with the option oauth.
      if (id === "device-authorization" && own?.oauth) for (const path of optionsIn({ "oauthDeviceAuthorization()": own }, trees["oauth-provider"])) this.options.add(`oauth-provider ${path}`);
      // For a plugin without options, one entry says so.
      if (options[id]?.includes("(none)")) this.options.add(`${id} (none)`);
    }
  }

  totals() {
    return {
      http: [this.http.size, endpoints.filter((e) => e.http).length],
      server: [this.server.size, endpoints.filter((e) => e.serverOnly).length],
      codes: [this.codes.size, codes.length],
      options: [this.options.size, Object.values(options).flat().length],
    };
  }
}
