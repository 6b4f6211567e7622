// The authenticator app of the scenarios: it reads the URI of a QR code and shows the code of a time.
import { base32 } from "@better-auth/utils/base32";
import { createOTP } from "@better-auth/utils/otp";
import { alice, signIn, signUp } from "./people.mjs";

/** The app of a URI, or of {secret, digits, period} with the secret as the server stores it. */
export class App {
  constructor(uri) {
    if (typeof uri !== "string") return void Object.assign(this, { digits: 6, period: 30 }, uri);
    const query = new URL(uri).searchParams;
    this.secret = base32.decode(query.get("secret"));
    this.digits = Number(query.get("digits"));
    this.period = Number(query.get("period"));
  }
  /** The code at a time in milliseconds, or so many periods later. */
  at(ms, later = 0) {
    return createOTP(this.secret, this).hotp(Math.floor(ms / 1000 / this.period) + later);
  }
}

/** A code of the same length that is not the given one. */
export const wrong = (code) => (code[0] === "0" ? "1" : "0") + code.slice(1);

export const hooks = { otp: (call, s) => void (s.sent = call.data[0]) };
export const otpOptions = { sendOTP: { webhook: "hook:otp" } };
export const plugins = (more = {}) => ({ "two-factor": { otpOptions, ...more } });
export const post = (s, path, body = {}, opts) => s.post(`/two-factor/${path}`, body, opts);
export const enter = (s, who = alice, more = {}, opts) => s.post("/sign-in/email", { ...signIn(who), ...more }, opts);
/** The time of the next request. */
export const now = (s) => s.now + 1000;

/** Signs up, or goes on signed in, and makes the app. */
export async function begin(s, who = alice, more = {}) {
  if (!s.cookie("session_token")) await signUp(s, who);
  const { json } = await post(s, "enable", { password: who.password, ...more });
  s.codes = json?.backupCodes;
  s.app = json?.totpURI && new App(json.totpURI);
}
/** The code that the app will show at the next request. */
export const code = async (s, later = 0) => s.app.at(now(s), later);
export const verify = async (s, more = {}, opts) => post(s, "verify-totp", { code: await code(s), ...more }, opts);
/** Sets up the app and forgets the session. */
export async function set(s, who, more) {
  await begin(s, who, more);
  await verify(s);
  return s.forget();
}
