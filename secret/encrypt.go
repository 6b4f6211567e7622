package secret

import (
	"crypto/cipher"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"golang.org/x/crypto/chacha20poly1305"
)

const envelopePrefix = "$ba$"

// ErrDecrypt is returned, wrapped, if a text cannot be decrypted: it is malformed,
// was changed, or was encrypted with a secret that is no longer configured.
var ErrDecrypt = errors.New("secret: cannot decrypt")

// Encrypt encrypts a text with the current secret: XChaCha20-Poly1305 under the
// SHA-256 of the secret, as hex of nonce, ciphertext and tag. With versioned
// secrets the result is an envelope `$ba$<version>$<hex>` (crypto/index.mjs).
func (k *Keys) Encrypt(plain string) (string, error) {
	raw, err := k.list[0].encrypt([]byte(plain))
	if err != nil {
		return "", err
	}
	return k.enveloped(hex.EncodeToString(raw)), nil
}

// Decrypt reverses Encrypt. With versioned secrets, a text without an envelope
// needs the legacy secret. The error wraps ErrDecrypt.
func (k *Keys) Decrypt(sealed string) (string, error) {
	state, body, err := k.opener(sealed)
	if err != nil {
		return "", err
	}
	raw, err := hex.DecodeString(body)
	if err != nil {
		return "", fmt.Errorf("%w: not hexadecimal", ErrDecrypt)
	}
	plain, err := state.decrypt(raw)
	return string(plain), err
}

// Seal encrypts like Encrypt, but returns base64 instead of hex, which is a third
// shorter. It is for data that only this server reads.
func (k *Keys) Seal(plain []byte) (string, error) {
	raw, err := k.list[0].encrypt(plain)
	if err != nil {
		return "", err
	}
	return k.enveloped(base64.RawURLEncoding.EncodeToString(raw)), nil
}

// Open reverses Seal. The error wraps ErrDecrypt.
func (k *Keys) Open(sealed string) ([]byte, error) {
	state, body, err := k.opener(sealed)
	if err != nil {
		return nil, err
	}
	raw, err := base64.RawURLEncoding.DecodeString(body)
	if err != nil {
		return nil, fmt.Errorf("%w: not base64", ErrDecrypt)
	}
	return state.decrypt(raw)
}

func (k *Keys) enveloped(body string) string {
	if !k.versioned {
		return body
	}
	return envelopePrefix + strconv.Itoa(k.list[0].Version.Version) + "$" + body
}

// opener returns the secret that a text was encrypted with, and the text without
// its envelope.
func (k *Keys) opener(sealed string) (state *keyState, body string, err error) {
	if !k.versioned {
		return k.list[0], sealed, nil
	}
	version, body, ok := parseEnvelope(sealed)
	if !ok {
		if k.legacy == nil {
			return nil, "", fmt.Errorf("%w: a payload without a version needs the legacy secret; set BETTER_AUTH_SECRET", ErrDecrypt)
		}
		return k.legacy, sealed, nil
	}
	for _, state := range k.list {
		if state.Version.Version == version {
			return state, body, nil
		}
	}
	return nil, "", fmt.Errorf("%w: secret version %d is not among the keys (it may have been retired)", ErrDecrypt, version)
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

func (s *keyState) encrypt(plain []byte) ([]byte, error) {
	aead, err := s.cipher()
	if err != nil {
		return nil, err
	}
	buf := make([]byte, chacha20poly1305.NonceSizeX, chacha20poly1305.NonceSizeX+len(plain)+chacha20poly1305.Overhead)
	rand.Read(buf)
	return aead.Seal(buf, buf, plain, nil), nil
}

func (s *keyState) decrypt(raw []byte) ([]byte, error) {
	if len(raw) < chacha20poly1305.NonceSizeX+chacha20poly1305.Overhead {
		return nil, fmt.Errorf("%w: too short", ErrDecrypt)
	}
	aead, err := s.cipher()
	if err != nil {
		return nil, err
	}
	plain, err := aead.Open(nil, raw[:chacha20poly1305.NonceSizeX], raw[chacha20poly1305.NonceSizeX:], nil)
	if err != nil {
		return nil, fmt.Errorf("%w: authentication failed", ErrDecrypt)
	}
	return plain, nil
}
