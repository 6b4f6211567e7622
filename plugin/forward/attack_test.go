package forward_test

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/auth/authtest"
	"github.com/seed-32bd42cb/betterauth/plugin/forward"
)

// identity lists the headers that a proxy copies.
var identity = []string{"X-Auth-User-Id", "X-Auth-User-Email", "X-Auth-User-Email-Verified", "X-Auth-Session-Id", "X-Auth-Jwt"}

func names(h http.Header) (named []string) {
	for _, name := range identity {
		if h.Get(name) != "" && h.Get(name) != "false" {
			named = append(named, name+": "+h.Get(name))
		}
	}
	return named
}

// Anybody can sign up with any address, so a backend must not treat it as verified.
func TestAttackUnverifiedAddress(t *testing.T) {
	no := false
	for name, tc := range map[string]struct {
		options forward.Options
		cache   bool
		status  int
	}{
		"by default":            {forward.Options{}, false, 403},
		"with the cookie cache": {forward.Options{}, true, 403},
		"allowed":               {forward.Options{RequireEmailVerified: &no}, false, 200},
	} {
		t.Run(name, func(t *testing.T) {
			s := server(t, tc.options, func(o *auth.Options) { o.Session.CookieCache.Enabled = &tc.cache })
			c := s.Client()
			c.SignUp("admin@corp.example")
			got := c.Get("/forward")
			if got.Status != tc.status || got.Header.Get("X-Auth-User-Email-Verified") == "true" {
				t.Fatalf("%d %v", got.Status, got.Header)
			}
			if tc.status == 200 && got.Header["X-Auth-User-Email-Verified"][0] != "false" {
				t.Errorf("%v", got.Header)
			}
			if tc.status == 403 && (got.Code() != "EMAIL_NOT_VERIFIED" || len(names(got.Header)) > 0) {
				t.Errorf("%s %v", got.Body, got.Header)
			}
			page := s.Client()
			page.Jar, page.Header = c.Jar, http.Header{"Accept": {"text/html"}}
			if got := page.Get("/forward"); tc.status == 403 && (got.Status != 403 || !strings.Contains(got.Body, "Confirm your address") || len(names(got.Header)) > 0) {
				t.Errorf("a page: %d %s", got.Status, got.Body)
			}
			// Once the address is verified, an old cookie cache has no effect.
			verify(t, s, "admin@corp.example")
			if got := c.Get("/forward"); got.Status != 200 || tc.status == 403 && got.Header.Get("X-Auth-User-Email-Verified") != "true" {
				t.Errorf("verified: %d %v", got.Status, got.Header)
			}
		})
	}
}

// CVE-2026-25748: whatever the cookies are, a request without a session is refused, and no answer lacks an identity.
func TestAttackMalformedCookies(t *testing.T) {
	for _, strategy := range []string{"", "compact", "jwt", "jwe"} {
		for _, redirect := range []bool{false, true} {
			s := server(t, forward.Options{SignInURL: signIn, Redirect: redirect}, func(o *auth.Options) {
				on := strategy != ""
				o.Session.CookieCache = auth.CookieCache{Enabled: &on, Strategy: strategy}
			})
			good := s.Client()
			member(s, good, "ada@example.com")
			want := http.StatusUnauthorized
			if redirect {
				want = http.StatusFound
			}
			for name, header := range malformed(good) {
				c := s.Client()
				c.Header = http.Header{"Cookie": {header}, "Accept": {"text/html"}}
				for _, forged := range identity {
					c.Header.Set(forged, "admin")
				}
				want := want
				if len(header) > 100_000 {
					want = http.StatusRequestHeaderFieldsTooLarge
				}
				if got := c.Get("/forward"); got.Status != want || len(names(got.Header)) > 0 {
					t.Errorf("cache %q, %s: %d %v", strategy, name, got.Status, names(got.Header))
				}
			}
			// Malformed cookies next to a valid one neither refuse the user nor change the identity.
			for name, header := range malformed(good) {
				c := s.Client()
				c.Header = http.Header{"Cookie": {header + "; better-auth.session_token=" + good.Jar["better-auth.session_token"]}}
				if got := c.Get("/forward"); got.Status == http.StatusOK && got.Header.Get("X-Auth-User-Email") != "ada@example.com" {
					t.Errorf("cache %q, %s beside a good one: %v", strategy, name, names(got.Header))
				}
			}
		}
	}
}

// malformed returns Cookie headers without a valid session, derived from a valid one.
func malformed(good *authtest.Client) map[string]string {
	const token, data = "better-auth.session_token=", "better-auth.session_data="
	t, d := good.Jar["better-auth.session_token"], good.Jar["better-auth.session_data"]
	value, signature, _ := strings.Cut(t, ".")
	return map[string]string{
		"none":                    "",
		"no name":                 "=" + t,
		"no value":                token,
		"no equals sign":          "better-auth.session_token",
		"the cache alone":         data + d,
		"a cache without a token": token + "; " + data + d,
		"half a token":            token + t[:len(t)/2],
		"the value alone":         token + value,
		"the signature alone":     token + "." + signature,
		"another value":           token + "x" + t,
		"another signature":       token + value + "." + strings.Repeat("A", 43) + "%3D",
		"signed twice":            token + t + "." + signature,
		"encoded twice":           token + strings.ReplaceAll(t, "%", "%25"),
		"broken escapes":          token + "%E0%A4%A",
		"a NUL":                   token + value + "%00." + signature,
		"a quote":                 token + `"` + t,
		"another case":            strings.ToUpper(token) + t,
		"another prefix":          "__Secure-" + token + t,
		"a blank in the name":     "better-auth .session_token=" + t,
		"twice, both bad":         token + "x; " + token + "y; " + data + d,
		"a hundred, all bad":      strings.Repeat(token+"x.y; ", 100) + data + d,
		"very long":               token + strings.Repeat("x", 200_000),
		"very long and signed":    token + strings.Repeat("x", 20_000) + "." + signature,
		"half a cache":            data + d[:len(d)/2],
		"a chunk alone":           data[:len(data)-1] + ".1=" + d,
		"JSON":                    token + `{"user":{"id":"admin"}}`,
		"bytes":                   token + "\xff\xfe\x01",
	}
}

// A user whose id cannot be sent in a header is refused.
func TestAttackNoIdentity(t *testing.T) {
	for _, id := range []string{"a b", "a\r\nX-Auth-User-Id: admin", "\u00e4"} {
		s := server(t, forward.Options{}, func(o *auth.Options) {
			o.Advanced.Database.GenerateID.Func = func(_ context.Context, r auth.IDRequest) (string, error) {
				return id + r.Model, nil
			}
		})
		c := s.Client()
		member(s, c, "ada@example.com")
		if got := c.Get("/get-session"); !strings.Contains(got.Body, "ada@example.com") {
			t.Fatalf("%q: %s", id, got.Body)
		}
		if got := c.Get("/forward"); got.Status != http.StatusUnauthorized || len(names(got.Header)) > 0 {
			t.Errorf("%q: %d %v", id, got.Status, got.Header)
		}
	}
}
