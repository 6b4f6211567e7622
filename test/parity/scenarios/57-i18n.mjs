// The i18n plugin: messages of errors in the language of the caller.
import { deepStrictEqual } from "node:assert";
import { readFileSync } from "node:fs";
import { i18nClient } from "@better-auth/i18n/client";
import { locales } from "@better-auth/i18n";
import { alice, signIn, signUp } from "../people.mjs";

const translations = {
  en: { INVALID_EMAIL_OR_PASSWORD: "Wrong address or password" },
  de: { INVALID_EMAIL_OR_PASSWORD: "Adresse oder Passwort falsch", UNAUTHORIZED: "Nicht angemeldet", VALIDATION_ERROR: "Ungültige Eingabe", USER_ALREADY_EXISTS_USE_ANOTHER_EMAIL: "Gibt es schon", INVALID_ORIGIN: "Fremd", OTP_EXPIRED: "Abgelaufen", EMPTY: "" },
  fr: { INVALID_EMAIL_OR_PASSWORD: "Adresse ou mot de passe incorrect", MINE: "Le mien" },
  "pt-BR": { INVALID_EMAIL_OR_PASSWORD: "E-mail ou senha inválidos" },
};

const names = Object.keys(locales).sort();

const scenario = (name, options, run, { config = {}, ...more } = {}) => ({
  name: `i18n: ${name}`,
  config: { ...config, plugins: { i18n: { translations, ...options }, ...config.plugins } },
  run,
  ...more,
});

const wrong = (s, headers, label) => s.post("/sign-in/email", { email: alice.email, password: "wrong-password" }, { headers, label });
const accepts = [
  undefined, "", "de", "de-AT,de;q=0.9,en;q=0.8", "fr;q=0.5,de;q=0.8", "es,fr;q=0.1", "es", "EN", "DE", " de ", "de;q=0", "de;q=0,fr;q=0.1", "*", "*,de", "pt-BR", "pt-BR,fr;q=0.1", "pt",
  "de;q=abc,fr", "de;q=", "de;", ";q=1", ",,,fr", "fr;level=1;q=0.1,de", "de_DE", "de;q=0.5,fr;q=0.5", "fr;q=0.5,de;q=0.5", "de;q=.9,fr;q=1e-1", "de; q=0.1, fr; q=0.9", "de;Q=0.1,fr;q=0.9", "toString", "de;q=-1,fr;q=-2",
];

async function byHeader(s) {
  for (const value of accepts) await wrong(s, value === undefined ? {} : { "accept-language": value }, `accept-language ${value}`);
  await wrong(s, { "accept-language": ["es", "fr"] }, "two headers");
}

// Errors of many kinds.
async function kinds(s) {
  const headers = { "accept-language": "de" };
  await s.get("/list-sessions", { headers });
  await s.post("/sign-in/email", {}, { headers });
  await s.post("/sign-in/email", undefined, { raw: "{", type: "application/json", headers });
  await s.post("/sign-in/email", "x", { type: "text/plain", headers });
  await s.get("/nowhere", { headers });
  await s.get("/sign-in/email", { headers });
  await s.post("/sign-in/email", signIn(alice), { origin: "http://evil.example", headers });
  await s.post("/sign-up/email", alice, { headers });
  await s.post("/sign-up/email", alice, { headers });
  await s.post("/sign-up/email", { ...alice, email: "b@example.com", password: "short" }, { headers });
  await s.get("/get-session", { headers });
  await s.post("/change-password", { currentPassword: "wrong-password", newPassword: "password5678" }, { headers });
  await s.post("/unlink-account", { providerId: "credential" }, { headers });
  await s.get("/verify-email?token=x", { headers });
  await s.get("/verify-email?token=x&callbackURL=/x", { headers });
  await s.get("/reset-password/x?callbackURL=/x", { headers });
  await s.post("/reset-password", { newPassword: "password5678", token: "x" }, { headers });
  await s.get("/callback/google?error=denied", { headers });
  await s.api("signInEmail", { body: signIn({ ...alice, password: "wrong-password" }), headers: [["accept-language", "de"]] });
  await s.api("signInEmail", { body: signIn({ ...alice, password: "wrong-password" }) });
  await s.post("/sign-out", {}, { headers });
}

async function byCookie(s) {
  for (const cookie of ["locale=de", "locale=fr", "locale=pt-BR", "locale=xx", "locale=", 'locale="de"', "locale=%64e", "locale=de; locale=fr", "other=de", "locale", "Locale=de", "a=1;locale=de"])
    await s.post("/sign-in/email", { email: alice.email, password: "wrong-password" }, { cookie, label: cookie, headers: { "accept-language": "fr" } });
}

const withLocale = (name, more = {}) => ({ user: { additionalFields: { [name]: { type: "string", required: false, ...more } } } });

async function bySession(s) {
  await wrong(s, {}, "nobody");
  for (const locale of ["de", "xx", undefined]) {
    await signUp(s, { ...alice, email: `${locale}@example.com` }, locale ? { locale, language: locale } : {});
    await s.get("/get-session");
    await s.post("/change-password", { currentPassword: "wrong-password", newPassword: "password5678" });
    await s.post("/update-user", {});
    await s.post("/sign-in/email", { email: `${locale}@example.com`, password: "wrong-password" });
    await s.post("/change-email", { newEmail: "c@example.com" });
    await s.post("/delete-user", { password: "wrong-password" });
    await s.forget().get("/list-sessions");
  }
}
const texts = { translations: { en: locales.en, de: locales.de, fr: locales.fr } };

async function byCallback(s) {
  for (const answer of [{ result: "de" }, { result: "fr" }, { result: "xx" }, { result: "" }, { result: null }, {}, { status: 418, body: { message: "no", code: "MINE" } }]) {
    s.answer = answer;
    await wrong(s, { "accept-language": "fr", "x-locale": "de" }, JSON.stringify(answer));
  }
  s.answer = undefined;
  await s.get("/ok");
  await signUp(s);
  await s.post("/change-password", { currentPassword: "wrong-password", newPassword: "password5678" });
}
const askedHooks = { locale: (call, s) => s.answer ?? { result: call.data[0].headers.find(([name]) => name === "x-locale")?.[1] ?? "fr" } };

// All texts that come with the package. ours takes them from a copy of them.
async function bundled(s) {
  const copy = JSON.parse(readFileSync(new URL("../../../plugin/i18n/locales.json", import.meta.url)));
  deepStrictEqual(copy, Object.fromEntries(names.map((name) => [name, locales[name]])));
  await signUp(s);
  for (const locale of names) {
    const headers = { "accept-language": locale };
    await wrong(s, headers, locale);
    await s.post("/sign-up/email", alice, { headers });
    await s.post("/change-password", { currentPassword: "wrong-password", newPassword: "password5678" }, { headers });
    await s.post("/change-password", { currentPassword: alice.password, newPassword: "short" }, { headers });
    await s.post("/verify-password", {}, { headers });
  }
}

export default [
  scenario("by header", {}, byHeader),
  scenario("by header, another default", { defaultLocale: "fr" }, byHeader),
  scenario("by header, a default without texts", { defaultLocale: "xx" }, byHeader),
  scenario("errors of many kinds", {}, kinds),
  scenario("PostgreSQL and MariaDB", {}, kinds, { dbs: ["postgres", "mysql"] }),
  scenario("in Redis", {}, kinds, { config: { secondaryStorage: { provider: "redis" } } }),
  scenario("by cookie", { detection: ["cookie"] }, byCookie),
  scenario("by cookie, then header", { detection: ["cookie", "header"] }, byCookie),
  scenario("by header, then cookie", { detection: ["header", "cookie"] }, byCookie),
  scenario("by a cookie of another name", { detection: ["cookie"], localeCookie: "other" }, byCookie),
  scenario("by no way", { detection: [] }, byHeader),
  scenario("by session", { ...texts, detection: ["session"] }, bySession, { config: withLocale("locale") }),
  scenario("by session, cookie cache", { ...texts, detection: ["session"] }, bySession, { config: { ...withLocale("locale"), session: { cookieCache: { enabled: true } } } }),
  scenario("by session, another field", { ...texts, detection: ["session", "header"], userLocaleField: "language" }, bySession, { config: withLocale("language") }),
  scenario("by session, a hidden field", { ...texts, detection: ["session"] }, bySession, { config: withLocale("locale", { returned: false }) }),
  scenario("by session, no such field", { ...texts, detection: ["session"], defaultLocale: "de" }, bySession),
  scenario("by callback", { detection: ["callback"], getLocale: { webhook: "hook:locale" } }, byCallback, { hooks: askedHooks }),
  scenario("by callback, then header", { detection: ["callback", "header"], getLocale: { webhook: "hook:locale" } }, byCallback, { hooks: askedHooks }),
  scenario("by a callback that is not set", { detection: ["callback", "header"] }, byCallback, { hooks: askedHooks }),
  scenario("the callback is not asked", { detection: ["header"], getLocale: { webhook: "hook:locale" } }, byCallback, { hooks: askedHooks }),
  scenario("errors of hooks", {}, async (s) => {
    for (const body of [{ code: "MINE", message: "mine" }, { code: "MINE" }, { message: "none" }, { code: "EMPTY", message: "x" }, { code: "MINE", message: "mine", more: 1 }]) {
      s.answer = { status: 402, body };
      await s.get("/ok", { headers: { "accept-language": body.code === "EMPTY" ? "de" : "fr" }, label: JSON.stringify(body) });
    }
  }, { config: { hooks: { after: { webhook: "hook:after" } } }, hooks: { after: (call, s) => s.answer } }),
  scenario("errors of before hooks", {}, async (s) => {
    await s.get("/ok", { headers: { "accept-language": "fr" } });
  }, { config: { hooks: { before: { webhook: "hook:before" } } }, hooks: { before: () => ({ status: 402, body: { code: "MINE", message: "mine" } }) } }),
  scenario("errors of a plugin", {}, async (s) => {
    await s.post("/sign-in/email-otp", { email: alice.email, otp: "123456" }, { headers: { "accept-language": "de" } });
    await s.post("/one-time-token/verify", { token: "x" }, { headers: { "accept-language": "de" } });
  }, { config: { plugins: { "email-otp": { sendVerificationOTP: { webhook: "hook:otp" } }, "one-time-token": {} } } }),
  scenario("after the captcha", {}, (s) => s.post("/sign-in/email", signIn(alice), { headers: { "accept-language": "de" } }), {
    config: { plugins: { captcha: { provider: "hcaptcha", secretKey: "x" } } },
  }),
  scenario("official client", {}, async (s) => {
    const client = await s.client({ plugins: [i18nClient()] });
    const fetchOptions = { headers: { "accept-language": "de" } };
    s.note("error", await client.signIn.email({ ...signIn(alice), fetchOptions }).then(({ error }) => error));
  }),
  scenario("refused: no texts", { translations: {} }, () => {}),
  { name: "i18n: refused: no options", config: { plugins: { i18n: {} } }, run() {} },
  { name: "i18n: texts that come with the package", config: { plugins: { i18n: { locales: names } } }, run: bundled },
  {
    name: "i18n: texts of one's own before those of the package",
    config: { plugins: { i18n: { locales: ["de", "fr"], translations: { de: { INVALID_EMAIL_OR_PASSWORD: "Nein" }, es: { INVALID_EMAIL_OR_PASSWORD: "No" } } } } },
    run: byHeader,
  },
];
