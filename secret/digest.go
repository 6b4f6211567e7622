package secret

import (
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/hex"
)

// Digest returns the SHA-256 of text in base64url without padding, always 43
// characters. It is the form in which the reference stores hashed tokens, codes and
// identifiers, and the S256 challenge of a PKCE verifier. Equal texts have equal
// digests, so it does not protect passwords; use [Hasher] for those.
func Digest(text string) string {
	sum := sha256.Sum256([]byte(text))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

// HexDigest returns the SHA-256 of text as 64 hexadecimal digits in lower case.
func HexDigest(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}

// CSPHash returns the source expression that allows one inline script or style in a
// Content-Security-Policy: 'sha256-…', including the quotes. Text is the content of
// the element, byte for byte.
func CSPHash(text string) string {
	sum := sha256.Sum256([]byte(text))
	return "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
}

// Equal reports whether a and b are the same text. Its running time depends only on
// their lengths. Use it to compare a client's input with a secret value.
func Equal(a, b string) bool {
	return subtle.ConstantTimeCompare([]byte(a), []byte(b)) == 1
}

// Text returns 26 random characters of A-Z and 2-7, with 130 bits of randomness: an
// id for messages and requests.
func Text() string { return rand.Text() }
