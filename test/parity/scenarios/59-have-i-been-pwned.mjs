// The have-i-been-pwned plugin. The service is played by the hook "egress".
import { createHash } from "node:crypto";
import { egress } from "../oauth/fake.mjs";
import { alice, bob, password, signIn, signUp } from "../people.mjs";

const known = "password-that-leaked";
const sha1 = (text) => createHash("sha1").update(text).digest("hex").toUpperCase();
const restOf = (text) => sha1(text).slice(5);
const plain = { headers: { "content-type": "text/plain" } };

/** What the service lists for a range: the known password, and padding. */
const list = (rest = restOf(known), count = "73", end = "\r\n") =>
  [`0018A45C4D1DEF81644B54AB7F969B88D65:1`, `${rest}:${count}`, `00D4F6E8FA6EECAD2A3AA415EEC418D38EC:0`, `${restOf(password)}:0`].join(end);
const plays = (call, s) => s.says ?? { status: 200, body: list(), ...plain };

const scenario = (name, options, run, config = {}, more = {}) => ({
  name: `have i been pwned: ${name}`,
  config: { ...egress, ...config, plugins: { "have-i-been-pwned": options, ...config.plugins } },
  hooks: { egress: plays, reset: (call, s) => void (s.link = call.data[0]), otp: (call, s) => void (s.otp = call.data[0]), refuses: () => ({ status: 403, body: { status: 403, message: "No" } }), ...more.hooks },
  run,
});
const resets = { emailAndPassword: { enabled: true, sendResetPassword: { webhook: "hook:reset" } } };
const join = (s, pass, email = "new@example.com") => signUp(s, { ...alice, email, password: pass });

async function flow(s) {
  await join(s, known);
  await signUp(s);
  await s.post("/change-password", { currentPassword: password, newPassword: known });
  await s.post("/change-password", { currentPassword: "wrong-password", newPassword: known });
  await s.post("/change-password", { currentPassword: password, newPassword: "password5678" });
  await s.post("/sign-in/email", { ...signIn(alice), password: "password5678" });
  await s.post("/sign-in/email", { ...signIn(alice), password: known });
  await s.post("/sign-in/email", { email: "nobody@example.com", password: known });
  await s.post("/verify-password", { password: known });
  await s.post("/request-password-reset", { email: alice.email });
  await s.post("/reset-password", { token: s.link?.token, newPassword: known });
  await s.post("/reset-password", { token: "wrong", newPassword: known });
  await s.post("/reset-password", { token: s.link?.token, newPassword: "password9999" });
  await s.post("/sign-in/email", { ...signIn(alice), password: "password9999" });
}

// What the service answers when something is wrong with it.
const failures = {
  "down": { status: 599, headers: { "x-egress-error": "connection refused" } },
  "status 500": { status: 500, body: list(), ...plain },
  "status 503": { status: 503, body: "", ...plain },
  "status 404": { status: 404, body: "no such range", ...plain },
  "status 429": { status: 429, body: '{"statusCode":429}', headers: { "content-type": "application/json", "retry-after": "2" } },
  "a redirect": { status: 302, body: "", headers: { location: "https://other.example/range" } },
  "nothing": { status: 200, body: "", ...plain },
  "a page": { status: 200, body: "<html>Welcome to the hotel</html>", headers: { "content-type": "text/html" } },
  "json": { status: 200, body: "{}", headers: { "content-type": "application/json" } },
  "a number": { status: 200, body: "5", ...plain },
  "json, null": { status: 200, body: "null", headers: { "content-type": "application/json" } },
  "a text in json": { status: 200, body: JSON.stringify(list()), headers: { "content-type": "application/json" } },
  "bytes": { status: 200, body: list(), headers: { "content-type": "application/octet-stream" } },
};

const lists = {
  "found": list(),
  "lower case": list(restOf(known).toLowerCase()),
  "other ends of lines": list(restOf(known), "73", "\n"),
  "padding": list(restOf(known), "0"),
  "not listed": list(restOf("another password")),
  "one line": `${restOf(known)}:2`,
  "twice": `${restOf(known)}:0\r\n${restOf(known)}:5`,
  "no count": `${restOf(known)}:`,
  "no colon": restOf(known),
  "a blank before": ` ${restOf(known)}:5`,
  "a blank behind": `${restOf(known)}:5 `,
  "a fraction": list(restOf(known), "1.5"),
  "less than nothing": list(restOf(known), "-1"),
  "minus nothing": list(restOf(known), "-0"),
  "zeros before": list(restOf(known), "05"),
  "an exponent": list(restOf(known), "1e3"),
  "the largest": list(restOf(known), "9007199254740991"),
  "too large": list(restOf(known), "9007199254740992"),
  "words": list(restOf(known), "many"),
  "two colons": list(restOf(known), "5:6"),
  "other lines only": list(restOf(known), "73", "\r"),
};

export default [
  scenario("new passwords", {}, flow, resets),
  scenario("new passwords, on", { enabled: true }, flow, resets),
  scenario("off", { enabled: false }, flow, resets),
  scenario("a message of one's own", { customPasswordCompromisedMessage: "Pick another one, please" }, flow, resets),
  scenario("an empty message", { customPasswordCompromisedMessage: "" }, (s) => join(s, known)),
  scenario("other paths", { paths: ["/change-password", "/set-password"] }, flow, resets),
  scenario("no paths", { paths: [] }, flow, resets),
  scenario("when the service fails", {}, async (s) => {
    await signUp(s);
    for (const [label, says] of Object.entries(failures)) {
      s.says = says;
      await s.as(label).post("/sign-up/email", { ...bob, email: `${label.replaceAll(/\W/g, "")}@example.com`, password: known }, { label });
    }
    s.says = failures.down;
    await s.as("default").post("/change-password", { currentPassword: password, newPassword: "password5678" });
    await s.post("/sign-in/email", signIn(alice));
  }),
  scenario("what the service lists", {}, async (s) => {
    for (const [label, body] of Object.entries(lists)) {
      s.says = { status: 200, body, ...plain };
      await s.as(label).post("/sign-up/email", { ...bob, email: `${label.replaceAll(/\W/g, "")}@example.com`, password: known }, { label });
    }
  }),
  scenario("passwords in other scripts", {}, async (s) => {
    for (const [i, text] of ["pässwörd-1234", "пароль-пароль", "密码密码密码密码", "😀😀😀😀😀😀", "half \ud800 of a pair", " blanks around ", "x".repeat(128)].entries()) {
      s.says = { status: 200, body: list(restOf(Buffer.from(text.toWellFormed?.() ?? text))), ...plain };
      await join(s.as(`p${i}`), text, `p${i}@example.com`);
    }
    for (const text of ["short", "x".repeat(129)]) await join(s, text);
  }),
  scenario("sign-ups that must not tell who has an account", {}, async (s) => {
    await signUp(s);
    await signUp(s, { ...alice, password: known });
    await signUp(s, { ...bob, password: known });
    await signUp(s, alice);
  }, { emailAndPassword: { requireEmailVerification: true } }),
  scenario("by a code", {}, async (s) => {
    await signUp(s);
    await s.post("/email-otp/request-password-reset", { email: alice.email });
    await s.post("/email-otp/reset-password", { email: alice.email, otp: s.otp.otp, password: known });
    await s.post("/email-otp/reset-password", { email: alice.email, otp: s.otp.otp, password: "password5678" });
    await s.post("/sign-in/email", { ...signIn(alice), password: "password5678" });
  }, { plugins: { "email-otp": { sendVerificationOTP: { webhook: "hook:otp" } } } }),
  scenario("by phone", {}, async (s) => {
    const phoneNumber = "+491701234567";
    await signUp(s);
    await s.post("/phone-number/send-otp", { phoneNumber });
    await s.post("/phone-number/verify", { phoneNumber, code: s.otp.code, updatePhoneNumber: true });
    await s.post("/phone-number/request-password-reset", { phoneNumber });
    await s.post("/phone-number/reset-password", { phoneNumber, otp: s.otp.code, newPassword: known });
    await s.post("/phone-number/reset-password", { phoneNumber, otp: s.otp.code, newPassword: "password5678" });
    await s.post("/sign-in/phone-number", { phoneNumber, password: "password5678" });
  }, { plugins: { "phone-number": { sendOTP: { webhook: "hook:otp" }, sendPasswordResetOTP: { webhook: "hook:otp" } } } }),
  scenario("called from code", { paths: ["/sign-up/email", "/set-password"] }, async (s) => {
    await s.api("signUpEmail", { body: { ...alice, password: known } });
    await s.api("signUpEmail", { body: alice });
    s.says = failures.down;
    await s.api("signUpEmail", { body: bob });
    await s.post("/sign-in/email", signIn(alice));
    await s.db.all("delete from account");
    await s.api("setPassword", { body: { newPassword: known } }, { cookies: true });
  }),
  scenario("a hook refuses before", {}, (s) => join(s, known), { hooks: { before: { webhook: "hook:refuses" } } }),
  { ...scenario("PostgreSQL and MariaDB", {}, flow, resets), dbs: ["postgres", "mysql"] },
  scenario("in Redis and with a cookie cache", {}, flow, { ...resets, secondaryStorage: { provider: "redis" }, session: { cookieCache: { enabled: true } } }),
];
