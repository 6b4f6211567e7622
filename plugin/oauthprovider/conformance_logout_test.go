package oauthprovider_test

import (
	"strings"
	"testing"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/auth/authtest"
	"github.com/seed-32bd42cb/betterauth/plugin/oauthprovider"
	"github.com/seed-32bd42cb/betterauth/store"
)

// TestConformanceLogout plays the cases of the logout profiles of the conformance suite that end a session.
func TestConformanceLogout(t *testing.T) {
	for name, c := range map[string]struct {
		pairs []string // without id_token_hint
		to    string   // "" for a page of the server
		asks  bool     // without id_token_hint: the user is asked first
	}{
		"oidcc-rp-initiated-logout":                             {[]string{"post_logout_redirect_uri", out, "state", "x y"}, out + "?state=x+y", false},
		"oidcc-rp-initiated-logout-no-state":                    {[]string{"post_logout_redirect_uri", out}, out, false},
		"oidcc-rp-initiated-logout-no-post-logout-redirect-uri": {nil, "", false},
		"oidcc-rp-initiated-logout-only-state":                  {[]string{"state", "x"}, "", true},
		"oidcc-rp-initiated-logout-no-params":                   {nil, "", true},
	} {
		t.Run(name, func(t *testing.T) {
			s := newIDP(t, oauthprovider.Options{})
			s.ending("rp", nil)
			b := s.browse(true)
			pairs := c.pairs
			if hint := b.tokens("rp"); !c.asks {
				pairs = append([]string{"id_token_hint", hint}, pairs...)
			}
			got := b.endSession(pairs...)
			if c.asks {
				if got.Want(200); !b.SignedIn() {
					t.Fatal("the session ended unasked")
				}
				got = b.confirm()
			}
			if c.to != "" {
				got.WantRedirect(c.to)
			} else if got.Want(200); got.Header.Get("Location") != "" || !strings.Contains(got.Header.Get("Content-Security-Policy"), "frame-ancestors 'none'") {
				t.Errorf("%v", got)
			}
			if b.SignedIn() {
				t.Error("the session still exists")
			}
		})
	}
	t.Run("oidcc-backchannel-rp-initiated-logout", func(t *testing.T) {
		rp := &relying{}
		s := newIDP(t, oauthprovider.Options{}, authtest.PlainPasswords(auth.Options{HTTP: rp}))
		s.ending("rp", store.Record{"backchannelLogoutUri": told})
		b := s.browse(true)
		hint := b.tokens("rp")
		b.endSession("id_token_hint", hint, "post_logout_redirect_uri", out).WantRedirect(out)
		if len(rp.tokens) != 1 {
			t.Fatalf("%d logout tokens, want 1", len(rp.tokens))
		}
		claims, before := (relyingParty{b, t}).verified(rp.tokens[0]), part(t, hint, 1)
		for _, member := range []string{"iss", "aud", "sub", "sid"} {
			if claims[member] != before[member] || before[member] == nil {
				t.Errorf("%s is %v in the logout token, %v in the ID token", member, claims[member], before[member])
			}
		}
	})
}
