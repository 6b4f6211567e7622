package secret

import (
	"crypto/cipher"
	"crypto/hmac"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"hash"
	"sync"
)

// keyState is one secret with cached values derived from it.
type keyState struct {
	Version
	value string
	macs  sync.Pool // elements are *macState

	mu   sync.Mutex
	jwes map[string]*jweKey // by salt
	aead cipher.AEAD        // for Encrypt
}

// macState has its own output buffer, so that a signature on the hot path allocates
// nothing: with Sum through the hash.Hash interface, a buffer on the stack would
// escape.
type macState struct {
	hash.Hash
	sum [sha256.Size]byte
}

func newKeyState(v Version) *keyState {
	s := &keyState{Version: v, value: v.Value}
	s.macs.New = func() any { return &macState{Hash: hmac.New(sha256.New, []byte(s.value))} }
	return s
}

// mac returns the HMAC-SHA256 of the text. After its first Reset, the hash keeps
// the state of the padded key, so that only the text is hashed.
func (s *keyState) mac(text []byte) [sha256.Size]byte {
	m := s.macs.Get().(*macState)
	m.Reset()
	m.Write(text)
	m.Hash.Sum(m.sum[:0])
	sum := m.sum
	s.macs.Put(m)
	return sum
}

// HMAC returns the HMAC-SHA256 of the text under any secret. For the server's own
// secret, (*Keys).MAC is faster.
func HMAC(secret, text string) []byte {
	h := hmac.New(sha256.New, []byte(secret))
	h.Write([]byte(text))
	return h.Sum(nil)
}

// MAC returns the HMAC-SHA256 of the text under the current secret.
func (k *Keys) MAC(text []byte) [sha256.Size]byte { return k.list[0].mac(text) }

// VerifyMAC reports in constant time whether sum is the HMAC-SHA256 of the text
// under one of the secrets, and whether that is the current secret.
func (k *Keys) VerifyMAC(text, sum []byte) (ok, current bool) {
	if len(sum) != sha256.Size {
		return false, false
	}
	for i, state := range k.list {
		want := state.mac(text)
		if subtle.ConstantTimeCompare(want[:], sum) == 1 {
			return true, i == 0
		}
	}
	return false, false
}

// Sign returns the signature of a cookie value: HMAC-SHA256 under the current
// secret in standard base64, always 44 characters (better-call/dist/crypto.mjs).
func (k *Keys) Sign(value string) string {
	sum := k.MAC([]byte(value))
	return base64.StdEncoding.EncodeToString(sum[:])
}

// Verify checks in constant time a signature made by Sign. current is false if an
// older secret made it, so that the caller can sign the value again; the reference
// checks only the current secret.
func (k *Keys) Verify(value, signature string) (ok, current bool) {
	var sum [sha256.Size + 3]byte
	if base64.StdEncoding.DecodedLen(len(signature)) > len(sum) {
		return false, false
	}
	n, err := base64.StdEncoding.Decode(sum[:], []byte(signature))
	if err != nil {
		return false, false
	}
	return k.VerifyMAC([]byte(value), sum[:n])
}
