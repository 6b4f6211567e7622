package secret_test

import (
	"errors"
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

// The first value is the example of OpenID Connect Core, appendix A.3.
func TestHalfDigest(t *testing.T) {
	const token = "jHkWEdUXMU1BwAsC4vtUsZwnNvTIxEl0z9K3vx5KF0Y"
	for alg, want := range map[string]string{
		"RS256": "77QmUPtjPfzWtF2AnpK9RQ", "ES256": "77QmUPtjPfzWtF2AnpK9RQ", "HS256": "77QmUPtjPfzWtF2AnpK9RQ",
	} {
		if got := secret.HalfDigest(token, alg); got != want {
			t.Errorf("%s: %s, want %s", alg, got, want)
		}
	}
	for alg, length := range map[string]int{"EdDSA": 43, "PS512": 43, "ES384": 32} {
		if got := secret.HalfDigest(token, alg); len(got) != length {
			t.Errorf("%s: %s", alg, got)
		}
	}
}

func TestUUIDOf(t *testing.T) {
	// SHA-256 of "abc", with the bits of version 5.
	if got := secret.UUIDOf("abc"); got != "ba7816bf-8f01-5fea-8141-40de5dae2223" {
		t.Error(got)
	}
}

func TestSignWith(t *testing.T) {
	token, err := secret.SignWith("a secret", []byte(`{"a":1}`))
	if err != nil {
		t.Fatal(err)
	}
	header, payload, err := secret.VerifyWith("a secret", token)
	if err != nil || string(header) != `{"alg":"HS256"}` || string(payload) != `{"a":1}` {
		t.Errorf("%s %s %v", header, payload, err)
	}
	if claims, err := secret.TokenPayload(token); err != nil || string(claims.Get("a")) != "1" {
		t.Errorf("%v %v", claims, err)
	}
	for _, bad := range []string{token + "A", "A" + token, token[:len(token)-44] + ".", "eyJhbGciOiJub25lIn0" + token[20:], "", "..", "a.b.c"} {
		if _, _, err := secret.VerifyWith("a secret", bad); !errors.Is(err, secret.ErrToken) {
			t.Errorf("%q: %v", bad, err)
		}
	}
	if _, _, err := secret.VerifyWith("another", token); !errors.Is(err, secret.ErrToken) {
		t.Error(err)
	}
	if _, err := secret.SignWith("x", []byte("1")); err == nil {
		t.Error("claims that are no object are signed")
	}
	for _, bad := range []string{"", "a.b.c", "a.e30", "e30.MQ.x"} {
		if _, err := secret.TokenPayload(bad); !errors.Is(err, secret.ErrToken) {
			t.Errorf("%q: %v", bad, err)
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
