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
