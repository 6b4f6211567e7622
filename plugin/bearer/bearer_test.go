package bearer_test

import (
	"net/url"
	"strings"
	"testing"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/auth/authtest"
	"github.com/seed-32bd42cb/betterauth/plugin/bearer"
)

func TestBearer(t *testing.T) {
	s := authtest.New(t, auth.Options{Plugins: []auth.Plugin{bearer.New(bearer.Options{})}})
	c := s.Client()
	up := c.SignUp("a@example.com")
	signed := up.Header.Get("Set-Auth-Token")
	plain := up.JSON(t)["token"].(string)
	if !strings.HasPrefix(signed, plain+".") || up.Header.Get("Access-Control-Expose-Headers") != "set-auth-token" {
		t.Fatalf("headers %v", up.Header)
	}
	for _, tc := range []struct {
		name, header string
		in           bool
	}{
		{"signed", "Bearer " + signed, true},
		{"lower case scheme", "bearer " + signed, true},
		{"encoded", "Bearer " + url.QueryEscape(signed), true},
		{"plain", "Bearer " + plain, true},
		{"forged", "Bearer " + plain + ".AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=", false},
		{"unknown", "Bearer abcdefabcdefabcdefabcdefabcdefab", false},
		{"another scheme", "Basic " + signed, false},
		{"no token", "Bearer ", false},
		{"just a word", "x", false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			b := s.Client()
			b.Header.Set("Authorization", tc.header)
			got := b.Get("/get-session")
			if in := got.Body != "null"; in != tc.in || got.Status != 200 {
				t.Errorf("%d %s", got.Status, got.Body)
			}
		})
	}
}

func TestRequireSignature(t *testing.T) {
	s := authtest.New(t, auth.Options{Plugins: []auth.Plugin{bearer.New(bearer.Options{RequireSignature: true})}})
	up := s.Client().SignUp("a@example.com")
	b := s.Client()
	b.Header.Set("Authorization", "Bearer "+up.JSON(t)["token"].(string))
	if got := b.Get("/get-session"); got.Body != "null" {
		t.Errorf("a plain token was accepted: %s", got.Body)
	}
	b.Header.Set("Authorization", "Bearer "+up.Header.Get("Set-Auth-Token"))
	if got := b.Get("/get-session"); got.Body == "null" {
		t.Error("a signed token was refused")
	}
}

// TestAttackRevokedInEveryForm: revocation goes by the session, not by the text of
// a token, so no other spelling of a revoked one is accepted (OWASP cheat sheets #2242).
func TestAttackRevokedInEveryForm(t *testing.T) {
	s := authtest.New(t, auth.Options{Plugins: []auth.Plugin{bearer.New(bearer.Options{})}})
	up := s.Client().SignUp("a@example.com")
	signed, plain := up.Header.Get("Set-Auth-Token"), up.JSON(t)["token"].(string)
	forms := map[string]string{"signed": signed, "plain": plain, "encoded": url.QueryEscape(signed)}
	ask := func(token string) bool {
		b := s.Client()
		b.Header.Set("Authorization", "Bearer "+token)
		return b.Get("/get-session").Body != "null"
	}
	for name, token := range forms {
		if !ask(token) {
			t.Errorf("%s: refused before", name)
		}
	}
	b := s.Client()
	b.Header.Set("Authorization", "Bearer "+forms["encoded"])
	if got := b.Post("/revoke-session", `{"token":"`+plain+`"}`); got.Status != 200 {
		t.Fatalf("%d %s", got.Status, got.Body)
	}
	_, signature, _ := strings.Cut(signed, ".")
	forms["without padding"] = strings.TrimRight(signed, "=")
	forms["base64url"] = plain + "." + strings.NewReplacer("+", "-", "/", "_").Replace(signature)
	for name, token := range forms {
		if ask(token) {
			t.Errorf("%s: accepted after it was revoked", name)
		}
	}
}
