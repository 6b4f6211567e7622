// Checks tokens of a Better Auth server against its public keys.
import { createRemoteJWKSet, errors, jwtVerify } from "jose";

const algorithms = ["EdDSA", "ES256", "ES512", "RS256", "PS256"];

/** The reason for rejecting a request: a status, a code and a fixed text. */
export class Refusal extends Error {
  constructor(status, code, message) {
    super(message);
    Object.assign(this, { status, code });
  }
}

const invalid = (text) => new Refusal(401, "invalid_token", text);

function explain(error) {
  if (error instanceof errors.JWTExpired) return invalid("the token has expired");
  if (error instanceof errors.JWTClaimValidationFailed) {
    const texts = { iss: "the token is from another issuer", aud: "the token is meant for another audience", nbf: "the token is not valid yet" };
    return invalid(texts[error.claim] ?? "the token is malformed");
  }
  if (error instanceof errors.JWSSignatureVerificationFailed) return invalid("the signature is wrong");
  if (error instanceof errors.JOSEAlgNotAllowed) return invalid("the signature algorithm is not accepted");
  if (error instanceof errors.JWKSNoMatchingKey) return invalid("the token is signed with an unknown key");
  if (error instanceof errors.JWTInvalid || error instanceof errors.JWSInvalid || error instanceof errors.JOSENotSupported) return invalid("the token is malformed");
  return new Refusal(503, "temporarily_unavailable", "the token can't be checked at the moment");
}

/**
 * Returns a function from an Authorization header to the token's claims. Keys are kept for an hour; for a token with an
 * unknown key they are fetched again, but at most every five seconds.
 */
export function verifier({ jwksURL, issuer }) {
  const keys = createRemoteJWKSet(new URL(jwksURL), { cacheMaxAge: 60 * 60 * 1000, cooldownDuration: 5000, timeoutDuration: 5000 });
  return async function claims(authorization = "") {
    const [, token] = /^bearer +(\S+) *$/i.exec(authorization) ?? [];
    if (!token) throw invalid("a bearer token is required");
    try {
      const { payload } = await jwtVerify(token, keys, { issuer, audience: issuer, algorithms, requiredClaims: ["sub", "exp"] });
      return payload;
    } catch (error) {
      throw explain(error);
    }
  };
}
