package secret_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/seed-32bd42cb/betterauth/secret"
)

func TestReferenceKeys(t *testing.T) {
	v := load[more](t, "more.json")
	for _, c := range v.JWK {
		t.Run(c.Alg, func(t *testing.T) {
			private := parseKey(t, c.Private, c.Alg)
			public := parseKey(t, c.Public, c.Alg)
			if !private.Private() || public.Private() {
				t.Error("private and public mixed up")
			}
			if string(private.Public()) != c.Public {
				t.Errorf("public half %s, want %s", private.Public(), c.Public)
			}
			if sum, err := public.Thumbprint(); sum != c.Thumbprint || err != nil {
				t.Errorf("thumbprint %s %v, want %s", sum, err, c.Thumbprint)
			}
			header, payload, err := public.VerifyJWT(c.Token, c.Alg)
			if err != nil || string(payload) != c.Claims {
				t.Fatalf("%s %v", payload, err)
			}
			token, err := private.SignJWT(header, payload)
			if err != nil {
				t.Fatal(err)
			}
			// Ed25519 and PKCS #1 v1.5 are deterministic, so the tokens are
			// equal.
			if (private.Algorithm == "EdDSA" || private.Algorithm == "RS256") && token != c.Token {
				t.Errorf("token %s, want %s", token, c.Token)
			}
			if _, _, err := public.VerifyJWT(token); err != nil {
				t.Error(err)
			}
			if _, _, err := public.VerifyJWT(token, "HS256", "none"); !errors.Is(err, secret.ErrToken) {
				t.Errorf("algorithm not allowed: %v", err)
			}
			changed := strings.Replace(token, ".", ".e", 1)
			if _, _, err := public.VerifyJWT(changed); !errors.Is(err, secret.ErrToken) {
				t.Errorf("changed payload: %v", err)
			}
			if _, err := public.SignJWT(header, payload); !errors.Is(err, secret.ErrKey) {
				t.Errorf("public key signed: %v", err)
			}
		})
	}
}

func parseKey(t testing.TB, text, alg string) *secret.JWK {
	t.Helper()
	key, err := secret.ParseJWK([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	if key, err = key.WithAlgorithm(alg); err != nil {
		t.Fatal(err)
	}
	return key
}

func TestGenerateJWK(t *testing.T) {
	for _, alg := range []string{"EdDSA", "Ed25519", "ES256", "ES384", "ES512", "RS256", "PS256"} {
		public, private, err := secret.GenerateJWK(alg, secret.JWKOptions{})
		if err != nil {
			t.Fatal(err)
		}
		token, err := parseKey(t, string(private), alg).SignJWT([]byte(`{"alg":"`+alg+`"}`), []byte(`{}`))
		if err != nil {
			t.Fatal(err)
		}
		if _, _, err := parseKey(t, string(public), alg).VerifyJWT(token, alg); err != nil {
			t.Errorf("%s: %v", alg, err)
		}
		if strings.Contains(string(public), `"d"`) {
			t.Errorf("%s: private part in the public key %s", alg, public)
		}
	}
}

func TestKeysRefused(t *testing.T) {
	for _, c := range []struct {
		alg  string
		opts secret.JWKOptions
	}{{"HS256", secret.JWKOptions{}}, {"", secret.JWKOptions{}}, {"EdDSA", secret.JWKOptions{Curve: "Ed448"}}, {"ES256", secret.JWKOptions{Curve: "P-521"}}, {"RS256", secret.JWKOptions{ModulusLength: 1024}}} {
		if _, _, err := secret.GenerateJWK(c.alg, c.opts); !errors.Is(err, secret.ErrKey) {
			t.Errorf("%+v: %v", c, err)
		}
	}
	v := load[more](t, "more.json")
	ed := parseKey(t, v.JWK[0].Private, "EdDSA")
	if _, err := ed.WithAlgorithm("RS256"); !errors.Is(err, secret.ErrKey) {
		t.Errorf("Ed25519 key for RS256: %v", err)
	}
	if _, err := ed.SignJWT([]byte(`{"alg":"none"}`), []byte(`{}`)); !errors.Is(err, secret.ErrKey) {
		t.Errorf("header with another algorithm: %v", err)
	}
	for _, text := range []string{``, `{}`, `{"kty":"oct","k":"AAAA"}`, `{"kty":"OKP","crv":"Ed25519","x":"AA"}`, `{"kty":"RSA","n":"AQAB","e":"AQAB"}`, `{"kty":"EC","crv":"P-256","x":"AA","y":"AA"}`} {
		if _, err := secret.ParseJWK([]byte(text)); !errors.Is(err, secret.ErrKey) {
			t.Errorf("%s: %v", text, err)
		}
	}
}

func BenchmarkSignEdDSA(b *testing.B) {
	v := load[more](b, "more.json")
	key := parseKey(b, v.JWK[0].Private, "EdDSA")
	claims := []byte(`{"sub":"` + strings.Repeat("x", 300) + `"}`)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := key.SignJWT([]byte(`{"alg":"EdDSA","kid":"k1"}`), claims); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkVerifySignature(b *testing.B) {
	k := secret.New("ref-secret-0123456789-abcdefghijklmnop")
	signature := k.Sign("DupGEH9DnACcyvGS9vPAwmyytGUYjEqI")
	b.ReportAllocs()
	for b.Loop() {
		if ok, _ := k.Verify("DupGEH9DnACcyvGS9vPAwmyytGUYjEqI", signature); !ok {
			b.Fatal("refused")
		}
	}
}

// TestSignWithSeveralHeaders checks that a key that remembers its last header does not
// put it into tokens with another one, or accept one of another algorithm.
func TestSignWithSeveralHeaders(t *testing.T) {
	_, private, err := secret.GenerateJWK("EdDSA", secret.JWKOptions{})
	if err != nil {
		t.Fatal(err)
	}
	key, err := secret.ParseJWK(private)
	if err != nil {
		t.Fatal(err)
	}
	for _, header := range []string{`{"alg":"EdDSA"}`, `{"alg":"EdDSA","kid":"a"}`, `{"alg":"EdDSA"}`, `{"alg":"EdDSA"}`} {
		token, err := key.SignJWT([]byte(header), []byte(`{}`))
		if err != nil {
			t.Fatal(err)
		}
		if got, _, err := key.VerifyJWT(token); err != nil || string(got) != header {
			t.Errorf("%s became %s, %v", header, got, err)
		}
		if _, err := key.SignJWT([]byte(`{"alg":"ES256"}`), []byte(`{}`)); err == nil {
			t.Error("a header of another algorithm was signed")
		}
	}
}
