package secret

import (
	"context"
	"crypto/subtle"
	"encoding/hex"
	"errors"
	"runtime"
	"strings"

	"golang.org/x/crypto/scrypt"
	"golang.org/x/text/unicode/norm"
)

// The cost of a password hash (@better-auth/utils/dist/password.node.mjs).
const (
	scryptN   = 16384
	scryptR   = 16
	scryptP   = 1
	scryptLen = 64
)

// ErrPasswordHash is returned for a stored hash that is not one.
var ErrPasswordHash = errors.New("invalid password hash")

// Hasher hashes passwords with scrypt. Every hash takes 32 MiB, so a Hasher
// lets only a fixed number of them run at once and lets the others wait.
type Hasher struct{ slots chan struct{} }

// NewHasher returns a Hasher that computes at most parallel hashes at once;
// with zero or less, as many as Go uses processors.
func NewHasher(parallel int) *Hasher {
	if parallel <= 0 {
		parallel = runtime.GOMAXPROCS(0)
	}
	return &Hasher{slots: make(chan struct{}, parallel)}
}

// Hash returns `<salt>:<key>` in hexadecimal with a new salt. The error is that
// of the context when it ends before a slot is free.
func (h *Hasher) Hash(ctx context.Context, password string) (string, error) {
	salt := Hex(16)
	key, err := h.derive(ctx, password, salt)
	if err != nil {
		return "", err
	}
	return salt + ":" + key, nil
}

// Verify reports in constant time whether the password belongs to the hash. It
// returns ErrPasswordHash when the hash is malformed, and the error of the
// context when it ends before a slot is free.
func (h *Hasher) Verify(ctx context.Context, hash, password string) (bool, error) {
	// The reference splits at every colon and looks at the first two parts only.
	salt, rest, _ := strings.Cut(hash, ":")
	want, _, _ := strings.Cut(rest, ":")
	if salt == "" || want == "" {
		return false, ErrPasswordHash
	}
	key, err := h.derive(ctx, password, salt)
	if err != nil {
		return false, err
	}
	return subtle.ConstantTimeCompare([]byte(key), []byte(want)) == 1, nil
}

// derive feeds scrypt the hexadecimal text of the salt, not the bytes it
// stands for: that is what the reference does.
func (h *Hasher) derive(ctx context.Context, password, salt string) (string, error) {
	if err := ctx.Err(); err != nil {
		return "", err
	}
	select {
	case h.slots <- struct{}{}:
	case <-ctx.Done():
		return "", ctx.Err()
	}
	defer func() { <-h.slots }()
	key, err := scrypt.Key(norm.NFKC.Bytes([]byte(password)), []byte(salt), scryptN, scryptR, scryptP, scryptLen)
	if err != nil {
		return "", err
	}
	return hex.EncodeToString(key), nil
}
