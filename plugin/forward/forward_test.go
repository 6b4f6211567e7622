package forward_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/auth/authtest"
	"github.com/seed-32bd42cb/betterauth/plugin/bearer"
	"github.com/seed-32bd42cb/betterauth/plugin/forward"
	"github.com/seed-32bd42cb/betterauth/plugin/jwt"
	"github.com/seed-32bd42cb/betterauth/store"
)

const signIn = "https://app.example.com/signin"

func server(t testing.TB, o forward.Options, change ...func(*auth.Options)) *authtest.Server {
	t.Helper()
	options := auth.Options{
		TrustedOrigins: auth.TrustedOrigins{List: []string{"https://app.example.com"}},
		Plugins:        []auth.Plugin{jwt.New(jwt.Options{}), bearer.New(bearer.Options{}), forward.New(o)},
	}
	options = authtest.PlainPasswords(options)
	for _, c := range change {
		c(&options)
	}
	return authtest.New(t, options)
}

// member signs up and verifies the address.
func member(s *authtest.Server, c *authtest.Client, email string) *authtest.Answer {
	s.T.Helper()
	up := c.SignUp(email)
	verify(s.T, s, email)
	return up
}

func verify(t testing.TB, s *authtest.Server, email string) {
	t.Helper()
	s.In(t).Change("user", store.Record{"emailVerified": true}, store.Is("email", email))
}

func TestAdmit(t *testing.T) {
	s := server(t, forward.Options{JWT: true})
	c := s.Client()
	up := member(s, c, "ada@example.com")
	got := c.Get("/forward")
	if got.Status != http.StatusOK {
		t.Fatalf("%d %s", got.Status, got.Body)
	}
	user := up.JSON(t)["user"].(map[string]any)
	for name, want := range map[string]string{"X-Auth-User-Id": user["id"].(string), "X-Auth-User-Email": "ada@example.com", "X-Auth-User-Email-Verified": "true", "Cache-Control": "no-store"} {
		if got.Header.Get(name) != want {
			t.Errorf("%s is %q, want %q", name, got.Header.Get(name), want)
		}
	}
	if len(got.Header.Get("X-Auth-Session-Id")) != 32 || strings.Count(got.Header.Get("X-Auth-Jwt"), ".") != 2 {
		t.Errorf("headers %v", got.Header)
	}
	if lines := got.Header["Set-Cookie"]; lines != nil {
		t.Errorf("cookies that nobody passes on: %v", lines)
	}
	api := s.Client()
	api.Header.Set("Authorization", "Bearer "+up.Text("token"))
	if got := api.Get("/forward"); got.Status != http.StatusOK {
		t.Errorf("by bearer token: %d", got.Status)
	}
}

// A proxy that copies only present headers would otherwise pass those of a client on.
func TestEveryHeaderIsInEveryAnswer(t *testing.T) {
	s := server(t, forward.Options{})
	c := s.Client()
	member(s, c, "ada@example.com")
	got := c.Get("/forward")
	for _, name := range []string{"X-Auth-User-Id", "X-Auth-User-Email", "X-Auth-User-Email-Verified", "X-Auth-Session-Id", "X-Auth-Jwt"} {
		if len(got.Header[name]) != 1 {
			t.Errorf("%s: %q", name, got.Header[name])
		}
	}
	if token := got.Header.Get("X-Auth-Jwt"); token != "" {
		t.Errorf("a token that was not asked for: %s", token)
	}
}

func TestRefuse(t *testing.T) {
	page := http.Header{"Accept": {"text/html,*/*"}}
	traefik := http.Header{"Accept": {"text/html"}, "X-Forwarded-Proto": {"https"}, "X-Forwarded-Host": {"app.example.com"}, "X-Forwarded-Uri": {"/a?b=1"}, "X-Forwarded-Method": {"GET"}}
	with := func(h http.Header, name, value string) http.Header {
		h = h.Clone()
		h.Set(name, value)
		return h
	}
	back := signIn + "?callbackURL=" + url.QueryEscape("https://app.example.com/a?b=1")
	for _, tc := range []struct {
		name     string
		options  forward.Options
		header   http.Header
		status   int
		location string // of a 302, or X-Auth-Redirect of a 401
	}{
		{"no page to go to", forward.Options{}, traefik, 401, ""},
		{"nginx makes the redirect", forward.Options{SignInURL: signIn}, page, 401, signIn},
		{"nginx tells the address", forward.Options{SignInURL: signIn}, with(page, "X-Original-URL", "https://app.example.com/a?b=1"), 401, back},
		{"redirect", forward.Options{SignInURL: signIn, Redirect: true}, page, 302, signIn},
		{"redirect and back", forward.Options{SignInURL: signIn, Redirect: true}, traefik, 302, back},
		{"another host", forward.Options{SignInURL: signIn, Redirect: true}, with(traefik, "X-Forwarded-Host", "evil.example"), 302, signIn},
		{"user info in the host", forward.Options{SignInURL: signIn, Redirect: true}, with(traefik, "X-Forwarded-Host", "app.example.com@evil.example"), 302, signIn},
		{"no path", forward.Options{SignInURL: signIn, Redirect: true}, with(traefik, "X-Forwarded-Uri", ".evil.example/"), 302, signIn},
		{"a script", forward.Options{SignInURL: signIn, Redirect: true}, with(traefik, "Accept", "application/json"), 401, back},
		{"a script that takes HTML", forward.Options{SignInURL: signIn, Redirect: true}, with(traefik, "Sec-Fetch-Dest", "empty"), 401, back},
		{"a form", forward.Options{SignInURL: signIn, Redirect: true}, with(traefik, "X-Forwarded-Method", "POST"), 401, back},
	} {
		t.Run(tc.name, func(t *testing.T) {
			c := server(t, tc.options).Client()
			c.Header = tc.header
			got := c.Get("/forward")
			header := "X-Auth-Redirect"
			if tc.status == http.StatusFound {
				header = "Location"
			}
			if got.Status != tc.status || got.Header.Get(header) != tc.location {
				t.Errorf("%d %v", got.Status, got.Header)
			}
			if got.Header.Get("X-Auth-User-Id") != "" {
				t.Error("a stranger has an id")
			}
		})
	}
}

func TestRefreshOnlyWhenAsked(t *testing.T) {
	for _, refresh := range []bool{false, true} {
		s := server(t, forward.Options{Refresh: refresh})
		c := s.Client()
		member(s, c, "ada@example.com")
		s.Advance(3 * 24 * time.Hour)
		got := c.Get("/forward")
		if got.Status != http.StatusOK || (len(got.Header["Set-Cookie"]) > 0) != refresh {
			t.Errorf("refresh %v: %d %v", refresh, got.Status, got.Header["Set-Cookie"])
		}
		s.Advance(6 * 24 * time.Hour)
		if still := c.Get("/forward").Status == http.StatusOK; still != refresh {
			t.Errorf("refresh %v: after nine days %v", refresh, still)
		}
	}
}

func TestDisableCookieCache(t *testing.T) {
	for _, disabled := range []bool{false, true} {
		s := server(t, forward.Options{DisableCookieCache: disabled}, func(o *auth.Options) { on := true; o.Session.CookieCache.Enabled = &on })
		c := s.Client()
		token := member(s, c, "ada@example.com").Text("token")
		c.Get("/get-session?disableCookieCache=true") // the cache now has the verified address
		if err := s.Sessions.End(t.Context(), token); err != nil {
			t.Fatal(err)
		}
		if in := c.Get("/forward").Status == http.StatusOK; in == disabled {
			t.Errorf("cache off %v: a revoked session is let in: %v", disabled, in)
		}
	}
}

func TestNotLimited(t *testing.T) {
	on := true
	c := server(t, forward.Options{}, func(o *auth.Options) { o.RateLimit.Enabled = &on }).Client()
	for range 150 {
		if got := c.Get("/forward"); got.Status != http.StatusUnauthorized {
			t.Fatalf("%d %s", got.Status, got.Body)
		}
	}
}

func TestBadOptions(t *testing.T) {
	for name, o := range map[string]forward.Options{
		"signInURL":   {SignInURL: "/signin"},
		"redirect":    {Redirect: true},
		"jwt":         {JWT: true},
		"javascript:": {SignInURL: "javascript:alert(1)"},
	} {
		err := forward.New(o).Manifest().Init(&auth.Auth{})
		if err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%+v: %v", o, err)
		}
	}
}
