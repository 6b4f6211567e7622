package auth_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/seed-32bd42cb/betterauth"
	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/auth/authtest"
	"github.com/seed-32bd42cb/betterauth/secret"
)

func newBare(o auth.Options) (*auth.Auth, error) {
	o.Environ = func(string) string { return "" }
	return betterauth.New(o)
}

func newPlain(o auth.Options) (*auth.Auth, error) {
	o.Secret = authtest.Secret
	return newBare(o)
}

func TestNewReportsAllProblemsAtOnce(t *testing.T) {
	twice := auth.Manifest{ID: "twice", Endpoints: []auth.Endpoint{
		auth.Handle(auth.Route{ID: "ok", Methods: []string{"GET"}, Path: "/ok", Session: auth.Public}, func(*auth.Context, *auth.None) (*auth.Nothing, error) { return nil, nil }),
	}}
	_, err := newBare(auth.Options{Plugins: []auth.Plugin{twice, twice}, BaseURL: auth.Static("nonsense")})
	if err == nil {
		t.Fatal("accepted")
	}
	for _, part := range []string{"secret", "nonsense", "twice", "GET /ok"} {
		if !strings.Contains(err.Error(), part) {
			t.Errorf("%q is missing in: %v", part, err)
		}
	}
}

var teapot = auth.Code{Name: "TEAPOT", Message: "short and stout"}

// Hooks before and after an endpoint that fail, answer or rewrite the call.
func TestHooks(t *testing.T) {
	fail := func(*auth.Context) error { return auth.Fail(418, teapot) }
	for _, tc := range []struct {
		name   string
		hooks  auth.Manifest
		status int
		body   string
	}{
		{"before fails", auth.Manifest{Before: []auth.Hook{{Do: fail}}}, 418, `{"message":"short and stout","code":"TEAPOT"}`},
		{"before answers", auth.Manifest{Before: []auth.Hook{{Do: func(c *auth.Context) error { c.Respond(map[string]any{"hi": 1}); return nil }}}, After: []auth.Hook{{Do: fail}}}, 200, `{"hi":1}`},
		{"after fails", auth.Manifest{After: []auth.Hook{{Do: fail}}}, 418, `{"message":"short and stout","code":"TEAPOT"}`},
		{"after replaces", auth.Manifest{After: []auth.Hook{{Do: func(c *auth.Context) error { c.Returned = "new"; return nil }}}}, 200, "new"},
		{"after a failing one the rest run", auth.Manifest{After: []auth.Hook{{Do: fail}, {Do: func(c *auth.Context) error { c.Returned = "new"; return nil }}}}, 200, "new"},
		{"after breaks", auth.Manifest{After: []auth.Hook{{Do: func(*auth.Context) error { return errors.New("boom: secret detail") }}}}, 500, ""},
		{"another path", auth.Manifest{Before: []auth.Hook{{On: []string{"/sign-in/*"}, Do: fail}}}, 200, `{"ok":true}`},
		{"not when", auth.Manifest{Before: []auth.Hook{{When: func(*auth.Context) bool { return false }, Do: fail}}}, 200, `{"ok":true}`},
	} {
		t.Run(tc.name, func(t *testing.T) {
			tc.hooks.ID = "hooks"
			s := authtest.New(t, auth.Options{Plugins: []auth.Plugin{tc.hooks}})
			if got := s.Client().Get("/ok"); got.Status != tc.status || got.Body != tc.body {
				t.Errorf("%d %s", got.Status, got.Body)
			}
		})
	}
}

func TestErrorsAre(t *testing.T) {
	cause := errors.New("disk full")
	err := error(auth.BadRequest(teapot).Because(cause))
	if !errors.Is(err, teapot) || !errors.Is(err, cause) {
		t.Error("errors.Is does not see code and cause")
	}
}

// Cookies signed with an older secret keep working and are signed again with the current one.
func TestSecretRotation(t *testing.T) {
	old := authtest.New(t, auth.Options{Secrets: []secret.Version{{Version: 1, Value: "old-secret-0123456789-abcdefghijklmno"}}})
	c := old.Client()
	c.SignUp("a@example.com")
	rotated := authtest.New(t, auth.Options{Database: old.Options.Database, Secrets: []secret.Version{
		{Version: 2, Value: "new-secret-0123456789-abcdefghijklmno"}, {Version: 1, Value: "old-secret-0123456789-abcdefghijklmno"},
	}})
	b := rotated.Client()
	b.Jar = map[string]string{"better-auth.session_token": c.Jar["better-auth.session_token"]}
	got := b.Get("/get-session")
	if got.Body == "null" || len(got.Header["Set-Cookie"]) != 1 {
		t.Fatalf("%s, cookies %q", got.Body, got.Header["Set-Cookie"])
	}
	if b.Jar["better-auth.session_token"] == c.Jar["better-auth.session_token"] {
		t.Error("the cookie was not signed anew")
	}
	if again := b.Get("/get-session"); again.Body == "null" || len(again.Header["Set-Cookie"]) != 0 {
		t.Errorf("after that: %s, cookies %q", again.Body, again.Header["Set-Cookie"])
	}
}

func TestSessionRefresh(t *testing.T) {
	s := authtest.New(t, auth.Options{})
	c := s.Client()
	c.SignUp("a@example.com")
	s.Advance(23 * time.Hour)
	if got := c.Get("/get-session"); len(got.Header["Set-Cookie"]) != 0 {
		t.Errorf("refreshed too early: %q", got.Header["Set-Cookie"])
	}
	s.Advance(2 * time.Hour)
	got := c.Get("/get-session")
	if len(got.Header["Set-Cookie"]) != 1 || got.JSON(t)["session"].(map[string]any)["expiresAt"] != "2026-12-02T13:00:00.000Z" {
		t.Errorf("%q %s", got.Header["Set-Cookie"], got.Body)
	}
	s.Advance(8 * 24 * time.Hour)
	if got := c.Get("/get-session"); got.Body != "null" {
		t.Errorf("an expired session answers %s", got.Body)
	}
	if n, err := s.Store.Count(t.Context(), "session"); n != 0 || err != nil {
		t.Errorf("%d expired sessions are left, %v", n, err)
	}
}

func TestForgetfulSession(t *testing.T) {
	s := authtest.New(t, auth.Options{})
	s.Client().SignUp("a@example.com")
	c := s.Client()
	got := c.Post("/sign-in/email", `{"email":"a@example.com","password":"password1234","rememberMe":false}`)
	lines := got.Header["Set-Cookie"]
	if len(lines) != 2 || strings.Contains(lines[0], "Max-Age") || !strings.HasPrefix(lines[1], "better-auth.dont_remember=true.") {
		t.Errorf("%q", lines)
	}
	s.Advance(25 * time.Hour)
	if c.SignedIn() {
		t.Error("lives longer than a day")
	}
}

func TestCrossOrigin(t *testing.T) {
	s := authtest.New(t, auth.Options{TrustedOrigins: auth.TrustedOrigins{List: []string{"https://app.test"}}})
	do := func(method, origin string) *httptest.ResponseRecorder {
		r := httptest.NewRequest(method, authtest.Origin+"/api/auth/ok", nil)
		r.Header.Set("Origin", origin)
		if method == http.MethodOptions {
			r.Header.Set("Access-Control-Request-Method", "POST")
			r.Header.Set("Access-Control-Request-Headers", "content-type")
		}
		w := httptest.NewRecorder()
		s.ServeHTTP(w, r)
		return w
	}
	pre := do(http.MethodOptions, "https://app.test")
	if pre.Code != 204 || pre.Header().Get("Access-Control-Allow-Origin") != "https://app.test" || pre.Header().Get("Access-Control-Allow-Credentials") != "true" {
		t.Errorf("preflight %d %v", pre.Code, pre.Header())
	}
	if got := do(http.MethodGet, "https://app.test"); got.Header().Get("Access-Control-Allow-Origin") != "https://app.test" || got.Body.String() != `{"ok":true}` {
		t.Errorf("%v %s", got.Header(), got.Body)
	}
	for _, origin := range []string{authtest.Origin, "https://evil.test", "null"} {
		if got := do(http.MethodGet, origin); got.Header().Get("Access-Control-Allow-Origin") != "" || got.Header().Get("Vary") != "Origin" {
			t.Errorf("%s: %v", origin, got.Header())
		}
		if got := do(http.MethodPost, origin); got.Header().Get("Vary") != "" {
			t.Errorf("POST from %s: %v", origin, got.Header())
		}
		if got := do(http.MethodOptions, origin); got.Code != 404 {
			t.Errorf("preflight from %s: %d", origin, got.Code)
		}
	}
}

// A foreign page can read that a call was limited and when to retry; a cache never reuses an answer for another
// origin.
func TestCrossOriginErrors(t *testing.T) {
	s := authtest.New(t, auth.Options{
		TrustedOrigins: auth.TrustedOrigins{List: []string{"https://app.test"}},
		RateLimit:      auth.RateLimitOptions{Enabled: yes(), Max: 2},
	})
	foreign, own := s.Client(), s.Client()
	foreign.Origin, own.Origin = "https://app.test", ""
	for _, path := range []string{"/nowhere", "/list-sessions", "/verify-email?token=x&callbackURL=https://evil.test"} {
		got := foreign.Get(path)
		if got.Status < 400 || got.Header.Get("Access-Control-Allow-Origin") != "https://app.test" || got.Header.Get("Vary") != "Origin" {
			t.Errorf("%s: %d %v", path, got.Status, got.Header)
		}
		if got := own.Get(path); got.Header.Get("Vary") != "Origin" || got.Header.Get("Access-Control-Allow-Origin") != "" {
			t.Errorf("%s without an origin: %v", path, got.Header)
		}
	}
	for range 3 {
		foreign.Get("/ok")
	}
	got := foreign.Get("/ok")
	if got.Status != 429 || got.Header.Get("Access-Control-Allow-Origin") != "https://app.test" ||
		got.Header.Get("Access-Control-Expose-Headers") != "X-Retry-After, Retry-After" || got.Header.Get("Vary") != "Origin" {
		t.Errorf("%d %v", got.Status, got.Header)
	}
	if got := own.Get("/ok"); got.Status != 429 || got.Header.Get("Access-Control-Expose-Headers") != "" {
		t.Errorf("%d %v", got.Status, got.Header)
	}
}

func TestBodyLimit(t *testing.T) {
	s := authtest.New(t, auth.Options{MaxBodyBytes: 100})
	if got := s.Client().Post("/sign-in/email", `{"email":"`+strings.Repeat("x", 100)+`"}`); got.Status != 413 {
		t.Errorf("%d %s", got.Status, got.Body)
	}
}

// TestKeep: a value stored with Keep is found through contexts derived from the call earlier or later, while a driver
// may still watch the call.
func TestKeep(t *testing.T) {
	type key struct{}
	var got []any
	probe := auth.Manifest{ID: "probe", Endpoints: []auth.Endpoint{auth.Handle(
		auth.Route{ID: "probe", Methods: []string{http.MethodGet}, Path: "/probe", Session: auth.Public},
		func(c *auth.Context, _ *auth.None) (*auth.Nothing, error) {
			made, cancel := context.WithCancel(c)
			defer cancel()
			var watching sync.WaitGroup
			watching.Go(func() { _, _ = made.Err(), made.Value("another") })
			err := c.Tx(func(c *auth.Context) error { c.Keep(key{}, 1); return nil })
			got = []any{made.Value(key{}), c.Value(key{})}
			c.Keep(key{}, 2)
			watching.Wait()
			got = append(got, made.Value(key{}), auth.From(made) == c)
			return nil, err
		})}}
	s := authtest.New(t, auth.Options{Plugins: []auth.Plugin{probe}})
	if s.Client().Get("/probe"); !slices.Equal(got, []any{1, 1, 2, true}) {
		t.Errorf("found %v", got)
	}
}
