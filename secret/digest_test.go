package secret_test

import (
	"testing"

	"github.com/seed-32bd42cb/betterauth/secret"
)

func TestDigests(t *testing.T) {
	// RFC 7636, appendix B; the digest of "abc" is the example of FIPS 180-2; the
	// policy is the example of CSP level 3, section 8.1.
	for name, tc := range map[string]struct{ got, want string }{
		"PKCE challenge": {secret.Digest("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"), "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"},
		"hexadecimal":    {secret.HexDigest("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
		"inline script":  {secret.CSPHash("alert('Hello, world.');"), "'sha256-qznLcsROx4GACP2dm0UCKCzCG+HiZ1guq6ZZDob/Tng='"},
	} {
		if tc.got != tc.want {
			t.Errorf("%s: %s, want %s", name, tc.got, tc.want)
		}
	}
}

func TestEqual(t *testing.T) {
	for _, tc := range []struct {
		a, b string
		want bool
	}{{"", "", true}, {"code", "code", true}, {"code", "codE", false}, {"code", "code ", false}, {"", "code", false}} {
		if got := secret.Equal(tc.a, tc.b); got != tc.want {
			t.Errorf("Equal(%q, %q) = %v", tc.a, tc.b, got)
		}
	}
}

func TestText(t *testing.T) {
	a, b := secret.Text(), secret.Text()
	if len(a) != 26 || a == b {
		t.Errorf("%q, %q", a, b)
	}
}
