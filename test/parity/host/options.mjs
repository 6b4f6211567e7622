// Translates a config file (JSON, names of the TypeScript options) into the reference's options.
import { callback } from "./callback.mjs";
import { companions, extended } from "./extensions.mjs";
import { openDatabase, openSecondaryStorage } from "./storage.mjs";

const exported = {
  "two-factor": "twoFactor", username: "username", anonymous: "anonymous", "phone-number": "phoneNumber",
  "magic-link": "magicLink", "email-otp": "emailOTP", "generic-oauth": "genericOAuth", "one-tap": "oneTap",
  siwe: "siwe", admin: "admin", organization: "organization", "device-authorization": "deviceAuthorization",
  "multi-session": "multiSession", "oauth-proxy": "oAuthProxy", "oauth-popup": "oauthPopup",
  "one-time-token": "oneTimeToken", "open-api": "openAPI", jwt: "jwt", bearer: "bearer", captcha: "captcha",
  "custom-session": "customSession", "have-i-been-pwned": "haveIBeenPwned", "last-login-method": "lastLoginMethod",
};

/** Plugins that are npm packages of their own: the package and the name that it exports. */
const packages = {
  "api-key": ["@better-auth/api-key", "apiKey"],
  passkey: ["@better-auth/passkey", "passkey"], expo: ["@better-auth/expo", "expo"],
  i18n: ["@better-auth/i18n", "i18n"], electron: ["@better-auth/electron", "electron"],
  "oauth-provider": ["@better-auth/oauth-provider", "oauthProvider"], mcp: ["@better-auth/mcp", "mcp"], cimd: ["@better-auth/cimd", "cimd"],
};

/** Plugins that take several arguments in TypeScript: the keys of the file that are the arguments. */
const positional = { "custom-session": ["fn", "options", "pluginOptions"] };

async function plugin(id, options) {
  // One plugin here, two in TypeScript.
  if (id === "device-authorization" && options.oauth !== undefined) {
    const { oauth, ...rest } = options;
    return oauth ? (await import("@better-auth/oauth-provider")).oauthDeviceAuthorization(rest) : plugin(id, rest);
  }
  const [from, name] = packages[id] ?? ["better-auth/plugins", exported[id]];
  if (!name) throw new Error(`plugin ${id} is not known to the reference host`);
  const module = await import(from);
  const make = module[name];
  if (!make) throw new Error(`${from} exports no ${name}`);
  if (id === "api-key") {
    const { configurations: list = [], schema } = options;
    return make(list.length === 1 && !list[0].configId ? list[0] : list.length > 0 ? list : undefined, { schema });
  }
  if (positional[id]) return make(...positional[id].map((key) => options[key]));
  return make(prepare(id, module, options));
}

const helpers = {
  auth0: "auth0", gumroad: "gumroad", hubspot: "hubspot", keycloak: "keycloak", line: "line", okta: "okta", patreon: "patreon", slack: "slack",
  yandex: "yandex", "microsoft-entra-id": "microsoftEntraId",
};

/** What a file cannot say as TypeScript does: helpers are called, keys by version become a Map, texts are imported. */
function prepare(id, module, options) {
  if ((id === "admin" || id === "organization") && (options.roles || options.ac)) {
    const ac = options.ac && module.createAccessControl(options.ac);
    const roles = options.roles && Object.fromEntries(Object.entries(options.roles).map(([name, statements]) => [name, module.role(statements)]));
    return { ...options, ...(ac && { ac }), ...(roles && { roles }) };
  }
  if (id === "generic-oauth") {
    const config = options.config.map(({ helper, ...own }) => (helper ? module[helpers[helper]](own) : own));
    return { ...options, config };
  }
  if (id === "oauth-proxy" && options.secret?.keys) {
    const keys = new Map(Object.entries(options.secret.keys).map(([version, value]) => [Number(version), value]));
    return { ...options, secret: { ...options.secret, keys } };
  }
  if (id === "i18n" && options.locales) {
    const { locales, translations: own = {}, ...rest } = options;
    const translations = Object.fromEntries(locales.map((name) => [name, module.locales[name]]));
    for (const [name, texts] of Object.entries(own)) translations[name] = { ...translations[name], ...texts };
    return { ...rest, translations };
  }
  if (id === "cimd") return { fetchClientMetadataResource: (url, init) => fetch(url, init), ...options };
  if (id === "oauth-provider" || id === "mcp") {
    const { cachedTrustedClients: clients, cachedResources: resources, ...rest } = extended(options);
    return { ...rest, ...(clients && { cachedTrustedClients: new Set(clients) }), ...(resources && { cachedResources: new Set(resources) }) };
  }
  return options;
}

const isWebhook = (v) => v && typeof v === "object" && typeof v.webhook === "string";

function withFunctions(value, path) {
  if (isWebhook(value)) return callback(path, value);
  if (Array.isArray(value)) return value.map((v, i) => withFunctions(v, `${path}.${i}`));
  if (!value || typeof value !== "object") return value;
  const out = {};
  for (const [key, inner] of Object.entries(value)) {
    const at = path ? `${path}.${key}` : key;
    const isTime = (key === "expires" || (key === "defaultValue" && value.type === "date")) && typeof inner === "string";
    out[key] = isTime ? new Date(inner) : withFunctions(inner, at);
  }
  return out;
}

/** Resolves to {options, close}. */
export async function translate(config) {
  const { database, plugins, secondaryStorage, $test: _test, mode: _mode, ...rest } = config;
  const options = withFunctions(rest, "");
  const closers = [];
  const db = openDatabase(database);
  if (db.value) {
    options.database = Object.keys(db.extra).length > 0 ? await withExtra(database.provider, db) : db.value;
    closers.push(db.close);
  }
  if (secondaryStorage?.provider) {
    const storage = openSecondaryStorage(secondaryStorage);
    options.secondaryStorage = storage.value;
    closers.push(storage.close);
  } else if (secondaryStorage) {
    options.secondaryStorage = withFunctions(secondaryStorage, "secondaryStorage");
  }
  if (plugins) {
    options.plugins = [];
    for (const [id, own] of Object.entries(plugins)) {
      const given = withFunctions(own ?? {}, `plugins.${id}`);
      options.plugins.push(await plugin(id, given));
      if (given.extensions) options.plugins.push(...companions(given));
    }
  }
  options.telemetry ??= { enabled: false };
  return { options, close: async () => { for (const close of closers) await close(); } };
}

// schemaName, casing, transaction and debugLogs exist only beside a dialect.
async function withExtra(provider, db) {
  const { Kysely, PostgresDialect, MysqlDialect } = await import("kysely");
  const { NodeSqliteDialect } = await import("@better-auth/kysely-adapter/node-sqlite-dialect");
  const dialect =
    provider === "sqlite" ? new NodeSqliteDialect({ database: db.value })
    : provider === "postgres" ? new PostgresDialect({ pool: db.value })
    : new MysqlDialect({ pool: db.value.pool });
  const type = provider === "mariadb" ? "mysql" : provider;
  return { db: new Kysely({ dialect }), type, ...db.extra };
}
