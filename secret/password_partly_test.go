package secret_test

import (
	"strings"
	"testing"

	"github.com/seed-32bd42cb/betterauth/secret"
)

// TestAttackHashPartlyRight changes the key of a stored hash at its start, in the
// middle and at its end: every digit matters.
func TestAttackHashPartlyRight(t *testing.T) {
	h := secret.NewHasher(secret.HasherOptions{Parallel: 1})
	hash, err := h.Hash(t.Context(), "password1234")
	if err != nil {
		t.Fatal(err)
	}
	start := strings.IndexByte(hash, ':') + 1
	for _, i := range []int{start, (start + len(hash)) / 2, len(hash) - 1} {
		if ok, err := h.Verify(t.Context(), otherHex(hash, i), "password1234"); ok || err != nil {
			t.Errorf("digit %d of the key is not compared (%v)", i-start, err)
		}
	}
}

func otherHex(s string, i int) string {
	digit := "0"
	if s[i] == '0' {
		digit = "1"
	}
	return s[:i] + digit + s[i+1:]
}
