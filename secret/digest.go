package secret

import (
	"crypto/rand"
	"crypto/sha256"
	"crypto/sha512"
	"crypto/subtle"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"strings"
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

// UUIDOf returns the UUID that follows from text: the first half of its SHA-256 with
// the bits of version 5. Equal texts have equal UUIDs.
func UUIDOf(text string) string {
	sum := sha256.Sum256([]byte(text))
	b := sum[:16]
	b[6], b[8] = b[6]&0x0F|0x50, b[8]&0x3F|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}

// HalfDigest returns the left half of the hash of text in base64url, as the claims
// at_hash and c_hash of OpenID Connect need it. The hash is that of the algorithm
// with which the ID token is signed, and SHA-512 for EdDSA.
func HalfDigest(text, algorithm string) string {
	var sum []byte
	switch {
	case algorithm == "EdDSA" || strings.HasSuffix(algorithm, "512"):
		whole := sha512.Sum512([]byte(text))
		sum = whole[:]
	case strings.HasSuffix(algorithm, "384"):
		whole := sha512.Sum384([]byte(text))
		sum = whole[:]
	default:
		whole := sha256.Sum256([]byte(text))
		sum = whole[:]
	}
	return b64.EncodeToString(sum[:len(sum)/2])
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
