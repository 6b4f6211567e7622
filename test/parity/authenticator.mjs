// A WebAuthn authenticator and the browser before it, in software. Keys and credential ids follow from a name, so that
// two servers of one scenario are given the same ones. `create` and `get` answer the options of a server in the form of
// @simplewebauthn/browser; `changes` makes the answer wrong in one place.
import { createECDH, createHash, createPrivateKey, createPublicKey, constants, generateKeyPairSync, sign } from "node:crypto";

const sha256 = (data) => createHash("sha256").update(data).digest();
const b64 = (bytes) => Buffer.from(bytes).toString("base64url");

// CBOR, as far as WebAuthn uses it.
function head(major, n) {
  if (n < 24) return Buffer.from([(major << 5) | n]);
  if (n < 256) return Buffer.from([(major << 5) | 24, n]);
  if (n < 65536) return Buffer.from([(major << 5) | 25, n >> 8, n & 255]);
  return Buffer.from([(major << 5) | 26, n >>> 24, (n >> 16) & 255, (n >> 8) & 255, n & 255]);
}
export function cbor(value) {
  if (typeof value === "boolean") return Buffer.from([value ? 0xf5 : 0xf4]);
  if (typeof value === "number") return value >= 0 ? head(0, value) : head(1, -value - 1);
  if (typeof value === "string") return Buffer.concat([head(3, Buffer.byteLength(value)), Buffer.from(value)]);
  if (value instanceof Uint8Array) return Buffer.concat([head(2, value.length), value]);
  if (Array.isArray(value)) return Buffer.concat([head(4, value.length), ...value.map(cbor)]);
  const entries = value instanceof Map ? [...value] : Object.entries(value).filter(([, v]) => v !== undefined);
  return Buffer.concat([head(5, entries.length), ...entries.flatMap(([k, v]) => [cbor(k), cbor(v)])]);
}

const curves = { [-7]: ["prime256v1", "P-256", 32, 1], [-35]: ["secp384r1", "P-384", 48, 2], [-36]: ["secp521r1", "P-521", 66, 3] };
const hashes = { [-7]: "sha256", [-35]: "sha384", [-36]: "sha512", [-257]: "sha256", [-258]: "sha384", [-259]: "sha512", [-37]: "sha256", [-38]: "sha384", [-39]: "sha512", [-65535]: "sha1" };
const ed25519 = Buffer.from("302e020100300506032b657004220420", "hex");
let rsa; // RSA keys cannot be made from a name: one for all

function keyOf(alg, name) {
  if (alg === -8) {
    const key = createPrivateKey({ key: Buffer.concat([ed25519, sha256(`key ${name}`)]), format: "der", type: "pkcs8" });
    const { x } = createPublicKey(key).export({ format: "jwk" });
    return { key, cose: new Map([[1, 1], [3, -8], [-1, 6], [-2, Buffer.from(x, "base64url")]]) };
  }
  if (curves[alg]) {
    const [curve, crv, size, id] = curves[alg];
    const ecdh = createECDH(curve);
    const d = Buffer.concat([Buffer.alloc(size - 32), sha256(`key ${name}`)]);
    ecdh.setPrivateKey(d);
    const point = ecdh.getPublicKey();
    const [x, y] = [point.subarray(1, 1 + size), point.subarray(1 + size)];
    const key = createPrivateKey({ key: { kty: "EC", crv, d: b64(d), x: b64(x), y: b64(y) }, format: "jwk" });
    return { key, cose: new Map([[1, 2], [3, alg], [-1, id], [-2, x], [-3, y]]) };
  }
  rsa ??= generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey;
  const { n, e } = createPublicKey(rsa).export({ format: "jwk" });
  return { key: rsa, cose: new Map([[1, 3], [3, alg], [-1, Buffer.from(n, "base64url")], [-2, Buffer.from(e, "base64url")]]) };
}

/** The signature of data by a key of this COSE algorithm. */
export function signed(alg, key, data) {
  if (alg === -8) return sign(null, data, key);
  if (alg <= -37 && alg >= -39) return sign(hashes[alg], data, { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST });
  return sign(hashes[alg], data, key);
}

export class Authenticator {
  /** counts: whether there is a counter; synced: whether keys may leave the device; verifies: whether it asks for a PIN. */
  constructor(name, { alg = -7, counts = true, synced = false, verifies = true, aaguid, origin = "http://localhost:3000", rpId = "localhost", transports = ["internal", "hybrid"] } = {}) {
    Object.assign(this, { name, alg, counts, synced, verifies, origin, rpId, transports });
    Object.assign(this, keyOf(alg, name));
    this.id = sha256(`id ${name}`);
    this.aaguid = Buffer.from((aaguid ?? "00000000-0000-0000-0000-000000000000").replaceAll("-", ""), "hex");
    this.counter = 0;
  }
  /** A copy with the same keys and the counter that this one has now. */
  clone() {
    return Object.assign(Object.create(Authenticator.prototype), this);
  }
  clientData(type, challenge, changes) {
    const data = { type, challenge, origin: this.origin, crossOrigin: false, ...changes.clientData };
    return Buffer.from(changes.clientDataText ?? JSON.stringify(data));
  }
  authData(changes, attested) {
    const flags = { up: true, uv: this.verifies, be: this.synced, bs: this.synced, at: attested !== undefined, ed: changes.extensions !== undefined, ...changes.flags };
    const bits = { up: 1, uv: 4, be: 8, bs: 16, at: 64, ed: 128 };
    const flag = Object.entries(flags).reduce((sum, [name, on]) => sum | (on ? bits[name] : 0), 0);
    if (this.counts) this.counter++;
    const counter = Buffer.alloc(4);
    counter.writeUInt32BE(changes.counter ?? this.counter);
    const parts = [changes.rpIdHash ?? sha256(changes.rpId ?? this.rpId), Buffer.from([flag]), counter];
    if (flags.at && attested) parts.push(attested);
    if (flags.ed && changes.extensions) parts.push(cbor(changes.extensions));
    if (changes.leftover) parts.push(Buffer.from(changes.leftover));
    return Buffer.concat(parts);
  }
  /** The answer to options of a registration. */
  create(options, changes = {}) {
    const clientData = this.clientData("webauthn.create", options?.challenge, changes);
    const id = changes.credentialID ?? this.id;
    const length = Buffer.from([id.length >> 8, id.length & 255]);
    const cose = changes.cose ? cbor(changes.cose(new Map(this.cose))) : cbor(this.cose);
    const authData = this.authData(changes, Buffer.concat([changes.aaguid ?? this.aaguid, length, id, cose]));
    const base = Buffer.concat([authData, sha256(clientData)]);
    const fmt = changes.fmt ?? "none";
    const statement = changes.attStmt?.({ base, authData, clientData, authenticator: this }) ?? (fmt === "packed" ? { alg: this.alg, sig: signed(this.alg, this.key, base) } : {});
    const attestation = changes.attestationObject ?? cbor({ fmt, attStmt: statement, authData });
    const name = b64(id);
    return {
      id: name, rawId: name, type: "public-key", authenticatorAttachment: "platform",
      ...changes.outer,
      response: { clientDataJSON: b64(clientData), attestationObject: b64(attestation), transports: this.transports, ...changes.response },
    };
  }
  /** The answer to options of a sign-in. */
  get(options, changes = {}) {
    const clientData = this.clientData("webauthn.get", options?.challenge, changes);
    const authData = this.authData(changes);
    const base = Buffer.concat([authData, sha256(clientData)]);
    const signature = signed(this.alg, this.key, base);
    const name = b64(this.id);
    return {
      id: name, rawId: name, type: "public-key", authenticatorAttachment: "platform",
      ...changes.outer,
      response: { clientDataJSON: b64(clientData), authenticatorData: b64(authData), signature: b64(changes.signature?.(signature) ?? signature), ...changes.response },
    };
  }
}
