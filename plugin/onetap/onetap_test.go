package onetap_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/auth/authtest"
	"github.com/seed-32bd42cb/betterauth/oauth"
	"github.com/seed-32bd42cb/betterauth/oauth/oauthtest"
	"github.com/seed-32bd42cb/betterauth/plugin/onetap"
)

var noon = time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)

func open(t *testing.T) (*authtest.Server, *oauthtest.Server, func(change map[string]any) string) {
	t.Helper()
	google := oauthtest.New(t, func() time.Time { return noon })
	s := authtest.New(t, auth.Options{HTTP: google, Plugins: []auth.Plugin{onetap.New(onetap.Options{ClientID: oauth.ClientIDs{"client"}})}})
	return s, google, func(change map[string]any) string {
		claims := map[string]any{"iss": "https://accounts.google.com", "aud": "client", "sub": "1", "email": "ann@example.com", "email_verified": true}
		for k, v := range change {
			claims[k] = v
		}
		return `{"idToken":"` + google.IDToken(claims) + `"}`
	}
}

func TestOneTap(t *testing.T) {
	s, _, token := open(t)
	c := s.Client()
	if a := c.Post("/one-tap/callback", token(nil)); a.Status != http.StatusOK || a.JSON(t)["token"] == "" {
		t.Fatalf("%d %s", a.Status, a.Body)
	}
	if c.Get("/get-session").Body == "null" {
		t.Error("nobody is signed in")
	}
}

// TestAttackOneTapTokens: a token for another client, from another issuer, of another key or that has expired signs
// nobody in.
func TestAttackOneTapTokens(t *testing.T) {
	s, _, token := open(t)
	_, _, stranger := open(t)
	for name, body := range map[string]string{
		"another client": token(map[string]any{"aud": "other"}), "another issuer": token(map[string]any{"iss": "https://evil.example"}),
		"old": token(map[string]any{"iat": noon.Unix() - 90000, "exp": noon.Unix() - 80000}), "another key": stranger(nil), "no subject": token(map[string]any{"sub": ""}),
		"none": `{"idToken":"x"}`,
	} {
		c := s.Client()
		if a := c.Post("/one-tap/callback", body); a.Status != http.StatusBadRequest || c.Get("/get-session").Body != "null" {
			t.Errorf("%s: %d %s", name, a.Status, a.Body)
		}
	}
}

// TestAttackPreRegisteredAddress is GHSA-g38m-r43w-p2q7 with One Tap.
func TestAttackPreRegisteredAddress(t *testing.T) {
	s, _, token := open(t)
	s.Client().SignUp("ann@example.com")
	if a := s.Client().Post("/one-tap/callback", token(nil)); a.Status != http.StatusUnauthorized {
		t.Errorf("%d %s", a.Status, a.Body)
	}
}
