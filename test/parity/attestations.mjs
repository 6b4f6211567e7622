// Attestation statements with X.509 certificates, and what may be wrong with them.
import { createHash, createPublicKey, sign } from "node:crypto";
import { Authenticator, signed } from "./authenticator.mjs";

const sha256 = (data) => createHash("sha256").update(data).digest();

// DER, as far as a certificate needs it.
function der(tag, ...parts) {
  const body = Buffer.concat(parts.map((p) => Buffer.from(p)));
  const n = body.length;
  const length = n < 128 ? [n] : n < 256 ? [0x81, n] : [0x82, n >> 8, n & 255];
  return Buffer.concat([Buffer.from([tag, ...length]), body]);
}
const seq = (...parts) => der(0x30, ...parts);
function oid(text) {
  const [a, b, ...rest] = text.split(".").map(Number);
  const bytes = [a * 40 + b];
  for (let n of rest) {
    const groups = [n & 127];
    while ((n = Math.floor(n / 128)) > 0) groups.unshift((n & 127) | 128);
    bytes.push(...groups);
  }
  return der(6, bytes);
}
const ecdsaSHA256 = seq(oid("1.2.840.10045.4.3.2"));
const name = (parts) => seq(...Object.entries(parts).map(([id, text]) => der(0x31, seq(oid(`2.5.4.${id}`), der(12, text)))));
const extension = (id, value) => seq(oid(id), der(4, value));
const good = { 6: "AA", 10: "Acme", 11: "Authenticator Attestation", 3: "Acme Key" };
const gen = "1.3.6.1.4.1.45724.1.1.4";

/** A certificate that signs itself. The test clock is in 2031. */
function certificate(authenticator, { subject = good, from = "200101000000Z", to = "400101000000Z", ca = false, version = 2, more = [] } = {}) {
  const key = createPublicKey(authenticator.key).export({ format: "der", type: "spki" });
  const extensions = [extension("2.5.29.19", ca ? seq(der(1, [255])) : seq()), ...more];
  const tbs = seq(
    ...(version ? [der(0xa0, der(2, [version]))] : []), der(2, [1]), ecdsaSHA256, name(subject), seq(der(23, from), der(23, to)), name(subject), key,
    ...(version ? [der(0xa3, seq(...extensions))] : []),
  );
  return seq(tbs, ecdsaSHA256, der(3, [0], sign("sha256", tbs, authenticator.key)));
}

const issuer = new Authenticator("attestation key");
const packed = (options, more = {}) => ({
  fmt: "packed",
  attStmt: ({ base }) => ({ alg: -7, sig: signed(-7, issuer.key, base), x5c: [certificate(issuer, options)], ...more }),
});
function u2f(change = {}) {
  return {
    fmt: "fido-u2f",
    attStmt({ authData, clientData, authenticator }) {
      const id = authenticator.id;
      const point = Buffer.concat([Buffer.from([4]), authenticator.cose.get(-2), authenticator.cose.get(-3)]);
      const data = Buffer.concat([Buffer.from([0]), authData.subarray(0, 32), sha256(clientData), id, point]);
      return { sig: signed(-7, issuer.key, data), x5c: [certificate(issuer)], ...change };
    },
  };
}
const without = (key) => Object.fromEntries(Object.entries(good).filter(([k]) => k !== key));
const aaguid = "01020304-0506-0708-0102-030405060708";
const model = (bytes) => extension(gen, der(4, bytes));

export const certified = () => ({
  "packed with a certificate": packed(),
  "packed with a certificate and its model": { ...packed({ more: [model(Buffer.from(aaguid.replaceAll("-", ""), "hex"))] }), own: { aaguid } },
  "packed with a certificate of another model": { ...packed({ more: [model(Buffer.alloc(16, 9))] }), own: { aaguid } },
  "packed with a certificate of another unit": packed({ subject: { ...good, 11: "Other" } }),
  "packed with a certificate without a name": packed({ subject: without("3") }),
  "packed with a certificate without a vendor": packed({ subject: without("10") }),
  "packed with a certificate without a country": packed({ subject: without("6") }),
  "packed with a certificate that is no leaf": packed({ ca: true }),
  "packed with a certificate of version 1": packed({ version: 0 }),
  "packed with a certificate that has expired": packed({ to: "210101000000Z" }),
  "packed with a certificate that is not valid yet": packed({ from: "390101000000Z" }),
  "packed with an empty chain": packed({}, { x5c: [] }),
  "packed with a certificate that is none": packed({}, { x5c: [Buffer.from("x")] }),
  "packed with a certificate, signed by another": packed({}, { sig: signed(-7, new Authenticator("another").key, Buffer.from("x")) }),
  "u2f": u2f(),
  "u2f with a model": { ...u2f(), own: { aaguid } },
  "u2f without a certificate": u2f({ x5c: undefined }),
  "u2f signed by another": u2f({ sig: signed(-7, new Authenticator("another").key, Buffer.from("x")) }),
  "apple without Apple's root": { fmt: "apple", attStmt: () => ({ x5c: [certificate(issuer)] }) },
  "android-key without Google's root": { fmt: "android-key", attStmt: ({ base }) => ({ alg: -7, sig: signed(-7, issuer.key, base), x5c: [certificate(issuer)] }) },
  "tpm of another version": { fmt: "tpm", attStmt: () => ({ ver: "1.2", alg: -7, sig: Buffer.alloc(1), x5c: [certificate(issuer)], pubArea: Buffer.alloc(1), certInfo: Buffer.alloc(1) }) },
  "tpm with areas that are none": { fmt: "tpm", attStmt: () => ({ ver: "2.0", alg: -7, sig: Buffer.alloc(1), x5c: [certificate(issuer)], pubArea: Buffer.alloc(4), certInfo: Buffer.alloc(4) }) },
  "safetynet with a token that is none": { fmt: "android-safetynet", attStmt: () => ({ ver: "1", response: Buffer.from("a.b.c") }) },
});
