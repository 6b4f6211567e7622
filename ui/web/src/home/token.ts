// A JWT taken apart, and its signature checked with the browser's own cryptography.
import type { Key } from "./data";

export interface Token {
  text: string;
  parts: [string, string, string];
  header: Record<string, unknown>;
  claims: Record<string, unknown>;
}

function bytes(part: string): Uint8Array<ArrayBuffer> {
  const text = atob(part.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(text, (letter) => letter.charCodeAt(0));
}

const decode = (part: string) => JSON.parse(new TextDecoder().decode(bytes(part)));

/** Returns undefined for a text that is no JWT. */
export function parse(text: string): Token | undefined {
  const parts = text.split(".");
  try {
    if (parts.length === 3) return { text, parts: parts as Token["parts"], header: decode(parts[0]), claims: decode(parts[1]) };
  } catch {
    // not a token
  }
  return undefined;
}

type Algorithm = { name: string; hash?: string; namedCurve?: string; saltLength?: number };

const algorithms: Record<string, Algorithm> = {
  EdDSA: { name: "Ed25519" },
  ES256: { name: "ECDSA", hash: "SHA-256", namedCurve: "P-256" },
  ES512: { name: "ECDSA", hash: "SHA-512", namedCurve: "P-521" },
  RS256: { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" },
  PS256: { name: "RSA-PSS", hash: "SHA-256", saltLength: 32 },
};

export type Verdict = "valid" | "invalid" | "unknown-key" | "unsupported";

/** Checks the signature with the key of the key set that the token names. */
export async function verify(token: Token, keys: Key[]): Promise<Verdict> {
  const key = keys.find((one) => one.kid === token.header.kid);
  if (!key) return "unknown-key";
  const algorithm = algorithms[String(token.header.alg)];
  if (!algorithm) return "unsupported";
  try {
    const { use: _, key_ops: __, ...jwk } = key;
    const imported = await crypto.subtle.importKey("jwk", { ...jwk, alg: undefined } as JsonWebKey, algorithm, false, ["verify"]);
    const signed = new TextEncoder().encode(`${token.parts[0]}.${token.parts[1]}`);
    return (await crypto.subtle.verify(algorithm, imported, bytes(token.parts[2]), signed)) ? "valid" : "invalid";
  } catch {
    return "unsupported"; // an old browser, or a page that is neither https nor localhost
  }
}
