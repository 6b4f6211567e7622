package secret

import (
	"crypto/cipher"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"golang.org/x/crypto/chacha20poly1305"
)

const envelopePrefix = "$ba$"

// ErrDecrypt is returned, wrapped, when a text cannot be decrypted: it is
// malformed, was changed, or was made with a secret that is not known any more.
var ErrDecrypt = errors.New("secret: cannot decrypt")

// Encrypt encrypts a text with the current secret: XChaCha20-Poly1305 under
// SHA-256 of the secret, as hex of nonce, ciphertext and tag; with versioned
// secrets in an envelope `$ba$<version>$<hex>` (crypto/index.mjs).
func (k *Keys) Encrypt(plain string) (string, error) {
	aead, err := k.list[0].cipher()
	if err != nil {
		return "", err
	}
	buf := make([]byte, chacha20poly1305.NonceSizeX, chacha20poly1305.NonceSizeX+len(plain)+chacha20poly1305.Overhead)
	rand.Read(buf)
	sealed := hex.EncodeToString(aead.Seal(buf, buf, []byte(plain), nil))
	if !k.versioned {
		return sealed, nil
	}
	return envelopePrefix + strconv.Itoa(k.list[0].Version.Version) + "$" + sealed, nil
}

// Decrypt reverses Encrypt. With versioned secrets a text without an envelope
// needs the legacy secret. The error wraps ErrDecrypt.
func (k *Keys) Decrypt(sealed string) (string, error) {
	if !k.versioned {
		return k.list[0].decrypt(sealed)
	}
	version, body, ok := parseEnvelope(sealed)
	if !ok {
		if k.legacy == nil {
			return "", fmt.Errorf("%w: a payload without a version needs the legacy secret; set BETTER_AUTH_SECRET", ErrDecrypt)
		}
		return k.legacy.decrypt(sealed)
	}
	for _, state := range k.list {
		if state.Version.Version == version {
			return state.decrypt(body)
		}
	}
	return "", fmt.Errorf("%w: secret version %d is not among the keys (it may have been retired)", ErrDecrypt, version)
}

func parseEnvelope(sealed string) (version int, body string, ok bool) {
	rest, ok := strings.CutPrefix(sealed, envelopePrefix)
	if !ok {
		return 0, "", false
	}
	number, body, ok := strings.Cut(rest, "$")
	if !ok {
		return 0, "", false
	}
	version, ok = parseInt(number)
	if !ok || version < 0 {
		return 0, "", false
	}
	return version, body, true
}

func (s *keyState) cipher() (cipher.AEAD, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.aead != nil {
		return s.aead, nil
	}
	key := sha256.Sum256([]byte(s.value))
	aead, err := chacha20poly1305.NewX(key[:])
	if err != nil {
		return nil, err
	}
	s.aead = aead
	return aead, nil
}

func (s *keyState) decrypt(sealed string) (string, error) {
	raw, err := hex.DecodeString(sealed)
	if err != nil {
		return "", fmt.Errorf("%w: not hexadecimal", ErrDecrypt)
	}
	if len(raw) < chacha20poly1305.NonceSizeX+chacha20poly1305.Overhead {
		return "", fmt.Errorf("%w: too short", ErrDecrypt)
	}
	aead, err := s.cipher()
	if err != nil {
		return "", err
	}
	plain, err := aead.Open(nil, raw[:chacha20poly1305.NonceSizeX], raw[chacha20poly1305.NonceSizeX:], nil)
	if err != nil {
		return "", fmt.Errorf("%w: authentication failed", ErrDecrypt)
	}
	return string(plain), nil
}
