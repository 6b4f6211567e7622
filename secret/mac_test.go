package secret_test

import (
	"encoding/base64"
	"testing"

	"github.com/seed-32bd42cb/betterauth/secret"
)

// TestAttackMACPartlyRight changes one byte of a signature at a time. Every byte
// matters, under the current secret and under an older one.
func TestAttackMACPartlyRight(t *testing.T) {
	keys, err := secret.NewVersioned([]secret.Version{{Version: 2, Value: "the current secret"}, {Version: 1, Value: "an older secret"}}, "")
	if err != nil {
		t.Fatal(err)
	}
	text := []byte("a value that is signed")
	for name, signer := range map[string]*secret.Keys{"current": secret.New("the current secret"), "older": secret.New("an older secret")} {
		right := signer.MAC(text)
		if ok, current := keys.VerifyMAC(text, right[:]); !ok || current != (name == "current") {
			t.Fatalf("%s: the right signature: %v, current %v", name, ok, current)
		}
		for i := range right {
			wrong := right
			wrong[i] ^= 1
			if ok, _ := keys.VerifyMAC(text, wrong[:]); ok {
				t.Errorf("%s: byte %d of the signature is not compared", name, i)
			}
			if ok, _ := keys.Verify(string(text), base64.StdEncoding.EncodeToString(wrong[:])); ok {
				t.Errorf("%s: byte %d of the signature as text is not compared", name, i)
			}
		}
		for _, n := range []int{0, 1, 16, 31} {
			if ok, _ := keys.VerifyMAC(text, right[:n]); ok {
				t.Errorf("%s: the first %d bytes were enough", name, n)
			}
		}
		if ok, _ := keys.VerifyMAC(text, append(right[:], 0)); ok {
			t.Errorf("%s: a longer signature was accepted", name)
		}
	}
}
