package bearer_test

import (
	"net/url"
	"strings"
	"testing"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/auth/authtest"
	"github.com/seed-32bd42cb/betterauth/plugin/bearer"
)

// with returns a client without cookies that sends this Authorization header.
func with(s *authtest.Server, authorization string) *authtest.Client {
	c := s.Client()
	c.Header.Set("Authorization", authorization)
	return c
}

func TestBearer(t *testing.T) {
	s := authtest.New(t, auth.Options{Plugins: []auth.Plugin{bearer.New(bearer.Options{})}})
	c := s.Client()
	up := c.SignUp("a@example.com")
	signed := up.Header.Get("Set-Auth-Token")
	plain := up.Text("token")
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
			if in := with(s.In(t), tc.header).SignedIn(); in != tc.in {
				t.Errorf("signed in: %v", in)
			}
		})
	}
}

func TestRequireSignature(t *testing.T) {
	s := authtest.New(t, auth.Options{Plugins: []auth.Plugin{bearer.New(bearer.Options{RequireSignature: true})}})
	up := s.Client().SignUp("a@example.com")
	if with(s, "Bearer "+up.Text("token")).SignedIn() {
		t.Error("a plain token was accepted")
	}
	if !with(s, "Bearer "+up.Header.Get("Set-Auth-Token")).SignedIn() {
		t.Error("a signed token was refused")
	}
}

// TestAttackRevokedInEveryForm: revocation applies to the session, not to the text of a token, so no other spelling
// of a revoked token is accepted (OWASP cheat sheets #2242).
func TestAttackRevokedInEveryForm(t *testing.T) {
	s := authtest.New(t, auth.Options{Plugins: []auth.Plugin{bearer.New(bearer.Options{})}})
	up := s.Client().SignUp("a@example.com")
	signed, plain := up.Header.Get("Set-Auth-Token"), up.Text("token")
	forms := map[string]string{"signed": signed, "plain": plain, "encoded": url.QueryEscape(signed)}
	ask := func(token string) bool { return with(s, "Bearer "+token).SignedIn() }
	for name, token := range forms {
		if !ask(token) {
			t.Errorf("%s: refused before", name)
		}
	}
	with(s, "Bearer "+forms["encoded"]).Post("/revoke-session", `{"token":"`+plain+`"}`).Want(200, "status", true)
	_, signature, _ := strings.Cut(signed, ".")
	forms["without padding"] = strings.TrimRight(signed, "=")
	forms["base64url"] = plain + "." + strings.NewReplacer("+", "-", "/", "_").Replace(signature)
	for name, token := range forms {
		if ask(token) {
			t.Errorf("%s: accepted after it was revoked", name)
		}
	}
}
