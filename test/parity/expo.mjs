// An app made with Expo: the official client plugin, with fakes of the modules of React Native that it imports. Its
// cookies are in its own storage, and its browser is one of the scenario's browsers.
import { AsyncLocalStorage } from "node:async_hooks";
import { registerHooks } from "node:module";

// Both servers of a scenario are driven at once, so the fakes ask in which app they are.
const current = new AsyncLocalStorage();
globalThis[Symbol.for("parity.expo")] = current;
const app = `const app = () => globalThis[Symbol.for("parity.expo")].getStore();`;

const fakes = {
  "react-native": `export const Platform = { OS: "ios" }; export const AppState = { addEventListener: () => ({ remove() {} }) };`,
  "expo-constants": `export default { expoConfig: { scheme: "myapp" } };`,
  "expo-linking": `export const createURL = (path, { scheme = "myapp" } = {}) => scheme + "://" + path.replace(/^\\//, "");`,
  "expo-network": `export const addNetworkStateListener = () => ({ remove() {} });`,
  "expo-web-browser": `${app} export const dismissAuthSession = () => {}; export const openAuthSessionAsync = (url, to) => app().open(url, to);`,
};

registerHooks({
  resolve: (name, context, next) => (fakes[name] ? { url: `fake:${name}`, shortCircuit: true } : next(name, context)),
  load: (url, context, next) => (url.startsWith("fake:") ? { format: "module", source: fakes[url.slice(5)], shortCircuit: true } : next(url, context)),
});

class Storage {
  items = new Map();
  getItem = (key) => this.items.get(key) ?? null;
  setItem = (key, value) => void this.items.set(key, value);
  getItemAsync = async (key) => this.getItem(key);
  setItemAsync = async (key, value) => this.setItem(key, value);
}

/** For a getSession of the scenario. The client also asks by itself, after times of its own; those calls are left out. */
export const asked = { fetchOptions: { headers: { "x-asked": "yes" } } };

/**
 * Runs play(client) in an app on the server of s. answer(state) is the address to which the provider sends the browser
 * of the app back; options are those of the client.
 */
export async function inApp(s, play, { answer, plugins = [], ...options } = {}) {
  const { expoClient } = await import("@better-auth/expo/client");
  const storage = new Storage();
  const customFetchImpl = async (input, init = {}) => {
    const url = new URL(String(input));
    const { "content-type": type, "x-asked": isAsked, ...headers } = Object.fromEntries(new Headers(init.headers));
    if (url.pathname.endsWith("/get-session") && !isAsked) return Response.json(null);
    const raw = init.body === undefined || init.body === null ? undefined : String(init.body);
    // An app sends its own cookies, and no Origin.
    const got = await s.request(init.method ?? "GET", url.pathname + url.search, undefined, { absolute: true, raw, type, headers, origin: null, cookies: false, keepJar: true });
    return new Response(got.body, { status: got.status, headers: got.rawHeaders });
  };
  const open = async (url, to) => {
    const { pathname, search } = new URL(url);
    const begun = await s.as("browser").get(pathname + search, { absolute: true });
    const provider = begun.headers.location?.[0];
    s.note("the browser was sent to", provider);
    const back = provider && answer?.(new URL(provider).searchParams.get("state"));
    if (!back) return { type: "cancel" };
    const end = await s.get(back);
    const location = end.headers.location?.[0] ?? "";
    return location.startsWith(to) ? { type: "success", url: location } : { type: "cancel" };
  };
  await current.run({ open }, async () => {
    const client = await s.client({ fetchOptions: { customFetchImpl }, plugins: [expoClient({ storage, ...options }), ...plugins] });
    await play(client, storage);
  });
}
