package forward_test

import (
	"net/http"
	"testing"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/plugin/forward"
)

// TestNoCookiesUnlessRefreshed: a proxy that asks for an identity does not pass Set-Cookie on, so no cookie is set,
// even if reading the session would set one: an updated cookie cache, or the expiry of an ended session.
func TestNoCookiesUnlessRefreshed(t *testing.T) {
	cached := func(o *auth.Options) { on := true; o.Session.CookieCache.Enabled = &on }
	for _, refresh := range []bool{false, true} {
		s := server(t, forward.Options{DisableCookieCache: true, Refresh: refresh}, cached)
		c := s.Client()
		token := member(s, c, "ada@example.com").Text("token")
		if got := c.Get("/forward"); got.Status != http.StatusOK || (got.Header["Set-Cookie"] != nil) != refresh {
			t.Errorf("refresh %v, signed in: %d %v", refresh, got.Status, got.Header["Set-Cookie"])
		}
		if err := s.Sessions.End(t.Context(), token); err != nil {
			t.Fatal(err)
		}
		if got := c.Get("/forward"); got.Status != http.StatusUnauthorized || !refresh && got.Header["Set-Cookie"] != nil {
			t.Errorf("refresh %v, signed out: %d %v", refresh, got.Status, got.Header["Set-Cookie"])
		}
	}
}
