package secret

import (
	"context"
	"crypto/subtle"
	"encoding/hex"
	"errors"
	"strings"

	"golang.org/x/text/unicode/norm"
)

// The cost and length of a password hash (@better-auth/utils/dist/password.node.mjs).
var nativeCost = scryptCost{n: 16384, r: 16, p: 1}

const nativeLength = 64

// ErrPasswordHash is returned for a stored hash that cannot be verified.
var ErrPasswordHash = errors.New("invalid password hash")

// Hash returns `<salt>:<key>` in hexadecimal with a new salt. The error is ErrBusy
// if the password waited too long, and that of the context if it ends first.
func (h *Hasher) Hash(ctx context.Context, password string) (string, error) {
	salt := Hex(16)
	key, err := h.derive(ctx, password, salt)
	if err != nil {
		return "", err
	}
	return salt + ":" + key, nil
}

// Verify reports in constant time whether the password matches the hash, which may
// be of any Kind. It returns ErrPasswordHash if the hash is malformed, of an
// unknown kind or too costly, ErrBusy if the password waited too long, and the
// error of the context if it ends first.
func (h *Hasher) Verify(ctx context.Context, hash, password string) (bool, error) {
	if !isNative(hash) {
		return h.verifyImported(ctx, hash, password)
	}
	// The reference splits at every colon and uses only the first two parts.
	salt, rest, _ := strings.Cut(hash, ":")
	want, _, _ := strings.Cut(rest, ":")
	key, err := h.derive(ctx, password, salt)
	if err != nil {
		return false, err
	}
	return subtle.ConstantTimeCompare([]byte(key), []byte(want)) == 1, nil
}

// derive passes scrypt the hexadecimal text of the salt, not its bytes, as the
// reference does.
func (h *Hasher) derive(ctx context.Context, password, salt string) (string, error) {
	return compute(ctx, h, false, func(m *scratch) (string, error) {
		key, err := scryptKey(m, norm.NFKC.Bytes([]byte(password)), []byte(salt), nativeCost, nativeLength)
		return hex.EncodeToString(key), err
	})
}
