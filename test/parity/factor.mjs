// The authenticator app of the scenarios: it reads the URI of a QR code and shows the code of a time.
import { base32 } from "@better-auth/utils/base32";
import { createOTP } from "@better-auth/utils/otp";

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
