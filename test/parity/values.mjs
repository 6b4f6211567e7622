// Compares two values, one from each server. Random values (ids, tokens, signatures, keys) are matched by the form in
// which the reference writes them, and paired: equal values on one side must be equal on the other for the whole
// scenario. Values that a secret can decrypt are decrypted, checked and compared by content.
import { compactDecrypt, compactVerify, importJWK } from "jose";
import { createHmac, createSecretKey, hkdfSync } from "node:crypto";
import { symmetricDecrypt } from "better-auth/crypto";

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-([0-9a-f])[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const signature = /^(.*)\.([A-Za-z0-9+/]{43}=)$/s;
const jwt = /^eyJ[\w-]*\.[\w-]+\.[\w-]*$/;
const jwe = /^eyJ[\w-]*\.[\w-]*\.[\w-]+\.[\w-]+\.[\w-]+$/;
const sealed = /^(\$ba\$\d+\$)?([0-9a-f]{80,})$/;
const code = /^(\d{6,8})(:\d)?$/;
const userCode = /^[A-HJ-NP-Z2-9]{8}$/;
const pieces = /((?<=user_code=)[A-HJ-NP-Z2-9]{8}(?!\w)|eyJ[\w-]*\.[\w-]+\.[\w-]*(?:\.[\w-]*\.[\w-]*)?|[A-Za-z0-9+/]{43}=|[A-Za-z0-9_-]{16,})/;
const backupCode = /^[A-Za-z0-9]{5}-[A-Za-z0-9]{4,}$/;

// The numbers of an RSA key are written without leading zero bytes, so their lengths vary slightly.
const sameForm = (a, b) => form(a) === form(b) || (a.length > 160 && Math.abs(a.length - b.length) < 4 && /^mixed/.test(form(a)) && /^mixed/.test(form(b)));

/** The form of a random value: same form, same kind. */
export function form(text) {
  const version = uuid.exec(text);
  if (version) return `uuid${version[1]}`;
  const letters = /^[0-9a-f]+$/.test(text) ? "hex" : /[A-Z]/.test(text) ? "mixed" : "lower";
  return `${letters}:${text.length}`;
}

const decodePart = (part) => JSON.parse(Buffer.from(part, "base64url").toString());

function tryJSON(text) {
  if (!/^\s*[[{"]/.test(text)) return undefined;
  try {
    return { value: JSON.parse(text) };
  } catch {
    return undefined;
  }
}

/** What one side's secrets and keys can open. */
export class Opener {
  jwks = new Map();
  constructor(secrets, legacy) {
    this.secrets = secrets;
    this.key = legacy;
  }
  addKeys(keys) {
    for (const key of keys) if (key?.kid) this.jwks.set(key.kid, key);
  }
  signed(value, mac) {
    return this.secrets.some((s) => createHmac("sha256", s).update(value).digest("base64") === mac);
  }
  async token(text) {
    const [head, body] = text.split(".");
    const header = decodePart(head);
    return { header, payload: decodePart(body), verified: await this.#verified(text, header) };
  }
  async #verified(text, header) {
    if (header.alg === "none") return "none";
    const candidates = /^HS/.test(header.alg) ? this.secrets.map((s) => createSecretKey(Buffer.from(s))) : [];
    const jwk = this.jwks.get(header.kid);
    if (jwk) candidates.push(await importJWK(jwk, header.alg));
    for (const key of candidates) {
      try {
        await compactVerify(text, key);
        return "verified";
      } catch {}
    }
    return candidates.length === 0 ? "unknown key" : "wrong signature";
  }
  async encrypted(text) {
    for (const secret of this.secrets) {
      for (const salt of ["better-auth-session", "better-auth-account"]) {
        const key = new Uint8Array(hkdfSync("sha256", secret, salt, "BetterAuth.js Generated Encryption Key", 64));
        try {
          const { plaintext, protectedHeader } = await compactDecrypt(text, key);
          return { salt, header: protectedHeader, payload: JSON.parse(Buffer.from(plaintext).toString()) };
        } catch {}
      }
    }
    return undefined;
  }
  async sealed(text) {
    try {
      return { text: await symmetricDecrypt({ key: this.key, data: text }) };
    } catch {
      return undefined;
    }
  }
  /** The compact session cache; undefined when the text is none. */
  cache(text) {
    if (!/^eyJ[\w-]+$/.test(text)) return undefined;
    try {
      const { session, expiresAt, signature: mac } = decodePart(text);
      if (typeof mac !== "string") return undefined;
      const signedText = JSON.stringify({ ...session, expiresAt });
      const verified = this.secrets.some((s) => createHmac("sha256", s).update(signedText).digest("base64url") === mac);
      return { session, expiresAt, verified };
    } catch {
      return undefined;
    }
  }
}

export class Matcher {
  #toOurs = new Map();
  #toReference = new Map();
  differences = [];
  notes = [];
  constructor(reference, ours) {
    this.reference = reference;
    this.ours = ours;
  }
  differ(where, a, b, why) {
    this.differences.push({ where, reference: a, ours: b, why });
  }

  /** Our value that was paired with one of the reference. */
  counterpart(a) {
    return this.#toOurs.get(a);
  }

  async value(a, b, where) {
    if (a === b) return;
    if (typeof a === "string" && typeof b === "string") return this.text(a, b, where);
    if (Array.isArray(a) && Array.isArray(b)) return this.#array(a, b, where);
    const objects = a && b && typeof a === "object" && typeof b === "object" && !Array.isArray(a) && !Array.isArray(b);
    if (!objects) return this.differ(where, a, b);
    await this.#object(a, b, where);
  }
  async #array(a, b, where) {
    if (a.length !== b.length) return this.differ(where, a, b, "length");
    for (let i = 0; i < a.length; i++) await this.value(a[i], b[i], `${where}[${i}]`);
  }
  async #object(a, b, where) {
    for (const key of Object.keys(a)) {
      if (Object.hasOwn(b, key)) await this.value(a[key], b[key], `${where}.${key}`);
      else this.differ(`${where}.${key}`, a[key], undefined, "absent in ours");
    }
    for (const key of Object.keys(b)) {
      if (!Object.hasOwn(a, key)) this.differ(`${where}.${key}`, undefined, b[key], "only in ours");
    }
    const [inA, inB] = [Object.keys(a), Object.keys(b)];
    if (inA.length === inB.length && inA.join() !== inB.join())
      this.notes.push(`${where}: key order ${inA.join()} / ${inB.join()}`);
  }

  async text(a, b, where) {
    if (a === b) return;
    if (await this.#opened(a, b, where)) return;
    const [macA, macB] = [signature.exec(a), signature.exec(b)];
    if (macA && macB) return this.#signed(macA, macB, where);
    const [jsonA, jsonB] = [tryJSON(a), tryJSON(b)];
    if (jsonA && jsonB) return this.value(jsonA.value, jsonB.value, `${where}(json)`);
    if (/%[0-9A-Fa-f]{2}/.test(a) && /%[0-9A-Fa-f]{2}/.test(b)) return this.#unescaped(a, b, where);
    await this.#pieces(a, b, where);
  }
  async #unescaped(a, b, where) {
    try {
      return await this.text(decodeURIComponent(a), decodeURIComponent(b), where);
    } catch {
      return this.#pieces(a, b, where);
    }
  }
  async #signed(a, b, where) {
    await this.text(a[1], b[1], `${where}(signed)`);
    const [okA, okB] = [this.reference.signed(a[1], a[2]), this.ours.signed(b[1], b[2])];
    if (okA !== okB) this.differ(`${where}(signature)`, okA, okB, "verifies with the secret");
  }
  async #opened(a, b, where) {
    if (jwe.test(a) && jwe.test(b)) return this.#both(await this.reference.encrypted(a), await this.ours.encrypted(b), `${where}(jwe)`);
    if (jwt.test(a) && jwt.test(b)) {
      try {
        return this.#both(await this.reference.token(a), await this.ours.token(b), `${where}(jwt)`);
      } catch {
        return false;
      }
    }
    const cache = this.reference.cache(a);
    if (cache) return this.#both(cache, this.ours.cache(b), `${where}(session_data)`);
    if (sealed.test(a) && sealed.test(b)) {
      const plain = await this.reference.sealed(a);
      if (plain) return this.#both(plain, await this.ours.sealed(b), `${where}(sealed)`);
    }
    return false;
  }
  async #both(a, b, where) {
    await this.value(a, b, where);
    return true;
  }
  async #pieces(a, b, where) {
    // A one-time code in plain or stored form: the code and the number of wrong guesses.
    const [codeA, codeB] = [code.exec(a), code.exec(b)];
    if (codeA && codeB && codeA[1].length === codeB[1].length && codeA[2] === codeB[2]) return this.#random(codeA[1], codeB[1], where);
    // What users type in at device-authorization.
    if (userCode.test(a) && userCode.test(b)) return this.#random(a, b, where);
    if (backupCode.test(a) && backupCode.test(b) && a.length === b.length) return this.#pair(a, b, where);
    const [inA, inB] = [a.split(pieces), b.split(pieces)];
    if (inA.length !== inB.length) return this.differ(where, a, b);
    for (let i = 0; i < inA.length; i++) {
      if (inA[i] === inB[i]) continue;
      if (i % 2 === 0) return this.differ(where, a, b);
      if (inA[i].includes(".") && inA[i] !== a) await this.text(inA[i], inB[i], where);
      else this.#random(inA[i], inB[i], where);
    }
  }
  #random(a, b, where) {
    if (!sameForm(a, b)) return this.differ(where, a, b, `form ${form(a)} / ${form(b)}`);
    this.#pair(a, b, where);
  }
  #pair(a, b, where) {
    const [known, owner] = [this.#toOurs.get(a), this.#toReference.get(b)];
    if ((known ?? b) !== b) return this.differ(where, a, b, `identity: the reference repeats a value, ours was ${known} before`);
    if ((owner ?? a) !== a) return this.differ(where, a, b, `identity: ours repeats a value, the reference had ${owner} before`);
    this.#toOurs.set(a, b);
    this.#toReference.set(b, a);
  }
}
