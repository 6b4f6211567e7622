package secret

import (
	"crypto/sha1"
	"encoding/hex"
	"strings"
)

// PwnedRange returns what a range query of Have I Been Pwned is about: the SHA-1 hash of a password in upper case,
// split after the five digits that the service is sent.
func PwnedRange(password string) (sent, rest string) {
	sum := sha1.Sum([]byte(password))
	digits := strings.ToUpper(hex.EncodeToString(sum[:]))
	return digits[:5], digits[5:]
}
