// What an authenticator app does: it reads a QR code, and shows codes (RFC 6238).
import { createHmac } from "node:crypto";
import path from "node:path";
import { run } from "./processes.mjs";

const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/** The code for a key in base32, some periods from now. */
export function totp(key, periods = 0) {
  const bits = [...key].map((c) => alphabet.indexOf(c).toString(2).padStart(5, "0")).join("");
  const bytes = Buffer.from(bits.match(/.{8}/g).map((byte) => Number.parseInt(byte, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000) + periods));
  const sum = createHmac("sha1", bytes).update(counter).digest();
  const number = sum.readUInt32BE(sum.at(-1) & 15) & 0x7fffffff;
  return String(number % 1_000_000).padStart(6, "0");
}

/** A code that is wrong now. */
export function wrongCode(key) {
  const right = [-2, -1, 0, 1, 2].map((n) => totp(key, n));
  return ["000000", "111111", "222222", "333333", "444444", "555555"].find((code) => !right.includes(code));
}

/** Reads the QR code that an element shows. */
export async function readQR(element, dir) {
  const file = path.join(dir, "qr.png");
  await element.screenshot({ path: file });
  return (await run("zbarimg", ["--quiet", "--raw", file])).trim();
}
