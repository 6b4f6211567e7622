package cookie_test

import (
	"encoding/base64"
	"testing"

	"github.com/seed-32bd42cb/betterauth/cookie"
	"github.com/seed-32bd42cb/betterauth/secret"
)

// otherDigit replaces one base64 digit by another.
func otherDigit(s string, i int) string {
	digit := byte('A')
	if s[i] == digit {
		digit = 'B'
	}
	return s[:i] + string(digit) + s[i+1:]
}

// TestAttackCookieSignaturePartlyRight changes one character of a signed cookie's
// signature at a time.
func TestAttackCookieSignaturePartlyRight(t *testing.T) {
	keys := secret.New("s")
	signed := cookie.Sign("token", keys)
	if value, ok, _ := cookie.Unsign(signed, keys); !ok || value != "token" {
		t.Fatalf("the right signature: %q %v", value, ok)
	}
	for i := len("token."); i < len(signed)-1; i++ { // the last one is the padding
		if _, ok, _ := cookie.Unsign(otherDigit(signed, i), keys); ok {
			t.Errorf("character %d of the signature is not compared", i-len("token."))
		}
	}
}

// TestAttackCacheSignaturePartlyRight does the same with cached sessions of every
// strategy: no character may be changed.
func TestAttackCacheSignaturePartlyRight(t *testing.T) {
	keys := secret.New("s")
	for _, strategy := range []cookie.Strategy{cookie.Compact, cookie.JWT, cookie.JWE} {
		value, err := cookie.EncodeCache(keys, strategy, sample(), 300, now())
		if err != nil {
			t.Fatal(err)
		}
		if _, ok := cookie.DecodeCache(keys, strategy, value, now()); !ok {
			t.Fatalf("%s: the right signature", strategy)
		}
		text, start := value, len(value)-43
		if strategy == cookie.Compact {
			raw, err := base64.RawURLEncoding.DecodeString(value)
			if err != nil {
				t.Fatal(err)
			}
			text = string(raw)
			start = len(text) - 43 - len(`"}`)
		}
		// The tag of a JWE is shorter; the text before it is the ciphertext. The last digit has unused bits.
		for i := start; i < start+42; i++ {
			changed := otherDigit(text, i)
			if strategy == cookie.Compact {
				changed = base64.RawURLEncoding.EncodeToString([]byte(changed))
			}
			if _, ok := cookie.DecodeCache(keys, strategy, changed, now()); ok {
				t.Errorf("%s: character %d of the signature is not compared", strategy, i-start)
			}
		}
	}
}
